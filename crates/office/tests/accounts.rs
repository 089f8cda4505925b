//! Accounts as people use them: signing up and in, locking out, one-time codes, and the three administrators.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
use authority::AdminRole;
use office::Refused;
use office::accounts::officials::NewPost;
use office::accounts::{Entrance, NewAccount, NewOfficial};
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
fn a_session_ends_when_idle_for_half_an_hour() {
    let office = office();
    office.founder("founder3");
    let secret = office.sign_in("founder3", PASSWORD, &door()).unwrap().secret;
    office.clock.advance(29 * 60);
    assert!(office.session(&secret).unwrap().is_some(), "used just in time");
    office.clock.advance(29 * 60);
    assert!(office.session(&secret).unwrap().is_some(), "and prolonged by that");
    office.clock.advance(30 * 60);
    assert!(office.session(&secret).unwrap().is_none(), "idle");
}

#[test]
fn a_session_ends_after_twelve_hours_however_busy() {
    let office = office();
    office.founder("founder3");
    let secret = office.sign_in("founder3", PASSWORD, &door()).unwrap().secret;
    for minute in 1..=25 {
        office.clock.advance(29 * 60);
        let open = office.session(&secret).unwrap().is_some();
        assert_eq!(open, minute * 29 < 12 * 60, "after {} minutes", minute * 29);
    }
}

#[test]
fn an_unknown_login_takes_as_long_as_a_wrong_password_and_says_the_same() {
    let office = office();
    office.founder("founder4");
    let time = |login: &str| {
        let begun = std::time::Instant::now();
        let refused = office.sign_in(login, "Copper-9-bridge", &door()).map(|_| ()).unwrap_err();
        (begun.elapsed(), format!("{refused:?}"))
    };
    let (mut known, mut unknown) = (Vec::new(), Vec::new());
    for _ in 0..4 {
        known.push(time("founder4"));
        unknown.push(time("nobody-here"));
    }
    let (known, unknown) = (known.into_iter().min().unwrap(), unknown.into_iter().min().unwrap());
    assert_eq!(known.1, unknown.1, "the words tell nothing");
    let ratio = known.0.as_secs_f64() / unknown.0.as_secs_f64();
    assert!((0.33..3.0).contains(&ratio), "an answer without hashing would be a hundred times faster: {ratio}");
}

#[test]
fn each_sign_in_gets_a_secret_of_its_own_and_a_new_password_ends_all_others() {
    let office = office();
    office.founder("founder5");
    let [one, two, three] = [(), (), ()].map(|()| office.sign_in("founder5", PASSWORD, &door()).unwrap().secret);
    assert!(one != two && two != three && one != three);
    let bearer = office.session(&one).unwrap().unwrap();
    for _ in 0..5 {
        assert_eq!(code(office.change_password(&bearer, &one, "wrong", "Copper-9-bridge")), "invalid");
    }
    assert_eq!(code(office.change_password(&bearer, &one, PASSWORD, "Copper-9-bridge")), "too_many");
    assert!(office.sign_in("founder5", PASSWORD, &door()).is_ok(), "only the change is locked, not the login");
    office.clock.advance(16 * 60);
    office.change_password(&bearer, &one, PASSWORD, "Copper-9-bridge").unwrap();
    assert!(office.session(&one).unwrap().is_some(), "the one that asked goes on");
    assert!(office.session(&two).unwrap().is_none() && office.session(&three).unwrap().is_none());
    assert_eq!(code(office.sign_in("founder5", PASSWORD, &door()).map(|_| ())), "invalid");
}

#[test]
fn officials_need_a_code_that_counts_once() {
    let office = office();
    office.opened("shouli", "受理岗", None);
    let session = office.sign_in("shouli", PASSWORD, &door()).unwrap();
    assert!(session.needs_code && !session.must_change, "the password is his own");
    let bearer = office.session(&session.secret).unwrap().unwrap();
    assert!(bearer.needs_setup && !bearer.is_ready());
    let key = office.propose_code_key();
    assert_eq!(code(office.bind_code(&bearer, &session.secret, &key, "000000")), "invalid");
    let first = key.code(office.clock.now()).unwrap();
    office.bind_code(&bearer, &session.secret, &key, &first).unwrap();
    let other = office.propose_code_key();
    let late = other.code(office.clock.now()).unwrap();
    assert_eq!(code(office.bind_code(&bearer, &session.secret, &other, &late)), "code_bound", "a second window");
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
    // Somebody who saw the code types it at once, within its time step.
    let thief = office.sign_in("shouli", "Copper-9-bridge", &door()).unwrap();
    let bearer = office.session(&thief.secret).unwrap().unwrap();
    assert_eq!(code(office.second_factor(&bearer, &thief.secret, &next)), "invalid", "counted once");
    assert!(!office.session(&thief.secret).unwrap().unwrap().is_ready());
    office.clock.advance(30);
    let older = key.code(office.clock.now().plus_seconds(-60)).unwrap();
    assert_eq!(code(office.second_factor(&bearer, &thief.secret, &older)), "invalid", "none before the last used");
}

#[test]
fn each_administrator_does_only_his_own_part() {
    let office = office();
    let [system, security, audit] =
        [AdminRole::System, AdminRole::Security, AdminRole::Audit].map(|role| office.admin(role));
    let body = office.body("registrar", "沈阳市民政局", "2101");
    let official = |login: &str| NewOfficial { login: login.to_owned(), name: "审查岗".to_owned(), admin: None };
    for wrong in [&security, &audit, &office.founder("nobody")] {
        assert_eq!(code(office.open_official(wrong, &official("x-official"))), "denied");
    }
    let account = office.opened("shencha", "审查岗", None);
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
fn a_desk_is_held_where_it_belongs() {
    let office = office();
    let security = office.admin(AdminRole::Security);
    let account = office.opened("shencha", "审查岗", None);
    let (city, tax) = (office.body("registrar", "沈阳市民政局", "2101"), office.body("tax", "沈阳市税务局", "2101"));
    let give = |body, desk: &str, area: &str| {
        let new = NewPost { account, body, desk: desk.into(), area: area.parse().unwrap(), until: None };
        office.give_post(&security, &new).map_err(|refused| match refused {
            Refused::Invalid(wrong) => wrong[0].message.clone(),
            other => other.to_string(),
        })
    };
    assert!(give(city, "review", "2101").is_ok());
    assert!(give(city, "intake", "210102").is_ok(), "a district below may be looked after");
    assert!(give(tax, "tax", "2101").is_ok());
    assert!(give(tax, "decision", "2101").unwrap_err().contains("单位类别不符"));
    assert!(give(city, "supervisor", "2101").unwrap_err().contains("单位类别不符"));
    for above_or_beside in ["21", "2102", "100000"] {
        assert!(give(city, "decision", above_or_beside).unwrap_err().contains("管不到"), "{above_or_beside}");
    }
    let system = office.admin(AdminRole::System);
    let new = NewOfficial { login: "waits".to_owned(), name: "未确认".to_owned(), admin: None };
    let waiting = office.open_official(&system, &new).unwrap().account;
    let post =
        NewPost { account: waiting, body: city, desk: "review".into(), area: "2101".parse().unwrap(), until: None };
    assert_eq!(code(office.give_post(&security, &post)), "account_not_active");
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
