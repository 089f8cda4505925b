//! The boundary to outside systems (对接), described field by field in `docs/CONNECTORS.md`: the provincial integrated service platform
//! (省一体化政务服务平台), the provincial code system (一社一码), and by the same shape whatever follows (短信、支付、邮寄).
//!
//! **In** come identities ([`IdentitySource`]) and code bodies ([`CodeSource`]); **out** go messages ([`messages`]): where a case stands
//! and how a service was rated. An outgoing message is a row of the outbox, written in the transaction of the act it tells of, and
//! sent by a job: in order per subject, at least once, with a key by which the receiver knows a repeat; tried again ever later; given
//! up after so many attempts, for an administrator to see ([`admin`]).
//!
//! Which connections an installation has is configuration; nothing here knows a province. Below everything is one [`Transport`]:
//! `http`, or `recorded`, which answers from a file and is what tests and the demonstration use.

pub mod admin;
pub mod codes;
mod http;
pub mod identity;
pub mod messages;
pub mod outbox;
pub mod recorded;
pub mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

pub use codes::{CodeSource, LOCAL_PREFIX, LocalSeries, OutsideSeries, is_local_code};
pub use http::Http;
pub use identity::{Assertion, IdentitySource};
pub use recorded::Recorded;
pub use wire::{Exchange, Reply, Transport, Trouble};

/// How often a message is tried unless the configuration says otherwise: with the waits doubling from 10 seconds to an hour, some
/// four hours.
pub const ATTEMPTS: i64 = 12;

/// The connections there can be.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Connector {
    /// 统一身份认证: who signs in.
    Identity,
    /// 统一赋码: bodies of organization codes.
    Codes,
    /// 办件状态
    CaseStatus,
    /// 好差评
    ServiceReview,
}

impl Connector {
    /// All of them, in the order shown.
    pub const ALL: [Self; 4] = [Self::Identity, Self::Codes, Self::CaseStatus, Self::ServiceReview];

    /// As configured and stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Codes => "codes",
            Self::CaseStatus => "case_status",
            Self::ServiceReview => "service_review",
        }
    }

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Identity => "统一身份认证",
            Self::Codes => "统一赋码",
            Self::CaseStatus => "办件状态送出",
            Self::ServiceReview => "好差评送出",
        }
    }

    /// Which way it goes.
    pub fn sends(self) -> bool {
        matches!(self, Self::CaseStatus | Self::ServiceReview)
    }

    /// The connection with this stored name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.as_str() == word)
    }
}

/// What stands behind a connection.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// Another system.
    Http,
    /// A file of answers: tests and demonstrations.
    Recorded,
}

/// One connection that is on.
#[derive(Clone)]
pub struct Line {
    /// What stands behind it.
    pub kind: Kind,
    /// Carries requests there.
    pub transport: Arc<dyn Transport>,
    /// Signs what goes out and what comes back.
    pub secret: wire::Secret,
    /// A message is given up after so many attempts.
    pub attempts: i64,
    /// Seconds after which an attempt is over, one way or another.
    pub timeout: u32,
}

impl Line {
    /// A recorded one with the usual settings.
    pub fn recorded(recorded: Arc<Recorded>) -> Self {
        let secret = recorded.secret();
        Self { kind: Kind::Recorded, transport: recorded, secret, attempts: ATTEMPTS, timeout: 10 }
    }
}

/// All connections of an installation, and where organization codes come from.
pub struct Outside {
    lines: BTreeMap<Connector, Line>,
    /// Where the bodies of organization codes come from.
    pub codes: Arc<dyn CodeSource>,
    /// Who else vouches for people who sign in.
    pub identity: Option<Arc<dyn IdentitySource>>,
}

impl fmt::Debug for Outside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kinds: Vec<_> = self.lines.iter().map(|(name, line)| (name.as_str(), line.kind)).collect();
        f.debug_struct("Outside").field("lines", &kinds).field("codes", &self.codes.says()).finish_non_exhaustive()
    }
}

impl Default for Outside {
    fn default() -> Self {
        Self::local()
    }
}

impl Outside {
    /// No connection at all: codes of the local series.
    pub fn local() -> Self {
        Self { lines: BTreeMap::new(), codes: Arc::new(LocalSeries), identity: None }
    }

    /// What a demonstration has: messages go to a recorded receiver that takes everything.
    pub fn demo() -> Self {
        let line = Line::recorded(Arc::new(Recorded::taking_all()));
        Self::local().with(Connector::CaseStatus, line.clone()).with(Connector::ServiceReview, line)
    }

    /// With a connection on.
    #[must_use]
    pub fn with(mut self, connector: Connector, line: Line) -> Self {
        if connector == Connector::Codes {
            self.codes = Arc::new(OutsideSeries);
        }
        self.lines.insert(connector, line);
        self
    }

    /// With an identity source on; `login_url` is where browsers are sent.
    #[must_use]
    pub fn with_identity(mut self, login_url: &str, line: Line) -> Self {
        self.identity = Some(Arc::new(identity::Redeemer::new(login_url, line.clone())));
        self.with(Connector::Identity, line)
    }

    /// The connection, if it is on.
    pub fn line(&self, connector: Connector) -> Option<&Line> {
        self.lines.get(&connector)
    }

    /// Whether any connection answers from a file.
    pub fn has_recorded(&self) -> bool {
        self.lines.values().any(|line| line.kind == Kind::Recorded)
    }
}

#[cfg(test)]
mod tests;
