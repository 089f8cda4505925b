//! The read side through a whole office.
use base::{Date, Instant};
use registry::{Credit, Kind};

use super::ask::Ask;
use super::dossier::{Answer, Dossier, Moment};
use super::lists::Place;
use super::structure::{Cut, Slice, sum};
use crate::testing::{TestOffice, office};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn dossier(office: &TestOffice, code: &str, moment: Moment) -> Dossier {
    match office.find_dossier(code, moment).unwrap() {
        Answer::Found(dossier) => *dossier,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_dossier_tells_what_held_then_as_known_then() {
    let office = office();
    let today = office.clock.today();
    let mut o = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2018-05-01"));
    let code = o.code.clone().unwrap();
    office.days_pass(10);
    o.name = "云州市茶业协会".to_owned();
    office.record_org(&o, day("2024-01-01"));
    let later = office.clock.today();
    let now = dossier(&office, &code, Moment::of(None, None, later));
    assert_eq!(now.organization.name, "云州市茶业协会");
    assert_eq!(now.former_names, ["云州市茶叶协会"]);
    assert_eq!(now.stages.len(), 2);
    assert_eq!(now.stages[0].changes[0].label, "名称");
    let then = dossier(&office, &code, Moment::of(Some(day("2020-01-01")), None, later));
    assert_eq!((then.organization.name.as_str(), then.name_now.as_deref()), ("云州市茶叶协会", Some("云州市茶业协会")));
    let unknowing = dossier(&office, &code, Moment::of(Some(day("2024-06-01")), Some(today), later));
    assert_eq!(unknowing.organization.name, "云州市茶叶协会", "the change was recorded later");
    let early = office.find_dossier(&code, Moment::of(Some(day("2001-01-01")), None, later)).unwrap();
    assert!(matches!(early, Answer::NotYet { first, .. } if first == day("2018-05-01")));
    assert!(matches!(
        office.find_dossier("53100000500021676X", Moment::of(None, None, later)).unwrap(),
        Answer::Unknown
    ));
}

#[test]
fn officers_are_masked_whatever_the_row_says() {
    let office = office();
    let o = office.registered(Kind::Foundation, "云州助学基金会", "21", day("2018-05-01"));
    office.appoint(&o, "legal_representative", "林书言");
    office.appoint(&o, "director", "欧阳小明");
    let found = dossier(&office, &o.id.to_string(), Moment::of(None, None, office.clock.today()));
    let names: Vec<&str> = found.officers.iter().map(|officer| officer.name.as_str()).collect();
    assert!(names.contains(&"林书言") && names.contains(&"欧***"), "{names:?}");
}

#[test]
fn a_dossier_needs_few_queries() {
    let office = office();
    let o = office.registered(Kind::Foundation, "云州助学基金会", "21", day("2018-05-01"));
    let before = office.db.queries();
    dossier(&office, &o.id.to_string(), Moment::of(None, None, office.clock.today()));
    assert!(office.db.queries() - before <= 12, "{}", office.db.queries() - before);
}

#[test]
fn differences_between_days_name_the_items() {
    let office = office();
    let mut o = office.registered(Kind::Foundation, "云州助学基金会", "21", day("2018-05-01"));
    o.domicile = Some("330106".parse().unwrap());
    office.record_org(&o, day("2022-01-01"));
    let diff = office.difference(&o.public_code(), day("2020-01-01"), day("2023-01-01")).unwrap().unwrap();
    assert_eq!(diff.changes.len(), 1);
    assert_eq!((diff.changes[0].before.as_str(), diff.changes[0].after.as_str()), ("辽宁省", "浙江省杭州市西湖区"));
    assert!(
        office.difference(&o.public_code(), day("2001-01-01"), day("2023-01-01")).unwrap().unwrap().before.is_none()
    );
}

#[test]
fn a_search_of_a_past_day_shows_that_day() {
    let office = office().with_index();
    let mut o = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2018-05-01"));
    o.name = "云州市茶业协会".to_owned();
    o.states.registration = registry::Registration::Liquidating;
    office.record_org(&o, day("2024-01-01"));
    office.catch_up().unwrap();
    let ask = |text: &str, as_of: &str| {
        let ask = Ask { text: text.to_owned(), as_of: Some(day(as_of)), ..Ask::default() };
        office.search_register(&ask).unwrap()
    };
    let then = ask("云州", "2020-01-01");
    assert_eq!((then.total, then.hits[0].summary.name.as_str()), (1, "云州市茶叶协会"));
    assert_eq!(then.hits[0].summary.states.registration, registry::Registration::Registered);
    assert_eq!(ask("茶业", "2020-01-01").total, 0);
    assert_eq!(ask("云州", "2010-01-01").total, 0);
}

#[test]
fn every_number_of_the_structure_opens_a_list_as_long() {
    let office = office();
    let kinds = [Kind::Association, Kind::ServiceInstitution, Kind::Foundation];
    for (at, registrar) in ["100000", "21", "2101", "210102", "33", "330106", "21"].into_iter().enumerate() {
        let mut o = office.draft_org(kinds[at % 3], &format!("第{at}社"), registrar);
        o.registered_on = Some(day("2019-01-01"));
        o.new_field = at % 2 == 0;
        o.industry = (at % 3 == 0).then(|| "Q84".to_owned());
        o.direct_class = (at == 2).then_some(registry::DirectClass::Charity);
        office.record_org(&o, day("2019-01-01"));
        if at == 6 {
            o.states.registration = registry::Registration::Deregistered;
            office.record_org(&o, day("2020-01-01"));
        }
    }
    for area in [None, Some("21".parse().unwrap()), Some("2101".parse().unwrap())] {
        let structure = office.structure(area.as_ref()).unwrap();
        let mut seen = 0;
        for (cut, values) in &structure.cuts {
            for (value, numbers) in values {
                let slice = Slice::read(cut.as_str(), value, None).unwrap();
                let list = office.slice_list(&slice, area.as_ref(), None, 100).unwrap();
                assert_eq!(list.items.len() as u64, sum(numbers), "{area:?} {cut:?} {value}");
                seen += 1;
            }
        }
        assert!(seen >= 4, "{area:?}: {seen}");
    }
    assert_eq!(sum(&office.structure(None).unwrap().total), 6, "the one that was deregistered no longer counts");
    assert!(Slice::read(Cut::Level.as_str(), "moon", None).is_none());
}

#[test]
fn the_credit_lists_page_without_gap_or_double() {
    let office = office();
    let mut expected = Vec::new();
    for at in 0..25 {
        let mut o = office.draft_org(Kind::Foundation, &format!("第{at}基金会"), "21");
        o.states.credit = if at % 5 == 0 { Credit::Serious } else { Credit::Abnormal };
        o.registered_on = (at % 3 != 0).then(|| day("2019-01-01"));
        office.record_org(&o, day("2019-01-01"));
        if at % 5 != 0 {
            expected.push(o.id);
        }
    }
    let (mut got, mut after) = (Vec::new(), None);
    loop {
        let page = office.credit_list(Credit::Abnormal, Some(&"21".parse().unwrap()), after, 7).unwrap();
        got.extend(page.items.iter().map(|item| item.id));
        after = page.next.map(|place| place.to_string().parse::<Place>().unwrap());
        if after.is_none() {
            break;
        }
    }
    got.sort_unstable();
    expected.sort_unstable();
    assert_eq!(got, expected);
    assert!(office.credit_list(Credit::Abnormal, Some(&"33".parse().unwrap()), None, 7).unwrap().items.is_empty());
}

#[test]
fn watchers_are_told_once_of_what_they_watch() {
    let office = office().with_index();
    let mut o = office.registered(Kind::Foundation, "云州助学基金会", "21", day("2018-05-01"));
    let (one, other, third) = (office.founder("one"), office.founder("other"), office.founder("third"));
    office.tell_watchers().unwrap();
    office.watch_org(&one, &o.public_code()).unwrap();
    office.watch_org(&one, &o.public_code()).unwrap();
    office.watch_search(&other, &Ask { text: "助学".to_owned(), ..Ask::default() }, "助学").unwrap();
    office.watch_search(&third, &Ask { text: "敬老".to_owned(), ..Ask::default() }, "敬老").unwrap();
    assert_eq!(office.watch_search(&third, &Ask::default(), "").unwrap_err().code(), "watch_everything");
    o.address = Some("云州路 1 号".to_owned());
    office.record_org(&o, day("2026-03-01"));
    assert_eq!(office.tell_watchers().unwrap(), 2);
    assert_eq!(office.tell_watchers().unwrap(), 0);
    let mine = office.watches(&one).unwrap();
    assert_eq!((mine.list.len(), mine.notices.len()), (1, 1));
    assert_eq!(mine.notices[0].body, "变动项目：住所");
    assert_eq!(office.watches(&other).unwrap().notices.len(), 1);
    let theirs = office.watches(&third).unwrap();
    assert_eq!(theirs.notices.len(), 0);
    assert_eq!(office.stop_watching(&third, mine.list[0].id).unwrap_err().code(), "not_found", "not theirs to stop");
    office.stop_watching(&one, mine.list[0].id).unwrap();
    assert!(office.watches(&one).unwrap().list.is_empty());
}

#[test]
fn a_feed_opens_with_its_secret_until_it_is_renewed() {
    let office = office();
    let (one, other) = (office.founder("one"), office.founder("other"));
    let secret = office.watches(&one).unwrap().feed;
    assert_eq!(office.watches(&one).unwrap().feed, secret);
    assert_ne!(office.watches(&other).unwrap().feed, secret);
    assert!(office.find_feed(&secret).unwrap().is_some());
    assert!(office.find_feed("0000").unwrap().is_none());
    let renewed = office.renew_feed(&one).unwrap();
    assert!(office.find_feed(&secret).unwrap().is_none() && office.find_feed(&renewed).unwrap().is_some());
}

#[test]
fn public_changes_come_in_order_and_newest_first() {
    let office = office();
    let o = office.registered(Kind::Foundation, "云州助学基金会", "21", day("2018-05-01"));
    office.appoint(&o, "director", "欧阳小明");
    office.record_org(&o, day("2026-03-01"));
    let (first, next) = office.changes_after(o.origin, 0, 1).unwrap();
    let (second, end) = office.changes_after(o.origin, next, 10).unwrap();
    assert_eq!((first.len(), second.len()), (1, 1));
    assert_eq!(office.change_heads().unwrap()[&o.origin], end);
    assert_eq!(office.newest_changes(10).unwrap().len(), 2);
    assert!(first[0].at >= Instant::parse(crate::testing::MORNING).unwrap());
}
