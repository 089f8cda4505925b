//! The desks' side on both engines: queues, acts with undo, two at once, questions, bulk, comparison after a correction.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::{Actor, AdminRole, Verb};
use base::BodyId;
use casework::{Act, PointAnswer, PointVerdict};
use office::Refused;
use office::accounts::officials::NewPost;
use office::cases::Done;
use office::cases::file::NewCase;
use office::desk::{ActDraft, NewQuestion, QueueAsk, Sight, Which};
use office::testing::{TestOffice, form_of, office, on_each_engine};

const AREA: &str = "2101";

struct Cast {
    founder: Actor,
    intake: Actor,
    second_intake: Actor,
    supervisor: Actor,
    party: Actor,
    review: Actor,
    province: Actor,
    dalian: Actor,
    finance: Actor,
    supervisor_body: BodyId,
}

/// Somebody with an account and a post, as administrators give them: pending acts look both up again.
fn seated(office: &TestOffice, login: &str, desk: &str, area: &str, body: BodyId) -> Actor {
    let account = office.opened(login, login, None);
    let post = NewPost { account, body, desk: desk.into(), area: area.parse().unwrap(), until: None };
    office.give_post(&office.admin(AdminRole::Security), &post).unwrap();
    Actor { account, name: login.into(), ..office.official(desk, area, body) }
}

fn cast(office: &TestOffice) -> Cast {
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let province = office.body("registrar", "辽宁省民政厅", "21");
    let dalian = office.body("registrar", "大连市民政局", "2102");
    let supervisor_body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let party_body = office.body("party", "沈阳市社会组织党委", AREA);
    let finance = office.body("finance", "沈阳市财政局", AREA);
    Cast {
        founder: office.founder("founder"),
        intake: seated(office, "intake-one", "intake", AREA, registrar),
        second_intake: seated(office, "intake-two", "intake", AREA, registrar),
        supervisor: seated(office, "supervisor-one", "supervisor", AREA, supervisor_body),
        party: seated(office, "party-one", "party", AREA, party_body),
        review: seated(office, "review-one", "review", AREA, registrar),
        province: seated(office, "province-one", "intake", "21", province),
        dalian: seated(office, "dalian-one", "intake", "2102", dalian),
        finance: seated(office, "finance-one", "finance", AREA, finance),
        supervisor_body,
    }
}

fn filed(office: &TestOffice, cast: &Cast, name: &str) -> Done {
    let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
    let (mut answers, materials) = form_of(&resolved.matter, &|_| cast.supervisor_body);
    answers.put("name", serde_json::json!(name));
    let new = NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false };
    office.file_case(&cast.founder, new).unwrap()
}

fn yes(office: &TestOffice, step: &str, verb: Verb) -> ActDraft {
    let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
    let points = &resolved.matter.find_step(&step.into()).unwrap().points;
    let answer = |point: &catalogue::matter::Point| PointAnswer {
        point: point.id.clone(),
        answer: PointVerdict::Yes,
        remark: String::new(),
    };
    let mut draft = ActDraft::new(step, verb);
    draft.points = points.iter().map(answer).collect();
    draft
}

fn rev(office: &TestOffice, done: &Done) -> i64 {
    office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap().rev
}

fn queue(office: &TestOffice, who: &Actor, desk: &str, which: Which) -> Result<Vec<String>, Refused> {
    let ask = QueueAsk { desk: desk.into(), which, ..QueueAsk::default() };
    Ok(office.desk_queue(who, &ask)?.rows.into_iter().map(|row| row.number).collect())
}

