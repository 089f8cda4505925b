//! One act (一次办理): rows, journal entry, change rows and jobs in one transaction, or nothing. Every write of the platform
//! passes through [`Office::act`]; the tables that may be written outside it are named in [`UNJOURNALLED`].
use std::collections::BTreeMap;

use authority::{Actor, DeskId};
use base::{AreaCode, Date, EntryId, Instant, Origin};
use journal::{Batch, RowProof, Subject};
use serde_json::Value as Json;
use store::change::Change;
use store::journal::Former;
use store::{Arg, DbError, Record, Rows, Tx, Written};
use vault::Digest;

use crate::proof::key_part;
pub(crate) use crate::proof::{change_key, digest_of_change, digest_of_row, proof_of};
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
    /// `act` on `subject` by `actor`. Who holds one post acts under it; who holds several, under the one of the subject's own
    /// authority until [`Deed::sit`] says which post gave the right.
    pub fn by(actor: &Actor, origin: Origin, kind: &str, id: impl std::fmt::Display, act: &str) -> Self {
        let own = |post: &&authority::Post| Origin::of(&post.area) == origin;
        let post = actor.posts.iter().find(own).or_else(|| actor.posts.first());
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

    /// Done under this post (以什么岗位办理): the one that gave the right. Without one, for oneself.
    pub fn sit(&mut self, post: Option<&authority::Post>) {
        match post {
            Some(post) => (self.desk, self.area) = (post.desk.clone(), Some(post.area.clone())),
            None if self.actor != "system" => (self.desk, self.area) = (DeskId::new(DeskId::APPLICANT), None),
            None => {}
        }
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
    /// Rows of a bulk act that were made ready and are inserted, and what stands for all of them in the entry.
    ready: (u64, Option<Batch>),
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

    /// Inserts rows of a bulk act that were made ready; [`Work::vouch`] must cover them. Never delete such a row.
    pub(crate) fn insert_ready<R: Record>(&mut self, rows: &Rows<R>) -> Result<(), DbError> {
        self.ready.0 += rows.len() as u64;
        self.tx.insert_rows(rows)
    }

    /// The entry carries this one Merkle root for all rows made ready and all change rows of the act.
    pub(crate) fn vouch(&mut self, batch: Batch) {
        self.ready.1 = Some(batch);
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
            if self.ready.1.is_some() {
                self.ready.0 += 1;
                continue;
            }
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

    /// What stands for the rows of a bulk act, if it is one and all of them were written.
    fn batch(&mut self, bulk: Vec<Digest>) -> Result<Option<Batch>, Refused> {
        match (bulk.is_empty(), std::mem::take(&mut self.ready)) {
            (true, (0, None)) => Ok(None),
            (false, (0, None)) => Ok(Some(journal::batch_of(bulk))),
            (true, (count, Some(batch))) if batch.count == count => Ok(Some(batch)),
            (_, (count, batch)) => Err(Refused::internal(format!("{count} rows made ready, vouched for: {batch:?}"))),
        }
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
        if !self.proofs()?.is_empty() || self.ready.0 > 0 {
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
        crate::typed::admit(self.deed.reason.as_deref(), &self.changed, self.today)?;
        let bulk = self.proofs()?;
        let batch = self.batch(bulk)?;
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
            batch,
            from_batch: None,
        };
        crate::ledger::append(self.tx, draft)?;
        Ok(())
    }
}

/// Identity and moment of an act, fixed before anything is written.
#[derive(Clone, Copy, Debug)]
pub struct Stamp {
    /// Identity of its entry.
    pub entry: EntryId,
    /// Wall clock.
    pub at: Instant,
    /// Business date.
    pub today: Date,
}

impl Office {
    /// A stamp of now.
    pub fn stamp(&self) -> Stamp {
        let at = self.clock.now();
        Stamp { entry: EntryId::fresh_at(at, &self.rng), at, today: self.clock.today() }
    }

    /// Does one act: `body` loads, decides and writes through [`Work`]; then the entry, the change rows and the counters are
    /// written and all is committed. If anything refuses, nothing happened.
    pub fn act<T, F>(&self, deed: Deed, body: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_, '_>) -> Result<T, Refused> + Send + 'static,
    {
        self.db.write(whole(self.stamp(), deed, body))
    }

    /// Does one act of many, whose rows were made ready under `stamp`.
    pub(crate) fn act_in_bulk<T, F>(&self, stamp: Stamp, deed: Deed, body: F) -> Result<T, Refused>
    where
        T: Send + 'static,
        F: FnOnce(&mut Work<'_, '_>) -> Result<T, Refused> + Send + 'static,
    {
        self.db.write_bulk(whole(stamp, deed, body))
    }
}

/// The transaction of an act: its body, then its entry.
fn whole<T, F>(stamp: Stamp, deed: Deed, body: F) -> impl FnOnce(&mut Tx<'_>) -> Result<T, Refused> + Send + 'static
where
    T: Send + 'static,
    F: FnOnce(&mut Work<'_, '_>) -> Result<T, Refused> + Send + 'static,
{
    move |tx| {
        tx.remember_writes();
        let Stamp { entry, at, today } = stamp;
        let mut work = Work {
            tx,
            entry,
            at,
            today,
            deed,
            rows: BTreeMap::new(),
            ready: (0, None),
            files: Vec::new(),
            changed: serde_json::Map::new(),
        };
        let result = body(&mut work)?;
        work.finish()?;
        Ok(result)
    }
}
