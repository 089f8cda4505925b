//! What would have to change: on small conditions, facts compared with facts and unknowns included, nothing smaller than what is
//! proposed makes the condition hold. Proven by trying everything.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod rows;

use base::Date;
use catalogue::condition::{Context, Key};
use catalogue::{Condition, NamedChecks, Params, Reading, Tri, Value, Vocabulary};
use proptest::prelude::*;
use rows::{Row, read, today};

const FACTS: &str = r#"
fact = [
  { name = "a", title = "甲数", kind = "int", supplier = "岗" },
  { name = "b", title = "乙数", kind = "int", supplier = "岗" },
  { name = "c", title = "丙数", kind = "int", supplier = "岗" },
  { name = "d", title = "甲日", kind = "date", supplier = "岗" },
  { name = "e", title = "乙日", kind = "date", supplier = "岗" },
  { name = "s", title = "甲文", kind = "text", supplier = "岗" },
  { name = "t", title = "乙文", kind = "text", supplier = "岗" },
  { name = "l", title = "名录", kind = "list", supplier = "岗" },
  { name = "p", title = "甲是", kind = "bool", supplier = "岗" },
  { name = "q", title = "乙是", kind = "bool", supplier = "岗" },
]
"#;
const NAMES: [&str; 10] = ["a", "b", "c", "d", "e", "s", "t", "l", "p", "q"];
const TEXTS: [&str; 3] = ["云", "海", "其他"];

fn words() -> Vocabulary {
    rows::words(FACTS)
}

fn day(step: i64) -> Date {
    today().checked_add(jiff::Span::new().days(step)).unwrap()
}

/// Everything a fact may be in this small world, blank included.
fn world(name: &str) -> Vec<Option<Value>> {
    let mut all: Vec<Value> = match name {
        "a" | "b" | "c" => (-5..=9).map(Value::Int).collect(),
        "d" | "e" => (-12..=12).map(|step| Value::Date(day(step))).collect(),
        "s" | "t" => TEXTS.iter().map(|text| Value::Text((*text).to_owned())).collect(),
        "l" => (0..8_usize)
            .map(|mask| {
                let some = TEXTS.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1);
                Value::List(some.map(|(_, text)| (*text).to_owned()).collect())
            })
            .collect(),
        _ => vec![Value::Bool(true), Value::Bool(false)],
    };
    all.dedup();
    all.into_iter().map(Some).chain([None]).collect()
}

/// Whether some change of exactly these facts, or fewer, makes it hold.
fn tried(condition: &Condition, row: &Row, keys: &[&'static str], holds: &dyn Fn(&Condition, &Row) -> bool) -> bool {
    let Some((first, rest)) = keys.split_first() else { return holds(condition, row) };
    world(first).into_iter().any(|value| {
        let mut row = row.clone();
        row.0.insert(first, value);
        tried(condition, &row, rest, holds)
    })
}

/// The size of the smallest set of facts, of at most `most`, that makes it hold when changed.
fn smallest(condition: &Condition, row: &Row, most: usize, holds: &dyn Fn(&Condition, &Row) -> bool) -> Option<usize> {
    let needs = condition.needs();
    let keys: Vec<&'static str> =
        NAMES.into_iter().filter(|name| needs.facts.iter().any(|fact| fact == name)).collect();
    (0..=most.min(keys.len())).find(|size| {
        let sets = (0..1_usize << keys.len()).filter(|mask| mask.count_ones() as usize == *size);
        sets.into_iter().any(|mask| {
            let chosen = keys.iter().enumerate().filter(|(at, _)| mask >> at & 1 == 1).map(|(_, key)| *key);
            tried(condition, row, &chosen.collect::<Vec<_>>(), holds)
        })
    })
}

fn row() -> impl Strategy<Value = Row> {
    let cell = |name: &'static str| {
        let known = prop::sample::select(world(name));
        prop_oneof![2 => Just(None), 5 => known.prop_map(Some)].prop_map(move |cell| (name, cell))
    };
    NAMES.map(cell).to_vec().prop_map(|cells: Vec<(&'static str, Option<Option<Value>>)>| {
        Row(cells.into_iter().filter_map(|(name, cell)| Some((name, cell?))).collect())
    })
}

