//! The area picker on a form: what was posted to a choice, and the choice to a picker that works without JavaScript.
use base::areas::AreaTree;
use base::{AreaCode, AreaLevel, Date};
use casework::Posted;
use catalogue::matter::Field;

use super::values::text;
use crate::parts::{AreaField, AreaStep, Label, Opt};

/// The areas chosen level by level, as far as each lies in the one above.
fn walked(areas: &AreaTree, values: &Posted, name: &str, today: Date) -> Option<AreaCode> {
    let mut at: Option<AreaCode> = None;
    for level in 0..6 {
        let Ok(code) = text(values, &format!("{name}.{level}")).parse::<AreaCode>() else { break };
        if at.as_ref().is_some_and(|upper| !areas.covers_at(upper, &code, today)) {
            break;
        }
        at = Some(code);
    }
    at
}

/// What the person means: the one found by name, else the one walked to, else the one chosen before.
pub fn chosen(areas: &AreaTree, values: &Posted, name: &str, today: Date) -> Option<AreaCode> {
    let all = values.get(name).map_or(&[][..], Vec::as_slice);
    let known = |text: &String| text.parse::<AreaCode>().ok();
    let before = all.first().and_then(known);
    let found = if all.len() > 1 { all.last().and_then(known) } else { None };
    let by_name = if text(values, &format!("{name}.find")).is_empty() { None } else { before.clone() };
    found.or(by_name).or_else(|| walked(areas, values, name, today)).or(before)
}

fn level_name(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::Nation => "全国",
        AreaLevel::Province => "省级",
        AreaLevel::City => "市级",
        AreaLevel::County => "县级",
        AreaLevel::Town => "街道、乡镇",
        AreaLevel::Community => "社区、村",
    }
}

/// The picker with what is chosen, found and open to go down.
pub fn picker(areas: &AreaTree, field: &Field, label: Label, values: &Posted, finding: bool, today: Date) -> AreaField {
    let name = label.name.clone();
    let value = chosen(areas, values, &name, today);
    let find = text(values, &format!("{name}.find")).trim().to_owned();
    let deepest = field.area_level.unwrap_or(AreaLevel::County);
    let full = |code: &AreaCode| areas.full_name_at(code, today);
    let found = if finding && !find.is_empty() {
        let hits = areas.search(&find, None, today, 60).into_iter().filter(|area| area.level() <= deepest);
        hits.take(15).map(|area| Opt::new(area.code().as_str(), full(&area.code()))).collect()
    } else {
        Vec::new()
    };
    let mut path: Vec<AreaCode> = value.as_ref().map(|code| areas.ancestry_at(code, today)).unwrap_or_default();
    path.reverse();
    path.retain(|code| code.level() != AreaLevel::Nation);
    if value == Some(AreaCode::nation()) {
        path = vec![AreaCode::nation()];
    }
    let mut steps = Vec::new();
    let mut upper = AreaCode::nation();
    for at in 0..6 {
        let below = areas.children_at(&upper, today);
        let Some(first) = below.first() else { break };
        if first.level() > deepest {
            break;
        }
        let chosen = path.get(at).cloned();
        let mut options: Vec<Opt> =
            below.iter().map(|area| Opt::new(area.code().as_str(), area.name_at(today))).collect();
        if at == 0 && field.area_level.is_none() {
            options.insert(0, Opt::new(AreaCode::nation().as_str(), "全国（民政部）"));
        }
        let level = level_name(first.level()).to_owned();
        steps.push(AreaStep { level, options, chosen: chosen.as_ref().map(ToString::to_string).unwrap_or_default() });
        match chosen {
            Some(code) if code != AreaCode::nation() => upper = code,
            _ => break,
        }
    }
    AreaField {
        label,
        full_name: value.as_ref().map(&full).unwrap_or_default(),
        value: value.map(|code| code.to_string()).unwrap_or_default(),
        find: if finding { find } else { String::new() },
        found,
        steps,
    }
}
