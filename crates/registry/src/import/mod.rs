//! How messy outside tables become clean organizations: which column means what, what each cell says, what is kept and
//! flagged, and what must be rejected with a reason and a suggestion. Files and rows are read by the caller.

pub mod clean;
pub mod mapping;
pub mod row;

pub use mapping::{Column, Mapping};
pub use row::{Context, Fault, Places, Reading, Severity, read_row};
