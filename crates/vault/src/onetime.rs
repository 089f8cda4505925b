//! One-time codes (动态口令, RFC 6238) for officials: six digits, 30 seconds, one step of clock difference either way.
use std::fmt;

use base::{Instant, Rng};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// Seconds per step.
const STEP: u64 = 30;

/// The secret shared with an authenticator app: 160 bits (RFC 4226 §4, R6), wiped when dropped.
#[derive(Clone)]
pub struct OneTimeSecret(Zeroizing<[u8; 20]>);

/// Why a code is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OneTimeFault {
    /// Not the code of this moment.
    #[error("动态口令不正确或已过期。请输入验证器当前显示的 6 位数字；一直不正确时，请校准手机时间")]
    Wrong,
    /// Its step was used already (RFC 6238 §5.2).
    #[error("这个动态口令已经用过。请等待验证器显示下一个口令（最多 30 秒）再输入")]
    Used,
    /// The stored secret is no secret.
    #[error("动态口令未正确登记。请联系系统管理员重新绑定验证器")]
    NotEnrolled,
}

impl OneTimeSecret {
    /// A new one.
    pub fn generate(rng: &Rng) -> Self {
        Self(Zeroizing::new(rng.bytes()))
    }

    /// From stored bytes (unsealed); none unless there are 20.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    /// Its bytes, to be sealed and stored.
    pub fn as_bytes(&self) -> &[u8; 20] {
        &self.0
    }

    /// As people type it into an app by hand: base 32.
    pub fn to_base32(&self) -> String {
        Secret::new_stack(*self.0).to_base32()
    }

    /// The `otpauth://` URI to show as a QR code when enrolling.
    pub fn provisioning_uri(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
        format!(
            "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP}",
            self.to_base32()
        )
    }

    fn totp(&self) -> Result<Totp, OneTimeFault> {
        Builder::new()
            .with_secret(Secret::new_stack(*self.0))
            .with_step_duration(STEP)
            .with_skew(1)
            .build()
            .map_err(|_| OneTimeFault::NotEnrolled)
    }

    /// The code at `at`.
    pub fn code(&self, at: Instant) -> Result<String, OneTimeFault> {
        Ok(self.totp()?.generate(seconds(at)).to_string())
    }

    /// Checks `code` at `at` and returns the step it belongs to. Store that step with the account, in the same transaction as
    /// the sign-in, and pass it as `last_used` the next time: a code at or before it is refused.
    pub fn check(&self, code: &str, at: Instant, last_used: Option<u64>) -> Result<u64, OneTimeFault> {
        // Chinese keyboards write full-width digits, and people copy the gap in the middle.
        let narrow = |c: char| match c {
            '０'..='９' => char::from_digit(u32::from(c) - u32::from('０'), 10).unwrap_or(c),
            other => other,
        };
        let code: String = code.chars().filter(|c| !c.is_whitespace()).map(narrow).collect();
        if code.len() != 6 || !code.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(OneTimeFault::Wrong);
        }
        let step = self.totp()?.check(&code, seconds(at)).ok_or(OneTimeFault::Wrong)?;
        if last_used.is_some_and(|last| step <= last) { Err(OneTimeFault::Used) } else { Ok(step) }
    }
}

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret(…)")
    }
}

/// Seconds since 1970; before that there are no codes worth telling apart.
fn seconds(at: Instant) -> u64 {
    u64::try_from(at.seconds()).unwrap_or(0)
}

/// RFC 3986 §2.1 over UTF-8.
fn percent_encoded(text: &str) -> String {
    use std::fmt::Write as _;
    let mut out = String::with_capacity(text.len() * 3);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            // Writing to a String cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        Instant(seconds * 1000)
    }

    #[test]
    fn rfc_6238_appendix_b() {
        let secret = OneTimeSecret::from_slice(b"12345678901234567890").unwrap();
        // The last six digits of the eight-digit SHA-1 vectors.
        for (when, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(secret.code(at(when)).unwrap(), code);
            assert_eq!(secret.check(code, at(when), None), Ok(when as u64 / 30));
        }
    }

    #[test]
    fn one_step_of_difference_and_no_replay() {
        let secret = OneTimeSecret::generate(&Rng::seeded(9));
        let code = secret.code(at(3000)).unwrap();
        let spaced = format!(" {} {} ", &code[..3], &code[3..]);
        assert_eq!(secret.check(&spaced, at(3030), None), Ok(100));
        assert_eq!(secret.check(&code, at(2970), None), Ok(100));
        let wide: String = code.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect();
        assert_eq!(secret.check(&wide, at(3000), None), Ok(100));
        assert_eq!(secret.check(&code, at(3090), None), Err(OneTimeFault::Wrong));
        assert_eq!(secret.check(&code, at(3000), Some(100)), Err(OneTimeFault::Used));
        assert_eq!(secret.check(&code, at(3000), Some(99)), Ok(100));
        for nonsense in ["", "12345", "1234567", "abcdef", "一二三四五六"] {
            assert_eq!(secret.check(nonsense, at(3000), None), Err(OneTimeFault::Wrong));
        }
    }

    #[test]
    fn the_uri_is_encoded() {
        let secret = OneTimeSecret::from_slice(b"12345678901234567890").unwrap();
        let uri = secret.provisioning_uri("一社", "wang:1");
        assert!(
            uri.starts_with("otpauth://totp/%E4%B8%80%E7%A4%BE:wang%3A1?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"),
            "{uri}"
        );
    }
}
