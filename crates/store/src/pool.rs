//! A small pool of connections: made when first needed, handed out one at a time, thrown away when broken.
use std::ops::{Deref, DerefMut};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::DbError;

/// How long a request waits for a connection before it is told that the database is busy.
const PATIENCE: Duration = Duration::from_secs(10);

/// Something that can be pooled.
pub(crate) trait Pooled: Send {
    /// Makes it fit for the next user; `false` throws it away.
    fn reset(&mut self) -> bool;

    /// Whether it still works after lying idle (a server may have been restarted).
    fn alive(&mut self) -> bool {
        true
    }
}

impl Pooled for rusqlite::Connection {
    fn reset(&mut self) -> bool {
        // A reader that panicked leaves its transaction open, and with it an old snapshot.
        self.is_autocommit() || self.execute_batch("rollback").is_ok()
    }
}

impl Pooled for crate::postgres::Connection {
    fn reset(&mut self) -> bool {
        !self.client.is_closed()
    }

    fn alive(&mut self) -> bool {
        self.client.is_valid(Duration::from_secs(2)).is_ok()
    }
}

type Open<C> = Box<dyn Fn() -> Result<C, DbError> + Send + Sync>;

pub(crate) struct Pool<C: Pooled> {
    open: Open<C>,
    most: usize,
    state: Mutex<State<C>>,
    freed: Condvar,
}

struct State<C> {
    idle: Vec<C>,
    made: usize,
}

impl<C: Pooled> Pool<C> {
    pub(crate) fn new(most: usize, open: impl Fn() -> Result<C, DbError> + Send + Sync + 'static) -> Self {
        let state = Mutex::new(State { idle: Vec::new(), made: 0 });
        Self { open: Box::new(open), most: most.max(1), state, freed: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State<C>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection, waiting for one if all are out.
    pub(crate) fn take(&self) -> Result<Lease<'_, C>, DbError> {
        loop {
            let mut lease = self.wait()?;
            if lease.alive() {
                return Ok(lease);
            }
            tracing::warn!("a database connection was lost while idle; another is taken");
            lease.broken = true;
        }
    }

    fn wait(&self) -> Result<Lease<'_, C>, DbError> {
        let full = |state: &mut State<C>| state.idle.is_empty() && state.made >= self.most;
        let (mut state, waited) =
            self.freed.wait_timeout_while(self.state(), PATIENCE, full).unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(DbError::Busy(format!("all {} connections are in use", self.most)));
        }
        if let Some(connection) = state.idle.pop() {
            return Ok(Lease { pool: self, connection: Some(connection), broken: false });
        }
        state.made += 1;
        drop(state);
        let lease = (self.open)().map(|connection| Lease { pool: self, connection: Some(connection), broken: false });
        if lease.is_err() {
            self.state().made -= 1;
            self.freed.notify_one();
        }
        lease
    }
}

/// A connection on loan.
pub(crate) struct Lease<'p, C: Pooled> {
    pool: &'p Pool<C>,
    connection: Option<C>,
    broken: bool,
}

impl<C: Pooled> Deref for Lease<'_, C> {
    type Target = C;
    #[expect(clippy::expect_used, reason = "only `drop` takes the connection out")]
    fn deref(&self) -> &C {
        self.connection.as_ref().expect("a lease holds its connection")
    }
}

impl<C: Pooled> DerefMut for Lease<'_, C> {
    #[expect(clippy::expect_used, reason = "only `drop` takes the connection out")]
    fn deref_mut(&mut self) -> &mut C {
        self.connection.as_mut().expect("a lease holds its connection")
    }
}

impl<C: Pooled> Drop for Lease<'_, C> {
    fn drop(&mut self) {
        let kept = self
            .connection
            .take()
            .filter(|_| !self.broken)
            .and_then(|mut connection| connection.reset().then_some(connection));
        let mut state = self.pool.state();
        match kept {
            Some(connection) => state.idle.push(connection),
            None => state.made -= 1,
        }
        drop(state);
        self.pool.freed.notify_one();
    }
}
