//! Limits that run out (期限届满): each is the act `lapse` by the actor system, ends as the matter says and nothing else, is done once
//! whoever comes first, and not at all while the clock stands still.
use authority::{AdminRole, Verb};
use casework::{Act, CorrectionItem};
use catalogue::matter::Suspension;
use office::accounts::NewPost;
use office::cases::Done;
use office::testing::{TestOffice, on_each_engine};
use office::timer::Lapsed;
use store::cases::{CaseRow, TaskRow};

use super::{act, cast, file, reviewed, step};

const NAME: &str = "沈阳市养老服务协会";

fn lapse(office: &TestOffice) -> Lapsed {
    office.lapse_due(&mut |_| Ok(())).unwrap()
}

fn acted(acts: usize) -> Lapsed {
    Lapsed { acts, failed: 0 }
}

fn case(office: &TestOffice, done: &Done) -> CaseRow {
    office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap()
}

fn tasks(office: &TestOffice, done: &Done) -> Vec<TaskRow> {
    office.db.read(|tx| store::cases::tasks(tx, done.origin, done.case)).unwrap()
}

/// Who did which acts on the case, in order.
fn deeds(office: &TestOffice, done: &Done) -> Vec<(String, String)> {
    let chain = office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("case/{}", done.case))).unwrap();
    chain
        .iter()
        .map(|row| office::ledger::entry_of(row).unwrap().draft)
        .map(|draft| {
            (draft.act, if draft.actor == "system" { format!("system/{}", draft.desk) } else { String::new() })
        })
        .collect()
}

fn by_timer() -> (String, String) {
    ("lapse".to_owned(), "system/system".to_owned())
}

#[test]
fn an_application_nobody_looked_at_is_deemed_accepted_on_the_day_after_its_limit() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = file(office, &cast, NAME);
        let due = case(office, &done).next_due.unwrap();
        while office.clock.today() < due {
            assert_eq!(lapse(office), acted(0), "not before");
            office.days_pass(1);
        }
        assert_eq!(lapse(office), acted(0), "the last day belongs to the authority");
        office.days_pass(1);
        assert_eq!(lapse(office), acted(1));
        let row = case(office, &done);
        assert_eq!((row.state.as_str(), row.ending), ("open", None));
        let open: Vec<String> =
            tasks(office, &done).into_iter().filter(|task| task.state == "open").map(|task| task.step).collect();
        assert!(open.contains(&"supervise".to_owned()) && open.contains(&"party".to_owned()), "{open:?}");
        assert_eq!(deeds(office, &done).last(), Some(&by_timer()));
        assert_eq!(lapse(office), acted(0), "once");
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}

#[test]
fn a_correction_that_never_comes_ends_as_withdrawn_and_only_after_the_applicants_time() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = file(office, &cast, NAME);
        let mut back = Act::new(Some("intake".into()), Verb::Return);
        back.corrections = vec![CorrectionItem {
            target: "purpose".into(),
            problem: "请写具体".into(),
            article: String::new(),
            example: String::new(),
        }];
        let authority = case(office, &done).next_due.unwrap();
        step(office, &cast.intake, &done, back).unwrap();
        let due = case(office, &done).next_due.unwrap();
        assert!(due > authority, "the authority's own limit stands still meanwhile");
        while office.clock.today() < due {
            office.days_pass(1);
            assert_eq!(lapse(office), acted(0), "neither the authority's limit nor the applicant's");
        }
        assert_eq!(case(office, &done).state, "suspended");
        office.days_pass(1);
        assert_eq!(lapse(office), acted(1));
        let row = case(office, &done);
        assert_eq!((row.state.as_str(), row.ending.as_deref()), ("ended", Some("withdrawn")));
        assert_eq!(deeds(office, &done).last(), Some(&by_timer()));
        office.days_pass(90);
        assert_eq!(lapse(office), acted(0), "an ended case has no limits");
    });
}

