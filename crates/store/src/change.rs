//! Change rows: what happened, per origin, in commit order, without gaps. Everything derived (name index, fact table, feeds)
//! follows them and remembers how far it has come.
use std::collections::BTreeMap;

use base::{Date, EntryId, Origin};
use serde_json::Value;

use crate::{DbError, Statement, Tx, args, sql};

/// Something that happened, said during an act with [`Tx::announce`].
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Whose position counts it.
    pub origin: Origin,
    /// The journal entry.
    pub entry: EntryId,
    /// What sort of thing changed: `org`, `case`, `notice`, ...
    pub kind: String,
    /// Which one.
    pub subject: String,
    /// Business date.
    pub day: Date,
    /// What everybody may know of it, or nothing.
    pub public: Option<Value>,
}

crate::record! {
    /// A change with its position.
    pub struct ChangeRow in "change" key(origin, pos) {
        /// Shard.
        pub origin: Origin,
        /// Position in this origin, from 1, without gaps.
        pub pos: i64,
        /// The journal entry.
        pub entry: EntryId,
        /// What sort of thing changed.
        pub kind: String,
        /// Which one.
        pub subject: String,
        /// Business date.
        pub day: Date,
        /// What everybody may know of it.
        pub public: Option<Value>,
    }
}

impl ChangeRow {
    /// The change without its position.
    pub fn change(&self) -> Change {
        Change {
            origin: self.origin,
            entry: self.entry,
            kind: self.kind.clone(),
            subject: self.subject.clone(),
            day: self.day,
            public: self.public.clone(),
        }
    }
}

/// How far somebody has come in each origin. Absent: nowhere yet.
pub type Positions = BTreeMap<Origin, i64>;

const ADVANCE: Statement = sql!(
    "change.advance",
    "insert into change_counter (origin, pos) values ($1, $2)
     on conflict (origin) do update set pos = change_counter.pos + excluded.pos returning pos"
);
const HEADS: Statement = sql!("change.heads", "select origin, pos from change_counter order by origin");
const AFTER: Statement = sql!(
    "change.after",
    "select origin, pos, entry, kind, subject, day, public from change where origin = $1 and pos > $2 order by pos limit $3"
);
const OF_SUBJECT: Statement = sql!(
    "change.of_subject",
    "select origin, pos, entry, kind, subject, day, public from change
     where origin = $1 and subject = $2 order by pos desc limit $3"
);
const FOLLOWER: Statement = sql!("change.follower", "select origin, pos from follower where name = $1");
const FOLLOWED: Statement = sql!(
    "change.followed",
    "insert into follower (name, origin, pos) values ($1, $2, $3)
     on conflict (name, origin) do update set pos = excluded.pos"
);

const GAP: Statement = sql!(
    "change.gap",
    "select h.origin, coalesce(c.number, 0) from change_counter h left join
     (select origin, count(*) as number, min(pos) as first, max(pos) as last from change group by origin) c
     on c.origin = h.origin
     where h.pos <> coalesce(c.number, 0) or h.pos <> coalesce(c.last, 0) or (h.pos > 0 and c.first <> 1)
     order by h.origin limit 1"
);
const UNCOUNTED: Statement = sql!(
    "change.uncounted",
    "select distinct origin from change where origin not in (select origin from change_counter) order by origin limit 1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[ADVANCE, HEADS, AFTER, OF_SUBJECT, FOLLOWER, FOLLOWED, GAP, UNCOUNTED];

/// Writes the changes of an act, sorted by origin. The counter row stays locked from here to the commit, so a later position
/// never becomes visible before an earlier one.
pub(crate) fn write(tx: &mut Tx<'_>, changes: &[Change]) -> Result<(), DbError> {
    for group in changes.chunk_by(|one, next| one.origin == next.origin) {
        let Some(first) = group.first() else { continue };
        let last: i64 = tx.get(ADVANCE, args![first.origin, group.len()])?;
        let before = last - i64::try_from(group.len()).unwrap_or(i64::MAX);
        for (pos, change) in (before + 1..).zip(group) {
            tx.insert(&ChangeRow {
                origin: change.origin,
                pos,
                entry: change.entry,
                kind: change.kind.clone(),
                subject: change.subject.clone(),
                day: change.day,
                public: change.public.clone(),
            })?;
        }
    }
    Ok(())
}

/// The newest position of each origin.
pub fn heads(tx: &mut Tx<'_>) -> Result<Positions, DbError> {
    Ok(tx.list::<(Origin, i64)>(HEADS, &[])?.into_iter().collect())
}

/// What happened after `positions`, at most `limit` changes, each origin in order.
pub fn follow(tx: &mut Tx<'_>, positions: &Positions, limit: usize) -> Result<Vec<ChangeRow>, DbError> {
    let heads = heads(tx)?;
    follow_to(tx, positions, &heads, limit)
}

/// What happened after `positions` and up to `heads`, at most `limit` changes, each origin in order.
pub fn follow_to(
    tx: &mut Tx<'_>,
    positions: &Positions,
    heads: &Positions,
    limit: usize,
) -> Result<Vec<ChangeRow>, DbError> {
    let mut out = Vec::new();
    for (origin, head) in heads {
        let from = positions.get(origin).copied().unwrap_or(0);
        if *head > from && out.len() < limit {
            let rows = tx.list::<ChangeRow>(AFTER, args![origin, from, limit - out.len()])?;
            out.extend(rows.into_iter().filter(|row| row.pos <= *head));
        }
    }
    Ok(out)
}

/// The newest changes of one subject, newest first.
pub fn of_subject(tx: &mut Tx<'_>, origin: Origin, subject: &str, limit: usize) -> Result<Vec<ChangeRow>, DbError> {
    tx.list(OF_SUBJECT, args![origin, subject, limit])
}

/// How far the follower `name`, which keeps its work inside this database, has come.
pub fn position_of(tx: &mut Tx<'_>, name: &str) -> Result<Positions, DbError> {
    Ok(tx.list::<(Origin, i64)>(FOLLOWER, args![name])?.into_iter().collect())
}

/// Keeps how far `name` has come, in the transaction that keeps what it built.
pub fn keep_position(tx: &mut Tx<'_>, name: &str, origin: Origin, pos: i64) -> Result<(), DbError> {
    tx.run(FOLLOWED, args![name, origin, pos]).map(drop)
}

/// An origin whose positions do not run from 1 to its counter without gaps (for `yishe journal verify`).
pub fn find_gap(tx: &mut Tx<'_>) -> Result<Option<Origin>, DbError> {
    if let Some((origin, _)) = tx.find::<(Origin, i64)>(GAP, &[])? {
        return Ok(Some(origin));
    }
    let mut found = None;
    tx.each_row(UNCOUNTED, &[], &mut |row| {
        found = Some(row.at(0)?);
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}
