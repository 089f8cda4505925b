//! The follower through a whole office.
use std::collections::BTreeSet;

use base::Date;
use registry::{Kind, Organization, Registration};

use crate::register::read::ask::Ask;
use crate::testing::{TestOffice, office};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn found(office: &TestOffice, text: &str) -> Vec<String> {
    let ask = Ask { text: text.to_owned(), ..Ask::default() };
    office.search_register(&ask).unwrap().hits.into_iter().map(|hit| hit.name).collect()
}

fn tea(office: &TestOffice) -> Organization {
    office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2018-05-01"))
}

#[test]
fn what_is_written_is_found_after_the_next_round() {
    let office = office().with_index();
    let mut o = tea(&office);
    assert_eq!(found(&office, "茶叶"), Vec::<String>::new());
    assert_eq!(office.catch_up().unwrap().organizations, 1);
    for text in ["茶", "茶叶", "州市茶", "cyxh", o.code.as_deref().unwrap(), &o.code.as_deref().unwrap()[5..]] {
        assert_eq!(found(&office, text), ["云州市茶叶协会"], "{text}");
    }
    o.name = "云州市茶业协会".to_owned();
    office.record_org(&o, day("2026-03-02"));
    office.catch_up().unwrap();
    assert_eq!(found(&office, "茶业"), ["云州市茶业协会"]);
    let hit = office.search_register(&Ask { text: "茶叶".to_owned(), ..Ask::default() }).unwrap().hits.remove(0);
    assert!(hit.former && hit.name == "云州市茶叶协会" && hit.summary.name == "云州市茶业协会");
    assert_eq!(office.catch_up().unwrap(), super::Caught::default(), "nothing is left");
}

#[test]
fn a_rebuild_and_following_find_the_same() {
    let office = office().with_index();
    let mut o = tea(&office);
    for at in 0..30 {
        office.registered(Kind::Foundation, &format!("云州市第{at}助学基金会"), "21", day("2020-01-01"));
    }
    o.states.registration = Registration::Liquidating;
    office.record_org(&o, day("2025-01-01"));
    office.catch_up().unwrap();
    let all = |office: &TestOffice| {
        let page = office.search_register(&Ask { limit: 200, ..Ask::default() }).unwrap();
        (page.total, page.facets, page.hits.into_iter().map(|hit| hit.summary.id).collect::<BTreeSet<_>>())
    };
    let followed = all(&office);
    assert_eq!(followed.0, 31);
    assert_eq!(office.rebuild_index().unwrap(), 31);
    assert_eq!(all(&office), followed);
    assert_eq!(office.catch_up().unwrap(), super::Caught::default(), "the positions came with the data");
}

#[test]
fn the_running_follower_needs_no_call() {
    let office = office().with_index();
    let follower = office.start_following(std::time::Duration::from_millis(10)).unwrap();
    tea(&office);
    let waited = (0..500).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(10));
        !found(&office, "茶叶").is_empty()
    });
    assert!(waited);
    drop(follower);
}

#[test]
fn the_real_foundations_are_found_by_every_fragment() {
    let office = office().with_index();
    let text =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../data/orgs/foundations_ricf_sample.csv"))
            .unwrap();
    let mut names = Vec::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        let mut o = office.draft_org(Kind::Foundation, &row[1], "100000");
        (o.synthetic, o.code) = (false, (!row[2].is_empty()).then(|| row[2].to_owned()));
        names.push((registry::names::normalize(&o.name), o.code.clone().unwrap_or_default(), o.id));
        if names.iter().filter(|(_, code, _)| *code == names.last().unwrap().1).count() == 1 {
            office.record_org(&o, row[3].parse().unwrap_or(day("2000-01-01")));
        } else {
            names.pop();
        }
    }
    assert!(names.len() > 200, "{}", names.len());
    office.catch_up().unwrap();
    let mut fragments = BTreeSet::new();
    for (name, code, _) in &names {
        let chars: Vec<char> = name.chars().collect();
        for length in 1..=8.min(chars.len()) {
            let at = (chars.len() * length) % (chars.len() - length + 1);
            fragments.insert(chars[at..at + length].iter().collect::<String>());
        }
        fragments.extend(code.get(8..14).map(str::to_owned));
    }
    assert!(fragments.len() >= 500, "{}", fragments.len());
    for fragment in &fragments {
        let plain = fragment.as_str();
        let expected: BTreeSet<_> = names
            .iter()
            .filter(|(name, code, _)| {
                name.contains(plain)
                    || registry::names::initials(name).contains(plain)
                    || code.to_lowercase().contains(&plain.to_lowercase())
            })
            .map(|(_, _, id)| *id)
            .collect();
        let mut ask = Ask { text: fragment.clone(), limit: 200, ..Ask::default() };
        let mut got = BTreeSet::new();
        loop {
            let page = office.search_register(&ask).unwrap();
            assert_eq!(page.total as usize, expected.len(), "{fragment}");
            got.extend(page.hits.iter().map(|hit| hit.summary.id));
            match page.next {
                Some(next) => ask.after = Some(next),
                None => break,
            }
        }
        assert_eq!(got, expected, "{fragment}");
    }
}
