//! Import of organizations (导入) from CSV and Excel files of every habit: the columns are guessed and shown, a dry run says what
//! would happen, then the file goes in chunk by chunk, each chunk one act with one entry, so that nothing is ever half-written and
//! a stopped import goes on where it was. Rows that cannot be taken are kept with reason and suggestion; what is odd about the
//! others becomes a data-quality issue.

mod collect;
pub mod places;
mod prepare;
mod report;
pub mod table;
#[cfg(test)]
mod tests;
mod text;
pub mod uploads;

use std::sync::{Arc, Mutex};

use authority::Actor;
use base::{AreaCode, Origin, RecordId};
use registry::Kind;
use registry::import::{Context, Mapping};
use serde_json::{Value as Json, json};
use store::registers::{ImportBatch, ImportChunk, batch_of_file};
use store::{Statement, args, sql};

pub use self::collect::{FlaggedRow, Found, Oddity};
use self::places::TreePlaces;
use self::prepare::{FileReader, Piece, authority_of};
pub use self::prepare::{Flagged, Rejected, Tally};
pub use self::report::RejectReport;
use self::report::kept;
use self::table::Table;
use crate::bulk::{Pace, Shared, locked};
use crate::{Deed, Office, Refused};

/// `import_batch.kind` of organizations.
pub const KIND: &str = "organizations";
/// Rows are looked up and compared in pieces of this size in a dry run.
const DRY_PIECE: usize = 1_000;
/// How often a piece is made again because the register changed under it.
const ATTEMPTS: usize = 10;

const DONE: Statement = sql!(
    "import.done",
    "select cast(coalesce(sum(taken + rejected), 0) as bigint), coalesce(max(number), -1) from import_chunk where origin = $1 and batch = $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    DONE,
    prepare::ALL[0],
    prepare::ALL[1],
    prepare::ALL[2],
    prepare::ALL[3],
    uploads::ALL[0],
    uploads::ALL[1],
    collect::ALL[0],
];

/// What to import and how.
#[derive(Clone, Debug)]
pub struct Order {
    /// The file's name, for people.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// What the columns mean; guessed when none is given.
    pub mapping: Option<Mapping>,
    /// The kind of every row where no column says.
    pub kind: Option<Kind>,
    /// The registrar where neither column nor code tells.
    pub registrar: Option<AreaCode>,
}

/// What a file looks like before it is imported.
#[derive(Clone, Debug)]
pub struct Preview {
    /// `CSV, GBK`
    pub format: String,
    /// The guess, to be shown and changed.
    pub mapping: Mapping,
    /// The first rows.
    pub sample: Vec<Vec<String>>,
    /// What should be known first.
    pub notes: Vec<String>,
    /// Rows of the file.
    pub rows: u64,
}

/// How far an import is.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Progress {
    /// Rows read of the file.
    pub done: u64,
    /// Rows of the file.
    pub rows: u64,
    /// Taken so far, those of earlier runs included.
    pub taken: u64,
    /// Rejected so far.
    pub rejected: u64,
}

/// What came of an import or a dry run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// The import's record; none after a dry run.
    pub batch: Option<(Origin, RecordId)>,
    /// Rows done by an earlier run of the same file.
    pub resumed_at: u64,
    /// Counts.
    pub progress: Progress,
    /// Rows taken with something to look at, in this run.
    pub flagged: u64,
    /// All faults of this run by rule.
    pub tally: Tally,
    /// The mapping used.
    pub mapping: Mapping,
}

/// Who wants to know while it runs. Everything may be left out.
pub trait Watcher {
    /// After each chunk.
    fn progress(&mut self, _: &Progress) {}
    /// A row was rejected.
    fn rejected(&mut self, _: &Rejected) {}
    /// A row was taken with something to look at.
    fn flagged(&mut self, _: &Flagged) {}
    /// Asked between chunks: whether to stop here; the same file goes on later.
    fn stop(&mut self) -> bool {
        false
    }
}

/// Nobody.
impl Watcher for () {}

