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

/// Characters of codes that people read off paper and type: no 0, 1, I or O, which look alike.
const READABLE: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

/// Characters of [`fresh_readable`]: eight of five bits each.
const READABLE_CHARS: usize = 8;

/// A code of 40 random bits for a slip of paper, as `K7QM-2XWD`. Short, so count attempts and let it end soon; store a keyed
/// digest of [`fold_readable`], never the code.
pub fn fresh_readable(rng: &Rng) -> String {
    let bytes = rng.bytes::<READABLE_CHARS>();
    let chars: Vec<char> = bytes.iter().map(|byte| char::from(READABLE[usize::from(byte & 31)])).collect();
    let (front, back) = chars.split_at(READABLE_CHARS / 2);
    format!("{}-{}", front.iter().collect::<String>(), back.iter().collect::<String>())
}

/// What somebody meant who typed such a code: blanks and hyphens dropped, full-width folded, upper case.
pub fn fold_readable(typed: &str) -> String {
    let narrow = |c: char| match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        other => other,
    };
    typed.chars().map(narrow).filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect()
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
    fn readable_codes_are_typed_as_people_type() {
        let rng = Rng::seeded(6);
        let one = fresh_readable(&rng);
        assert_eq!((one.len(), one.chars().filter(|c| *c == '-').count()), (9, 1));
        assert_ne!(one, fresh_readable(&rng));
        assert_eq!(fold_readable(" k7qm－2ｘwd "), "K7QM2XWD");
        assert_eq!(fold_readable(&one.to_lowercase()), one.replace('-', ""));
    }

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
