//! Random tokens for sessions and forms, and comparison that takes the same time whatever differs.
use base::Rng;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use subtle::ConstantTimeEq as _;

use crate::{Digest, sm3};

/// A token of 256 random bits: 43 characters, safe in cookies and URLs. Store [`token_digest`] of it, never the token.
pub fn fresh_token(rng: &Rng) -> String {
    URL_SAFE_NO_PAD.encode(rng.bytes::<32>())
}

/// What the database keeps of a token: enough to recognise it, not to use it.
pub fn token_digest(token: &str) -> Digest {
    sm3(token.as_bytes())
}

/// Whether two secrets are the same, in time that depends on their lengths only.
pub fn same(one: &[u8], two: &[u8]) -> bool {
    one.ct_eq(two).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_differ_and_compare() {
        let rng = Rng::seeded(5);
        let (one, two) = (fresh_token(&rng), fresh_token(&rng));
        assert_eq!(one.len(), 43);
        assert!(!same(one.as_bytes(), two.as_bytes()) && same(one.as_bytes(), one.clone().as_bytes()));
        assert!(!same(b"a", b"ab") && same(b"", b""));
        assert_ne!(token_digest(&one), token_digest(&two));
    }
}
