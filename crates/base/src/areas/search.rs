//! Finding areas by a fragment of their name, for pickers.
use jiff::civil::Date;

use super::{Area, AreaTree};
use crate::AreaCode;

impl AreaTree {
    /// Areas below `within` (or anywhere) whose name holds `fragment`, or whose pinyin or code begins with it, that exist on
    /// `date`; upper levels and exact names first, at most `limit`. Words apart by spaces narrow from above:
    /// `沈阳 和平` finds 和平区 in 沈阳市.
    pub fn search(&self, fragment: &str, within: Option<&AreaCode>, date: Date, limit: usize) -> Vec<Area<'_>> {
        let words: Vec<String> = fragment.split_whitespace().map(str::to_lowercase).collect();
        let Some((last, above)) = words.split_last() else { return Vec::new() };
        let mut found: Vec<(u8, Area<'_>)> = self
            .iter()
            .filter_map(|area| rank(area, last).map(|rank| (rank, area)))
            .filter(|(_, area)| area.exists_at(date) && is_below(*area, above, within, date))
            .collect();
        found.sort_by_key(|(rank, area)| (*rank / 4, area.level(), *rank, area.key()));
        found.into_iter().take(limit).map(|(_, area)| area).collect()
    }
}

/// How well a name fits: 0 the name, 1 the short name, 4 its beginning, 5 its pinyin or code, 6 anywhere; none: not at all.
fn rank(area: Area<'_>, word: &str) -> Option<u8> {
    let name = area.name();
    if name == word {
        return Some(0);
    }
    if area.short_name() == word {
        return Some(1);
    }
    if name.starts_with(word) {
        return Some(4);
    }
    if word.is_ascii() {
        return (pinyin_begins(area, word) || code_begins(area, word)).then_some(5);
    }
    name.contains(word).then_some(6)
}

fn code_begins(area: Area<'_>, word: &str) -> bool {
    word.len() >= 2 && word.bytes().all(|byte| byte.is_ascii_digit()) && area.code().as_str().starts_with(word)
}

/// `shenyang` or `sy` for `shen yang`.
fn pinyin_begins(area: Area<'_>, word: &str) -> bool {
    let Some(pinyin) = area.pinyin() else { return false };
    let joined = pinyin.bytes().filter(|byte| *byte != b' ');
    let initials = pinyin.split(' ').filter_map(|part| part.bytes().next());
    begins(joined, word) || begins(initials, word)
}

fn begins(mut text: impl Iterator<Item = u8>, word: &str) -> bool {
    word.bytes().all(|byte| text.next() == Some(byte))
}

/// Whether some area above holds each of `words`, in any order, and `within` is among them.
fn is_below(area: Area<'_>, words: &[String], within: Option<&AreaCode>, date: Date) -> bool {
    let inside = within.is_none_or(|upper| area.tree.covers_at(upper, &area.code(), date));
    let named = |word: &String| area.ancestry_at(date).skip(1).any(|up| up.name_at(date).contains(word.as_str()));
    inside && words.iter().all(named)
}
