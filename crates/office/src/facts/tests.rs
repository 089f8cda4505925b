//! Facts are what the register says, on every day, whichever way they came about.
use std::collections::{BTreeMap, BTreeSet};

use base::{Date, Instant, OrgId, RecordId};
use catalogue::{Subject, Value};
use planning::FactBase;
use planning::table::Given;
use registry::{DirectClass, Kind, Organization, Registration};
use serde_json::json;
use store::registers::RegisterEntry;

use super::*;
use crate::Deed;
use crate::testing::{TestOffice, office, on_each_engine};

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn now<T>(ready: Ready<T>) -> T {
    match ready {
        Ready::Now(there) => there,
        Ready::Soon { .. } => panic!("a small register is read at once"),
    }
}

fn of(office: &TestOffice, on: &str, id: OrgId, fact: &str) -> Option<Given> {
    let facts = now(office.facts_on(day(on)).unwrap());
    in_base(&facts.read(), id, fact)
}

fn in_base(base: &FactBase, id: OrgId, fact: &str) -> Option<Given> {
    let subject = if fact.starts_with("cso.") { Subject::CommunityOrganization } else { Subject::Organization };
    let table = base.table(&subject).unwrap();
    Some(table.get(table.find(id.bits())?, fact))
}

#[expect(clippy::unnecessary_wraps, reason = "compared with what a base says, which may be nothing")]
fn int(number: i64) -> Option<Given> {
    Some(Given::Known(Value::Int(number)))
}

#[expect(clippy::unnecessary_wraps, reason = "as above")]
fn truth(truth: bool) -> Option<Given> {
    Some(Given::Known(Value::Bool(truth)))
}

#[expect(clippy::unnecessary_wraps, reason = "as above")]
fn date(text: &str) -> Option<Given> {
    Some(Given::Known(Value::Date(day(text))))
}

/// Everything a base says, whatever order its rows have; what lies nowhere says nothing.
fn said(base: &FactBase) -> BTreeMap<String, Vec<String>> {
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for table in base.tables() {
        out.insert(format!("{}", table.subject()), vec![format!("{:?}", table.kept_since())]);
        for row in 0..table.len() {
            let place = table.place(row).unwrap();
            if place == planning::Place::both(planning::areas::NOWHERE) {
                continue;
            }
            let specs = table.layout().columns.iter();
            let told: Vec<_> = specs.map(|spec| (&spec.fact, table.get(row, &spec.fact))).filter(is_said).collect();
            // Hundreds of thousands of areas say nothing but what the tree says.
            if told.is_empty() {
                continue;
            }
            let facts = told.into_iter().map(|(fact, given)| format!("{fact}={given:?}"));
            let codes = [place.registered, place.domiciled].map(|at| format!("{:?}", base.areas().code(at)));
            out.insert(format!("{} {:?}", table.subject(), table.id(row)), codes.into_iter().chain(facts).collect());
        }
    }
    out
}

fn is_said((fact, given): &(&String, Given)) -> bool {
    let of_tree = ["area.level", "community.settlement"].contains(&fact.as_str());
    !of_tree
        && *given != Given::Unknown
        && (fact.as_str(), given) != ("area.registrar", &Given::Known(Value::Bool(false)))
}

fn rebuilt(office: &TestOffice, on: Date, live: bool) -> FactBase {
    office.build_facts(on, None, live, &|_, _| true).unwrap().base
}

fn assert_current(office: &TestOffice) {
    let today = office.clock.today();
    let held = now(office.facts_on(today).unwrap());
    let (followed, anew) = (said(&held.read()), said(&rebuilt(office, today, true)));
    assert_eq!(followed, anew);
}

#[test]
fn the_suppliers_are_those_the_catalogue_names() {
    let office = office();
    let said: BTreeSet<&str> = supply::SUPPLIED.iter().map(|(fact, _)| *fact).collect();
    assert_eq!(said.len(), supply::SUPPLIED.len(), "a fact has one supplier");
    let facts = office.catalogue.words().iter();
    let counted = facts.filter(|fact| !matches!(fact.subject, None | Some(Subject::Register(_))));
    let promised: BTreeSet<&str> =
        counted.filter(|fact| fact.supply != catalogue::Supply::Nobody).map(|fact| fact.name.as_str()).collect();
    assert_eq!(said, promised);
}

