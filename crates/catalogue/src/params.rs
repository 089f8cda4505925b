//! Parameters (参数): the numbers and words of law and plan, dated, set by packs, each value with its clause and how sure it is.
use std::collections::BTreeMap;

use base::{Date, Fen};

use crate::problem::{Citation, Place, Problems};
use crate::reader::{Reader, nearest};
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
    pub const WORDS: [(&'static str, Self); 13] = [
        ("yuan", Self::Yuan),
        ("day", Self::Day),
        ("working_day", Self::WorkingDay),
        ("month", Self::Month),
        ("year", Self::Year),
        ("person", Self::Person),
        ("count", Self::Count),
        ("percent", Self::Percent),
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
    fn read(self, node: &Node, problems: &Problems) -> Option<Value> {
        let value = match (self, &node.data) {
            (Self::Yuan, Data::Int(yuan)) => yuan.checked_mul(100).map(|fen| Value::Money(Fen(fen))),
            (Self::Date, Data::Text(text)) => text.parse().ok().map(Value::Date),
            (Self::Yuan, _) => None,
            _ => Value::read(node, problems),
        };
        let fits = value.filter(|value| value.kind() == self.kind());
        if fits.is_none() {
            let message = format!("单位是 {} 的参数，值应当是{}，却是{}", self.word(), self.kind().name(), node.data.name());
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

/// All parameters of all packs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ParamBook {
    defs: BTreeMap<String, ParamDef>,
    /// By name, then by pack.
    values: BTreeMap<String, BTreeMap<String, Vec<Dated>>>,
}

impl ParamBook {
    /// What a parameter is.
    pub fn find(&self, name: &str) -> Option<&ParamDef> {
        self.defs.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.defs.keys().map(String::as_str)
    }

    /// The known name nearest to a wrong one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }

    /// The packs that set a parameter, with their values.
    pub fn set_by(&self, name: &str) -> impl Iterator<Item = (&str, &[Dated])> {
        self.values.get(name).into_iter().flatten().map(|(pack, values)| (pack.as_str(), values.as_slice()))
    }

    /// The value that holds on `date` where `packs` apply (farthest first): the nearest pack that has one wins.
    pub fn resolve(&self, name: &str, packs: &[&str], date: Date) -> Option<ParamValue> {
        let def = self.find(name)?;
        let by_pack = self.values.get(name)?;
        let (pack, dated) = packs.iter().rev().find_map(|pack| {
            let dated = by_pack.get(*pack)?.iter().rev().find(|dated| dated.holds_on(date))?;
            Some((*pack, dated))
        })?;
        Some(ParamValue {
            name: def.name.clone(),
            title: def.title.clone(),
            unit: def.unit,
            value: dated.value.clone(),
            from: dated.from,
            pack: pack.to_owned(),
            clause: dated.clause.clone(),
            confidence: dated.confidence,
        })
    }

    /// Everything that holds on `date` where `packs` apply.
    pub fn resolve_all(&self, packs: &[&str], date: Date) -> Params {
        Params::of(self.names().filter_map(|name| self.resolve(name, packs, date)))
    }

    /// Reads the `[[param]]` tables of one file of `pack`. `national` ones must say title and unit; others inherit them.
    pub fn read(&mut self, pack: &str, root: &Node, problems: &Problems) {
        let Some(file) = Reader::of(root, problems) else { return };
        for entry in file.tables("param") {
            self.read_param(pack, &entry);
            entry.finish();
        }
        file.finish();
    }

    fn read_param(&mut self, pack: &str, entry: &Reader<'_>) {
        let problems = entry.problems();
        let name = entry.need_id("name");
        let title = entry.text("title");
        entry.find("note");
        let unit = entry.choice("unit", &Unit::WORDS);
        let rows = entry.tables("values");
        if rows.is_empty() {
            problems.error(entry.at(), format!("参数“{name}”没有值"), "请写 values = [ { from = …, value = …, clause = … } ]");
        }
        let known = self.defs.get(&name);
        let Some(unit) = unit.or(known.map(|def| def.unit)) else {
            problems.error(entry.at(), format!("参数“{name}”没有单位"), "请补上 unit；若已在上级政策包声明，请核对名称");
            return;
        };
        if let Some(def) = known.filter(|def| def.unit != unit) {
            problems.error(
                entry.at(),
                format!("参数“{name}”的单位与 {} 不同（{}）", def.at, def.unit.word()),
                "同一参数只能有一个单位",
            );
            return;
        }
        if known.is_none() {
            if title.is_none() {
                problems.error(entry.at(), format!("参数“{name}”没有中文名"), "请补上 title");
            }
            let def = ParamDef { name: name.clone(), title: title.unwrap_or_default(), unit, at: entry.at().clone() };
            self.defs.insert(name.clone(), def);
        }
        let slot = self.values.entry(name.clone()).or_default().entry(pack.to_owned()).or_default();
        if let Some(first) = slot.first() {
            let message = format!("参数“{name}”在这个政策包里重复，已在 {} 设定", first.at);
            problems.error(entry.at(), message, "请合并到一处");
        }
        for row in rows {
            let dated = read_dated(&row, unit);
            row.finish();
            slot.extend(dated);
        }
        slot.sort_by_key(|dated| dated.from);
        for pair in slot.windows(2) {
            if pair[0].from == pair[1].from {
                let message = format!("参数“{name}”有两个值都从 {} 起", pair[1].from);
                problems.error(&pair[1].at, message, "请改正日期或删去一个");
            }
        }
    }
}

fn read_dated(row: &Reader<'_>, unit: Unit) -> Option<Dated> {
    let from = row.get("from").and_then(|_| row.date("from"));
    let to = row.date("to");
    let value = row.get("value").and_then(|node| unit.read(node, row.problems()));
    let clause = Citation { text: row.need_text("clause"), at: row.at().clone() };
    let confidence = row.need_choice("confidence", &Confidence::WORDS);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        row.problems().error(row.at(), format!("止日 {to} 早于起日 {from}"), "请改正日期");
    }
    Some(Dated { from: from?, to, value: value?, clause, confidence: confidence?, at: row.at().clone() })
}
