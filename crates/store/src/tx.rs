//! A transaction: the only way to the data. Closures given to [`Db::read`](crate::Db::read) and [`Db::write`](crate::Db::write)
//! get one.
//!
//! What many acts touch at once (count cubes, change positions) is not written where it is said but gathered and written when
//! the closure has succeeded, in a fixed order, the change counters last. So on PostgreSQL the hot rows are locked for the
//! shortest time and in the same order by everybody, and positions come out in commit order.
use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::change::{self, Change};
use crate::cubes::{self, CubeKey};
use crate::written::{Written, key_of};
use crate::{Arg, DbError, FromRow, Record, Row, Rows, Statement, postgres, sqlite};

/// Which engine is below.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    /// Embedded, one file.
    Sqlite,
    /// A server.
    Postgres,
}

impl fmt::Display for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        })
    }
}

/// SQL with its name: a [`Statement`], or a text put together at run time from fixed pieces (see [`crate::Filter`]).
#[derive(Debug, Clone, Copy)]
pub struct Sql<'s> {
    pub(crate) name: &'s str,
    sqlite: &'s str,
    postgres: &'s str,
}

impl From<Statement> for Sql<'static> {
    fn from(statement: Statement) -> Self {
        Self { name: statement.name, sqlite: statement.sqlite, postgres: statement.postgres }
    }
}

impl<'s> Sql<'s> {
    /// A text put together at run time. Never put a value into it: values are parameters.
    pub fn dynamic(name: &'s str, text: &'s str) -> Self {
        Self { name, sqlite: text, postgres: text }
    }
}

/// A transaction.
pub struct Tx<'c> {
    pub(crate) inner: Inner<'c>,
    total: &'c AtomicU64,
    queries: u64,
    depth: u32,
    changes: Vec<Change>,
    cubes: BTreeMap<CubeKey, i64>,
    /// What records wrote, while somebody asks for it.
    written: Option<Vec<Written>>,
}

pub(crate) enum Inner<'c> {
    Sqlite(&'c rusqlite::Connection),
    Postgres { tx: ::postgres::Transaction<'c>, cache: &'c mut postgres::Prepared },
}

impl<'c> Tx<'c> {
    pub(crate) fn new(inner: Inner<'c>, total: &'c AtomicU64) -> Self {
        Self { inner, total, queries: 0, depth: 0, changes: Vec::new(), cubes: BTreeMap::new(), written: None }
    }

    /// Which engine is below. Ask only where the engines truly differ.
    pub fn engine(&self) -> Engine {
        match self.inner {
            Inner::Sqlite(_) => Engine::Sqlite,
            Inner::Postgres { .. } => Engine::Postgres,
        }
    }

    /// Statements run so far; a page that needs more than twelve is wrong.
    pub fn queries(&self) -> u64 {
        self.queries
    }

    fn count(&mut self) {
        self.queries += 1;
        self.total.fetch_add(1, Ordering::Relaxed);
    }

