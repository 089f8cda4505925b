//! `yishe migrate`: brings the database to this program's schema. On PostgreSQL as its owner, who is not the role that serves.
use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Kind, Opening};

/// 升级数据库结构
#[derive(Debug, clap::Args)]
pub struct Migrate {
    /// PostgreSQL：数据库属主的连接地址（服务用的角色没有建表的权限）；不写则取环境变量 YISHE_OWNER_URL
    #[arg(long, value_name = "URL")]
    owner_url: Option<String>,
    /// PostgreSQL：服务用的角色，给它提供服务所需的权限，不多不少
    #[arg(long, value_name = "ROLE")]
    serve_role: Option<String>,
}

impl Migrate {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        let config = asked.place.config()?;
        if config.store().sqlite_path().is_none() {
            let url = self.owner_url.clone().or_else(|| std::env::var("YISHE_OWNER_URL").ok());
            let url = url.ok_or_else(|| {
                Failure::refused("请用 --owner-url 或环境变量 YISHE_OWNER_URL 给出数据库属主的连接地址")
            })?;
            store::migrate::postgres(&url, self.serve_role.as_deref())?;
            println!("PostgreSQL 数据库已升级到本程序的结构");
            if self.serve_role.is_none() {
                println!("没有写 --serve-role：服务用的角色的权限未作改动");
            }
            return Ok(());
        }
        let open = Installation::open(
            &asked.place,
            &Opening { create: Some(Kind::Serve), serve: true, ..Opening::default() },
        )?;
        println!("{} 的数据库{}", open.config.data.display(), if open.fresh { "已建立" } else { "已是本程序的结构" });
        Ok(())
    }
}