#[test]
fn a_queue_holds_exactly_its_posts_tasks() {
    on_each_engine(|office| {
        let cast = cast(office);
        let one = filed(office, &cast, "沈阳市养老服务协会");
        let two = filed(office, &cast, "沈阳市社区营造协会");
        let mut all = queue(office, &cast.intake, "intake", Which::All).unwrap();
        all.sort();
        assert_eq!(all, [one.number.clone(), two.number.clone()]);
        assert_eq!(queue(office, &cast.dalian, "intake", Which::All).unwrap(), Vec::<String>::new());
        assert_eq!(queue(office, &cast.province, "intake", Which::All).unwrap(), Vec::<String>::new());
        assert_eq!(queue(office, &cast.province, "intake", Which::Below).unwrap().len(), 2, "read from above");
        for (who, desk) in [(&cast.supervisor, "supervisor"), (&cast.party, "party"), (&cast.finance, "finance")] {
            assert_eq!(
                queue(office, who, desk, Which::Below).unwrap_err().code(),
                "denied",
                "{desk}: a body sees its own tasks only"
            );
        }
        assert_eq!(queue(office, &cast.party, "intake", Which::All).unwrap_err().code(), "denied");
        assert_eq!(queue(office, &cast.founder, "intake", Which::All).unwrap_err().code(), "denied");
        let admin = Actor { admin: Some(AdminRole::System), ..cast.intake.clone() };
        assert_eq!(queue(office, &admin, "intake", Which::All).unwrap_err().code(), "denied");
        office.claim_task(&cast.intake, (one.origin, one.case), "intake", true).unwrap();
        assert_eq!(queue(office, &cast.intake, "intake", Which::Mine).unwrap(), std::slice::from_ref(&one.number));
        assert_eq!(
            queue(office, &cast.second_intake, "intake", Which::Free).unwrap(),
            std::slice::from_ref(&two.number)
        );
        let taken = office.claim_task(&cast.second_intake, (one.origin, one.case), "intake", true).unwrap_err();
        assert_eq!(taken.code(), "denied", "a colleague has it");
        let ask = QueueAsk { desk: "intake".into(), text: "营造".into(), ..QueueAsk::default() };
        let found = office.desk_queue(&cast.intake, &ask).unwrap();
        assert_eq!((found.rows.len(), found.total, found.counts.open), (1, 1, 2));
    });
}

#[test]
fn an_act_waits_ten_seconds_and_can_be_taken_back() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        let case = (done.origin, done.case);
        let accept = yes(office, "intake", Verb::Accept);
        let pending = office.pend(&cast.intake, case, 1, &accept).unwrap();
        assert_eq!(office.run_pending().unwrap(), 0, "not yet");
        assert_eq!(rev(office, &done), 1, "nothing has happened");
        let again = office.pend(&cast.second_intake, case, 1, &accept).unwrap_err();
        assert_eq!(again.code(), "pending", "one at a time");
        assert_eq!(office.take_back(&cast.second_intake, pending.id).unwrap_err().code(), "done", "not his");
        office.take_back(&cast.intake, pending.id).unwrap();
        office.clock.advance(office.undo_seconds().unwrap() + 1);
        assert_eq!(office.run_pending().unwrap(), 0);
        assert_eq!(rev(office, &done), 1, "taken back leaves no trace");

        let pending = office.pend(&cast.intake, case, 1, &accept).unwrap();
        office.clock.advance(office.undo_seconds().unwrap() + 1);
        // Whatever process starts next finds it: the row is all there is.
        let restarted = office.office.clone();
        assert_eq!(restarted.run_pending().unwrap(), 1);
        assert_eq!(restarted.run_pending().unwrap(), 0, "once");
        assert_eq!(rev(office, &done), 2);
        assert_eq!(office.take_back(&cast.intake, pending.id).unwrap_err().code(), "done");
        let entries =
            office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("case/{}", done.case))).unwrap();
        assert_eq!(entries.len(), 2, "filed, accepted: what was taken back is no act");
    });
}

