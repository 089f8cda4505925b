//! Files (材料、附件): kept once under their SM3 digest, written durably before the act that names them, checked when read.
use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use vault::{Digest, Hasher};

use crate::Refused;

/// The largest file taken, in bytes: 20 MiB, some 200 scanned pages.
pub const LARGEST: usize = 20 << 20;

/// What a file may be, told by its first bytes and never by its name alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Kind {
    /// MIME type it is served with.
    pub mime: &'static str,
    /// Endings that may stand in its name.
    pub endings: &'static [&'static str],
    start: &'static [u8],
}

/// PDF, pictures, Word, Excel, OFD. Office files of today and OFD are ZIP inside; the old ones are OLE compound files.
const KINDS: &[Kind] = &[
    Kind { mime: "application/pdf", endings: &["pdf"], start: b"%PDF-" },
    Kind { mime: "image/png", endings: &["png"], start: b"\x89PNG\r\n\x1a\n" },
    Kind { mime: "image/jpeg", endings: &["jpg", "jpeg"], start: b"\xff\xd8\xff" },
    Kind { mime: "application/zip", endings: &["docx", "xlsx", "ofd"], start: b"PK\x03\x04" },
    Kind {
        mime: "application/x-ole-storage",
        endings: &["doc", "xls", "wps"],
        start: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
    },
];

/// What the bytes are, if the name agrees.
pub fn sniff(name: &str, bytes: &[u8]) -> Result<Kind, Refused> {
    let ending = name.rsplit('.').next().unwrap_or_default().to_lowercase();
    let fits = |kind: &&Kind| bytes.starts_with(kind.start) && kind.endings.contains(&ending.as_str());
    if bytes.is_empty() {
        return Err(Refused::field("file", "文件是空的。请重新选择文件"));
    }
    if bytes.len() > LARGEST {
        let why = format!("文件有 {} MB，超过 {} MB。请压缩或分开上传", bytes.len() >> 20, LARGEST >> 20);
        return Err(Refused::field("file", why));
    }
    KINDS.iter().find(fits).copied().ok_or_else(|| {
        Refused::field(
            "file",
            "这种文件不能上传，或内容与扩展名不符。请上传 PDF、图片（PNG、JPG）、Word、Excel 或 OFD 文件",
        )
    })
}

/// Counts the writers of this process.
static TURN: AtomicU64 = AtomicU64::new(0);

/// The folder of files.
#[derive(Clone, Debug)]
pub struct Files {
    folder: PathBuf,
}

impl Files {
    /// Opens, and makes, the folder.
    pub fn open(folder: impl Into<PathBuf>) -> Result<Self, Refused> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|error| trouble(&folder, &error))?;
        Ok(Self { folder })
    }

    /// `ab/cdef…`: two levels keep folders small.
    pub fn path(&self, digest: &Digest) -> PathBuf {
        let hex = digest.to_string();
        self.folder.join(&hex[..2]).join(&hex[2..])
    }

    /// Keeps the bytes durably and gives their digest. The same bytes twice are kept once.
    pub fn keep(&self, bytes: &[u8]) -> Result<Digest, Refused> {
        let digest = vault::sm3(bytes);
        let path = self.path(&digest);
        if path.exists() {
            return Ok(digest);
        }
        let folder = path.parent().unwrap_or(&self.folder);
        fs::create_dir_all(folder).map_err(|error| trouble(folder, &error))?;
        // A name of its own for each writer: two may bring the same bytes at once.
        let turn = TURN.fetch_add(1, Ordering::Relaxed);
        let part = path.with_extension(format!("part{}-{turn}", std::process::id()));
        let write = || -> std::io::Result<()> {
            let mut file = File::create(&part)?;
            file.write_all(bytes)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| trouble(&path, &error))?;
        Ok(digest)
    }

    /// The bytes, if they are there and still the ones that were kept.
    pub fn read(&self, digest: &Digest) -> Result<Vec<u8>, Refused> {
        let path = self.path(digest);
        self.bring_back(digest);
        let bytes = fs::read(&path).map_err(|_| Refused::NotFound("这份文件"))?;
        if vault::sm3(&bytes) == *digest {
            Ok(bytes)
        } else {
            Err(Refused::internal(format!("stored file {digest} is not what was kept")))
        }
    }

    /// Lays bytes aside that nobody names any more; laid aside at an earlier call, they are erased. Kept again in between, they are
    /// there as ever.
    pub fn discard(&self, digest: &Digest) -> Result<(), Refused> {
        let path = self.path(digest);
        let aside = path.with_extension("aside");
        let gone = |result: std::io::Result<()>| match result {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            result => result.map_err(|error| trouble(&path, &error)),
        };
        gone(fs::remove_file(&aside))?;
        gone(fs::rename(&path, &aside))
    }

    /// Brings back what was laid aside, if somebody asks for it after all.
    fn bring_back(&self, digest: &Digest) {
        let path = self.path(digest);
        if !path.exists() && fs::rename(path.with_extension("aside"), &path).is_ok() {
            tracing::info!(%digest, "a file laid aside is wanted again");
        }
    }

    /// The digest of what lies under `digest` now, for `journal verify`; none when it is gone.
    pub fn recompute(&self, digest: &Digest) -> Option<Digest> {
        let mut file = File::open(self.path(digest)).ok()?;
        let mut hasher = Hasher::new();
        let mut buffer = vec![0; 64 << 10];
        loop {
            match file.read(&mut buffer).ok()? {
                0 => return Some(hasher.finish()),
                length => hasher.update(&buffer[..length]),
            }
        }
    }
}

fn trouble(path: &Path, error: &std::io::Error) -> Refused {
    Refused::internal(format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_kept_once_and_checked_when_read() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let digest = files.keep(b"%PDF-1.7 text").unwrap();
        assert_eq!(files.keep(b"%PDF-1.7 text").unwrap(), digest);
        assert_eq!(files.read(&digest).unwrap(), b"%PDF-1.7 text");
        fs::write(files.path(&digest), b"%PDF-1.7 tExt").unwrap();
        assert!(matches!(files.read(&digest), Err(Refused::Internal(_))));
        assert_ne!(files.recompute(&digest), Some(digest));
        fs::remove_file(files.path(&digest)).unwrap();
        assert_eq!(files.recompute(&digest), None);
    }

    #[test]
    fn many_may_bring_the_same_bytes_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(folder.path()).unwrap();
        let bytes = vec![7; 256 << 10];
        std::thread::scope(|scope| {
            let keeping: Vec<_> = (0..8).map(|_| scope.spawn(|| files.keep(&bytes))).collect();
            for one in keeping {
                files.read(&one.join().unwrap().unwrap()).unwrap();
            }
        });
    }

    #[test]
    fn the_bytes_decide_what_a_file_is() {
        assert_eq!(sniff("章程.PDF", b"%PDF-1.7").unwrap().mime, "application/pdf");
        for (name, bytes) in
            [("a.pdf", &b"MZ\x90"[..]), ("a.html", b"%PDF-1.7"), ("a.pdf", b""), ("noending", b"%PDF-")]
        {
            assert!(matches!(sniff(name, bytes), Err(Refused::Invalid(_))), "{name}");
        }
    }
}