/// One run's state.
struct Run<'o> {
    office: &'o Office,
    who: &'o Actor,
    area: Option<AreaCode>,
    outcome: Outcome,
}

impl Order {
    fn settings(&self, mapping: &Mapping) -> Json {
        json!({ "mapping": mapping, "kind": self.kind, "registrar": self.registrar })
    }

    fn context(&self, office: &Office) -> Context {
        Context {
            default_kind: self.kind,
            default_registrar: self.registrar.clone(),
            source: format!("import:{}", self.file_name),
            today: office.clock.today(),
        }
    }

    fn mapping_for(&self, table: &Table<'_>) -> Result<Mapping, Refused> {
        let mapping = self.mapping.clone().unwrap_or_else(|| Mapping::guess(&table.headers));
        if mapping.headers != table.headers || mapping.columns.len() != table.headers.len() {
            return Err(Refused::field("mapping", "栏目对应关系与文件的表头不一致。请重新选择文件，再核对栏目"));
        }
        if mapping.find(registry::import::Column::Name).is_none() {
            let headers = table.headers.join("、");
            return Err(Refused::field(
                "mapping",
                format!("没有一栏是“名称”。表头是：{headers}。请指定哪一栏是组织名称"),
            ));
        }
        Ok(mapping)
    }
}

impl Office {
    /// Opens a file and guesses what its columns mean.
    pub fn preview_import(&self, who: &Actor, bytes: &[u8]) -> Result<Preview, Refused> {
        authority_of(who)?;
        let mut table = Table::open(bytes)?;
        let mapping = Mapping::guess(&table.headers);
        let sample: Vec<Vec<String>> = table.by_ref().take(5).map(|row| row.cells).collect();
        let rows = sample.len() as u64 + table.by_ref().count() as u64;
        if rows == 0 {
            return Err(text::not_a_table("文件里只有表头，没有一行数据"));
        }
        Ok(Preview { format: table.format.clone(), mapping, sample, notes: table.notes.clone(), rows })
    }

    /// A dry run: everything is read and compared, nothing is written.
    pub fn check_import(&self, who: &Actor, order: &Order, watcher: &mut dyn Watcher) -> Result<Outcome, Refused> {
        authority_of(who)?;
        let mut table = Table::open(&order.bytes)?;
        let mapping = order.mapping_for(&table)?;
        let places = TreePlaces::new(&self.areas);
        let batch = RecordId::fresh(&self.clock, &self.rng);
        let mut reader = FileReader::new(self, who, mapping.clone(), order.context(self), &places, batch);
        let mut outcome = Outcome::new(mapping, count_rows(&order.bytes)?);
        while !watcher.stop()
            && let Some(piece) = reader.next(&mut table, DRY_PIECE)?
        {
            outcome.learn(&piece, watcher);
        }
        Ok(outcome)
    }

    /// Imports, or goes on importing, a file. The same file under the same authority goes in once.
    pub fn import_organizations(
        &self,
        who: &Actor,
        order: &Order,
        watcher: &mut dyn Watcher,
    ) -> Result<Outcome, Refused> {
        let area = authority_of(who)?;
        let mut table = Table::open(&order.bytes)?;
        let mapping = order.mapping_for(&table)?;
        let outcome = Outcome::new(mapping.clone(), count_rows(&order.bytes)?);
        let mut run = Run { office: self, who, area, outcome };
        let (batch, next) = run.begin(order, &mapping)?;
        let places = TreePlaces::new(&self.areas);
        let mut reader = FileReader::new(self, who, mapping, order.context(self), &places, batch.id);
        for _ in 0..run.outcome.resumed_at {
            if table.next().is_none() {
                break;
            }
        }
        run.feed(&mut reader, &mut table, batch, next, watcher)?;
        Ok(run.outcome)
    }
}

fn count_rows(bytes: &[u8]) -> Result<u64, Refused> {
    Ok(Table::open(bytes)?.count() as u64)
}

