//! Reading plans from TOML: one file per plan.
use std::collections::BTreeMap;

use base::AreaCode;

use super::Fraction;
use super::amount::Amount;
use super::indicator::{Indicator, Part};
use super::plan::{Baseline, Every, Plan, Remark, Said, Stage, Task};
use super::read_target::{read_adjustment, read_area, read_target};
use crate::condition::suggest;
use crate::pack::Pack;
use crate::params::Unit;
use crate::problem::{Citation, Located, Problems};
use crate::reader::Reader;
use crate::tree::Node;

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
            targets: each(&file, "target", |row| read_target(row, around, period?)),
            changes: each(&file, "supersede", |row| read_adjustment(row, around, period?)),
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
pub(super) fn each<T>(file: &Reader<'_>, key: &str, read: impl Fn(&Reader<'_>) -> Option<T>) -> Vec<T> {
    let mut out = Vec::new();
    for row in file.tables(key) {
        if let Some(read) = read(&row) {
            row.finish();
            out.push(read);
        }
    }
    out
}

pub(super) fn cite(row: &Reader<'_>) -> Citation {
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
pub(super) fn measured<'a>(row: &Reader<'_>, around: &'a Around<'_>) -> Option<(Located<String>, String, &'a Part)> {
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

fn task(row: &Reader<'_>) -> Task {
    Task {
        id: row.need_id("id"),
        title: row.need_text("title"),
        clauses: row.texts("clauses"),
        project: row.text("project").unwrap_or_default(),
        lead: row.texts("lead").into_iter().map(|owner| owner.value).collect(),
        owners: row.texts("owners").into_iter().map(|owner| owner.value).collect(),
        from: row.date("from"),
        every: row.choice("every", &Every::WORDS),
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
    let value = if ratio.is_empty() { row.get("value") } else { None };
    let value =
        value.zip(unit).and_then(|(node, unit)| Amount::read(node, row.problems())?.fit(unit, node, row.problems()));
    let value = if ratio.is_empty() { value } else { Some(Fraction::ZERO) };
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
        area: read_area(row),
        value: value?,
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
