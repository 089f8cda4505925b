//! The key ring (密钥环) and the boundary behind which a certified module can stand.
use std::fmt;
use std::str::FromStr;

use base::{Clock, Instant, PersonId, Rng};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::personal::{DataKey, PersonalFault, WrappedKey};
use crate::sign::{PublicKey, Signature, SigningKey};
use crate::{Digest, Sm4Key, hmac_sm3, same, seal};

/// What a key is for. One key never serves two purposes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Wraps each person's data key (个人信息主密钥).
    Personal,
    /// Keys the look-up column by which an ID number is found without being stored (查找密钥).
    Lookup,
    /// Signs e-licences (电子证照签名密钥, SM2).
    Licence,
    /// Authenticates session cookies and form tokens (会话密钥).
    Session,
}

impl Purpose {
    /// Every purpose; a complete ring has a current key for each.
    pub const ALL: [Self; 4] = [Self::Personal, Self::Lookup, Self::Licence, Self::Session];

    /// What people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Personal => "个人信息主密钥",
            Self::Lookup => "查找密钥",
            Self::Licence => "电子证照签名密钥",
            Self::Session => "会话密钥",
        }
    }
}

/// Names a key: eight lower-case hexadecimal characters, drawn at random, the same in every file that mentions the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId(pub [u8; 4]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

impl FromStr for KeyId {
    type Err = KeyFault;
    fn from_str(text: &str) -> Result<Self, KeyFault> {
        let mut bytes = [0; 4];
        let canonical = !text.bytes().any(|byte| byte.is_ascii_uppercase());
        match hex::decode_to_slice(text, &mut bytes) {
            Ok(()) if canonical => Ok(Self(bytes)),
            _ => Err(KeyFault::Unreadable(format!("密钥编号“{text}”不是 8 位小写十六进制字符"))),
        }
    }
}

impl Serialize for KeyId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for KeyId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why a key file or a key cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyFault {
    /// The text is no key file.
    #[error("密钥文件无法读取：{0}。请用备份的密钥文件替换；没有备份时，已加密的个人信息无法恢复")]
    Unreadable(String),
    /// No key for a purpose.
    #[error("密钥文件中缺少{}。请运行密钥轮换命令补齐", .0.label())]
    Missing(Purpose),
    /// A key that data refers to is not in the ring.
    #[error("密钥文件中没有编号为 {0} 的密钥。请换回包含该密钥的文件，旧密钥在数据重新加密之前不能删除")]
    Unknown(KeyId),
    /// Demo keys outside a demo database.
    #[error("这是演示用密钥文件，只能用于演示数据库。请运行密钥生成命令，为正式环境生成新的密钥文件")]
    DemoKeys,
    /// The module failed (hardware, or a key that cannot sign).
    #[error("密码模块未能完成操作：{0}。请检查密码模块或密钥文件")]
    Module(String),
}

/// The boundary: everything that needs a long-lived secret. Software now ([`KeyRing`]), a certified module later.
pub trait Vault: Send + Sync + fmt::Debug {
    /// The current licence key: its name is part of what it signs.
    fn licence_key(&self) -> Result<KeyId, KeyFault>;

    /// Signs with the licence key of that name.
    fn sign_with_licence_key(&self, key: KeyId, message: &[u8]) -> Result<Signature, KeyFault>;

    /// The public halves of all licence keys, current first.
    fn licence_public_keys(&self) -> Result<Vec<(KeyId, Instant, PublicKey)>, KeyFault>;

    /// Seals a short secret under the current personal master key, bound to `context`.
    fn wrap_bytes(&self, rng: &Rng, context: &[u8], secret: &[u8]) -> Result<WrappedKey, PersonalFault>;

    /// Opens what [`Vault::wrap_bytes`] sealed, under whichever generation sealed it.
    fn unwrap_bytes(&self, context: &[u8], wrapped: &WrappedKey) -> Result<Zeroizing<Vec<u8>>, PersonalFault>;

    /// The look-up digests of one value, the current key's first: store the first, search for any of them.
    /// `kind` separates columns (`id_number`, `phone`); `value` must already be normalised.
    fn lookups(&self, kind: &str, value: &str) -> Result<Vec<Digest>, KeyFault>;

    /// The authentication code of a session cookie or form token, by the current session key.
    fn session_code(&self, message: &[u8]) -> Result<Digest, KeyFault>;

    /// Whether `code` is [`Vault::session_code`] of `message`, by any generation still in the ring.
    fn session_code_fits(&self, message: &[u8], code: &Digest) -> bool;

    /// Every key by purpose, the current one of each first: its name and when it was made. Never a secret.
    fn generations(&self) -> Vec<(Purpose, KeyId, Instant)>;

