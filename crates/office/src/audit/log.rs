//! `seal.log` (封存日志): the seals once more, outside the database.
use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use journal::Seal;

use crate::Refused;

/// The file. Several programs may append: each takes its lock first.
#[derive(Clone, Debug)]
pub struct SealLog {
    path: PathBuf,
}

impl SealLog {
    /// The log at `path`; made when the first seal is written.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its whole text; empty if it is not there.
    pub fn text(&self) -> Result<String, Refused> {
        match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
            other => other.map_err(|error| self.trouble(&error)),
        }
    }

    /// Appends the lines that `missing` finds wanting after what the log holds, durably. An unfinished last line (a power cut)
    /// is replaced.
    pub(super) fn extend(&self, missing: impl FnOnce(&[Seal]) -> Result<Vec<Seal>, Refused>) -> Result<usize, Refused> {
        if let Some(folder) = self.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| self.trouble(&error))?;
        }
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&self.path)
            .map_err(|error| self.trouble(&error))?;
        file.lock().map_err(|error| self.trouble(&error))?;
        let mut text = String::new();
        file.read_to_string(&mut text).map_err(|error| self.trouble(&error))?;
        let kept = journal::parse_log(&text).map_err(Refused::internal)?;
        let lines = missing(&kept)?;
        if lines.is_empty() {
            return Ok(0);
        }
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        self.append(&mut file, whole as u64, &lines).map_err(|error| self.trouble(&error))?;
        Ok(lines.len())
    }

    fn append(&self, file: &mut File, from: u64, lines: &[Seal]) -> std::io::Result<()> {
        file.set_len(from)?;
        file.seek(SeekFrom::Start(from))?;
        let text: String = lines.iter().map(|seal| seal.to_line() + "\n").collect();
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        match self.path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }

    fn trouble(&self, error: &std::io::Error) -> Refused {
        Refused::internal(format!("{}: {error}", self.path.display()))
    }
}
