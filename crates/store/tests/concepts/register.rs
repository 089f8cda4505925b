//! Versions, pages of organizations, reserved names.
use std::collections::BTreeSet;

use base::{EntryId, Instant, OrgId, RecordId};
use serde_json::json;
use store::organizations::{Organization, Version};
use store::testing::{TestDb, on_each_engine};
use store::{Filter, Levels, organizations};

use super::{day, done, here, seen};

fn version(id: u128, from: &str, to: Option<&str>, at: i64, facts: &str) -> Version {
    Version {
        origin: here(),
        org: OrgId::from_bits(1),
        id: RecordId::from_bits(id),
        valid_from: day(from),
        valid_to: to.map(day),
        recorded_at: Instant(at),
        superseded_at: None,
        facts: facts.to_owned(),
        digest: facts.as_bytes().to_vec(),
        leaf: None,
        entry: EntryId::from_bits(id),
    }
}

fn set(test: &TestDb, new: Version) -> usize {
    let mut next = u128::from(u32::MAX) + u128::from(new.recorded_at.0.unsigned_abs()) * 10;
    done(test, move |tx| {
        organizations::set_version(tx, &new, &mut || {
            next += 1;
            RecordId::from_bits(next)
        })
        .map(|rows| rows.len())
    })
}

fn facts_on(test: &TestDb, on: &str, known: i64) -> Option<String> {
    seen(test, |tx| organizations::as_of(tx, here(), OrgId::from_bits(1), day(on), Instant(known))).map(|v| v.facts)
}

#[test]
fn a_correction_in_the_middle_keeps_both_sides_and_what_was_known_before() {
    on_each_engine(|test| {
        set(test, version(1, "2016-01-01", None, 10, "A"));
        set(test, version(2, "2020-01-01", None, 20, "B"));
        // Found out later: from 2018 to 2019 it was really C.
        assert_eq!(set(test, version(3, "2018-01-01", Some("2019-01-01"), 30, "C")), 3);
        let now = |on| facts_on(test, on, 99);
        assert_eq!(now("2015-12-31"), None);
        assert_eq!(now("2017-12-31").as_deref(), Some("A"));
        assert_eq!(now("2018-01-01").as_deref(), Some("C"));
        assert_eq!(now("2019-01-01").as_deref(), Some("A"));
        assert_eq!(now("2020-01-01").as_deref(), Some("B"));
        assert_eq!(facts_on(test, "2018-06-01", 29).as_deref(), Some("A"));
        assert_eq!(facts_on(test, "2021-06-01", 19).as_deref(), Some("A"));
        assert_eq!(facts_on(test, "2021-06-01", 9), None);
    });
}

/// Against a model that keeps one letter per day: any sequence of corrections gives, for every day and every moment of
/// knowledge, exactly one version or none.
#[test]
fn versions_agree_with_a_day_by_day_model() {
    let rng = base::Rng::seeded(3);
    on_each_engine(|test| {
        let start = day("2020-01-01");
        let mut model: Vec<Vec<Option<String>>> = vec![vec![None; 40]];
        for step in 1..=25_u32 {
            let from = usize::try_from(rng.below(30)).unwrap();
            let to = (rng.below(3) > 0).then(|| from + 1 + usize::try_from(rng.below(9)).unwrap());
            let at = |days: usize| start.checked_add(jiff_days(days)).unwrap();
            let new = Version {
                valid_from: at(from),
                valid_to: to.map(at),
                ..version(u128::from(step), "2020-01-01", None, i64::from(step), &format!("f{step}"))
            };
            set(test, new);
            let mut days = model.last().unwrap().clone();
            days[from..to.unwrap_or(40)].fill(Some(format!("f{step}")));
            model.push(days);
        }
        for (known, days) in model.iter().enumerate().skip(1).step_by(6) {
            for (offset, expected) in days.iter().enumerate() {
                let on = start.checked_add(jiff_days(offset)).unwrap().to_string();
                assert_eq!(facts_on(test, &on, i64::try_from(known).unwrap()), *expected, "{on} as known at {known}");
            }
        }
    });
}

