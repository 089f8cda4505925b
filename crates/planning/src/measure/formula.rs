//! One pass per formula.
use std::collections::BTreeMap;
use std::ops::Range;

use catalogue::plans::{Against, Formula, Fraction, Gates, Measure, Part};
use catalogue::{Condition, Kind, Located, Subject, Tri, Unit};

use super::cell::{Cell, Extreme, Spread, Sum, Tally, roll_up};
use super::grouped::Source;
use super::tables::Rows;
use super::{Cells, Job, Measured, Measuring, same_area};
use crate::table::{Held, Width};

impl Measuring<'_> {
    /// One job.
    pub fn one(&self, job: &Job<'_>) -> Measured {
        let range = self.base.areas().range(job.area);
        let cells = self.cells(job, &job.part.formula, &range).unwrap_or(Cells::Nothing);
        Measured::new(range, cells, self.missing(job))
    }

    fn cells(&self, job: &Job<'_>, formula: &Formula, range: &Range<u32>) -> Option<Cells> {
        Some(match formula {
            Formula::Measure(of) => Cells::Sum(self.sums(job, of, range)?),
            Formula::Milestone(of) => Cells::Milestone(self.sums(job, of, range)?),
            Formula::Share { of, among } => Cells::Share(self.tallies(job, of, among, range)?),
            Formula::Ratio { top, bottom, per } => {
                let per = match per {
                    Some(per) => per.of_unit(if self.is_money(bottom) { Unit::Yuan } else { Unit::Count })?,
                    None => Fraction::ONE,
                };
                Cells::Ratio(self.sums(job, top, range)?, self.sums(job, bottom, range)?, per)
            }
            Formula::Groups(groups) => self.groups(job, groups, range)?,
            Formula::Spread { of, fact } => self.spread(job, of, fact, range)?,
            Formula::Gates { of, among, fact, gates } => {
                Cells::Gates(self.gates(job, (of, among), fact, gates, range)?)
            }
            Formula::Extreme { of, top, bottom, greatest } => {
                Cells::Extreme(self.extremes(job, of, (top, bottom.as_ref()), *greatest, range)?)
            }
            Formula::Change { of, part, against, rate } => self.change(job, (&of.value, part), *against, *rate)?,
            other => self.over_others(job, other, range)?,
        })
    }

    /// Adds up per place, then rolls up.
    fn added<C: Cell>(&self, rows: &Rows<'_>, range: &Range<u32>, take: impl Fn(&mut C, usize)) -> Vec<C> {
        let mut cells = vec![C::default(); range.len()];
        rows.each(range, |row, at| take(&mut cells[at], row));
        roll_up(self.base.areas(), range.start, &mut cells);
        cells
    }

    /// Counts, or sums of a fact.
    pub(super) fn sums(&self, job: &Job<'_>, of: &Measure, range: &Range<u32>) -> Option<Vec<Sum>> {
        let rows = self.rows(job, of, &Condition::always())?;
        let source = self.source(&rows, of)?;
        let counts = |row: usize| rows.counts(row);
        let number = |row: usize| source.number(rows.table, row);
        if of.of == Subject::Area && of.sum.is_some() {
            return Some(self.own_or_below(&rows, range, |row| (counts(row), number(row))));
        }
        if source == Source::One {
            return Some(self.added(&rows, range, |cell: &mut Sum, row| cell.count(rows.counts(row))));
        }
        Some(self.added(&rows, range, |cell: &mut Sum, row| {
            let counts = counts(row);
            cell.take(counts, if counts == Tri::False { Held::Blank } else { number(row) });
        }))
    }

    /// Figures of areas: an area's own stands for everything below it; without one it is the sum of those below.
    fn own_or_below(&self, rows: &Rows<'_>, range: &Range<u32>, read: impl Fn(usize) -> (Tri, Held<i64>)) -> Vec<Sum> {
        let areas = self.base.areas();
        let mut own: Vec<Option<(Tri, Held<i64>)>> = vec![None; range.len()];
        rows.each(range, |row, at| own[at] = Some(read(row)));
        let mut cells = vec![Sum::default(); range.len()];
        for at in (0..cells.len()).rev() {
            let leaf = areas.range(range.start + at as u32).len() == 1;
            match own[at] {
                Some((Tri::True, Held::Known(number))) => {
                    cells[at] = Sum::default();
                    cells[at].take(Tri::True, Held::Known(number));
                }
                Some((counts, number)) if leaf => cells[at].take(counts, number),
                _ => {}
            }
            if at > 0 {
                let above = (areas.parent(range.start + at as u32) - range.start) as usize;
                let cell = cells[at];
                cells[above].add(&cell);
            }
        }
        cells
    }

    fn tallies(&self, job: &Job<'_>, of: &Measure, among: &Condition, range: &Range<u32>) -> Option<Vec<Tally>> {
        let rows = self.rows(job, of, among)?;
        Some(self.added(&rows, range, |cell: &mut Tally, row| {
            let among = rows.among(row);
            if among != Tri::False {
                cell.take(among, rows.passes(row));
            }
        }))
    }

    fn spread(&self, job: &Job<'_>, of: &Measure, fact: &Located<String>, range: &Range<u32>) -> Option<Cells> {
        let rows = self.rows(job, of, &Condition::always())?;
        let column = rows.table.layout().find(&fact.value)?;
        let spec = &rows.table.layout().columns[column];
        let (words, list) = (spec.words.len() as u32, matches!(spec.width, Width::SmallSet | Width::Set));
        let cells = self.added(&rows, range, |cell: &mut Spread, row| {
            let counts = rows.counts(row);
            if counts == Tri::False {
                return;
            }
            let bits = rows.table.bits(column, row, list);
            match (counts, bits) {
                (Tri::True, Some(bits)) => {
                    cell.yes += 1;
                    cell.bits |= bits;
                }
                (_, Some(bits)) => {
                    cell.unknown += 1;
                    cell.maybe |= bits;
                }
                (_, None) => {
                    cell.unknown += 1;
                    cell.open += 1;
                }
            }
        });
        Some(Cells::Spread(cells, words))
    }

    fn gates(
        &self,
        job: &Job<'_>,
        of: (&Measure, &Condition),
        fact: &Located<String>,
        gates: &Gates,
        range: &Range<u32>,
    ) -> Option<Vec<Vec<Tally>>> {
        let rows = self.rows(job, of.0, of.1)?;
        let column = rows.table.layout().find(&fact.value)?;
        let words = &rows.table.layout().columns[column].words;
        let code = |gate: &String| words.iter().position(|word| word == gate).map(|at| at as i64);
        let codes: Vec<Option<i64>> = gates.resolve(job.params)?.iter().map(code).collect();
        let each = codes.iter().map(|wanted| {
            self.added(&rows, range, |cell: &mut Tally, row| {
                let among = match rows.table.number(column, row) {
                    Held::Known(code) if Some(code) == *wanted => rows.among(row),
                    Held::Known(_) | Held::Blank => Tri::False,
                    // An event whose gate is not known may be of any.
                    Held::Unknown => Tri::Unknown.min(rows.among(row)),
                };
                cell.take(among, rows.passes(row));
            })
        });
        Some(each.collect())
    }

    fn extremes(
        &self,
        job: &Job<'_>,
        of: &Measure,
        facts: (&Located<String>, Option<&Located<String>>),
        greatest: bool,
        range: &Range<u32>,
    ) -> Option<Vec<Extreme>> {
        let rows = self.rows(job, of, &Condition::always())?;
        let top = rows.table.layout().find(&facts.0.value)?;
        let bottom = match facts.1 {
            Some(bottom) => Some(rows.table.layout().find(&bottom.value)?),
            None => None,
        };
        let below = |row: usize| bottom.map_or(Held::Known(1), |bottom| rows.table.number(bottom, row));
        let pair = |row: usize| match (rows.table.number(top, row), below(row)) {
            (Held::Unknown, _) | (_, Held::Unknown) => Held::Unknown,
            (Held::Known(top), Held::Known(bottom)) if bottom > 0 => Held::Known((top, bottom)),
            // Blank or nothing below the line: the subject has no ratio.
            _ => Held::Blank,
        };
        Some(self.added(&rows, range, |cell: &mut Extreme, row| {
            let counts = rows.counts(row);
            cell.take(counts, pair(row), !greatest);
        }))
    }

    /// Another indicator's part now and then.
    fn change(&self, job: &Job<'_>, of: (&str, &str), against: Against, rate: bool) -> Option<Cells> {
        let found = job.others?.find_indicator(of.0)?;
        let part = found.find_part(of.1)?;
        let inner = Job { indicator: found, part, ..*job };
        // A change of a change has no meaning, and would not end.
        if matches!(part.formula, Formula::Change { .. }) {
            return None;
        }
        let now = Box::new(self.one(&inner));
        let (earlier, start) = match against {
            Against::Baseline => (self.at_start(), job.start),
            Against::PreviousYear => (Some(self.year_before(part)?), None),
        };
        let then = earlier.and_then(|earlier| {
            let then = earlier.one(&inner.on_facts(self.base, earlier.base)?);
            let range = self.base.areas().range(job.area);
            Some((Box::new(then), range.map(|area| same_area(self.base, earlier.base, area)).collect()))
        });
        let stated = match against {
            Against::Baseline => self.stated(job, of),
            Against::PreviousYear => BTreeMap::new(),
        };
        if then.is_none() && start.is_none() && stated.is_empty() {
            return None;
        }
        Some(Cells::Change { now, then, start, stated, rate })
    }

    /// The baselines the plan states for areas of its own, by number.
    fn stated(&self, job: &Job<'_>, of: (&str, &str)) -> BTreeMap<u32, Fraction> {
        let Some(plan) = job.plan else { return BTreeMap::new() };
        let codes = plan.baselines.iter().filter_map(|base| base.area.as_ref());
        let found =
            codes.filter_map(|code| Some((self.base.areas().find(code)?, plan.baseline_in(of.0, of.1, code)?.value)));
        found.collect()
    }

    fn is_money(&self, measure: &Measure) -> bool {
        let fact = measure.sum.as_ref().and_then(|name| self.words.find(&name.value));
        fact.is_some_and(|fact| fact.kind == Kind::Money)
    }

    /// The same at the end of the year before: from the facts of that day where they are given. Without them only figures
    /// of dates can be told, from the dates known today.
    pub fn year_before(&self, part: &Part) -> Option<Self> {
        let end = jiff::civil::Date::new(self.on.year() - 1, 12, 31).ok()?;
        let base = match self.before {
            Some(before) => before,
            None if part.formula.is_dated() => self.base,
            None => return None,
        };
        Some(Self { base, on: end, before: None, start: None, ..*self })
    }

    /// The same on the day before the plan began, where its facts are given.
    pub fn at_start(&self) -> Option<Self> {
        self.start.map(|base| Self { base, on: base.date(), before: None, start: None, ..*self })
    }
}
