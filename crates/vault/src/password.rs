//! Passwords (口令): what is accepted, and how it is kept (argon2id, RFC 9106).
use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use base::Rng;

/// Fewest characters.
const SHORTEST: usize = 10;
/// Most characters: beyond this a "password" is an attempt to keep the server busy.
const LONGEST: usize = 128;
/// Memory cost: 19 MiB (19 * 1024 KiB), with two passes and one lane the floor OWASP recommends for argon2id.
const MEMORY_KIB: u32 = 19 * 1024;
/// Passes.
const PASSES: u32 = 2;
/// Stems that begin most guessed passwords.
const GUESSED: [&str; 10] =
    ["password", "passw0rd", "qwerty", "123456", "abc123", "111111", "888888", "admin123", "yishe", "1q2w3e"];

/// Why a password is refused, or cannot be hashed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Fewer than ten characters.
    #[error("密码太短，至少需要 10 个字符。可以用几个词加数字组成，便于记忆")]
    Short,
    /// More than 128 characters.
    #[error("密码太长，最多 128 个字符")]
    Long,
    /// Fewer than three classes.
    #[error("密码过于简单，请至少包含大写字母、小写字母、数字、其他字符（含汉字）中的三类")]
    Classes,
    /// Fewer than five different characters.
    #[error("密码重复字符过多，请至少使用 5 个不同的字符")]
    Repeats,
    /// Contains the account name or a stem everyone tries.
    #[error("密码中含有账号名或常见密码，容易被猜到，请换一个")]
    Guessable,
    /// The hash could not be computed (memory).
    #[error("密码暂时无法保存，请稍后再试")]
    NotHashed,
}

/// Whether `password` may protect `account`.
pub fn check_password(password: &str, account: &str) -> Result<(), WeakPassword> {
    let length = password.chars().count();
    if length < SHORTEST {
        return Err(WeakPassword::Short);
    }
    if length > LONGEST {
        return Err(WeakPassword::Long);
    }
    let mut classes = [false; 4];
    for c in password.chars() {
        let class = match c {
            'A'..='Z' => 0,
            'a'..='z' => 1,
            '0'..='9' => 2,
            _ => 3,
        };
        classes[class] = true;
    }
    if classes.iter().filter(|seen| **seen).count() < 3 {
        return Err(WeakPassword::Classes);
    }
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    if different.len() < 5 {
        return Err(WeakPassword::Repeats);
    }
    let lower = password.to_lowercase();
    let account = account.trim().to_lowercase();
    let holds_account = account.chars().count() >= 3 && lower.contains(&account);
    if holds_account || GUESSED.iter().any(|stem| lower.contains(stem)) { Err(WeakPassword::Guessable) } else { Ok(()) }
}

fn argon() -> Result<Argon2<'static>, WeakPassword> {
    let params = Params::new(MEMORY_KIB, PASSES, 1, None).map_err(|_| WeakPassword::NotHashed)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The PHC string to store. Takes tens of milliseconds by design: call it outside a transaction.
pub fn hash_password(rng: &Rng, password: &str) -> Result<String, WeakPassword> {
    let hash = argon()?.hash_password_with_salt(password.as_bytes(), &rng.bytes::<16>());
    Ok(hash.map_err(|_| WeakPassword::NotHashed)?.to_string())
}

/// Whether `password` is the one that `stored` was made from. An unreadable `stored` fits nothing.
pub fn verify_password(password: &str, stored: &str) -> bool {
    // What nobody could have set is not worth the work.
    if password.chars().count() > LONGEST {
        return false;
    }
    let Ok(hash) = PasswordHash::new(stored) else { return false };
    // The parameters stored beside the hash are the ones used, so raising ours keeps old passwords valid.
    argon().is_ok_and(|argon| argon.verify_password(password.as_bytes(), &hash).is_ok())
}

/// Whether `stored` was made with other parameters than today's: hash again at the next successful sign-in.
pub fn needs_rehash(stored: &str) -> bool {
    !stored.starts_with(&format!("$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p=1$"))
}

/// Spends the time of one verification: for accounts that do not exist, so that timing does not tell.
pub fn spend_verification_time(password: &str) {
    if let Ok(argon) = argon() {
        let shown: String = password.chars().take(LONGEST).collect();
        // The result is of no interest; the work was.
        let _ = argon.hash_password_with_salt(shown.as_bytes(), &[0; 16]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_say_what_is_wrong() {
        assert_eq!(check_password("Ab1!", "wang"), Err(WeakPassword::Short));
        assert_eq!(check_password("abcdefghij1", "wang"), Err(WeakPassword::Classes));
        assert_eq!(check_password("Aa1Aa1Aa1Aa1", "wang"), Err(WeakPassword::Repeats));
        assert_eq!(check_password("Wangxiao-2026x", "wangxiao"), Err(WeakPassword::Guessable));
        assert_eq!(check_password("Password-2026", "wang"), Err(WeakPassword::Guessable));
        assert_eq!(check_password(&"Ab1!xyz9".repeat(17), "wang"), Err(WeakPassword::Long));
        assert_eq!(check_password("Longgang-7th-floor", "wang"), Ok(()));
        assert_eq!(check_password("龙港市民政局一社Ab2", "li"), Ok(()));
    }

    #[test]
    fn hashes_verify_and_carry_their_parameters() {
        let rng = Rng::seeded(2);
        let stored = hash_password(&rng, "Longgang-7th-floor").unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify_password("Longgang-7th-floor", &stored));
        assert!(!verify_password("Longgang-7th-floos", &stored));
        assert!(!verify_password("Longgang-7th-floor", "nonsense") && !verify_password("", ""));
        assert!(!needs_rehash(&stored) && needs_rehash("$argon2id$v=19$m=4096,t=3,p=1$AA$AA"));
        assert_ne!(stored, hash_password(&rng, "Longgang-7th-floor").unwrap());
    }

    #[test]
    fn an_old_hash_with_smaller_cost_still_verifies() {
        let params = Params::new(64, 1, 1, None).unwrap();
        let old = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let stored = old.hash_password_with_salt(b"Old-pass-2020", &[1; 16]).unwrap().to_string();
        assert!(verify_password("Old-pass-2020", &stored) && needs_rehash(&stored));
    }
}
