//! What can go wrong with the index.

/// The index could not be read or written. It is derived: deleting `search.db` and its segments and rebuilding always helps.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `search.db`.
    #[error("search.db: {0}")]
    Database(#[from] rusqlite::Error),
    /// A segment file.
    #[error("segment file: {0}")]
    File(#[from] std::io::Error),
    /// A segment that is not whole.
    #[error("segment file is damaged: {0}")]
    Damaged(&'static str),
    /// A kept change that cannot be read.
    #[error("kept change: {0}")]
    Change(#[from] serde_json::Error),
    /// More than 255 different kinds, statuses or grades.
    #[error("more than 255 different labels of one field")]
    Labels,
}
