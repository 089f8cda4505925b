//! Exactness against a plain scan, paging under change, following, and dates.
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use base::{AreaCode, Date, OrgId};
use proptest::prelude::*;
use registry::names;

use super::*;

#[path = "../examples/bench/synthetic.rs"]
mod synthetic;

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn open(&self) -> Index {
        Index::open(self.0.path().join("search.db")).unwrap()
    }
}

type Key = (String, Option<String>, Option<String>);

thread_local! {
    /// Normal forms are dear in a debug build, and each document is scanned thousands of times.
    static PARTS: RefCell<HashMap<Key, [String; 4]>> = RefCell::default();
}

fn matches(doc: &Doc, text: &[String]) -> bool {
    let parts = || {
        let name = names::normalize(&doc.name);
        let normal = |text: &Option<String>| names::normalize(text.as_deref().unwrap_or(""));
        [names::initials(&name), normal(&doc.code), normal(&doc.filing_number), name]
    };
    PARTS.with_borrow_mut(|known| {
        let key = (doc.name.clone(), doc.code.clone(), doc.filing_number.clone());
        let parts = known.entry(key).or_insert_with(parts);
        text.iter().all(|term| parts.iter().any(|part| part.contains(term)))
    })
}

/// The plain scan: which organizations a query means, with the document whose facts count.
fn scan<'a>(all: &'a BTreeMap<OrgId, Change>, query: &Query) -> BTreeMap<OrgId, &'a Doc> {
    let allowed = |doc: &Doc| {
        let inside = |area: &AreaCode| doc.area.as_ref().is_some_and(|own| area.covers(own));
        (query.areas.is_empty() || query.areas.iter().any(inside) && !query.except.iter().any(inside))
            && (query.kinds.is_empty() || query.kinds.contains(&doc.kind))
            && (query.statuses.is_empty() || query.statuses.contains(&doc.status))
            && (query.grades.is_empty() || query.grades.contains(&doc.grade.clone().unwrap_or_default()))
            && query.registrar.as_ref().is_none_or(|registrar| *registrar == doc.registrar)
            && query.charity.is_none_or(|charity| charity == doc.charity)
            && query.active.is_none_or(|active| active == doc.active)
    };
    let mut found = BTreeMap::new();
    let terms: Vec<String> =
        query.text.split_whitespace().map(names::normalize).filter(|term| !term.is_empty()).collect();
    if terms.is_empty() && !query.text.trim().is_empty() {
        return found;
    }
    for change in all.values() {
        let hit = if let Some(day) = query.as_of {
            let on = |doc: &&Doc| doc.valid_from <= day && doc.valid_to.is_none_or(|to| day < to);
            change.docs.iter().filter(on).find(|doc| matches(doc, &terms) && allowed(doc))
        } else {
            let mut seen = change.docs.iter().filter(|doc| doc.former || doc.valid_to.is_none());
            let now = change.docs.iter().find(|doc| doc.valid_to.is_none() && !doc.former);
            seen.any(|doc| matches(doc, &terms)).then_some(now).flatten().filter(|doc| allowed(doc))
        };
        found.extend(hit.map(|doc| (change.id, doc)));
    }
    found
}

/// All pages of a query, one after the other.
fn walk(index: &Index, query: &Query) -> (Vec<OrgId>, Page) {
    let first = index.search(query);
    let mut ids: Vec<OrgId> = first.items.iter().map(|item| item.id).collect();
    let mut next = first.next.clone();
    while let Some(cursor) = next {
        let cursor: Cursor = cursor.to_string().parse().unwrap();
        let page = index.search(&Query { after: Some(cursor), count: false, ..query.clone() });
        ids.extend(page.items.iter().map(|item| item.id));
        next = page.next;
    }
    (ids, first)
}

fn assert_exact(index: &Index, all: &BTreeMap<OrgId, Change>, query: &Query) {
    let expected = scan(all, query);
    let (ids, first) = walk(index, &Query { limit: 150, ..query.clone() });
    let set: BTreeSet<OrgId> = ids.iter().copied().collect();
    assert_eq!(set.len(), ids.len(), "repeated: {query:?}");
    assert_eq!(set, expected.keys().copied().collect(), "{query:?}");
    assert_eq!(first.total, Some(expected.len() as u64), "{query:?}");
    let facets = first.facets.unwrap();
    let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
    let mut areas: BTreeMap<AreaCode, u64> = BTreeMap::new();
    for doc in expected.values() {
        *kinds.entry(doc.kind.clone()).or_default() += 1;
        if let Some(area) = doc.area.as_ref().and_then(|area| area.as_str()[..2].parse().ok()) {
            *areas.entry(area).or_default() += 1;
        }
    }
    assert_eq!(facets.kinds.into_iter().collect::<BTreeMap<_, _>>(), kinds, "{query:?}");
    if query.areas.is_empty() {
        assert_eq!(facets.areas.into_iter().collect::<BTreeMap<_, _>>(), areas, "{query:?}");
    }
}