#[test]
fn what_is_refused_after_the_ten_seconds_is_told_to_its_author() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        office.pend(&cast.intake, (done.origin, done.case), 1, &yes(office, "intake", Verb::Accept)).unwrap();
        // Two officials at once: the colleague claims it within the ten seconds.
        office.claim_task(&cast.second_intake, (done.origin, done.case), "intake", true).unwrap();
        office.clock.advance(office.undo_seconds().unwrap() + 1);
        assert_eq!(office.run_pending().unwrap(), 0);
        assert_eq!(rev(office, &done), 2, "only the claim");
        let notices = office.db.read(|tx| {
            let person = store::accounts::find(tx, cast.intake.account)?.unwrap().person;
            store::accounts::notices(tx, person, 10)
        });
        let notices = notices.unwrap();
        assert!(
            notices.iter().any(|notice| notice.title.contains("没有生效") && notice.body.contains("先办理")),
            "{notices:?}"
        );
        let stale = office.pend(&cast.second_intake, (done.origin, done.case), 1, &yes(office, "intake", Verb::Accept));
        assert_eq!(stale.unwrap_err().code(), "conflict");
        // Somebody whose post ended meanwhile has not acted.
        office.pend(&cast.second_intake, (done.origin, done.case), 2, &yes(office, "intake", Verb::Accept)).unwrap();
        office.close_account(&office.admin(AdminRole::System), cast.second_intake.account, "离职").unwrap();
        office.clock.advance(office.undo_seconds().unwrap() + 1);
        assert_eq!(office.run_pending().unwrap(), 0);
        assert_eq!(rev(office, &done), 2);
    });
}

#[test]
fn each_desk_sees_what_it_was_asked_and_no_more() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        for wrong in [&cast.founder, &cast.dalian, &cast.party, &cast.supervisor, &cast.finance] {
            let refused = office.review(wrong, &done.number).err();
            // The supervisor chosen in the form is a party from the start, but nothing has been asked of it yet.
            assert_eq!(refused.map(|refused| refused.code()), Some("denied"), "{}", wrong.name);
        }
        let whole = office.review(&cast.intake, &done.number).unwrap();
        assert_eq!(whole.sight, Sight::Whole);
        assert!(whole.desks[0].moves.iter().any(|offered| offered.key == "accept" && offered.blocked.is_none()));
        let above = office.review(&cast.province, &done.number).unwrap();
        assert!(above.desks.is_empty() && above.why_not.is_some(), "read only");
        let shown: String =
            whole.sections.iter().flat_map(|section| &section.rows).map(|row| row.declared.clone()).collect();
        assert!(!shown.contains("210102198001010117") && !shown.contains("13900000011"), "masked");
        office
            .act_on_case(&cast.intake, done.origin, done.case, None, yes(office, "intake", Verb::Accept).to_act())
            .unwrap();
        let asked = office.review(&cast.party, &done.number).unwrap();
        assert_eq!(asked.sight, Sight::Asked);
        let fields: Vec<&str> =
            asked.sections.iter().flat_map(|section| &section.rows).map(|row| row.field.as_str()).collect();
        assert!(fields.contains(&"sponsors") && !fields.contains(&"capital"), "{fields:?}");
        assert!(asked.letters.is_empty() && asked.documents.is_empty());
        let five = office.review(&cast.supervisor, &done.number).unwrap();
        assert_eq!(five.desks[0].points.len(), 5, "业务主管单位的五点");
    });
}

#[test]
fn a_correction_shows_before_and_after_and_cannot_be_repeated_for_more() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        let mut back = ActDraft::new("intake", Verb::Return);
        back.corrections = vec![casework::CorrectionItem {
            target: "purpose".into(),
            problem: "请写具体".into(),
            article: String::new(),
            example: String::new(),
        }];
        office.act_on_case(&cast.intake, done.origin, done.case, None, back.to_act()).unwrap();
        assert_eq!(queue(office, &cast.intake, "intake", Which::Waiting).unwrap().len(), 1);
        let mut answer = Act::new(Some("intake".into()), Verb::Submit);
        let mut answers = casework::Answers::default();
        answers.put("purpose", serde_json::json!("为本市老年人提供居家养老服务咨询和志愿帮扶。"));
        answer.answers = Some(answers);
        office.act_on_case(&cast.founder, done.origin, done.case, None, answer).unwrap();
        let review = office.review(&cast.intake, &done.number).unwrap();
        let row = review.sections.iter().flat_map(|section| &section.rows).find(|row| row.field == "purpose").unwrap();
        assert!(row.differs && row.named, "{row:?}");
        assert_eq!(row.former.as_deref(), Some("为本市老年人提供公益服务，推动行业规范发展。"));
        let capital =
            review.sections.iter().flat_map(|section| &section.rows).find(|row| row.field == "capital").unwrap();
        assert!(!capital.differs);
        assert_eq!(review.desks[0].targets, ["purpose"], "only what was named or has changed");
        let mut more = back.clone();
        more.corrections[0].target = "capital".into();
        let late = office.pend(&cast.intake, (done.origin, done.case), review.rev, &more).unwrap_err();
        assert_eq!(late.code(), "said_too_late");
    });
}

