//! PostgreSQL below the facade: connections, statements prepared once per connection.
use std::collections::HashMap;
use std::error::Error;
use std::sync::atomic::AtomicU64;

use postgres::fallible_iterator::FallibleIterator as _;
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type};
use postgres::{Client, IsolationLevel, NoTls, Transaction};

use crate::error::from_postgres;
use crate::sqlite::guarded;
use crate::tx::Inner;
use crate::{Arg, DbError, Row, Tx};

/// Prepared statements of one connection, by text.
pub(crate) type Prepared = HashMap<String, postgres::Statement>;

/// Texts put together at run time are few, but not bounded by the program; forget all beyond this.
const MOST_PREPARED: usize = 1000;

/// One connection and what it has prepared.
pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) cache: Prepared,
}

pub(crate) fn connect(url: &str) -> Result<Connection, DbError> {
    let mut client = Client::connect(url, NoTls).map_err(|error| unreachable_server(&error))?;
    client
        .batch_execute("set timezone to 'UTC'; set client_min_messages to warning; set lock_timeout to '10s'")
        .map_err(|error| from_postgres("connect", &error))?;
    Ok(Connection { client, cache: HashMap::new() })
}

fn unreachable_server(error: &postgres::Error) -> DbError {
    let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
    DbError::Unavailable(format!("{error}{cause}"))
}

/// Refuses a database whose text order is not the byte order that SQLite and the key-set pages use.
pub(crate) fn check_collation(client: &mut Client) -> Result<(), DbError> {
    let row = client
        .query_one("select datcollate::text from pg_database where datname = current_database()", &[])
        .map_err(|error| from_postgres("collation", &error))?;
    let collation: &str = row.try_get(0).map_err(|error| from_postgres("collation", &error))?;
    if matches!(collation, "C" | "POSIX" | "C.UTF-8" | "C.utf8") {
        return Ok(());
    }
    Err(DbError::Schema(format!(
        "the database sorts text by {collation}; create it with: create database … template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'"
    )))
}

impl ToSql for Arg<'_> {
    fn to_sql(&self, kind: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Int(None) | Self::Text(None) | Self::Bytes(None) => Ok(IsNull::Yes),
            Self::Int(Some(number)) if *kind == Type::INT8 => number.to_sql(kind, out),
            Self::Int(Some(number)) if *kind == Type::INT4 => i32::try_from(*number)?.to_sql(kind, out),
            Self::Text(Some(text)) if <&str as ToSql>::accepts(kind) => text.as_ref().to_sql(kind, out),
            Self::Bytes(Some(bytes)) if *kind == Type::BYTEA => bytes.as_ref().to_sql(kind, out),
            _ => Err(format!("a parameter of type {kind} got another kind of value").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    postgres::types::to_sql_checked!();
}

/// Prepares a statement and refuses parameters of any type but ours.
pub(crate) fn prepare(tx: &mut Transaction<'_>, cache: &mut Prepared, name: &str, text: &str) -> Result<(), DbError> {
    let statement = prepared(tx, cache, name, text)?;
    let ours = [Type::INT8, Type::TEXT, Type::BYTEA];
    match statement.params().iter().find(|kind| !ours.contains(kind)) {
        None => Ok(()),
        Some(kind) => {
            let message = format!("a parameter is taken as {kind}; cast it to bigint, text or bytea");
            Err(DbError::Engine { statement: name.to_owned(), message })
        }
    }
}

fn prepared(
    tx: &mut Transaction<'_>,
    cache: &mut Prepared,
    name: &str,
    text: &str,
) -> Result<postgres::Statement, DbError> {
    if let Some(statement) = cache.get(text) {
        return Ok(statement.clone());
    }
    let statement = tx.prepare(text).map_err(|error| from_postgres(name, &error))?;
    if cache.len() >= MOST_PREPARED {
        cache.clear();
    }
    cache.insert(text.to_owned(), statement.clone());
    Ok(statement)
}

fn check_count(name: &str, statement: &postgres::Statement, args: &[Arg<'_>]) -> Result<(), DbError> {
    let wanted = statement.params().len();
    if wanted == args.len() {
        return Ok(());
    }
    let message = format!("{} values for {wanted} parameters", args.len());
    Err(DbError::Engine { statement: name.to_owned(), message })
}

pub(crate) fn run(
    tx: &mut Transaction<'_>,
    cache: &mut Prepared,
    name: &str,
    text: &str,
    args: &[Arg<'_>],
) -> Result<u64, DbError> {
    let statement = prepared(tx, cache, name, text)?;
    check_count(name, &statement, args)?;
    let params: Vec<&(dyn ToSql + Sync)> = args.iter().map(|arg| arg as &(dyn ToSql + Sync)).collect();
    tx.execute(&statement, &params).map_err(|error| from_postgres(name, &error))
}

pub(crate) fn each<E: From<DbError>>(
    tx: &mut Transaction<'_>,
    cache: &mut Prepared,
    name: &str,
    text: &str,
    args: &[Arg<'_>],
    visit: &mut dyn FnMut(&Row<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let wrong = |error: postgres::Error| E::from(from_postgres(name, &error));
    let statement = prepared(tx, cache, name, text)?;
    check_count(name, &statement, args)?;
    let mut rows = tx.query_raw(&statement, args).map_err(wrong)?;
    while let Some(row) = rows.next().map_err(wrong)? {
        visit(&Row::postgres(&row, name))?;
    }
    Ok(())
}

/// A read: one snapshot for all its statements.
pub(crate) fn read<T, E: From<DbError>>(
    connection: &mut Connection,
    total: &AtomicU64,
    body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let Connection { client, cache } = connection;
    let tx = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .map_err(|error| E::from(from_postgres("begin", &error)))?;
    body(&mut Tx::new(Inner::Postgres { tx, cache }, total))
}

/// A write: READ COMMITTED, because every row that matters is guarded by `rev` or a unique key.
pub(crate) fn write<T, E: From<DbError>>(
    connection: &mut Connection,
    total: &AtomicU64,
    body: impl FnOnce(&mut Tx<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let Connection { client, cache } = connection;
    let tx = client
        .build_transaction()
        .isolation_level(IsolationLevel::ReadCommitted)
        .start()
        .map_err(|error| E::from(from_postgres("begin", &error)))?;
    let mut tx = Tx::new(Inner::Postgres { tx, cache }, total);
    let value = guarded(|| {
        let value = body(&mut tx)?;
        tx.settle()?;
        Ok::<T, E>(value)
    })?;
    if let Inner::Postgres { tx, .. } = tx.inner {
        tx.commit().map_err(|error| E::from(from_postgres("commit", &error)))?;
    }
    Ok(value)
}
