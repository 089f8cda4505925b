//! Every row that the journal vouches for, read once from the snapshot and sorted, so that what an entry wrote is found by the
//! entry and what stands under a key by the key, without an index in the database.
use std::collections::BTreeMap;
use std::io;

use base::EntryId;
use journal::CurrentRow;
use store::change::ChangeRow;
use store::{Record as _, Tx};
use vault::Digest;

use super::sorted::{Prefix, Sorted, Sorting};
use crate::Refused;
use crate::act::{UNJOURNALLED, change_key, digest_of_change, digest_of_row};

/// A row of a table without an `entry` column: its entries vouch for it, but it does not name them.
#[derive(Debug, Clone)]
pub(super) struct Unstamped {
    pub(super) table: &'static str,
    pub(super) key: String,
    pub(super) digest: Digest,
}

/// The rows, sorted.
#[derive(Debug)]
pub(super) struct Rows {
    by_entry: Sorted,
    by_key: Sorted,
    pub(super) unstamped: Vec<Unstamped>,
}

struct Reading<'p> {
    by_entry: Sorting,
    by_key: Sorting,
    unstamped: Vec<Unstamped>,
    count: u64,
    progress: &'p mut dyn FnMut(u64),
}

impl Rows {
    /// Reads all journalled tables.
    pub(super) fn read(tx: &mut Tx<'_>, progress: &mut dyn FnMut(u64)) -> Result<Self, Refused> {
        let mut reading = Reading {
            by_entry: Sorting::default(),
            by_key: Sorting::default(),
            unstamped: Vec::new(),
            count: 0,
            progress,
        };
        for table in store::tables::ALL.iter().filter(|table| !UNJOURNALLED.contains(&table.name)) {
            let stamped = table.columns.contains(&"entry");
            tx.each_row(table.statements[4], &[], &mut |row| {
                let values = row.values(table.columns)?;
                let (key, digest) = digest_of_row(table.name, table.columns, table.key, &values);
                if stamped {
                    return reading.take(table.name, &key, row.get("entry")?, digest);
                }
                reading.take_unstamped(table.name, key, digest);
                Ok(())
            })?;
        }
        reading.changes(tx)?;
        store::journal::each_former(tx, |former| {
            let digest = crate::ledger::digest_of(&former.digest)?;
            reading.take_by_entry(&former.table_name, &former.key, former.entry, &digest)
        })?;
        let Reading { by_entry, by_key, unstamped, .. } = reading;
        let (by_entry, by_key) = (by_entry.finish().map_err(disk)?, by_key.finish().map_err(disk)?);
        Ok(Self { by_entry, by_key, unstamped })
    }

    /// The rows stamped with `entry`, and those it wrote in bulk that others have rewritten since.
    pub(super) fn of(&self, entry: EntryId) -> Result<Vec<CurrentRow>, Refused> {
        let records = self.by_entry.find(&entry.bits().to_be_bytes()).map_err(disk)?;
        Ok(records.iter().filter_map(|record| row_of(record)).collect())
    }

    /// Stamp and digest of what stands under a key.
    pub(super) fn find(&self, table: &str, key: &str) -> Result<Option<(EntryId, Digest)>, Refused> {
        let records = self.by_key.find(&key_prefix(table, key)).map_err(disk)?;
        Ok(records.first().and_then(|record| Some((entry_at(record, 16)?, digest_at(record, 32)?))))
    }

    /// A row whose stamp is none of `entries`, which must come ascending.
    pub(super) fn find_orphan(&self, entries: &[EntryId]) -> Result<Option<CurrentRow>, Refused> {
        let mut orphan = None;
        let result = self.by_entry.each(|record| match entry_at(record, 0) {
            Some(entry) if entries.binary_search(&entry).is_err() => {
                orphan = row_of(record);
                Err(io::Error::other("found"))
            }
            _ => Ok(()),
        });
        match (orphan, result) {
            (Some(orphan), _) => Ok(Some(orphan)),
            (None, result) => result.map(|()| None).map_err(disk),
        }
    }
}

impl Reading<'_> {
    fn take(&mut self, table: &str, key: &str, entry: EntryId, digest: Digest) -> Result<(), Refused> {
        self.take_by_entry(table, key, entry, &digest)?;
        let record = [&key_prefix(table, key)[..], &entry.bits().to_be_bytes(), digest.as_bytes()].concat();
        self.by_key.push(&record).map_err(disk)
    }

    fn take_by_entry(&mut self, table: &str, key: &str, entry: EntryId, digest: &Digest) -> Result<(), Refused> {
        self.count += 1;
        if self.count.is_multiple_of(10_000) {
            (self.progress)(self.count);
        }
        let name = [table.as_bytes(), b"\0", key.as_bytes()].concat();
        let record = [&entry.bits().to_be_bytes()[..], digest.as_bytes(), &name].concat();
        self.by_entry.push(&record).map_err(disk)
    }

    fn take_unstamped(&mut self, table: &'static str, key: String, digest: Digest) {
        self.count += 1;
        self.unstamped.push(Unstamped { table, key, digest });
    }

    /// Change rows are vouched for one by one, except for their positions.
    fn changes(&mut self, tx: &mut Tx<'_>) -> Result<(), Refused> {
        // One act's changes stand together, but its entries may take turns: a decided case founds an organization and goes on. All of
        // them bear the act's millisecond.
        let mut places: BTreeMap<EntryId, usize> = BTreeMap::new();
        let mut last = None;
        tx.each::<ChangeRow, Refused>(ChangeRow::EACH, &[], |row| {
            let act = (row.origin, row.entry.bits() >> 80);
            if last.replace(act) != Some(act) {
                places.clear();
            }
            let place = places.entry(row.entry).and_modify(|place| *place += 1).or_insert(1);
            let place = *place;
            let change = row.change();
            self.take("change", &change_key(row.origin, row.entry, place), row.entry, digest_of_change(&change))
        })
    }
}

/// A row out of its record: stamp, digest, table, key.
fn row_of(record: &[u8]) -> Option<CurrentRow> {
    let name = std::str::from_utf8(record.get(48..)?).ok()?;
    let (table, key) = name.split_once('\0')?;
    Some(CurrentRow {
        table: table.to_owned(),
        key: key.to_owned(),
        entry: entry_at(record, 0)?,
        digest: digest_at(record, 16)?,
    })
}

fn entry_at(record: &[u8], at: usize) -> Option<EntryId> {
    Some(EntryId::from_bits(u128::from_be_bytes(record.get(at..at + 16)?.try_into().ok()?)))
}

fn digest_at(record: &[u8], at: usize) -> Option<Digest> {
    Some(Digest(record.get(at..at + 32)?.try_into().ok()?))
}

/// Half a digest of table and key: 64 bits against collision by chance among all rows there will ever be, and nothing depends on
/// them being hard to find, because both rows are vouched for.
fn key_prefix(table: &str, key: &str) -> Prefix {
    let digest = vault::sm3(&[table.as_bytes(), b"\0", key.as_bytes()].concat());
    let mut prefix = [0; 16];
    prefix.copy_from_slice(&digest.as_bytes()[..16]);
    prefix
}

fn disk(error: impl std::fmt::Display) -> Refused {
    Refused::internal(format!("temporary file: {error}"))
}
