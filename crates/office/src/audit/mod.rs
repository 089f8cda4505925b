//! The journal in practice (留痕): sealing it, verifying it against everything it vouches for, and reading it as sentences.

mod checks;
mod evidence;
mod history;
mod log;
mod rows;
mod seal;
mod sorted;
mod subjects;
mod verify;
mod words;

pub use history::{Line, Told};
pub use journal::Depth;
pub use log::SealLog;
pub use verify::{Finding, Progress, Report, verify};
pub use words::act_label;

/// For the test that prepares all statements.
pub(crate) const ALL: &[store::Statement] = checks::ALL;
