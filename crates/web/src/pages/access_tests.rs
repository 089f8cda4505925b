//! Every route of the site, tried by everybody: strangers, a founder, each desk, each administrator. The committed table
//! (`snapshots/`) says what each may; a new page without a decision about the wrong person fails here. And every POST needs a token,
//! every answer the headers.
use std::collections::BTreeSet;
use std::fmt::Write as _;

use authority::AdminRole;
use axum::Router;
use axum::http::{Method, StatusCode, header};
use base::Rng;

use crate::testing::{TestSite, Visitor};

/// Every path of the router, as written.
fn paths(site: &TestSite) -> Vec<String> {
    let told = format!("{:?}", crate::router(std::sync::Arc::clone(&site.site), Router::new()));
    let paths = told.split('"').filter(|part| part.starts_with('/') && !part.contains(' '));
    let paths: BTreeSet<String> = paths.map(str::to_owned).filter(|path| !path.contains("__private")).collect();
    assert!(paths.len() > 20 && paths.contains("/admin/rights"), "the router tells its paths: {paths:?}");
    paths.into_iter().collect()
}

/// A path with its parameters filled: something that looks right and does not exist.
fn filled(path: &str) -> String {
    let part = |part: &str| match part.trim_matches(['{', '}']) {
        _ if !part.starts_with('{') => part.to_owned(),
        "area" => "2101".to_owned(),
        "desk" => "intake".to_owned(),
        "no" | "number" => "210100-2026-000001".to_owned(),
        name if name.starts_with('*') => "nothing".to_owned(),
        _ => "01J00000000000000000000000".to_owned(),
    };
    path.split('/').map(part).collect::<Vec<_>>().join("/")
}

fn everybody(site: &TestSite) -> Vec<(String, Visitor)> {
    let kinds = ["registrar", "supervisor", "regulator", "party", "finance", "tax", "street", "community"];
    let bodies = kinds.map(|kind| (kind, site.office.body(kind, &format!("沈阳市{kind}"), "2101")));
    let body_of = |desk: &str| bodies.iter().find(|(kind, _)| site.office.catalogue.desk_fits(desk, kind)).unwrap().1;
    let mut all = vec![("stranger".to_owned(), site.stranger()), ("founder".to_owned(), site.founder("bai"))];
    let desks: Vec<String> = site.office.catalogue.desks().map(|(id, _)| id.to_owned()).collect();
    for desk in desks.iter().filter(|desk| !matches!(desk.as_str(), "applicant" | "system")) {
        all.push((desk.clone(), site.official(desk, "2101", body_of(desk))));
    }
    for (name, role) in [
        ("system admin", AdminRole::System),
        ("security admin", AdminRole::Security),
        ("audit admin", AdminRole::Audit),
    ] {
        all.push((name.to_owned(), site.admin(role)));
    }
    all
}

/// A status as the table says it: yes, sign in, no, nothing there.
fn word(status: StatusCode, location: &str) -> String {
    match status {
        StatusCode::OK => "ok".to_owned(),
        StatusCode::SEE_OTHER if location.starts_with("/login") => "sign-in".to_owned(),
        StatusCode::UNAUTHORIZED => "sign-in".to_owned(),
        StatusCode::FORBIDDEN => "no".to_owned(),
        StatusCode::NOT_FOUND => "none".to_owned(),
        StatusCode::METHOD_NOT_ALLOWED => "post-only".to_owned(),
        StatusCode::UNPROCESSABLE_ENTITY => "unread".to_owned(),
        status if status.is_redirection() => "moved".to_owned(),
        other => other.as_u16().to_string(),
    }
}

#[tokio::test]
async fn every_route_says_who_may_read_it() {
    let site = TestSite::with(office::testing::office().with_index());
    let people = everybody(&site);
    let mut table = String::new();
    for path in paths(&site) {
        let mut groups: Vec<(String, Vec<&str>)> = Vec::new();
        for (name, visitor) in &people {
            let got = visitor.get(&filled(&path)).await;
            assert_ne!(got.status, StatusCode::INTERNAL_SERVER_ERROR, "{path} as {name}: {}", got.text);
            let word = word(got.status, got.location());
            match groups.iter_mut().find(|(known, _)| *known == word) {
                Some((_, names)) => names.push(name),
                None => groups.push((word, vec![name])),
            }
        }
        groups.sort_by_key(|(_, names)| names.len());
        let (common, _) = groups.pop().unwrap();
        let _ = write!(table, "{path}: ");
        for (word, names) in groups {
            let _ = write!(table, "{word} [{}]; ", names.join(", "));
        }
        let _ = writeln!(table, "else {common}");
    }
    insta::assert_snapshot!("who_may_read", table);
}

