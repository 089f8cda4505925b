//! Plans and indicators (规划、指标) as data: what is measured, by which closed formula, and what a policy document asks of it.
//!
//! This is the *declaration*: files are read and checked here, like matters and registers, so that `yishe catalogue check`
//! covers them. The `planning` room computes. File formats: `docs/plan-format.md`.
mod amount;
mod check;
mod check_others;
mod fraction;
mod indicator;
mod others;
mod plan;
mod read_formula;
mod read_others;
mod read_plan;
mod read_target;

pub use amount::Amount;
pub use fraction::Fraction;
pub use indicator::{Against, Bar, Formula, Gates, Groups, Indicator, Lapse, Measure, Part, Population, Span, Take};
pub use others::{AreaFigures, OfAreas, Other, Pass, Rival, Term, Wanted};
pub use plan::{
    Adjustment, Aim, Baseline, Binding, Every, Op, Plan, Remark, Said, Stage, Target, Task, Worth, worth_of,
};
pub(crate) use read_plan::Around;
