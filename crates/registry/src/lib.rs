//! What the register means: organizations of the three legal-person kinds and filed community organizations, their dated
//! versions, three separate states, officers, names, data quality, and how messy outside records become clean ones.
//!
//! Pure: the rows are kept by `store`, the acts are done by `office`.
#![deny(missing_docs)]

pub mod generate;
pub mod import;
pub mod kind;
pub mod names;
pub mod officer;
pub mod organization;
pub mod quality;
pub mod state;

pub use kind::{DirectClass, Kind, ManagementMode};
pub use officer::{Officer, Post};
pub use organization::{Change, Organization};
pub use state::{Credit, Operation, Registration, States, Transition, TransitionRefused};
