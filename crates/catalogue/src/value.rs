//! Values (值) of facts, answers and parameters, and their kinds.
use std::fmt;

use base::{Date, Fen};

use crate::problem::Problems;
use crate::tree::{Data, Node};

/// The kind of a value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Kind {
    /// Yes or no (是否).
    Bool,
    /// A whole number (整数).
    Int,
    /// Money in fen (金额).
    Money,
    /// A day (日期).
    Date,
    /// A text (文字), usually one of a few.
    Text,
    /// Several texts (多项).
    List,
}

impl Kind {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 6] = [
        ("bool", Self::Bool),
        ("int", Self::Int),
        ("money", Self::Money),
        ("date", Self::Date),
        ("text", Self::Text),
        ("list", Self::List),
    ];

    /// For messages, in Chinese.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "是否",
            Self::Int => "整数",
            Self::Money => "金额",
            Self::Date => "日期",
            Self::Text => "文字",
            Self::List => "多项",
        }
    }

    /// Whether its values have an order (for lt, le, gt, ge).
    pub fn ordered(self) -> bool {
        matches!(self, Self::Int | Self::Money | Self::Date)
    }
}

/// A value of a fact, an answer or a parameter.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Value {
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Money.
    Money(Fen),
    /// A day.
    Date(Date),
    /// A text.
    Text(String),
    /// Several texts.
    List(Vec<String>),
}

impl Value {
    /// Its kind.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::Int(_) => Kind::Int,
            Self::Money(_) => Kind::Money,
            Self::Date(_) => Kind::Date,
            Self::Text(_) => Kind::Text,
            Self::List(_) => Kind::List,
        }
    }

    /// Reads a literal: text, number, true/false, bare date, list of texts, or `{ yuan = 30000 }`.
    pub fn read(node: &Node, problems: &Problems) -> Option<Self> {
        match &node.data {
            Data::Text(text) => Some(Self::Text(text.clone())),
            Data::Int(number) => Some(Self::Int(*number)),
            Data::Bool(truth) => Some(Self::Bool(*truth)),
            Data::Date(date) => Some(Self::Date(*date)),
            Data::List(items) => {
                let texts: Option<Vec<_>> = items.iter().map(|item| item.as_text().map(str::to_owned)).collect();
                if texts.is_none() {
                    problems.error(&node.at, "列表里只能是文字", "请给每一项加上引号");
                }
                texts.map(Self::List)
            }
            Data::Table(_) => {
                let int = |key| node.find(key).and_then(Node::as_int);
                let fen = int("yuan").and_then(|yuan| yuan.checked_mul(100)).or_else(|| int("fen"));
                let date = node.find("date").and_then(Node::as_text).and_then(|text| text.parse().ok());
                let value = fen.map(|fen| Self::Money(Fen(fen))).or(date.map(Self::Date));
                if value.is_none() || node.entries().len() != 1 {
                    problems.error(&node.at, "这里应当是一个值", "金额写成 { yuan = 30000 }");
                    return None;
                }
                value
            }
        }
    }

    /// As a tree node (for canonical texts): money as `{ yuan }` or fen.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::{Value as Json, json};
        match self {
            Self::Bool(truth) => Json::Bool(*truth),
            Self::Int(number) => json!(number),
            Self::Money(fen) => json!({ "fen": fen.0 }),
            Self::Date(date) => json!({ "date": date.to_string() }),
            Self::Text(text) => json!(text),
            Self::List(items) => json!(items),
        }
    }

    /// Reads what [`Value::to_json`] wrote.
    pub fn from_json(json: &serde_json::Value) -> Option<Self> {
        use serde_json::Value as Json;
        match json {
            Json::Bool(truth) => Some(Self::Bool(*truth)),
            Json::Number(number) => number.as_i64().map(Self::Int),
            Json::String(text) => Some(Self::Text(text.clone())),
            Json::Array(items) => {
                items.iter().map(|item| item.as_str().map(str::to_owned)).collect::<Option<_>>().map(Self::List)
            }
            Json::Object(map) => match (map.get("fen"), map.get("date")) {
                (Some(fen), None) => fen.as_i64().map(|fen| Self::Money(Fen(fen))),
                (None, Some(date)) => date.as_str()?.parse().ok().map(Self::Date),
                _ => None,
            },
            Json::Null => None,
        }
    }
}

impl fmt::Display for Value {
    /// For people, in Chinese.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(true) => f.write_str("是"),
            Self::Bool(false) => f.write_str("否"),
            Self::Int(number) => write!(f, "{number}"),
            Self::Money(fen) => f.write_str(&fen.plain()),
            Self::Date(date) => write!(f, "{date}"),
            Self::Text(text) => write!(f, "“{text}”"),
            Self::List(items) => write!(f, "“{}”", items.join("、")),
        }
    }
}
