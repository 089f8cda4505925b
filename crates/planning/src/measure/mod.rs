//! Measuring (计量): indicators over every area of a day in one pass per formula, rolled up along the area tree.
//!
//! A job is one part of one indicator for one plan's area. Jobs are shared out to threads; each walks its table once, adds up
//! where the rows lie, and rolls up by running backwards over the areas, which stand in walking order.
mod cell;
mod formula;
mod grouped;
mod others;
mod tables;

use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use base::Date;
use catalogue::plans::{Fraction, Indicator, OfAreas, Part, Plan};
use catalogue::{Catalogue, Condition, NamedChecks, Params, Vocabulary};

use crate::facts::FactBase;
use crate::figure::{Counts, Figure, Number, Why};
use cell::{Extreme, Least, Spread, Sum, Tally};
pub(crate) use grouped::enough;
use others::{Extent, Held, Scored};
pub(crate) use tables::bar;

/// One part of one indicator, to be measured in an area and everything below it.
#[derive(Clone, Copy, Debug)]
pub struct Job<'a> {
    /// The indicator.
    pub indicator: &'a Indicator,
    /// Its part.
    pub part: &'a Part,
    /// The parameters that hold in the plan's area on the day measured.
    pub params: &'a Params,
    /// The number of the area.
    pub area: u32,
    /// The baseline that the document states for the whole area, for a change against it.
    pub start: Option<Fraction>,
    /// Where other indicators are found, for changes of them.
    pub others: Option<&'a Catalogue>,
    /// Only organizations for which this holds: the breakdown by kind (社会团体, 基金会, 社会服务机构).
    pub only: Option<&'a Condition>,
    /// The plan it is measured for: what counts from its first day on, and the baselines of its areas. Without it neither can be told.
    pub plan: Option<&'a Plan>,
}

impl Job<'_> {
    /// The same job on the facts of another day, whose areas have other numbers; none if the area does not exist there.
    pub fn on_facts(&self, from: &FactBase, to: &FactBase) -> Option<Self> {
        Some(Self { area: same_area(from, to, self.area)?, ..*self })
    }
}

/// The number that an area of one day's facts has in another day's.
pub fn same_area(from: &FactBase, to: &FactBase, area: u32) -> Option<u32> {
    to.areas().find(from.areas().code(area)?)
}

/// What all jobs share.
#[derive(Clone, Copy)]
pub struct Measuring<'a> {
    /// The facts.
    pub base: &'a FactBase,
    /// The vocabulary of the catalogue.
    pub words: &'a Vocabulary,
    /// The checks written in Rust.
    pub named: &'a NamedChecks,
    /// The day measured: that of the facts, or an earlier one for yearly figures of a year gone by.
    pub on: Date,
    /// The facts of the year's end before, for changes against the previous year of what is not yearly.
    pub before: Option<&'a FactBase>,
    /// The facts of the day before the plan began, for changes against the baseline where the document states none.
    pub start: Option<&'a FactBase>,
}

impl std::fmt::Debug for Measuring<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Measuring").field("on", &self.on).finish_non_exhaustive()
    }
}

/// What was added up, one cell per area of the range.
#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cells {
    /// Nothing could be: no such table or column, or nobody keeps the records.
    Nothing,
    Sum(Vec<Sum>),
    Share(Vec<Tally>),
    /// Per so many of the bottom.
    Ratio(Vec<Sum>, Vec<Sum>, Fraction),
    Least(Vec<Least>),
    /// With how many words there are.
    Spread(Vec<Spread>, u32),
    Gates(Vec<Vec<Tally>>),
    Extreme(Vec<Extreme>),
    Milestone(Vec<Sum>),
    /// Now; then, with the numbers the areas had; and the baseline stated for the whole range.
    Change {
        now: Box<Measured>,
        then: Option<(Box<Measured>, Vec<Option<u32>>)>,
        start: Option<Fraction>,
        /// The baselines stated for areas below.
        stated: BTreeMap<u32, Fraction>,
        rate: bool,
    },
    Extent(Vec<Extent>, OfAreas),
    Index(Vec<Scored>),
    Meets(Held),
}

/// One job, measured in every area of its range.
#[derive(Clone, PartialEq, Debug)]
pub struct Measured {
    range: Range<u32>,
    cells: Cells,
    /// Facts it needs that nobody ever supplied.
    missing: Vec<String>,
}

impl<'a> Measuring<'a> {
    /// As of the facts' own day.
    pub fn new(base: &'a FactBase, words: &'a Vocabulary, named: &'a NamedChecks) -> Self {
        Self { base, words, named, on: base.date(), before: None, start: None }
    }

