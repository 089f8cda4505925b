//! Verification (留痕核验) of the database that is there: entries, heads, rows, change rows, versions, files, seals, `seal.log`.
use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use base::{EntryId, Instant, Origin};
use journal::{Broken, Depth, Entry, Fault, LogFault, Place, Seal, Stop, Verifier};
use store::journal::SealHead;
use store::{Db, Tx};
use vault::Digest;

use super::evidence::{Snapshot, Witness};
use super::rows::Rows;
use super::seal::{each_seal, seal_of};
use super::{SealLog, checks};
use crate::ledger::{digest_of, entry_of};
use crate::{Files, Refused};

/// Entries are read so many at a time.
const PAGE: usize = 1_000;

/// Where verification is, for a progress bar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Progress {
    /// Rows read so far.
    Rows(u64),
    /// Entries checked so far, and how many there are.
    Entries(u64, u64),
    /// Seals checked so far.
    Seals(u64),
}

/// What was checked and found whole.
pub use journal::Report;

/// The first bad place.
#[derive(Debug, thiserror::Error)]
pub enum Finding {
    /// A chain, row, file or seal.
    #[error(transparent)]
    Broken(Box<Broken>),
    /// Something that only repeats what is vouched for elsewhere, and repeats it wrongly.
    #[error("{place}：{chinese} / {english}")]
    Untrue {
        /// Where.
        place: String,
        /// For the auditor.
        chinese: String,
        /// For the engineer.
        english: String,
    },
    /// `seal.log`.
    #[error(transparent)]
    Log(#[from] LogFault),
    /// Nothing is proved either way: the evidence could not be read.
    #[error("核验未能完成，数据无法读取：{0} / evidence could not be read")]
    Unread(String),
}

impl Finding {
    pub(super) fn untrue(
        place: impl std::fmt::Display,
        chinese: impl Into<String>,
        english: impl Into<String>,
    ) -> Self {
        Self::Untrue { place: place.to_string(), chinese: chinese.into(), english: english.into() }
    }

    fn unread(error: impl std::fmt::Display) -> Self {
        Self::Unread(error.to_string())
    }
}

impl From<Stop> for Finding {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Broken(broken) => Self::Broken(broken),
            Stop::Unread(error) => Self::unread(error),
        }
    }
}

impl From<Refused> for Finding {
    fn from(error: Refused) -> Self {
        match error {
            Refused::Internal(text) => Self::Unread(text),
            other => Self::unread(other),
        }
    }
}

impl From<store::DbError> for Finding {
    fn from(error: store::DbError) -> Self {
        Self::unread(error)
    }
}

/// Verifies everything, or chains and seals only, as of one moment. `log` is left out where none is kept.
pub fn verify(
    db: &Db,
    files: &Files,
    log: Option<&SealLog>,
    depth: Depth,
    progress: &mut dyn FnMut(Progress),
) -> Result<Report, Finding> {
    // The log first: a seal made meanwhile is then in the snapshot and not in the log, never the other way round.
    let logged = log.map(SealLog::text).transpose()?.map(|text| journal::parse_log(&text)).transpose()?;
    db.read(|tx| {
        let rows = match depth {
            Depth::Full => Some(Rows::read(tx, &mut |count| progress(Progress::Rows(count)))?),
            Depth::Chains => None,
        };
        let (report, seals) = chains_and_seals(tx, rows.as_ref(), files, depth, progress)?;
        checks::heads(tx)?;
        if depth == Depth::Full {
            checks::changes(tx)?;
            checks::versions(tx)?;
            checks::logins(tx)?;
        }
        if let Some(logged) = &logged {
            compare(logged, &seals)?;
        }
        Ok(report)
    })
}

/// The newest seal may still be on its way to the log (it is written after the commit); any other must be there.
fn compare(logged: &[Seal], seals: &[Seal]) -> Result<(), LogFault> {
    match journal::cross_check(logged, seals) {
        Err(LogFault::MissingInLog(no)) if seals.last().is_some_and(|last| last.no == no) => Ok(()),
        other => other,
    }
}

fn chains_and_seals(
    tx: &mut Tx<'_>,
    rows: Option<&Rows>,
    files: &Files,
    depth: Depth,
    progress: &mut dyn FnMut(Progress),
) -> Result<(Report, Vec<Seal>), Finding> {
    let all = store::journal::count(tx)?.unsigned_abs();
    let snapshot = Snapshot { tx: RefCell::new(tx), current: Cell::new(EntryId::from_bits(0)) };
    let mut witness = Witness::new(&snapshot, rows, files);
    let mut verifier = Verifier::new(&mut witness, depth);
    let mut last_words = LastWords::default();
    let mut after: (Option<Origin>, String, i64) = (None, String::new(), i64::MIN);
    loop {
        let page = store::journal::page(&mut snapshot.tx.borrow_mut(), &after, PAGE).map_err(unreadable_entry)?;
        let Some(last) = page.last() else { break };
        after = (Some(last.origin), last.subject.clone(), last.seq);
        for row in &page {
            let entry = entry_of(row).map_err(|what| altered_entry(row, &what))?;
            snapshot.current.set(entry.draft.id);
            verifier.take(&entry)?;
            last_words.take(&entry);
        }
        progress(Progress::Entries(verifier.entries(), all));
    }
    let seals = seals(&snapshot, &mut verifier, progress)?;
    let report = verifier.finish()?;
    if let Some(rows) = rows {
        last_words.compare(rows)?;
        last_words.formers(&mut snapshot.tx.borrow_mut(), rows)?;
    }
    Ok((report, seals))
}

