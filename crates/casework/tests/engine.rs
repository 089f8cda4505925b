//! Given, when, then: the engine on the invented matter.
mod kite;

use authority::{Actor, Denied, Verb};
use casework::{Act, Answers, Refusal, Status, adopt_edition, lapses, next_due};
use catalogue::matter::{Effect, EndingKind, Given, Suspension};
use kite::*;
use serde_json::json;

#[test]
fn from_filing_to_certificate() {
    let world = World::new();
    let case = world.filed();
    assert_eq!((steps(&case), case.status()), (vec!["accept"], Status::Submitted));
    let case = world.accepted();
    assert_eq!((steps(&case), case.status()), (vec!["supervise", "party"], Status::UnderReview));
    assert_eq!(case.clock.as_ref().map(|clock| clock.started), Some(date("2026-03-03")), "runs from acceptance");

    let case = world.at_decision();
    let decision = world.decide(&case, &official("decision", 5), &approval(), "2026-03-12").unwrap();
    assert_eq!(decision.effects[..2], [Effect::CreateOrganization, Effect::IssueCode]);
    assert_eq!(decision.effects.len(), 6, "the move's effects, then the ending's: {:?}", decision.effects);
    let case = casework::apply(case, &decision);
    let ended = case.ending.clone().unwrap();
    assert_eq!((ended.kind, case.status()), (EndingKind::Granted, Status::Concluded));
    assert_eq!(ended.deliver_by, Some(date("2026-03-26")), "ten working days");
    assert_eq!(ended.verify.len(), 1, "the promised material is to be verified");
    assert_eq!(case.timeline.len(), 6);
    assert_eq!(case.rev, 6);
}

#[test]
fn a_join_waits_for_the_last_open_sibling() {
    let world = World::new();
    let case = world.act(world.accepted(), &official("party", 3), &opinion("party", &[]), "2026-03-04");
    assert_eq!(steps(&case), ["supervise"]);
    let case = world.act(case, &supervisor(), &opinion("supervise", &["name", "chair"]), "2026-03-05");
    assert_eq!(steps(&case), ["review"]);
}

#[test]
fn a_sibling_that_never_opened_does_not_block() {
    let world = World::new();
    let (case, _) = world.file(with("direct", json!(true)), &founder(), "2026-03-02").unwrap();
    assert!(case.answers.find("supervisor").is_none(), "an answer to a hidden field is dropped");
    let case = world.act(case, &official("intake", 1), &act("accept", Verb::Accept), "2026-03-03");
    assert_eq!(steps(&case), ["party"]);
    let case = world.act(case, &official("party", 3), &opinion("party", &[]), "2026-03-04");
    assert_eq!(steps(&case), ["review"]);
}

#[test]
fn when_no_sibling_opens_the_join_opens_at_once() {
    let text =
        example().replace("desk = \"party\"\n", "desk = \"party\"\nwhen = { answer = \"direct\", is = false }\n");
    let world = World::of(&text);
    let (case, _) = world.file(with("direct", json!(true)), &founder(), "2026-03-02").unwrap();
    let case = world.act(case, &official("intake", 1), &act("accept", Verb::Accept), "2026-03-03");
    assert_eq!(steps(&case), ["review"]);
}

#[test]
fn a_guard_that_is_unknown_blocks_and_says_so() {
    let text =
        example().replace("desk = \"party\"\n", "desk = \"party\"\nwhen = { fact = \"yz.listed\", is = true }\n");
    let world = World::of(&text);
    let case = world.filed();
    let refusal = world.decide(&case, &official("intake", 1), &act("accept", Verb::Accept), "2026-03-03").unwrap_err();
    assert!(matches!(&refusal, Refusal::Unknown { missing, .. } if missing == &["yz.listed"]), "{refusal:?}");
}

