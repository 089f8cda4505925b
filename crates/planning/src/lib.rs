//! Plans that measure themselves (规划自测): the fact table, indicators over every area in one pass, targets and their standing,
//! glide paths, lists behind a figure, what-if, and frozen snapshots.
//!
//! Pure: no clock, no database. Declarations come from the catalogue ([`catalogue::plans`]); facts are put into a [`FactBase`]
//! by whoever follows the change rows; everything here is a function of these two and a day. `docs/plan-format.md` says how
//! plans are written, `docs/plans.md` how they run.
#![deny(missing_docs)]

pub mod areas;
pub mod cover;
pub mod facts;
pub mod figure;
pub mod file;
pub mod known;
pub mod lists;
pub mod measure;
pub mod overlay;
pub mod period;
pub mod report;
pub mod snapshot;
pub mod standing;
pub mod sweep;
pub mod table;
pub mod whatif;

pub use areas::Areas;
pub use facts::{FactBase, level_word};
pub use figure::{Counts, Figure, Number, Why};
pub use measure::{Job, Measured, Measuring};
pub use overlay::{AimChange, Overlay};
pub use period::Phase;
pub use report::{Line, Report, Reporting, Summary};
pub use standing::{Aimed, Standing, Status};
pub use table::{Layout, Place, Row, Table};
pub use whatif::Differences;
