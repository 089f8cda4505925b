//! 条款落实: how far a clause is carried out, and that the shipped trace can be shown to people as it stands.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::path::Path;

use catalogue::problem::Place;
use catalogue::trace::{Clause, Known, Standing, Target, Trace, check, standing};
use catalogue::{Catalogue, Files, NamedChecks};

fn clause(modules: &str) -> Clause {
    Clause { id: "000-01".into(), document: "000".into(), title: "…".into(), modules: modules.into() }
}

fn trace(by: &[&str], test: &str, missing: &str) -> Trace {
    Trace {
        clause: "000-01".into(),
        by: by.iter().map(|text| Target::parse(text).unwrap()).collect(),
        test: test.into(),
        note: String::new(),
        missing: missing.into(),
        at: Place::new("trace.toml", 1),
    }
}

fn shipped() -> Catalogue {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    Catalogue::load(&Files::read(&root).unwrap(), &NamedChecks::default()).unwrap()
}

#[test]
fn done_needs_something_that_does_it_a_test_and_nothing_missing() {
    let (done, untested, lacking) =
        (trace(&["matter:a"], "t", ""), trace(&["page:/a"], "", ""), trace(&["rule:a"], "t", "后半句"));
    assert_eq!(standing(&clause("M01"), [&done]), Standing::Done);
    assert_eq!(standing(&clause("M01"), [&untested]), Standing::Part);
    assert_eq!(standing(&clause("M01"), [&done, &lacking]), Standing::Part);
    assert_eq!(standing(&clause("M01"), []), Standing::Open);
    assert_eq!(standing(&clause("R"), []), Standing::Apart);
    let said = trace(&[], "", "");
    assert_eq!(standing(&clause("M01"), [&said]), Standing::Open, "a remark alone carries nothing out");
}

#[test]
fn targets_are_written_as_they_are_read() {
    for text in [
        "matter:found-association",
        "page:/orgs/{code}",
        "command:catalogue check",
        "param:direct_classes",
        "plan:liaoning-14th",
        "indicator:ln-01",
    ] {
        assert_eq!(Target::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn plans_and_indicators_must_exist() {
    let wrong = |by: &[&str]| {
        let known = Known {
            plans: ["liaoning-14th"].into(),
            indicators: ["ln-01"].into(),
            matters: [].into(),
            registers: [].into(),
            rules: [].into(),
            params: [].into(),
            pages: &[],
            commands: &[],
            test_exists: &|_| true,
        };
        let clauses = [("000-01".to_owned(), clause("M18"))].into();
        let found = check(&clauses, &[trace(by, "t", "")], &known);
        found.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(wrong(&["plan:liaoning-14th", "indicator:ln-01"]), "");
    let found = wrong(&["plan:ln-01", "indicator:liaoning-14th"]);
    assert!(found.contains("规划“ln-01”不存在") && found.contains("指标“liaoning-14th”不存在"), "{found}");
}

/// A figure that would say 暂无数据 is no fulfilment, and a remark that it does goes when somebody supplies the facts.
#[test]
fn a_clause_is_not_done_while_its_indicators_have_no_facts() {
    let shipped = shipped();
    for trace in shipped.traces() {
        let indicators = trace.by.iter().filter_map(|target| match target {
            Target::Indicator(id) => shipped.find_indicator(id),
            _ => None,
        });
        let parts: Vec<_> = indicators.flat_map(|indicator| &indicator.parts).collect();
        let lacking: Vec<_> = parts.iter().flat_map(|part| shipped.unsupplied(part)).map(|fact| &fact.title).collect();
        assert!(lacking.is_empty() || !trace.missing.is_empty(), "{} {}: {lacking:?}", trace.at, trace.clause);
        let said = trace.missing.contains("还没有人提供");
        assert!(parts.is_empty() || !said || !lacking.is_empty(), "{} {}: now supplied", trace.at, trace.clause);
    }
}

#[test]
fn what_the_shipped_trace_says_to_people_is_chinese() {
    for trace in shipped().traces() {
        for text in [&trace.note, &trace.missing] {
            let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(text.is_empty() || chinese, "{}: write it for readers of /policies: {text}", trace.at);
        }
    }
}
