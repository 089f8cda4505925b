//! Checkpoints (检查点): what SQLite's write-ahead log has gathered is carried over into the database file by a thread of its own,
//! so that no act waits for it (left to itself, SQLite lets every few hundredth commit do it).
//!
//! A log can only begin anew when all of it has been carried over, and while somebody writes there is always a little left. So the
//! thread carries over most of it beside the writer and asks the writer to carry over the last few pages between two groups. Chunks of
//! an import can follow each other faster than the disk takes them; they are held back after the first round, so that the log stays
//! about as long as what one round takes, and ordinary acts are not.
use std::path::Path;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use rusqlite::Connection;

use crate::error::from_sqlite;
use crate::{DbError, sqlite};

/// Pages that the writer carries over itself without anybody noticing: 2 MiB.
const LITTLE: u32 = 512;
/// Bulk acts wait as long as it takes (the thread lets them through itself when a reader of an old moment holds the log up); this is
/// for a disk that does not answer. Less would let the log grow without end on a disk slower than the writer.
const PATIENCE: Duration = Duration::from_mins(2);

/// What the writer, the thread and bulk acts tell each other.
pub(crate) struct Log {
    /// Pages from which it is worth the two fsyncs to carry them over.
    worthwhile: u32,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// Pages in the log after the last commit.
    pages: u32,
    /// So many pages were there when the thread last gave up: it waits for more.
    given_up_at: u32,
    /// The writer shall carry over what is left.
    finish: bool,
    /// Bulk acts wait.
    crowded: bool,
    closing: bool,
}

impl Log {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The writer says how long the log is.
    pub(crate) fn committed(&self, pages: u32) {
        let mut state = self.state();
        if pages < state.given_up_at {
            state.given_up_at = 0;
        }
        state.pages = pages;
        if self.is_due(&state) {
            self.changed.notify_all();
        }
    }

    /// The writer asks, between groups, whether the rest is left to it.
    pub(crate) fn is_left_to_writer(&self) -> bool {
        std::mem::take(&mut self.state().finish)
    }

    /// A bulk act waits here while the log is being brought to its end.
    pub(crate) fn wait_for_room(&self) {
        drop(self.changed.wait_timeout_while(self.state(), PATIENCE, |state| state.crowded && !state.closing));
    }

    /// Waits until there is something to carry over; `false` when the database is closed.
    fn wait_for_work(&self) -> bool {
        let state = self.changed.wait_while(self.state(), |state| !state.closing && !self.is_due(state));
        !state.unwrap_or_else(PoisonError::into_inner).closing
    }

    /// Lets bulk acts wait from now on; whether they waited before.
    fn crowd(&self) -> bool {
        std::mem::replace(&mut self.state().crowded, true)
    }

    /// Tries again when there is more.
    fn give_up(&self) {
        let pages = self.state().pages;
        self.let_bulk_through(false, pages);
    }

    fn is_due(&self, state: &State) -> bool {
        state.pages >= state.given_up_at.saturating_add(self.worthwhile)
    }

    fn let_bulk_through(&self, finish: bool, given_up_at: u32) {
        let mut state = self.state();
        (state.crowded, state.finish, state.given_up_at) = (false, finish, given_up_at);
        // These pages have been dealt with, even if nobody commits for a while.
        state.pages = 0;
        drop(state);
        self.changed.notify_all();
    }
}

/// The thread.
pub(crate) struct Checkpointer {
    log: Arc<Log>,
    thread: Option<JoinHandle<()>>,
}

impl Checkpointer {
    pub(crate) fn start(path: &Path, worthwhile: u32) -> Result<Self, DbError> {
        let connection = sqlite::connect(path, true, 256)?;
        let log = Arc::new(Log { worthwhile, state: Mutex::default(), changed: Condvar::new() });
        let thread = std::thread::Builder::new()
            .name("sqlite-checkpoint".to_owned())
            .spawn({
                let log = Arc::clone(&log);
                move || {
                    while log.wait_for_work() {
                        empty(&connection, &log);
                    }
                }
            })
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { log, thread: Some(thread) })
    }

    pub(crate) fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log)
    }
}

impl Drop for Checkpointer {
    fn drop(&mut self) {
        self.log.state().closing = true;
        self.log.changed.notify_all();
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Carries over until little enough is left for the writer.
fn empty(connection: &Connection, log: &Log) {
    let mut before = u32::MAX;
    loop {
        let seen = carry_over(connection).unwrap_or_else(|error| {
            tracing::error!(%error, "the write-ahead log could not be carried over; it grows until that works");
            None
        });
        let Some(done) = seen else { return log.give_up() };
        // SQLite tells the length that the log had when it began; what was written meanwhile is left, too.
        let left = log.state().pages.saturating_sub(done);
        if left <= LITTLE {
            return log.let_bulk_through(left > 0, 0);
        }
        if log.crowd() && left >= before {
            tracing::debug!(done, left, "a reader of an old moment holds the write-ahead log up");
            return log.give_up();
        }
        before = left;
    }
}

/// Carries over what can be without waiting for anybody: how many pages of the log have been by now. None if somebody else is at it.
pub(crate) fn carry_over(connection: &Connection) -> Result<Option<u32>, DbError> {
    let (busy, done): (i64, i64) = connection
        .query_row("pragma wal_checkpoint(passive)", [], |row| Ok((row.get(0)?, row.get(2)?)))
        .map_err(|error| from_sqlite("checkpoint", &error))?;
    Ok((busy == 0).then(|| u32::try_from(done).unwrap_or(0)))
}
