//! What if (政策推演) in words: which targets turn, which subjects and areas are judged otherwise, and by how much figures move.
use std::collections::BTreeMap;

use authority::Actor;
use base::AreaCode;
use catalogue::{Subject, Tri};
use planning::lists::Listed;
use planning::whatif::{Differences, Flip, Turn};
use planning::{Overlay, Status};

use super::behind::Named;
use super::lines::{PlanReport, Shown, name_of};
use super::suppose::Supposed;
use super::view::{Seen, View};
use crate::facts::Ready;
use crate::{Office, Refused};

/// Names of subjects shown of one indicator.
const NAMES: usize = 12;
/// Areas shown of one indicator.
const AREAS: usize = 60;

/// One target as it is and as it would be.
#[derive(Clone, Debug)]
pub struct DiffLine {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// What is measured.
    pub name: String,
    /// What is asked: now, and supposed.
    pub asked: (String, String),
    /// The value.
    pub value: (Shown, Shown),
    /// How it stands; none where it would not be asked.
    pub status: (Status, Status),
    /// Why, supposed.
    pub reason: String,
}

impl DiffLine {
    /// Anything differs.
    pub fn moves(&self) -> bool {
        self.asked.0 != self.asked.1 || self.value.0 != self.value.1 || self.status.0 != self.status.1
    }
}

