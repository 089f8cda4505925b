//! Writes a segment file from entries that come in rank order.
use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;

use crate::block::{ARRAY_MAX, BITMAP_BYTES, BLOCK};
use crate::codec::put_facts;
use crate::doc::{Entry, FORMER, VISIBLE};
use crate::error::Error;
use crate::grams::{self, GramMap};
use crate::segment::{MAGIC, SECTIONS};

/// The row's part in choosing who stands for the organization; rows of one organization are few.
struct Row {
    id: [u8; 16],
    row: u32,
}

pub(crate) struct SegmentWriter {
    out: BufWriter<File>,
    at: u64,
    directory: Vec<u64>,
    block: Vec<Entry>,
    rows: Vec<Row>,
    flags: Vec<u8>,
    /// Runs of a rebuild are only read in order: no postings.
    postings: bool,
}

impl SegmentWriter {
    pub fn create(path: &Path, postings: bool) -> Result<Self, Error> {
        let out = BufWriter::with_capacity(1 << 20, File::create(path)?);
        let (rows, flags) = (Vec::new(), Vec::new());
        Ok(Self { out, at: 0, directory: Vec::new(), block: Vec::new(), rows, flags, postings })
    }

    /// Adds the next entry in rank order.
    pub fn push(&mut self, entry: Entry) -> Result<(), Error> {
        self.rows.push(Row { id: entry.rank.1.to_be_bytes(), row: self.flags.len() as u32 });
        self.flags.push(entry.facts.flags);
        self.block.push(entry);
        if self.block.len() == BLOCK { self.flush() } else { Ok(()) }
    }

    /// Writes the rest and makes it durable.
    pub fn finish(mut self) -> Result<(), Error> {
        self.flush()?;
        let count = self.directory.len() / (SECTIONS + 1);
        self.rows.sort_unstable_by_key(|row| (row.id, row.row));
        let by_id = self.at;
        let numbers: Vec<u8> = self.rows.iter().flat_map(|row| row.row.to_le_bytes()).collect();
        self.put(&numbers)?;
        let peers_at = self.at;
        let peers = self.peers();
        let numbers: Vec<u8> = peers.iter().flat_map(|row| row.to_le_bytes()).collect();
        self.put(&numbers)?;
        let directory_at = self.at;
        let numbers: Vec<u8> = self.directory.iter().flat_map(|at| at.to_le_bytes()).collect();
        self.put(&numbers)?;
        for number in [directory_at, self.flags.len() as u64, count as u64, by_id, peers_at, MAGIC] {
            self.put(&number.to_le_bytes())?;
        }
        let file = self.out.into_inner().map_err(|error| Error::File(error.into_error()))?;
        file.sync_all()?;
        Ok(())
    }

    /// For each row the visible row that stands for its organization: a name borne before a former one, then by rank.
    fn peers(&self) -> Vec<u32> {
        let mut peers: Vec<u32> = (0..self.flags.len() as u32).collect();
        for rows in self.rows.chunk_by(|a, b| a.id == b.id).filter(|rows| rows.len() > 1) {
            let visible = rows.iter().map(|row| row.row).filter(|&row| self.flags[row as usize] & VISIBLE != 0);
            if let Some(first) = visible.min_by_key(|&row| (self.flags[row as usize] & FORMER, row)) {
                for row in rows {
                    peers[row.row as usize] = first;
                }
            }
        }
        peers
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.out.write_all(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn section(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.directory.push(self.at);
        self.put(bytes)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let block = std::mem::take(&mut self.block);
        if block.is_empty() {
            return Ok(());
        }
        for bytes in self.postings_of(&block) {
            self.section(&bytes)?;
        }
        for text in [|entry: &Entry| entry.record.clone(), |entry: &Entry| entry.original.clone()] {
            let (mut ends, mut texts) = (Vec::new(), Vec::new());
            for entry in &block {
                texts.extend(text(entry).into_bytes());
                ends.extend((texts.len() as u32).to_le_bytes());
            }
            self.section(&ends)?;
            self.section(&texts)?;
        }
        let mut facts = Vec::new();
        for entry in &block {
            put_facts(&mut facts, &entry.facts);
        }
        self.section(&facts)?;
        let ranks: Vec<u8> = block
            .iter()
            .flat_map(|entry| entry.rank.0.to_le_bytes().into_iter().chain(entry.rank.1.to_le_bytes()))
            .collect();
        self.section(&ranks)?;
        self.directory.push(self.at);
        Ok(())
    }

    /// Dictionary, starts, counts and postings of a block.
    fn postings_of(&self, block: &[Entry]) -> [Vec<u8>; 4] {
        let mut map = GramMap::default();
        if self.postings {
            for (place, entry) in block.iter().enumerate() {
                let place = place as u16;
                grams::of_record(&entry.record, |gram| {
                    let places = map.entry(gram).or_default();
                    if places.last() != Some(&place) {
                        places.push(place);
                    }
                });
            }
        }
        let mut lists: Vec<(u64, Vec<u16>)> = map.into_iter().collect();
        lists.sort_unstable_by_key(|(gram, _)| *gram);
        let [mut dictionary, mut starts, mut counts, mut bytes] = [const { Vec::new() }; 4];
        for (gram, places) in lists {
            dictionary.extend(gram.to_le_bytes());
            starts.extend((bytes.len() as u32).to_le_bytes());
            counts.extend((places.len() as u32).to_le_bytes());
            if places.len() > ARRAY_MAX {
                let mut bits = [0_u8; BITMAP_BYTES];
                for place in places {
                    bits[usize::from(place / 8)] |= 1 << (place % 8);
                }
                bytes.extend(bits);
            } else {
                bytes.extend(places.iter().flat_map(|place| place.to_le_bytes()));
            }
        }
        [dictionary, starts, counts, bytes]
    }
}
