//! Writing conditions as the same plain structure they are read from, so that an edition's canonical text can be read back.
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value as Json, json};

use super::{Amount, Base, Condition, Op, Pattern, Shift, Term};
use crate::problem::{Citation, Place, Problems};
use crate::tree::Node;
use crate::value::Value;

impl Condition {
    /// As JSON of the same shape as the TOML.
    pub fn to_json(&self) -> Json {
        let list = |parts: &[Self]| Json::Array(parts.iter().map(Self::to_json).collect());
        match self {
            Self::All(parts) => json!({ "all": list(parts) }),
            Self::Any(parts) => json!({ "any": list(parts) }),
            Self::Not(part) => match &**part {
                Self::Exists(term) => with(term, "exists", Json::Bool(false)),
                other => json!({ "not": other.to_json() }),
            },
            Self::Exists(term) => with(term, "exists", Json::Bool(true)),
            Self::Matches(term, pattern) => with(term, "matches", json!(pattern.word())),
            Self::Compare(compare) => with(&compare.left, compare.op.word(), operand(&compare.right, compare.op)),
            Self::Named { check, .. } => json!({ "named": check }),
        }
    }
}

impl Op {
    /// The word used in files.
    pub fn word(self) -> &'static str {
        match self {
            Self::Eq => "is",
            Self::Ne => "is_not",
            Self::Lt => "lt",
            Self::Le => "le",
            Self::Gt => "gt",
            Self::Ge => "ge",
            Self::In => "in",
            Self::Contains => "contains",
        }
    }
}

impl Pattern {
    fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, pattern)| *pattern == self).map_or("", |(word, _)| word)
    }
}

fn with(term: &Term, key: &str, value: Json) -> Json {
    let mut map = table(term);
    map.insert(key.to_owned(), value);
    Json::Object(map)
}

fn table(term: &Term) -> Map<String, Json> {
    let mut map = Map::new();
    match &term.base {
        Base::Fact(name) => map.insert("fact".to_owned(), json!(name)),
        Base::Answer(name) => map.insert("answer".to_owned(), json!(name)),
        Base::Param(name) => map.insert("param".to_owned(), json!(name)),
        Base::Today => map.insert("today".to_owned(), Json::Bool(true)),
        Base::Literal(value) => map.insert("value".to_owned(), value.to_json()),
    };
    if let Some(Shift { amount, back }) = &term.shift {
        let span = match amount {
            Amount::Days(number) => json!({ "days": number }),
            Amount::Months(number) => json!({ "months": number }),
            Amount::Years(number) => json!({ "years": number }),
            Amount::Param(name) => json!({ "param": name }),
        };
        map.insert(if *back { "minus" } else { "plus" }.to_owned(), span);
    }
    map
}

fn operand(term: &Term, op: Op) -> Json {
    match &term.base {
        // A date compared by `is` must not come back as a text, hence the table form.
        Base::Literal(Value::Date(date)) if matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge) => json!(date.to_string()),
        Base::Literal(value) => value.to_json(),
        _ => Json::Object(table(term)),
    }
}

impl Serialize for Condition {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.to_json().serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Condition {
    /// Lines are lost on this way; the checker finds them in the file's own tree.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let json = Json::deserialize(deserializer)?;
        let problems = Problems::new();
        let read = Self::read(&Node::from_json("", &json), &problems);
        match (read, problems.into_sorted().first()) {
            (Some(condition), None) => Ok(condition),
            (_, Some(problem)) => Err(serde::de::Error::custom(format!("{}。{}", problem.message, problem.help))),
            (None, None) => Err(serde::de::Error::custom("条件读不出来")),
        }
    }
}

impl Serialize for Citation {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for Citation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self { text: String::deserialize(deserializer)?, at: Place::new("", 0) })
    }
}
