//! Reading what a plan asks for: targets, their aims, and what a mid-term adjustment puts in their place.
use base::{AreaCode, Date};

use super::Fraction;
use super::amount::Amount;
use super::indicator::Part;
use super::plan::{Adjustment, Aim, Binding, Op, Target, Worth};
use super::read_plan::{Around, cite, each, measured};
use crate::params::Unit;
use crate::problem::{Citation, Problems};
use crate::reader::Reader;
use crate::tree::{Data, Node};

/// One `[[target]]`; `period` is the plan's.
pub(super) fn read_target(row: &Reader<'_>, around: &Around<'_>, period: (Date, Date)) -> Option<Target> {
    let op = row.need_choice("op", &Op::WORDS);
    let (indicator, part, measured) = measured(row, around)?;
    let op = op?;
    let (aims, each_year) = aims_of(row, op, measured, period);
    if aims.is_empty() {
        let message = format!("目标“{}”没有写什么时候达到", indicator.value);
        let help =
            "请写 aims = [ { by = 2025-12-31, value = … } ] 或 every_year = { from = 2021, to = 2025, value = … }";
        row.problems().error(row.at(), message, help);
    }
    let clauses = row.texts("clauses");
    if clauses.is_empty() {
        let message = format!("目标“{}”没有写出处条款", indicator.value);
        row.problems().error(row.at(), message, "请写 clauses = [\"…\"]");
    }
    let below = match row.find("below") {
        Some(_) => row.flag("below"),
        None => measured.formula.is_relative(),
    };
    let yearly = row.flag("yearly");
    Some(Target {
        indicator,
        part,
        op,
        said: row.text("said").unwrap_or_default(),
        clauses,
        aims,
        every_day: row.flag("every_day"),
        yearly: yearly || each_year,
        below,
        binding: row.choice("binding", &Binding::WORDS),
        effort: row.flag("effort"),
        note: row.text("note").unwrap_or_default(),
        at: row.at().clone(),
    })
}

/// One `[[supersede]]`: the aims that hold from a day on. Its clause is theirs unless they name one.
pub(super) fn read_adjustment(row: &Reader<'_>, around: &Around<'_>, period: (Date, Date)) -> Option<Adjustment> {
    let op = row.need_choice("op", &Op::WORDS);
    let (indicator, part, measured) = measured(row, around)?;
    let clause = cite(row);
    let (mut aims, _) = aims_of(row, op?, measured, period);
    for aim in aims.iter_mut().filter(|aim| aim.clause.is_none()) {
        aim.clause = Some(clause.clone());
    }
    let from = row.get("from").and_then(|_| row.date("from"))?;
    if let Some(early) = aims.iter().find(|aim| aim.by < from) {
        let message = format!("调整自 {from} 起，却有 {} 到期的目标", early.by);
        row.problems().error(&early.at, message, "到期日应在调整之后");
    }
    let said = row.need_text("said");
    Some(Adjustment { indicator, part, from, said, clause, aims, at: row.at().clone() })
}

/// The aims written one by one and those of `every_year`, and whether there are some of the latter.
fn aims_of(row: &Reader<'_>, op: Op, part: &Part, period: (Date, Date)) -> (Vec<Aim>, bool) {
    let mut aims = each(row, "aims", |aim| {
        let by = aim.get("by").and_then(|_| aim.date("by"));
        read_aim(aim, by, op, part)
    });
    let node = row.find("every_year");
    let Some(own) = node.and_then(|node| Reader::of(node, row.problems())) else { return (aims, node.is_some()) };
    if let Some(yearly) = every_year(&own, op, part, period) {
        own.finish();
        aims.extend(yearly);
    }
    (aims, true)
}

