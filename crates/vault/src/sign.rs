//! SM2 signatures (GB/T 32918.2-2016) over SM3, with the usual distinguishing identifier (可辨别标识).
use std::fmt;
use std::str::FromStr;

use base::Rng;
use serde::{Deserialize, Serialize};
use sm2::SecretKey;
use sm2::dsa::signature::{Signer as _, Verifier as _};
use zeroize::Zeroizing;

/// The default distinguishing identifier of GM/T 0009-2012 §10.
pub const DISTINGUISHING_ID: &str = "1234567812345678";

/// A signature: r ‖ s, 32 bytes each.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Signature(pub [u8; 64]);

/// An SM2 private key, wiped when dropped and never printed.
#[derive(Clone)]
pub struct SigningKey(Zeroizing<[u8; 32]>);

impl SigningKey {
    /// A new key. Draws again in the 2^-32 case that 32 random bytes are no scalar of the curve.
    pub fn generate(rng: &Rng) -> Self {
        loop {
            if let Some(key) = Self::from_bytes(rng.bytes()) {
                return key;
            }
        }
    }

    /// The key with this scalar; none if it is zero, or not below n - 1 (GB/T 32918.1 §6.1).
    pub fn from_bytes(bytes: [u8; 32]) -> Option<Self> {
        let bytes = Zeroizing::new(bytes);
        let secret = SecretKey::from_slice(&*bytes).ok()?;
        // (1 + d) must have an inverse, which d = n - 1 lacks: a trial signature finds out.
        let key = sm2::dsa::SigningKey::new(DISTINGUISHING_ID, &secret).ok()?;
        key.try_sign(b"").ok()?;
        Some(Self(bytes))
    }

    /// Its scalar, for the key file only.
    pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
        self.0.clone()
    }

    fn inner(&self) -> Option<sm2::dsa::SigningKey> {
        let secret = SecretKey::from_slice(&*self.0).ok()?;
        sm2::dsa::SigningKey::new(DISTINGUISHING_ID, &secret).ok()
    }

    /// The public half. `None` cannot happen for a key made by this module's constructors.
    pub fn public(&self) -> Option<PublicKey> {
        let bytes = self.inner()?.verifying_key().to_sec1_bytes();
        PublicKey::from_bytes(&bytes)
    }

    /// Signs `message`; deterministic (the nonce follows RFC 6979), so a weak random source cannot reveal the key.
    /// `None` cannot happen for a key made by this module's constructors.
    pub fn sign(&self, message: &[u8]) -> Option<Signature> {
        let signature = self.inner()?.try_sign(message).ok()?;
        Some(Signature(signature.to_bytes().into()))
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// An SM2 public key: an uncompressed point, printed as 130 hexadecimal characters beginning `04`.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey([u8; 65]);

impl PublicKey {
    /// From an uncompressed point; none if it does not lie on the curve.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let bytes: [u8; 65] = bytes.try_into().ok()?;
        sm2::dsa::VerifyingKey::from_sec1_bytes(DISTINGUISHING_ID, &bytes).ok()?;
        Some(Self(bytes))
    }

    /// Its 65 bytes.
    pub fn as_bytes(&self) -> &[u8; 65] {
        &self.0
    }

    /// Whether `signature` over `message` was made with the private half.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        let Ok(key) = sm2::dsa::VerifyingKey::from_sec1_bytes(DISTINGUISHING_ID, &self.0) else { return false };
        let Ok(signature) = sm2::dsa::Signature::from_slice(&signature.0) else { return false };
        key.verify(message, &signature).is_ok()
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({self})")
    }
}

impl FromStr for PublicKey {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = hex::decode(text).map_err(|_| "公钥不是十六进制文本".to_owned())?;
        Self::from_bytes(&bytes).ok_or_else(|| "公钥不是 SM2 曲线上的点".to_owned())
    }
}

impl Serialize for PublicKey {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for PublicKey {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_example_verifies() {
        // GB/T 32918.5-2017, A.2: the recommended curve, message "message digest".
        let secret = "3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8";
        let key = SigningKey::from_bytes(hex::decode(secret).unwrap().try_into().unwrap()).unwrap();
        let public = key.public().unwrap();
        let expected = concat!(
            "0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
            "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"
        );
        assert_eq!(public.to_string(), expected);
        let signature = concat!(
            "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3",
            "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa"
        );
        let signature = Signature(hex::decode(signature).unwrap().try_into().unwrap());
        assert!(public.verifies(b"message digest", &signature));
        assert!(!public.verifies(b"message digesT", &signature));
    }

    #[test]
    fn signs_what_only_its_own_public_key_accepts() {
        let rng = Rng::seeded(1);
        let (one, two) = (SigningKey::generate(&rng), SigningKey::generate(&rng));
        let signature = one.sign(b"text").unwrap();
        assert!(one.public().unwrap().verifies(b"text", &signature));
        assert!(!two.public().unwrap().verifies(b"text", &signature));
        assert!(!one.public().unwrap().verifies(b"text", &Signature([0; 64])));
    }

    #[test]
    fn impossible_keys_are_refused_and_secrets_not_printed() {
        assert!(SigningKey::from_bytes([0; 32]).is_none());
        assert!(SigningKey::from_bytes([0xff; 32]).is_none());
        let key = SigningKey::from_bytes([3; 32]).unwrap();
        assert!(!format!("{key:?}").contains("03"));
        assert!(PublicKey::from_bytes(&[4; 65]).is_none());
    }
}
