//! Tokens against cross-site forms: salt and HMAC-SM3 over the visitor's cookie and session.
use base::Rng;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sm3::Sm3;
use subtle::ConstantTimeEq as _;

/// Bytes of salt; makes each rendering differ.
const SALT: usize = 8;

fn mac(secret: &[u8; 32], subject: &str, salt: &[u8]) -> Vec<u8> {
    match Hmac::<Sm3>::new_from_slice(secret) {
        Ok(mut mac) => {
            mac.update(salt);
            mac.update(subject.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        // HMAC takes keys of any length, so this cannot be reached; an empty code is never accepted.
        Err(_) => Vec::new(),
    }
}

/// A token for `subject`.
pub fn token(secret: &[u8; 32], subject: &str, rng: &Rng) -> String {
    let salt = rng.bytes::<SALT>();
    hex::encode([salt.as_slice(), &mac(secret, subject, &salt)].concat())
}

/// Whether `token` was made for `subject`.
pub fn accepts(secret: &[u8; 32], subject: &str, token: &str) -> bool {
    let Ok(bytes) = hex::decode(token) else { return false };
    let Some((salt, code)) = bytes.split_at_checked(SALT) else { return false };
    let expected = mac(secret, subject, salt);
    !expected.is_empty() && bool::from(expected.ct_eq(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_subject_and_secret_are_accepted() {
        let rng = Rng::seeded(1);
        let one = token(&[1; 32], "visit|session", &rng);
        assert!(accepts(&[1; 32], "visit|session", &one));
        assert_ne!(one, token(&[1; 32], "visit|session", &rng), "each rendering differs");
        for (secret, subject, token) in [
            ([2; 32], "visit|session", one.as_str()),
            ([1; 32], "visit|", one.as_str()),
            ([1; 32], "visit|session", ""),
            ([1; 32], "visit|session", "00"),
        ] {
            assert!(!accepts(&secret, subject, token));
        }
    }
}
