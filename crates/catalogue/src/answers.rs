//! The answers of a matter's form, as conditions may name them: `field`, `person.part`, `group.count`, `group.sum.column`,
//! `group.column`; columns beside each other also by their bare id.
use std::collections::BTreeMap;

use crate::condition::AnswerKinds;
use crate::tree::Node;
use crate::value::Kind;

/// Names and kinds, read from a matter's tree so that overlays' fields count too.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FormAnswers(BTreeMap<String, Option<Kind>>);

impl FormAnswers {
    /// Of a matter's tree.
    pub fn of(matter: &Node) -> Self {
        let mut answers = Self::default();
        for section in matter.find("sections").map_or(&[][..], Node::items) {
            for field in section.find("fields").map_or(&[][..], Node::items) {
                answers.add(field);
            }
        }
        answers
    }

    fn add(&mut self, field: &Node) {
        let (Some(id), Some(kind)) = (text(field, "id"), text(field, "kind")) else { return };
        match kind {
            "person" => {
                for part in PERSON_PARTS {
                    let kind = if part == "birth" { Kind::Date } else { Kind::Text };
                    self.0.insert(format!("{id}.{part}"), if part == "full_time" { None } else { Some(kind) });
                }
            }
            "group" => {
                self.0.insert(format!("{id}.count"), Some(Kind::Int));
                for column in field.find("fields").map_or(&[][..], Node::items) {
                    let (Some(name), Some(kind)) = (text(column, "id"), text(column, "kind")) else { continue };
                    let kind = kind_of(kind);
                    if let Some(kind @ (Kind::Int | Kind::Money)) = kind {
                        self.0.insert(format!("{id}.sum.{name}"), Some(kind));
                    }
                    self.0.insert(format!("{id}.{name}"), Some(Kind::List));
                    self.0.entry(name.to_owned()).or_insert(kind);
                }
            }
            _ => {}
        }
        self.0.insert(id.to_owned(), kind_of(kind));
    }
}

const PERSON_PARTS: [&str; 12] = [
    "name",
    "id_number",
    "phone",
    "sex",
    "birth",
    "nationality",
    "political",
    "post",
    "employer",
    "education",
    "address",
    "full_time",
];

fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.find(key).and_then(Node::as_text)
}

/// The kind of value a field kind gives; nothing for what conditions only ask to exist.
fn kind_of(field: &str) -> Option<Kind> {
    Some(match field {
        "integer" | "year" | "percent" => Kind::Int,
        "money" => Kind::Money,
        "date" => Kind::Date,
        "yes_no" | "declaration" => Kind::Bool,
        "multi_choice" => Kind::List,
        "person" | "group" | "file" | "charter" => return None,
        _ => Kind::Text,
    })
}

impl AnswerKinds for FormAnswers {
    fn kind_of(&self, name: &str) -> Option<Option<Kind>> {
        self.0.get(name).copied()
    }

    fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }
}
