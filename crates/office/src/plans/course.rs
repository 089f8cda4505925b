//! The course of a target over its plan's milestones (趋势): figures of stage ends and due days beside the glide path.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{AreaCode, Date, Instant};
use catalogue::plans::{Fraction, Part};
use planning::{Phase, Status};

use super::indicator::entry_of;
use super::lines::{TargetLine, aimed, ancestry, asked, shown, start_of};
use super::view::{Seen, View};
use crate::facts::Ready;
use crate::{Office, Refused};

/// So long the figures of an earlier milestone are shown although facts changed since: what is entered late moves a trend after this.
/// The day somebody looks at is always measured.
const FRESH: i64 = 10 * 60 * 1000;
/// So many days of areas are remembered: a few hundred bytes for each target.
const REMEMBERED: usize = 1_000;

/// One day of a course.
#[derive(Clone, Debug)]
pub struct CoursePoint {
    /// The day.
    pub day: Date,
    /// What the day is: 起点, 终期评估, a stage's name; 所看的一天.
    pub name: String,
    /// The value.
    pub value: Option<Fraction>,
    /// In words.
    pub text: String,
    /// How it stood; none where nothing was asked on the day.
    pub status: Option<Status>,
    /// The glide path of the day.
    pub path: Option<Fraction>,
}

/// A course, as far as it can be told now.
#[derive(Clone, Debug)]
pub struct Course {
    /// The days measured, in order.
    pub points: Vec<CoursePoint>,
    /// What is asked for by which day.
    pub aims: Vec<(Date, Fraction)>,
    /// Where the glide path begins: the stated baseline, or what was measured on the plan's eve.
    pub start: Option<(Date, Fraction)>,
    /// The part, whose unit the numbers have.
    pub part: Part,
    /// The day whose facts are being read; the course goes on after it.
    pub pending: Option<Date>,
}

/// What a stage's column shows of one target.
#[derive(Clone, Debug)]
pub struct StageCell {
    /// The value in words.
    pub text: String,
    /// How it stood; none where nothing is asked on that day.
    pub status: Option<Status>,
    /// What was asked.
    pub asked: String,
}

/// A plan by its milestones.
#[derive(Clone, Debug)]
pub struct Stages {
    /// Days with what they are.
    pub days: Vec<(Date, String)>,
    /// Targets with a cell per day; none where the day is still being made ready, or the area did not exist.
    pub rows: Vec<(TargetLine, Vec<Option<StageCell>>)>,
    /// The day whose facts are being read.
    pub pending: Option<Date>,
}

/// One part on one day in one area.
#[derive(Clone, Debug)]
struct Moment {
    indicator: String,
    part: String,
    value: Option<Fraction>,
    path: Option<Fraction>,
    cell: StageCell,
}

/// What was told of earlier milestones, without holding their facts. By plan, kind, area and day.
#[derive(Default)]
pub(super) struct Remembered(Mutex<BTreeMap<Key, Kept>>);

type Key = (String, String, AreaCode, Date);
/// The number of the facts, when, and what was told.
type Kept = (u64, Instant, Arc<Vec<Moment>>);

impl Remembered {
    fn find(&self, key: &Key, version: u64, now: Instant) -> Option<Arc<Vec<Moment>>> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, when, told) = kept.get(key)?;
        (*at == version || now.0 - when.0 < FRESH).then(|| Arc::clone(told))
    }

    fn keep(&self, key: Key, version: u64, now: Instant, told: &Arc<Vec<Moment>>) {
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= REMEMBERED {
            kept.clear();
        }
        kept.insert(key, (version, now, Arc::clone(told)));
    }
}

/// Every part of a measured plan in the area looked at.
fn moments(seen: &Seen) -> Result<Vec<Moment>, Refused> {
    seen.with(|report, measuring, at| {
        let codes: Vec<AreaCode> = ancestry(measuring, at);
        let told = report.entries.iter().map(|entry| {
            let line = report.line(measuring, entry, &codes, at);
            let figure = entry.now.at(at);
            let aim = aimed(report, (entry.target, entry.part), &codes, None).aim_on(report.on);
            let bounds = line.as_ref().map(|line| (line.standing.wanted, line.standing.high));
            Moment {
                indicator: entry.indicator.id.clone(),
                part: entry.part.id.clone(),
                value: figure.known(),
                path: line.as_ref().and_then(|line| line.standing.path),
                cell: StageCell {
                    text: shown(&figure, entry.part).text,
                    status: line.map(|line| line.standing.status),
                    asked: bounds.map(|bounds| asked(aim, bounds, entry.part)).unwrap_or_default(),
                },
            }
        });
        told.collect()
    })
}

