//! The inspection (检查名册): a job that goes through an authority's register in batches, each one act, and goes on where it stopped.
//! Once the whole register was seen, the next inspection looks only at what changed since, by the change rows.
use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, Date, Instant, JobId, OrgId, Origin, RecordId};
use registry::quality::inspect;
use serde::{Deserialize, Serialize};
use serde_json::json;
use store::change::{self, Positions};
use store::jobs::NewJob;
use store::registers::QualityIssue;
use store::upkeep::{self, QualityRun};
use store::{Tx, args};

use super::{origin_of, rule_of, seat_of};
use crate::act::Deed;
use crate::lookup::organizations_in;
use crate::record::organization_of;
use crate::{Office, Refused, Work};

/// The job's name.
pub const JOB: &str = "quality";
/// Organizations looked at in one act.
const BATCH: usize = 500;
/// Change rows followed at a time; one of a bulk act speaks of up to a thousand organizations.
const CHANGES: usize = 20;
/// Calendar days until a correction is due; a house rule, shown as such.
const DAYS: i64 = 30;
/// After so many days the whole register is looked at again: some defects come with time alone. A house rule.
const WHOLE_AGAIN: i32 = 30;

/// What the job needs; without an area it starts the inspection of every authority that had one.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct QualityJob {
    /// Whose register.
    #[serde(default)]
    pub area: Option<AreaCode>,
}

/// What one batch did.
#[derive(Clone, PartialEq, Debug)]
pub struct Stepped {
    /// Where the inspection stands now.
    pub run: QualityRun,
    /// It has come to its end.
    pub done: bool,
}

/// A batch as it was read: what to look at, and where the next begins.
struct Batch {
    orgs: Vec<OrgId>,
    place: String,
    positions: Vec<(Origin, i64)>,
    last: bool,
}

/// What a batch found.
#[derive(Default)]
struct Findings {
    new: Vec<QualityIssue>,
    moved: Vec<QualityIssue>,
}

fn follower(area: &AreaCode) -> String {
    format!("quality/{area}")
}

fn heads_of(run: &QualityRun) -> Result<Positions, Refused> {
    let read: Vec<(Origin, i64)> = serde_json::from_value(run.heads.clone()).map_err(Refused::internal)?;
    Ok(read.into_iter().collect())
}

impl Office {
    /// Asks for the inspection of the actor's register: of everything (`whole`, or if it never was or not for long), else of what
    /// changed since the last. Asked for while one runs, it refuses; one that broke off goes on.
    pub fn ask_for_inspection(&self, who: &Actor, whole: bool) -> Result<(), Refused> {
        let area = seat_of(who, &["data_quality"])?;
        may(who, Verb::Amend, &Subject::Area(area.clone().into()))?;
        self.start_inspection(who, area, whole)
    }

    fn start_inspection(&self, who: &Actor, area: AreaCode, whole: bool) -> Result<(), Refused> {
        let (origin, now, today) = (origin_of(&area), self.clock.now(), self.clock.today());
        let id = JobId::fresh_at(now, &self.rng);
        let by = if who.is_system() { "system".to_owned() } else { who.account.to_string() };
        self.act(Deed::by(who, origin, "quality", &area, "detect_quality"), move |work| {
            let known: Option<QualityRun> = work.tx.find_record(args![origin, area])?;
            if let Some(run) = known.as_ref().filter(|run| run.state == "running")
                && store::jobs::find(work.tx, run.job)?.is_some_and(|job| job.state != "failed")
            {
                return Err(Refused::rule("inspecting", "正在检查，请等它做完", "页面上能看到进度"));
            }
            let run = match known {
                // One that broke off goes on from its place.
                Some(run) if run.state == "running" => {
                    QualityRun { job: id, rev: run.rev + 1, entry: work.entry, ..run }
                }
                known => begun(work, known, (origin, &area, id, by), whole, today, now)?,
            };
            let payload = json!(QualityJob { area: Some(area) });
            let (queue, name) = ("default".to_owned(), JOB.to_owned());
            store::jobs::add(work.tx, &NewJob { id, queue, name, version: 1, payload, dedupe: None, run_at: now })?;
            work.note("whole", run.whole);
            work.upsert(&run)
        })
    }

