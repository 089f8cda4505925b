//! Conditions: what is explained equals what is compiled, unknowns included; explanations, counterfactuals, and no panics.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod rows;

use std::collections::BTreeMap;

use base::{Date, Fen};
use catalogue::condition::{Column, Columns, Constants, Context, compile, days_since_epoch};
use catalogue::{Condition, Facts, NamedCheck, NamedChecks, Params, Reading, Tri, Value, Verdict, Vocabulary};
use proptest::prelude::*;
use rows::{Row, read, today};

const FACTS: &str = r#"
fact = [
  { name = "kind", title = "类型", kind = "text", supplier = "登记机关", fixed = true, words = { kite = "风筝会", lantern = "灯会" } },
  { name = "city", title = "城市", kind = "text", supplier = "登记机关" },
  { name = "members", title = "会员数", kind = "int", supplier = "社会组织" },
  { name = "funds", title = "资金", kind = "money", supplier = "社会组织" },
  { name = "open", title = "已公开", kind = "bool", supplier = "社会组织" },
  { name = "end", title = "届满日期", kind = "date", supplier = "登记机关" },
  { name = "held", title = "换届日期", kind = "date", supplier = "登记机关" },
  { name = "lists", title = "名录", kind = "list", supplier = "监管岗" },
]
"#;

fn words() -> Vocabulary {
    rows::words(FACTS)
}

const CITIES: [&str; 3] = ["云溪", "云山", "海边"];
const KINDS: [&str; 2] = ["kite", "lantern"];
const LISTS: [&str; 3] = ["serious", "abnormal", "watch"];

struct Table {
    bytes: BTreeMap<&'static str, Vec<u8>>,
    ints: BTreeMap<&'static str, Vec<i32>>,
    longs: Vec<i64>,
    sets: Vec<u64>,
    symbols: BTreeMap<&'static str, Vec<String>>,
}

impl Table {
    fn of(rows: &[Row]) -> Self {
        let index = |all: &[&str], text: &str| all.iter().position(|one| *one == text).unwrap() as u8;
        let byte = |name: &str, code: &dyn Fn(&Value) -> u8| {
            rows.iter().map(|row| row.0.get(name).map_or(255, |v| v.as_ref().map_or(254, code))).collect::<Vec<_>>()
        };
        let text = |all: &'static [&'static str]| {
            move |value: &Value| match value {
                Value::Text(text) => index(all, text),
                _ => unreachable!(),
            }
        };
        let int = |name: &str| {
            let code = |value: &Value| match value {
                Value::Int(number) => *number as i32,
                Value::Date(date) => days_since_epoch(*date),
                _ => unreachable!(),
            };
            rows.iter()
                .map(|row| row.0.get(name).map_or(i32::MIN, |v| v.as_ref().map_or(i32::MIN + 1, code)))
                .collect::<Vec<_>>()
        };
        let money = |value: &Value| if let Value::Money(fen) = value { fen.0 } else { unreachable!() };
        let set = |value: &Value| match value {
            Value::List(items) => items.iter().map(|item| 1_u64 << index(&LISTS, item)).sum(),
            _ => unreachable!(),
        };
        let owned = |all: &[&str]| all.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        Self {
            bytes: [
                ("kind", byte("kind", &text(&KINDS))),
                ("city", byte("city", &text(&CITIES))),
                ("open", byte("open", &|value| u8::from(*value == Value::Bool(true)))),
            ]
            .into(),
            ints: ["members", "end", "held"].map(|name| (name, int(name))).into(),
            longs: rows
                .iter()
                .map(|row| row.0.get("funds").map_or(i64::MIN, |v| v.as_ref().map_or(i64::MIN + 1, money)))
                .collect(),
            sets: rows
                .iter()
                .map(|row| row.0.get("lists").map_or(1 << 63, |v| v.as_ref().map_or(1 << 62, set)))
                .collect(),
            symbols: [("kind", owned(&KINDS)), ("city", owned(&CITIES)), ("lists", owned(&LISTS))].into(),
        }
    }
}

