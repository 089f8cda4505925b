//! Backup and restore of a SQLite database (备份与恢复). PostgreSQL has its own tools (`pg_dump`, base backups).
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use crate::error::from_sqlite;
use crate::{Db, DbError, migrate, sqlite};

/// What a check of a database file found to be sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Bytes of the file.
    pub size: u64,
    /// The newest step of its schema.
    pub schema: i64,
    /// Journal entries in it.
    pub entries: i64,
}

fn io(path: &Path, error: &std::io::Error) -> DbError {
    DbError::Unavailable(format!("{}: {error}", path.display()))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    PathBuf::from(name)
}

/// Makes a file's content and its name survive a power cut.
fn settle(path: &Path) -> Result<(), DbError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for place in [path, folder] {
        fs::File::open(place).and_then(|file| file.sync_all()).map_err(|error| io(place, &error))?;
    }
    Ok(())
}

/// Writes a copy of one moment of the database to `to`, while others read and write. The copy is checked before it gets its
/// name, so a file called `to` is always a whole one. Refuses to overwrite.
pub fn backup(db: &Db, to: &Path) -> Result<Checked, DbError> {
    let from = db.path().ok_or_else(|| DbError::Unavailable("only SQLite is copied here; use pg_dump".to_owned()))?;
    copy(from, to)
}

/// Puts the copy `from` where the database `to` was or shall be. The program must not run. A database already there is kept
/// as `to.before-restore`. Gives what the check of the copy found; a broken copy is refused before anything is touched.
pub fn restore(from: &Path, to: &Path) -> Result<Checked, DbError> {
    check(from)?;
    let fresh = beside(to, ".restored");
    remove(&fresh)?;
    let checked = copy(from, &fresh)?;
    if to.exists() {
        // The write-ahead log belongs to the file: with it, the old database can be opened again under its new name.
        for ending in ["-wal", "-shm", ""] {
            let (old, kept) = (beside(to, ending), beside(&beside(to, ".before-restore"), ending));
            remove(&kept)?;
            if old.exists() {
                fs::rename(&old, &kept).map_err(|error| io(&old, &error))?;
            }
        }
    }
    fs::rename(&fresh, to).map_err(|error| io(to, &error))?;
    settle(to)?;
    Ok(checked)
}

fn remove(path: &Path) -> Result<(), DbError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(io(path, &error)),
        _ => Ok(()),
    }
}

fn copy(from: &Path, to: &Path) -> Result<Checked, DbError> {
    if to.exists() {
        return Err(DbError::Unavailable(format!("{} exists already; a backup never overwrites", to.display())));
    }
    let part = beside(to, ".part");
    remove(&part)?;
    let target = part.to_str().ok_or_else(|| DbError::Unavailable(format!("{} is not UTF-8", part.display())))?;
    sqlite::existing(from)?.execute("vacuum into ?1", [target]).map_err(|error| from_sqlite("backup", &error))?;
    let checked = check(&part)?;
    fs::rename(&part, to).map_err(|error| io(to, &error))?;
    settle(to)?;
    Ok(checked)
}

/// Reads a whole database file and refuses it if a page, an index, a reference or the schema is wrong.
pub fn check(path: &Path) -> Result<Checked, DbError> {
    let wrong = |error: rusqlite::Error| from_sqlite("check", &error);
    let size = fs::metadata(path).map_err(|error| io(path, &error))?.len();
    let connection = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .map_err(|error| DbError::Unavailable(format!("{}: {error}", path.display())))?;
    let broken = |what: &str| DbError::Schema(format!("{} is damaged: {what}", path.display()));
    let verdict: String = connection
        .query_row("pragma integrity_check(1)", [], |row| row.get(0))
        .map_err(|error| broken(&error.to_string()))?;
    if verdict != "ok" {
        return Err(broken(&verdict));
    }
    let dangling: i64 =
        connection.query_row("select count(*) from pragma_foreign_key_check", [], |row| row.get(0)).map_err(wrong)?;
    if dangling > 0 {
        return Err(broken(&format!("{dangling} rows refer to rows that are not there")));
    }
    let schema = migrate::check_sqlite(&connection)?;
    let entries = connection.query_row("select count(*) from journal_entry", [], |row| row.get(0)).map_err(wrong)?;
    Ok(Checked { size, schema, entries })
}
