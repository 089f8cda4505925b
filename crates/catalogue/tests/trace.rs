//! 条款落实: how far a clause is carried out, and that the shipped trace can be shown to people as it stands.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::path::Path;

use catalogue::problem::Place;
use catalogue::trace::{Clause, Standing, Target, Trace, standing};
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
    for text in ["matter:found-association", "page:/orgs/{code}", "command:catalogue check", "param:direct_classes"] {
        assert_eq!(Target::parse(text).unwrap().to_string(), text);
    }
}

#[test]
fn what_the_shipped_trace_says_to_people_is_chinese() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue");
    let shipped = Catalogue::load(&Files::read(&root).unwrap(), &NamedChecks::default()).unwrap();
    for trace in shipped.traces() {
        for text in [&trace.note, &trace.missing] {
            let chinese = text.chars().any(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(text.is_empty() || chinese, "{}: write it for readers of /policies: {text}", trace.at);
        }
    }
}
