//! Through the router, on the shipped catalogue.
use axum::http::StatusCode;

use crate::testing::TestSite;

#[tokio::test]
async fn every_policy_page_keeps_the_rules_and_anyone_may_read_it() {
    let site = TestSite::new();
    let anyone = site.stranger();
    for path in [
        "/policies",
        "/policies?q=告知承诺",
        "/policies?q=没有这样的话",
        "/policies/000",
        "/policies/000?status=done",
        "/policies/reg-association",
        "/policies/000/000-07b",
        "/policies/004/004-I.2",
        "/policies/by",
        "/policies/by/matter:found-association",
        "/policies/by/param:direct_classes",
        "/policies/params",
    ] {
        let got = anyone.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.is_well_made();
    }
    for path in ["/policies/999", "/policies/001/000-07b", "/policies/by/matter:none", "/policies/by/nonsense"] {
        assert_eq!(anyone.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn a_clause_names_what_fulfils_it_and_the_other_way_round() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let clause = anyone.get("/policies/000/000-08b").await.text;
    assert!(
        clause.contains("href=\"/matters/found-association\"") && clause.contains("crates/casework/tests/shipped.rs")
    );
    let matter = anyone.get("/policies/by/matter:found-association").await.text;
    assert!(matter.contains("href=\"/policies/000/000-08b\""));
    let open = anyone.get("/policies/004/004-I.2").await.text;
    assert!(open.contains("系统里还没有落实这一条的功能") && open.contains("尚未"));
    let half = anyone.get("/policies/000/000-I.3b").await.text;
    assert!(half.contains("部分落实") && half.contains("还差什么"));
}

#[tokio::test]
async fn the_counts_of_a_document_are_those_of_its_list() {
    let site = TestSite::new();
    let catalogue = office::testing::catalogue();
    let all = catalogue.clauses().values().filter(|clause| clause.document == "001").count();
    let page = site.stranger().get("/policies/001").await.text;
    assert!(page.contains(&format!("条款 {all} 条")));
    assert_eq!(page.matches("<tr><th scope=\"row\"").count(), all);
}
