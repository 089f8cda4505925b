//! Tasks of plans, meetings, dispatches, local measures, appraisal, reminders.
use base::AreaCode;
use office::Refused;
use office::registers::{Edit, How};
use office::testing::office_on;

use super::*;

const TASKS: &str = office::registers::tasks::TASKS;

#[test]
fn a_plans_tasks_are_entered_once_with_the_desks_that_answer() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "龙港市社会事业局", "330383");
        let finance = office.body("finance", "龙港市财政局", "330383");
        let desk = office.official("supervision", "330383", body);
        let plan = office.plan("longgang-cultivation").unwrap().clone();
        let elsewhere = office.official("supervision", "2101", body);
        assert_eq!(office.seed_plan_tasks(&elsewhere, &plan).unwrap_err().code(), "denied");
        assert_eq!(office.seed_plan_tasks(&desk, &plan).unwrap(), plan.tasks.len());
        assert_eq!(office.seed_plan_tasks(&desk, &plan).unwrap(), 0, "once");
        let lines = office.plan_tasks(Some(&desk), &plan).unwrap();
        assert_eq!(lines.len(), plan.tasks.len());
        let first = &lines[0];
        assert_eq!((first.title.as_str(), first.state.as_str()), ("加大资金扶持", "未开始"));
        assert!(first.owners.contains("市财政局") && first.overdue, "the plan ended before the day of the test");
        let record = first.record.as_ref().unwrap();
        assert_eq!(record.body["desk"], "finance", "an owner that is on file answers");
        // The desk that answers reports; the task moves with it.
        let at_finance = office.official("finance", "330383", finance);
        let report = |state: &str| {
            form(&[("task", &record.id.to_string()), ("summary", "已拨付补助"), ("on", "2026-02-20"), ("state", state)])
        };
        let party = office.official("party", "330383", finance);
        let wrong = office.enter_record(&party, "task-progress", &report("done"), &[]).unwrap_err();
        assert_eq!(wrong.code(), "denied", "a task of another desk");
        let other_city = office.official("finance", "2101", finance);
        assert_eq!(
            office.enter_record(&other_city, "task-progress", &report("done"), &[]).unwrap_err().code(),
            "denied"
        );
        office.enter_record(&at_finance, "task-progress", &report("done"), &[]).unwrap();
        let line = office.plan_tasks(Some(&at_finance), &plan).unwrap().into_iter().next().unwrap();
        assert_eq!((line.state.as_str(), line.overdue, line.closed), ("已完成", false, true));
        assert_eq!(line.reports, Some(("task-progress".to_owned(), "task".to_owned())));
        assert_eq!(line.last, Some((day("2026-02-20"), "已拨付补助".to_owned())));
        let back = office.enter_record(&at_finance, "task-progress", &report("open"), &[]).unwrap_err();
        assert_eq!(wrong_fields(back), ["state"], "from done only back to doing");
        let task = row(&office, TASKS, record.id);
        let chain = office.history(task.origin, "register", format!("{TASKS}/{}", task.id)).unwrap();
        assert_eq!(chain.last().unwrap().act, "随所属记录更新", "the task's own chain tells it");
        verifies(&office);
    }
}

#[test]
fn a_meeting_gives_tasks() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let desk = office.official("supervision", "2101", body);
    let meeting = form(&[
        ("title", "第一次联席会议"),
        ("area", "2101"),
        ("held_on", "2026-01-10"),
        ("chair", "市民政局"),
        ("agenda", "难点问题"),
    ]);
    let meeting = office.enter_record(&desk, "joint-meetings", &meeting, &[]).unwrap().to_string();
    let task = |task: &str, meeting: &str| {
        form(&[
            ("title", "清理名存实亡组织"),
            ("task", task),
            ("area", "2101"),
            ("desk", "enforcement"),
            ("origin", "meeting"),
            ("meeting", meeting),
            ("due", "2026-06-30"),
            ("from", "2026-01-10"),
        ])
    };
    let refused = office.enter_record(&desk, TASKS, &task("h-1", "01J00000000000000000000000"), &[]).unwrap_err();
    assert_eq!(wrong_fields(refused), ["meeting"]);
    let id = office.enter_record(&desk, TASKS, &task("h-1", &meeting), &[]).unwrap();
    let register = office.register("joint-meetings").unwrap().clone();
    let view = office.desk_record(&desk, &register, meeting.parse().unwrap()).unwrap();
    let below = view.children.iter().find(|below| below.register.id == TASKS).unwrap();
    assert_eq!((below.register.name.as_str(), below.items[0].id), ("规划任务", id));
    // A correction that takes the meeting off takes the task off its page.
    let mut posted = task("h-1", "");
    posted.remove("meeting");
    posted.insert("state".to_owned(), vec!["open".to_owned()]);
    let edit = Edit { posted: &posted, files: &[], how: How::Correct, reason: "不是这次会议定的", rev: 1 };
    office.edit_record(&desk, TASKS, id, &edit).unwrap();
    let view = office.desk_record(&desk, &register, meeting.parse().unwrap()).unwrap();
    assert!(view.children.iter().all(|below| below.items.is_empty()));
}

