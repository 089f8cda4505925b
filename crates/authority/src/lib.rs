//! Who may do what (权限): one pure function over role, desk, area and ownership. Lists use the same scope, so a page never
//! shows what its reader may not open.
#![deny(missing_docs)]

pub mod actor;
pub mod keep;
pub mod may;
pub mod subject;
#[cfg(test)]
mod tests;
pub mod verb;

pub use actor::{Actor, AdminRole, Post};
pub use keep::keeps;
pub use may::{Denied, Scope, may, scope, seat};
pub use subject::{CaseSubject, OrgSubject, Subject, TaskSubject, Territory};
pub use verb::{DeskId, Verb};
