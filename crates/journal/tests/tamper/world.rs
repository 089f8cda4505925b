//! A small whole world of entries, heads, seals, rows and files, kept in memory, for tests to tamper with.
use std::collections::{BTreeMap, BTreeSet};

use base::{EntryId, Instant, Origin, Rng};
use journal::{
    Batch, CurrentRow, Depth, Draft, Entry, Evidence, Head, Report, RowProof, Seal, Standing, Start, Stop, StoredFile,
    Subject, Value, Verifier, batch_of, chain, merkle, row_digest,
};
use vault::{Digest, sm3};

/// A row of an invented table `thing(id, word)`.
#[derive(Clone, Debug)]
pub struct Row {
    pub key: String,
    pub word: String,
    pub entry: EntryId,
}

impl Row {
    pub fn digest(&self) -> Digest {
        digest(&self.key, &self.word)
    }

    fn current(&self) -> CurrentRow {
        CurrentRow { table: "thing".into(), key: self.key.clone(), entry: self.entry, digest: self.digest() }
    }
}

fn digest(key: &str, word: &str) -> Digest {
    row_digest("thing", &[("id", Value::Text(key.into())), ("word", Value::Text(word.into()))])
}

#[derive(Clone, Debug, Default)]
pub struct World {
    pub entries: Vec<Entry>,
    pub heads: BTreeMap<Subject, Head>,
    pub seals: Vec<(Seal, Vec<Head>)>,
    pub rows: Vec<Row>,
    pub files: BTreeMap<Digest, Vec<u8>>,
    pub erased: BTreeSet<Digest>,
    unsealed: BTreeSet<Subject>,
}

pub fn subject(kind: &str, id: &str) -> Subject {
    Subject { kind: kind.into(), id: id.into() }
}

pub fn draft(rng: &Rng, subject: Subject, at: i64) -> Draft {
    Draft {
        id: EntryId::fresh_at(Instant(at), rng),
        origin: "990101".parse().unwrap(),
        subject,
        at: Instant(at),
        business_date: Instant(at).date(),
        actor: "01H00000000000000000000001".into(),
        on_behalf_of: Some("01H00000000000000000000002".into()),
        desk: "intake".into(),
        area: Some("990101".parse().unwrap()),
        act: "accept".into(),
        reason: Some("材料齐全".into()),
        edition: Some(sm3(b"edition")),
        facts: Some(sm3(b"facts")),
        change: r#"{"name":["","某协会"]}"#.into(),
        rows: vec![],
        files: vec![],
        batch: None,
        from_batch: None,
    }
}

impl World {
    /// Three acts on one organization and two on another (one deleting a row), one bulk act of three rows, and an
    /// organization that begins at one of them; sealed twice.
    pub fn whole() -> (Self, Rng) {
        let (mut world, rng) = (Self::default(), Rng::seeded(77));
        let (a, b) = (subject("organization", "A"), subject("organization", "B"));
        let file = sm3(b"minutes");
        world.files.insert(file, b"minutes".to_vec());
        world.act(&rng, &a, 1000, &[("a1", Some("one")), ("a2", Some("two"))], &[file]);
        world.act(&rng, &b, 2000, &[("b1", Some("one"))], &[]);
        world.act(&rng, &a, 3000, &[("a1", Some("rewritten"))], &[file]);
        world.seal(4000);
        world.act(&rng, &b, 5000, &[("b1", None)], &[]);
        world.act(&rng, &a, 6000, &[("a3", Some("three"))], &[]);
        world.bulk(&rng, 7000);
        world.seal(8000);
        world.entries.sort_by(|one, two| (&one.draft.subject, one.seq).cmp(&(&two.draft.subject, two.seq)));
        (world, rng)
    }

    fn act(&mut self, rng: &Rng, subject: &Subject, at: i64, rows: &[(&str, Option<&str>)], files: &[Digest]) {
        let mut draft = draft(rng, subject.clone(), at);
        draft.files = files.to_vec();
        for (key, word) in rows {
            draft.rows.push(RowProof {
                table: "thing".into(),
                key: (*key).into(),
                digest: word.map(|word| digest(key, word)),
            });
            self.rows.retain(|row| row.key != *key);
            if let Some(word) = word {
                self.rows.push(Row { key: (*key).into(), word: (*word).into(), entry: draft.id });
            }
        }
        let start = self.heads.get(subject).map_or(Start::New, |head| Start::After(head.seq, head.digest));
        self.push(chain(start, draft));
    }

    fn bulk(&mut self, rng: &Rng, at: i64) {
        let mut draft = draft(rng, subject("import", "I"), at);
        let rows: Vec<Row> = ["i1", "i2", "i3"]
            .iter()
            .map(|key| Row { key: (*key).into(), word: "imported".into(), entry: draft.id })
            .collect();
        let batch: Batch = batch_of(rows.iter().map(Row::digest).collect());
        draft.batch = Some(batch);
        let leaf = merkle::leaf(rows[1].digest().as_bytes());
        let id = draft.id;
        self.rows.extend(rows);
        self.push(chain(Start::New, draft));
        let first = self::draft(rng, subject("organization", "C"), at + 500);
        self.push(chain(Start::Leaf(id, leaf), first));
    }

