//! Reading formulas that rest on other indicators.
use base::{AreaCode, AreaLevel};

use super::amount::Amount;
use super::indicator::Formula;
use super::others::{AreaFigures, OfAreas, Other, Pass, Rival, Term, Wanted};
use super::plan::Op;
use super::read_formula::{LEVELS, condition, fact};
use crate::params::Unit;
use crate::reader::Reader;

const PASSES: [(&str, Op); 5] = [
    ("at_least", Op::AtLeast),
    ("above", Op::Above),
    ("at_most", Op::AtMost),
    ("below", Op::Below),
    ("equal", Op::Equal),
];

/// `areas`, `versus`, `meets`, each a table.
pub(super) fn read_table(word: &str, table: &Reader<'_>) -> Option<Formula> {
    match word {
        "areas" => areas(table).map(Formula::Areas),
        "versus" => {
            let ways = [("difference", false), ("rate", true)];
            let rate = if table.node().find("as").is_some() { table.need_choice("as", &ways)? } else { false };
            Some(Formula::Versus { other: other(table)?, rival: rival(table)?, rate })
        }
        _ => meets(table),
    }
}

/// `index`, a list of tables.
pub(super) fn read_index(reader: &Reader<'_>) -> Option<Formula> {
    let rows = reader.tables("index");
    let read = |row: Reader<'_>| {
        let term = term(&row);
        if term.is_some() {
            row.finish();
        }
        term
    };
    rows.into_iter().map(read).collect::<Option<Vec<_>>>().map(Formula::Index)
}

fn other(table: &Reader<'_>) -> Option<Other> {
    Some(Other { of: fact(table, "of")?, part: table.text("part").unwrap_or_default() })
}

/// A number whose unit is another indicator's, or `{ param = "…" }`.
fn wanted(table: &Reader<'_>, key: &str) -> Option<Wanted> {
    let node = table.get(key)?;
    if node.find("param").is_none() {
        return Amount::read(node, table.problems()).map(|amount| Wanted::Written(amount, node.at.clone()));
    }
    let own = Reader::of(node, table.problems())?;
    let name = own.located("param");
    own.finish();
    name.map(Wanted::Param)
}

/// Exactly one of `at_least`, `above`, `at_most`, `below`, `equal`.
fn bar(table: &Reader<'_>) -> Option<(Op, Wanted)> {
    let written: Vec<_> = PASSES.iter().filter(|(word, _)| table.node().find(word).is_some()).collect();
    let [(word, op)] = written[..] else {
        let words: Vec<_> = PASSES.iter().map(|(word, _)| *word).collect();
        let message = if written.is_empty() { "没有写与什么数比" } else { "写了几个要比的数" };
        table.problems().error(table.at(), message, format!("请在 {} 中写一个", words.join("、")));
        return None;
    };
    Some((*op, wanted(table, word)?))
}

fn areas(table: &Reader<'_>) -> Option<AreaFigures> {
    let takes = [
        ("greatest", OfAreas::Greatest),
        ("least", OfAreas::Least),
        ("ratio", OfAreas::Ratio),
        ("difference", OfAreas::Difference),
    ];
    let take = if table.node().find("take").is_some() {
        let words: Vec<(&str, usize)> = takes.iter().enumerate().map(|(at, (word, _))| (*word, at)).collect();
        let at = table.need_choice("take", &words)?;
        takes.into_iter().nth(at)?.1
    } else {
        let (op, wanted) = bar(table)?;
        OfAreas::Share(op, wanted)
    };
    Some(AreaFigures {
        other: other(table)?,
        level: table.need_choice("level", &LEVELS)?,
        among: condition(table, "among")?,
        take,
    })
}

/// `area = "parent"`, a level, or a code.
fn rival(table: &Reader<'_>) -> Option<Rival> {
    let word = fact(table, "area")?;
    if word.value == "parent" {
        return Some(Rival::Parent);
    }
    let level: Option<AreaLevel> = LEVELS.iter().find(|(name, _)| *name == word.value).map(|(_, level)| *level);
    if let Some(level) = level {
        return Some(Rival::Level(level));
    }
    let code = word.value.parse::<AreaCode>();
    let help = "请写 parent、province 等层级，或区划代码";
    code.map(Rival::Area).map_err(|error| table.problems().error(&word.at, error.to_string(), help)).ok()
}

fn meets(table: &Reader<'_>) -> Option<Formula> {
    let any = table.node().find("any").is_some();
    let key = if any { "any" } else { "all" };
    let rows = table.tables(key);
    if rows.len() < 2 {
        table.problems().error(
            table.at(),
            "“或”“且”要写两项以上",
            "请写 any = [{ of = …, at_least = … }, …] 或 all = […]",
        );
        return None;
    }
    let read = |row: Reader<'_>| {
        let (op, wanted) = bar(&row)?;
        let pass = Pass { other: other(&row)?, op, wanted };
        row.finish();
        Some(pass)
    };
    rows.into_iter().map(read).collect::<Option<Vec<_>>>().map(|of| Formula::Meets { any, of })
}

fn term(row: &Reader<'_>) -> Option<Term> {
    let node = row.get("weight")?;
    let weight = Amount::read(node, row.problems())?.fit(Unit::Count, node, row.problems())?;
    Some(Term {
        other: other(row)?,
        weight,
        full: wanted(row, "full")?,
        none: if row.node().find("none").is_some() { Some(wanted(row, "none")?) } else { None },
    })
}
