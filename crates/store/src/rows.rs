//! Many rows of one table (批量行), made ready ahead of the transaction that inserts them: on SQLite everybody else waits while
//! the writer works, so it should have nothing to do but to insert.
use std::marker::PhantomData;

use crate::{Arg, Record};

/// Rows whose values lie ready, one after the other.
#[derive(Debug, Clone)]
pub struct Rows<R> {
    values: Vec<Arg<'static>>,
    of: PhantomData<fn() -> R>,
}

impl<R> Default for Rows<R> {
    fn default() -> Self {
        Self { values: Vec::new(), of: PhantomData }
    }
}

impl<R: Record> Rows<R> {
    /// Takes one more row.
    pub fn push(&mut self, record: R) {
        record.each_arg(|arg| self.values.push(arg));
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        self.values.len() / R::COLUMNS.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The values of each row, in the order of [`Record::COLUMNS`].
    pub fn each(&self) -> impl Iterator<Item = &[Arg<'static>]> {
        self.values.chunks_exact(R::COLUMNS.len())
    }

    /// The values of the newest row.
    pub fn last(&self) -> Option<&[Arg<'static>]> {
        self.values.len().checked_sub(R::COLUMNS.len()).and_then(|from| self.values.get(from..))
    }
}
