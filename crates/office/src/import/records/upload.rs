//! Importing on a page: the table is uploaded and kept sealed, its columns settled, a dry run tells what would happen, then it goes in;
//! what was sent back is fetched as a file to mend and import again.
use std::sync::Arc;

use authority::Actor;
use base::{EntryId, RecordId};
use catalogue::Register;
use serde::{Deserialize, Serialize};
use store::registers::{ImportBatch, batch_of_file, each_reject};
use store::{Record as _, args};

use super::run::kind_of;
use super::{Columns, RecordOrder, RecordOutcome, opened};
use crate::act::Deed;
use crate::import::keep::SealedTable;
use crate::import::report::RejectReport;
use crate::{Office, Refused};

/// Rows that a page imports while somebody waits; longer tables are imported on the command line, with a bar.
pub const MOST_ROWS: u64 = 20_000;

/// What the page keeps of an upload.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Settings {
    columns: Columns,
    format: String,
    notes: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sealed: Option<SealedTable>,
}

/// An uploaded table on its way into a register.
#[derive(Clone, Debug)]
pub struct RecordUpload {
    /// The upload.
    pub record: ImportBatch,
    /// What its columns mean.
    pub columns: Columns,
    /// `CSV, GBK`
    pub format: String,
    /// What should be known first.
    pub notes: Vec<String>,
    /// The first rows.
    pub sample: Vec<Vec<String>>,
    /// The import, once it began.
    pub import: Option<ImportBatch>,
}

impl Office {
    /// Keeps a table to be imported into a register.
    pub fn upload_records(&self, who: &Actor, register: &str, name: &str, bytes: &[u8]) -> Result<RecordId, Refused> {
        let register = self.importable(who, register)?;
        if bytes.len() > crate::files::LARGEST {
            let most = crate::files::LARGEST >> 20;
            return Err(Refused::field("file", format!("文件超过 {most} MB。请分成几个文件，或请管理员用命令行导入")));
        }
        let preview = self.preview_records(who, &register.id, bytes)?;
        if preview.rows > MOST_ROWS {
            let why = format!("文件有 {} 行，页面上一次最多导入 {MOST_ROWS} 行。请分成几个文件", preview.rows);
            return Err(Refused::field("file", format!("{why}，或请管理员用命令行 yishe import register 导入")));
        }
        let (origin, id) = (self.batch_origin(who, register), RecordId::fresh(&self.clock, &self.rng));
        let settings = Settings {
            columns: preview.columns,
            format: preview.format,
            notes: preview.notes,
            sealed: Some(self.keep_table(id, bytes)?),
        };
        let digest = vault::sm3(bytes);
        let batch = ImportBatch {
            origin,
            id,
            kind: kind_of(&register.id),
            file: digest.as_bytes().to_vec(),
            file_name: name.chars().take(120).collect(),
            mapping: serde_json::to_value(&settings).map_err(Refused::internal)?,
            state: "open".to_owned(),
            total: i64::try_from(preview.rows).unwrap_or(i64::MAX),
            taken: 0,
            rejected: 0,
            dry: true,
            started_at: self.clock.now(),
            ended_at: None,
            account: Some(who.account),
            rev: 1,
            entry: EntryId::from_bits(0),
        };
        self.act(Deed::by(who, origin, "import", id, "upload_import"), move |work| {
            work.note("file", digest.to_string());
            work.insert(&ImportBatch { entry: work.entry, ..batch })
        })?;
        Ok(id)
    }

    /// An upload of the actor's own authority.
    pub fn record_upload(&self, who: &Actor, register: &str, id: RecordId) -> Result<RecordUpload, Refused> {
        let register = self.importable(who, register)?;
        let (record, settings) = self.kept_upload(who, register, id)?;
        let bytes = self.upload_bytes(&record, &settings)?;
        let sample = opened(register, &bytes)?.take(5).map(|row| row.cells).collect();
        let import = self.db.read(|tx| batch_of_file(tx, record.origin, &record.kind, &record.file, false))?;
        let Settings { columns, format, notes, .. } = settings;
        Ok(RecordUpload { record, columns, format, notes, sample, import })
    }

