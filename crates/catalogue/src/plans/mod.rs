//! Plans and indicators (规划、指标) as data: what is measured, by which closed formula, and what a policy document asks of it.
//!
//! This is the *declaration*: files are read and checked here, like matters and registers, so that `yishe catalogue check`
//! covers them. The `planning` room computes. File formats: `docs/plan-format.md`.
mod check;
mod fraction;
mod indicator;
mod plan;
mod read_formula;
mod read_plan;

pub use fraction::Fraction;
pub use indicator::{Against, Bar, Formula, Gates, Groups, Indicator, Measure, Part, Population, Take};
pub use plan::{Aim, Baseline, Op, Plan, Remark, Said, Stage, Target, Task, Worth, worth_of};
pub(crate) use read_plan::Around;