fn altered_entry(row: &store::journal::EntryRow, what: &str) -> Finding {
    Finding::untrue(
        format!("{} 第 {} 条留痕（{}）", row.subject, row.seq, row.id),
        format!("各列与正文不一致，该条被改动过（{what}）"),
        format!("entry row disagrees with its body: {what}"),
    )
}

/// A row of the journal whose columns no longer hold what they can hold.
fn unreadable_entry(error: store::DbError) -> Finding {
    match error {
        store::DbError::Inconsistent { table, column, row, message } => Finding::untrue(
            format!("表 {table} 记录 {row}"),
            format!("{column} 列的内容不可能由系统写入，被改动过"),
            format!("column {column}: {message}"),
        ),
        other => other.into(),
    }
}

fn seals(
    snapshot: &Snapshot<'_, '_>,
    verifier: &mut Verifier<'_>,
    progress: &mut dyn FnMut(Progress),
) -> Result<Vec<Seal>, Finding> {
    let mut rows = Vec::new();
    each_seal(&mut snapshot.tx.borrow_mut(), 0, |row| {
        rows.push(row);
        Ok(())
    })
    .map_err(|error| Finding::untrue("封存表", "有一行的内容不可能由系统写入，被改动过", error.to_string()))?;
    let mut out: Vec<Seal> = Vec::with_capacity(rows.len());
    for row in rows {
        let wrong =
            |what: &str| Finding::untrue(format!("第 {} 号封存", row.number), "封存内容被改动过", what.to_owned());
        let seal = seal_of(&row).map_err(|what| wrong(&what))?;
        if row.since != out.last().map_or(Instant(0), |last| last.at) {
            return Err(wrong("column since is not when the seal before was made"));
        }
        let leaves = store::journal::seal_heads(&mut snapshot.tx.borrow_mut(), row.number)
            .map_err(|error| wrong(&error.to_string()))?;
        let heads = leaves.iter().map(head_of).collect::<Result<Vec<_>, _>>().map_err(|what| wrong(&what))?;
        verifier.take_seal(&seal, &heads)?;
        out.push(seal);
        progress(Progress::Seals(out.len() as u64));
    }
    Ok(out)
}

fn head_of(row: &SealHead) -> Result<journal::Head, String> {
    Ok(journal::Head {
        origin: row.origin,
        subject: row.subject.parse().map_err(|error: journal::InvalidSubject| error.to_string())?,
        seq: u64::try_from(row.seq).map_err(|error| error.to_string())?,
        digest: digest_of(&row.hash).map_err(|_| "a leaf holds no digest".to_owned())?,
    })
}

/// What entries said last of rows that do not name their entry, and of rows that went.
#[derive(Default)]
struct LastWords(HashMap<(String, String), (Instant, EntryId, Option<Digest>)>);

impl LastWords {
    fn take(&mut self, entry: &Entry) {
        let (at, id) = (entry.draft.at, entry.draft.id);
        for proof in
            entry.draft.rows.iter().filter(|proof| proof.digest.is_none() || checks::is_unstamped(&proof.table))
        {
            let last = self.0.entry((proof.table.clone(), proof.key.clone())).or_insert((at, id, proof.digest));
            if (last.0, last.1) < (at, id) {
                *last = (at, id, proof.digest);
            }
        }
    }

    /// Every such row is as it was last written. (That none is missing, the verifier has checked.)
    fn compare(&self, rows: &Rows) -> Result<(), Finding> {
        for row in &rows.unstamped {
            let known = self.0.get(&(row.table.to_owned(), row.key.clone()));
            let (entry, fault) = match known {
                Some((_, _, Some(written))) if *written == row.digest => continue,
                Some((_, entry, Some(written))) => (*entry, Fault::RowChanged { written: *written, found: row.digest }),
                Some((_, entry, None)) => (*entry, Fault::RowReturned),
                None => (EntryId::from_bits(0), Fault::RowUnclaimed),
            };
            let place = Place::Row { table: row.table.to_owned(), key: row.key.clone(), entry };
            return Err(Finding::Broken(Box::new(Broken { place, fault })));
        }
        Ok(())
    }

    /// A row that a bulk act wrote and that is kept as rewritten really was: it bears another stamp now, or an act deleted it.
    fn formers(&self, tx: &mut Tx<'_>, rows: &Rows) -> Result<(), Finding> {
        store::journal::each_former::<Finding>(tx, |former| {
            let rewritten = match rows.find(&former.table_name, &former.key)? {
                Some((stamp, _)) => stamp != former.entry,
                None => self.0.contains_key(&(former.table_name.clone(), former.key.clone())),
            };
            if rewritten {
                return Ok(());
            }
            let place = Place::Row { table: former.table_name, key: former.key, entry: former.entry };
            Err(Finding::untrue(place, "记为已被改写的批量记录并未被改写", "journal_former names a row nobody rewrote"))
        })
    }
}
