//! The dry run and the import itself: a piece of rows is judged and written in one act; what is refused is kept, sealed, with reason
//! and suggestion.
use std::collections::HashSet;

use authority::Actor;
use base::{AreaCode, EntryId, Origin, RecordId};
use catalogue::Register;
use registry::import::{Fault, Severity};
use serde_json::json;
use store::Tx;
use store::registers::{ImportBatch, ImportChunk, RegisterEntry, batch_of_file, last_chunk};

use super::{PIECE, RecordOrder, RecordOutcome, cells, opened};
use crate::act::Deed;
use crate::import::table::TableRow;
use crate::import::{Rejected, Watcher, kept};
use crate::registers::keep::{origin_for, unique_labels};
use crate::registers::values::{Given, Known};
use crate::registers::write::{ALWAYS, Put};
use crate::{Office, Refused};

/// What one row came to.
type Judged = Result<RegisterEntry, Rejected>;

/// What was seen of the file so far, and what need not be looked up again.
#[derive(Default)]
struct Seen {
    keys: HashSet<String>,
    known: Known,
    places: cells::Places,
}

pub(super) fn kind_of(register: &str) -> String {
    format!("register:{register}")
}

fn fault(item: &str, rule: &str, reason: impl Into<String>, suggestion: impl Into<String>) -> Fault {
    Fault {
        item: item.to_owned(),
        rule: rule.to_owned(),
        severity: Severity::Reject,
        reason: reason.into(),
        suggestion: suggestion.into(),
    }
}

/// A message that says what and then what to do.
fn two(message: &str) -> (String, String) {
    let (what, next) = message.split_once('。').unwrap_or((message, "请更正后再导入"));
    (what.to_owned(), if next.is_empty() { "请更正后再导入".to_owned() } else { next.to_owned() })
}

impl Office {
    /// A dry run: everything is read and judged, nothing is written.
    pub fn check_records(
        &self,
        who: &Actor,
        order: &RecordOrder,
        watcher: &mut dyn Watcher,
    ) -> Result<RecordOutcome, Refused> {
        let register = self.importable(who, &order.register)?;
        let mut table = opened(register, &order.bytes)?;
        order.columns.check(register, &table.headers)?;
        let mut outcome = RecordOutcome::default();
        outcome.progress.rows = opened(register, &order.bytes)?.count() as u64;
        let mut seen = Seen::default();
        loop {
            let piece: Vec<TableRow> = table.by_ref().take(PIECE).collect();
            if piece.is_empty() || watcher.stop() {
                return Ok(outcome);
            }
            let judged = self.db.read(|tx| {
                let judge = |row: TableRow| self.judge_row(tx, (who, register, order), row, &mut seen);
                piece.into_iter().map(judge).collect::<Result<Vec<_>, Refused>>()
            })?;
            for one in &judged {
                outcome.progress.done += 1;
                match one {
                    Ok(_) => outcome.progress.taken += 1,
                    Err(row) => {
                        outcome.progress.rejected += 1;
                        outcome.reject(row);
                        watcher.rejected(row);
                    }
                }
            }
            watcher.progress(&outcome.progress);
        }
    }

    /// Imports, or goes on importing, a file. The same file goes into the same register under the same authority once.
    pub fn import_records(
        &self,
        who: &Actor,
        order: &RecordOrder,
        watcher: &mut dyn Watcher,
    ) -> Result<RecordOutcome, Refused> {
        let register = self.importable(who, &order.register)?.clone();
        let mut table = opened(&register, &order.bytes)?;
        order.columns.check(&register, &table.headers)?;
        let rows = opened(&register, &order.bytes)?.count() as u64;
        let mut batch = self.open_batch(who, &register, order, rows)?;
        let (origin, id) = (batch.origin, batch.id);
        let mut number = self.db.read(|tx| last_chunk(tx, origin, id))? + 1;
        let done = (batch.taken + batch.rejected).unsigned_abs();
        let mut outcome = RecordOutcome { batch: Some((origin, id)), resumed_at: done, ..RecordOutcome::default() };
        outcome.progress.rows = rows;
        outcome.progress.done = done;
        (outcome.progress.taken, outcome.progress.rejected) =
            (batch.taken.unsigned_abs(), batch.rejected.unsigned_abs());
        for _ in 0..done {
            if table.next().is_none() {
                break;
            }
        }
        loop {
            let piece: Vec<TableRow> = table.by_ref().take(PIECE).collect();
            if piece.is_empty() {
                break;
            }
            if watcher.stop() {
                return Ok(outcome);
            }
            let (after, rejected) = self.take_piece(who, (&register, order), (batch, number), piece)?;
            batch = after;
            number += 1;
            outcome.progress.taken = batch.taken.unsigned_abs();
            outcome.progress.rejected = batch.rejected.unsigned_abs();
            outcome.progress.done = outcome.progress.taken + outcome.progress.rejected;
            for row in &rejected {
                outcome.reject(row);
                watcher.rejected(row);
            }
            watcher.progress(&outcome.progress);
        }
        self.close_batch(who, batch)?;
        Ok(outcome)
    }