#[test]
fn a_question_is_seen_by_the_asked_and_answered_once() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        let case = (done.origin, done.case);
        let new = NewQuestion {
            desk: "finance".into(),
            area: AREA.parse().unwrap(),
            body: None,
            question: "活动资金来源是否需要财政部门说明？".into(),
            due: None,
        };
        for wrong in [&cast.founder, &cast.dalian, &cast.party, &cast.province] {
            assert_eq!(office.ask(wrong, case, &new).unwrap_err().code(), "denied", "{}", wrong.name);
        }
        let id = office.ask(&cast.intake, case, &new).unwrap();
        assert_eq!(office.asked(&cast.finance, id).unwrap().number, done.number);
        assert_eq!(
            office.review(&cast.finance, &done.number).err().unwrap().code(),
            "denied",
            "the question is not the case"
        );
        assert_eq!(office.asked(&cast.party, id).unwrap_err().code(), "denied");
        assert_eq!(office.answer(&cast.intake, id, "不是我").unwrap_err().code(), "denied");
        assert!(matches!(office.answer(&cast.finance, id, " ").unwrap_err(), Refused::Invalid(_)));
        office.answer(&cast.finance, id, "不需要，按申报材料审查即可。").unwrap();
        assert_eq!(office.answer(&cast.finance, id, "再答一次").unwrap_err().code(), "answered");
        let review = office.review(&cast.intake, &done.number).unwrap();
        assert_eq!(review.questions[0].state, "answered");
        office.write_to_applicant(&cast.intake, case, "材料已收到，预计本周受理。").unwrap();
        assert_eq!(office.write_to_applicant(&cast.party, case, "越权来信内容").unwrap_err().code(), "denied");
        let entries =
            office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("case/{}", done.case))).unwrap();
        assert_eq!(entries.len(), 4, "filed, asked, answered, written");
    });
}

#[test]
fn bulk_says_before_which_are_refused_and_does_each_alone() {
    on_each_engine(|office| {
        let cast = cast(office);
        let names = ["沈阳市养老服务协会", "沈阳市社区营造协会", "沈阳市儿童阅读协会"];
        let cases: Vec<Done> = names.iter().map(|name| filed(office, &cast, name)).collect();
        let numbers: Vec<String> = cases.iter().map(|done| done.number.clone()).collect();
        office.claim_task(&cast.second_intake, (cases[1].origin, cases[1].case), "intake", true).unwrap();
        let accept = yes(office, "intake", Verb::Accept);
        let seen = office.preview_bulk(&cast.intake, &numbers, &accept).unwrap();
        assert_eq!(seen.iter().map(|one| one.refused.is_none()).collect::<Vec<_>>(), [true, false, true]);
        assert!(office.pending(&cast.intake).unwrap().is_empty(), "a preview writes nothing");
        let foreign = office.preview_bulk(&cast.dalian, &numbers, &accept).unwrap();
        assert!(foreign.iter().all(|one| one.refused.is_some() && one.title.is_empty()), "learns nothing");
        let listed: Vec<(String, i64)> = seen.iter().map(|one| (one.number.clone(), one.rev)).collect();
        let results = office.bulk(&cast.intake, &listed, &accept).unwrap();
        assert_eq!(results.iter().filter(|(_, why)| why.is_none()).count(), 2);
        office.clock.advance(office.undo_seconds().unwrap() + 1);
        assert_eq!(office.run_pending().unwrap(), 2);
        assert!(matches!(office.preview_bulk(&cast.intake, &[], &accept), Err(Refused::Invalid(_))));
    });
}

