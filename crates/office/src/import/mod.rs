//! Import of organizations (导入) from CSV and Excel files of every habit: the columns are guessed and shown, a dry run says what
//! would happen, then the file goes in chunk by chunk, each chunk one act with one entry, so that nothing is ever half-written and
//! a stopped import goes on where it was. Rows that cannot be taken are kept with reason and suggestion; what is odd about the
//! others becomes a data-quality issue.

mod collect;
mod keep;
pub mod places;
mod prepare;
pub mod queue;
pub mod records;
mod report;
mod run;
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
use store::{Statement, sql};

pub use self::collect::{FlaggedRow, Found, Oddity};
use self::places::TreePlaces;
use self::prepare::{FileReader, Piece, authority_of};
pub use self::prepare::{Flagged, Rejected, Tally};
pub use self::report::RejectReport;
use self::report::kept;
use self::table::Table;
use crate::{Office, Refused};

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
    keep::ALL[0],
    keep::ALL[1],
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
        let reader = FileReader::new(self, who, mapping, order.context(self), &places, batch.id);
        for _ in 0..run.outcome.resumed_at {
            if table.next().is_none() {
                break;
            }
        }
        run.feed(&Mutex::new(reader), &mut table, batch, next, watcher)?;
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