fn assert_all(index: &Index, all: &BTreeMap<OrgId, Change>, queries: &[Query]) {
    for query in queries {
        assert_exact(index, all, query);
    }
}

fn named(n: u64, name: &str) -> Change {
    let mut change = synthetic::change(n, 1);
    change.docs.truncate(1);
    change.docs[0].name = name.to_owned();
    change
}

fn known() -> Vec<Change> {
    let names = [
        "在建工程质量协会",
        "中国农业发展银行员工协会",
        "云山市夕阳红养老服务中心",
        "云山市“爱心”（同行）協會",
        "Ａ１合唱团",
    ];
    (900_000..).zip(names).map(|(n, name)| named(n, name)).collect()
}

/// Part in a segment, part changed since, part forgotten.
fn filled(folder: &Folder, count: u64) -> (Index, BTreeMap<OrgId, Change>) {
    let index = folder.open();
    let mut all: BTreeMap<OrgId, Change> =
        (0..count).map(|n| synthetic::change(n, 1)).chain(known()).map(|c| (c.id, c)).collect();
    index.rebuild(all.values().cloned(), &[]).unwrap();
    for n in (0..count).step_by(17) {
        let mut change = synthetic::change(n, n + 1);
        change.docs = synthetic::change(n + count, 1).docs;
        change.docs.iter_mut().for_each(|doc| doc.id = change.id);
        if n % 5 == 0 {
            change.docs.clear();
        }
        all.insert(change.id, change.clone());
        index.apply(&[change], &[]).unwrap();
    }
    (index, all)
}

fn ids(index: &Index, text: &str) -> BTreeSet<OrgId> {
    walk(index, &Query::text(text)).0.into_iter().collect()
}

#[test]
fn fragments_are_found_whole() {
    let folder = Folder::new();
    let (index, all) = filled(&folder, 1500);
    let docs: Vec<&Doc> = all.values().flat_map(|change| &change.docs).collect();
    let rng = base::Rng::seeded(5);
    let mut count = 0;
    for n in 0..640 {
        let doc = docs[rng.below(docs.len() as u64) as usize];
        let name = names::normalize(&doc.name);
        let source = match n % 8 {
            6 => names::initials(&name),
            7 => doc.code.clone().or_else(|| doc.filing_number.clone()).unwrap_or_default(),
            _ => name,
        };
        let chars: Vec<char> = source.chars().collect();
        let longest = if n % 8 == 7 { 18 } else { 8 };
        let length = 1 + rng.below(longest.min(chars.len() as u64)) as usize;
        let start = rng.below((chars.len() - length + 1) as u64) as usize;
        let text: String = chars[start..start + length].iter().collect();
        let query = Query { as_of: (n % 5 == 0).then(|| Date::constant(2012, 5, 5)), ..Query::text(text) };
        assert_exact(&index, &all, &query);
        count += 1;
    }
    assert!(count >= 500);
}

#[test]
fn words_that_segmenters_miss_are_found() {
    let folder = Folder::new();
    let (index, all) = filled(&folder, 1000);
    let known = known();
    for (text, at) in [
        ("工程", 0),
        ("农业", 1),
        ("服务", 2),
        ("养老服务中心", 2),
        ("爱心同行协会", 3),
        ("a1", 4),
        ("zjgc", 0),
        ("yhyg", 1),
    ] {
        assert!(ids(&index, text).contains(&known[at].id), "{text}");
        assert_exact(&index, &all, &Query::text(text));
    }
    let page = index.search(&Query::text("心同 协会"));
    let marked: Vec<&str> = page.items[0].highlights.iter().map(|range| &page.items[0].name[range.clone()]).collect();
    assert_eq!(page.items[0].name, "云山市“爱心”（同行）協會");
    assert_eq!(marked, ["心", "同", "協會"]);
    let page = index.search(&Query::text("ZJGC"));
    let item = page.items.iter().find(|item| item.id == known[0].id).unwrap();
    assert_eq!(&item.name[item.highlights[0].clone()], "在建工程");
}

