//! Three administrators, each its own page and nothing else.
use authority::AdminRole;
use axum::http::StatusCode;

use crate::testing::{PASSWORD, TestSite};

const PAGES: [(&str, AdminRole); 6] = [
    ("/admin/accounts", AdminRole::System),
    ("/admin/bodies", AdminRole::System),
    ("/admin/system", AdminRole::System),
    ("/admin/rights", AdminRole::Security),
    ("/admin/audit", AdminRole::Audit),
    ("/admin/audit?view=seals", AdminRole::Audit),
];

#[tokio::test]
async fn each_administrator_sees_his_own_pages_and_nobody_else_does() {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let admins = [AdminRole::System, AdminRole::Security, AdminRole::Audit].map(|role| (role, site.admin(role)));
    let (clerk, founder) = (site.official("decision", "2101", body), site.founder("bai"));
    for (path, owner) in PAGES {
        for (role, admin) in &admins {
            let got = admin.get(path).await;
            let expected = if *role == owner { StatusCode::OK } else { StatusCode::FORBIDDEN };
            assert_eq!(got.status, expected, "{path} as {role:?}");
            got.is_well_made();
        }
        for other in [&clerk, &founder] {
            assert_eq!(other.get(path).await.status, StatusCode::FORBIDDEN, "{path}");
        }
        assert_eq!(site.stranger().get(path).await.status, StatusCode::SEE_OTHER, "{path}");
    }
    for (view, words) in [
        ("who&q=nobody", "没有这个登录名"),
        ("subject&q=case/x", "没有记录"),
        ("reveals", "没有记录"),
        ("sign-ins", "没有登录失败"),
    ] {
        let got = admins[2].1.get(&format!("/admin/audit?view={view}")).await;
        got.is_well_made();
        assert!(got.text.contains(words), "{view}");
    }
    assert!(admins[2].1.get("/admin/audit").await.text.contains("开立账号"), "what was done today");
}

#[tokio::test]
async fn an_account_is_opened_seated_unseated_and_closed_by_two_people() {
    let site = TestSite::new();
    let (system, security) = (site.admin(AdminRole::System), site.admin(AdminRole::Security));
    let missing =
        system.post("/admin/bodies", &[("name", "沈阳市民政局"), ("kind", "registrar"), ("area", "9999")]).await;
    missing.is_well_made();
    assert!(missing.status == StatusCode::UNPROCESSABLE_ENTITY && missing.text.contains("没有这个行政区划代码"));
    let body = [("name", "沈阳市民政局"), ("kind", "registrar"), ("area", "2101")];
    assert_eq!(system.post("/admin/bodies", &body).await.location(), "/admin/bodies?done=body");
    let weak = system
        .post("/admin/accounts", &[("login", "shencha"), ("name", "审查岗"), ("password", "x"), ("admin", "")])
        .await;
    assert!(weak.status == StatusCode::UNPROCESSABLE_ENTITY);
    weak.is_well_made();
    let fields = [("login", "shencha"), ("name", "审查岗"), ("password", PASSWORD), ("admin", "")];
    assert_eq!(system.post("/admin/accounts", &fields).await.location(), "/admin/accounts?done=opened");
    let page = security.get("/admin/rights").await;
    assert!(page.text.contains("收件、看材料是否齐全"), "a duty nobody holds");
    let value = |name: &str| {
        let select = page.text.split(&format!("id=\"f-{name}\"")).nth(1).unwrap();
        select.split("<option value=\"").nth(2).unwrap().split('"').next().unwrap().to_owned()
    };
    let (account, body) = (value("account"), value("body"));
    let post =
        [("account", account.as_str()), ("body", body.as_str()), ("desk", "intake"), ("area", ""), ("until", "")];
    assert_eq!(system.post("/admin/rights", &post).await.status, StatusCode::FORBIDDEN);
    assert_eq!(security.post("/admin/rights", &post).await.location(), "/admin/rights?done=given");
    let page = security.get("/admin/rights").await;
    let seat = page.text.split("href=\"/admin/rights/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/admin/rights/{seat}");
    security.get(&path).await.is_well_made();
    assert_eq!(security.post(&path, &[("reason", "")]).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(security.post(&path, &[("reason", "调离")]).await.location(), "/admin/rights?done=ended");
    let path = format!("/admin/accounts/{account}");
    system.get(&path).await.is_well_made();
    assert_eq!(
        system.post(&format!("{path}/close"), &[("close_reason", "")]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    assert_eq!(
        system.post(&format!("{path}/close"), &[("close_reason", "离职")]).await.location(),
        "/admin/accounts?done=closed"
    );
    let audit = site.admin(AdminRole::Audit);
    site.office.seal(&office::audit::SealLog::at(site.office.folder().join("seal.log")), false).unwrap();
    let verified = audit.post("/admin/audit/verify", &[]).await;
    assert!(verified.text.contains("核验通过") || verified.text.contains("核验发现问题"));
    verified.is_well_made();
}