impl Office {
    /// The days a plan is looked at up to a day, with that day: what each is called.
    fn days_of(&self, view: &View) -> Result<Vec<(Date, String)>, Refused> {
        let plan = self.plan(&view.plan)?;
        let on = view.on.unwrap_or_else(|| planning::period::opens_on(plan, self.clock.today()));
        let mut days: Vec<Date> = planning::period::milestones(plan).into_iter().filter(|day| *day < on).collect();
        days.push(on);
        let name = |day: Date| match Phase::of(plan, day) {
            Phase::Before => "起点".to_owned(),
            Phase::Running(Some(stage)) if stage.to == day => stage.name.clone(),
            Phase::Running(_) if day == on => "所看的一天".to_owned(),
            Phase::Running(_) => format!("{} 年末", day.year()),
            Phase::Final => "终期评估".to_owned(),
            Phase::After => "规划期后".to_owned(),
        };
        Ok(days.into_iter().map(|day| (day, name(day))).collect())
    }

    /// What every part was on each of these days; none where the area did not exist. Stops at a day that is still being made ready.
    fn moments_on(&self, view: &View, days: &[(Date, String)]) -> Result<Told, Refused> {
        let (version, now) = (self.facts_version(), self.clock.now());
        let area = view.area.clone().unwrap_or_else(AreaCode::nation);
        let (mut told, mut pending) = (Vec::new(), None);
        for (day, _) in days {
            let key = (view.plan.clone(), view.kind.clone(), area.clone(), *day);
            let looked_at = Some(*day) == view.on;
            if !looked_at && let Some(known) = self.measured.1.find(&key, version, now) {
                told.push(Some(known));
                continue;
            }
            match self.look_at_plan(&view.on(*day)) {
                Ok(Ready::Now(seen)) => match moments(&seen) {
                    Ok(all) => {
                        let all = Arc::new(all);
                        self.measured.1.keep(key, version, now, &all);
                        told.push(Some(all));
                    }
                    Err(Refused::NotFound(_)) => told.push(None),
                    Err(other) => return Err(other),
                },
                Ok(Ready::Soon { day, .. }) => {
                    pending = Some(day);
                    break;
                }
                Err(Refused::NotFound(_)) => told.push(None),
                Err(other) => return Err(other),
            }
        }
        Ok((told, pending))
    }

    /// One target over the plan's milestones up to the day looked at.
    pub fn plan_course(&self, view: &View, indicator: &str, part: &str) -> Result<Course, Refused> {
        let days = self.days_of(view)?;
        let (told, mut pending) = self.moments_on(view, &days)?;
        let mut points = Vec::new();
        for ((day, name), moments) in days.iter().zip(&told) {
            let fits = |one: &&Moment| one.indicator == indicator && (part.is_empty() || one.part == part);
            let Some(moment) = moments.as_ref().and_then(|moments| moments.iter().find(fits)) else { continue };
            points.push(CoursePoint {
                day: *day,
                name: name.clone(),
                value: moment.value,
                text: moment.cell.text.clone(),
                status: moment.cell.status,
                path: moment.path,
            });
        }
        let (aims, start, part) = match self.look_at_plan(view)? {
            Ready::Now(seen) => seen.with(|report, measuring, at| {
                let (_, entry) = entry_of(report, indicator, part)?;
                let codes = ancestry(measuring, at);
                let start = start_of(report, measuring, entry, at);
                let asked = aimed(report, (entry.target, entry.part), &codes, start);
                let number = |aim: &catalogue::plans::Aim| aim.number(report.asked.params, asked.start());
                let aims = asked.aims().into_iter().filter_map(|aim| Some((aim.by, number(aim)?)));
                Ok::<_, Refused>((aims.collect(), asked.start(), entry.part.clone()))
            })??,
            Ready::Soon { day, .. } => {
                pending = pending.or(Some(day));
                (Vec::new(), None, self.part_of(indicator, part)?)
            }
        };
        Ok(Course { points, aims, start, part, pending })
    }

    fn part_of(&self, indicator: &str, part: &str) -> Result<Part, Refused> {
        let found = self.catalogue.find_indicator(indicator);
        let found = found.and_then(|found| found.parts.iter().find(|one| part.is_empty() || one.id == part));
        found.cloned().ok_or(Refused::NotFound("这个规划里的指标"))
    }

    /// All targets over the plan's milestones: the stage view.
    pub fn plan_stages(&self, view: &View) -> Result<Ready<Stages>, Refused> {
        let report = match self.plan_report(view)? {
            Ready::Now(report) => report,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let view = report.view.clone();
        let days = self.days_of(&view)?;
        let (told, pending) = self.moments_on(&view, &days)?;
        let cell = |moments: Option<&Option<Arc<Vec<Moment>>>>, line: &TargetLine| {
            let same = |one: &&Moment| one.indicator == line.indicator && one.part == line.part;
            Some(moments?.as_ref()?.iter().find(same)?.cell.clone())
        };
        let lines = report.groups.into_iter().flat_map(|group| group.lines);
        let rows = lines.map(|line| ((0..days.len()).map(|at| cell(told.get(at), &line)).collect(), line));
        let rows = rows.map(|(cells, line)| (line, cells)).collect();
        Ok(Ready::Now(Stages { days, rows, pending }))
    }
}

/// Day by day what was told, and the day that is being made ready.
type Told = (Vec<Option<Arc<Vec<Moment>>>>, Option<Date>);
