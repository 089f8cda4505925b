//! Signing in as people do it.
use axum::http::{StatusCode, header};
use office::accounts::NewAccount;

use crate::testing::{PASSWORD, TestSite, Visitor};

pub(crate) fn door() -> office::accounts::Entrance {
    office::accounts::Entrance { address: "10.0.0.2".to_owned(), agent: "test".to_owned() }
}

fn cookie(got: &crate::testing::Got) -> String {
    let set = got.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok());
    let session = set
        .map(str::to_owned)
        .find_map(|value| value.strip_prefix("yishe_session=").map(str::to_owned))
        .unwrap_or_default();
    session.split(';').next().unwrap_or_default().to_owned()
}

/// The visitor after the password: with the cookie that the site gave.
async fn enter(site: &TestSite, login: &str, password: &str) -> Visitor {
    let got = site.stranger().post("/login", &[("name", login), ("password", password), ("back", "/account")]).await;
    assert_eq!(got.status, StatusCode::SEE_OTHER, "{}", got.text);
    site.bearing(&cookie(&got))
}

fn sealed(text: &str) -> String {
    text.split("name=\"sealed\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

#[tokio::test]
async fn an_official_binds_a_code_changes_the_password_and_only_then_works() {
    let site = TestSite::new();
    let system = site.office.admin(authority::AdminRole::System);
    let new = NewAccount { login: "shouli".to_owned(), name: "受理岗".to_owned(), password: PASSWORD.to_owned() };
    site.office.open_official(&system, &new, None).unwrap();
    let clerk = enter(&site, "shouli", PASSWORD).await;
    assert_eq!(clerk.get("/roles").await.location(), "/login/bind?back=%2Froles", "nothing else answers before");
    let page = clerk.get("/login/bind?back=/account").await;
    page.is_well_made();
    assert!(page.text.contains("<svg") && page.text.contains("手工输入的密钥"));
    let offer = sealed(&page.text);
    let wrong = clerk.post("/login/bind", &[("sealed", &offer), ("code", "000000")]).await;
    wrong.is_well_made();
    assert_eq!(
        (wrong.status, sealed(&wrong.text) == offer),
        (StatusCode::UNPROCESSABLE_ENTITY, true),
        "the key is kept"
    );
    let signed = site.office.session(&clerk.secret).unwrap().unwrap();
    let key = site.office.offered_key(&signed, &offer).unwrap();
    let code = key.code(site.office.clock.now()).unwrap();
    assert_eq!(
        clerk.post("/login/bind", &[("sealed", "rubbish"), ("code", &code)]).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
    let bound = clerk.post("/login/bind", &[("sealed", &offer), ("code", &code), ("back", "/roles")]).await;
    assert_eq!(bound.location(), "/roles");
    assert_eq!(clerk.get("/roles").await.location(), "/login/password?back=%2Froles");
    clerk.get("/login/password").await.is_well_made();
    let differ = clerk.post("/login/password", &[("old", PASSWORD), ("new", "Copper-9-bridge"), ("again", "x")]).await;
    assert!(differ.status == StatusCode::UNPROCESSABLE_ENTITY && differ.text.contains("两次输入"));
    differ.is_well_made();
    let fields = [("old", PASSWORD), ("new", "Copper-9-bridge"), ("again", "Copper-9-bridge"), ("back", "/roles")];
    assert_eq!(clerk.post("/login/password", &fields).await.location(), "/roles");
    assert_eq!(clerk.get("/roles").await.status, StatusCode::OK);

    let again = enter(&site, "shouli", "Copper-9-bridge").await;
    let page = again.get("/login/code").await;
    page.is_well_made();
    let used = again.post("/login/code", &[("code", &code)]).await;
    assert!(used.status == StatusCode::UNPROCESSABLE_ENTITY && used.text.contains("已用过"));
    site.office.clock.advance(60);
    let next = key.code(site.office.clock.now()).unwrap();
    let typed = format!("{} {}", &next[..3], &next[3..]);
    assert_eq!(again.post("/login/code", &[("code", &typed), ("back", "/roles")]).await.location(), "/roles");
    assert_eq!(again.get("/roles").await.status, StatusCode::OK);
}

#[tokio::test]
async fn five_wrong_passwords_lock_and_the_page_says_for_how_long() {
    let site = TestSite::new();
    site.office.founder("bai");
    for _ in 0..5 {
        let wrong = site.stranger().post("/login", &[("name", "bai"), ("password", "nope")]).await;
        assert!(wrong.status == StatusCode::UNPROCESSABLE_ENTITY && wrong.text.contains("连续输错 5 次"));
    }
    let locked = site.stranger().post("/login", &[("name", "bai"), ("password", PASSWORD)]).await;
    assert!(locked.status == StatusCode::TOO_MANY_REQUESTS && locked.text.contains("15 分钟"));
    locked.is_well_made();
}

#[tokio::test]
async fn one_identity_one_entry_and_a_role_at_a_time() {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let clerk = site.official("intake", "2101", body);
    let page = clerk.get("/roles").await;
    page.is_well_made();
    assert!(page.text.contains("沈阳市民政局 · 受理岗") && page.text.contains("本人"));
    assert_eq!(site.site.accounts.find(&clerk.secret).unwrap().actor.posts.len(), 1);
    assert_eq!(clerk.post("/roles", &[("role", "me")]).await.status, StatusCode::SEE_OTHER);
    assert!(site.site.accounts.find(&clerk.secret).unwrap().actor.posts.is_empty(), "the posts rest meanwhile");
    assert_eq!(clerk.post("/roles", &[("role", "admin")]).await.status, StatusCode::FORBIDDEN);
}
