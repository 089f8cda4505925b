//! What is typed about people stays where it can be erased: not in the journal, not in change rows, not in what imports leave behind.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::{Actor, AdminRole};
use office::Refused;
use office::accounts::Entrance;
use office::cases::file::NewCase;
use office::desk::{QueueAsk, Which};
use office::people::requests::{NewRequest, RequestKind};
use office::testing::{PASSWORD, TestOffice, form_of, office, on_each_engine};

const AREA: &str = "2101";
/// Valid by GB 11643 and given to nobody.
const ID: &str = "11010519491231002X";
const MOBILE: &str = "13912345678";

fn door() -> Entrance {
    Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() }
}

fn message(refused: &Refused) -> String {
    match refused {
        Refused::Invalid(wrong) => wrong[0].message.clone(),
        other => other.to_string(),
    }
}

/// Everything that an erasure cannot reach: entries and change rows, as stored.
fn lasting(office: &TestOffice) -> String {
    office
        .db
        .read(|tx| {
            let after = (None, String::new(), i64::MIN);
            let entries = store::journal::page(tx, &after, 10_000)?;
            let mut text = format!("{entries:?}");
            let changes: Vec<Option<String>> =
                tx.list(store::sql!("test.changes", "select public from change order by origin, pos"), &[])?;
            text.extend(changes.into_iter().flatten());
            Ok::<_, Refused>(text)
        })
        .unwrap()
}

fn filed(office: &TestOffice, founder: &Actor) -> office::cases::Done {
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let supervisor = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
    let (answers, materials) =
        form_of(&resolved.matter, &|desk| if desk == "supervisor" { supervisor } else { registrar });
    let mut new: NewCase =
        NewCase { matter: "found-association".into(), org: None, answers, materials, synthetic: false };
    new.answers.put("name", serde_json::json!("沈阳市养老服务协会"));
    office.file_case(founder, new).unwrap()
}

#[test]
fn a_filing_leaves_no_personal_value_where_erasure_does_not_reach() {
    on_each_engine(|office: &TestOffice| {
        let founder = office.founder("founder");
        let resolved = office.matter("found-association", &AREA.parse().unwrap(), office.clock.today()).unwrap();
        let (answers, _) = form_of(&resolved.matter, &|_| base::BodyId::from_bits(1));
        let mut values = Vec::new();
        numbers(&serde_json::to_value(&answers).unwrap(), &mut values);
        assert!(values.len() >= 4, "the sample form holds ID numbers and telephones: {}", values.len());
        filed(office, &founder);
        let text = lasting(office);
        assert!(text.contains("submit"), "the filing is there");
        for value in values {
            assert!(!text.contains(&value), "a number of the form stands in the journal or a change row: {value}");
        }
    });
}

/// Numbers of people in a form's answers.
fn numbers(value: &serde_json::Value, out: &mut Vec<String>) {
    match value {
        serde_json::Value::String(text) if !office::typed::find(text, "2026-03-02".parse().unwrap()).is_empty() => {
            out.push(text.clone());
        }
        serde_json::Value::Array(all) => all.iter().for_each(|one| numbers(one, out)),
        serde_json::Value::Object(all) => all.values().for_each(|one| numbers(one, out)),
        _ => {}
    }
}

#[test]
fn reasons_and_opinions_with_numbers_of_people_are_refused_and_leave_nothing() {
    let office = office();
    let (system, security) = (office.admin(AdminRole::System), office.admin(AdminRole::Security));
    let account = office.opened("zhang", "张三", None);
    let before = lasting(&office);
    for reason in [format!("本人身份证 {ID}"), "电话139 1234 5678".to_owned(), format!("见{MOBILE}")] {
        let refused = office.ask_renewal(&system, account, &reason).unwrap_err();
        assert!(message(&refused).contains("请勿写身份证号、手机号"), "{reason}: {refused:?}");
        let refused = office.close_account(&system, account, &reason).unwrap_err();
        assert!(message(&refused).contains("请勿写身份证号、手机号"));
        let person = office.db.read(|tx| store::accounts::find(tx, account)).unwrap().unwrap().person;
        assert!(office.erase_person(&security, person, &reason).is_err());
    }
    assert_eq!(before, lasting(&office), "nothing happened");
    office.ask_renewal(&system, account, "手机遗失，已当面核对身份").unwrap();
}

