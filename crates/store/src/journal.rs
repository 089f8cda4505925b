//! The journal (全程留痕): entries, the head of each subject's chain, seals. What is hashed, and how, is the journal room's.
use base::{AccountId, Date, EntryId, Instant, Origin};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// One entry of a subject's chain.
    pub struct EntryRow in "journal_entry" key(origin, id) {
        pub origin: Origin,
        pub id: EntryId,
        pub subject: String,
        pub seq: i64,
        pub at: Instant,
        pub day: Date,
        pub actor: Option<AccountId>,
        pub desk: Option<String>,
        pub verb: String,
        pub body: Vec<u8>,
        pub prev: Option<Vec<u8>>,
        pub hash: Vec<u8>,
        pub root: Option<Vec<u8>>,
    }
}

crate::record! {
    /// The newest entry of a subject.
    pub struct Head in "journal_head" key(origin, subject) {
        pub origin: Origin,
        pub subject: String,
        pub seq: i64,
        pub hash: Vec<u8>,
        pub entry: EntryId,
        pub at: Instant,
    }
}

crate::record! {
    /// A seal over the heads changed since the seal before.
    pub struct SealRow in "seal" key(number) {
        pub number: i64,
        pub at: Instant,
        pub since: Instant,
        pub heads: i64,
        pub root: Vec<u8>,
        pub prev: Option<Vec<u8>>,
        pub hash: Vec<u8>,
        pub nightly: bool,
        pub signature: Option<Vec<u8>>,
    }
}

crate::record! {
    /// A head as a seal saw it: the leaf that proves an entry was there.
    pub struct SealHead in "seal_head" key(number, origin, subject) {
        pub number: i64,
        pub origin: Origin,
        pub subject: String,
        pub seq: i64,
        pub hash: Vec<u8>,
    }
}

const ADVANCE: Statement = sql!(
    "journal.advance",
    "update journal_head set seq = $3, hash = $4, entry = $5, at = $6 where origin = $1 and subject = $2 and seq + 1 = $3"
);
const CHAIN: Statement = sql!(
    "journal.chain",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where origin = $1 and subject = $2 order by seq"
);
const NEWEST: Statement = sql!(
    "journal.newest",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where origin = $1 and subject = $2 order by seq desc limit $3"
);
const EVERYTHING: Statement = sql!(
    "journal.everything",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     order by origin, subject, seq"
);
const BY_ACTOR: Statement = sql!(
    "journal.by_actor",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where actor = $1 and at >= $2 and at < $3 order by at desc limit $4"
);
const HEADS: Statement =
    sql!("journal.heads", "select origin, subject, seq, hash, entry, at from journal_head order by origin, subject");
const HEADS_SINCE: Statement = sql!(
    "journal.heads_since",
    "select origin, subject, seq, hash, entry, at from journal_head where at > $1 and at <= $2 order by origin, subject"
);
const LAST_SEAL: Statement = sql!(
    "journal.last_seal",
    "select number, at, since, heads, root, prev, hash, nightly, signature from seal order by number desc limit 1"
);
const SEALS: Statement = sql!(
    "journal.seals",
    "select number, at, since, heads, root, prev, hash, nightly, signature from seal where number > $1 order by number limit $2"
);
const SEAL_HEADS: Statement = sql!(
    "journal.seal_heads",
    "select number, origin, subject, seq, hash from seal_head where number = $1 order by origin, subject"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] =
    &[ADVANCE, CHAIN, NEWEST, EVERYTHING, BY_ACTOR, HEADS, HEADS_SINCE, LAST_SEAL, SEALS, SEAL_HEADS];

/// The head of a subject's chain: the next entry has its `seq` plus 1 and its `hash` as `prev`.
pub fn head(tx: &mut Tx<'_>, origin: Origin, subject: &str) -> Result<Option<Head>, DbError> {
    tx.find_record::<Head>(args![origin, subject])
}

/// Appends an entry and moves the head. [`DbError::Conflict`] if somebody else appended since [`head`] was read.
pub fn append(tx: &mut Tx<'_>, entry: &EntryRow) -> Result<(), DbError> {
    let moved = Head {
        origin: entry.origin,
        subject: entry.subject.clone(),
        seq: entry.seq,
        hash: entry.hash.clone(),
        entry: entry.id,
        at: entry.at,
    };
    let conflict = |error: DbError| match error {
        DbError::Unique { .. } => DbError::Conflict("journal_head"),
        other => other,
    };
    if entry.seq == 1 {
        tx.insert(&moved).map_err(conflict)?;
    } else if tx.run(ADVANCE, args![moved.origin, moved.subject, moved.seq, moved.hash, moved.entry, moved.at])? != 1 {
        return Err(DbError::Conflict("journal_head"));
    }
    tx.insert(entry).map_err(conflict)
}

/// One entry.
pub fn find(tx: &mut Tx<'_>, origin: Origin, id: EntryId) -> Result<Option<EntryRow>, DbError> {
    tx.find_record::<EntryRow>(args![origin, id])
}

/// A subject's whole chain, oldest first.
pub fn chain(tx: &mut Tx<'_>, origin: Origin, subject: &str) -> Result<Vec<EntryRow>, DbError> {
    tx.list(CHAIN, args![origin, subject])
}

/// A subject's newest entries, newest first.
pub fn newest(tx: &mut Tx<'_>, origin: Origin, subject: &str, limit: usize) -> Result<Vec<EntryRow>, DbError> {
    tx.list(NEWEST, args![origin, subject, limit])
}

/// What one account did from `from` to before `to`, newest first (for the auditor).
pub fn by_actor(
    tx: &mut Tx<'_>,
    actor: AccountId,
    from: Instant,
    to: Instant,
    limit: usize,
) -> Result<Vec<EntryRow>, DbError> {
    tx.list(BY_ACTOR, args![actor, from, to, limit])
}

/// Every entry, chain by chain, without keeping them (for `yishe journal verify`).
pub fn each<E: From<DbError>>(tx: &mut Tx<'_>, visit: impl FnMut(EntryRow) -> Result<(), E>) -> Result<(), E> {
    tx.each(EVERYTHING, &[], visit)
}

/// Every head.
pub fn each_head<E: From<DbError>>(tx: &mut Tx<'_>, visit: impl FnMut(Head) -> Result<(), E>) -> Result<(), E> {
    tx.each(HEADS, &[], visit)
}

/// The heads that moved after `since` and up to `until`, in the order a seal takes them.
pub fn heads_since(tx: &mut Tx<'_>, since: Instant, until: Instant) -> Result<Vec<Head>, DbError> {
    tx.list(HEADS_SINCE, args![since, until])
}

/// The newest seal.
pub fn last_seal(tx: &mut Tx<'_>) -> Result<Option<SealRow>, DbError> {
    tx.find(LAST_SEAL, &[])
}

/// Seals after number `after`, oldest first.
pub fn seals(tx: &mut Tx<'_>, after: i64, limit: usize) -> Result<Vec<SealRow>, DbError> {
    tx.list(SEALS, args![after, limit])
}

/// The heads under a seal, in its order.
pub fn seal_heads(tx: &mut Tx<'_>, number: i64) -> Result<Vec<SealHead>, DbError> {
    tx.list(SEAL_HEADS, args![number])
}
