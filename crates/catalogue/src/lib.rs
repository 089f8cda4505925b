//! The typed catalogue (事项目录): what an authority does, as data. Parse, check, resolve by area and date; conditions that
//! explain themselves; parameters with their clause; packs, overlays, registers, rules, duties, and the trace to the clauses.
//!
//! Pure: text comes in through [`Source`]; nothing here opens a socket or a database, or asks for the time.
//! The file formats are described in `docs/catalogue.md`.
#![deny(missing_docs)]

mod answers;
pub mod catalogue;
mod checking;
pub mod condition;
pub mod duties;
mod effects;
pub mod facts;
mod guides;
pub mod lists;
mod loading;
pub mod matter;
pub mod named;
pub mod names;
pub mod new_pack;
pub mod overlay;
pub mod pack;
pub mod param_book;
pub mod params;
pub mod plans;
pub mod problem;
pub mod reader;
pub mod registers;
pub mod resolved;
pub mod rules;
mod slot;
pub mod source;
pub mod subject;
mod syntax;
pub mod trace;
pub mod tree;
mod tree_de;
pub mod value;

pub use answers::FormAnswers;
pub use catalogue::{Catalogue, NoMatter};
pub use condition::{Condition, Facts, Reading, Tri};
pub use facts::{FactDef, Supply, Vocabulary};
pub use named::{NamedCheck, NamedChecks, Verdict};
pub use new_pack::NewPack;
pub use overlay::Overlay;
pub use pack::{Document, DocumentState, Pack, PackLevel, Packs};
pub use param_book::ParamBook;
pub use params::{Confidence, ParamValue, Params, Unit};
pub use plans::{Formula, Indicator, Plan};
pub use problem::{Citation, Located, Place, Problem, Problems, Severity};
pub use reader::Reader;
pub use registers::{Register, RegisterField};
pub use resolved::{Resolved, Sourced};
pub use rules::Rule;
pub use source::{Files, Source};
pub use subject::Subject;
pub use tree::{Data, Node};
pub use value::{Kind, Value};
