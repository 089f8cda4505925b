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
        "/policies/by?status=open",
        "/policies/by?doc=001&status=part",
        "/policies/by?doc=999",
        "/policies/by/matter:found-association?status=done",
        "/policies/by/register:decoupling-guidance",
        "/policies/by/page:/orgs",
        "/policies/by/plan:liaoning-14th",
        "/policies/by/indicator:ln-06",
        "/policies/by/param:direct_classes",
        "/policies/params",
    ] {
        let got = anyone.get(path).await;
        assert_eq!(got.status, StatusCode::OK, "{path}");
        got.is_well_made();
    }
    for path in [
        "/policies/999",
        "/policies/001/000-07b",
        "/policies/by/matter:none",
        "/policies/by/plan:none",
        "/policies/by/nonsense",
    ] {
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
    let catalogue = office::testing::catalogue();
    let untraced = catalogue::trace::untraced(catalogue.clauses(), catalogue.traces());
    let clause = untraced.first().unwrap();
    let open = anyone.get(&format!("/policies/{}/{}", clause.document, clause.id)).await.text;
    assert!(open.contains("还差什么") && open.contains("系统里还没有落实这一条的功能") && open.contains("尚未"));
    let partly = catalogue.traces().iter().find(|trace| !trace.missing.is_empty() && !trace.by.is_empty()).unwrap();
    let clause = &catalogue.clauses()[&partly.clause];
    let half = anyone.get(&format!("/policies/{}/{}", clause.document, clause.id)).await.text;
    assert!(half.contains("部分落实") && half.contains("还差什么") && half.contains(&partly.missing));
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

#[tokio::test]
async fn every_thing_of_the_catalogue_leads_to_its_clauses_and_plans_to_their_pages() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let list = anyone.get("/policies/by").await.text;
    let catalogue = office::testing::catalogue();
    for id in catalogue.matter_ids().map(|id| format!("matter:{id}")).chain(
        (catalogue.registers().map(|one| format!("register:{}", one.id)))
            .chain(catalogue.rules().map(|one| format!("rule:{}", one.id)))
            .chain(catalogue.plans().map(|one| format!("plan:{}", one.id)))
            .chain(catalogue.indicators().map(|one| format!("indicator:{}", one.id))),
    ) {
        assert!(list.contains(&format!("href=\"/policies/by/{id}\"")), "{id}");
    }
    let indicator = anyone.get("/policies/by/indicator:ln-06").await.text;
    assert!(indicator.contains("href=\"/plans/liaoning-14th/ln-06\"") && indicator.contains("000-III.4f"));
    let plan = anyone.get("/policies/by/plan:liaoning-14th").await.text;
    assert!(plan.contains("href=\"/plans/liaoning-14th\"") && plan.contains("依据里写到的其他条款"));
}

#[tokio::test]
async fn what_is_not_yet_done_can_be_listed_by_document() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let catalogue = office::testing::catalogue();
    let untraced = catalogue::trace::untraced(catalogue.clauses(), catalogue.traces());
    let of_001: Vec<_> = untraced.iter().filter(|clause| clause.document == "001").collect();
    let page = anyone.get("/policies/by?doc=001&status=open").await.text;
    assert!(page.contains(&format!("还没有功能落实的条款 {} 条", of_001.len())), "{}", of_001.len());
    for clause in &untraced {
        let listed = page.contains(&format!("href=\"/policies/{}/{}\"", clause.document, clause.id));
        assert_eq!(listed, clause.document == "001", "{}", clause.id);
    }
    let total = format!(">{}</a>", untraced.len());
    assert!(page.contains("/policies/by?status=open") && page.contains(&total));
}

#[tokio::test]
async fn an_export_holds_what_its_page_shows() {
    let site = TestSite::new();
    let anyone = site.stranger();
    let rows = |text: &str| {
        let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()).collect::<Vec<_>>()
    };
    let all = anyone.get("/policies/export.csv").await;
    assert_eq!(all.status, StatusCode::OK);
    let catalogue = office::testing::catalogue();
    let named: std::collections::BTreeSet<_> = rows(&all.text).into_iter().map(|row| row[1].clone()).collect();
    assert_eq!(named, catalogue.clauses().keys().cloned().collect(), "no clause is left out");
    let own = rows(&anyone.get("/policies/export.csv?by=matter:found-association").await.text);
    assert!(!own.is_empty() && own.iter().all(|row| row[7] == "matter:found-association"));
    let page = anyone.get("/policies/by/matter:found-association").await.text;
    assert!(page.contains(&format!("它落实的条款 {} 条", own.len())));
    let open = rows(&anyone.get("/policies/export.csv?doc=004&status=open").await.text);
    let text = "系统里还没有落实这一条的功能。";
    assert!(open.iter().all(|row| row[4] == "尚未" && row[7].is_empty() && row[10] == text), "{open:?}");
    let book = anyone.get("/policies/export.xlsx?doc=004").await;
    assert_eq!(&book.bytes[..2], b"PK");
    let mut book = calamine::open_workbook_auto_from_rs(std::io::Cursor::new(book.bytes)).unwrap();
    let sheet = calamine::Reader::worksheet_range(&mut book, "政策对照").unwrap();
    assert_eq!(sheet.height(), rows(&anyone.get("/policies/export.csv?doc=004").await.text).len() + 1);
}
