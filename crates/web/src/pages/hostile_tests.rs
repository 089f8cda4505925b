//! The site as somebody hostile meets it: files that are not what they say, other people's things by their real addresses, and answers
//! of every kind with their headers.
use authority::AdminRole;
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use office::drafts::NewDraft;
use office::testing::form_of;

use crate::testing::{TestSite, Visitor};

const AREA: &str = "2101";

async fn material_page(who: &Visitor) -> String {
    let draft = who.post("/matters/found-association/start", &[("area", AREA)]).await;
    format!("{}/materials/premises_proof", draft.location())
}

#[tokio::test]
async fn hostile_files_are_refused_and_taken_ones_are_served_as_what_they_are() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let page = material_page(&who).await;
    let huge = vec![b'%'; 21 << 20];
    let hostile: [(&str, &str, &[u8]); 8] = [
        ("a.pdf", "application/pdf", b"<html><script>alert(1)</script></html>"),
        ("a.html", "text/html", b"<script>alert(1)</script>"),
        ("a.svg", "image/svg+xml", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.png", "image/png", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
        ("a.pdf", "application/pdf", b""),
        ("a.exe", "application/pdf", b"MZ\x90\x00"),
        ("a.pdf.html", "application/pdf", b"%PDF-1.7"),
        ("a.pdf", "application/pdf", &huge),
    ];
    for (name, kind, bytes) in hostile {
        let got = who.upload(&page, &[], &[("file", name, kind, bytes)]).await;
        let refused = [StatusCode::UNPROCESSABLE_ENTITY, StatusCode::PAYLOAD_TOO_LARGE].contains(&got.status);
        assert!(refused, "{name} of {} bytes as {kind}: {}", bytes.len(), got.status);
    }
    assert!(!who.get(&page).await.text.contains("/files/"), "nothing of it was kept");
    // A polyglot: a PDF for whoever reads its beginning, HTML for whoever looks for tags. A name that would leave its header.
    let polyglot = b"%PDF-1.7\n<html><script>alert(document.cookie)</script></html>";
    let name = "../../etc/\u{202e}\"; filename=x.html; a=\".pdf";
    let name = name.replace('"', "%22");
    assert_eq!(who.upload(&page, &[], &[("file", &name, "text/html", polyglot)]).await.location(), page);
    let shown = who.get(&page).await;
    let file = shown.text.split("href=\"").find(|part| part.contains("/files/")).unwrap().split('"').next().unwrap();
    let got = who.get(file).await;
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/pdf", "told by its bytes, not by the sender");
    assert_eq!(got.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
    let disposition = got.headers[header::CONTENT_DISPOSITION].to_str().unwrap();
    assert!(
        disposition.starts_with("attachment") && disposition.is_ascii() && !disposition.contains('/'),
        "{disposition}"
    );
    assert!(got.headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(got.headers[header::CACHE_CONTROL], "no-store");
}

#[tokio::test]
async fn nobody_else_opens_what_is_really_there() {
    let site = TestSite::new();
    let office = &site.office;
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let supervisor = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let elsewhere = office.body("registrar", "大连市民政局", "2102");
    let owner = site.founder("wenli");
    let clerk = site.official("intake", AREA, registrar);
    let keeper = site.official("data_quality", AREA, registrar);

    let page = material_page(&owner).await;
    owner.upload(&page, &[], &[("file", "证明.pdf", "application/pdf", b"%PDF-1.7 x")]).await;
    let shown = owner.get(&page).await;
    let file = shown.text.split("href=\"").find(|part| part.contains("/files/")).unwrap().split('"').next().unwrap();
    let new = NewDraft { matter: "found-association".into(), area: AREA.parse().ok(), ..NewDraft::default() };
    let draft = office.start_draft(&owner.actor, &new).unwrap();
    let opened = office.open_draft(&owner.actor, draft).unwrap();
    let (answers, materials) = form_of(&opened.resolved.matter, &|_| supervisor);
    let new = office::cases::file::NewCase {
        matter: "found-association".into(),
        org: None,
        answers,
        materials,
        synthetic: false,
    };
    let case = office.file_case(&owner.actor, new).unwrap();
    let table = "名称,代码\n,1\n";
    let import = keeper.upload("/desk/import", &[], &[("file", "a.csv", "text/csv", table.as_bytes())]).await;
    let import = import.location().to_owned();
    owner.post("/account/data", &[("kind", "access"), ("area", AREA), ("text", "请提供我的信息")]).await;
    let list = keeper.get("/desk/personal").await;
    let personal = list.text.split("href=\"/desk/personal/").nth(1).unwrap().split('"').next().unwrap().to_owned();

    let number = &case.number;
    let things: Vec<(String, &Visitor)> = vec![
        (page.clone(), &owner),
        (file.to_owned(), &owner),
        (format!("/my/drafts/{draft}"), &owner),
        (format!("/my/drafts/{draft}/check"), &owner),
        (format!("/my/cases/{number}"), &owner),
        (format!("/my/cases/{number}/withdraw"), &owner),
        (format!("/desk/cases/{number}"), &clerk),
        (format!("/desk/cases/{number}/history"), &clerk),
        (format!("/desk/cases/{number}/reveal"), &clerk),
        (import.clone(), &keeper),
        (format!("{import}/rejects.csv"), &keeper),
        (format!("/desk/personal/{personal}"), &keeper),
    ];
    let others: Vec<(&str, Visitor)> = vec![
        ("another applicant", site.founder("zhiyu")),
        ("the desk of another area", site.official("intake", "2102", elsewhere)),
        ("data quality of another area", site.official("data_quality", "2102", elsewhere)),
        ("the system administrator", site.admin(AdminRole::System)),
        ("the security administrator", site.admin(AdminRole::Security)),
        ("the audit administrator", site.admin(AdminRole::Audit)),
    ];
    for (path, whose) in &things {
        assert_eq!(whose.get(path).await.status, StatusCode::OK, "{path} is there for its own");
        let stranger = site.stranger().get(path).await;
        assert!(stranger.location().starts_with("/login"), "{path} as a stranger: {}", stranger.status);
        for (name, other) in &others {
            let got = other.get(path).await;
            let refused = matches!(got.status, StatusCode::FORBIDDEN | StatusCode::NOT_FOUND);
            assert!(refused, "{path} as {name}: {} {}", got.status, got.location());
            for secret in ["沈阳市养老服务协会", "请提供我的信息", "证明.pdf"] {
                assert!(!got.text.contains(secret), "{path} tells {name} of {secret}");
            }
            let posted = other.post(path, &[("reason", "看看"), ("go", "import"), ("text", "x")]).await;
            let refused = [StatusCode::FORBIDDEN, StatusCode::NOT_FOUND, StatusCode::METHOD_NOT_ALLOWED];
            assert!(refused.contains(&posted.status), "POST {path} as {name}: {}", posted.status);
        }
    }
}

#[tokio::test]
async fn answers_of_every_kind_carry_the_headers() {
    let site = TestSite::new();
    let who = site.founder("wenli");
    let stranger = site.stranger();
    let long = format!("/orgs?q={}", "x".repeat(20_000));
    let answers = [
        ("a page", stranger.get("/").await),
        ("a page nobody has", stranger.get("/nothing/here").await),
        ("a sign-in redirect", stranger.get("/my").await),
        ("somebody else's", who.get("/admin/accounts").await),
        ("the API", stranger.get("/api/v1/organizations").await),
        ("an error of the API", stranger.get("/api/v1/organizations/none").await),
        ("a wrong parameter of the API", stranger.get("/api/v1/organizations?as_of=never").await),
        ("a form without a token", stranger.send("POST".parse().unwrap(), "/login", "text/plain", "x").await),
        ("another method", stranger.send("PUT".parse().unwrap(), "/login", "text/plain", "x").await),
        ("an export", stranger.get("/orgs/export.csv").await),
        ("a feed", stranger.get("/feeds/notices.atom").await),
        ("a very long query", stranger.get(&long).await),
        ("a path that climbs", stranger.get("/assets/x/..%2f..%2fCargo.toml").await),
    ];
    for (name, got) in &answers {
        assert_ne!(got.status, StatusCode::INTERNAL_SERVER_ERROR, "{name}");
        let value = |header: &str| got.headers.get(header).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let policy = value("content-security-policy");
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{name}: {policy}");
        assert!(!policy.contains("unsafe"), "{name}");
        assert_eq!(value("x-content-type-options"), "nosniff", "{name}");
        assert_eq!(value("referrer-policy"), "same-origin", "{name}");
        assert!(value("permissions-policy").contains("camera=()"), "{name}");
        assert_eq!(value("x-frame-options"), "DENY", "{name}");
    }
    assert_eq!(answers[12].1.status, StatusCode::NOT_FOUND);
    // What is one's own is kept by no cache on the way.
    for path in ["/my", "/account", "/account/data", "/my/notices", "/my/watches"] {
        assert_eq!(who.get(path).await.headers[header::CACHE_CONTROL], "no-store", "{path}");
    }
}

#[tokio::test]
async fn links_for_paper_and_feeds_do_not_follow_the_host_somebody_names() {
    let site = TestSite::new();
    for path in ["/", "/orgs", "/feeds/notices.atom", "/feeds/changes.atom", "/matters", "/api/openapi.json"] {
        let request = Request::get(path)
            .header(header::HOST, "evil.example")
            .header("x-forwarded-host", "evil.example")
            .body(Body::empty())
            .unwrap();
        let got = site.stranger().ask(request).await;
        assert!(!got.text.contains("evil.example"), "{path}");
        assert!(!got.location().contains("evil.example"), "{path}");
    }
}

#[tokio::test]
async fn what_people_type_is_text_wherever_it_is_shown() {
    let site = TestSite::new();
    let evil = "<img src=x onerror=alert(1)>";
    let fields = [
        ("login", "mallory"),
        ("name", evil),
        ("password", crate::testing::PASSWORD),
        ("again", crate::testing::PASSWORD),
    ];
    site.stranger().post("/register", &fields).await;
    let mallory = site.signed_in("mallory");
    for path in ["/", "/account", "/my", "/account/data", "/roles"] {
        assert!(!mallory.get(path).await.text.contains("<img src=x"), "{path}");
    }
    let query = serde_urlencoded::to_string([("q", evil), ("back", evil), ("name", evil), ("text", evil)]).unwrap();
    for path in ["/orgs", "/login", "/matters/names", "/matters/find", "/notices", "/verify", "/register"] {
        let got = site.stranger().get(&format!("{path}?{query}")).await;
        assert!(!got.text.contains("<img src=x"), "{path}");
    }
}
