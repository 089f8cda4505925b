//! Parameters (参数): the numbers and words of law and plan, dated, set by packs, each value with its clause and how sure it is.
use std::collections::BTreeMap;

use base::{Date, Fen};

use crate::problem::{Citation, Place, Problems};
use crate::tree::{Data, Node};
use crate::value::{Kind, Value};

/// The unit of a parameter (单位).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Unit {
    /// 元: written in whole yuan, kept in fen.
    Yuan,
    /// 日（自然日）
    Day,
    /// 工作日
    WorkingDay,
    /// 个月
    Month,
    /// 年
    Year,
    /// 人
    Person,
    /// 个、家、次
    Count,
    /// 百分之一
    Percent,
    /// 千分之一
    Permille,
    /// 万分之一, for shares that percent cannot say: 0.05 % is 5.
    Permyriad,
    /// 文字
    Text,
    /// 多项
    List,
    /// 是否
    Bool,
    /// 日期
    Date,
}

impl Unit {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 14] = [
        ("yuan", Self::Yuan),
        ("day", Self::Day),
        ("working_day", Self::WorkingDay),
        ("month", Self::Month),
        ("year", Self::Year),
        ("person", Self::Person),
        ("count", Self::Count),
        ("percent", Self::Percent),
        ("permille", Self::Permille),
        ("permyriad", Self::Permyriad),
        ("text", Self::Text),
        ("list", Self::List),
        ("bool", Self::Bool),
        ("date", Self::Date),
    ];

    /// The word used in files.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, unit)| *unit == self).map_or("", |(word, _)| word)
    }

    /// What follows the number, in Chinese.
    pub fn suffix(self) -> &'static str {
        match self {
            Self::Day => " 日",
            Self::WorkingDay => " 个工作日",
            Self::Month => " 个月",
            Self::Year => " 年",
            Self::Person => " 人",
            Self::Percent => "%",
            Self::Permille => "‰",
            Self::Permyriad => "‱",
            Self::Yuan | Self::Count | Self::Text | Self::List | Self::Bool | Self::Date => "",
        }
    }

    /// The kind its values have.
    pub fn kind(self) -> Kind {
        match self {
            Self::Yuan => Kind::Money,
            Self::Text => Kind::Text,
            Self::List => Kind::List,
            Self::Bool => Kind::Bool,
            Self::Date => Kind::Date,
            _ => Kind::Int,
        }
    }

    /// Reads a value of this unit.
    pub(crate) fn read(self, node: &Node, problems: &Problems) -> Option<Value> {
        let value = match (self, &node.data) {
            (Self::Yuan, Data::Int(yuan)) => yuan.checked_mul(100).map(|fen| Value::Money(Fen(fen))),
            (Self::Date, Data::Text(text)) => text.parse().ok().map(Value::Date),
            (Self::Yuan, _) => None,
            _ => Value::read(node, problems),
        };
        let fits = value.filter(|value| value.kind() == self.kind());
        if fits.is_none() {
            let message =
                format!("单位是 {} 的参数，值应当是{}，却是{}", self.word(), self.kind().name(), node.data.name());
            problems.error(&node.at, message, "请改值或改 unit");
        }
        fits
    }
}

/// How sure a value is (可信程度), as marked by whoever wrote it down.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Confidence {
    /// V: verified against a source that was seen (the fact sheet's own letters: V verified, M memory, U uncertain).
    Verified,
    /// M: from memory; verify before relying on it.
    Memory,
    /// U: uncertain; shown as 待核实 wherever it is used.
    Uncertain,
}

impl Confidence {
    /// The letters used in files.
    pub const WORDS: [(&'static str, Self); 3] = [("V", Self::Verified), ("M", Self::Memory), ("U", Self::Uncertain)];

    /// The letter used in files.
    pub fn letter(self) -> &'static str {
        match self {
            Self::Verified => "V",
            Self::Memory => "M",
            Self::Uncertain => "U",
        }
    }

    /// What is added where the value is shown; nothing for verified ones.
    pub fn mark(self) -> &'static str {
        match self {
            Self::Verified => "",
            Self::Memory => "（待复核）",
            Self::Uncertain => "（待核实）",
        }
    }
}

/// What a parameter is, wherever it is set.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParamDef {
    /// Its name: `foundation.min_capital`.
    pub name: String,
    /// Its Chinese name.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// Where it is first declared.
    pub at: Place,
}

