//! Seals (封存): every ten minutes, and each night for publication, one digest over all chains that moved.
use base::{Instant, Origin};
use serde::{Deserialize, Serialize};
use vault::Digest;

use crate::{Canonical, Entry, Subject, merkle};

/// The last entry of a subject's chain at some moment; a leaf of a seal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize, Deserialize)]
pub struct Head {
    /// Shard key of the subject.
    pub origin: Origin,
    /// Whose chain.
    pub subject: Subject,
    /// Its length.
    pub seq: u64,
    /// Digest of its last entry.
    pub digest: Digest,
}

impl Head {
    /// The head a chain has with `entry` at its end.
    pub fn of(entry: &Entry) -> Self {
        Self { origin: entry.draft.origin, subject: entry.draft.subject.clone(), seq: entry.seq, digest: entry.digest }
    }

    /// Its hash as a leaf of the seal's tree.
    pub fn leaf(&self) -> Digest {
        let Self { origin, subject, seq, digest } = self;
        let bytes = Canonical::new("yishe/head/1")
            .text(origin.as_str())
            .text(&subject.kind)
            .text(&subject.id)
            .count(*seq)
            .digest(digest);
        merkle::leaf(bytes.as_bytes())
    }
}

/// One seal. Each covers the heads that changed since the one before, and the one before itself.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Number, from 1, without gaps.
    pub no: u64,
    /// Wall clock.
    pub at: Instant,
    /// Merkle root over the heads, ordered by origin, kind, subject.
    pub heads_root: Digest,
    /// How many heads.
    pub count: u64,
    /// Digest of the seal before; [`Digest::ZERO`] for the first.
    pub prev: Digest,
    /// Digest of the fields above and `nightly`.
    pub digest: Digest,
    /// The one that is published.
    pub nightly: bool,
}

/// Two heads for one subject were offered to one seal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("同一对象 {0} 在一次封存中出现两次，未封存。请运行留痕核验 / subject offered twice to one seal")]
pub struct RepeatedHead(pub Subject);

impl Seal {
    /// Seals `heads` after `prev`. Sorts `heads` into leaf order.
    pub fn after(prev: Option<&Self>, at: Instant, nightly: bool, heads: &mut [Head]) -> Result<Self, RepeatedHead> {
        heads.sort();
        for pair in heads.windows(2) {
            if let [one, two] = pair
                && one.origin == two.origin
                && one.subject == two.subject
            {
                return Err(RepeatedHead(one.subject.clone()));
            }
        }
        let mut seal = Self {
            no: prev.map_or(1, |prev| prev.no + 1),
            at,
            heads_root: Self::root_of(heads),
            count: heads.len() as u64,
            prev: prev.map_or(Digest::ZERO, |prev| prev.digest),
            digest: Digest::ZERO,
            nightly,
        };
        seal.digest = seal.computed();
        Ok(seal)
    }

    /// The root over these heads, in whatever order they come.
    pub fn root_of(heads: &[Head]) -> Digest {
        let mut ordered: Vec<&Head> = heads.iter().collect();
        ordered.sort();
        merkle::root_of(&ordered.into_iter().map(Head::leaf).collect::<Vec<_>>())
    }

    /// What `digest` must be.
    pub fn computed(&self) -> Digest {
        let Self { no, at, heads_root, count, prev, digest: _, nightly } = self;
        Canonical::new("yishe/seal/1")
            .count(*no)
            .int(at.0)
            .digest(heads_root)
            .count(*count)
            .digest(prev)
            .tag(u8::from(*nightly))
            .sm3()
    }
}
