//! Registers (名册) as people keep them: entering, correcting, ending, withdrawing, importing, reading. What a record holds, who may
//! enter it and what the public sees is declared in the catalogue; nothing here knows a register by name.
pub mod cover;
mod follow;
mod judge;
pub mod keep;
mod parts;
pub mod read;
pub mod remind;
pub mod rights;
pub mod seal;
pub mod tasks;
pub mod values;
pub mod view;
pub(crate) mod write;

pub use keep::{Edit, How, Incoming};
pub use read::{Ask, RecordPage, RegisterLine};
pub use view::RecordView;

/// A record that was entered and holds.
pub const ACTIVE: &str = "active";
/// A record that has ended (已结束).
pub const LEFT: &str = "left";
/// A record entered by mistake and taken back (已撤销): it never was.
pub const WITHDRAWN: &str = "withdrawn";
