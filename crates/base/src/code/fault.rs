//! What can be wrong with a credit code, said so that the reader can put it right.
use std::fmt;

/// How much a fault weighs.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Severity {
    /// 提示: put right silently (full-width or lower-case characters).
    Note,
    /// 警告: legacy data may be imported with it (inner check, unknown class); a new entry is refused.
    Warning,
    /// 错误: not a credit code.
    Error,
}

/// One fault of a credit code (统一社会信用代码).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct CodeFault {
    /// What is wrong.
    pub kind: FaultKind,
    /// Which character, 1 to 18, counted without spaces and hyphens; none when the whole is wrong.
    pub position: Option<usize>,
    /// How much it weighs.
    pub severity: Severity,
}

/// The kinds of fault, with what was found and what was expected.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FaultKind {
    /// Nothing was entered.
    Empty,
    /// Not 18 characters (GB 32100, 4.1).
    Length {
        /// How many there are.
        found: usize,
    },
    /// A character outside the 31 of GB 32100 (I, O, S, V and Z are never used).
    Illegal {
        /// The character.
        found: char,
        /// The one it is most often mistaken for.
        perhaps: Option<char>,
    },
    /// Positions 3 to 8 are a division code and hold digits only.
    NotADigit {
        /// The character.
        found: char,
    },
    /// Under department 5 (民政) only classes 1, 2, 3 and 9 are organizations; 4 and 5 are villagers' and residents' committees.
    Class {
        /// The character.
        found: char,
    },
    /// Position 17: the organization code's own check character (GB 11714).
    InnerCheck {
        /// The character.
        found: char,
        /// What the eight characters before it give.
        expected: char,
    },
    /// Position 18: the check character (GB 32100).
    Check {
        /// The character.
        found: char,
        /// What the seventeen characters before it give.
        expected: char,
    },
    /// Full-width characters were read as their ordinary forms.
    FullWidth,
    /// Lower-case letters were read as capitals.
    LowerCase,
}

impl CodeFault {
    pub(super) fn at(kind: FaultKind, position: usize, severity: Severity) -> Self {
        Self { kind, position: Some(position), severity }
    }

    pub(super) fn whole(kind: FaultKind) -> Self {
        Self { kind, position: None, severity: Severity::Error }
    }
}

impl fmt::Display for CodeFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = self.position.unwrap_or_default();
        match self.kind {
            FaultKind::Empty => f.write_str("请填写统一社会信用代码，共 18 位"),
            FaultKind::Length { found } if found < 18 => {
                write!(f, "统一社会信用代码应为 18 位，现在是 {found} 位，少了 {} 位，请核对", 18 - found)
            }
            FaultKind::Length { found } => {
                write!(f, "统一社会信用代码应为 18 位，现在是 {found} 位，多了 {} 位，请核对", found - 18)
            }
            FaultKind::Illegal { found, perhaps } => {
                write!(f, "第 {at} 位“{found}”不能用于统一社会信用代码（只用数字和除 I、O、S、V、Z 以外的大写字母）")?;
                perhaps.map_or(Ok(()), |other| write!(f, "，请核对是否为“{other}”"))
            }
            FaultKind::NotADigit { found } => {
                write!(f, "第 {at} 位“{found}”应为数字：第 3 至 8 位是登记管理机关的行政区划代码")
            }
            FaultKind::Class { found } => {
                write!(
                    f,
                    "第 {at} 位“{found}”不是社会组织的类别（1 社会团体，2 民办非企业单位，3 基金会，9 其他），请核对"
                )
            }
            FaultKind::InnerCheck { found, expected } => write!(
                f,
                "第 {at} 位“{found}”与第 9 至 16 位不符：按组织机构代码规则（GB 11714）应为“{expected}”，请核对第 9 至 17 位"
            ),
            FaultKind::Check { found, expected } => {
                write!(f, "第 {at} 位校验码“{found}”与前 17 位不符：按 GB 32100-2015 应为“{expected}”，请逐位核对")
            }
            FaultKind::FullWidth => write!(f, "第 {at} 位起有全角字符，已按半角识别"),
            FaultKind::LowerCase => write!(f, "第 {at} 位起有小写字母，已按大写识别"),
        }
    }
}

impl std::error::Error for CodeFault {}
