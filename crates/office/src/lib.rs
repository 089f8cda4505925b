//! Use cases (办理): the only place where catalogue, engine, register, vault, journal and store meet.
//!
//! Each public function is one use case. Reads go through [`store::Db::read`]; every write is an act through [`Office::act`]:
//! load → may → decide → apply → rows → effects → entry → change → jobs → commit.

pub mod accounts;
pub mod act;
pub mod audit;
pub mod bulk;
pub mod cases;
pub mod connector;
pub mod demo;
pub mod desk;
pub mod drafts;
pub mod effects;
pub mod facts;
pub mod files;
pub mod gazetteer;
pub mod generate;
pub mod import;
pub mod ledger;
pub mod lookup;
pub mod names;
pub mod notices;
pub mod params;
pub mod people;
pub mod plans;
mod proof;
pub mod record;
mod refused;
pub mod register;
pub mod registers;
pub mod reviews;
pub mod site_faults;
mod staged;
#[cfg(feature = "testing")]
pub mod testing;
pub mod timer;
pub mod typed;
pub mod verify;

use std::sync::Arc;

pub use act::{Deed, Work};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{Clock, Rng};
pub use files::Files;
pub use refused::{Refused, Wrong};
use store::{Db, Statement};
use vault::Vault;

/// Everything a use case needs. Cheap to clone.
#[derive(Clone)]
pub struct Office {
    /// The database.
    pub db: Db,
    /// Keys, outside database and backups.
    pub keys: Arc<dyn Vault>,
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
    /// The derived name index, where this process keeps one.
    pub index: Option<Arc<search::Index>>,
    /// Area names by their beginning.
    pub gazetteer: Arc<gazetteer::Gazetteer>,
    /// Connections to outside systems, and where organization codes come from.
    pub outside: Arc<connector::Outside>,
    /// Editions of matters already read.
    pub editions: cases::Editions,
    /// The facts of today and of the days asked for last.
    pub facts: Arc<facts::Keeper>,
    /// Plans measured on them.
    pub measured: Arc<plans::Kept>,
}

/// Loads a catalogue with the checks that are written in Rust; a matter with an effect that this platform cannot run is refused.
pub fn load_catalogue(source: &dyn catalogue::Source) -> Result<catalogue::Catalogue, Vec<catalogue::Problem>> {
    let loaded = catalogue::Catalogue::load(source, &catalogue::NamedChecks::default())?;
    let problems = loaded.check_effects(effects::SUPPORTED);
    if problems.is_empty() { Ok(loaded) } else { Err(problems) }
}

/// Every statement of this crate, for the test that prepares them all.
pub fn statements() -> Vec<Statement> {
    [
        ledger::ALL,
        audit::ALL,
        &accounts::statements(),
        &register::statements(),
        reviews::ALL,
        verify::ALL,
        import::ALL,
        demo::ALL,
        &register::read::statements(),
        register::watches::ALL,
        site_faults::ALL,
    ]
    .concat()
}
