//! Counting a snapshot: a job reads all versions of the day in one reading, says how far it is, and freezes what it counted.
use authority::Actor;
use base::{AccountId, AreaCode, Date, EntryId, Instant, JobId, RecordId};
use registry::Organization;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::change::{self, Positions};
use store::jobs::NewJob;
use store::registers::{Snapshot, SnapshotFigure};
use store::{Tx, args};

use super::{BY_ID, Figures, area_of};
use crate::act::Deed;
use crate::record::organization_of;
use crate::{Office, Refused, Work};

/// The job's name.
pub const JOB: &str = "snapshot";
/// Organizations between two words on how far it is.
const SAY_EVERY: u64 = 5_000;

/// How often a count is made again because somebody acted at its beginning.
const AGAIN: usize = 3;
/// Changes since the count that are looked at for acts that began before it.
const RACING: usize = 500;

/// What the job needs.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SnapshotJob {
    /// Which snapshot.
    pub id: RecordId,
    /// Who asked for it.
    pub by: AccountId,
}

/// How far a snapshot's count is, for its page.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Counting {
    /// Organizations read.
    pub seen: u64,
    /// About how many there are.
    pub total: u64,
    /// Why it stopped, if it did.
    pub failed: Option<String>,
}

/// What was counted, of what it was known.
struct Counted {
    figures: Figures,
    known: Instant,
    positions: Positions,
}

impl Office {
    /// Puts the job in the queue; refuses while one counts.
    pub(super) fn ask_for_count(
        &self,
        work: &mut Work<'_, '_>,
        row: &Snapshot,
        by: AccountId,
    ) -> Result<JobId, Refused> {
        if let Some(id) = job_of(row)
            && store::jobs::find(work.tx, id)?.is_some_and(|job| job.state != "failed")
        {
            return Err(Refused::rule("counting", "正在计数，请等它做完", "页面上能看到进度，数完自动冻结"));
        }
        let id = JobId::fresh_at(work.at, &self.rng);
        let payload = serde_json::to_value(SnapshotJob { id: row.id, by }).map_err(Refused::internal)?;
        let (queue, name, run_at) = ("default".to_owned(), JOB.to_owned(), work.at);
        store::jobs::add(work.tx, &NewJob { id, queue, name, version: 1, payload, dedupe: None, run_at })?;
        Ok(id)
    }

    /// How far the count of a snapshot is; none if none was asked for or it is done.
    pub fn snapshot_count(&self, snapshot: &Snapshot) -> Result<Option<Counting>, Refused> {
        let Some(id) = job_of(snapshot).filter(|_| snapshot.state == "checked") else { return Ok(None) };
        let Some(job) = self.db.read(|tx| store::jobs::find(tx, id))? else { return Ok(None) };
        let said = job.progress.as_deref().and_then(|text| text.split_once('/'));
        let (seen, total) =
            said.and_then(|(seen, total)| Some((seen.parse().ok()?, total.parse().ok()?))).unwrap_or((0, 0));
        Ok(Some(Counting { seen, total, failed: job.error.filter(|_| job.state == "failed") }))
    }

    /// Does the job: counts in one reading, then freezes in one act. `say` hears how far it is and answers whether to go on; false
    /// if it did not. Done twice, the second time changes nothing.
    pub fn run_snapshot_job(&self, job: &SnapshotJob, say: &mut dyn FnMut(u64, u64) -> bool) -> Result<bool, Refused> {
        let found: Option<Snapshot> = self.db.read(|tx| tx.find(BY_ID, args![job.id]))?;
        let snapshot = found.ok_or(Refused::NotFound("这份统计快照"))?;
        if snapshot.state != "checked" {
            return Ok(true);
        }
        for _ in 0..AGAIN {
            let Some(counted) = self.db.read(|tx| self.count(tx, &snapshot, say))? else { return Ok(false) };
            match self.freeze(job, &snapshot, counted) {
                Err(Refused::Conflict) => {}
                other => return other.map(|()| true),
            }
        }
        Err(Refused::Conflict)
    }

