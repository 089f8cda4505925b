//! How an official's account comes to life (三员分立): two administrators, two halves of a code, and the official himself.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::{Actor, AdminRole};
use office::Refused;
use office::accounts::{Entrance, NewOfficial, Session, Slip};
use office::testing::{PASSWORD, TestOffice, office, on_each_engine};

const OWN: &str = "Copper-9-bridge";

fn door() -> Entrance {
    Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() }
}

fn code<T>(result: Result<T, Refused>) -> &'static str {
    result.map(|_| ()).unwrap_err().code()
}

fn zhang() -> NewOfficial {
    NewOfficial { login: "zhang".to_owned(), name: "张三".to_owned(), admin: None }
}

fn both(office: &TestOffice) -> (Actor, Actor) {
    (office.admin(AdminRole::System), office.admin(AdminRole::Security))
}

fn activate(office: &TestOffice, first: &Slip, second: &Slip) -> Result<Session, Refused> {
    office.activate("zhang", (&first.code, &second.code), OWN, &door())
}

#[test]
fn it_takes_two_administrators_and_the_official_himself() {
    on_each_engine(|office: &TestOffice| {
        let (system, security) = both(office);
        let first = office.open_official(&system, &zhang()).unwrap();
        assert_eq!(office.activations_asked(&security).unwrap()[0].account.login, "zhang");
        for wrong in [&system, &office.admin(AdminRole::Audit), &office.founder("nobody")] {
            assert_eq!(code(office.release_activation(wrong, first.account)), "denied");
            assert_eq!(code(office.refuse_activation(wrong, first.account, "不同意")), "denied");
            assert_eq!(code(office.activations_asked(wrong)), "denied");
        }
        // The first half, alone or twice, opens nothing before and nothing after the confirmation.
        assert_eq!(code(activate(office, &first, &first)), "invalid");
        let second = office.release_activation(&security, first.account).unwrap();
        assert_eq!(code(activate(office, &first, &first)), "invalid", "what the system administrator has");
        assert_eq!(code(activate(office, &second, &second)), "invalid", "what the security administrator has");
        assert_eq!(code(office.sign_in("zhang", "", &door())), "invalid", "there is no password yet");
        assert_eq!(code(office.release_activation(&security, first.account)), "not_found", "shown once");
        let weak = office.activate("zhang", (&first.code, &second.code), "zhang", &door());
        assert_eq!(code(weak), "invalid");
        let typed = first.code.to_lowercase().replace('-', " ");
        let session = office.activate("ZHANG", (&typed, &second.code), OWN, &door()).unwrap();
        let bearer = office.session(&session.secret).unwrap().unwrap();
        assert!(bearer.needs_setup && !bearer.is_ready(), "his own one-time code comes next");
        assert_eq!(code(activate(office, &first, &second)), "invalid", "used up");
        office.clock.advance(16 * 60);
        assert!(office.sign_in("zhang", OWN, &door()).is_ok());
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}

#[test]
fn a_code_ends_after_a_day_and_five_wrong_ones_lock() {
    let office = office();
    let (system, security) = both(&office);
    let first = office.open_official(&system, &zhang()).unwrap();
    let second = office.release_activation(&security, first.account).unwrap();
    office.clock.advance(24 * 3600);
    assert_eq!(code(activate(&office, &first, &second)), "invalid", "too late");
    let first = office.ask_renewal(&system, first.account, "激活码过期").unwrap();
    let second = office.release_activation(&security, first.account).unwrap();
    office.clock.advance(23 * 3600);
    for _ in 0..5 {
        let wrong = office.activate("zhang", (&first.code, "AAAA-AAAA"), OWN, &door());
        assert_eq!(code(wrong), "invalid");
    }
    assert_eq!(code(activate(&office, &first, &second)), "too_many");
    office.clock.advance(16 * 60);
    assert!(activate(&office, &first, &second).is_ok());
}

#[test]
fn a_lost_phone_takes_the_same_two_people_and_nothing_changes_before() {
    let office = office();
    let (system, security) = both(&office);
    let account = office.opened("zhang", "张三", None);
    let session = office.sign_in("zhang", PASSWORD, &door()).unwrap();
    assert_eq!(code(office.ask_renewal(&system, account, " ")), "invalid", "why");
    assert_eq!(code(office.ask_renewal(&security, account, "手机遗失")), "denied");
    let first = office.ask_renewal(&system, account, "手机遗失").unwrap();
    assert!(office.session(&session.secret).unwrap().is_some(), "one administrator alone locks nobody out");
    office.refuse_activation(&security, account, "本人说没有丢").unwrap();
    assert!(office.sign_in("zhang", PASSWORD, &door()).is_ok());
    assert_eq!(code(office.release_activation(&security, account)), "not_found");
    let again = office.ask_renewal(&system, account, "手机遗失").unwrap();
    let second = office.release_activation(&security, account).unwrap();
    assert_eq!(office.session(&session.secret).unwrap(), None, "what was signed in ends");
    assert_eq!(code(office.sign_in("zhang", PASSWORD, &door())), "invalid", "and the old password with it");
    assert_eq!(code(activate(&office, &first, &second)), "invalid", "the half of the refused request");
    assert!(activate(&office, &again, &second).is_ok());
}

#[test]
fn nobody_confirms_the_own_account_or_the_own_request() {
    let office = office();
    let (system, security) = both(&office);
    let new = NewOfficial { login: "anquan".to_owned(), name: "李四".to_owned(), admin: Some(AdminRole::Security) };
    let first = office.open_official(&system, &new).unwrap();
    let herself = Actor { account: first.account, ..security.clone() };
    assert_eq!(code(office.release_activation(&herself, first.account)), "second_person");
    let asker = Actor { account: system.account, ..security.clone() };
    assert_eq!(code(office.release_activation(&asker, first.account)), "second_person");
    let himself = Actor { account: first.account, ..system.clone() };
    assert_eq!(code(office.ask_renewal(&himself, first.account, "手机遗失")), "own_account");
    office.refuse_activation(&security, first.account, "没有这个人").unwrap();
    assert_eq!(code(office.ask_renewal(&system, first.account, "再来一次")), "account_closed");
}

#[test]
fn a_closed_account_stays_closed_though_its_code_is_out() {
    let office = office();
    let (system, security) = both(&office);
    let first = office.open_official(&system, &zhang()).unwrap();
    let second = office.release_activation(&security, first.account).unwrap();
    office.close_account(&system, first.account, "没有来报到").unwrap();
    assert_eq!(code(activate(&office, &first, &second)), "invalid");
}

#[test]
fn installing_makes_three_administrators_once() {
    let office = office();
    assert_eq!(code(office.install_admin(AdminRole::System, "xitong", "甲")), "invalid", "a name of one character");
    office.install_admin(AdminRole::System, "xitong", "甲甲").unwrap();
    let (first, second) = office.install_admin(AdminRole::Security, "anquan", "乙乙").unwrap();
    assert_eq!(code(office.install_admin(AdminRole::Audit, "shenji", "乙乙")), "invalid", "one person twice");
    office.install_admin(AdminRole::Audit, "shenji", "丙丙").unwrap();
    assert_eq!(code(office.install_admin(AdminRole::Security, "anquan2", "丁丁")), "admin_there");
    office.activate("anquan", (&first.code, &second.code), OWN, &door()).unwrap();
    assert_eq!(code(office.recover_administrator("anquan", "")), "invalid");
    office.opened("zhang", "张三", None);
    assert_eq!(code(office.recover_administrator("zhang", "手机遗失，甲乙在场")), "not_found", "administrators only");
    let (first, second) = office.recover_administrator("anquan", "手机遗失，甲乙在场").unwrap();
    assert_eq!(code(office.sign_in("anquan", OWN, &door())), "invalid");
    assert!(office.activate("anquan", (&first.code, &second.code), OWN, &door()).is_ok());
}

#[test]
fn a_slip_is_not_printed_by_accident_and_not_kept() {
    let office = office();
    let first = office.open_official(&office.admin(AdminRole::System), &zhang()).unwrap();
    assert!(!format!("{first:?}").contains(&first.code));
    let account = office.db.read(|tx| store::accounts::find(tx, first.account)).unwrap().unwrap();
    let kept = account.body.to_string();
    assert!(
        kept.contains("asked") && !kept.contains(&first.code) && !kept.contains(&vault::fold_readable(&first.code))
    );
}
