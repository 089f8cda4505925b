//! The rows a formula looks at: their conditions compiled, their places, their numbers.
use base::Date;
use catalogue::condition::{Compiled, Constants, compile};
use catalogue::plans::{Bar, Formula, Measure, Span};
use catalogue::{Condition, Node, Params, Problems, Subject, Tri, Value};

use super::{Job, Measuring};
use crate::table::Table;

/// The table of a subject and the conditions of one formula, compiled over it.
pub(crate) struct Rows<'c> {
    pub table: &'c Table,
    pub places: &'c [u32],
    /// None where every row is among those looked at.
    among: Option<Compiled<'c>>,
    /// None where every row passes.
    passes: Option<Compiled<'c>>,
}

impl<'a> Measuring<'a> {
    /// The table and conditions of a measure; nothing if nobody keeps such records or a column is missing.
    pub(crate) fn rows<'c>(&'c self, job: &'c Job<'_>, measure: &Measure, among: &Condition) -> Option<Rows<'c>> {
        let table = self.table(&measure.of)?;
        let mut parts = vec![among.clone()];
        if let Some((span, fact)) = &measure.span {
            parts.insert(0, self.in_span(job, *span, &fact.value)?);
        }
        parts.extend(job.only.filter(|_| measure.of == Subject::Organization).cloned());
        let among = if parts.len() == 1 { among.clone() } else { Condition::All(parts) };
        Some(Rows {
            table,
            places: table.places(job.indicator.within),
            among: self.unless_always(table, &among, job.params)?,
            passes: self.unless_always(table, &measure.filter, job.params)?,
        })
    }

    /// The table of a subject, if somebody keeps its records.
    pub(crate) fn table(&self, subject: &Subject) -> Option<&'a Table> {
        self.base.table(subject).filter(|table| table.kept_since().is_some())
    }

    /// Outer nothing: it cannot be compiled. Inner nothing: it always holds.
    #[expect(clippy::option_option, reason = "two different nothings, said above")]
    fn unless_always<'c>(
        &'c self,
        table: &'c Table,
        condition: &Condition,
        params: &'c Params,
    ) -> Option<Option<Compiled<'c>>> {
        if *condition == Condition::always() {
            return Some(None);
        }
        self.compiled(table, condition, params).map(Some)
    }

    pub(crate) fn compiled<'c>(
        &'c self,
        table: &'c Table,
        condition: &Condition,
        params: &'c Params,
    ) -> Option<Compiled<'c>> {
        let constants = Constants { params, today: self.on, named: self.named };
        compile(condition, self.words, table, constants).ok()
    }

    /// The day lies in the span measured, up to the day measured. Nothing where it counts from a plan's first day and there is none.
    pub(crate) fn in_span(&self, job: &Job<'_>, span: Span, fact: &str) -> Option<Condition> {
        let month = match span {
            Span::Year => 1,
            Span::HalfYear => (self.on.month() - 1) / 6 * 6 + 1,
            Span::Quarter => (self.on.month() - 1) / 3 * 3 + 1,
            Span::Plan => 0,
        };
        let first = match span {
            Span::Plan => job.plan?.period.0,
            _ => Date::new(self.on.year(), month, 1).ok()?,
        };
        let last = self.on;
        read(&format!("{{ fact = \"{fact}\", ge = {first}, le = {last} }}"))
    }

    /// Which rows a formula looks at, besides what its measure says: those `among`, and of gates only the ones asked for.
    pub(crate) fn among_of(job: &Job<'_>) -> Option<Condition> {
        match &job.part.formula {
            Formula::Share { among, .. } => Some(among.clone()),
            Formula::Gates { among, fact, gates, .. } => {
                let words: Vec<String> = gates.resolve(job.params)?.iter().map(|word| format!("\"{word}\"")).collect();
                let gate = read(&format!("{{ fact = \"{}\", in = [{}] }}", fact.value, words.join(", ")))?;
                Some(Condition::All(vec![gate, among.clone()]))
            }
            _ => Some(Condition::always()),
        }
    }

    /// The facts of a job that nobody ever supplied, and the subjects whose records nobody keeps.
    pub(crate) fn missing(&self, job: &Job<'_>) -> Vec<String> {
        let mut facts = job.part.formula.facts();
        if let Some(others) = job.others.filter(|_| !job.part.formula.others().is_empty()) {
            let rests = others.rests_on(job.indicator, job.part);
            facts.extend(rests.into_iter().flat_map(|(_, part)| part.formula.facts()));
            facts.sort();
            facts.dedup();
        }
        let lacks = |(subject, fact): &(Subject, String)| {
            self.table(subject).is_none_or(|table| !table.is_empty() && !table.is_supplied(fact))
        };
        facts.into_iter().filter(lacks).map(|(_, fact)| fact).collect()
    }
}

impl Rows<'_> {
    /// Whether a row is among those looked at.
    pub(crate) fn among(&self, row: usize) -> Tri {
        self.among.as_ref().map_or(Tri::True, |among| among(row))
    }

    /// Whether it passes.
    pub(crate) fn passes(&self, row: usize) -> Tri {
        self.passes.as_ref().map_or(Tri::True, |passes| passes(row))
    }

    /// Whether it is among them and passes.
    pub(crate) fn counts(&self, row: usize) -> Tri {
        match self.among(row) {
            Tri::False => Tri::False,
            among => among.min(self.passes(row)),
        }
    }

    /// Calls `each` with every row that lies in a range of areas, and its place within it.
    pub(crate) fn each(&self, range: &std::ops::Range<u32>, mut each: impl FnMut(usize, usize)) {
        let (start, length) = (range.start, range.end.saturating_sub(range.start));
        for (row, place) in self.places.iter().enumerate() {
            // One comparison for both ends; NOWHERE lies beyond every range.
            let at = place.wrapping_sub(start);
            if at < length {
                each(row, at as usize);
            }
        }
    }
}

/// A condition made here, of names that the catalogue has checked.
fn read(text: &str) -> Option<Condition> {
    let problems = Problems::new();
    let root = Node::parse("planning", &format!("when = {text}"), &problems);
    Condition::read(root.find("when")?, &problems)
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