    /// The import of this file under this authority, begun now or before.
    fn open_batch(
        &self,
        who: &Actor,
        register: &Register,
        order: &RecordOrder,
        rows: u64,
    ) -> Result<ImportBatch, Refused> {
        let origin = self.batch_origin(who, register);
        let (kind, digest) = (kind_of(&register.id), vault::sm3(&order.bytes));
        let mapping = json!({ "mapping": { "headers": order.columns.headers, "fields": order.columns.fields },
            "constants": order.columns.constants });
        let known = self.db.read(|tx| batch_of_file(tx, origin, &kind, digest.as_bytes(), false))?;
        if let Some(known) = known {
            if known.state == "done" {
                let (taken, rejected) = (known.taken, known.rejected);
                let what =
                    format!("这个文件已在 {} 导入过：收 {taken} 行，退 {rejected} 行", known.started_at.local_minute());
                return Err(Refused::rule("already_imported", what, "如需更正，请改好退回的行，另存为新文件再导入"));
            }
            if known.mapping != mapping {
                let what = "这个文件已导入了一部分，而栏目对应关系或固定的值与上次不同";
                return Err(Refused::rule("import_changed", what, "请用与上次相同的栏目和值继续"));
            }
            return Ok(known);
        }
        let batch = ImportBatch {
            origin,
            id: RecordId::fresh(&self.clock, &self.rng),
            kind,
            file: digest.as_bytes().to_vec(),
            file_name: order.file_name.clone(),
            mapping,
            state: "running".to_owned(),
            total: i64::try_from(rows).unwrap_or(i64::MAX),
            taken: 0,
            rejected: 0,
            dry: false,
            started_at: self.clock.now(),
            ended_at: None,
            account: (!who.is_system()).then_some(who.account),
            rev: 1,
            entry: EntryId::from_bits(0),
        };
        let opened = batch.clone();
        let name = register.name.clone();
        self.act(Deed::by(who, origin, "import", batch.id, "open_record_import"), move |work| {
            work.note("名册", name);
            work.note("file", digest.to_string());
            work.insert(&ImportBatch { entry: work.entry, ..opened })
        })?;
        Ok(batch)
    }

    /// The shard of an import: the authority under whose post it runs.
    pub(super) fn batch_origin(&self, who: &Actor, register: &Register) -> Origin {
        self.kept_areas(who, register).first().map_or_else(Origin::none, Origin::of)
    }

    /// Judges and writes a piece in one act.
    fn take_piece(
        &self,
        who: &Actor,
        (register, order): (&Register, &RecordOrder),
        (batch, number): (ImportBatch, i64),
        piece: Vec<TableRow>,
    ) -> Result<(ImportBatch, Vec<Rejected>), Refused> {
        let (office, who, register, order) = (self.clone(), who.clone(), register.clone(), order.clone());
        let subject = format!("{}/{number}", batch.id);
        let deed = Deed::by(&who, batch.origin, "import", subject, "import_records");
        self.act(deed, move |work| {
            // What earlier rows of the file wrote is in the database by now, in this act too.
            let mut known = Seen::default();
            let (mut taken, mut rejected) = (0_i64, Vec::new());
            for row in piece {
                match office.judge_row(work.tx, (&who, &register, &order), row, &mut known)? {
                    Ok(record) => {
                        let record = RegisterEntry { entry: work.entry, ..record };
                        office.put_record(work, Put::Bulk, &record, "import", ALWAYS)?;
                        office.put_links(work, &register, &record, Put::Bulk)?;
                        taken += 1;
                    }
                    Err(row) => rejected.push(row),
                }
            }
            for row in &rejected {
                work.insert(&kept(&office, &batch, row)?)?;
            }
            let count = i64::try_from(rejected.len()).unwrap_or(i64::MAX);
            work.note("taken", taken);
            work.note("rejected", count);
            let (origin, entry) = (batch.origin, work.entry);
            work.insert(&ImportChunk { origin, batch: batch.id, number, taken, rejected: count, root: None, entry })?;
            let (taken, refused, rev) = (batch.taken + taken, batch.rejected + count, batch.rev + 1);
            let after = ImportBatch { taken, rejected: refused, rev, entry, ..batch };
            work.update(&after)?;
            Ok((after, rejected))
        })
    }

