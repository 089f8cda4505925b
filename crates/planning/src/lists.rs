//! Lists behind a figure (名单): which subjects count, which do not, which are not known; and why, for one of them.
use catalogue::condition::{Context, Explanation};
use catalogue::plans::{Formula, Take};
use catalogue::{Condition, Subject, Tri};

use crate::measure::{Job, Measuring};

/// Which subjects are asked for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Which {
    /// 符合
    Passing,
    /// 不符合: the gap list (差距名单).
    Lacking,
    /// 未知
    Unclear,
}

/// One subject behind a figure.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Listed {
    /// Its row in the table.
    pub row: usize,
    /// Its id.
    pub id: u128,
    /// The area it counts in.
    pub area: u32,
    /// For a group: how many members it surely has.
    pub members: Option<i64>,
}

impl Measuring<'_> {
    /// What the subjects behind a job's figure are: groups where it counts groups.
    pub fn subject_of(job: &Job<'_>) -> Option<Subject> {
        match &job.part.formula {
            Formula::Groups(groups) => Some(groups.per.clone()),
            formula => formula.measures().first().map(|measure| measure.of.clone()),
        }
    }

    /// The subjects behind a job's figure in its area, in the table's order.
    pub fn list(&self, job: &Job<'_>, which: Which) -> Vec<Listed> {
        let mut out = Vec::new();
        self.each(job, |listed, among, passes| {
            let fits = match which {
                Which::Passing => among == Tri::True && passes == Tri::True,
                Which::Lacking => among == Tri::True && passes == Tri::False,
                Which::Unclear => among != Tri::False && (among == Tri::Unknown || passes == Tri::Unknown),
            };
            if fits {
                out.push(listed);
            }
        });
        out
    }

    /// Calls `each` with every subject of a job's range: whether it is looked at, and whether it passes.
    pub(crate) fn each(&self, job: &Job<'_>, mut each: impl FnMut(Listed, Tri, Tri)) {
        if matches!(job.part.formula, Formula::Groups(_)) {
            self.each_group(job, &mut each);
            return;
        }
        let range = self.base.areas().range(job.area);
        let Some(among) = Self::among_of(job) else { return };
        let Some(measure) = job.part.formula.measures().first().copied() else { return };
        let Some(rows) = self.rows(job, measure, &among) else { return };
        rows.each(&range, |row, at| {
            let listed =
                Listed { row, id: rows.table.id(row).unwrap_or(0), area: range.start + at as u32, members: None };
            each(listed, rows.among(row), rows.passes(row));
        });
    }

    fn each_group(&self, job: &Job<'_>, each: &mut impl FnMut(Listed, Tri, Tri)) {
        let Formula::Groups(groups) = &job.part.formula else { return };
        let range = self.base.areas().range(job.area);
        let only = Self::only_of(job, groups);
        let (Some(members), Some((table, among))) = (self.members(job, groups, &range), self.group_rows(job, &only))
        else {
            return;
        };
        let wanted = match &groups.take {
            Take::Share(bar) => crate::measure::bar(bar, job.params),
            // Of the least, the list is of groups that have none at all.
            Take::Least => Some(1),
        };
        let Some(wanted) = wanted else { return };
        for (row, area) in
            table.places(job.indicator.within).iter().enumerate().filter(|(_, area)| range.contains(area))
        {
            let right = groups.level.is_none_or(|level| self.base.areas().level(*area) == Some(level));
            let Some(cell) = members.of(row, (area - range.start) as usize) else { continue };
            let listed = Listed { row, id: table.id(row).unwrap_or(0), area: *area, members: Some(cell.total) };
            each(listed, if right { among(row) } else { Tri::False }, crate::measure::enough(cell, wanted));
        }
    }

    /// Why a subject counts or does not: the conditions of the job explained for one row. For a group, why it is looked at; its
    /// members are the list of the members' own measure.
    pub fn explain(&self, job: &Job<'_>, row: usize) -> Option<Explanation> {
        let condition = match &job.part.formula {
            Formula::Groups(groups) => groups.among.clone(),
            Formula::Share { of, .. } | Formula::Gates { of, .. } => {
                Condition::All(vec![Self::among_of(job)?, of.filter.clone()])
            }
            formula => formula.measures().first()?.filter.clone(),
        };
        let groups = matches!(job.part.formula, Formula::Groups(_));
        let span = job.part.formula.measures().first().filter(|_| !groups).and_then(|measure| measure.span.as_ref());
        let condition = match job.only.filter(|_| Self::subject_of(job) == Some(Subject::Organization)) {
            Some(only) => Condition::All(vec![only.clone(), condition]),
            None => condition,
        };
        let condition = match span.and_then(|(span, fact)| self.in_span(job, *span, &fact.value)) {
            Some(span) => Condition::All(vec![span, condition]),
            None => condition,
        };
        let table = self.base.table(&Self::subject_of(job)?)?;
        let facts = table.row(row, self.on);
        Some(condition.explain(&Context::new(&facts, job.params, self.words, self.named)))
    }
}
