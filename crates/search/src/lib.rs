//! The name index (名称索引): a derived, local file beside the database that every node keeps current by following the change
//! rows and can rebuild at any time. It answers fragments of names, codes, filing numbers and first letters of pinyin with exact
//! totals and facets, and proposes the names most like a new one.
//!
//! # Shape
//! `search.db` (SQLite) holds the position per origin, the labels and the organizations changed since the last merge; beside
//! it one immutable *segment* file holds everything older, mapped into memory. A segment is a run of blocks of 65,536 documents
//! in rank order (in force first, then shorter names, then newer): each block has a dictionary of one- and two-character grams,
//! postings that are arrays or bitmaps, the texts for verification and 20 bytes of facts per document. Documents of changed
//! organizations live in blocks of the same shape in memory, and hide their older versions in the segment. [`Index::merge`]
//! folds them into a new segment and swaps it in with one SQLite transaction.
//!
//! # Order and paging
//! The first page fixes a boundary: the rank of its 300th match. Matches up to it are ordered by how well they match, those
//! after it by rank. Both are functions of the document, the query and the boundary alone, so a [`Cursor`] that carries the
//! boundary and the last key goes on exactly where it stopped, whatever is added, changed or merged meanwhile.

mod answer;
mod block;
mod codec;
mod doc;
mod error;
mod facets;
mod grams;
mod index;
mod matching;
mod memory;
mod near;
mod query;
mod segment;
mod state;
mod writer;

pub use doc::{Change, Doc};
pub use error::Error;
pub use facets::Facets;
pub use index::Index;
pub use near::Near;
pub use query::{Cursor, InvalidCursor, Item, Page, Query};

// The generator shared with the bench names this crate as the bench does.
#[cfg(test)]
extern crate self as search;
#[cfg(test)]
mod tests;
