//! Drafts: kept page by page, sealed, found again in a new session, filed once, and answering a correction.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::{Actor, AdminRole, Verb};
use base::{BodyId, RecordId};
use casework::{Act, Answers, CorrectionItem, Provided};
use office::Refused;
use office::drafts::NewDraft;
use office::testing::{TestOffice, form_of, office, on_each_engine};
use serde_json::json;

const AREA: &str = "2101";
const PDF: &[u8] = b"%PDF-1.7 test";

fn start(office: &TestOffice, who: &Actor) -> RecordId {
    let new = NewDraft { matter: "found-association".into(), area: AREA.parse().ok(), ..NewDraft::default() };
    office.start_draft(who, &new).unwrap()
}

fn one(field: &str, value: serde_json::Value) -> Answers {
    let mut answers = Answers::default();
    answers.0.insert(field.to_owned(), value);
    answers
}

/// A draft with everything in it.
fn full(office: &TestOffice, who: &Actor, body: BodyId) -> RecordId {
    let id = start(office, who);
    let draft = office.open_draft(who, id).unwrap();
    let (answers, materials) = form_of(&draft.resolved.matter, &|_| body);
    office.save_draft_page(who, id, "all-1", draft.rev, &answers).unwrap();
    for (material, provided) in materials {
        match provided {
            Provided::Promised => office.promise_material(who, id, material.as_str(), true).unwrap(),
            _ => drop(office.attach_to_draft(who, id, material.as_str(), "材料.pdf", PDF).unwrap()),
        }
    }
    id
}

#[test]
fn a_draft_is_sealed_survives_and_belongs_to_one() {
    on_each_engine(|office: &TestOffice| {
        let (lan, mei) = (office.founder("wenli"), office.founder("zhiyu"));
        let id = start(office, &lan);
        let person = json!({ "name": "张示例", "id_number": "210102198001010117", "phone": "13900000011" });
        let rev = office.save_draft_page(&lan, id, "heads-1", 1, &one("legal_representative", person.clone())).unwrap();
        let draft = office.open_draft(&lan, id).unwrap();
        assert_eq!(draft.answers.find("legal_representative"), Some(&person));
        assert_eq!((draft.rev, draft.area.as_str()), (rev, AREA));
        let row = office
            .db
            .read(|tx| tx.find_record::<store::accounts::Draft>(store::args![draft.person, id]))
            .unwrap()
            .unwrap();
        let text = row.body.to_string();
        assert!(!text.contains("210102198001010117") && !text.contains("13900000011") && !text.contains("张示例"));
        for other in [mei, office.official("intake", AREA, BodyId::from_bits(3))] {
            let refused = office.open_draft(&other, id).unwrap_err();
            assert!(matches!(refused, Refused::NotFound(_) | Refused::SignIn), "{refused}");
        }
        let refused = office.open_draft(&office.admin(AdminRole::System), id).unwrap_err();
        assert_eq!(refused.code(), "denied");
    });
}

#[test]
fn two_windows_conflict_on_one_page_and_not_on_two() {
    let office = office();
    let lan = office.founder("wenli");
    let id = start(&office, &lan);
    let name = |text: &str| one("name", json!(text));
    let first = office.save_draft_page(&lan, id, "name-1", 1, &name("甲")).unwrap();
    assert_eq!(office.save_draft_page(&lan, id, "name-1", 1, &name("乙")).unwrap_err().code(), "conflict");
    office.save_draft_page(&lan, id, "purpose-1", 1, &one("purpose", json!("为老人服务"))).unwrap();
    office.save_draft_page(&lan, id, "name-1", first, &name("乙")).unwrap();
    let draft = office.open_draft(&lan, id).unwrap();
    assert_eq!(draft.answers.find("name"), Some(&json!("乙")));
    assert_eq!(draft.answers.find("purpose"), Some(&json!("为老人服务")));
}

