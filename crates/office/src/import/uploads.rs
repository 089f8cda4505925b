//! Importing from the desk (导入名册): a file is uploaded and kept under its digest, its columns are settled, a dry run tells what
//! would happen, then it goes in. Both runs are background jobs; the upload's record (`dry`) and the import's are all that is kept.
use authority::Actor;
use base::{AreaCode, JobId, Origin, RecordId};
use registry::Kind;
use registry::import::Mapping;
use serde::{Deserialize, Serialize};
use store::jobs::JobRow;
use store::registers::{ImportBatch, ImportReject, batch_of_file, batches};
use store::{DbError, FromRow, Record as _, Row, Statement, Tx, args, sql};

use super::KIND;
use super::collect::Found;
use super::keep::SealedTable;
use super::prepare::authority_of;
use super::table::Table;
use crate::files::LARGEST;
use crate::{Deed, Office, Refused};

/// Imports listed on the page.
const LISTED: usize = 100;
/// Rejected rows shown on the page; all of them are in the download.
const SHOWN: usize = 10;

// A row's suggestions begin with that of the fault that rejected it; the shortest of a group is that one alone.
const GROUPS: Statement = sql!(
    "import.groups",
    "select coalesce(field, '') as item, min(suggestion) as suggestion, count(*) as many, min(reason) as example
     from import_reject where origin = $1 and batch = $2
     group by field, substr(suggestion, 1, 12) order by count(*) desc, min(line) limit 50"
);
const FIRST: Statement = sql!(
    "import.first_rejects",
    "select origin, batch, line, field, reason, suggestion, row_text from import_reject where origin = $1 and batch = $2
     order by line limit $3"
);

/// For the test that prepares all statements.
pub const ALL: [Statement; 2] = [GROUPS, FIRST];

/// What the person settled, and what the dry run found. Kept as the upload's `mapping`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Settings {
    /// What the columns mean.
    pub mapping: Mapping,
    /// The kind of rows that do not say theirs.
    pub kind: Option<Kind>,
    /// The registrar of rows that do not say theirs.
    pub registrar: Option<AreaCode>,
    /// `CSV, GBK`
    pub format: String,
    /// What should be known first.
    pub notes: Vec<String>,
    /// Where the table lies; none once its time is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<SealedTable>,
    /// The job that runs or ran last.
    pub job: Option<JobId>,
    /// What the dry run found.
    pub found: Option<Found>,
}

/// Where an upload stands.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Its columns are to be settled; with why the last dry run did not end.
    Mapping(Option<String>),
    /// The dry run waits or runs: rows done.
    Checking(u64),
    /// The dry run ended; the import may begin.
    Checked,
    /// The import waits or runs: rows done.
    Importing(u64),
    /// The import stopped on its way: rows done, and why.
    Interrupted(u64, String),
    /// It is in.
    Done,
}

/// An uploaded file on its way into the register.
#[derive(Clone, Debug)]
pub struct Upload {
    /// The upload.
    pub record: ImportBatch,
    /// What was settled and found.
    pub settings: Settings,
    /// The import, once begun.
    pub import: Option<ImportBatch>,
    /// Where it stands.
    pub stage: Stage,
}

/// Rejected rows of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectGroup {
    /// The item that rejected them.
    pub item: String,
    /// What to do.
    pub suggestion: String,
    /// How many.
    pub rows: i64,
    /// The reason of one of them.
    pub example: String,
}

impl FromRow for RejectGroup {
    const TABLE: &'static str = "import_reject";

    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let (item, suggestion) = (row.get("item")?, row.get("suggestion")?);
        Ok(Self { item, suggestion, rows: row.get("many")?, example: row.get("example")? })
    }
}

/// An upload with what its page shows.
#[derive(Clone, Debug)]
pub struct UploadView {
    /// The upload.
    pub upload: Upload,
    /// The first rows of the file.
    pub sample: Vec<Vec<String>>,
    /// Rejected rows by item and suggestion, the most frequent first.
    pub groups: Vec<RejectGroup>,
    /// The first rejected rows.
    pub rejects: Vec<RejectedRow>,
}

