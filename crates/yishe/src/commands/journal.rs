//! `yishe journal`: verification and sealing by hand.
use std::path::PathBuf;

use office::audit::{self, Depth, Finding, SealLog};

use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Opening, database};
use crate::progress::Progress;

/// 留痕
#[derive(Debug, clap::Args)]
pub struct Journal {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 核验留痕、当前数据、文件、封存；发现第一处不符即停并指明（退出码 1）
    Verify {
        /// 只核验留痕链和封存，不读数据和文件
        #[arg(long)]
        quick: bool,
        /// 与另存的封存日志比对（例如异地保存的那一份），而不是数据目录里的
        #[arg(long, value_name = "FILE")]
        seal_log: Option<PathBuf>,
    },
    /// 立即封存一次
    Seal,
}

impl Journal {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        match &self.what {
            What::Verify { quick, seal_log } => verify(asked, *quick, seal_log.as_ref()),
            What::Seal => {
                asked.refuse_now()?;
                let open = Installation::open(&asked.place, &Opening::default())?;
                match open.office.seal(&open.log, false)? {
                    Some(seal) => println!("第 {} 号封存，{} 条链，摘要 {}", seal.no, seal.count, seal.digest),
                    None => println!("上次封存以来没有新的留痕"),
                }
                Ok(())
            }
        }
    }
}

fn verify(asked: &Asked, quick: bool, seal_log: Option<&PathBuf>) -> Result<(), Failure> {
    let config = asked.place.config()?;
    let db = database(&config)?;
    let files = office::Files::open(config.files())?;
    let log = SealLog::at(seal_log.cloned().unwrap_or_else(|| config.seal_log()));
    let depth = if quick { Depth::Chains } else { Depth::Full };
    let mut progress = Progress::new();
    let result = audit::verify(&db, &files, Some(&log), depth, &mut |at| match at {
        audit::Progress::Rows(rows) => progress.step("读取数据", rows, 0),
        audit::Progress::Entries(done, all) => progress.step("核验留痕", done, all),
        audit::Progress::Seals(seals) => progress.step("核验封存", seals, 0),
    });
    progress.clear();
    match result {
        Ok(report) => {
            println!("留痕完整：{} 条留痕，{} 条链，{} 次封存", report.entries, report.subjects, report.seals);
            if !quick {
                println!("数据与文件相符：比对 {} 行，重算 {} 个文件", report.rows, report.files);
            }
            println!("封存日志：{}", log.path().display());
            Ok(())
        }
        Err(Finding::Unread(why)) => Err(Failure::Trouble(format!("核验未能完成：{why}"))),
        Err(finding) => Err(Failure::No(format!("发现不符：{finding}"))),
    }
}
