//! Connections to outside systems, against recorded exchanges: what goes out with an act and in which order, what comes in, what
//! happens when nobody answers.
use std::sync::Arc;

use authority::{AdminRole, Verb};
use casework::{Act, CorrectionItem};
use office::accounts::Entrance;
use office::cases::Done;
use office::connector::admin::{Health, backlog};
use office::connector::messages::{CaseStatus, Message as _};
use office::connector::outbox::Delivered;
use office::connector::{Connector, Http, Kind, Line, Outside, Recorded};
use office::reviews::NewReview;
use office::testing::{TestOffice, office, office_on};
use store::organizations as rows;
use store::outside::OutboxRow;

use super::{act, cast, file, granted, reviewed, step};

const TAKES_ALL: &str = include_str!("exchanges/takes_all.json");
const FAILS_FIRST: &str = include_str!("exchanges/fails_first.json");
const CODES: &str = include_str!("exchanges/codes.json");
const IDENTITY: &str = include_str!("exchanges/identity.json");
const NAME: &str = "沈阳市养老服务协会";

fn line(text: &str) -> (Arc<Recorded>, Line) {
    let recorded = Arc::new(Recorded::parse(text).unwrap());
    let line = Line { attempts: 3, ..Line::recorded(Arc::clone(&recorded)) };
    (recorded, line)
}

/// On each engine, an office with connections of its own.
fn on_each(connect: impl Fn() -> (Arc<Recorded>, Outside), body: impl Fn(&TestOffice, &Recorded)) {
    let mut offices = vec![office()];
    offices.extend(store::testing::postgres().map(office_on));
    for mut house in offices {
        let (recorded, outside) = connect();
        house.office.outside = Arc::new(outside);
        body(&house, &recorded);
    }
}

fn both_ways(text: &'static str) -> impl Fn() -> (Arc<Recorded>, Outside) {
    move || {
        let (recorded, line) = line(text);
        let outside = Outside::local().with(Connector::CaseStatus, line.clone());
        (recorded, outside.with(Connector::ServiceReview, line))
    }
}

fn kinds(recorded: &Recorded) -> Vec<String> {
    recorded.seen().iter().map(|(_, body)| body["kind"].as_str().unwrap_or_default().to_owned()).collect()
}

fn outbox(office: &TestOffice, connector: Connector, done: &Done) -> Vec<OutboxRow> {
    let subject = format!("case/{}", done.case);
    office.db.read(|tx| store::outside::of(tx, done.origin, connector.as_str(), &subject)).unwrap()
}

fn deliver(office: &TestOffice, connector: Connector) -> Delivered {
    office.deliver(connector, &mut || true).unwrap()
}

fn jobs(office: &TestOffice) -> usize {
    let waiting = office.db.read(|tx| store::jobs::list(tx, "waiting", 100)).unwrap();
    waiting.iter().filter(|job| job.name == "deliver").count()
}

fn health(office: &TestOffice, connector: Connector) -> Health {
    let state = office.system_state(&office.admin(AdminRole::System)).unwrap();
    state.connectors.into_iter().find(|one| one.connector == connector).unwrap().health
}

fn correction() -> Act {
    let mut back = Act::new(Some("intake".into()), Verb::Return);
    back.corrections = vec![CorrectionItem {
        target: "purpose".into(),
        problem: "请写具体".into(),
        article: String::new(),
        example: String::new(),
    }];
    back
}

