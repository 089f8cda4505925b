//! Areas (行政区划): the code as a value.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A division code of 2, 4, 6, 9 or 12 digits (省 / 市 / 县 / 乡级 / 村级), or `100000` for the whole country.
///
/// Kept without trailing padding: `21`, `2101`, `210102`, `210102001`, `210102001001`. The ministry (民政部) is `100000`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

/// How deep an area lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AreaLevel {
    /// 全国
    Nation,
    /// 省级
    Province,
    /// 地级
    City,
    /// 县级
    County,
    /// 乡级（街道、乡镇）
    Town,
    /// 村级（社区、村）
    Community,
}

/// A text that is not a division code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}”不是有效的行政区划代码（应为 2、4、6、9 或 12 位数字）")]
pub struct InvalidArea(pub String);

impl AreaCode {
    /// The whole country, and the ministry as registrar.
    pub fn nation() -> Self {
        Self("100000".to_owned())
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// How deep it lies.
    pub fn level(&self) -> AreaLevel {
        match self.0.len() {
            _ if self.0 == "100000" => AreaLevel::Nation,
            2 => AreaLevel::Province,
            4 => AreaLevel::City,
            6 => AreaLevel::County,
            9 => AreaLevel::Town,
            _ => AreaLevel::Community,
        }
    }

    /// Whether `other` is this area or lies below it *by code*. Special nodes (zones) are placed by the dated tree instead.
    pub fn covers(&self, other: &Self) -> bool {
        self.0 == "100000" || other.0.starts_with(&self.0)
    }

    /// The next area up by code; none above the country. A level that the code leaves at zero is passed over: 东莞 has no
    /// counties, so above `441900101` is `4419`.
    pub fn parent(&self) -> Option<Self> {
        let kept = match self.level() {
            AreaLevel::Nation => return None,
            AreaLevel::Province => return Some(Self::nation()),
            AreaLevel::City => 2,
            AreaLevel::County => 4,
            AreaLevel::Town => 6,
            AreaLevel::Community => 9,
        };
        self.0.get(..kept)?.parse().ok()
    }

    /// Itself and everything above it, nearest first.
    pub fn ancestry(&self) -> Vec<Self> {
        let mut out = vec![self.clone()];
        while let Some(up) = out.last().and_then(Self::parent) {
            out.push(up);
        }
        out
    }

    /// The six digits used in codes: `21` gives `210000`, `210102001` gives `210102`.
    pub fn six(&self) -> String {
        let mut six: String = self.0.chars().take(6).collect();
        while six.len() < 6 {
            six.push('0');
        }
        six
    }
}

impl FromStr for AreaCode {
    type Err = InvalidArea;
    /// Accepts padded forms too: `210000` is `21`, `210100` is `2101`, `210102000000` is `210102`.
    fn from_str(text: &str) -> Result<Self, InvalidArea> {
        let text = text.trim();
        let wrong = || InvalidArea(text.to_owned());
        if !text.bytes().all(|b| b.is_ascii_digit()) || !matches!(text.len(), 2 | 4 | 6 | 9 | 12) {
            return Err(wrong());
        }
        let mut code = text;
        if code.len() == 12 && code.ends_with("000") {
            code = &code[..9];
        }
        if code.len() == 9 && code.ends_with("000") {
            code = &code[..6];
        }
        if code == "100000" {
            return Ok(Self::nation());
        }
        while matches!(code.len(), 4 | 6) && code.ends_with("00") {
            code = &code[..code.len() - 2];
        }
        // No province's code begins with 0.
        if code.starts_with('0') { Err(wrong()) } else { Ok(Self(code.to_owned())) }
    }
}

impl TryFrom<String> for AreaCode {
    type Error = InvalidArea;
    fn try_from(text: String) -> Result<Self, InvalidArea> {
        text.parse()
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The shard key (DESIGN, *Identity*): six digits of the authority that first took the record in. Never updated, never used
/// for rights or display. Acts owned by no authority use [`Origin::none`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Origin([u8; 6]);

impl Origin {
    /// `000000`: owned by no authority.
    pub const fn none() -> Self {
        Self(*b"000000")
    }

    /// The origin of records that `area`'s authority takes in.
    pub fn of(area: &AreaCode) -> Self {
        let mut six = [b'0'; 6];
        for (slot, byte) in six.iter_mut().zip(area.six().bytes()) {
            *slot = byte;
        }
        Self(six)
    }

    /// Its six digits.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("000000")
    }
}

impl FromStr for Origin {
    type Err = InvalidArea;
    fn from_str(text: &str) -> Result<Self, InvalidArea> {
        match <[u8; 6]>::try_from(text.as_bytes()) {
            Ok(six) if six.iter().all(u8::is_ascii_digit) => Ok(Self(six)),
            _ => Err(InvalidArea(text.to_owned())),
        }
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Origin {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Origin {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn area(text: &str) -> AreaCode {
        text.parse().unwrap()
    }

    #[test]
    fn padding_is_dropped_and_levels_follow() {
        assert_eq!(area("210000").as_str(), "21");
        assert_eq!(area("210100").as_str(), "2101");
        assert_eq!(area("210102000000").as_str(), "210102");
        assert_eq!((area("100000").level(), area("100000000000")), (AreaLevel::Nation, AreaCode::nation()));
        assert_eq!(area("210102001001").level(), AreaLevel::Community);
        assert!("12345".parse::<AreaCode>().is_err() && "000000001".parse::<AreaCode>().is_err());
    }

    #[test]
    fn ancestry_climbs_to_the_country() {
        let names: Vec<_> = area("210102001001").ancestry().iter().map(ToString::to_string).collect();
        assert_eq!(names, ["210102001001", "210102001", "210102", "2101", "21", "100000"]);
        assert_eq!(area("441900101").parent(), Some(area("4419")));
        assert!(area("21").covers(&area("210102001")) && !area("33").covers(&area("21")));
        assert_eq!(Origin::of(&area("21")).as_str(), "210000");
    }

    proptest::proptest! {
        #[test]
        fn any_text_is_a_code_that_climbs_to_the_country_or_is_refused(
            text in "[0-9]{0,13}|.{0,14}|[1-3][0-2](00|[0-9]{2}){2}(000|[0-9]{3}){0,2}",
        ) {
            if let Ok(code) = text.parse::<AreaCode>() {
                let ancestry = code.ancestry();
                proptest::prop_assert_eq!(ancestry.last(), Some(&AreaCode::nation()));
                proptest::prop_assert!(ancestry.iter().all(|up| up.covers(&code) && up.as_str().parse().as_ref() == Ok(up)));
                proptest::prop_assert_eq!(Origin::of(&code).to_string(), code.six());
            }
        }
    }
}