/// A rejected row as its page shows it: what was typed, with people's numbers masked.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RejectedRow {
    /// Line of the file.
    pub line: i64,
    /// The item that rejected it.
    pub field: Option<String>,
    /// Why.
    pub reason: String,
    /// What to do.
    pub suggestion: String,
    /// The cells.
    pub cells: Vec<String>,
}

/// Rows done as a running job says it: `3200/4000`.
fn done_of(job: &JobRow) -> u64 {
    job.progress
        .as_deref()
        .and_then(|text| text.split('/').next())
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(0)
}

fn stage_of(record: &ImportBatch, import: Option<&ImportBatch>, job: Option<&JobRow>) -> Stage {
    let dry = job.is_some_and(|job| job.payload["dry"] == true);
    let live = job.filter(|job| job.state == "waiting" || job.state == "running");
    let broken = job.and_then(|job| job.error.clone());
    let done = import.map_or(0, |import| (import.taken + import.rejected).unsigned_abs());
    match (import, live) {
        (Some(import), _) if import.state == "done" => Stage::Done,
        (_, Some(job)) if dry => Stage::Checking(done_of(job)),
        (_, Some(_)) => Stage::Importing(done),
        (Some(_), None) => Stage::Interrupted(done, broken.unwrap_or_else(|| "后台任务没有做完".to_owned())),
        (None, None) if record.state == "checked" && (dry || broken.is_none()) => Stage::Checked,
        (None, None) if record.state == "checked" => Stage::Interrupted(0, broken.unwrap_or_default()),
        (None, None) => Stage::Mapping(broken),
    }
}

fn upload_of(tx: &mut Tx<'_>, record: ImportBatch) -> Result<Upload, Refused> {
    let settings: Settings = serde_json::from_value(record.mapping.clone()).map_err(Refused::internal)?;
    let import = batch_of_file(tx, record.origin, KIND, &record.file, false)?;
    let job = settings.job.map(|job| store::jobs::find(tx, job)).transpose()?.flatten();
    let stage = stage_of(&record, import.as_ref(), job.as_ref());
    Ok(Upload { record, settings, import, stage })
}

impl Office {
    /// The origin under which `who` imports; refused to everybody but the keepers of data quality.
    fn import_origin(&self, who: &Actor) -> Result<Origin, Refused> {
        Ok(authority_of(who)?.as_ref().map_or(Origin::none(), Origin::of))
    }

    /// The uploads of `who`'s authority, newest first.
    pub fn uploads(&self, who: &Actor) -> Result<Vec<Upload>, Refused> {
        let origin = self.import_origin(who)?;
        self.db.read(|tx| {
            let all = batches(tx, origin, LISTED)?.into_iter().filter(|one| one.dry && one.kind == KIND);
            all.map(|record| upload_of(tx, record)).collect()
        })
    }

    /// Keeps a file under its digest and guesses its columns. The same file again leads to the same upload.
    pub fn upload_import(&self, who: &Actor, file_name: &str, bytes: &[u8]) -> Result<RecordId, Refused> {
        let origin = self.import_origin(who)?;
        if bytes.len() > LARGEST {
            let why = format!("文件有 {} MB，超过 {} MB。请分成几个文件，分次导入", bytes.len() >> 20, LARGEST >> 20);
            return Err(Refused::field("file", why));
        }
        let preview = self.preview_import(who, bytes)?;
        let digest = vault::sm3(bytes);
        if let Some(known) = self.db.read(|tx| batch_of_file(tx, origin, KIND, digest.as_bytes(), true))? {
            self.bring_back(who, known.clone(), bytes)?;
            return Ok(known.id);
        }
        let id = RecordId::fresh(&self.clock, &self.rng);
        let sealed = self.keep_table(id, bytes)?;
        let kept = sealed.kept;
        let settings = Settings {
            mapping: preview.mapping,
            kind: None,
            registrar: None,
            format: preview.format,
            notes: preview.notes,
            sealed: Some(sealed),
            job: None,
            found: None,
        };
        let record = ImportBatch {
            origin,
            id,
            kind: KIND.to_owned(),
            file: digest.as_bytes().to_vec(),
            file_name: file_name.chars().filter(|c| !c.is_control()).take(120).collect(),
            mapping: serde_json::to_value(&settings).map_err(Refused::internal)?,
            state: "uploaded".to_owned(),
            total: preview.rows.cast_signed(),
            taken: 0,
            rejected: 0,
            dry: true,
            started_at: self.clock.now(),
            ended_at: None,
            account: (!who.is_system()).then_some(who.account),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        };
        self.act(Deed::by(who, origin, "import", id, "upload_import"), move |work| {
            work.relies_on(kept);
            work.note("rows", record.total);
            work.insert(&ImportBatch { entry: work.entry, ..record })
        })?;
        Ok(id)
    }

