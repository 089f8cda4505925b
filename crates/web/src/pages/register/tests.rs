//! The register's pages through the router, as a stranger and as members see them.
use axum::http::{StatusCode, header};
use base::Date;
use registry::{Credit, Kind, Organization};

use crate::testing::{Got, TestSite};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A site with an index and a handful of organizations.
fn site() -> (TestSite, Vec<Organization>) {
    let office = office::testing::office().with_index();
    let mut all = Vec::new();
    for (at, name) in
        ["云州市茶叶协会", "云州市助学基金会", "在建工程服务中心", "平川区敬老服务中心"].into_iter().enumerate()
    {
        let kind = [Kind::Association, Kind::Foundation, Kind::ServiceInstitution, Kind::ServiceInstitution][at];
        let registrar = ["2101", "21", "330106", "3301"][at];
        all.push(office.registered(kind, name, registrar, day("2018-05-01")));
    }
    office.appoint(&all[1], "legal_representative", "林书言");
    office.appoint(&all[1], "director", "欧阳小明");
    let mut tea = all[0].clone();
    tea.name = "云州市茶业协会".to_owned();
    tea.states.credit = Credit::Abnormal;
    office.record_org(&tea, day("2024-01-01"));
    all[0] = tea;
    office.catch_up().unwrap();
    (TestSite::with(office), all)
}

async fn ok(site: &TestSite, path: &str) -> Got {
    let before = site.office.db.queries();
    let got = site.stranger().get(path).await;
    assert_eq!(got.status, StatusCode::OK, "{path}: {}", got.text);
    let queries = site.office.db.queries() - before;
    assert!(queries <= 12, "{path}: {queries} queries");
    if got.text.starts_with("<!DOCTYPE") {
        got.is_well_made();
    }
    got
}

/// Every address of this slice that anybody may ask for.
fn public_paths(o: &Organization) -> Vec<String> {
    let code = o.public_code();
    let mut paths: Vec<String> = [
        "/orgs",
        "/orgs?q=云州",
        "/orgs?q=没有这个名字",
        "/orgs?as_of=2020-01-01",
        "/orgs?area=21&kind=foundation",
        "/orgs/structure",
        "/orgs/structure?area=21",
        "/orgs/structure/list?by=level&value=province",
        "/orgs/structure/list?by=all&value=live",
        "/lists",
        "/lists/abnormal",
        "/lists/serious?area=21",
        "/lists/data-sharing",
        "/data",
        "/data/organizations.csv",
        "/data/organizations.jsonl",
        "/orgs/export.csv?q=云州",
        "/orgs/export.json",
        "/api/docs",
        "/api/openapi.json",
        "/api/v1/organizations",
        "/api/v1/changes",
        "/api/v1/changes?origin=210000",
        "/feeds/changes.atom",
        "/feeds/notices.atom",
    ]
    .map(encoded)
    .into();
    paths.extend([
        format!("/orgs/{code}"),
        format!("/orgs/{code}?as_of=2020-01-01&known_on=2026-03-01"),
        format!("/orgs/{code}/qr"),
        format!("/orgs/{code}/diff?from=2020-01-01&to=2025-01-01"),
        format!("/api/v1/organizations/{code}"),
        format!("/api/v1/organizations/{code}/versions"),
    ]);
    paths.retain(|path| !path.contains("known_on"));
    paths
}