#[test]
fn protected_values_are_shown_for_a_reason_and_leave_a_trace() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        let case = (done.origin, done.case);
        assert!(matches!(office.reveal_answers(&cast.intake, case, None, "看"), Err(Refused::Invalid(_))));
        for wrong in [&cast.party, &cast.dalian, &cast.province, &cast.founder] {
            assert_eq!(
                office.reveal_answers(wrong, case, None, "核对身份").err().unwrap().code(),
                "denied",
                "{}",
                wrong.name
            );
        }
        let shown = office.reveal_answers(&cast.intake, case, Some("sponsors"), "核对发起人身份").unwrap();
        assert_eq!(shown.iter().map(|section| section.rows.len()).sum::<usize>(), 1);
        assert!(shown[0].rows[0].value.contains("210102198001010117"));
        let (_, lines) = office.case_history(&cast.intake, &done.number).unwrap();
        assert!(lines.iter().any(|line| line.reason == "核对发起人身份"));
        assert_eq!(office.case_history(&cast.party, &done.number).unwrap_err().code(), "denied");
    });
}

#[test]
fn a_task_is_given_to_a_colleague_of_the_same_desk_only() {
    let office = office();
    let cast = cast(&office);
    let done = filed(&office, &cast, "沈阳市养老服务协会");
    let case = (done.origin, done.case);
    assert_eq!(office.assign(&cast.intake, case, "intake", cast.review.account).unwrap_err().code(), "not_assignable");
    assert_eq!(office.assign(&cast.review, case, "intake", cast.intake.account).unwrap_err().code(), "denied");
    office.assign(&cast.intake, case, "intake", cast.second_intake.account).unwrap();
    assert_eq!(queue(&office, &cast.second_intake, "intake", Which::Mine).unwrap().len(), 1);
}

#[test]
fn power_is_counted_by_authority_and_read_by_those_above_only() {
    on_each_engine(|office| {
        let cast = cast(office);
        let done = filed(office, &cast, "沈阳市养老服务协会");
        let province =
            Actor { ..seated(office, "province-review", "review", "21", office.body("registrar", "厅", "21")) };
        let report = office.power(&province, None).unwrap();
        assert_eq!(
            report.rows.iter().map(|row| (row.area.as_str(), row.line.received)).collect::<Vec<_>>(),
            [(AREA, 1)]
        );
        let area = AREA.parse().unwrap();
        let (cases, _) =
            office.power_list(&province, &area, report.since, office::desk::PowerList::Received, None).unwrap();
        assert_eq!(cases[0].number, done.number);
        assert_eq!(office.power(&cast.party, None).unwrap_err().code(), "denied");
        let other = seated(office, "dalian-review", "review", "2102", office.body("registrar", "局", "2102"));
        assert!(office.power(&other, None).unwrap().rows.is_empty());
        let peek = office.power_list(&other, &area, report.since, office::desk::PowerList::Received, None);
        assert_eq!(peek.unwrap_err().code(), "denied");
    });
}

#[test]
fn invented_cases_stand_at_every_desk() {
    let office = office();
    let cast = cast(&office);
    let registrar = cast.intake.posts[0].body;
    seated(&office, "decision", "decision", AREA, registrar);
    // Weeks of history lie before the first day of the test's clock, whose rules hold then too.
    office.days_pass(60);
    let made = office.invent_cases("founder", &AREA.parse().unwrap(), 24, |_, _| {}).unwrap();
    assert_eq!(made, 24);
    assert!(queue(&office, &cast.intake, "intake", Which::All).unwrap().len() >= 6);
    assert!(!queue(&office, &cast.review, "review", Which::All).unwrap().is_empty());
    assert!(!queue(&office, &cast.supervisor, "supervisor", Which::All).unwrap().is_empty());
    let rows =
        office.desk_queue(&cast.intake, &QueueAsk { desk: "intake".into(), ..QueueAsk::default() }).unwrap().rows;
    assert!(rows.iter().any(|row| row.left.is_some_and(|left| left < 0)), "something is overdue");
}
