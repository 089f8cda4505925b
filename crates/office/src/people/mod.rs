//! Persons and their protected values (个人信息): sealed under one key per person, found by keyed hash, shown masked, revealed
//! only by an act with a reason, erased by destroying the key.

pub mod own_data;
pub mod requests;
pub mod reveal;
pub mod sealed;
pub mod vetting;

pub use reveal::Revealed;
pub use sealed::{Keys, SECRET_FIELDS, lookup_form, mask_value};
