//! The open interface through the router.
use axum::body::Body;
use axum::http::{Request, StatusCode, header};
use base::Date;
use proptest::prelude::*;
use registry::{Kind, Organization};
use serde_json::Value;

use crate::testing::{Got, TestSite};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn site() -> (TestSite, Organization) {
    let office = office::testing::office().with_index();
    let mut first = None;
    for at in 0..7 {
        let o = office.registered(Kind::Foundation, &format!("云州市第{at}助学基金会"), "21", day("2018-05-01"));
        first.get_or_insert(o);
    }
    office.catch_up().unwrap();
    (TestSite::with(office), first.unwrap())
}

async fn json(site: &TestSite, path: &str) -> (StatusCode, Value) {
    let got = site.stranger().get(path).await;
    (got.status, serde_json::from_str(&got.text).unwrap())
}

#[tokio::test]
async fn a_search_has_the_promised_shape_and_pages_to_the_end() {
    let (site, _) = site();
    let (mut path, mut seen) = (
        "/api/v1/organizations?q=%E5%8A%A9%E5%AD%A6&area=21&kind=foundation&status=registered&limit=3".to_owned(),
        Vec::new(),
    );
    let start = path.clone();
    loop {
        let (status, page) = json(&site, &path).await;
        assert_eq!((status, &page["total"]), (StatusCode::OK, &serde_json::json!(7)));
        for item in page["items"].as_array().unwrap() {
            for key in ["id", "code", "name", "kind", "area", "registrar", "status"] {
                assert!(item[key].is_string(), "{key}: {item}");
            }
            seen.push(item["id"].as_str().unwrap().to_owned());
        }
        match page["next"].as_str() {
            Some(next) => path = format!("{start}&after={next}"),
            None => break,
        }
    }
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), 7);
}

#[tokio::test]
async fn wrong_parameters_are_problems() {
    let (site, _) = site();
    let got = site.stranger().get("/api/v1/organizations?kind=club&after=zz").await;
    assert_eq!(got.status, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(got.headers[header::CONTENT_TYPE], "application/problem+json");
    let problem: Value = serde_json::from_str(&got.text).unwrap();
    assert_eq!((&problem["code"], problem["errors"].as_array().unwrap().len()), (&serde_json::json!("invalid"), 2));
    assert_eq!(json(&site, "/api/v1/organizations/53100000500021676X").await.0, StatusCode::NOT_FOUND);
    assert_eq!(json(&site, "/api/v1/changes?origin=x").await.0, StatusCode::UNPROCESSABLE_ENTITY);
}

#[tokio::test]
async fn one_organization_by_code_or_id_on_any_day() {
    let (site, o) = site();
    for code in [o.public_code(), o.id.to_string()] {
        let (status, found) = json(&site, &format!("/api/v1/organizations/{code}")).await;
        assert_eq!((status, found["id"].as_str()), (StatusCode::OK, Some(o.id.to_string().as_str())));
    }
    let path = format!("/api/v1/organizations/{}", o.public_code());
    assert_eq!(json(&site, &format!("{path}?as_of=2001-01-01")).await.0, StatusCode::NOT_FOUND);
    assert_eq!(json(&site, &format!("{path}?as_of=2020-01-01")).await.1["as_of"], "2020-01-01");
    assert_eq!(json(&site, &format!("{path}/versions")).await.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn what_the_asker_has_is_not_sent_again() {
    let (site, o) = site();
    let path = format!("/api/v1/organizations/{}", o.id);
    let ask = async |tag: Option<&str>| -> Got {
        let mut request = Request::get(&path);
        if let Some(tag) = tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        site.stranger().ask(request.body(Body::empty()).unwrap()).await
    };
    let first = ask(None).await;
    let tag = first.headers[header::ETAG].to_str().unwrap().to_owned();
    let again = ask(Some(&tag)).await;
    assert_eq!((again.status, again.bytes.len()), (StatusCode::NOT_MODIFIED, 0));
    assert_eq!(ask(Some("\"other\"")).await.status, StatusCode::OK);
}

#[tokio::test]
async fn changes_are_followed_without_a_gap() {
    let (site, o) = site();
    let (_, heads) = json(&site, "/api/v1/changes").await;
    assert_eq!(heads["origins"][0]["pos"], 7);
    let (mut after, mut seen) = (0, 0);
    loop {
        let (_, page) = json(&site, &format!("/api/v1/changes?origin={}&after={after}&limit=2", o.origin)).await;
        let items = page["items"].as_array().unwrap();
        if items.is_empty() {
            break;
        }
        seen += items.len();
        assert!(items[0]["public"]["name"].is_string());
        after = page["next"].as_i64().unwrap();
    }
    assert_eq!((seen, after), (7, 7));
}

#[tokio::test]
async fn too_many_requests_are_turned_away() {
    let office = office::testing::office().with_index();
    let settings = crate::Settings { requests_per_second: 1, ..crate::Settings::demo("http://localhost") };
    let site = crate::Site::of_office(
        settings,
        office.office.clone(),
        std::sync::Arc::new(crate::testing::NoFront),
        Vec::new(),
    );
    let router = crate::router(std::sync::Arc::new(site), axum::Router::new());
    let mut statuses = Vec::new();
    for _ in 0..20 {
        use tower::ServiceExt as _;
        let request = Request::get("/api/v1/organizations").body(Body::empty()).unwrap();
        statuses.push(router.clone().oneshot(request).await.unwrap().status());
    }
    assert!(statuses.contains(&StatusCode::TOO_MANY_REQUESTS), "{statuses:?}");
}

#[test]
fn the_document_is_as_it_was_promised() {
    insta::assert_snapshot!("openapi", super::describe::document().unwrap());
}

#[test]
fn no_query_breaks_the_interface() {
    let (site, _) = site();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let pair = ("(q|area|kind|status|grade|charity|as_of|near|limit|after|x)", "\\PC{0,40}");
    proptest!(ProptestConfig::with_cases(40), |(pairs in prop::collection::vec(pair, 0..5))| {
        let query = serde_urlencoded::to_string(&pairs).unwrap();
        for path in ["/api/v1/organizations", "/orgs", "/orgs/export.csv"] {
            let got = runtime.block_on(site.stranger().get(&format!("{path}?{query}")));
            prop_assert!(matches!(got.status.as_u16(), 200 | 422), "{path}?{query}: {}", got.status);
        }
    });
}
