//! What an import leaves behind (导入留存): the uploaded table and the rows that were sent back hold whatever somebody typed, ID numbers
//! and telephone numbers of people included. Both are sealed under the personal master key, can be read for as long as
//! `import_table_keep_days` says, and then lose their key or their rows.
use base::{AreaCode, Origin, RecordId};
use serde::{Deserialize, Serialize};
use store::registers::{ImportBatch, ImportReject};
use store::{Statement, args, sql};
use vault::{Digest, Sm4Key, WrappedKey};

use super::uploads::{RejectedRow, Settings};
use crate::{Deed, Office, Refused};

/// The parameter that says for how many days tables and rejected rows are kept.
const KEPT_DAYS: &str = "import_table_keep_days";
/// Imports whose leavings are dropped in one run.
const MOST: usize = 500;

const PAST: Statement = sql!(
    "import.past",
    "select origin, id, kind, file, file_name, mapping, state, total, taken, rejected, dry, started_at, ended_at, account,
     rev, entry from import_batch b where started_at < $1 and (mapping like '%\"sealed\":{%' or exists
     (select 1 from import_reject r where r.origin = b.origin and r.batch = b.id)) order by started_at, id limit $2"
);
const DROP_REJECTS: Statement =
    sql!("import.drop_rejects", "delete from import_reject where origin = $1 and batch = $2");

/// For the test that prepares all statements.
pub const ALL: [Statement; 2] = [PAST, DROP_REJECTS];

/// Where an uploaded table lies, and the key without which it is noise.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SealedTable {
    /// Digest of what lies in the store: ciphertext.
    pub kept: Digest,
    /// Its key, wrapped.
    key: String,
}

fn table_context(id: RecordId) -> Vec<u8> {
    format!("import-table/{id}").into_bytes()
}

fn row_context(batch: RecordId, line: i64) -> Vec<u8> {
    format!("import-reject/{batch}/{line}").into_bytes()
}

impl Office {
    /// Keeps a table sealed under a key of its own.
    pub(super) fn keep_table(&self, id: RecordId, bytes: &[u8]) -> Result<SealedTable, Refused> {
        let secret = self.rng.bytes::<16>();
        let context = table_context(id);
        let sealed = vault::seal(&Sm4Key::new(secret), &self.rng, &context, bytes).map_err(Refused::internal)?;
        let key = self.keys.wrap_bytes(&self.rng, &context, &secret).map_err(Refused::internal)?;
        Ok(SealedTable { kept: self.files.keep(&sealed)?, key: key.to_string() })
    }

    /// The table of an upload; refused once its time is over.
    pub(super) fn table_of(&self, record: &ImportBatch, settings: &Settings) -> Result<Vec<u8>, Refused> {
        let Some(sealed) = &settings.sealed else {
            return Err(self.upload_forgotten()?);
        };
        self.open_table(record.id, sealed)
    }

    /// A table that was kept sealed.
    pub(super) fn open_table(&self, id: RecordId, sealed: &SealedTable) -> Result<Vec<u8>, Refused> {
        let context = table_context(id);
        let wrapped: WrappedKey = sealed.key.parse().map_err(Refused::internal)?;
        let secret = self.keys.unwrap_bytes(&context, &wrapped).map_err(Refused::internal)?;
        let secret: [u8; 16] = secret.as_slice().try_into().map_err(Refused::internal)?;
        let bytes = self.files.read(&sealed.kept)?;
        let plain = vault::open(&Sm4Key::new(secret), &context, &bytes).map_err(Refused::internal)?;
        Ok(plain.to_vec())
    }

    /// What is said of a table whose time is over, with the clause that ended it.
    pub(super) fn upload_forgotten(&self) -> Result<Refused, Refused> {
        let clause = self.need_param(KEPT_DAYS, &AreaCode::nation(), self.clock.today())?.clause;
        let what = format!("这个表格已过保存期限，内容已按规定删除（{}）", clause.text);
        Ok(Refused::rule("upload_forgotten", what, "仍需导入的，请重新上传"))
    }

    /// A rejected row's cells as they are kept: ciphertext.
    pub(super) fn seal_row(&self, batch: RecordId, line: i64, cells: &[String]) -> Result<String, Refused> {
        let text = serde_json::to_vec(cells).map_err(Refused::internal)?;
        let sealed = self.keys.wrap_bytes(&self.rng, &row_context(batch, line), &text).map_err(Refused::internal)?;
        Ok(sealed.to_string())
    }

    /// A rejected row's cells.
    pub fn rejected_cells(&self, row: &ImportReject) -> Result<Vec<String>, Refused> {
        let sealed: WrappedKey = row.row_text.parse().map_err(Refused::internal)?;
        let plain = self.keys.unwrap_bytes(&row_context(row.batch, row.line), &sealed).map_err(Refused::internal)?;
        serde_json::from_slice(&plain).map_err(Refused::internal)
    }

    /// A rejected row for a page.
    pub(super) fn shown_row(&self, row: ImportReject) -> Result<RejectedRow, Refused> {
        let today = self.clock.today();
        let cells = self.rejected_cells(&row)?.iter().map(|cell| crate::typed::masked(cell, today)).collect();
        Ok(RejectedRow { line: row.line, field: row.field, reason: row.reason, suggestion: row.suggestion, cells })
    }

    /// Drops what imports left behind longer ago than `import_table_keep_days`: the keys of uploaded tables by an act of the
    /// system each, rejected rows with them. Gives how many imports.
    pub fn forget_imports(&self) -> Result<usize, Refused> {
        let (now, today) = (self.clock.now(), self.clock.today());
        let days = self.need_int(KEPT_DAYS, &AreaCode::nation(), today)?;
        let before = now.plus_seconds(-days * 24 * 3600);
        let past: Vec<ImportBatch> = self.db.read(|tx| tx.list(PAST, args![before, MOST]))?;
        let count = past.len();
        for record in past {
            self.forget_import(record)?;
        }
        Ok(count)
    }

    fn forget_import(&self, record: ImportBatch) -> Result<(), Refused> {
        let (origin, id): (Origin, RecordId) = (record.origin, record.id);
        let deed = Deed::by(&authority::Actor::system(), origin, "import", id, "forget_import");
        self.act(deed, move |work| {
            let gone = work.tx.run(DROP_REJECTS, args![origin, id])?;
            work.note("rows", gone);
            let mut mapping = record.mapping.clone();
            let had_table = mapping.as_object_mut().and_then(|map| map.remove("sealed")).is_some();
            work.note("table", had_table);
            work.update(&ImportBatch { mapping, rev: record.rev + 1, entry: work.entry, ..record })
        })
    }
}
