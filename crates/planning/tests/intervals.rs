//! The interval of a figure is exact: filling in the unknown facts in every possible way gives no value outside it, and its ends are
//! reached. Small random tables of yes-or-no facts, every completion tried.
#![expect(clippy::unwrap_used, reason = "in a test an unwrap is the assertion")]
mod common;

use catalogue::plans::Fraction;
use catalogue::{Catalogue, Files, NamedChecks, Params, Subject, Value};
use common::{day, tree};
use planning::table::{Given, Place};
use planning::{FactBase, Figure, Job, Measuring};
use proptest::prelude::*;

const INDICATORS: &str = r#"
[[indicator]]
id = "share"
name = "占比"
explain = "甲中的乙"
clauses = ["x"]
within = "registered_in"
unit = "percent"
share = { of = "organization", among = { fact = "org.a", is = true }, where = { fact = "org.b", is = true } }
[[indicator]]
id = "count"
name = "个数"
explain = "甲且乙"
clauses = ["x"]
within = "registered_in"
unit = "count"
count = { of = "organization", where = { all = [{ fact = "org.a", is = true }, { fact = "org.b", is = true }] } }
[[indicator]]
id = "groups"
name = "达标社区"
explain = "至少一个甲的社区"
clauses = ["x"]
within = "domiciled_in"
unit = "percent"
groups = { members = { of = "organization", where = { fact = "org.a", is = true } }, per = "community", at_least = 1 }
[[indicator]]
id = "least"
name = "最少"
explain = "各社区最少的甲"
clauses = ["x"]
within = "domiciled_in"
unit = "count"
groups = { members = { of = "organization", where = { fact = "org.a", is = true } }, per = "community", take = "least" }
"#;

/// Formulas whose interval is sure but need not be tight: numerator and denominator are bounded apart.
const LOOSE: &str = r#"
[[indicator]]
id = "sum"
name = "合计"
explain = "甲的数"
clauses = ["x"]
within = "registered_in"
unit = "count"
sum = { of = "organization", fact = "org.n", where = { fact = "org.a", is = true } }
[[indicator]]
id = "ratio"
name = "比"
explain = "甲的数比全部的数"
clauses = ["x"]
within = "registered_in"
unit = "percent"
ratio = { top = { of = "organization", fact = "org.n", where = { fact = "org.a", is = true } }, bottom = { of = "organization", fact = "org.m" } }
[[indicator]]
id = "spread"
name = "种类"
explain = "甲的种类"
clauses = ["x"]
within = "registered_in"
unit = "percent"
spread = { of = "organization", fact = "org.w", where = { fact = "org.a", is = true } }
[[indicator]]
id = "gates"
name = "环节"
explain = "各环节的甲"
clauses = ["x"]
within = "registered_in"
unit = "percent"
gates = { of = "organization", fact = "org.w", gates = ["x", "y"], where = { fact = "org.a", is = true } }
[[indicator]]
id = "extreme"
name = "最高"
explain = "最高的比"
clauses = ["x"]
within = "registered_in"
unit = "percent"
extreme = { of = "organization", top = "org.n", bottom = "org.m", take = "greatest", where = { fact = "org.a", is = true } }
[[indicator]]
id = "milestone"
name = "有没有"
explain = "有没有甲"
clauses = ["x"]
within = "registered_in"
unit = "bool"
milestone = { of = "organization", where = { fact = "org.a", is = true } }
"#;

fn catalogue() -> &'static Catalogue {
    static CATALOGUE: std::sync::LazyLock<Catalogue> = std::sync::LazyLock::new(|| {
        let fact = |name: &str| {
            format!(
                "[[fact]]\nname = \"org.{name}\"\ntitle = \"{name}\"\nkind = \"bool\"\nsubject = \"organization\"\nsupply = \"platform\"\nsupplier = \"某\"\n"
            )
        };
        let number = |name: &str| fact(name).replace("bool", "int");
        common::load(&Files(vec![
            ("clauses.csv".into(), "id,document,title,modules\nx,x,x,M18\n".into()),
            ("p/pack.toml".into(), "id = \"p\"\nname = \"某\"\narea = \"100000\"\nlevel = \"national\"\n".into()),
            ("p/facts.toml".into(), fact("a") + &fact("b") + &number("n") + &number("m") + WORD),
            ("p/indicators/all.toml".into(), INDICATORS.into()),
            ("p/indicators/loose.toml".into(), LOOSE.into()),
        ]))
    });
    &CATALOGUE
}

const WORD: &str = "[[fact]]\nname = \"org.w\"\ntitle = \"词\"\nkind = \"text\"\nsubject = \"organization\"\nsupply = \"platform\"\nsupplier = \"某\"\nwords = { x = \"一\", y = \"二\", z = \"三\" }\n";

/// Whether it is one, two numbers (the second never nought), a word.
type Loose = (Option<bool>, Option<i64>, Option<i64>, Option<usize>);

fn loose(indicator: &str, rows: &[Loose]) -> Figure {
    let catalogue = catalogue();
    let mut base = FactBase::new(catalogue, &tree(), day("2024-01-01"));
    let table = base.table_mut(&Subject::Organization).unwrap();
    table.keep_since(day("2020-01-01"));
    for (id, (a, n, m, w)) in rows.iter().enumerate() {
        let row = table.push(id as u128, Place::both(0));
        let known = [
            ("org.a", a.map(Value::Bool)),
            ("org.n", n.map(Value::Int)),
            ("org.m", m.map(Value::Int)),
            ("org.w", w.map(|w| Value::Text(["x", "y", "z"][w].to_owned()))),
        ];
        for (fact, value) in known.into_iter().filter_map(|(fact, value)| Some((fact, value?))) {
            table.set(row, fact, &Given::Known(value)).unwrap();
        }
    }
    let indicator = catalogue.find_indicator(indicator).unwrap();
    let (params, named) = (Params::default(), NamedChecks::default());
    let part = &indicator.parts[0];
    let job = Job { indicator, part, params: &params, area: 0, start: None, others: None, only: None, plan: None };
    Measuring::new(&base, catalogue.words(), &named).one(&job).at(0)
}

