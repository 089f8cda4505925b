//! Blocks in memory: the organizations changed since the last merge.
use std::collections::HashMap;

use crate::block::{BLOCK, Block, Posting};
use crate::doc::{Entry, FORMER, Facts, Rank, VISIBLE};
use crate::grams::{self, GramMap};

/// A block that grows; documents stand in order of arrival.
#[derive(Default)]
pub(crate) struct MemoryBlock {
    entries: Vec<Entry>,
    postings: GramMap,
    places: HashMap<u128, Vec<u16>>,
    dead: Vec<bool>,
}

impl MemoryBlock {
    /// Whether `more` documents fit.
    pub fn has_room(&self, more: usize) -> bool {
        self.entries.len() + more <= BLOCK
    }

    pub fn push(&mut self, entry: Entry) {
        let place = self.entries.len() as u16;
        grams::of_record(&entry.record, |gram| {
            let places = self.postings.entry(gram).or_default();
            if places.last() != Some(&place) {
                places.push(place);
            }
        });
        self.places.entry(entry.rank.1).or_default().push(place);
        self.entries.push(entry);
        self.dead.push(false);
    }

    /// Marks the organization's documents as replaced; how many were alive.
    pub fn forget(&mut self, id: u128) -> usize {
        let mut count = 0;
        for place in self.places.remove(&id).unwrap_or_default() {
            count += usize::from(!self.dead[usize::from(place)]);
            self.dead[usize::from(place)] = true;
        }
        count
    }

    /// The documents that still stand.
    pub fn alive(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().zip(&self.dead).filter(|(_, dead)| !**dead).map(|(entry, _)| entry)
    }
}

impl Block for MemoryBlock {
    fn len(&self) -> usize {
        self.entries.len()
    }

    fn ranked(&self) -> bool {
        false
    }

    fn posting(&self, gram: u64) -> Option<Posting<'_>> {
        self.postings.get(&gram).map(|places| Posting::Memory(places))
    }

    fn record(&self, place: u16) -> &[u8] {
        self.entries[usize::from(place)].record.as_bytes()
    }

    fn original(&self, place: u16) -> &str {
        &self.entries[usize::from(place)].original
    }

    fn facts(&self, place: u16) -> Facts {
        self.entries[usize::from(place)].facts
    }

    fn rank(&self, place: u16) -> Rank {
        self.entries[usize::from(place)].rank
    }

    fn dead(&self, place: u16) -> bool {
        self.dead[usize::from(place)]
    }

    fn peer(&self, place: u16) -> Option<(Facts, &[u8])> {
        let here = self.rank(place).1;
        let visible = self.places.get(&here)?.iter().map(|&at| (at, &self.entries[usize::from(at)]));
        let first = visible
            .filter(|(_, entry)| entry.facts.has(VISIBLE))
            .min_by_key(|(_, entry)| (entry.facts.has(FORMER), entry.rank, &entry.record))?;
        (first.0 != place).then_some((first.1.facts, first.1.record.as_bytes()))
    }

    fn siblings(&self, place: u16) -> Vec<(Rank, Facts, &[u8])> {
        let places = self.places.get(&self.rank(place).1).map(Vec::as_slice).unwrap_or_default();
        places
            .iter()
            .map(|&at| &self.entries[usize::from(at)])
            .map(|entry| (entry.rank, entry.facts, entry.record.as_bytes()))
            .collect()
    }
}
