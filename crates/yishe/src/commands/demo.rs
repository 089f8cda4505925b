//! `yishe demo`: on a fresh machine, everything to look at; on the next start, what was kept.
use std::net::SocketAddr;

use office::demo::{DemoAccount, PASSWORD, Size};
use web::Settings;

use super::Asked;
use super::serve::serve;
use crate::config::Log;
use crate::failure::Failure;
use crate::install::{Installation, Kind, Opening};
use crate::logging;
use crate::progress::Progress;

/// 演示
#[derive(Debug, clap::Args)]
pub struct Demo {
    /// 监听地址
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Demo {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        logging::start(&Log { level: "warn".to_owned(), json: false });
        let opening =
            Opening { now: asked.now, create: Some(Kind::Demo), index: true, serve: true, ..Opening::default() };
        let mut open = Installation::open(&asked.place, &opening)?;
        if !open.kind.is_play() {
            return Err(Failure::refused("这个数据目录是正式安装，不能作演示环境打开。请用 --data 指定另一个目录"));
        }
        open.config.listen = self.listen;
        open.config.base_url = format!("http://{}", self.listen);
        let mut progress = Progress::new();
        open.office.furnish_demo(Size::default(), |(what, done, all)| progress.step(what, done, all))?;
        progress.step("名称索引", 0, 0);
        open.office.catch_up()?;
        progress.clear();
        let accounts = open.office.demo_accounts();
        let offered = accounts
            .iter()
            .map(|one| (one.login.to_owned(), PASSWORD.to_owned(), format!("{} · {}", one.name, one.seat)));
        let offered = offered.collect();
        let settings = Settings::demo(&open.config.base_url);
        serve(open, settings, offered, |address| print(address, &accounts))
    }
}

fn print(address: SocketAddr, accounts: &[DemoAccount]) {
    println!("一社 · 演示环境  http://{address}");
    println!("演示账号（密码都是 {PASSWORD}）：");
    let width = accounts.iter().map(|one| one.login.len()).max().unwrap_or(0);
    for one in accounts {
        println!("  {:width$}  {}  {}", one.login, one.name, one.seat);
    }
    println!("按 Ctrl-C 停止。数据保留，下次启动接着用。");
}
