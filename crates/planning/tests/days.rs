//! A roll-up uses the tree of its own day: areas that ended count with what took them over, and the base moves from day to day.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use base::AreaTree;
use base::areas::AreaFiles;
use catalogue::plans::Population;
use catalogue::{Subject, Value};
use common::{code, day, measured, params, said, shipped};
use planning::areas::NOWHERE;
use planning::table::{Given, Place};
use planning::{Areas, FactBase};

const AREAS: &str = "code,name,level,parent,short_name,pinyin
99,云州省
9901,云溪市
990101,溪东区
990103,新城区
990103001,河口街道
";
const CHANGES: &str = "effective,precision,event,code,old_code,old_name,source
2022-01-01,day,recoded,990103,990181,老城市,云府〔2021〕9号
";

fn tree() -> AreaTree {
    AreaTree::parse(AreaFiles { areas: AREAS, changes: CHANGES, ..AreaFiles::default() }).unwrap()
}

#[test]
fn areas_are_those_of_the_day() {
    let tree = tree();
    let (then, now) = (Areas::of(&tree, day("2021-12-31")), Areas::of(&tree, day("2022-01-01")));
    assert!(then.find(&code("990181")).is_some() && then.find(&code("990103")).is_none());
    assert!(now.find(&code("990103")).is_some() && now.find(&code("990181")).is_none());
    // The street lay in the old city then, in the new district now.
    let above = |areas: &Areas| areas.code(areas.parent(areas.find(&code("990103001")).unwrap())).unwrap().clone();
    assert_eq!((above(&then), above(&now)), (code("990181"), code("990103")));
    // A record that still carries the old code counts with the successor.
    assert_eq!(now.place(&tree, &code("990181")), now.find(&code("990103")).unwrap());
    assert_eq!(now.place(&tree, &code("990103001999")), now.find(&code("990103001")).unwrap());
    for areas in [&then, &now] {
        for at in 0..areas.len() as u32 {
            assert!(areas.range(areas.parent(at)).contains(&at));
            let below: usize = areas.below(at).iter().map(|child| areas.range(*child).len()).sum();
            assert_eq!(areas.range(at).len(), below + 1);
            assert_eq!(areas.find(areas.code(at).unwrap()), Some(at));
        }
    }
}

#[test]
fn the_base_moves_from_day_to_day() {
    let (tree, catalogue) = (tree(), shipped());
    let mut base = FactBase::new(catalogue, &tree, day("2021-12-31"));
    let old = base.areas().find(&code("990181")).unwrap();
    let organizations = base.table_mut(&Subject::Organization).unwrap();
    organizations.keep_since(day("2020-01-01"));
    let row = organizations.push(1, Place::both(old));
    organizations.set(row, "org.alive", &Given::Known(Value::Bool(true))).unwrap();
    let areas = base.table_mut(&Subject::Area).unwrap();
    let row = areas.find(planning::facts::area_id(&code("990181"))).unwrap();
    areas.set(row, "area.population", &Given::Known(Value::Int(7_000))).unwrap();
    areas.set(row, "area.volunteers", &Given::Known(Value::Int(700))).unwrap();
    let figure = |base: &FactBase, indicator: &str, area: &str| {
        let pack = &catalogue.find_indicator(indicator).unwrap().pack;
        said(&measured(catalogue, base, indicator, "", area, &params(catalogue, pack, base.date())))
    };
    assert_eq!((figure(&base, "ln-01", "990181"), figure(&base, "zj-11", "9901")), ("1".into(), "1/10 in 0..?".into()));

    base.move_to(&tree, day("2022-01-01"));
    assert_eq!(base.date(), day("2022-01-01"));
    assert_eq!((figure(&base, "ln-01", "990103"), figure(&base, "ln-01", "9901")), ("1".into(), "1".into()));
    // The old city's population does not stand for the new district: somebody has to say that it is the same.
    assert_eq!(figure(&base, "zj-11", "990103"), "no data");
    let areas = base.table(&Subject::Area).unwrap();
    assert_eq!(areas.places(Population::DomiciledIn)[row], NOWHERE);
    let placed = areas.places(Population::DomiciledIn).iter().filter(|at| **at != NOWHERE).count();
    assert_eq!(placed, base.areas().len(), "every area has one row");

    base.move_to(&tree, day("2021-12-31"));
    assert_eq!(figure(&base, "zj-11", "990181"), "1/10", "and back");
}