    /// The same file again after its time was over: kept anew, so that it can still be imported.
    fn bring_back(&self, who: &Actor, record: ImportBatch, bytes: &[u8]) -> Result<(), Refused> {
        let settings: Settings = serde_json::from_value(record.mapping.clone()).map_err(Refused::internal)?;
        if settings.sealed.is_some() {
            return Ok(());
        }
        let sealed = self.keep_table(record.id, bytes)?;
        let kept = sealed.kept;
        let settings = Settings { sealed: Some(sealed), ..settings };
        let mapping = serde_json::to_value(&settings).map_err(Refused::internal)?;
        self.act(Deed::by(who, record.origin, "import", record.id, "upload_import"), move |work| {
            work.relies_on(kept);
            let (started_at, rev) = (work.at, record.rev + 1);
            work.update(&ImportBatch { mapping, started_at, rev, entry: work.entry, ..record })
        })
    }

    pub(super) fn find_upload(&self, who: &Actor, id: RecordId) -> Result<Upload, Refused> {
        let origin = self.import_origin(who)?;
        let missing = || Refused::NotFound("这次导入");
        self.db.read(|tx| {
            let record = tx.find::<ImportBatch>(ImportBatch::FIND, args![origin, id])?.filter(|record| record.dry);
            upload_of(tx, record.ok_or_else(missing)?)
        })
    }

    /// An upload with the first rows of its file and of what was rejected.
    pub fn upload_view(&self, who: &Actor, id: RecordId) -> Result<UploadView, Refused> {
        let upload = self.find_upload(who, id)?;
        let table = matches!(upload.stage, Stage::Mapping(_) | Stage::Checked);
        let sample = if table && upload.settings.sealed.is_some() { self.sample(&upload)? } else { Vec::new() };
        let batch = upload.import.as_ref().map_or(upload.record.id, |import| import.id);
        let origin = upload.record.origin;
        let (groups, rejects) = self.db.read(|tx| {
            let groups = tx.list(GROUPS, args![origin, batch])?;
            Ok::<_, Refused>((groups, tx.list::<ImportReject>(FIRST, args![origin, batch, SHOWN])?))
        })?;
        let rejects = rejects.into_iter().map(|row| self.shown_row(row)).collect::<Result<_, _>>()?;
        Ok(UploadView { upload, sample, groups, rejects })
    }

    /// Writes the rejected rows of the import, or before it of the dry run; gives how many there are.
    pub fn write_upload_rejects(&self, who: &Actor, id: RecordId, out: impl std::io::Write) -> Result<u64, Refused> {
        let upload = self.find_upload(who, id)?;
        let batch = upload.import.as_ref().map_or(id, |import| import.id);
        self.write_rejects(who, upload.record.origin, batch, out)
    }

    fn sample(&self, upload: &Upload) -> Result<Vec<Vec<String>>, Refused> {
        let bytes = self.table_of(&upload.record, &upload.settings)?;
        let table = Table::open(&bytes)?;
        Ok(table.take(3).map(|row| row.cells).collect())
    }
}
