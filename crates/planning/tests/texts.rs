//! Sentences of real plans that no shipped pack has, each said as data (`texts/haichuan`), loaded with the packs that ship, and
//! measured on the fixture.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use base::Fen;
use catalogue::{Catalogue, Files, NamedChecks, Subject, Value};
use common::{code, day, facts, load, said, without_matters};
use planning::table::{Given, Place};
use planning::{FactBase, Measuring, Reporting, Status};

fn files() -> Files {
    let own = Files::read(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/texts")).unwrap();
    let mut all = without_matters();
    all.0.extend(own.0);
    all
}

/// The fixture's last day, with what the city's own facts and registers say.
fn base(catalogue: &Catalogue, assets: i64) -> FactBase {
    let mut base = facts(catalogue, 2);
    let tree = common::tree();
    let known = |number: i64| Given::Known(Value::Int(number));
    let table = base.table_mut(&Subject::Area).unwrap();
    let row = table.find(planning::facts::area_id(&code("9901"))).unwrap();
    table.set(row, "area.population", &known(20_000)).unwrap();
    // All money with O4, none with the other four on record.
    let table = base.table_mut(&Subject::Organization).unwrap();
    for (index, id) in ["O4", "O5", "O6", "O7", "O9"].into_iter().enumerate() {
        let row = table.find(id.bytes().fold(0, |sum, byte| sum * 256 + u128::from(byte))).unwrap();
        let money = Fen::yuan(if index == 0 { assets } else { 0 });
        table.set(row, "org.total_assets", &Given::Known(Value::Money(money))).unwrap();
    }
    let town = base.areas().place(&tree, &code("990101001"));
    let table = base.table_mut(&Subject::Register("hc-hubs".into())).unwrap();
    for number in 0..20_u128 {
        let row = table.push(number + 1, Place::both(town));
        let level = if number < 9 { "county" } else { "city" };
        table.set(row, "hc-hubs.level", &Given::Known(Value::Text(level.into()))).unwrap();
    }
    let table = base.table_mut(&Subject::Register("hc-trainings".into())).unwrap();
    for (number, on, attended) in [(1_u128, "2024-05-01", 500), (2, "2025-03-01", 120), (3, "2025-09-01", 80)] {
        let row = table.push(number, Place::both(town));
        table.set(row, "hc-trainings.held_on", &Given::Known(Value::Date(day(on)))).unwrap();
        table.set(row, "hc-trainings.attended", &known(attended)).unwrap();
    }
    base
}

/// Figure and status of every target of the city, by indicator and part.
fn measured(assets: i64) -> Vec<(String, String, Status)> {
    let (catalogue, named) = (load(&files()), NamedChecks::default());
    let base = base(&catalogue, assets);
    let plan = catalogue.find_plan("haichuan").unwrap();
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2025-12-31"));
    let measuring = Measuring::new(&base, catalogue.words(), &named);
    let asked = Reporting { catalogue: &catalogue, plan, params: &params, start: None, only: None };
    let report = asked.measure(&measuring, 1);
    let lines = report.lines(&measuring, base.areas().find(&code("9901")).unwrap());
    let name = |line: &planning::Line<'_>| format!("{}.{}", line.indicator.id, line.part.id);
    lines.iter().map(|line| (name(line), said(&line.figure), line.standing.status)).collect()
}

#[test]
fn every_sentence_is_measured() {
    let lines = measured(11_236_000);
    let found = |name: &str| {
        let line = lines.iter().find(|(known, ..)| known == name).unwrap_or_else(|| panic!("{name} in {lines:?}"));
        (line.1.as_str(), line.2)
    };
    // On record in the city on 2025-12-31: O4 O5 O6 O7 O9. Five for 20,000 people are 2.5 in ten thousand.
    assert_eq!(found("hc-density."), ("1/4000", Status::Missed));
    // 10,000,000 yuan with 6 % twice are 11,236,000 to the fen.
    assert_eq!(found("hc-assets."), ("1123600000", Status::Met));
    assert_eq!(found("hc-hubs.all"), ("20", Status::Met));
    assert_eq!(found("hc-hubs.county"), ("9", Status::Missed));
    // Graded: O4 3, O5 2, O6 4; O7 and O9 are not.
    assert_eq!(found("hc-rated."), ("3/5", Status::Met));
    assert_eq!(found("hc-aaa."), ("2/3", Status::Missed));
    // Certified 0 1 1 0 0 of 1 2 4 1 0: a quarter, five points above the fifth the document states.
    assert_eq!(found("hc-certified-up."), ("1/20", Status::Met));
    // 120 and 80 in 2025; the 500 of 2024 are not this year's.
    assert_eq!(found("hc-training."), ("200", Status::Met));
    // C Q A Q P.
    assert_eq!(found("hc-fields."), ("3/5", Status::Missed));
}

#[test]
fn a_yearly_growth_is_exact() {
    let status = |assets: i64| measured(assets).into_iter().find(|(name, ..)| name == "hc-assets.").unwrap().2;
    assert_eq!(status(11_236_000), Status::Met);
    assert_eq!(status(11_235_999), Status::Missed);
}

/// What the document states for the city is no start for its counties: theirs is what was measured on the eve of the plan.
#[test]
fn a_change_against_the_baseline_is_each_areas_own() {
    let (catalogue, named) = (load(&files()), NamedChecks::default());
    let (now, then) = (base(&catalogue, 1), facts(&catalogue, 1));
    let plan = catalogue.find_plan("haichuan").unwrap();
    let params = planning::report::params_of(&catalogue, plan, &code("9901").ancestry(), day("2025-12-31"));
    let measuring = Measuring::new(&now, catalogue.words(), &named);
    let change = |start: Option<&FactBase>, area: &str| {
        let asked = Reporting { catalogue: &catalogue, plan, params: &params, start, only: None };
        let report = asked.measure(&measuring, 1);
        let entry = report.entries.iter().find(|entry| entry.indicator.id == "hc-certified-up").unwrap();
        said(&entry.now.at(now.areas().find(&code(area)).unwrap()))
    };
    assert_eq!(change(Some(&then), "9901"), "1/20", "the document's fifth holds, whatever was measured");
    // 990101 on 2023-12-31: O4 0 of 0, O5 1 of 2: a half. On 2025-12-31 O9 0 of 0, O4 0 of 1, O5 1 of 2: a third.
    assert_eq!(change(Some(&then), "990101"), "-1/6");
    assert_eq!(change(None, "990101"), "no data");
}

#[test]
fn a_growth_that_cannot_be_is_refused_where_it_stands() {
    for (wrong, what) in [
        ("{ growth = 600 }", "年均增长率应在 -100% 与 100% 之间"),
        ("{ growth = 6, of = 0 }", "年均增长率应在 -100% 与 100% 之间"),
        ("{ growth = 6, each = 1 }", "each"),
    ] {
        let mut all = files();
        let text = &mut all.0.iter_mut().find(|(path, _)| path == "haichuan/plans/haichuan.toml").unwrap().1;
        *text = text.replace("{ growth = 6 }", wrong);
        let found = Catalogue::load(&all, &NamedChecks::default()).unwrap_err();
        let found: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(
            found.iter().any(|line| line.starts_with("haichuan/plans/haichuan.toml:17: ") && line.contains(what)),
            "{wrong}: {found:?}"
        );
    }
}