impl Columns for Table {
    fn column(&self, fact: &str) -> Option<Column<'_>> {
        match fact {
            "funds" => Some(Column::Long(&self.longs)),
            "lists" => Some(Column::Set(&self.sets)),
            _ => self.bytes.get(fact).map(|c| Column::Byte(c)).or_else(|| self.ints.get(fact).map(|c| Column::Int(c))),
        }
    }
    fn symbols(&self, fact: &str) -> &[String] {
        self.symbols.get(fact).map_or(&[], Vec::as_slice)
    }
}

fn big(facts: &dyn Facts, _: &Params) -> Verdict {
    let tri = match facts.fact("members") {
        Reading::Known { value: Value::Int(number), .. } => Tri::from(number > 5),
        Reading::Known { .. } | Reading::Absent { .. } => Tri::False,
        Reading::Unknown => Tri::Unknown,
    };
    Verdict { tri, reason: "看会员数".to_owned(), remedy: None, missing: vec!["members".to_owned()] }
}

fn named() -> NamedChecks {
    NamedChecks::of(&[NamedCheck { name: "big", title: "规模", reads: &["members"], params: &[], run: big }])
}

/// Unknown, blank, or a value.
type Cell<T> = Option<Blank<T>>;
type Blank<T> = Option<T>;

fn maybe<T: std::fmt::Debug + Clone + 'static>(value: impl Strategy<Value = T> + 'static) -> BoxedStrategy<Cell<T>> {
    prop_oneof![1 => Just(None), 1 => Just(Some(None)), 6 => value.prop_map(|value| Some(Some(value)))].boxed()
}

fn some_date() -> impl Strategy<Value = Date> {
    (2025_i16..=2027, 1_i8..=12, 1_i8..=31)
        .prop_map(|(y, m, d)| Date::new(y, m, d).unwrap_or_else(|_| Date::constant(2026, 2, 28)))
}

fn some_rows() -> impl Strategy<Value = Vec<Row>> {
    let text = |all: &'static [&'static str]| maybe(prop::sample::select(all).prop_map(|t| Value::Text(t.to_owned())));
    let lists = prop::sample::subsequence(LISTS.to_vec(), 0..=3)
        .prop_map(|items| Value::List(items.into_iter().map(str::to_owned).collect()));
    let row = (
        text(&KINDS),
        text(&CITIES),
        maybe((0_i64..10).prop_map(Value::Int)),
        maybe((0_i64..10).prop_map(|n| Value::Money(Fen(n * 50)))),
        maybe(any::<bool>().prop_map(Value::Bool)),
        maybe(some_date().prop_map(Value::Date)),
        maybe(some_date().prop_map(Value::Date)),
        maybe(lists),
    )
        .prop_map(|(kind, city, members, funds, open, end, held, lists)| {
            let all = [
                ("kind", kind),
                ("city", city),
                ("members", members),
                ("funds", funds),
                ("open", open),
                ("end", end),
                ("held", held),
                ("lists", lists),
            ];
            Row(all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect())
        });
    prop::collection::vec(row, 1..12)
}