    /// Starts the inspection of what changed for every authority whose register was inspected before. For the night.
    pub fn inspect_again(&self) -> Result<usize, Refused> {
        let runs = self.db.read(|tx| upkeep::runs(tx, "done"))?;
        let many = runs.len();
        for run in runs {
            self.start_inspection(&Actor::system(), run.area, false)?;
        }
        Ok(many)
    }

    /// Does the next batch of an authority's inspection: reads without holding the writer, then writes one act.
    pub fn inspect_batch(&self, area: &AreaCode) -> Result<Stepped, Refused> {
        let origin = origin_of(area);
        let none = || Refused::NotFound("这次数据质量检查");
        let (run, batch, findings) = self.db.read(|tx| {
            let run: QualityRun = tx.find_record(args![origin, area])?.ok_or_else(none)?;
            if run.state != "running" {
                let batch = Batch { orgs: Vec::new(), place: String::new(), positions: Vec::new(), last: true };
                return Ok((run, batch, Findings::default()));
            }
            let batch = if run.whole { next_of_all(tx, &run)? } else { next_of_changed(tx, &run)? };
            let findings = self.look_at(tx, area, &batch.orgs)?;
            Ok::<_, Refused>((run, batch, findings))
        })?;
        if run.state != "running" {
            return Ok(Stepped { run, done: true });
        }
        let mut deed = Deed::by(&Actor::system(), origin, "quality", area, "inspect_quality");
        deed.on_behalf_of = Some(run.asked_by.clone()).filter(|by| by != "system");
        self.act(deed, move |work| write_batch(work, run, batch, findings))
    }

    /// The defects of organizations, beside the issues that are known.
    fn look_at(&self, tx: &mut Tx<'_>, area: &AreaCode, orgs: &[OrgId]) -> Result<Findings, Refused> {
        let today = self.clock.today();
        let places = upkeep::places(tx, orgs)?;
        let known = upkeep::issues_of_all(tx, &places)?;
        let mut findings = Findings::default();
        for version in upkeep::versions_on(tx, &places, today, self.clock.now())? {
            let organization = organization_of(&version)?;
            if organization.registrar != *area {
                continue;
            }
            let broken: Vec<&str> = inspect(&organization, today).into_iter().map(|rule| rule.id).collect();
            let own: Vec<&QualityIssue> = known.iter().filter(|issue| issue.org == Some(version.org)).collect();
            for id in broken.iter().filter(|id| !own.iter().any(|issue| issue.rule == **id)) {
                findings.new.push(self.new_issue(&version, area, id, today));
            }
            findings.moved.extend(own.into_iter().filter_map(|issue| judged(issue, &broken, today)));
        }
        Ok(findings)
    }

    fn new_issue(
        &self,
        version: &store::organizations::Version,
        area: &AreaCode,
        rule: &str,
        today: Date,
    ) -> QualityIssue {
        QualityIssue {
            origin: version.origin,
            id: RecordId::fresh(&self.clock, &self.rng),
            rule: rule.to_owned(),
            org: Some(version.org),
            area: area.clone(),
            state: "detected".to_owned(),
            field: rule_of(rule).map(|rule| rule.item.to_owned()),
            found_on: today,
            due: Some(today.saturating_add(jiff::ToSpan::days(DAYS))),
            assigned_to: None,
            closed_on: None,
            body: json!({}),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        }
    }
}

/// A known issue after another look: closed if the defect is gone, open again if it came back after it was verified. What a
/// person is about to verify is left to him, and what only an import could see to whoever corrects it.
fn judged(issue: &QualityIssue, broken: &[&str], today: Date) -> Option<QualityIssue> {
    let rule = rule_of(&issue.rule);
    let again = broken.contains(&issue.rule.as_str());
    let moved = |state: &str, closed_on| QualityIssue { state: state.to_owned(), closed_on, ..issue.clone() };
    match issue.state.as_str() {
        "verified" if again => Some(QualityIssue { assigned_to: None, ..moved("detected", None) }),
        "verified" => Some(moved("closed", Some(today))),
        "detected" | "assigned" if !again && rule.is_some() => {
            let mut gone = moved("closed", Some(today));
            gone.body["gone"] = json!(true);
            Some(gone)
        }
        _ => None,
    }
}

