//! Many organizations at once (批量入库): import and generation make their rows ready outside the act and write a chunk of them
//! inside one, so that the writer is held as shortly as can be.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use base::{Date, EntryId, Instant, OrgId, Origin, RecordId};
use registry::generate::Version as Stage;
use registry::{Organization, Post};
use serde_json::json;
use store::cubes::CubeKey;
use store::organizations::{CreditCode, FilingNumber, NameReservation, Officer, Organization as Row, Version};
use store::registers::QualityIssue;
use store::{DbError, Record};

use crate::record::{row_of, version_of};
use crate::{Deed, Office, Refused, Work};

/// What a chunk may hold the writer for; half of the 50 ms that are promised (DESIGN §5).
const CHUNK_TIME: Duration = Duration::from_millis(25);
/// Organizations in one act at most.
pub const CHUNK_MOST: usize = 1_000;
/// Fewer would spend more time on making commits durable than on rows.
const CHUNK_LEAST: usize = 200;

/// One organization's rows, complete but for the entry and the moment of recording.
#[derive(Debug, Clone)]
pub struct Ready {
    pub(crate) row: Row,
    pub(crate) versions: Vec<Version>,
    pub(crate) officers: Vec<Officer>,
    pub(crate) name: Option<NameReservation>,
    pub(crate) issues: Vec<QualityIssue>,
}

/// Organizations to be written in one act.
#[derive(Debug, Default)]
pub struct Chunk {
    pub(crate) ready: Vec<Ready>,
    /// Set when a first attempt met a taken key: names whose reservation ran out are given free first.
    pub(crate) careful: bool,
    cubes: BTreeMap<CubeKey, i64>,
}

/// Rows stamped with this are not written yet.
const UNSTAMPED: EntryId = EntryId::from_bits(0);

impl Chunk {
    /// How many organizations it holds.
    pub fn len(&self) -> usize {
        self.ready.len()
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.ready.is_empty()
    }

    /// Makes an organization's rows ready. `stages` are its versions, oldest first, each holding until the next.
    pub fn add(
        &mut self,
        office: &Office,
        stages: &[Stage],
        officers: &[registry::Officer],
    ) -> Result<&mut Ready, Refused> {
        let last = stages.last().ok_or_else(|| Refused::internal("an organization without a version"))?;
        let (o, today) = (&last.organization, office.clock.today());
        let versions = stages.iter().enumerate().map(|(at, stage)| {
            let until = stages.get(at + 1).map(|next| next.from);
            let id = RecordId::fresh(&office.clock, &office.rng);
            version_of(&stage.organization, id, (stage.from, until), Instant(0), UNSTAMPED)
        });
        let row = row_of(o, &office.areas, today, 1, UNSTAMPED);
        let name = o.states.registration.is_live().then(|| NameReservation {
            origin: o.origin,
            name_key: row.name_key.clone(),
            name: o.name.clone(),
            org: Some(o.id),
            case_id: None,
            reserved_on: stages
                .iter()
                .rev()
                .take_while(|stage| stage.organization.name == o.name)
                .last()
                .map_or(last.from, |stage| stage.from),
            until: None,
            entry: UNSTAMPED,
        });
        let ready = Ready {
            versions: versions.collect::<Result<_, _>>()?,
            officers: officers.iter().enumerate().map(|(at, officer)| officer_row(office, o, officer, at)).collect(),
            row,
            name,
            issues: Vec::new(),
        };
        self.count(office, o, today);
        self.ready.push(ready);
        self.ready.last_mut().ok_or_else(|| Refused::internal("nothing was added"))
    }

    fn count(&mut self, office: &Office, o: &Organization, today: Date) {
        crate::record::cube_keys(o, &office.areas, today, |key| *self.cubes.entry(key).or_default() += 1);
    }

    /// Writes everything: the entry covers the rows by one Merkle root; followers learn the ids by one change row per origin.
    pub(crate) fn write(&mut self, work: &mut Work<'_, '_>, subject: &str) -> Result<(), Refused> {
        let mut ids: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
        for ready in &mut self.ready {
            ready.write(work, self.careful)?;
            ids.entry(ready.row.origin).or_default().push(ready.row.id.to_string());
        }
        for (key, by) in &self.cubes {
            work.tx.tally(key.clone(), *by);
        }
        for (origin, ids) in ids {
            work.tx.announce(store::change::Change {
                origin,
                entry: work.entry,
                kind: "import".to_owned(),
                subject: subject.to_owned(),
                day: work.today,
                public: Some(json!({ "organizations": ids })),
            });
        }
        Ok(())
    }
}

