//! What a transaction wrote through records, kept while an act asks for it, so that no room below can write a row of an act that
//! its journal entry does not know.
use crate::{Arg, Cell, DbError, Record, Row};

/// One row as a record wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    /// Its table.
    pub table: &'static str,
    /// The record's columns.
    pub columns: &'static [&'static str],
    /// The primary key's columns.
    pub key: &'static [&'static str],
    /// The values, in the order of `columns`.
    pub values: Vec<Arg<'static>>,
    /// Whether it is one of many that a bulk act wrote.
    pub bulk: bool,
    /// The values it had before, if the row was there.
    pub before: Option<Vec<Arg<'static>>>,
}

impl Written {
    pub(crate) fn of<R: Record>(record: &R, before: Option<R>) -> Self {
        Self {
            table: R::TABLE,
            columns: R::COLUMNS,
            key: R::KEY,
            values: owned(&record.args()),
            bulk: false,
            before: before.map(|record| owned(&record.args())),
        }
    }
}

/// The key of a record, as parameters.
pub(crate) fn key_of<R: Record>(record: &R) -> Vec<Arg<'_>> {
    let args = record.args();
    let at = |part: &&str| R::COLUMNS.iter().position(|column| column == part);
    R::KEY.iter().filter_map(|part| at(part).map(|at| args[at].clone())).collect()
}

fn owned(args: &[Arg<'_>]) -> Vec<Arg<'static>> {
    args.iter().map(Arg::owned).collect()
}

impl Arg<'_> {
    /// The value with its own memory, taken over where it has it already.
    pub fn into_owned(self) -> Arg<'static> {
        match self {
            Self::Int(number) => Arg::Int(number),
            Self::Text(text) => Arg::Text(text.map(|text| text.into_owned().into())),
            Self::Bytes(bytes) => Arg::Bytes(bytes.map(|bytes| bytes.into_owned().into())),
        }
    }

    /// The same value with its own memory.
    pub fn owned(&self) -> Arg<'static> {
        match self {
            Self::Int(number) => Arg::Int(*number),
            Self::Text(text) => Arg::Text(text.as_ref().map(|text| text.clone().into_owned().into())),
            Self::Bytes(bytes) => Arg::Bytes(bytes.as_ref().map(|bytes| bytes.clone().into_owned().into())),
        }
    }
}

impl Row<'_> {
    /// The values of `columns`, whatever they are: for verification and copying. A null's type is not known here and is given
    /// as text.
    pub fn values(&self, columns: &[&str]) -> Result<Vec<Arg<'static>>, DbError> {
        columns.iter().map(|column| self.get::<Raw>(column).map(|raw| raw.0)).collect()
    }
}

/// A value as it is.
struct Raw(Arg<'static>);

impl crate::FromCell for Raw {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        Ok(Self(match cell {
            Cell::Null => Arg::Text(None),
            Cell::Int(number) => Arg::Int(Some(number)),
            Cell::Text(text) => Arg::Text(Some(text.to_owned().into())),
            Cell::Bytes(bytes) => Arg::Bytes(Some(bytes.to_vec().into())),
        }))
    }
}
