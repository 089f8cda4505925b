//! What searches see: the segment, the documents hidden in it, and the blocks in memory.
use crate::block::{BLOCK, Block};
use crate::doc::{Entry, Labels};
use crate::memory::MemoryBlock;
use crate::segment::{MappedBlock, Segment};

#[derive(Default)]
pub(crate) struct State {
    pub segment: Option<Segment>,
    /// A bit per row of the segment.
    dead: Vec<u64>,
    pub memory: Vec<MemoryBlock>,
    /// Documents hidden or added since the segment was written.
    pub changed: usize,
    pub labels: Labels,
}

/// The blocks of a state: mapped ones in rank order first.
pub(crate) struct Blocks<'a> {
    mapped: Vec<MappedBlock<'a>>,
    memory: &'a [MemoryBlock],
}

impl Blocks<'_> {
    pub fn iter(&self) -> impl Iterator<Item = &dyn Block> {
        let mapped = self.mapped.iter().map(|block| block as &dyn Block);
        mapped.chain(self.memory.iter().map(|block| block as &dyn Block))
    }
}

impl State {
    pub fn of(segment: Option<Segment>, labels: Labels) -> Self {
        let rows = segment.as_ref().map_or(0, Segment::len);
        Self { segment, dead: vec![0; rows.div_ceil(64)], memory: Vec::new(), changed: 0, labels }
    }

    pub fn blocks(&self) -> Blocks<'_> {
        let mapped = self.segment.iter().flat_map(|segment| segment.blocks(&self.dead)).collect();
        Blocks { mapped, memory: &self.memory }
    }

    /// Puts an organization's documents in the place of those it had.
    pub fn replace(&mut self, id: u128, entries: Vec<Entry>) {
        if let Some(segment) = &self.segment {
            for row in segment.rows_of(id) {
                let bit = 1 << (row % 64);
                self.changed += usize::from(self.dead[row / 64] & bit == 0);
                self.dead[row / 64] |= bit;
            }
        }
        self.changed += self.memory.iter_mut().map(|block| block.forget(id)).sum::<usize>() + entries.len();
        // All documents of an organization stay in one block: its peers are found there.
        let entries = entries.into_iter().take(BLOCK);
        if self.memory.last().is_none_or(|block| !block.has_room(entries.len())) {
            self.memory.push(MemoryBlock::default());
        }
        if let Some(block) = self.memory.last_mut() {
            entries.for_each(|entry| block.push(entry));
        }
    }

    /// Everything that stands, in rank order.
    pub fn entries(&self) -> impl Iterator<Item = Entry> + '_ {
        let mut memory: Vec<&Entry> = self.memory.iter().flat_map(MemoryBlock::alive).collect();
        memory.sort_by(|a, b| a.order(b));
        let mut old = self.segment.iter().flat_map(|segment| segment.entries(&self.dead)).peekable();
        let mut new = memory.into_iter().peekable();
        std::iter::from_fn(move || match (old.peek(), new.peek()) {
            (Some(one), Some(two)) if one.order(two).is_le() => old.next(),
            (Some(_), None) => old.next(),
            (_, Some(_)) => new.next().cloned(),
            (None, None) => None,
        })
    }
}