impl Ready {
    fn write(&mut self, work: &mut Work<'_, '_>, careful: bool) -> Result<(), Refused> {
        let (entry, at) = (work.entry, work.at);
        self.row.entry = entry;
        work.insert_bulk(&self.row)?;
        for version in &mut self.versions {
            (version.entry, version.recorded_at) = (entry, at);
            work.insert_bulk(version)?;
        }
        for officer in &mut self.officers {
            (officer.entry, officer.recorded_at) = (entry, at);
            work.insert_bulk(officer)?;
        }
        let Row { origin, id: org, ended_on: until, .. } = self.row;
        let since = self.versions.first().map_or(work.today, |version| version.valid_from);
        if let Some(code) = self.row.code.clone() {
            take(work, &CreditCode { code, origin, org, since, until, entry })?;
            work.tx.mark_bulk();
        }
        if let Some(number) = self.row.filing_number.clone() {
            take(work, &FilingNumber { number, origin, org, since, until, entry })?;
            work.tx.mark_bulk();
        }
        if let Some(name) = &mut self.name {
            name.entry = entry;
            // Not in bulk: a name is given back by deleting its row.
            if careful {
                store::organizations::take_name(work.tx, name, work.today).map_err(taken)?;
            } else {
                take(work, name)?;
            }
        }
        for issue in &mut self.issues {
            issue.entry = entry;
            work.insert(issue)?;
        }
        Ok(())
    }
}

/// Inserts a row whose key somebody may have taken since it was looked up; then the chunk is made again.
fn take<R: Record>(work: &mut Work<'_, '_>, record: &R) -> Result<(), Refused> {
    work.tx.insert(record).map_err(taken)
}

fn taken(error: DbError) -> Refused {
    match error {
        DbError::Unique { .. } => Refused::Conflict,
        other => other.into(),
    }
}

/// Only the legal representative's full name is public; the others are kept masked, as nothing more is known of them here.
fn officer_row(office: &Office, o: &Organization, officer: &registry::Officer, at: usize) -> Officer {
    let id = RecordId::fresh(&office.clock, &office.rng);
    let title = officer.title.as_ref().map_or_else(|| json!({}), |title| json!({ "title": title }));
    Officer {
        origin: o.origin,
        org: o.id,
        id,
        term: id,
        person: None,
        post: officer.post.as_str().to_owned(),
        public_name: officer.public_name(),
        sort: (at as i64) * 10 + Post::ALL.iter().position(|post| *post == officer.post).unwrap_or(0) as i64,
        term_from: Some(officer.from),
        term_to: officer.until,
        valid_from: officer.from,
        valid_to: officer.until.filter(|until| *until <= office.clock.today()),
        recorded_at: Instant(0),
        superseded_at: None,
        body: title,
        entry: UNSTAMPED,
    }
}

/// How many organizations the next chunk takes, so that each holds the writer for about `CHUNK_TIME`.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    size: usize,
}

impl Default for Pace {
    fn default() -> Self {
        Self { size: 200 }
    }
}

impl Pace {
    /// The size of the next chunk.
    pub fn size(self) -> usize {
        self.size
    }

    /// Learns from a chunk of `count` that took `time`.
    pub fn learn(&mut self, count: usize, time: Duration) {
        if count * 2 < self.size {
            return;
        }
        let wanted = count as f64 * CHUNK_TIME.as_secs_f64() / time.as_secs_f64().max(0.001);
        // At most doubled at a time: a chunk that met a warm cache says little.
        self.size = (wanted as usize).clamp(CHUNK_LEAST, CHUNK_MOST).min(self.size * 2);
    }
}

/// A chunk on its way: kept until its act is done, so that it can be tried again.
pub(crate) type Shared<T> = Arc<Mutex<T>>;

pub(crate) fn locked<T, R>(shared: &Shared<T>, body: impl FnOnce(&mut T) -> R) -> R {
    body(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Office {
    /// Writes one chunk as one act and says how long it held the writer. `more` writes what else belongs to the act.
    pub(crate) fn write_chunk<T: Send + 'static>(
        &self,
        deed: Deed,
        subject: String,
        shared: &Shared<T>,
        chunk: fn(&mut T) -> &mut Chunk,
        more: impl FnOnce(&mut Work<'_, '_>, &mut T) -> Result<(), Refused> + Send + 'static,
    ) -> Result<Duration, Refused> {
        let shared = Arc::clone(shared);
        self.act(deed, move |work| {
            let begun = Stopwatch::now();
            locked(&shared, |whole| {
                let part = chunk(whole);
                work.note("organizations", part.len() as u64);
                part.write(work, &subject)?;
                more(work, whole)
            })?;
            Ok(begun.elapsed())
        })
    }
}

/// The ids in a change row of kind `import`, for followers.
pub fn announced(public: &serde_json::Value) -> Vec<OrgId> {
    let ids = public.get("organizations").and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
}
