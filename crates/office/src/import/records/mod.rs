//! Import of records into a declared register (名册导入) from CSV and Excel: columns guessed from the fields' labels, a dry run, every
//! row that cannot be taken with reason and suggestion. The same file goes in once; a stopped import goes on where it was; each piece
//! is one act with one entry.
mod cells;
mod columns;
mod run;
mod upload;

use std::collections::BTreeMap;
use std::sync::Arc;

use authority::Actor;
use base::{Origin, RecordId};
use catalogue::Register;
use catalogue::matter::FieldKind;
use serde::{Deserialize, Serialize};

pub use columns::guess;
pub use upload::{MOST_ROWS, RecordUpload};

use super::table::Table;
use super::{Progress, Rejected};
use crate::{Office, Refused};

/// Rows of one act: its writer is held some milliseconds.
const PIECE: usize = 200;
/// Rejected rows an outcome keeps; all of them go to the watcher and into the database.
const KEPT: usize = 50;

/// What the columns mean, and what holds for every row.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Columns {
    /// The headers as they stand in the file.
    pub headers: Vec<String>,
    /// The field of each; none is not imported.
    pub fields: Vec<Option<String>>,
    /// Values for all rows, by field, where no column says them: source, day.
    pub constants: BTreeMap<String, String>,
}

/// What to import and how.
#[derive(Clone, Debug)]
pub struct RecordOrder {
    /// The register.
    pub register: String,
    /// The file's name, for people.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Arc<Vec<u8>>,
    /// What the columns mean.
    pub columns: Columns,
}

/// What a file looks like before it is imported.
#[derive(Clone, Debug)]
pub struct RecordPreview {
    /// `CSV, GBK`
    pub format: String,
    /// The guess, to be shown and changed.
    pub columns: Columns,
    /// The first rows.
    pub sample: Vec<Vec<String>>,
    /// What should be known first.
    pub notes: Vec<String>,
    /// Rows of the file.
    pub rows: u64,
}

/// What came of an import or a dry run.
#[derive(Clone, Debug, Default)]
pub struct RecordOutcome {
    /// The import's record; none after a dry run.
    pub batch: Option<(Origin, RecordId)>,
    /// Rows done by an earlier run of the same file.
    pub resumed_at: u64,
    /// Counts.
    pub progress: Progress,
    /// The first rejected rows of this run.
    pub rejected: Vec<Rejected>,
}

/// A file as a table of this register's fields.
fn opened<'b>(register: &Register, bytes: &'b [u8]) -> Result<Table<'b>, Refused> {
    Table::open_by(bytes, &|cells| guess(register, cells).iter().flatten().count())
}

impl RecordOutcome {
    fn reject(&mut self, row: &Rejected) {
        if self.rejected.len() < KEPT {
            self.rejected.push(row.clone());
        }
    }
}

impl Columns {
    /// The fields that must be said and that neither a column nor a value for all rows says.
    pub fn missing<'r>(&self, register: &'r Register) -> Vec<&'r catalogue::RegisterField> {
        let said = |id: &str| {
            self.fields.iter().flatten().any(|field| field == id)
                || self.constants.get(id).is_some_and(|value| !value.trim().is_empty())
        };
        let first = register.course.as_ref().map(|course| course.field.as_str());
        let must = register.fields.iter().filter(|field| field.required && Some(field.id.as_str()) != first);
        must.filter(|field| !said(&field.id)).collect()
    }

    /// Refused unless the columns are those of the file, each field has one, and every required field is said.
    fn check(&self, register: &Register, headers: &[String]) -> Result<(), Refused> {
        if self.headers != headers || self.fields.len() != headers.len() {
            return Err(Refused::field("columns", "栏目对应关系与文件的表头不一致。请重新选择文件，再核对栏目"));
        }
        for (at, field) in self.fields.iter().enumerate() {
            let Some(field) = field else { continue };
            if register.find_field(field).is_none() {
                return Err(Refused::field("columns", format!("这份名册没有“{field}”这个字段。请重新选择")));
            }
            if self.fields[..at].iter().flatten().any(|other| other == field) {
                let label = register.find_field(field).map_or("", |field| field.label.as_str());
                return Err(Refused::field("columns", format!("有两栏都选了“{label}”。请只留一栏")));
            }
        }
        let missing: Vec<&str> = self.missing(register).iter().map(|field| field.label.as_str()).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("没有一栏是“{}”。请指定哪一栏是，或填写全部行都用的值", missing.join("”“"));
        Err(Refused::field("columns", message))
    }
}

impl Office {
    /// Opens a file and guesses what its columns mean for this register.
    pub fn preview_records(&self, who: &Actor, register: &str, bytes: &[u8]) -> Result<RecordPreview, Refused> {
        let register = self.importable(who, register)?;
        let mut table = opened(register, bytes)?;
        let fields = guess(register, &table.headers);
        let columns = Columns { headers: table.headers.clone(), fields, constants: BTreeMap::new() };
        let sample: Vec<Vec<String>> = table.by_ref().take(5).map(|row| row.cells).collect();
        let rows = sample.len() as u64 + table.by_ref().count() as u64;
        if rows == 0 {
            return Err(super::text::not_a_table("文件里只有表头，没有一行数据"));
        }
        Ok(RecordPreview { format: table.format.clone(), columns, sample, notes: table.notes.clone(), rows })
    }

    /// The register, if the actor keeps it and rows alone make whole records of it.
    pub fn importable(&self, who: &Actor, register: &str) -> Result<&Register, Refused> {
        let register = self.register(register)?;
        self.may_enter_some(who, register)?;
        let moves = register.fields.iter().filter_map(|field| field.belongs_to.as_ref());
        if moves.into_iter().any(|link| !link.sets.is_empty()) {
            let next = "请在所属记录的页面逐条录入";
            return Err(Refused::rule("not_importable", "这份名册的每条记录都会更新它所属的记录，不能成批导入", next));
        }
        if register.fields.iter().any(|field| field.required && field.kind == FieldKind::File) {
            return Err(Refused::rule("not_importable", "这份名册的记录必须附文件，不能从表格导入", "请逐条录入"));
        }
        Ok(register)
    }
}
