//! Reading one table (表) of a catalogue file: typed access that reports problems at their line, and unknown keys at the end.
use std::cell::RefCell;

use base::Date;

use crate::problem::{Citation, Located, Place, Problems};
use crate::tree::{Data, Node};

/// Typed access to one table. Every key that is asked for counts as known; [`Reader::finish`] reports the rest.
#[derive(Debug)]
pub struct Reader<'n> {
    node: &'n Node,
    problems: &'n Problems,
    known: RefCell<Vec<String>>,
}

impl<'n> Reader<'n> {
    /// Reads `node` as a table; a problem and nothing if it is not one.
    pub fn of(node: &'n Node, problems: &'n Problems) -> Option<Self> {
        if matches!(node.data, Data::Table(_)) {
            return Some(Self { node, problems, known: RefCell::default() });
        }
        problems.error(
            &node.at,
            format!("这里应当是一个表，却是{}", node.data.name()),
            "请写成 { 名称 = 值 } 或 [名称] 小节",
        );
        None
    }

    /// Where the table begins.
    pub fn at(&self) -> &'n Place {
        &self.node.at
    }

    /// The table itself.
    pub fn node(&self) -> &'n Node {
        self.node
    }

    /// Where problems go.
    pub fn problems(&self) -> &'n Problems {
        self.problems
    }

    /// The value under `key`, if written.
    pub fn find(&self, key: &str) -> Option<&'n Node> {
        self.known.borrow_mut().push(key.to_owned());
        self.node.find(key)
    }

    /// The value under `key`; a problem if it is not written.
    pub fn get(&self, key: &str) -> Option<&'n Node> {
        let found = self.find(key);
        if found.is_none() {
            self.problems.error(self.at(), format!("缺少“{key}”"), format!("请补上 {key} = …"));
        }
        found
    }

    fn wrong(&self, key: &str, node: &Node, wanted: &str) {
        let message = format!("“{key}”应当是{wanted}，却是{}", node.data.name());
        self.problems.error(&node.at, message, format!("请改成{wanted}"));
    }

    /// An optional text. Blank counts as a problem.
    pub fn text(&self, key: &str) -> Option<String> {
        self.located(key).map(|text| text.value)
    }

    /// An optional text with its line.
    pub fn located(&self, key: &str) -> Option<Located<String>> {
        let node = self.find(key)?;
        match &node.data {
            Data::Text(text) if !text.trim().is_empty() => Some(Located { value: text.clone(), at: node.at.clone() }),
            Data::Text(_) => {
                self.problems.error(&node.at, format!("“{key}”是空的"), "请填写，或删去这一行");
                None
            }
            _ => {
                self.wrong(key, node, "文字");
                None
            }
        }
    }

    /// A required text; empty after reporting the problem.
    pub fn need_text(&self, key: &str) -> String {
        if self.node.find(key).is_none() {
            self.get(key);
            return String::new();
        }
        self.text(key).unwrap_or_default()
    }

    /// A required identifier: lower-case letters, digits, `-`, `_`, `.`, beginning with a letter.
    pub fn need_id(&self, key: &str) -> String {
        let id = self.need_text(key);
        if !id.is_empty() && !is_id(&id) {
            let at = self.node.find(key).map_or(self.at(), |node| &node.at);
            self.problems.error(at, format!("标识“{id}”写法不对"), "只用小写字母、数字、- _ . ，以字母开头");
        }
        id
    }

    /// An optional whole number.
    pub fn int(&self, key: &str) -> Option<i64> {
        let node = self.find(key)?;
        if let Data::Int(number) = node.data {
            return Some(number);
        }
        self.wrong(key, node, "整数");
        None
    }

    /// Yes or no; `false` where it is not written.
    pub fn flag(&self, key: &str) -> bool {
        let Some(node) = self.find(key) else { return false };
        if let Data::Bool(truth) = node.data {
            return truth;
        }
        self.wrong(key, node, "true 或 false");
        false
    }

    /// An optional day, bare (`2022-05-08`) or in quotes.
    pub fn date(&self, key: &str) -> Option<Date> {
        let node = self.find(key)?;
        let date = match &node.data {
            Data::Date(date) => Some(*date),
            Data::Text(text) => text.parse().ok(),
            _ => None,
        };
        if date.is_none() {
            self.wrong(key, node, "日期（如 2022-05-08）");
        }
        date
    }

    /// A list of texts; a single text counts as a list of one; empty where it is not written.
    pub fn texts(&self, key: &str) -> Vec<Located<String>> {
        let Some(node) = self.find(key) else { return Vec::new() };
        let one = |node: &Node| {
            if node.as_text().is_none() {
                self.wrong(key, node, "文字");
            }
            Some(Located { value: node.as_text()?.to_owned(), at: node.at.clone() })
        };
        match &node.data {
            Data::List(items) => items.iter().filter_map(one).collect(),
            _ => one(node).into_iter().collect(),
        }
    }

    /// A list of citations (依据), written as texts.
    pub fn citations(&self, key: &str) -> Vec<Citation> {
        self.texts(key).into_iter().map(|text| Citation { text: text.value, at: text.at }).collect()
    }

    /// The tables of a list (`[[key]]`); empty where it is not written.
    pub fn tables(&self, key: &str) -> Vec<Reader<'n>> {
        let Some(node) = self.find(key) else { return Vec::new() };
        if !matches!(node.data, Data::List(_)) {
            self.wrong(key, node, "表的列表（[[…]]）");
        }
        node.items().iter().filter_map(|item| Reader::of(item, self.problems)).collect()
    }

    /// An optional table (`[key]` or `key = { … }`).
    pub fn table(&self, key: &str) -> Option<Reader<'n>> {
        Reader::of(self.find(key)?, self.problems)
    }

    /// One of a closed set of words.
    pub fn choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.located(key)?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
            let message = format!("“{key}”不能是“{}”", text.value);
            self.problems.error(&text.at, message, format!("可用：{}", all.join("、")));
        }
        found
    }

    /// One of a closed set of words, required.
    pub fn need_choice<T: Copy>(&self, key: &str, words: &[(&str, T)]) -> Option<T> {
        self.get(key)?;
        self.choice(key, words)
    }

    /// Counts every key as known: the table was read as a typed value, which reports unknown keys itself.
    pub fn know_all(&self) {
        self.known.borrow_mut().extend(self.node.entries().iter().map(|(key, _)| key.value.clone()));
    }

    /// Reports every key nobody asked for, with the nearest known one.
    pub fn finish(self) {
        let known = self.known.into_inner();
        for (key, _) in self.node.entries() {
            if known.contains(&key.value) {
                continue;
            }
            let help = match nearest(&key.value, known.iter().map(String::as_str)) {
                Some(near) => format!("是不是“{near}”？"),
                None => "请删去，或对照 docs/catalogue.md".to_owned(),
            };
            self.problems.error(&key.at, format!("这里没有“{}”这一项", key.value), help);
        }
    }
}

/// Whether a text may serve as an identifier in catalogue files.
pub fn is_id(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '-' | '_' | '.'))
}

/// The known word nearest to `wrong`, if one is near enough (a third of its letters differ at most) to be what was meant.
pub fn nearest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> Option<&'k str> {
    let (distance, word) = known.map(|word| (distance(wrong, word), word)).min()?;
    (distance * 3 <= wrong.chars().count().max(3)).then_some(word)
}

/// Edit distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, ca) in a.chars().enumerate() {
        let mut corner = row[0];
        row[0] = i + 1;
        for (j, cb) in b.iter().enumerate() {
            let swap = corner + usize::from(ca != *cb);
            corner = row[j + 1];
            row[j + 1] = swap.min(row[j] + 1).min(corner + 1);
        }
    }
    row.last().copied().unwrap_or_default()
}
