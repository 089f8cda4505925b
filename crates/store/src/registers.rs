//! Registers (名册) and what else is kept about organizations: data quality, sharing, decoupling, snapshots, imports, serial
//! numbers, the installation's own facts.
use base::{AccountId, AreaCode, BodyId, Date, EntryId, Instant, OrgId, Origin, PersonId, RecordId};

use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// An entry of a declared register.
    pub struct RegisterEntry in "register_entry" key(origin, register, id) {
        pub origin: Origin,
        pub register: String,
        pub id: RecordId,
        pub org: Option<OrgId>,
        pub person: Option<PersonId>,
        pub area: AreaCode,
        pub province: Option<String>,
        pub city: Option<String>,
        pub county: Option<String>,
        pub title: String,
        pub state: String,
        pub since: Date,
        pub until: Option<Date>,
        pub public: bool,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
        pub key: Option<String>,
    }
}

crate::record! {
    /// Something wrong with the data (数据质量问题).
    pub struct QualityIssue in "quality_issue" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub rule: String,
        pub org: Option<OrgId>,
        pub area: AreaCode,
        pub state: String,
        pub field: Option<String>,
        pub found_on: Date,
        pub due: Option<Date>,
        pub assigned_to: Option<AccountId>,
        pub closed_on: Option<Date>,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A share of data with a body (数据共享).
    pub struct DataShare in "data_share" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub consumer: BodyId,
        pub title: String,
        pub state: String,
        pub scope: serde_json::Value,
        pub asked_on: Date,
        pub ends_on: Option<Date>,
        pub calls: i64,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// Calls of a share, a batch at a time.
    pub struct ShareCall in "share_call" key(origin, share, id) {
        pub origin: Origin,
        pub share: RecordId,
        pub id: RecordId,
        pub from_at: Instant,
        pub to_at: Instant,
        pub calls: i64,
        pub records: i64,
        pub root: Option<Vec<u8>>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// How far an association is decoupled (脱钩).
    pub struct Decoupling in "decoupling" key(origin, org) {
        pub origin: Origin,
        pub org: OrgId,
        pub state: String,
        pub former_body: Option<BodyId>,
        pub plan_on: Option<Date>,
        pub decoupled_on: Option<Date>,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// Guidance given after decoupling (脱钩不脱管).
    pub struct GuidanceRecord in "guidance_record" key(origin, org, id) {
        pub origin: Origin,
        pub org: OrgId,
        pub id: RecordId,
        pub day: Date,
        pub by_body: Option<BodyId>,
        pub kind: String,
        pub body: serde_json::Value,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A statistical snapshot (统计快照).
    pub struct Snapshot in "snapshot" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub title: String,
        pub as_of: Date,
        pub known_on: Option<Instant>,
        pub state: String,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A frozen figure.
    pub struct SnapshotFigure in "snapshot_figure" key(origin, snapshot, area, figure) {
        pub origin: Origin,
        pub snapshot: RecordId,
        pub area: AreaCode,
        pub figure: String,
        pub number: Option<i64>,
        pub detail: Option<serde_json::Value>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// An import; the same file resumes.
    pub struct ImportBatch in "import_batch" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub kind: String,
        pub file: Vec<u8>,
        pub file_name: String,
        pub mapping: serde_json::Value,
        pub state: String,
        pub total: i64,
        pub taken: i64,
        pub rejected: i64,
        pub dry: bool,
        pub started_at: Instant,
        pub ended_at: Option<Instant>,
        pub account: Option<AccountId>,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A chunk of an import that is done.
    pub struct ImportChunk in "import_chunk" key(origin, batch, number) {
        pub origin: Origin,
        pub batch: RecordId,
        pub number: i64,
        pub taken: i64,
        pub rejected: i64,
        pub root: Option<Vec<u8>>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A row that was refused, and why.
    pub struct ImportReject in "import_reject" key(origin, batch, line) {
        pub origin: Origin,
        pub batch: RecordId,
        pub line: i64,
        pub field: Option<String>,
        pub reason: String,
        pub suggestion: String,
        pub row_text: String,
    }
}

const OF_ORG: Statement = sql!(
    "registers.of_org",
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public, body, rev,
     entry, key from register_entry where origin = $1 and org = $2 order by register, since, id"
);
const NEXT: Statement = sql!(
    "registers.next_number",
    "insert into number_series (origin, series, last) values ($1, $2, 1)
     on conflict (origin, series) do update set last = number_series.last + 1 returning last"
);
const META: Statement = sql!("registers.meta", "select value from meta where key = $1");
const SET_META: Statement = sql!(
    "registers.set_meta",
    "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value"
);
const ISSUES_OF: Statement = sql!(
    "registers.issues_of",
    "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry
     from quality_issue where origin = $1 and org = $2 order by found_on, id"
);
const ISSUES: Statement = sql!(
    "registers.issues",
    "select origin, id, rule, org, area, state, field, found_on, due, assigned_to, closed_on, body, rev, entry
     from quality_issue where area = $1 and state = $2 order by due nulls last, id limit $3"
);
const GUIDANCE: Statement = sql!(
    "registers.guidance",
    "select origin, org, id, day, by_body, kind, body, entry from guidance_record
     where origin = $1 and org = $2 order by day, id"
);
const FIGURES: Statement = sql!(
    "registers.figures",
    "select origin, snapshot, area, figure, number, detail, entry from snapshot_figure
     where origin = $1 and snapshot = $2 order by area, figure"
);
const BATCH_OF_FILE: Statement = sql!(
    "registers.batch_of_file",
    "select origin, id, kind, file, file_name, mapping, state, total, taken, rejected, dry, started_at, ended_at, account,
     rev, entry from import_batch where origin = $1 and kind = $2 and file = $3 and dry = $4"
);
const BATCHES: Statement = sql!(
    "registers.batches",
    "select origin, id, kind, file, file_name, mapping, state, total, taken, rejected, dry, started_at, ended_at, account,
     rev, entry from import_batch where origin = $1 order by id desc limit $2"
);
const CHUNKS_DONE: Statement = sql!(
    "registers.chunks_done",
    "select coalesce(max(number), -1) from import_chunk where origin = $1 and batch = $2"
);
const REJECTS: Statement = sql!(
    "registers.rejects",
    "select origin, batch, line, field, reason, suggestion, row_text from import_reject where origin = $1 and batch = $2 order by line"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] =
    &[OF_ORG, NEXT, META, SET_META, ISSUES_OF, ISSUES, GUIDANCE, FIGURES, BATCH_OF_FILE, BATCHES, CHUNKS_DONE, REJECTS];

pub(crate) const ENTRY: &str =
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public,
     body, rev, entry, key from register_entry";

/// A page of a register, newest first; conditions beyond the register itself in `filter`.
pub fn list(
    tx: &mut Tx<'_>,
    register: &str,
    filter: &Filter,
    after: Option<(Date, RecordId)>,
    limit: usize,
) -> Result<Vec<RegisterEntry>, DbError> {
    let mut filter = filter.clone();
    filter.equal("register", register);
    if let Some((since, id)) = after {
        filter.after("since", &since, "id", &id, true);
    }
    let text = filter.sql(ENTRY, "since desc, id desc", limit);
    tx.list(Sql::dynamic("registers.list", &text), filter.args())
}

/// What registers say of an organization.
pub fn of_org(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<RegisterEntry>, DbError> {
    tx.list(OF_ORG, args![origin, org])
}

/// The next number of a series (文号、办件编号), from 1. Taken in the act, so a refused act leaves no gap.
pub fn next_number(tx: &mut Tx<'_>, origin: Origin, series: &str) -> Result<i64, DbError> {
    tx.get(NEXT, args![origin, series])
}

/// A fact about the installation: `kind` (demo, serve, test), `created`, `name`.
pub fn meta(tx: &mut Tx<'_>, key: &str) -> Result<Option<String>, DbError> {
    tx.find(META, args![key])
}

/// Keeps a fact about the installation.
pub fn set_meta(tx: &mut Tx<'_>, key: &str, value: &str) -> Result<(), DbError> {
    tx.run(SET_META, args![key, value]).map(drop)
}

/// The data quality issues of an organization.
pub fn issues_of(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<QualityIssue>, DbError> {
    tx.list(ISSUES_OF, args![origin, org])
}

/// The data quality issues of an area in a state, the most urgent first.
pub fn issues(tx: &mut Tx<'_>, area: &AreaCode, state: &str, limit: usize) -> Result<Vec<QualityIssue>, DbError> {
    tx.list(ISSUES, args![area, state, limit])
}

/// The guidance given to an organization after decoupling, oldest first.
pub fn guidance(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<GuidanceRecord>, DbError> {
    tx.list(GUIDANCE, args![origin, org])
}

/// The figures of a snapshot.
pub fn figures(tx: &mut Tx<'_>, origin: Origin, snapshot: RecordId) -> Result<Vec<SnapshotFigure>, DbError> {
    tx.list(FIGURES, args![origin, snapshot])
}

/// The import of this very file, to go on with.
pub fn batch_of_file(
    tx: &mut Tx<'_>,
    origin: Origin,
    kind: &str,
    file: &[u8],
    dry: bool,
) -> Result<Option<ImportBatch>, DbError> {
    tx.find(BATCH_OF_FILE, args![origin, kind, file, dry])
}

/// The newest imports of an origin.
pub fn batches(tx: &mut Tx<'_>, origin: Origin, limit: usize) -> Result<Vec<ImportBatch>, DbError> {
    tx.list(BATCHES, args![origin, limit])
}

/// The number of the last chunk done, or -1: an import goes on with the next one.
pub fn last_chunk(tx: &mut Tx<'_>, origin: Origin, batch: RecordId) -> Result<i64, DbError> {
    tx.get(CHUNKS_DONE, args![origin, batch])
}

/// The refused rows of an import, by line, without keeping them.
pub fn each_reject<E: From<DbError>>(
    tx: &mut Tx<'_>,
    origin: Origin,
    batch: RecordId,
    visit: impl FnMut(ImportReject) -> Result<(), E>,
) -> Result<(), E> {
    tx.each(REJECTS, args![origin, batch], visit)
}
