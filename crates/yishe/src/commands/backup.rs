//! `yishe backup`: one moment of the database, the files it names, and the seals. Never the keys.
use std::fs;
use std::path::{Path, PathBuf};

use store::Engine;

use super::Asked;
use crate::failure::Failure;
use crate::install::database;
use crate::progress::Progress;

/// 备份
#[derive(Debug, clap::Args)]
pub struct Backup {
    /// 数据库的副本写到哪里（不覆盖已有的）
    file: PathBuf,
    /// 文件的副本放在哪个目录；多次备份可以共用一个，只补新的。不写则是 FILE.files
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,
}

/// Where a backup's files lie unless said otherwise.
pub fn files_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".files");
    PathBuf::from(name)
}

impl Backup {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        let config = asked.place.config()?;
        let db = database(&config)?;
        if db.engine() == Engine::Postgres {
            return Err(Failure::refused(
                "PostgreSQL 数据库请用它自己的工具备份（pg_dump 或基础备份加归档日志），文件目录用 rsync；见 docs/OPERATIONS.md",
            ));
        }
        if self.file.exists() {
            return Err(Failure::Refused(format!("{} 已经存在，备份从不覆盖。请换一个文件名", self.file.display())));
        }
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(Failure::Refused(format!("没有目录 {}", folder.display())));
        }
        // The database first: every file that it names was stored before the act that names it.
        let checked = store::backup::backup(&db, &self.file)?;
        let folder = self.files.clone().unwrap_or_else(|| files_beside(&self.file));
        let copied = copy_files(&config.files(), &folder)?;
        if config.seal_log().exists() {
            let mut log = self.file.as_os_str().to_owned();
            log.push(".seal.log");
            fs::copy(config.seal_log(), PathBuf::from(log)).map_err(Failure::trouble)?;
        }
        println!("已备份到 {}（{} 字节，{} 条留痕，已检查）", self.file.display(), checked.size, checked.entries);
        println!("文件在 {}（新增 {copied} 个）", folder.display());
        println!("密钥不在备份中，请另行保存密钥文件 {}", config.keys.display());
        Ok(())
    }
}

/// Copies what is not there yet. Names are digests, so what is there is the same.
pub fn copy_files(from: &Path, to: &Path) -> Result<u64, Failure> {
    let mut progress = Progress::new();
    let mut copied = 0;
    fs::create_dir_all(to).map_err(|error| trouble(to, &error))?;
    let Ok(folders) = fs::read_dir(from) else { return Ok(0) };
    for folder in folders {
        let folder = folder.map_err(Failure::trouble)?.path();
        let (true, Some(name)) = (folder.is_dir(), folder.file_name()) else { continue };
        let target = to.join(name);
        fs::create_dir_all(&target).map_err(|error| trouble(&target, &error))?;
        for file in fs::read_dir(&folder).map_err(|error| trouble(&folder, &error))? {
            let file = file.map_err(Failure::trouble)?.path();
            let Some(name) = file.file_name().filter(|name| !name.to_string_lossy().contains(".part")) else {
                continue;
            };
            if !target.join(name).exists() {
                copy_one(&file, &target.join(name))?;
                copied += 1;
                progress.step("复制文件", copied, 0);
            }
        }
    }
    Ok(copied)
}

/// A file has its name only when it is whole.
fn copy_one(from: &Path, to: &Path) -> Result<(), Failure> {
    let part = to.with_extension("part");
    let copy = || -> std::io::Result<()> {
        fs::copy(from, &part)?;
        fs::File::open(&part)?.sync_all()?;
        fs::rename(&part, to)
    };
    copy().map_err(|error| trouble(to, &error))
}

fn trouble(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Trouble(format!("{}: {error}", path.display()))
}
