//! The vocabulary of facts (事实词表): every fact a condition may name, with its kind, meaning and who supplies it.
use std::collections::BTreeMap;

use crate::problem::{Place, Problems};
use crate::reader::Reader;
use crate::subject::Subject;
use crate::tree::Node;
use crate::value::Kind;

/// Who supplies a fact today (由谁提供).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Supply {
    /// The platform itself, as its matters and registers run.
    Platform,
    /// Another authority's figures, imported with source and date.
    Import,
    /// Nobody yet: whatever needs it says 暂无数据.
    Nobody,
}

impl Supply {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 3] =
        [("platform", Self::Platform), ("import", Self::Import), ("nobody", Self::Nobody)];
}

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
    /// What it is a fact about; none for facts that exist only within a case (an opinion, a name check).
    pub subject: Option<Subject>,
    /// What follows its number: 人, 个, 元; empty where it has none.
    pub unit: String,
    /// The greatest number it can be; the fact table keeps it in the narrowest column that holds this.
    pub max: Option<i64>,
    /// Who supplies it today.
    pub supply: Supply,
    /// The words a text or list may hold, with their Chinese names; empty if anything goes.
    pub words: Vec<(String, String)>,
    /// Nobody can change it (the day of founding, the legal kind): never proposed as something to change.
    pub fixed: bool,
    /// Everybody may know it of a named subject, since its public page says it: lists by name that rest on other facts are shown to
    /// officials only.
    pub public: bool,
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

    /// The facts about one kind of subject, by name.
    pub fn about<'v>(&'v self, subject: &'v Subject) -> impl Iterator<Item = &'v FactDef> {
        self.iter().filter(move |fact| fact.subject.as_ref() == Some(subject))
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
    let about = entry.located("subject");
    let subject = about.as_ref().and_then(|word| {
        let subject = Subject::parse(&word.value);
        if subject.is_none() {
            let message = format!("“{}”不是事实能说的对象", word.value);
            entry.problems().error(&word.at, message, format!("可用：{}", Subject::words().join("、")));
        }
        subject
    });
    let supply = entry.choice("supply", &Supply::WORDS);
    if about.is_some() && supply.is_none() && entry.node().find("supply").is_none() {
        let message = format!("事实“{name}”没有说现在由谁提供");
        entry.problems().error(entry.at(), message, "请写 supply = \"platform\"、\"import\" 或 \"nobody\"（暂无）");
    }
    let fact = FactDef {
        name,
        subject,
        unit: entry.text("unit").unwrap_or_default(),
        max: entry.int("max"),
        supply: supply.unwrap_or(Supply::Platform),
        title: entry.need_text("title"),
        kind: kind.unwrap_or(Kind::Text),
        note: entry.text("note").unwrap_or_default(),
        supplier: entry.need_text("supplier"),
        words: words.unwrap_or_default(),
        fixed: entry.flag("fixed"),
        public: entry.flag("public"),
        at: entry.at().clone(),
    };
    (kind.is_some() && !fact.name.is_empty()).then_some(fact)
}
