//! A row's cells as a form would post them: labels to values, names of places to codes, units of the heading into the number.
use std::collections::HashMap;

use base::areas::AreaTree;
use base::{AreaCode, AreaLevel, Date};
use casework::Posted;
use casework::form::plain_text;
use catalogue::matter::FieldKind;
use catalogue::{Register, RegisterField};

use super::Columns;

/// Names looked at when a place is looked up.
const LOOKED: usize = 60;

/// Upper areas written before a place's own name.
const UPPERS: usize = 4;

/// Places that were looked up, by what was written: tables repeat them.
#[derive(Default)]
pub(super) struct Places(HashMap<String, Result<AreaCode, (String, String)>>);

impl Places {
    fn find(
        &mut self,
        areas: &AreaTree,
        text: &str,
        near: &[AreaCode],
        today: Date,
    ) -> Result<AreaCode, (String, String)> {
        if let Some(known) = self.0.get(text) {
            return known.clone();
        }
        let found = place(areas, text, near, today);
        self.0.insert(text.to_owned(), found.clone());
        found
    }
}

/// What a row posts, and the cells that cannot be read at all: field, why, what to do.
pub(super) type Read = (Posted, Vec<(String, String, String)>);

/// Reads cells by what their columns mean. `near`: the areas whose places are meant first.
pub(super) fn read(
    areas: &AreaTree,
    register: &Register,
    columns: &Columns,
    cells: &[String],
    (near, today, places): (&[AreaCode], Date, &mut Places),
) -> Read {
    let (mut posted, mut wrong) = (Posted::new(), Vec::new());
    for (field, value) in &columns.constants {
        if let Some(field) = register.find_field(field) {
            put(areas, field, ("", value), (near, today, places), &mut posted, &mut wrong);
        }
    }
    for ((header, field), cell) in columns.headers.iter().zip(&columns.fields).zip(cells) {
        let Some(field) = field.as_ref().and_then(|field| register.find_field(field)) else { continue };
        // An empty cell leaves the value for all rows as it is.
        if !cell.trim().is_empty() {
            put(areas, field, (header, cell), (near, today, places), &mut posted, &mut wrong);
        }
    }
    (posted, wrong)
}

fn put(
    areas: &AreaTree,
    field: &RegisterField,
    (header, cell): (&str, &str),
    (near, today, places): (&[AreaCode], Date, &mut Places),
    posted: &mut Posted,
    wrong: &mut Vec<(String, String, String)>,
) {
    let text = plain_text(cell);
    if text.is_empty() {
        return;
    }
    let values = match field.kind {
        FieldKind::Choice => vec![choice(field, &text)],
        FieldKind::MultiChoice => text
            .split(['、', ',', '，', ';', '；', '/', '\n'])
            .filter(|part| !part.trim().is_empty())
            .map(|part| choice(field, part.trim()))
            .collect(),
        FieldKind::YesNo => vec![yes_no(&text)],
        FieldKind::Money if in_ten_thousands(header) && !text.contains(['万', '亿']) => vec![format!("{text}万")],
        FieldKind::Integer => vec![whole(&text, in_ten_thousands(header))],
        FieldKind::Area => match places.find(areas, &text, near, today) {
            Ok(code) => vec![code.to_string()],
            Err((why, what)) => {
                wrong.push((field.label.clone(), why, what));
                return;
            }
        },
        _ => vec![text],
    };
    posted.insert(field.id.clone(), values);
}

fn choice(field: &RegisterField, text: &str) -> String {
    let known = field.choices.iter().find(|choice| choice.value == text || choice.label == text);
    known.map_or_else(|| text.to_owned(), |choice| choice.value.clone())
}

fn yes_no(text: &str) -> String {
    match text {
        "√" | "✓" | "✔" | "有" | "Y" | "y" | "TRUE" | "true" => "是".to_owned(),
        "×" | "✗" | "无" | "N" | "n" | "FALSE" | "false" => "否".to_owned(),
        other => other.to_owned(),
    }
}

fn in_ten_thousands(header: &str) -> bool {
    header.contains('万')
}

