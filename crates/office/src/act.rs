//! One act (一次办理): rows, journal entry, change rows and jobs in one transaction, or nothing. Every write of the platform
//! passes through [`Office::act`]; the tables that may be written outside it are named in [`UNJOURNALLED`].
use std::collections::BTreeMap;

use authority::{Actor, DeskId};
use base::{AreaCode, Date, EntryId, Instant, Origin};
use journal::{RowProof, Subject, Value, row_digest};
use serde_json::Value as Json;
use store::change::Change;
use store::journal::Former;
use store::{Arg, Record, Tx, Written};
use vault::Digest;

use crate::{Office, Refused};

/// Tables whose rows are no acts: sign-in traffic, work in progress that nobody relies on yet, and what is derived.
/// (`account_login` repeats `account.login` to make it unique; its key must not stand in entries, which nothing erases; nor must that
/// of `outside_identity`. A message in `outbox` is named by its digest in the entry of its act; its state is traffic.)
pub const UNJOURNALLED: &[&str] = &[
    "meta",
    "follower",
    "session",
    "login_attempt",
    "draft",
    "pending_act",
    "notice",
    "watch",
    "job",
    "idempotency",
    "import_reject",
    "cube_count",
    "change",
    "change_counter",
    "journal_entry",
    "journal_head",
    "journal_former",
    "seal",
    "seal_head",
    "number_series",
    "account_login",
    "scan_waiting",
    "outbox",
    "outside_identity",
];

/// What an act says of itself before it runs.
#[derive(Clone, Debug)]
pub struct Deed {
    /// Shard of the subject.
    pub origin: Origin,
    /// What it is done to: `org`, `case`, `account`, `import`...
    pub subject: Subject,
    /// What is done: a verb's or use case's stable name.
    pub act: String,
    /// Who does it: an account, or `system`.
    pub actor: String,
    /// At which desk.
    pub desk: DeskId,
    /// The desk's area; none for applicants and the public.
    pub area: Option<AreaCode>,
    /// For whom, if for another.
    pub on_behalf_of: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// The matter edition it runs under.
    pub edition: Option<Digest>,
    /// Digest of the facts that the decision read.
    pub facts: Option<Digest>,
}

impl Deed {
    /// `act` on `subject` by `actor`, seated at its first fitting desk.
    pub fn by(actor: &Actor, origin: Origin, kind: &str, id: impl std::fmt::Display, act: &str) -> Self {
        let post = actor.posts.first();
        let desk = post.map_or_else(
            || DeskId::new(if actor.is_system() { DeskId::SYSTEM } else { DeskId::APPLICANT }),
            |post| post.desk.clone(),
        );
        Self {
            origin,
            subject: Subject { kind: kind.to_owned(), id: id.to_string() },
            act: act.to_owned(),
            actor: if actor.is_system() { "system".to_owned() } else { actor.account.to_string() },
            desk,
            area: post.map(|post| post.area.clone()),
            on_behalf_of: None,
            reason: None,
            edition: None,
            facts: None,
        }
    }

    /// Seated at this desk of this area.
    pub fn at(mut self, desk: &DeskId, area: &AreaCode) -> Self {
        self.desk = desk.clone();
        self.area = Some(area.clone());
        self
    }

    /// With this reason.
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into()).filter(|reason| !reason.is_empty());
        self
    }
}

/// An act under way: the transaction, and everything its journal entry will say.
pub struct Work<'a, 'c> {
    /// The transaction, for reading. Write through the methods here, so that the entry knows.
    pub tx: &'a mut Tx<'c>,
    /// Identity of the entry being made; rows carry it in their `entry` column.
    pub entry: EntryId,
    /// Wall clock.
    pub at: Instant,
    /// Business date.
    pub today: Date,
    /// The deed, which the act may complete (edition, facts, reason) as it learns them.
    pub deed: Deed,
    rows: BTreeMap<(String, String), Option<Digest>>,
    files: Vec<Digest>,
    changed: serde_json::Map<String, Json>,
}

impl Work<'_, '_> {
    /// Inserts a record.
    pub fn insert<R: Record>(&mut self, record: &R) -> Result<(), Refused> {
        Ok(self.tx.insert(record)?)
    }

    /// Updates a record; one with a `rev` must carry the new one.
    pub fn update<R: Record>(&mut self, record: &R) -> Result<(), Refused> {
        Ok(self.tx.update(record)?)
    }

    /// Inserts a record or replaces the one with its key.
    pub fn upsert<R: Record>(&mut self, record: &R) -> Result<(), Refused> {
        Ok(self.tx.upsert(record)?)
    }

    /// Inserts one of many rows of a bulk act: the entry carries one Merkle root for all of them. Never delete such a row.
    pub fn insert_bulk<R: Record>(&mut self, record: &R) -> Result<(), Refused> {
        self.tx.insert(record)?;
        self.tx.mark_bulk();
        Ok(())
    }

