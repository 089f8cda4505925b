//! What is compiled over the fact table equals what is evaluated and explained for one row, on random conditions and random facts,
//! unknowns and blanks included; and the table keeps what it was given, also through its file.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use base::{Date, Fen};
use catalogue::condition::{Constants, Context, compile};
use catalogue::{Catalogue, Condition, Files, NamedChecks, Node, Params, Problems, Subject, Tri, Value};
use planning::FactBase;
use planning::table::{Given, Place};
use proptest::prelude::*;

const FACTS: &str = r#"
fact = [
  { name = "org.flag_a", title = "甲", kind = "bool", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.flag_b", title = "乙", kind = "bool", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.small", title = "小数", kind = "int", subject = "organization", max = 9, supply = "platform", supplier = "某" },
  { name = "org.middle", title = "中数", kind = "int", subject = "organization", max = 9999, supply = "platform", supplier = "某" },
  { name = "org.large", title = "大数", kind = "int", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.huge", title = "巨数", kind = "int", subject = "organization", max = 99999999999, supply = "platform", supplier = "某" },
  { name = "org.money", title = "钱", kind = "money", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.date", title = "日", kind = "date", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.word", title = "词", kind = "text", subject = "organization", supply = "platform", supplier = "某", words = { red = "红", blue = "蓝" } },
  { name = "org.open", title = "文", kind = "text", subject = "organization", supply = "platform", supplier = "某" },
  { name = "org.few", title = "少项", kind = "list", subject = "organization", supply = "platform", supplier = "某", words = { a = "一", b = "二", c = "三" } },
  { name = "org.many", title = "多项", kind = "list", subject = "organization", supply = "platform", supplier = "某" },
]
"#;

const NAMES: [&str; 12] = [
    "org.flag_a",
    "org.flag_b",
    "org.small",
    "org.middle",
    "org.large",
    "org.huge",
    "org.money",
    "org.date",
    "org.word",
    "org.open",
    "org.few",
    "org.many",
];

/// A catalogue with one indicator that asks for every fact, so that each has a column.
fn catalogue() -> Catalogue {
    let asks: Vec<String> = NAMES.iter().map(|name| format!("{{ fact = \"{name}\", exists = true }}")).collect();
    let indicator = format!(
        "[[indicator]]\nid = \"all\"\nname = \"全\"\nexplain = \"全\"\nclauses = [\"x\"]\nwithin = \"registered_in\"\nunit = \"count\"\n\
         count = {{ of = \"organization\", where = {{ all = [{}] }} }}\n",
        asks.join(", ")
    );
    let pack = "id = \"p\"\nname = \"某\"\narea = \"100000\"\nlevel = \"national\"\n";
    common::load(&Files(vec![
        ("clauses.csv".into(), "id,document,title,modules\nx,x,x,M18\n".into()),
        ("p/pack.toml".into(), pack.into()),
        ("p/facts.toml".into(), FACTS.into()),
        ("p/indicators/all.toml".into(), indicator),
    ]))
}

fn today() -> Date {
    "2024-02-29".parse().unwrap()
}

fn value(name: &'static str) -> BoxedStrategy<Value> {
    let text = |words: &'static [&'static str]| prop::sample::select(words).prop_map(str::to_owned);
    match name {
        "org.flag_a" | "org.flag_b" => any::<bool>().prop_map(Value::Bool).boxed(),
        "org.small" => (0_i64..=9).prop_map(Value::Int).boxed(),
        "org.middle" => (-3_i64..=9999).prop_map(Value::Int).boxed(),
        "org.large" => (-3_i64..=3).prop_map(Value::Int).boxed(),
        "org.huge" => (99_999_999_990_i64..=99_999_999_999).prop_map(Value::Int).boxed(),
        "org.money" => (-2_i64..=2).prop_map(|yuan| Value::Money(Fen::yuan(yuan))).boxed(),
        "org.date" => (-40_i64..40)
            .prop_map(|days| Value::Date(today().checked_add(jiff::Span::new().days(days)).unwrap()))
            .boxed(),
        "org.word" => text(&["red", "blue"]).prop_map(Value::Text).boxed(),
        "org.open" => text(&["云溪", "云山", ""]).prop_map(Value::Text).boxed(),
        "org.few" => prop::sample::subsequence(vec!["a", "b", "c"], 0..=3)
            .prop_map(|words| Value::List(words.into_iter().map(str::to_owned).collect()))
            .boxed(),
        _ => prop::sample::subsequence(vec!["x", "y"], 0..=2)
            .prop_map(|words| Value::List(words.into_iter().map(str::to_owned).collect()))
            .boxed(),
    }
}

