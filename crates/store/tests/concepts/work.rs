//! Jobs and queues.
use std::collections::BTreeSet;

use base::{AccountId, CaseId, Date, EntryId, Instant, JobId};
use serde_json::json;
use store::cases::{CaseRow, Queue, TaskRow};
use store::jobs::NewJob;
use store::testing::on_each_engine;
use store::{Levels, cases, jobs};

use super::{day, done, here, seen};

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

pub fn case(id: u128) -> CaseRow {
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
