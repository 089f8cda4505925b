//! The vocabulary of facts (事实词表): every fact a condition may name, with its kind, meaning and who supplies it.
use std::collections::BTreeMap;

use crate::problem::{Place, Problems};
use crate::reader::Reader;
use crate::tree::Node;
use crate::value::Kind;

/// One fact of `facts.toml`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FactDef {
    /// Its name in conditions: `org.kind`.
    pub name: String,
    /// Its Chinese name: 组织类型.
    pub title: String,
    /// The kind of its values.
    pub kind: Kind,
    /// What exactly it means, and its unit if it is a number.
    pub note: String,
    /// Who supplies it (由谁提供): 登记管理机关, 申请人, 党建工作机构.
    pub supplier: String,
    /// The words a text or list may hold, with their Chinese names; empty if anything goes.
    pub words: Vec<(String, String)>,
    /// Nobody can change it (the day of founding, the legal kind): never proposed as something to change.
    pub fixed: bool,
    /// Where it is declared.
    pub at: Place,
}

/// All facts by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Vocabulary(BTreeMap<String, FactDef>);

impl Vocabulary {
    /// The fact of that name.
    pub fn find(&self, name: &str) -> Option<&FactDef> {
        self.0.get(name)
    }

    /// All of them by name.
    pub fn iter(&self) -> impl Iterator<Item = &FactDef> {
        self.0.values()
    }

    /// Their names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Reads the `[[fact]]` tables of one file.
    pub fn read(&mut self, root: &Node, problems: &Problems) {
        let Some(file) = Reader::of(root, problems) else { return };
        for entry in file.tables("fact") {
            let fact = read_fact(&entry);
            entry.finish();
            if let Some(fact) = fact {
                self.insert(fact, problems);
            }
        }
        file.finish();
    }

    /// Adds one fact; a problem if the name is taken.
    pub fn insert(&mut self, fact: FactDef, problems: &Problems) {
        if let Some(first) = self.0.get(&fact.name) {
            problems.error(&fact.at, format!("事实“{}”重复，已在 {} 声明", fact.name, first.at), "请删去其中一处");
            return;
        }
        self.0.insert(fact.name.clone(), fact);
    }
}

fn read_fact(entry: &Reader<'_>) -> Option<FactDef> {
    let name = entry.need_id("name");
    let kind = entry.need_choice("kind", &Kind::WORDS);
    let words = entry.table("words").map(|words| {
        let pair = |(key, node): &(crate::Located<String>, Node)| {
            words.find(&key.value);
            if node.as_text().is_none() {
                words.problems().error(&node.at, format!("“{}”的中文名应当是文字", key.value), "请加上引号");
            }
            Some((key.value.clone(), node.as_text()?.to_owned()))
        };
        words.node().entries().iter().filter_map(pair).collect()
    });
    let fact = FactDef {
        name,
        title: entry.need_text("title"),
        kind: kind.unwrap_or(Kind::Text),
        note: entry.text("note").unwrap_or_default(),
        supplier: entry.need_text("supplier"),
        words: words.unwrap_or_default(),
        fixed: entry.flag("fixed"),
        at: entry.at().clone(),
    };
    (kind.is_some() && !fact.name.is_empty()).then_some(fact)
}