#[test]
fn where_a_case_stands_and_how_it_was_rated_go_out_with_the_acts_in_order() {
    on_each(both_ways(TAKES_ALL), |office, recorded| {
        let cast = cast(office);
        assert_eq!(health(office, Connector::CaseStatus), Health::NotConnected, "nothing has gone over it yet");
        let returned = file(office, &cast, "沈阳市园艺交流协会");
        step(office, &cast.intake, &returned, correction()).unwrap();
        let told: Vec<String> =
            outbox(office, Connector::CaseStatus, &returned).into_iter().map(|row| row.kind).collect();
        assert_eq!(told, ["case.received", "case.correction"]);
        let done = reviewed(office, &cast, NAME);
        let before = outbox(office, Connector::CaseStatus, &done);
        let mut early = act(office, "decide", Verb::Approve);
        early.files.clear();
        assert!(step(office, &cast.intake, &done, early).is_err(), "not his to decide");
        assert_eq!(outbox(office, Connector::CaseStatus, &done), before, "a refused act tells nobody");
        let done = step(office, &cast.decision, &done, super::approve(office, &cast.decision, &done)).unwrap();
        let rated =
            NewReview { score: 2, reasons: vec!["slow".to_owned()], text: "王经办人态度不好".to_owned() };
        let review = office.give_review(&cast.founder, &done.number, rated).unwrap();
        assert!(recorded.seen().is_empty(), "an act waits for nobody outside");
        assert_eq!(jobs(office), 2 + 4 + 1, "and leaves a job for every message");
        assert_eq!(health(office, Connector::CaseStatus), Health::Waiting(6));

        assert_eq!(deliver(office, Connector::CaseStatus), Delivered { sent: 6, ..Delivered::default() });
        assert_eq!(deliver(office, Connector::ServiceReview).sent, 1);
        assert_eq!(deliver(office, Connector::CaseStatus), Delivered::default(), "nothing goes out twice");
        let seen = recorded.seen();
        let of_case: Vec<&serde_json::Value> =
            seen.iter().map(|(_, body)| body).filter(|body| body["body"]["case_number"] == done.number).collect();
        let told: Vec<&str> = of_case.iter().map(|body| body["kind"].as_str().unwrap()).collect();
        assert_eq!(told, ["case.received", "case.accepted", "case.decided", "case.ended", "review.given"]);
        let places: Vec<i64> = of_case.iter().map(|body| body["seq"].as_i64().unwrap()).collect();
        assert_eq!(places, [1, 2, 3, 4, 1]);
        let code = office.db.read(|tx| rows::get(tx, done.origin, done.org.unwrap())).unwrap().code.unwrap();
        let ended = &of_case[3]["body"];
        assert_eq!(
            (ended["result"].as_str(), ended["organization_code"].as_str()),
            (Some("granted"), Some(code.as_str()))
        );
        assert_eq!((ended["on"].as_str(), ended["authority"].as_str()), (Some("2026-03-02"), Some("2101")));
        assert!(of_case[0]["body"]["organization_code"].is_null() && of_case[0]["body"]["result"].is_null());
        let keys: Vec<&str> = ended.as_object().unwrap().keys().map(String::as_str).collect();
        assert_eq!(keys, CaseStatus::FIELDS);
        for (exchange, _) in &seen {
            for personal in ["王示例", "孙示例", "经办人", "21010219", "态度不好"] {
                assert!(!exchange.body.contains(personal), "{personal} in {}", exchange.body);
            }
        }
        assert_eq!(health(office, Connector::CaseStatus), Health::Good);

        office
            .answer_review(&cast.supervision, done.origin, review.id, "已增加窗口人员，并于今日电话回访致歉")
            .unwrap();
        office.close_review(&cast.supervision, done.origin, review.id).unwrap();
        assert_eq!(deliver(office, Connector::ServiceReview).sent, 2);
        assert_eq!(kinds(recorded)[7..], ["review.answered", "review.closed"]);
        let chain =
            office.db.read(|tx| store::journal::chain(tx, done.origin, &format!("case/{}", done.case))).unwrap();
        let first = String::from_utf8_lossy(&chain[0].body);
        assert!(
            first.contains("message.case_status.1") && first.contains("case.received"),
            "the entry names the message"
        );
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}

#[test]
fn what_fails_is_tried_again_given_up_and_sent_by_an_administrator_in_its_old_order() {
    on_each(both_ways(FAILS_FIRST), |office, recorded| {
        let cast = cast(office);
        let done = granted(office, &cast, NAME);
        let first = deliver(office, Connector::CaseStatus);
        let at = office.clock.now().plus_seconds(10);
        assert_eq!(first, Delivered { again: 1, next: Some(at), ..Delivered::default() }, "the later ones wait");
        assert_eq!(deliver(office, Connector::CaseStatus), Delivered { next: Some(at), ..Delivered::default() });
        office.clock.advance(10);
        assert_eq!(deliver(office, Connector::CaseStatus).next, Some(office.clock.now().plus_seconds(20)));
        office.clock.advance(20);
        assert_eq!(deliver(office, Connector::CaseStatus), Delivered { sent: 1, dead: 1, ..Delivered::default() });
        assert_eq!(kinds(recorded), ["case.received", "case.received", "case.received", "case.accepted"]);
        let seen = recorded.seen();
        let (keys, bodies): (Vec<_>, Vec<_>) = seen[..3].iter().map(|(one, _)| (&one.key, &one.body)).unzip();
        assert!(
            keys.iter().all(|key| *key == keys[0]) && bodies.iter().all(|body| *body == bodies[0]),
            "a repeat is known"
        );
        assert_ne!(seen[3].0.key, *keys[0]);

        office.days_pass(1);
        assert_eq!(
            deliver(office, Connector::CaseStatus),
            Delivered::default(),
            "what is given up holds the later ones"
        );
        assert_eq!(office.db.read(backlog).unwrap(), (2, 1));
        let system = office.admin(AdminRole::System);
        let state = office.system_state(&system).unwrap();
        assert_eq!((state.dead.len(), health(office, Connector::CaseStatus).plain().as_str()), (1, "失败 1 条"));
        let (origin, id) = (done.origin, state.dead[0].id);
        assert!(state.dead[0].error.as_ref().unwrap().contains("unknown matter"), "{:?}", state.dead[0].error);
        for wrong in [
            office.admin(AdminRole::Security),
            office.admin(AdminRole::Audit),
            cast.decision.clone(),
            cast.founder.clone(),
        ] {
            assert_eq!(office.reopen_message(&wrong, origin, id, true, "对方已恢复").unwrap_err().code(), "denied");
            assert_eq!(office.dead_message(&wrong, origin, id).unwrap_err().code(), "denied");
        }
        assert_eq!(office.reopen_message(&system, origin, id, true, " ").unwrap_err().code(), "invalid");
        office.reopen_message(&system, origin, id, true, "对方已补录事项").unwrap();
        assert_eq!(office.reopen_message(&system, origin, id, true, "再送").unwrap_err().code(), "not_dead");
        let chain = office.db.read(|tx| store::journal::chain(tx, origin, &format!("message/{id}"))).unwrap();
        let entry = office::ledger::entry_of(&chain[0]).unwrap();
        assert_eq!(
            (entry.draft.act.as_str(), entry.draft.reason.as_deref()),
            ("retry_message", Some("对方已补录事项"))
        );
        assert_eq!(deliver(office, Connector::CaseStatus).sent, 3);
        assert_eq!(kinds(recorded)[4..], ["case.accepted", "case.decided", "case.ended"]);
    });
}

#[test]
fn a_message_nobody_takes_is_given_up_after_its_attempts_and_can_be_left_out() {
    let nobody = r#"{"exchanges": [{"path": "messages", "request": {"kind": "case.received"}, "answers": [{"status": 500}]},
                                   {"path": "messages", "answers": [{"status": 204}]}]}"#;
    on_each(both_ways(nobody), |office, recorded| {
        let cast = cast(office);
        let done = file(office, &cast, NAME);
        step(office, &cast.intake, &done, act(office, "intake", Verb::Accept)).unwrap();
        for _ in 0..5 {
            deliver(office, Connector::CaseStatus);
            office.days_pass(1);
        }
        assert_eq!(kinds(recorded), ["case.received"; 3], "three attempts, as configured");
        let system = office.admin(AdminRole::System);
        let id = office.system_state(&system).unwrap().dead[0].id;
        office.reopen_message(&system, done.origin, id, false, "对方已从别处收到").unwrap();
        assert_eq!(deliver(office, Connector::CaseStatus).sent, 1, "the later ones go");
        office.days_pass(91);
        assert_eq!(office.tidy_outbox().unwrap(), 2);
    });
}

