//! The index as its users hold it: open, follow, search, merge, rebuild.
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use base::{AreaCode, OrgId, Origin};
use registry::names::{Gazetteer, NameRules};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::answer::answer;
use crate::doc::{Change, Entry, Labels};
use crate::error::Error;
use crate::near::{self, Judge, Near};
use crate::query::{Page, Query};
use crate::segment::Segment;
use crate::state::State;
use crate::writer::SegmentWriter;

const SCHEMA: &str = "
    create table if not exists meta (name text primary key, value integer not null) without rowid;
    create table if not exists position (origin text primary key, pos integer not null) without rowid;
    create table if not exists label (field integer not null, number integer not null, text text not null,
        primary key (field, number)) without rowid;
    create table if not exists change (id text primary key, docs text not null) without rowid;";

/// Changes below this many documents are never worth a merge.
const MERGE_LEAST: usize = 65_536;
/// Entries sorted at a time in a rebuild (about 50 MB).
const RUN: usize = 262_144;

/// The name index. Searches go on while changes are applied and merges are written.
pub struct Index {
    path: PathBuf,
    /// Held by whoever writes; searches never touch SQLite.
    database: Mutex<Connection>,
    state: RwLock<State>,
}

impl Index {
    /// Opens the index at `path`, making it if there is none. One that is damaged is emptied, positions included: it is derived,
    /// and its follower then starts over.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref().to_owned();
        let connection = match connect(&path) {
            Ok(connection) => connection,
            Err(_) if path.exists() => {
                std::fs::remove_file(&path)?;
                connect(&path)?
            }
            Err(error) => return Err(error),
        };
        let state = match load(&path, &connection) {
            Ok(state) => state,
            Err(Error::Database(error)) => return Err(error.into()),
            Err(_) => {
                connection
                    .execute_batch("delete from meta; delete from position; delete from label; delete from change;")?;
                State::default()
            }
        };
        sweep(&path, generation(&connection)?);
        Ok(Self { path, database: Mutex::new(connection), state: RwLock::new(state) })
    }

    fn database(&self) -> MutexGuard<'_, Connection> {
        self.database.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn state(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.write().unwrap_or_else(PoisonError::into_inner));
    }

    /// The last position of an origin that is in the index; 0 for none.
    pub fn position(&self, origin: Origin) -> Result<u64, Error> {
        position(&self.database(), origin)
    }

    /// Takes in changes and raises the positions, durably and all or nothing. Changes at or below the position kept are passed
    /// over, so a batch may come again.
    pub fn apply(&self, batch: &[Change], positions: &[(Origin, u64)]) -> Result<(), Error> {
        let mut connection = self.database();
        let mut labels = self.state().labels.clone();
        let tx = connection.transaction()?;
        let mut fresh = Vec::new();
        for change in batch {
            if change.pos > position(&tx, change.origin)? {
                fresh.push((change.id.bits(), Entry::all_of(&change.docs, &mut labels)?));
                let docs = serde_json::to_string(&change.docs)?;
                tx.prepare_cached(
                    "insert into change (id, docs) values ($1, $2) on conflict (id) do update set docs = excluded.docs",
                )?
                .execute(params![change.id.to_string(), docs])?;
            }
        }
        let applied = batch.iter().map(|change| (change.origin, change.pos));
        keep_positions(&tx, applied.chain(positions.iter().copied()))?;
        keep_labels(&tx, &labels)?;
        tx.commit()?;
        self.set(|state| {
            state.labels = labels;
            for (id, entries) in fresh {
                state.replace(id, entries);
            }
        });
        Ok(())
    }

    /// Throws everything away and takes in all organizations, each with all its documents, in any order; `positions` are those of
    /// the data read. Memory stays bounded whatever the number.
    pub fn rebuild(&self, all: impl IntoIterator<Item = Change>, positions: &[(Origin, u64)]) -> Result<(), Error> {
        let mut connection = self.database();
        let mut labels = Labels::default();
        let mut runs = Runs { path: &self.path, buffer: Vec::new(), files: Vec::new() };
        for change in all {
            runs.push(Entry::all_of(&change.docs, &mut labels)?)?;
        }
        let next = generation(&connection)? + 1;
        let segment = runs.merge(&segment_path(&self.path, next))?;
        let tx = connection.transaction()?;
        tx.execute_batch("delete from position; delete from label; delete from change;")?;
        keep_positions(&tx, positions.iter().copied())?;
        keep_labels(&tx, &labels)?;
        keep_generation(&tx, next)?;
        tx.commit()?;
        self.set(|state| *state = State::of(Some(segment), labels));
        sweep(&self.path, next);
        Ok(())
    }

    /// Whether so much has changed since the last merge that one is due: a sixteenth of the index.
    pub fn merge_due(&self) -> bool {
        let state = self.state();
        state.changed >= MERGE_LEAST.max(state.segment.as_ref().map_or(0, Segment::len) / 16)
    }

    /// Folds the changes into a new segment. Searches go on meanwhile; [`Index::apply`] waits.
    pub fn merge(&self) -> Result<(), Error> {
        let mut connection = self.database();
        let next = generation(&connection)? + 1;
        let file = segment_path(&self.path, next);
        let labels = {
            let state = self.state();
            let mut writer = SegmentWriter::create(&file, true)?;
            for entry in state.entries() {
                writer.push(entry)?;
            }
            writer.finish()?;
            state.labels.clone()
        };
        let segment = Segment::open(&file)?;
        let tx = connection.transaction()?;
        tx.execute_batch("delete from change;")?;
        keep_generation(&tx, next)?;
        tx.commit()?;
        self.set(|state| *state = State::of(Some(segment), labels));
        sweep(&self.path, next);
        Ok(())
    }

    /// Finds organizations. Never fails, whatever the text.
    pub fn search(&self, query: &Query) -> Page {
        answer(&self.state(), query)
    }

    /// The `limit` names most like `name` of a body of `kind`, with reasons, over all registrars or one (名称查重的相近名称).
    /// Only proposes: the duplicate rule is decided in the database.
    pub fn similar(
        &self,
        (name, kind): (&str, &str),
        registrar: Option<&AreaCode>,
        limit: usize,
        (rules, areas): (&NameRules, &dyn Gazetteer),
    ) -> Vec<Near> {
        near::similar(&self.state(), name, registrar, limit, &Judge { kind, rules, areas })
    }

    /// Organizations whose name, present or former, sounds like `name` without being it (同音).
    pub fn same_pronunciation(&self, name: &str) -> Vec<(OrgId, String)> {
        near::same_pronunciation(&self.state(), name)
    }
}