#[test]
fn erasing_is_refused_while_the_law_wants_the_file_kept_with_clause_and_date() {
    let office = office();
    let founder = office.founder("founder");
    let person = office.db.read(|tx| store::accounts::find(tx, founder.account)).unwrap().unwrap().person;
    let done = filed(&office, &founder);
    let security = office.admin(AdminRole::Security);
    let session = office.sign_in("founder", PASSWORD, &door()).unwrap();
    let who = office.session(&session.secret).unwrap().unwrap();
    let new =
        NewRequest { kind: RequestKind::Erase, area: AREA.parse().unwrap(), text: "请删除我的账号".to_owned() };
    let id = office.ask_about_own_data(&who, &new).unwrap();
    let by_request = office.answer_request(&security, (person, id), true, "同意删除", None).unwrap_err();
    let directly = office.erase_person(&security, person, "本人申请").unwrap_err();
    for refused in [&by_request, &directly] {
        assert_eq!(refused.code(), "retention");
        let text = refused.to_string();
        assert!(text.contains("1 件本人提交的登记申请") && text.contains("第四十七条"), "{text}");
        assert!(text.contains("尚在办理"), "{text}");
    }
    assert_eq!(by_request.to_string(), directly.to_string(), "one rule for both");
    // Withdrawn today, so thirty years from today by the parameter.
    let rev = office.db.read(|tx| store::cases::get(tx, done.origin, done.case)).unwrap().rev;
    office.withdraw_case(&founder, &done.number, rev, "不再申请").unwrap();
    let text = office.erase_person(&security, person, "本人申请").unwrap_err().to_string();
    assert!(text.contains("保存至 2056-03-02") && text.contains("30"), "{text}");
    office.days_pass(365 * 30);
    assert_eq!(
        office.erase_person(&security, person, "本人申请").unwrap_err().code(),
        "retention",
        "a week of leap days"
    );
    office.days_pass(9);
    office.erase_person(&security, person, "保存期限已满").unwrap();
    let account = office.db.read(|tx| store::accounts::find(tx, founder.account)).unwrap().unwrap();
    assert_eq!(
        (account.state.as_str(), account.name.as_str()),
        ("closed", "（已删除）"),
        "the account goes with the person"
    );
}

/// Rows without a name are sent back whatever else they hold.
const TABLE: &str = "名称,统一社会信用代码,联系人,身份证号,手机\n\
    ,,王小明,11010519491231002X,13912345678\n\
    ,,李大山,11010519491231002X,139 1234 5678\n";

