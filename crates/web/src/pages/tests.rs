//! Through the real router, as a visitor or somebody signed in.
use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use base::{AccountId, Clock, Instant, Rng};
use http_body_util::BodyExt as _;
use tower::ServiceExt as _;

use super::check::faults;
use crate::page::Link;
use crate::site::{Accounts, Front, Home, MenuGroup, MenuItem, Role, Settings, Site, Viewer};
use crate::{Page, Upload, WebError};

struct OneAccount;

fn lin() -> authority::Actor {
    let account = AccountId::from_bits(7);
    authority::Actor { account, name: "林书言".to_owned(), posts: Vec::new(), orgs: Vec::new(), admin: None }
}

impl Accounts for OneAccount {
    fn sign_in(&self, name: &str, password: &str, _: &office::accounts::Entrance) -> Result<String, office::Refused> {
        if (name, password) == ("lin", " pass word") {
            Ok("token".to_owned())
        } else {
            Err(office::Refused::field("password", "账号或密码不对"))
        }
    }
    fn find(&self, token: &str) -> Option<Viewer> {
        let item = MenuItem { link: Link::to("待受理", "/desk/queue/intake"), count: Some(3), urgent: true };
        (token == "token").then(|| Viewer {
            account: AccountId::from_bits(7),
            person: base::PersonId::from_bits(7),
            actor: lin(),
            signed: office::accounts::SignedIn::of(lin(), base::PersonId::from_bits(7), "lin"),
            step: None,
            name: "林书言".to_owned(),
            roles: vec![
                Role { id: "intake".to_owned(), label: "受理岗".to_owned() },
                Role { id: "me".to_owned(), label: "本人".to_owned() },
            ],
            role: "intake".to_owned(),
            menu: vec![MenuGroup { title: "今日待办".to_owned(), items: vec![item] }],
            seconds_left: 1800,
        })
    }
    fn sign_out(&self, _: &str) {}
    fn choose_role(&self, _: &str, role: &str) -> bool {
        role == "me"
    }
}

struct Empty;

impl Front for Empty {
    fn home(&self, _: base::Date) -> Home {
        Home::default()
    }
    fn ready(&self) -> Result<(), String> {
        Err("replaying".to_owned())
    }
}

async fn fails(cx: crate::Cx) {
    assert!(cx.path.is_empty(), "secret panic");
}

async fn upload(upload: Upload) -> String {
    format!("{} {}", upload.files.len(), upload.form.text("note"))
}

fn site() -> Arc<Site> {
    let now = Instant::parse("2026-11-21T02:00:00.000Z").unwrap();
    Arc::new(Site::new(
        Settings::demo("http://localhost"),
        (Arc::new(Clock::fixed(now)), Arc::new(Rng::seeded(5))),
        Arc::new(OneAccount),
        Arc::new(Empty),
        // The shell's own pages never ask the database, so it may go before they do.
        office::testing::office().office.clone(),
    ))
}

fn app(site: &Arc<Site>) -> axum::Router {
    let more = axum::Router::new()
        .route(
            "/mine",
            axum::routing::get(|cx: crate::Cx| async move { cx.viewer().map(|viewer| viewer.name.clone()) }),
        )
        .route("/boom", axum::routing::get(|| async { Err::<Page, _>(WebError::internal("secret detail")) }))
        .route("/panic", axum::routing::get(fails))
        .route("/api/v1/thing/{id}", axum::routing::get(|| async { Err::<Page, _>(WebError::not_found("这条记录")) }))
        .route("/upload", axum::routing::post(upload));
    crate::router(Arc::clone(site), more)
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    text: String,
}

async fn ask(site: &Arc<Site>, request: Request<Body>) -> Got {
    let response = app(site).oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    Got { status: parts.status, headers: parts.headers, text: String::from_utf8_lossy(&bytes).into_owned() }
}

async fn get(path: &str, cookie: &str) -> Got {
    ask(&site(), Request::get(path).header(header::COOKIE, cookie).body(Body::empty()).unwrap()).await
}

