//! Schema (数据库结构): numbered SQL files, forward only, one tree for both engines, compared by digest at every start.
//!
//! History is protected by the engine too. SQLite: triggers refuse UPDATE and DELETE on journal and version tables (that stops
//! accidents, not an administrator with the file). PostgreSQL: the role that serves has no right to do either.
use sm3::{Digest as _, Sm3};

use crate::error::{from_postgres, from_sqlite};
use crate::{DbError, postgres};

/// One step of the schema.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// From 1, without gaps.
    pub number: i64,
    /// The file's name without its ending.
    pub name: &'static str,
    /// Its SQL.
    pub text: &'static str,
}

macro_rules! migrations {
    ($($number:literal $file:literal),* $(,)?) => {
        &[$(Migration {
            number: $number,
            name: $file,
            text: include_str!(concat!("../migrations/", $file, ".sql")),
        }),*]
    };
}

/// All steps. A released file is never edited: add one.
pub const ALL: &[Migration] = migrations![
    1 "0001_journal",
    2 "0002_accounts",
    3 "0003_registry",
    4 "0004_work",
    5 "0005_desk",
    6 "0006_lookup",
    7 "0007_bulk",
    8 "0008_outside",
    9 "0009_upkeep",
    10 "0010_queues",
    11 "0011_facts",
    12 "0012_what_if",
    13 "0013_register_history",
];

/// Tables that are only ever added to, and the one column that may still be set, once.
const INSERT_ONLY: &[(&str, Option<&str>)] = &[
    ("journal_entry", None),
    ("journal_former", None),
    ("seal", None),
    ("seal_head", None),
    ("change", None),
    ("organization_version", Some("superseded_at")),
    ("officer", Some("superseded_at")),
    ("matter_edition", None),
    ("case_former", None),
    ("snapshot_figure", None),
    ("guidance_record", None),
    ("share_call", None),
    ("scan_event", None),
    ("register_version", None),
    ("plan_snapshot", None),
    ("plan_figure", None),
];

const CREATE: &str = "create table if not exists migration (number bigint not null primary key, name text not null, checksum text not null)";
const APPLIED: &str = "select number, name, checksum from migration order by number";

impl Migration {
    /// SM3 of the text, in hexadecimal.
    pub fn checksum(&self) -> String {
        hex::encode(Sm3::digest(self.text.as_bytes()))
    }
}

struct Applied {
    number: i64,
    name: String,
    checksum: String,
}

/// The steps still missing. An applied step that this program does not know, or knows otherwise, is an error.
fn missing<'m>(all: &'m [Migration], applied: &[Applied]) -> Result<&'m [Migration], DbError> {
    for (place, row) in applied.iter().enumerate() {
        let Some(known) = all.get(place).filter(|known| known.number == row.number) else {
            return Err(DbError::Schema(format!(
                "the database has step {} ({}), which this program does not know; use the newer program",
                row.number, row.name
            )));
        };
        if known.checksum() != row.checksum {
            return Err(DbError::Schema(format!(
                "step {} ({}) was applied with another text (digest {}, here {}); the database and this program do not belong together",
                row.number,
                row.name,
                row.checksum,
                known.checksum()
            )));
        }
    }
    Ok(&all[applied.len()..])
}

/// Brings a SQLite database to the newest schema.
pub(crate) fn sqlite(connection: &rusqlite::Connection) -> Result<(), DbError> {
    sqlite_to(connection, ALL)
}

pub(crate) fn sqlite_to(connection: &rusqlite::Connection, all: &[Migration]) -> Result<(), DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite("migrate", &error);
    connection.execute_batch("begin immediate").map_err(wrong)?;
    let result = sqlite_steps(connection, all);
    connection.execute_batch(if result.is_ok() { "commit" } else { "rollback" }).map_err(wrong)?;
    result
}

fn sqlite_steps(connection: &rusqlite::Connection, all: &[Migration]) -> Result<(), DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite("migrate", &error);
    connection.execute_batch(CREATE).map_err(wrong)?;
    let steps = missing(all, &sqlite_applied(connection)?)?;
    for step in steps {
        connection.execute_batch(step.text).map_err(|error| step.failed(&error))?;
        connection
            .execute("insert into migration values (?1, ?2, ?3)", (step.number, step.name, step.checksum()))
            .map_err(wrong)?;
    }
    if steps.is_empty() { Ok(()) } else { protect(connection) }
}

fn sqlite_applied(connection: &rusqlite::Connection) -> Result<Vec<Applied>, DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite("migrate", &error);
    let mut statement = connection.prepare(APPLIED).map_err(wrong)?;
    let rows = statement
        .query_map([], |row| Ok(Applied { number: row.get(0)?, name: row.get(1)?, checksum: row.get(2)? }))
        .map_err(wrong)?;
    rows.collect::<Result<Vec<_>, _>>().map_err(wrong)
}

/// The newest step of a SQLite file's schema; an unknown or changed step is an error, an older schema is not.
pub(crate) fn check_sqlite(connection: &rusqlite::Connection) -> Result<i64, DbError> {
    let applied = sqlite_applied(connection)?;
    missing(ALL, &applied)?;
    applied.last().map(|step| step.number).ok_or_else(|| DbError::Schema("the file holds no schema of ours".to_owned()))
}