#[test]
fn what_an_import_leaves_behind_is_sealed_and_ends() {
    on_each_engine(|office: &TestOffice| {
        let body = office.body("registrar", "沈阳市民政局", AREA);
        let keeper = Actor {
            account: office.opened("keeper", "数据质量岗", None),
            ..office.official("data_quality", AREA, body)
        };
        let security = office.admin(AdminRole::Security);
        let post = office::accounts::NewPost {
            account: keeper.account,
            body,
            desk: "data_quality".into(),
            area: AREA.parse().unwrap(),
            until: None,
        };
        office.give_post(&security, &post).unwrap();
        let id = office.upload_import(&keeper, "名册.csv", TABLE.as_bytes()).unwrap();
        let columns = office.upload_view(&keeper, id).unwrap().upload.settings.mapping.columns;
        office.start_check(&keeper, id, &columns, None, None).unwrap();
        let job = office.db.read(|tx| store::jobs::list(tx, "waiting", 10)).unwrap().remove(0);
        let job = serde_json::from_value(job.payload).unwrap();
        office.run_import_job(&job, &mut ()).unwrap();
        office.db.write(|tx| tx.run(store::sql!("test.done", "update job set state = 'done'"), &[])).unwrap();

        // In the database and on the disk: nothing in the clear.
        let rows: Vec<(String, String)> = office
            .db
            .read(|tx| tx.list(store::sql!("test.rejects", "select row_text, reason from import_reject"), &[]))
            .unwrap();
        assert_eq!(rows.len(), 2);
        for secret in ["王小明", "李大山", ID, MOBILE] {
            assert!(rows.iter().all(|(text, reason)| !text.contains(secret) && !reason.contains(secret)), "{secret}");
            assert!(!on_disk(office.folder()).contains(secret), "{secret} lies in the file store");
            assert!(!lasting(office).contains(secret), "{secret}");
        }
        // For who imported: usable.
        let view = office.upload_view(&keeper, id).unwrap();
        assert!(view.rejects[0].cells.concat().contains("139********"), "shown masked: {:?}", view.rejects[0]);
        let mut report = Vec::new();
        assert_eq!(office.write_upload_rejects(&keeper, id, &mut report).unwrap(), 2);
        let report = String::from_utf8(report).unwrap();
        assert!(report.contains("王小明") && report.contains(ID), "to be mended and imported again");
        assert!(lasting(office).contains("export_rejects"), "taking it away is told");
        let other = office.official("intake", AREA, body);
        assert_eq!(office.write_upload_rejects(&other, id, Vec::new()).unwrap_err().code(), "denied");

        // Kept for thirty days, then no longer.
        office.days_pass(29);
        assert_eq!(office.forget_imports().unwrap(), 0);
        office.days_pass(2);
        assert_eq!(office.forget_imports().unwrap(), 1);
        assert_eq!(office.forget_imports().unwrap(), 0, "once");
        let view = office.upload_view(&keeper, id).unwrap();
        assert!(view.rejects.is_empty() && view.sample.is_empty());
        let over = office.start_check(&keeper, id, &columns, None, None).unwrap_err();
        let clause =
            office.need_param("import_table_keep_days", &AREA.parse().unwrap(), office.clock.today()).unwrap().clause;
        assert_eq!(over.code(), "upload_forgotten");
        assert!(!clause.text.is_empty() && over.to_string().contains(&clause.text), "{over}");
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
        assert_eq!(office.upload_import(&keeper, "名册.csv", TABLE.as_bytes()).unwrap(), id);
        assert!(
            office.upload_view(&keeper, id).unwrap().upload.settings.sealed.is_some(),
            "uploaded again, kept again"
        );
    });
}

fn on_disk(folder: &std::path::Path) -> String {
    let mut text = String::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            text += &on_disk(&path);
        } else {
            text += &String::from_utf8_lossy(&std::fs::read(&path).unwrap());
        }
    }
    text
}

#[test]
fn taking_a_queue_away_asks_for_the_right_and_leaves_an_entry() {
    let office = office();
    let body = office.body("registrar", "沈阳市民政局", AREA);
    let clerk = office.official("intake", AREA, body);
    filed(&office, &office.founder("founder"));
    let ask = QueueAsk { desk: "intake".to_owned(), which: Which::All, ..QueueAsk::default() };
    let before = lasting(&office);
    assert!(!before.contains("export_queue"));
    assert_eq!(office.export_queue(&clerk, &ask, 10).unwrap().len(), 1);
    assert!(lasting(&office).contains("export_queue"));
    for wrong in [office.founder("other"), office.official("review", AREA, body), office.admin(AdminRole::System)] {
        assert!(office.export_queue(&wrong, &ask, 10).is_err());
    }
    let dalian = office.official("intake", "2102", office.body("registrar", "大连市民政局", "2102"));
    assert_eq!(office.export_queue(&dalian, &ask, 10).unwrap().len(), 0, "only the own queue");
    let supervisor = office.official("supervisor", AREA, office.body("supervisor", "沈阳市教育局", AREA));
    let ask = QueueAsk { desk: "supervisor".to_owned(), ..QueueAsk::default() };
    assert!(office.export_queue(&supervisor, &ask, 10).is_ok(), "a body may take its own tasks");
}
