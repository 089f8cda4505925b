//! What if (政策推演): what would be different between a plan as it is and as an [`crate::Overlay`] supposes it, or between two.
use base::AreaCode;
use catalogue::plans::Fraction;
use catalogue::{Subject, Tri};

use crate::figure::Figure;
use crate::measure::Measuring;
use crate::report::{Entry, Report};
use crate::standing::Status;

/// A subject that would be judged otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flip {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// What the subject is.
    pub subject: Subject,
    /// Its id.
    pub id: u128,
    /// Its row.
    pub row: usize,
    /// The area it counts in.
    pub area: u32,
    /// Before: none if it was not looked at.
    pub from: Option<Tri>,
    /// After.
    pub to: Option<Tri>,
}

/// A figure that would be another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// The area.
    pub area: u32,
    /// Before and after.
    pub figures: (Figure, Figure),
}

/// A target that would stand otherwise.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Turn {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// The area.
    pub area: u32,
    /// Before and after.
    pub status: (Status, Status),
    /// What was asked, before and after.
    pub wanted: (Option<Fraction>, Option<Fraction>),
}

/// Everything that would be different.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Differences {
    /// Subjects judged otherwise.
    pub subjects: Vec<Flip>,
    /// Figures that are others, money included.
    pub areas: Vec<Shift>,
    /// Targets that stand otherwise, or ask for another number.
    pub targets: Vec<Turn>,
}

/// What is different between two reports on the same facts: the real one and the supposed one.
pub fn compare(measuring: &Measuring<'_>, real: &Report<'_>, supposed: &Report<'_>) -> Differences {
    let mut out = Differences::default();
    let jobs = (real.asked.jobs(measuring), supposed.asked.jobs(measuring));
    for (index, (before, after)) in real.entries.iter().zip(&supposed.entries).enumerate() {
        let name = (before.indicator.id.clone(), before.part.id.clone());
        let rests = real.asked.catalogue.rests_on(before.indicator, before.part);
        let params: Vec<String> = rests.into_iter().flat_map(|(_, part)| part.formula.params()).collect();
        let value =
            |report: &Report<'_>, name: &String| report.asked.params.find(name).map(|param| param.value.clone());
        if params.iter().any(|name| value(real, name) != value(supposed, name)) {
            let (Some(old), Some(new)) = (jobs.0.get(index), jobs.1.get(index)) else { continue };
            out.subjects.extend(flips(measuring, &name, old, new));
            out.areas.extend(shifts(&name, before, after));
        }
        out.targets.extend(turns(measuring, &name, (real, before), (supposed, after)));
    }
    out
}

fn flips(measuring: &Measuring<'_>, name: &(String, String), old: &crate::Job<'_>, new: &crate::Job<'_>) -> Vec<Flip> {
    let Some(subject) = Measuring::subject_of(old) else { return Vec::new() };
    let judged = |among: Tri, passes: Tri| (among != Tri::False).then(|| among.min(passes).max(unclear(among, passes)));
    let mut before = Vec::new();
    measuring.each(old, |listed, among, passes| before.push((listed.row, judged(among, passes))));
    let mut out = Vec::new();
    let mut next = before.into_iter();
    measuring.each(new, |listed, among, passes| {
        // Both walk the same rows of the same table in the same order.
        let from = next.next().and_then(|(_, from)| from);
        let to = judged(among, passes);
        if from != to {
            let (subject, indicator) = (subject.clone(), name.clone());
            out.push(Flip { indicator, subject, id: listed.id, row: listed.row, area: listed.area, from, to });
        }
    });
    out
}

/// Somebody who is perhaps looked at is not known, whatever the filter says.
fn unclear(among: Tri, passes: Tri) -> Tri {
    if among == Tri::Unknown && passes != Tri::False { Tri::Unknown } else { Tri::False }
}

fn shifts(name: &(String, String), before: &Entry<'_>, after: &Entry<'_>) -> Vec<Shift> {
    let figures = |area: u32| (before.now.at(area), after.now.at(area));
    let changed = before.now.range().map(|area| (area, figures(area))).filter(|(_, (old, new))| old != new);
    changed.map(|(area, figures)| Shift { indicator: name.clone(), area, figures }).collect()
}

fn turns<'a>(
    measuring: &Measuring<'_>,
    name: &(String, String),
    real: (&Report<'a>, &Entry<'a>),
    supposed: (&Report<'_>, &Entry<'_>),
) -> Vec<Turn> {
    let areas = measuring.base.areas();
    // Every area has its own standing; communities are told by the subjects that flip.
    let told = |area: &u32| areas.level(*area).is_some_and(|level| level < base::AreaLevel::Community);
    let turn = |area: u32| {
        let ancestry: Vec<AreaCode> =
            areas.ancestry(area).into_iter().filter_map(|at| areas.code(at).cloned()).collect();
        let old = real.0.line(measuring, real.1, &ancestry, area)?.standing;
        let new = supposed.0.line(measuring, supposed.1, &ancestry, area)?.standing;
        let other = old.status != new.status || old.wanted != new.wanted;
        other.then(|| Turn {
            indicator: name.clone(),
            area,
            status: (old.status, new.status),
            wanted: (old.wanted, new.wanted),
        })
    };
    real.1.now.range().filter(told).filter_map(turn).collect()
}
