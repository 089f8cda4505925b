//! The one function that cuts texts into grams, for documents and for queries alike.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

/// Places by gram.
pub(crate) type GramMap = HashMap<u64, Vec<u16>, BuildHasherDefault<GramHasher>>;

/// One multiplication: grams are our own small numbers, and the default hasher took most of a merge.
#[derive(Default)]
pub(crate) struct GramHasher(u64);

impl Hasher for GramHasher {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.write_u64(u64::from(byte));
        }
    }

    fn write_u64(&mut self, gram: u64) {
        let mixed = (self.0 ^ gram).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 = mixed ^ (mixed >> 32);
    }
}

/// Ends the parts of a record; no normal form contains it.
pub(crate) const SEPARATOR: char = '\u{1f}';

/// A gram of one character.
fn single(c: char) -> u64 {
    u64::from(u32::from(c))
}

/// A gram of two adjacent characters; never equal to a single one (21 bits hold any character).
pub(crate) fn pair(a: char, b: char) -> u64 {
    ((u64::from(u32::from(a)) + 1) << 21) | u64::from(u32::from(b))
}

/// Calls `each` for every gram of every part of a record; grams may repeat.
pub(crate) fn of_record(record: &str, mut each: impl FnMut(u64)) {
    let mut before = SEPARATOR;
    for c in record.chars() {
        if c != SEPARATOR {
            each(single(c));
            if before != SEPARATOR {
                each(pair(before, c));
            }
        }
        before = c;
    }
}

/// The grams a fragment needs: its one character, or all its pairs.
pub(crate) fn of_fragment(fragment: &str) -> Vec<u64> {
    let chars: Vec<char> = fragment.chars().collect();
    match chars.as_slice() {
        [] => Vec::new(),
        [one] => vec![single(*one)],
        many => {
            let mut grams: Vec<u64> = many.windows(2).map(|two| pair(two[0], two[1])).collect();
            grams.sort_unstable();
            grams.dedup();
            grams
        }
    }
}