fn connect(path: &Path) -> Result<Connection, Error> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(5))?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    // Losing the last batch in a power cut is harmless: position and documents go together, and the follower sends it again.
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

fn load(path: &Path, connection: &Connection) -> Result<State, Error> {
    let mut labels = Labels::default();
    let mut rows = connection.prepare("select field, text from label order by field, number")?;
    for row in rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (field, text): (i64, String) = row?;
        match field {
            0 => labels.kinds.push(text),
            1 => labels.statuses.push(text),
            _ => labels.grades.push(text),
        }
    }
    let segment = match generation(connection)? {
        0 => None,
        number => Some(Segment::open(&segment_path(path, number))?),
    };
    let mut state = State::of(segment, labels);
    let mut rows = connection.prepare("select id, docs from change order by id")?;
    for row in rows.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))? {
        let (id, docs): (String, String) = row?;
        let id: OrgId = id.parse().map_err(|_| Error::Damaged("id of a kept change"))?;
        let entries = Entry::all_of(&serde_json::from_str::<Vec<crate::Doc>>(&docs)?, &mut state.labels)?;
        state.replace(id.bits(), entries);
    }
    Ok(state)
}

fn position(connection: &Connection, origin: Origin) -> Result<u64, Error> {
    let mut statement = connection.prepare_cached("select pos from position where origin = $1")?;
    let pos: Option<i64> = statement.query_row([origin.as_str()], |row| row.get(0)).optional()?;
    Ok(pos.unwrap_or(0).cast_unsigned())
}

