//! What tests of conditions share: a vocabulary and a condition out of a text, and one subject's facts.
use std::collections::BTreeMap;

use base::Date;
use catalogue::{Condition, Facts, Node, Problems, Reading, Value, Vocabulary};

/// The vocabulary that `facts`, a `facts.toml`, declares.
pub fn words(facts: &str) -> Vocabulary {
    let (mut words, problems) = (Vocabulary::default(), Problems::new());
    words.read(&Node::parse("facts.toml", facts, &problems), &problems);
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    words
}

/// The condition as files write it.
pub fn read(text: &str) -> Condition {
    let problems = Problems::new();
    let root = Node::parse("test.toml", &format!("when = {text}"), &problems);
    let condition = Condition::read(root.find("when").unwrap(), &problems);
    assert!(problems.is_empty(), "{:?}", problems.into_sorted());
    condition.unwrap()
}

pub fn today() -> Date {
    "2026-03-31".parse().unwrap()
}

/// Unknown (not there), blank or a value, by fact.
#[derive(Clone, Debug, Default)]
pub struct Row(pub BTreeMap<&'static str, Option<Value>>);

impl Facts for Row {
    fn fact(&self, name: &str) -> Reading {
        match self.0.get(name) {
            None => Reading::Unknown,
            Some(None) => Reading::Absent { source: "登记信息".to_owned() },
            Some(Some(value)) => Reading::Known { value: value.clone(), source: "登记信息".to_owned() },
        }
    }
    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }
    fn today(&self) -> Date {
        today()
    }
}
