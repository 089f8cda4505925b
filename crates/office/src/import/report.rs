//! The rejected rows as a table (退回清单): line, field, reason, suggestion, then the row as it stood, ready to be mended and
//! imported again.
use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, Origin, RecordId};
use store::registers::{ImportBatch, ImportReject, each_reject};
use store::{Record as _, args};

use super::Rejected;
use super::prepare::authority_of;
use crate::{Deed, Office, Refused};

/// A report under way. Begins with the mark by which Excel knows UTF-8.
pub struct RejectReport<W: std::io::Write> {
    csv: csv::Writer<W>,
}

impl<W: std::io::Write> std::fmt::Debug for RejectReport<W> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RejectReport")
    }
}

fn trouble(error: impl std::fmt::Display) -> Refused {
    Refused::internal(error)
}

/// A cell that begins like a formula is made text, or opening the report in Excel would run it.
fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() }
}

impl<W: std::io::Write> RejectReport<W> {
    /// Begins a report on a file with these headers.
    pub fn begin(mut out: W, headers: &[String]) -> Result<Self, Refused> {
        out.write_all("\u{feff}".as_bytes()).map_err(trouble)?;
        let mut csv = csv::WriterBuilder::new().flexible(true).from_writer(out);
        let own = ["行号", "退回栏目", "原因", "建议"].into_iter().map(str::to_owned);
        csv.write_record(own.chain(headers.iter().map(|header| harmless(header)))).map_err(trouble)?;
        Ok(Self { csv })
    }

    /// Adds a row.
    pub fn add(&mut self, row: &Rejected) -> Result<(), Refused> {
        let (reason, suggestion) = said(row);
        self.line(row.line as i64, row.field(), &reason, &suggestion, &row.cells)
    }

    pub(super) fn line(
        &mut self,
        line: i64,
        field: Option<&str>,
        reason: &str,
        suggestion: &str,
        cells: &[String],
    ) -> Result<(), Refused> {
        let own = [line.to_string(), field.unwrap_or_default().to_owned(), reason.to_owned(), suggestion.to_owned()];
        let safe = cells.iter().map(|cell| harmless(cell));
        self.csv.write_record(own.into_iter().chain(safe)).map_err(trouble)
    }

    /// Ends it and gives back what it was written to.
    pub fn end(self) -> Result<W, Refused> {
        self.csv.into_inner().map_err(|error| trouble(error.error()))
    }
}

impl Office {
    /// An import's record, for those who may see it.
    pub fn find_import(&self, who: &Actor, origin: Origin, batch: RecordId) -> Result<Option<ImportBatch>, Refused> {
        let area = authority_of(who)?;
        if area.is_some_and(|area| Origin::of(&area) != origin) {
            return Ok(None);
        }
        Ok(self.db.read(|tx| tx.find(ImportBatch::FIND, args![origin, batch]))?)
    }

    /// Writes the report of an import's rejected rows; gives how many there are.
    pub fn write_rejects(
        &self,
        who: &Actor,
        origin: Origin,
        batch: RecordId,
        out: impl std::io::Write,
    ) -> Result<u64, Refused> {
        let record = self.find_import(who, origin, batch)?.ok_or(Refused::NotFound("这次导入"))?;
        if !who.is_system() {
            let own = who.posts.iter().find(|post| post.desk.as_str() == "data_quality").map(|post| post.area.clone());
            let area = own.unwrap_or_else(AreaCode::nation);
            may(who, Verb::Export, &Subject::Area(area.into()))?;
        }
        let headers: Vec<String> =
            serde_json::from_value(record.mapping["mapping"]["headers"].clone()).map_err(Refused::internal)?;
        let mut report = RejectReport::begin(out, &headers)?;
        let mut count = 0;
        self.db.read(|tx| {
            each_reject(tx, origin, batch, |row| {
                count += 1;
                let cells = self.rejected_cells(&row)?;
                report.line(row.line, row.field.as_deref(), &row.reason, &row.suggestion, &cells)
            })
        })?;
        report.end()?;
        // The rows hold what somebody typed, people's numbers included: taking them away is told.
        self.act(Deed::by(who, origin, "import", batch, "export_rejects"), move |work| {
            work.note("rows", count);
            Ok(count)
        })
    }
}

/// All reasons in one text, and all suggestions.
fn said(row: &Rejected) -> (String, String) {
    let join = |part: fn(&registry::import::Fault) -> &str| {
        let mut parts: Vec<&str> = row.faults.iter().map(part).collect();
        parts.dedup();
        parts.join("；")
    };
    (join(|fault| &fault.reason), join(|fault| &fault.suggestion))
}

/// A rejected row as it is kept: cells sealed, numbers of people masked in the reasons.
pub(super) fn kept(office: &Office, batch: &ImportBatch, row: &Rejected) -> Result<ImportReject, Refused> {
    let (reason, suggestion) = said(row);
    let today = office.clock.today();
    Ok(ImportReject {
        origin: batch.origin,
        batch: batch.id,
        line: row.line as i64,
        field: row.field().map(str::to_owned),
        reason: crate::typed::masked(&reason, today),
        suggestion,
        row_text: office.seal_row(batch.id, row.line as i64, &row.cells)?,
    })
}
