//! One run of an import: the file's record, its chunks one after the other, its end.
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base::{Origin, RecordId};
use registry::import::Mapping;
use serde_json::Value as Json;
use store::args;
use store::registers::{ImportBatch, ImportChunk, batch_of_file};

use super::prepare::{FileReader, Waiting};
use super::report::kept;
use super::table::Table;
use super::{ATTEMPTS, DONE, KIND, Order, Run, Watcher};
use crate::bulk::{AHEAD, Pace, Shared, locked};
use crate::{Deed, Office, Refused};

impl Run<'_> {
    fn origin(&self) -> Origin {
        self.area.as_ref().map_or(Origin::none(), Origin::of)
    }

    fn deed(&self, batch: RecordId, act: &str) -> Deed {
        Deed::by(self.who, self.origin(), "import", batch, act)
    }

    /// The file's import record: a new one, or the one to go on with; and the number of its next chunk.
    pub(super) fn begin(&mut self, order: &Order, mapping: &Mapping) -> Result<(ImportBatch, i64), Refused> {
        let (office, origin, digest) = (self.office, self.origin(), vault::sm3(&order.bytes));
        let settings = order.settings(mapping);
        let known = office.db.read(|tx| batch_of_file(tx, origin, KIND, digest.as_bytes(), false))?;
        let batch = match known {
            Some(known) if known.state == "done" => {
                let what = format!(
                    "这个文件已在 {} 导入过：收 {} 行，退 {} 行",
                    known.started_at.local_minute(),
                    known.taken,
                    known.rejected
                );
                return Err(Refused::rule("already_imported", what, "如需更正，请改好退回的行，另存为新文件再导入"));
            }
            Some(known) if known.mapping != settings => {
                let what = "这个文件已导入了一部分，而栏目对应关系或选项与上次不同";
                return Err(Refused::rule("import_changed", what, "请用与上次相同的栏目和选项继续"));
            }
            Some(known) => known,
            None => self.open(order, digest, settings)?,
        };
        let (done, last): (i64, i64) = office.db.read(|tx| tx.get(DONE, args![origin, batch.id]))?;
        let outcome = &mut self.outcome;
        outcome.batch = Some((origin, batch.id));
        outcome.resumed_at = done.unsigned_abs();
        outcome.progress.done = outcome.resumed_at;
        (outcome.progress.taken, outcome.progress.rejected) =
            (batch.taken.unsigned_abs(), batch.rejected.unsigned_abs());
        Ok((batch, last + 1))
    }

    fn open(&self, order: &Order, digest: vault::Digest, settings: Json) -> Result<ImportBatch, Refused> {
        let office = self.office;
        let batch = ImportBatch {
            origin: self.origin(),
            id: RecordId::fresh(&office.clock, &office.rng),
            kind: KIND.to_owned(),
            file: digest.as_bytes().to_vec(),
            file_name: order.file_name.clone(),
            mapping: settings,
            state: "running".to_owned(),
            total: self.outcome.progress.rows as i64,
            taken: 0,
            rejected: 0,
            dry: false,
            started_at: office.clock.now(),
            ended_at: None,
            account: (!self.who.is_system()).then_some(self.who.account),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        };
        let opened = batch.clone();
        office.act(self.deed(batch.id, "open_import"), move |work| {
            work.note("file", digest.to_string());
            work.insert(&ImportBatch { entry: work.entry, ..opened })
        })?;
        Ok(batch)
    }

    /// While one chunk is written, the next ones are read.
    pub(super) fn feed(
        &mut self,
        reader: &Mutex<FileReader<'_>>,
        table: &mut Table<'_>,
        mut batch: ImportBatch,
        first: i64,
        watcher: &mut dyn Watcher,
    ) -> Result<(), Refused> {
        let (pace, office, id) = (Pace::default(), self.office, batch.id);
        let whole = std::thread::scope(|scope| {
            let (to, pieces) = sync_channel(AHEAD);
            let pace = &pace;
            let reading = scope.spawn(move || read_all(office, reader, table, pace, (id, first), &to));
            for (number, waiting) in (first..).zip(pieces) {
                if watcher.stop() {
                    return Ok(false);
                }
                self.take(reader, waiting, (&mut batch, number), pace, watcher)?;
            }
            reading.join().unwrap_or_else(|_| Err(Refused::internal("the reading thread stopped"))).map(|()| true)
        })?;
        if whole { self.close(batch) } else { Ok(()) }
    }

    /// Writes one piece and learns from it.
    fn take(
        &mut self,
        reader: &Mutex<FileReader<'_>>,
        waiting: Waiting,
        (batch, number): (&mut ImportBatch, i64),
        pace: &Pace,
        watcher: &mut dyn Watcher,
    ) -> Result<(), Refused> {
        let count = waiting.piece.taken();
        batch.taken += count as i64;
        batch.rejected += waiting.piece.rejected.len() as i64;
        batch.rev += 1;
        let shared = Arc::new(Mutex::new(waiting));
        let time = match self.write(&shared, batch, number) {
            Err(Refused::Conflict) => self.again(reader, &shared, batch, number)?,
            other => other?,
        };
        pace.learn(count, time);
        locked(&shared, |waiting| self.outcome.learn(&waiting.piece, watcher));
        Ok(())
    }

    fn write(&self, shared: &Shared<Waiting>, batch: &ImportBatch, number: i64) -> Result<Duration, Refused> {
        let (office, batch) = (self.office.clone(), batch.clone());
        let deed = self.deed(batch.id, "import_organizations");
        self.office.write_chunk(
            deed,
            shared,
            |waiting| &waiting.staged,
            move |work, waiting| {
                let (origin, entry, piece) = (batch.origin, work.entry, &waiting.piece);
                for row in &piece.rejected {
                    work.tx.insert(&kept(&office, &batch, row)?)?;
                }
                let (taken, rejected) = (piece.taken() as i64, piece.rejected.len() as i64);
                work.note("rejected", rejected);
                work.insert(&ImportChunk { origin, batch: batch.id, number, taken, rejected, root: None, entry })?;
                work.update(&ImportBatch { entry, ..batch })
            },
        )
    }

    /// Somebody registered one of these codes or names meanwhile: the piece is made again from its rows.
    fn again(
        &self,
        reader: &Mutex<FileReader<'_>>,
        shared: &Shared<Waiting>,
        batch: &mut ImportBatch,
        number: i64,
    ) -> Result<Duration, Refused> {
        for _ in 0..ATTEMPTS {
            let mut reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            let (rows, rejected) = locked(shared, |waiting| {
                reader.forget(&waiting.piece);
                (std::mem::take(&mut waiting.piece.rows), std::mem::take(&mut waiting.piece.rejected))
            });
            let before = (rows.len() as i64, rejected.len() as i64);
            let mut fresh = reader.piece(rows)?;
            drop(reader);
            fresh.rejected.extend(rejected);
            fresh.chunk.careful = true;
            batch.taken += fresh.taken() as i64 - before.0;
            batch.rejected += fresh.rejected.len() as i64 - before.1;
            let fresh = Waiting::of(fresh, self.office, &subject_of(batch.id, number));
            locked(shared, |waiting| *waiting = fresh);
            match self.write(shared, batch, number) {
                Err(Refused::Conflict) => {}
                other => return other,
            }
        }
        Err(Refused::Conflict)
    }

    fn close(&self, batch: ImportBatch) -> Result<(), Refused> {
        let deed = self.deed(batch.id, "close_import");
        self.office.act(deed, move |work| {
            let closed = ImportBatch {
                state: "done".to_owned(),
                ended_at: Some(work.at),
                rev: batch.rev + 1,
                entry: work.entry,
                ..batch
            };
            work.note("taken", closed.taken);
            work.note("rejected", closed.rejected);
            work.update(&closed)
        })
    }
}

/// What the change rows of a chunk name.
fn subject_of(batch: RecordId, number: i64) -> String {
    format!("import/{batch}/{number}")
}

/// Reads the table piece by piece and makes each ready, until its end or until nobody takes them any more.
fn read_all(
    office: &Office,
    reader: &Mutex<FileReader<'_>>,
    table: &mut Table<'_>,
    pace: &Pace,
    (batch, first): (RecordId, i64),
    to: &SyncSender<Waiting>,
) -> Result<(), Refused> {
    for number in first.. {
        let piece = reader.lock().unwrap_or_else(PoisonError::into_inner).next(table, pace.size())?;
        let Some(piece) = piece else { break };
        if to.send(Waiting::of(piece, office, &subject_of(batch, number))).is_err() {
            break;
        }
    }
    Ok(())
}