    fn push(&mut self, entry: Entry) {
        self.heads.insert(entry.draft.subject.clone(), Head::of(&entry));
        self.unsealed.insert(entry.draft.subject.clone());
        self.entries.push(entry);
    }

    fn seal(&mut self, at: i64) {
        let mut heads: Vec<Head> = self.unsealed.iter().map(|subject| self.heads[subject].clone()).collect();
        let last = self.seals.last().map(|(seal, _)| seal);
        let seal = Seal::after(last, Instant(at), false, &mut heads).unwrap();
        self.seals.push((seal, heads));
        self.unsealed.clear();
    }

    /// Position of an entry.
    pub fn at(&self, id: &str, seq: u64) -> usize {
        self.entries.iter().position(|entry| entry.draft.subject.id == id && entry.seq == seq).unwrap()
    }

    pub fn row(&mut self, key: &str) -> &mut Row {
        self.rows.iter_mut().find(|row| row.key == key).unwrap()
    }

    /// What an attacker with the program's own code can do: make every chain and head consistent again.
    pub fn rechain(&mut self) {
        let mut last: BTreeMap<Subject, Head> = BTreeMap::new();
        for entry in &mut self.entries {
            let start = match (last.get(&entry.draft.subject), entry.draft.from_batch) {
                (Some(head), _) => Start::After(head.seq, head.digest),
                (None, Some(batch)) => Start::Leaf(batch, entry.prev),
                (None, None) => Start::New,
            };
            *entry = chain(start, entry.draft.clone());
            last.insert(entry.draft.subject.clone(), Head::of(entry));
        }
        self.heads = last;
    }

    /// The same for seals: leaves follow the entries, as far as there are entries.
    pub fn reseal(&mut self) {
        let entries = self.entries.clone();
        let mut last: Option<Seal> = None;
        for (seal, heads) in &mut self.seals {
            heads.retain_mut(|head| {
                let found = entries.iter().find(|e| e.draft.subject == head.subject && e.seq == head.seq);
                found.map(|entry| *head = Head::of(entry)).is_some()
            });
            *seal = Seal::after(last.as_ref(), seal.at, seal.nightly, heads).unwrap();
            last = Some(seal.clone());
        }
    }

    pub fn verify(&self, depth: Depth) -> Result<Report, Stop> {
        let mut evidence = self.clone();
        let mut verifier = Verifier::new(&mut evidence, depth);
        for entry in &self.entries {
            verifier.take(entry)?;
        }
        for (seal, heads) in &self.seals {
            verifier.take_seal(seal, heads)?;
        }
        verifier.finish()
    }

    /// The fault that verification names.
    pub fn fault(&self, depth: Depth) -> journal::Fault {
        match self.verify(depth) {
            Err(Stop::Broken(broken)) => {
                let shown = broken.to_string();
                assert!(shown.contains(" / ") && !broken.fault.chinese().is_empty(), "{shown}");
                broken.fault
            }
            other => panic!("expected a fault, got {other:?}"),
        }
    }
}

type Unread = Box<dyn std::error::Error + Send + Sync>;

impl Evidence for World {
    fn find_head(&mut self, origin: Origin, subject: &Subject) -> Result<Option<Head>, Unread> {
        Ok(self.heads.get(subject).filter(|head| head.origin == origin).cloned())
    }
    fn count_heads(&mut self) -> Result<u64, Unread> {
        Ok(self.heads.len() as u64)
    }
    fn find_digest(&mut self, origin: Origin, subject: &Subject, seq: u64) -> Result<Option<Digest>, Unread> {
        let of_chain = |e: &&Entry| e.draft.origin == origin && e.draft.subject == *subject;
        Ok(self.entries.iter().filter(of_chain).find(|e| e.seq == seq).map(|e| e.digest))
    }
    fn find_standing(&mut self, entry: EntryId) -> Result<Option<Standing>, Unread> {
        let found = self.entries.iter().find(|e| e.draft.id == entry);
        Ok(found.map(|e| Standing {
            origin: e.draft.origin,
            subject: e.draft.subject.clone(),
            seq: e.seq,
            at: e.draft.at,
        }))
    }
    fn rows_of(&mut self, entry: EntryId) -> Result<Vec<CurrentRow>, Unread> {
        Ok(self.rows.iter().filter(|row| row.entry == entry).map(Row::current).collect())
    }
    fn find_row(&mut self, table: &str, key: &str) -> Result<Option<CurrentRow>, Unread> {
        Ok(self.rows.iter().map(Row::current).find(|row| row.table == table && row.key == key))
    }
    fn holds_leaf(&mut self, batch: EntryId, leaf: &Digest) -> Result<bool, Unread> {
        Ok(self.rows.iter().any(|row| row.entry == batch && merkle::leaf(row.digest().as_bytes()) == *leaf))
    }
    fn find_orphan(&mut self) -> Result<Option<CurrentRow>, Unread> {
        let known: BTreeSet<EntryId> = self.entries.iter().map(|e| e.draft.id).collect();
        Ok(self.rows.iter().find(|row| !known.contains(&row.entry)).map(Row::current))
    }
    fn find_file(&mut self, digest: &Digest) -> Result<StoredFile, Unread> {
        Ok(match self.files.get(digest) {
            Some(content) => StoredFile::Present(sm3(content)),
            None if self.erased.contains(digest) => StoredFile::Erased,
            None => StoredFile::Missing,
        })
    }
}
