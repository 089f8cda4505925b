//! Identity: ULIDs as newtypes, made from [`Clock`] and [`Rng`] so that tests and generated data repeat.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::{Clock, Instant, Rng};

/// A text that is not a ULID (26 characters of Crockford's base 32).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("编号“{0}”不是有效的标识（应为 26 位字母和数字）")]
pub struct InvalidId(pub String);

/// Makes the bytes of a ULID: 48 bits of milliseconds, 80 bits of randomness.
fn fresh(at: Instant, rng: &Rng) -> ulid::Ulid {
    let random = rng.bytes::<10>();
    let mut bytes = [0_u8; 16];
    bytes[..6].copy_from_slice(&at.0.to_be_bytes()[2..]);
    bytes[6..].copy_from_slice(&random);
    ulid::Ulid::from_bytes(bytes)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(ulid::Ulid);

        impl $name {
            /// A new one, now.
            pub fn fresh(clock: &Clock, rng: &Rng) -> Self {
                Self(fresh(clock.now(), rng))
            }

            /// A new one as if made at `at` (generated history, tests).
            pub fn fresh_at(at: Instant, rng: &Rng) -> Self {
                Self(fresh(at, rng))
            }

            /// The one with these 128 bits.
            pub const fn from_bits(bits: u128) -> Self {
                Self(ulid::Ulid::from_bytes(bits.to_be_bytes()))
            }

            /// Its 128 bits: the order of ids made later is the order of these numbers.
            pub fn bits(self) -> u128 {
                u128::from_be_bytes(self.0.to_bytes())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;
            fn from_str(text: &str) -> Result<Self, InvalidId> {
                ulid::Ulid::from_string(text).map(Self).map_err(|_| InvalidId(text.to_owned()))
            }
        }

        impl Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    )*};
}

ids! {
    /// An organization (社会组织), registered or only filed.
    OrgId;
    /// A natural person (自然人) known to the platform: officer, founder, official, applicant.
    PersonId;
    /// An account (账号) that signs in.
    AccountId;
    /// A body (机关、单位): registrar, business supervisor, industry regulator, party-building body, street.
    BodyId;
    /// A case (办件).
    CaseId;
    /// A journal entry (留痕).
    EntryId;
    /// A stored file's record (材料、附件).
    FileId;
    /// A job (后台任务).
    JobId;
    /// A certificate (证书).
    CertificateId;
    /// Any other record: notice, draft, watch, quality issue, register entry.
    RecordId;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_and_sort_by_time() {
        let rng = Rng::seeded(1);
        let early = OrgId::fresh_at(Instant(1_000), &rng);
        let late = OrgId::fresh_at(Instant(2_000), &rng);
        assert!(early < late && early.to_string() < late.to_string());
        assert_eq!(early.to_string().parse::<OrgId>().unwrap(), early);
        assert!("nonsense".parse::<OrgId>().is_err());
    }
}
