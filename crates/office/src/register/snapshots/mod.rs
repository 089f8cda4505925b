//! Statistical snapshots (统计快照): open → checked by another person → frozen → published. Frozen figures are rows that never
//! change; a snapshot that differs from what is known today says which records were entered or corrected since.
use std::collections::BTreeMap;

use authority::{Actor, Denied};
use base::{AreaCode, Date, Instant, RecordId};
use serde_json::json;
use store::registers::{Snapshot, SnapshotFigure};
use store::{Statement, Tx, args, sql};

use super::amend::{origin_of, seat_of, sits};
use crate::act::Deed;
use crate::record::organization_of;
use crate::{Office, Refused};

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

/// What differs between a frozen snapshot and today's knowledge of the same day.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Drift {
    /// Figures that differ: area, figure, frozen, now.
    pub figures: Vec<(AreaCode, String, i64, i64)>,
    /// Organizations whose record of that day was entered or corrected after the freezing, by name: at most 100.
    pub because: Vec<String>,
    /// How many there are.
    pub count: usize,
}

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

    /// The next step: open → checked (by another person) → frozen → published.
    pub fn advance_snapshot(&self, who: &Actor, id: RecordId) -> Result<String, Refused> {
        let (snapshot, _) = self.snapshot(Some(who), id)?;
        let (office, by) = (self.clone(), who.account);
        self.act(Deed::by(who, snapshot.origin, "snapshot", id, "advance_snapshot"), move |work| {
            let row: Snapshot = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if row.rev != snapshot.rev {
                return Err(Refused::Conflict);
            }
            let mut body = row.body.clone();
            let mut known_on = row.known_on;
            let state = match row.state.as_str() {
                "open" if row.body["opened_by"] == json!(by) => return Err(Denied::SecondPerson.into()),
                "open" => {
                    body["checked_by"] = json!(by);
                    "checked"
                }
                "checked" => {
                    known_on = Some(work.at);
                    let figures = office.count(work.tx, &area_of(&row)?, row.as_of, work.at)?;
                    body["digest"] = json!(digest(&figures));
                    for ((area, figure), number) in figures {
                        let (number, detail, entry) = (Some(number), None, work.entry);
                        work.insert(&SnapshotFigure {
                            origin: row.origin,
                            snapshot: id,
                            area,
                            figure,
                            number,
                            detail,
                            entry,
                        })?;
                    }
                    "frozen"
                }
                "frozen" => "published",
                _ => {
                    return Err(Refused::rule("published", "已经公布的快照不能再改", "需要新的数字时，请另开一份快照"));
                }
            };
            work.note("state", state);
            let (rev, entry, state) = (row.rev + 1, work.entry, state.to_owned());
            work.update(&Snapshot { state: state.clone(), known_on, body, rev, entry, ..row })?;
            Ok(state)
        })
    }

    /// How a frozen snapshot differs from what is known today of the same day, and why; none if it does not.
    pub fn snapshot_drift(&self, id: RecordId) -> Result<Option<Drift>, Refused> {
        let now = self.clock.now();
        self.db.read(|tx| {
            let row: Snapshot = tx.find(BY_ID, args![id])?.ok_or(Refused::NotFound("这份统计快照"))?;
            let Some(known) = row.known_on else { return Ok(None) };
            let area = area_of(&row)?;
            let frozen: Figures = store::registers::figures(tx, row.origin, id)?
                .into_iter()
                .map(|one| ((one.area, one.figure), one.number.unwrap_or(0)))
                .collect();
            let fresh = self.count(tx, &area, row.as_of, now)?;
            let mut figures = Vec::new();
            for (key, number) in frozen.iter().chain(fresh.iter().filter(|(key, _)| !frozen.contains_key(*key))) {
                let (before, after) = (frozen.get(key).copied().unwrap_or(0), fresh.get(key).copied().unwrap_or(0));
                if before != after && (*number == before || *number == after) {
                    figures.push((key.0.clone(), key.1.clone(), before, after));
                }
            }
            let mut because = Vec::new();
            store::organizations::each_as_of(tx, row.as_of, now, |version| {
                let organization = organization_of(&version)?;
                if version.recorded_at > known && organization.registrar_within(self, &area, row.as_of) {
                    because.push(organization.name);
                }
                Ok::<_, Refused>(())
            })?;
            let count = because.len();
            because.truncate(100);
            Ok((!figures.is_empty() || count > 0).then_some(Drift { figures, because, count }))
        })
    }

    /// Counts a day by kind and state in the area and every area below it that has organizations.
    fn count(&self, tx: &mut Tx<'_>, area: &AreaCode, day: Date, known: Instant) -> Result<Figures, Refused> {
        let mut figures = Figures::new();
        store::organizations::each_as_of(tx, day, known, |version| {
            let organization = organization_of(&version)?;
            let lineage = self.lineage(&organization.registrar, day);
            let Some(top) = lineage.iter().position(|one| one == area) else { return Ok::<_, Refused>(()) };
            let figure = format!("{}.{}", organization.kind.as_str(), organization.states.registration.as_str());
            for one in lineage.into_iter().take(top + 1) {
                *figures.entry((one, figure.clone())).or_default() += 1;
            }
            Ok(())
        })?;
        Ok(figures)
    }
}

trait Within {
    fn registrar_within(&self, office: &Office, area: &AreaCode, day: Date) -> bool;
}

impl Within for registry::Organization {
    fn registrar_within(&self, office: &Office, area: &AreaCode, day: Date) -> bool {
        office.lineage(&self.registrar, day).contains(area)
    }
}

fn area_of(snapshot: &Snapshot) -> Result<AreaCode, Refused> {
    snapshot.body["area"].as_str().unwrap_or_default().parse().map_err(Refused::internal)
}

/// SM3 over the figures in order: what is published beside them.
fn digest(figures: &Figures) -> String {
    let lines: Vec<String> =
        figures.iter().map(|((area, figure), number)| format!("{area} {figure} {number}\n")).collect();
    vault::sm3(lines.concat().as_bytes()).to_string()
}
