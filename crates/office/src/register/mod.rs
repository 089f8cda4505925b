//! The register (法人资源信息库): what everybody may read of it, and who is told when it changes.
pub mod amend;
pub mod decoupling;
pub mod handover;
pub mod quality;
pub mod read;
pub mod sharing;
pub mod snapshots;
#[cfg(feature = "testing")]
pub mod testing;
pub mod watches;

/// For the test that prepares all statements.
pub(crate) fn statements() -> Vec<store::Statement> {
    [handover::ALL, quality::ALL, sharing::ALL, snapshots::ALL].concat()
}
