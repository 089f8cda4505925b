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
        pub sealed_seq: i64,
    }
}

crate::record! {
    /// The digest of a row that a bulk act wrote and another act has rewritten since.
    pub struct Former in "journal_former" key(entry, table_name, key) {
        pub entry: EntryId,
        pub table_name: String,
        pub key: String,
        pub digest: Vec<u8>,
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
const PAGE: Statement = sql!(
    "journal.page",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where (origin, subject, seq) > ($1, $2, $3) order by origin, subject, seq limit $4"
);
const COUNT: Statement = sql!("journal.count", "select count(*) from journal_entry");
const IDS: Statement = sql!("journal.ids", "select id from journal_entry order by id");
const STANDING: Statement =
    sql!("journal.standing", "select origin, subject, seq, at, root from journal_entry where id = $1");
const DIGEST_AT: Statement =
    sql!("journal.digest_at", "select hash from journal_entry where origin = $1 and subject = $2 and seq = $3");
const COUNT_HEADS: Statement = sql!("journal.count_heads", "select count(*) from journal_head");
const WRONG_HEAD: Statement = sql!(
    "journal.wrong_head",
    "select h.subject from journal_head h join journal_entry e
     on e.origin = h.origin and e.subject = h.subject and e.seq = h.seq
     where h.entry <> e.id or h.at <> e.at order by h.subject limit 1"
);
const WRONG_SEALED: Statement = sql!(
    "journal.wrong_sealed",
    "select h.subject from journal_head h left join
     (select origin, subject, max(seq) as seq from seal_head group by origin, subject) s
     on s.origin = h.origin and s.subject = h.subject
     where h.sealed_seq <> coalesce(s.seq, 0) order by h.subject limit 1"
);
const LOOSE_LEAF: Statement = sql!(
    "journal.loose_leaf",
    "select number from seal_head where number not in (select number from seal) order by number limit 1"
);
const SEALED_UP_TO: Statement = sql!(
    "journal.sealed_up_to",
    "update journal_head set sealed_seq = $3 where origin = $1 and subject = $2 and sealed_seq < $3"
);
const FORMER: Statement =
    sql!("journal.former", "select entry, table_name, key, digest from journal_former order by entry");
const BY_ACTOR: Statement = sql!(
    "journal.by_actor",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where actor = $1 and at >= $2 and at < $3 order by at desc limit $4"
);
const UNSEALED: Statement = sql!(
    "journal.unsealed",
    "select origin, subject, seq, hash, entry, at, sealed_seq from journal_head where seq > sealed_seq order by origin, subject"
);
const LAST_SEAL: Statement = sql!(
    "journal.last_seal",
    "select number, at, since, heads, root, prev, hash, nightly, signature from seal order by number desc limit 1"
);
const LAST_NIGHTLY: Statement = sql!(
    "journal.last_nightly",
    "select number, at, since, heads, root, prev, hash, nightly, signature from seal where nightly = 1 order by number desc limit 1"
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
pub const ALL: &[Statement] = &[
    ADVANCE,
    CHAIN,
    NEWEST,
    PAGE,
    COUNT,
    IDS,
    STANDING,
    DIGEST_AT,
    COUNT_HEADS,
    WRONG_HEAD,
    WRONG_SEALED,
    LOOSE_LEAF,
    SEALED_UP_TO,
    FORMER,
    BY_ACTOR,
    UNSEALED,
    LAST_SEAL,
    LAST_NIGHTLY,
    SEALS,
    SEAL_HEADS,
];

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
        sealed_seq: 0,
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

/// Entries chain by chain, at most `limit` of them, after the place (origin, subject, seq).
pub fn page(tx: &mut Tx<'_>, after: &(Option<Origin>, String, i64), limit: usize) -> Result<Vec<EntryRow>, DbError> {
    let origin = after.0.map_or(String::new(), |origin| origin.to_string());
    tx.list(PAGE, args![origin, after.1, after.2, limit])
}

/// How many entries there are.
pub fn count(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.get(COUNT, &[])
}

/// The identity of every entry, ascending, without keeping them.
pub fn each_id<E: From<DbError>>(tx: &mut Tx<'_>, mut visit: impl FnMut(EntryId) -> Result<(), E>) -> Result<(), E> {
    tx.each_row(IDS, &[], &mut |row| visit(row.at(0)?))
}

/// Where an entry stands.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Shard of its chain.
    pub origin: Origin,
    /// Whose chain.
    pub subject: String,
    /// Its position there.
    pub seq: i64,
    /// Wall clock.
    pub at: Instant,
    /// Merkle root of its bulk rows, if it was a bulk act.
    pub root: Option<Vec<u8>>,
}

impl crate::FromRow for Place {
    const TABLE: &'static str = "journal_entry";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        let of = Self::TABLE;
        Ok(Self {
            origin: row.of(of, "origin")?,
            subject: row.of(of, "subject")?,
            seq: row.of(of, "seq")?,
            at: row.of(of, "at")?,
            root: row.of(of, "root")?,
        })
    }
}

/// Where the entry of that identity stands.
pub fn find_place(tx: &mut Tx<'_>, id: EntryId) -> Result<Option<Place>, DbError> {
    tx.find(STANDING, args![id])
}

/// The stated digest of one link of a chain.
pub fn digest_at(tx: &mut Tx<'_>, origin: Origin, subject: &str, seq: i64) -> Result<Option<Vec<u8>>, DbError> {
    let mut found = None;
    tx.each_row(DIGEST_AT, args![origin, subject, seq], &mut |row| {
        found = Some(row.at(0)?);
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// How many chains have a recorded head.
pub fn count_heads(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.get(COUNT_HEADS, &[])
}

/// A subject whose head repeats its last entry's identity or time wrongly.
pub fn find_wrong_head(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    tx.find(WRONG_HEAD, &[])
}

/// A subject whose head says that it is sealed further, or less far, than the seals do.
pub fn find_wrong_sealed(tx: &mut Tx<'_>) -> Result<Option<String>, DbError> {
    tx.find(WRONG_SEALED, &[])
}

/// The number of a seal that leaves name and that is not there.
pub fn find_loose_leaf(tx: &mut Tx<'_>) -> Result<Option<i64>, DbError> {
    tx.find(LOOSE_LEAF, &[])
}

/// Digests of rows that bulk acts wrote and others rewrote, by bulk act.
pub fn each_former<E: From<DbError>>(tx: &mut Tx<'_>, visit: impl FnMut(Former) -> Result<(), E>) -> Result<(), E> {
    tx.each(FORMER, &[], visit)
}

/// The heads that no seal covers as they stand now.
pub fn unsealed(tx: &mut Tx<'_>) -> Result<Vec<Head>, DbError> {
    tx.list(UNSEALED, &[])
}

/// Keeps a seal with its leaves, and marks the heads it covers.
pub fn keep_seal(tx: &mut Tx<'_>, seal: &SealRow, heads: &[SealHead]) -> Result<(), DbError> {
    tx.insert(seal)?;
    for head in heads {
        tx.insert(head)?;
        tx.run(SEALED_UP_TO, args![head.origin, head.subject, head.seq])?;
    }
    Ok(())
}

/// The newest seal.
pub fn last_seal(tx: &mut Tx<'_>) -> Result<Option<SealRow>, DbError> {
    tx.find(LAST_SEAL, &[])
}

/// The newest seal that is published.
pub fn last_nightly(tx: &mut Tx<'_>) -> Result<Option<SealRow>, DbError> {
    tx.find(LAST_NIGHTLY, &[])
}

/// Seals after number `after`, oldest first.
pub fn seals(tx: &mut Tx<'_>, after: i64, limit: usize) -> Result<Vec<SealRow>, DbError> {
    tx.list(SEALS, args![after, limit])
}

/// The heads under a seal, in its order.
pub fn seal_heads(tx: &mut Tx<'_>, number: i64) -> Result<Vec<SealHead>, DbError> {
    tx.list(SEAL_HEADS, args![number])
}
