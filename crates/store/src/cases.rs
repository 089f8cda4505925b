//! Cases (办件), their tasks and queues, pinned editions of matters, acts that may still be taken back.
use base::{AccountId, AreaCode, AreaLevel, BodyId, CaseId, Date, EntryId, Instant, OrgId, Origin, RecordId};

use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// A matter as resolved when a case began; the digest is its identity.
    pub struct Edition in "matter_edition" key(digest) {
        pub digest: String,
        pub matter: String,
        pub area: AreaCode,
        pub made_on: Date,
        pub text: String,
    }
}

crate::record! {
    /// A case with the columns its lists need; the whole of it is `body`.
    pub struct CaseRow in "matter_case" key(origin, id) {
        pub origin: Origin,
        pub id: CaseId,
        pub number: String,
        pub matter: String,
        pub edition: String,
        pub title: String,
        pub state: String,
        pub status: String,
        pub ending: Option<String>,
        pub applicant: Option<AccountId>,
        pub applicant_name: String,
        pub org_origin: Option<Origin>,
        pub org: Option<OrgId>,
        pub area: AreaCode,
        pub province: Option<String>,
        pub city: Option<String>,
        pub county: Option<String>,
        pub body_id: Option<BodyId>,
        pub received_on: Date,
        pub next_due: Option<Date>,
        pub ended_on: Option<Date>,
        pub synthetic: bool,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A line of a list of cases.
    pub struct CaseLine in "matter_case" key(origin, id) {
        pub origin: Origin,
        pub id: CaseId,
        pub number: String,
        pub matter: String,
        pub title: String,
        pub state: String,
        pub status: String,
        pub ending: Option<String>,
        pub applicant_name: String,
        pub org: Option<OrgId>,
        pub area: AreaCode,
        pub received_on: Date,
        pub next_due: Option<Date>,
        pub ended_on: Option<Date>,
        pub synthetic: bool,
    }
}

crate::record! {
    /// A task (待办), with the columns its queue needs.
    pub struct TaskRow in "task" key(origin, case_id, id) {
        pub origin: Origin,
        pub case_id: CaseId,
        pub id: String,
        pub step: String,
        pub desk: String,
        pub area: AreaCode,
        pub province: Option<String>,
        pub city: Option<String>,
        pub county: Option<String>,
        pub town: Option<String>,
        pub body_id: Option<BodyId>,
        pub matter: String,
        pub title: String,
        pub state: String,
        pub opened_on: Date,
        pub due: Date,
        pub claimed_by: Option<AccountId>,
        pub claimed_at: Option<Instant>,
        pub closed_on: Option<Date>,
        pub outcome: Option<String>,
        pub body: serde_json::Value,
        pub entry: EntryId,
    }
}

/// A task with what a queue shows of its case.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueLine {
    /// The task.
    pub task: TaskRow,
    /// The case's number.
    pub number: String,
    /// The case's title.
    pub case_title: String,
    /// Who applied.
    pub applicant_name: String,
    /// When it was received.
    pub received_on: Date,
}

impl crate::FromRow for QueueLine {
    const TABLE: &'static str = "task";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            task: TaskRow::from_row(row)?,
            number: row.get("number")?,
            case_title: row.get("case_title")?,
            applicant_name: row.get("applicant_name")?,
            received_on: row.get("received_on")?,
        })
    }
}

crate::record! {
    /// An act that may still be taken back (撤销).
    pub struct PendingAct in "pending_act" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub account: AccountId,
        pub subject: String,
        pub act: serde_json::Value,
        pub at: Instant,
        pub runs_at: Instant,
    }
}

