//! Filing numbers (备案号) of community organizations (社区社会组织) that are filed and not registered.
//!
//! `S` + county (6) + year (4) + serial (5) + check = 17 characters: `S2101022023000179`, printed `S210102-2023-00017-9`.
//! `S` is not a letter of GB 32100 and 17 is not its length, so a filing number never validates as a credit code. The check
//! character is ISO 7064 MOD 11-2 over the 15 digits.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Folded, mod_11_2};
use crate::{AreaCode, AreaLevel};

/// A filing number (备案号), our own format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FilingNumber([u8; 17]);

/// Why a text is not a filing number, or why none can be issued.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FilingNumberFault {
    /// Not 17 characters.
    #[error("备案号应为 17 位（字母 S 加 16 位），现在是 {0} 位，请核对")]
    Length(usize),
    /// A wrong character.
    #[error("备案号第 {position} 位“{found}”有误：第 1 位应为字母 S，第 2 至 16 位应为数字，请核对")]
    Character {
        /// Which, from 1.
        position: usize,
        /// What stands there.
        found: char,
    },
    /// The check character does not fit.
    #[error("备案号第 17 位校验码“{found}”与前 16 位不符，应为“{expected}”，请逐位核对")]
    Check {
        /// What stands there.
        found: char,
        /// What belongs there.
        expected: char,
    },
    /// Filing is done at county level (`4419` and the like are cities without counties).
    #[error("备案机关应为县级民政部门，“{0}”不是县级行政区划代码")]
    NotACounty(String),
    /// Year outside 1949 to 9999 or serial outside 1 to 99999.
    #[error("备案年份应在 1949 至 9999 之间、序号应在 1 至 99999 之间，现在是 {year} 年第 {serial} 号")]
    Range {
        /// The year.
        year: i16,
        /// The serial number.
        serial: u32,
    },
}

impl FilingNumber {
    /// The number that the authority of `area` gives to its `serial`-th filing of `year`.
    ///
    /// # Errors
    /// If `area` is no county or city without counties, or year or serial is out of range.
    pub fn issue(area: &AreaCode, year: i16, serial: u32) -> Result<Self, FilingNumberFault> {
        if !matches!(area.level(), AreaLevel::County | AreaLevel::City) {
            return Err(FilingNumberFault::NotACounty(area.six()));
        }
        if !(1949..=9999).contains(&year) || !(1..=99_999).contains(&serial) {
            return Err(FilingNumberFault::Range { year, serial });
        }
        let text = format!("S{}{year:04}{serial:05}", area.six());
        let mut bytes = [b'0'; 17];
        bytes.iter_mut().zip(text.bytes()).for_each(|(slot, byte)| *slot = byte);
        bytes[16] = mod_11_2(&bytes[1..16]);
        Ok(Self(bytes))
    }

    /// Reads one, with or without hyphens, in any case and width.
    ///
    /// # Errors
    /// What is wrong, and where.
    pub fn parse(typed: &str) -> Result<Self, FilingNumberFault> {
        let chars = Folded::of(typed).chars;
        if chars.len() != 17 {
            return Err(FilingNumberFault::Length(chars.len()));
        }
        let mut bytes = [b'0'; 17];
        for (at, (slot, found)) in bytes.iter_mut().zip(&chars).enumerate() {
            let fits = match at {
                0 => *found == 'S',
                16 => found.is_ascii_digit() || *found == 'X',
                _ => found.is_ascii_digit(),
            };
            match u8::try_from(*found) {
                Ok(byte) if fits => *slot = byte,
                _ => return Err(FilingNumberFault::Character { position: at + 1, found: *found }),
            }
        }
        let expected = mod_11_2(&bytes[1..16]);
        if bytes[16] == expected {
            Ok(Self(bytes))
        } else {
            Err(FilingNumberFault::Check { found: char::from(bytes[16]), expected: char::from(expected) })
        }
    }

    /// Its 17 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// For paper: `S210102-2023-00017-6`.
    pub fn grouped(&self) -> String {
        let part = |range| self.as_str().get::<std::ops::Range<usize>>(range).unwrap_or_default();
        format!("{}-{}-{}-{}", part(0..7), part(7..11), part(11..16), part(16..17))
    }

    /// The filing authority's area.
    pub fn area(&self) -> Option<AreaCode> {
        self.as_str().get(1..7)?.parse().ok()
    }

    /// The year of the filing.
    pub fn year(&self) -> i16 {
        self.as_str().get(7..11).and_then(|year| year.parse().ok()).unwrap_or_default()
    }
}

impl FromStr for FilingNumber {
    type Err = FilingNumberFault;
    fn from_str(text: &str) -> Result<Self, FilingNumberFault> {
        Self::parse(text)
    }
}

impl TryFrom<String> for FilingNumber {
    type Error = FilingNumberFault;
    fn try_from(text: String) -> Result<Self, FilingNumberFault> {
        Self::parse(&text)
    }
}

impl From<FilingNumber> for String {
    fn from(number: FilingNumber) -> Self {
        number.as_str().to_owned()
    }
}

impl fmt::Display for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for FilingNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilingNumber({})", self.as_str())
    }
}
