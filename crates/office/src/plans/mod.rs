//! Plans at work (规划执行): a plan measured on a day on the facts of this installation, kept as long as nothing changes.
pub mod behind;
pub mod course;
mod execution;
mod freeze;
pub mod indicator;
pub mod lines;
pub mod overlays;
pub mod suppose;
pub mod table;
pub mod view;
pub mod whatif;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use base::{Date, Origin};
use catalogue::Condition;
use catalogue::plans::Plan;
use planning::Overlay;

pub use execution::Execution;
pub use freeze::{Drifted, FrozenDay};

use crate::facts::Ready;
use crate::{Office, Refused};

/// How a plan is looked at.
#[derive(Clone, Debug)]
pub struct Question<'q> {
    /// The plan's id.
    pub plan: &'q str,
    /// The day measured; none: the day on which the plan opens (today, or its last day once that is past).
    pub on: Option<Date>,
    /// Only organizations for which this holds.
    pub only: Option<Condition>,
    /// Parameters and targets supposed otherwise (推演).
    pub supposed: Option<Overlay>,
}

impl<'q> Question<'q> {
    /// A plan as it is, on a day.
    pub fn of(plan: &'q str, on: Option<Date>) -> Self {
        Self { plan, on, only: None, supposed: None }
    }
}

/// A measured plan with the change positions of the facts it was measured on.
type Measured = (BTreeMap<Origin, u64>, Arc<Execution>);

/// What was measured last, by what was asked. Shared by all copies of an [`Office`].
#[derive(Default)]
pub struct Kept(Mutex<BTreeMap<String, Measured>>, course::Remembered);

/// So many measured plans are kept.
const KEPT: usize = 32;

impl Office {
    /// The plan of an id.
    pub fn plan(&self, id: &str) -> Result<&Plan, Refused> {
        self.catalogue.find_plan(id).ok_or(Refused::NotFound("规划"))
    }

    /// A plan measured: every target in the plan's area and everywhere below. From what is kept if no fact changed since.
    pub fn measure_plan(&self, question: &Question<'_>) -> Result<Ready<Arc<Execution>>, Refused> {
        let plan = self.plan(question.plan)?;
        let on = question.on.unwrap_or_else(|| planning::period::opens_on(plan, self.clock.today()));
        let day = match self.facts_on(on)? {
            Ready::Now(day) => day,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let key = question.key(on);
        let positions = day.read().positions().clone();
        if let Some((at, kept)) = self.measured.0.lock().unwrap_or_else(PoisonError::into_inner).get(&key)
            && *at == positions
        {
            return Ok(Ready::Now(Arc::clone(kept)));
        }
        let measured = match Execution::measure(self, question, plan, on, &day)? {
            Ready::Now(measured) => Arc::new(measured),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        };
        let mut kept = self.measured.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT {
            kept.clear();
        }
        kept.insert(key, (positions, Arc::clone(&measured)));
        Ok(Ready::Now(measured))
    }
}

impl Question<'_> {
    fn key(&self, on: Date) -> String {
        let supposed = self.supposed.as_ref().map(|overlay| overlay.to_json().to_string()).unwrap_or_default();
        format!("{}|{on}|{:?}|{supposed}", self.plan, self.only)
    }
}
