//! What changed (变动): the public part of the change rows, one origin in order, or the newest of all.
use base::{AreaCode, Date, EntryId, Instant, Origin};
use store::change::{self, ChangeRow, Positions};
use store::papers::PublicNotice;
use store::{Filter, Statement, args, sql};

use crate::{Office, Refused};

/// Most changes at a time.
pub const MOST: usize = 500;

/// A change as everybody may know it.
#[derive(Debug, Clone, PartialEq)]
pub struct PublicChange {
    /// Whose position counts it.
    pub origin: Origin,
    /// Position within the origin.
    pub pos: i64,
    /// The journal entry.
    pub entry: EntryId,
    /// `org`, `import`, `notice`, …
    pub kind: String,
    /// `org/…`
    pub subject: String,
    /// Business date.
    pub day: Date,
    /// When it was recorded.
    pub at: Instant,
    /// What is said of it.
    pub public: serde_json::Value,
}

const AFTER: Statement = sql!(
    "register.changes_after",
    "select origin, pos, entry, kind, subject, day, public from change where origin = $1 and pos > $2 order by pos limit $3"
);
const NEWEST: Statement = sql!(
    "register.changes_newest",
    "select origin, pos, entry, kind, subject, day, public from change where public is not null order by entry desc limit $1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[AFTER, NEWEST];

fn public(row: ChangeRow) -> Option<PublicChange> {
    // The first 48 bits of a ULID are its milliseconds.
    let at = Instant(i64::try_from(row.entry.bits() >> 80).unwrap_or_default());
    let ChangeRow { origin, pos, entry, kind, subject, day, public } = row;
    Some(PublicChange { origin, pos, entry, kind, subject, day, at, public: public? })
}

impl Office {
    /// The public changes of an origin after a position, and the position to go on from.
    pub fn changes_after(&self, origin: Origin, after: i64, limit: usize) -> Result<(Vec<PublicChange>, i64), Refused> {
        let rows: Vec<ChangeRow> = self.db.read(|tx| tx.list(AFTER, args![origin, after, limit.clamp(1, MOST)]))?;
        let next = rows.last().map_or(after, |row| row.pos);
        Ok((rows.into_iter().filter_map(public).collect(), next))
    }

    /// The newest position of each origin.
    pub fn change_heads(&self) -> Result<Positions, Refused> {
        Ok(self.db.read(change::heads)?)
    }

    /// The newest public changes of all origins.
    pub fn newest_changes(&self, limit: usize) -> Result<Vec<PublicChange>, Refused> {
        let rows: Vec<ChangeRow> = self.db.read(|tx| tx.list(NEWEST, args![limit.clamp(1, MOST)]))?;
        Ok(rows.into_iter().filter_map(public).collect())
    }

    /// The newest public notices, of one area or of all.
    pub fn newest_notices(&self, area: Option<&AreaCode>, limit: usize) -> Result<Vec<PublicNotice>, Refused> {
        self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            filter.equal_if("area", area);
            Ok(store::papers::notices(tx, &filter, None, limit)?)
        })
    }
}
