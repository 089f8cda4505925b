//! Files of days (事实库文件), beside the database: today's, and those of the days asked for. Each has a head of its own.
//!
//! ```text
//! "YISHEDAY" | checksum of all that follows | length of `ahead` | ahead: day, ids | the base (planning::file)
//! ```
//! A file is written beside and put in place whole. One that cannot be used is said to be so, and the day is read anew.
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use base::{Date, OrgId};
use planning::FactBase;

use super::build::{Ahead, Built};
use super::{Day, locked};
use crate::Office;

const MAGIC: &[u8; 8] = b"YISHEDAY";
/// Files of other days that are kept; those not used for longest go first, month-ends last.
const KEPT: usize = 24;

/// Sixty-four bits over all bytes: finds damage, and nothing else. Tampering is found by the journal; this file only repeats it.
fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let step = |sum: u64, word: u64| (sum.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95);
    let sum = words.iter().fold(bytes.len() as u64, |sum, word| step(sum, u64::from_le_bytes(*word)));
    rest.iter().fold(sum, |sum, byte| step(sum, u64::from(*byte)))
}

fn to_bytes(base: &FactBase, ahead: &Ahead) -> Vec<u8> {
    let coming = ahead.iter().flat_map(|(day, ids)| ids.iter().map(move |id| format!("{day} {id}\n")));
    let coming: String = coming.collect();
    let mut out = Vec::new();
    out.extend(MAGIC);
    out.extend([0; 8]);
    out.extend((coming.len() as u64).to_le_bytes());
    out.extend(coming.as_bytes());
    out.extend(base.to_bytes());
    let sum = checksum(&out[16..]);
    out[8..16].copy_from_slice(&sum.to_le_bytes());
    out
}

fn from_bytes(bytes: &[u8], catalogue: &catalogue::Catalogue) -> Result<Built, String> {
    let broken = || planning::file::FileFault::Broken.to_string();
    let number = |at: usize| -> Option<u64> { Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?)) };
    let rest = bytes.strip_prefix(MAGIC).and_then(|rest| rest.get(8..)).ok_or_else(broken)?;
    if number(8) != Some(checksum(rest)) {
        return Err(broken());
    }
    let length = number(16).and_then(|length| usize::try_from(length).ok()).ok_or_else(broken)?;
    let coming = rest.get(8..).and_then(|rest| rest.get(..length)).ok_or_else(broken)?;
    let mut ahead = Ahead::new();
    for line in std::str::from_utf8(coming).map_err(|_| broken())?.lines() {
        let (day, id) = line.split_once(' ').ok_or_else(broken)?;
        let (day, id) = (day.parse::<Date>().map_err(|_| broken())?, id.parse::<OrgId>().map_err(|_| broken())?);
        ahead.entry(day).or_default().insert(id);
    }
    let base = FactBase::from_bytes(&rest[8 + length..], catalogue).map_err(|fault| fault.to_string())?;
    Ok(Built { base, ahead })
}

/// Writes it beside, then puts it in place.
fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write as _;
    let folder = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

impl Office {
    fn path_of(&self, date: Date, live: bool) -> Option<PathBuf> {
        let name = if live { "today.facts".to_owned() } else { format!("{date}.facts") };
        Some(self.facts.folder.as_ref()?.join(name))
    }

    /// The day of a file; none if there is none or it cannot be used. Today's file may be of an earlier day.
    pub(super) fn read_day(&self, date: Date, live: bool) -> Option<Built> {
        let path = self.path_of(date, live)?;
        let bytes = fs::read(&path).ok()?;
        match from_bytes(&bytes, &self.catalogue) {
            Ok(built) => {
                // For throwing away what was not used for longest; where the clock cannot be set, the writing counts.
                let past = u64::try_from(self.clock.now().0).unwrap_or_default();
                let now = std::time::UNIX_EPOCH + std::time::Duration::from_millis(past);
                drop(fs::File::options().append(true).open(&path).and_then(|file| file.set_modified(now)));
                Some(built)
            }
            Err(fault) => {
                tracing::warn!(file = %path.display(), "{fault}");
                None
            }
        }
    }

    /// Writes a day's file, if anything is in it that is not in the file. A failure is logged: the next start reads the register instead.
    pub(super) fn keep_day(&self, day: &Arc<Day>) {
        let Some(path) = self.path_of(day.date, day.live) else { return };
        if !day.dirty.swap(false, Ordering::Relaxed) {
            return;
        }
        let bytes = {
            let base = day.read();
            to_bytes(&base, &locked(&day.ahead))
        };
        if let Err(error) = put(&path, &bytes) {
            day.dirty.store(true, Ordering::Relaxed);
            tracing::error!(file = %path.display(), %error, "the facts could not be kept");
        }
        if !day.live {
            self.forget_files();
        }
    }

    /// Writes what is held. At most once a minute while following, and at its end.
    pub fn keep_facts(&self) {
        for day in self.facts.held() {
            self.keep_day(&day);
        }
    }

    /// Throws away files beyond the number kept.
    fn forget_files(&self) {
        let Some(folder) = &self.facts.folder else { return };
        let Ok(entries) = fs::read_dir(folder) else { return };
        let mut files: Vec<(bool, std::time::SystemTime, PathBuf)> = entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let date: Date = path.file_name()?.to_str()?.strip_suffix(".facts")?.parse().ok()?;
                let month_end = date.tomorrow().is_ok_and(|next| next.day() == 1);
                Some((month_end, fs::metadata(&path).ok()?.modified().ok()?, path))
            })
            .collect();
        files.sort();
        for (_, _, path) in files.iter().take(files.len().saturating_sub(KEPT)) {
            drop(fs::remove_file(path));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_damaged_byte_is_found() {
        let tree = crate::testing::areas();
        let catalogue = crate::testing::catalogue();
        let day: Date = "2026-03-02".parse().unwrap();
        let base = FactBase::new(&catalogue, &tree, day);
        let ahead = Ahead::from([(day, [OrgId::from_bits(7)].into())]);
        let bytes = to_bytes(&base, &ahead);
        let again = from_bytes(&bytes, &catalogue).unwrap();
        assert_eq!((&again.base, &again.ahead), (&base, &ahead));
        for at in [0, 9, 20, bytes.len() / 2, bytes.len() - 1] {
            let mut damaged = bytes.clone();
            damaged[at] ^= 4;
            assert!(from_bytes(&damaged, &catalogue).is_err(), "{at}");
        }
        for end in [0, 7, 16, 24, bytes.len() - 1] {
            assert!(from_bytes(&bytes[..end], &catalogue).is_err(), "{end}");
        }
    }
}
