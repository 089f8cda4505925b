//! The register (法人资源信息库): what everybody may read of it, and who is told when it changes.
pub mod read;
#[cfg(feature = "testing")]
pub mod testing;
pub mod watches;
