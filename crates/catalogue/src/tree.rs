//! The tree (语法树) a catalogue file is read into: TOML with the line of every value kept, so that every problem and every
//! explanation can name its line; and the canonical JSON text whose digest is an edition.
use std::sync::Arc;

use base::Date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::problem::{Located, Place, Problems};

/// One value and where it was written.
#[derive(Clone, PartialEq, Debug)]
pub struct Node {
    /// Where.
    pub at: Place,
    /// What.
    pub data: Data,
}

/// The kinds of values a file may hold. There are no fractions: money is in yuan or fen, shares in percent or per ten thousand.
#[derive(Clone, PartialEq, Debug)]
pub enum Data {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// A day, written bare: `2022-05-08`.
    Date(Date),
    /// Several values.
    List(Vec<Node>),
    /// Named values in the order written.
    Table(Vec<(Located<String>, Node)>),
}

impl Data {
    /// What it is, for messages.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Text(_) => "文字",
            Self::Int(_) => "整数",
            Self::Bool(_) => "是否",
            Self::Date(_) => "日期",
            Self::List(_) => "列表",
            Self::Table(_) => "表",
        }
    }
}

impl Node {
    /// Reads one TOML file. The first place where it is no TOML goes to `problems` (what follows is mostly its consequence), and then
    /// nothing is returned but an empty table.
    pub fn parse(file: &str, text: &str, problems: &Problems) -> Self {
        let file: Arc<str> = file.into();
        let lines = Lines::of(text);
        let (root, errors) = DeTable::parse_recoverable(text);
        if let Some(first) = errors.iter().min_by_key(|error| error.span().map_or(0, |span| span.start)) {
            let line = first.span().map_or(0, |span| lines.line(span.start));
            let at = Place { file: file.clone(), line };
            let written = text.lines().nth(line.saturating_sub(1) as usize).unwrap_or_default();
            problems.push(crate::syntax::of_toml(&at, written, first.message()));
            return Self { at: Place { file, line: 0 }, data: Data::Table(Vec::new()) };
        }
        let reading = Reading { file, lines, problems };
        let at = reading.place(0);
        Self { at, data: reading.table(root.into_inner()) }
    }

    /// The entries of a table; none if it is something else.
    pub fn entries(&self) -> &[(Located<String>, Self)] {
        if let Data::Table(entries) = &self.data { entries } else { &[] }
    }

    /// The items of a list; none if it is something else.
    pub fn items(&self) -> &[Self] {
        if let Data::List(items) = &self.data { items } else { &[] }
    }

    /// The value under a key of a table.
    pub fn find(&self, key: &str) -> Option<&Self> {
        self.entries().iter().find(|(name, _)| name.value == key).map(|(_, node)| node)
    }

    /// The value under a key of a table, to change it.
    pub fn find_mut(&mut self, key: &str) -> Option<&mut Self> {
        let Data::Table(entries) = &mut self.data else { return None };
        entries.iter_mut().find(|(name, _)| name.value == key).map(|(_, node)| node)
    }

    /// Puts a value under a key of a table, replacing what was there.
    pub fn put(&mut self, key: &str, node: Self) {
        if let Some(old) = self.find_mut(key) {
            *old = node;
        } else if let Data::Table(entries) = &mut self.data {
            entries.push((Located { value: key.to_owned(), at: node.at.clone() }, node));
        }
    }

    /// Takes a key out of a table.
    pub fn remove(&mut self, key: &str) -> Option<Self> {
        let Data::Table(entries) = &mut self.data else { return None };
        let index = entries.iter().position(|(name, _)| name.value == key)?;
        Some(entries.remove(index).1)
    }

    /// Adds an item to the list under a key of a table, beginning the list if there is none.
    pub fn push(&mut self, key: &str, item: Self) {
        if let Some(Self { data: Data::List(items), .. }) = self.find_mut(key) {
            items.push(item);
        } else {
            self.put(key, Self { at: item.at.clone(), data: Data::List(vec![item]) });
        }
    }

