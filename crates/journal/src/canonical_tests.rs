//! Canonical bytes read back to what was written, so no two entries share them; and a pinned example against drift.
use base::{EntryId, Instant, Rng};
use proptest::prelude::*;
use vault::{Digest, sm3};

use crate::{Algorithm, Batch, Draft, Entry, RowProof, Start, Subject, chain};

/// Reads canonical bytes back, by the layout in `docs/JOURNAL.md` and nothing else.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take(&mut self, count: usize) -> Vec<u8> {
        let (head, rest) = self.0.split_at(count);
        self.0 = rest;
        head.to_vec()
    }
    fn count(&mut self) -> u64 {
        u64::from_be_bytes(self.take(8).try_into().unwrap())
    }
    fn text(&mut self) -> String {
        let length = self.count() as usize;
        String::from_utf8(self.take(length)).unwrap()
    }
    fn digest(&mut self) -> Digest {
        Digest(self.take(32).try_into().unwrap())
    }
    fn maybe<T>(&mut self, read: impl FnOnce(&mut Self) -> T) -> Option<T> {
        (self.take(1)[0] == 1).then(|| read(self))
    }
    fn list<T>(&mut self, read: impl Fn(&mut Self) -> T) -> Vec<T> {
        (0..self.count()).map(|_| read(self)).collect()
    }

    fn entry(mut self) -> Entry {
        assert_eq!(self.text(), "yishe/entry/1");
        let alg = Algorithm::find(&self.text()).unwrap();
        let id = self.text().parse().unwrap();
        let origin = self.text().parse().unwrap();
        let subject = Subject { kind: self.text(), id: self.text() };
        let (seq, prev) = (self.count(), self.digest());
        let draft = Draft {
            id,
            origin,
            subject,
            at: Instant(self.count().cast_signed()),
            business_date: self.text().parse().unwrap(),
            actor: self.text(),
            on_behalf_of: self.maybe(Self::text),
            desk: self.text(),
            area: self.maybe(|reader| reader.text().parse().unwrap()),
            act: self.text(),
            reason: self.maybe(Self::text),
            edition: self.maybe(Self::digest),
            facts: self.maybe(Self::digest),
            change: self.text(),
            rows: self.list(|reader| RowProof {
                table: reader.text(),
                key: reader.text(),
                digest: reader.maybe(Self::digest),
            }),
            files: self.list(Self::digest),
            batch: self.maybe(|reader| Batch { count: reader.count(), root: reader.digest() }),
            from_batch: self.maybe(|reader| reader.text().parse().unwrap()),
        };
        assert!(self.0.is_empty(), "every byte is accounted for");
        Entry { draft, seq, alg, prev, digest: Digest::ZERO }
    }
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

fn entry() -> impl Strategy<Value = Entry> {
    let word = "[ab社]{0,3}";
    let who = (word, prop::option::of(word), word, word, prop::option::of(word), word);
    let what = (
        prop::option::of(digest()),
        prop::option::of(digest()),
        prop::collection::vec((word, word, prop::option::of(digest())), 0..3),
        prop::collection::vec(digest(), 0..3),
        prop::option::of((any::<u64>(), digest())),
        prop::option::of(any::<u128>()),
    );
    let place = (any::<u64>(), -1_000_000_000_000..4_000_000_000_000_i64, any::<u64>(), digest(), word, word);
    (who, what, place).prop_map(|(who, what, (id, at, seq, prev, kind, subject))| Entry {
        draft: Draft {
            id: EntryId::fresh_at(Instant(1), &Rng::seeded(id)),
            origin: base::Origin::none(),
            subject: Subject { kind, id: subject },
            at: Instant(at),
            business_date: Instant(at).date(),
            actor: who.0,
            on_behalf_of: who.1,
            desk: who.2,
            area: (seq % 2 == 0).then(base::AreaCode::nation),
            act: who.3,
            reason: who.4,
            edition: what.0,
            facts: what.1,
            change: who.5,
            rows: what.2.into_iter().map(|(table, key, digest)| RowProof { table, key, digest }).collect(),
            files: what.3,
            batch: what.4.map(|(count, root)| Batch { count, root }),
            from_batch: what.5.map(EntryId::from_bits),
        },
        seq,
        alg: Algorithm::Sm3,
        prev,
        digest: Digest::ZERO,
    })
}

proptest! {
    /// What can be read back without loss cannot be shared by two entries.
    #[test]
    fn canonical_bytes_read_back(entry in entry()) {
        prop_assert_eq!(Reader(entry.canonical().as_bytes()).entry(), entry);
    }

    #[test]
    fn an_entry_survives_json(mut entry in entry()) {
        entry.digest = entry.computed();
        let text = serde_json::to_string(&entry).unwrap();
        prop_assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
    }
}

/// The worked example of `docs/JOURNAL.md`.
fn example() -> Entry {
    let draft = Draft {
        id: "01K00000000000000000000001".parse().unwrap(),
        origin: "990101".parse().unwrap(),
        subject: Subject { kind: "organization".into(), id: "01K00000000000000000000002".into() },
        at: Instant::parse("2026-11-21T07:04:05.123Z").unwrap(),
        business_date: "2026-11-21".parse().unwrap(),
        actor: "01K00000000000000000000003".into(),
        on_behalf_of: None,
        desk: "decision".into(),
        area: Some("990101".parse().unwrap()),
        act: "approve".into(),
        reason: Some("符合条件".into()),
        edition: Some(sm3(b"edition")),
        facts: None,
        change: r#"{"status":["pending","active"]}"#.into(),
        rows: vec![RowProof { table: "t".into(), key: "1".into(), digest: Some(sm3(b"row")) }],
        files: vec![],
        batch: None,
        from_batch: None,
    };
    chain(Start::New, draft)
}

#[test]
fn the_documented_example_holds() {
    let example = example();
    let book = include_str!("../../../docs/JOURNAL.md");
    assert!(book.contains(&hex_of(example.canonical().as_bytes())), "{}", hex_of(example.canonical().as_bytes()));
    assert!(book.contains(&example.digest.to_string()), "{}", example.digest);
}

/// Hexadecimal in lines of 32 bytes, as the document prints it.
fn hex_of(bytes: &[u8]) -> String {
    let lines: Vec<String> = bytes.chunks(32).map(hex::encode).collect();
    lines.join("\n")
}

proptest! {
    #[test]
    fn a_subject_reads_back(kind in "[a-z_]{1,5}", id in "[A-Za-z0-9/]{1,6}", nonsense in "[^/]{0,9}/?") {
        let subject = Subject { kind, id };
        prop_assert_eq!(subject.to_string().parse::<Subject>().unwrap(), subject);
        prop_assert!(nonsense.parse::<Subject>().is_err());
    }
}
