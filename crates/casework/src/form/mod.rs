//! The form: reading posted text into typed answers, judging them, and showing them again before they are sent.

mod parse;
mod summary;
mod validate;

use serde::{Deserialize, Serialize};

pub use parse::{Posted, parse_field, parse_form, plain_text};
pub use summary::{SummaryRow, SummarySection, mask, show};

/// One thing that is wrong: with a field, a material, or the whole (empty `field`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FieldFault {
    /// The field's or material's name; columns as `founders.0.share`, parts as `chair.phone`.
    pub field: String,
    /// Its label.
    pub label: String,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to do.
    pub next: String,
    /// The clause, where there is one.
    pub clause: String,
    /// The explanation of the condition behind it, where there is one.
    pub why: String,
}

impl FieldFault {
    /// A fault without clause.
    pub fn new(field: &str, label: &str, message: impl Into<String>, next: impl Into<String>) -> Self {
        Self {
            field: field.to_owned(),
            label: label.to_owned(),
            message: message.into(),
            next: next.into(),
            clause: String::new(),
            why: String::new(),
        }
    }
}