fn loose_completions(rows: &[Loose]) -> Vec<Vec<Loose>> {
    fn fill<T: Copy>(known: Option<T>, all: &[T]) -> Vec<T> {
        known.map_or(all.to_vec(), |value| vec![value])
    }
    let mut done: Vec<Vec<Loose>> = vec![Vec::new()];
    for (a, n, m, w) in rows {
        let mut next = Vec::new();
        for rows in &done {
            for a in fill(*a, &[false, true]) {
                for n in fill(*n, &[0, 5]) {
                    for m in fill(*m, &[1, 5]) {
                        for w in fill(*w, &[0, 1, 2]) {
                            let mut more = rows.clone();
                            more.push((Some(a), Some(n), Some(m), Some(w)));
                            next.push(more);
                        }
                    }
                }
            }
        }
        done = next;
    }
    done
}

type Row = (Option<bool>, Option<bool>, usize);

fn figure(indicator: &str, rows: &[Row]) -> Figure {
    static EMPTY: std::sync::LazyLock<FactBase> =
        std::sync::LazyLock::new(|| FactBase::new(catalogue(), &tree(), day("2024-01-01")));
    let catalogue = catalogue();
    let mut base = EMPTY.clone();
    let communities: Vec<u32> =
        (0..base.areas().len() as u32).filter(|at| base.areas().range(*at).len() == 1).collect();
    let table = base.table_mut(&Subject::Organization).unwrap();
    table.keep_since(day("2020-01-01"));
    for (id, (a, b, at)) in rows.iter().enumerate() {
        let row = table.push(id as u128, Place::both(communities[at % communities.len()]));
        for (fact, truth) in [("org.a", a), ("org.b", b)] {
            if let Some(truth) = truth {
                table.set(row, fact, &Given::Known(Value::Bool(*truth))).unwrap();
            }
        }
    }
    let indicator = catalogue.find_indicator(indicator).unwrap();
    let (params, named) = (Params::default(), NamedChecks::default());
    let job = Job {
        indicator,
        part: &indicator.parts[0],
        params: &params,
        area: 0,
        start: None,
        others: None,
        only: None,
        plan: None,
    };
    Measuring::new(&base, catalogue.words(), &named).one(&job).at(0)
}

/// Every way of filling in what is not known.
fn completions(rows: &[Row]) -> Vec<Vec<Row>> {
    let mut all = vec![Vec::new()];
    for (a, b, at) in rows {
        let fill = |known: &Option<bool>| known.map_or(vec![false, true], |truth| vec![truth]);
        let mut next = Vec::new();
        for done in &all {
            for a in fill(a) {
                for b in fill(b) {
                    let mut more: Vec<Row> = done.clone();
                    more.push((Some(a), Some(b), *at));
                    next.push(more);
                }
            }
        }
        all = next;
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_completion_falls_outside_the_interval(
        rows in prop::collection::vec(
            (prop::option::of(any::<bool>()), prop::option::of(0_i64..4), prop::option::of(1_i64..4), prop::option::of(0_usize..3)),
            1..3,
        ),
        indicator in prop::sample::select(vec!["sum", "ratio", "spread", "gates", "extreme", "milestone"]),
    ) {
        let found = loose(indicator, &rows);
        let whole = rows.iter().all(|(a, n, m, w)| a.is_some() && n.is_some() && m.is_some() && w.is_some());
        prop_assert!(!whole || !matches!(found.number, planning::Number::Between { .. }), "known is exact");
        let Some((low, high)) = found.ends() else { return Ok(()) };
        for filled in loose_completions(&rows) {
            let Some(value) = loose(indicator, &filled).exact() else { continue };
            prop_assert!(low.is_none_or(|low| low <= value), "{} {:?} {:?} {:?}", indicator, found, filled, value);
            prop_assert!(high.is_none_or(|high| value <= high), "{} {:?} {:?} {:?}", indicator, found, filled, value);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn the_interval_is_what_the_completions_span(
        rows in prop::collection::vec((prop::option::of(any::<bool>()), prop::option::of(any::<bool>()), 0_usize..6), 1..4),
        indicator in prop::sample::select(vec!["share", "count", "groups", "least"]),
    ) {
        let found = figure(indicator, &rows);
        let exact: Vec<Fraction> =
            completions(&rows).iter().filter_map(|rows| figure(indicator, rows).exact()).collect();
        let (Some(low), Some(high)) = (exact.iter().min(), exact.iter().max()) else {
            // Nothing to count, whatever the unknown facts are.
            prop_assert!(found.ends().is_none() || found.exact().is_none());
            return Ok(());
        };
        match found.ends() {
            Some(ends) => prop_assert_eq!(ends, (Some(*low), Some(*high)), "{} {:?}", indicator, rows),
            // 暂无数据: nothing at all is known that bears on it.
            None => prop_assert!(found.counts.yes == 0, "{} {:?}", indicator, rows),
        }
    }
}
