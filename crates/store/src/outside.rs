//! Connections to outside systems (对接): the outbox, code bodies assigned beforehand, identities given by others.
use base::{AccountId, Date, EntryId, Instant, Origin, PersonId, RecordId};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// A message going out.
    pub struct OutboxRow in "outbox" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub connector: String,
        pub subject: String,
        pub seq: i64,
        pub kind: String,
        pub version: i64,
        pub body: serde_json::Value,
        pub made_at: Instant,
        pub state: String,
        pub attempts: i64,
        pub due_at: Instant,
        pub error: Option<String>,
        pub ended_at: Option<Instant>,
    }
}

crate::record! {
    /// The body of an organization code that an outside source assigned.
    pub struct CodeBody in "code_body" key(body) {
        pub body: String,
        pub batch: i64,
        pub state: String,
        pub entry: EntryId,
    }
}

crate::record! {
    /// An account that signs in at an outside identity source.
    pub struct OutsideIdentity in "outside_identity" key(source, lookup) {
        pub source: String,
        pub lookup: Vec<u8>,
        pub person: PersonId,
        pub account: AccountId,
        pub since: Date,
    }
}

const NEXT_SEQ: Statement = sql!(
    "outside.next_seq",
    "select coalesce(max(seq), 0) + 1 from outbox where origin = $1 and connector = $2 and subject = $3"
);
// A message waits for the earlier ones of its subject, given-up ones included: order is kept.
const HEADS: Statement = sql!(
    "outside.heads",
    "select origin, id, connector, subject, seq, kind, version, body, made_at, state, attempts, due_at, error, ended_at
     from outbox o where connector = $1 and state = 'waiting' and due_at <= $2 and not exists (
       select 1 from outbox p where p.origin = o.origin and p.connector = o.connector and p.subject = o.subject
       and p.seq < o.seq and p.state in ('waiting', 'dead'))
     order by due_at, id limit $3"
);
const NEXT_DUE: Statement = sql!(
    "outside.next_due",
    "select min(due_at) from outbox o where connector = $1 and state = 'waiting' and not exists (
       select 1 from outbox p where p.origin = o.origin and p.connector = o.connector and p.subject = o.subject
       and p.seq < o.seq and p.state in ('waiting', 'dead'))"
);
const CLAIM: Statement = sql!(
    "outside.claim",
    "update outbox set attempts = attempts + 1, due_at = $5
     where origin = $1 and id = $2 and state = 'waiting' and attempts = $3 and due_at <= $4"
);
const SETTLE: Statement = sql!(
    "outside.settle",
    "update outbox set state = $4, due_at = $5, error = $6, ended_at = $7
     where origin = $1 and id = $2 and state = 'waiting' and attempts = $3"
);
const REOPEN: Statement = sql!(
    "outside.reopen",
    "update outbox set state = $3, attempts = 0, due_at = $4, ended_at = $5 where origin = $1 and id = $2 and state = 'dead'"
);
const COUNTS: Statement = sql!(
    "outside.counts",
    "select connector, state, count(*) from outbox where state in ('waiting', 'dead') group by connector, state
     order by connector, state"
);
const LAST_SENT: Statement = sql!(
    "outside.last_sent",
    "select connector, max(ended_at) from outbox where state = 'sent' group by connector order by connector"
);
const DEAD: Statement = sql!(
    "outside.dead",
    "select origin, id, connector, subject, seq, kind, version, body, made_at, state, attempts, due_at, error, ended_at
     from outbox where state = 'dead' order by made_at, id limit $1"
);
const OF: Statement = sql!(
    "outside.of",
    "select origin, id, connector, subject, seq, kind, version, body, made_at, state, attempts, due_at, error, ended_at
     from outbox where origin = $1 and connector = $2 and subject = $3 order by seq"
);
const FORGET: Statement =
    sql!("outside.forget", "delete from outbox where state in ('sent', 'dropped') and ended_at < $1");
// The engines differ: on PostgreSQL two acts at once take two bodies; SQLite has one writer at a time.
const FREE_BODY: Statement = sql!(
    "outside.free_body",
    sqlite: "select body, batch, state, entry from code_body where state = 'free' order by body limit 1",
    postgres: "select body, batch, state, entry from code_body where state = 'free' order by body limit 1
               for update skip locked"
);
const FREE_BODIES: Statement = sql!("outside.free_bodies", "select count(*) from code_body where state = 'free'");
const LAST_BATCH: Statement = sql!("outside.last_batch", "select coalesce(max(batch), 0) from code_body");
const FORGET_IDENTITIES: Statement =
    sql!("outside.forget_identities", "delete from outside_identity where account = $1");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    NEXT_SEQ,
    HEADS,
    NEXT_DUE,
    CLAIM,
    SETTLE,
    REOPEN,
    COUNTS,
    LAST_SENT,
    DEAD,
    OF,
    FORGET,
    FREE_BODY,
    FREE_BODIES,
    LAST_BATCH,
    FORGET_IDENTITIES,
];