#[test]
fn files_are_judged_by_their_bytes_and_promises_by_the_matter() {
    let office = office();
    let lan = office.founder("wenli");
    let id = start(&office, &lan);
    let matter = office.open_draft(&lan, id).unwrap().resolved.matter.clone();
    let promised = matter.materials.iter().find(|material| material.promise.is_some()).unwrap().id.clone();
    let firm = matter.materials.iter().find(|material| material.promise.is_none()).unwrap().id.clone();
    for (name, bytes) in [("a.exe", &b"MZ"[..]), ("a.pdf", b"MZ\x90"), ("a.pdf", b"")] {
        let refused = office.attach_to_draft(&lan, id, firm.as_str(), name, bytes).unwrap_err();
        assert_eq!(refused.code(), "invalid", "{name}");
    }
    assert_eq!(office.attach_to_draft(&lan, id, "nothing", "a.pdf", PDF).unwrap_err().code(), "not_found");
    assert_eq!(office.promise_material(&lan, id, firm.as_str(), true).unwrap_err().code(), "no_promise");
    office.promise_material(&lan, id, promised.as_str(), true).unwrap();
    assert!(office.open_draft(&lan, id).unwrap().is_promised(&promised));
    let file = office.attach_to_draft(&lan, id, promised.as_str(), "../../证明.pdf", PDF).unwrap();
    let draft = office.open_draft(&lan, id).unwrap();
    assert_eq!(draft.materials.get(&promised), Some(&Provided::Files(vec![file])), "a file takes the promise's place");
    assert_eq!(draft.files[0].name, "证明.pdf");
    assert_eq!(office.draft_file(&lan, id, file).unwrap().1, PDF);
    let mei = office.founder("zhiyu");
    assert_eq!(office.draft_file(&mei, id, file).unwrap_err().code(), "not_found");
    office.detach_from_draft(&lan, id, file).unwrap();
    assert!(office.open_draft(&lan, id).unwrap().materials.is_empty());
    office.delete_draft(&lan, id).unwrap();
    assert_eq!(office.open_draft(&lan, id).unwrap_err().code(), "not_found");
}

#[test]
fn a_draft_is_filed_once_with_its_files() {
    on_each_engine(|office: &TestOffice| {
        let lan = office.founder("wenli");
        let body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
        let id = full(office, &lan, body);
        let draft = office.open_draft(&lan, id).unwrap();
        let (faults, _) = office.db.read(|tx| office.draft_faults(tx, &draft)).unwrap();
        assert_eq!(faults, Vec::new());
        let sent = office.submit_draft(&lan, id).unwrap();
        assert_eq!(office.submit_draft(&lan, id).unwrap(), sent, "sent twice, filed once");
        let own = office.db.read(|tx| office.my_case(tx, &lan, &sent.number)).unwrap();
        assert_eq!(own.files.len(), draft.files.len());
        assert!(own.files.iter().all(|file| file.origin == own.row.origin));
        assert_eq!(office.my_case_file(&lan, &sent.number, own.files[0].id).unwrap().1, PDF);
        let mei = office.founder("zhiyu");
        assert!(office.db.read(|tx| office.my_case(tx, &mei, &sent.number)).is_err());
        assert_eq!(office.db.read(|tx| office.my_drafts(tx, &lan)).unwrap().len(), 0);
        assert_eq!(office.db.read(|tx| office.my_cases(tx, lan.account, None, 10)).unwrap().len(), 1);
    });
}

#[test]
fn a_correction_is_a_draft_that_answers_the_notice() {
    let office = office();
    let lan = office.founder("wenli");
    let registrar = office.body("registrar", "沈阳市民政局", AREA);
    let body = office.body("supervisor", "沈阳市养老服务主管单位", AREA);
    let id = full(&office, &lan, body);
    let sent = office.submit_draft(&lan, id).unwrap();
    let intake = office.official("intake", AREA, registrar);
    let mut back = Act::new(Some("intake".into()), Verb::Return);
    let item = |target: &str| CorrectionItem {
        target: target.to_owned(),
        problem: "写得不清楚".to_owned(),
        article: "《行政许可法》第三十二条第四项".to_owned(),
        example: "为全市老人提供助餐、助医服务".to_owned(),
    };
    back.corrections = vec![item("purpose")];
    office.act_on_case(&intake, sent.origin, sent.case, None, back).unwrap();
    let fix = office.correction_draft(&lan, sent.origin, sent.case).unwrap();
    assert_eq!(office.correction_draft(&lan, sent.origin, sent.case).unwrap(), fix, "one draft for one notice");
    let mei = office.founder("zhiyu");
    assert_eq!(office.correction_draft(&mei, sent.origin, sent.case).unwrap_err().code(), "not_found");
    let draft = office.open_draft(&lan, fix).unwrap();
    let better = json!("为全市老人提供助餐、助医、助浴服务");
    office.save_draft_page(&lan, fix, "purpose-1", draft.rev, &one("purpose", better.clone())).unwrap();
    office.submit_draft(&lan, fix).unwrap();
    let own = office.db.read(|tx| office.my_case(tx, &lan, &sent.number)).unwrap();
    assert_eq!(own.case.answers.find("purpose"), Some(&better));
    assert!(own.case.open_correction().is_none());
    assert_eq!(own.case.corrections[0].changed, ["purpose"]);
    assert_eq!(own.row.status, "审查中");
    let done = office.withdraw_case(&lan, &sent.number, own.row.rev, "名称还要再想").unwrap();
    assert_eq!(done.status, "已办结");
}