#[test]
fn an_organization_is_what_it_was_on_each_day() {
    on_each_engine(|office| {
        let mut o = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2015-03-02"));
        (o.industry, o.domicile) = (Some("9522".to_owned()), Some("210102".parse().unwrap()));
        office.record_org(&o, day("2015-03-02"));
        o.grade = Some(4);
        office.record_org(&o, day("2018-07-02"));
        o.grade = None;
        office.record_org(&o, day("2023-07-03"));
        o.states.registration = Registration::Deregistered;
        o.ended_on = Some(day("2025-05-06"));
        office.record_org(&o, day("2025-05-06"));
        assert_eq!(of(office, "2015-03-01", o.id, "org.alive"), None, "before its registration it is not in the table");
        assert_eq!(of(office, "2016-12-31", o.id, "org.alive"), truth(true));
        assert_eq!(of(office, "2016-12-31", o.id, "org.grade"), int(0));
        assert_eq!(of(office, "2016-12-31", o.id, "org.first_3a_on"), Some(Given::Blank));
        assert_eq!(of(office, "2020-12-31", o.id, "org.grade"), int(4));
        assert_eq!(of(office, "2020-12-31", o.id, "org.first_3a_on"), date("2018-07-02"));
        assert_eq!(of(office, "2024-12-31", o.id, "org.grade"), int(0));
        assert_eq!(of(office, "2024-12-31", o.id, "org.first_3a_on"), date("2018-07-02"));
        assert_eq!(of(office, "2026-03-02", o.id, "org.alive"), truth(false));
        assert_eq!(of(office, "2026-03-02", o.id, "org.trade_association"), truth(true));
        assert_eq!(of(office, "2026-03-02", o.id, "org.industry"), Some(Given::Known(Value::Text("S".into()))));
        assert_eq!(of(office, "2026-03-02", o.id, "org.level"), Some(Given::Known(Value::Text("city".into()))));
        let facts = now(office.facts_on(day("2020-12-31")).unwrap());
        let facts = facts.read();
        let table = facts.table(&Subject::Organization).unwrap();
        let place = table.place(table.find(o.id.bits()).unwrap()).unwrap();
        assert_eq!(facts.areas().code(place.registered).unwrap().as_str(), "2101");
        assert_eq!(facts.areas().code(place.domiciled).unwrap().as_str(), "210102");
    });
}

#[test]
fn what_is_entered_late_changes_the_past_day_and_not_what_was_known() {
    on_each_engine(|office| {
        let mut o = office.registered(Kind::ServiceInstitution, "云州区阳光服务中心", "210102", day("2019-04-01"));
        let year_end = day("2024-12-31");
        assert_eq!(of(office, "2024-12-31", o.id, "org.grade"), int(0));
        let then = office.clock.now();
        office.days_pass(3);
        o.grade = Some(3);
        let version = office.facts_version();
        office.record_org(&o, day("2024-06-03"));
        assert_eq!(of(office, "2024-12-31", o.id, "org.grade"), int(3), "the day that is held follows");
        assert_eq!(of(office, "2024-12-31", o.id, "org.first_3a_on"), date("2024-06-03"));
        assert_eq!(of(office, "2024-05-31", o.id, "org.grade"), int(0));
        assert_eq!(in_base(&office.facts_known(year_end, then).unwrap(), o.id, "org.grade"), int(0));
        let today = office.clock.today().to_string();
        assert_eq!(of(office, &today, o.id, "org.grade"), int(3));
        assert!(office.facts_version() > version);
    });
}

#[test]
fn community_organizations_count_where_they_live() {
    let office = office();
    let mut filed = office.draft_org(Kind::Community, "文安路合唱队", "210102");
    (filed.domicile, filed.registered_on) = (Some("210102001001".parse().unwrap()), Some(day("2022-05-09")));
    office.record_org(&filed, day("2022-05-09"));
    let mut registered = office.registered(Kind::ServiceInstitution, "文安路助老中心", "210102", day("2021-05-10"));
    registered.direct_class = Some(DirectClass::CommunityService);
    registered.domicile = Some("210102001001".parse().unwrap());
    office.record_org(&registered, day("2021-05-10"));
    let mut other = office.registered(Kind::ServiceInstitution, "云州区培训学校", "210102", day("2021-05-10"));
    other.domicile = Some("210102001001".parse().unwrap());
    office.record_org(&other, day("2021-05-10"));
    let on = "2023-01-01";
    assert_eq!(of(&office, on, filed.id, "cso.alive"), truth(true));
    assert_eq!(of(&office, on, registered.id, "cso.alive"), truth(true));
    assert_eq!(of(&office, on, other.id, "cso.alive"), None, "an address in a community is not enough");
    assert_eq!(of(&office, on, filed.id, "org.alive"), None, "a filed group is no legal person");
    assert_eq!(of(&office, "2022-05-08", filed.id, "cso.alive"), None);
    assert_eq!(of(&office, on, filed.id, "cso.settlement"), Some(Given::Known(Value::Text("urban".into()))));
}