fn leaf() -> impl Strategy<Value = String> {
    let op = prop::sample::select(&["lt", "le", "gt", "ge", "is", "is_not"][..]);
    let equal = prop::sample::select(&["is", "is_not"][..]);
    let int = prop::sample::select(&["a", "b", "c"][..]);
    let date = prop::sample::select(&["d", "e"][..]);
    let text = prop::sample::select(&["s", "t"][..]);
    let word = prop::sample::select(&["云", "海"][..]);
    let shift =
        prop::sample::select(&["", "plus = { days = 3 }, ", "minus = { days = 2 }, ", "plus = { months = 1 }, "][..]);
    prop_oneof![
        4 => (int.clone(), op.clone(), int.clone()).prop_map(|(f, op, g)| format!("{{ fact = '{f}', {op} = {{ fact = '{g}' }} }}")),
        2 => (int, op.clone(), 0..5).prop_map(|(f, op, n)| format!("{{ fact = '{f}', {op} = {n} }}")),
        3 => (date.clone(), shift.clone(), op.clone(), date.clone())
            .prop_map(|(f, s, op, g)| format!("{{ fact = '{f}', {s}{op} = {{ fact = '{g}' }} }}")),
        2 => (date, shift, op).prop_map(|(f, s, op)| format!("{{ fact = '{f}', {s}{op} = 'today' }}")),
        2 => (text.clone(), equal.clone(), text.clone()).prop_map(|(f, op, g)| format!("{{ fact = '{f}', {op} = {{ fact = '{g}' }} }}")),
        1 => (text.clone(), equal.clone(), word.clone()).prop_map(|(f, op, w)| format!("{{ fact = '{f}', {op} = '{w}' }}")),
        1 => text.clone().prop_map(|f| format!("{{ fact = 'l', contains = {{ fact = '{f}' }} }}")),
        1 => text.prop_map(|f| format!("{{ fact = '{f}', in = {{ fact = 'l' }} }}")),
        1 => word.clone().prop_map(|w| format!("{{ fact = 'l', contains = '{w}' }}")),
        1 => Just("{ fact = 'l', in = ['云', '海'] }".to_owned()),
        1 => equal.prop_map(|op| format!("{{ fact = 'p', {op} = {{ fact = 'q' }} }}")),
        1 => (prop::sample::select(&NAMES[..]), any::<bool>()).prop_map(|(f, there)| format!("{{ fact = '{f}', exists = {there} }}")),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(2, 6, 4, |part| {
        prop_oneof![
            4 => prop::collection::vec(part.clone(), 1..5).prop_map(|parts| format!("{{ all = [{}] }}", parts.join(", "))),
            1 => prop::collection::vec(part.clone(), 1..3).prop_map(|parts| format!("{{ any = [{}] }}", parts.join(", "))),
            1 => part.prop_map(|part| format!("{{ not = {part} }}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_smaller_than_what_is_proposed_would_do(text in condition(), row in row()) {
        let (words, params, named, condition) = (words(), Params::default(), NamedChecks::default(), read(&text));
        let holds = |condition: &Condition, row: &Row| condition.evaluate(&Context::new(row, &params, &words, &named)) == Tri::True;
        let changes = condition.changes(&Context::new(&row, &params, &words, &named));
        // What is proposed does it.
        if changes.enough {
            let mut changed = row.clone();
            for change in &changes.sets {
                let Key::Fact(name) = &change.key else { panic!("only facts here") };
                let name = NAMES.into_iter().find(|known| known == name).unwrap();
                changed.0.insert(name, if let Reading::Known { value, .. } = &change.to { Some(value.clone()) } else { None });
            }
            prop_assert!(holds(&condition, &changed), "{}: {}", text, changes.text());
        }
        // Nothing smaller does. Trying three facts of many takes too long; there the proposal is only held against two.
        let facts = condition.needs().facts.len();
        let most = if facts <= 3 { 3 } else { 2 };
        match smallest(&condition, &row, most, &holds) {
            Some(size) => {
                prop_assert!(changes.enough, "{} needs {} changes, none was found", text, size);
                prop_assert!(changes.exact && changes.sets.len() <= size, "{}: {} instead of {}", text, changes.text(), size);
            }
            None => prop_assert!(!changes.enough || changes.sets.len() > most || !in_world(&changes), "{}: {}", text, changes.text()),
        }
    }
}

/// Whether every proposed value is one of the small world.
fn in_world(changes: &catalogue::condition::Changes) -> bool {
    changes.sets.iter().all(|change| {
        let Key::Fact(name) = &change.key else { return false };
        let to = if let Reading::Known { value, .. } = &change.to { Some(value.clone()) } else { None };
        world(name).contains(&to)
    })
}

#[test]
fn two_facts_compared_with_each_other_are_changed_together_where_one_is_not_enough() {
    let (words, params, named) = (words(), Params::default(), NamedChecks::default());
    let propose = |text: &str, row: Row| {
        let condition = read(text);
        let changes = condition.changes(&Context::new(&row, &params, &words, &named));
        (changes.sets.len(), changes.exact, changes.enough)
    };
    let unknown = Row::default;
    assert_eq!(propose("{ fact = 'a', lt = { fact = 'b' } }", unknown()), (2, true, true));
    assert_eq!(
        propose("{ all = [{ fact = 'a', lt = { fact = 'b' } }, { fact = 'b', lt = { fact = 'c' } }] }", unknown()),
        (3, true, true)
    );
    let known = |a: i64, b: i64| Row([("a", Some(Value::Int(a))), ("b", Some(Value::Int(b)))].into());
    let both = "{ all = [{ fact = 'a', lt = { fact = 'b' } }, { fact = 'b', lt = 3 }] }";
    assert_eq!(propose(both, known(7, 9)), (2, true, true));
    assert_eq!(propose(both, known(1, 9)), (1, true, true));
    let never = "{ all = [{ fact = 'a', lt = { fact = 'b' } }, { fact = 'b', lt = { fact = 'a' } }] }";
    assert_eq!(propose(never, known(1, 1)), (0, false, false));
}
