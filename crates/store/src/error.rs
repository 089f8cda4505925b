//! What can go wrong in the database, said the same way for both engines.

/// A database error. Absence is never an error here: look-ups return `Option`.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// Somebody else changed the row since it was read (`rev` no longer matches).
    #[error("somebody else changed this {0} since it was read")]
    Conflict(&'static str),
    /// A value that must be unique is taken already.
    #[error("{table}({}) is taken already", .columns.join(", "))]
    Unique {
        /// The table that owns the key.
        table: String,
        /// The key's columns, in the key's order.
        columns: Vec<String>,
    },
    /// A foreign key, NOT NULL or CHECK refused the row.
    #[error("{statement}: the database refused the row: {message}")]
    Refused {
        /// The statement's name.
        statement: String,
        /// The engine's words.
        message: String,
    },
    /// History (journal, versions) was to be changed or deleted.
    #[error("{statement}: history is insert-only: {message}")]
    InsertOnly {
        /// The statement's name.
        statement: String,
        /// The engine's words.
        message: String,
    },
    /// The database had no time for us: lock, deadlock, serialization, pool exhausted. Trying again may help.
    #[error("the database is busy: {0}")]
    Busy(String),
    /// A row holds something the program cannot mean.
    #[error("{table}.{column} of row {row}: {message}")]
    Inconsistent {
        /// The record's table, or the statement's name.
        table: &'static str,
        /// The column.
        column: String,
        /// The row's key as far as it is known.
        row: String,
        /// What was found.
        message: String,
    },
    /// A row that must exist does not.
    #[error("{table}: no row {row}")]
    Missing {
        /// The table.
        table: &'static str,
        /// The key looked for.
        row: String,
    },
    /// The act's code panicked; its own changes were rolled back.
    #[error("the act failed inside: {0}")]
    Panicked(String),
    /// No connection, or the writer has stopped.
    #[error("the database cannot be reached: {0}")]
    Unavailable(String),
    /// The schema is not the one this program was built with.
    #[error("schema: {0}")]
    Schema(String),
    /// Anything else an engine says.
    #[error("{statement}: {message}")]
    Engine {
        /// The statement's name.
        statement: String,
        /// The engine's words.
        message: String,
    },
}

impl DbError {
    /// Whether `columns` of `table` were taken already.
    pub fn is_unique(&self, table: &str, columns: &[&str]) -> bool {
        matches!(self, Self::Unique { table: t, columns: c } if t == table && c == columns)
    }

    /// A copy for the other acts of a group that failed together.
    pub(crate) fn again(&self) -> Self {
        match self {
            Self::Busy(why) => Self::Busy(why.clone()),
            other => Self::Unavailable(other.to_string()),
        }
    }
}

/// Maps what SQLite says.
pub(crate) fn from_sqlite(statement: &str, error: &rusqlite::Error) -> DbError {
    use rusqlite::ffi;
    let message = error.to_string();
    let statement = statement.to_owned();
    let rusqlite::Error::SqliteFailure(failure, _) = error else {
        return DbError::Engine { statement, message };
    };
    match (failure.code, failure.extended_code) {
        (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => sqlite_unique(&message).map_or_else(
            || DbError::Refused { statement, message },
            |(table, columns)| DbError::Unique { table, columns },
        ),
        (_, ffi::SQLITE_CONSTRAINT_TRIGGER) => DbError::InsertOnly { statement, message },
        (rusqlite::ErrorCode::ConstraintViolation, _) => DbError::Refused { statement, message },
        (rusqlite::ErrorCode::DatabaseBusy | rusqlite::ErrorCode::DatabaseLocked, _) => DbError::Busy(message),
        (rusqlite::ErrorCode::CannotOpen | rusqlite::ErrorCode::DiskFull | rusqlite::ErrorCode::SystemIoFailure, _) => {
            DbError::Unavailable(message)
        }
        _ => DbError::Engine { statement, message },
    }
}

/// `UNIQUE constraint failed: account.person, account.id` names table and columns.
fn sqlite_unique(message: &str) -> Option<(String, Vec<String>)> {
    let (_, list) = message.split_once("UNIQUE constraint failed: ")?;
    let mut table = None;
    let mut columns = Vec::new();
    for part in list.split(", ") {
        let (owner, column) = part.trim().split_once('.')?;
        table.get_or_insert_with(|| owner.to_owned());
        columns.push(column.to_owned());
    }
    table.map(|table| (table, columns))
}

/// Maps what PostgreSQL says.
pub(crate) fn from_postgres(statement: &str, error: &postgres::Error) -> DbError {
    use postgres::error::SqlState;
    let statement = statement.to_owned();
    let Some(db) = error.as_db_error() else {
        let message = describe(error);
        return if error.is_closed() { DbError::Unavailable(message) } else { DbError::Engine { statement, message } };
    };
    let message = db.message().to_owned();
    let code = db.code();
    if *code == SqlState::UNIQUE_VIOLATION {
        return DbError::Unique {
            table: db.table().unwrap_or_default().to_owned(),
            columns: db.detail().map(postgres_columns).unwrap_or_default(),
        };
    }
    if *code == SqlState::INSUFFICIENT_PRIVILEGE {
        return DbError::InsertOnly { statement, message };
    }
    if code.code().starts_with("23") {
        return DbError::Refused { statement, message };
    }
    let busy = [
        SqlState::T_R_SERIALIZATION_FAILURE,
        SqlState::T_R_DEADLOCK_DETECTED,
        SqlState::LOCK_NOT_AVAILABLE,
        SqlState::TOO_MANY_CONNECTIONS,
        SqlState::QUERY_CANCELED,
    ];
    if busy.contains(code) {
        return DbError::Busy(message);
    }
    if code.code().starts_with("08") || code.code().starts_with("57P") {
        return DbError::Unavailable(message);
    }
    DbError::Engine { statement, message }
}

/// An error with the causes the driver hides behind "db error".
fn describe(error: &postgres::Error) -> String {
    use std::error::Error as _;
    error.source().map_or_else(|| error.to_string(), |cause| format!("{error}: {cause}"))
}

/// `Key (origin, id)=(000000, x) already exists.` names the columns.
fn postgres_columns(detail: &str) -> Vec<String> {
    let inside = detail.split_once('(').and_then(|(_, rest)| rest.split_once(")=")).map_or("", |(columns, _)| columns);
    inside.split(", ").filter(|column| !column.is_empty()).map(|column| column.trim_matches('"').to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_engines_name_the_key_alike() {
        let sqlite = sqlite_unique("UNIQUE constraint failed: account.person, account.id").unwrap();
        assert_eq!(sqlite, ("account".to_owned(), vec!["person".to_owned(), "id".to_owned()]));
        assert_eq!(postgres_columns("Key (person, id)=(a, b) already exists."), ["person", "id"]);
        assert!(sqlite_unique("something else").is_none());
    }
}