impl TestOffice {
    /// A record of a register, written as acts on registers do.
    fn enter(&self, register: &str, area: &str, since: &str, until: Option<&str>, body: serde_json::Value) -> RecordId {
        let id = RecordId::fresh(&self.clock, &self.rng);
        let (area, register): (base::AreaCode, String) = (area.parse().unwrap(), register.to_owned());
        let (since, until) = (day(since), until.map(day));
        let deed = Deed::by(&authority::Actor::system(), base::Origin::of(&area), "register", id, "enter");
        self.act(deed, move |work| {
            work.announce("register", format!("register/{register}/{id}"), None);
            work.insert(&RegisterEntry {
                origin: base::Origin::of(&area),
                register,
                id,
                org: None,
                person: None,
                area,
                province: None,
                city: None,
                county: None,
                title: "一条".to_owned(),
                state: "active".to_owned(),
                since,
                until,
                public: false,
                body,
                rev: 1,
                entry: work.entry,
                key: None,
            })
        })
        .unwrap();
        id
    }
}

fn of_area(base: &FactBase, code: &str, fact: &str) -> Given {
    let table = base.table(&Subject::Area).unwrap();
    table.get(table.find(planning::facts::area_id(&code.parse().unwrap())).unwrap(), fact)
}

#[test]
fn registers_are_tables_and_feed_areas() {
    on_each_engine(|office| {
        let figure = |area: &str, value: i64, as_of: &str| {
            let body =
                json!({ "area": area, "figure": "population", "value": value, "as_of": as_of, "source": "公报" });
            office.enter("area-figures", area, "2026-01-05", None, body);
        };
        figure("210102", 700_000, "2020-11-01");
        figure("210102", 690_000, "2024-12-31");
        figure("2101", 9_000_000, "2024-12-31");
        let known =
            |on: &str, area: &str, fact: &str| of_area(&now(office.facts_on(day(on)).unwrap()).read(), area, fact);
        let people = |number| Given::Known(Value::Int(number));
        assert_eq!(known("2024-12-30", "210102", "area.population"), people(700_000));
        assert_eq!(known("2025-06-30", "210102", "area.population"), people(690_000));
        assert_eq!(known("2019-12-31", "210102", "area.population"), Given::Unknown);
        assert_eq!(known("2025-06-30", "210103", "area.population"), Given::Unknown);
        // The list of fast developing counties: the others of that province are told, too.
        let body = json!({ "area": "330326", "from": "2023-01-01", "until": "2025-12-31", "source": "名单" });
        office.enter("fast-developing-counties", "330326", "2023-01-01", None, body);
        let fast = |on: &str, area: &str| known(on, area, "area.fast_developing");
        assert_eq!(fast("2024-06-30", "330326"), Given::Known(Value::Bool(true)));
        assert_eq!(fast("2024-06-30", "330383"), Given::Known(Value::Bool(false)));
        assert_eq!(fast("2024-06-30", "210102"), Given::Unknown);
        assert_eq!(fast("2026-01-01", "330383"), Given::Unknown, "the list has run out");
        // A register of its own.
        let hubs = Subject::Register("hubs".to_owned());
        let held = now(office.facts_on(day("2026-03-02")).unwrap());
        assert_eq!(held.read().table(&hubs).unwrap().kept_since(), None, "nobody keeps it yet");
        let hub = office.enter("hubs", "2101", "2025-01-01", Some("2026-01-01"), json!({ "area": "210102" }));
        let late = office.enter("hubs", "2101", "2025-06-01", None, json!({ "area": "210102" }));
        let count = |on: &str, id: RecordId| now(office.facts_on(day(on)).unwrap()).has(&hubs, id.bits());
        assert!(count("2025-12-31", hub) && count("2025-12-31", late));
        assert!(!count("2026-03-02", hub) && count("2026-03-02", late));
        assert!(count("2025-03-31", hub) && !count("2025-03-31", late));
        let base = now(office.facts_on(day("2026-03-02")).unwrap());
        let base = base.read();
        let table = base.table(&hubs).unwrap();
        assert_eq!(table.kept_since(), Some(day("2025-01-01")));
        let place = table.place(table.find(late.bits()).unwrap()).unwrap();
        assert_eq!(base.areas().code(place.domiciled).unwrap().as_str(), "210102");
    });
}

