//! The journal (全程留痕): every act leaves one entry, chained per subject, sealed together, and checkable by an outsider.
//!
//! An [`Entry`] is made from a [`Draft`] by [`chain`]; its digest covers canonical bytes written down in `docs/JOURNAL.md`.
//! Entries name the rows they wrote ([`RowProof`], or one [`Batch`] for bulk) and the files they rely on. A [`Seal`] closes
//! the heads of all chains that moved since the last one. [`Verifier`] re-computes all of it and names the first bad place.
//!
//! Pure: nothing here opens a file, a socket or a database; `store` supplies entries and implements [`Evidence`].
#![deny(missing_docs)]

mod canonical;
mod entry;
mod fault;
pub mod merkle;
mod row;
mod row_check;
mod seal;
mod seal_log;
mod verify;

pub use canonical::Canonical;
pub use entry::{Algorithm, Draft, Entry, InvalidSubject, RowProof, Start, Subject, chain};
pub use fault::{Broken, Fault, Place, Stop};
pub use row::{Batch, Part, Value, batch_of, row_digest, row_digest_of};
pub use row_check::{CurrentRow, Evidence, Standing, StoredFile};
pub use seal::{Head, RepeatedHead, Seal};
pub use seal_log::{LogFault, cross_check, parse_log};
pub use verify::{Depth, Report, Verifier};