#[tokio::test]
async fn no_route_takes_a_post_without_its_token() {
    let site = TestSite::new();
    let body = site.office.body("registrar", "沈阳市民政局", "2101");
    let people =
        [site.stranger(), site.founder("bai"), site.official("intake", "2101", body), site.admin(AdminRole::System)];
    for path in paths(&site) {
        for visitor in &people {
            for kind in ["application/x-www-form-urlencoded", "text/plain", "application/json"] {
                if path.starts_with("/api/") && visitor.secret.is_empty() {
                    continue; // Programs carry no cookies, so nobody can make a browser do it.
                }
                let got = visitor.send(Method::POST, &filled(&path), kind, "reason=x&name=y").await;
                let refused = [StatusCode::FORBIDDEN, StatusCode::TOO_MANY_REQUESTS].contains(&got.status);
                assert!(refused, "{path} took a POST of {kind} without a token: {}", got.status);
            }
            let form = "--b\r\nContent-Disposition: form-data; name=\"reason\"\r\n\r\nx\r\n--b--\r\n";
            let got = visitor.send(Method::POST, &filled(&path), "multipart/form-data; boundary=b", form).await;
            let refused = [
                StatusCode::FORBIDDEN,
                StatusCode::METHOD_NOT_ALLOWED,
                StatusCode::NOT_FOUND,
                StatusCode::TOO_MANY_REQUESTS,
            ];
            assert!(refused.contains(&got.status), "{path} took a multipart form without a token: {}", got.status);
        }
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers_and_every_cookie_its_flags() {
    let site = TestSite::new();
    let founder = site.founder("bai");
    for path in paths(&site) {
        let got = founder.get(&filled(&path)).await;
        let policy =
            got.headers.get(header::CONTENT_SECURITY_POLICY).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(
            policy.contains("default-src 'none'")
                && policy.contains("frame-ancestors 'none'")
                && !policy.contains("unsafe"),
            "{path}"
        );
        assert_eq!(got.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff", "{path}");
        assert_eq!(got.headers[header::REFERRER_POLICY], "same-origin", "{path}");
        for cookie in got.headers.get_all(header::SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{path}: {cookie}");
        }
        if got.status == StatusCode::OK && !path.starts_with("/assets") && got.text.contains("_csrf") {
            assert_eq!(got.headers[header::CACHE_CONTROL], "no-store", "{path} prints a token and may be kept");
        }
    }
}

#[tokio::test]
async fn bodies_have_limits() {
    let site = TestSite::new();
    let founder = site.founder("bai");
    let long = "x".repeat(1024 * 1024 + 1);
    let got = founder.post("/account/data", &[("kind", "erase"), ("area", "2101"), ("text", &long)]).await;
    assert_eq!(got.status, StatusCode::PAYLOAD_TOO_LARGE);
    let deep = format!("/orgs?q={}", "%E5".repeat(3));
    assert_ne!(founder.get(&deep).await.status, StatusCode::INTERNAL_SERVER_ERROR, "broken UTF-8 in an address");
}

#[test]
fn keys_of_a_demonstration_are_refused_elsewhere() {
    let (clock, rng) = (base::Clock::fixed(base::Instant(0)), Rng::seeded(3));
    let (demo, real) = (vault::KeyRing::generate_demo(&clock, &rng), vault::KeyRing::generate(&clock, &rng));
    assert!(demo.admit(true).is_ok() && real.admit(false).is_ok());
    assert!(demo.admit(false).is_err(), "a demonstration's keys are known to everybody");
}

/// What the process logged, whichever thread wrote it.
#[derive(Clone, Default)]
struct Log(std::sync::Arc<std::sync::Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn nothing_personal_is_logged() {
    let log = Log::default();
    let kept = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || kept.clone()).finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let site = TestSite::new();
    let secret = "Quokka-5-meadow";
    let fields =
        [("login", "ranqiu"), ("name", "墨染秋"), ("password", secret), ("again", secret), ("back", "/account")];
    assert_eq!(site.stranger().post("/register", &fields).await.status, StatusCode::SEE_OTHER);
    site.stranger().post("/login", &[("name", "ranqiu"), ("password", "Quokka-5-wrong")]).await;
    let bearer = site.office.sign_in("ranqiu", secret, &super::login::tests::door()).unwrap();
    let visitor = site.bearing(&bearer.secret);
    site.office.body("registrar", "沈阳市民政局", "2101");
    let fields = [("kind", "access"), ("area", "2101"), ("text", "手机 13912345678，身份证 11010519491231002X")];
    assert_eq!(visitor.post("/account/data", &fields).await.status, StatusCode::SEE_OTHER);
    visitor.post("/account/data/export", &[]).await;
    let text = String::from_utf8_lossy(&log.0.lock().unwrap()).into_owned();
    assert!(text.contains("/account/data/export"), "requests are logged");
    for value in ["墨染秋", secret, "Quokka-5-wrong", "13912345678", "11010519491231002X", bearer.secret.as_str()] {
        assert!(!text.contains(value), "{value} is in the log");
    }
}