#[test]
fn who_registers_is_told_by_authorities_and_by_registrations() {
    let office = office();
    let known =
        |area: &str| of_area(&now(office.facts_on(office.clock.today()).unwrap()).read(), area, "area.registrar");
    assert_eq!(known("2101"), Given::Known(Value::Bool(false)));
    office.body("registrar", "云州市民政局", "2101");
    assert_eq!(known("2101"), Given::Known(Value::Bool(true)));
    office.registered(Kind::Association, "云州区棋类协会", "210102", day("2020-01-06"));
    assert_eq!(known("210102"), Given::Known(Value::Bool(true)));
    office.enter("delegated-registrars", "210103", "2024-01-01", None, json!({ "area": "210103" }));
    assert_eq!(known("210103"), Given::Known(Value::Bool(true)));
    assert_current(&office);
}

#[test]
fn midnight_brings_what_was_recorded_ahead_and_takes_what_runs_out() {
    let office = office();
    let mut o = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2015-03-02"));
    o.grade = Some(3);
    office.record_org(&o, day("2026-03-04"));
    let hub = office.enter("hubs", "2101", "2025-01-01", Some("2026-03-03"), json!({}));
    let hubs = Subject::Register("hubs".to_owned());
    let today = |office: &TestOffice| now(office.facts_on(office.clock.today()).unwrap());
    assert_eq!(in_base(&today(&office).read(), o.id, "org.grade"), int(0));
    assert!(today(&office).has(&hubs, hub.bits()));
    office.days_pass(1);
    office.follow_facts().unwrap();
    assert!(!today(&office).has(&hubs, hub.bits()));
    assert_current(&office);
    office.days_pass(1);
    office.follow_facts().unwrap();
    assert_eq!(in_base(&today(&office).read(), o.id, "org.grade"), int(3));
    assert_current(&office);
}

#[test]
fn data_are_complete_where_somebody_looked_and_found_nothing() {
    let office = office();
    let body = office.body("registrar", "云州市民政局", "2101");
    let clerk = office.official("data_quality", "2101", body);
    let bare = office.draft_org(Kind::Association, "云州市无名协会", "2101");
    office.record_org(&bare, day("2020-01-06"));
    let elsewhere = office.registered(Kind::Association, "云州区棋类协会", "210102", day("2020-01-06"));
    let known = |id: OrgId| {
        let today = now(office.facts_on(office.clock.today()).unwrap());
        in_base(&today.read(), id, "org.data_complete").unwrap()
    };
    assert_eq!(known(bare.id), Given::Unknown, "nobody looked");
    office.ask_for_inspection(&clerk, true).unwrap();
    while !office.inspect_batch(&"2101".parse().unwrap()).unwrap().done {}
    assert_eq!(known(bare.id), Given::Known(Value::Bool(false)));
    assert_eq!(known(elsewhere.id), Given::Unknown, "another authority's register");
    assert_current(&office);
    // Found to be none: all of them dismissed.
    let issues = office.quality(&clerk, "").unwrap().issues;
    assert!(!issues.is_empty());
    for issue in issues {
        office.dismiss_quality_issue(&clerk, issue.row.id, "原始档案如此").unwrap();
    }
    assert_eq!(known(bare.id), Given::Known(Value::Bool(true)));
    assert_current(&office);
    assert_eq!(
        of(&office, "2025-12-31", bare.id, "org.data_complete"),
        Some(Given::Unknown),
        "not to be told of a past day"
    );
}

/// The same office as another process would open it.
fn started_again(office: &TestOffice) -> Office {
    Office { facts: Arc::new(Keeper::at(office.folder().join("facts"))), ..office.office.clone() }
}

#[test]
fn a_start_reads_the_file_and_what_came_after() {
    let office = office();
    let first = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2015-03-02"));
    let year_end = day("2024-12-31");
    drop((office.facts_on(office.clock.today()).unwrap(), office.facts_on(year_end).unwrap()));
    office.keep_facts();
    let second = office.registered(Kind::Foundation, "云州市助学基金会", "2101", day("2024-03-04"));
    let mut first = first;
    first.grade = Some(5);
    office.record_org(&first, day("2024-02-05"));
    office.days_pass(2);
    let again = started_again(&office);
    for (on, live) in [(office.clock.today(), true), (year_end, false)] {
        assert!(again.read_day(on, live).is_some(), "the file is there");
        let held = now(again.facts_on(on).unwrap());
        assert_eq!(said(&held.read()), said(&rebuilt(&office, on, live)));
        assert!(held.has(&Subject::Organization, second.id.bits()));
    }
    // Done twice, nothing changes.
    let held = now(again.facts_on(year_end).unwrap());
    let before = held.read().clone();
    assert_eq!(again.follow_facts().unwrap(), 0);
    assert_eq!(*held.read(), before);
    // A damaged file is read anew, and said to be damaged.
    for name in ["today.facts", "2024-12-31.facts"] {
        let path = office.folder().join("facts").join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        std::fs::write(&path, bytes).unwrap();
    }
    let again = started_again(&office);
    assert!(again.read_day(year_end, false).is_none());
    let held = now(again.facts_on(year_end).unwrap());
    assert_eq!(said(&held.read()), said(&rebuilt(&office, year_end, false)));
}