    /// Counts a day by kind and state in the area and every area below it that has organizations; none if it was stopped.
    fn count(
        &self,
        tx: &mut Tx<'_>,
        snapshot: &Snapshot,
        say: &mut dyn FnMut(u64, u64) -> bool,
    ) -> Result<Option<Counted>, Refused> {
        let (area, day, known) = (area_of(snapshot)?, snapshot.as_of, self.clock.now());
        let positions = change::heads(tx)?;
        let total =
            store::cubes::of_area(tx, "org.registrar", &AreaCode::nation())?.iter().map(|one| one.number).sum::<i64>();
        let total = u64::try_from(total).unwrap_or_default();
        let (mut figures, mut seen) = (Figures::new(), 0_u64);
        let read = store::organizations::each_as_of(tx, day, known, |version| {
            for key in self.figures_of(&organization_of(&version)?, &area, day) {
                *figures.entry(key).or_default() += 1;
            }
            seen += 1;
            if seen.is_multiple_of(SAY_EVERY) && !say(seen, total.max(seen)) { Err(Refused::Busy) } else { Ok(()) }
        });
        match read {
            Ok(()) => Ok(Some(Counted { figures, known, positions })),
            Err(Refused::Busy) => Ok(None),
            Err(refused) => Err(refused),
        }
    }

    /// Where an organization counts: its own registrar's area and each above it up to `area`; nowhere if it lies elsewhere.
    pub(super) fn figures_of(&self, o: &Organization, area: &AreaCode, day: Date) -> Vec<(AreaCode, String)> {
        let lineage = self.lineage(&o.registrar, day);
        let Some(top) = lineage.iter().position(|one| one == area) else { return Vec::new() };
        let figure = format!("{}.{}", o.kind.as_str(), o.states.registration.as_str());
        lineage.into_iter().take(top + 1).map(|one| (one, figure.clone())).collect()
    }

    fn freeze(&self, job: &SnapshotJob, snapshot: &Snapshot, counted: Counted) -> Result<(), Refused> {
        let (id, counted_at) = (snapshot.id, snapshot.rev);
        let mut deed = Deed::by(&Actor::system(), snapshot.origin, "snapshot", id, "freeze_snapshot");
        deed.on_behalf_of = Some(job.by.to_string());
        self.act(deed, move |work| {
            let row: Snapshot = work.tx.find(BY_ID, args![id])?.ok_or(Refused::Conflict)?;
            if row.rev != counted_at {
                return Err(Refused::Conflict);
            }
            let Counted { figures, known, positions } = counted;
            // An act that began before the count and was committed after it would be missing for ever: count again.
            let since = change::follow(work.tx, &positions, RACING)?;
            if since.iter().any(|row| at_of(row.entry) <= known) {
                return Err(Refused::Conflict);
            }
            let mut body = row.body.clone();
            body["digest"] = json!(digest(&figures));
            body["positions"] = json!(positions.into_iter().collect::<Vec<_>>());
            work.note("state", "frozen");
            work.note("digest", body["digest"].clone());
            let (rev, entry, origin) = (row.rev + 1, work.entry, row.origin);
            work.update(&Snapshot { state: "frozen".to_owned(), known_on: Some(known), body, rev, entry, ..row })?;
            for ((area, figure), number) in figures {
                let (number, detail) = (Some(number), None);
                work.insert_bulk(&SnapshotFigure { origin, snapshot: id, area, figure, number, detail, entry })?;
            }
            Ok(())
        })
    }
}

/// When an entry was made: the first 48 bits of its ULID.
fn at_of(entry: EntryId) -> Instant {
    Instant(i64::try_from(entry.bits() >> 80).unwrap_or(i64::MAX))
}

fn job_of(snapshot: &Snapshot) -> Option<JobId> {
    snapshot.body["counting"].as_str()?.parse().ok()
}

/// SM3 over the figures in order: what is published beside them.
fn digest(figures: &Figures) -> String {
    let lines: Vec<String> =
        figures.iter().map(|((area, figure), number)| format!("{area} {figure} {number}\n")).collect();
    vault::sm3(lines.concat().as_bytes()).to_string()
}