impl Migration {
    fn failed(&self, error: &dyn std::fmt::Display) -> DbError {
        DbError::Schema(format!("step {} ({}): {error}", self.number, self.name))
    }
}

/// Triggers that refuse changes to history.
fn protect(connection: &rusqlite::Connection) -> Result<(), DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite("protect", &error);
    for (table, open) in INSERT_ONLY {
        let mut statement = connection.prepare("select name from pragma_table_info(?1)").map_err(wrong)?;
        let names = statement.query_map([table], |row| row.get::<_, String>(0)).map_err(wrong)?;
        let names = names.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
        let fixed: Vec<_> = names.into_iter().filter(|name| Some(name.as_str()) != *open).collect();
        if fixed.is_empty() {
            continue;
        }
        let refuse = format!("begin select raise(abort, '{table} is insert-only'); end;");
        let mut text = format!(
            "drop trigger if exists {table}_no_delete; drop trigger if exists {table}_no_update; drop trigger if exists {table}_once;
             create trigger {table}_no_delete before delete on {table} {refuse}
             create trigger {table}_no_update before update of {} on {table} {refuse}",
            fixed.join(", ")
        );
        if let Some(open) = open {
            let once = format!("before update of {open} on {table} when old.{open} is not null {refuse}");
            text.extend(["create trigger ", table, "_once ", &once]);
        }
        connection.execute_batch(&text).map_err(wrong)?;
    }
    Ok(())
}

fn postgres_applied(client: &mut ::postgres::Client) -> Result<Vec<Applied>, DbError> {
    let rows = client.query(APPLIED, &[]).map_err(|error| from_postgres("migrate", &error))?;
    let read = |row: &::postgres::Row| {
        Ok(Applied { number: row.try_get(0)?, name: row.try_get(1)?, checksum: row.try_get(2)? })
    };
    rows.iter().map(|row| read(row).map_err(|error: ::postgres::Error| from_postgres("migrate", &error))).collect()
}

/// Brings a PostgreSQL database to the newest schema, as its owner, and gives `serve_role` (if named) what serving needs and no
/// more. The role must exist.
pub fn postgres(owner_url: &str, serve_role: Option<&str>) -> Result<(), DbError> {
    let wrong = |error: ::postgres::Error| from_postgres("migrate", &error);
    let mut connection = postgres::connect(owner_url)?;
    let client = &mut connection.client;
    postgres::check_collation(client)?;
    // Two migrations at once would both see the old list. The number only has to be the same for all of us ("yishe").
    client.batch_execute("select pg_advisory_lock(7949736805)").map_err(wrong)?;
    client.batch_execute(CREATE).map_err(wrong)?;
    let applied = postgres_applied(client)?;
    for step in missing(ALL, &applied)? {
        let mut tx = client.transaction().map_err(wrong)?;
        tx.batch_execute(step.text).map_err(|error| step.failed(&from_postgres("migrate", &error)))?;
        tx.execute("insert into migration values ($1, $2, $3)", &[&step.number, &step.name, &step.checksum()])
            .map_err(wrong)?;
        tx.commit().map_err(wrong)?;
    }
    if let Some(role) = serve_role {
        grant(client, role)?;
    }
    client.batch_execute("select pg_advisory_unlock(7949736805)").map_err(wrong)
}

fn grant(client: &mut ::postgres::Client, role: &str) -> Result<(), DbError> {
    let role = format!("\"{}\"", role.replace('"', "\"\""));
    let mut text = format!(
        "grant usage on schema public to {role};
         grant select, insert, update, delete on all tables in schema public to {role};
         revoke insert, update, delete on migration from {role};"
    );
    for (table, open) in INSERT_ONLY {
        text.extend(["revoke update, delete, truncate on ", table, " from ", &role, ";"]);
        if let Some(open) = open {
            text.extend(["grant update (", open, ") on ", table, " to ", &role, ";"]);
        }
    }
    client.batch_execute(&text).map_err(|error| from_postgres("grant", &error))
}

/// Refuses a database whose schema is not exactly this program's.
pub(crate) fn check_postgres(client: &mut ::postgres::Client) -> Result<(), DbError> {
    let there = client
        .query_one("select to_regclass('migration') is not null", &[])
        .and_then(|row| row.try_get::<_, bool>(0))
        .map_err(|error| from_postgres("schema", &error))?;
    let applied = if there { postgres_applied(client)? } else { Vec::new() };
    match missing(ALL, &applied)? {
        [] => Ok(()),
        steps => Err(DbError::Schema(format!(
            "{} steps are missing; run `yishe migrate` as the database's owner",
            steps.len()
        ))),
    }
}

/// Refuses a role that could change history: a program that serves must not be able to.
pub(crate) fn check_serve_role(client: &mut ::postgres::Client) -> Result<(), DbError> {
    for (table, _) in INSERT_ONLY {
        let row = client
            .query_one(
                "select has_table_privilege($1, 'UPDATE') or has_table_privilege($1, 'DELETE') or has_table_privilege($1, 'TRUNCATE')",
                &[table],
            )
            .map_err(|error| from_postgres("role", &error))?;
        if row.try_get::<_, bool>(0).map_err(|error| from_postgres("role", &error))? {
            return Err(DbError::Schema(format!(
                "this role may change or delete rows of {table}; serve with the role that `yishe migrate --serve-role` prepared"
            )));
        }
    }
    Ok(())
}
