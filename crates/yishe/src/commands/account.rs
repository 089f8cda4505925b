//! `yishe account`: the first administrators (三员), whom nobody inside can make.
use authority::AdminRole;
use clap::ValueEnum;

use super::Asked;
use crate::failure::Failure;
use crate::install::{Installation, Opening};

/// 账号
#[derive(Debug, clap::Args)]
pub struct Account {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// 开立三员之一的账号，打印激活码；这一员已有可用账号时不再开立（请由系统管理员在页面上办理）
    Admin {
        /// 哪一员
        role: Role,
        /// 登录名
        login: String,
        /// 姓名
        #[arg(long)]
        name: String,
    },
    /// 某一员丢了手机或密码、又没有人能在页面上确认时，两人在场重新激活；记入留痕
    Recover {
        /// 登录名
        login: String,
        /// 原因和在场的人
        #[arg(long)]
        because: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Role {
    /// 系统管理员
    System,
    /// 安全管理员
    Security,
    /// 审计管理员
    Audit,
}

impl Role {
    fn admin(self) -> (AdminRole, &'static str) {
        match self {
            Self::System => (AdminRole::System, "系统管理员"),
            Self::Security => (AdminRole::Security, "安全管理员"),
            Self::Audit => (AdminRole::Audit, "审计管理员"),
        }
    }
}

impl Account {
    pub fn run(&self, asked: &Asked) -> Result<(), Failure> {
        asked.refuse_now()?;
        let open = Installation::open(&asked.place, &Opening::default())?;
        let (title, slips) = match &self.what {
            What::Admin { role, login, name } => {
                let (role, title) = role.admin();
                (title, open.office.install_admin(role, login, name))
            }
            What::Recover { login, because } => ("管理员", open.office.recover_administrator(login, because)),
        };
        let (first, second) = slips.map_err(super::import::said)?;
        println!("{title}账号 {}（{}）可以激活了", first.login, first.name);
        println!("激活码（只显示这一次）：前半段 {}，后半段 {}", first.code, second.code);
        if let Some(ends_at) = first.ends_at {
            println!("有效期至 {}", ends_at.local_minute());
        }
        println!("请当面交给本人：打开“登录 → 用激活码开通”，自己设置密码，自己绑定动态口令");
        Ok(())
    }
}
