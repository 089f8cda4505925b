//! Where catalogue text comes from: a folder on disk, or files embedded in the binary.
use std::path::Path;

use crate::problem::{Place, Problem};

/// Anything that can hand over the catalogue's files.
pub trait Source {
    /// Path (forward slashes, relative to the catalogue's root) and text of every `.toml` and `.csv` file.
    fn files(&self) -> Result<Vec<(String, String)>, Vec<Problem>>;
}

/// Files held in memory: embedded ones, or those of a test.
#[derive(Clone, Debug, Default)]
pub struct Files(pub Vec<(String, String)>);

impl Source for Files {
    fn files(&self) -> Result<Vec<(String, String)>, Vec<Problem>> {
        Ok(self.0.clone())
    }
}

impl Files {
    /// Reads a folder with everything below it. Files that cannot be read are problems.
    pub fn read(root: &Path) -> Result<Self, Vec<Problem>> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        walk(root, "", &mut files, &mut problems);
        files.sort();
        if problems.is_empty() { Ok(Self(files)) } else { Err(problems) }
    }
}

fn walk(folder: &Path, prefix: &str, files: &mut Vec<(String, String)>, problems: &mut Vec<Problem>) {
    let fail = |path: &str, error: &std::io::Error, problems: &mut Vec<Problem>| {
        let at = Place::new(if path.is_empty() { "." } else { path }, 0);
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("没有这个目录：{}", folder.display()),
            _ => format!("{} 读不出来：{error}", folder.display()),
        };
        problems.push(Problem::error(&at, message, "请检查路径和权限"));
    };
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return fail(prefix, &error, problems),
    };
    let mut below = Vec::new();
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.path().is_dir() {
            below.push((entry.path(), path));
        } else if has_ending(&path) {
            match std::fs::read(entry.path()).map(crate::syntax::text_of) {
                Ok(Ok(text)) => files.push((path, text)),
                Ok(Err((message, help))) => problems.push(Problem::error(&Place::new(path, 0), message, help)),
                Err(error) => {
                    let at = Place::new(path, 0);
                    problems.push(Problem::error(&at, format!("读不出来：{error}"), "请检查权限"));
                }
            }
        }
    }
    for (folder, path) in below {
        walk(&folder, &path, files, problems);
    }
}

fn has_ending(path: &str) -> bool {
    // `x.TOML` and `x.toml.txt` come along so that somebody says they are not read.
    path.as_bytes().ends_with(b".csv") || path.to_lowercase().contains(".toml")
}
