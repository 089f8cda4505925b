//! Reading indicators from TOML.
use base::AreaLevel;

use super::amount::Amount;
use super::indicator::{Against, Bar, Formula, Gates, Groups, Indicator, Lapse, Measure, Part, Population, Span, Take};
use super::read_others::{read_index, read_table};
use crate::condition::Condition;
use crate::params::Unit;
use crate::problem::Located;
use crate::reader::Reader;
use crate::subject::Subject;
use crate::tree::{Data, Node};

const FORMULAS: [&str; 14] = [
    "count",
    "sum",
    "share",
    "ratio",
    "groups",
    "spread",
    "gates",
    "extreme",
    "milestone",
    "change",
    "areas",
    "versus",
    "index",
    "meets",
];
pub(super) const LEVELS: [(&str, AreaLevel); 6] = [
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
    let formula = if *word == "index" {
        read_index(reader)
    } else {
        let table = reader.table(word)?;
        let formula = read_formula(word, &table);
        // A table given up half-way has keys nobody asked for; they are not the problem.
        if formula.is_some() {
            table.finish();
        }
        formula
    };
    Some(Part { id, name, unit: unit?, suffix, formula: formula?, at: reader.at().clone() })
}

fn read_formula(word: &str, table: &Reader<'_>) -> Option<Formula> {
    Some(match word {
        "count" => Formula::Measure(measure(table, false)?),
        "sum" => Formula::Measure(measure(table, true)?),
        "milestone" => Formula::Milestone(measure(table, false)?),
        "share" => Formula::Share { of: measure(table, false)?, among: condition(table, "among")? },
        "ratio" => {
            let per = match table.find("per") {
                Some(node) => Some(Amount::read(node, table.problems())?),
                None => None,
            };
            Formula::Ratio { top: inner(table, "top")?, bottom: inner(table, "bottom")?, per }
        }
        "areas" | "versus" | "meets" => read_table(word, table)?,
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
                bottom: table.located("bottom"),
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

/// `of`, `where`, `in_year` or another span, and for a sum `fact`, `days` or `years`.
fn measure(table: &Reader<'_>, summed: bool) -> Option<Measure> {
    let lapse = if summed { lapse(table)? } else { None };
    Some(Measure {
        of: subject(table, "of")?,
        filter: condition(table, "where")?,
        sum: if summed && lapse.is_none() { Some(fact(table, "fact")?) } else { None },
        lapse,
        span: span(table),
        at: table.at().clone(),
    })
}

/// `days = { from, to }` or `years = { from, to }`; outer nothing: it makes no sense.
#[expect(clippy::option_option, reason = "two different nothings, said above")]
fn lapse(table: &Reader<'_>) -> Option<Option<Lapse>> {
    for (key, years) in [("days", false), ("years", true)] {
        if table.node().find(key).is_some() {
            let own = table.table(key)?;
            let lapse = Lapse { from: fact(&own, "from")?, to: own.located("to"), years };
            own.finish();
            return Some(Some(lapse));
        }
    }
    Some(None)
}

/// At most one of the keys that name a span.
fn span(table: &Reader<'_>) -> Option<(Span, Located<String>)> {
    let mut found = None;
    for (key, span) in Span::WORDS {
        if let Some(name) = table.located(key) {
            if found.is_some() {
                let words: Vec<_> = Span::WORDS.iter().map(|(word, _)| *word).collect();
                table.problems().error(&name.at, "写了几个时间范围", format!("{} 只写一个", words.join("、")));
            }
            found = Some((span, name));
        }
    }
    found
}

/// A measure in a table of its own: it sums if it names a fact.
fn inner(table: &Reader<'_>, key: &str) -> Option<Measure> {
    table.get(key)?;
    let own = table.table(key)?;
    let read = measure(&own, ["fact", "days", "years"].iter().any(|key| own.node().find(key).is_some()));
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
        by: table.located("by"),
        own: table.flag("own"),
        level: if table.node().find("level").is_some() { Some(table.need_choice("level", &LEVELS)?) } else { None },
        among: condition(table, "among")?,
        take,
    })
}

/// A condition; one that is not written always holds, one that makes no sense is a problem and gives up.
pub(super) fn condition(table: &Reader<'_>, key: &str) -> Option<Condition> {
    if table.node().find(key).is_none() {
        return Some(Condition::always());
    }
    table.condition(key)
}

pub(super) fn fact(table: &Reader<'_>, key: &str) -> Option<Located<String>> {
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