/// Subjects of one indicator that would be judged otherwise.
#[derive(Clone, Debug)]
pub struct FlipGroup {
    /// The indicator's name.
    pub name: String,
    /// What they are: 社区, 社会组织.
    pub subject: String,
    /// How many would pass that do not now, would not that do now, and the rest.
    pub counts: (usize, usize, usize),
    /// The first of them by name, each with what it would be.
    pub named: Vec<(Named, &'static str)>,
    /// Why names are not shown; empty if they are.
    pub hidden: String,
}

/// Areas in which one target would stand otherwise.
#[derive(Clone, Debug)]
pub struct TurnGroup {
    /// The indicator's name.
    pub name: String,
    /// How many areas, from and to.
    pub counts: Vec<(Status, Status, usize)>,
    /// The first of them by name.
    pub areas: Vec<(String, Status, Status)>,
    /// How many there are.
    pub total: usize,
}

/// Everything that would be different.
#[derive(Clone, Debug)]
pub struct WhatIfReport {
    /// The plan as it is, in the area looked at.
    pub real: PlanReport,
    /// The plan as supposed.
    pub supposed: PlanReport,
    /// What is supposed.
    pub changes: Vec<Supposed>,
    /// All targets, as they are and would be.
    pub lines: Vec<DiffLine>,
    /// Subjects.
    pub flips: Vec<FlipGroup>,
    /// Areas.
    pub turns: Vec<TurnGroup>,
}

impl Office {
    /// What would be different if an overlay held.
    pub fn what_if(
        &self,
        view: &View,
        overlay: &Overlay,
        actor: Option<&Actor>,
    ) -> Result<Ready<WhatIfReport>, Refused> {
        let real = match self.look_at_plan(view)? {
            Ready::Now(real) => real,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let supposed = match self.look_supposing(view, Some(overlay.clone()))? {
            Ready::Now(supposed) => supposed,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        Ok(Ready::Now(self.what_if_compared(&real, &supposed, overlay, actor)?))
    }

    fn what_if_compared(
        &self,
        real: &Seen,
        supposed: &Seen,
        overlay: &Overlay,
        actor: Option<&Actor>,
    ) -> Result<WhatIfReport, Refused> {
        let plan = self.plan(&real.view.plan)?;
        let (differences, within) = real.execution.beside(&supposed.execution, |measuring, report, other| {
            let differences = planning::whatif::compare(measuring, report, other);
            let areas = measuring.base.areas();
            let within = areas.find(&real.area).map(|at| areas.range(at)).unwrap_or_default();
            let code = |number: u32| areas.code(number).cloned();
            let codes: BTreeMap<u32, Option<AreaCode>> =
                differences.targets.iter().map(|turn| (turn.area, code(turn.area))).collect();
            (differences, (within, codes))
        });
        let (within, codes) = within;
        let mut differences: Differences = differences;
        differences.subjects.retain(|flip| within.contains(&flip.area));
        differences.targets.retain(|turn| within.contains(&turn.area));
        let (before, after) = (self.report_of(real)?, self.report_of(supposed)?);
        let lines = before.lines().filter_map(|line| {
            let same = |one: &&super::lines::TargetLine| one.indicator == line.indicator && one.part == line.part;
            let other = after.lines().find(same)?;
            Some(DiffLine {
                indicator: (line.indicator.clone(), line.part.clone()),
                name: line.name.clone(),
                asked: (line.asked.clone(), other.asked.clone()),
                value: (line.value.clone(), other.value.clone()),
                status: (line.status, other.status),
                reason: other.reason.clone(),
            })
        });
        let lines = lines.collect();
        Ok(WhatIfReport {
            lines,
            changes: self.supposed_words(plan, real.execution.on, overlay),
            flips: self.flips_by_name(&differences.subjects, real, actor)?,
            turns: self.turns_by_name(&differences.targets, &codes, real),
            real: before,
            supposed: after,
        })
    }

    fn indicator_name(&self, (indicator, part): &(String, String)) -> String {
        let Some(found) = self.catalogue.find_indicator(indicator) else { return indicator.clone() };
        found.find_part(part).map_or_else(|| found.name.clone(), |part| name_of(&found.name, part))
    }

    fn flips_by_name(&self, flips: &[Flip], seen: &Seen, actor: Option<&Actor>) -> Result<Vec<FlipGroup>, Refused> {
        let mut groups: Vec<((String, String), Subject, Vec<&Flip>)> = Vec::new();
        for flip in flips {
            match groups.iter_mut().find(|(indicator, _, _)| *indicator == flip.indicator) {
                Some((_, _, list)) => list.push(flip),
                None => groups.push((flip.indicator.clone(), flip.subject.clone(), vec![flip])),
            }
        }
        let mut out = Vec::new();
        for (indicator, subject, list) in groups {
            let count = |wanted: Option<Tri>| list.iter().filter(|flip| flip.to == wanted).count();
            let (passing, lacking) = (count(Some(Tri::True)), count(Some(Tri::False)));
            let facts = self
                .catalogue
                .find_indicator(&indicator.0)
                .and_then(|found| found.find_part(&indicator.1))
                .map(|part| part.formula.facts())
                .unwrap_or_default();
            let hidden = self.hides_names(&subject, &facts, seen, actor).unwrap_or_default();
            let first = list.iter().take(if hidden.is_empty() { NAMES } else { 0 });
            let listed: Vec<(Listed, String)> = first
                .map(|flip| (Listed { row: flip.row, id: flip.id, area: flip.area, members: None }, String::new()))
                .collect();
            let names = self.name_subjects(seen, &subject, &listed)?;
            let word = |flip: &&Flip| match flip.to {
                Some(Tri::True) => "变为符合",
                Some(Tri::False) => "变为不符合",
                Some(Tri::Unknown) => "变为数据不全",
                None => "不再计入",
            };
            out.push(FlipGroup {
                name: self.indicator_name(&indicator),
                subject: self.subject_name(&subject),
                counts: (passing, lacking, list.len() - passing - lacking),
                named: names.into_iter().zip(list.iter().map(word)).collect(),
                hidden,
            });
        }
        Ok(out)
    }

    fn turns_by_name(&self, turns: &[Turn], codes: &BTreeMap<u32, Option<AreaCode>>, seen: &Seen) -> Vec<TurnGroup> {
        let mut groups: Vec<((String, String), TurnGroup)> = Vec::new();
        for turn in turns.iter().filter(|turn| turn.status.0 != turn.status.1) {
            if !groups.iter().any(|(indicator, _)| *indicator == turn.indicator) {
                let name = self.indicator_name(&turn.indicator);
                let group = TurnGroup { name, counts: Vec::new(), areas: Vec::new(), total: 0 };
                groups.push((turn.indicator.clone(), group));
            }
            let Some((_, group)) = groups.iter_mut().find(|(indicator, _)| *indicator == turn.indicator) else {
                continue;
            };
            group.total += 1;
            match group.counts.iter_mut().find(|(from, to, _)| (*from, *to) == turn.status) {
                Some((_, _, count)) => *count += 1,
                None => group.counts.push((turn.status.0, turn.status.1, 1)),
            }
            if let Some(Some(code)) = codes.get(&turn.area)
                && group.areas.len() < AREAS
            {
                let name = self.areas.full_name_at(code, seen.execution.on);
                group.areas.push((name, turn.status.0, turn.status.1));
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }
}
