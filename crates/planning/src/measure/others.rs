//! Formulas over other indicators' figures: in all areas of a level, beside another area, as points, one or all of several.
use std::collections::BTreeMap;
use std::ops::Range;

use base::AreaLevel;
use catalogue::plans::{AreaFigures, Formula, Fraction, OfAreas, Op, Other, Pass, Rival, Term};
use catalogue::{Condition, Subject, Tri};

use super::cell::{Cell, Tally, roll_up};
use super::{Cells, Job, Measured, Measuring};
use crate::areas::NOWHERE;
use crate::figure::{Counts, Figure, Number, Why};
use crate::standing::holds;

/// How far the figures of some areas reach.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Extent {
    greatest: Ends,
    least: Ends,
    areas: u32,
    /// Areas whose figure or whose counting is not known whole.
    unknown: u32,
    /// Areas without a figure.
    blind: u32,
}

/// The greatest or least of some figures, each an interval.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
struct Ends {
    low: Option<Fraction>,
    known: Option<Fraction>,
    high: Option<Fraction>,
    /// Some figure has no bound on the side that matters.
    open: bool,
}

type Pick = fn(Fraction, Fraction) -> Fraction;

fn picked(pick: Pick, one: Option<Fraction>, other: Option<Fraction>) -> Option<Fraction> {
    match (one, other) {
        (Some(one), Some(other)) => Some(pick(one, other)),
        (one, other) => one.or(other),
    }
}

impl Ends {
    fn add(&mut self, other: &Self, pick: Pick) {
        self.low = picked(pick, self.low, other.low);
        self.known = picked(pick, self.known, other.known);
        self.high = picked(pick, self.high, other.high);
        self.open |= other.open;
    }
}

impl Cell for Extent {
    fn add(&mut self, other: &Self) {
        self.greatest.add(&other.greatest, Fraction::max);
        self.least.add(&other.least, Fraction::min);
        self.areas += other.areas;
        self.unknown += other.unknown;
        self.blind += other.blind;
    }
}

impl Extent {
    /// One area that surely or perhaps counts.
    fn of(among: Tri, figure: &Figure) -> Self {
        let Some((low, high)) = figure.ends() else {
            let blind = u32::from(matches!(figure.number, Number::Nothing(Why::NoData(_))));
            return Self { areas: blind, blind, ..Self::default() };
        };
        let sure = among == Tri::True;
        let known = figure.known().filter(|_| sure);
        Self {
            // An area that perhaps counts can only make the greatest greater and the least less.
            greatest: Ends { low: low.filter(|_| sure), known, high, open: high.is_none() },
            least: Ends { low, known, high: high.filter(|_| sure), open: low.is_none() },
            areas: 1,
            unknown: u32::from(!sure || figure.exact().is_none()),
            blind: 0,
        }
    }

    pub(crate) fn figure(&self, take: &OfAreas, missing: &[String]) -> Figure {
        let (areas, unknown) = (u64::from(self.areas), u64::from(self.unknown + self.blind));
        let counts = Counts { yes: areas.saturating_sub(unknown), no: 0, unknown };
        let none = |why| Figure { number: Number::Nothing(why), counts };
        if self.areas == 0 {
            return Figure::nothing(Why::NothingToCount);
        }
        if self.blind > 0 {
            return none(Why::NoData(missing.to_vec()));
        }
        let (most, fewest) = (&self.greatest, &self.least);
        let (top, bottom) = (most.high.filter(|_| !most.open), fewest.low.filter(|_| !fewest.open));
        let with =
            |a: Option<Fraction>, b: Option<Fraction>, of: fn(Fraction, Fraction) -> Option<Fraction>| of(a?, b?);
        let less = |a: Fraction, b: Fraction| Some(a - b);
        match take {
            OfAreas::Greatest => Figure::between(most.known, most.low, top, counts),
            OfAreas::Least => Figure::between(fewest.known, bottom, fewest.high, counts),
            OfAreas::Difference => {
                // However the figures lie, the greatest is not less than the least.
                let low = with(most.low, fewest.high, less).unwrap_or(Fraction::ZERO).max(Fraction::ZERO);
                let known = with(most.known, fewest.known, less);
                Figure::between(known, Some(low), with(top, bottom, less), counts)
            }
            OfAreas::Ratio | OfAreas::Share(..) => {
                if fewest.high.is_some_and(|high| high <= Fraction::ZERO) {
                    return none(Why::NothingToCount);
                }
                let positive = |end: Option<Fraction>| end.filter(|end| *end > Fraction::ZERO);
                let low = with(most.low, positive(fewest.high), Fraction::over).unwrap_or(Fraction::ONE);
                let known = with(most.known, positive(fewest.known), Fraction::over);
                let high = with(top, positive(bottom), Fraction::over);
                Figure::between(known, Some(low.max(Fraction::ONE)), high, counts)
            }
        }
    }
}

