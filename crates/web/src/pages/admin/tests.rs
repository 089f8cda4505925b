//! Three administrators, each its own page and nothing else.
use authority::AdminRole;
use axum::http::StatusCode;

use crate::testing::{Got, TestSite};

const PAGES: [(&str, AdminRole); 7] = [
    ("/admin/activations", AdminRole::Security),
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

/// The audit's lines: what each act was about, in words, and its digest.
fn told(got: &Got) -> Vec<(String, String)> {
    let page = scraper::Html::parse_document(&got.text);
    let row = scraper::Selector::parse("tbody tr").unwrap();
    let link = scraper::Selector::parse("td a[href*='view=subject']").unwrap();
    let text = |element: scraper::ElementRef<'_>| element.text().collect::<String>();
    let about = |line: &scraper::ElementRef<'_>| line.select(&link).next().map(text).unwrap_or_default();
    let digest = |line: &scraper::ElementRef<'_>| line.child_elements().last().map(text).unwrap_or_default();
    page.select(&row).map(|line| (about(&line), digest(&line))).collect()
}

#[tokio::test]
async fn the_audit_says_what_in_words_and_goes_on_page_by_page() {
    let site = TestSite::new();
    for number in 0..60 {
        site.office.opened(&format!("clerk{number}"), &format!("受理岗{number}"), None);
    }
    let audit = site.admin(AdminRole::Audit);
    let (mut path, mut seen) = (Some("/admin/audit".to_owned()), Vec::new());
    while let Some(here) = path {
        let got = audit.get(&here).await;
        got.is_well_made();
        let lines = told(&got);
        assert!((1..=50).contains(&lines.len()), "{here}: {}", lines.len());
        seen.extend(lines);
        let page = scraper::Html::parse_document(&got.text);
        let link = scraper::Selector::parse("a[href*='below=']").unwrap();
        path = page.select(&link).next().map(|link| link.attr("href").unwrap().to_owned());
    }
    assert!(seen.len() > 60 && seen.iter().all(|(about, _)| !about.contains('/')), "{seen:?}");
    let digests: std::collections::BTreeSet<_> = seen.iter().map(|(_, digest)| digest).collect();
    assert_eq!(digests.len(), seen.len(), "every act once");
    for number in 0..60 {
        let name = format!("账号 受理岗{number} clerk{number}");
        assert!(seen.iter().any(|(about, _)| *about == name), "{name}");
    }
    for odd in ["nonsense", "9223372036854775807-7ZZZZZZZZZZZZZZZZZZZZZZZZZ", "-1-x"] {
        assert_eq!(audit.get(&format!("/admin/audit?below={odd}")).await.status, StatusCode::OK, "{odd}");
    }
    assert_eq!(site.admin(AdminRole::System).get("/admin/audit?below=1-x").await.status, StatusCode::FORBIDDEN);
}

/// The half code on a slip.
fn code(slip: &Got) -> String {
    slip.text.split("<pre class=\"y-code\"><code>").nth(1).unwrap().split('<').next().unwrap().to_owned()
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
    let short = system.post("/admin/accounts", &[("login", "x"), ("name", "审查岗"), ("admin", "")]).await;
    assert!(short.status == StatusCode::UNPROCESSABLE_ENTITY);
    short.is_well_made();
    let first = system.post("/admin/accounts", &[("login", "shencha"), ("name", "审查岗"), ("admin", "")]).await;
    let list = security.get("/admin/activations").await;
    list.is_well_made();
    let id = list.text.split("href=\"/admin/activations/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let path = format!("/admin/activations/{id}");
    security.get(&path).await.is_well_made();
    assert_eq!(system.post(&path, &[("go", "confirm")]).await.status, StatusCode::FORBIDDEN, "not by who asked");
    let refused = security.post(&path, &[("go", "refuse"), ("reason", "")]).await;
    assert!(refused.status == StatusCode::UNPROCESSABLE_ENTITY);
    refused.is_well_made();
    let second = security.post(&path, &[("go", "confirm")]).await;
    assert_eq!(security.post(&path, &[("go", "confirm")]).await.status, StatusCode::NOT_FOUND, "shown once");
    for slip in [&first, &second] {
        slip.is_well_made();
        assert_eq!(slip.headers["cache-control"], "no-store");
    }
    let stranger = site.stranger();
    stranger.get("/login/activate").await.is_well_made();
    let own = |again: &'static str, one: &str, two: &str| {
        [("login", "shencha"), ("first", one), ("second", two), ("password", "Copper-9-bridge"), ("again", again)]
            .map(|(name, value)| (name, value.to_owned()))
    };
    for (fields, word) in [
        (own("x", &code(&first), &code(&second)), "两次输入"),
        (own("Copper-9-bridge", &code(&first), &code(&first)), "激活码不对"),
    ] {
        let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
        let got = stranger.post("/login/activate", &fields).await;
        assert!(got.status == StatusCode::UNPROCESSABLE_ENTITY && got.text.contains(word), "{word}");
        assert!(!got.text.contains("Copper") && !got.text.contains(&code(&first)), "secrets are not shown again");
        got.is_well_made();
    }
    let fields = own("Copper-9-bridge", &code(&first), &code(&second));
    let fields = fields.each_ref().map(|(name, value)| (*name, value.as_str()));
    assert_eq!(stranger.post("/login/activate", &fields).await.location(), "/login/bind");
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

#[tokio::test]
async fn a_message_given_up_is_seen_and_sent_again_by_the_system_administrator_alone() {
    let mut house = office::testing::office();
    house.office.outside = std::sync::Arc::new(office::connector::Outside::demo());
    let (origin, id) = ("210100".parse::<base::Origin>().unwrap(), base::RecordId::from_bits(7));
    let at = house.clock.now();
    let row = store::outside::OutboxRow {
        origin,
        id,
        connector: "case_status".to_owned(),
        subject: "case/01J00000000000000000000000".to_owned(),
        seq: 1,
        kind: "case.accepted".to_owned(),
        version: 1,
        body: serde_json::json!({ "case_number": "210100202600001", "status": "审查中" }),
        made_at: at,
        state: "dead".to_owned(),
        attempts: 12,
        due_at: at,
        error: Some("对方回复 422：unknown matter".to_owned()),
        ended_at: Some(at),
    };
    house.db.write(move |tx| tx.insert(&row)).unwrap();
    let site = TestSite::with(house);
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let system = site.admin(AdminRole::System);
    let state = system.get("/admin/system").await;
    state.is_well_made();
    for words in ["失败 1 条", "210100202600001", "录制应答", "尚未接通", "没有配置"] {
        assert!(state.text.contains(words), "{words}");
    }
    let path = format!("/admin/system/messages/{origin}/{id}");
    let again = [("what", "again"), ("reason", "对方已补录事项")];
    for other in [
        site.admin(AdminRole::Security),
        site.admin(AdminRole::Audit),
        site.official("decision", "2101", body),
        site.founder("bai"),
    ] {
        assert_eq!(other.get(&path).await.status, StatusCode::FORBIDDEN);
        assert_eq!(other.post(&path, &again).await.status, StatusCode::FORBIDDEN);
    }
    assert_eq!(site.stranger().get(&path).await.status, StatusCode::SEE_OTHER);
    let one = system.get(&path).await;
    one.is_well_made();
    assert!(one.text.contains("unknown matter") && one.text.contains("审查中"), "{}", one.text);
    let bare = system.post(&path, &[("what", "again"), ("reason", "")]).await;
    bare.is_well_made();
    assert_eq!(bare.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(system.post(&path, &again).await.location(), "/admin/system?done=again");
    assert_eq!(system.get(&path).await.status, StatusCode::NOT_FOUND, "it is no longer given up");
    let state = system.get("/admin/system?done=again").await;
    assert!(state.text.contains("送出消息") && !state.text.contains(">deliver<"), "jobs by their titles");
    state.is_well_made();
    assert!(state.text.contains("有积压 1 条") && state.text.contains("马上再送一次"));
    assert_eq!(system.get("/admin/system/messages/210100/no-id").await.status, StatusCode::NOT_FOUND);
}