fn given(name: &'static str) -> impl Strategy<Value = Given> {
    prop_oneof![
        6 => value(name).prop_map(Given::Known),
        1 => Just(Given::Blank),
        2 => Just(Given::Unknown),
    ]
}

fn row() -> impl Strategy<Value = Vec<Given>> {
    NAMES.iter().map(|name| given(name)).collect::<Vec<_>>()
}

fn test() -> impl Strategy<Value = String> {
    let number = prop::sample::select(vec!["org.small", "org.middle", "org.large"]);
    let op = prop::sample::select(vec!["is", "is_not", "lt", "le", "gt", "ge"]);
    let order = prop::sample::select(vec!["lt", "le", "gt", "ge", "is", "is_not"]);
    prop_oneof![
        (prop::sample::select(vec!["org.flag_a", "org.flag_b"]), any::<bool>())
            .prop_map(|(name, truth)| format!("{{ fact = \"{name}\", is = {truth} }}")),
        (number, op.clone(), -2_i64..10).prop_map(|(name, op, n)| format!("{{ fact = \"{name}\", {op} = {n} }}")),
        (op.clone(), -1_i64..=1).prop_map(|(op, n)| format!("{{ fact = \"org.money\", {op} = {{ yuan = {n} }} }}")),
        (order, -40_i64..40).prop_map(|(op, n)| {
            let (word, n) = if n < 0 { ("minus", -n) } else { ("plus", n) };
            let right = if op.starts_with("is") { "{ today = true }" } else { "\"today\"" };
            format!("{{ fact = \"org.date\", {word} = {{ days = {n} }}, {op} = {right} }}")
        }),
        prop::sample::select(vec!["red", "blue"])
            .prop_map(|word| format!("{{ fact = \"org.word\", is = \"{word}\" }}")),
        Just("{ fact = \"org.open\", contains = \"云\" }".to_owned()),
        Just("{ fact = \"org.open\", in = [\"云溪\", \"别处\"] }".to_owned()),
        prop::sample::select(vec!["a", "b"])
            .prop_map(|word| format!("{{ fact = \"org.few\", contains = \"{word}\" }}")),
        Just("{ fact = \"org.few\", in = [\"b\", \"c\"] }".to_owned()),
        Just("{ fact = \"org.many\", in = [\"x\", \"没有\"] }".to_owned()),
        prop::sample::select(NAMES.to_vec()).prop_map(|name| format!("{{ fact = \"{name}\", exists = true }}")),
        Just("{ fact = \"org.small\", lt = { fact = \"org.middle\" } }".to_owned()),
        Just("{ fact = \"org.huge\", gt = 99999999995 }".to_owned()),
    ]
}

fn condition() -> impl Strategy<Value = String> {
    test().prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("{{ all = [{}] }}", parts.join(", "))),
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!("{{ any = [{}] }}", parts.join(", "))),
            inner.prop_map(|part| format!("{{ not = {part} }}")),
        ]
    })
}

fn read(text: &str) -> Condition {
    let problems = Problems::new();
    let root = Node::parse("test.toml", &format!("when = {text}"), &problems);
    let condition = Condition::read(root.find("when").unwrap(), &problems);
    assert!(problems.is_empty(), "{text}: {:?}", problems.into_sorted());
    condition.unwrap()
}

fn base(catalogue: &Catalogue, rows: &[Vec<Given>]) -> FactBase {
    let mut base = FactBase::new(catalogue, &common::tree(), today());
    let table = base.table_mut(&Subject::Organization).unwrap();
    table.keep_since(today());
    for (id, row) in rows.iter().enumerate() {
        let at = table.push(id as u128 + 1, Place::both(0));
        for (name, given) in NAMES.iter().zip(row) {
            table.set(at, name, given).unwrap();
        }
    }
    base
}

