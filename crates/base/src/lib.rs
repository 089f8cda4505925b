//! The words every other room uses: identifiers, codes, dates, working days, areas, money, and the two sources of
//! everything that is not a function of its input, [`Clock`] and [`Rng`].
//!
//! Pure: nothing here opens a file, a socket or a database.
#![deny(missing_docs)]

pub mod area;
pub mod areas;
pub mod clock;
pub mod code;
pub mod id;
pub mod money;
pub mod rng;
pub mod workdays;

pub use area::{AreaCode, AreaLevel, Origin};
pub use areas::{Area, AreaTree};
pub use clock::{Clock, Instant};
pub use code::{CitizenNumber, CreditCode, FilingNumber};
pub use id::{AccountId, BodyId, CaseId, CertificateId, EntryId, FileId, JobId, OrgId, PersonId, RecordId};
/// A calendar day (公历日期), printed `2026-11-21`.
pub use jiff::civil::Date;
pub use money::Fen;
pub use rng::Rng;
pub use workdays::{Calendar, Deadline, Span};
