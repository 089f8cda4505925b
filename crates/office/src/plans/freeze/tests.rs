//! Frozen year-ends stay; what comes out otherwise says why. And: every plan measures on a furnished installation.
use catalogue::{Subject, Supply};
use planning::{Number, Why};
use registry::Kind;

use super::*;
use crate::testing::{TestOffice, office, on_each_engine};

const PLAN: &str = "liaoning-14th";

fn now<T>(ready: Ready<T>) -> T {
    match ready {
        Ready::Now(there) => there,
        Ready::Soon { .. } => panic!("a small register is read at once"),
    }
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn drifted(office: &TestOffice, on: Date) -> Vec<Drifted> {
    now(office.plan_snapshot_differences(PLAN, on).unwrap())
}

#[test]
fn a_frozen_year_end_differs_by_late_facts_and_says_so() {
    on_each_engine(|office| {
        let mut o = office.registered(Kind::Foundation, "云州省助学基金会", "21", day("2019-04-01"));
        office.registered(Kind::Foundation, "云州省助老基金会", "21", day("2019-04-01"));
        let on = day("2024-12-31");
        assert!(office.plans_to_freeze().unwrap().contains(&(PLAN.to_owned(), on)));
        assert!(office.plan_snapshot_differences(PLAN, on).is_err(), "nothing is frozen yet");
        assert!(now(office.freeze_plan(PLAN, on).unwrap()));
        assert!(!now(office.freeze_plan(PLAN, on).unwrap()), "once and for all");
        assert!(!office.plans_to_freeze().unwrap().contains(&(PLAN.to_owned(), on)));
        let days = office.plan_snapshots(PLAN).unwrap();
        assert_eq!(days.iter().map(|day| day.on).collect::<Vec<_>>(), [on]);
        assert!(days[0].parts > 10);
        assert_eq!(drifted(office, on), []);
        // A founding of this year changes nothing of that one.
        office.registered(Kind::Foundation, "云州省助残基金会", "21", day("2026-01-05"));
        assert_eq!(drifted(office, on), []);
        // A grade that was entered late does.
        o.grade = Some(4);
        office.record_org(&o, day("2024-06-03"));
        let late = drifted(office, on);
        let rated = late.iter().find(|one| one.indicator.0 == "ln-06").unwrap();
        let [Difference::Facts(areas)] = rated.because.as_slice() else { panic!("{:?}", rated.because) };
        assert!(areas.iter().any(|area| area.as_str() == "21"));
        assert!(rated.because[0].text().contains("补录或更正"));
        let own = rated.figures.iter().find(|(area, ..)| area.as_str() == "21").unwrap();
        assert_eq!((own.1.as_str(), own.2.as_str()), ("0", "1/2"));
        // What is frozen is as it was.
        let frozen = office.plan_snapshot(PLAN, on).unwrap();
        let line = frozen.iter().find(|part| part.indicator.0 == "ln-06").unwrap();
        assert_eq!(line.lines.iter().find(|line| line.area.as_str() == "21").unwrap().number, "0");
        assert!(line.lines.iter().all(|line| line.area.as_str().len() <= 6), "two levels below the province");
    });
}

#[test]
fn on_a_furnished_installation_every_plan_measures_and_what_the_register_supplies_is_known() {
    let office = office();
    let size = crate::demo::Size { organizations: 120, communities: 80, cases: 0 };
    office.furnish_demo(size, |_| {}).unwrap();
    let words = office.catalogue.words();
    let register = [Subject::Organization, Subject::CommunityOrganization, Subject::Community, Subject::Area];
    let mut known = 0;
    for plan in office.catalogue.plans() {
        let execution = now(office.measure_plan(&Question::of(&plan.id, None)).unwrap());
        execution.with(|report, measuring| {
            let area = measuring.base.areas().find(&plan.area).unwrap();
            let lines = report.lines(measuring, area);
            assert!(!lines.is_empty(), "{}", plan.id);
            for line in lines {
                let facts = line.part.formula.facts();
                let measures = line.part.formula.measures();
                let supplied = !measures.is_empty()
                    && measures.iter().all(|measure| register.contains(&measure.of))
                    && facts.iter().all(|(of, fact)| {
                        register.contains(of) && words.find(fact).is_some_and(|fact| fact.supply == Supply::Platform)
                    });
                // A list of the law that nobody has filled in yet leaves nothing to count.
                let empty = |param: &String| {
                    let found = execution.params.find(param);
                    found.is_some_and(|param| param.value == catalogue::Value::List(Vec::new()))
                };
                if supplied && !line.part.formula.params().iter().any(empty) {
                    known += 1;
                    let blind = matches!(line.figure.number, Number::Nothing(Why::NoData(_)));
                    assert!(!blind, "{} {} {}: {:?}", plan.id, line.indicator.id, line.part.id, line.figure);
                }
            }
        });
    }
    assert!(known >= 12, "{known}");
}
