//! Reading plans from TOML: one file per plan.
use std::collections::BTreeMap;

use base::AreaCode;

use super::Fraction;
use super::indicator::{Indicator, Part};
use super::plan::{Aim, Baseline, Op, Plan, Remark, Said, Stage, Target, Task, Worth, worth_of};
use crate::condition::suggest;
use crate::pack::Pack;
use crate::params::Unit;
use crate::problem::{Citation, Located, Problems};
use crate::reader::Reader;
use crate::tree::{Data, Node};

/// What a plan may refer to while it is read.
pub(crate) struct Around<'a> {
    /// The pack the file lies in.
    pub pack: &'a Pack,
    /// The indicators of this pack and of those above it.
    pub indicators: &'a BTreeMap<String, Indicator>,
}

impl Plan {
    /// Reads one plan file.
    pub(crate) fn read(around: &Around<'_>, root: &Node, problems: &Problems) -> Option<Self> {
        let file = Reader::of(root, problems)?;
        let id = file.need_id("id");
        let document = file.need_text("document");
        let declared = around.pack.documents.iter().find(|known| known.id == document);
        if declared.is_none() && !document.is_empty() {
            let help = suggest(&document, around.pack.documents.iter().map(|known| known.id.as_str()));
            problems.error(root.place_of(&["document"]), format!("pack.toml 里没有文件“{document}”"), help);
        }
        let period = match file.table("period") {
            Some(own) => {
                let days = (own.date("from"), own.date("to"));
                own.finish();
                days.0.zip(days.1)
            }
            None => declared.and_then(|document| document.period),
        };
        if period.is_none() {
            let help = "请在 pack.toml 的文件里写 period = { from = …, to = … }，或写在规划文件里";
            problems.error(file.at(), format!("规划“{id}”没有规划期"), help);
        }
        let area = match file.located("area") {
            Some(code) => {
                code.value.parse::<AreaCode>().map_err(|error| problems.error(&code.at, error.to_string(), "")).ok()
            }
            None => Some(around.pack.area.clone()),
        };
        let plan = Self {
            id,
            name: file.need_text("name"),
            document,
            pack: around.pack.id.clone(),
            area: area?,
            period: period?,
            note: file.text("note").unwrap_or_default(),
            stages: each(&file, "stage", stage),
            projects: each(&file, "project", |row| Some((row.need_id("id"), row.need_text("name"), cite(row)))),
            targets: each(&file, "target", |row| target(row, around)),
            tasks: each(&file, "task", |row| Some(task(row))),
            baselines: ratios(each(&file, "baseline", |row| baseline(row, around)), problems),
            remarks: each(&file, "remark", |row| Some(remark(row))),
            at: file.at().clone(),
        };
        file.finish();
        Some(plan)
    }
}

/// Reads each table of a list. A table given up half-way has keys nobody asked for; they are not the problem.
fn each<T>(file: &Reader<'_>, key: &str, read: impl Fn(&Reader<'_>) -> Option<T>) -> Vec<T> {
    let mut out = Vec::new();
    for row in file.tables(key) {
        if let Some(read) = read(&row) {
            row.finish();
            out.push(read);
        }
    }
    out
}

fn cite(row: &Reader<'_>) -> Citation {
    Citation { text: row.need_text("clause"), at: row.at().clone() }
}

fn stage(row: &Reader<'_>) -> Option<Stage> {
    let days = (row.get("from").and_then(|_| row.date("from")), row.get("to").and_then(|_| row.date("to")));
    let stage = Stage {
        id: row.need_id("id"),
        name: row.need_text("name"),
        from: days.0?,
        to: days.1?,
        clause: cite(row),
        text: row.text("text").unwrap_or_default(),
    };
    Some(stage)
}

/// The indicator a row names and the part whose unit its numbers have; a problem if there is none.
fn measured<'a>(row: &Reader<'_>, around: &'a Around<'_>) -> Option<(Located<String>, String, &'a Part)> {
    row.get("indicator")?;
    let name = row.located("indicator")?;
    let part = row.text("part").unwrap_or_default();
    let Some(indicator) = around.indicators.get(&name.value) else {
        let help = suggest(&name.value, around.indicators.keys().map(String::as_str));
        row.problems().error(&name.at, format!("没有名为“{}”的指标", name.value), help);
        return None;
    };
    let found = if part.is_empty() { indicator.parts.first() } else { indicator.find_part(&part) };
    if found.is_none() {
        let help = suggest(&part, indicator.parts.iter().map(|part| part.id.as_str()));
        row.problems().error(&name.at, format!("指标“{}”没有“{part}”这一项", name.value), help);
    }
    Some((name, part, found?))
}

