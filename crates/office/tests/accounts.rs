//! Accounts as people use them: signing up and in, locking out, one-time codes, and the three administrators.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::AdminRole;
use office::Refused;
use office::accounts::officials::NewPost;
use office::accounts::{Entrance, NewAccount};
use office::testing::{TestOffice, office, on_each_engine};

const PASSWORD: &str = "Lantern-7-river";

fn door() -> Entrance {
    Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() }
}

fn new(login: &str) -> NewAccount {
    NewAccount { login: login.to_owned(), name: "受理岗".to_owned(), password: PASSWORD.to_owned() }
}

fn code<T: std::fmt::Debug>(result: Result<T, Refused>) -> &'static str {
    result.unwrap_err().code()
}

#[test]
fn a_founder_signs_up_and_in_and_out() {
    on_each_engine(|office: &TestOffice| {
        let actor = office.founder("Founder１");
        let session = office.sign_in("founder1", PASSWORD, &door()).unwrap();
        assert!(!session.needs_code);
        let bearer = office.session(&session.secret).unwrap().unwrap();
        assert_eq!(bearer.actor.account, actor.account);
        assert!(bearer.is_ready());
        office.sign_out(&session.secret).unwrap();
        assert_eq!(office.session(&session.secret).unwrap(), None);
        assert_eq!(code(office.sign_up(&new("founder1"))), "invalid", "the login is taken");
    });
}

#[test]
fn five_wrong_passwords_lock_the_login_for_a_quarter_of_an_hour() {
    let office = office();
    office.founder("founder2");
    for _ in 0..5 {
        assert_eq!(code(office.sign_in("founder2", "wrong", &door()).map(|_| ())), "invalid");
    }
    assert_eq!(code(office.sign_in("founder2", PASSWORD, &door()).map(|_| ())), "too_many");
    office.clock.advance(16 * 60);
    assert!(office.sign_in("founder2", PASSWORD, &door()).is_ok());
}

#[test]
fn a_session_ends_when_idle_and_after_twelve_hours() {
    let office = office();
    office.founder("founder3");
    let secret = office.sign_in("founder3", PASSWORD, &door()).unwrap().secret;
    for _ in 0..23 {
        office.clock.advance(29 * 60);
        assert!(office.session(&secret).unwrap().is_some());
    }
    office.clock.advance(5 * 3600);
    assert!(office.session(&secret).unwrap().is_none(), "idle or too old");
}

#[test]
fn officials_need_a_code_that_counts_once() {
    let office = office();
    let system = office.admin(AdminRole::System);
    office.open_official(&system, &new("shouli"), None).unwrap();
    let session = office.sign_in("shouli", PASSWORD, &door()).unwrap();
    assert!(session.needs_code && session.must_change);
    let bearer = office.session(&session.secret).unwrap().unwrap();
    assert!(bearer.needs_setup && !bearer.is_ready());
    let key = office.propose_code_key();
    assert_eq!(code(office.bind_code(&bearer, &session.secret, &key, "000000")), "invalid");
    let first = key.code(office.clock.now()).unwrap();
    office.bind_code(&bearer, &session.secret, &key, &first).unwrap();
    office.change_password(&bearer, &session.secret, PASSWORD, "Copper-9-bridge").unwrap();
    assert!(office.session(&session.secret).unwrap().unwrap().is_ready());

    let again = office.sign_in("shouli", "Copper-9-bridge", &door()).unwrap();
    let bearer = office.session(&again.secret).unwrap().unwrap();
    assert!(bearer.needs_code);
    assert_eq!(code(office.second_factor(&bearer, &again.secret, &first)), "invalid", "used already");
    office.clock.advance(60);
    let next = key.code(office.clock.now()).unwrap();
    office.second_factor(&bearer, &again.secret, &next).unwrap();
    assert!(office.session(&again.secret).unwrap().unwrap().is_ready());
}

#[test]
fn each_administrator_does_only_his_own_part() {
    let office = office();
    let [system, security, audit] =
        [AdminRole::System, AdminRole::Security, AdminRole::Audit].map(|role| office.admin(role));
    let body = office.body("registrar", "沈阳市民政局", "2101");
    for wrong in [&security, &audit, &office.founder("nobody")] {
        assert_eq!(code(office.open_official(wrong, &new("x-official"), None)), "denied");
    }
    let account = office.open_official(&system, &new("shencha"), None).unwrap();
    let post = NewPost { account, body, desk: "review".into(), area: "2101".parse().unwrap(), until: None };
    for wrong in [&system, &audit] {
        assert_eq!(code(office.give_post(wrong, &post)), "denied");
    }
    assert_eq!(code(office.give_post(&security, &NewPost { desk: "nowhere".into(), ..post.clone() })), "invalid");
    let id = office.give_post(&security, &post).unwrap();
    let session = office.sign_in("shencha", PASSWORD, &door()).unwrap();
    assert_eq!(office.session(&session.secret).unwrap().unwrap().actor.posts.len(), 1);
    office.end_post(&security, id, "调离").unwrap();
    assert_eq!(office.session(&session.secret).unwrap().unwrap().actor.posts.len(), 0);
    office.close_account(&system, account, "离职").unwrap();
    assert_eq!(office.session(&session.secret).unwrap(), None);
}

#[test]
fn erasing_a_person_takes_the_login_away_too() {
    use office::people::requests::{NewRequest, RequestKind};
    on_each_engine(|office: &TestOffice| {
        office.founder("13800000000");
        let session = office.sign_in("13800000000", PASSWORD, &door()).unwrap();
        let who = office.session(&session.secret).unwrap().unwrap();
        let new =
            NewRequest {
                kind: RequestKind::Erase, area: "2101".parse().unwrap(), text: "请删除我的账号".to_owned()
            };
        let id = office.ask_about_own_data(&who, &new).unwrap();
        let security = office.admin(AdminRole::Security);
        office.answer_request(&security, (who.person, id), true, "同意删除", None).unwrap();
        let account = office.db.read(|tx| store::accounts::find(tx, who.actor.account)).unwrap().unwrap();
        assert!(!account.login.contains("138"), "{}", account.login);
        assert_eq!(office.session(&session.secret).unwrap(), None);
        office.founder("13800000000");
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}
