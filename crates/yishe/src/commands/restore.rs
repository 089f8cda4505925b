//! `yishe restore`: puts a backup where the installation is or shall be. Nothing there is lost: the old database keeps its data under
//! another name.
use std::path::PathBuf;

use super::Asked;
use super::backup::{copy_files, files_beside};
use crate::failure::Failure;

/// 恢复
#[derive(Debug, clap::Args)]
pub struct Restore {
    /// 备份的数据库
    file: PathBuf,
    /// 备份的文件目录；不写则是 FILE.files
    #[arg(long, value_name = "DIR")]
    files: Option<PathBuf>,
}

impl Restore {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        let config = asked.place.config()?;
        let Some(path) = config.store().sqlite_path() else {
            return Err(Failure::refused("PostgreSQL 数据库请用 pg_restore 恢复；见 docs/OPERATIONS.md"));
        };
        if !self.file.is_file() {
            return Err(Failure::Refused(format!("没有备份文件 {}", self.file.display())));
        }
        // Before anything is made or moved.
        store::backup::check(&self.file)?;
        std::fs::create_dir_all(&config.data).map_err(Failure::trouble)?;
        let _lock = crate::install::lock(&config)?;
        let old = path.exists();
        let checked = store::backup::restore(&self.file, &path)?;
        let copied = copy_files(&self.files.clone().unwrap_or_else(|| files_beside(&self.file)), &config.files())?;
        // The name index was made from another database; it is made anew at the next start.
        for entry in std::fs::read_dir(&config.data).map_err(Failure::trouble)?.flatten() {
            if entry.file_name().to_string_lossy().starts_with("search.db") {
                std::fs::remove_file(entry.path()).map_err(Failure::trouble)?;
            }
        }
        println!("已恢复 {} 条留痕、{copied} 个文件到 {}", checked.entries, config.data.display());
        if old {
            println!("原来的数据库保留为 {}.before-restore", path.display());
        }
        println!(
            "请接着运行 yishe journal verify。封存日志若比备份新，核验会指出备份之后缺少的封存，这是正常的；请把封存日志一并换成备份时的那一份（FILE.seal.log），并说明缘由存档。"
        );
        Ok(())
    }
}
