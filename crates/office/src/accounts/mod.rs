//! Accounts (账号): signing up, signing in, sessions, one-time codes; officials and their posts; the three administrators.

pub mod activation;
pub mod officials;
pub mod overview;
pub mod own;
pub mod session;
pub mod sign_in;
pub mod sign_up;
pub mod system;
pub mod two_factor;
pub mod watch;

use authority::AdminRole;

pub use activation::{NewOfficial, Slip};
pub use officials::NewPost;
pub use session::{Session, SignedIn};
pub use sign_in::Entrance;
pub use sign_up::NewAccount;

/// What kind of person an account is for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AccountKind {
    /// 公众、经办人: signs up alone.
    Public,
    /// 机关工作人员: asked for by the system administrator, confirmed and given posts by the security administrator.
    Official,
}

impl AccountKind {
    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Official => "official",
        }
    }
}

/// The stored word of an administrator's role.
pub fn admin_word(role: AdminRole) -> &'static str {
    match role {
        AdminRole::System => "system",
        AdminRole::Security => "security",
        AdminRole::Audit => "audit",
    }
}

/// The role a stored word names.
pub fn admin_role(word: &str) -> Option<AdminRole> {
    match word {
        "system" => Some(AdminRole::System),
        "security" => Some(AdminRole::Security),
        "audit" => Some(AdminRole::Audit),
        _ => None,
    }
}

/// A login name as it is compared: folded width and case, no spaces.
pub fn login_key(typed: &str) -> String {
    registry::import::clean::text(typed).to_lowercase().replace(' ', "")
}

/// For the test that prepares all statements.
pub(crate) fn statements() -> Vec<store::Statement> {
    [activation::ALL, own::ALL, overview::ALL, system::ALL, watch::ALL, crate::people::requests::ALL].concat()
}