#[test]
fn the_law_and_the_form_are_asked_together_at_filing() {
    let world = World::new();
    let mut filing = with("capital", json!(500_000));
    filing.answers.put("chair", json!({ "name": "赵风", "id_number": "110105194912310021", "phone": "13800138000" }));
    filing.materials.clear();
    let Err(Refusal::Faults(faults)) = world.file(filing, &founder(), "2026-03-02") else { panic!("must be refused") };
    let fields: Vec<&str> = faults.iter().map(|fault| fault.field.as_str()).collect();
    let expected = ["capital", "chair.id_number", "chair.political", "chair.employer", "minutes", "premises"];
    assert_eq!(fields, expected, "{faults:#?}");
    assert_eq!(faults[0].message, "活动资金太少");
    assert_eq!(faults[0].next, "请填写不少于 1 万元");

    let stranger = official("intake", 1);
    assert_eq!(world.file(kite::filing(), &stranger, "2026-03-02").unwrap_err(), Refusal::Denied(Denied::NotYours));
}

#[test]
fn each_wrong_act_has_its_own_refusal() {
    let world = World::new();
    let (filed, decision) = (world.filed(), world.at_decision());
    let cases: [(&casework::Case, Actor, Act, Refusal); 10] = [
        (&filed, official("review", 4), act("accept", Verb::Accept), Refusal::Denied(Denied::NotYourDesk)),
        (&filed, official("intake", 1), act("decide", Verb::Approve), Refusal::NotOpen),
        (&filed, official("intake", 1), act("accept", Verb::Approve), Refusal::NotOffered(Verb::Approve)),
        (&filed, official("intake", 1), act("accept", Verb::View), Refusal::NotAnAct(Verb::View)),
        (&filed, official("intake", 1), act("accept", Verb::Return), Refusal::Missing(vec![Given::Corrections])),
        (&filed, official("intake", 1), returned(&["nothing"]), Refusal::UnknownTargets(vec!["nothing".to_owned()])),
        (
            &filed,
            official("intake", 1),
            act("accept", Verb::Refuse),
            Refusal::Missing(vec![Given::Reason, Given::Article]),
        ),
        (&decision, official("decision", 4), approval(), Refusal::Denied(Denied::SecondPerson)),
        (&decision, official("decision", 5), act("decide", Verb::Approve), Refusal::Missing(vec![Given::Document])),
        (&filed, official("intake", 1), lapse(Some("accept")), Refusal::Denied(Denied::OnlySystem)),
    ];
    for (case, who, act, expected) in cases {
        let refusal = world.decide(case, &who, &act, "2026-03-12").unwrap_err();
        assert_eq!(refusal, expected);
        let said = refusal.said();
        assert!(!said.what.is_empty() && !said.why.is_empty() && !said.next.is_empty(), "{said:?}");
    }
    let points = world.decide(&world.at_review(), &official("review", 4), &opinion("review", &[]), "2026-03-12");
    assert_eq!(points.unwrap_err(), Refusal::Points(vec!["是否确有必要成立".to_owned()]));
    let mut other = world.filed();
    other.digest = "edition-0".to_owned();
    let old = world.decide(&other, &official("intake", 1), &act("accept", Verb::Accept), "2026-03-03");
    assert_eq!(old.unwrap_err(), Refusal::WrongEdition);
}

