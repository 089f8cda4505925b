//! A foundation goes from the province's registrar to the city's: queue, rights, lists, feeds, `as_of` and `known_on`.
use authority::{OrgSubject, Subject, Territory, may, scope};
use base::{AreaCode, BodyId, Date, RecordId};
use office::desk::{QueueAsk, Which};
use office::register::handover::Handover;
use office::register::read::dossier::{Answer, Moment};
use office::testing::{TestOffice, office, office_on};
use serde_json::json;

use super::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn queue(kite: &Office, who: &Actor) -> Vec<String> {
    let ask = QueueAsk { desk: who.posts[0].desk.as_str().to_owned(), which: Which::All, ..QueueAsk::default() };
    kite.desk_queue(who, &ask).unwrap().rows.into_iter().map(|row| row.number).collect()
}

/// The power given by the province (登记管理权限授予).
fn delegate(kite: &Office, province: &Actor, to: &str) {
    let (id, to) = (RecordId::fresh(&kite.clock, &kite.rng), to.to_owned());
    let origin = Origin::of(&"21".parse().unwrap());
    let deed = office::Deed::by(province, origin, "register", id, "enter_register");
    kite.act(deed, move |work| {
        work.insert(&store::registers::RegisterEntry {
            origin,
            register: "delegated-registrars".to_owned(),
            id,
            org: None,
            person: None,
            area: "21".parse().unwrap(),
            province: None,
            city: None,
            county: None,
            title: "沈阳市民政局".to_owned(),
            state: "active".to_owned(),
            since: "2026-01-01".parse().unwrap(),
            until: None,
            public: true,
            body: json!({ "body": "沈阳市民政局", "area": to, "kinds": ["foundation"] }),
            rev: 1,
            entry: work.entry,
            key: None,
        })
    })
    .unwrap();
}

fn moves(office: &TestOffice) {
    let kite = with_kites(office);
    let bodies = [("辽宁省民政厅", "21"), ("沈阳市民政局", "2101"), ("大连市民政局", "2102")]
        .map(|(name, area)| (office.body("registrar", name, area), area));
    let at = |desk: &str, number: usize| office.official(desk, bodies[number].1, bodies[number].0);
    let (province, city, other) = (at("intake", 0), at("intake", 1), at("intake", 2));
    let mut org = office.registered(Kind::Foundation, "辽宁风筝基金会", "21", day("2018-05-01"));
    org.domicile = "210102".parse().ok();
    let (origin, code) = (org.origin, org.code.clone().unwrap());
    let clerk = Actor { orgs: vec![org.id], ..office.founder("kite-clerk") };
    let case = filed(&kite, &clerk, "amend", &[]);
    kite.claim_task(&province, (case.0, case.1), "intake", true).unwrap();
    assert_eq!((queue(&kite, &province), queue(&kite, &city)), (vec![case.2.clone()], vec![]));
    let before = kite.changes_after(origin, 0, 500).unwrap().1;
    let known_before = kite.clock.today();
    office.days_pass(10);
    let to: AreaCode = "2101".parse().unwrap();
    let from = day("2026-03-05");
    let new = Handover { code: code.clone(), to, from, basis: "辽民发〔2026〕1号".into() };
    let deciding = at("decision", 0);
    for wrong in [&province, &at("decision", 1), &at("decision", 2), &clerk, &at("data_quality", 0)] {
        assert_eq!(kite.change_registrar(wrong, &new).unwrap_err().code(), "denied", "{:?}", wrong.posts);
    }
    let refused = kite.change_registrar(&deciding, &new).unwrap_err();
    assert_eq!(refused.code(), "not_competent");
    assert!(refused.to_string().contains("《基金会管理条例》第六条"), "{refused}");
    delegate(&kite, &deciding, "2101");
    let early = Handover { from: day("2018-04-30"), ..new.clone() };
    assert!(kite.change_registrar(&deciding, &early).is_err(), "before it was registered");
    let late = Handover { from: day("2026-05-01"), ..new.clone() };
    assert!(kite.change_registrar(&deciding, &late).is_err(), "not before its day");
    assert_eq!(kite.change_registrar(&deciding, &new).unwrap(), org.id);
    assert!(kite.change_registrar(&deciding, &new).is_err(), "once");

    // One act with its entry and one change row of the organization; the case tells it in its own history.
    let entry = last_entry(&kite, origin, &format!("org/{}", org.id));
    assert_eq!((entry.draft.act.as_str(), entry.draft.desk.as_str()), ("change_registrar", "decision"));
    assert_eq!(entry.draft.area.as_ref().map(AreaCode::as_str), Some("21"));
    let (changes, _) = kite.changes_after(origin, before, 500).unwrap();
    let told: Vec<_> = changes.iter().filter(|change| change.kind == "org").collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].public["registrar"], json!("2101"));
    assert_eq!(last_entry(&kite, case.0, &format!("case/{}", case.1)).draft.act, "transfer");
    let row = kite.db.read(|tx| store::organizations::get(tx, origin, org.id)).unwrap();
    assert_eq!((row.origin, row.registrar_area.as_str(), row.registrar_body), (origin, "2101", Some(bodies[1].0)));

    // The queue, the rights and the scope of lists follow the registrar, not the origin.
    assert_eq!((queue(&kite, &province), queue(&kite, &city)), (vec![], vec![case.2.clone()]));
    assert_eq!(queue(&kite, &other), Vec::<String>::new());
    assert_eq!(step(&kite, &province, &case, act("intake", Verb::Accept)).unwrap_err().code(), "denied");
    let territory = |code: &str| {
        let mut chain = kite.lineage(&code.parse().unwrap(), kite.clock.today()).into_iter();
        Territory::of_lineage(chain.next().unwrap(), chain)
    };
    let subject = |registrar: &str| {
        let (registrar, bodies) = (territory(registrar), Vec::<BodyId>::new());
        Subject::Organization(OrgSubject { org: org.id, registrar, domicile: None, bodies })
    };
    let data = |number| at("data_quality", number);
    let rights = |registrar: &str| {
        let subject = subject(registrar);
        let amend = [0, 1, 2].map(|number| may(&data(number), Verb::Amend, &subject).is_ok());
        let sees = [&province, &city, &other].map(|who| scope(who).admits(&subject));
        (amend, sees)
    };
    assert_eq!(rights("21"), ([true, false, false], [true, false, false]), "before");
    assert_eq!(rights(row.registrar_area.as_str()), ([false, true, false], [true, true, false]), "after");
    step(&kite, &city, &case, act("intake", Verb::Accept)).unwrap();
    let counted = |area: &str| {
        let area: AreaCode = area.parse().unwrap();
        office::register::read::structure::sum(&kite.structure(Some(&area)).unwrap().total)
    };
    assert_eq!([counted("21"), counted("2101"), counted("2102")], [1, 1, 0]);

    then_and_now(&kite, &code, from, known_before);
    verified(&kite);
}