/// One aim per year end; in the year in which the plan ends, on its last day.
fn every_year(own: &Reader<'_>, op: Op, part: &Part, period: (Date, Date)) -> Option<Vec<Aim>> {
    let year = |key: &str| own.get(key).and_then(|_| own.int(key)).and_then(|year| i16::try_from(year).ok());
    let (from, to) = year("from").zip(year("to"))?;
    let (first, last) = (period.0.year(), period.1.year());
    if from > to || from < first || to > last {
        let message = format!("{from} 年至 {to} 年不在规划期内（{first} 年至 {last} 年）");
        own.problems().error(own.at(), message, "请改正 from 和 to，写年份");
        return None;
    }
    let aim = read_aim(own, Date::new(from, 12, 31).ok(), op, part)?;
    let of = |year: i16| Some(Aim { by: Date::new(year, 12, 31).ok()?.min(period.1), ..aim.clone() });
    (from..=to).map(of).collect()
}

fn read_aim(row: &Reader<'_>, by: Option<Date>, op: Op, part: &Part) -> Option<Aim> {
    let op = if row.node().find("op").is_some() { row.need_choice("op", &Op::WORDS)? } else { op };
    let worth = |key: &str| row.find(key).and_then(|node| worth(node, part.unit, row.problems()));
    let growth = row.node().find("value").and_then(|value| value.find("growth")).is_some();
    let growth = if growth { row.find("value").and_then(|node| read_growth(node, op, row.problems())) } else { None };
    let value = if growth.is_none() { worth("value") } else { None };
    let high = worth("high");
    let missing = op.needs_value() && row.node().find("value").is_none();
    if missing || (op == Op::Within && row.node().find("high").is_none()) {
        let help = if op == Op::Within { "请写 value（下限）和 high（上限）" } else { "请写 value = …" };
        row.problems().error(row.at(), format!("“{}”要有数值", op.name()), help);
    }
    if !op.needs_value() && row.node().find("value").is_some() {
        let message = format!("“{}”与基期、上年或节点比较，不写数值", op.name());
        row.problems().error(row.at(), message, "请删去 value，或改用 >= 等写法");
    }
    let clause = row.located("clause").map(|text| Citation { text: text.value, at: text.at });
    let id = row.text("id").unwrap_or_default();
    Some(Aim { id, by: by?, op, value, growth, high, area: read_area(row), clause, at: row.at().clone() })
}

/// `area = "2102"`; none where it is not written.
pub(super) fn read_area(row: &Reader<'_>) -> Option<AreaCode> {
    let code = row.located("area")?;
    let area = code.value.parse::<AreaCode>();
    area.map_err(|error| row.problems().error(&code.at, error.to_string(), "请改正区划代码")).ok()
}

/// `{ growth = 6 }`: in percent of the year before, each year, from what the plan starts from; `{ growth = "6.5" }` and
/// `{ growth = 65, of = 1000 }` are half a percent more.
fn read_growth(node: &Node, op: Op, problems: &Problems) -> Option<Fraction> {
    let own = Reader::of(node, problems)?;
    let of = if node.find("of").is_some() { own.int("of") } else { Some(100) };
    let rate = match own.find("growth").map(|growth| &growth.data) {
        Some(Data::Text(text)) if node.find("of").is_none() => {
            Amount::parse(text).and_then(|rate| rate.of_unit(Unit::Percent))
        }
        _ => own.int("growth").zip(of).and_then(|(rate, of)| Fraction::new(rate.into(), of.into())),
    };
    own.finish();
    let known = rate.filter(|rate| *rate > Fraction::ZERO - Fraction::ONE && *rate <= Fraction::ONE);
    if known.is_none() {
        problems.error(&node.at, "年均增长率应在 -100% 与 100% 之间", "请写 { growth = 6 }，表示每年增长 6%");
    }
    if op == Op::Within {
        problems.error(&node.at, "“保持在”要写两个数，不能写年均增长", "请改用 >=，或写 value 和 high");
    }
    known
}

/// A number in a unit, or `{ param = "…" }`.
pub(super) fn worth(node: &Node, unit: Unit, problems: &Problems) -> Option<Worth> {
    if node.find("param").is_none() {
        return Amount::read(node, problems)?.fit(unit, node, problems).map(Worth::Exact);
    }
    let own = Reader::of(node, problems)?;
    let read = own.located("param").map(Worth::Param);
    own.finish();
    read
}
