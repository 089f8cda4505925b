//! SM3 (GB/T 32905-2016) digests and keyed digests.
use std::fmt;
use std::str::FromStr;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::{Deserialize, Serialize};
use sm3::{Digest as _, Sm3};

/// A 256-bit SM3 digest (杂凑值), printed and stored as 64 lower-case hexadecimal characters.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

/// A text that is not 64 lower-case hexadecimal characters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是有效的 SM3 摘要（应为 64 位小写十六进制字符）")]
pub struct InvalidDigest(pub String);

impl Digest {
    /// All zeroes: stands for "nothing before this" at the head of a chain. No known text has this digest.
    pub const ZERO: Self = Self([0; 32]);

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The first eight characters, for people to compare by eye. Never enough to decide by.
    pub fn short(&self) -> String {
        self.to_string().chars().take(8).collect()
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Digest({self})")
    }
}

impl FromStr for Digest {
    type Err = InvalidDigest;
    fn from_str(text: &str) -> Result<Self, InvalidDigest> {
        let wrong = || InvalidDigest(text.to_owned());
        // One digest has one spelling, so that texts can be compared as texts.
        if text.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return Err(wrong());
        }
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| wrong())?;
        Ok(Self(bytes))
    }
}

impl Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// The SM3 digest of `bytes`.
pub fn sm3(bytes: &[u8]) -> Digest {
    Digest(Sm3::digest(bytes).into())
}

/// An SM3 digest taken piece by piece (files, long encodings).
#[derive(Clone, Default)]
pub struct Hasher(Sm3);

impl Hasher {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes in more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The digest of everything taken in.
    pub fn finish(self) -> Digest {
        Digest(self.0.finalize().into())
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hasher")
    }
}

/// HMAC-SM3 (GB/T 15852.2) of `message` under `key`. A key longer than 64 bytes is hashed first, as HMAC says.
pub fn hmac_sm3(key: &[u8], message: &[u8]) -> Digest {
    let hashed;
    let short: &[u8] = if key.len() > 64 {
        hashed = sm3(key);
        hashed.as_bytes()
    } else {
        key
    };
    let mut block = [0_u8; 64];
    for (slot, byte) in block.iter_mut().zip(short) {
        *slot = *byte;
    }
    // A full-block key is the one form that cannot be refused.
    let mut mac = Hmac::<Sm3>::new(&block.into());
    zeroize::Zeroize::zeroize(&mut block);
    mac.update(message);
    Digest(mac.finalize().into_bytes().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_example_holds() {
        // GB/T 32905-2016, A.1 and A.2.
        assert_eq!(sm3(b"abc").to_string(), "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
        assert_eq!(
            sm3("abcd".repeat(16).as_bytes()).to_string(),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"
        );
    }

    #[test]
    fn pieces_and_whole_agree() {
        let mut hasher = Hasher::new();
        hasher.update(b"a");
        hasher.update(b"bc");
        assert_eq!(hasher.finish(), sm3(b"abc"));
    }

    #[test]
    fn hmac_is_the_published_construction() {
        for key in [&b"k"[..], &[7; 64], &[9; 100]] {
            let mut block = [0_u8; 64];
            let short = if key.len() > 64 { sm3(key).0.to_vec() } else { key.to_vec() };
            block[..short.len()].copy_from_slice(&short);
            let inner = sm3(&[block.map(|byte| byte ^ 0x36).as_slice(), b"message"].concat());
            let outer = sm3(&[block.map(|byte| byte ^ 0x5c).as_slice(), &inner.0].concat());
            assert_eq!(hmac_sm3(key, b"message"), outer);
        }
    }

    #[test]
    fn a_digest_has_one_spelling() {
        let digest = sm3(b"abc");
        assert_eq!(digest.to_string().parse::<Digest>().unwrap(), digest);
        assert!(digest.to_string().to_uppercase().parse::<Digest>().is_err());
        assert!("abc".parse::<Digest>().is_err());
        assert_eq!(serde_json::from_str::<Digest>(&serde_json::to_string(&digest).unwrap()).unwrap(), digest);
    }
}
