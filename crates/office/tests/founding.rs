//! Founding an association through the whole office: filed, refused on the way, reviewed by several, decided by a second person.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::{Actor, Verb};
use base::BodyId;
use casework::{Act, PointAnswer, PointVerdict};
use office::Refused;
use office::cases::Done;
use office::cases::file::NewCase;
use office::testing::{TestOffice, form_of, office, on_each_engine};

const AREA: &str = "2101";

/// The people of one case.
struct Cast {
    founder: Actor,
    intake: Actor,
    supervisor: Actor,
    party: Actor,
    review: Actor,
    decision: Actor,
    supervisor_body: BodyId,
}

fn cast(office: &TestOffice) -> Cast {
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let supervisor_body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let party_body = office.body("party", "沈阳市社会组织党委", AREA);
    Cast {
        founder: office.founder("founder"),
        intake: office.official("intake", AREA, registrar),
        supervisor: office.official("supervisor", AREA, supervisor_body),
        party: office.official("party", AREA, party_body),
        review: office.official("review", AREA, registrar),
        decision: office.official("decision", AREA, registrar),
        supervisor_body,
    }
}

fn application(office: &TestOffice, cast: &Cast) -> NewCase {
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let (answers, materials) = form_of(&resolved.matter, &|_| cast.supervisor_body);
    NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false }
}

/// The act with every review point of its step answered 是.
fn with_points(office: &TestOffice, mut act: Act) -> Act {
    let area = AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let step = resolved.matter.find_step(act.step.as_ref().unwrap()).unwrap();
    let yes = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    act.points = step.points.iter().map(yes).collect();
    act
}

fn opine(office: &TestOffice, step: &str, favourable: bool) -> Act {
    let mut act = with_points(office, Act::new(Some(step.into()), Verb::Opine));
    act.opinion = Some((favourable, "同意".to_owned()));
    "见审查报告".clone_into(&mut act.reason);
    act
}

fn step(office: &TestOffice, who: &Actor, done: &Done, act: Act) -> Result<Done, Refused> {
    office.act_on_case(who, done.origin, done.case, None, act)
}

fn accept(office: &TestOffice) -> Act {
    with_points(office, Act::new(Some("intake".into()), Verb::Accept))
}

#[test]
fn personal_answers_are_sealed_at_rest_and_open_in_the_act() {
    let office = office();
    let cast = cast(&office);
    let done = office.file_case(&cast.founder, application(&office, &cast)).unwrap();
    assert_eq!(done.status, "已提交");
    let row = office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap();
    let text = row.body.to_string();
    assert!(!text.contains("210102198001010117") && !text.contains("13900000011") && !text.contains("张示例"));
    assert!(text.contains("沈阳市养老服务协会"));
    let entries = office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("case/{}", done.case))).unwrap();
    assert_eq!(entries.len(), 1);
    assert!(!String::from_utf8_lossy(&entries[0].body).contains("210102198001010117"));
    office::ledger::entry_of(&entries[0]).unwrap();
}

#[test]
fn a_case_goes_through_its_desks_in_parallel_and_back() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let done = office.file_case(&cast.founder, application(office, &cast)).unwrap();
        for wrong in [&cast.founder, &cast.supervisor, &cast.review, &cast.decision] {
            assert_eq!(step(office, wrong, &done, accept(office)).unwrap_err().code(), "denied");
        }
        step(office, &cast.intake, &done, accept(office)).unwrap();
        assert_eq!(step(office, &cast.intake, &done, accept(office)).unwrap_err().code(), "not_open");
        step(office, &cast.party, &done, opine(office, "party", true)).unwrap();
        assert_eq!(step(office, &cast.review, &done, opine(office, "review", true)).unwrap_err().code(), "not_open");
        step(office, &cast.supervisor, &done, opine(office, "supervise", true)).unwrap();
        let reviewed = step(office, &cast.review, &done, opine(office, "review", true)).unwrap();
        assert_eq!(reviewed.status, "审查中");
        let mut approve = Act::new(Some("decide".into()), Verb::Approve);
        approve.reason = "符合条件".to_owned();
        let stale = office.act_on_case(&cast.decision, done.origin, done.case, Some(1), approve.clone());
        assert_eq!(stale.unwrap_err().code(), "conflict");
        let mut second = cast.review.clone();
        second.posts.extend(cast.decision.posts.clone());
        assert_eq!(step(office, &second, &done, approve).unwrap_err().code(), "denied", "a second person decides");
    });
}