#[test]
fn late_opinions_are_shown_to_the_authority_above_and_nothing_is_decided_for_anybody() {
    on_each_engine(|office| {
        let cast = cast(office);
        let province = office.body("registrar", "辽宁省民政厅", "21");
        let above = office.opened("shengting", "监管岗", None);
        let (desk, area) = ("supervision".into(), "21".parse().unwrap());
        let seat = NewPost { account: above, body: province, desk, area, until: None };
        office.give_post(&office.admin(AdminRole::Security), &seat).unwrap();
        let done = file(office, &cast, NAME);
        step(office, &cast.intake, &done, act(office, "intake", Verb::Accept)).unwrap();
        let first = tasks(office, &done).into_iter().find(|task| task.step == "supervise").unwrap();
        while office.clock.today() <= first.due {
            assert_eq!(lapse(office), acted(0));
            office.days_pass(1);
        }
        assert_eq!(lapse(office), acted(2), "the supervisor's and the party body's");
        for task in tasks(office, &done).iter().filter(|task| task.state == "open") {
            assert_eq!(
                (task.body["escalated"].as_bool(), task.body["overdue"].as_bool()),
                (Some(true), Some(true)),
                "{}",
                task.step
            );
        }
        assert_eq!((case(office, &done).ending, lapse(office)), (None, acted(0)));
        assert_eq!(deeds(office, &done)[2..], [by_timer(), by_timer()]);
        // He who is late may still give it.
        step(office, &cast.supervisor, &done, act(office, "supervise", Verb::Opine)).unwrap();
        let person = office.db.read(|tx| store::accounts::find(tx, above)).unwrap().unwrap().person;
        let told = office.db.read(|tx| store::accounts::notices(tx, person, 10)).unwrap();
        assert!(told.len() == 2 && told.iter().all(|notice| notice.body.contains("已超过法定期限")), "{told:?}");
    });
}

#[test]
fn the_limit_of_the_whole_case_marks_it_overdue_and_leaves_it_open() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = reviewed(office, &cast, NAME);
        office.days_pass(200);
        let acts = lapse(office).acts;
        assert!(acts >= 2, "the decision's limit and the whole case's");
        let row = case(office, &done);
        assert_eq!((row.state.as_str(), row.ending), ("open", None));
        let decide = tasks(office, &done).into_iter().find(|task| task.step == "decide").unwrap();
        assert_eq!((decide.state.as_str(), decide.body["overdue"].as_bool()), ("open", Some(true)));
        assert_eq!(lapse(office), acted(0));
        let granted = step(office, &cast.decision, &done, super::approve(office, &cast.decision, &done)).unwrap();
        assert!(granted.org.is_some(), "an overdue case is decided by a person all the same");
    });
}

#[test]
fn two_nodes_at_once_let_every_limit_run_out_once() {
    on_each_engine(|office| {
        let cast = cast(office);
        let names = [NAME, "沈阳市园艺交流协会", "沈阳市数控技术协会", "沈阳市河湖保护协会"];
        let cases: Vec<Done> = names.iter().map(|name| file(office, &cast, name)).collect();
        office.days_pass(20);
        let sums: Vec<Lapsed> = std::thread::scope(|scope| {
            let running: Vec<_> = (0..3).map(|_| scope.spawn(|| lapse(office))).collect();
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        assert!(sums.iter().all(|one| one.failed == 0), "whoever comes second finds nothing to do: {sums:?}");
        for done in &cases {
            let lapses = deeds(office, done).iter().filter(|deed| **deed == by_timer()).count();
            assert_eq!(lapses, 1, "{}", done.number);
        }
        assert_eq!(lapse(office), acted(0));
    });
}

#[test]
fn a_clock_that_stands_still_never_runs_out_and_goes_on_where_it_stood() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = file(office, &cast, NAME);
        for (who, at, verb) in [
            (&cast.intake, "intake", Verb::Accept),
            (&cast.party, "party", Verb::Opine),
            (&cast.supervisor, "supervise", Verb::Opine),
        ] {
            step(office, who, &done, act(office, at, verb)).unwrap();
        }
        let pause = |verb| Act { cause: Some(Suspension::ExpertReview), ..act(office, "review", verb) };
        let due =
            |office: &TestOffice| tasks(office, &done).into_iter().find(|task| task.step == "review").unwrap().due;
        let before = due(office);
        step(office, &cast.review, &done, pause(Verb::Suspend)).unwrap();
        office.days_pass(120);
        assert_eq!(lapse(office), acted(0));
        step(office, &cast.review, &done, pause(Verb::Resume)).unwrap();
        assert!(due(office) > before && due(office) >= office.clock.today());
        assert_eq!(lapse(office), acted(0), "the days of the review do not count");
        office.days_pass(120);
        assert!(lapse(office).acts >= 1, "now they do");
    });
}