const KEEP_EDITION: Statement = sql!(
    "cases.keep_edition",
    "insert into matter_edition (digest, matter, area, made_on, text) values ($1, $2, $3, $4, $5)
     on conflict (digest) do nothing"
);
const LOCATE: Statement = sql!("cases.locate", "select origin from matter_case where id = $1");
// On PostgreSQL two nodes may act on a case at once; the second waits and then sees what the first did. SQLite has one writer.
const LOCK: Statement = sql!(
    "cases.lock",
    sqlite: "select rev from matter_case where origin = $1 and id = $2",
    postgres: "select rev from matter_case where origin = $1 and id = $2 for update"
);
const BY_NUMBER: Statement = sql!("cases.by_number", "select origin, id from matter_case where number = $1");
const TASKS: Statement = sql!(
    "cases.tasks",
    "select origin, case_id, id, step, desk, area, province, city, county, town, body_id, matter, title, state, opened_on,
     due, claimed_by, claimed_at, closed_on, outcome, body, entry from task
     where origin = $1 and case_id = $2 order by opened_on, id"
);
const OVERDUE: Statement = sql!(
    "cases.overdue",
    "select origin, case_id, id, step, desk, area, province, city, county, town, body_id, matter, title, state, opened_on,
     due, claimed_by, claimed_at, closed_on, outcome, body, entry from task
     where state = 'open' and due < $1 order by due, case_id, id limit $2"
);
const CLAIM: Statement = sql!(
    "cases.claim",
    "update task set claimed_by = $4, claimed_at = $5 where origin = $1 and case_id = $2 and id = $3
     and state = 'open' and (claimed_by is null or claimed_by = $4)"
);
const UNCLAIM: Statement = sql!(
    "cases.unclaim",
    "update task set claimed_by = null, claimed_at = null where origin = $1 and case_id = $2 and id = $3 and claimed_by = $4"
);
const PENDING: Statement = sql!(
    "cases.pending",
    "select origin, id, account, subject, act, at, runs_at from pending_act where runs_at <= $1 order by runs_at, id limit $2"
);
const PENDING_OF: Statement = sql!(
    "cases.pending_of",
    "select origin, id, account, subject, act, at, runs_at from pending_act where account = $1 order by runs_at, id"
);
const DROP_PENDING: Statement = sql!("cases.drop_pending", "delete from pending_act where origin = $1 and id = $2");

/// For the test that prepares all statements.
pub const ALL: &[Statement] =
    &[KEEP_EDITION, LOCATE, LOCK, BY_NUMBER, TASKS, OVERDUE, CLAIM, UNCLAIM, PENDING, PENDING_OF, DROP_PENDING];

const LINE: &str =
    "select origin, id, number, matter, title, state, status, ending, applicant_name, org, area, received_on,
     next_due, ended_on, synthetic from matter_case";
const QUEUE_LINE: &str = "select t.origin, t.case_id, t.id, t.step, t.desk, t.area, t.province, t.city, t.county, t.town,
     t.body_id, t.matter, t.title, t.state, t.opened_on, t.due, t.claimed_by, t.claimed_at, t.closed_on, t.outcome, t.body,
     t.entry, c.number, c.title as case_title, c.applicant_name, c.received_on
     from task t join matter_case c on c.origin = t.origin and c.id = t.case_id";

/// Keeps an edition, once.
pub fn keep_edition(tx: &mut Tx<'_>, edition: &Edition) -> Result<(), DbError> {
    tx.insert_unless_there(KEEP_EDITION, edition)
}

/// The edition that a case pins.
pub fn edition(tx: &mut Tx<'_>, digest: &str) -> Result<Edition, DbError> {
    tx.get_record::<Edition>(args![digest])
}

/// Where a case lives.
pub fn locate(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Origin>, DbError> {
    Ok(tx.find::<Option<Origin>>(LOCATE, args![id])?.flatten())
}

/// Keeps everybody else from acting on a case until this transaction ends.
pub fn lock(tx: &mut Tx<'_>, origin: Origin, id: CaseId) -> Result<(), DbError> {
    tx.find::<i64>(LOCK, args![origin, id]).map(drop)
}

/// The case with this number. Two authorities may use the same number; then the first by origin is given to nobody: use the id.
pub fn by_number(tx: &mut Tx<'_>, number: &str) -> Result<Vec<(Origin, CaseId)>, DbError> {
    tx.list(BY_NUMBER, args![number])
}

/// A case.
pub fn find(tx: &mut Tx<'_>, origin: Origin, id: CaseId) -> Result<Option<CaseRow>, DbError> {
    tx.find_record::<CaseRow>(args![origin, id])
}

/// A case that must be there.
pub fn get(tx: &mut Tx<'_>, origin: Origin, id: CaseId) -> Result<CaseRow, DbError> {
    tx.get_record::<CaseRow>(args![origin, id])
}

/// Saves a case: a new one has `rev` 1, any other the one read plus 1. [`DbError::Conflict`] if somebody acted meanwhile.
pub fn save(tx: &mut Tx<'_>, case: &CaseRow) -> Result<(), DbError> {
    if case.rev == 1 { tx.insert(case) } else { tx.update(case) }
}

/// Saves tasks, new or changed.
pub fn save_tasks(tx: &mut Tx<'_>, tasks: &[TaskRow]) -> Result<(), DbError> {
    tasks.iter().try_for_each(|task| tx.upsert(task))
}

/// All tasks of a case, open and closed.
pub fn tasks(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<TaskRow>, DbError> {
    tx.list(TASKS, args![origin, case])
}

/// A page of a list of cases, newest first. `after`: the last line of the page before.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<(Date, CaseId)>,
    limit: usize,
) -> Result<Vec<CaseLine>, DbError> {
    let mut filter = filter.clone();
    if let Some((day, id)) = after {
        filter.after("received_on", &day, "id", &id, true);
    }
    let text = filter.sql(LINE, "received_on desc, id desc", limit);
    tx.list(Sql::dynamic("cases.list", &text), filter.args())
}

/// Whose open tasks a queue holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Queue {
    /// Of this area's own desk.
    Of(AreaCode),
    /// Of this area and everything below it.
    Below(AreaCode),
    /// Of one body (business supervisor, regulator).
    Body(BodyId),
    /// Taken by one account, whatever the desk.
    Mine(AccountId),
}

