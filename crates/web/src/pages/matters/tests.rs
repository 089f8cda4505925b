//! The matter pages through the router, without JavaScript.
use axum::http::StatusCode;

use crate::testing::TestSite;

const ALL: [&str; 3] = ["found-association", "found-foundation", "found-service-institution"];

#[tokio::test]
async fn the_list_groups_and_searches() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let got = anyone.get("/matters").await;
    assert_eq!(got.status, StatusCode::OK);
    got.is_well_made();
    for name in ["社会团体成立登记", "基金会设立登记"] {
        assert!(got.text.contains(name), "{name}");
    }
    let got = anyone.get("/matters?q=%E5%9F%BA%E9%87%91%E4%BC%9A&area=2101").await;
    got.is_well_made();
    assert!(got.text.contains("/matters/found-foundation?area=2101"));
    let got = anyone.get("/matters?q=%E7%A7%9F%E8%88%B9").await;
    got.is_well_made();
    assert!(got.text.contains("没有找到与“租船”有关的事项"));
}

#[tokio::test]
async fn a_guide_has_every_element_and_the_limits_of_the_place() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let elements = [
        "事项名称",
        "事项编码",
        "事项类型",
        "设定依据",
        "受理条件",
        "申请材料",
        "样表",
        "空白表",
        "办理流程",
        "流程图",
        "法定时限",
        "承诺时限",
        "预计办结",
        "收费",
        "办理地点",
        "办理时间",
        "到现场次数",
        "特殊环节",
        "办理结果",
        "结果样本",
        "咨询方式",
        "监督投诉",
        "行政复议和诉讼",
        "常见问题",
        "简版",
    ];
    for id in ALL {
        for area in ["", "?area=2101", "?area=21", "?area=33"] {
            let got = anyone.get(&format!("/matters/{id}{area}")).await;
            assert_eq!(got.status, StatusCode::OK, "{id}{area}");
            got.is_well_made();
            for element in elements {
                assert!(got.text.contains(element), "{id}{area}: {element}");
            }
            assert!(
                !got.text.contains("<dd></dd>") && !got.text.contains("<dd><p></p></dd>"),
                "{id}{area}: an element is empty"
            );
        }
        let brief = anyone.get(&format!("/matters/{id}?brief=1&area=2101")).await;
        assert_eq!(brief.status, StatusCode::OK);
        brief.is_well_made();
        let explained = anyone.get(&format!("/matters/{id}/explain?area=2101")).await;
        assert_eq!(explained.status, StatusCode::OK);
        explained.is_well_made();
        assert!(explained.text.contains("national/params.toml:"), "every value with its file and line");
    }
    assert_eq!(anyone.get("/matters/fly-to-moon").await.status, StatusCode::NOT_FOUND);
    let found = anyone.get("/matters/found-association?find=%E6%B2%88%E9%98%B3").await;
    assert!(found.text.contains("/matters/found-association?area=2101"));
}

#[tokio::test]
async fn the_route_checker_leads_to_a_matter() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let first = anyone.get("/matters/find").await;
    first.is_well_made();
    assert!(first.text.contains("您想做什么？"));
    let unanswered = anyone.get("/matters/find?path=&answer=").await;
    assert_eq!(unanswered.status, StatusCode::UNPROCESSABLE_ENTITY);
    unanswered.is_well_made();
    let outcome = anyone.get("/matters/find?path=0.0.1&answer=0").await;
    outcome.is_well_made();
    assert_eq!(outcome.status, StatusCode::OK);
    let deeper = anyone.get("/matters/find?path=0.0.1&answer=4").await;
    deeper.is_well_made();
    assert!(deeper.text.contains("/matters/found-association/start"), "{}", deeper.text);
    assert!(deeper.text.contains("您的回答"));
    for bad in ["/matters/find?path=9", "/matters/find?path=x", "/matters/find?path=0.0.1&answer=77"] {
        assert_eq!(anyone.get(bad).await.status, StatusCode::NOT_FOUND, "{bad}");
    }
}

#[tokio::test]
async fn a_name_is_checked_before_applying() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let empty = anyone.get("/matters/names").await;
    assert_eq!(empty.status, StatusCode::OK);
    empty.is_well_made();
    let ask = |name: &str, kind: &str, area: &str| {
        format!(
            "/matters/names?{}",
            serde_urlencoded::to_string([("name", name), ("kind", kind), ("area", area)]).unwrap()
        )
    };
    let wrong = anyone.get(&ask("", "association", "")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    wrong.is_well_made();
    assert!(wrong.text.contains("href=\"#f-area\""));
    let good = anyone.get(&ask("沈阳市养老服务协会", "association", "2101")).await;
    good.is_well_made();
    assert!(good.text.contains("现在可以申请"), "{}", good.text);
    let bad = anyone.get(&ask("养老ABC中心", "association", "2101")).await;
    bad.is_well_made();
    assert!(bad.text.contains("不能使用") && bad.text.contains("第七条"));
}

#[tokio::test]
async fn starting_needs_an_account() {
    let site = TestSite::new();
    let got = site.stranger().post("/matters/found-association/start", &[("area", "2101")]).await;
    assert!(got.location().starts_with("/login?back="), "{}", got.location());
    let got = site
        .founder("wenli")
        .post("/matters/found-association/start", &[("area", "2101"), ("preset.route", "direct")])
        .await;
    assert!(got.location().starts_with("/my/drafts/"), "{}", got.text);
    let admin = site.admin(authority::AdminRole::System);
    let got = admin.post("/matters/found-association/start", &[("area", "2101")]).await;
    assert_eq!(got.status, StatusCode::FORBIDDEN);
}