    /// A new data key for `person`, and its wrapped form to store. Destroying every copy of the wrapped form erases the
    /// person's sealed values (个人信息保护法 art. 47), journal entries included.
    fn new_data_key(&self, rng: &Rng, person: PersonId) -> Result<(DataKey, WrappedKey), PersonalFault> {
        let key = DataKey::generate(rng);
        let wrapped = self.wrap_bytes(rng, &crate::personal::wrap_context(person), key.as_bytes())?;
        Ok((key, wrapped))
    }

    /// The data key of `person`.
    fn data_key(&self, person: PersonId, wrapped: &WrappedKey) -> Result<DataKey, PersonalFault> {
        let bytes = self.unwrap_bytes(&crate::personal::wrap_context(person), wrapped)?;
        DataKey::from_slice(&bytes).ok_or(PersonalFault::NotAKey)
    }

    /// The same data key wrapped under the current master key (after rotation). The values it seals need no change.
    fn rewrap(&self, rng: &Rng, person: PersonId, wrapped: &WrappedKey) -> Result<WrappedKey, PersonalFault> {
        let key = self.data_key(person, wrapped)?;
        self.wrap_bytes(rng, &crate::personal::wrap_context(person), key.as_bytes())
    }
}

/// One key in the ring.
#[derive(Clone)]
struct Key {
    id: KeyId,
    purpose: Purpose,
    made: Instant,
    secret: Zeroizing<[u8; 32]>,
}

impl Key {
    fn fresh(purpose: Purpose, made: Instant, rng: &Rng) -> Self {
        let secret = match purpose {
            Purpose::Licence => SigningKey::generate(rng).to_bytes(),
            Purpose::Personal | Purpose::Lookup | Purpose::Session => Zeroizing::new(rng.bytes()),
        };
        Self { id: KeyId(rng.bytes()), purpose, made, secret }
    }
}

/// Software keys, read from a file that is neither in the database nor in its backups. Wiped when dropped; never printed.
#[derive(Clone)]
pub struct KeyRing {
    demo: bool,
    /// Oldest first; the last of a purpose is current.
    keys: Vec<Key>,
}

/// The key file as JSON.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    demo: bool,
    keys: Vec<FileKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileKey {
    id: KeyId,
    purpose: Purpose,
    made: Instant,
    secret: Zeroizing<String>,
}

/// Says what the file is and which edition of its layout.
const FORMAT: &str = "yishe-keys-1";

impl KeyRing {
    /// A complete ring of new keys.
    pub fn generate(clock: &Clock, rng: &Rng) -> Self {
        let made = clock.now();
        Self { demo: false, keys: Purpose::ALL.into_iter().map(|purpose| Key::fresh(purpose, made, rng)).collect() }
    }

    /// A complete ring marked as demo: [`KeyRing::admit`] refuses it outside demo databases.
    pub fn generate_demo(clock: &Clock, rng: &Rng) -> Self {
        Self { demo: true, ..Self::generate(clock, rng) }
    }

    /// Reads a key file's text.
    pub fn parse(text: &str) -> Result<Self, KeyFault> {
        // The parser's own message would quote the file, secrets included.
        let file: File = serde_json::from_str(text).map_err(|fault| {
            KeyFault::Unreadable(format!("第 {} 行第 {} 列格式不正确", fault.line(), fault.column()))
        })?;
        if file.format != FORMAT {
            return Err(KeyFault::Unreadable(format!("格式标记应为 {FORMAT}")));
        }
        let mut keys: Vec<Key> = Vec::with_capacity(file.keys.len());
        for FileKey { id, purpose, made, secret } in file.keys {
            let mut bytes = Zeroizing::new([0; 32]);
            hex::decode_to_slice(secret.as_bytes(), &mut *bytes)
                .map_err(|_| KeyFault::Unreadable(format!("密钥 {id} 的内容不是 64 位十六进制字符")))?;
            if purpose == Purpose::Licence && SigningKey::from_bytes(*bytes).is_none() {
                return Err(KeyFault::Unreadable(format!("密钥 {id} 不是有效的 SM2 私钥")));
            }
            if keys.iter().any(|key| key.id == id) {
                return Err(KeyFault::Unreadable(format!("密钥编号 {id} 重复")));
            }
            keys.push(Key { id, purpose, made, secret: bytes });
        }
        let ring = Self { demo: file.demo, keys };
        for purpose in Purpose::ALL {
            ring.current(purpose)?;
        }
        Ok(ring)
    }

    /// The key file's text. Write it readable by its owner only (mode 0600).
    pub fn to_text(&self) -> Zeroizing<String> {
        let keys = self.keys.iter().map(|key| FileKey {
            id: key.id,
            purpose: key.purpose,
            made: key.made,
            secret: Zeroizing::new(hex::encode(*key.secret)),
        });
        let file = File { format: FORMAT.to_owned(), demo: self.demo, keys: keys.collect() };
        // A struct of texts and numbers always serialises.
        Zeroizing::new(serde_json::to_string_pretty(&file).unwrap_or_default())
    }

    /// Whether these are demo keys.
    pub fn is_demo(&self) -> bool {
        self.demo
    }

