//! The citizen number (公民身份号码, GB 11643-1999). Personal data: it never prints itself, not even in `{:?}`.
use std::fmt;

use jiff::civil::Date;

use super::{Folded, mod_11_2};

/// First two digits that the standard and the residence permits for 港澳台 use. Retired county codes stay valid, so only
/// the province is checked.
const PROVINCES: [&str; 35] = [
    "11", "12", "13", "14", "15", "21", "22", "23", "31", "32", "33", "34", "35", "36", "37", "41", "42", "43", "44",
    "45", "46", "50", "51", "52", "53", "54", "61", "62", "63", "64", "65", "71", "81", "82", "83",
];

/// A valid number of 18 characters. There is no `Display` and no serde on purpose: it leaves memory through `vault` only.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CitizenNumber([u8; 18]);

/// 性别, from the 17th digit.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Sex {
    /// 男 (odd)
    Male,
    /// 女 (even)
    Female,
}

impl Sex {
    /// `男` or `女`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Male => "男",
            Self::Female => "女",
        }
    }
}

/// Why a text is not a citizen number. The message never repeats the number.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CitizenNumberFault {
    /// A number of the first generation.
    #[error("15 位的第一代身份证号码已停止使用，请填写 18 位公民身份号码")]
    FirstGeneration,
    /// Not 18 characters.
    #[error("公民身份号码应为 18 位，现在是 {0} 位，请核对")]
    Length(usize),
    /// A wrong character.
    #[error("公民身份号码第 {0} 位有误：前 17 位应为数字，第 18 位应为数字或 X，请核对")]
    Character(usize),
    /// A foreigner's permanent residence card.
    #[error("以 9 开头的是外国人永久居留身份证号码，请在证件类型中选择该证件")]
    ForeignResident,
    /// No such province.
    #[error("公民身份号码第 1 至 2 位不是已知的省级代码，请核对")]
    Region,
    /// No such day, or a day to come.
    #[error("公民身份号码第 7 至 14 位应为真实的出生日期，且不晚于今天，请核对")]
    Birth,
    /// The check character does not fit.
    #[error("公民身份号码第 18 位校验码与前 17 位不符，请逐位核对")]
    Check,
}

impl CitizenNumber {
    /// Reads a number as typed; lower-case `x`, spaces and full-width digits are put right.
    ///
    /// # Errors
    /// What is wrong and where; a date of birth after `today` is refused.
    pub fn parse(typed: &str, today: Date) -> Result<Self, CitizenNumberFault> {
        let chars = Folded::of(typed).chars;
        match chars.len() {
            18 => {}
            15 if chars.iter().all(char::is_ascii_digit) => return Err(CitizenNumberFault::FirstGeneration),
            other => return Err(CitizenNumberFault::Length(other)),
        }
        let mut bytes = [b'0'; 18];
        for (at, (slot, found)) in bytes.iter_mut().zip(&chars).enumerate() {
            match u8::try_from(*found) {
                Ok(byte) if byte.is_ascii_digit() || (at == 17 && byte == b'X') => *slot = byte,
                _ => return Err(CitizenNumberFault::Character(at + 1)),
            }
        }
        let number = Self(bytes);
        if bytes[0] == b'9' {
            return Err(CitizenNumberFault::ForeignResident);
        }
        if !PROVINCES.iter().any(|known| known.as_bytes() == &bytes[..2]) {
            return Err(CitizenNumberFault::Region);
        }
        if number.birth_date().is_none_or(|born| born > today || born.year() < 1850) {
            return Err(CitizenNumberFault::Birth);
        }
        if mod_11_2(&bytes[..17]) == bytes[17] { Ok(number) } else { Err(CitizenNumberFault::Check) }
    }

    /// The whole number, for sealing and for the look-up key only.
    pub fn reveal(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// For pages: first three and last two characters, `110*************2X`.
    pub fn masked(&self) -> String {
        let text = self.reveal();
        format!("{}*************{}", text.get(..3).unwrap_or_default(), text.get(16..).unwrap_or_default())
    }

    fn birth_date(&self) -> Option<Date> {
        let part = |range| self.reveal().get::<std::ops::Range<usize>>(range)?.parse::<i16>().ok();
        let (month, day) = (i8::try_from(part(10..12)?).ok()?, i8::try_from(part(12..14)?).ok()?);
        Date::new(part(6..10)?, month, day).ok()
    }

    /// 出生日期.
    pub fn birth(&self) -> Date {
        self.birth_date().unwrap_or(Date::MIN)
    }

    /// Whole years lived on `day` (周岁).
    pub fn age_on(&self, day: Date) -> i16 {
        let born = self.birth();
        day.year() - born.year() - i16::from((day.month(), day.day()) < (born.month(), born.day()))
    }

    /// 性别.
    pub fn sex(&self) -> Sex {
        if (self.0[16] - b'0') % 2 == 1 { Sex::Male } else { Sex::Female }
    }

    /// Whether it is on a residence permit for people from 香港, 澳门 or 台湾 (810000, 820000, 830000).
    pub fn is_residence_permit(&self) -> bool {
        matches!(&self.0[..6], b"810000" | b"820000" | b"830000")
    }
}

impl fmt::Debug for CitizenNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CitizenNumber({})", self.masked())
    }
}