#[test]
fn a_dispatch_is_told_before_its_day_and_closed_by_its_answer() {
    for db in engines() {
        let office = office_on(db);
        let body = office.body("registrar", "沈阳市民政局", "2101");
        let party_body = office.body("party", "中共沈阳市委社会工作部", "2101");
        let upper = office.official("supervision", "21", body);
        let login = office.opened("dangjian", "党建岗", None);
        let post = office::accounts::officials::NewPost {
            account: login,
            body: party_body,
            desk: "party".into(),
            area: "2101".parse::<AreaCode>().unwrap(),
            until: None,
        };
        office.give_post(&office.admin(authority::AdminRole::Security), &post).unwrap();
        let sent = form(&[
            ("title", "党组织覆盖"),
            ("plan", "liaoning-14th"),
            ("area", "2101"),
            ("desk", "party"),
            ("sent_on", "2026-03-02"),
            ("due", "2026-03-20"),
            ("question", "请说明未覆盖的组织"),
        ]);
        let id = office.enter_record(&upper, "dispatches", &sent, &[]).unwrap();
        assert_eq!(office.remind_of_records().unwrap(), 0, "18 days before: nobody is told yet");
        office.days_pass(5);
        assert_eq!(office.remind_of_records().unwrap(), 1, "13 days before");
        assert_eq!(office.remind_of_records().unwrap(), 0, "once");
        office.days_pass(11);
        assert_eq!(office.remind_of_records().unwrap(), 1, "2 days before");
        let person = office.db.read(|tx| store::accounts::find(tx, login)).unwrap().unwrap().person;
        let notices = office.db.read(|tx| store::accounts::notices(tx, person, 10)).unwrap();
        assert!(notices[0].body.contains("“党组织覆盖”请在 2026-03-20 前答复"), "{}", notices[0].body);
        assert_eq!(notices[0].link, format!("/desk/registers/dispatches/{id}"));
        let party = office.official("party", "2101", party_body);
        let answer = form(&[
            ("dispatch", &id.to_string()),
            ("answer", "已派指导员"),
            ("on", "2026-03-18"),
            ("state", "answered"),
        ]);
        office.enter_record(&party, "dispatch-answers", &answer, &[]).unwrap();
        assert_eq!(row(&office, "dispatches", id).body["state"], "answered");
        office.days_pass(3);
        assert_eq!(office.remind_of_records().unwrap(), 0, "answered: nobody is told");
    }
}

#[test]
fn an_area_is_scored_from_above_and_answers() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "辽宁省民政厅", "21");
    let (province, city) = (office.official("supervision", "21", body), office.official("supervision", "2101", body));
    let item = form(&[
        ("title", "社会组织工作"),
        ("appraisal", "civil_affairs"),
        ("area", "2101"),
        ("year", "2025"),
        ("points", "10"),
        ("rule", "按规划执行情况评分"),
        ("from", "2025-01-01"),
        ("basis", "评估办法"),
    ]);
    let item = office.enter_record(&province, "appraisal-items", &item, &[]).unwrap().to_string();
    let score = form(&[
        ("item", &item),
        ("score", "92.5"),
        ("reason", "一项任务逾期"),
        ("scored_on", "2026-01-20"),
        ("due", "2026-02-20"),
    ]);
    let own = office.enter_record(&city, "appraisal-scores", &score, &[]).unwrap_err();
    assert_eq!(own.code(), "denied", "nobody scores himself");
    let id = office.enter_record(&province, "appraisal-scores", &score, &[]).unwrap();
    let record = row(&office, "appraisal-scores", id);
    assert_eq!(
        (record.body["score"].as_i64(), record.body["state"].as_str(), record.area.as_str()),
        (Some(9_250), Some("scored"), "2101")
    );
    let feedback =
        form(&[("score", &id.to_string()), ("opinion", "认可，已整改"), ("on", "2026-02-01"), ("state", "mended")]);
    let early = office.enter_record(&city, "appraisal-feedback", &feedback, &[]).unwrap_err();
    assert_eq!(wrong_fields(early), ["state"], "mending comes before mended");
    let feedback =
        form(&[("score", &id.to_string()), ("opinion", "认可"), ("on", "2026-02-01"), ("state", "accepted")]);
    office.enter_record(&city, "appraisal-feedback", &feedback, &[]).unwrap();
    assert_eq!(row(&office, "appraisal-scores", id).body["state"], "accepted");
}

#[test]
fn who_has_not_filed_is_seen() {
    let office = office_on(store::testing::sqlite());
    let body = office.body("registrar", "辽宁省民政厅", "21");
    let (province, city) = (office.official("supervision", "21", body), office.official("supervision", "2102", body));
    let register = office.register("local-measures").unwrap().clone();
    let measure = form(&[
        ("document", "000"),
        ("area", "2102"),
        ("unit", "大连市民政局"),
        ("received_on", "2022-05-20"),
        ("title", "大连市贯彻措施"),
    ]);
    office.enter_record(&city, "local-measures", &measure, &[]).unwrap();
    let value = office.coverage_value(&register, "000");
    let (area, covered) = office.coverage(&province, &register, None, &value).unwrap();
    assert_eq!((area.as_str(), covered.len() >= 14), ("21", true), "every city of Liaoning");
    let filed: Vec<&str> = covered.iter().filter(|one| one.filed).map(|one| one.area.as_str()).collect();
    assert_eq!(filed, ["2102"]);
    assert_eq!(office::registers::cover::filed(&office.coverage(&province, &register, None, "001").unwrap().1), 0);
    let out: Refused = office.coverage(&office.founder("bai"), &register, None, "000").unwrap_err();
    assert_eq!(out.code(), "denied");
}
