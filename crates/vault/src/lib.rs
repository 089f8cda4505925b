//! Cryptography behind one boundary (密码服务): SM3 digests, SM2 signatures, SM4-GCM sealing, passwords, one-time codes,
//! the e-licence (电子证照) and the key ring that lives outside the database and its backups.
//!
//! Everything that needs a long-lived secret goes through the [`Vault`] trait. [`KeyRing`] is the software implementation;
//! a certified module (密码机、密码卡) replaces it by implementing its required methods. We claim the algorithms
//! (GB/T 32905 SM3, GB/T 32907 SM4, GB/T 32918 SM2), not a certification.
//!
//! Pure: nothing here opens a file, a socket or a database; time and randomness are parameters.
#![deny(missing_docs)]

mod digest;
mod keyring;
mod licence;
mod licence_text;
mod onetime;
mod password;
mod personal;
mod sign;
mod sm4;
mod token;

pub use digest::{Digest, Hasher, InvalidDigest, hmac_sm3, sm3};
pub use keyring::{KeyFault, KeyId, KeyRing, Purpose, Vault};
pub use licence::{CopyType, Licence, LicenceFault, TrustedKey, TrustedKeys, sign_licence, verify_offline};
pub use onetime::{OneTimeFault, OneTimeSecret};
pub use password::{
    WeakPassword, check_password, hash_password, needs_rehash, spend_verification_time, verify_password,
};
pub use personal::{DataKey, PersonalFault, Sealed, WrappedKey, personal_aad};
pub use sign::{DISTINGUISHING_ID, PublicKey, Signature, SigningKey};
pub use sm4::{SealFault, Sm4Key, open, seal};
pub use token::{fold_readable, fresh_readable, fresh_token, same, token_digest};