impl Outcome {
    fn new(mapping: Mapping, rows: u64) -> Self {
        let progress = Progress { rows, ..Progress::default() };
        Self { batch: None, resumed_at: 0, progress, flagged: 0, tally: Tally::default(), mapping }
    }

    fn learn(&mut self, piece: &Piece, watcher: &mut dyn Watcher) {
        self.progress.taken += piece.taken() as u64;
        self.progress.rejected += piece.rejected.len() as u64;
        self.progress.done += (piece.taken() + piece.rejected.len()) as u64;
        self.flagged += piece.flagged.len() as u64;
        for row in &piece.rejected {
            self.tally.count(&row.faults);
            watcher.rejected(row);
        }
        for row in &piece.flagged {
            self.tally.count(&row.faults);
            watcher.flagged(row);
        }
        watcher.progress(&self.progress);
    }
}

impl Run<'_> {
    fn origin(&self) -> Origin {
        self.area.as_ref().map_or(Origin::none(), Origin::of)
    }

    fn deed(&self, batch: RecordId, act: &str) -> Deed {
        Deed::by(self.who, self.origin(), "import", batch, act)
    }

    /// The file's import record: a new one, or the one to go on with; and the number of its next chunk.
    fn begin(&mut self, order: &Order, mapping: &Mapping) -> Result<(ImportBatch, i64), Refused> {
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

    /// While one chunk is written, the next is read.
    fn feed(
        &mut self,
        reader: &mut FileReader<'_>,
        table: &mut Table<'_>,
        mut batch: ImportBatch,
        mut number: i64,
        watcher: &mut dyn Watcher,
    ) -> Result<(), Refused> {
        let mut pace = Pace::default();
        let mut waiting = reader.next(table, pace.size())?;
        while let Some(piece) = waiting.take() {
            if watcher.stop() {
                return Ok(());
            }
            batch.taken += piece.taken() as i64;
            batch.rejected += piece.rejected.len() as i64;
            batch.rev += 1;
            let (count, shared) = (piece.taken(), Arc::new(Mutex::new(piece)));
            let written = std::thread::scope(|scope| {
                let writer = scope.spawn(|| self.write(&shared, &batch, number));
                let next = reader.next(table, pace.size());
                let written = writer.join().unwrap_or_else(|_| Err(Refused::internal("the writing thread stopped")));
                next.map(|next| (written, next))
            });
            let (written, next) = written?;
            waiting = next;
            let time = match written {
                Err(Refused::Conflict) => self.again(reader, &shared, &mut batch, number)?,
                other => other?,
            };
            pace.learn(count, time);
            number += 1;
            locked(&shared, |piece| self.outcome.learn(piece, watcher));
        }
        self.close(batch)
    }

    fn write(&self, shared: &Shared<Piece>, batch: &ImportBatch, number: i64) -> Result<std::time::Duration, Refused> {
        let batch = batch.clone();
        let subject = format!("import/{}/{number}", batch.id);
        let deed = self.deed(batch.id, "import_organizations");
        self.office.write_chunk(
            deed,
            subject,
            shared,
            |piece| &mut piece.chunk,
            move |work, piece| {
                let (origin, entry) = (batch.origin, work.entry);
                for row in &piece.rejected {
                    work.tx.insert(&kept(&batch, row))?;
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
        reader: &mut FileReader<'_>,
        shared: &Shared<Piece>,
        batch: &mut ImportBatch,
        number: i64,
    ) -> Result<std::time::Duration, Refused> {
        for _ in 0..ATTEMPTS {
            let (rows, rejected) = locked(shared, |piece| {
                reader.forget(piece);
                (std::mem::take(&mut piece.rows), std::mem::take(&mut piece.rejected))
            });
            let before = (rows.len() as i64, rejected.len() as i64);
            let mut fresh = reader.piece(rows)?;
            fresh.rejected.extend(rejected);
            fresh.chunk.careful = true;
            batch.taken += fresh.taken() as i64 - before.0;
            batch.rejected += fresh.rejected.len() as i64 - before.1;
            locked(shared, |piece| *piece = fresh);
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
