//! A segment file, mapped into memory: everything older than the last merge.
use std::fs::File;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use crate::block::{ARRAY_MAX, BITMAP_BYTES, Block, Posting};
use crate::codec::{facts_at, u32_at, u64_at, u128_at};
use crate::doc::{Entry, Facts, Rank};
use crate::error::Error;

pub(crate) const MAGIC: u64 = u64::from_le_bytes(*b"YISHE-S1");
/// Numbers in the footer, the last of them [`MAGIC`].
pub(crate) const FOOTER: usize = 6;
/// Sections of a block, in file order.
pub(crate) const SECTIONS: usize = 10;
pub(crate) const GRAMS: usize = 0;
pub(crate) const STARTS: usize = 1;
pub(crate) const COUNTS: usize = 2;
pub(crate) const POSTINGS: usize = 3;
pub(crate) const RECORD_ENDS: usize = 4;
pub(crate) const RECORDS: usize = 5;
pub(crate) const ORIGINAL_ENDS: usize = 6;
pub(crate) const ORIGINALS: usize = 7;
pub(crate) const FACTS: usize = 8;
pub(crate) const RANKS: usize = 9;
/// Key and id.
pub(crate) const RANK_BYTES: usize = 20;

pub(crate) struct Segment {
    map: Mmap,
    blocks: Vec<[Range<usize>; SECTIONS]>,
    starts: Vec<usize>,
    len: usize,
    /// Rows by id.
    by_id: Range<usize>,
    /// For each row the row that stands for its organization.
    peers: Range<usize>,
}

impl Segment {
    pub fn open(path: &Path) -> Result<Self, Error> {
        let file = File::open(path)?;
        #[expect(
            unsafe_code,
            reason = "mapping a file needs it; segments are written once, under a new name, and never changed"
        )]
        // SAFETY: only this crate writes segment files, and only before they are first opened.
        let map = unsafe { Mmap::map(&file)? };
        let damaged = Error::Damaged("footer");
        let Some(footer) = map.len().checked_sub(FOOTER * 8).and_then(|at| map.get(at..)) else { return Err(damaged) };
        let [directory, len, count, by_id, peers, magic] = std::array::from_fn(|at| u64_at(footer, at));
        let end = map.len() as u64;
        if magic != MAGIC || [directory, by_id, peers].iter().any(|&at| at > end) || len > u64::from(u32::MAX) {
            return Err(damaged);
        }
        let numbers = map.get(directory as usize..).unwrap_or_default();
        let mut blocks = Vec::new();
        let mut starts = vec![0];
        for block in 0..count as usize {
            let at = |section: usize| u64_at(numbers, block * (SECTIONS + 1) + section) as usize;
            let ranges: [Range<usize>; SECTIONS] = std::array::from_fn(|section| at(section)..at(section + 1));
            if ranges.iter().any(|range| range.start > range.end || range.end > map.len()) {
                return Err(Error::Damaged("directory"));
            }
            starts.push(starts[block] + ranges[RANKS].len() / RANK_BYTES);
            blocks.push(ranges);
        }
        let (by_id, peers) = (by_id as usize, peers as usize);
        let width = len as usize * 4;
        let whole = starts.last() == Some(&(len as usize)) && by_id + width <= map.len() && peers + width <= map.len();
        if !whole {
            return Err(Error::Damaged("length"));
        }
        Ok(Self { map, blocks, starts, len: len as usize, by_id: by_id..by_id + width, peers: peers..peers + width })
    }

    pub fn len(&self) -> usize {
        self.len
    }

    fn section(&self, block: usize, section: usize) -> &[u8] {
        self.blocks.get(block).and_then(|ranges| self.map.get(ranges[section].clone())).unwrap_or_default()
    }

    /// The blocks, with the rows among `dead` hidden.
    pub fn blocks<'a>(&'a self, dead: &'a [u64]) -> impl Iterator<Item = MappedBlock<'a>> {
        (0..self.blocks.len()).map(move |block| self.block(block, dead))
    }

    fn block<'a>(&'a self, block: usize, dead: &'a [u64]) -> MappedBlock<'a> {
        let sections = std::array::from_fn(|section| self.section(block, section));
        MappedBlock {
            segment: self,
            sections,
            start: self.starts[block],
            len: self.starts[block + 1] - self.starts[block],
            dead,
        }
    }

    /// The block and place of a row.
    fn locate(&self, row: usize) -> (usize, usize) {
        let block = self.starts.partition_point(|&start| start <= row).saturating_sub(1);
        (block, row - self.starts[block])
    }

    fn rank(&self, row: usize) -> Rank {
        let (block, place) = self.locate(row);
        rank_at(self.section(block, RANKS), place)
    }

    /// The rows of an organization.
    pub fn rows_of(&self, id: u128) -> Vec<usize> {
        let rows = self.map.get(self.by_id.clone()).unwrap_or_default();
        let row = |at: usize| u32_at(rows, at) as usize;
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.rank(row(middle)).1 < id {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low..self.len).map(row).take_while(|&row| self.rank(row).1 == id).collect()
    }

    fn parts(&self, row: usize) -> (Rank, Facts, &[u8]) {
        let (block, place) = self.locate(row);
        let record = slice(self.section(block, RECORD_ENDS), self.section(block, RECORDS), place);
        (self.rank(row), facts_at(self.section(block, FACTS), place), record)
    }

    /// Everything in rank order, without the rows among `dead`.
    pub fn entries<'a>(&'a self, dead: &'a [u64]) -> impl Iterator<Item = Entry> + 'a {
        self.blocks(dead).flat_map(|block| {
            let alive = (0..block.len).map(|place| place as u16).filter(move |&place| !block.dead(place));
            alive.map(move |place| Entry {
                rank: block.rank(place),
                facts: block.facts(place),
                record: String::from_utf8_lossy(block.bytes(place)).into_owned(),
                original: block.text(place).to_owned(),
            })
        })
    }
}