/// A whole number as tables write it: `640000.0`, `64 万`, `64.5` under a heading in 万; what is no such number stays as it is.
fn whole(text: &str, in_ten_thousands: bool) -> String {
    let bare = text.trim_end_matches(['人', '个', '家', '名']).trim();
    let (number, ten_thousands) = match bare.strip_suffix('万') {
        Some(number) => (number.trim(), true),
        None => (bare, in_ten_thousands),
    };
    let number: String = number.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    let (whole, part) = number.split_once('.').unwrap_or((&number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let part = part.trim_end_matches('0');
    let places = if ten_thousands { 4 } else { 0 };
    if whole.is_empty() || !digits(whole) || !digits(part) || part.len() > places || whole.len() > 14 {
        return text.to_owned();
    }
    let plain = format!("{whole}{part:0<places$}");
    let plain = plain.trim_start_matches('0');
    if plain.is_empty() { "0".to_owned() } else { plain.to_owned() }
}

/// A place by code or name: 沈阳市, 辽宁省沈阳市, 沈阳. A name that several places bear is the one near, or refused with all of them.
fn place(areas: &AreaTree, text: &str, near: &[AreaCode], today: Date) -> Result<AreaCode, (String, String)> {
    if let Ok(code) = text.parse::<AreaCode>() {
        return match areas.find(&code) {
            Some(_) => Ok(code),
            None => Err((format!("没有代码是 {text} 的地区"), "请核对区划代码，或改填地名".to_owned())),
        };
    }
    // 210100 is 2101 in tables of six digits; 210000 is 21.
    let six = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
    let short = if six { text.trim_end_matches("00") } else { "" };
    if let Some(code) = short.parse::<AreaCode>().ok().filter(|code| areas.find(code).is_some()) {
        return Ok(code);
    }
    let mut all = called(areas, text, today, |area, _| area.name_at(today) == text || area.short_name() == text);
    if all.is_empty() {
        // 辽宁省沈阳市: the end of the text is the name, the whole of it the full name.
        let upper = |c: char| matches!(c, '省' | '市' | '区' | '县' | '州' | '盟' | '旗');
        for (at, c) in text.char_indices().filter(|(_, c)| upper(*c)).take(UPPERS) {
            let Some(end) = text.get(at + c.len_utf8()..).filter(|end| end.chars().count() >= 2) else { break };
            let whole = |area: &base::Area<'_>, full: &str| area.name_at(today) == end && full.ends_with(text);
            all = called(areas, end, today, whole);
            if !all.is_empty() {
                break;
            }
        }
    }
    if all.len() > 1 {
        let close: Vec<AreaCode> =
            all.iter().filter(|code| near.iter().any(|upper| areas.covers_at(upper, code, today))).cloned().collect();
        if !close.is_empty() {
            all = close;
        }
        // 朝阳 is a city before it is a county.
        let top: Option<AreaLevel> = all.iter().map(AreaCode::level).min();
        all.retain(|code| Some(code.level()) == top);
    }
    match all.as_slice() {
        [only] => Ok(only.clone()),
        [] => Err((format!("没有名为“{text}”的地区"), "请写全称，如“辽宁省沈阳市”，或填区划代码".to_owned())),
        several => {
            let names: Vec<String> =
                several.iter().take(5).map(|code| format!("{} {code}", areas.full_name_at(code, today))).collect();
            Err((format!("有 {} 个地区叫“{text}”", several.len()), format!("请写全称或区划代码：{}", names.join("；"))))
        }
    }
}

/// Areas whose name a text may be, as `is` says with the full name.
fn called(areas: &AreaTree, text: &str, today: Date, is: impl Fn(&base::Area<'_>, &str) -> bool) -> Vec<AreaCode> {
    let found = areas.search(text, None, today, LOOKED).into_iter();
    found.filter(|area| is(area, &areas.full_name_at(&area.code(), today))).map(base::Area::code).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TODAY: Date = jiff::civil::date(2026, 3, 2);

    fn at(text: &str, near: &[&str]) -> Result<String, String> {
        let near: Vec<AreaCode> = near.iter().map(|code| code.parse().unwrap()).collect();
        let found = place(&crate::testing::areas(), text, &near, TODAY);
        found.map(|code| code.to_string()).map_err(|(why, _)| why)
    }

    #[test]
    fn places_are_known_by_code_and_by_name() {
        assert_eq!(at("2101", &[]).as_deref(), Ok("2101"));
        assert_eq!(at("210100", &[]).as_deref(), Ok("2101"));
        assert_eq!(at("210000", &[]).as_deref(), Ok("21"));
        assert_eq!(at("沈阳市", &[]).as_deref(), Ok("2101"));
        assert_eq!(at("沈阳", &[]).as_deref(), Ok("2101"));
        assert_eq!(at("辽宁省沈阳市", &[]).as_deref(), Ok("2101"));
        assert_eq!(at("龙港市", &[]).as_deref(), Ok("330383"));
        assert!(at("999999", &[]).unwrap_err().contains("999999"));
        assert!(at("云州省", &[]).unwrap_err().contains("云州省"));
        assert!(at("和平区", &[]).unwrap_err().contains("个地区叫“和平区”"));
        assert_eq!(at("和平区", &["21"]).as_deref(), Ok("210102"));
    }

    #[test]
    fn numbers_of_tables_are_whole() {
        for (text, header, number) in [
            ("640000", false, "640000"),
            ("640,000 人", false, "640000"),
            ("640000.0", false, "640000"),
            ("64万", false, "640000"),
            ("64.5", true, "645000"),
            ("0.0064", true, "64"),
            ("0", true, "0"),
        ] {
            assert_eq!(whole(text, header), number, "{text}");
        }
        for text in ["64.5", "约64", "-3", "六十四", "", "1.2.3", "9999999999999999"] {
            assert_eq!(whole(text, false), text, "left for the one who judges");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_cell_breaks_a_reader(text in "\\PC{0,24}", header in any::<bool>()) {
            let plain = plain_text(&text);
            let _ = (whole(&plain, header), yes_no(&plain), at(&plain, &["21"]));
        }

        #[test]
        fn whole_numbers_come_through(number in 0_u64..9_999_999_999) {
            prop_assert_eq!(whole(&number.to_string(), false), number.to_string());
            prop_assert_eq!(whole(&number.to_string(), true), (u128::from(number) * 10_000).to_string());
        }
    }
}