fn target(row: &Reader<'_>, around: &Around<'_>) -> Option<Target> {
    let op = row.need_choice("op", &Op::WORDS);
    let (indicator, part, measured) = measured(row, around)?;
    let op = op?;
    let aims = each(row, "aims", |aim| read_aim(aim, op, measured));
    if aims.is_empty() {
        let message = format!("目标“{}”没有写什么时候达到", indicator.value);
        row.problems().error(row.at(), message, "请写 aims = [ { by = 2025-12-31, value = … } ]");
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
    Some(Target {
        indicator,
        part,
        op,
        said: row.text("said").unwrap_or_default(),
        clauses,
        aims,
        every_day: row.flag("every_day"),
        yearly: row.flag("yearly"),
        below,
        note: row.text("note").unwrap_or_default(),
        at: row.at().clone(),
    })
}

fn read_aim(row: &Reader<'_>, op: Op, part: &Part) -> Option<Aim> {
    let by = row.get("by").and_then(|_| row.date("by"));
    let op = if row.node().find("op").is_some() { row.need_choice("op", &Op::WORDS)? } else { op };
    let worth = |key: &str| row.find(key).and_then(|node| worth(node, part, row.problems()));
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
    let area = row.located("area").and_then(|code| match code.value.parse::<AreaCode>() {
        Ok(area) => Some(area),
        Err(error) => {
            row.problems().error(&code.at, error.to_string(), "请改正区划代码");
            None
        }
    });
    let clause = row.located("clause").map(|text| Citation { text: text.value, at: text.at });
    let id = row.text("id").unwrap_or_default();
    Some(Aim { id, by: by?, op, value, growth, high, area, clause, at: row.at().clone() })
}

/// `{ growth = 6 }`: in percent of the year before, each year, from what the plan starts from. Half a percent is `{ growth = 65, of = 1000 }`.
fn read_growth(node: &Node, op: Op, problems: &Problems) -> Option<Fraction> {
    let own = Reader::of(node, problems)?;
    let of = if node.find("of").is_some() { own.int("of") } else { Some(100) };
    let rate = own.int("growth").zip(of).and_then(|(rate, of)| Fraction::new(rate.into(), of.into()));
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

/// `25`, `{ part = 1, of = 3 }` of a share, `{ param = "…" }`.
fn worth(node: &Node, part: &Part, problems: &Problems) -> Option<Worth> {
    if let Data::Int(number) = node.data {
        return worth_of(part.unit, number).map(Worth::Exact);
    }
    let own = Reader::of(node, problems)?;
    let read = if node.find("param").is_some() {
        own.located("param").map(Worth::Param)
    } else {
        let numbers = (own.int("part"), own.int("of"));
        let fraction = numbers.0.zip(numbers.1).and_then(|(part, of)| Fraction::new(part.into(), of.into()));
        let share = matches!(part.unit, Unit::Percent | Unit::Permyriad);
        if fraction.is_none() || !share {
            let message = if share { "这里应当是一个数" } else { "只有占比能写成几分之几" };
            problems.error(
                &node.at,
                message,
                "请写整数、{ param = \"…\" }，占比还可以写 { part = 1, of = 3 }，年均增长写 { growth = 6 }",
            );
        }
        fraction.filter(|_| share).map(Worth::Exact)
    };
    own.finish();
    read
}

fn task(row: &Reader<'_>) -> Task {
    Task {
        id: row.need_id("id"),
        title: row.need_text("title"),
        clauses: row.texts("clauses"),
        project: row.text("project").unwrap_or_default(),
        owners: row.texts("owners").into_iter().map(|owner| owner.value).collect(),
        due: row.date("due"),
        stage: row.text("stage").unwrap_or_default(),
        indicators: row.texts("indicators"),
        note: row.text("note").unwrap_or_default(),
        at: row.at().clone(),
    }
}

fn baseline(row: &Reader<'_>, around: &Around<'_>) -> Option<Baseline> {
    let unit = row.need_choice("unit", &Unit::WORDS);
    let ratio = row.texts("ratio");
    // A ratio is worked out once all baselines are read.
    let number = if ratio.is_empty() { row.get("value").and_then(|_| row.int("value")) } else { Some(0) };
    let on = row.get("on").and_then(|_| row.date("on"));
    let mut indicator = None;
    if row.node().find("indicator").is_some() {
        let (name, _, part) = measured(row, around)?;
        if unit.is_some_and(|unit| unit != part.unit) {
            let message = format!("基期数的单位与指标“{}”不同（{}）", name.value, part.unit.word());
            row.problems().error(row.at(), message, "请改成同一个单位");
        }
        indicator = Some(name);
    }
    Some(Baseline {
        id: row.need_id("id"),
        name: row.need_text("name"),
        indicator,
        part: row.text("part").unwrap_or_default(),
        unit: unit?,
        suffix: row.text("suffix").unwrap_or_default(),
        value: worth_of(unit?, number?)?,
        ratio,
        said: row.need_text("said"),
        on: on?,
        about: row.flag("about"),
        clause: cite(row),
        note: row.text("note").unwrap_or_default(),
        at: row.at().clone(),
    })
}

/// Fills in the baselines that are one number over another.
fn ratios(mut all: Vec<Baseline>, problems: &Problems) -> Vec<Baseline> {
    let plain = all.clone();
    for base in all.iter_mut().filter(|base| !base.ratio.is_empty()) {
        let value = |name: &Located<String>| plain.iter().find(|known| known.id == name.value).map(|known| known.value);
        let share = match &base.ratio[..] {
            [top, bottom] => value(top).zip(value(bottom)).and_then(|(top, bottom)| top.over(bottom)),
            _ => None,
        };
        if let Some(share) = share {
            base.value = share;
        } else {
            let help = "请写 ratio = [\"分子的 id\", \"分母的 id\"]，两个都是本规划的基期数";
            problems.error(&base.at, format!("基期数“{}”的 ratio 算不出来", base.id), help);
        }
    }
    all
}

fn remark(row: &Reader<'_>) -> Remark {
    let says = row.tables("says").into_iter().map(|said| {
        let read = Said { clause: cite(&said), text: said.need_text("text") };
        said.finish();
        read
    });
    Remark {
        id: row.need_id("id"),
        title: row.need_text("title"),
        says: says.collect(),
        settled: row.need_text("settled"),
        indicators: row.texts("indicators"),
        at: row.at().clone(),
    }
}
