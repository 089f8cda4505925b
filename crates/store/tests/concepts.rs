//! The concepts' own functions, on both engines.
#![expect(clippy::unwrap_used, reason = "tests")]
use std::collections::BTreeSet;

use base::{AccountId, CaseId, Date, EntryId, Instant, JobId, OrgId, Origin, PersonId, RecordId};
use serde_json::json;
use store::cases::{CaseRow, Queue, TaskRow};
use store::jobs::NewJob;
use store::journal::EntryRow;
use store::organizations::{Organization, Version};
use store::testing::{TestDb, on_each_engine};
use store::{DbError, Filter, Levels, Tx, cases, jobs, journal, organizations, registers};

fn here() -> Origin {
    "330102".parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn done<T: Send + 'static>(test: &TestDb, act: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError> + Send + 'static) -> T {
    test.write(act).unwrap_or_else(|error: DbError| panic!("{}: {error}", test.engine()))
}

fn seen<T>(test: &TestDb, read: impl FnOnce(&mut Tx<'_>) -> Result<T, DbError>) -> T {
    test.read(read).unwrap_or_else(|error: DbError| panic!("{}: {error}", test.engine()))
}

fn entry(seq: i64, id: u128) -> EntryRow {
    EntryRow {
        origin: here(),
        id: EntryId::from_bits(id),
        subject: "org/1".to_owned(),
        seq,
        at: Instant(seq * 1000),
        day: day("2026-11-21"),
        actor: Some(AccountId::from_bits(5)),
        desk: None,
        verb: "decide".to_owned(),
        body: b"{}".to_vec(),
        prev: None,
        hash: vec![u8::try_from(seq).unwrap(); 32],
        root: None,
    }
}

#[test]
fn a_chain_grows_by_one_and_never_forks() {
    on_each_engine(|test| {
        for seq in 1..=3 {
            done(test, move |tx| journal::append(tx, &entry(seq, 100 + u128::from(seq.unsigned_abs()))));
        }
        for (seq, id) in [(1, 200), (3, 201), (5, 202)] {
            let result = test.write(move |tx| journal::append(tx, &entry(seq, id)));
            assert!(matches!(result, Err(DbError::Conflict("journal_head"))), "{seq}: {result:?}");
        }
        let chain = seen(test, |tx| journal::chain(tx, here(), "org/1"));
        assert_eq!(chain.iter().map(|entry| entry.seq).collect::<Vec<_>>(), [1, 2, 3]);
        let head = seen(test, |tx| journal::head(tx, here(), "org/1")).unwrap();
        assert_eq!((head.seq, head.entry), (3, chain[2].id));
        assert_eq!(seen(test, journal::unsealed).len(), 1);
    });
}

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

fn job(id: u128, dedupe: Option<&str>) -> NewJob {
    NewJob {
        id: JobId::from_bits(id),
        queue: "default".to_owned(),
        name: "seal".to_owned(),
        version: 1,
        payload: json!({"n": 1}),
        dedupe: dedupe.map(ToOwned::to_owned),
        run_at: Instant(1000),
    }
}

#[test]
fn each_job_is_claimed_once_and_the_same_does_not_wait_twice() {
    on_each_engine(|test| {
        assert!(done(test, |tx| jobs::add(tx, &job(1, Some("seal")))));
        assert!(!done(test, |tx| jobs::add(tx, &job(2, Some("seal")))));
        for id in 3..23 {
            assert!(done(test, move |tx| jobs::add(tx, &job(id, None))));
        }
        assert!(done(test, |tx| jobs::claim(tx, "default", "w", Instant(999))).is_none());
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let db = test.db.clone();
                std::thread::spawn(move || {
                    let mut got = Vec::new();
                    while let Some(job) =
                        db.write(move |tx| jobs::claim(tx, "default", &format!("w{worker}"), Instant(2000))).unwrap()
                    {
                        got.push(job.id);
                    }
                    got
                })
            })
            .collect();
        let got: Vec<_> = workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect();
        assert_eq!((got.len(), got.iter().collect::<BTreeSet<_>>().len()), (21, 21));
        // While it runs, it may be asked for again.
        assert!(done(test, |tx| jobs::add(tx, &job(30, Some("seal")))));
        assert_eq!(done(test, |tx| jobs::rescue(tx, Instant(2001))), 21);
        let again = done(test, |tx| jobs::claim(tx, "default", "w", Instant(2000))).unwrap();
        assert_eq!(again.attempts, if again.id == JobId::from_bits(30) { 1 } else { 2 });
        done(test, move |tx| jobs::finish(tx, again.id, "w", Instant(3000), None));
        assert_eq!(seen(test, |tx| jobs::list(tx, "done", 9)).len(), 1);
    });
}

