//! Who acts: an account with the posts it holds now.
use base::{AccountId, AreaCode, BodyId, OrgId};
use serde::{Deserialize, Serialize};

use crate::DeskId;

/// One person signed in, as the act sees him (操作人).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Actor {
    /// The account.
    pub account: AccountId,
    /// The name shown in the file.
    pub name: String,
    /// Posts held in authorities and bodies (任职岗位).
    pub posts: Vec<Post>,
    /// Organizations this person acts for (经办、法定代表人).
    pub orgs: Vec<OrgId>,
    /// One of the three administrators. An administrator does no business, and nobody is two of them (三员分立).
    pub admin: Option<AdminRole>,
}

/// A desk held at one body for one area.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Post {
    /// The desk.
    pub desk: DeskId,
    /// The area the body is responsible for.
    pub area: AreaCode,
    /// The body.
    pub body: BodyId,
}

/// The three administrators (三员).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdminRole {
    /// 系统管理员: accounts, configuration.
    System,
    /// 安全管理员: rights, keys.
    Security,
    /// 审计管理员: reads and verifies the journal.
    Audit,
}

impl Actor {
    /// The timer (系统): it may let limits expire and nothing else.
    pub fn system() -> Self {
        let post = Post { desk: DeskId::from(DeskId::SYSTEM), area: AreaCode::nation(), body: BodyId::from_bits(0) };
        Self {
            account: AccountId::from_bits(0),
            name: "系统".to_owned(),
            posts: vec![post],
            orgs: Vec::new(),
            admin: None,
        }
    }

    /// Whether this is the timer.
    pub fn is_system(&self) -> bool {
        self.posts.iter().any(|post| post.desk.is_system())
    }

    /// Whether he sits at this desk anywhere.
    pub fn sits_at(&self, desk: &DeskId) -> bool {
        self.posts.iter().any(|post| post.desk == *desk)
    }
}
