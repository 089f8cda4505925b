//! Money in fen (分). No floating point anywhere.
use std::fmt;

use serde::{Deserialize, Serialize};

/// An amount in fen; 100 fen are one yuan (元).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// From whole yuan.
    pub const fn yuan(yuan: i64) -> Self {
        Self(yuan * 100)
    }

    /// For people: `30,000 元`, `80 万元` where it is a whole number of 万 (10,000 yuan).
    pub fn plain(self) -> String {
        let (yuan, fen) = (self.0 / 100, (self.0 % 100).abs());
        if fen == 0 && yuan != 0 && yuan % 10_000 == 0 {
            format!("{} 万元", grouped(yuan / 10_000))
        } else {
            format!("{self} 元")
        }
    }
}

/// Thousands separated by commas.
fn grouped(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut out = String::from(if number < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl fmt::Display for Fen {
    /// Yuan with thousands separators, fen only where there are any: `30,000`, `1,234.50`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (yuan, fen) = (self.0 / 100, (self.0 % 100).abs());
        let sign = if self.0 < 0 && yuan == 0 { "-" } else { "" };
        if fen == 0 { write!(f, "{sign}{}", grouped(yuan)) } else { write!(f, "{sign}{}.{fen:02}", grouped(yuan)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prints_as_people_write_it() {
        assert_eq!(Fen::yuan(30_000).to_string(), "30,000");
        assert_eq!(Fen(-50).to_string(), "-0.50");
        assert_eq!(Fen::yuan(8_000_000).plain(), "800 万元");
        assert_eq!(Fen(123_450).plain(), "1,234.50 元");
        assert_eq!(Fen(0).plain(), "0 元");
    }
}
