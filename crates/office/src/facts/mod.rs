//! The fact table (事实表) of this process: what every subject of the register is on a day, in memory, for indicators and rules.
//!
//! Today's table follows the change rows as the name index does; another day's is built from the dated versions, kept as a file, and
//! follows the same rows, so that what is entered late changes the past day too. Each is a function of the database alone: it can be
//! thrown away and made anew at any time. Who supplies which fact is one table, `supply::SUPPLIED`.
mod build;
pub mod explain;
mod files;
mod follow;
mod items;
mod make;
mod registers;
mod supply;
#[cfg(test)]
mod tests;
mod writer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use base::{Date, Instant};
use planning::FactBase;

use crate::{Office, Refused};
use build::Ahead;
use make::Making;

/// The facts of one day, shared by everybody who measures.
pub struct Day {
    date: Date,
    base: RwLock<FactBase>,
    ahead: Mutex<Ahead>,
    /// They are today's, and what only today can tell is in them.
    live: bool,
    /// Something is in them that is not in the file.
    dirty: AtomicBool,
}

impl Day {
    fn of(base: FactBase, ahead: Ahead, live: bool) -> Arc<Self> {
        Arc::new(Self {
            date: base.date(),
            base: RwLock::new(base),
            ahead: Mutex::new(ahead),
            live,
            dirty: AtomicBool::new(true),
        })
    }

    /// Which day.
    pub fn date(&self) -> Date {
        self.date
    }

    /// For measuring. Following waits meanwhile, so hold it no longer than one measurement, and never two of one day at a time.
    pub fn read(&self) -> RwLockReadGuard<'_, FactBase> {
        self.base.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, FactBase> {
        self.base.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl std::fmt::Debug for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Day").field("date", &self.date).finish_non_exhaustive()
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

/// So many days besides today are held in memory: the year-end before and the eve of the plan, which each plan page needs, and the day
/// itself where the plan is over.
const OTHERS: usize = 3;

#[derive(Default)]
struct Held {
    today: Option<Arc<Day>>,
    /// The one asked for last comes last.
    others: Vec<Arc<Day>>,
}

/// What this process keeps of facts. Shared by all copies of an [`Office`].
#[derive(Default)]
pub struct Keeper {
    /// Where files of days are kept; nowhere: days are built anew each time.
    folder: Option<PathBuf>,
    held: Mutex<Held>,
    /// One follows at a time.
    following: Mutex<()>,
    making: Making,
    version: AtomicU64,
    /// A thread follows; who asks need not.
    followed: AtomicBool,
    enforcement: OnceLock<bool>,
}

impl std::fmt::Debug for Keeper {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keeper").field("folder", &self.folder).finish_non_exhaustive()
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Keeper {
    /// Keeps files of days in this folder.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder: Some(folder), ..Self::default() }
    }

    fn today(&self) -> Option<Arc<Day>> {
        locked(&self.held).today.clone()
    }

    fn set_today(&self, day: Arc<Day>) {
        locked(&self.held).today = Some(day);
    }

    /// Today's and the others.
    fn held(&self) -> Vec<Arc<Day>> {
        let held = locked(&self.held);
        held.today.iter().chain(&held.others).cloned().collect()
    }

    /// The day asked for, if it is held; it is the last to go now.
    fn find(&self, date: Date, today: Date) -> Option<Arc<Day>> {
        let mut held = locked(&self.held);
        if date == today {
            return held.today.clone().filter(|day| day.date == date);
        }
        let at = held.others.iter().position(|day| day.date == date)?;
        let found = held.others.remove(at);
        held.others.push(Arc::clone(&found));
        Some(found)
    }

    /// Holds another day; gives the one that had to go.
    fn hold(&self, day: Arc<Day>) -> Option<Arc<Day>> {
        let mut held = locked(&self.held);
        held.others.push(day);
        (held.others.len() > OTHERS).then(|| held.others.remove(0))
    }

    fn moved(&self) {
        self.version.fetch_add(1, Ordering::Release);
    }
}

impl Office {
    /// The facts of a day as known now. Today's are kept current; the first question for another day starts making it.
    pub fn facts_on(&self, day: Date) -> Result<Ready<Arc<Day>>, Refused> {
        let today = self.clock.today();
        if let Some(found) = self.facts.find(day, today) {
            if !self.facts.followed.load(Ordering::Relaxed) {
                self.follow_facts()?;
            }
            return Ok(Ready::Now(found));
        }
        self.make_facts(day)
    }

    /// Grows with every change of today's facts: what was shown at another number may be out of date.
    pub fn facts_version(&self) -> u64 {
        self.facts.version.load(Ordering::Acquire)
    }

    /// The facts of a day as they were known at a moment (当时所知). Made for this question alone, and not kept.
    pub fn facts_known(&self, day: Date, known: Instant) -> Result<FactBase, Refused> {
        Ok(self.build_facts(day, Some(known), false, &|_, _| true)?.base)
    }
}
