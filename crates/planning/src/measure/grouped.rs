//! Members per group (分组), and what is added up of each member.
use std::collections::HashMap;
use std::ops::Range;

use base::{Date, RecordId};
use catalogue::plans::{Groups, Measure, Take};
use catalogue::{Condition, Subject, Tri, Value};

use super::cell::{Cell, Least, Sum, Tally, roll_up};
use super::tables::{Rows, bar};
use super::{Cells, Job, Measuring};
use crate::table::{Given, Held, Table, day_of};

/// Where the number of a member comes from.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Source {
    /// Each counts as one.
    One,
    /// A column.
    Column(usize),
    /// The time between two columns of days, the second or the day measured.
    Lapse { from: usize, to: Option<usize>, years: bool, on: Date },
}

impl Source {
    pub(crate) fn number(self, table: &Table, row: usize) -> Held<i64> {
        match self {
            Self::One => Held::Known(1),
            Self::Column(column) => table.number(column, row),
            Self::Lapse { from, to, years, on } => {
                let day = |column: usize| match table.number(column, row) {
                    Held::Known(number) => day_of(number).map_or(Held::Unknown, Held::Known),
                    Held::Blank => Held::Blank,
                    Held::Unknown => Held::Unknown,
                };
                // What has no end yet lasts until the day measured.
                let end = match to.map(day) {
                    None | Some(Held::Blank) => Held::Known(on),
                    Some(end) => end,
                };
                match (day(from), end) {
                    (Held::Blank, _) => Held::Blank,
                    (Held::Known(from), Held::Known(to)) if from <= to => Held::Known(passed(from, to, years)),
                    _ => Held::Unknown,
                }
            }
        }
    }
}

/// Days from one day to another, or whole years.
fn passed(from: Date, to: Date, years: bool) -> i64 {
    if years {
        let early = (to.month(), to.day()) < (from.month(), from.day());
        return i64::from(to.year() - from.year() - i16::from(early));
    }
    to.duration_since(from).as_hours() / 24
}

/// How many members each group has: by the place of the group within the range, or, where members name their group, by its row.
pub(crate) struct Members {
    cells: Vec<Sum>,
    by_row: bool,
}

impl Members {
    pub(crate) fn of(&self, row: usize, at: usize) -> Option<&Sum> {
        self.cells.get(if self.by_row { row } else { at })
    }
}