fn leaf() -> impl Strategy<Value = String> {
    let op = prop::sample::select(&["lt", "le", "gt", "ge", "is", "is_not"][..]);
    let equal = prop::sample::select(&["is", "is_not"][..]);
    let date = prop::sample::select(&["end", "held"][..]);
    let shift = prop::sample::select(
        &[
            "",
            "plus = { months = 1 }, ",
            "minus = { days = 40 }, ",
            "plus = { years = 1 }, ",
            "minus = { months = 13 }, ",
        ][..],
    );
    let fact = prop::sample::select(&["kind", "city", "members", "funds", "open", "end", "lists"][..]);
    prop_oneof![
        (op.clone(), 0..10).prop_map(|(op, n)| format!("{{ fact = 'members', {op} = {n} }}")),
        (op.clone(), 0..6).prop_map(|(op, n)| format!("{{ fact = 'funds', {op} = {{ yuan = {n} }} }}")),
        op.clone().prop_map(|op| format!("{{ fact = 'funds', {op} = {{ fact = 'members' }} }}")),
        (equal.clone(), any::<bool>()).prop_map(|(op, truth)| format!("{{ fact = 'open', {op} = {truth} }}")),
        (equal, prop::sample::select(&CITIES[..]))
            .prop_map(|(op, city)| format!("{{ fact = 'city', {op} = '{city}' }}")),
        Just("{ fact = 'city', in = ['云溪', '别处'] }".to_owned()),
        Just("{ fact = 'city', contains = '云' }".to_owned()),
        Just("{ fact = 'city', matches = 'chinese' }".to_owned()),
        Just("{ fact = 'kind', is = 'kite' }".to_owned()),
        Just("{ fact = 'lists', contains = 'serious' }".to_owned()),
        Just("{ fact = 'lists', in = ['abnormal', 'watch'] }".to_owned()),
        (date.clone(), shift.clone(), op.clone(), some_date())
            .prop_map(|(f, s, op, d)| format!("{{ fact = '{f}', {s}{op} = {d} }}")),
        (date.clone(), shift.clone(), op.clone())
            .prop_map(|(f, s, op)| format!("{{ fact = '{f}', {s}{op} = 'today' }}")),
        (date.clone(), shift.clone(), op.clone())
            .prop_map(|(f, s, op)| format!("{{ today = true, {s}{op} = {{ fact = '{f}' }} }}")),
        (shift, op).prop_map(|(s, op)| format!("{{ fact = 'end', {s}{op} = {{ fact = 'held' }} }}")),
        (fact, any::<bool>()).prop_map(|(f, there)| format!("{{ fact = '{f}', exists = {there} }}")),
        Just("{ named = 'big' }".to_owned()),
        Just("{ param = 'nowhere', ge = 1 }".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    leaf().prop_recursive(3, 16, 4, |part| {
        prop_oneof![
            prop::collection::vec(part.clone(), 0..4).prop_map(|parts| format!("{{ all = [{}] }}", parts.join(", "))),
            prop::collection::vec(part.clone(), 0..4).prop_map(|parts| format!("{{ any = [{}] }}", parts.join(", "))),
            part.prop_map(|part| format!("{{ not = {part} }}")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn explained_equals_compiled(text in condition(), rows in some_rows()) {
        let (words, params, named, condition) = (words(), Params::default(), named(), read(&text));
        let table = Table::of(&rows);
        let compiled = compile(&condition, &words, &table, Constants { params: &params, today: today(), named: &named }).unwrap();
        for (row, facts) in rows.iter().enumerate() {
            let context = Context::new(facts, &params, &words, &named);
            let explained = condition.explain(&context);
            prop_assert_eq!(explained.tri, compiled(row), "{} on {:?}\n{}", text, facts, explained.text());
            prop_assert_eq!(explained.tri, condition.evaluate(&context));
        }
    }

    #[test]
    fn proposed_changes_are_enough(text in condition(), rows in some_rows()) {
        let (words, params, named, condition) = (words(), Params::default(), named(), read(&text));
        let facts = &rows[0];
        let context = Context::new(facts, &params, &words, &named);
        let changes = condition.changes(&context);
        if changes.enough && changes.remedies.is_empty() {
            let mut changed = facts.clone();
            for change in &changes.sets {
                let catalogue::condition::Key::Fact(name) = &change.key else { panic!("only facts here") };
                let name = ["city", "members", "funds", "open", "end", "held", "lists"].into_iter().find(|known| known == name);
                let value = match &change.to {
                    Reading::Known { value, .. } => Some(value.clone()),
                    _ => None,
                };
                changed.0.insert(name.expect("kind is fixed"), value);
            }
            prop_assert_eq!(condition.evaluate(&Context::new(&changed, &params, &words, &named)), Tri::True, "{}: {}", text, changes.text());
        }
    }

    #[test]
    fn a_condition_survives_being_written(text in condition()) {
        let condition = read(&text);
        let again: Condition = serde_json::from_value(condition.to_json()).unwrap();
        prop_assert_eq!(again.to_json(), condition.to_json());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC*", path in "(a|b)/(pack|params|facts|rules|overlays|duties)\\.toml") {
        let files = catalogue::Files(vec![(path, text)]);
        let _ = catalogue::Catalogue::load(&files, &NamedChecks::default());
    }

    #[test]
    fn no_toml_like_text_makes_the_parser_panic(lines in prop::collection::vec("(\\[\\[(param|rule|overlay|fact)\\]\\]|(name|when|values|id|unit|fact|is|matter|rename) = ([0-9]{1,20}|'[a-z.]*'|\\[\\]|\\{ (fact|all|any|yuan) = ('a'|1|\\[\\{\\}\\]), is = 1 \\}|2024-13-01|1e9|true))", 0..12), path in "a/(pack|params|facts|rules|overlays|duties)\\.toml") {
        let files = catalogue::Files(vec![(path, lines.join("\n"))]);
        let _ = catalogue::Catalogue::load(&files, &NamedChecks::default());
    }
}

#[test]
fn an_explanation_names_fact_value_and_what_is_missing() {
    let (words, params, named) = (words(), Params::default(), named());
    let facts = Row([("kind", Some(Value::Text("kite".to_owned()))), ("members", Some(Value::Int(3)))].into());
    let condition = read(
        "{ all = [{ fact = 'kind', is = 'kite' }, { fact = 'members', ge = 5 }, { fact = 'funds', ge = { yuan = 30000 } }] }",
    );
    let context = Context::new(&facts, &params, &words, &named);
    let explained = condition.explain(&context);
    let wanted = "✗ 须全部满足：（不满足）\n  ✓ 类型 “风筝会”（登记信息），要求等于 “风筝会”（满足）\n  ✗ 会员数 3（登记信息），要求不少于 5（不满足）\n  ？ 资金 未知（由社会组织提供），要求不少于 3 万元（无法判断）";
    assert_eq!(explained.text(), wanted);
    let changes = condition.changes(&context);
    assert_eq!(changes.text(), "改变以下各项即可满足：会员数 由 3 改为 5；资金 由 未知 改为 3 万元");
    assert!(changes.exact);
    let unknown = read("{ fact = 'funds', ge = { yuan = 30000 } }").explain(&context);
    assert_eq!(
        unknown.missing().iter().map(|m| (m.title.as_str(), m.supplier.as_str())).collect::<Vec<_>>(),
        [("资金", "社会组织")]
    );
}

#[test]
fn more_than_three_changes_are_marked_as_estimated_and_fixed_facts_as_impossible() {
    let (words, params, named) = (words(), Params::default(), named());
    let facts = Row([("kind", Some(Value::Text("lantern".to_owned())))].into());
    let context = Context::new(&facts, &params, &words, &named);
    let four = read(
        "{ all = [{ fact = 'members', ge = 5 }, { fact = 'funds', ge = { yuan = 1 } }, { fact = 'open', is = true }, { fact = 'end', ge = 'today' }] }",
    );
    let changes = four.changes(&context);
    assert_eq!((changes.sets.len(), changes.exact, changes.enough), (4, false, true));
    let fixed = read("{ fact = 'kind', is = 'kite' }").changes(&context);
    assert!(!fixed.enough && fixed.text().contains("无法自动给出"));
    let check = read("{ all = [{ named = 'big' }, { fact = 'open', is = true }] }").changes(&context);
    assert_eq!(check.remedies, ["规模：无法自动给出"]);
}
