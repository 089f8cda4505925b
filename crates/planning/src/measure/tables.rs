//! The rows a formula looks at: their conditions compiled, their places, their numbers.
use base::Date;
use catalogue::condition::{Compiled, Constants, compile};
use catalogue::plans::{Bar, Measure};
use catalogue::{Condition, Node, Params, Problems, Subject, Value};

use super::{Job, Measuring};
use crate::areas::NOWHERE;
use crate::table::Table;

/// The table of a subject and the conditions of one formula, compiled over it.
pub(crate) struct Rows<'c> {
    pub table: &'c Table,
    pub places: &'c [u32],
    pub among: Compiled<'c>,
    pub passes: Compiled<'c>,
}

impl<'a> Measuring<'a> {
    /// The table and conditions of a measure; nothing if nobody keeps such records or a column is missing.
    pub(crate) fn rows<'c>(&'c self, job: &'c Job<'_>, measure: &Measure, among: &Condition) -> Option<Rows<'c>> {
        let table = self.table(&measure.of)?;
        let mut parts = vec![among.clone()];
        if let Some(fact) = &measure.in_year {
            parts.insert(0, self.in_year(&fact.value)?);
        }
        parts.extend(job.only.filter(|_| measure.of == Subject::Organization).cloned());
        let among = if parts.len() == 1 { among.clone() } else { Condition::All(parts) };
        Some(Rows {
            table,
            places: table.places(job.indicator.within),
            among: self.compiled(table, &among, job.params)?,
            passes: self.compiled(table, &measure.filter, job.params)?,
        })
    }

    /// The table of a subject, if somebody keeps its records.
    pub(crate) fn table(&self, subject: &Subject) -> Option<&'a Table> {
        self.base.table(subject).filter(|table| table.kept_since().is_some())
    }

    pub(crate) fn compiled<'c>(&'c self, table: &'c Table, condition: &Condition, params: &'c Params) -> Option<Compiled<'c>> {
        let constants = Constants { params, today: self.on, named: self.named };
        compile(condition, self.words, table, constants).ok()
    }

    /// The day lies in the year measured, up to the day measured.
    pub(crate) fn in_year(&self, fact: &str) -> Option<Condition> {
        let (first, last) = (Date::new(self.on.year(), 1, 1).ok()?, self.on);
        let text = format!("when = {{ fact = \"{fact}\", ge = {first}, le = {last} }}");
        let problems = Problems::new();
        let root = Node::parse("in_year", &text, &problems);
        Condition::read(root.find("when")?, &problems)
    }

    /// The facts of a job that nobody ever supplied, and the subjects whose records nobody keeps.
    pub(crate) fn missing(&self, job: &Job<'_>) -> Vec<String> {
        let facts = job.part.formula.facts();
        let lacks = |(subject, fact): &(Subject, String)| {
            self.table(subject).is_none_or(|table| !table.is_empty() && !table.is_supplied(fact))
        };
        facts.into_iter().filter(lacks).map(|(_, fact)| fact).collect()
    }
}

impl Rows<'_> {
    /// Calls `each` with every row that lies in a range of areas, and its place within it.
    pub(crate) fn each(&self, range: &std::ops::Range<u32>, mut each: impl FnMut(usize, usize)) {
        for (row, place) in self.places.iter().enumerate() {
            if *place != NOWHERE && range.contains(place) {
                each(row, (place - range.start) as usize);
            }
        }
    }
}

/// A number a formula asks for.
pub(crate) fn bar(bar: &Bar, params: &Params) -> Option<i64> {
    match bar {
        Bar::Number(number) => Some(*number),
        Bar::Param(name) => match params.find(&name.value)?.value {
            Value::Int(number) => Some(number),
            _ => None,
        },
    }
}
