//! No page asks the database more than twelve times, however many rows there are: everybody walks through the site, link by link.
use std::collections::{BTreeMap, BTreeSet, VecDeque};

use authority::AdminRole;
use axum::http::StatusCode;

use crate::testing::{TestSite, Visitor};

/// Queries of one page at most, without those by which a session is known.
const MOST: u64 = 12;
/// Pages of one kind that are looked at.
const OF_A_KIND: usize = 3;
/// Pages one person looks at.
const PAGES: usize = 140;

/// What kind of page an address is: its path with every name and number left out.
fn kind_of(path: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let word = |part: &str| {
        if part.bytes().all(|b| b.is_ascii_lowercase() || b"-_.".contains(&b)) {
            part.to_owned()
        } else {
            "*".to_owned()
        }
    };
    let keys: BTreeSet<&str> =
        query.split('&').filter_map(|pair| pair.split('=').next()).filter(|key| !key.is_empty()).collect();
    format!(
        "{}?{}",
        path.split('/').map(word).collect::<Vec<_>>().join("/"),
        keys.into_iter().collect::<Vec<_>>().join("&")
    )
}

/// The site's own addresses on a page.
fn links(html: &str) -> Vec<String> {
    let page = scraper::Html::parse_document(html);
    let link = scraper::Selector::parse("a[href]").unwrap();
    let own = page.select(&link).filter_map(|link| link.attr("href")).filter(|href| href.starts_with('/'));
    own.map(|href| href.split('#').next().unwrap_or_default().to_owned()).collect()
}

/// Downloads and what ends the session: not pages.
fn is_page(path: &str) -> bool {
    let bare = path.split('?').next().unwrap_or_default();
    let file =
        [".csv", ".xlsx", ".json", ".jsonl", ".gz", ".svg", ".atom", ".png"].iter().any(|end| bare.ends_with(end));
    !file && !["/assets", "/api", "/feeds", "/logout", "/prefs", "/roles"].iter().any(|start| bare.starts_with(start))
}

async fn walk(
    site: &TestSite,
    name: &str,
    visitor: &Visitor,
    start: &[String],
    over: &mut BTreeMap<String, String>,
) -> usize {
    // What knowing the session costs is told apart by a page that asks nothing else.
    let queries = || site.office.db.queries();
    let before = queries();
    visitor.get("/accessibility").await;
    let session = queries() - before;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let mut known: BTreeSet<String> = start.iter().cloned().collect();
    let mut waiting: VecDeque<String> = start.iter().cloned().collect();
    let mut pages = 0;
    while let Some(path) = waiting.pop_front().filter(|_| pages < PAGES) {
        let kind = kind_of(&path);
        let times = seen.entry(kind.clone()).or_default();
        if *times >= OF_A_KIND {
            continue;
        }
        *times += 1;
        pages += 1;
        let before = queries();
        let got = visitor.get(&path).await;
        let asked = queries() - before - session;
        assert_ne!(got.status, StatusCode::INTERNAL_SERVER_ERROR, "{path} as {name}: {}", got.text);
        if asked > MOST {
            over.insert(kind, format!("{path} as {name}: {asked} queries"));
        }
        for link in links(&got.text) {
            if is_page(&link) && known.insert(link.clone()) {
                waiting.push_back(link);
            }
        }
    }
    pages
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "walks the whole demonstration as ten people; minutes long: cargo test -p web --lib budget -- --ignored"]
async fn no_page_asks_more_often_than_it_may_however_much_there_is() {
    let office = office::testing::office().with_index();
    let size = office::demo::Size { organizations: 300, communities: 60, cases: 12 };
    office.furnish_demo(size, |_| ()).unwrap();
    office.catch_up().unwrap();
    let site = TestSite::with(office);
    let bodies = site.office.db.read(store::people::bodies).unwrap();
    let city = bodies.iter().find(|body| body.kind == "registrar" && body.area.as_str() == "2101").unwrap().id;
    let supervisor = bodies.iter().find(|body| body.kind == "supervisor").unwrap();
    let quality = site.official("data_quality", "2101", city);
    site.office.ask_for_inspection(&quality.actor, true).unwrap();
    while !site.office.inspect_batch(&"2101".parse().unwrap()).unwrap().done {}
    let people = [
        ("stranger", site.stranger()),
        ("founder", site.founder("walker")),
        ("data_quality", quality),
        ("intake", site.official("intake", "2101", city)),
        ("review", site.official("review", "2101", city)),
        ("decision", site.official("decision", "2101", city)),
        ("supervisor", site.official("supervisor", supervisor.area.as_str(), supervisor.id)),
        ("system", site.admin(AdminRole::System)),
        ("security", site.admin(AdminRole::Security)),
        ("audit", site.admin(AdminRole::Audit)),
    ];
    let start: Vec<String> = [
        "/",
        "/orgs",
        "/desk",
        "/my",
        "/account",
        "/admin/accounts",
        "/admin/audit",
        "/policies",
        "/desk/quality",
        "/desk/power",
    ]
    .map(str::to_owned)
    .into();
    let (mut over, mut pages) = (BTreeMap::new(), 0);
    for (name, visitor) in &people {
        pages += walk(&site, name, visitor, &start, &mut over).await;
    }
    assert!(pages > 300, "{pages}");
    assert!(over.is_empty(), "{over:#?}");
}
