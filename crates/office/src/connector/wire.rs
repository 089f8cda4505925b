//! What goes over the wire: one request, one reply, both signed with SM3-HMAC (`docs/CONNECTORS.md` §2).
use std::sync::Arc;

use base::Instant;
use vault::{Digest, hmac_sm3, sm3};

/// The key shared with the other side; never printed.
#[derive(Clone)]
pub struct Secret(Arc<[u8]>);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl Secret {
    /// From the bytes of a key file, without the line end.
    pub fn new(bytes: &[u8]) -> Self {
        Self(bytes.trim_ascii().into())
    }

    /// The signature of a request.
    pub fn sign_request(&self, exchange: &Exchange) -> Digest {
        let Exchange { path, key, at, body } = exchange;
        let text = format!("POST\n/{path}\n{at}\n{key}\n{}", sm3(body.as_bytes()));
        hmac_sm3(&self.0, text.as_bytes())
    }

    /// The signature of the reply to the request with this key: an old reply to another request does not fit.
    pub fn sign_reply(&self, key: &str, status: u16, body: &str) -> Digest {
        let text = format!("{status}\n{key}\n{}", sm3(body.as_bytes()));
        hmac_sm3(&self.0, text.as_bytes())
    }
}

/// A request.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Exchange {
    /// Below the configured address: `messages`, `identity`, `codes`.
    pub path: &'static str,
    /// The same for every attempt at the same thing.
    pub key: String,
    /// When it is sent.
    pub at: Instant,
    /// JSON.
    pub body: String,
}

/// A reply.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// JSON or nothing.
    pub body: String,
    /// The `Yishe-Signature` header.
    pub signature: Option<String>,
}

impl Reply {
    /// Whether the other side took it.
    pub fn is_good(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The status and the beginning of what was said, for an administrator; a body could be anything, so little of it is kept.
    pub fn said(&self) -> String {
        let words: String = self.body.chars().filter(|c| !c.is_control()).take(120).collect();
        if words.is_empty() {
            format!("对方回复 {}", self.status)
        } else {
            format!("对方回复 {}：{words}", self.status)
        }
    }
}

/// Why there is no good reply.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Trouble {
    /// Trying again later may help: no answer, or one that says so.
    #[error("{0}")]
    Again(String),
    /// The other side will never take this.
    #[error("{0}")]
    Never(String),
}

/// Carries a request to the other side and brings the reply back. Blocking; ends within its time-out.
pub trait Transport: Send + Sync {
    /// One attempt. `signature` goes along with the request.
    fn carry(&self, exchange: &Exchange, signature: &str) -> Result<Reply, Trouble>;
}

impl super::Line {
    /// One request and its good reply. `sealed`: the reply is relied on, so it must be signed.
    pub fn ask(&self, exchange: &Exchange, sealed: bool) -> Result<Reply, Trouble> {
        let signature = self.secret.sign_request(exchange).to_string();
        let reply = self.transport.carry(exchange, &signature)?;
        if !reply.is_good() {
            // 408 and 429 ask for patience, 5xx is trouble over there; anything else is a no.
            let patience = reply.status >= 500 || matches!(reply.status, 408 | 429);
            let said = reply.said();
            return Err(if patience { Trouble::Again(said) } else { Trouble::Never(said) });
        }
        if sealed {
            let expected = self.secret.sign_reply(&exchange.key, reply.status, &reply.body).to_string();
            let given = reply.signature.as_deref().unwrap_or_default();
            if !vault::same(expected.as_bytes(), given.as_bytes()) {
                return Err(Trouble::Again("对方的回复没有签名或签名不符，没有采用".to_owned()));
            }
        }
        Ok(reply)
    }
}
