//! Codes with check characters: the unified social credit code (统一社会信用代码, GB 32100-2015) with the organization code
//! inside it (组织机构代码, GB 11714), our own filing number (备案号), and the citizen number (公民身份号码, GB 11643-1999).
//!
//! Every refusal names the character that is wrong, by its 1-based position, and says why.
mod citizen;
mod credit;
mod fault;
mod filing;
#[cfg(test)]
mod tests;

pub use citizen::{CitizenNumber, CitizenNumberFault, Sex};
pub use credit::{CreditCode, OrganizationClass};
pub use fault::{CodeFault, FaultKind, Severity};
pub use filing::{FilingNumber, FilingNumberFault};

/// ISO 7064 MOD 11-2 over decimal digits, as GB 11643 uses it: `0` to `9` or `X`.
fn mod_11_2(digits: &[u8]) -> u8 {
    let sum = digits.iter().fold(0_u32, |sum, digit| (sum + u32::from(digit - b'0')) * 2 % 11);
    match (12 - sum) % 11 {
        10 => b'X',
        value => b'0' + value as u8,
    }
}

/// What a person meant by `typed`: white space, hyphens and zero-width marks dropped, full-width characters folded to
/// ASCII, lower case raised.
pub(crate) struct Folded {
    /// What is left, one entry for each significant character.
    pub chars: Vec<char>,
    /// Position (1-based) of the first full-width character that was folded.
    pub width_at: Option<usize>,
    /// Position (1-based) of the first lower-case letter that was raised.
    pub case_at: Option<usize>,
}

impl Folded {
    pub(crate) fn of(typed: &str) -> Self {
        let mut folded = Self { chars: Vec::with_capacity(18), width_at: None, case_at: None };
        for typed in typed.chars() {
            if typed.is_whitespace() || matches!(typed, '-' | '－' | '–' | '—' | '\u{200b}'..='\u{200f}' | '\u{feff}')
            {
                continue;
            }
            let position = folded.chars.len() + 1;
            let narrow = match typed {
                '\u{ff01}'..='\u{ff5e}' => {
                    folded.width_at.get_or_insert(position);
                    char::from_u32(u32::from(typed) - 0xfee0).unwrap_or(typed)
                }
                other => other,
            };
            if narrow.is_ascii_lowercase() {
                folded.case_at.get_or_insert(position);
            }
            folded.chars.push(narrow.to_ascii_uppercase());
        }
        folded
    }
}
