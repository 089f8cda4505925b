//! The job queue (后台任务), in the same database, so that a job is there exactly when the act that wanted it is.
use base::{Instant, JobId};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// A job.
    pub struct JobRow in "job" key(id) {
        pub id: JobId,
        pub queue: String,
        pub name: String,
        pub version: i64,
        pub payload: serde_json::Value,
        pub dedupe: Option<String>,
        pub run_at: Instant,
        pub attempts: i64,
        pub state: String,
        pub locked_by: Option<String>,
        pub locked_at: Option<Instant>,
        pub progress: Option<String>,
        pub error: Option<String>,
        pub ended_at: Option<Instant>,
    }
}

const ADD: Statement = sql!(
    "jobs.add",
    "insert into job (id, queue, name, version, payload, dedupe, run_at, attempts, state)
     values ($1, $2, $3, $4, $5, $6, $7, 0, 'waiting')
     on conflict (dedupe) where state = 'waiting' do nothing"
);
// The engines differ here: PostgreSQL's workers step over rows that others have locked; SQLite has one writer at a time.
const CLAIM: Statement = sql!(
    "jobs.claim",
    sqlite: "update job set state = 'running', locked_by = $2, locked_at = $3, attempts = attempts + 1
     where id = (select id from job where queue = $1 and state = 'waiting' and run_at <= $3 order by run_at, id limit 1)
     returning id, queue, name, version, payload, dedupe, run_at, attempts, state, locked_by, locked_at, progress, error, ended_at",
    postgres: "update job set state = 'running', locked_by = $2, locked_at = $3, attempts = attempts + 1
     where id = (select id from job where queue = $1 and state = 'waiting' and run_at <= $3 order by run_at, id limit 1
                 for update skip locked)
     returning id, queue, name, version, payload, dedupe, run_at, attempts, state, locked_by, locked_at, progress, error, ended_at"
);
const FINISH: Statement = sql!(
    "jobs.finish",
    "update job set state = $2, ended_at = $3, error = $4, locked_by = null, locked_at = null
     where id = $1 and state = 'running' and locked_by = $5"
);
const AGAIN: Statement = sql!(
    "jobs.again",
    "update job set state = 'waiting', run_at = $2, error = $3, dedupe = null, locked_by = null, locked_at = null
     where id = $1 and state = 'running' and locked_by = $4"
);
const PROGRESS: Statement = sql!(
    "jobs.progress",
    "update job set progress = coalesce($2, progress), locked_at = $3 where id = $1 and state = 'running' and locked_by = $4"
);
const FAILED: Statement = sql!("jobs.failed", "select count(*) from job where state = 'failed'");
const RESCUE: Statement = sql!(
    "jobs.rescue",
    "update job set state = 'waiting', dedupe = null, locked_by = null, locked_at = null
     where state = 'running' and locked_at < $1"
);
const FORGET: Statement = sql!("jobs.forget", "delete from job where state = 'done' and ended_at < $1");
const WAITING: Statement =
    sql!("jobs.waiting", "select count(*) from job where queue = $1 and state = 'waiting' and run_at <= $2");
const NEXT_AT: Statement = sql!("jobs.next_at", "select min(run_at) from job where queue = $1 and state = 'waiting'");
const LIST: Statement = sql!(
    "jobs.list",
    "select id, queue, name, version, payload, dedupe, run_at, attempts, state, locked_by, locked_at, progress, error, ended_at
     from job where state = $1 order by run_at desc, id desc limit $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[ADD, CLAIM, FINISH, AGAIN, PROGRESS, FAILED, RESCUE, FORGET, WAITING, NEXT_AT, LIST];

/// A job to be done.
#[derive(Debug, Clone, PartialEq)]
pub struct NewJob {
    /// Its identity.
    pub id: JobId,
    /// Which workers take it.
    pub queue: String,
    /// Which handler.
    pub name: String,
    /// The payload's version, so that old rows still parse.
    pub version: i64,
    /// What the handler needs.
    pub payload: serde_json::Value,
    /// The same key does not wait twice.
    pub dedupe: Option<String>,
    /// Not before.
    pub run_at: Instant,
}

/// Puts a job in the queue; `false` if one with its `dedupe` key waits already.
pub fn add(tx: &mut Tx<'_>, job: &NewJob) -> Result<bool, DbError> {
    let args = args![job.id, job.queue, job.name, job.version, job.payload, job.dedupe, job.run_at];
    tx.run(ADD, args).map(|rows| rows == 1)
}

/// Takes the next job that is due.
pub fn claim(tx: &mut Tx<'_>, queue: &str, worker: &str, now: Instant) -> Result<Option<JobRow>, DbError> {
    tx.find(CLAIM, args![queue, worker, now])
}

/// Ends a job; with `error`, as failed for good. `false` if `worker` no longer holds it (it was thought dead).
pub fn finish(tx: &mut Tx<'_>, id: JobId, worker: &str, now: Instant, error: Option<&str>) -> Result<bool, DbError> {
    let state = if error.is_some() { "failed" } else { "done" };
    tx.run(FINISH, args![id, state, now, error, worker]).map(|rows| rows == 1)
}

/// Puts a job back, to be tried again at `run_at`. `false` if `worker` no longer holds it.
pub fn retry(tx: &mut Tx<'_>, id: JobId, worker: &str, run_at: Instant, error: &str) -> Result<bool, DbError> {
    tx.run(AGAIN, args![id, run_at, error, worker]).map(|rows| rows == 1)
}

/// Says that a job's worker lives, and how far it is. `false` if `worker` no longer holds it: it must stop.
pub fn progress(
    tx: &mut Tx<'_>,
    id: JobId,
    worker: &str,
    progress: Option<&str>,
    now: Instant,
) -> Result<bool, DbError> {
    tx.run(PROGRESS, args![id, progress, now, worker]).map(|rows| rows == 1)
}

/// How many jobs failed for good and wait for somebody to look.
pub fn failed(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.get(FAILED, &[])
}

/// Puts back the jobs of workers not heard of since `before`; how many.
pub fn rescue(tx: &mut Tx<'_>, before: Instant) -> Result<u64, DbError> {
    tx.run(RESCUE, args![before])
}

/// Forgets jobs done before `before`; how many.
pub fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<u64, DbError> {
    tx.run(FORGET, args![before])
}

/// How many jobs are due.
pub fn waiting(tx: &mut Tx<'_>, queue: &str, now: Instant) -> Result<i64, DbError> {
    tx.get(WAITING, args![queue, now])
}

/// When the next job is due.
pub fn next_at(tx: &mut Tx<'_>, queue: &str) -> Result<Option<Instant>, DbError> {
    tx.get(NEXT_AT, args![queue])
}

/// One job.
pub fn find(tx: &mut Tx<'_>, id: JobId) -> Result<Option<JobRow>, DbError> {
    tx.find_record::<JobRow>(args![id])
}

/// Jobs in a state, newest first.
pub fn list(tx: &mut Tx<'_>, state: &str, limit: usize) -> Result<Vec<JobRow>, DbError> {
    tx.list(LIST, args![state, limit])
}