    /// The text, if it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Data::Text(text) = &self.data { Some(text) } else { None }
    }

    /// The number, if it is one.
    pub fn as_int(&self) -> Option<i64> {
        if let Data::Int(number) = self.data { Some(number) } else { None }
    }

    /// Canonical JSON: keys sorted, no blanks, dates as text. Equal catalogues give equal bytes, whatever their lines.
    pub fn canonical(&self) -> String {
        self.to_json().to_string()
    }

    /// As a JSON value with sorted keys.
    pub fn to_json(&self) -> serde_json::Value {
        use serde_json::Value;
        match &self.data {
            Data::Text(text) => Value::String(text.clone()),
            Data::Int(number) => Value::from(*number),
            Data::Bool(truth) => Value::Bool(*truth),
            Data::Date(date) => Value::String(date.to_string()),
            Data::List(items) => Value::Array(items.iter().map(Self::to_json).collect()),
            Data::Table(entries) => {
                let mut sorted: Vec<_> = entries.iter().collect();
                sorted.sort_by(|a, b| a.0.value.cmp(&b.0.value));
                Value::Object(sorted.into_iter().map(|(key, node)| (key.value.clone(), node.to_json())).collect())
            }
        }
    }

    /// The tree of a canonical text, every value placed at line 0 of `file` (an edition read back from the database).
    pub fn from_json(file: &str, value: &serde_json::Value) -> Self {
        use serde_json::Value;
        let at = Place::new(file, 0);
        let data = match value {
            Value::Null => Data::Text(String::new()),
            Value::Bool(truth) => Data::Bool(*truth),
            Value::Number(number) => Data::Int(number.as_i64().unwrap_or_default()),
            Value::String(text) => Data::Text(text.clone()),
            Value::Array(items) => Data::List(items.iter().map(|item| Self::from_json(file, item)).collect()),
            Value::Object(map) => Data::Table(
                map.iter()
                    .map(|(key, item)| (Located { value: key.clone(), at: at.clone() }, Self::from_json(file, item)))
                    .collect(),
            ),
        };
        Self { at, data }
    }
}

/// Byte offsets of line starts.
struct Lines(Vec<usize>);

impl Lines {
    fn of(text: &str) -> Self {
        Self(
            std::iter::once(0)
                .chain(text.bytes().enumerate().filter(|(_, b)| *b == b'\n').map(|(at, _)| at + 1))
                .collect(),
        )
    }

    fn line(&self, offset: usize) -> u32 {
        self.0.partition_point(|start| *start <= offset) as u32
    }
}

struct Reading<'p> {
    file: Arc<str>,
    lines: Lines,
    problems: &'p Problems,
}

impl Reading<'_> {
    fn place(&self, offset: usize) -> Place {
        Place { file: self.file.clone(), line: self.lines.line(offset) }
    }

    fn table(&self, table: DeTable<'_>) -> Data {
        let mut entries: Vec<_> = table.into_iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        let read = |(key, value): (Spanned<_>, _)| {
            let at = self.place(key.span().start);
            let name: toml::de::DeString<'_> = key.into_inner();
            (Located { value: name.into_owned(), at }, self.node(value))
        };
        Data::Table(entries.into_iter().map(read).collect())
    }

    fn node(&self, value: Spanned<DeValue<'_>>) -> Node {
        let at = self.place(value.span().start);
        let data = match value.into_inner() {
            DeValue::String(text) => Data::Text(text.into_owned()),
            DeValue::Integer(number) => self.int(&at, number.as_str(), number.radix()),
            DeValue::Float(number) => {
                let message = format!("“{number}”是小数");
                self.problems.error(
                    &at,
                    message,
                    "金额用整数元，比例用百分数或万分数（unit = \"permyriad\"）；规划里的小数加上引号，如 \"1.5\"",
                );
                Data::Int(0)
            }
            DeValue::Boolean(truth) => Data::Bool(truth),
            DeValue::Datetime(moment) => self.date(&at, &moment.to_string()),
            DeValue::Array(items) => Data::List(items.into_iter().map(|item| self.node(item)).collect()),
            DeValue::Table(table) => self.table(table),
        };
        Node { at, data }
    }

    fn int(&self, at: &Place, digits: &str, radix: u32) -> Data {
        let Ok(number) = i64::from_str_radix(digits, radix) else {
            self.problems.error(at, format!("整数“{digits}”太大"), "请改小");
            return Data::Int(0);
        };
        Data::Int(number)
    }

    fn date(&self, at: &Place, text: &str) -> Data {
        if let Ok(date) = text.parse::<Date>()
            && text.len() == 10
        {
            return Data::Date(date);
        }
        self.problems.error(at, format!("“{text}”不是一个日期"), "请写成 2022-05-08，不带时刻");
        Data::Text(text.to_owned())
    }
}