    /// All jobs, shared out to so many threads, in their order.
    pub fn run(&self, jobs: &[Job<'_>], threads: usize) -> Vec<Measured> {
        let next = AtomicUsize::new(0);
        let work = || {
            let mut done = Vec::new();
            while let Some((index, job)) = {
                let index = next.fetch_add(1, Ordering::Relaxed);
                jobs.get(index).map(|job| (index, job))
            } {
                done.push((index, self.one(job)));
            }
            done
        };
        let mut all: Vec<(usize, Measured)> = if threads <= 1 {
            work()
        } else {
            std::thread::scope(|scope| {
                let handles: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
                handles.into_iter().flat_map(|handle| handle.join().unwrap_or_default()).collect()
            })
        };
        // A thread that panicked would leave holes; they are measured again here, where the panic is seen.
        if all.len() < jobs.len() {
            let have: Vec<usize> = all.iter().map(|(index, _)| *index).collect();
            let lost = (0..jobs.len()).filter(|index| !have.contains(index));
            all.extend(lost.map(|index| (index, self.one(&jobs[index]))));
        }
        all.sort_by_key(|(index, _)| *index);
        all.into_iter().map(|(_, measured)| measured).collect()
    }
}

impl Measured {
    pub(crate) fn new(range: Range<u32>, cells: Cells, missing: Vec<String>) -> Self {
        Self { range, cells, missing }
    }

    /// The areas it was measured in.
    pub fn range(&self) -> Range<u32> {
        self.range.clone()
    }

    /// The facts it needs that nobody ever supplied.
    pub fn missing(&self) -> &[String] {
        &self.missing
    }

    /// The figure of one area.
    pub fn at(&self, area: u32) -> Figure {
        if !self.range.contains(&area) {
            return Figure::nothing(Why::NothingToCount);
        }
        let at = (area - self.range.start) as usize;
        match &self.cells {
            Cells::Nothing => self.no_data(),
            Cells::Sum(cells) => cells[at].figure().map_or_else(|| self.no_data(), |figure| self.weighed(figure)),
            Cells::Share(cells) => self.weighed(cells[at].share()),
            Cells::Ratio(top, bottom, per) => self.weighed(cell::ratio(&top[at], &bottom[at]).times(*per)),
            Cells::Least(cells) => self.weighed(cells[at].figure()),
            Cells::Spread(cells, words) => self.weighed(cells[at].figure(*words)),
            Cells::Gates(gates) => {
                let figures = gates.iter().map(|cells| self.weighed(cells[at].share()));
                lowest(&figures.collect::<Vec<_>>())
            }
            Cells::Extreme(cells) => self.weighed(cells[at].figure()),
            Cells::Milestone(cells) => self.weighed(cells[at].reached()),
            Cells::Extent(cells, take) => cells[at].figure(take, &self.missing),
            Cells::Index(lines) => others::points(lines, area, &self.missing),
            Cells::Meets(held) => held.figure(area, &self.missing),
            Cells::Change { now, then, start, stated, rate } => {
                let stated = stated.get(&area).copied().or(start.filter(|_| area == self.range.start));
                let then = match (stated, then) {
                    (Some(stated), _) => Figure { number: Number::Exact(stated), counts: Counts::default() },
                    (None, Some((then, numbers))) => {
                        numbers[at].map_or_else(|| self.no_data(), |number| then.at(number))
                    }
                    (None, None) => Figure::nothing(Why::NoData(Vec::new())),
                };
                let now = now.at(area);
                if *rate { now.growth(&then) } else { now.minus(&then) }
            }
        }
    }

    /// The figure of one gate of a coverage per gate; none for other formulas.
    pub fn gate(&self, area: u32, gate: usize) -> Option<Figure> {
        let Cells::Gates(gates) = &self.cells else { return None };
        let at = area.checked_sub(self.range.start)? as usize;
        Some(self.weighed(gates.get(gate)?.get(at)?.share()))
    }

    fn no_data(&self) -> Figure {
        Figure::nothing(Why::NoData(self.missing.clone()))
    }

    /// A figure that rests on nothing but unknowns is none: 暂无数据, not 0.
    fn weighed(&self, figure: Figure) -> Figure {
        let counts = figure.counts;
        let told = matches!(figure.number, Number::Nothing(Why::NoData(_)));
        let blind = told || counts.unknown > 0 && counts.yes == 0 && (counts.no == 0 || !self.missing.is_empty());
        if blind { Figure { number: Number::Nothing(Why::NoData(self.missing.clone())), counts } } else { figure }
    }
}

/// The lowest of some figures; those with nothing to count are passed over, one without data makes the whole unknown.
fn lowest(figures: &[Figure]) -> Figure {
    let counts = figures.iter().fold(Counts::default(), |sum, figure| Counts {
        yes: sum.yes + figure.counts.yes,
        no: sum.no + figure.counts.no,
        unknown: sum.unknown + figure.counts.unknown,
    });
    let counted: Vec<&Figure> =
        figures.iter().filter(|figure| figure.number != Number::Nothing(Why::NothingToCount)).collect();
    if counted.is_empty() {
        return Figure::nothing(Why::NothingToCount);
    }
    if let Some(blind) = counted.iter().find(|figure| figure.ends().is_none()) {
        return Figure { number: blind.number.clone(), counts };
    }
    let least = |end: &dyn Fn(&Figure) -> Option<Fraction>| counted.iter().filter_map(|figure| end(figure)).min();
    let low = least(&|figure| figure.ends()?.0);
    let high = least(&|figure| figure.ends()?.1);
    Figure::between(least(&Figure::known), low, high, counts)
}
