//! The unified social credit code (统一社会信用代码): department, class, region, organization code, check character.
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{CodeFault, FaultKind, Folded, Severity};
use crate::AreaCode;

/// The 31 characters of GB 32100 in the order of their values 0 to 30.
const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
/// 3^(i-1) mod 31 for i = 1 to 17.
const WEIGHTS: [u32; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
/// GB 11714: weights of the eight characters of an organization code's body.
const INNER_WEIGHTS: [u32; 8] = [3, 7, 9, 10, 5, 8, 4, 2];

/// A valid code of 18 characters; in the database and in JSON its text.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CreditCode([u8; 18]);

/// What the second character says of an organization under department 5 (民政).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrganizationClass {
    /// 社会团体 (1)
    Association,
    /// 民办非企业单位（社会服务机构） (2)
    ServiceInstitution,
    /// 基金会 (3)
    Foundation,
    /// 其他 (9)
    Other,
}

impl OrganizationClass {
    /// The second character of the code.
    pub const fn digit(self) -> char {
        match self {
            Self::Association => '1',
            Self::ServiceInstitution => '2',
            Self::Foundation => '3',
            Self::Other => '9',
        }
    }
}

fn value(byte: u8) -> Option<u32> {
    ALPHABET.iter().position(|known| *known == byte).map(|at| at as u32)
}

/// GB 32100: the 18th character for the first seventeen; none if one of them is outside the alphabet.
fn check_of(first: &[u8]) -> Option<u8> {
    let sum = first.iter().zip(WEIGHTS).try_fold(0, |sum, (byte, weight)| Some(sum + value(*byte)? * weight))?;
    ALPHABET.get(((31 - sum % 31) % 31) as usize).copied()
}

/// GB 11714: the ninth character for the eight of the body. Letters count A = 10 to Z = 35, unlike in GB 32100.
fn inner_check_of(body: &[u8]) -> u8 {
    let sum: u32 = body.iter().zip(INNER_WEIGHTS).map(|(byte, weight)| inner_value(*byte) * weight).sum();
    match 11 - sum % 11 {
        10 => b'X',
        11 => b'0',
        small => b'0' + small as u8,
    }
}

fn inner_value(byte: u8) -> u32 {
    if byte.is_ascii_digit() { u32::from(byte - b'0') } else { u32::from(byte.saturating_sub(b'A')) + 10 }
}

/// The character that an illegal letter is most often a misreading of.
const fn looks_like(found: char) -> Option<char> {
    match found {
        'I' => Some('1'),
        'O' => Some('0'),
        'S' => Some('5'),
        'V' => Some('U'),
        'Z' => Some('2'),
        _ => None,
    }
}

impl CreditCode {
    /// Reads a code as a person typed it. Spaces, hyphens, full-width and lower-case forms are put right.
    ///
    /// # Errors
    /// The first fault that weighs more than a note, the inner check included.
    pub fn parse(typed: &str) -> Result<Self, CodeFault> {
        Self::parse_below(typed, Severity::Warning).map(|(code, _)| code)
    }

    /// Reads a code from legacy data: what only deserves a warning is let through and handed back with the notes.
    ///
    /// # Errors
    /// The first fault with [`Severity::Error`].
    pub fn parse_imported(typed: &str) -> Result<(Self, Vec<CodeFault>), CodeFault> {
        Self::parse_below(typed, Severity::Error)
    }

    fn parse_below(typed: &str, refused: Severity) -> Result<(Self, Vec<CodeFault>), CodeFault> {
        let faults = Self::validate(typed);
        if let Some(fault) = faults.iter().find(|fault| fault.severity >= refused) {
            return Err(*fault);
        }
        let chars = Folded::of(typed).chars;
        let mut bytes = [b'0'; 18];
        for (slot, character) in bytes.iter_mut().zip(&chars) {
            *slot = u8::try_from(*character).unwrap_or(b'?');
        }
        Ok((Self(bytes), faults))
    }

    /// All faults of what was typed, by position; empty when it is right as it stands.
    pub fn validate(typed: &str) -> Vec<CodeFault> {
        let folded = Folded::of(typed);
        let chars = &folded.chars;
        if chars.is_empty() {
            return vec![CodeFault::whole(FaultKind::Empty)];
        }
        let mut faults = Vec::new();
        if chars.len() != 18 {
            faults.push(CodeFault::whole(FaultKind::Length { found: chars.len() }));
        }
        faults.extend(chars.iter().take(18).enumerate().filter_map(|(at, found)| character_fault(at + 1, *found)));
        let legal = faults.is_empty();
        if let Some(at) = folded.width_at {
            faults.push(CodeFault::at(FaultKind::FullWidth, at, Severity::Note));
        }
        if let Some(at) = folded.case_at {
            faults.push(CodeFault::at(FaultKind::LowerCase, at, Severity::Note));
        }
        if legal {
            let bytes: Vec<u8> = chars.iter().filter_map(|one| u8::try_from(*one).ok()).collect();
            faults.extend(check_faults(&bytes));
        }
        faults.sort_by_key(|fault| fault.position);
        faults
    }

