//! Names (名称): one normal form, their parts, the naming rules as data, the duplicate rule and likeness with reasons.
//!
//! No word list and no article lives here: [`NameRules`] is filled from the catalogue, areas come through [`Gazetteer`].

mod duplicate;
mod fold;
mod normalize;
mod parts;
mod pinyin;
mod rules;
mod similarity;
#[cfg(test)]
mod tests;

pub use duplicate::{DuplicateRule, Ended, Holder, duplicates};
pub use normalize::{Mapped, normalize, normalize_mapped};
pub use parts::{AreaPrefix, Gazetteer, NameParts, parse};
pub use pinyin::{initials, same_sound, syllables};
pub use rules::{Finding, KindRule, NameRules, Severity, WordRule, check};
pub use similarity::{Part, Reason, Relation, Similarity, similarity};