fn queue_filter(tx: &Tx<'_>, desk: &str, queue: &Queue) -> Filter {
    let mut filter = Filter::new(tx.engine());
    filter.fixed("t.state = 'open'");
    if let Queue::Mine(account) = queue {
        filter.equal("t.claimed_by", account);
        return filter;
    }
    filter.equal("t.desk", desk);
    match queue {
        Queue::Of(area) => filter.equal("t.area", area),
        Queue::Below(area) => match level_column(area) {
            Some(column) => filter.equal(column, area),
            None if area.level() == AreaLevel::Nation => &mut filter,
            None => filter.equal("t.area", area),
        },
        Queue::Body(body) => filter.equal("t.body_id", body),
        Queue::Mine(_) => &mut filter,
    };
    filter
}

fn level_column(area: &AreaCode) -> Option<&'static str> {
    match area.level() {
        AreaLevel::Province => Some("t.province"),
        AreaLevel::City => Some("t.city"),
        AreaLevel::County => Some("t.county"),
        AreaLevel::Nation | AreaLevel::Town | AreaLevel::Community => None,
    }
}

/// A page of a queue, the most urgent first. `after`: due date, case and id of the last task of the page before.
pub fn queue(
    tx: &mut Tx<'_>,
    desk: &str,
    queue: &Queue,
    after: Option<(Date, CaseId, &str)>,
    limit: usize,
) -> Result<Vec<QueueLine>, DbError> {
    let mut filter = queue_filter(tx, desk, queue);
    if let Some((due, case, id)) = after {
        filter.after_all(&["t.due", "t.case_id", "t.id"], args![due, case, id], false);
    }
    let text = filter.sql(QUEUE_LINE, "t.due, t.case_id, t.id", limit);
    tx.list(Sql::dynamic("cases.queue", &text), filter.args())
}

/// How many open tasks a queue holds, and how many of them were due before `today`.
pub fn queue_count(tx: &mut Tx<'_>, desk: &str, queue: &Queue, today: Date) -> Result<(i64, i64), DbError> {
    let mut filter = queue_filter(tx, desk, queue);
    let text = filter.text("select count(*) from task t");
    let all = tx.get::<i64>(Sql::dynamic("cases.queue_count", &text), filter.args())?;
    filter.compare("t.due", "<", &today);
    let text = filter.text("select count(*) from task t");
    Ok((all, tx.get::<i64>(Sql::dynamic("cases.queue_late", &text), filter.args())?))
}

/// Open tasks that were due before `day`, the longest overdue first.
pub fn overdue(tx: &mut Tx<'_>, day: Date, limit: usize) -> Result<Vec<TaskRow>, DbError> {
    tx.list(OVERDUE, args![day, limit])
}

/// Takes a task for an account; `false` if somebody else has it or it is closed.
pub fn claim(
    tx: &mut Tx<'_>,
    origin: Origin,
    case: CaseId,
    task: &str,
    account: AccountId,
    at: Instant,
) -> Result<bool, DbError> {
    tx.run(CLAIM, args![origin, case, task, account, at]).map(|rows| rows == 1)
}

/// Gives a task back.
pub fn unclaim(tx: &mut Tx<'_>, origin: Origin, case: CaseId, task: &str, account: AccountId) -> Result<bool, DbError> {
    tx.run(UNCLAIM, args![origin, case, task, account]).map(|rows| rows == 1)
}

/// Acts whose time to be taken back is over.
pub fn pending(tx: &mut Tx<'_>, now: Instant, limit: usize) -> Result<Vec<PendingAct>, DbError> {
    tx.list(PENDING, args![now, limit])
}

/// Acts that an account may still take back.
pub fn pending_of(tx: &mut Tx<'_>, account: AccountId) -> Result<Vec<PendingAct>, DbError> {
    tx.list(PENDING_OF, args![account])
}

/// Removes a pending act: taken back, or about to be done. `false` if it was gone already, so only one of the two wins.
pub fn drop_pending(tx: &mut Tx<'_>, origin: Origin, id: RecordId) -> Result<bool, DbError> {
    tx.run(DROP_PENDING, args![origin, id]).map(|rows| rows == 1)
}