    fn kept_upload(&self, who: &Actor, register: &Register, id: RecordId) -> Result<(ImportBatch, Settings), Refused> {
        let origin = self.batch_origin(who, register);
        let found: Option<ImportBatch> = self.db.read(|tx| tx.find(ImportBatch::FIND, args![origin, id]))?;
        let own = |batch: &ImportBatch| batch.dry && batch.kind == kind_of(&register.id);
        let record = found.filter(own).ok_or(Refused::NotFound("这次导入"))?;
        let settings = serde_json::from_value(record.mapping.clone()).map_err(Refused::internal)?;
        Ok((record, settings))
    }

    fn upload_bytes(&self, record: &ImportBatch, settings: &Settings) -> Result<Vec<u8>, Refused> {
        match &settings.sealed {
            Some(sealed) => self.open_table(record.id, sealed),
            None => Err(self.upload_forgotten()?),
        }
    }

    fn order_of(&self, record: &ImportBatch, settings: &Settings, register: &Register) -> Result<RecordOrder, Refused> {
        Ok(RecordOrder {
            register: register.id.clone(),
            file_name: record.file_name.clone(),
            bytes: Arc::new(self.upload_bytes(record, settings)?),
            columns: settings.columns.clone(),
        })
    }

    /// Settles the columns and makes the dry run.
    pub fn settle_records(
        &self,
        who: &Actor,
        register: &str,
        id: RecordId,
        columns: Columns,
    ) -> Result<RecordOutcome, Refused> {
        let register = self.importable(who, register)?.clone();
        let (record, mut settings) = self.kept_upload(who, &register, id)?;
        settings.columns = Columns { headers: settings.columns.headers.clone(), ..columns };
        let outcome = self.check_records(who, &self.order_of(&record, &settings, &register)?, &mut ())?;
        let mapping = serde_json::to_value(&settings).map_err(Refused::internal)?;
        let counts = (outcome.progress.taken, outcome.progress.rejected);
        self.act(Deed::by(who, record.origin, "import", id, "check_import"), move |work| {
            let now: ImportBatch = work.tx.get_record(args![record.origin, record.id])?;
            let (taken, rejected) =
                (i64::try_from(counts.0).unwrap_or(i64::MAX), i64::try_from(counts.1).unwrap_or(i64::MAX));
            let (state, rev, entry) = ("checked".to_owned(), now.rev + 1, work.entry);
            work.note("taken", taken);
            work.note("rejected", rejected);
            work.update(&ImportBatch { mapping, state, taken, rejected, rev, entry, ..now })
        })?;
        Ok(outcome)
    }

    /// Imports a table whose columns are settled.
    pub fn run_records(&self, who: &Actor, register: &str, id: RecordId) -> Result<RecordOutcome, Refused> {
        let register = self.importable(who, register)?.clone();
        let (record, settings) = self.kept_upload(who, &register, id)?;
        if record.state != "checked" {
            return Err(Refused::rule("not_checked", "这个文件还没有核对过", "请先核对栏目和各行"));
        }
        self.import_records(who, &self.order_of(&record, &settings, &register)?, &mut ())
    }

    /// Writes the rows that an import sent back as a table to be mended; gives how many. Taking them away is an act.
    pub fn write_record_rejects(
        &self,
        who: &Actor,
        register: &str,
        batch: RecordId,
        out: impl std::io::Write,
    ) -> Result<u64, Refused> {
        let register = self.importable(who, register)?;
        let origin = self.batch_origin(who, register);
        let found: Option<ImportBatch> = self.db.read(|tx| tx.find(ImportBatch::FIND, args![origin, batch]))?;
        let own = |one: &ImportBatch| !one.dry && one.kind == kind_of(&register.id);
        let record = found.filter(own).ok_or(Refused::NotFound("这次导入"))?;
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
        self.act(Deed::by(who, origin, "import", batch, "export_rejects"), move |work| {
            work.note("rows", count);
            Ok(count)
        })
    }
}