/// A list is a set: its order is not kept.
fn sorted(given: Given) -> Given {
    match given {
        Given::Known(Value::List(mut words)) => {
            words.sort();
            Given::Known(Value::List(words))
        }
        other => other,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn compiled_equals_evaluated_equals_explained(text in condition(), rows in prop::collection::vec(row(), 1..6)) {
        static CATALOGUE: std::sync::LazyLock<Catalogue> = std::sync::LazyLock::new(catalogue);
        let condition = read(&text);
        let base = base(&CATALOGUE, &rows);
        let table = base.table(&Subject::Organization).unwrap();
        let (params, named) = (Params::default(), NamedChecks::default());
        let constants = Constants { params: &params, today: today(), named: &named };
        let compiled = compile(&condition, CATALOGUE.words(), table, constants).unwrap();
        for (at, row) in rows.iter().enumerate() {
            let facts = table.row(at, today());
            let context = Context::new(&facts, &params, CATALOGUE.words(), &named);
            let evaluated = condition.evaluate(&context);
            prop_assert_eq!(compiled(at), evaluated, "{} row {}: {:?}", text, at, row);
            prop_assert_eq!(condition.explain(&context).tri, evaluated);
        }
        prop_assert_eq!(compiled(rows.len()), condition.evaluate(&Context::new(&table.row(rows.len(), today()), &params, CATALOGUE.words(), &named)));
    }

    #[test]
    fn the_table_keeps_what_it_was_given_also_through_its_file(rows in prop::collection::vec(row(), 0..6)) {
        static CATALOGUE: std::sync::LazyLock<Catalogue> = std::sync::LazyLock::new(catalogue);
        let mut base = base(&CATALOGUE, &rows);
        let origin: base::Origin = "210000".parse().unwrap();
        prop_assert!(base.advance(origin, 7) && !base.advance(origin, 7) && !base.advance(origin, 3));
        let again = FactBase::from_bytes(&base.to_bytes(), &CATALOGUE).unwrap();
        prop_assert_eq!(&again, &base);
        prop_assert_eq!(again.position(&origin), 7);
        let table = again.table(&Subject::Organization).unwrap();
        for (at, row) in rows.iter().enumerate() {
            prop_assert_eq!(table.find(at as u128 + 1), Some(at));
            for (name, given) in NAMES.iter().zip(row) {
                prop_assert_eq!(sorted(table.get(at, name)), sorted(given.clone()));
            }
        }
    }

    #[test]
    fn a_damaged_file_is_refused_without_a_panic(cut in 0_usize..4000, byte in any::<u8>()) {
        static BYTES: std::sync::LazyLock<(Catalogue, Vec<u8>)> = std::sync::LazyLock::new(|| {
            let catalogue = catalogue();
            let row = vec![Given::Unknown; NAMES.len()];
            let bytes = base(&catalogue, &[row.clone(), row]).to_bytes();
            (catalogue, bytes)
        });
        let (catalogue, bytes) = &*BYTES;
        let cut = cut % bytes.len();
        prop_assert!(FactBase::from_bytes(&bytes[..cut], catalogue).is_err());
        let mut damaged = bytes.clone();
        damaged[cut] = byte;
        let _ = FactBase::from_bytes(&damaged, catalogue);
    }
}

#[test]
fn what_does_not_fit_is_unknown_and_said() {
    let catalogue = catalogue();
    let mut base = base(&catalogue, &[vec![Given::Unknown; NAMES.len()]]);
    let table = base.table_mut(&Subject::Organization).unwrap();
    let mut fault = |name: &str, value: Value| table.set(0, name, &Given::Known(value)).unwrap_err().to_string();
    assert!(fault("org.small", Value::Int(254)).contains("max"));
    assert!(fault("org.middle", Value::Int(40_000)).contains("max"));
    assert!(fault("org.word", Value::Text("green".into())).contains("green"));
    assert!(fault("org.few", Value::List(vec!["z".into()])).contains("取值"));
    assert!(fault("org.flag_a", Value::Int(1)).contains("类型"));
    assert!(fault("org.nothing", Value::Int(1)).contains("没有"));
    let table = base.table(&Subject::Organization).unwrap();
    assert!(NAMES.iter().all(|name| table.get(0, name) == Given::Unknown));
}

#[test]
fn other_columns_are_another_file() {
    let (one, other) = (catalogue(), common::shipped());
    let bytes = base(&one, &[]).to_bytes();
    assert!(FactBase::from_bytes(&bytes, other).unwrap_err().to_string().contains("重建"));
}

/// DESIGN §4: at most 64 bytes per subject, where it lies included, for organizations, community organizations, communities, areas.
#[test]
fn a_subject_takes_at_most_sixty_four_bytes() {
    let base = common::facts(common::shipped(), 0);
    for table in base.tables() {
        let bytes = table.layout().bytes();
        let limit = match table.subject() {
            Subject::CommunityOrganization => 24,
            Subject::Community => 12,
            _ => 64,
        };
        assert!(bytes <= limit, "{}: {bytes} bytes", table.subject());
    }
}

#[test]
fn a_row_taken_out_lies_nowhere() {
    let catalogue = catalogue();
    let mut base = base(&catalogue, &[vec![Given::Unknown; NAMES.len()]]);
    let table = base.table_mut(&Subject::Organization).unwrap();
    table.take_out(0);
    assert!(table.places(catalogue::plans::Population::RegisteredIn).iter().all(|at| *at == planning::areas::NOWHERE));
    assert_eq!(
        Tri::from(table.find(1).is_some()),
        Tri::True,
        "it is still found, so that a correction can bring it back"
    );
}
