//! Who may do what (权限): one pure function over role, desk, area and ownership. Lists use the same scope, so a page never
//! shows what its reader may not open.
#![deny(missing_docs)]

pub mod verb;

pub use verb::{DeskId, Verb};
