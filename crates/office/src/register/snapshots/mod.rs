//! Statistical snapshots (统计快照): open → checked by another person → frozen → published. Frozen figures are rows that never
//! change. They are counted by a job that reads without holding the writer, and are frozen in one act that names the positions of the
//! changes they were counted at; a snapshot that differs from what is known today says which records were entered or corrected since.
mod count;
mod drift;

use std::collections::BTreeMap;

use authority::{Actor, Denied};
use base::{AreaCode, Date, RecordId};
use serde_json::json;
use store::registers::{Snapshot, SnapshotFigure};
use store::{Statement, args, sql};

use super::amend::{origin_of, seat_of, sits};
use crate::act::Deed;
use crate::{Office, Refused};

pub use count::{Counting, JOB, SnapshotJob};
pub use drift::Drift;

const LIST: Statement = sql!(
    "snapshots.list",
    "select origin, id, title, as_of, known_on, state, body, rev, entry from snapshot where origin = $1 order by as_of desc, id desc limit 200"
);
const BY_ID: Statement = sql!(
    "snapshots.by_id",
    "select origin, id, title, as_of, known_on, state, body, rev, entry from snapshot where id = $1"
);
const PUBLISHED: Statement = sql!(
    "snapshots.published",
    "select origin, id, title, as_of, known_on, state, body, rev, entry from snapshot where state = 'published' order by as_of desc, id desc limit 200"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[LIST, BY_ID, PUBLISHED];

/// Desks that keep snapshots.
const DESKS: [&str; 4] = ["decision", "supervision", "review", "data_quality"];

/// Figures by (area, kind and state).
pub type Figures = BTreeMap<(AreaCode, String), i64>;

impl Office {
    /// Snapshots of the actor's authority, the newest day first.
    pub fn snapshots(&self, who: &Actor) -> Result<(AreaCode, Vec<Snapshot>), Refused> {
        let area = seat_of(who, &DESKS)?;
        let origin = origin_of(&area);
        let list = self.db.read(|tx| Ok::<_, Refused>(tx.list(LIST, args![origin])?))?;
        Ok((area, list))
    }

    /// Snapshots everybody may see.
    pub fn published_snapshots(&self) -> Result<Vec<Snapshot>, Refused> {
        self.db.read(|tx| Ok(tx.list(PUBLISHED, &[])?))
    }

    /// One snapshot with its frozen figures; `who` is none for the public, who see only what is published.
    pub fn snapshot(&self, who: Option<&Actor>, id: RecordId) -> Result<(Snapshot, Vec<SnapshotFigure>), Refused> {
        let found: Option<Snapshot> = self.db.read(|tx| tx.find(BY_ID, args![id]))?;
        let snapshot = found.ok_or(Refused::NotFound("这份统计快照"))?;
        match who {
            Some(who) => sits(who, &DESKS, &area_of(&snapshot)?)?,
            None if snapshot.state == "published" => {}
            None => return Err(Refused::NotFound("这份统计快照")),
        }
        let figures = self.db.read(|tx| store::registers::figures(tx, snapshot.origin, id))?;
        Ok((snapshot, figures))
    }

    /// Opens a snapshot of a day.
    pub fn open_snapshot(&self, who: &Actor, title: &str, as_of: Date) -> Result<RecordId, Refused> {
        let area = seat_of(who, &DESKS)?;
        let title = title.trim().to_owned();
        if !(4..=60).contains(&title.chars().count()) {
            return Err(Refused::field("title", "请填写名称，4 至 60 个字"));
        }
        if as_of > self.clock.today() {
            return Err(Refused::field("as_of", "统计日期不能晚于今天"));
        }
        let (origin, id, by) = (origin_of(&area), self.record_id(), who.account);
        self.act(Deed::by(who, origin, "snapshot", id, "open_snapshot"), move |work| {
            let body = json!({ "area": area, "opened_by": by });
            let (state, entry) = ("open".to_owned(), work.entry);
            work.insert(&Snapshot { origin, id, title, as_of, known_on: None, state, body, rev: 1, entry })?;
            Ok(id)
        })
    }

    /// The next step: open → checked (by another person) → counted by a job and frozen → published. Gives where it stands.
    pub fn advance_snapshot(&self, who: &Actor, id: RecordId) -> Result<String, Refused> {
        let (snapshot, _) = self.snapshot(Some(who), id)?;
        let (office, by) = (self.clone(), who.account);
        self.act(Deed::by(who, snapshot.origin, "snapshot", id, "advance_snapshot"), move |work| {
            let row: Snapshot = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if row.rev != snapshot.rev {
                return Err(Refused::Conflict);
            }
            let mut body = row.body.clone();
            let state = match row.state.as_str() {
                "open" if row.body["opened_by"] == json!(by) => return Err(Denied::SecondPerson.into()),
                "open" => {
                    body["checked_by"] = json!(by);
                    "checked"
                }
                "checked" => {
                    body["counting"] = json!(office.ask_for_count(work, &row, by)?);
                    "checked"
                }
                "frozen" => "published",
                _ => {
                    return Err(Refused::rule("published", "已经公布的快照不能再改", "需要新的数字时，请另开一份快照"));
                }
            };
            work.note("state", state);
            let (rev, entry, state) = (row.rev + 1, work.entry, state.to_owned());
            work.update(&Snapshot { state: state.clone(), body, rev, entry, ..row })?;
            Ok(state)
        })
    }
}

fn area_of(snapshot: &Snapshot) -> Result<AreaCode, Refused> {
    snapshot.body["area"].as_str().unwrap_or_default().parse().map_err(Refused::internal)
}