#[test]
fn filters_and_facets_are_exact() {
    let folder = Folder::new();
    let (index, all) = filled(&folder, 3000);
    let area = |code: &str| code.parse::<AreaCode>().unwrap();
    let texts = ["", "会", "社区", "志愿", "xh"];
    for text in texts {
        let base = Query::text(text);
        let queries = [
            base.clone(),
            Query { kinds: vec!["community".into(), "foundation".into()], ..base.clone() },
            Query { statuses: vec!["deregistered".into()], ..base.clone() },
            Query { grades: vec![String::new(), "5A".into()], active: Some(true), ..base.clone() },
            Query { charity: Some(true), ..base.clone() },
            Query { areas: vec![area("21"), area("3303")], ..base.clone() },
            Query { areas: vec![area("100000")], active: Some(false), ..base.clone() },
            Query { as_of: Some(Date::constant(2008, 8, 8)), kinds: vec!["association".into()], ..base.clone() },
            Query { kinds: vec!["nothing of the kind".into()], ..base.clone() },
        ];
        assert_all(&index, &all, &queries);
    }
}

#[test]
fn better_matches_come_first() {
    let folder = Folder::new();
    let index = folder.open();
    let names = ["云山市大爱心协会", "爱心", "云山爱心", "爱心协会", "青州爱心"];
    let mut all: Vec<Change> = (0..).zip(names).map(|(n, name)| named(n * 3, name)).collect();
    for change in &mut all {
        change.docs[0].active = true;
        change.docs[0].area = None;
    }
    all[4].docs[0].area = Some("900101".parse().unwrap());
    all[2].docs[0].area = Some("9002".parse().unwrap());
    index.rebuild(all, &[]).unwrap();
    let page = index.search(&Query { near: Some("9001".parse().unwrap()), ..Query::text("爱心") });
    let names: Vec<&str> = page.items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["爱心", "爱心协会", "青州爱心", "云山爱心", "云山市大爱心协会"]);
}

#[test]
fn paging_neither_skips_nor_repeats_while_the_index_changes() {
    for text in ["会", "社区", ""] {
        let folder = Folder::new();
        let (index, all) = filled(&folder, 2500);
        let query = Query { limit: 37, ..Query::text(text) };
        let before: BTreeSet<OrgId> = scan(&all, &query).into_keys().collect();
        assert!(before.len() > 400, "{text} must reach behind the window");
        let (mut seen, mut next, mut turn) = (Vec::new(), None, 0);
        loop {
            let page = index.search(&Query { after: next, ..query.clone() });
            seen.extend(page.items.iter().map(|item| item.id));
            next = page.next;
            if next.is_none() {
                break;
            }
            turn += 1;
            let batch: Vec<Change> = (0..40).map(|n| synthetic::change(1_000_000 + turn * 40 + n, 1_000_000)).collect();
            // Origins differ, so that no change is passed over as already known.
            index
                .apply(&batch.into_iter().map(|c| Change { pos: 10_000_000 + turn, ..c }).collect::<Vec<_>>(), &[])
                .unwrap();
            if turn % 4 == 2 {
                index.merge().unwrap();
            }
        }
        let set: BTreeSet<OrgId> = seen.iter().copied().collect();
        assert_eq!(set.len(), seen.len(), "repeated");
        assert!(before.is_subset(&set), "skipped {}", before.difference(&set).count());
    }
}

#[test]
fn applying_twice_reopening_and_merging_change_nothing() {
    let folder = Folder::new();
    let (index, mut all) = filled(&folder, 800);
    let origin = synthetic::change(3, 1).origin;
    let mut change = named(3, "云山市独一无二协会");
    change.pos = index.position(origin).unwrap() + 5;
    let at = change.pos;
    all.insert(change.id, change.clone());
    index.apply(std::slice::from_ref(&change), &[(origin, at + 2)]).unwrap();
    let mut old = named(3, "旧的不该回来协会");
    old.pos = at;
    index.apply(&[change, old], &[(origin, 1)]).unwrap();
    assert_eq!(index.position(origin).unwrap(), at + 2);
    let queries = ["独一无二", "旧的不该回来", "会", "社区", ""].map(Query::text);
    assert_all(&index, &all, &queries);
    drop(index);
    let index = folder.open();
    assert_all(&index, &all, &queries);
    index.merge().unwrap();
    assert_all(&index, &all, &queries);
    drop(index);
    let index = folder.open();
    assert_all(&index, &all, &queries);
    assert_eq!(index.position(origin).unwrap(), at + 2);
    let files = std::fs::read_dir(folder.0.path()).unwrap().flatten();
    assert_eq!(files.filter(|file| file.path().extension().is_some_and(|end| end == "seg")).count(), 1);
}