#[test]
fn two_senders_at_once_send_everything_once_and_in_order() {
    on_each(both_ways(TAKES_ALL), |office, recorded| {
        let cast = cast(office);
        let names = [NAME, "沈阳市园艺交流协会", "沈阳市数控技术协会", "沈阳市河湖保护协会"];
        for name in names {
            granted(office, &cast, name);
        }
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| while deliver(office, Connector::CaseStatus).next.is_some() {});
            }
        });
        let seen = recorded.seen();
        assert_eq!(seen.len(), 16);
        let mut last = std::collections::BTreeMap::new();
        for (_, body) in &seen {
            let place = last.entry(body["subject"].as_str().unwrap().to_owned()).or_insert(0);
            assert_eq!(body["seq"].as_i64().unwrap(), *place + 1, "{body}");
            *place += 1;
        }
    });
}

#[test]
fn a_sender_that_died_is_followed_by_another_with_the_same_key() {
    on_each(both_ways(TAKES_ALL), |office, recorded| {
        let cast = cast(office);
        let done = file(office, &cast, NAME);
        let row = outbox(office, Connector::CaseStatus, &done).remove(0);
        let (now, lease) = (office.clock.now(), office.clock.now().plus_seconds(40));
        let (claimed, id) = (row.clone(), row.id);
        assert!(office.db.write(move |tx| store::outside::claim(tx, &claimed, now, lease)).unwrap());
        assert_eq!(deliver(office, Connector::CaseStatus), Delivered { next: Some(lease), ..Delivered::default() });
        office.clock.advance(40);
        assert_eq!(deliver(office, Connector::CaseStatus).sent, 1);
        assert_eq!(recorded.seen()[0].0.key, id.to_string());
        let end = store::outside::Attempt::Dead("too late".to_owned());
        let held = office.db.write(move |tx| store::outside::settle(tx, &row, 1, lease, &end)).unwrap();
        assert!(!held, "what the dead one says afterwards is not believed");
    });
}

