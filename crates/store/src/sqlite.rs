//! SQLite below the facade: connections, statements, and the one writer thread.
//!
//! A commit that survives a power cut costs one fsync, whatever it holds. So acts that wait while one is being written are
//! taken together: each runs in its own savepoint (a refused or broken act takes only itself away), all are committed once,
//! and only then is anybody answered.
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::hooks::Wal;
use rusqlite::{Connection, OpenFlags};

use crate::checkpoint::{Checkpointer, Log, carry_over};
use crate::error::from_sqlite;
use crate::tx::Inner;
use crate::{Arg, Config, DbError, Row, Tx};

/// Longer than any act; only another *process* can make us wait.
const BUSY: Duration = Duration::from_secs(10);
/// At most this many acts, or this long, before the group is committed: an act waits for one group at most.
const GROUP_ACTS: usize = 64;
const GROUP_TIME: Duration = Duration::from_millis(10);

/// A connection with the settings that everything relies on.
pub(crate) fn connect(path: &Path, writer: bool, cache_kib: u32) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | if writer { OpenFlags::SQLITE_OPEN_CREATE } else { OpenFlags::empty() };
    let wrong = |error: rusqlite::Error| from_sqlite("open", &error);
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", path.display())))?;
    // busy_timeout comes first: switching to WAL needs a lock, and without the timeout it fails at once.
    connection.busy_timeout(BUSY).map_err(wrong)?;
    if writer {
        connection.pragma_update(None, "journal_mode", "wal").map_err(wrong)?;
        connection.pragma_update(None, "synchronous", "full").map_err(wrong)?;
        connection.pragma_update(None, "journal_size_limit", 128 << 20).map_err(wrong)?;
        // A thread of its own does this: see `checkpoint`.
        connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(wrong)?;
    } else {
        connection.pragma_update(None, "query_only", true).map_err(wrong)?;
    }
    connection.pragma_update(None, "foreign_keys", true).map_err(wrong)?;
    connection.pragma_update(None, "temp_store", "memory").map_err(wrong)?;
    // A negative size is in KiB. No mmap: it would count the file once per connection in resident memory.
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib)).map_err(wrong)?;
    connection.set_prepared_statement_cache_capacity(512);
    Ok(connection)
}

/// A connection to a file that must be there already, for copying it.
pub(crate) fn existing(path: &Path) -> Result<Connection, DbError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", path.display())))?;
    connection.busy_timeout(BUSY).map_err(|error| from_sqlite("open", &error))?;
    Ok(connection)
}

fn value_of<'a>(arg: &'a Arg<'_>) -> rusqlite::types::ToSqlOutput<'a> {
    use rusqlite::types::{ToSqlOutput, Value, ValueRef};
    match arg {
        Arg::Int(Some(number)) => ToSqlOutput::Owned(Value::Integer(*number)),
        Arg::Text(Some(text)) => ToSqlOutput::Borrowed(ValueRef::Text(text.as_bytes())),
        Arg::Bytes(Some(bytes)) => ToSqlOutput::Borrowed(ValueRef::Blob(bytes)),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => ToSqlOutput::Owned(Value::Null),
    }
}

/// Runs one statement for each row of values. Its parameters must stand in the order `$1, $2, ...`, as an insert's made from the
/// columns do: then SQLite's own numbers are the same, and no name need be looked at.
pub(crate) fn run_each<'r>(
    connection: &Connection,
    name: &str,
    text: &str,
    rows: impl Iterator<Item = &'r [Arg<'static>]>,
) -> Result<(), DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite(name, &error);
    let mut statement = connection.prepare_cached(text).map_err(wrong)?;
    let width = statement.parameter_count();
    for row in rows {
        if row.len() != width {
            let message = format!("{} values for {width} parameters", row.len());
            return Err(DbError::Engine { statement: name.to_owned(), message });
        }
        for (index, arg) in row.iter().enumerate() {
            statement.raw_bind_parameter(index + 1, value_of(arg)).map_err(wrong)?;
        }
        statement.raw_execute().map_err(wrong)?;
    }
    Ok(())
}

/// Binds by the number in `$N`, not by the order of appearance that SQLite would use.
fn bind(statement: &mut rusqlite::CachedStatement<'_>, name: &str, args: &[Arg<'_>]) -> Result<(), DbError> {
    let wrong = |message: String| DbError::Engine { statement: name.to_owned(), message };
    let mut used = 0;
    for index in 1..=statement.parameter_count() {
        let number: usize = statement
            .parameter_name(index)
            .and_then(|parameter| parameter.strip_prefix('$')?.parse().ok())
            .ok_or_else(|| wrong(format!("parameter {index} is not of the form $N")))?;
        let arg = args.get(number.wrapping_sub(1)).ok_or_else(|| wrong(format!("no value for ${number}")))?;
        statement.raw_bind_parameter(index, value_of(arg)).map_err(|error| from_sqlite(name, &error))?;
        used += 1;
    }
    if used == args.len() { Ok(()) } else { Err(wrong(format!("{} values for {used} parameters", args.len()))) }
}