#[test]
fn a_damaged_segment_empties_the_index() {
    let folder = Folder::new();
    let (index, all) = filled(&folder, 50);
    let origin = all.values().next().unwrap().origin;
    index.apply(&[], &[(origin, 99)]).unwrap();
    drop(index);
    let file = std::fs::read_dir(folder.0.path())
        .unwrap()
        .flatten()
        .find(|f| f.path().extension().is_some_and(|e| e == "seg"))
        .unwrap();
    std::fs::write(file.path(), b"not a segment").unwrap();
    let index = folder.open();
    assert_eq!((index.position(origin).unwrap(), index.search(&Query::default()).total), (0, Some(0)));
    index.rebuild(all.values().cloned(), &[(origin, 7)]).unwrap();
    assert_exact(&index, &all, &Query::text("会"));
    assert_eq!(index.position(origin).unwrap(), 7);
}

#[test]
fn dates_decide_which_name_is_seen() {
    let folder = Folder::new();
    let index = folder.open();
    let mut change = named(0, "云山市新名协会");
    let doc = change.docs[0].clone();
    let (start, turn) = (Date::constant(2010, 1, 1), Date::constant(2018, 3, 4));
    change.docs[0].valid_from = turn;
    change.docs.push(Doc {
        name: "云山市旧名协会".into(),
        valid_from: start,
        valid_to: Some(turn),
        former: true,
        ..doc
    });
    index.apply(&[change], &[]).unwrap();
    for merged in [false, true] {
        let names = |text: &str, day: Option<&str>| {
            let as_of = day.map(|day| day.parse().unwrap());
            index
                .search(&Query { as_of, ..Query::text(text) })
                .items
                .into_iter()
                .map(|item| item.name)
                .collect::<Vec<_>>()
        };
        assert_eq!(names("协会", None), ["云山市新名协会"], "{merged}");
        assert_eq!(names("旧名", None), ["云山市旧名协会"]);
        assert_eq!(names("协会", Some("2018-03-03")), ["云山市旧名协会"]);
        assert_eq!(names("协会", Some("2018-03-04")), ["云山市新名协会"]);
        assert!(names("新名", Some("2018-03-03")).is_empty());
        assert!(names("协会", Some("2009-12-31")).is_empty());
        index.merge().unwrap();
    }
}

#[test]
fn the_name_check_says_what_collides() {
    let folder = Folder::new();
    let (index, _) = filled(&folder, 2000);
    let rules = names::NameRules {
        kinds: [(
            "service_institution".to_owned(),
            names::KindRule { endings: vec!["服务中心".into()], own_word: true, ..Default::default() },
        )]
        .into(),
        fields: vec!["养老".into()],
        ..Default::default()
    };
    let areas =
        |name: &str| name.starts_with("云山市").then(|| names::AreaPrefix { code: "9001".parse().unwrap(), chars: 3 });
    let near = index.similar(("云山市夕阳宏养老服务中心", "service_institution"), None, 20, (&rules, &areas));
    assert_eq!(near.len(), 20);
    assert_eq!(near[0].name, "云山市夕阳红养老服务中心");
    assert!(near[0].reasons.iter().any(|reason| reason.relation == names::Relation::SameSound));
    assert!(near.windows(2).all(|two| two[0].score >= two[1].score));
    let registrar = synthetic::change(900_002, 1).docs[0].registrar.clone();
    let local = index.similar(("夕阳红", "service_institution"), Some(&registrar), 5, (&rules, &areas));
    assert_eq!(local[0].name, "云山市夕阳红养老服务中心");
    let sound = index.same_pronunciation("云山市夕阳宏养老服务中心");
    assert_eq!(sound.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>(), ["云山市夕阳红养老服务中心"]);
    assert!(index.same_pronunciation("云山市夕阳红养老服务中心").is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_names_any_queries(
        texts in prop::collection::vec(prop_oneof!["[中国会协社a1 ·（）]{0,9}", "\\PC{0,8}"], 1..24),
        queries in prop::collection::vec(prop_oneof!["[中国会协社a1x ]{0,4}", "\\PC{0,6}"], 1..8),
        merge in any::<bool>(),
    ) {
        let folder = Folder::new();
        let index = folder.open();
        let mut all = BTreeMap::new();
        for (n, text) in (0..).zip(&texts) {
            let change = synthetic::change(n / 2 * 10 + n % 2, 1);
            let mut change = Change { pos: n + 1, ..change };
            change.docs[0].name.clone_from(text);
            all.insert(change.id, change.clone());
            index.apply(&[change], &[]).unwrap();
        }
        if merge {
            index.merge().unwrap();
        }
        let slices = texts.iter().map(|text| text.chars().skip(1).take(3).collect::<String>());
        for text in queries.into_iter().chain(slices) {
            assert_exact(&index, &all, &Query::text(text));
        }
    }

    #[test]
    fn a_cursor_is_read_back_or_refused(text in "\\PC{0,100}", digits in "[0-9a-f]{88}") {
        let _ = text.parse::<Cursor>();
        prop_assert_eq!(digits.parse::<Cursor>().unwrap().to_string(), digits);
    }
}