#[test]
fn a_connection_that_is_off_gets_nothing_and_invented_cases_never_leave_the_house() {
    let mut office = office();
    let cast = cast(&office);
    let done = granted(&office, &cast, NAME);
    assert!(outbox(&office, Connector::CaseStatus, &done).is_empty() && jobs(&office) == 0);
    let (_, recorded) = line(TAKES_ALL);
    let real = Line { kind: Kind::Http, transport: Arc::new(Http::new("http://127.0.0.1:9", 1)), ..recorded };
    office.office.outside = Arc::new(Outside::local().with(Connector::CaseStatus, real));
    let real = file(&office, &cast, "沈阳市园艺交流协会");
    assert_eq!(outbox(&office, Connector::CaseStatus, &real).len(), 1);
    let area = super::AREA.parse().unwrap();
    let resolved = office.matter("found-association", &area, office.clock.today()).unwrap();
    let (mut answers, materials) = office::testing::form_of(&resolved.matter, &|_| cast.body);
    answers.put("name", serde_json::json!("沈阳市河湖保护协会"));
    let matter = "found-association".to_owned();
    let new = office::cases::file::NewCase { matter, org: None, answers, materials, synthetic: true };
    let invented = office.file_case(&cast.founder, new).unwrap();
    assert!(outbox(&office, Connector::CaseStatus, &invented).is_empty());
    // Nobody listens on that port: the attempt fails like any other.
    let done = deliver(&office, Connector::CaseStatus);
    assert_eq!((done.sent, done.again), (0, 1));
}

