//! A measured plan that can be kept: figures and what they were measured with, without holding the facts of other days.
use std::sync::Arc;

use base::{AreaCode, Date};
use catalogue::plans::Plan;
use catalogue::{Catalogue, Condition, Params};
use planning::report::{Figures, params_of};
use planning::{FactBase, Measuring, Report, Reporting};

use super::Question;
use crate::facts::{Day, Ready};
use crate::{Office, Refused};

/// A plan measured on a day.
pub struct Execution {
    /// The plan: the pack's, or with the targets supposed.
    pub plan: Plan,
    /// The parameters used: those that hold, or with those supposed.
    pub params: Params,
    /// The day measured.
    pub on: Date,
    /// The facts it was measured on. Lists behind a figure are read from them.
    pub day: Arc<Day>,
    /// The areas of the last year's end and of the plan's eve: areas are all that reading a figure of those days needs.
    before: Option<FactBase>,
    start: Option<FactBase>,
    only: Option<Condition>,
    figures: Figures,
    catalogue: Arc<Catalogue>,
}

impl std::fmt::Debug for Execution {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Execution").field("plan", &self.plan.id).field("on", &self.on).finish_non_exhaustive()
    }
}

impl Execution {
    pub(super) fn measure(
        office: &Office,
        question: &Question<'_>,
        plan: &Plan,
        on: Date,
        day: &Arc<Day>,
    ) -> Result<Ready<Self>, Refused> {
        let eve = plan.period.0.yesterday().map_err(Refused::internal)?;
        let year_end = Date::new(on.year() - 1, 12, 31).map_err(Refused::internal)?;
        let mut others = Vec::new();
        for other in [year_end, eve] {
            match office.facts_on(other)? {
                Ready::Now(facts) => others.push(facts),
                Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
            }
        }
        let lineage: Vec<AreaCode> = office.lineage(&plan.area, on);
        let params = params_of(&office.catalogue, plan, &lineage, on);
        let adjusted = plan.as_of(on);
        let (plan, params) = match &question.supposed {
            Some(overlay) => (overlay.plan(&adjusted), overlay.params(&params)),
            None => (adjusted, params),
        };
        // A day is read once: a second reading of the same day would wait for a writer that waits for the first.
        let same = |one: &Arc<Day>, other: &Arc<Day>| Arc::ptr_eq(one, other);
        let (before, start) = (&others[0], &others[1]);
        let now = day.read();
        let before_facts = (!same(before, day)).then(|| before.read());
        let start_facts = (!same(start, day) && !same(start, before)).then(|| start.read());
        let year_before = (year_end < on).then(|| before_facts.as_deref().unwrap_or(&now));
        let eve_facts = (eve < on).then(|| match &start_facts {
            Some(facts) => &**facts,
            None if same(start, before) => before_facts.as_deref().unwrap_or(&now),
            None => &now,
        });
        let measuring = Measuring {
            before: year_before,
            ..Measuring::new(&now, office.catalogue.words(), office.catalogue.named())
        };
        let asked = Reporting {
            catalogue: &office.catalogue,
            plan: &plan,
            params: &params,
            start: eve_facts,
            only: question.only.as_ref(),
        };
        let figures = asked.measure(&measuring, 2).figures();
        let (before, start) = (year_before.map(FactBase::outline), eve_facts.map(FactBase::outline));
        let only = question.only.clone();
        let (day, catalogue) = (Arc::clone(day), Arc::clone(&office.catalogue));
        Ok(Ready::Now(Self { plan, params, on, day, before, start, only, figures, catalogue }))
    }

    /// Reads the figures: `report.lines(measuring, area)`, `report.ranked(…)`, and the lists behind them,
    /// `measuring.list(&report.asked.jobs(measuring)[n], Which::Lacking)`. Following waits meanwhile, so only read.
    pub fn with<R>(&self, read: impl FnOnce(&Report<'_>, &Measuring<'_>) -> R) -> R {
        let facts = self.day.read();
        let measuring = Measuring {
            before: self.before.as_ref(),
            ..Measuring::new(&facts, self.catalogue.words(), self.catalogue.named())
        };
        let asked = Reporting {
            catalogue: &self.catalogue,
            plan: &self.plan,
            params: &self.params,
            start: self.start.as_ref(),
            only: self.only.as_ref(),
        };
        read(&asked.recall(self.on, &self.figures), &measuring)
    }

    /// Reads the figures of two executions on the same facts, which are read once: what is, and what is supposed.
    pub fn beside<R>(&self, other: &Self, read: impl FnOnce(&Measuring<'_>, &Report<'_>, &Report<'_>) -> R) -> R {
        self.with(|report, measuring| {
            let asked = Reporting {
                catalogue: &other.catalogue,
                plan: &other.plan,
                params: &other.params,
                start: other.start.as_ref(),
                only: other.only.as_ref(),
            };
            read(measuring, report, &asked.recall(other.on, &other.figures))
        })
    }
}
