//! The database (存储): one SQL text, two engines. SQLite lives in the program, PostgreSQL on a server; only this room knows
//! which of the two it is.
//!
//! [`Db::read`] and [`Db::write`] give a [`Tx`]; the modules by concept are plain functions over it. Every statement is a named
//! constant, and a test prepares all of them on both engines. Only `bigint`, `text` and `bytea` are used; dates, instants and
//! identifiers are text that sorts, money is fen, bodies are JSON text that SQL never looks into.
//!
//! The meaning of each table and column is written once, in `migrations/`; the records repeat only the names.

mod checkpoint;
mod db;
mod error;
mod levels;
mod pool;
mod postgres;
mod row;
mod rows;
mod sqlite;
#[doc(hidden)]
pub mod statement;
mod tx;
mod value;
mod written;

pub mod accounts;
pub mod backup;
pub mod cases;
pub mod change;
pub mod cubes;
pub mod desk;
pub mod facts;
pub mod filter;
pub mod jobs;
pub mod journal;
pub mod migrate;
pub mod organizations;
pub mod outside;
pub mod papers;
pub mod people;
pub mod plans;
pub mod records;
pub mod registers;
pub mod scans;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;
pub mod upkeep;

pub use db::{Config, Db};
pub use error::DbError;
pub use filter::Filter;
pub use levels::Levels;
pub use row::{FromRow, Record, Row};
pub use rows::Rows;
pub use statement::Statement;
pub use tx::{Engine, Sql, Tx};
pub use value::{Arg, Cell, FromCell, ToArg};
pub use written::Written;

/// Every statement of this crate, for the test that prepares them all.
pub fn statements() -> Vec<Statement> {
    let mut all =
        [change::ALL, cubes::ALL, accounts::ALL, cases::ALL, jobs::ALL, journal::ALL, organizations::ALL].concat();
    all.extend(
        [
            papers::ALL,
            people::ALL,
            plans::ALL,
            registers::ALL,
            records::ALL,
            &desk::statements(),
            scans::ALL,
            outside::ALL,
            upkeep::ALL,
            facts::ALL,
        ]
        .concat(),
    );
    all.extend(tables::ALL.iter().flat_map(|table| table.statements));
    all
}
