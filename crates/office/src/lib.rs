//! Use cases (办理): the only place where catalogue, engine, register, vault, journal and store meet.
//!
//! Each public function is one use case. Reads go through [`store::Db::read`]; every write is an act through [`Office::act`]:
//! load → may → decide → apply → rows → effects → entry → change → jobs → commit.

pub mod act;
pub mod files;
pub mod ledger;
mod refused;

use std::sync::Arc;

pub use act::{Deed, Work};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{Clock, Rng};
pub use files::Files;
pub use refused::{Refused, Wrong};
use store::{Db, Statement};
use vault::KeyRing;

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    /// The database.
    pub db: Db,
    /// Keys, outside database and backups.
    pub keys: Arc<KeyRing>,
    /// Time.
    pub clock: Arc<Clock>,
    /// Randomness.
    pub rng: Arc<Rng>,
    /// Areas, dated.
    pub areas: Arc<AreaTree>,
    /// Working days.
    pub calendar: Arc<Calendar>,
    /// The law as data.
    pub catalogue: Arc<catalogue::Catalogue>,
    /// Stored files.
    pub files: Files,
}

/// Every statement of this crate, for the test that prepares them all.
pub fn statements() -> Vec<Statement> {
    [ledger::ALL].concat()
}
