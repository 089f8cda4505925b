//! The dry run of an upload: what it found is kept with the upload, its rejected rows beside it.
use std::collections::BTreeMap;

use authority::Actor;
use serde::{Deserialize, Serialize};
use store::registers::{ImportBatch, ImportReject};
use store::{Statement, args, sql};

use super::uploads::{Settings, Upload};
use super::{Flagged, Order, Progress, Rejected, Watcher, kept};
use crate::{Deed, Office, Refused};

/// Flagged rows kept to be shown.
const SHOWN: usize = 10;
/// Rejected rows written in one go.
const PIECE: usize = 500;

const FORGET: Statement = sql!("import.forget_rejects", "delete from import_reject where origin = $1 and batch = $2");

/// For the test that prepares all statements.
pub const ALL: [Statement; 1] = [FORGET];

/// One kind of oddity among the rows that will be taken.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Oddity {
    /// The item, such as 注册资金.
    pub item: String,
    /// How many rows.
    pub rows: u64,
    /// What is said of one of them.
    pub example: String,
    /// What to do.
    pub suggestion: String,
}

/// A row that will be taken with something to look at.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct FlaggedRow {
    /// Line of the file.
    pub line: u64,
    /// The organization's name.
    pub name: String,
    /// What to look at.
    pub why: String,
}

/// What a dry run found.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Found {
    /// Rows taken with something to look at.
    pub flagged: u64,
    /// What is odd, the most frequent first.
    pub oddities: Vec<Oddity>,
    /// The first flagged rows.
    pub rows: Vec<FlaggedRow>,
}

/// Gathers while the dry run goes on, and hands on what another watcher wants to know.
struct Gather<'w> {
    office: &'w Office,
    inner: &'w mut dyn Watcher,
    batch: ImportBatch,
    rejects: Vec<ImportReject>,
    trouble: Option<Refused>,
    found: Found,
    oddities: BTreeMap<String, Oddity>,
    stopped: bool,
}

impl Watcher for Gather<'_> {
    fn progress(&mut self, done: &Progress) {
        self.inner.progress(done);
    }

    fn rejected(&mut self, row: &Rejected) {
        match kept(self.office, &self.batch, row) {
            Ok(row) => self.rejects.push(row),
            Err(refused) => self.trouble = Some(refused),
        }
    }

    fn flagged(&mut self, row: &Flagged) {
        for fault in &row.faults {
            let oddity = self.oddities.entry(fault.rule.clone()).or_insert_with(|| Oddity {
                item: fault.item.clone(),
                rows: 0,
                example: crate::typed::masked(&fault.reason, self.office.clock.today()),
                suggestion: fault.suggestion.clone(),
            });
            oddity.rows += 1;
        }
        if self.found.rows.len() < SHOWN {
            let why = row.faults.iter().map(|fault| fault.reason.as_str()).collect::<Vec<_>>().join("；");
            let why = crate::typed::masked(&why, self.office.clock.today());
            self.found.rows.push(FlaggedRow { line: row.line, name: row.name.clone(), why });
        }
    }

    fn stop(&mut self) -> bool {
        self.stopped |= self.inner.stop();
        self.stopped
    }
}

impl Office {
    /// The dry run of an upload; whether it came to its end.
    pub(super) fn check_upload(
        &self,
        who: &Actor,
        upload: Upload,
        order: &Order,
        watcher: &mut dyn Watcher,
    ) -> Result<bool, Refused> {
        let Upload { record, settings, .. } = upload;
        let (found, oddities) = (Found::default(), BTreeMap::new());
        let mut gather = Gather {
            office: self,
            inner: watcher,
            batch: record.clone(),
            rejects: Vec::new(),
            trouble: None,
            found,
            oddities,
            stopped: false,
        };
        let outcome = self.check_import(who, order, &mut gather)?;
        if let Some(refused) = gather.trouble {
            return Err(refused);
        }
        if gather.stopped {
            return Ok(false);
        }
        let Gather { rejects, mut found, oddities, .. } = gather;
        found.oddities = oddities.into_values().collect();
        found.oddities.sort_by_key(|one| std::cmp::Reverse(one.rows));
        found.flagged = outcome.flagged;
        let (origin, id) = (record.origin, record.id);
        self.db.write(move |tx| tx.run(FORGET, args![origin, id]).map(drop))?;
        for piece in rejects.chunks(PIECE) {
            let piece = piece.to_vec();
            self.db.write(move |tx| piece.iter().try_for_each(|row| tx.insert(row)))?;
        }
        let mapping = serde_json::to_value(Settings { found: Some(found), ..settings }).map_err(Refused::internal)?;
        let progress = outcome.progress;
        self.act(Deed::by(who, origin, "import", id, "end_check"), move |work| {
            work.note("taken", progress.taken);
            work.note("rejected", progress.rejected);
            let checked = ImportBatch {
                mapping,
                state: "checked".to_owned(),
                total: progress.rows.cast_signed(),
                taken: progress.taken.cast_signed(),
                rejected: progress.rejected.cast_signed(),
                ended_at: Some(work.at),
                rev: record.rev + 1,
                entry: work.entry,
                ..record
            };
            work.update(&checked)
        })?;
        Ok(true)
    }
}