fn rank_at(bytes: &[u8], place: usize) -> Rank {
    let row = bytes.get(place * RANK_BYTES..(place + 1) * RANK_BYTES).unwrap_or(&[0; RANK_BYTES]);
    (u32_at(row, 0), u128_at(&row[4..], 0))
}

/// The text at `place`, whose end and whose predecessor's end are in `ends`.
fn slice<'a>(ends: &[u8], texts: &'a [u8], place: usize) -> &'a [u8] {
    let start = if place == 0 { 0 } else { u32_at(ends, place - 1) as usize };
    texts.get(start..u32_at(ends, place) as usize).unwrap_or_default()
}

/// One block of a segment.
#[derive(Clone, Copy)]
pub(crate) struct MappedBlock<'a> {
    segment: &'a Segment,
    sections: [&'a [u8]; SECTIONS],
    start: usize,
    len: usize,
    dead: &'a [u64],
}

impl<'a> MappedBlock<'a> {
    fn section(&self, section: usize) -> &'a [u8] {
        self.sections[section]
    }

    fn bytes(&self, place: u16) -> &'a [u8] {
        slice(self.section(RECORD_ENDS), self.section(RECORDS), usize::from(place))
    }

    fn text(&self, place: u16) -> &'a str {
        std::str::from_utf8(slice(self.section(ORIGINAL_ENDS), self.section(ORIGINALS), usize::from(place)))
            .unwrap_or("")
    }
}

impl Block for MappedBlock<'_> {
    fn len(&self) -> usize {
        self.len
    }

    fn ranked(&self) -> bool {
        true
    }

    fn posting(&self, gram: u64) -> Option<Posting<'_>> {
        let grams = self.section(GRAMS);
        let (mut low, mut high) = (0, grams.len() / 8);
        while low < high {
            let middle = usize::midpoint(low, high);
            if u64_at(grams, middle) < gram {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        if low * 8 >= grams.len() || u64_at(grams, low) != gram {
            return None;
        }
        let start = u32_at(self.section(STARTS), low) as usize;
        let count = u32_at(self.section(COUNTS), low) as usize;
        let dense = count > ARRAY_MAX;
        let bytes = self.section(POSTINGS).get(start..start + if dense { BITMAP_BYTES } else { count * 2 })?;
        Some(if dense { Posting::Bits(bytes, count) } else { Posting::Mapped(bytes) })
    }

    fn record(&self, place: u16) -> &[u8] {
        self.bytes(place)
    }

    fn original(&self, place: u16) -> &str {
        self.text(place)
    }

    fn facts(&self, place: u16) -> Facts {
        facts_at(self.section(FACTS), usize::from(place))
    }

    fn rank(&self, place: u16) -> Rank {
        rank_at(self.section(RANKS), usize::from(place))
    }

    fn dead(&self, place: u16) -> bool {
        let row = self.start + usize::from(place);
        self.dead.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    fn row(&self, place: u16) -> Option<usize> {
        Some(self.start + usize::from(place))
    }

    fn peer_row(&self, place: u16) -> Option<usize> {
        let row = self.start + usize::from(place);
        let peer = u32_at(self.segment.map.get(self.segment.peers.clone())?, row) as usize;
        (peer != row).then_some(peer)
    }

    fn peer(&self, place: u16) -> Option<(Facts, &[u8])> {
        self.peer_row(place).map(|row| self.segment.parts(row)).map(|(_, facts, record)| (facts, record))
    }

    fn siblings(&self, place: u16) -> Vec<(Rank, Facts, &[u8])> {
        self.segment.rows_of(self.rank(place).1).into_iter().map(|row| self.segment.parts(row)).collect()
    }
}