fn case(id: u128) -> CaseRow {
    CaseRow {
        origin: here(),
        id: CaseId::from_bits(id),
        number: format!("SQ{id:04}"),
        matter: "association.found".to_owned(),
        edition: "digest".to_owned(),
        title: "成立登记".to_owned(),
        state: "open".to_owned(),
        status: "审查中".to_owned(),
        ending: None,
        applicant: None,
        applicant_name: "申请人".to_owned(),
        org_origin: None,
        org: None,
        area: "330102".parse().unwrap(),
        province: Some("33".to_owned()),
        city: Some("3301".to_owned()),
        county: Some("330102".to_owned()),
        body_id: None,
        received_on: day("2026-11-01"),
        next_due: None,
        ended_on: None,
        synthetic: true,
        body: json!({"answers": {}}),
        rev: 1,
        entry: EntryId::from_bits(1),
    }
}

fn task(case: &CaseRow, id: &str, area: &str, due: &str) -> TaskRow {
    let levels = Levels::of(&area.parse().unwrap());
    TaskRow {
        origin: case.origin,
        case_id: case.id,
        id: id.to_owned(),
        step: "review".to_owned(),
        desk: "review".to_owned(),
        area: area.parse().unwrap(),
        province: levels.province,
        city: levels.city,
        county: levels.county,
        town: levels.town,
        body_id: None,
        matter: case.matter.clone(),
        title: "审查".to_owned(),
        state: "open".to_owned(),
        opened_on: day("2026-11-01"),
        due: day(due),
        claimed_by: None,
        claimed_at: None,
        closed_on: None,
        outcome: None,
        body: json!({}),
        entry: EntryId::from_bits(1),
    }
}

#[test]
fn a_queue_is_paged_by_due_date_and_scoped_by_area() {
    on_each_engine(|test| {
        done(test, |tx| {
            for id in 1..=9_u128 {
                let case = case(id);
                cases::save(tx, &case)?;
                let area = if id == 9 { "330103" } else { "330102" };
                // One task id for all: the page must not lose cases whose tasks have the same name and date.
                cases::save_tasks(
                    tx,
                    &[task(&case, "review", area, if id < 5 { "2026-11-20" } else { "2026-11-25" })],
                )?;
            }
            Ok(())
        });
        let own = Queue::Of("330102".parse().unwrap());
        let (mut found, mut after) = (Vec::new(), None::<(Date, CaseId, String)>);
        loop {
            let last = after.as_ref().map(|(due, case, id)| (*due, *case, id.as_str()));
            let page = seen(test, |tx| cases::queue(tx, "review", &own, last, 3));
            let Some(last) = page.last() else { break };
            after = Some((last.task.due, last.task.case_id, last.task.id.clone()));
            found.extend(page.into_iter().map(|line| (line.task.due, line.number)));
        }
        assert_eq!(found.len(), 8);
        assert!(found.is_sorted(), "{found:?}");
        let count = |queue: &Queue| seen(test, |tx| cases::queue_count(tx, "review", queue, day("2026-11-21")));
        assert_eq!(count(&own), (8, 4));
        assert_eq!(count(&Queue::Below("3301".parse().unwrap())), (9, 4));
        assert_eq!(count(&Queue::Below("100000".parse().unwrap())), (9, 4));
        assert_eq!(count(&Queue::Below("21".parse().unwrap())), (0, 0));

        let (one, two) = (AccountId::from_bits(1), AccountId::from_bits(2));
        let claim =
            |who| done(test, move |tx| cases::claim(tx, here(), CaseId::from_bits(1), "review", who, Instant(1)));
        assert!(claim(one) && claim(one) && !claim(two));
        assert_eq!(count(&Queue::Mine(one)), (1, 1));
    });
}