/// One value and when it holds.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dated {
    /// First day.
    pub from: Date,
    /// Last day, if it ended without a successor.
    pub to: Option<Date>,
    /// The value.
    pub value: Value,
    /// The clause it comes from.
    pub clause: Citation,
    /// How sure.
    pub confidence: Confidence,
    /// Where it is written.
    pub at: Place,
}

impl Dated {
    /// Whether it holds on a day.
    pub fn holds_on(&self, date: Date) -> bool {
        self.from <= date && self.to.is_none_or(|to| date <= to)
    }
}

/// A parameter's value for one area on one day, with its source.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ParamValue {
    /// Its name.
    pub name: String,
    /// Its Chinese name.
    pub title: String,
    /// Its unit.
    pub unit: Unit,
    /// The value.
    pub value: Value,
    /// The day it came into force.
    pub from: Date,
    /// The pack that set it.
    pub pack: String,
    /// The clause.
    pub clause: Citation,
    /// How sure.
    pub confidence: Confidence,
}

impl ParamValue {
    /// For people: `30 个工作日`.
    pub fn plain(&self) -> String {
        format!("{}{}", self.value, self.unit.suffix())
    }

    /// For people, with its source: `30 个工作日（《…》第十一条，2016-02-06 起）`.
    pub fn sourced(&self) -> String {
        format!("{}（{}，{} 起）{}", self.plain(), self.clause, self.from, self.confidence.mark())
    }
}

/// The parameters that hold for one area on one day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Params(BTreeMap<String, ParamValue>);

impl Params {
    /// From values.
    pub fn of(values: impl IntoIterator<Item = ParamValue>) -> Self {
        Self(values.into_iter().map(|value| (value.name.clone(), value)).collect())
    }

    /// The value of that name, with its source.
    pub fn find(&self, name: &str) -> Option<&ParamValue> {
        self.0.get(name)
    }

    /// The whole number of that name (days, persons, percent), if it is one.
    pub fn int(&self, name: &str) -> Option<i64> {
        if let Value::Int(number) = self.find(name)?.value { Some(number) } else { None }
    }

    /// All of them by name.
    pub fn iter(&self) -> impl Iterator<Item = &ParamValue> {
        self.0.values()
    }

    /// Only those named: what a matter's edition keeps.
    pub fn only<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> Self {
        Self::of(names.into_iter().filter_map(|name| self.find(name)).cloned())
    }

    /// The same with some values replaced (*what if*, 假如).
    #[must_use]
    pub fn with(mut self, values: impl IntoIterator<Item = ParamValue>) -> Self {
        self.0.extend(values.into_iter().map(|value| (value.name.clone(), value)));
        self
    }

    /// Canonical JSON: value, unit, day, pack, clause and confidence of each; no lines, which may move.
    pub fn to_json(&self) -> serde_json::Value {
        let one = |p: &ParamValue| {
            let json = serde_json::json!({
                "clause": p.clause.text, "confidence": p.confidence.letter(), "from": p.from.to_string(),
                "pack": p.pack, "title": p.title, "unit": p.unit.word(), "value": p.value.to_json(),
            });
            (p.name.clone(), json)
        };
        serde_json::Value::Object(self.iter().map(one).collect())
    }

    /// Reads what [`Params::to_json`] wrote; entries that make no sense are left out.
    pub fn from_json(json: &serde_json::Value) -> Self {
        let one = |(name, entry): (&String, &serde_json::Value)| {
            let text = |key: &str| entry.get(key)?.as_str();
            let word = |key: &str| text(key).map(str::to_owned);
            let unit = Unit::WORDS.iter().find(|(word, _)| Some(*word) == text("unit"))?.1;
            let confidence = Confidence::WORDS.iter().find(|(word, _)| Some(*word) == text("confidence"))?.1;
            Some(ParamValue {
                name: name.clone(),
                title: word("title")?,
                unit,
                value: Value::from_json(entry.get("value")?)?,
                from: text("from")?.parse().ok()?,
                pack: word("pack")?,
                clause: Citation { text: word("clause")?, at: Place::new("edition", 0) },
                confidence,
            })
        };
        Self::of(json.as_object().into_iter().flatten().filter_map(one))
    }
}
