//! What blocks of documents have in common, whether mapped from a segment or held in memory.
use crate::codec::u16_at;
use crate::doc::{Facts, Rank};

/// Documents per block: a place in a block fits 16 bits, a bitmap is 8 KiB.
pub(crate) const BLOCK: usize = 65_536;
pub(crate) const BITMAP_BYTES: usize = BLOCK / 8;
/// Above this an array of 16-bit places is larger than the bitmap.
pub(crate) const ARRAY_MAX: usize = BITMAP_BYTES / 2;

/// The places in a block at which a gram occurs, ascending.
#[derive(Clone, Copy)]
pub(crate) enum Posting<'a> {
    Mapped(&'a [u8]),
    Bits(&'a [u8], usize),
    Memory(&'a [u16]),
}

impl Posting<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::Mapped(bytes) => bytes.len() / 2,
            Self::Bits(_, count) => *count,
            Self::Memory(places) => places.len(),
        }
    }

    pub fn for_each(&self, mut each: impl FnMut(u16)) {
        match self {
            Self::Mapped(bytes) => bytes.chunks_exact(2).for_each(|two| each(u16::from_le_bytes([two[0], two[1]]))),
            Self::Memory(places) => places.iter().copied().for_each(each),
            Self::Bits(bytes, _) => {
                for (at, eight) in bytes.chunks_exact(8).enumerate() {
                    let mut word = crate::codec::u64_at(eight, 0);
                    while word != 0 {
                        each((at * 64) as u16 + word.trailing_zeros() as u16);
                        word &= word - 1;
                    }
                }
            }
        }
    }

    /// Keeps the places of `out` (ascending) that are in this posting too.
    pub fn intersect(&self, out: &mut Vec<u16>) {
        match self {
            Self::Bits(bytes, _) => {
                out.retain(|&place| bytes.get(usize::from(place / 8)).is_some_and(|byte| byte >> (place % 8) & 1 == 1));
            }
            Self::Mapped(bytes) => retain_common(out, bytes.len() / 2, |at| u16_at(bytes, at)),
            Self::Memory(places) => retain_common(out, places.len(), |at| places[at]),
        }
    }
}

/// Gallops through the longer list: cheap when `out` is much shorter, linear when it is not.
fn retain_common(out: &mut Vec<u16>, len: usize, get: impl Fn(usize) -> u16) {
    let mut at = 0;
    out.retain(|&place| {
        let mut step = 1;
        let mut high = at;
        while high < len && get(high) < place {
            at = high + 1;
            high += step;
            step *= 2;
        }
        let mut end = high.min(len);
        while at < end {
            let middle = usize::midpoint(at, end);
            if get(middle) < place {
                at = middle + 1;
            } else {
                end = middle;
            }
        }
        at < len && get(at) == place
    });
}

/// A block of documents.
pub(crate) trait Block {
    fn len(&self) -> usize;
    /// Whether places are in rank order.
    fn ranked(&self) -> bool;
    fn posting(&self, gram: u64) -> Option<Posting<'_>>;
    fn record(&self, place: u16) -> &[u8];
    fn original(&self, place: u16) -> &str;
    fn facts(&self, place: u16) -> Facts;
    fn rank(&self, place: u16) -> Rank;
    /// Whether the document was replaced.
    fn dead(&self, place: u16) -> bool;
    /// Its row in the segment; none in memory.
    fn row(&self, _place: u16) -> Option<usize> {
        None
    }
    /// The row of its peer in the segment, if that is another.
    fn peer_row(&self, _place: u16) -> Option<usize> {
        None
    }
    /// Facts and record of the document that stands for the organization without `as_of`, if it is another.
    fn peer(&self, place: u16) -> Option<(Facts, &[u8])>;
    /// All documents of the organization at `place`, itself included.
    fn siblings(&self, place: u16) -> Vec<(Rank, Facts, &[u8])>;
}

/// The parts of a record: name, first letters, code, filing number.
pub(crate) fn parts_of(record: &[u8]) -> [&str; 4] {
    let mut parts = record.split(|&byte| byte == SEPARATOR_BYTE).map(|part| std::str::from_utf8(part).unwrap_or(""));
    std::array::from_fn(|_| parts.next().unwrap_or(""))
}

const SEPARATOR_BYTE: u8 = crate::grams::SEPARATOR as u8;