    /// Says that a statement (not a record) of this act changed or deleted the row with this key; looks what is there now.
    /// Such a statement must set `entry`.
    pub fn touched<R: Record>(&mut self, key: &[Arg<'_>]) -> Result<(), Refused> {
        let (table, text, digest) = match self.tx.find_record::<R>(key)? {
            Some(record) => {
                let (table, text, digest) = proof_of(&record);
                (table, text, Some(digest))
            }
            None => (R::TABLE.to_owned(), key.iter().map(key_part).collect::<Vec<_>>().join("/"), None),
        };
        self.rows.insert((table, text), digest);
        Ok(())
    }

    /// Says that the act deleted a row.
    pub fn deleted(&mut self, table: &str, key: &str) {
        self.rows.insert((table.to_owned(), key.to_owned()), None);
    }

    /// Names a file that the act relies on.
    pub fn relies_on(&mut self, file: Digest) {
        self.files.push(file);
    }

    /// Adds to what the entry says was changed. Never a personal value in the clear.
    pub fn note(&mut self, field: &str, value: impl Into<Json>) {
        self.changed.insert(field.to_owned(), value.into());
    }

    /// Announces the change to followers; `public` is what everybody may know of it.
    pub fn announce(&mut self, kind: &str, subject: impl std::fmt::Display, public: Option<Json>) {
        let change = Change {
            origin: self.deed.origin,
            entry: self.entry,
            kind: kind.to_owned(),
            subject: subject.to_string(),
            day: self.today,
            public,
        };
        self.tx.announce(change);
    }

    /// What the act's records wrote, as proofs; rows of bulk acts apart. What a bulk act wrote and this one rewrote is kept.
    fn proofs(&mut self) -> Result<Vec<Digest>, Refused> {
        let (mut bulk, mut bulk_acts) = (Vec::new(), BTreeMap::new());
        for written in self.tx.take_written() {
            if UNJOURNALLED.contains(&written.table) {
                continue;
            }
            let (key, digest) = digest_of_row(written.table, written.columns, written.key, &written.values);
            if let Some(before) = &written.before {
                self.keep_former(&written, before, &mut bulk_acts)?;
            }
            if written.bulk {
                bulk.push(digest);
            } else {
                self.rows.insert((written.table.to_owned(), key), Some(digest));
            }
        }
        let mut places: BTreeMap<Origin, usize> = BTreeMap::new();
        for change in self.tx.announced().iter().filter(|change| change.entry == self.entry) {
            let place = places.entry(change.origin).or_default();
            *place += 1;
            let digest = digest_of_change(change);
            if bulk.is_empty() {
                self.rows.insert(("change".to_owned(), change_key(change.origin, self.entry, *place)), Some(digest));
            } else {
                bulk.push(digest);
            }
        }
        Ok(bulk)
    }

    /// A bulk act's Merkle root needs every row it wrote: keeps the digest of one that is rewritten now.
    fn keep_former(
        &mut self,
        written: &Written,
        before: &[Arg<'static>],
        bulk_acts: &mut BTreeMap<EntryId, bool>,
    ) -> Result<(), Refused> {
        let stamp = written.columns.iter().position(|column| *column == "entry").and_then(|at| before.get(at));
        let Some(Arg::Text(Some(stamp))) = stamp else { return Ok(()) };
        let stamp: EntryId = stamp.parse().map_err(Refused::internal)?;
        if stamp == self.entry {
            return Ok(());
        }
        let is_bulk = match bulk_acts.get(&stamp) {
            Some(known) => *known,
            None => store::journal::find_place(self.tx, stamp)?.is_some_and(|place| place.root.is_some()),
        };
        bulk_acts.insert(stamp, is_bulk);
        let (key, digest) = digest_of_row(written.table, written.columns, written.key, before);
        if !is_bulk {
            return Ok(());
        }
        let former =
            Former { entry: stamp, table_name: written.table.to_owned(), key, digest: digest.as_bytes().to_vec() };
        Ok(self.tx.insert(&former)?)
    }

    /// Does a part of the act on a second subject: what `body` writes and announces is proven by an entry of its own, `entry`, on
    /// that subject's chain, in the same transaction. A decided case founds an organization; both chains tell it.
    pub fn also<T>(
        &mut self,
        deed: Deed,
        entry: EntryId,
        body: impl FnOnce(&mut Self) -> Result<T, Refused>,
    ) -> Result<T, Refused> {
        if !self.proofs()?.is_empty() {
            return Err(Refused::internal("a bulk act touches one subject"));
        }
        let deed = std::mem::replace(&mut self.deed, deed);
        let entry = std::mem::replace(&mut self.entry, entry);
        let (rows, files) = (std::mem::take(&mut self.rows), std::mem::take(&mut self.files));
        let changed = std::mem::take(&mut self.changed);
        let result = body(self)?;
        self.close()?;
        (self.deed, self.entry, self.rows, self.files, self.changed) = (deed, entry, rows, files, changed);
        Ok(result)
    }

    /// Appends the entry. Called once, after the act's body.
    fn finish(mut self) -> Result<(), Refused> {
        self.close()
    }

    /// Appends the entry for what was written since the last one.
    fn close(&mut self) -> Result<(), Refused> {
        let bulk = self.proofs()?;
        let Deed { origin, subject, act, actor, desk, area, on_behalf_of, reason, edition, facts } = self.deed.clone();
        let rows = std::mem::take(&mut self.rows);
        let rows = rows.into_iter().map(|((table, key), digest)| RowProof { table, key, digest }).collect();
        let draft = journal::Draft {
            id: self.entry,
            origin,
            subject,
            at: self.at,
            business_date: self.today,
            actor,
            on_behalf_of,
            desk: desk.as_str().to_owned(),
            area,
            act,
            reason,
            edition,
            facts,
            change: Json::Object(std::mem::take(&mut self.changed)).to_string(),
            rows,
            files: std::mem::take(&mut self.files),
            batch: (!bulk.is_empty()).then(|| journal::batch_of(bulk)),
            from_batch: None,
        };
        crate::ledger::append(self.tx, draft)?;
        Ok(())
    }
}

/// A record's table, key and digest as its entry proves them.
pub fn proof_of<R: Record>(record: &R) -> (String, String, Digest) {
    let (key, digest) = digest_of_row(R::TABLE, R::COLUMNS, R::KEY, &record.args());
    (R::TABLE.to_owned(), key, digest)
}

/// Columns that no row digest covers: `entry` is the stamp itself; the others may be set later without rewriting the fact.
pub const LOOSE: &[&str] = &["entry", "superseded_at", "read_at", "used_step"];

/// The key as text and the digest of a row of any table, from its columns.
pub fn digest_of_row(table: &str, columns: &[&'static str], key: &[&str], values: &[Arg<'_>]) -> (String, Digest) {
    let mut proven = Vec::with_capacity(columns.len());
    let mut parts = vec![String::new(); key.len()];
    for (name, arg) in columns.iter().zip(values) {
        if let Some(at) = key.iter().position(|part| part == name) {
            parts[at] = key_part(arg);
        }
        if !LOOSE.contains(name) {
            proven.push((*name, value_of(arg)));
        }
    }
    (parts.join("/"), row_digest(table, &proven))
}

/// What an entry proves of a change row: everything but its position, which is known only at the commit and runs without gaps.
pub fn digest_of_change(change: &Change) -> Digest {
    let public = change.public.as_ref().map_or(Value::Null, |public| Value::Text(public.to_string()));
    let columns = [
        ("origin", Value::Text(change.origin.to_string())),
        ("kind", Value::Text(change.kind.clone())),
        ("subject", Value::Text(change.subject.clone())),
        ("day", Value::Text(change.day.to_string())),
        ("public", public),
    ];
    row_digest("change", &columns)
}

/// The key of a change row in proofs: its origin, its entry, and which of the entry's changes there it is, from 1.
pub(crate) fn change_key(origin: Origin, entry: EntryId, place: usize) -> String {
    format!("{origin}/{entry}/{place}")
}

fn key_part(arg: &Arg<'_>) -> String {
    match arg {
        Arg::Int(Some(number)) => number.to_string(),
        Arg::Text(Some(text)) => text.to_string(),
        Arg::Bytes(Some(bytes)) => hex(bytes),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => String::new(),
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|half| char::from(DIGITS[usize::from(half)])).collect()
}

fn value_of(arg: &Arg<'_>) -> Value {
    match arg {
        Arg::Int(Some(number)) => Value::Int(*number),
        Arg::Text(Some(text)) => Value::Text(text.to_string()),
        Arg::Bytes(Some(bytes)) => Value::Bytes(bytes.to_vec()),
        Arg::Int(None) | Arg::Text(None) | Arg::Bytes(None) => Value::Null,
    }
}

impl Office {
    /// Does one act: `body` loads, decides and writes through [`Work`]; then the entry, the change rows and the counters are
    /// written and all is committed. If anything refuses, nothing happened.
    pub fn act<T, F>(&self, deed: Deed, body: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_, '_>) -> Result<T, Refused> + Send + 'static,
    {
        let (at, today) = (self.clock.now(), self.clock.today());
        let entry = EntryId::fresh_at(at, &self.rng);
        self.db.write(move |tx| {
            tx.remember_writes();
            let mut work = Work {
                tx,
                entry,
                at,
                today,
                deed,
                rows: BTreeMap::new(),
                files: Vec::new(),
                changed: serde_json::Map::new(),
            };
            let result = body(&mut work)?;
            work.finish()?;
            Ok(result)
        })
    }
}
