//! SM4 (GB/T 32907-2016) in Galois/Counter Mode (NIST SP 800-38D), as RFC 8998 uses it: 96-bit nonce, 128-bit tag.
use ::sm4::Sm4;
use ::sm4::cipher::{BlockCipherEncrypt as _, KeyInit as _};
use base::Rng;
use ghash::GHash;
use ghash::universal_hash::UniversalHash as _;
use subtle::ConstantTimeEq as _;
use zeroize::{Zeroize, Zeroizing};

use crate::hmac_sm3;

/// Nonce length in bytes.
const NONCE: usize = 12;
/// Tag length in bytes.
const TAG: usize = 16;
/// SP 800-38D allows 2^36 - 32 bytes under one nonce; nothing we seal comes near, so the bound is the counter's comfort.
const LONGEST: usize = 1 << 30;

/// A 128-bit SM4 key, wiped when dropped.
#[derive(Clone)]
pub struct Sm4Key(Zeroizing<[u8; 16]>);

impl Sm4Key {
    /// From its bytes.
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl std::fmt::Debug for Sm4Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Sm4Key(…)")
    }
}

/// Why sealed bytes did not open, or bytes could not be sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealFault {
    /// Too short to hold a nonce and a tag.
    #[error("加密内容不完整，无法解密。请从备份恢复该记录")]
    Truncated,
    /// The tag does not fit: wrong key, wrong context, or changed bytes.
    #[error("加密内容与密钥或所属对象不符，可能被改动。请核对密钥文件，并运行留痕核验")]
    Mismatch,
    /// Longer than one nonce may cover.
    #[error("内容过长（超过 1 GB），不能一次加密")]
    TooLong,
}

/// Seals `plain` under `key`, bound to `context` (additional authenticated data): nonce ‖ ciphertext ‖ tag.
///
/// The nonce is drawn from the random source *and* the message: a source that repeats (seeded data, a restored virtual
/// machine) then gives one nonce to two messages only if they are the same. Stay below 2^32 messages per key (a person's
/// own key sees a few thousand at most).
pub fn seal(key: &Sm4Key, rng: &Rng, context: &[u8], plain: &[u8]) -> Result<Vec<u8>, SealFault> {
    if plain.len() > LONGEST || context.len() > LONGEST {
        return Err(SealFault::TooLong);
    }
    let nonce = fresh_nonce(key, rng, context, plain);
    let mut out = Vec::with_capacity(NONCE + plain.len() + TAG);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(plain);
    let tag = {
        let gcm = Gcm::new(key);
        let body = out.get_mut(NONCE..).unwrap_or_default();
        gcm.apply_keystream(&nonce, body);
        gcm.tag(&nonce, context, body)
    };
    out.extend_from_slice(&tag);
    Ok(out)
}

/// 96 bits of HMAC-SM3 over randomness, context and message.
fn fresh_nonce(key: &Sm4Key, rng: &Rng, context: &[u8], plain: &[u8]) -> [u8; NONCE] {
    let mut message = Zeroizing::new(Vec::with_capacity(64 + context.len() + plain.len()));
    message.extend_from_slice(b"yishe/nonce/1");
    message.extend_from_slice(&rng.bytes::<32>());
    message.extend_from_slice(&(context.len() as u64).to_be_bytes());
    message.extend_from_slice(context);
    message.extend_from_slice(plain);
    let mut nonce = [0; NONCE];
    nonce.copy_from_slice(&hmac_sm3(&*key.0, &message).0[..NONCE]);
    nonce
}

