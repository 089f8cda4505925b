//! Reading rows by column name; a value that cannot be meant becomes an error that names table, column and row.
use std::cell::Cell as Slot;

use crate::value::{Cell, FromCell};
use crate::{Arg, DbError, Statement};

/// One row of a result.
pub struct Row<'r> {
    inner: Inner<'r>,
    statement: &'r str,
    /// Columns are mostly read in their order; looking at the next one first makes reading by name cost one comparison.
    next: Slot<usize>,
}

enum Inner<'r> {
    Sqlite { row: &'r rusqlite::Row<'r> },
    Postgres { row: &'r postgres::Row },
}

/// A type read from a row.
pub trait FromRow: Sized {
    /// The table it comes from, for error messages.
    const TABLE: &'static str;
    /// Reads it.
    fn from_row(row: &Row<'_>) -> Result<Self, DbError>;
}

/// A type that is one table's row, with its statements made from its columns. See [`record!`](crate::record).
pub trait Record: FromRow {
    /// Its columns, in the order of [`Record::args`].
    const COLUMNS: &'static [&'static str];
    /// Its primary key.
    const KEY: &'static [&'static str];
    /// `insert into T (..) values ($1, ..)`
    const INSERT: Statement;
    /// `insert .. on conflict (key) do update set ..`
    const UPSERT: Statement;
    /// `update T set .. where key = ..`, parameters in the order of [`Record::COLUMNS`].
    const UPDATE: Statement;
    /// `select .. from T where key = ..`, parameters in the order of [`Record::KEY`].
    const FIND: Statement;
    /// `select .. from T order by key`
    const EACH: Statement;
    /// The values, in the order of [`Record::COLUMNS`].
    fn args(&self) -> Vec<Arg<'_>>;
    /// The values as [`Record::args`] gives them, each with its own memory.
    fn each_arg(self, take: impl FnMut(Arg<'static>));
}

impl<'r> Row<'r> {
    pub(crate) fn sqlite(row: &'r rusqlite::Row<'r>, statement: &'r str) -> Self {
        Self { inner: Inner::Sqlite { row }, statement, next: Slot::new(0) }
    }

    pub(crate) fn postgres(row: &'r postgres::Row, statement: &'r str) -> Self {
        Self { inner: Inner::Postgres { row }, statement, next: Slot::new(0) }
    }

    /// The value of `column`.
    pub fn get<T: FromCell>(&self, column: &str) -> Result<T, DbError> {
        self.of("", column)
    }

    /// The value of `column` of `table` (the table only makes the error better).
    pub fn of<T: FromCell>(&self, table: &'static str, column: &str) -> Result<T, DbError> {
        let wrong = |message: String| DbError::Inconsistent {
            table: if table.is_empty() { "row" } else { table },
            column: column.to_owned(),
            row: self.key(),
            message: format!("{message} (statement {})", self.statement),
        };
        let index =
            self.position(column).ok_or_else(|| wrong("the statement does not select this column".to_owned()))?;
        T::from_cell(self.cell(index).map_err(wrong)?).map_err(wrong)
    }

    /// The value of the column at `index`.
    pub fn at<T: FromCell>(&self, index: usize) -> Result<T, DbError> {
        let wrong = |message: String| DbError::Inconsistent {
            table: "row",
            column: format!("#{index}"),
            row: self.key(),
            message: format!("{message} (statement {})", self.statement),
        };
        T::from_cell(self.cell(index).map_err(wrong)?).map_err(wrong)
    }

    fn len(&self) -> usize {
        match &self.inner {
            Inner::Sqlite { row } => row.as_ref().column_count(),
            Inner::Postgres { row } => row.len(),
        }
    }

    fn name(&self, index: usize) -> &str {
        match &self.inner {
            Inner::Sqlite { row } => row.as_ref().column_name(index).unwrap_or_default(),
            Inner::Postgres { row } => row.columns().get(index).map_or("", postgres::Column::name),
        }
    }

    fn position(&self, column: &str) -> Option<usize> {
        let (len, guess) = (self.len(), self.next.get());
        let found = if guess < len && self.name(guess) == column {
            Some(guess)
        } else {
            (0..len).find(|&index| self.name(index) == column)
        };
        if let Some(index) = found {
            self.next.set(index + 1);
        }
        found
    }

    /// The raw value at `index`.
    fn cell(&self, index: usize) -> Result<Cell<'_>, String> {
        match &self.inner {
            Inner::Sqlite { row } => sqlite_cell(row, index),
            Inner::Postgres { row } => postgres_cell(row, index),
        }
    }

    /// The leading columns, as far as they are short: enough to find the row again.
    fn key(&self) -> String {
        let mut parts = Vec::new();
        for index in 0..self.len().min(3) {
            match self.cell(index) {
                Ok(Cell::Int(number)) => parts.push(format!("{}={number}", self.name(index))),
                Ok(Cell::Text(text)) if text.len() <= 40 => parts.push(format!("{}={text}", self.name(index))),
                _ => {}
            }
        }
        parts.join(" ")
    }
}

