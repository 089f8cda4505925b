//! Texts that officials type (理由、备注、意见): no ID number (GB 11643) and no mobile number may stand in them. A reason goes into the
//! journal in the clear and nothing ever erases it there; a protected value has fields of its own, sealed under a key that erasure
//! destroys. One place for every act: [`admit`] is asked when an entry is closed, [`refuse_in`] where something typed is kept first.
use base::{CitizenNumber, CreditCode, Date};
use serde_json::{Map, Value as Json};

use crate::Refused;

/// What was found.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Personal {
    /// 身份证号
    IdNumber,
    /// 手机号
    Mobile,
}

impl Personal {
    /// As people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::IdNumber => "身份证号",
            Self::Mobile => "手机号",
        }
    }
}

fn folded(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(c) - 0xfee0).unwrap_or(c),
        '\u{2010}'..='\u{2015}' => '-',
        '\u{3000}' => ' ',
        other => other,
    }
}

/// What a run of letters and digits is.
fn kind_of(run: &str, today: Date) -> Option<Personal> {
    let digits = run.strip_prefix("86").filter(|rest| rest.len() == 11).unwrap_or(run);
    let bytes = digits.as_bytes();
    if bytes.len() == 11 && bytes.iter().all(u8::is_ascii_digit) && bytes[0] == b'1' && bytes[1] >= b'3' {
        return Some(Personal::Mobile);
    }
    // A credit code of digits alone may pass for a citizen's number; it is public.
    let id = run.len() == 18 && CitizenNumber::parse(run, today).is_ok() && CreditCode::parse(run).is_err();
    id.then_some(Personal::IdNumber)
}

/// Where ID and mobile numbers stand in a text, in characters; grouped with blanks or hyphens too (139 1234 5678). Linear.
pub fn find(text: &str, today: Date) -> Vec<(std::ops::Range<usize>, Personal)> {
    let chars: Vec<char> = text.chars().map(folded).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        if !chars[at].is_ascii_alphanumeric() {
            at += 1;
            continue;
        }
        // Runs joined by single separators, each remembered with its place.
        let mut parts: Vec<std::ops::Range<usize>> = Vec::new();
        let mut end = at;
        loop {
            let begin = end;
            while chars.get(end).is_some_and(char::is_ascii_alphanumeric) {
                end += 1;
            }
            parts.push(begin..end);
            let joined = chars.get(end).is_some_and(|c| matches!(c, ' ' | '-'))
                && chars.get(end + 1).is_some_and(char::is_ascii_alphanumeric);
            if !joined {
                break;
            }
            end += 1;
        }
        judge(&chars, &parts, today, &mut found);
        at = end.max(at + 1);
    }
    found
}

/// Most groups in which people write a number.
const GROUPS: usize = 5;

/// Every row of up to [`GROUPS`] neighbouring parts, the longest first; a part counts once.
fn judge(
    chars: &[char],
    parts: &[std::ops::Range<usize>],
    today: Date,
    found: &mut Vec<(std::ops::Range<usize>, Personal)>,
) {
    let mut first = 0;
    while first < parts.len() {
        let longest = GROUPS.min(parts.len() - first);
        let hit = (1..=longest).rev().find_map(|count| {
            let row = &parts[first..first + count];
            if row.iter().map(ExactSizeIterator::len).sum::<usize>() > 18 {
                return None;
            }
            let text: String = row.iter().flat_map(|part| chars[part.clone()].iter()).collect();
            kind_of(&text.to_ascii_uppercase(), today).map(|kind| (count, kind))
        });
        match hit {
            Some((count, kind)) => {
                found.push((parts[first].start..parts[first + count - 1].end, kind));
                first += count;
            }
            None => first += 1,
        }
    }
}

/// The text with every such number masked, for what a machine wrote from somebody's table.
pub fn masked(text: &str, today: Date) -> String {
    let found = find(text, today);
    let hidden =
        |at: usize| found.iter().any(|(range, _)| range.contains(&at) && !(range.start..range.start + 3).contains(&at));
    text.chars().enumerate().map(|(at, c)| if hidden(at) { '*' } else { c }).collect()
}