fn keep_positions(connection: &Connection, positions: impl Iterator<Item = (Origin, u64)>) -> Result<(), Error> {
    let mut highest = std::collections::BTreeMap::new();
    for (origin, pos) in positions {
        let kept: &mut (Origin, u64) = highest.entry(origin.to_string()).or_insert((origin, pos));
        kept.1 = kept.1.max(pos);
    }
    let mut statement = connection.prepare_cached(
        "insert into position (origin, pos) values ($1, $2) on conflict (origin) do update set pos = max(pos, excluded.pos)",
    )?;
    for (origin, pos) in highest.values() {
        statement.execute(params![origin.as_str(), pos.cast_signed()])?;
    }
    Ok(())
}

fn keep_labels(connection: &Connection, labels: &Labels) -> Result<(), Error> {
    let mut statement =
        connection.prepare_cached("insert or ignore into label (field, number, text) values ($1, $2, $3)")?;
    for (field, list) in [&labels.kinds, &labels.statuses, &labels.grades].into_iter().enumerate() {
        for (number, text) in list.iter().enumerate() {
            statement.execute(params![field as i64, number as i64, text])?;
        }
    }
    Ok(())
}

fn generation(connection: &Connection) -> Result<u64, Error> {
    let number: Option<i64> =
        connection.query_row("select value from meta where name = 'generation'", [], |row| row.get(0)).optional()?;
    Ok(number.unwrap_or(0).cast_unsigned())
}

fn keep_generation(connection: &Connection, number: u64) -> Result<(), Error> {
    let sql = "insert into meta (name, value) values ('generation', $1) on conflict (name) do update set value = excluded.value";
    connection.execute(sql, [number.cast_signed()])?;
    Ok(())
}

fn segment_path(path: &Path, generation: u64) -> PathBuf {
    path.with_added_extension(format!("{generation}.seg"))
}

/// Removes segments and runs of other generations, left by a merge that ended or was cut short. Searches under way keep what
/// they have mapped.
fn sweep(path: &Path, keep: u64) {
    let keep = segment_path(path, keep);
    let (Some(folder), Some(stem)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else { return };
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    for file in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = file.file_name();
        let ours = name.to_str().is_some_and(|name| name.starts_with(stem))
            && file.path().extension().is_some_and(|end| end == "seg");
        if ours && Some(name.as_os_str()) != keep.file_name() {
            // A file that cannot be removed now is tried again next time.
            let _ = std::fs::remove_file(file.path());
        }
    }
}

/// Sorted runs of a rebuild, on disk.
struct Runs<'a> {
    path: &'a Path,
    buffer: Vec<Entry>,
    files: Vec<PathBuf>,
}

impl Runs<'_> {
    fn push(&mut self, entries: Vec<Entry>) -> Result<(), Error> {
        self.buffer.extend(entries);
        if self.buffer.len() >= RUN { self.flush() } else { Ok(()) }
    }

    fn flush(&mut self) -> Result<(), Error> {
        let mut entries = std::mem::take(&mut self.buffer);
        entries.sort_unstable_by(Entry::order);
        let file = self.path.with_added_extension(format!("run{}.seg", self.files.len()));
        let mut writer = SegmentWriter::create(&file, false)?;
        for entry in entries {
            writer.push(entry)?;
        }
        writer.finish()?;
        self.files.push(file);
        Ok(())
    }

    fn merge(mut self, to: &Path) -> Result<Segment, Error> {
        self.flush()?;
        let runs = self.files.iter().map(|file| Segment::open(file)).collect::<Result<Vec<_>, _>>()?;
        let mut sources: Vec<_> = runs.iter().map(|run| run.entries(&[]).peekable()).collect();
        let mut writer = SegmentWriter::create(to, true)?;
        loop {
            // A dozen runs: looking at each is as good as a heap.
            let mut best: Option<(usize, Entry)> = None;
            for (at, source) in sources.iter_mut().enumerate() {
                let better = source
                    .peek()
                    .is_some_and(|entry| best.as_ref().is_none_or(|(_, known)| entry.order(known).is_lt()));
                if better {
                    best = source.peek().cloned().map(|entry| (at, entry));
                }
            }
            let Some((at, entry)) = best else { break };
            sources[at].next();
            writer.push(entry)?;
        }
        writer.finish()?;
        for file in &self.files {
            std::fs::remove_file(file)?;
        }
        Segment::open(to)
    }
}
