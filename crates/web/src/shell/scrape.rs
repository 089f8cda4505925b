//! Who may read `/metrics`: numbers about the house are for its operators.
use std::net::SocketAddr;

use axum::http::{HeaderMap, header};
use vault::Digest;

/// Who may.
#[derive(Debug, Clone, Default)]
pub enum Scrape {
    /// Programs on this machine, and nobody through a proxy on it.
    #[default]
    ThisMachine,
    /// Whoever bears the token with this digest, from anywhere.
    Bearer(Digest),
}

impl Scrape {
    /// Whether a request may.
    pub fn admits(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> bool {
        match self {
            Self::ThisMachine => {
                // A proxy's requests come from this machine too, and say for whom.
                let proxied =
                    ["x-forwarded-for", "forwarded", "x-real-ip"].iter().any(|name| headers.contains_key(*name));
                !proxied && peer.is_some_and(|peer| peer.ip().to_canonical().is_loopback())
            }
            Self::Bearer(digest) => {
                let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
                let token = given.and_then(|value| value.strip_prefix("Bearer "));
                token.is_some_and(|token| vault::same(vault::token_digest(token).as_bytes(), digest.as_bytes()))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_this_machine_or_the_bearer_reads() {
        let peer = |text: &str| Some(text.parse::<SocketAddr>().unwrap());
        let near = Scrape::ThisMachine;
        for local in ["127.0.0.1:5", "[::1]:5", "[::ffff:127.0.0.1]:5"] {
            assert!(near.admits(peer(local), &headers(&[])), "{local}");
            assert!(!near.admits(peer(local), &headers(&[("x-forwarded-for", "127.0.0.1")])), "through the proxy");
        }
        assert!(!near.admits(peer("10.0.0.9:5"), &headers(&[])) && !near.admits(None, &headers(&[])));
        let bearer = Scrape::Bearer(vault::token_digest("long-secret"));
        let with = |value: &str| bearer.admits(peer("10.0.0.9:5"), &headers(&[("authorization", value)]));
        assert!(with("Bearer long-secret"));
        assert!(!with("Bearer long-secre") && !with("long-secret") && !with("Bearer "));
        assert!(!bearer.admits(peer("127.0.0.1:5"), &headers(&[])), "from this machine too");
    }
}
