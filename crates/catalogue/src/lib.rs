//! The typed catalogue (事项目录): what an authority does, as data. Parse, check, resolve by area and date; conditions that
//! explain themselves; parameters with their clause; packs, overlays, registers, rules, duties, and the trace to the clauses.
//!
//! Pure: text comes in through [`Source`]; nothing here opens a socket or a database, or asks for the time.
//! The file formats are described in `docs/catalogue.md`.
#![deny(missing_docs)]

pub mod condition;
pub mod facts;
pub mod matter;
pub mod named;
pub mod pack;
pub mod params;
pub mod problem;
pub mod reader;
pub mod source;
pub mod tree;
mod tree_de;
pub mod value;

pub use condition::{Condition, Facts, Reading, Tri};
pub use facts::{FactDef, Vocabulary};
pub use named::{NamedCheck, NamedChecks, Verdict};
pub use pack::{Document, Pack, PackLevel, Packs};
pub use params::{Confidence, ParamBook, ParamValue, Params, Unit};
pub use problem::{Citation, Located, Place, Problem, Problems, Severity};
pub use reader::Reader;
pub use source::{Files, Source};
pub use tree::{Data, Node};
pub use value::{Kind, Value};