/// One line of an index, measured.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Scored {
    measured: Measured,
    weight: Fraction,
    full: Fraction,
    none: Fraction,
}

impl Scored {
    /// The points of a value; `end` is where an unbounded one lies.
    fn points(&self, value: Option<Fraction>, end: bool) -> Fraction {
        let reached = match value {
            Some(value) => (value - self.none).over(self.full - self.none).unwrap_or(Fraction::ZERO),
            // Beyond every bound: all points where more is better upwards, or less is better downwards.
            None if end == (self.full > self.none) => Fraction::ONE,
            None => Fraction::ZERO,
        };
        self.weight * reached.clamp(Fraction::ZERO, Fraction::ONE)
    }
}

/// The points of an area. A line with nothing to count is left out and the others make up the hundred; one without data may earn
/// anything from nothing to all.
pub(crate) fn points(lines: &[Scored], area: u32, missing: &[String]) -> Figure {
    let (mut known, mut low, mut high, mut weights) = (Fraction::ZERO, Fraction::ZERO, Fraction::ZERO, Fraction::ZERO);
    let (mut counts, mut told) = (Counts::default(), false);
    for line in lines {
        let figure = line.measured.at(area);
        if figure.number == Number::Nothing(Why::NothingToCount) {
            continue;
        }
        weights = weights + line.weight;
        let Some((least, most)) = figure.ends() else {
            high = high + line.weight;
            counts.unknown += 1;
            continue;
        };
        told = true;
        let (one, other) = (line.points(least, false), line.points(most, true));
        (low, high) = (low + one.min(other), high + one.max(other));
        known = known + figure.known().map_or(one.min(other), |value| line.points(Some(value), true));
        if one == other { counts.yes += 1 } else { counts.unknown += 1 }
    }
    if weights == Fraction::ZERO {
        return Figure::nothing(Why::NothingToCount);
    }
    if !told {
        return Figure { number: Number::Nothing(Why::NoData(missing.to_vec())), counts };
    }
    let of_hundred = |sum: Fraction| (sum * Fraction::whole(100)).over(weights);
    Figure::between(of_hundred(known), of_hundred(low), of_hundred(high), counts)
}

/// Several figures, each with what it is held against.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Held {
    any: bool,
    of: Vec<(Measured, Op, Fraction)>,
}

/// Whether a figure passes; none where there is nothing to count.
fn passes(figure: &Figure, op: Op, wanted: Fraction) -> Option<Tri> {
    match figure.ends() {
        Some(ends) => Some(holds(op, ends, (wanted, None))),
        None if figure.number == Number::Nothing(Why::NothingToCount) => None,
        None => Some(Tri::Unknown),
    }
}

impl Held {
    pub(crate) fn figure(&self, area: u32, missing: &[String]) -> Figure {
        let figures: Vec<Figure> = self.of.iter().map(|(measured, ..)| measured.at(area)).collect();
        let judged = figures.iter().zip(&self.of).filter_map(|(figure, (_, op, wanted))| passes(figure, *op, *wanted));
        let judged: Vec<Tri> = judged.collect();
        let of = |wanted: Tri| judged.iter().filter(|one| **one == wanted).count() as u64;
        let counts = Counts { yes: of(Tri::True), no: of(Tri::False), unknown: of(Tri::Unknown) };
        if judged.is_empty() {
            return Figure::nothing(Why::NothingToCount);
        }
        if figures.iter().all(|figure| figure.ends().is_none()) {
            return Figure { number: Number::Nothing(Why::NoData(missing.to_vec())), counts };
        }
        let verdict = if self.any { judged.iter().max() } else { judged.iter().min() };
        match verdict.copied().unwrap_or(Tri::Unknown) {
            Tri::Unknown => Figure::between(None, Some(Fraction::ZERO), Some(Fraction::ONE), counts),
            decided => {
                let number = if decided == Tri::True { Fraction::ONE } else { Fraction::ZERO };
                Figure { number: Number::Exact(number), counts: Counts { unknown: 0, ..counts } }
            }
        }
    }
}