#[test]
fn an_incomplete_form_names_every_fault_and_files_nothing() {
    let office = office();
    let cast = cast(&office);
    let mut new = application(&office, &cast);
    new.answers.0.shift_remove("purpose");
    new.answers.put("capital", serde_json::json!(100));
    let Err(Refused::Invalid(wrong)) = office.file_case(&cast.founder, new) else { panic!("filed") };
    assert!(wrong.iter().any(|one| one.field == "purpose"), "{wrong:?}");
    assert!(wrong.iter().any(|one| one.field == "capital"), "{wrong:?}");
    let heads = office.db.read(store::change::heads).unwrap();
    assert!(!heads.contains_key(&"210100".parse().unwrap()), "nothing happened");
}

#[test]
fn the_same_name_cannot_be_reserved_twice() {
    let office = office();
    let cast = cast(&office);
    let first = office.file_case(&cast.founder, application(&office, &cast)).unwrap();
    let second = office.file_case(&cast.founder, application(&office, &cast)).unwrap();
    step(&office, &cast.intake, &first, accept(&office)).unwrap();
    let refused = step(&office, &cast.intake, &second, accept(&office)).unwrap_err();
    assert_eq!(refused.code(), "name_taken");
    let third = office.file_case(&cast.founder, application(&office, &cast)).unwrap_err();
    assert!(matches!(third, Refused::Invalid(_)), "{third}");
}

#[test]
fn three_bodies_give_opinions_side_by_side() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let body = office.body("regulator", "沈阳市养老服务行业管理部门", AREA);
        let (regulator, other) = (office.official("regulator", AREA, body), office.body("regulator", "别的部门", AREA));
        let mut new = application(office, &cast);
        new.answers.put("regulator", serde_json::json!({ "id": body, "name": "沈阳市养老服务行业管理部门" }));
        let done = office.file_case(&cast.founder, new).unwrap();
        step(office, &cast.intake, &done, accept(office)).unwrap();
        let open = || {
            let row = office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap();
            let body: office::cases::rows::Body = serde_json::from_value(row.body).unwrap();
            (row.rev, body.case.open.iter().map(|task| task.step.to_string()).collect::<Vec<_>>())
        };
        let (seen, steps) = open();
        assert_eq!(steps, ["supervise", "regulate", "party"]);
        for wrong in [&cast.supervisor, &cast.party, &cast.review, &office.official("regulator", AREA, other)] {
            assert_eq!(step(office, wrong, &done, opine(office, "regulate", true)).unwrap_err().code(), "denied");
        }
        // All three opened the page at the same moment; none of them is in the others' way.
        for (who, at) in [(&cast.party, "party"), (&regulator, "regulate"), (&cast.supervisor, "supervise")] {
            office.act_on_case(who, done.origin, done.case, Some(seen), opine(office, at, true)).unwrap();
        }
        assert_eq!(open().1, ["review"]);
        let review = office.review(&cast.review, &done.number).unwrap();
        assert_eq!(review.opinions.len(), 3);
        assert!(review.passed.is_empty(), "{:?}", review.passed);
    });
}

#[test]
fn the_same_body_is_asked_once_and_the_page_says_why() {
    let office = office();
    let cast = cast(&office);
    let mut new = application(&office, &cast);
    new.answers.put("regulator", serde_json::json!({ "id": cast.supervisor_body, "name": "同一个单位" }));
    let done = office.file_case(&cast.founder, new).unwrap();
    step(&office, &cast.intake, &done, accept(&office)).unwrap();
    let review = office.review(&cast.intake, &done.number).unwrap();
    let tasks: Vec<_> = review.tasks.iter().map(|task| task.name.as_str()).collect();
    assert_eq!(tasks, ["业务主管单位审查", "党建工作机构审核"]);
    assert_eq!(review.passed.len(), 1);
    assert!(review.passed[0].why.contains("行业管理部门就是业务主管单位"), "{:?}", review.passed);
}