/// Refuses a typed text with such a number.
pub fn refuse_in(field: &str, what: &str, text: &str, today: Date) -> Result<(), Refused> {
    match find(text, today).first() {
        None => Ok(()),
        Some((_, kind)) => Err(Refused::field(
            field,
            format!(
                "{what}里请勿写身份证号、手机号：这里有一个{}。{what}会留痕并长期保存，请改写后再提交",
                kind.label()
            ),
        )),
    }
}

/// Refuses an entry whose reason, or any text it notes, holds such a number.
pub(crate) fn admit(reason: Option<&str>, notes: &Map<String, Json>, today: Date) -> Result<(), Refused> {
    refuse_in("reason", "理由", reason.unwrap_or_default(), today)?;
    notes.iter().try_for_each(|(field, value)| texts(value, &mut |text| refuse_in(field, "内容", text, today)))
}

/// Refuses something typed and kept as JSON (an act of a desk: opinion, remarks, corrections, recipient).
pub fn refuse_in_json(field: &str, value: &Json, today: Date) -> Result<(), Refused> {
    texts(value, &mut |text| refuse_in(field, "意见、说明", text, today))
}

fn texts(value: &Json, each: &mut impl FnMut(&str) -> Result<(), Refused>) -> Result<(), Refused> {
    match value {
        Json::String(text) => each(text),
        Json::Array(all) => all.iter().try_for_each(|one| texts(one, each)),
        Json::Object(all) => all.values().try_for_each(|one| texts(one, each)),
        Json::Null | Json::Bool(_) | Json::Number(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 3, 2);

    fn kinds(text: &str) -> Vec<Personal> {
        find(text, TODAY).into_iter().map(|(_, kind)| kind).collect()
    }

    #[test]
    fn numbers_are_found_however_they_are_written() {
        for text in [
            "联系13912345678",
            "手机：139 1234 5678。",
            "139-1234-5678转张三",
            "+86 13912345678",
            "8613912345678",
            "１３９１２３４５６７８",
            "于2026-03-02 13912345678来电",
        ] {
            assert_eq!(kinds(text), [Personal::Mobile], "{text}");
        }
        for text in [
            "身份证11010519491231002X",
            "11010519491231002x",
            "110105 19491231 002X",
            "（１１０１０５１９４９１２３１００２Ｘ）",
        ] {
            assert_eq!(kinds(text), [Personal::IdNumber], "{text}");
        }
        assert_eq!(kinds("张三11010519491231002X，13912345678"), [Personal::IdNumber, Personal::Mobile]);
    }

    #[test]
    fn what_is_no_personal_number_passes() {
        for text in [
            "材料齐全，符合《社会团体登记管理条例》第十一条",
            "办件 210100-2026-000001",
            "01J8ZQ13912345678ABCDEFGHJ",
            "代码 51100000500000178K",
            "电话 024-12345678",
            "注册资金 139123456789 分",
            "110105194912310021",
            "2026-03-02T01:00:00.000Z",
            "9e13912345678f00a1",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn masking_keeps_the_rest_and_its_length() {
        assert_eq!(masked("第3行“139 1234 5678”不像名称", TODAY), "第3行“139**********”不像名称");
        assert_eq!(masked("没有号码", TODAY), "没有号码");
    }

    #[test]
    fn a_long_text_is_read_in_a_moment() {
        let text = "1 ".repeat(50_000);
        let begun = std::time::Instant::now();
        assert_eq!(kinds(&text), []);
        assert!(begun.elapsed() < std::time::Duration::from_secs(5), "{:?}", begun.elapsed());
    }

    proptest::proptest! {
        #[test]
        fn any_text_can_be_read(text in ".{0,200}") {
            let shown = masked(&text, TODAY);
            proptest::prop_assert_eq!(shown.chars().count(), text.chars().count());
            proptest::prop_assert!(find(&shown, TODAY).is_empty() || find(&text, TODAY).is_empty());
        }
    }
}