/// Opens what [`seal`] made under the same key and context.
pub fn open(key: &Sm4Key, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealFault> {
    let (nonce, rest) = sealed.split_first_chunk::<NONCE>().ok_or(SealFault::Truncated)?;
    let (body, tag) = rest.split_last_chunk::<TAG>().ok_or(SealFault::Truncated)?;
    let gcm = Gcm::new(key);
    if !bool::from(gcm.tag(nonce, context, body).ct_eq(tag)) {
        return Err(SealFault::Mismatch);
    }
    let mut plain = Zeroizing::new(body.to_vec());
    gcm.apply_keystream(nonce, &mut plain);
    Ok(plain)
}

/// The cipher and its hash key for one SM4 key.
struct Gcm {
    cipher: Sm4,
    hash: GHash,
}

impl Gcm {
    fn new(key: &Sm4Key) -> Self {
        let cipher = Sm4::new((&*key.0).into());
        let mut hash_key = [0_u8; 16].into();
        cipher.encrypt_block(&mut hash_key);
        let hash = GHash::new(&hash_key);
        hash_key.as_mut_slice().zeroize();
        Self { cipher, hash }
    }

    /// The keystream block for one counter value.
    fn block(&self, nonce: &[u8; NONCE], counter: u32) -> [u8; 16] {
        let mut block = [0_u8; 16];
        block[..NONCE].copy_from_slice(nonce);
        block[NONCE..].copy_from_slice(&counter.to_be_bytes());
        let mut block = block.into();
        self.cipher.encrypt_block(&mut block);
        block.into()
    }

    /// Counter 1 belongs to the tag; text starts at 2.
    fn apply_keystream(&self, nonce: &[u8; NONCE], text: &mut [u8]) {
        for (counter, chunk) in (2_u32..).zip(text.chunks_mut(16)) {
            for (byte, key) in chunk.iter_mut().zip(self.block(nonce, counter)) {
                *byte ^= key;
            }
        }
    }

    fn tag(&self, nonce: &[u8; NONCE], context: &[u8], ciphertext: &[u8]) -> [u8; TAG] {
        let mut hash = self.hash.clone();
        hash.update_padded(context);
        hash.update_padded(ciphertext);
        let mut lengths = [0_u8; 16];
        lengths[..8].copy_from_slice(&(context.len() as u64 * 8).to_be_bytes());
        lengths[8..].copy_from_slice(&(ciphertext.len() as u64 * 8).to_be_bytes());
        hash.update(&[lengths.into()]);
        let mut tag: [u8; TAG] = hash.finalize().into();
        for (byte, mask) in tag.iter_mut().zip(self.block(nonce, 1)) {
            *byte ^= mask;
        }
        tag
    }
}

#[cfg(test)]
mod tests {
    use base::Rng;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn rfc_8998_appendix_a_1() {
        let key = Sm4Key::new(hex::decode("0123456789ABCDEFFEDCBA9876543210").unwrap().try_into().unwrap());
        let nonce: [u8; 12] = hex::decode("00001234567800000000ABCD").unwrap().try_into().unwrap();
        let context = hex::decode("FEEDFACEDEADBEEFFEEDFACEDEADBEEFABADDAD2").unwrap();
        let plain = hex::decode(concat!(
            "AAAAAAAAAAAAAAAABBBBBBBBBBBBBBBBCCCCCCCCCCCCCCCCDDDDDDDDDDDDDDDD",
            "EEEEEEEEEEEEEEEEFFFFFFFFFFFFFFFFEEEEEEEEEEEEEEEEAAAAAAAAAAAAAAAA"
        ))
        .unwrap();
        let expected = concat!(
            "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735",
            "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        );
        let gcm = Gcm::new(&key);
        let mut text = plain.clone();
        gcm.apply_keystream(&nonce, &mut text);
        assert_eq!(hex::encode(&text), expected);
        let tag = gcm.tag(&nonce, &context, &text);
        assert_eq!(hex::encode(tag), "83de3541e4c2b58177e065a9bf7b62ec");
        let whole = [&nonce[..], &text, &tag].concat();
        assert_eq!(*open(&key, &context, &whole).unwrap(), plain);
    }

    #[test]
    fn a_repeating_random_source_repeats_no_nonce() {
        let key = Sm4Key::new([1; 16]);
        let sealed =
            |context: &[u8], plain: &[u8]| seal(&key, &Rng::seeded(1), context, plain).unwrap()[..NONCE].to_vec();
        assert_ne!(sealed(b"a", b"one"), sealed(b"a", b"two"));
        assert_ne!(sealed(b"a", b"bc"), sealed(b"ab", b"c"));
    }

    proptest! {
        #[test]
        fn opens_only_unchanged(plain in prop::collection::vec(any::<u8>(), 0..80), seed: u64, at: prop::sample::Index, bit in 0..8_u8) {
            let rng = Rng::seeded(seed);
            let key = Sm4Key::new(rng.bytes());
            let sealed = seal(&key, &rng, b"here", &plain).unwrap();
            prop_assert_eq!(&*open(&key, b"here", &sealed).unwrap(), &plain);
            prop_assert_eq!(open(&key, b"there", &sealed), Err(SealFault::Mismatch));
            prop_assert_eq!(open(&Sm4Key::new(rng.bytes()), b"here", &sealed), Err(SealFault::Mismatch));
            let mut changed = sealed.clone();
            changed[at.index(sealed.len())] ^= 1 << bit;
            prop_assert_eq!(open(&key, b"here", &changed), Err(SealFault::Mismatch));
            prop_assert!(open(&key, b"here", &sealed[..at.index(sealed.len())]).is_err());
        }
    }
}
