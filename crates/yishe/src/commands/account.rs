//! `yishe account`: the first administrators (三员), whom nobody inside can make.
use authority::AdminRole;
use base::Rng;
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
    /// 开立三员之一的账号，打印一次性初始密码；这一员已有可用账号时不再开立（请由系统管理员在页面上办理）
    Admin {
        /// 哪一员
        role: Role,
        /// 登录名
        login: String,
        /// 姓名
        #[arg(long)]
        name: String,
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
        let What::Admin { role, login, name } = &self.what;
        let (role, title) = role.admin();
        let open = Installation::open(&asked.place, &Opening::default())?;
        // 26 characters of 160 random bits, in three kinds of characters as the rule for passwords asks.
        let token = vault::fresh_token(&Rng::system());
        let password = format!("Y1-{}", token.chars().take(26).collect::<String>());
        open.office.install_admin(role, login, name, &password).map_err(super::import::said)?;
        println!("已开立{title}账号 {login}");
        println!("初始密码（只显示这一次，首次登录须更换并绑定动态口令）：{password}");
        Ok(())
    }
}