    /// Makes the code for `department` (`5` 民政), `class` (`1`, `2`, `3`, `9`), the registering authority's `region` (six
    /// digits) and the eight characters of an organization code's `body`; both check characters are computed.
    ///
    /// # Errors
    /// The fault of the part that cannot be used.
    pub fn issue(department: char, class: char, region: &str, body: &str) -> Result<Self, CodeFault> {
        let first = format!("{department}{class}{region}{body}");
        if region.chars().count() != 6 || body.chars().count() != 8 {
            return Err(CodeFault::whole(FaultKind::Length { found: first.chars().count() + 2 }));
        }
        if let Some(fault) = first.chars().enumerate().find_map(|(at, found)| character_fault(at + 1, found)) {
            return Err(fault);
        }
        if department == '5' && !is_known_class(class) {
            return Err(CodeFault::at(FaultKind::Class { found: class }, 2, Severity::Error));
        }
        let mut bytes = [b'0'; 18];
        for (slot, byte) in bytes.iter_mut().zip(first.bytes()) {
            *slot = byte;
        }
        bytes[16] = inner_check_of(&bytes[8..16]);
        bytes[17] = check_of(&bytes[..17]).unwrap_or(b'0');
        Ok(Self(bytes))
    }

    /// Its 18 characters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// 登记管理部门代码: `5` is civil affairs, `1` 机构编制, `9` 市场监管.
    pub fn department(&self) -> char {
        char::from(self.0[0])
    }

    /// What kind of social organization it is; none if civil affairs did not issue it or the class is not one of theirs.
    pub fn class(&self) -> Option<OrganizationClass> {
        match (self.0[0], self.0[1]) {
            (b'5', b'1') => Some(OrganizationClass::Association),
            (b'5', b'2') => Some(OrganizationClass::ServiceInstitution),
            (b'5', b'3') => Some(OrganizationClass::Foundation),
            (b'5', b'9') => Some(OrganizationClass::Other),
            _ => None,
        }
    }

    /// Six digits of the *registering authority's* area (`100000`: the ministry), not of the domicile.
    pub fn region(&self) -> &str {
        self.as_str().get(2..8).unwrap_or_default()
    }

    /// The registering authority's area; none for six digits that are no area code.
    pub fn registrar_area(&self) -> Option<AreaCode> {
        self.region().parse().ok()
    }

    /// 组织机构代码 as GB 11714 prints it: `50002167-6`.
    pub fn organization_code(&self) -> String {
        let text = self.as_str();
        format!("{}-{}", text.get(8..16).unwrap_or_default(), text.get(16..17).unwrap_or_default())
    }
}

const fn is_known_class(class: char) -> bool {
    matches!(class, '1' | '2' | '3' | '9')
}

fn character_fault(position: usize, found: char) -> Option<CodeFault> {
    let kind = if u8::try_from(found).ok().and_then(value).is_none() {
        FaultKind::Illegal { found, perhaps: looks_like(found) }
    } else if (3..=8).contains(&position) && !found.is_ascii_digit() {
        FaultKind::NotADigit { found }
    } else {
        return None;
    };
    Some(CodeFault::at(kind, position, Severity::Error))
}

/// The faults that 18 legal characters can still have.
fn check_faults(bytes: &[u8]) -> Vec<CodeFault> {
    let mut faults = Vec::new();
    let (Some(&[department, class]), Some(body), Some(first)) =
        (bytes.first_chunk(), bytes.get(8..16), bytes.get(..17))
    else {
        return faults;
    };
    if department == b'5' && !is_known_class(char::from(class)) {
        faults.push(CodeFault::at(FaultKind::Class { found: char::from(class) }, 2, Severity::Warning));
    }
    let (inner, outer) = (inner_check_of(body), check_of(first));
    let checks = [(17, Some(inner)), (18, outer)];
    for (position, expected) in checks {
        let (Some(found), Some(expected)) = (bytes.get(position - 1), expected) else { continue };
        if *found != expected {
            let (found, expected) = (char::from(*found), char::from(expected));
            faults.push(if position == 17 {
                CodeFault::at(FaultKind::InnerCheck { found, expected }, position, Severity::Warning)
            } else {
                CodeFault::at(FaultKind::Check { found, expected }, position, Severity::Error)
            });
        }
    }
    faults
}

impl FromStr for CreditCode {
    type Err = CodeFault;
    fn from_str(text: &str) -> Result<Self, CodeFault> {
        Self::parse(text)
    }
}

impl TryFrom<String> for CreditCode {
    type Error = CodeFault;
    /// What was stored was accepted once, with warnings if it was imported; so warnings do not stop it here.
    fn try_from(text: String) -> Result<Self, CodeFault> {
        Self::parse_imported(&text).map(|(code, _)| code)
    }
}

impl From<CreditCode> for String {
    fn from(code: CreditCode) -> Self {
        code.as_str().to_owned()
    }
}

impl fmt::Display for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for CreditCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreditCode({})", self.as_str())
    }
}