    /// Prepares a statement without running it: checks syntax, tables, columns and parameters.
    pub fn prepare<'s>(&mut self, sql: impl Into<Sql<'s>>) -> Result<(), DbError> {
        let sql = sql.into();
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlite::prepare(connection, sql.name, sql.sqlite),
            Inner::Postgres { tx, cache } => postgres::prepare(tx, cache, sql.name, sql.postgres),
        }
    }

    /// Runs a statement; gives the number of rows it touched.
    pub fn run<'s>(&mut self, sql: impl Into<Sql<'s>>, args: &[Arg<'_>]) -> Result<u64, DbError> {
        self.count();
        let sql = sql.into();
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlite::run(connection, sql.name, sql.sqlite, args),
            Inner::Postgres { tx, cache } => postgres::run(tx, cache, sql.name, sql.postgres, args),
        }
    }

    /// Calls `visit` for each row as it comes, without keeping the others.
    pub fn each_row<'s, E: From<DbError>>(
        &mut self,
        sql: impl Into<Sql<'s>>,
        args: &[Arg<'_>],
        visit: &mut dyn FnMut(&Row<'_>) -> Result<(), E>,
    ) -> Result<(), E> {
        self.count();
        let sql = sql.into();
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlite::each(connection, sql.name, sql.sqlite, args, visit),
            Inner::Postgres { tx, cache } => postgres::each(tx, cache, sql.name, sql.postgres, args, visit),
        }
    }

    /// Reads each row as a `T` and passes it on, without keeping the others.
    pub fn each<'s, T: FromRow, E: From<DbError>>(
        &mut self,
        sql: impl Into<Sql<'s>>,
        args: &[Arg<'_>],
        mut visit: impl FnMut(T) -> Result<(), E>,
    ) -> Result<(), E> {
        self.each_row(sql, args, &mut |row| visit(T::from_row(row).map_err(E::from)?))
    }

    /// All rows.
    pub fn list<'s, T: FromRow>(&mut self, sql: impl Into<Sql<'s>>, args: &[Arg<'_>]) -> Result<Vec<T>, DbError> {
        let mut out = Vec::new();
        self.each_row(sql, args, &mut |row| {
            out.push(T::from_row(row)?);
            Ok::<(), DbError>(())
        })?;
        Ok(out)
    }

    /// The row, if there is one. More than one is an error: the key was not a key.
    pub fn find<'s, T: FromRow>(&mut self, sql: impl Into<Sql<'s>>, args: &[Arg<'_>]) -> Result<Option<T>, DbError> {
        let sql = sql.into();
        let mut rows = self.list::<T>(sql, args)?;
        if rows.len() > 1 {
            return Err(DbError::Inconsistent {
                table: T::TABLE,
                column: "*".to_owned(),
                row: show(args),
                message: format!("{} rows where at most one was meant (statement {})", rows.len(), sql.name),
            });
        }
        Ok(rows.pop())
    }

    /// The row; its absence is an error that names the key.
    pub fn get<'s, T: FromRow>(&mut self, sql: impl Into<Sql<'s>>, args: &[Arg<'_>]) -> Result<T, DbError> {
        self.find(sql, args)?.ok_or_else(|| DbError::Missing { table: T::TABLE, row: show(args) })
    }

    /// Whether there is a row.
    pub fn exists<'s>(&mut self, sql: impl Into<Sql<'s>>, args: &[Arg<'_>]) -> Result<bool, DbError> {
        let mut any = false;
        self.each_row(sql, args, &mut |_| {
            any = true;
            Ok::<(), DbError>(())
        })?;
        Ok(any)
    }

    /// Inserts a record.
    pub fn insert<R: Record>(&mut self, record: &R) -> Result<(), DbError> {
        self.run(R::INSERT, &record.args())?;
        self.remember(record, None);
        Ok(())
    }

    /// Inserts rows that were made ready. They are not remembered for [`Tx::take_written`]: whoever made them ready vouches for them.
    pub fn insert_rows<R: Record>(&mut self, rows: &Rows<R>) -> Result<(), DbError> {
        if rows.is_empty() {
            return Ok(());
        }
        let sql = Sql::from(R::INSERT);
        self.queries += rows.len() as u64;
        self.total.fetch_add(rows.len() as u64, Ordering::Relaxed);
        match &mut self.inner {
            Inner::Sqlite(connection) => sqlite::run_each(connection, sql.name, sql.sqlite, rows.each()),
            Inner::Postgres { tx, cache } => {
                rows.each().try_for_each(|row| postgres::run(tx, cache, sql.name, sql.postgres, row).map(drop))
            }
        }
    }

    /// Inserts a record by a statement of its own (`on conflict do nothing`) that takes the record's values.
    pub(crate) fn insert_unless_there<R: Record>(&mut self, statement: Statement, record: &R) -> Result<(), DbError> {
        if self.run(statement, &record.args())? == 1 {
            self.remember(record, None);
        }
        Ok(())
    }

    /// Inserts a record, or puts it in the place of the one with its key.
    pub fn upsert<R: Record>(&mut self, record: &R) -> Result<(), DbError> {
        let before = self.before(record)?;
        self.run(R::UPSERT, &record.args())?;
        self.remember(record, before);
        Ok(())
    }

    /// Updates the record with this key. A record with a `rev` must carry the *new* one (the one read, plus 1):
    /// [`DbError::Conflict`] if somebody else was faster.
    pub fn update<R: Record>(&mut self, record: &R) -> Result<(), DbError> {
        let before = self.before(record)?;
        match self.run(R::UPDATE, &record.args())? {
            1 => {
                self.remember(record, before);
                Ok(())
            }
            _ if R::COLUMNS.contains(&"rev") => Err(DbError::Conflict(R::TABLE)),
            _ => Err(DbError::Missing { table: R::TABLE, row: show(&record.args()[..R::KEY.len().min(3)]) }),
        }
    }

    /// From now on remembers what records write, for [`Tx::take_written`].
    pub fn remember_writes(&mut self) {
        self.written.get_or_insert_default();
    }

    /// Marks what was written last as one of many rows of a bulk act.
    pub fn mark_bulk(&mut self) {
        if let Some(last) = self.written.as_mut().and_then(|written| written.last_mut()) {
            last.bulk = true;
        }
    }

    /// What records wrote since [`Tx::remember_writes`] or the last call.
    pub fn take_written(&mut self) -> Vec<Written> {
        self.written.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// What was announced so far, in the order in which it will get its positions within each origin.
    pub fn announced(&self) -> &[Change] {
        &self.changes
    }

    /// The row as it stands before it is rewritten, where that is to be remembered: only stamped rows are asked for it.
    fn before<R: Record>(&mut self, record: &R) -> Result<Option<R>, DbError> {
        if self.written.is_none() || !R::COLUMNS.contains(&"entry") {
            return Ok(None);
        }
        self.find_record::<R>(&key_of(record))
    }

    fn remember<R: Record>(&mut self, record: &R, before: Option<R>) {
        if let Some(written) = &mut self.written {
            written.push(Written::of(record, before));
        }
    }

    /// The record with this key, if there is one.
    pub fn find_record<R: Record>(&mut self, key: &[Arg<'_>]) -> Result<Option<R>, DbError> {
        self.find(R::FIND, key)
    }

    /// The record with this key.
    pub fn get_record<R: Record>(&mut self, key: &[Arg<'_>]) -> Result<R, DbError> {
        self.get(R::FIND, key)
    }

    /// Every record of a table in key order, without keeping them (verification, export).
    pub fn each_record<R: Record, E: From<DbError>>(&mut self, visit: impl FnMut(R) -> Result<(), E>) -> Result<(), E> {
        self.each(R::EACH, &[], visit)
    }

    /// Tries `part`: if it fails, what it did is undone and the transaction goes on (on PostgreSQL too, where a failed
    /// statement otherwise ends it).
    pub fn attempt<T, E: From<DbError>>(&mut self, part: impl FnOnce(&mut Self) -> Result<T, E>) -> Result<T, E> {
        self.depth += 1;
        let name = format!("part_{}", self.depth);
        let kept = (self.changes.clone(), self.cubes.clone(), self.written.as_ref().map(Vec::len));
        self.control(&format!("savepoint {name}"))?;
        let result = part(self);
        self.depth -= 1;
        if result.is_err() {
            (self.changes, self.cubes) = (kept.0, kept.1);
            if let (Some(written), Some(length)) = (&mut self.written, kept.2) {
                written.truncate(length);
            }
            self.control(&format!("rollback to savepoint {name}"))?;
        }
        self.control(&format!("release savepoint {name}"))?;
        result
    }

    /// Says what changed; written, with its position, when the act succeeds.
    pub fn announce(&mut self, change: Change) {
        self.changes.push(change);
    }

    /// Moves a number of the count cubes by `by`; written when the act succeeds.
    pub fn tally(&mut self, key: CubeKey, by: i64) {
        *self.cubes.entry(key).or_default() += by;
    }

    /// Writes what was gathered: cubes in key order, then changes by origin.
    pub(crate) fn settle(&mut self) -> Result<(), DbError> {
        let cubes = std::mem::take(&mut self.cubes);
        cubes::write(self, &cubes)?;
        let mut changes = std::mem::take(&mut self.changes);
        changes.sort_by_key(|change| change.origin);
        change::write(self, &changes)
    }

    /// Transaction control and DDL: text without parameters.
    pub(crate) fn control(&mut self, text: &str) -> Result<(), DbError> {
        match &mut self.inner {
            Inner::Sqlite(connection) => {
                connection.execute_batch(text).map_err(|error| crate::error::from_sqlite("control", &error))
            }
            Inner::Postgres { tx, .. } => {
                tx.batch_execute(text).map_err(|error| crate::error::from_postgres("control", &error))
            }
        }
    }
}

/// Parameters for a message; bytes and long texts are not shown (they may be personal).
fn show(args: &[Arg<'_>]) -> String {
    let one = |arg: &Arg<'_>| match arg {
        Arg::Int(Some(number)) => number.to_string(),
        Arg::Text(Some(text)) if text.len() <= 40 => text.to_string(),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => "null".to_owned(),
        Arg::Text(_) | Arg::Bytes(_) => "…".to_owned(),
    };
    args.iter().map(one).collect::<Vec<_>>().join(" ")
}
