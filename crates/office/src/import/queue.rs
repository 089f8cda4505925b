//! Running an import from the desk (后台导入): what was settled on the page becomes a job, and the job does the dry run or the import
//! with the rights its owner has when it runs.
use std::sync::Arc;

use authority::Actor;
use base::{AccountId, AreaCode, JobId, Origin, RecordId};
use registry::Kind;
use registry::import::{Column, Mapping};
use serde::{Deserialize, Serialize};
use store::jobs::NewJob;
use store::registers::ImportBatch;
use vault::Digest;

use super::uploads::{Settings, Stage};
use super::{Order, Watcher};
use crate::accounts::session::actor_of;
use crate::{Deed, Office, Refused};

/// The handler that runs both the dry run and the import.
pub const JOB: &str = "import";

/// What the job needs; all of it, so that it may run on another machine after the page is long closed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ImportJob {
    /// SM3 of the file.
    pub file: Digest,
    /// What the columns mean.
    pub mapping: Mapping,
    /// As [`Settings::kind`].
    pub kind: Option<Kind>,
    /// As [`Settings::registrar`].
    pub registrar: Option<AreaCode>,
    /// The upload.
    pub origin: Origin,
    /// The upload.
    pub upload: RecordId,
    /// Who asked for it.
    pub account: AccountId,
    /// Nothing is written but what was found.
    pub dry: bool,
}

fn digest_of(record: &ImportBatch) -> Result<Digest, Refused> {
    let bytes: [u8; 32] = record.file.as_slice().try_into().map_err(Refused::internal)?;
    Ok(Digest(bytes))
}

impl Office {
    /// Settles the columns and starts the dry run.
    pub fn start_check(
        &self,
        who: &Actor,
        id: RecordId,
        columns: &[Option<Column>],
        kind: Option<Kind>,
        registrar: Option<AreaCode>,
    ) -> Result<(), Refused> {
        let upload = self.find_upload(who, id)?;
        if !matches!(upload.stage, Stage::Mapping(_) | Stage::Checked) {
            return Err(Refused::rule(
                "import_begun",
                "这个文件正在核对或已经开始导入，栏目不能再改",
                "请看它现在的进度",
            ));
        }
        self.table_of(&upload.record, &upload.settings)?;
        let mut settings = upload.settings.clone();
        settings.mapping.columns = columns.to_vec();
        fits(&settings.mapping)?;
        (settings.kind, settings.registrar, settings.found) = (kind, registrar, None);
        let record = ImportBatch { state: "uploaded".to_owned(), taken: 0, rejected: 0, ..upload.record };
        self.queue_import(who, record, settings, true)
    }

    /// Starts the import after the dry run, or goes on with an interrupted one.
    pub fn start_import(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let upload = self.find_upload(who, id)?;
        match upload.stage {
            Stage::Checked if upload.record.taken == 0 => Err(Refused::rule(
                "nothing_to_import",
                "没有一行可以收，不能导入",
                "请下载退回清单，改好后另存为新文件再上传",
            )),
            Stage::Checked | Stage::Interrupted(..) => {
                self.table_of(&upload.record, &upload.settings)?;
                self.queue_import(who, upload.record, upload.settings, false)
            }
            Stage::Mapping(_) | Stage::Checking(_) => {
                Err(Refused::rule("not_checked", "还没有核对完，不能导入", "请先核对"))
            }
            Stage::Importing(_) => Ok(()),
            Stage::Done => Err(Refused::rule(
                "already_imported",
                "这个文件已经导入",
                "如需更正，请改好退回的行，另存为新文件再上传",
            )),
        }
    }

    fn queue_import(&self, who: &Actor, record: ImportBatch, mut settings: Settings, dry: bool) -> Result<(), Refused> {
        let id = JobId::fresh(&self.clock, &self.rng);
        let job = ImportJob {
            file: digest_of(&record)?,
            mapping: settings.mapping.clone(),
            kind: settings.kind,
            registrar: settings.registrar.clone(),
            origin: record.origin,
            upload: record.id,
            account: who.account,
            dry,
        };
        settings.job = Some(id);
        let mapping = serde_json::to_value(&settings).map_err(Refused::internal)?;
        let payload = serde_json::to_value(&job).map_err(Refused::internal)?;
        let now = self.clock.now();
        let act = if dry { "check_import" } else { "start_import" };
        self.act(Deed::by(who, record.origin, "import", record.id, act), move |work| {
            let (queue, name) = ("default".to_owned(), JOB.to_owned());
            let new = NewJob { id, queue, name, version: 1, payload, dedupe: None, run_at: now };
            store::jobs::add(work.tx, &new)?;
            work.update(&ImportBatch { mapping, rev: record.rev + 1, entry: work.entry, ..record })
        })
    }

    /// Does the job: the dry run, or the import from where it stands. Whether it came to its end. May run twice.
    pub fn run_import_job(&self, job: &ImportJob, watcher: &mut dyn Watcher) -> Result<bool, Refused> {
        let who = self.as_now(job.account)?;
        let upload = self.find_upload(&who, job.upload)?;
        let bytes = Arc::new(self.table_of(&upload.record, &upload.settings)?);
        let file_name = upload.record.file_name.clone();
        let (mapping, kind, registrar) = (Some(job.mapping.clone()), job.kind, job.registrar.clone());
        let order = Order { file_name, bytes, mapping, kind, registrar };
        if !job.dry {
            if upload.stage == Stage::Done {
                return Ok(true);
            }
            let outcome = self.import_organizations(&who, &order, watcher)?;
            return Ok(outcome.progress.done == outcome.progress.rows);
        }
        if upload.record.state == "checked" {
            return Ok(true);
        }
        self.check_upload(&who, upload, &order, watcher)
    }

    fn as_now(&self, account: AccountId) -> Result<Actor, Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let account = store::accounts::find(tx, account)?.filter(|account| account.state == "active");
            let closed = || Refused::rule("account_closed", "上传人的账号已经停用", "请由同岗位的同事继续");
            actor_of(tx, &account.ok_or_else(closed)?, today)
        })
    }
}

/// Every meaning once, and a name.
fn fits(mapping: &Mapping) -> Result<(), Refused> {
    if mapping.columns.len() != mapping.headers.len() {
        return Err(Refused::field("columns", "栏目数与表头不一致。请刷新页面后重新选择"));
    }
    let twice =
        Column::ALL.iter().find(|column| mapping.columns.iter().filter(|one| **one == Some(**column)).count() > 1);
    if let Some(column) = twice {
        return Err(Refused::field(
            "columns",
            format!("有两栏都选了“{}”。请只留一栏，另一栏选“不导入”", column.label()),
        ));
    }
    if mapping.find(Column::Name).is_none() {
        return Err(Refused::field("columns", "没有一栏是“名称”。请指出哪一栏是组织名称"));
    }
    Ok(())
}
