//! Effects on an organization that is there already, a wish that changes, opinions side by side, posts.
use authority::Post;
use office::cases::file::NewCase;
use office::testing::{TestOffice, office, on_each_engine};
use serde_json::json;
use store::organizations as rows;

use super::*;

#[test]
fn items_are_amended_in_a_new_version_and_the_old_name_is_kept_for_the_time_the_law_sets() {
    on_each_engine(|office: &TestOffice| {
        let (cast, kite) = (cast(office), with_kites(office));
        let more = [("name", json!("沈阳市纸鸢协会")), ("purpose", json!("扎风筝"))];
        granted(&kite, &cast, "amend", &more);
        let (origin, id) = (cast.org.origin, cast.org.id);
        let row = kite.db.read(|tx| rows::get(tx, origin, id)).unwrap();
        assert_eq!((row.name.as_str(), row.body["purpose"].as_str()), ("沈阳市纸鸢协会", Some("扎风筝")));
        let versions = kite.db.read(|tx| rows::versions(tx, origin, id)).unwrap();
        assert!(versions.iter().filter(|version| version.superseded_at.is_none()).count() == 2, "before and after");
        let entry = last_entry(&kite, origin, &format!("org/{id}"));
        assert_eq!(entry.draft.act, "amend");
        // Renamed again: the name it bore is kept from others for a year, then free.
        granted(&kite, &cast, "amend", &[("name", json!("沈阳市飞鸢协会"))]);
        let key = registry::names::normalize("沈阳市纸鸢协会");
        let held = |day: &str| {
            let day = day.parse().unwrap();
            kite.db.read(|tx| rows::name_taken(tx, origin, &key, day)).unwrap().is_some()
        };
        assert!(held("2027-03-01") && !held("2027-03-02"));
        verified(&kite);
    });
}

#[test]
fn states_certificates_and_registers_follow_the_decision() {
    on_each_engine(|office: &TestOffice| {
        let (cast, kite) = (cast(office), with_kites(office));
        let (origin, id) = (cast.org.origin, cast.org.id);
        granted(&kite, &cast, "dormant", &[]);
        assert_eq!(kite.db.read(|tx| rows::get(tx, origin, id)).unwrap().operation, "dormant");
        let states = || {
            let all = kite.db.read(|tx| rows::certificates(tx, origin, id)).unwrap();
            let mut states: Vec<String> = all.into_iter().map(|one| one.state).collect();
            states.sort();
            states
        };
        granted(&kite, &cast, "issue", &[]);
        assert_eq!(states(), ["valid", "valid"]);
        granted(&kite, &cast, "issue", &[]);
        assert_eq!(states(), ["replaced", "replaced", "valid", "valid"]);
        granted(&kite, &cast, "withdraw", &[]);
        assert_eq!(states(), ["cancelled", "cancelled", "replaced", "replaced"]);
        granted(&kite, &cast, "enter", &[("plan", json!("joint"))]);
        let entries = || kite.db.read(|tx| store::registers::of_org(tx, origin, id)).unwrap();
        assert_eq!(entries().len(), 1);
        assert_eq!((entries()[0].register.as_str(), entries()[0].body["plan"].as_str()), ("party-work", Some("joint")));
        granted(&kite, &cast, "leave", &[]);
        assert_eq!((entries()[0].state.as_str(), entries()[0].until), ("left", Some(kite.clock.today())));
        verified(&kite);
    });
}

#[test]
fn a_filed_body_gets_a_filing_number_and_no_credit_code() {
    on_each_engine(|office: &TestOffice| {
        let kite = with_kites(office);
        let registrar = office.body("registrar", "和平区民政局", "210102");
        let (founder, intake) = (office.founder("circle"), office.official("intake", "210102", registrar));
        let mut numbers = Vec::new();
        for name in ["文安路风筝小组", "文安路空竹小组"] {
            let mut answers = one("name", json!(name));
            answers.put("area", json!("210102"));
            let matter = "kite-circle".to_owned();
            let new = NewCase { matter, org: None, answers, materials: [].into(), synthetic: false };
            let done = kite.file_case(&founder, new).unwrap();
            let done = kite.act_on_case(&intake, done.origin, done.case, None, act("intake", Verb::Complete)).unwrap();
            let row = kite.db.read(|tx| rows::get(tx, done.origin, done.org.unwrap())).unwrap();
            assert_eq!((row.kind.as_str(), row.code), ("community", None));
            numbers.push(row.filing_number.unwrap());
        }
        assert!(numbers[0].parse::<base::FilingNumber>().is_ok() && numbers[0] < numbers[1], "{numbers:?}");
        verified(&kite);
    });
}

#[test]
fn a_reservation_follows_the_wish_and_frees_the_old_name() {
    on_each_engine(|office: &TestOffice| {
        let (cast, kite) = (cast(office), with_kites(office));
        let case = filed(&kite, &cast.clerk, "amend", &[("name", json!("沈阳市纸鸢协会"))]);
        step(&kite, &cast.intake, &case, act("intake", Verb::Accept)).unwrap();
        let taken = |name: &str| {
            let (key, today) = (registry::names::normalize(name), kite.clock.today());
            kite.db.read(|tx| rows::name_taken(tx, case.0, &key, today)).unwrap()
        };
        let until = taken("沈阳市纸鸢协会").unwrap().until;
        step(&kite, &cast.review, &case, returned("name")).unwrap();
        let draft = kite.correction_draft(&cast.clerk, case.0, case.1).unwrap();
        let rev = kite.open_draft(&cast.clerk, draft).unwrap().rev;
        kite.save_draft_page(&cast.clerk, draft, "change-1", rev, &one("name", json!("沈阳市飞鸢协会"))).unwrap();
        kite.submit_draft(&cast.clerk, draft).unwrap();
        assert_eq!(taken("沈阳市纸鸢协会"), None, "free for others at once");
        let held = taken("沈阳市飞鸢协会").unwrap();
        assert_eq!((held.case_id, held.until), (Some(case.1.to_string()), until), "with the days it still has");
        verified(&kite);
    });
}

