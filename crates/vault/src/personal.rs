//! Personal values (个人信息): sealed under one data key per person, so that destroying one key erases one person.
use std::fmt;
use std::str::FromStr;

use base::{PersonId, Rng};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::keyring::sm4_key;
use crate::{KeyFault, KeyId, SealFault, open, seal};

/// A person's data key: 32 random bytes, wiped when dropped. Stored only wrapped.
#[derive(Clone)]
pub struct DataKey(Zeroizing<[u8; 32]>);

impl DataKey {
    /// A new one.
    pub fn generate(rng: &Rng) -> Self {
        Self(Zeroizing::new(rng.bytes()))
    }

    /// From unwrapped bytes; none unless there are 32.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Its bytes, for wrapping only.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Seals one value of `person`; `field` names it (`id_number`, `phone`) and is bound in, so values cannot be swapped.
    pub fn seal(&self, rng: &Rng, person: PersonId, field: &str, value: &str) -> Result<Sealed, PersonalFault> {
        let ct = seal(&sm4_key(&self.0), rng, &personal_aad(person, field), value.as_bytes())?;
        Ok(Sealed { enc: person, ct: URL_SAFE_NO_PAD.encode(ct) })
    }

    /// Opens one value of `person` sealed as `field`.
    pub fn open(&self, person: PersonId, field: &str, sealed: &Sealed) -> Result<Zeroizing<String>, PersonalFault> {
        let ct = URL_SAFE_NO_PAD.decode(&sealed.ct).map_err(|_| SealFault::Truncated)?;
        let plain = open(&sm4_key(&self.0), &personal_aad(person, field), &ct)?;
        let text = std::str::from_utf8(&plain).map_err(|_| PersonalFault::NotText)?;
        Ok(Zeroizing::new(text.to_owned()))
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataKey(…)")
    }
}

/// The context a person's value is bound to: `person/<id>/<field>`. A ULID has no slash, so no two contexts collide.
pub fn personal_aad(person: PersonId, field: &str) -> Vec<u8> {
    format!("person/{person}/{field}").into_bytes()
}

/// The context a person's wrapped data key is bound to.
pub(crate) fn wrap_context(person: PersonId) -> Vec<u8> {
    format!("data-key/{person}").into_bytes()
}

/// A sealed personal value as it stands in rows and journal entries: `{"enc":"<person>","ct":"<base64url>"}`.
/// Which master key wraps the person's data key is *not* in it, so rotation never touches sealed values.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealed {
    /// Whose data key opens it.
    pub enc: PersonId,
    /// nonce ‖ ciphertext ‖ tag in unpadded base64url.
    pub ct: String,
}

/// A secret sealed under a master key, printed and stored as `<key id>.<base64url>`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct WrappedKey {
    /// The master key that seals it.
    pub key: KeyId,
    /// nonce ‖ ciphertext ‖ tag.
    pub sealed: Vec<u8>,
}

impl fmt::Display for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.key, URL_SAFE_NO_PAD.encode(&self.sealed))
    }
}

impl FromStr for WrappedKey {
    type Err = PersonalFault;
    fn from_str(text: &str) -> Result<Self, PersonalFault> {
        let (key, sealed) = text.split_once('.').ok_or(PersonalFault::NotAKey)?;
        let sealed = URL_SAFE_NO_PAD.decode(sealed).map_err(|_| PersonalFault::NotAKey)?;
        Ok(Self { key: key.parse().map_err(|_| PersonalFault::NotAKey)?, sealed })
    }
}

/// Why a personal value cannot be sealed or read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PersonalFault {
    /// The key ring cannot help.
    #[error(transparent)]
    Key(#[from] KeyFault),
    /// The sealed bytes do not open.
    #[error(transparent)]
    Seal(#[from] SealFault),
    /// What was unwrapped, or the stored text, is no data key.
    #[error("保存的个人数据密钥格式不正确，无法读取该个人信息。请从备份恢复该记录")]
    NotAKey,
    /// What was opened is no UTF-8 text.
    #[error("解密后的内容不是文本，无法显示。请运行留痕核验")]
    NotText,
}

#[cfg(test)]
mod tests {
    use base::{Clock, Instant};

    use super::*;
    use crate::{KeyRing, Vault};

    #[test]
    fn values_open_for_their_person_and_field_only() {
        let (clock, rng) = (Clock::fixed(Instant(0)), Rng::seeded(3));
        let ring = KeyRing::generate(&clock, &rng);
        let (one, two) = (PersonId::fresh(&clock, &rng), PersonId::fresh(&clock, &rng));
        let (key, wrapped) = ring.new_data_key(&rng, one).unwrap();
        let sealed = key.seal(&rng, one, "phone", "13800000000").unwrap();
        let stored = serde_json::to_string(&sealed).unwrap();
        assert!(!stored.contains("13800000000") && stored.starts_with(&format!("{{\"enc\":\"{one}\"")));
        let key = ring.data_key(one, &wrapped.to_string().parse().unwrap()).unwrap();
        let sealed: Sealed = serde_json::from_str(&stored).unwrap();
        assert_eq!(&*key.open(one, "phone", &sealed).unwrap(), "13800000000");
        assert!(key.open(one, "id_number", &sealed).is_err());
        assert!(key.open(two, "phone", &sealed).is_err());
        assert!(DataKey::generate(&rng).open(one, "phone", &sealed).is_err());
        assert!("x.y".parse::<WrappedKey>().is_err() && "".parse::<WrappedKey>().is_err());
    }
}