pub(crate) fn prepare(connection: &Connection, name: &str, text: &str) -> Result<(), DbError> {
    connection.prepare(text).map(drop).map_err(|error| from_sqlite(name, &error))
}

pub(crate) fn run(connection: &Connection, name: &str, text: &str, args: &[Arg<'_>]) -> Result<u64, DbError> {
    let mut statement = connection.prepare_cached(text).map_err(|error| from_sqlite(name, &error))?;
    bind(&mut statement, name, args)?;
    statement.raw_execute().map(|rows| rows as u64).map_err(|error| from_sqlite(name, &error))
}

pub(crate) fn each<E: From<DbError>>(
    connection: &Connection,
    name: &str,
    text: &str,
    args: &[Arg<'_>],
    visit: &mut dyn FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let wrong = |error: rusqlite::Error| E::from(from_sqlite(name, &error));
    let mut statement = connection.prepare_cached(text).map_err(wrong)?;
    bind(&mut statement, name, args)?;
    let mut rows = statement.raw_query();
    while let Some(row) = rows.next().map_err(wrong)? {
        visit(&Row::sqlite(row, name))?;
    }
    Ok(())
}

/// An act on its way through the writer.
pub(crate) trait Act: Send {
    /// Whether it is one chunk of many: it neither waits for others nor lets others wait for a second one.
    fn is_bulk(&self) -> bool;
    /// Does it; whether to keep what it did.
    fn run(&mut self, tx: &mut Tx<'_>) -> bool;
    /// Replaces its result by a failure.
    fn fail(&mut self, error: DbError);
    /// Answers whoever waits. Called only after the commit.
    fn answer(self: Box<Self>);
}

struct Waiting<F, T, E> {
    bulk: bool,
    act: Option<F>,
    result: Option<Result<T, E>>,
    to: SyncSender<Result<T, E>>,
}

impl<F, T, E> Act for Waiting<F, T, E>
where
    F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<DbError> + Send,
{
    fn is_bulk(&self) -> bool {
        self.bulk
    }

    fn run(&mut self, tx: &mut Tx<'_>) -> bool {
        let Some(act) = self.act.take() else { return false };
        let result = guarded(|| {
            let value = act(tx)?;
            tx.settle()?;
            Ok(value)
        });
        let keep = result.is_ok();
        self.result = Some(result);
        keep
    }

    fn fail(&mut self, error: DbError) {
        self.result = Some(Err(error.into()));
    }

    fn answer(self: Box<Self>) {
        // Nobody listening any more is no reason to stop: the act is done and durable.
        let result = self.result.unwrap_or_else(|| Err(DbError::Unavailable("the act was not run".to_owned()).into()));
        drop(self.to.send(result));
    }
}

/// Runs `body`; a panic becomes an error.
pub(crate) fn guarded<T, E: From<DbError>>(body: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<&str>().map(ToString::to_string);
        let text = text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_default();
        Err(DbError::Panicked(text).into())
    })
}

/// The writer: a thread that owns the only connection which writes.
pub(crate) struct Writer {
    queue: Option<Sender<Box<dyn Act>>>,
    thread: Option<JoinHandle<()>>,
    checkpointer: Checkpointer,
}

impl Writer {
    pub(crate) fn start(path: &Path, config: &Config, total: Arc<AtomicU64>) -> Result<Self, DbError> {
        let mut connection = connect(path, true, config.cache_kib * 4)?;
        let checkpointer = Checkpointer::start(path, config.log_pages)?;
        let log = checkpointer.log();
        let told = checkpointer.log();
        connection
            .wal_hook(Some(move |_: &mut Wal, pages: i32| {
                told.committed(pages.unsigned_abs());
                Ok(())
            }))
            .map_err(|error| from_sqlite("open", &error))?;
        let (queue, acts) = channel();
        let thread = std::thread::Builder::new()
            .name("sqlite-writer".to_owned())
            .spawn(move || write_groups(&connection, &acts, &log, &total))
            .map_err(|error| DbError::Unavailable(error.to_string()))?;
        Ok(Self { queue: Some(queue), thread: Some(thread), checkpointer })
    }

    /// Hands an act over and waits for its answer.
    pub(crate) fn write<F, T, E>(&self, bulk: bool, act: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        let gone = || E::from(DbError::Unavailable("the writer has stopped".to_owned()));
        let (to, answer) = sync_channel(1);
        let queue = self.queue.as_ref().ok_or_else(gone)?;
        queue.send(Box::new(Waiting { bulk, act: Some(act), result: None, to })).map_err(|_| gone())?;
        answer.recv().map_err(|_| gone())?
    }
}

impl Writer {
    /// Waits while the log is being brought to its end.
    pub(crate) fn wait_for_room(&self) {
        self.checkpointer.log().wait_for_room();
    }
}

impl Drop for Writer {
    /// Lets the acts that wait be finished, then closes the file.
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn write_groups(connection: &Connection, acts: &Receiver<Box<dyn Act>>, log: &Log, total: &AtomicU64) {
    let mut next = None;
    while let Some(first) = next.take().or_else(|| acts.recv().ok()) {
        if log.is_left_to_writer()
            && let Err(error) = carry_over(connection)
        {
            tracing::warn!(%error, "the end of the write-ahead log could not be carried over");
        }
        let mut done: Vec<Box<dyn Act>> = Vec::new();
        if let Err(error) = write_group(connection, first, acts, total, &mut done, &mut next) {
            tracing::error!(%error, acts = done.len(), "a group of acts could not be committed");
            if !connection.is_autocommit() {
                drop(connection.execute_batch("rollback"));
            }
            for act in &mut done {
                act.fail(error.again());
            }
        }
        for act in done {
            act.answer();
        }
    }
}

/// Runs `first` and whatever waits behind it, and commits once. On an error nothing of the group is kept. A bulk act among those
/// behind is held back for the next group: nobody who is done waits for it.
fn write_group(
    connection: &Connection,
    first: Box<dyn Act>,
    acts: &Receiver<Box<dyn Act>>,
    total: &AtomicU64,
    done: &mut Vec<Box<dyn Act>>,
    held_back: &mut Option<Box<dyn Act>>,
) -> Result<(), DbError> {
    let control = |text: &str| connection.execute_batch(text).map_err(|error| from_sqlite("group", &error));
    // Measures how long the group has held the writer; no date is asked for.
    let started = Instant::now();
    let bulk = first.is_bulk();
    let mut next = Some(first);
    let begun = control("begin immediate");
    if begun.is_ok()
        && let Some(mut act) = next.take_if(|act| act.is_bulk())
    {
        // Nobody is before it in the transaction, so it needs no savepoint, which costs a copy of each page it touches.
        let outcome = bulk_act(connection, act.as_mut(), total);
        done.push(act);
        if !outcome? {
            return control("rollback");
        }
        next = acts.try_recv().ok();
        if next.as_ref().is_some_and(|act| act.is_bulk()) {
            *held_back = next.take();
        }
    }
    while let Some(mut act) = next {
        if let Err(error) = &begun {
            act.fail(error.again());
            done.push(act);
            return begun;
        }
        let outcome = one_act(connection, act.as_mut(), total);
        done.push(act);
        outcome?;
        // Acts that came while a chunk was written still go with it: they need no commit of their own.
        let full = done.len() >= GROUP_ACTS || (started.elapsed() >= GROUP_TIME && !bulk);
        next = if full { None } else { acts.try_recv().ok() };
        if next.as_ref().is_some_and(|act| act.is_bulk()) {
            *held_back = next.take();
        }
    }
    control("commit")
}

/// Runs the first act of a transaction; whether to keep what it did.
fn bulk_act(connection: &Connection, act: &mut dyn Act, total: &AtomicU64) -> Result<bool, DbError> {
    let keep = act.run(&mut Tx::new(Inner::Sqlite(connection), total));
    if connection.is_autocommit() { Err(ended()) } else { Ok(keep) }
}

/// A full disk or an I/O error ends the whole transaction: the acts before this one are gone too.
fn ended() -> DbError {
    DbError::Unavailable("SQLite ended the transaction (disk full or input/output error)".to_owned())
}

fn one_act(connection: &Connection, act: &mut dyn Act, total: &AtomicU64) -> Result<(), DbError> {
    let control = |text: &str| connection.execute_batch(text).map_err(|error| from_sqlite("group", &error));
    control("savepoint act")?;
    let keep = act.run(&mut Tx::new(Inner::Sqlite(connection), total));
    if connection.is_autocommit() {
        return Err(ended());
    }
    if !keep {
        control("rollback to act")?;
    }
    control("release act")
}