/// The place of the next message about a subject.
pub fn next_seq(tx: &mut Tx<'_>, origin: Origin, connector: &str, subject: &str) -> Result<i64, DbError> {
    tx.get(NEXT_SEQ, args![origin, connector, subject])
}

/// Messages that may be sent now, the first of each subject only.
pub fn heads(tx: &mut Tx<'_>, connector: &str, now: Instant, limit: usize) -> Result<Vec<OutboxRow>, DbError> {
    tx.list(HEADS, args![connector, now, limit])
}

/// When the next message may be sent; none where nothing waits that may ever be.
pub fn next_due(tx: &mut Tx<'_>, connector: &str) -> Result<Option<Instant>, DbError> {
    tx.get(NEXT_DUE, args![connector])
}

/// Takes a message for one attempt, until `lease`; `false` if somebody else has it.
pub fn claim(tx: &mut Tx<'_>, row: &OutboxRow, now: Instant, lease: Instant) -> Result<bool, DbError> {
    tx.run(CLAIM, args![row.origin, row.id, row.attempts, now, lease]).map(|rows| rows == 1)
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Attempt {
    /// It arrived.
    Sent,
    /// To be tried again at this moment.
    Again(Instant, String),
    /// Given up.
    Dead(String),
}

/// Writes how attempt `attempts` of a message ended; `false` if that attempt was no longer the last.
pub fn settle(tx: &mut Tx<'_>, row: &OutboxRow, attempts: i64, now: Instant, end: &Attempt) -> Result<bool, DbError> {
    let (state, due, error, ended) = match end {
        Attempt::Sent => ("sent", now, None, Some(now)),
        Attempt::Again(at, error) => ("waiting", *at, Some(error.as_str()), None),
        Attempt::Dead(error) => ("dead", now, Some(error.as_str()), None),
    };
    tx.run(SETTLE, args![row.origin, row.id, attempts, state, due, error, ended]).map(|rows| rows == 1)
}

/// Puts a given-up message back (`waiting`) or gives it up for good (`dropped`); `false` if it is not given up.
pub fn reopen(tx: &mut Tx<'_>, origin: Origin, id: RecordId, again: bool, now: Instant) -> Result<bool, DbError> {
    let state = if again { "waiting" } else { "dropped" };
    let ended = (!again).then_some(now);
    tx.run(REOPEN, args![origin, id, state, now, ended]).map(|rows| rows == 1)
}

/// How many messages of each connector wait or are given up.
pub fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, String, i64)>, DbError> {
    tx.list(COUNTS, &[])
}

/// When each connector last sent something.
pub fn last_sent(tx: &mut Tx<'_>) -> Result<Vec<(String, Instant)>, DbError> {
    tx.list(LAST_SENT, &[])
}

/// Messages given up, oldest first.
pub fn dead(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<OutboxRow>, DbError> {
    tx.list(DEAD, args![limit])
}

/// All messages about a subject, in order.
pub fn of(tx: &mut Tx<'_>, origin: Origin, connector: &str, subject: &str) -> Result<Vec<OutboxRow>, DbError> {
    tx.list(OF, args![origin, connector, subject])
}

/// Forgets messages that ended before `before`; how many.
pub fn forget(tx: &mut Tx<'_>, before: Instant) -> Result<u64, DbError> {
    tx.run(FORGET, args![before])
}

/// A body nobody has; take it by updating the record.
pub fn free_body(tx: &mut Tx<'_>) -> Result<Option<CodeBody>, DbError> {
    tx.find(FREE_BODY, &[])
}

/// How many bodies are free, and the last batch that came.
pub fn bodies_left(tx: &mut Tx<'_>) -> Result<(i64, i64), DbError> {
    Ok((tx.get(FREE_BODIES, &[])?, tx.get(LAST_BATCH, &[])?))
}

/// The account known under this digest.
pub fn find_identity(tx: &mut Tx<'_>, source: &str, lookup: &[u8]) -> Result<Option<OutsideIdentity>, DbError> {
    tx.find_record(args![source, lookup])
}

/// Forgets under what names an account is known outside.
pub fn forget_identities(tx: &mut Tx<'_>, account: AccountId) -> Result<(), DbError> {
    tx.run(FORGET_IDENTITIES, args![account]).map(drop)
}