fn post(path: &str, cookie: &str, kind: &str, body: String) -> Request<Body> {
    Request::post(path)
        .header(header::COOKIE, cookie)
        .header(header::CONTENT_TYPE, kind)
        .body(Body::from(body))
        .unwrap()
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The token in a page and the cookie it is bound to.
async fn token(site: &Arc<Site>, path: &str) -> (String, String) {
    let got = ask(site, Request::get(path).body(Body::empty()).unwrap()).await;
    let cookie = got.headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
    let token = got.text.split("name=\"_csrf\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    (token, cookie)
}

#[tokio::test]
async fn every_own_page_keeps_the_rules_in_each_mode() {
    for path in ["/", "/login", "/help", "/accessibility", "/style", "/roles", "/nowhere", "/boom"] {
        for cookie in ["yishe_session=token", "yishe_session=token; yishe_elder=1", ""] {
            let got = get(path, cookie).await;
            if got.status != StatusCode::SEE_OTHER {
                assert_eq!(faults(&got.text), Vec::<String>::new(), "{path} as {cookie:?}");
                assert!(!got.text.contains("/assets/missing"), "{path} names an unknown asset");
            }
        }
    }
}

#[tokio::test]
async fn answers_carry_the_security_headers_and_public_pages_no_cookie() {
    let got = get("/help", "").await;
    assert_eq!(got.status, StatusCode::OK);
    let policy = got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && !policy.contains("unsafe"));
    assert_eq!(got.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    assert_eq!(got.headers[header::CACHE_CONTROL], "public, max-age=3600");
    assert!(!got.headers.contains_key(header::SET_COOKIE));
    assert_eq!(get("/help", "yishe_session=token").await.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn an_error_is_a_page_with_a_way_on_or_a_problem_object() {
    let got = get("/nowhere", "").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(got.text.contains("没有找到这个页面") && got.text.contains("href=\"/orgs\""));
    for path in ["/boom", "/panic"] {
        let got = get(path, "").await;
        assert_eq!(got.status, StatusCode::INTERNAL_SERVER_ERROR);
        assert!(!got.text.contains("secret") && got.text.contains("编号"), "{path}");
    }
    let got = get("/api/v1/thing/9", "").await;
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: serde_json::Value = serde_json::from_str(&got.text).unwrap();
    assert_eq!((problem["status"].as_u64(), problem["code"].as_str()), (Some(404), Some("not_found")));
}

#[tokio::test]
async fn signing_in_needs_the_token_and_the_right_password() {
    let site = site();
    let (token, cookie) = token(&site, "/login?back=/my").await;
    let body = |password: &str, token: &str| format!("name=lin&password={password}&back=%2Fmy&_csrf={token}");
    let refused = ask(&site, post("/login", &cookie, FORM, body("+pass+word", ""))).await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let stranger =
        ask(&site, post("/login", "yishe_visit=00000000000000000000000000000000", FORM, body("+pass+word", &token)))
            .await;
    assert_eq!(stranger.status, StatusCode::FORBIDDEN);
    let wrong = ask(&site, post("/login", &cookie, FORM, body("x", &token))).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert!(wrong.text.contains("href=\"#f-password\"") && wrong.text.contains("value=\"lin\""), "the form is kept");
    let good = ask(&site, post("/login", &cookie, FORM, body("+pass+word", &token))).await;
    assert_eq!((good.status, good.headers[header::LOCATION].to_str().unwrap()), (StatusCode::SEE_OTHER, "/my"));
    let set = good.headers[header::SET_COOKIE].to_str().unwrap();
    assert!(
        set.contains("yishe_session=token")
            && set.contains("HttpOnly")
            && set.contains("SameSite=Lax")
            && !set.contains("Secure")
    );
}

#[tokio::test]
async fn a_page_for_members_sends_others_to_sign_in_and_back() {
    let got = get("/mine?x=1", "").await;
    assert_eq!(
        (got.status, got.headers[header::LOCATION].to_str().unwrap()),
        (StatusCode::SEE_OTHER, "/login?back=%2Fmine%3Fx%3D1")
    );
    assert_eq!(get("/mine", "yishe_session=token").await.text, "林书言");
}

#[tokio::test]
async fn multipart_forms_are_checked_by_their_first_field() {
    let site = site();
    let (token, cookie) = token(&site, "/login").await;
    let part = |name: &str, rest: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"{rest}\r\n\r\n{value}\r\n")
    };
    let (csrf, file) = (part("_csrf", "", &token), part("f", "; filename=\"a.pdf\"", "%PDF"));
    let kind = "multipart/form-data; boundary=b";
    let good =
        ask(&site, post("/upload", &cookie, kind, format!("{csrf}{}{file}--b--\r\n", part("note", "", "hi")))).await;
    assert_eq!((good.status, good.text.as_str()), (StatusCode::OK, "1 hi"));
    for body in [format!("{file}{csrf}--b--\r\n"), format!("{}{file}--b--\r\n", part("_csrf", "", "00"))] {
        assert_eq!(ask(&site, post("/upload", &cookie, kind, body)).await.status, StatusCode::FORBIDDEN);
    }
    let login = ask(&site, post("/login", &cookie, kind, "name=lin&password=+pass+word".to_owned())).await;
    assert_eq!(login.status, StatusCode::FORBIDDEN, "an urlencoded body cannot hide behind another content type");
}

#[tokio::test]
async fn what_comes_from_another_site_or_too_fast_is_turned_away() {
    let site = site();
    let (token, cookie) = token(&site, "/login").await;
    let mut request = post("/login", &cookie, FORM, format!("_csrf={token}"));
    request.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
    assert_eq!(ask(&site, request).await.status, StatusCode::FORBIDDEN);
    let mut last = StatusCode::OK;
    for _ in 0..12 {
        last = ask(&site, post("/login", &cookie, FORM, format!("name=lin&password=x&_csrf={token}"))).await.status;
    }
    assert_eq!(last, StatusCode::TOO_MANY_REQUESTS);
    site.clock.advance(60);
    assert_eq!(
        ask(&site, post("/login", &cookie, FORM, format!("name=lin&password=x&_csrf={token}"))).await.status,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn htmx_gets_the_body_without_the_frame() {
    let got = ask(&site(), Request::get("/help").header("hx-request", "true").body(Body::empty()).unwrap()).await;
    assert!(!got.text.contains("<html") && got.text.contains("<h1>帮助</h1>"));
    assert!(got.headers[header::VARY].to_str().unwrap().contains("hx-request"));
}

#[tokio::test]
async fn the_larger_mode_is_remembered_and_returns_only_home() {
    let got = get("/prefs/elder?on=1&back=%2Fhelp", "").await;
    assert_eq!(got.headers[header::LOCATION], "/help");
    assert!(got.headers[header::SET_COOKIE].to_str().unwrap().contains("yishe_elder=1"));
    assert!(get("/help", "yishe_elder=1").await.text.contains("class=\"elder\""));
    assert_eq!(get("/prefs/elder?on=1&back=https://evil.example", "").await.headers[header::LOCATION], "/");
}

#[tokio::test]
async fn operators_see_health_readiness_and_counters() {
    assert_eq!(get("/healthz", "").await.text, "ok\n");
    assert_eq!(get("/readyz", "").await.status, StatusCode::SERVICE_UNAVAILABLE);
    let from = |peer: &str| {
        let peer: std::net::SocketAddr = peer.parse().unwrap();
        Request::get("/metrics").extension(axum::extract::ConnectInfo(peer)).body(Body::empty()).unwrap()
    };
    assert!(ask(&site(), from("127.0.0.1:9")).await.text.contains("yishe_http_requests_total"));
    assert_eq!(ask(&site(), from("10.0.0.9:9")).await.status, StatusCode::FORBIDDEN);
    assert_eq!(get("/metrics", "").await.status, StatusCode::FORBIDDEN);
}

#[tokio::test]
async fn assets_are_kept_for_a_year_under_their_hash_and_packed() {
    let url = crate::assets::url("yishe.css").to_owned();
    let got =
        ask(&site(), Request::get(&url).header(header::ACCEPT_ENCODING, "gzip").body(Body::empty()).unwrap()).await;
    assert_eq!((got.status, got.headers[header::CONTENT_ENCODING].to_str().unwrap()), (StatusCode::OK, "gzip"));
    assert_eq!(got.headers[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(get("/assets/000000000000/yishe.css", "").await.headers[header::CACHE_CONTROL], "no-cache");
    assert_eq!(get("/assets/x/nothing.css", "").await.status, StatusCode::NOT_FOUND);
}

#[test]
fn the_top_bar_has_at_most_six_words() {
    assert!(crate::shell::top_words() <= 6);
}
