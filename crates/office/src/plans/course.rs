//! The course of a target over its plan's milestones (趋势): figures of stage ends and due days beside the glide path.
use base::{AreaCode, Date};
use catalogue::plans::{Fraction, Part};
use planning::{Phase, Status};

use super::indicator::entry_of;
use super::lines::{TargetLine, aimed, ancestry, shown, start_of};
use super::view::View;
use crate::facts::Ready;
use crate::{Office, Refused};

/// One day of a course.
#[derive(Clone, Debug)]
pub struct CoursePoint {
    /// The day.
    pub day: Date,
    /// What the day is: 起点, 终期评估, a stage's name, 今天; empty for others.
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
    /// Why it stands so.
    pub reason: String,
}

/// A plan by its milestones.
#[derive(Clone, Debug)]
pub struct Stages {
    /// Days with what they are.
    pub days: Vec<(Date, String)>,
    /// Targets with a cell per day; none where the day is still being made ready.
    pub rows: Vec<(TargetLine, Vec<Option<StageCell>>)>,
    /// The day whose facts are being read.
    pub pending: Option<Date>,
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

    /// One target over the plan's milestones up to the day looked at.
    pub fn plan_course(&self, view: &View, indicator: &str, part: &str) -> Result<Course, Refused> {
        let (mut points, mut aims, mut measured, mut pending) = (Vec::new(), Vec::new(), None, None);
        for (day, name) in self.days_of(view)? {
            let seen = match self.look_at_plan(&view.on(day)) {
                Ok(Ready::Now(seen)) => seen,
                Ok(Ready::Soon { day, .. }) => {
                    pending = Some(day);
                    break;
                }
                // The area did not exist then.
                Err(Refused::NotFound(_)) => continue,
                Err(other) => return Err(other),
            };
            let told = seen.with(|report, measuring, at| {
                let (_, entry) = entry_of(report, indicator, part)?;
                let codes: Vec<AreaCode> = ancestry(measuring, at);
                let line = report.line(measuring, entry, &codes, at);
                let figure = entry.now.at(at);
                let asked = aimed(report, (entry.target, entry.part), &codes, start_of(report, measuring, entry, at));
                let told = asked.aims().into_iter();
                aims = told.filter_map(|aim| Some((aim.by, aim.number(report.asked.params, asked.start())?))).collect();
                measured = Some(entry.part.clone());
                Ok::<_, Refused>(CoursePoint {
                    day,
                    name,
                    value: figure.known(),
                    text: shown(&figure, entry.part).text,
                    status: line.as_ref().map(|line| line.standing.status),
                    path: line.and_then(|line| line.standing.path),
                })
            });
            match told {
                Ok(point) => points.push(point?),
                Err(Refused::NotFound(_)) => {}
                Err(other) => return Err(other),
            }
        }
        let part = match measured {
            Some(part) => part,
            None => self.part_of(indicator, part)?,
        };
        Ok(Course { points, aims, part, pending })
    }

    fn part_of(&self, indicator: &str, part: &str) -> Result<Part, Refused> {
        let found = self.catalogue.find_indicator(indicator);
        let found = found.and_then(|found| found.parts.iter().find(|one| part.is_empty() || one.id == part));
        found.cloned().ok_or(Refused::NotFound("这个规划里的指标"))
    }

    /// All targets over the plan's milestones: the stage view.
    pub fn plan_stages(&self, view: &View) -> Result<Ready<Stages>, Refused> {
        let days: Vec<(Date, String)> = self.days_of(view)?;
        let lines = match self.plan_report(view)? {
            Ready::Now(report) => report.groups.into_iter().flat_map(|group| group.lines).collect::<Vec<_>>(),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let mut rows: Vec<(TargetLine, Vec<Option<StageCell>>)> =
            lines.into_iter().map(|line| (line, Vec::new())).collect();
        let mut pending = None;
        for (day, _) in &days {
            let seen = match pending {
                Some(_) => None,
                None => match self.look_at_plan(&view.on(*day)) {
                    Ok(Ready::Now(seen)) => Some(seen),
                    Ok(Ready::Soon { day, .. }) => {
                        pending = Some(day);
                        None
                    }
                    Err(Refused::NotFound(_)) => None,
                    Err(other) => return Err(other),
                },
            };
            let told = match seen {
                Some(seen) => seen.with(|report, measuring, at| self.target_lines(report, measuring, at)).ok(),
                None => None,
            };
            for (line, cells) in &mut rows {
                let same = |one: &&TargetLine| one.indicator == line.indicator && one.part == line.part;
                cells.push(told.as_ref().and_then(|told| told.iter().find(same)).map(|line| StageCell {
                    text: line.value.text.clone(),
                    status: Some(line.status),
                    asked: line.asked.clone(),
                    reason: line.reason.clone(),
                }));
            }
        }
        Ok(Ready::Now(Stages { days, rows, pending }))
    }
}