#[test]
fn a_correction_stops_the_clock_and_is_said_once() {
    let world = World::new();
    let clerk = official("intake", 1);
    let case = world.act(world.filed(), &clerk, &returned(&["minutes", "capital"]), "2026-03-03");
    assert_eq!(case.status(), Status::AwaitingCorrection);
    assert_eq!(
        world.decide(&case, &clerk, &act("accept", Verb::Accept), "2026-03-04").unwrap_err(),
        Refusal::Denied(Denied::AwaitsApplicant)
    );
    let due = case.open[0].clock.as_ref().unwrap().due(&world.calendar, date("2026-03-20"));
    assert!(due.paused && due.statutory.date > date("2026-03-20"), "{due:?}");

    let answer = |field: &str| Act {
        answers: Some(Answers(json!({ field: 4_000_000 }).as_object().unwrap().clone())),
        ..act("accept", Verb::Submit)
    };
    assert_eq!(
        world.decide(&case, &official("intake", 7), &answer("capital"), "2026-03-09").unwrap_err(),
        Refusal::Denied(Denied::NotYours)
    );
    assert_eq!(
        world.decide(&case, &founder(), &answer("no_such"), "2026-03-09").unwrap_err(),
        Refusal::NotItsFields(vec!["no_such".to_owned()])
    );
    let case = world.act(case, &founder(), &answer("capital"), "2026-03-09");
    assert_eq!((case.status(), case.completed), (Status::UnderReview, date("2026-03-09")));
    assert_eq!(case.corrections[0].changed, ["capital"]);
    let due = case.open[0].clock.as_ref().unwrap().due(&world.calendar, date("2026-03-09"));
    assert_eq!(due.statutory.date, date("2026-03-16"), "five working days from the complete file");
    assert_eq!(due.expected().date, date("2026-03-11"));

    // What could have been said the first time may not be said now; what was said, or has changed, may.
    let late = world.decide(&case, &clerk, &returned(&["org_name", "minutes"]), "2026-03-10").unwrap_err();
    assert_eq!(late, Refusal::SaidTooLate { late: vec!["org_name".to_owned()], clause: String::new() });
    assert!(world.decide(&case, &clerk, &returned(&["minutes"]), "2026-03-10").is_ok());
}

#[test]
fn silence_is_acceptance_where_the_law_says_so() {
    let world = World::new();
    let case = world.filed();
    assert_eq!(next_due(&world.rules(), &case, date("2026-03-02")), Some(date("2026-03-09")));
    let early = world.decide(&case, &Actor::system(), &lapse(Some("accept")), "2026-03-09").unwrap_err();
    assert_eq!(early, Refusal::NotDue(Some(date("2026-03-09"))));
    assert_eq!(lapses(&world.rules(), &case, date("2026-03-10")), [Some("accept".into())]);
    let case = world.act(case, &Actor::system(), &lapse(Some("accept")), "2026-03-10");
    assert_eq!(steps(&case), ["supervise", "party"]);
    assert_eq!(case.accepted, Some(date("2026-03-10")));
    assert_eq!(case.timeline[1].desk.as_str(), "system");
    assert_eq!(case.timeline[1].article, "《行政许可法》第三十二条");
}

#[test]
fn a_correction_that_never_comes_is_a_withdrawal() {
    let world = World::new();
    let case = world.act(world.filed(), &official("intake", 1), &returned(&["minutes"]), "2026-03-03");
    assert!(lapses(&world.rules(), &case, date("2026-04-14")).is_empty());
    assert_eq!(lapses(&world.rules(), &case, date("2026-04-16")), [Some("accept".into())]);
    let case = world.act(case, &Actor::system(), &lapse(Some("accept")), "2026-04-16");
    assert_eq!(case.ending.as_ref().map(|ended| ended.kind), Some(EndingKind::Withdrawn));
    assert!(case.open.is_empty());
}

#[test]
fn the_whole_limit_is_marked_and_decides_nothing() {
    let world = World::new();
    let case = world.at_decision();
    let clock = case.clock.clone().unwrap();
    // Sixty days after Tuesday 2026-03-03 are Saturday 2026-05-02 in the May holiday: the first working day after it.
    assert_eq!(clock.due(&world.calendar, date("2026-03-12")).statutory.date, date("2026-05-06"));
    let case = world.act(case, &Actor::system(), &lapse(None), "2026-05-07");
    assert!(case.open[0].overdue && case.ending.is_none());
    assert!(lapses(&world.rules(), &case, date("2026-06-01")).is_empty(), "once is enough");
    let again = world.decide(&case, &Actor::system(), &lapse(None), "2026-06-01").unwrap_err();
    assert_eq!(again, Refusal::NotDue(None));
    let case = world.act(case, &official("decision", 5), &approval(), "2026-06-02");
    assert_eq!(case.status(), Status::Concluded);
}

