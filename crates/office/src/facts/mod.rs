//! The fact table (事实表) of this process: what every subject of the register is on a day, in memory, for indicators and rules.
//!
//! Today's table follows the change rows as the name index does; another day's is built from the dated versions. Each is a function of
//! the database alone: it can be thrown away and made anew at any time.
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use base::Date;
use planning::FactBase;

use crate::{Office, Refused};

/// The facts of one day, shared by everybody who measures.
pub struct Day(RwLock<FactBase>);

impl Day {
    fn of(base: FactBase) -> Arc<Self> {
        Arc::new(Self(RwLock::new(base)))
    }

    /// For measuring. Following waits meanwhile, so hold it no longer than one measurement.
    pub fn read(&self) -> RwLockReadGuard<'_, FactBase> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, FactBase> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Day").field("date", &self.read().date()).finish_non_exhaustive()
    }
}

/// How far the facts of a day that was asked for are.
#[derive(Clone, Debug)]
pub enum Ready<T> {
    /// There they are.
    Now(T),
    /// Being made ready: so many subjects of so many have been read. Ask again.
    Soon {
        /// The day whose facts are being read.
        day: Date,
        /// Read so far.
        done: u64,
        /// Of so many; 0 while that is not known.
        of: u64,
    },
}

/// What this process keeps of facts. Shared by all copies of an [`Office`].
#[derive(Default)]
pub struct Keeper {
    today: RwLock<Option<Arc<Day>>>,
}

impl Office {
    /// The facts of a day as known now. Today's are kept current; the first question for another day starts making it.
    pub fn facts_on(&self, day: Date) -> Result<Ready<Arc<Day>>, Refused> {
        let kept = self.facts.today.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| kept.read().date() == day) {
            return Ok(Ready::Now(kept));
        }
        let built = Day::of(FactBase::new(&self.catalogue, &self.areas, day));
        if day == self.clock.today() {
            *self.facts.today.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&built));
        }
        Ok(Ready::Now(built))
    }
}
