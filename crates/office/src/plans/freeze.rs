//! Year-ends of plans, frozen (规划快照): each night every year-end of a plan that has gone by, and its last day, that has no snapshot yet
//! is measured and written down, in one act, with the digests of formula, parameters and facts. What comes out otherwise later says
//! why: facts entered late, another formula, other parameters.
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use authority::Actor;
use base::{AreaCode, AreaLevel, Date, Instant, Origin};
use catalogue::plans::Plan;
use planning::snapshot::{Difference, Frozen, FrozenLine};
use store::facts::{PlanFigure, PlanSnapshot};

use super::{Execution, Question};
use crate::act::Deed;
use crate::facts::Ready;
use crate::{Office, Refused};

/// So many levels below a plan's own area are frozen with it: what lies deeper shows in the digest of the facts.
const LEVELS: usize = 2;

/// One frozen day of a plan.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrozenDay {
    /// The day measured.
    pub on: Date,
    /// When it was written down.
    pub frozen_at: Instant,
    /// So many parts of indicators.
    pub parts: i64,
}

/// What comes out otherwise today.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drifted {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// Why.
    pub because: Vec<Difference>,
    /// The figures that differ: area, frozen, now; `-` where there is none.
    pub figures: Vec<(AreaCode, String, String)>,
}

impl Office {
    /// The frozen days of a plan, the first one first.
    pub fn plan_snapshots(&self, plan: &str) -> Result<Vec<FrozenDay>, Refused> {
        let plan = self.plan(plan)?;
        let rows = self.db.read(|tx| store::facts::snapshot_days(tx, Origin::of(&plan.area), &plan.id))?;
        Ok(rows.into_iter().map(|(on, frozen_at, parts)| FrozenDay { on, frozen_at, parts }).collect())
    }

    /// The figures of a frozen day; none if it is not frozen.
    pub fn plan_snapshot(&self, plan: &str, on: Date) -> Result<Vec<Frozen>, Refused> {
        let plan = self.plan(plan)?;
        let origin = Origin::of(&plan.area);
        let (heads, figures) = self.db.read(|tx| {
            let heads = store::facts::snapshot_of(tx, origin, &plan.id, on)?;
            Ok::<_, Refused>((heads, store::facts::snapshot_figures(tx, origin, &plan.id, on)?))
        })?;
        let mut lines: BTreeMap<(String, String), Vec<FrozenLine>> = BTreeMap::new();
        for figure in figures {
            let count = |number: i64| number.unsigned_abs();
            let counts = (count(figure.yes), count(figure.no), count(figure.unknown));
            let line = FrozenLine { area: figure.area, number: figure.number, counts };
            lines.entry((figure.indicator, figure.part)).or_default().push(line);
        }
        let frozen = heads.into_iter().map(|head| {
            let indicator = (head.indicator, head.part);
            let lines = lines.remove(&indicator).unwrap_or_default();
            Frozen { indicator, on, formula: head.formula, params: head.params, facts: head.facts, lines }
        });
        Ok(frozen.collect())
    }

