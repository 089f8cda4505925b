//! The worked example of `docs/policy-packs.md`: its files are read out of the page, loaded with the packs that ship, and measured.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use catalogue::{Catalogue, NamedChecks, Subject, Value};
use common::{code, day, facts, load, said, without_matters};
use planning::table::{Given, Place};
use planning::{FactBase, Line, Measuring, Reporting, Status};

/// `### `path`` followed, somewhere below, by one fenced block.
fn files() -> Vec<(String, String)> {
    let page = std::fs::read_to_string(common::root().join("../docs/policy-packs.md")).unwrap();
    let sections = page.split("\n### `").skip(1);
    let file = |section: &str| {
        let (path, rest) = section.split_once('`').unwrap();
        let (_, block) = rest.split_once("\n```").unwrap();
        let (_, block) = block.split_once('\n').unwrap();
        (path.to_owned(), block.split("\n```").next().unwrap().to_owned() + "\n")
    };
    sections.map(file).collect()
}

fn city() -> Catalogue {
    let mut all = without_matters();
    all.0.extend(files());
    load(&all)
}

/// The fixture's facts, with federations and the elderly of 云溪.
fn base(catalogue: &Catalogue, at: usize) -> FactBase {
    let mut base = facts(catalogue, at);
    let tree = common::tree();
    let town = base.areas().place(&tree, &code("990101001"));
    let table = base.table_mut(&Subject::Register("federations".into())).unwrap();
    table.keep_since(day("2024-01-01"));
    let row = table.push(1, Place::both(town));
    table.set(row, "federations.in_force", &Given::Known(Value::Bool(true))).unwrap();
    let table = base.table_mut(&Subject::Area).unwrap();
    let row = table.find(planning::facts::area_id(&code("9901"))).unwrap();
    table.set(row, "area.elderly", &Given::Known(Value::Int(6000))).unwrap();
    base
}

#[test]
fn the_page_has_every_file_and_they_load() {
    let paths: Vec<String> = files().into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths.len(), 7, "{paths:?}");
    let catalogue = city();
    assert_eq!(catalogue.find_plan("yunxi-three-years").unwrap().tasks[0].owners, ["市民政局", "各街镇党（工）委"]);
    assert_eq!(catalogue.packs().find("yunxi").unwrap().documents[0].with, ["中共云溪市委社会工作部"]);
}

/// The messages the page shows are what the checker says, to the line.
#[test]
fn the_messages_on_the_page_are_real() {
    let page = std::fs::read_to_string(common::root().join("../docs/policy-packs.md")).unwrap();
    let shown = page.split("```text\n").nth(1).unwrap().split("\n```").next().unwrap();
    let slips = [
        ("yunxi/indicators/yunxi.toml", "cso.alive", "cso.alife"),
        ("yunxi/plans/yunxi-three-years.toml", "op = \">=\"", "op = \"=>\""),
        ("yunxi/plans/yunxi-three-years.toml", "by = 2026-12-31, op", "by = 2027-12-31, op"),
    ];
    for (line, (path, from, to)) in shown.lines().zip(slips) {
        let mut all = without_matters();
        all.0.extend(files());
        let text = &mut all.0.iter_mut().find(|(name, _)| name == path).unwrap().1;
        assert!(text.contains(from), "{from}");
        *text = text.replacen(from, to, 1);
        let found = Catalogue::load(&all, &NamedChecks::default()).unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(|said| said == line), "{line}\nis not among\n{}", found.join("\n"));
    }
}

/// Worked out by hand on 2025-12-31, the third day of the fixture; 2023-12-31 stands for the year's end before and for the start.
#[test]
fn the_city_is_measured() {
    let (catalogue, named) = (city(), NamedChecks::default());
    let (now, then) = (base(&catalogue, 2), base(&catalogue, 1));
    let plan = catalogue.find_plan("yunxi-three-years").unwrap();
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2025-12-31"));
    let measuring = Measuring { before: Some(&then), ..Measuring::new(&now, catalogue.words(), &named) };
    let asked = Reporting { catalogue: &catalogue, plan, params: &params, start: Some(&then), only: None };
    let report = asked.measure(&measuring, 2);
    let lines = |area: &str| report.lines(&measuring, now.areas().find(&code(area)).unwrap());
    let found = |area: &str, indicator: &str| -> Option<(String, Status)> {
        let line = |line: &Line<'_>| (said(&line.figure), line.standing.status);
        lines(area).iter().find(|line| line.indicator.id == indicator).map(line)
    };
    // In 2025 three are enough: 12, 11, 5, 10, 3, 3: all six communities.
    assert_eq!(found("9901", "yx-enough"), Some(("1".into(), Status::Met)));
    // 溪西 is asked for 60 % only, and has all three.
    let wanted = lines("990102").iter().find(|line| line.indicator.id == "yx-enough").unwrap().standing.wanted;
    assert_eq!(wanted, Some(common::part(60, 100)));
    // 桥头 has a federation, 西坪 none; due on this very day.
    assert_eq!(found("9901", "yx-federations"), Some(("1/2".into(), Status::Missed)));
    assert_eq!(found("990101", "yx-federations"), Some(("1".into(), Status::Met)));
    // Health and social work, registered in the city or below: O5 O7 (O2 O3 are the province's): 2 of 6,000 elderly, 3.33 in
    // ten thousand; above 3.
    assert_eq!(found("9901", "yx-elderly"), Some(("1/3000".into(), Status::Met)));
    assert_eq!(found("990101", "yx-elderly").unwrap().1, Status::NoData, "only the city's elderly are known");
    // Staff registered in the city or below: O4 2, O5 4, O6 8, O7 2, O9 1 = 17; at the end of 2023 O4 2, O5 4, O6 8, O7 3 = 17.
    // Not more than at the start, due at the end of 2026, and no path to hold it against.
    assert_eq!(found("9901", "yx-staff"), Some(("17".into(), Status::AtRisk)));
    assert_eq!(found("9901", "yx-staff-growth"), Some(("0".into(), Status::Missed)));
    // 44 community organizations after 39: 5/39, more than a tenth; in 溪西 16 after 14, in 岭后村 3 after 2.
    assert_eq!(found("9901", "yx-growth"), Some(("5/39".into(), Status::Met)));
    let area = now.areas().find(&code("990102")).unwrap();
    let growth = report.entries.iter().find(|entry| entry.indicator.id == "yx-growth").unwrap();
    assert_eq!(said(&growth.now.at(area)), "1/7");
    assert_eq!(said(&growth.now.at(now.areas().find(&code("990102100202")).unwrap())), "1/2");
    assert_eq!(found("990101", "yx-staff-growth"), None, "a number of the city is not asked of its counties");
}

#[test]
fn the_parameter_of_2026_asks_for_more() {
    let (catalogue, named) = (city(), NamedChecks::default());
    let now = base(&catalogue, 2);
    let plan = catalogue.find_plan("yunxi-three-years").unwrap();
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2026-06-30"));
    let measuring = Measuring::new(&now, catalogue.words(), &named);
    let report =
        Reporting { catalogue: &catalogue, plan, params: &params, start: None, only: None }.measure(&measuring, 1);
    let entry = report.entries.iter().find(|entry| entry.indicator.id == "yx-enough").unwrap();
    // At least 10: 12, 11, 10 of the six.
    assert_eq!(said(&entry.now.at(now.areas().find(&code("9901")).unwrap())), "1/2");
}