/// The row of an inspection that begins.
fn begun(
    work: &mut Work<'_, '_>,
    known: Option<QualityRun>,
    (origin, area, job, asked_by): (Origin, &AreaCode, JobId, String),
    whole: bool,
    today: Date,
    now: Instant,
) -> Result<QualityRun, Refused> {
    let whole_on = known.as_ref().and_then(|run| run.whole_on);
    let stale = whole_on.is_none_or(|day| day.saturating_add(jiff::ToSpan::days(WHOLE_AGAIN)) <= today);
    let whole = whole || stale;
    let heads = change::heads(work.tx)?;
    let total = if whole {
        store::cubes::of_area(work.tx, "org.registrar", area)?.iter().map(|count| count.number).sum()
    } else {
        let at = change::position_of(work.tx, &follower(area))?;
        heads.iter().map(|(origin, head)| head - at.get(origin).copied().unwrap_or(0)).sum()
    };
    Ok(QualityRun {
        origin,
        area: area.clone(),
        state: "running".to_owned(),
        whole,
        asked_by,
        job,
        began_at: now,
        ended_at: None,
        place: String::new(),
        seen: 0,
        total,
        found: 0,
        gone: 0,
        whole_on,
        heads: json!(heads.into_iter().collect::<Vec<_>>()),
        rev: known.map_or(1, |run| run.rev + 1),
        entry: work.entry,
    })
}

fn next_of_all(tx: &mut Tx<'_>, run: &QualityRun) -> Result<Batch, Refused> {
    let after = run.place.split_once('/').and_then(|(day, id)| Some((day.parse().ok()?, id.parse().ok()?)));
    let found = upkeep::next(tx, &run.area, after, BATCH)?;
    let last = found.len() < BATCH;
    let place = found.last().map_or_else(|| run.place.clone(), |(id, day)| format!("{day}/{id}"));
    Ok(Batch { orgs: found.into_iter().map(|(id, _)| id).collect(), place, positions: Vec::new(), last })
}

/// What changed up to the heads at which the inspection began.
fn next_of_changed(tx: &mut Tx<'_>, run: &QualityRun) -> Result<Batch, Refused> {
    let heads = heads_of(run)?;
    let at = change::position_of(tx, &follower(&run.area))?;
    let rows = change::follow_to(tx, &at, &heads, CHANGES)?;
    let mut orgs: Vec<OrgId> = rows.iter().flat_map(organizations_in).collect();
    orgs.sort();
    orgs.dedup();
    let positions: Vec<(Origin, i64)> = rows.iter().map(|row| (row.origin, row.pos)).collect();
    Ok(Batch { orgs, place: String::new(), last: positions.is_empty(), positions })
}

fn write_batch(work: &mut Work<'_, '_>, run: QualityRun, batch: Batch, findings: Findings) -> Result<Stepped, Refused> {
    let looked = if run.whole { batch.orgs.len() } else { batch.positions.len() };
    let mut run = QualityRun {
        seen: run.seen + i64::try_from(looked).unwrap_or(i64::MAX),
        found: run.found + i64::try_from(findings.new.len()).unwrap_or(i64::MAX),
        place: batch.place,
        rev: run.rev + 1,
        entry: work.entry,
        ..run
    };
    work.note("organizations", batch.orgs.len());
    work.note("found", findings.new.len());
    let name = follower(&run.area);
    for (origin, pos) in batch.positions {
        change::keep_position(work.tx, &name, origin, pos)?;
    }
    // Facts follow what is found and what is gone, and that a whole register was looked at.
    let found = !findings.new.is_empty() || !findings.moved.is_empty();
    for issue in findings.moved {
        run.gone += i64::from(issue.state == "closed");
        work.update(&QualityIssue { rev: issue.rev + 1, entry: work.entry, ..issue })?;
    }
    if batch.last {
        if run.whole {
            for (origin, pos) in heads_of(&run)? {
                change::keep_position(work.tx, &name, origin, pos)?;
            }
            run.whole_on = Some(work.today);
        }
        (run.state, run.ended_at) = ("done".to_owned(), Some(work.at));
    }
    // The run's row is checked by its revision: of two workers with the same batch, the second finds it written.
    work.update(&run)?;
    if found || batch.last {
        work.announce("quality", format!("quality/{}", run.area), None);
    }
    for issue in findings.new {
        work.insert_bulk(&QualityIssue { entry: work.entry, ..issue })?;
    }
    Ok(Stepped { done: batch.last, run })
}
