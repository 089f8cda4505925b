//! What others would use, on the same names on the same machine: a LIKE scan, FTS5 with trigrams, SQLite alone.
use std::path::Path;

use anyhow::Result;
use rusqlite::Connection;

/// The yardsticks.
pub struct Yard {
    /// The register's own file, read with plain SQL.
    pub plain: Connection,
    /// The same names under FTS5 trigrams.
    pub trigram: Connection,
}

impl Yard {
    /// Opens the register read-only and builds what is not there yet.
    pub fn build(folder: &Path) -> Result<Self> {
        let file = folder.join("yishe.db");
        let plain = Connection::open_with_flags(&file, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
        let trigram = Connection::open(folder.join("trigram.db"))?;
        trigram.execute_batch(
            "pragma journal_mode = wal; pragma synchronous = off;
             create virtual table if not exists names using fts5 (name, tokenize = 'trigram');",
        )?;
        let (have, want) = (count(&trigram, "names")?, count(&plain, "organization")?);
        if have != want {
            trigram.execute("delete from names", [])?;
            trigram.execute("attach database ?1 as register", [file.to_string_lossy()])?;
            trigram.execute_batch(
                "insert into names (rowid, name) select rowid, name from register.organization; detach database register;",
            )?;
        }
        Ok(Self { plain, trigram })
    }

    /// The first page of a LIKE scan.
    pub fn like_page(&self, piece: &str) -> Result<usize> {
        let mut statement =
            self.plain.prepare_cached("select id, name from organization where name like '%' || ?1 || '%' limit 20")?;
        Ok(statement.query_map([piece], |row| row.get::<_, String>(0))?.count())
    }

    /// The total of a LIKE scan.
    pub fn like_count(&self, piece: &str) -> Result<i64> {
        let mut statement =
            self.plain.prepare_cached("select count(*) from organization where name like '%' || ?1 || '%'")?;
        Ok(statement.query_row([piece], |row| row.get(0))?)
    }

    /// The first page from trigrams; pieces of fewer than three characters it cannot find.
    pub fn trigram_page(&self, piece: &str) -> Result<usize> {
        let mut statement =
            self.trigram.prepare_cached("select rowid, name from names where name match ?1 limit 20")?;
        Ok(statement.query_map([format!("\"{piece}\"")], |row| row.get::<_, i64>(0))?.count())
    }

    /// The total from trigrams.
    pub fn trigram_count(&self, piece: &str) -> Result<i64> {
        let mut statement = self.trigram.prepare_cached("select count(*) from names where name match ?1")?;
        Ok(statement.query_row([format!("\"{piece}\"")], |row| row.get(0))?)
    }

    /// One row by its code.
    pub fn point_read(&self, code: &str) -> Result<String> {
        let mut statement = self.plain.prepare_cached(
            "select o.body from credit_code c join organization o on o.origin = c.origin and o.id = c.org where c.code = ?1",
        )?;
        Ok(statement.query_row([code], |row| row.get(0))?)
    }

    /// How many per kind and state below an area, counted over the wide rows.
    pub fn count_by_kind(&self, province: &str) -> Result<usize> {
        let mut statement = self.plain.prepare_cached(
            "select kind, registration, count(*) from organization where registrar_province = ?1 group by kind, registration",
        )?;
        Ok(statement.query_map([province], |row| row.get::<_, i64>(2))?.count())
    }
}

fn count(connection: &Connection, table: &str) -> Result<i64> {
    Ok(connection.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0))?)
}