/// The registrar that held then, and the one that was known then.
fn then_and_now(kite: &office::Office, code: &str, from: Date, known_before: Date) {
    let later = kite.clock.today();
    let registrar = |as_of: Option<Date>, known: Option<Date>| match kite
        .find_dossier(code, Moment::of(as_of, known, later))
        .unwrap()
    {
        Answer::Found(dossier) => dossier.organization.registrar.to_string(),
        answer => panic!("{answer:?}"),
    };
    assert_eq!(registrar(None, None), "2101");
    assert_eq!(registrar(Some(day("2026-03-04")), None), "21");
    assert_eq!(registrar(Some(from), None), "2101");
    assert_eq!(registrar(Some(from), Some(known_before)), "21", "on {known_before} nobody knew of it");
}

#[test]
fn a_foundation_moves_between_registrars_with_everything_that_follows() {
    moves(&office());
    if let Some(db) = store::testing::postgres() {
        moves(&office_on(db));
    }
}

#[test]
fn searches_by_registrar_find_it_where_it_is_now() {
    use office::register::read::ask::Ask;
    let office = office().with_index();
    let kite = with_kites(&office);
    let (upper, city) =
        (office.body("registrar", "辽宁省民政厅", "21"), office.body("registrar", "沈阳市民政局", "2101"));
    let org = office.registered(Kind::Association, "辽宁风筝协会", "21", day("2018-05-01"));
    let deciding = office.official("decision", "21", upper);
    assert_ne!(upper, city);
    office.catch_up().unwrap();
    let found = |registrar: &str, as_of: Option<Date>| {
        let registrar = registrar.parse().ok();
        kite.search_register(&Ask { registrar, as_of, ..Ask::default() }).unwrap().total
    };
    assert_eq!((found("21", None), found("2101", None)), (1, 0));
    office.days_pass(5);
    let today = office.clock.today();
    let basis = "辽民发〔2026〕2号".to_owned();
    let new = Handover { code: org.public_code(), to: "2101".parse().unwrap(), from: today, basis };
    kite.change_registrar(&deciding, &new).unwrap();
    office.catch_up().unwrap();
    assert_eq!((found("21", None), found("2101", None)), (0, 1));
    let before = today.yesterday().ok();
    assert_eq!((found("21", before), found("2101", before)), (1, 0), "then it was the province's");
}