fn encoded(path: &str) -> String {
    path.bytes()
        .map(|byte| if byte.is_ascii() { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect::<Vec<_>>()
        .concat()
}

#[tokio::test]
async fn every_page_is_well_made_frugal_and_free_of_hidden_names() {
    let (site, all) = site();
    for path in public_paths(&all[1]) {
        let got = ok(&site, &path).await;
        assert!(!got.text.contains("欧阳小明") && !got.text.contains("小明"), "{path} shows a name that is not public");
        assert!(!got.headers.contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), "{path}");
    }
}

#[tokio::test]
async fn a_search_marks_what_matched_and_counts_exactly() {
    let (site, all) = site();
    let got = ok(&site, &encoded("/orgs?q=工程")).await;
    assert!(got.text.contains("在建<mark>工程</mark>服务中心") && got.text.contains("共 <b>1</b> 家"));
    let got = ok(&site, &encoded("/orgs?q=茶叶")).await;
    assert!(got.text.contains("曾用名，现名：云州市茶业协会"), "{}", got.text);
    let got = ok(&site, &format!("/orgs?q={}", &all[1].code.as_deref().unwrap()[4..12])).await;
    assert!(got.text.contains("云州市助学基金会"));
    let got = ok(&site, &encoded("/orgs?q=服务&kind=foundation")).await;
    assert!(got.text.contains("没有找到符合条件的组织"));
}

#[tokio::test]
async fn pages_follow_each_other_while_the_index_changes() {
    let (site, _) = site();
    let first = ok(&site, "/orgs?limit=2").await;
    let next = first
        .text
        .split("rel=\"next\"")
        .next()
        .unwrap()
        .rsplit("href=\"")
        .next()
        .unwrap()
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&");
    site.office.registered(Kind::Foundation, "新", "21", day("2026-01-01"));
    site.office.catch_up().unwrap();
    let second = ok(&site, &next).await;
    let names = |got: &Got| all_names(&got.text);
    let mut seen = names(&first);
    seen.extend(names(&second));
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 4, "{seen:?}");
}

fn all_names(html: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(html);
    let heading = scraper::Selector::parse(".y-list h2 a").unwrap();
    page.select(&heading).map(|link| link.text().collect()).collect()
}

#[tokio::test]
async fn wrong_conditions_are_said_and_left_out() {
    let (site, _) = site();
    let got = ok(&site, &encoded("/orgs?q=茶&kind=club&area=xx")).await;
    assert!(got.text.contains("有的条件读不懂") && got.text.contains("“club”不能用：请填组织类型"));
}

