//! Reading indicators from TOML.
use base::AreaLevel;

use super::indicator::{Against, Bar, Formula, Gates, Groups, Indicator, Measure, Part, Population, Take};
use crate::condition::Condition;
use crate::params::Unit;
use crate::problem::Located;
use crate::reader::Reader;
use crate::subject::Subject;
use crate::tree::{Data, Node};

const FORMULAS: [&str; 10] =
    ["count", "sum", "share", "ratio", "groups", "spread", "gates", "extreme", "milestone", "change"];
const LEVELS: [(&str, AreaLevel); 6] = [
    ("nation", AreaLevel::Nation),
    ("province", AreaLevel::Province),
    ("city", AreaLevel::City),
    ("county", AreaLevel::County),
    ("town", AreaLevel::Town),
    ("community", AreaLevel::Community),
];

impl Indicator {
    /// Reads one `[[indicator]]` table of `pack`.
    pub fn read(pack: &str, entry: &Reader<'_>) -> Option<Self> {
        let id = entry.need_id("id");
        let within = entry.need_choice("within", &Population::WORDS);
        let clauses = entry.texts("clauses");
        if clauses.is_empty() {
            entry.problems().error(entry.at(), format!("指标“{id}”没有写出处条款"), "请写 clauses = [\"…\"]");
        }
        let parts = match entry.node().find("part") {
            Some(_) => {
                let parts = entry.tables("part");
                let read = |part: Reader<'_>| {
                    let (id, name) = (part.need_id("id"), part.need_text("name"));
                    let read = read_part(&part, id, name);
                    part.finish();
                    read
                };
                parts.into_iter().map(read).collect::<Option<Vec<_>>>()
            }
            None => read_part(entry, String::new(), String::new()).map(|part| vec![part]),
        };
        let indicator = Self {
            id,
            name: entry.need_text("name"),
            explain: entry.need_text("explain"),
            clauses,
            within: within?,
            parts: parts?,
            pack: pack.to_owned(),
            at: entry.at().clone(),
            source: entry.node().clone(),
        };
        Some(indicator)
    }
}

fn read_part(reader: &Reader<'_>, id: String, name: String) -> Option<Part> {
    let unit = reader.need_choice("unit", &Unit::WORDS);
    let suffix = reader.text("suffix").unwrap_or_default();
    let written: Vec<_> = FORMULAS.iter().filter(|word| reader.node().find(word).is_some()).collect();
    let [word] = written[..] else {
        let message = if written.is_empty() { "没有写计算方法" } else { "写了几种计算方法" };
        reader.problems().error(reader.at(), message, format!("请在 {} 中写一种", FORMULAS.join("、")));
        return None;
    };
    let table = reader.table(word)?;
    let formula = read_formula(word, &table);
    // A table given up half-way has keys nobody asked for; they are not the problem.
    if formula.is_some() {
        table.finish();
    }
    Some(Part { id, name, unit: unit?, suffix, formula: formula?, at: reader.at().clone() })
}

fn read_formula(word: &str, table: &Reader<'_>) -> Option<Formula> {
    Some(match word {
        "count" => Formula::Measure(measure(table, false)?),
        "sum" => Formula::Measure(measure(table, true)?),
        "milestone" => Formula::Milestone(measure(table, false)?),
        "share" => Formula::Share { of: measure(table, false)?, among: condition(table, "among")? },
        "ratio" => Formula::Ratio { top: inner(table, "top")?, bottom: inner(table, "bottom")? },
        "groups" => Formula::Groups(groups(table)?),
        "spread" => Formula::Spread { of: measure(table, false)?, fact: fact(table, "fact")? },
        "gates" => {
            let gates = gates(table)?;
            let (of, among) = (measure(table, false)?, condition(table, "among")?);
            Formula::Gates { of, among, fact: fact(table, "fact")?, gates }
        }
        "extreme" => {
            let takes = [("greatest", true), ("least", false)];
            let greatest = table.need_choice("take", &takes)?;
            Formula::Extreme {
                of: measure(table, false)?,
                top: fact(table, "top")?,
                bottom: fact(table, "bottom")?,
                greatest,
            }
        }
        _ => {
            let against = [("baseline", Against::Baseline), ("previous_year", Against::PreviousYear)];
            Formula::Change {
                of: fact(table, "of")?,
                part: table.text("part").unwrap_or_default(),
                against: table.need_choice("against", &against)?,
                rate: table.flag("rate"),
            }
        }
    })
}

/// `of`, `where`, `in_year`, and for a sum `fact`.
fn measure(table: &Reader<'_>, summed: bool) -> Option<Measure> {
    Some(Measure {
        of: subject(table, "of")?,
        filter: condition(table, "where")?,
        sum: if summed { Some(fact(table, "fact")?) } else { None },
        in_year: table.located("in_year"),
        at: table.at().clone(),
    })
}

/// A measure in a table of its own: it sums if it names a fact.
fn inner(table: &Reader<'_>, key: &str) -> Option<Measure> {
    table.get(key)?;
    let own = table.table(key)?;
    let read = measure(&own, own.node().find("fact").is_some());
    if read.is_some() {
        own.finish();
    }
    read
}

fn groups(table: &Reader<'_>) -> Option<Groups> {
    let take = match table.node().find("take") {
        Some(_) => table.need_choice("take", &[("least", ())]).map(|()| Take::Least)?,
        None => Take::Share(bar(table, "at_least")?),
    };
    Some(Groups {
        members: inner(table, "members")?,
        per: subject(table, "per")?,
        own: table.flag("own"),
        level: if table.node().find("level").is_some() { Some(table.need_choice("level", &LEVELS)?) } else { None },
        among: condition(table, "among")?,
        take,
    })
}

/// A condition; one that is not written always holds, one that makes no sense is a problem and gives up.
fn condition(table: &Reader<'_>, key: &str) -> Option<Condition> {
    if table.node().find(key).is_none() {
        return Some(Condition::always());
    }
    table.condition(key)
}

fn fact(table: &Reader<'_>, key: &str) -> Option<Located<String>> {
    table.get(key)?;
    table.located(key)
}

fn subject(table: &Reader<'_>, key: &str) -> Option<Subject> {
    let word = fact(table, key)?;
    let subject = Subject::parse(&word.value);
    if subject.is_none() {
        let message = format!("“{}”不是可以统计的对象", word.value);
        table.problems().error(&word.at, message, format!("可用：{}", Subject::words().join("、")));
    }
    subject
}

/// A list of words, or `{ param = "…" }`.
fn gates(table: &Reader<'_>) -> Option<Gates> {
    let node = table.get("gates")?;
    if let Data::Table(_) = node.data {
        return param(node, table).map(Gates::Param);
    }
    let words = table.texts("gates");
    if words.is_empty() {
        table.problems().error(table.at(), "没有写要落实哪些环节", "请写 gates = [\"…\"]");
    }
    Some(Gates::Words(words))
}

fn param(node: &Node, table: &Reader<'_>) -> Option<Located<String>> {
    let own = Reader::of(node, table.problems())?;
    let name = fact(&own, "param");
    own.finish();
    name
}

/// A whole number, or `{ param = "…" }`.
fn bar(table: &Reader<'_>, key: &str) -> Option<Bar> {
    let node = table.get(key)?;
    if let Data::Int(number) = node.data {
        return Some(Bar::Number(number));
    }
    param(node, table).map(Bar::Param)
}
