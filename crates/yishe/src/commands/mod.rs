//! The command line (命令行): one file per command, one dispatch.
mod account;
mod backup;
mod catalogue;
mod code;
mod config;
mod demo;
mod facts;
mod generate;
mod import;
mod import_register;
mod journal;
mod keys;
mod migrate;
mod new_pack;
mod plan;
mod restore;
mod serve;
mod verify;

use base::Date;
use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::install::Where;

/// 一社：社会组织登记、监管、培育、服务平台
#[derive(Debug, Parser)]
#[command(
    name = "yishe",
    version,
    about,
    after_help = "退出码：0 办成；1 办成，但结论是否定的；2 命令或配置不允许；3 机器故障（磁盘、数据库、网络）"
)]
pub struct Cli {
    #[command(flatten)]
    place: Where,
    /// 把业务日期当作这一天；只用于查询类命令和演示、测试数据库
    #[arg(long, value_name = "DATE", global = true)]
    now: Option<Date>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// 按配置文件提供服务
    Serve(serve::Serve),
    /// 演示：没有数据就先建立，然后提供服务并列出演示账号
    Demo(demo::Demo),
    /// 把数据库升级到本程序的结构
    Migrate(migrate::Migrate),
    /// 备份数据库和文件（密钥不在其中）
    Backup(backup::Backup),
    /// 从备份恢复；原有的数据库会改名保留
    Restore(restore::Restore),
    /// 导入名册（CSV 或 Excel）
    Import(import::Import),
    /// 生成演示用的社会组织（标明“演示数据”；同一种子结果相同）
    Generate(generate::Generate),
    /// 统一社会信用代码与备案号：校验
    Code(code::Code),
    /// 留痕：核验、封存
    Journal(journal::Journal),
    /// 事项目录：检查、说明
    Catalogue(catalogue::CatalogueArgs),
    /// 规划：列出、执行情况
    Plan(plan::PlanArgs),
    /// 事实：说明一个组织或者地区的事实从哪里来
    Facts(facts::Facts),
    /// 离线验证电子证照
    Verify(verify::Verify),
    /// 账号：开立最初的三员
    Account(account::Account),
    /// 密钥：生成、轮换、导出公钥
    Keys(keys::Keys),
    /// 配置：检查
    Config(config::ConfigArgs),
}

/// What every command may ask for.
#[derive(Debug)]
pub struct Asked {
    /// Which installation.
    pub place: Where,
    /// The business date, if set.
    pub now: Option<Date>,
}

impl Asked {
    /// A clock for commands that open no database.
    pub fn clock(&self) -> base::Clock {
        self.now.map_or_else(base::Clock::system, base::Clock::with_today)
    }

    /// Refuses `--now` for commands that change a real installation.
    pub fn refuse_now(&self) -> Result<(), Failure> {
        match self.now {
            None => Ok(()),
            Some(_) => Err(Failure::refused("这个命令不能用 --now")),
        }
    }
}

impl Cli {
    /// Does what was asked.
    pub fn run(self) -> Result<(), Failure> {
        let asked = Asked { place: self.place, now: self.now };
        match self.command {
            Command::Serve(command) => command.run(&asked),
            Command::Demo(command) => command.run(&asked),
            Command::Migrate(command) => command.run(&asked),
            Command::Backup(command) => command.run(&asked),
            Command::Restore(command) => command.run(&asked),
            Command::Import(command) => command.run(&asked),
            Command::Generate(command) => command.run(&asked),
            Command::Code(command) => command.run(),
            Command::Journal(command) => command.run(&asked),
            Command::Catalogue(command) => command.run(&asked),
            Command::Plan(command) => command.run(&asked),
            Command::Facts(command) => command.run(&asked),
            Command::Verify(command) => command.run(&asked),
            Command::Account(command) => command.run(&asked),
            Command::Keys(command) => command.run(&asked),
            Command::Config(command) => command.run(&asked),
        }
    }
}

/// Prints a long text. A reader who has seen enough (`| head`) ends it, and that is no failure.
pub fn print_all(text: &str) {
    use std::io::Write as _;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

/// The words of every command: `catalogue check`.
pub fn words() -> Vec<String> {
    fn below(command: &clap::Command, before: &str, out: &mut Vec<String>) {
        for part in command.get_subcommands() {
            let name = format!("{before}{}", part.get_name());
            below(part, &format!("{name} "), out);
            out.push(name);
        }
    }
    let mut out = Vec::new();
    below(&<Cli as clap::CommandFactory>::command(), "", &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_made() {
        <Cli as clap::CommandFactory>::command().debug_assert();
        let words = words();
        for word in
            ["serve", "demo", "migrate", "backup", "restore", "journal verify", "catalogue check", "keys rotate"]
        {
            assert!(words.iter().any(|one| one == word), "{word}");
        }
    }
}
