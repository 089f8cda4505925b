//! What comes after: names given to another, files of other cases, reviews closed by a second person.
use super::*;

#[test]
fn a_name_whose_reservation_ran_out_is_given_to_another_and_the_journal_still_verifies() {
    on_each_engine(|office: &TestOffice| {
        let cast = cast(office);
        let accept = |name: &str| {
            let done = file(office, &cast, name);
            step(office, &cast.intake, &done, act(office, "intake", Verb::Accept)).unwrap()
        };
        let first = accept("沈阳市养老服务协会");
        let key = registry::names::normalize("沈阳市养老服务协会");
        let today = office.clock.today();
        let held = office.db.read(|tx| rows::name_taken(tx, first.origin, &key, today)).unwrap().unwrap();
        let days = today.until(held.until.unwrap()).unwrap().get_days();
        let whole = || {
            office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
        };
        whole();
        office.days_pass(400 + i64::from(days));
        accept("沈阳市园艺交流协会");
        whole();
        let second = accept("沈阳市养老服务协会");
        let today = office.clock.today();
        let held = office.db.read(|tx| rows::name_taken(tx, first.origin, &key, today)).unwrap().unwrap();
        assert_eq!(held.case_id, Some(second.case.to_string()));
        whole();
    });
}

#[test]
fn an_act_relies_on_files_of_its_own_case_only() {
    let office = office();
    let cast = cast(&office);
    let (one, other) = (reviewed(&office, &cast, "沈阳市养老服务协会"), reviewed(&office, &cast, "沈阳市园艺交流协会"));
    let foreign = approve(&office, &cast.decision, &other);
    assert_eq!(step(&office, &cast.decision, &one, foreign).unwrap_err().code(), "not_found");
}

#[test]
fn a_bad_review_is_closed_by_a_second_person_where_there_is_one() {
    let office = office();
    let cast = cast(&office);
    let done = granted(&office, &cast, "沈阳市养老服务协会");
    let bad = NewReview { score: 1, reasons: vec!["slow".to_owned()], text: String::new() };
    let review = office.give_review(&cast.founder, &done.number, bad).unwrap();
    office.answer_review(&cast.supervision, done.origin, review.id, "已增加窗口人员，并于今日电话回访致歉").unwrap();
    let account = office.opened("colleague", "监管乙", None);
    let post = office::accounts::NewPost {
        account,
        body: cast.supervision.posts[0].body,
        desk: "supervision".into(),
        area: AREA.parse().unwrap(),
        until: None,
    };
    office.give_post(&office.admin(authority::AdminRole::Security), &post).unwrap();
    assert_eq!(office.close_review(&cast.supervision, done.origin, review.id).unwrap_err().code(), "denied");
    let second = Actor { account, ..cast.supervision.clone() };
    office.close_review(&second, done.origin, review.id).unwrap();
}
