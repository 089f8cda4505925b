//! What the verifier asks for, answered from one read snapshot.
use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::error::Error;

use base::{EntryId, Origin};
use journal::{CurrentRow, Evidence, Head, Standing, StoredFile, Subject};
use store::Tx;
use vault::Digest;

use super::rows::Rows;
use crate::ledger::digest_of;
use crate::{Files, Refused};

type Unread = Box<dyn Error + Send + Sync>;

/// Leaves of so many bulk acts are kept at hand: 1,000 rows of 32 bytes each.
const LEAVES_KEPT: usize = 64;

/// The snapshot, shared by the loop that reads entries and by the verifier's questions.
pub(super) struct Snapshot<'s, 't> {
    pub(super) tx: RefCell<&'s mut Tx<'t>>,
    /// The entry being checked.
    pub(super) current: Cell<EntryId>,
}

/// The answers.
pub(super) struct Witness<'s, 't, 'w> {
    pub(super) snapshot: &'w Snapshot<'s, 't>,
    pub(super) rows: Option<&'w Rows>,
    pub(super) unstamped: HashSet<(&'w str, &'w str)>,
    pub(super) files: &'w Files,
    pub(super) leaves: HashMap<EntryId, HashSet<Digest>>,
}

impl<'s, 't, 'w> Witness<'s, 't, 'w> {
    pub(super) fn new(snapshot: &'w Snapshot<'s, 't>, rows: Option<&'w Rows>, files: &'w Files) -> Self {
        let unstamped = rows.iter().flat_map(|rows| &rows.unstamped).map(|row| (row.table, row.key.as_str())).collect();
        Self { snapshot, rows, unstamped, files, leaves: HashMap::new() }
    }
}

impl Evidence for Witness<'_, '_, '_> {
    fn find_head(&mut self, origin: Origin, subject: &Subject) -> Result<Option<Head>, Unread> {
        let row = store::journal::head(&mut self.snapshot.tx.borrow_mut(), origin, &subject.to_string())?;
        let Some(row) = row else { return Ok(None) };
        Ok(Some(Head {
            origin,
            subject: subject.clone(),
            seq: row.seq.unsigned_abs(),
            // A digest that is none cannot be the chain's: the verifier says that the head differs.
            digest: digest_of(&row.hash).unwrap_or(Digest::ZERO),
        }))
    }

    fn count_heads(&mut self) -> Result<u64, Unread> {
        Ok(store::journal::count_heads(&mut self.snapshot.tx.borrow_mut())?.unsigned_abs())
    }

    fn find_digest(&mut self, origin: Origin, subject: &Subject, seq: u64) -> Result<Option<Digest>, Unread> {
        let seq = i64::try_from(seq)?;
        let found = store::journal::digest_at(&mut self.snapshot.tx.borrow_mut(), origin, &subject.to_string(), seq)?;
        Ok(found.map(|bytes| digest_of(&bytes).unwrap_or(Digest::ZERO)))
    }

    fn find_standing(&mut self, entry: EntryId) -> Result<Option<Standing>, Unread> {
        let Some(place) = store::journal::find_place(&mut self.snapshot.tx.borrow_mut(), entry)? else {
            return Ok(None);
        };
        Ok(Some(Standing {
            origin: place.origin,
            subject: place.subject.parse()?,
            seq: place.seq.unsigned_abs(),
            at: place.at,
        }))
    }

    fn rows_of(&mut self, entry: EntryId) -> Result<Vec<CurrentRow>, Unread> {
        Ok(self.rows.map(|rows| rows.of(entry)).transpose()?.unwrap_or_default())
    }

    fn find_row(&mut self, table: &str, key: &str) -> Result<Option<CurrentRow>, Unread> {
        let row = |entry, digest| CurrentRow { table: table.to_owned(), key: key.to_owned(), entry, digest };
        if self.unstamped.contains(&(table, key)) {
            // It does not say who wrote it; that it is as last written is checked when all entries have passed.
            return Ok(Some(row(self.snapshot.current.get(), Digest::ZERO)));
        }
        let found = self.rows.map(|rows| rows.find(table, key)).transpose()?.flatten();
        Ok(found.map(|(entry, digest)| row(entry, digest)))
    }

    fn holds_leaf(&mut self, batch: EntryId, leaf: &Digest) -> Result<bool, Unread> {
        if !self.leaves.contains_key(&batch) {
            if self.leaves.len() >= LEAVES_KEPT {
                self.leaves.clear();
            }
            let rows = self.rows_of(batch)?;
            let leaves = rows.iter().map(|row| journal::merkle::leaf(row.digest.as_bytes())).collect();
            self.leaves.insert(batch, leaves);
        }
        Ok(self.leaves.get(&batch).is_some_and(|leaves| leaves.contains(leaf)))
    }

    fn find_orphan(&mut self) -> Result<Option<CurrentRow>, Unread> {
        let Some(rows) = self.rows else { return Ok(None) };
        let mut entries = Vec::new();
        store::journal::each_id(&mut self.snapshot.tx.borrow_mut(), |id| {
            entries.push(id);
            Ok::<_, Refused>(())
        })?;
        Ok(rows.find_orphan(&entries)?)
    }

    fn find_file(&mut self, digest: &Digest) -> Result<StoredFile, Unread> {
        if let Some(found) = self.files.recompute(digest) {
            return Ok(StoredFile::Present(found));
        }
        // Files of drafts that were thrown away are erased; each removal stands in a row that an entry proves.
        let erased = store::papers::was_erased(&mut self.snapshot.tx.borrow_mut(), digest.as_bytes())?;
        Ok(if erased { StoredFile::Erased } else { StoredFile::Missing })
    }
}
