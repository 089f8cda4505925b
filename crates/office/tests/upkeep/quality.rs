//! The inspection of a register larger than a batch, on both engines.
use authority::Actor;
use base::{AreaCode, Date};
use registry::{Kind, Organization};
use store::args;

use office::Refused;
use office::register::quality::{JOB, Stepped};
use office::testing::{TestOffice, on_each_engine};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn area() -> AreaCode {
    "210102".parse().unwrap()
}

/// A clerk, and `many` organizations without capital, the last of them the oldest.
fn stage(office: &TestOffice, many: usize) -> (Actor, Vec<Organization>) {
    let body = office.body("registrar", "和平区民政局", "210102");
    let all = (0..many).map(|at| {
        let on = day("2019-12-31").saturating_sub(jiff::ToSpan::days(at as i64));
        office.registered(Kind::Foundation, &format!("和平区第{at}助学基金会"), "210102", on)
    });
    (office.official("data_quality", "210102", body), all.collect())
}

fn to_the_end(office: &TestOffice) -> (usize, Stepped) {
    let mut acts = 0;
    loop {
        acts += 1;
        let stepped = office.inspect_batch(&area()).unwrap();
        if stepped.done {
            return (acts, stepped);
        }
    }
}

#[test]
fn the_whole_register_is_inspected_in_batches_and_then_what_changes() {
    on_each_engine(|office| {
        let (clerk, all) = stage(office, 1_203);
        office.registered(Kind::Foundation, "别处的基金会", "2102", day("2019-01-01"));
        office.ask_for_inspection(&clerk, false).unwrap();
        assert!(matches!(office.ask_for_inspection(&clerk, false), Err(Refused::Rule { code: "inspecting", .. })));
        let first = office.inspect_batch(&area()).unwrap();
        assert_eq!((first.done, first.run.seen, first.run.total), (false, 500, 1_203));
        // What is written behind the place where the run is, is caught by the next.
        let mut mended = all[0].clone();
        mended.capital = Some(base::Fen(200_000_000));
        office.record_org(&mended, all[0].registered_on.unwrap());
        let (acts, whole) = to_the_end(office);
        assert_eq!((acts, whole.run.seen), (2, 1_203), "500 + 500 + 203");
        let quality = office.quality(&clerk, "").unwrap();
        let capital = quality.waiting;
        assert!(
            quality.run.as_ref().is_some_and(|run| run.state == "done" && run.whole_on == Some(office.clock.today()))
        );
        assert!((1_202..=1_203 * 3).contains(&capital), "{capital}");
        assert_eq!((quality.issues.len(), quality.organizations), (50, 1_203));
        let second = office.quality(&clerk, quality.next.as_deref().unwrap()).unwrap();
        assert_ne!(second.issues[0].row.id, quality.issues[0].row.id);
        assert!(quality.score.unwrap() < 100.0);

        // The second inspection looks at what changed and at nothing else.
        let mut broken = all[7].clone();
        broken.legal_representative = None;
        office.record_org(&broken, all[7].registered_on.unwrap());
        office.ask_for_inspection(&clerk, false).unwrap();
        let (_, again) = to_the_end(office);
        // One organization, and the few changes that the first inspection announced itself; not the 1,203.
        assert!(!again.run.whole && again.run.seen <= 6, "{:?}", again.run);
        assert_eq!(again.run.found, 1);
        let issues = office.db.read(|tx| store::registers::issues_of(tx, all[7].origin, all[7].id)).unwrap();
        assert!(issues.iter().any(|issue| issue.rule == "no_legal_representative" && issue.state == "detected"));
        // Mended elsewhere: the issue closes by itself.
        office.record_org(&all[7], all[7].registered_on.unwrap());
        office.ask_for_inspection(&clerk, false).unwrap();
        assert_eq!(to_the_end(office).1.run.gone, 1);
        assert_eq!(office.inspect_again().unwrap(), 1, "the night starts it too");
        assert_eq!(to_the_end(office).1.run.found, 0);
    });
}

#[test]
fn a_batch_done_twice_finds_nothing_twice() {
    on_each_engine(|office| {
        let (clerk, _) = stage(office, 20);
        office.ask_for_inspection(&clerk, true).unwrap();
        let run: store::upkeep::QualityRun = {
            let (origin, area) = (base::Origin::of(&area()), area());
            office.db.read(|tx| tx.get_record(args![origin, area])).unwrap()
        };
        let once = to_the_end(office).1.run;
        // The worker was thought dead and another takes the job again: the end is the same.
        assert_eq!(office.inspect_batch(&area()).unwrap().run, once);
        let job = office.db.read(|tx| store::jobs::find(tx, run.job)).unwrap().unwrap();
        assert_eq!(job.name, JOB);
        office.ask_for_inspection(&clerk, true).unwrap();
        assert_eq!(to_the_end(office).1.run.found, 0);
    });
}

#[test]
fn an_issue_goes_through_every_state_and_comes_back_if_it_must() {
    on_each_engine(|office| {
        let (clerk, all) = stage(office, 1);
        let body = clerk.posts[0].body;
        let second = office.official("data_quality", "210102", body);
        office.ask_for_inspection(&clerk, false).unwrap();
        to_the_end(office);
        let issue = || {
            let own = office.db.read(|tx| store::registers::issues_of(tx, all[0].origin, all[0].id)).unwrap();
            own.into_iter().find(|issue| issue.rule == "no_capital").unwrap()
        };
        let id = issue().id;
        let states = |expected: &str| assert_eq!(issue().state, expected);
        states("detected");
        let lowest = office.quality(&clerk, "").unwrap().score.unwrap();
        office.assign_quality_issue(&clerk, id).unwrap();
        states("assigned");
        office.correct_quality_issue(&clerk, id, "2000000", "验资报告 2019-12-30").unwrap();
        states("corrected");
        assert!(matches!(office.verify_quality_issue(&clerk, id), Err(Refused::Denied(_))), "not by oneself");
        office.return_quality_issue(&second, id, "金额看不清，请重填").unwrap();
        states("assigned");
        office.correct_quality_issue(&clerk, id, "2000000", "验资报告原件 2019-12-30").unwrap();
        office.verify_quality_issue(&second, id).unwrap();
        states("verified");
        assert!(office.quality(&clerk, "").unwrap().score.unwrap() > lowest);
        office.ask_for_inspection(&clerk, false).unwrap();
        to_the_end(office);
        states("closed");
        super::verifies(office);
    });
}
