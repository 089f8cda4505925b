//! The one normal form under which names are compared, reserved and searched.
use unicode_normalization::UnicodeNormalization as _;

use super::fold::simplified;

/// A normal form that remembers where each of its characters came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The normal form.
    pub text: String,
    /// For each character of `text`, the byte range of its source character in the original.
    pub source: Vec<std::ops::Range<usize>>,
}

/// The normal form of a name: NFKC character by character (全角变半角), lower case, traditional characters that occur in
/// names made simplified, spaces and punctuation dropped.
///
/// ```
/// assert_eq!(registry::names::normalize("遼寧省 （ＡＢ）慈善總會"), "辽宁省ab慈善总会");
/// ```
pub fn normalize(name: &str) -> String {
    name.chars().flat_map(normal_chars).collect()
}

/// As [`normalize`], with the way back to the original for highlights.
pub fn normalize_mapped(name: &str) -> Mapped {
    let mut mapped = Mapped { text: String::new(), source: Vec::new() };
    for (at, c) in name.char_indices() {
        for normal in normal_chars(c) {
            mapped.text.push(normal);
            mapped.source.push(at..at + c.len_utf8());
        }
    }
    mapped
}

/// Character by character, so that each result has one source; combining marks fall away as punctuation does.
fn normal_chars(c: char) -> impl Iterator<Item = char> {
    // Most characters of a name are plain Han: spare them the tables of Unicode.
    let plain = ('\u{4e00}'..='\u{9fff}').contains(&c).then(|| simplified(c));
    let other = plain.is_none().then(|| {
        std::iter::once(c)
            .nfkc()
            .flat_map(char::to_lowercase)
            // Lower case may itself decompose further (İ): a second pass makes the whole idempotent.
            .nfkc()
            .map(simplified)
            .filter(|c| c.is_alphanumeric())
    });
    plain.into_iter().chain(other.into_iter().flatten())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn width_script_and_punctuation_do_not_matter() {
        assert_eq!(normalize("沈阳市 “爱心”·協會（筹）"), "沈阳市爱心协会筹");
        assert_eq!(normalize("ＡＢｃ１２③"), "abc123");
        assert_eq!(normalize(""), "");
    }

    #[test]
    fn mapping_leads_back() {
        let name = "爱（心）㈱社";
        let mapped = normalize_mapped(name);
        let at = mapped.text.chars().position(|c| c == '心').unwrap();
        assert_eq!(&name[mapped.source[at].clone()], "心");
    }

    proptest! {
        #[test]
        fn normal_forms_are_fixed_points(name in "\\PC{0,24}") {
            let once = normalize(&name);
            prop_assert_eq!(normalize(&once), once.clone());
            let mapped = normalize_mapped(&name);
            prop_assert_eq!(mapped.text.chars().count(), mapped.source.len());
            prop_assert_eq!(mapped.text, once);
            prop_assert!(mapped.source.iter().all(|range| name.is_char_boundary(range.start) && name.is_char_boundary(range.end)));
        }
    }
}