#[test]
fn numbers_follow_each_other_and_are_given_back_by_refused_acts() {
    on_each_engine(|test| {
        let next = |keep: bool| {
            test.write(move |tx| {
                let number = registers::next_number(tx, here(), "case:2026")?;
                if keep { Ok(number) } else { Err(DbError::Conflict("test")) }
            })
        };
        assert_eq!((next(true).unwrap(), next(false).is_err(), next(true).unwrap()), (1, true, 2));
    });
}

#[test]
fn erasing_a_person_leaves_nothing_to_decrypt() {
    use store::people::{PersonKey, PersonSecret};
    on_each_engine(|test| {
        let person = PersonId::from_bits(1);
        let entry = EntryId::from_bits(1);
        done(test, move |tx| {
            tx.insert(&PersonKey { person, wrapped: Some(vec![1]), made_at: Instant(1), erased_at: None, entry })?;
            let secret =
                PersonSecret { person, field: "phone".to_owned(), cipher: vec![2], lookup: Some(vec![3]), entry };
            tx.upsert(&secret)
        });
        assert_eq!(seen(test, |tx| store::people::by_lookup(tx, "phone", &[3])), [person]);
        done(test, move |tx| store::people::erase(tx, person, Instant(2), entry));
        assert!(seen(test, |tx| store::people::secrets(tx, person)).is_empty());
        let key = seen(test, |tx| tx.get_record::<PersonKey>(store::args![person]));
        assert_eq!((key.wrapped, key.erased_at), (None, Some(Instant(2))));
    });
}

#[test]
fn lists_put_together_at_run_time_work_on_both_engines() {
    use store::papers::{self, PublicNotice};
    use store::registers::RegisterEntry;
    on_each_engine(|test| {
        done(test, |tx| {
            for id in 1..=5_u128 {
                cases::save(tx, &case(id))?;
                tx.insert(&PublicNotice {
                    origin: here(),
                    id: RecordId::from_bits(id),
                    kind: "registration".to_owned(),
                    number: None,
                    title: "公告".to_owned(),
                    text: String::new(),
                    org: None,
                    case_id: None,
                    area: "330102".parse().unwrap(),
                    posted_on: day("2026-11-01"),
                    until: None,
                    state: if id == 5 { "withdrawn" } else { "posted" }.to_owned(),
                    synthetic: true,
                    entry: EntryId::from_bits(1),
                })?;
                tx.insert(&RegisterEntry {
                    origin: here(),
                    register: "experts".to_owned(),
                    id: RecordId::from_bits(id),
                    org: None,
                    person: None,
                    area: "330102".parse().unwrap(),
                    province: None,
                    city: None,
                    county: Some("330102".to_owned()),
                    title: "专家".to_owned(),
                    state: "in".to_owned(),
                    since: day("2026-11-01"),
                    until: None,
                    public: true,
                    body: json!({}),
                    rev: 1,
                    entry: EntryId::from_bits(1),
                })?;
            }
            Ok(())
        });
        let all = Filter::new(test.engine());
        let mut county = all.clone();
        county.equal_if("county", Some(&"330102")).begins_with("area", "33").compare("rev", ">=", &1_i64);
        let page = seen(test, |tx| cases::list(tx, &county, Some((day("2026-11-01"), CaseId::from_bits(3))), 9));
        assert_eq!(page.iter().map(|line| line.id).collect::<Vec<_>>(), [CaseId::from_bits(2), CaseId::from_bits(1)]);
        assert_eq!(seen(test, |tx| papers::notices(tx, &all, None, 3)).len(), 3);
        assert_eq!(seen(test, |tx| papers::notices(tx, &all, None, 9)).len(), 4);
        let after = Some((day("2026-11-01"), RecordId::from_bits(2)));
        assert_eq!(seen(test, |tx| registers::list(tx, "experts", &county, after, 9)).len(), 1);
        let mut none = all.clone();
        none.one_of("state", &[] as &[&str]);
        assert!(seen(test, |tx| cases::list(tx, &none, None, 9)).is_empty());
        let body = Queue::Body(base::BodyId::from_bits(1));
        assert_eq!(seen(test, |tx| cases::queue(tx, "supervisor", &body, None, 9)).len(), 0);
    });
}