fn sqlite_cell<'r>(row: &'r rusqlite::Row<'_>, index: usize) -> Result<Cell<'r>, String> {
    use rusqlite::types::ValueRef;
    match row.get_ref(index).map_err(|error| error.to_string())? {
        ValueRef::Null => Ok(Cell::Null),
        ValueRef::Integer(number) => Ok(Cell::Int(number)),
        ValueRef::Text(text) => std::str::from_utf8(text).map(Cell::Text).map_err(|error| error.to_string()),
        ValueRef::Blob(bytes) => Ok(Cell::Bytes(bytes)),
        ValueRef::Real(number) => Err(format!("a floating point number ({number}); cast it to bigint")),
    }
}

fn postgres_cell(row: &postgres::Row, index: usize) -> Result<Cell<'_>, String> {
    use postgres::types::Type;
    let column = row.columns().get(index).ok_or("no such column")?;
    let kind = column.type_();
    let wrong = |error: postgres::Error| error.to_string();
    let int = |number: Option<i64>| number.map_or(Cell::Null, Cell::Int);
    if *kind == Type::INT8 {
        row.try_get(index).map(int).map_err(wrong)
    } else if *kind == Type::INT4 {
        row.try_get::<_, Option<i32>>(index).map(|number| int(number.map(i64::from))).map_err(wrong)
    } else if *kind == Type::BOOL {
        row.try_get::<_, Option<bool>>(index).map(|yes| int(yes.map(i64::from))).map_err(wrong)
    } else if *kind == Type::BYTEA {
        row.try_get(index).map(|bytes: Option<&[u8]>| bytes.map_or(Cell::Null, Cell::Bytes)).map_err(wrong)
    } else if [Type::TEXT, Type::VARCHAR, Type::NAME, Type::UNKNOWN].contains(kind) {
        row.try_get(index).map(|text: Option<&str>| text.map_or(Cell::Null, Cell::Text)).map_err(wrong)
    } else {
        Err(format!("type {kind}; cast it to bigint, text or bytea"))
    }
}

/// One number: `count(*)`, `max(pos)`.
impl FromRow for i64 {
    const TABLE: &'static str = "number";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        row.at(0)
    }
}

/// One text column.
impl FromRow for String {
    const TABLE: &'static str = "text";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        row.at(0)
    }
}

/// One column that may be null.
impl<T: FromCell> FromRow for Option<T> {
    const TABLE: &'static str = "value";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        row.at(0)
    }
}

/// The first columns, by position.
impl<A: FromCell, B: FromCell> FromRow for (A, B) {
    const TABLE: &'static str = "pair";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok((row.at(0)?, row.at(1)?))
    }
}

/// The first columns, by position.
impl<A: FromCell, B: FromCell, C: FromCell> FromRow for (A, B, C) {
    const TABLE: &'static str = "triple";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok((row.at(0)?, row.at(1)?, row.at(2)?))
    }
}
