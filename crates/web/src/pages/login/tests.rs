//! Signing in as people do it.
use crate::testing::{PASSWORD, TestSite, Visitor};
use axum::http::{StatusCode, header};

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
    let account = site.office.opened("shouli", "受理岗", None);
    // As in a database from before activation codes: the password was given by an administrator.
    let given = site.office.db.write(move |tx| {
        let person = store::accounts::find(tx, account)?.unwrap().person;
        let password = store::accounts::credential(tx, person, account, "password")?.unwrap();
        tx.upsert(&store::accounts::Credential { must_change: true, ..password })
    });
    given.unwrap();
    let clerk = enter(&site, "shouli", PASSWORD).await;
    assert_eq!(clerk.get("/roles").await.location(), "/login/bind?back=%2Froles", "nothing else answers before");
    let page = clerk.get("/login/bind?back=/account").await;
    page.is_well_made();
    assert!(page.text.contains("<svg") && page.text.contains("手工输入密钥"));
    assert!(!page.text.contains("otpauth"), "the address of a key is not printed");
    let key = page.text.split("class=\"y-secret\">").nth(1).unwrap().split('<').next().unwrap();
    assert!(key.split(' ').count() >= 4 && key.split(' ').rev().skip(1).all(|group| group.len() == 4), "{key}");
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

#[tokio::test]
async fn signing_in_again_ends_the_session_this_browser_had() {
    let site = TestSite::new();
    let bai = site.founder("bai");
    site.office.founder("mei");
    let again = bai.post("/login", &[("name", "mei"), ("password", PASSWORD)]).await;
    let fresh = cookie(&again);
    assert!(!fresh.is_empty() && fresh != bai.secret, "a secret that nobody could have known before");
    assert!(site.office.session(&bai.secret).unwrap().is_none(), "nobody finds the first one's work in this browser");
    let set = again.headers.get_all(header::SET_COOKIE).iter().map(|value| value.to_str().unwrap().to_owned());
    let session = set.into_iter().find(|value| value.starts_with("yishe_session=")).unwrap();
    assert!(
        session.contains("HttpOnly") && session.contains("SameSite=Lax") && session.contains("Path=/"),
        "{session}"
    );
    let wrong = site.bearing(&fresh).post("/login", &[("name", "bai"), ("password", "x")]).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(site.office.session(&fresh).unwrap().is_some(), "a wrong password ends nothing");
}

#[tokio::test]
async fn trying_passwords_and_codes_is_slowed_by_address_whatever_the_login_or_header() {
    let site = TestSite::new();
    for path in ["/login", "/login/activate", "/register"] {
        let mut seen = Vec::new();
        for turn in 0..12 {
            let body = format!("_csrf={}&name=user{turn}&login=user{turn}&password=x&again=x", site.stranger().token());
            let request = axum::http::Request::post(path)
                .header(header::COOKIE, "yishe_visit=0123456789abcdef0123456789abcdef")
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .header("x-forwarded-for", format!("203.0.113.{turn}"))
                .body(axum::body::Body::from(body));
            seen.push(site.stranger().ask(request.unwrap()).await.status);
        }
        assert_eq!(seen[11], StatusCode::TOO_MANY_REQUESTS, "{path}: a header of the client's own opens no new bucket");
        assert_ne!(seen[0], StatusCode::TOO_MANY_REQUESTS, "{path}");
    }
}

#[tokio::test]
async fn the_way_to_the_identity_source_and_back_belongs_to_one_browser() {
    use office::connector::{Line, Outside, Recorded};
    let book = r#"{"exchanges": [
        {"path": "identity", "request": {"ticket": "good"},
         "answers": [{"status": 200, "body": {"subject": "P-1", "name": "周远舟"}}, {"status": 410}]},
        {"path": "identity", "answers": [{"no_answer": "timed out"}]}]}"#;
    let line = Line::recorded(std::sync::Arc::new(Recorded::parse(book).unwrap()));
    let mut house = office::testing::office();
    house.office.outside = std::sync::Arc::new(Outside::local().with_identity("https://sso.example/login", line));
    let site = TestSite::with(house);
    let stranger = site.stranger();
    let page = stranger.get("/login").await;
    page.is_well_made();
    assert!(page.text.contains("href=\"/login/outside\""));
    let out = stranger.get("/login/outside").await;
    let back = "https://sso.example/login?return=http%3A%2F%2Flocalhost%2Flogin%2Foutside%2Freturn&state=";
    let state = out.location().strip_prefix(back).unwrap_or_else(|| panic!("{}", out.location())).to_owned();
    let came = |ticket: &str, state: &str| format!("/login/outside/return?ticket={ticket}&state={state}");
    for (ticket, state, why) in [
        ("good", "0123", "不是从本浏览器发起"),
        ("silent", state.as_str(), "暂时没有回应"),
        ("", state.as_str(), "没有给出"),
    ] {
        let got = stranger.get(&came(ticket, state)).await;
        got.is_well_made();
        assert!(got.text.contains(why) && cookie(&got).is_empty(), "{why}: {}", got.text);
    }
    let got = stranger.get(&came("good", &state)).await;
    assert_eq!((got.status, got.location()), (StatusCode::SEE_OTHER, "/my"));
    let zhou = site.bearing(&cookie(&got));
    assert_eq!(zhou.actor.name, "周远舟");
    assert_eq!(zhou.get("/my").await.status, StatusCode::OK);
    assert_eq!(zhou.get("/desk").await.status, StatusCode::FORBIDDEN);
    assert!(stranger.get(&came("good", &state)).await.text.contains("无效或已用过"));

    let off = TestSite::new().stranger();
    assert!(!off.get("/login").await.text.contains("/login/outside"));
    assert_eq!(off.get("/login/outside").await.status, StatusCode::NOT_FOUND);
    assert_eq!(off.get(&came("good", &state)).await.status, StatusCode::NOT_FOUND);
}
