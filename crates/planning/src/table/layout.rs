//! Which facts get a column, and how wide: worked out from the vocabulary and from what indicators and rules ask for.
use std::collections::{BTreeMap, BTreeSet};

use catalogue::rules::About;
use catalogue::{Catalogue, FactDef, Subject, Value, Vocabulary};
use catalogue::{Kind, NamedChecks};

/// How wide a column is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Width {
    /// Two bits of a word shared by sixteen facts.
    Flag,
    /// One byte: up to 254 words, or a number up to 253.
    Byte,
    /// Two bytes: a number up to 32,767.
    Short,
    /// Four bytes: a number, a day, an open text's symbol.
    Int,
    /// Eight bytes: money in fen.
    Long,
    /// Two bytes: a list of up to 14 words.
    SmallSet,
    /// Eight bytes: a list of up to 62 words.
    Set,
}

impl Width {
    /// Bits per row.
    pub fn bits(self) -> usize {
        match self {
            Self::Flag => 2,
            Self::Byte => 8,
            Self::Short | Self::SmallSet => 16,
            Self::Int => 32,
            Self::Long | Self::Set => 64,
        }
    }

    fn of(fact: &FactDef) -> Self {
        let fits = |most: i64| fact.max.is_some_and(|max| max <= most);
        match fact.kind {
            Kind::Bool => Self::Flag,
            Kind::Text if !fact.words.is_empty() && fact.words.len() <= 254 => Self::Byte,
            Kind::Int if fits(253) => Self::Byte,
            Kind::Int if fits(i64::from(i16::MAX)) => Self::Short,
            Kind::Int if fact.max.is_some() && !fits(i64::from(i32::MAX)) => Self::Long,
            Kind::Text | Kind::Int | Kind::Date => Self::Int,
            Kind::Money => Self::Long,
            Kind::List if !fact.words.is_empty() && fact.words.len() <= 14 => Self::SmallSet,
            Kind::List => Self::Set,
        }
    }
}

/// One column.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Spec {
    /// The fact.
    pub fact: String,
    /// The kind of its values.
    pub kind: Kind,
    /// How wide.
    pub width: Width,
    /// Its words; empty where anything goes.
    pub words: Vec<String>,
    /// Which flag of the table it is, counted from 0.
    pub(crate) slot: u16,
}

/// The columns of one table, by name of fact.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Layout {
    /// What the rows are.
    pub subject: Subject,
    /// The columns, by name.
    pub columns: Vec<Spec>,
}

impl Layout {
    /// Columns for the facts about `subject` that are in `used`.
    pub fn of(words: &Vocabulary, subject: &Subject, used: &BTreeSet<String>) -> Self {
        let mut flags = 0;
        let wanted = words.about(subject).filter(|fact| used.contains(&fact.name));
        let spec = |fact: &FactDef| {
            let width = Width::of(fact);
            let slot = flags;
            flags += u16::from(width == Width::Flag);
            let words = fact.words.iter().map(|(word, _)| word.clone()).collect();
            Spec { fact: fact.name.clone(), kind: fact.kind, width, words, slot }
        };
        Self { subject: subject.clone(), columns: wanted.map(spec).collect() }
    }

    /// The column of a fact.
    pub fn find(&self, fact: &str) -> Option<usize> {
        self.columns.binary_search_by(|spec| spec.fact.as_str().cmp(fact)).ok()
    }

    /// Bytes per subject, where it lies included; flags round up to whole words.
    pub fn bytes(&self) -> usize {
        let (flags, others): (Vec<_>, Vec<_>) = self.columns.iter().partition(|spec| spec.width == Width::Flag);
        let places = if matches!(self.subject, Subject::Organization | Subject::CommunityOrganization | Subject::Case) {
            8
        } else {
            4
        };
        let columns: usize = others.iter().map(|spec| spec.width.bits() / 8).sum();
        places + flags.len().div_ceil(16) * 4 + columns
    }
}

/// Every fact that an indicator or a rule of the catalogue asks for, by what it is about. Named checks count with what they read.
pub fn used_facts(catalogue: &Catalogue) -> BTreeMap<Subject, BTreeSet<String>> {
    let mut used: BTreeMap<Subject, BTreeSet<String>> = BTreeMap::new();
    for indicator in catalogue.indicators() {
        for part in &indicator.parts {
            for measure in part.formula.measures() {
                used.entry(measure.of.clone()).or_default();
            }
            for (subject, fact) in part.formula.facts() {
                used.entry(subject).or_default().insert(fact);
            }
            for (subject, condition) in part.formula.conditions() {
                let read = read_by(&condition.needs().named, catalogue.named());
                used.entry(subject.clone()).or_default().extend(read);
            }
        }
    }
    // Every figure can be broken down by these.
    used.entry(Subject::Organization).or_default().extend(["org.kind", "org.level"].map(str::to_owned));
    for rule in catalogue.rules() {
        let subject = match rule.about {
            About::Organization => Subject::Organization,
            About::Community => Subject::CommunityOrganization,
        };
        let needs = rule.when.needs();
        let facts = used.entry(subject).or_default();
        facts.extend(needs.facts);
        facts.extend(read_by(&needs.named, catalogue.named()));
    }
    used
}

fn read_by(checks: &[String], named: &NamedChecks) -> Vec<String> {
    let reads = checks.iter().filter_map(|check| named.find(check)).flat_map(|check| check.reads);
    reads.map(|fact| (*fact).to_owned()).collect()
}

/// The code of a word among a column's words.
pub(crate) fn word_code(words: &[String], value: &Value) -> Option<usize> {
    if let Value::Text(text) = value { words.iter().position(|word| word == text) } else { None }
}
