//! Rows and files against the entries that vouch for them (全面核验).
use std::collections::{HashMap, HashSet};

use base::{EntryId, Instant, Origin};
use vault::Digest;

use crate::{Entry, Fault, Head, Place, Stop, Subject, batch_of};

/// A failure to read; says nothing about the journal.
type Unread = Box<dyn std::error::Error + Send + Sync>;

/// A row as it stands now in a journalled table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CurrentRow {
    /// Table name.
    pub table: String,
    /// Primary key as text, its parts joined by `/`.
    pub key: String,
    /// Its `entry` column: who last wrote it.
    pub entry: EntryId,
    /// [`crate::row_digest`] of what is there.
    pub digest: Digest,
}

/// Where an entry stands: its chain, its place in it, and when.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Standing {
    /// Shard key of the chain.
    pub origin: Origin,
    /// Whose chain.
    pub subject: Subject,
    /// Place in the chain.
    pub seq: u64,
    /// Wall clock of the server that wrote it.
    pub at: Instant,
}

/// How far the clocks of two servers may differ: one minute. Between chains, order is known only by clock; a row put back
/// to what another chain's entry wrote less than this before is not told from an act on a server whose clock lags.
const CLOCKS_DIFFER_SECONDS: i64 = 60;

/// Whether `one` was certainly before `two`, by servers' clocks.
fn long_before(one: Instant, two: Instant) -> bool {
    one.plus_seconds(CLOCKS_DIFFER_SECONDS) < two
}

/// What the file store has under a digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum StoredFile {
    /// A file whose content, read again, has this digest.
    Present(Digest),
    /// Nothing.
    Missing,
    /// Nothing, because a journalled act erased it lawfully (个人信息保护法 art. 47).
    Erased,
}

/// What verification looks things up in. All answers must come from one snapshot, the one the entries are read from.
pub trait Evidence {
    /// The recorded head of a chain.
    fn find_head(&mut self, origin: Origin, subject: &Subject) -> Result<Option<Head>, Unread>;
    /// How many heads are recorded.
    fn count_heads(&mut self) -> Result<u64, Unread>;
    /// The stated digest of the entry at `seq` of a chain. (That it is the true one is checked when the entry passes.)
    fn find_digest(&mut self, origin: Origin, subject: &Subject, seq: u64) -> Result<Option<Digest>, Unread>;
    /// Where an entry stands.
    fn find_standing(&mut self, entry: EntryId) -> Result<Option<Standing>, Unread>;
    /// The rows stamped with `entry` now, in all journalled tables.
    fn rows_of(&mut self, entry: EntryId) -> Result<Vec<CurrentRow>, Unread>;
    /// One row.
    fn find_row(&mut self, table: &str, key: &str) -> Result<Option<CurrentRow>, Unread>;
    /// Whether a row of `batch` has this Merkle leaf.
    fn holds_leaf(&mut self, batch: EntryId, leaf: &Digest) -> Result<bool, Unread>;
    /// Any row whose stamp names no entry.
    fn find_orphan(&mut self) -> Result<Option<CurrentRow>, Unread>;
    /// A stored file, read and hashed again.
    fn find_file(&mut self, digest: &Digest) -> Result<StoredFile, Unread>;
}

/// Table and key.
type RowName = (String, String);

/// What has to be remembered between entries: only rows that are gone, and files already read.
#[derive(Debug, Default)]
pub(crate) struct RowCheck {
    /// Rows an entry wrote and that are not there: to be explained by a later deletion.
    gone: HashMap<RowName, (Instant, Place)>,
    /// Deletions, the latest of each.
    deleted: HashMap<RowName, Instant>,
    files: HashSet<Digest>,
    /// How many rows were compared.
    pub(crate) rows: u64,
}

impl RowCheck {
    /// How many different files were read.
    pub(crate) fn files(&self) -> u64 {
        self.files.len() as u64
    }

    /// Checks what `entry` vouches for.
    pub(crate) fn take(&mut self, entry: &Entry, evidence: &mut dyn Evidence) -> Result<(), Stop> {
        let stamped = evidence.rows_of(entry.draft.id).map_err(Stop::Unread)?;
        self.rows += stamped.len() as u64;
        Self::check_stamped(entry, &stamped)?;
        let present: HashSet<(&str, &str)> = stamped.iter().map(|row| (row.table.as_str(), row.key.as_str())).collect();
        for proof in &entry.draft.rows {
            if !present.contains(&(proof.table.as_str(), proof.key.as_str())) {
                self.check_unstamped(entry, proof, evidence)?;
            }
        }
        self.check_files(entry, evidence)
    }