#[test]
fn three_days_besides_today_are_held_and_the_others_lie_in_files() {
    let office = office();
    office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2015-03-02"));
    let days = ["2020-12-31", "2021-12-31", "2022-12-31", "2023-12-31"];
    for on in days {
        now(office.facts_on(day(on)).unwrap());
    }
    now(office.facts_on(office.clock.today()).unwrap());
    let held: Vec<String> = office.facts.held().iter().map(|day| day.date().to_string()).collect();
    assert_eq!(held, ["2026-03-02", "2021-12-31", "2022-12-31", "2023-12-31"]);
    for on in days {
        assert!(office.folder().join("facts").join(format!("{on}.facts")).exists(), "{on}");
    }
}

/// Reads a pile of random acts: who is founded, graded, moved, ended, corrected late; which records are entered.
fn does(office: &TestOffice, steps: &[(u8, u8, u16)]) {
    let mut known: Vec<Organization> = Vec::new();
    let at = |days: u16| day("2019-01-01").saturating_add(jiff::ToSpan::days(i64::from(days) % 2600));
    for (what, which, days) in steps {
        let on = at(*days);
        if known.is_empty() || *what % 8 == 0 {
            let kind =
                [Kind::Association, Kind::Foundation, Kind::ServiceInstitution, Kind::Community][*which as usize % 4];
            let seat = ["2101", "210102", "330383", "21"][*which as usize / 4 % 4];
            let mut o = office.draft_org(kind, &format!("云州第{}号组织", known.len()), seat);
            o.registered_on = Some(on);
            o.domicile = Some(["210102001001", "210102", "330383"][*which as usize % 3].parse().unwrap());
            o.direct_class = (*which % 5 == 0).then_some(DirectClass::CommunityService);
            office.record_org(&o, on);
            known.push(o);
            continue;
        }
        let count = known.len();
        let o = &mut known[*which as usize % count];
        let on = on.max(o.registered_on.unwrap());
        match what % 8 {
            1 | 2 => o.grade = Some(*which % 6).filter(|grade| *grade > 0),
            3 => o.registrar = ["2101", "210102", "330383"][*days as usize % 3].parse().unwrap(),
            4 => {
                o.states.registration = Registration::Deregistered;
                o.ended_on = Some(on);
            }
            5 => o.domicile = Some(["210102001001", "2101"][*days as usize % 2].parse().unwrap()),
            6 => {
                let body = json!({ "area": "210102", "figure": "volunteers", "value": days, "as_of": on.to_string() });
                office.enter("area-figures", "210102", "2024-01-01", None, body);
                continue;
            }
            _ => {
                office.enter("hubs", "2101", &on.to_string(), None, json!({ "area": "330383" }));
                continue;
            }
        }
        office.record_org(o, on);
    }
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 4, failure_persistence: None, ..proptest::prelude::ProptestConfig::default() })]
    #[test]
    fn following_is_rebuilding(
        before in proptest::collection::vec(proptest::prelude::any::<(u8, u8, u16)>(), 0..6),
        after in proptest::collection::vec(proptest::prelude::any::<(u8, u8, u16)>(), 1..14),
        passed in 0_i64..3,
    ) {
        let office = office();
        let past = [day("2021-12-31"), day("2024-12-31")];
        does(&office, &before);
        for on in past.into_iter().chain([office.clock.today()]) {
            now(office.facts_on(on).unwrap());
        }
        does(&office, &after);
        office.days_pass(passed);
        assert_current(&office);
        for on in past {
            let held = now(office.facts_on(on).unwrap());
            proptest::prop_assert_eq!(said(&held.read()), said(&rebuilt(&office, on, false)));
        }
    }
}

#[test]
fn a_far_moment_is_all_that_is_known() {
    let office = office();
    let o = office.registered(Kind::Association, "云州市茶叶协会", "2101", day("2015-03-02"));
    let before = Instant(office.clock.now().0 - 1);
    assert_eq!(in_base(&office.facts_known(day("2025-12-31"), before).unwrap(), o.id, "org.alive"), None);
    assert_eq!(
        in_base(&office.facts_known(day("2025-12-31"), office.clock.now()).unwrap(), o.id, "org.alive"),
        truth(true)
    );
}
