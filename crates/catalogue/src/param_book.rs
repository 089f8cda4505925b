//! All parameters of all packs (参数簿): read, kept by name and pack, resolved for an area and a day.
use std::collections::BTreeMap;

use base::Date;

use crate::params::{Confidence, Dated, ParamDef, ParamValue, Params, Unit};
use crate::problem::{Citation, Problems};
use crate::reader::{Reader, nearest};
use crate::tree::Node;

/// All parameters of all packs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ParamBook {
    defs: BTreeMap<String, ParamDef>,
    /// By name, then by pack.
    values: BTreeMap<String, BTreeMap<String, Vec<Dated>>>,
}

impl ParamBook {
    /// What a parameter is.
    pub fn find(&self, name: &str) -> Option<&ParamDef> {
        self.defs.get(name)
    }

    /// All names.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.defs.keys().map(String::as_str)
    }

    /// The known name nearest to a wrong one.
    pub fn nearest(&self, name: &str) -> Option<&str> {
        nearest(name, self.names())
    }

    /// The packs that set a parameter, with their values.
    pub fn set_by(&self, name: &str) -> impl Iterator<Item = (&str, &[Dated])> {
        self.values.get(name).into_iter().flatten().map(|(pack, values)| (pack.as_str(), values.as_slice()))
    }

    /// The value that holds on `date` where `packs` apply (farthest first): the nearest pack that has one wins.
    pub fn resolve(&self, name: &str, packs: &[&str], date: Date) -> Option<ParamValue> {
        let def = self.find(name)?;
        let by_pack = self.values.get(name)?;
        let (pack, dated) = packs.iter().rev().find_map(|pack| {
            let dated = by_pack.get(*pack)?.iter().rev().find(|dated| dated.holds_on(date))?;
            Some((*pack, dated))
        })?;
        Some(ParamValue {
            name: def.name.clone(),
            title: def.title.clone(),
            unit: def.unit,
            value: dated.value.clone(),
            from: dated.from,
            pack: pack.to_owned(),
            clause: dated.clause.clone(),
            confidence: dated.confidence,
        })
    }

    /// Everything that holds on `date` where `packs` apply.
    pub fn resolve_all(&self, packs: &[&str], date: Date) -> Params {
        Params::of(self.names().filter_map(|name| self.resolve(name, packs, date)))
    }

    /// Reads the `[[param]]` tables of one file of `pack`. `national` ones must say title and unit; others inherit them.
    pub fn read(&mut self, pack: &str, root: &Node, problems: &Problems) {
        let Some(file) = Reader::of(root, problems) else { return };
        for entry in file.tables("param") {
            self.read_param(pack, &entry);
            entry.finish();
        }
        file.finish();
    }

    fn read_param(&mut self, pack: &str, entry: &Reader<'_>) {
        let problems = entry.problems();
        let name = entry.need_id("name");
        let title = entry.text("title");
        entry.find("note");
        let unit = entry.choice("unit", &Unit::WORDS);
        let rows = entry.tables("values");
        if rows.is_empty() {
            problems.error(
                entry.at(),
                format!("参数“{name}”没有值"),
                "请写 values = [ { from = …, value = …, clause = … } ]",
            );
        }
        let known = self.defs.get(&name);
        let Some(unit) = unit.or(known.map(|def| def.unit)) else {
            problems.error(
                entry.at(),
                format!("参数“{name}”没有单位"),
                "请补上 unit；若已在上级政策包声明，请核对名称",
            );
            return;
        };
        if let Some(def) = known.filter(|def| def.unit != unit) {
            problems.error(
                entry.at(),
                format!("参数“{name}”的单位与 {} 不同（{}）", def.at, def.unit.word()),
                "同一参数只能有一个单位",
            );
            return;
        }
        if known.is_none() {
            if title.is_none() {
                problems.error(entry.at(), format!("参数“{name}”没有中文名"), "请补上 title");
            }
            let def = ParamDef { name: name.clone(), title: title.unwrap_or_default(), unit, at: entry.at().clone() };
            self.defs.insert(name.clone(), def);
        }
        let slot = self.values.entry(name.clone()).or_default().entry(pack.to_owned()).or_default();
        if let Some(first) = slot.first() {
            let message = format!("参数“{name}”在这个政策包里重复，已在 {} 设定", first.at);
            problems.error(entry.at(), message, "请合并到一处");
        }
        for row in rows {
            let dated = read_dated(&row, unit);
            row.finish();
            slot.extend(dated);
        }
        slot.sort_by_key(|dated| dated.from);
        for pair in slot.windows(2) {
            if pair[0].from == pair[1].from {
                let message = format!("参数“{name}”有两个值都从 {} 起", pair[1].from);
                problems.error(&pair[1].at, message, "请改正日期或删去一个");
            }
        }
    }
}

fn read_dated(row: &Reader<'_>, unit: Unit) -> Option<Dated> {
    let from = row.get("from").and_then(|_| row.date("from"));
    let to = row.date("to");
    let value = row.get("value").and_then(|node| unit.read(node, row.problems()));
    let clause = Citation { text: row.need_text("clause"), at: row.at().clone() };
    let confidence = row.need_choice("confidence", &Confidence::WORDS);
    if let (Some(from), Some(to)) = (from, to)
        && to < from
    {
        row.problems().error(row.at(), format!("止日 {to} 早于起日 {from}"), "请改正日期");
    }
    Some(Dated { from: from?, to, value: value?, clause, confidence: confidence?, at: row.at().clone() })
}
