//! Drafts for an existing organization, filled in from the register and the account; drafts that end, with their files.
use office::Refused;
use office::drafts::NewDraft;
use office::testing::{TestOffice, office, on_each_engine};
use serde_json::json;

use super::*;

const PDF: &[u8] = b"%PDF-1.7 kite";

#[test]
fn a_draft_for_an_organization_begins_with_what_the_register_knows() {
    on_each_engine(|office: &TestOffice| {
        let (cast, kite) = (cast(office), with_kites(office));
        let id = start(&kite, &cast.clerk).unwrap();
        let draft = kite.open_draft(&cast.clerk, id).unwrap();
        assert_eq!((draft.org, draft.area.as_str()), (Some(cast.org.id), "2101"));
        assert_eq!(draft.title, "风筝会变更：沈阳市风筝协会");
        assert_eq!(draft.answers.find("name"), Some(&json!("沈阳市风筝协会")));
        assert_eq!(draft.answers.find("purpose"), Some(&json!("放风筝")));
        assert_eq!(draft.answers.find("agent").unwrap()["name"], json!("经办人"));
        assert_eq!(draft.answers.find("supervisor").unwrap()["name"], json!("沈阳市体育局"));
        for field in ["name", "purpose", "code", "supervisor", "agent"] {
            assert!(draft.prefilled.contains_key(field), "{field} is marked 系统已填");
        }
        assert!(draft.prefilled["name"].contains("2020-05-06"), "{}", draft.prefilled["name"]);
        // What the person changes is his own; what is fixed stays.
        let mut newer = one("what", json!("amend"));
        newer.0.insert("name".into(), json!("沈阳市纸鸢协会"));
        newer.0.insert("code".into(), json!("99999"));
        kite.save_draft_page(&cast.clerk, id, "change-1", draft.rev, &newer).unwrap();
        let draft = kite.open_draft(&cast.clerk, id).unwrap();
        assert_eq!(draft.answers.find("code"), Some(&json!("51210100MJ0000000X")));
        assert!(draft.prefilled.contains_key("code") && !draft.prefilled.contains_key("name"));
        let sent = kite.submit_draft(&cast.clerk, id).unwrap();
        let row = kite.db.read(|tx| store::cases::get(tx, sent.origin, sent.case)).unwrap();
        assert_eq!((row.org, row.org_origin, row.area.as_str()), (Some(cast.org.id), Some(cast.org.origin), "2101"));
        assert_eq!(row.title, "风筝会变更：沈阳市风筝协会");
        assert!(!row.body.to_string().contains("经办人\",\"phone"), "what is personal is sealed");
    });
}

#[test]
fn only_whoever_acts_for_the_organization_starts_and_files() {
    let office = office();
    let (cast, kite) = (cast(&office), with_kites(&office));
    let stranger = office.founder("stranger");
    assert_eq!(start(&kite, &stranger).unwrap_err().code(), "not_for_you");
    let of_another = Actor { orgs: vec![base::OrgId::from_bits(7)], ..stranger.clone() };
    let wished = NewDraft { matter: "kite-change".into(), org: Some(cast.org.id), ..NewDraft::default() };
    assert_eq!(kite.start_draft(&of_another, &wished).unwrap_err().code(), "denied");
    let mut second = office.draft_org(registry::Kind::Foundation, "沈阳市纸鸢基金会", "2101");
    second.registered_on = "2021-01-01".parse().ok();
    office.record_org(&second, "2021-01-01".parse().unwrap());
    let both = Actor { orgs: vec![cast.org.id, second.id], ..cast.clerk.clone() };
    assert!(matches!(start(&kite, &both).unwrap_err(), Refused::Invalid(wrong) if wrong[0].field == "org"));
    kite.start_draft(&both, &wished).unwrap();
    let mut school = office.draft_org(registry::Kind::ServiceInstitution, "沈阳市风筝学校", "2101");
    school.registered_on = "2021-01-01".parse().ok();
    office.record_org(&school, "2021-01-01".parse().unwrap());
    let of_school = Actor { orgs: vec![school.id], ..stranger };
    assert_eq!(start(&kite, &of_school).unwrap_err().code(), "not_for_org");
    // Not offered to one that is being wound up, and the refusal says why.
    second.states.registration = registry::Registration::Liquidating;
    office.record_org(&second, "2026-01-01".parse().unwrap());
    let of_second = Actor { orgs: vec![second.id], ..cast.clerk };
    let refused = start(&kite, &of_second).unwrap_err();
    assert_eq!(refused.code(), "not_offered");
    assert!(refused.to_string().contains("登记状态"), "{refused}");
}

#[test]
fn an_expired_draft_goes_with_its_files_unless_they_are_named_elsewhere() {
    on_each_engine(|office: &TestOffice| {
        let who = office.founder("wenli");
        let new = NewDraft { matter: "found-association".into(), area: "2101".parse().ok(), ..NewDraft::default() };
        let (old, other) = (office.start_draft(&who, &new).unwrap(), office.start_draft(&who, &new).unwrap());
        let alone = office.attach_to_draft(&who, old, "capital_report", "甲.pdf", PDF).unwrap();
        office.attach_to_draft(&who, old, "capital_report", "乙.pdf", b"%PDF-1.7 shared").unwrap();
        let days = office.need_int("draft_keep_days", &"2101".parse().unwrap(), office.clock.today()).unwrap();
        office.days_pass(days - 1);
        let shared = office.attach_to_draft(&who, other, "capital_report", "乙.pdf", b"%PDF-1.7 shared").unwrap();
        assert_eq!(office.tidy_drafts().unwrap(), 0, "its time is not over");
        office.days_pass(2);
        let digest = |file| {
            let row = office.db.read(|tx| store::papers::file(tx, base::Origin::none(), file)).unwrap().unwrap();
            office::ledger::digest_of(&row.digest).unwrap()
        };
        let (alone, shared) = (digest(alone), digest(shared));
        assert_eq!(office.tidy_drafts().unwrap(), 1);
        assert!(matches!(office.open_draft(&who, old), Err(Refused::NotFound(_))));
        assert!(office.open_draft(&who, other).is_ok());
        assert!(office.files.path(&alone).exists(), "bytes stay a day");
        office.days_pass(2);
        office.tidy_drafts().unwrap();
        assert!(!office.files.path(&alone).exists(), "laid aside");
        office.tidy_drafts().unwrap();
        assert!(office.files.read(&alone).is_err(), "erased");
        assert!(office.files.read(&shared).is_ok(), "another draft names it");
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
        // Without a lawful removal a missing file is a fault.
        std::fs::remove_file(office.files.path(&shared)).unwrap();
        assert!(
            office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).is_err()
        );
    });
}
