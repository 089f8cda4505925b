//! Rules over everybody: each organization is judged with the parameters of its own area, and as it would be one by one.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use catalogue::condition::Context;
use catalogue::{Catalogue, Files, NamedChecks, Subject, Value};
use common::{code, day, tree};
use planning::FactBase;
use planning::sweep::{Zones, sweep};
use planning::table::{Given, Place};

fn catalogue() -> Catalogue {
    let pack = |id: &str, area: &str, level: &str| {
        (format!("{id}/pack.toml"), format!("id = \"{id}\"\nname = \"{id}\"\narea = \"{area}\"\nlevel = \"{level}\"\n"))
    };
    let rule = |id: &str, about: &str| {
        format!(
            "[[rule]]\nid = \"{id}\"\nname = \"{id}\"\nabout = \"{about}\"\nfrom = 2024-01-01\nwhen = {{ fact = \"org.staff\", lt = {{ param = \
             \"least\" }} }}\nseverity = \"low\"\nclause = \"x\"\nremedy = \"请增加人手\"\n"
        )
    };
    let param = |head: &str, value: u32| {
        format!(
            "[[param]]\nname = \"least\"\n{head}values = [{{ from = 2020-01-01, value = {value}, clause = \"x\", confidence = \"V\" }}]\n"
        )
    };
    let fact = "[[fact]]\nname = \"org.staff\"\ntitle = \"人员\"\nkind = \"int\"\nsubject = \"organization\"\nsupply = \"platform\"\nsupplier = \"年报\"\n";
    common::load(&Files(vec![
        pack("nation", "100000", "national"),
        pack("east", "990101", "county"),
        ("nation/facts.toml".into(), fact.into()),
        ("nation/params.toml".into(), param("title = \"最少\"\nunit = \"count\"\n", 2)),
        ("east/params.toml".into(), param("", 5)),
        ("nation/rules.toml".into(), rule("few", "organization")),
        ("east/rules.toml".into(), rule("few-east", "organization")),
    ]))
}

#[test]
fn each_is_judged_with_the_parameters_of_its_own_area() {
    let catalogue = catalogue();
    let mut base = FactBase::new(&catalogue, &tree(), day("2025-01-01"));
    let at = |base: &FactBase, area: &str| base.areas().find(&code(area)).unwrap();
    let (east, west, town) = (at(&base, "990101"), at(&base, "990102"), at(&base, "990101001"));
    let table = base.table_mut(&Subject::Organization).unwrap();
    table.keep_since(day("2020-01-01"));
    // 3 people: too few in the east (5), enough in the west (2); the town lies in the east; nobody knows of the last.
    for (id, (area, staff)) in
        [(east, Some(3)), (west, Some(3)), (town, Some(4)), (west, Some(1)), (east, None)].into_iter().enumerate()
    {
        let row = table.push(id as u128, Place::both(area));
        let given = staff.map_or(Given::Unknown, |staff| Given::Known(Value::Int(staff)));
        table.set(row, "org.staff", &given).unwrap();
    }
    let zones = Zones::of(&catalogue, &base);
    assert_eq!(zones.len(), 2);
    let swept =
        |id: &str| sweep(&catalogue, &base, &zones, catalogue.rules().find(|rule| rule.id == id).unwrap()).unwrap();
    let few = swept("few");
    assert_eq!((&few.found[..], &few.unclear[..], few.counts.no), (&[0, 2, 3][..], &[4][..], 1));
    // The county's own rule holds in the county only.
    let own = swept("few-east");
    assert_eq!((&own.found[..], &own.unclear[..], own.counts.no), (&[0, 2][..], &[4][..], 0));
    // One by one it is the same.
    let (table, named) = (base.table(&Subject::Organization).unwrap(), NamedChecks::default());
    let rule = catalogue.rules().find(|rule| rule.id == "few").unwrap();
    for row in 0..table.len() {
        let area = table.places(catalogue::plans::Population::RegisteredIn)[row];
        let facts = table.row(row, base.date());
        let tri = rule.when.evaluate(&Context::new(&facts, zones.params(area).unwrap(), catalogue.words(), &named));
        assert_eq!(tri == catalogue::Tri::True, few.found.contains(&(row as u32)));
    }
    // Before it begins a rule finds nothing.
    let early = FactBase::new(&catalogue, &tree(), day("2023-12-31"));
    let zones = Zones::of(&catalogue, &early);
    assert!(sweep(&catalogue, &early, &zones, rule).unwrap().found.is_empty());
}
