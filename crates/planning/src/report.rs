//! A plan measured (规划执行情况): every target of a plan, in its area and everything below it, with its standing.
use std::collections::BTreeMap;
use std::sync::Arc;

use base::{AreaCode, AreaLevel, Date};
use catalogue::plans::{Formula, Fraction, Indicator, Part, Plan, Target};
use catalogue::{Catalogue, Condition, Params};

use crate::facts::FactBase;
use crate::figure::Figure;
use crate::measure::{Job, Measured, Measuring, same_area};
use crate::standing::{Aimed, Standing, Status};

/// A plan with its parameters, ready to be measured.
#[derive(Clone, Copy, Debug)]
pub struct Reporting<'a> {
    /// Where indicators are found.
    pub catalogue: &'a Catalogue,
    /// The plan: the pack's, or a changed copy of it.
    pub plan: &'a Plan,
    /// The parameters that hold in the plan's area on the day measured, or others (*what if*).
    pub params: &'a Params,
    /// The facts of the day before the plan began: where targets start from, in every area for which the document states no baseline.
    pub start: Option<&'a FactBase>,
    /// Only organizations for which this holds.
    pub only: Option<&'a Condition>,
}

/// The parameters a plan is measured with on a day: those of the day where it lies, but never those of before its first day, so
/// that a plan can be measured backwards to where it started from.
pub fn params_of(catalogue: &Catalogue, plan: &Plan, ancestry: &[AreaCode], on: Date) -> Params {
    catalogue.params(ancestry, on.max(plan.period.0))
}

/// One target's part, measured everywhere.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// The target.
    pub target: &'a Target,
    /// Its indicator.
    pub indicator: &'a Indicator,
    /// The part.
    pub part: &'a Part,
    /// The figures.
    pub now: Arc<Measured>,
    /// The figures of the year's end before, where they can be told.
    pub before: Option<Arc<Measured>>,
    /// The figures of the plan's start, where its facts are given: the base and the glide path of every area for which the document
    /// states none.
    pub start: Option<Arc<Measured>>,
}

/// The figures of a report without what they were measured with, for keeping: one per target and part, in the plan's order.
#[derive(Clone, Debug, Default)]
pub struct Figures(Vec<Triple>);

/// Now; at the year's end before; at the plan's start.
type Triple = (Arc<Measured>, Option<Arc<Measured>>, Option<Arc<Measured>>);

/// A plan measured on a day.
#[derive(Clone, Debug)]
pub struct Report<'a> {
    /// What was measured.
    pub asked: Reporting<'a>,
    /// The day.
    pub on: Date,
    /// One entry per target and part, in the plan's order.
    pub entries: Vec<Entry<'a>>,
}

/// One line of a plan's page.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// The target.
    pub target: &'a Target,
    /// Its indicator.
    pub indicator: &'a Indicator,
    /// The part.
    pub part: &'a Part,
    /// The value.
    pub figure: Figure,
    /// The value of the year's end before.
    pub before: Option<Figure>,
    /// How it stands.
    pub standing: Standing,
}

impl<'a> Reporting<'a> {
    /// The parts of all targets, each with its target.
    fn parts(&self) -> Vec<(&'a Target, &'a Indicator, &'a Part)> {
        let found = self.plan.targets.iter().filter_map(|target| {
            self.catalogue.find_indicator(&target.indicator.value).map(|indicator| (target, indicator))
        });
        found
            .flat_map(|(target, indicator)| {
                let asked = move |part: &&Part| target.part.is_empty() || part.id == target.part;
                indicator.parts.iter().filter(asked).map(move |part| (target, indicator, part))
            })
            .collect()
    }

    /// The baseline the document states for a change against it: that of the indicator whose change it is.
    fn stated(&self, target: &Target, part: &Part) -> Option<Fraction> {
        let (indicator, part) = match &part.formula {
            Formula::Change { of, part, .. } => (of.value.as_str(), part.as_str()),
            _ => (target.indicator.value.as_str(), part.id.as_str()),
        };
        self.plan.baseline_of(indicator, part).map(|base| base.value)
    }

    /// The jobs of all targets; none if the plan's area does not exist on that day.
    pub fn jobs(&self, measuring: &Measuring<'_>) -> Vec<Job<'a>> {
        let Some(area) = measuring.base.areas().find(&self.plan.area) else { return Vec::new() };
        let job = |(target, indicator, part): (&'a Target, &'a Indicator, &'a Part)| Job {
            indicator,
            part,
            params: self.params,
            area,
            start: self.stated(target, part),
            others: Some(self.catalogue),
            only: self.only,
            plan: Some(self.plan),
        };
        self.parts().into_iter().map(job).collect()
    }

    /// Measures every target in every area of the plan.
    pub fn measure(self, measuring: &Measuring<'_>, threads: usize) -> Report<'a> {
        let measuring = &Measuring { start: self.start, ..*measuring };
        let jobs = self.jobs(measuring);
        let now = measuring.run(&jobs, threads);
        let mut earlier = measured_where(measuring, &jobs, threads, |job| measuring.year_before(job.part));
        let mut starts = measured_where(measuring, &jobs, threads, |_| measuring.at_start());
        let triple = |(index, now)| {
            let kept = |measured: Option<Measured>| measured.map(Arc::new);
            (Arc::new(now), kept(earlier.remove(&index)), kept(starts.remove(&index)))
        };
        let figures = Figures(now.into_iter().enumerate().map(triple).collect());
        self.recall(measuring.on, &figures)
    }

    /// The report again, from figures that were measured for the same question.
    pub fn recall(self, on: Date, figures: &Figures) -> Report<'a> {
        let parts = self.parts().into_iter().zip(figures.0.iter().cloned());
        let entries = parts.map(|((target, indicator, part), (now, before, start))| Entry {
            target,
            indicator,
            part,
            now,
            before,
            start,
        });
        Report { asked: self, on, entries: entries.collect() }
    }
}

/// How many targets stand how.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Summary {
    /// 达标
    pub met: usize,
    /// 预警
    pub at_risk: usize,
    /// 未达标
    pub missed: usize,
    /// 暂无数据
    pub no_data: usize,
}

