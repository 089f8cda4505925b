//! Records sorted outside memory: a database's rows by the entry that stamped them, however many there are. Runs of bounded size
//! are sorted and spilled to an unnamed temporary file, merged once, and then looked up by their first sixteen bytes.
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufReader, BufWriter, Seek as _, SeekFrom};

/// The part of a record it is found by.
pub(super) type Prefix = [u8; 16];

/// Memory for one run before it is spilled: 32 MiB.
const RUN: usize = 32 << 20;
/// One in so many records is kept in the index: 24 bytes for some 6 kB of file.
const STRIDE: u32 = 64;

/// Records on their way in.
#[derive(Debug, Default)]
pub(super) struct Sorting {
    run: Vec<Box<[u8]>>,
    size: usize,
    runs: Vec<File>,
}

/// Records in order.
#[derive(Debug)]
pub(super) struct Sorted {
    file: File,
    index: Vec<(Prefix, u64)>,
}

impl Sorting {
    /// Takes a record of at least sixteen bytes and less than 64 KiB.
    pub(super) fn push(&mut self, record: &[u8]) -> io::Result<()> {
        self.size += record.len() + 16;
        self.run.push(record.into());
        if self.size >= RUN { self.spill() } else { Ok(()) }
    }

    fn spill(&mut self) -> io::Result<()> {
        self.run.sort_unstable();
        let mut out = BufWriter::new(tempfile::tempfile()?);
        for record in self.run.drain(..) {
            write_record(&mut out, &record)?;
        }
        self.size = 0;
        let mut file = out.into_inner().map_err(io::IntoInnerError::into_error)?;
        file.seek(SeekFrom::Start(0))?;
        self.runs.push(file);
        Ok(())
    }

    /// Merges the runs.
    pub(super) fn finish(mut self) -> io::Result<Sorted> {
        self.spill()?;
        let mut runs: Vec<_> = self.runs.into_iter().map(BufReader::new).collect();
        let mut heap = BinaryHeap::new();
        for (number, run) in runs.iter_mut().enumerate() {
            if let Some(record) = read_record(run)? {
                heap.push(Reverse((record, number)));
            }
        }
        let mut out = BufWriter::new(tempfile::tempfile()?);
        let (mut index, mut at, mut since) = (Vec::new(), 0_u64, STRIDE);
        while let Some(Reverse((record, number))) = heap.pop() {
            if since >= STRIDE {
                index.push((prefix_of(&record), at));
                since = 0;
            }
            since += 1;
            write_record(&mut out, &record)?;
            at += record.len() as u64 + 2;
            if let Some(next) = read_record(&mut runs[number])? {
                heap.push(Reverse((next, number)));
            }
        }
        Ok(Sorted { file: out.into_inner().map_err(io::IntoInnerError::into_error)?, index })
    }
}

impl Sorted {
    /// Every record that begins with `prefix`, in order.
    pub(super) fn find(&self, prefix: &Prefix) -> io::Result<Vec<Vec<u8>>> {
        // The last place that certainly comes before the first such record.
        let place = self.index.partition_point(|(first, _)| first < prefix).saturating_sub(1);
        let mut out = Vec::new();
        let Some((_, offset)) = self.index.get(place) else { return Ok(out) };
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(*offset))?;
        while let Some(record) = read_record(&mut reader)? {
            match prefix_of(&record).cmp(prefix) {
                std::cmp::Ordering::Less => {}
                std::cmp::Ordering::Equal => out.push(record),
                std::cmp::Ordering::Greater => break,
            }
        }
        Ok(out)
    }

    /// Each record in order.
    pub(super) fn each<E: From<io::Error>>(&self, mut visit: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
        let mut reader = BufReader::new(&self.file);
        reader.seek(SeekFrom::Start(0))?;
        while let Some(record) = read_record(&mut reader)? {
            visit(&record)?;
        }
        Ok(())
    }
}

fn prefix_of(record: &[u8]) -> Prefix {
    let mut prefix = [0; 16];
    let length = record.len().min(16);
    prefix[..length].copy_from_slice(&record[..length]);
    prefix
}

fn write_record(out: &mut impl io::Write, record: &[u8]) -> io::Result<()> {
    let length = u16::try_from(record.len()).map_err(io::Error::other)?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(record)
}

fn read_record(reader: &mut impl io::Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 2];
    match reader.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let mut record = vec![0; usize::from(u16::from_be_bytes(length))];
    reader.read_exact(&mut record)?;
    Ok(Some(record))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_record_is_found_again_across_runs() {
        let mut sorting = Sorting::default();
        for number in 0..20_000_u32 {
            // Each prefix three times, in no order, spilled every few thousand.
            let mut record = vec![0; 16];
            record[12..].copy_from_slice(&(number.wrapping_mul(2_654_435_761) % 7_000).to_be_bytes());
            record.extend(number.to_be_bytes());
            sorting.push(&record).unwrap();
            if number % 3_000 == 2_999 {
                sorting.spill().unwrap();
            }
        }
        let sorted = sorting.finish().unwrap();
        let mut seen = 0;
        for wanted in 0..7_001_u32 {
            let mut prefix = [0; 16];
            prefix[12..].copy_from_slice(&wanted.to_be_bytes());
            let found = sorted.find(&prefix).unwrap();
            assert!(found.iter().all(|record| record[..16] == prefix));
            seen += found.len();
        }
        assert_eq!(seen, 20_000);
        let mut last = Vec::new();
        sorted
            .each(|record| {
                assert!(last.as_slice() <= record);
                last = record.to_vec();
                Ok::<(), io::Error>(())
            })
            .unwrap();
        assert!(Sorting::default().finish().unwrap().find(&[0; 16]).unwrap().is_empty());
    }
}