    /// What of a frozen day comes out otherwise when it is measured again now, and why; empty if nothing does.
    pub fn plan_snapshot_differences(&self, plan: &str, on: Date) -> Result<Ready<Vec<Drifted>>, Refused> {
        let frozen = self.plan_snapshot(plan, on)?;
        if frozen.is_empty() {
            return Err(Refused::NotFound("这一天的规划快照"));
        }
        let now = match self.measure_plan(&Question::of(plan, Some(on)))? {
            Ready::Now(execution) => freeze(&execution),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let mut drifted = Vec::new();
        for then in &frozen {
            let Some(now) = now.iter().find(|now| now.indicator == then.indicator) else { continue };
            let because = then.differences(now);
            if !because.is_empty() {
                drifted.push(Drifted { indicator: then.indicator.clone(), because, figures: differing(then, now) });
            }
        }
        Ok(Ready::Now(drifted))
    }

    /// The days of all plans that are to be frozen: year-ends within each plan and its last day, gone by and not frozen yet.
    pub fn plans_to_freeze(&self) -> Result<Vec<(String, Date)>, Refused> {
        let today = self.clock.today();
        let mut wanted = Vec::new();
        for plan in self.catalogue.plans() {
            let frozen: BTreeSet<Date> = self.plan_snapshots(&plan.id)?.into_iter().map(|day| day.on).collect();
            let due = days_of(plan).into_iter().filter(|day| *day < today && !frozen.contains(day));
            wanted.extend(due.map(|day| (plan.id.clone(), day)));
        }
        Ok(wanted)
    }

    /// Freezes a day of a plan as one act; false if it is frozen already.
    pub fn freeze_plan(&self, plan: &str, on: Date) -> Result<Ready<bool>, Refused> {
        let execution = match self.measure_plan(&Question::of(plan, Some(on)))? {
            Ready::Now(execution) => execution,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let frozen = freeze(&execution);
        let (plan, origin) = (self.plan(plan)?.id.clone(), Origin::of(&execution.plan.area));
        drop(execution);
        let deed = Deed::by(&Actor::system(), origin, "plan", format!("{plan}/{on}"), "freeze_plan");
        let done = self.act(deed, move |work| {
            if !store::facts::snapshot_of(work.tx, origin, &plan, on)?.is_empty() {
                return Err(Refused::Conflict);
            }
            work.note("on", on.to_string());
            work.note("parts", frozen.len());
            for part in frozen {
                let (indicator, own) = part.indicator;
                let (entry, frozen_at) = (work.entry, work.at);
                work.insert_bulk(&PlanSnapshot {
                    origin,
                    plan: plan.clone(),
                    on_day: on,
                    indicator: indicator.clone(),
                    part: own.clone(),
                    formula: part.formula,
                    params: part.params,
                    facts: part.facts,
                    frozen_at,
                    entry,
                })?;
                for line in part.lines {
                    let (yes, no, unknown) = line.counts;
                    let count = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
                    work.insert_bulk(&PlanFigure {
                        origin,
                        plan: plan.clone(),
                        on_day: on,
                        indicator: indicator.clone(),
                        part: own.clone(),
                        area: line.area,
                        number: line.number,
                        yes: count(yes),
                        no: count(no),
                        unknown: count(unknown),
                        entry,
                    })?;
                }
            }
            Ok(())
        });
        match done {
            Ok(()) => Ok(Ready::Now(true)),
            Err(Refused::Conflict) => Ok(Ready::Now(false)),
            Err(refused) => Err(refused),
        }
    }
}

/// The year-ends within a plan, and its last day.
fn days_of(plan: &Plan) -> BTreeSet<Date> {
    let (from, to) = plan.period;
    let ends = (from.year()..=to.year()).filter_map(|year| Date::new(year, 12, 31).ok());
    ends.filter(|day| (from..=to).contains(day)).chain([to]).collect()
}

/// The figures of a measured plan, each part once, down to the levels that are kept.
fn freeze(execution: &Execution) -> Vec<Frozen> {
    execution.with(|report, measuring| {
        let jobs = report.asked.jobs(measuring);
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for (entry, job) in report.entries.iter().zip(&jobs) {
            if seen.insert((&job.indicator.id, &job.part.id)) {
                let mut frozen = measuring.freeze(job, &entry.now);
                frozen.lines.retain(|line| is_kept(&execution.plan.area, &line.area));
                out.push(frozen);
            }
        }
        out
    })
}

fn is_kept(plan: &AreaCode, area: &AreaCode) -> bool {
    let depth = |level: AreaLevel| LEVELS_DOWN.iter().position(|one| *one == level).unwrap_or_default();
    depth(area.level()) <= depth(plan.level()) + LEVELS
}

const LEVELS_DOWN: [AreaLevel; 6] =
    [AreaLevel::Nation, AreaLevel::Province, AreaLevel::City, AreaLevel::County, AreaLevel::Town, AreaLevel::Community];

/// The areas whose figure is another, or that are new or gone.
fn differing(then: &Frozen, now: &Frozen) -> Vec<(AreaCode, String, String)> {
    let by_area = |frozen: &Frozen| -> BTreeMap<AreaCode, String> {
        frozen.lines.iter().map(|line| (line.area.clone(), line.number.clone())).collect()
    };
    let (then, now) = (by_area(then), by_area(now));
    let areas: BTreeSet<&AreaCode> = then.keys().chain(now.keys()).collect();
    let none = || "-".to_owned();
    areas
        .into_iter()
        .filter(|area| then.get(*area) != now.get(*area))
        .map(|area| {
            let read = |figures: &BTreeMap<AreaCode, String>| figures.get(area).cloned().unwrap_or_else(none);
            (area.clone(), read(&then), read(&now))
        })
        .collect()
}
