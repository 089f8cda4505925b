//! A table's parts as its file keeps them.
use std::collections::BTreeMap;

use base::Date;

use super::{Cells, Layout, Table};

/// A table's contents as they are kept in a file.
pub(crate) struct Stored {
    pub cells: Vec<Cells>,
    pub flags: Vec<Vec<u32>>,
    pub symbols: Vec<Vec<String>>,
    pub supplied: Vec<bool>,
    pub registered: Option<Vec<u32>>,
    pub domiciled: Vec<u32>,
    pub ids: Vec<u128>,
    /// The rows in the order of their ids; all of them, or fewer where later ones must be sorted in.
    pub order: Vec<u32>,
}

/// The same, borrowed.
pub(crate) struct StoredRef<'t> {
    pub cells: &'t [Cells],
    pub flags: &'t [Vec<u32>],
    pub symbols: &'t [Vec<String>],
    pub supplied: &'t [bool],
    pub registered: Option<&'t Vec<u32>>,
    pub domiciled: &'t Vec<u32>,
    pub ids: &'t [u128],
    pub order: &'t [u32],
}

impl Table {
    pub(crate) fn stored(&self) -> StoredRef<'_> {
        StoredRef {
            cells: &self.cells,
            flags: &self.flags,
            symbols: &self.symbols,
            supplied: &self.supplied,
            registered: self.registered.as_ref(),
            domiciled: &self.domiciled,
            ids: &self.ids,
            order: &self.order,
        }
    }

    /// A table from its file; none if its parts do not fit together.
    pub(crate) fn from_stored(layout: Layout, kept_since: Option<Date>, stored: Stored) -> Option<Self> {
        let empty = Self::new(layout);
        if stored.registered.is_some() != empty.registered.is_some() || stored.flags.len() != empty.flags.len() {
            return None;
        }
        let id = |row: &u32| stored.ids.get(*row as usize);
        let ascend = |pair: &[u32]| id(&pair[0]) < id(&pair[1]);
        if stored.order.iter().any(|row| id(row).is_none()) || !stored.order.windows(2).all(ascend) {
            return None;
        }
        let whole = stored.order.len() == stored.ids.len();
        let mut table = Self {
            layout: empty.layout,
            cells: stored.cells,
            flags: stored.flags,
            symbols: stored.symbols,
            supplied: stored.supplied,
            registered: stored.registered,
            domiciled: stored.domiciled,
            ids: stored.ids,
            order: stored.order,
            late: BTreeMap::new(),
            kept_since,
        };
        if !whole {
            table.index();
        }
        Some(table)
    }
}