impl Measuring<'_> {
    /// The formulas that rest on other indicators; nothing for every other.
    pub(super) fn over_others(&self, job: &Job<'_>, formula: &Formula, range: &Range<u32>) -> Option<Cells> {
        match formula {
            Formula::Areas(areas) => self.area_figures(job, areas, range),
            Formula::Versus { other, rival, rate } => self.versus(job, other, rival, *rate, range),
            Formula::Index(terms) => {
                let scored = |term: &Term| {
                    let (inner, params) = (self.other(job, &term.other)?, job.params);
                    let unit = inner.part.unit;
                    let none = match &term.none {
                        Some(none) => none.resolve(unit, params)?,
                        None => Fraction::ZERO,
                    };
                    let full = term.full.resolve(unit, params)?;
                    Some(Scored { measured: self.one(&inner), weight: term.weight, full, none })
                };
                terms.iter().map(scored).collect::<Option<Vec<_>>>().map(Cells::Index)
            }
            Formula::Meets { any, of } => {
                let held = |pass: &Pass| {
                    let inner = self.other(job, &pass.other)?;
                    let wanted = pass.wanted.resolve(inner.part.unit, job.params)?;
                    Some((self.one(&inner), pass.op, wanted))
                };
                let of = of.iter().map(held).collect::<Option<Vec<_>>>()?;
                Some(Cells::Meets(Held { any: *any, of }))
            }
            _ => None,
        }
    }

    /// The job of another indicator's part, in the same area. A change against the baseline starts from its own.
    fn other<'j>(&self, job: &Job<'j>, other: &Other) -> Option<Job<'j>> {
        let indicator = job.others?.find_indicator(&other.of.value)?;
        let part = indicator.find_part(&other.part)?;
        let stated = |of: &str, part: &str| job.plan?.baseline_of(of, part).map(|base| base.value);
        let start = match &part.formula {
            Formula::Change { of, part, .. } => stated(&of.value, part),
            _ => None,
        };
        Some(Job { indicator, part, start, ..*job })
    }

    /// Which areas of the range are looked at.
    fn looked_at(&self, job: &Job<'_>, level: AreaLevel, among: &Condition, range: &Range<u32>) -> Option<Vec<Tri>> {
        let areas = self.base.areas();
        let right = |at: u32| areas.level(at) == Some(level);
        if *among == Condition::always() {
            return Some(range.clone().map(|at| if right(at) { Tri::True } else { Tri::False }).collect());
        }
        let table = self.table(&Subject::Area)?;
        let judge = self.compiled(table, among, job.params)?;
        let mut out = vec![Tri::False; range.len()];
        for (row, at) in table.places(job.indicator.within).iter().enumerate() {
            if *at != NOWHERE && range.contains(at) && right(*at) {
                out[(at - range.start) as usize] = judge(row);
            }
        }
        Some(out)
    }

    fn area_figures(&self, job: &Job<'_>, asked: &AreaFigures, range: &Range<u32>) -> Option<Cells> {
        let inner = self.other(job, &asked.other)?;
        let among = self.looked_at(job, asked.level, &asked.among, range)?;
        let measured = self.one(&inner);
        let mut tallies = vec![Tally::default(); range.len()];
        let mut extents = vec![Extent::default(); range.len()];
        let share = match &asked.take {
            OfAreas::Share(op, wanted) => Some((*op, wanted.resolve(inner.part.unit, job.params)?)),
            _ => None,
        };
        for (at, among) in among.into_iter().enumerate().filter(|(_, among)| *among != Tri::False) {
            let figure = measured.at(range.start + at as u32);
            match share {
                // An area with nothing to count is not among them.
                Some((op, wanted)) => {
                    if let Some(passes) = passes(&figure, op, wanted) {
                        tallies[at].take(among, passes);
                    }
                }
                None => extents[at] = Extent::of(among, &figure),
            }
        }
        let areas = self.base.areas();
        Some(if share.is_some() {
            roll_up(areas, range.start, &mut tallies);
            Cells::Share(tallies)
        } else {
            roll_up(areas, range.start, &mut extents);
            Cells::Extent(extents, asked.take.clone())
        })
    }

    /// Another indicator here and there.
    fn versus(&self, job: &Job<'_>, other: &Other, rival: &Rival, rate: bool, range: &Range<u32>) -> Option<Cells> {
        let inner = self.other(job, other)?;
        let areas = self.base.areas();
        let above = |at: u32, level: AreaLevel| {
            areas.ancestry(at).into_iter().skip(1).find(|up| areas.level(*up) == Some(level))
        };
        let of = |at: u32| match rival {
            Rival::Parent => Some(areas.parent(at)).filter(|_| at != 0),
            Rival::Level(level) => above(at, *level),
            Rival::Area(code) => areas.find(code),
        };
        // What lies above the whole range is measured there; what lies within it, with it.
        let root = of(job.area).unwrap_or(job.area);
        let then = self.one(&Job { area: root, start: None, ..inner });
        let numbers = range.clone().map(of).collect();
        let now = Box::new(self.one(&inner));
        Some(Cells::Change { now, then: Some((Box::new(then), numbers)), start: None, stated: BTreeMap::new(), rate })
    }
}
