//! Which column of a table is which field (栏目对应): by the field's label, its id, or the longer of the two containing the other.
use catalogue::Register;

/// What people write around a heading: units and remarks in brackets, blanks, stars for required columns.
fn bare(header: &str) -> String {
    let mut out = String::new();
    let mut depth = 0_u32;
    for c in header.chars() {
        match c {
            '(' | '（' | '[' | '【' => depth += 1,
            ')' | '）' | ']' | '】' => depth = depth.saturating_sub(1),
            _ if depth > 0 || c.is_whitespace() || matches!(c, '*' | '＊' | '：' | ':' | '\u{feff}' | '\u{200b}') => {
            }
            _ => out.push(c),
        }
    }
    out.to_lowercase()
}

/// How well a header names a field: 0 is not at all.
fn fit(header: &str, label: &str, id: &str) -> u8 {
    let (header, label) = (bare(header), bare(label));
    if header.is_empty() {
        return 0;
    }
    if header == label {
        return 4;
    }
    if header == id {
        return 3;
    }
    let long = |text: &str| text.chars().count() >= 2;
    if long(&header) && long(&label) && (header.contains(&label) || label.contains(&header)) {
        return 2;
    }
    0
}

/// The field each header means. Each field is given once, to the header that names it best; the first of equals.
pub fn guess(register: &Register, headers: &[String]) -> Vec<Option<String>> {
    let mut scored: Vec<(u8, usize, usize)> = Vec::new();
    for (column, header) in headers.iter().enumerate() {
        for (place, field) in register.fields.iter().enumerate() {
            let score = fit(header, &field.label, &field.id);
            if score > 0 {
                scored.push((score, column, place));
            }
        }
    }
    scored.sort_by_key(|(score, column, place)| (std::cmp::Reverse(*score), *column, *place));
    let mut fields: Vec<Option<String>> = vec![None; headers.len()];
    let mut given = vec![false; register.fields.len()];
    for (_, column, place) in scored {
        if let (Some(slot @ None), Some(taken @ false)) = (fields.get_mut(column), given.get_mut(place)) {
            *slot = register.fields.get(place).map(|field| field.id.clone());
            *taken = true;
        }
    }
    fields
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn figures() -> Register {
        crate::testing::catalogue().find_register("area-figures").unwrap().clone()
    }

    fn guessed(headers: &[&str]) -> Vec<Option<String>> {
        guess(&figures(), &headers.iter().map(|header| (*header).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn headings_of_every_habit_are_known() {
        let all = ["area", "figure", "value", "as_of", "source"].map(|id| Some(id.to_owned()));
        assert_eq!(guessed(&["地区", "统计项", "数值", "截止日期", "来源"]), all);
        assert_eq!(guessed(&["*地区（市）", " 统计 项 ", "数值（人）", "截止日期：", "数据来源"]), all);
        assert_eq!(guessed(&["AREA", "figure", "value", "as_of", "source"]), all);
        let some = guessed(&["序号", "地区", "地区名称", "数值"]);
        assert_eq!(
            some,
            [None, Some("area".to_owned()), None, Some("value".to_owned())],
            "one column each, the best one"
        );
    }

    proptest! {
        #[test]
        fn any_headers_can_be_guessed(headers in proptest::collection::vec("\\PC{0,12}", 0..12)) {
            let fields = guess(&figures(), &headers);
            prop_assert_eq!(fields.len(), headers.len());
            let mut given: Vec<&String> = fields.iter().flatten().collect();
            given.sort();
            let all = given.len();
            given.dedup();
            prop_assert_eq!(given.len(), all, "a field twice");
        }
    }
}
