//! The register's read side (查询): search, dossier, differences, lists, changes and figures, all of them public. Nothing here reads
//! personal data: officers come masked, and addresses are those of organizations.
pub mod ask;
pub mod changes;
pub mod dossier;
pub mod lists;
pub mod search;
pub mod structure;
pub mod summary;
#[cfg(test)]
mod tests;

use store::Statement;

/// Every statement of this folder, for the test that prepares them all.
pub fn statements() -> Vec<Statement> {
    [summary::ALL, changes::ALL].concat()
}
