//! Merkle trees in the shape of RFC 6962 §2.1, with SM3: a root stands for a list, a short path proves membership.
use serde::{Deserialize, Serialize};
use vault::{Digest, Hasher, sm3};

/// The hash of a leaf. `00` in front, so that no leaf can pass for a node.
pub fn leaf(data: &[u8]) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[0]);
    hasher.update(data);
    hasher.finish()
}

/// The hash of two subtrees. `01` in front.
pub fn node(left: &Digest, right: &Digest) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update(&[1]);
    hasher.update(left.as_bytes());
    hasher.update(right.as_bytes());
    hasher.finish()
}

/// The root over `leaves` in order; of none, SM3 of nothing.
pub fn root<'a>(leaves: impl Iterator<Item = &'a [u8]>) -> Digest {
    root_of(&leaves.map(leaf).collect::<Vec<_>>())
}

/// The root over leaf hashes.
pub fn root_of(hashes: &[Digest]) -> Digest {
    match hashes {
        [] => sm3(b""),
        [only] => *only,
        more => {
            let (left, right) = more.split_at(split(more.len()));
            node(&root_of(left), &root_of(right))
        }
    }
}

/// The largest power of two below `count`, for `count` of two or more.
fn split(count: usize) -> usize {
    1 << (count - 1).ilog2()
}

/// Proof that one leaf is in a tree of `count` leaves at position `at`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Inclusion {
    /// Position of the leaf, from 0.
    pub at: u64,
    /// Leaves in the tree.
    pub count: u64,
    /// Sibling hashes from the leaf upwards.
    pub path: Vec<Digest>,
}

/// The proof for position `at`; none beyond the end.
pub fn prove(hashes: &[Digest], at: usize) -> Option<Inclusion> {
    if at >= hashes.len() {
        return None;
    }
    let (mut part, mut here, mut path) = (hashes, at, Vec::new());
    while part.len() > 1 {
        let (left, right) = part.split_at(split(part.len()));
        if here < left.len() {
            path.push(root_of(right));
            part = left;
        } else {
            path.push(root_of(left));
            here -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(Inclusion { at: at as u64, count: hashes.len() as u64, path })
}

/// Whether `proof` leads from the leaf hash `leaf` to `root`. The count is the prover's claim: compare it with the sealed one.
pub fn proves(proof: &Inclusion, leaf: &Digest, root: &Digest) -> bool {
    if proof.at >= proof.count {
        return false;
    }
    // RFC 9162 §2.1.3.2.
    let (mut here, mut last, mut hash) = (proof.at, proof.count - 1, *leaf);
    for sibling in &proof.path {
        if last == 0 {
            return false;
        }
        if here & 1 == 1 || here == last {
            hash = node(sibling, &hash);
            while here & 1 == 0 && here != 0 {
                here >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        here >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hashes(count: usize) -> Vec<Digest> {
        (0..count).map(|at| leaf(&at.to_be_bytes())).collect()
    }

    #[test]
    fn small_trees_have_the_rfc_shape() {
        let h = hashes(5);
        assert_eq!(root_of(&[]), sm3(b""));
        assert_eq!(root_of(&h[..1]), h[0]);
        assert_eq!(root_of(&h[..3]), node(&node(&h[0], &h[1]), &h[2]));
        assert_eq!(root_of(&h), node(&node(&node(&h[0], &h[1]), &node(&h[2], &h[3])), &h[4]));
        // A node's content offered as a leaf gives another hash.
        let joined = [h[0].0, h[1].0].concat();
        assert_ne!(leaf(&joined), node(&h[0], &h[1]));
    }

    proptest! {
        #[test]
        fn every_leaf_is_proved_and_no_other(count in 1..70_usize, at: prop::sample::Index, other: prop::sample::Index, bit in 0..8_u8) {
            let all = hashes(count);
            let (at, other, root) = (at.index(count), other.index(count), root_of(&all));
            let proof = prove(&all, at).unwrap();
            prop_assert!(proves(&proof, &all[at], &root));
            prop_assert_eq!(proves(&proof, &all[other], &root), at == other);
            prop_assert_eq!(proves(&Inclusion { at: other as u64, ..proof.clone() }, &all[at], &root), at == other);
            let beyond = Inclusion { at: count as u64, ..proof.clone() };
            prop_assert!(!proves(&beyond, &all[at], &root));
            for step in 0..proof.path.len() {
                let mut bent = proof.clone();
                bent.path[step].0[3] ^= 1 << bit;
                prop_assert!(!proves(&bent, &all[at], &root));
            }
            let mut longer = proof.clone();
            longer.path.push(root);
            prop_assert!(!proves(&longer, &all[at], &root));
            prop_assert!(prove(&all, count).is_none());
        }

        #[test]
        fn a_changed_dropped_or_moved_leaf_changes_the_root(count in 2..40_usize, at: prop::sample::Index) {
            let all = hashes(count);
            let at = at.index(count - 1);
            let mut moved = all.clone();
            moved.swap(at, at + 1);
            prop_assert_ne!(root_of(&moved), root_of(&all));
            let mut dropped = all.clone();
            dropped.remove(at);
            prop_assert_ne!(root_of(&dropped), root_of(&all));
        }
    }
}
