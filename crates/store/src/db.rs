//! The database: opened once, shared by all threads.
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::from_sqlite;
use crate::pool::Pool;
use crate::sqlite::Writer;
use crate::tx::Inner;
use crate::{DbError, Engine, Tx, migrate, postgres, sqlite};

/// Where the database is and how much of the machine it may use.
#[derive(Debug, Clone)]
pub struct Config {
    /// `sqlite:PATH`, `postgres://user@host/name` or libpq's `host=.. user=.. dbname=..`.
    pub url: String,
    /// Connections that read (SQLite), connections in all (PostgreSQL).
    pub readers: usize,
    /// Page cache of each SQLite connection in KiB; the writer gets four times as much.
    pub cache_kib: u32,
    /// Pages in SQLite's write-ahead log from which they are carried over into the database file.
    pub log_pages: u32,
    /// Whether to refuse a PostgreSQL role that could change history. On for `serve`.
    pub serve: bool,
}

impl Config {
    /// With the usual sizes: four readers of 8 MiB, a writer of 32 MiB, a log of 64 MiB.
    pub fn new(url: impl Into<String>) -> Self {
        Self { url: url.into(), readers: 4, cache_kib: 8 << 10, log_pages: 16 << 10, serve: false }
    }

    /// The SQLite file, if it is SQLite.
    pub fn sqlite_path(&self) -> Option<PathBuf> {
        self.url.strip_prefix("sqlite:").map(|path| PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
    }
}

/// The database. Cheap to clone; the last clone closes it.
#[derive(Clone)]
pub struct Db {
    shared: Arc<Shared>,
}

struct Shared {
    backend: Backend,
    queries: Arc<AtomicU64>,
}

enum Backend {
    Sqlite { path: PathBuf, readers: Pool<rusqlite::Connection>, writer: Writer },
    Postgres { pool: Pool<postgres::Connection> },
}

impl Db {
    /// Opens it. A SQLite file is made and brought to the newest schema; on PostgreSQL the schema must be there
    /// (see [`migrate::postgres`]) and is only compared.
    pub fn open(config: &Config) -> Result<Self, DbError> {
        let queries = Arc::new(AtomicU64::new(0));
        let backend = match config.sqlite_path() {
            Some(path) => open_sqlite(path, config, &queries)?,
            None => open_postgres(config)?,
        };
        Ok(Self { shared: Arc::new(Shared { backend, queries }) })
    }

    /// Which engine is below.
    pub fn engine(&self) -> Engine {
        match self.shared.backend {
            Backend::Sqlite { .. } => Engine::Sqlite,
            Backend::Postgres { .. } => Engine::Postgres,
        }
    }

    /// The SQLite file, if it is SQLite.
    pub fn path(&self) -> Option<&Path> {
        match &self.shared.backend {
            Backend::Sqlite { path, .. } => Some(path),
            Backend::Postgres { .. } => None,
        }
    }

    /// Statements run by all transactions so far.
    pub fn queries(&self) -> u64 {
        self.shared.queries.load(Ordering::Relaxed)
    }

    /// Reads: everything inside sees the same moment, whatever is committed meanwhile.
    pub fn read<T, E: From<DbError>>(&self, body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let queries = &self.shared.queries;
        match &self.shared.backend {
            Backend::Sqlite { readers, .. } => {
                let connection = readers.take()?;
                let control =
                    |text| connection.execute_batch(text).map_err(|error| E::from(from_sqlite("read", &error)));
                control("begin")?;
                let result = body(&mut Tx::new(Inner::Sqlite(&connection), queries));
                control("rollback")?;
                result
            }
            Backend::Postgres { pool } => postgres::read(&mut *pool.take()?, queries, body),
        }
    }

    /// Writes: all of it or nothing. Returns after the commit is durable; a panic inside undoes this act alone.
    ///
    /// Do nothing slow inside: on SQLite everybody else waits. Never call `read` or `write` of the same database inside.
    pub fn write<F, T, E>(&self, act: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.shared.backend {
            Backend::Sqlite { writer, .. } => writer.write(false, act),
            Backend::Postgres { pool } => postgres::write(&mut *pool.take()?, &self.shared.queries, act),
        }
    }

    /// Waits until there is room for a chunk: while what was written is being carried over, chunks are held back and ordinary acts
    /// are not. Call it before each [`Db::write_bulk`], and leave it out of the time that the chunk is said to take.
    pub fn wait_for_room(&self) {
        if let Backend::Sqlite { writer, .. } = &self.shared.backend {
            writer.wait_for_room();
        }
    }

    /// Writes one chunk of many: as [`Db::write`], but acts that wait are not made to wait for a second chunk.
    pub fn write_bulk<F, T, E>(&self, act: F) -> Result<T, E>
    where
        F: FnOnce(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<DbError> + Send + 'static,
    {
        match &self.shared.backend {
            Backend::Sqlite { writer, .. } => writer.write(true, act),
            Backend::Postgres { .. } => self.write(act),
        }
    }
}

fn open_sqlite(path: PathBuf, config: &Config, queries: &Arc<AtomicU64>) -> Result<Backend, DbError> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| DbError::Unavailable(format!("{}: {error}", folder.display())))?;
    }
    migrate::sqlite(&sqlite::connect(&path, true, config.cache_kib)?)?;
    let writer = Writer::start(&path, config, Arc::clone(queries))?;
    let (file, cache) = (path.clone(), config.cache_kib);
    let readers = Pool::new(config.readers, move || sqlite::connect(&file, false, cache));
    Ok(Backend::Sqlite { path, readers, writer })
}

fn open_postgres(config: &Config) -> Result<Backend, DbError> {
    let url = config.url.clone();
    let pool = Pool::new(config.readers, move || postgres::connect(&url));
    let mut connection = pool.take()?;
    postgres::check_collation(&mut connection.client)?;
    migrate::check_postgres(&mut connection.client)?;
    if config.serve {
        migrate::check_serve_role(&mut connection.client)?;
    }
    drop(connection);
    Ok(Backend::Postgres { pool })
}
