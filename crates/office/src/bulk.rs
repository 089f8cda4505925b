//! Many organizations at once (批量入库): import and generation make their rows ready outside the act and write a chunk of them
//! inside one, so that the writer is held as shortly as can be.
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant as Stopwatch};

use base::{EntryId, Instant, OrgId, Origin, RecordId};
use registry::generate::Version as Stage;
use registry::{Organization, Post};
use serde_json::json;
use store::cubes::CubeKey;
use store::organizations::{NameReservation, Officer, Organization as Row, Version};
use store::registers::QualityIssue;

use crate::record::{row_of, version_of};
use crate::staged::Staged;
use crate::{Deed, Office, Refused, Work};

/// What a chunk may hold the writer for, its commit included; a little less than the 50 ms that are promised (DESIGN §5).
const CHUNK_TIME: Duration = Duration::from_millis(42);
/// Organizations in one act at most.
pub const CHUNK_MOST: usize = 1_000;
/// Fewer would spend more time on making commits durable than on rows.
const CHUNK_LEAST: usize = 200;
/// Chunks that lie ready while one is written.
pub(crate) const AHEAD: usize = 2;

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
        crate::record::cube_keys(o, &office.areas, today, |key| *self.cubes.entry(key).or_default() += 1);
        self.ready.push(ready);
        self.ready.last_mut().ok_or_else(|| Refused::internal("nothing was added"))
    }

    /// Makes everything of the act ready: `subject` is what its change rows name. Nothing is left to the writer but to insert.
    pub(crate) fn stage(self, office: &Office, subject: &str) -> Staged {
        let mut staged = Staged::new(office.stamp(), self.cubes);
        let mut ids: BTreeMap<Origin, Vec<String>> = BTreeMap::new();
        for ready in self.ready {
            ids.entry(ready.row.origin).or_default().push(ready.row.id.to_string());
            staged.take(ready, self.careful);
        }
        staged.announce(ids, subject);
        staged
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

/// How many organizations the next chunk takes, so that each holds the writer for about `CHUNK_TIME`. Shared by who makes chunks
/// ready and who writes them.
#[derive(Debug)]
pub struct Pace(AtomicUsize);

impl Default for Pace {
    fn default() -> Self {
        Self(AtomicUsize::new(CHUNK_LEAST))
    }
}

impl Pace {
    /// The size of the next chunk.
    pub fn size(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Learns from a chunk of `count` that took `time`.
    pub fn learn(&self, count: usize, time: Duration) {
        let size = self.size();
        if count * 2 < size {
            return;
        }
        let wanted = count as f64 * CHUNK_TIME.as_secs_f64() / time.as_secs_f64().max(0.001);
        // At most doubled, and at most halved, at a time: one chunk that met a warm cache, or a busy disk, says little.
        self.0.store((wanted as usize).clamp(size / 2, size * 2).clamp(CHUNK_LEAST, CHUNK_MOST), Ordering::Relaxed);
    }
}

/// A chunk on its way: kept until its act is done, so that it can be tried again.
pub(crate) type Shared<T> = Arc<Mutex<T>>;

pub(crate) fn locked<T, R>(shared: &Shared<T>, body: impl FnOnce(&mut T) -> R) -> R {
    body(&mut shared.lock().unwrap_or_else(PoisonError::into_inner))
}

impl Office {
    /// Writes one chunk as one act and says how long that took. `more` writes what else belongs to the act.
    pub(crate) fn write_chunk<T: Send + 'static>(
        &self,
        deed: Deed,
        shared: &Shared<T>,
        chunk: fn(&T) -> &Staged,
        more: impl FnOnce(&mut Work<'_, '_>, &T) -> Result<(), Refused> + Send + 'static,
    ) -> Result<Duration, Refused> {
        self.db.wait_for_room();
        let begun = Stopwatch::now();
        let (stamp, piece) = (locked(shared, |whole| chunk(whole).stamp), Arc::clone(shared));
        self.act_in_bulk(stamp, deed, move |work| {
            locked(&piece, |whole| {
                let part = chunk(whole);
                work.note("organizations", part.len() as u64);
                part.write(work)?;
                more(work, whole)
            })
        })?;
        Ok(begun.elapsed())
    }
}

/// The ids in a change row of kind `import`, for followers.
pub fn announced(public: &serde_json::Value) -> Vec<OrgId> {
    let ids = public.get("organizations").and_then(serde_json::Value::as_array).map(Vec::as_slice).unwrap_or_default();
    ids.iter().filter_map(|id| id.as_str()?.parse().ok()).collect()
}