impl Measuring<'_> {
    /// What a measure adds up.
    pub(crate) fn source(&self, rows: &Rows<'_>, of: &Measure) -> Option<Source> {
        let find = |fact: &str| rows.table.layout().find(fact);
        Some(match (&of.sum, &of.lapse) {
            (Some(fact), _) => Source::Column(find(&fact.value)?),
            (None, Some(lapse)) => {
                let to = match &lapse.to {
                    Some(to) => Some(find(&to.value)?),
                    None => None,
                };
                Source::Lapse { from: find(&lapse.from.value)?, to, years: lapse.years, on: self.on }
            }
            (None, None) => Source::One,
        })
    }

    /// Members are counted over the whole range and rolled up; then each group looks at its own place.
    pub(super) fn groups(&self, job: &Job<'_>, groups: &Groups, range: &Range<u32>) -> Option<Cells> {
        let members = self.members(job, groups, range)?;
        let only = Self::only_of(job, groups);
        let (table, among) = self.group_rows(job, &only)?;
        let areas = self.base.areas();
        let counts = |at: usize| match groups.level {
            Some(level) => areas.level(range.start + at as u32) == Some(level),
            None => true,
        };
        let least = match &groups.take {
            Take::Share(wanted) => Some(bar(wanted, job.params)?),
            Take::Least => None,
        };
        let mut tallies = vec![Tally::default(); range.len()];
        let mut leasts = vec![Least::default(); range.len()];
        for (row, place) in table.places(job.indicator.within).iter().enumerate().filter(|(_, at)| range.contains(at)) {
            let at = (place - range.start) as usize;
            let judged = if counts(at) { among(row) } else { Tri::False };
            let Some(members) = members.of(row, at) else { continue };
            match least {
                Some(wanted) => tallies[at].take(judged, enough(members, wanted)),
                None => leasts[at].take(judged, members),
            }
        }
        roll_up(areas, range.start, &mut tallies);
        roll_up(areas, range.start, &mut leasts);
        Some(if least.is_some() { Cells::Share(tallies) } else { Cells::Least(leasts) })
    }

    /// The groups, of organizations only those the job looks at.
    pub(crate) fn only_of(job: &Job<'_>, groups: &Groups) -> Groups {
        match job.only.filter(|_| groups.per == Subject::Organization) {
            Some(only) => Groups { among: Condition::All(vec![only.clone(), groups.among.clone()]), ..groups.clone() },
            None => groups.clone(),
        }
    }

    /// The groups' table and which of them count.
    pub(crate) fn group_rows<'c>(
        &'c self,
        job: &'c Job<'_>,
        groups: &Groups,
    ) -> Option<(&'c Table, catalogue::condition::Compiled<'c>)> {
        let table = self.table(&groups.per)?;
        Some((table, self.compiled(table, &groups.among, job.params)?))
    }

    /// How many members each group has: those below it too, unless only its own count.
    pub(crate) fn members(&self, job: &Job<'_>, groups: &Groups, range: &Range<u32>) -> Option<Members> {
        if let Some(by) = &groups.by {
            return self.named_members(job, groups, &by.value).map(|cells| Members { cells, by_row: true });
        }
        if !groups.own {
            return self.sums(job, &groups.members, range).map(|cells| Members { cells, by_row: false });
        }
        let rows = self.rows(job, &groups.members, &Condition::always())?;
        let source = self.source(&rows, &groups.members)?;
        let mut cells = vec![Sum::default(); range.len()];
        rows.each(range, |row, at| cells[at].take(rows.counts(row), source.number(rows.table, row)));
        Some(Members { cells, by_row: false })
    }

    /// Members that name their group, wherever they lie. One that names nobody belongs to none; one whose group is not known may
    /// belong to any.
    fn named_members(&self, job: &Job<'_>, groups: &Groups, by: &str) -> Option<Vec<Sum>> {
        let rows = self.rows(job, &groups.members, &Condition::always())?;
        let source = self.source(&rows, &groups.members)?;
        let (column, table) = (rows.table.layout().find(by)?, self.table(&groups.per)?);
        let mut cells = vec![Sum::default(); table.len()];
        let mut stray = Sum::default();
        let mut found: HashMap<i64, Option<usize>> = HashMap::new();
        for row in
            (0..rows.table.len()).filter(|row| rows.places.get(*row).is_some_and(|at| *at != crate::areas::NOWHERE))
        {
            let counts = rows.counts(row);
            if counts == Tri::False {
                continue;
            }
            let number = source.number(rows.table, row);
            match rows.table.number(column, row) {
                Held::Known(symbol) => {
                    let group = found.entry(symbol).or_insert_with(|| match rows.table.get(row, by) {
                        Given::Known(Value::Text(id)) => table.find(id.parse::<RecordId>().ok()?.bits()),
                        _ => None,
                    });
                    if let Some(cell) = group.and_then(|group| cells.get_mut(group)) {
                        cell.take(counts, number);
                    }
                }
                Held::Blank => {}
                Held::Unknown => stray.take(Tri::Unknown, number),
            }
        }
        if stray != Sum::default() {
            for cell in &mut cells {
                cell.add(&stray);
            }
        }
        Some(cells)
    }
}

/// Whether a group has so many members.
pub(crate) fn enough(members: &Sum, wanted: i64) -> Tri {
    if members.total >= wanted {
        Tri::True
    } else if members.open == 0 && members.total.saturating_add(members.more) < wanted {
        Tri::False
    } else {
        Tri::Unknown
    }
}