#[test]
fn codes_come_from_an_outside_source_beforehand_and_their_use_is_told_back() {
    let connect = || {
        let (recorded, line) = line(CODES);
        (recorded, Outside::local().with(Connector::Codes, line))
    };
    on_each(connect, |office, recorded| {
        let cast = cast(office);
        let waiting = reviewed(office, &cast, NAME);
        let approve = super::approve(office, &cast.decision, &waiting);
        let none = step(office, &cast.decision, &waiting, approve.clone()).unwrap_err();
        assert_eq!(none.code(), "codes_used_up");
        for trouble in ["connection reset", "no body of a code", "签名"] {
            let said = format!("{:?}", office.fetch_codes().unwrap_err());
            assert!(said.contains(trouble), "{said}");
        }
        assert_eq!(office.fetch_codes().unwrap(), 2);
        let asked: Vec<String> = recorded.seen().into_iter().map(|(exchange, _)| exchange.key).collect();
        assert_eq!(asked, ["codes-1"; 4], "the same batch under the same key until it came");
        assert!(office.fetch_codes().is_err(), "few are left, so the next batch is asked for");

        let done = step(office, &cast.decision, &waiting, approve).unwrap();
        let code = office.db.read(|tx| rows::get(tx, done.origin, done.org.unwrap())).unwrap().code.unwrap();
        assert_eq!((&code[8..16], office::connector::is_local_code(&code)), ("MJ000001", false));
        assert_eq!(office.db.read(store::outside::bodies_left).unwrap(), (1, 1));
        assert_eq!(deliver(office, Connector::Codes).sent, 1);
        let (_, told) = recorded.seen().pop().unwrap();
        assert_eq!((told["body"]["code"].as_str(), told["body"]["name"].as_str()), (Some(code.as_str()), Some(NAME)));
        assert_eq!(health(office, Connector::Codes), Health::Good);
        granted(office, &cast, "沈阳市园艺交流协会");
        let third = reviewed(office, &cast, "沈阳市河湖保护协会");
        let approve = super::approve(office, &cast.decision, &third);
        assert_eq!(step(office, &cast.decision, &third, approve).unwrap_err().code(), "codes_used_up");
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}

#[test]
fn people_come_in_from_an_identity_source_and_are_known_again() {
    let connect = || {
        let (recorded, line) = line(IDENTITY);
        (recorded, Outside::local().with_identity("https://sso.example/login", line))
    };
    let door = Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() };
    on_each(connect, |office, _| {
        let enter = |ticket: &str| office.sign_in_from_outside(ticket, &door);
        let url = office.outside_login("https://a.example/login/outside/return", "s&1").unwrap();
        assert_eq!(
            url,
            "https://sso.example/login?return=https%3A%2F%2Fa.example%2Flogin%2Foutside%2Freturn&state=s%261"
        );
        let first = office.session(&enter("person-1").unwrap().secret).unwrap().unwrap();
        assert_eq!((first.actor.name.as_str(), first.kind.as_str(), first.is_ready()), ("周远舟", "public", true));
        assert!(first.actor.orgs.is_empty() && first.actor.admin.is_none() && first.actor.posts.is_empty());
        let again = office.session(&enter("person-again").unwrap().secret).unwrap().unwrap();
        assert_eq!(again.actor.account, first.actor.account);
        for (ticket, code) in [
            ("forged", "identity_silent"),
            ("silent", "identity_silent"),
            ("used", "ticket"),
            ("nameless", "ticket"),
            ("", "ticket"),
        ] {
            assert_eq!(enter(ticket).err().unwrap().code(), code, "{ticket}");
        }
        assert_eq!(office.sign_in(&first.login, "", &door).err().unwrap().code(), "invalid", "no password fits");
        let chain = office
            .db
            .read(|tx| store::journal::chain(tx, base::Origin::none(), &format!("account/{}", first.actor.account)));
        let text: String = chain.unwrap().iter().map(|row| String::from_utf8_lossy(&row.body).into_owned()).collect();
        assert!(text.contains("open_account") && !text.contains("P-7781") && !text.contains("周远舟"));
        let rows: Vec<store::outside::OutsideIdentity> = office
            .db
            .read(|tx| {
                let text = "select source, lookup, person, account, since from outside_identity";
                tx.list(store::Sql::dynamic("test.identities", text), &[])
            })
            .unwrap_or_else(|error: store::DbError| panic!("{error}"));
        assert!(rows.len() == 1 && !String::from_utf8_lossy(&rows[0].lookup).contains("7781"));
        office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
    });
}

#[test]
fn whoever_signs_in_for_an_organization_on_the_register_acts_for_it_and_officials_sign_in_here() {
    let mut office = office();
    let cast = cast(&office);
    let org = granted(&office, &cast, NAME).org.unwrap();
    let origin = office.db.read(|tx| rows::locate(tx, org)).unwrap().unwrap();
    let code = office.db.read(|tx| rows::get(tx, origin, org)).unwrap().code.unwrap();
    let (_, line) = line(&IDENTITY.replace("CODE", &code));
    office.office.outside = Arc::new(Outside::local().with_identity("https://sso.example/login?app=1", line));
    let door = Entrance { address: "10.0.0.1".to_owned(), agent: "test".to_owned() };
    for _ in 0..2 {
        let session = office.sign_in_from_outside("for-an-organization", &door).unwrap();
        assert_eq!(office.session(&session.secret).unwrap().unwrap().actor.orgs, [org]);
    }
    assert!(office.outside_login("x", "y").unwrap().contains("?app=1&return="));
    // The account becomes an official's: the outside no longer opens it.
    let account = office.session(&office.sign_in_from_outside("for-an-organization", &door).unwrap().secret);
    let account = account.unwrap().unwrap().actor.account;
    let deed = office::Deed::by(&office.admin(AdminRole::System), base::Origin::none(), "account", account, "test");
    office
        .act(deed, move |work| {
            let found = store::accounts::find(work.tx, account)?.unwrap();
            let (rev, entry) = (found.rev + 1, work.entry);
            work.update(&store::accounts::Account { kind: "official".to_owned(), rev, entry, ..found })
        })
        .unwrap();
    assert_eq!(office.sign_in_from_outside("for-an-organization", &door).err().unwrap().code(), "official");
    office.office.outside = Arc::new(Outside::local());
    assert_eq!(office.sign_in_from_outside("person-1", &door).err().unwrap().code(), "not_found");
}
