//! Entries (留痕记录): who did what to which subject, when, on whose behalf, why, by which edition, with what effect.
use base::{AreaCode, Date, EntryId, Instant, Origin};
use serde::{Deserialize, Serialize};
use vault::Digest;

use crate::{Batch, Canonical};

/// What an entry is about. Each subject has a chain of its own per origin, and in practice one: an organization's and a
/// case's origin never change. Printed and stored as `kind/id`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Subject {
    /// `org`, `case`, `person`, `catalogue`, `account`, `import`... Holds no slash.
    pub kind: String,
    /// Its identity within the kind, usually a ULID.
    pub id: String,
}

impl std::fmt::Display for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.kind, self.id)
    }
}

/// A text that is not `kind/id`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是有效的留痕对象（应为“类别/编号”）")]
pub struct InvalidSubject(pub String);

impl std::str::FromStr for Subject {
    type Err = InvalidSubject;
    fn from_str(text: &str) -> Result<Self, InvalidSubject> {
        match text.split_once('/') {
            Some((kind, id)) if !kind.is_empty() && !id.is_empty() => {
                Ok(Self { kind: kind.to_owned(), id: id.to_owned() })
            }
            _ => Err(InvalidSubject(text.to_owned())),
        }
    }
}

/// The digest algorithm of an entry. A second one can be added without touching old entries.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub enum Algorithm {
    /// GB/T 32905-2016.
    #[default]
    #[serde(rename = "SM3")]
    Sm3,
}

impl Algorithm {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Sm3 => "SM3",
        }
    }

    /// The algorithm stored under that name.
    pub fn find(name: &str) -> Option<Self> {
        (name == "SM3").then_some(Self::Sm3)
    }
}

/// That an act wrote one row, or deleted it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct RowProof {
    /// Table name.
    pub table: String,
    /// Primary key as text, its parts joined by `/` in key order.
    pub key: String,
    /// [`crate::row_digest`] of the row as written; none when the act deleted it.
    pub digest: Option<Digest>,
}

/// Everything an act says of itself, before it takes its place in a chain.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Draft {
    /// The entry's own identity.
    pub id: EntryId,
    /// Shard key; with the subject it names the chain.
    pub origin: Origin,
    /// What the act was done to.
    pub subject: Subject,
    /// Wall clock (时刻).
    pub at: Instant,
    /// Business date (业务日期), which `--now` may set.
    pub business_date: Date,
    /// Account that acted, or `system`.
    pub actor: String,
    /// Organization or person acted for (代办), if another than the actor.
    pub on_behalf_of: Option<String>,
    /// Desk (岗位) the actor sat at.
    pub desk: String,
    /// Area of that desk; none for applicants and the public.
    pub area: Option<AreaCode>,
    /// The verb's id.
    pub act: String,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// Digest of the matter edition (事项版本) the act ran under.
    pub edition: Option<Digest>,
    /// Digest of the facts the decision read.
    pub facts: Option<Digest>,
    /// JSON: before and after by field. Personal values only as `{"enc":person,"ct":…}` ([`vault::Sealed`]).
    pub change: String,
    /// Rows written by a small act.
    pub rows: Vec<RowProof>,
    /// Digests of the files the act names.
    pub files: Vec<Digest>,
    /// Rows written by a bulk act.
    pub batch: Option<Batch>,
    /// For the first entry of a subject that a bulk act brought in: that act's entry. Its `prev` is then the row's Merkle leaf.
    pub from_batch: Option<EntryId>,
}

/// One link of a chain. Never changed once written.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Entry {
    /// What it says.
    pub draft: Draft,
    /// Position in the subject's chain, from 1, without gaps.
    pub seq: u64,
    /// How `digest` was made.
    pub alg: Algorithm,
    /// Digest of the entry before it; [`Digest::ZERO`] or a batch leaf for the first.
    pub prev: Digest,
    /// Digest of [`Entry::canonical`].
    pub digest: Digest,
}

/// Where a new entry takes its place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Start {
    /// The subject has no history.
    New,
    /// A bulk act brought the subject in: that act's entry, and [`crate::merkle::leaf`] of the subject's row digest.
    Leaf(EntryId, Digest),
    /// After the subject's head: its `seq` and digest.
    After(u64, Digest),
}

/// Puts `draft` at its place in its subject's chain. `from_batch` in the draft is set from `start`.
pub fn chain(start: Start, mut draft: Draft) -> Entry {
    let (seq, prev) = match start {
        Start::New => (1, Digest::ZERO),
        Start::Leaf(_, leaf) => (1, leaf),
        Start::After(seq, digest) => (seq + 1, digest),
    };
    draft.from_batch = if let Start::Leaf(batch, _) = start { Some(batch) } else { None };
    let mut entry = Entry { draft, seq, alg: Algorithm::Sm3, prev, digest: Digest::ZERO };
    entry.digest = entry.computed();
    entry
}

impl Entry {
    /// The bytes the digest covers: everything but the digest itself, in the order of `docs/JOURNAL.md`.
    pub fn canonical(&self) -> Canonical {
        // Taken apart by name, so that a new field cannot be forgotten here.
        let Self { draft, seq, alg, prev, digest: _ } = self;
        let Draft { id, origin, subject, at, business_date, actor, on_behalf_of, desk, area, act, .. } = draft;
        let Draft { reason, edition, facts, change, rows, files, batch, from_batch, .. } = draft;
        Canonical::new("yishe/entry/1")
            .text(alg.as_str())
            .text(&id.to_string())
            .text(origin.as_str())
            .text(&subject.kind)
            .text(&subject.id)
            .count(*seq)
            .digest(prev)
            .int(at.0)
            .text(&business_date.to_string())
            .text(actor)
            .maybe(on_behalf_of.as_deref(), Canonical::text)
            .text(desk)
            .maybe(area.as_ref(), |out, area| out.text(area.as_str()))
            .text(act)
            .maybe(reason.as_deref(), Canonical::text)
            .maybe(edition.as_ref(), Canonical::digest)
            .maybe(facts.as_ref(), Canonical::digest)
            .text(change)
            .list(rows, |out, row| out.text(&row.table).text(&row.key).maybe(row.digest.as_ref(), Canonical::digest))
            .list(files, Canonical::digest)
            .maybe(batch.as_ref(), |out, batch| out.count(batch.count).digest(&batch.root))
            .maybe(from_batch.as_ref(), |out, entry| out.text(&entry.to_string()))
    }

    /// What `digest` must be.
    pub fn computed(&self) -> Digest {
        match self.alg {
            Algorithm::Sm3 => self.canonical().sm3(),
        }
    }

    /// The place after this entry.
    pub fn next(&self) -> Start {
        Start::After(self.seq, self.digest)
    }
}