fn jiff_days(days: usize) -> std::time::Duration {
    std::time::Duration::from_secs(days as u64 * 86_400)
}

fn organization(id: u128, area: &str, listed: &str) -> Organization {
    let levels = Levels::of(&area.parse().unwrap());
    Organization {
        origin: here(),
        id: OrgId::from_bits(id),
        kind: "association".to_owned(),
        name: format!("第{id}协会"),
        name_key: format!("第{id}协会"),
        code: None,
        filing_number: None,
        registration: "registered".to_owned(),
        credit: "normal".to_owned(),
        operation: "active".to_owned(),
        colour: None,
        registrar_area: "330102".parse().unwrap(),
        registrar_province: Some("33".to_owned()),
        registrar_city: Some("3301".to_owned()),
        registrar_body: None,
        supervisor_body: None,
        regulator_body: None,
        management_mode: "direct".to_owned(),
        direct_class: None,
        grade: None,
        grade_until: None,
        charity: false,
        volunteer: true,
        decoupled: false,
        new_field: false,
        party: None,
        industry_code: None,
        domicile: Some(area.parse().unwrap()),
        province: levels.province,
        city: levels.city,
        county: levels.county,
        town: levels.town,
        community: levels.community,
        address: None,
        capital_fen: None,
        registered_on: Some(day(listed)),
        listed_on: day(listed),
        ended_on: None,
        legal_rep: None,
        body: json!({}),
        synthetic: true,
        source: None,
        rev: 1,
        entry: EntryId::from_bits(1),
    }
}

#[test]
fn pages_of_organizations_meet_without_gap_or_repetition() {
    on_each_engine(|test| {
        done(test, |tx| {
            for id in 1..=23_u128 {
                let town = if id % 5 == 0 { "330103001" } else { "330102001" };
                tx.insert(&organization(id, town, if id % 2 == 0 { "2020-01-01" } else { "2021-05-05" }))?;
            }
            Ok(())
        });
        let mut filter = Filter::new(test.engine());
        filter.equal("county", "330102");
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = seen(test, |tx| organizations::list(tx, &filter, after, 4));
            let Some(last) = page.last() else { break };
            after = Some((last.listed_on, last.id));
            found.extend(page.iter().map(|line| (line.listed_on, line.id)));
        }
        assert_eq!(found.len(), 19);
        assert_eq!(found.iter().collect::<BTreeSet<_>>().len(), 19);
        assert!(found.is_sorted_by(|one, next| one > next), "{found:?}");
        let some = seen(test, |tx| organizations::lines(tx, &[OrgId::from_bits(3), OrgId::from_bits(99)]));
        assert_eq!(some.len(), 1);
        let origin = seen(test, |tx| organizations::resolve(tx, &OrgId::from_bits(3).to_string()));
        assert_eq!(origin, Some((here(), OrgId::from_bits(3))));
    });
}

#[test]
fn a_reserved_name_is_free_again_when_the_time_is_over() {
    on_each_engine(|test| {
        let name = |until: Option<&str>| organizations::NameReservation {
            origin: here(),
            name_key: "龙港市书法家协会".to_owned(),
            name: "龙港市书法家协会".to_owned(),
            org: None,
            case_id: None,
            reserved_on: day("2026-01-01"),
            until: until.map(day),
            entry: EntryId::from_bits(1),
        };
        let take = |until, today| {
            let name = name(until);
            test.write(move |tx| organizations::take_name(tx, &name, today))
        };
        take(Some("2026-03-01"), day("2026-01-01")).unwrap();
        let taken = take(None, day("2026-03-01")).unwrap_err();
        assert!(taken.is_unique("name_reservation", &["origin", "name_key"]), "{taken}");
        take(None, day("2026-03-02")).unwrap();
        assert!(take(None, day("2099-01-01")).is_err(), "a name in use is not freed by time");
    });
}