#[tokio::test]
async fn an_unknown_code_is_told_which_character_is_wrong() {
    let (site, all) = site();
    let mut code: Vec<char> = all[1].code.clone().unwrap().chars().collect();
    code[17] = if code[17] == '1' { '2' } else { '1' };
    let code: String = code.into_iter().collect();
    let got = site.stranger().get(&format!("/orgs/{code}")).await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
    assert!(got.text.contains("第 18 位校验码"), "{}", got.text);
    assert!(got.text.contains("云州市助学基金会"), "the one that is like it");
    got.is_well_made();
    let got = site.stranger().get("/orgs/01ARZ3NDEKTSV4RRFFQ69G5FAV").await;
    assert_eq!(got.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_dossier_shows_each_day_and_explains_its_marks() {
    let (site, all) = site();
    let code = all[0].public_code();
    let now = ok(&site, &format!("/orgs/{code}")).await;
    assert!(
        now.text.contains("活动异常名录")
            && now.text.contains("自 2024-01-01 起列入")
            && now.text.contains("曾用名：云州市茶叶协会")
    );
    let then = ok(&site, &format!("/orgs/{code}?as_of=2020-01-01")).await;
    assert!(then.text.contains("<h1>云州市茶叶协会") && then.text.contains("现名：云州市茶业协会"));
    let early = site.stranger().get(&format!("/orgs/{code}?as_of=2001-01-01")).await;
    assert_eq!(early.status, StatusCode::NOT_FOUND);
    assert!(early.text.contains("2018-05-01"));
    let wrong = site.stranger().get(&format!("/orgs/{code}?as_of=yesterday")).await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let diff = ok(&site, &format!("/orgs/{code}/diff?from=2020-01-01&to=2025-01-01")).await;
    assert!(diff.text.contains("<del>云州市茶叶协会</del>") && diff.text.contains("<ins>云州市茶业协会</ins>"));
}

#[tokio::test]
async fn lists_and_numbers_open() {
    let (site, _) = site();
    assert!(ok(&site, "/lists/abnormal").await.text.contains("云州市茶业协会"));
    assert!(!ok(&site, "/lists/abnormal?area=33").await.text.contains("云州市茶业协会"));
    assert_eq!(site.stranger().get("/lists/nothing").await.status, StatusCode::NOT_FOUND);
    assert_eq!(site.stranger().get("/lists/abnormal?after=x").await.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(site.stranger().get("/orgs/structure/list?by=moon&value=1").await.status, StatusCode::NOT_FOUND);
    let html = ok(&site, "/orgs/structure").await.text;
    let page = scraper::Html::parse_document(&html);
    let cell = scraper::Selector::parse("td.num a").unwrap();
    let numbers: Vec<(String, usize)> = page
        .select(&cell)
        .map(|link| (link.attr("href").unwrap().to_owned(), link.text().collect::<String>().parse().unwrap()))
        .collect();
    assert!(numbers.len() > 8, "{}", numbers.len());
    for (href, count) in numbers {
        let list = ok(&site, &href).await.text;
        let rows = list.matches("<th scope=\"row\"").count();
        assert_eq!(rows, count, "{href}");
    }
}

#[tokio::test]
async fn exports_hold_the_search() {
    let (site, _) = site();
    let csv = ok(&site, &encoded("/orgs/export.csv?q=云州")).await;
    assert!(csv.text.starts_with('\u{feff}') && csv.text.lines().count() == 3, "{}", csv.text);
    let xlsx = ok(&site, "/orgs/export.xlsx").await;
    assert_eq!(&xlsx.bytes[..2], b"PK");
    let json: serde_json::Value = serde_json::from_str(&ok(&site, "/orgs/export.json").await.text).unwrap();
    assert_eq!((json["items"].as_array().unwrap().len(), &json["complete"]), (4, &serde_json::json!(true)));
    assert_eq!(site.stranger().get("/orgs/export.csv?kind=club").await.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// Thirty thousand organizations, and every form of export holds each of them once, in pieces no larger than a page of rows.
#[tokio::test(flavor = "multi_thread")]
async fn exports_of_many_are_whole_and_come_in_pieces() {
    use calamine::Reader as _;
    use http_body_util::BodyExt as _;
    use tower::ServiceExt as _;
    let office = office::testing::office().with_index();
    let within = vec!["21".parse().unwrap(), "33".parse().unwrap()];
    let focus = registry::generate::Focus { within, until: day("2026-03-01") };
    let plan = office::generate::Plan { seed: 7, organizations: 30_000, communities: 0, officers: false, focus };
    office.load_generated(&plan, |_| ()).unwrap();
    office.catch_up().unwrap();
    let site = TestSite::with(office);
    let router = crate::router(std::sync::Arc::clone(&site.site), axum::Router::new());
    let total = site.office.search_register(&office::register::read::ask::Ask::default()).unwrap().total as usize;
    assert!(total >= 30_000, "{total}");
    for (path, lines) in
        [("/orgs/export.csv", total + 1), ("/orgs/export.jsonl", total), ("/data/organizations.jsonl", total)]
    {
        let request = axum::http::Request::get(path).body(axum::body::Body::empty()).unwrap();
        let mut body = router.clone().oneshot(request).await.unwrap().into_body();
        let (mut all, mut largest, mut pieces) = (Vec::new(), 0, 0);
        while let Some(piece) = body.frame().await {
            let piece = piece.unwrap().into_data().unwrap();
            (largest, pieces) = (largest.max(piece.len()), pieces + 1);
            all.extend_from_slice(&piece);
        }
        let text = String::from_utf8(all).unwrap();
        assert_eq!(text.lines().count(), lines, "{path}");
        assert!(
            pieces >= 30 && largest < text.len() / 15,
            "{path}: {pieces} pieces, the largest {largest} of {}",
            text.len()
        );
        let ids: std::collections::BTreeSet<&str> = text.lines().skip(lines - total).filter_map(id_in).collect();
        assert_eq!(ids.len(), total, "{path}: each once");
    }
    let book = site.stranger().get("/orgs/export.xlsx").await;
    assert_eq!(book.status, StatusCode::OK);
    let mut sheets = calamine::Xlsx::new(std::io::Cursor::new(book.bytes)).unwrap();
    let range = sheets.worksheet_range("社会组织").unwrap();
    assert_eq!(range.height(), total + 1);
    let json = site.stranger().get("/orgs/export.json").await;
    let json: serde_json::Value = serde_json::from_str(&json.text).unwrap();
    assert_eq!((json["items"].as_array().unwrap().len(), json["count"].as_u64()), (total, Some(total as u64)));
}

/// The 26 characters of the first id in a line.
fn id_in(line: &str) -> Option<&str> {
    let at = line.find("01")?;
    line.get(at..at + 26)
}

#[tokio::test]
async fn bulk_files_hold_everything() {
    use std::io::Read as _;
    let (site, _) = site();
    let lines = ok(&site, "/data/organizations.jsonl").await.text;
    assert_eq!(lines.lines().filter(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()).count(), 4);
    let packed = ok(&site, "/data/organizations.csv.gz").await;
    let mut text = String::new();
    flate2::read::GzDecoder::new(packed.bytes.as_slice()).read_to_string(&mut text).unwrap();
    assert_eq!(text, ok(&site, "/data/organizations.csv").await.text);
    assert_eq!(text.lines().count(), 5);
}

#[tokio::test]
async fn watching_is_for_members_and_only_ones_own() {
    let (site, all) = site();
    let code = all[1].public_code();
    let stranger = site.stranger();
    for path in ["/my/watches", &format!("/my/watches/add?org={code}")] {
        let got = stranger.get(path).await;
        assert!(
            got.location().starts_with("/login") || got.status == StatusCode::UNAUTHORIZED,
            "{path}: {}",
            got.status
        );
    }
    let wen = site.founder("wen");
    wen.get(&format!("/my/watches/add?org={code}")).await.is_well_made();
    let sent = wen.post("/my/watches/add", &[("org", &code)]).await;
    assert_eq!(sent.location(), "/my/watches");
    wen.post("/my/watches/add", &[("q", "敬老")]).await;
    let mine = wen.get("/my/watches").await;
    mine.is_well_made();
    assert!(mine.text.contains("云州市助学基金会") && mine.text.contains("查询：“敬老”"));
    let mei = site.founder("mei");
    let theirs = mei.get("/my/watches").await;
    assert!(!theirs.text.contains("云州市助学基金会"));
    let id = mine.text.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert_eq!(mei.post("/my/watches/stop", &[("id", id)]).await.status, StatusCode::NOT_FOUND, "not hers to stop");
    assert!(wen.get("/my/watches").await.text.contains(id));
    assert_eq!(stranger.post("/my/watches/stop", &[("id", id)]).await.location().split('?').next(), Some("/login"));
    assert_eq!(wen.post("/my/watches/stop", &[("id", id)]).await.location(), "/my/watches");
    assert!(!wen.get("/my/watches").await.text.contains(id));
}

#[tokio::test]
async fn the_own_feed_needs_its_address() {
    let (site, all) = site();
    let wen = site.founder("wen");
    wen.post("/my/watches/add", &[("org", &all[1].public_code())]).await;
    site.office.tell_watchers().unwrap();
    let mut o = all[1].clone();
    o.address = Some("云州路 1 号".to_owned());
    site.office.record_org(&o, day("2026-03-01"));
    site.office.tell_watchers().unwrap();
    let page = wen.get("/my/watches").await.text;
    let feed = page.split("http://localhost/feeds/my/").nth(1).unwrap().split('"').next().unwrap();
    let got = site.stranger().get(&format!("/feeds/my/{feed}")).await;
    assert_eq!(got.status, StatusCode::OK);
    assert!(got.text.contains("您关注的“云州市助学基金会”有变动") && got.text.contains("变动项目：住所"));
    assert_eq!(site.stranger().get("/feeds/my/0000.atom").await.status, StatusCode::NOT_FOUND);
}