    /// Refuses demo keys for a database that is not a demo.
    pub fn admit(&self, demo_database: bool) -> Result<(), KeyFault> {
        if self.demo && !demo_database { Err(KeyFault::DemoKeys) } else { Ok(()) }
    }

    /// Adds a new current key; the old ones still open and verify. Returns the new key's name.
    pub fn rotate(&mut self, purpose: Purpose, clock: &Clock, rng: &Rng) -> KeyId {
        let mut key = Key::fresh(purpose, clock.now(), rng);
        while self.keys.iter().any(|other| other.id == key.id) {
            key.id = KeyId(rng.bytes());
        }
        let id = key.id;
        self.keys.push(key);
        id
    }

    /// The names of the keys of one purpose with their instants of making, current first.
    pub fn generations(&self, purpose: Purpose) -> Vec<(KeyId, Instant)> {
        self.of(purpose).map(|key| (key.id, key.made)).collect()
    }

    fn of(&self, purpose: Purpose) -> impl Iterator<Item = &Key> {
        self.keys.iter().rev().filter(move |key| key.purpose == purpose)
    }

    fn current(&self, purpose: Purpose) -> Result<&Key, KeyFault> {
        self.of(purpose).next().ok_or(KeyFault::Missing(purpose))
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.keys.iter().map(|key| format!("{:?}:{}", key.purpose, key.id)).collect();
        f.debug_struct("KeyRing").field("demo", &self.demo).field("keys", &names).finish_non_exhaustive()
    }
}

/// An SM4 key for one use, derived from 32 secret bytes so that no secret is used directly.
pub(crate) fn sm4_key(secret: &[u8; 32]) -> Sm4Key {
    let derived = Zeroizing::new(hmac_sm3(secret, b"yishe/sm4-gcm/1").0);
    let mut half = [0; 16];
    half.copy_from_slice(&derived[..16]);
    Sm4Key::new(half)
}

impl Vault for KeyRing {
    fn licence_key(&self) -> Result<KeyId, KeyFault> {
        self.current(Purpose::Licence).map(|key| key.id)
    }

    fn sign_with_licence_key(&self, key: KeyId, message: &[u8]) -> Result<Signature, KeyFault> {
        let key = self.of(Purpose::Licence).find(|known| known.id == key).ok_or(KeyFault::Unknown(key))?;
        let signature = SigningKey::from_bytes(*key.secret).and_then(|signer| signer.sign(message));
        signature.ok_or_else(|| KeyFault::Module(format!("密钥 {} 无法签名", key.id)))
    }

    fn licence_public_keys(&self) -> Result<Vec<(KeyId, Instant, PublicKey)>, KeyFault> {
        self.of(Purpose::Licence)
            .map(|key| {
                let public = SigningKey::from_bytes(*key.secret).and_then(|signer| signer.public());
                let public = public.ok_or_else(|| KeyFault::Module(format!("密钥 {} 没有公钥", key.id)))?;
                Ok((key.id, key.made, public))
            })
            .collect()
    }

    fn wrap_bytes(&self, rng: &Rng, context: &[u8], secret: &[u8]) -> Result<WrappedKey, PersonalFault> {
        let key = self.current(Purpose::Personal)?;
        Ok(WrappedKey { key: key.id, sealed: seal(&sm4_key(&key.secret), rng, context, secret)? })
    }

    fn unwrap_bytes(&self, context: &[u8], wrapped: &WrappedKey) -> Result<Zeroizing<Vec<u8>>, PersonalFault> {
        let key = self.of(Purpose::Personal).find(|key| key.id == wrapped.key).ok_or(KeyFault::Unknown(wrapped.key))?;
        Ok(crate::open(&sm4_key(&key.secret), context, &wrapped.sealed)?)
    }

    fn lookups(&self, kind: &str, value: &str) -> Result<Vec<Digest>, KeyFault> {
        self.current(Purpose::Lookup)?;
        // The length keeps (kind, value) pairs apart.
        let message = [&(kind.len() as u64).to_be_bytes()[..], kind.as_bytes(), value.as_bytes()].concat();
        let message = Zeroizing::new(message);
        Ok(self.of(Purpose::Lookup).map(|key| hmac_sm3(&*key.secret, &message)).collect())
    }

    fn session_code(&self, message: &[u8]) -> Result<Digest, KeyFault> {
        Ok(hmac_sm3(&*self.current(Purpose::Session)?.secret, message))
    }

    fn generations(&self) -> Vec<(Purpose, KeyId, Instant)> {
        let of = |purpose| self.of(purpose).map(move |key| (purpose, key.id, key.made));
        Purpose::ALL.into_iter().flat_map(of).collect()
    }

    fn session_code_fits(&self, message: &[u8], code: &Digest) -> bool {
        self.of(Purpose::Session).any(|key| same(hmac_sm3(&*key.secret, message).as_bytes(), code.as_bytes()))
    }
}

#[cfg(test)]
#[path = "keyring_tests.rs"]
mod tests;