impl Summary {
    /// Of the lines of one area.
    pub fn of(lines: &[Line<'_>]) -> Self {
        let mut sum = Self::default();
        for line in lines {
            match line.standing.status {
                Status::Met => sum.met += 1,
                Status::AtRisk => sum.at_risk += 1,
                Status::Missed => sum.missed += 1,
                Status::NoData => sum.no_data += 1,
            }
        }
        sum
    }
}

/// The jobs measured on other facts, where there are some, by position. All that can be are measured on the same.
fn measured_where<'m>(
    measuring: &Measuring<'_>,
    jobs: &[Job<'_>],
    threads: usize,
    on: impl Fn(&Job<'_>) -> Option<Measuring<'m>>,
) -> BTreeMap<usize, Measured> {
    let mut then = None;
    let mut wanted = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        if let Some(other) = on(job)
            && let Some(moved) = job.on_facts(measuring.base, other.base)
        {
            then = Some(other);
            wanted.push((index, moved));
        }
    }
    let jobs: Vec<Job<'_>> = wanted.iter().map(|(_, job)| *job).collect();
    let measured = then.map(|then| then.run(&jobs, threads)).unwrap_or_default();
    wanted.into_iter().map(|(index, _)| index).zip(measured).collect()
}

impl<'a> Report<'a> {
    /// The figures alone, for keeping.
    pub fn figures(&self) -> Figures {
        let triple = |entry: &Entry<'_>| (Arc::clone(&entry.now), entry.before.clone(), entry.start.clone());
        Figures(self.entries.iter().map(triple).collect())
    }

    /// All lines for one area. A target that is not asked of the area is left out.
    pub fn lines(&self, measuring: &Measuring<'_>, area: u32) -> Vec<Line<'a>> {
        let areas = measuring.base.areas();
        let ancestry: Vec<AreaCode> =
            areas.ancestry(area).into_iter().filter_map(|at| areas.code(at).cloned()).collect();
        self.entries.iter().filter_map(|entry| self.line(measuring, entry, &ancestry, area)).collect()
    }

    /// One target in every area of a level below (and including) an area: the best first, then by code. Areas it is not asked of are
    /// left out.
    pub fn ranked(
        &self,
        measuring: &Measuring<'_>,
        entry: &Entry<'a>,
        area: u32,
        level: AreaLevel,
    ) -> Vec<(u32, Line<'a>)> {
        let areas = measuring.base.areas();
        let line = |at: u32| {
            let ancestry: Vec<AreaCode> =
                areas.ancestry(at).into_iter().filter_map(|up| areas.code(up).cloned()).collect();
            Some((at, self.line(measuring, entry, &ancestry, at)?))
        };
        let of_level = areas.range(area).filter(|at| areas.level(*at) == Some(level));
        let mut found: Vec<(u32, Line<'a>)> = of_level.filter_map(line).collect();
        // Where less is asked for, less is better.
        let less = entry.target.op.asks_for_less();
        found.sort_by(|(a, one), (b, two)| {
            let order = two.figure.known().cmp(&one.figure.known());
            two.standing
                .status
                .cmp(&one.standing.status)
                .then(if less { order.reverse() } else { order })
                .then(a.cmp(b))
        });
        found
    }

    /// One line; none where the target asks nothing of the area.
    pub fn line(
        &self,
        measuring: &Measuring<'_>,
        entry: &Entry<'a>,
        ancestry: &[AreaCode],
        area: u32,
    ) -> Option<Line<'a>> {
        let then = measuring.year_before(entry.part);
        let before =
            entry.before.as_ref().zip(then).and_then(|(measured, then)| {
                same_area(measuring.base, then.base, area).map(|number| measured.at(number))
            });
        let start = entry.start.as_ref().zip(self.asked.start).and_then(|(measured, facts)| {
            let number = same_area(measuring.base, facts, area)?;
            Some((facts.date(), measured.at(number).exact()?))
        });
        let aimed = Aimed {
            plan: self.asked.plan,
            target: entry.target,
            part: entry.part,
            params: self.asked.params,
            ancestry,
            previous: before.as_ref(),
            measured_start: start,
        };
        aimed.aim_on(self.on)?;
        let figure = entry.now.at(area);
        let standing = aimed.judge(&figure, self.on);
        Some(Line { target: entry.target, indicator: entry.indicator, part: entry.part, figure, before, standing })
    }
}