    /// Every row that bears the entry's stamp is one the entry wrote, as it wrote it.
    fn check_stamped(entry: &Entry, stamped: &[CurrentRow]) -> Result<(), Stop> {
        // Where an act wrote a row twice, the later proof holds.
        let promised: HashMap<(&str, &str), Option<Digest>> =
            entry.draft.rows.iter().map(|proof| ((proof.table.as_str(), proof.key.as_str()), proof.digest)).collect();
        let mut bulk = Vec::new();
        for row in stamped {
            let fault = match promised.get(&(row.table.as_str(), row.key.as_str())) {
                Some(Some(written)) if *written == row.digest => continue,
                Some(Some(written)) => Fault::RowChanged { written: *written, found: row.digest },
                Some(None) => Fault::RowReturned,
                None if entry.draft.batch.is_some() => {
                    bulk.push(row.digest);
                    continue;
                }
                None => Fault::RowUnclaimed,
            };
            return Err(Stop::at(place(row), fault));
        }
        match entry.draft.batch {
            Some(written) if batch_of(bulk.clone()) != written => {
                Err(Stop::at(Place::of(entry), Fault::BatchChanged { written, found: batch_of(bulk) }))
            }
            _ => Ok(()),
        }
    }

    /// A row the entry wrote, or deleted, that does not bear its stamp: another entry must have come after.
    fn check_unstamped(
        &mut self,
        entry: &Entry,
        proof: &crate::RowProof,
        evidence: &mut dyn Evidence,
    ) -> Result<(), Stop> {
        let name = (proof.table.clone(), proof.key.clone());
        let at = entry.draft.at;
        if proof.digest.is_none() {
            let latest = self.deleted.entry(name.clone()).or_insert(at);
            *latest = at.max(*latest);
        }
        self.rows += 1;
        let Some(row) = evidence.find_row(&proof.table, &proof.key).map_err(Stop::Unread)? else {
            if proof.digest.is_some() {
                let place = Place::Row { table: proof.table.clone(), key: proof.key.clone(), entry: entry.draft.id };
                let latest = self.gone.entry(name).or_insert_with(|| (at, place.clone()));
                if at > latest.0 {
                    *latest = (at, place);
                }
            }
            return Ok(());
        };
        // That the other entry really names the row is checked when that entry passes.
        let Some(other) = evidence.find_standing(row.entry).map_err(Stop::Unread)? else {
            return Err(Stop::at(place(&row), Fault::RowOrphan));
        };
        let same_chain = other.subject == entry.draft.subject && other.origin == entry.draft.origin;
        let earlier = if same_chain { other.seq < entry.seq } else { long_before(other.at, at) };
        if earlier {
            Err(Stop::at(place(&row), Fault::RowRolledBack { written: at, stamped: other.at }))
        } else {
            Ok(())
        }
    }

    fn check_files(&mut self, entry: &Entry, evidence: &mut dyn Evidence) -> Result<(), Stop> {
        for digest in &entry.draft.files {
            if !self.files.insert(*digest) {
                continue;
            }
            let place = || Place::File { digest: *digest, entry: entry.draft.id };
            match evidence.find_file(digest).map_err(Stop::Unread)? {
                StoredFile::Present(found) if found == *digest => {}
                StoredFile::Present(found) => return Err(Stop::at(place(), Fault::FileChanged { found })),
                StoredFile::Missing => return Err(Stop::at(place(), Fault::FileMissing)),
                StoredFile::Erased => {}
            }
        }
        Ok(())
    }

    /// What can be said only when all entries have passed.
    pub(crate) fn finish(&self, evidence: &mut dyn Evidence) -> Result<(), Stop> {
        let mut gone: Vec<_> = self.gone.iter().collect();
        gone.sort_by_key(|(name, _)| *name);
        for (name, (written, place)) in gone {
            if self.deleted.get(name).is_none_or(|deleted| long_before(*deleted, *written)) {
                return Err(Stop::at(place.clone(), Fault::RowMissing));
            }
        }
        let orphan = evidence.find_orphan().map_err(Stop::Unread)?;
        orphan.map_or(Ok(()), |row| Err(Stop::at(place(&row), Fault::RowOrphan)))
    }
}

fn place(row: &CurrentRow) -> Place {
    Place::Row { table: row.table.clone(), key: row.key.clone(), entry: row.entry }
}