#[test]
fn extension_and_suspension_follow_the_law() {
    let world = World::new();
    let extend = Act { reason: "情况复杂".to_owned(), ..act("decide", Verb::Extend) };
    let case = world.act(world.at_decision(), &official("decision", 5), &extend, "2026-03-12");
    let due = case.clock.as_ref().unwrap().due(&world.calendar, date("2026-03-12"));
    assert_eq!(due.statutory.date, date("2026-05-12"), "seventy days");
    let twice = world.decide(&case, &official("decision", 5), &extend, "2026-03-13").unwrap_err();
    assert_eq!(twice, Refusal::NoExtension);

    let suspend = |cause| Act { cause: Some(cause), ..act("review", Verb::Suspend) };
    let reviewer = official("review", 4);
    let wrong = world.decide(&world.at_review(), &reviewer, &suspend(Suspension::Tender), "2026-03-11").unwrap_err();
    assert_eq!(wrong, Refusal::NotSuspendable);
    let not_yet = world.decide(&world.at_review(), &reviewer, &act("review", Verb::Resume), "2026-03-11").unwrap_err();
    assert_eq!(not_yet, Refusal::NotSuspended);
    let case = world.act(world.at_review(), &reviewer, &suspend(Suspension::ExpertReview), "2026-03-11");
    assert!(lapses(&world.rules(), &case, date("2027-03-11")).is_empty(), "a clock that stands still does not run out");
    let case = world.act(case, &reviewer, &act("review", Verb::Resume), "2026-03-21");
    let due = case.clock.as_ref().unwrap().due(&world.calendar, date("2026-03-22"));
    assert_eq!(due.statutory.date, date("2026-05-12"), "ten days later than 2 May");
}

#[test]
fn the_applicant_may_withdraw_where_the_matter_says_so() {
    let world = World::new();
    let case = world.act(world.filed(), &founder(), &act("accept", Verb::Withdraw), "2026-03-03");
    assert_eq!(case.ending.as_ref().map(|ended| ended.kind), Some(EndingKind::Withdrawn));
    let after = world.decide(&case, &official("intake", 1), &act("accept", Verb::Accept), "2026-03-04").unwrap_err();
    assert_eq!(after, Refusal::Ended);
    let no = world.decide(&world.accepted(), &founder(), &act("party", Verb::Withdraw), "2026-03-04").unwrap_err();
    assert_eq!(no, Refusal::Denied(Denied::NotYourDesk));
}

#[test]
fn a_claimed_task_waits_for_whoever_claimed_it() {
    let world = World::new();
    let case = world.act(world.filed(), &official("intake", 1), &act("accept", Verb::Claim), "2026-03-02");
    let other = official("intake", 7);
    assert_eq!(
        world.decide(&case, &other, &act("accept", Verb::Accept), "2026-03-03").unwrap_err(),
        Refusal::Denied(Denied::Claimed)
    );
    let case = world.act(case, &official("intake", 1), &act("accept", Verb::Release), "2026-03-03");
    assert!(world.decide(&case, &other, &act("accept", Verb::Accept), "2026-03-03").is_ok());
}

#[test]
fn a_corrected_edition_is_adopted_by_a_reasoned_act() {
    let world = World::new();
    let mut rules = world.rules();
    rules.digest = "edition-2";
    let case = world.accepted();
    let decider = official("decision", 5);
    assert_eq!(
        adopt_edition(&case, &rules, &decider, " ", date("2026-03-04")).unwrap_err(),
        Refusal::Missing(vec![Given::Reason])
    );
    let wrong = adopt_edition(&case, &rules, &official("intake", 1), "版本有误", date("2026-03-04")).unwrap_err();
    assert_eq!(wrong, Refusal::Denied(Denied::NotYourDesk));
    let decision = adopt_edition(&case, &rules, &decider, "版本有误", date("2026-03-04")).unwrap();
    let moved = casework::apply(case.clone(), &decision);
    assert_eq!((moved.digest.as_str(), moved.open.len()), ("edition-2", case.open.len()));
}

#[test]
fn a_case_survives_its_json() {
    let case = World::new().at_decision();
    let text = serde_json::to_string(&case).unwrap();
    assert_eq!(serde_json::from_str::<casework::Case>(&text).unwrap(), case);
}
