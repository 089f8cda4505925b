//! Why a use case did not happen, in the words shown to people: what, why, what next.
use authority::Denied;
use serde::Serialize;
use store::DbError;

/// One field of a form that cannot be taken as it is.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Wrong {
    /// The field's name in the form.
    pub field: String,
    /// What is wrong and how to mend it, in Chinese.
    pub message: String,
    /// The clause that asks for it, where there is one.
    pub clause: Option<String>,
}

impl Wrong {
    /// A fault without a clause.
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into(), clause: None }
    }
}

/// Why a use case did not happen. Pages and the API turn each into their own form with the same [`Refused::code`].
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Nobody is signed in (401 / the sign-in page).
    #[error("请先登录")]
    SignIn,
    /// There is no such thing, or the asker may not know that there is (404).
    #[error("没有找到{0}。请核对编号或链接")]
    NotFound(&'static str),
    /// The person may not (403).
    #[error(transparent)]
    Denied(#[from] Denied),
    /// Fields are wrong (422).
    #[error("有 {} 处需要更正", .0.len())]
    Invalid(Vec<Wrong>),
    /// A rule says no (409): a stable code, what and why, and what next.
    #[error("{what}。{next}")]
    Rule {
        /// Stable name for the API.
        code: &'static str,
        /// What is refused and why, with the clause.
        what: String,
        /// What to do.
        next: String,
    },
    /// Somebody else was faster (409).
    #[error("刚才有人先办理了这一件，页面内容已经变化。请刷新后再看")]
    Conflict,
    /// Too many attempts (429).
    #[error("{0}")]
    TooMany(String),
    /// The machine has no time (503).
    #[error("系统正忙，请稍候再试")]
    Busy,
    /// Trouble of our own (500); the text is for the log only.
    #[error("系统内部错误，已记录。请稍后再试")]
    Internal(String),
}

impl Refused {
    /// A rule's refusal.
    pub fn rule(code: &'static str, what: impl Into<String>, next: impl Into<String>) -> Self {
        Self::Rule { code, what: what.into(), next: next.into() }
    }

    /// One wrong field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![Wrong::new(field, message)])
    }

    /// Trouble of our own.
    pub fn internal(error: impl std::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }

    /// A stable name for the API and tests.
    pub fn code(&self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::NotFound(_) => "not_found",
            Self::Denied(_) => "denied",
            Self::Invalid(_) => "invalid",
            Self::Rule { code, .. } => code,
            Self::Conflict => "conflict",
            Self::TooMany(_) => "too_many",
            Self::Busy => "busy",
            Self::Internal(_) => "internal",
        }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::NotFound(_) => 404,
            Self::Denied(_) => 403,
            Self::Invalid(_) => 422,
            Self::Rule { .. } | Self::Conflict => 409,
            Self::TooMany(_) => 429,
            Self::Busy => 503,
            Self::Internal(_) => 500,
        }
    }
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        match error {
            DbError::Conflict(_) => Self::Conflict,
            DbError::Busy(_) => Self::Busy,
            other => Self::Internal(other.to_string()),
        }
    }
}