#[test]
fn an_opinion_beside_ones_own_task_is_no_conflict_and_a_changed_form_is() {
    on_each_engine(|office: &TestOffice| {
        let (cast, kite) = (cast(office), with_kites(office));
        let case = filed(&kite, &cast.clerk, "amend", &[]);
        step(&kite, &cast.intake, &case, act("intake", Verb::Accept)).unwrap();
        let seen = kite.review(&cast.review, &case.2).unwrap().rev;
        // The party body opines while the reviewer's page is open.
        step(&kite, &cast.party, &case, act("party", Verb::Opine)).unwrap();
        assert!(kite.review(&cast.review, &case.2).unwrap().rev > seen);
        kite.act_on_case(&cast.review, case.0, case.1, Some(seen), act("look", Verb::Opine)).unwrap();
        let late = kite.act_on_case(&cast.review, case.0, case.1, Some(seen), act("look", Verb::Opine)).unwrap_err();
        assert_eq!(late.code(), "conflict", "what is done is done");

        // What was filed changes while the party body's page is open: that is a conflict.
        let case = filed(&kite, &cast.clerk, "amend", &[]);
        step(&kite, &cast.intake, &case, act("intake", Verb::Accept)).unwrap();
        let seen = kite.review(&cast.party, &case.2).unwrap().rev;
        step(&kite, &cast.review, &case, returned("purpose")).unwrap();
        let draft = kite.correction_draft(&cast.clerk, case.0, case.1).unwrap();
        let rev = kite.open_draft(&cast.clerk, draft).unwrap().rev;
        kite.save_draft_page(&cast.clerk, draft, "change-1", rev, &one("purpose", json!("糊风筝"))).unwrap();
        kite.submit_draft(&cast.clerk, draft).unwrap();
        let stale = kite.act_on_case(&cast.party, case.0, case.1, Some(seen), act("party", Verb::Opine)).unwrap_err();
        assert_eq!(stale.code(), "conflict");
        // So is a colleague's claim of one's own task.
        let seen = kite.review(&cast.review, &case.2).unwrap().rev;
        kite.claim_task(&cast.review, (case.0, case.1), "look", true).unwrap();
        let stale = kite.act_on_case(&cast.review, case.0, case.1, Some(seen), act("look", Verb::Opine)).unwrap_err();
        assert_eq!(stale.code(), "conflict");
    });
}

#[test]
fn an_act_is_recorded_under_the_post_that_gave_the_right() {
    let office = office();
    let (cast, kite) = (cast(&office), with_kites(&office));
    let case = filed(&kite, &cast.clerk, "amend", &[]);
    let post = |desk: &str, area: &str| Post {
        desk: desk.into(),
        area: area.parse().unwrap(),
        body: cast.intake.posts[0].body,
    };
    let posts = vec![post("supervision", "2102"), post("intake", "2102"), post("intake", "2101")];
    let several = Actor { posts, ..cast.intake.clone() };
    step(&kite, &several, &case, act("intake", Verb::Accept)).unwrap();
    let entry = last_entry(&kite, case.0, &format!("case/{}", case.1));
    assert_eq!((entry.draft.desk.as_str(), entry.draft.area.unwrap().as_str()), ("intake", "2101"));
    let own = last_entry(&kite, case.0, &format!("case/{}", filed(&kite, &cast.clerk, "amend", &[]).1));
    assert_eq!((own.draft.desk.as_str(), own.draft.area), ("applicant", None));
}

#[test]
fn a_refusal_cites_a_ground_the_law_knows() {
    let office = office();
    let (cast, kite) = (cast(&office), with_kites(&office));
    let case = filed(&kite, &cast.clerk, "amend", &[]);
    step(&kite, &cast.intake, &case, act("intake", Verb::Accept)).unwrap();
    step(&kite, &cast.party, &case, act("party", Verb::Opine)).unwrap();
    step(&kite, &cast.review, &case, act("look", Verb::Opine)).unwrap();
    let refuse =
        |article: &str| Act {
            reason: "不合适".to_owned(), article: article.to_owned(), ..act("decide", Verb::Refuse)
        };
    let refused = step(&kite, &cast.decision, &case, refuse("本局认为不合适")).unwrap_err();
    assert_eq!(refused.code(), "no_ground");
    assert!(refused.to_string().contains("《云州风筝会条例》第九条"), "{refused}");
    step(&kite, &cast.decision, &case, refuse("内部规定；《云州风筝会条例》第九条")).unwrap();
}

#[test]
fn a_missing_parameter_is_named_and_nothing_is_assumed() {
    let office = office();
    let area = "2101".parse().unwrap();
    let early = "1990-01-01".parse().unwrap();
    let refused = office.need_int("review_rectify_days", &area, early).unwrap_err();
    assert_eq!(refused.code(), "no_param");
    assert!(refused.to_string().contains("review_rectify_days"), "{refused}");
    assert_eq!(office.need_int("review_rectify_days", &area, office.clock.today()).unwrap(), 15);
}