    fn close_batch(&self, who: &Actor, batch: ImportBatch) -> Result<(), Refused> {
        self.act(Deed::by(who, batch.origin, "import", batch.id, "close_record_import"), move |work| {
            let (ended_at, rev, entry) = (Some(work.at), batch.rev + 1, work.entry);
            let closed = ImportBatch { state: "done".to_owned(), ended_at, rev, entry, ..batch };
            work.note("taken", closed.taken);
            work.note("rejected", closed.rejected);
            work.update(&closed)
        })
    }

    /// One row to a record, or everything that is wrong with it.
    fn judge_row(
        &self,
        tx: &mut Tx<'_>,
        (who, register, order): (&Actor, &Register, &RecordOrder),
        row: TableRow,
        seen: &mut Seen,
    ) -> Result<Judged, Refused> {
        let TableRow { line, cells, broken } = row;
        if let Some((reason, suggestion)) = broken {
            return Ok(Err(Rejected { line, faults: vec![fault("整行", "broken", reason, suggestion)], cells }));
        }
        let near = self.kept_areas(who, register);
        let today = self.clock.today();
        let (posted, unread) =
            cells::read(&self.areas, register, &order.columns, &cells, (&near, today, &mut seen.places));
        let mut faults: Vec<Fault> =
            unread.iter().map(|(item, why, what)| fault(item, "cell", why.clone(), what.clone())).collect();
        let composed = match self.compose(tx, register, Given::new(&posted), &mut seen.known)? {
            Ok(composed) => Some(composed),
            Err(wrong) => {
                for one in wrong {
                    let field = register.find_field(&one.field);
                    let item = field.map_or(one.field.as_str(), |field| field.label.as_str());
                    // A place that could not be read is not missing.
                    if unread.iter().all(|(unread, ..)| unread != item) {
                        let (what, next) = two(&one.message);
                        faults.push(fault(item, "field", what, next));
                    }
                }
                None
            }
        };
        let Some(composed) = composed.filter(|_| faults.is_empty()) else {
            return Ok(Err(Rejected { line, faults, cells }));
        };
        let (area, post): (AreaCode, _) = match self.place(who, register, &composed) {
            Ok(place) => place,
            Err(Refused::Invalid(wrong)) => {
                let message = wrong.into_iter().map(|one| one.message).next().unwrap_or_default();
                let (what, next) = two(&message);
                let item = register.area_field().map_or("地区", |field| field.label.as_str());
                return Ok(Err(Rejected { line, faults: vec![fault(item, "area", what, next)], cells }));
            }
            Err(refused) => return Err(refused),
        };
        let id = RecordId::fresh(&self.clock, &self.rng);
        let record = self.row_for(register, id, origin_for(&composed, &area, post.as_ref()), &area, &composed)?;
        if let Some(key) = &record.key {
            let same = store::records::find_same(tx, &register.id, key)?;
            if same.is_some() || !seen.keys.insert(key.clone()) {
                let where_ = same.map_or_else(
                    || "这个文件前面的行".to_owned(),
                    |same| format!("{}（{} 起）", same.title, same.since),
                );
                let reason = format!("已有{}相同的记录：{where_}", unique_labels(register));
                let faults = vec![fault("整行", "same", reason, "重复的行不用再导入；要更正的，请在那条记录上更正")];
                return Ok(Err(Rejected { line, faults, cells }));
            }
        }
        Ok(Ok(record))
    }
}
