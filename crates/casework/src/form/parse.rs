//! Posted form text to typed answers: full-width digits, thousands separators, 万元, Chinese dates.
use std::collections::BTreeMap;

use base::Date;
use catalogue::matter::{Field, FieldKind};
use serde_json::{Map, Value as Json, json};

use super::FieldFault;
use crate::answers::{Answers, is_blank};

/// What a browser posts: values by name. Parts are `chair.phone`, columns `founders.0.share`, clauses `charter.purpose`.
pub type Posted = BTreeMap<String, Vec<String>>;

/// Rows of a group beyond this are refused rather than read.
const MOST_ROWS: usize = 500;

/// Reads the fields of a page or a form. Every field is answered (blank as null), so that emptied ones are taken out by
/// [`Answers::merge`]; those that cannot be read are faults.
pub fn parse_form<'f>(fields: impl IntoIterator<Item = &'f Field>, posted: &Posted) -> (Answers, Vec<FieldFault>) {
    let (mut answers, mut faults) = (Answers::default(), Vec::new());
    for field in fields {
        let answer = parse_field(field, field.id.as_str(), posted, &mut faults);
        answers.0.insert(field.id.to_string(), answer);
    }
    (answers, faults)
}

/// Reads one field posted under `name`.
pub fn parse_field(field: &Field, name: &str, posted: &Posted, faults: &mut Vec<FieldFault>) -> Json {
    let all = || posted.get(name).map_or(&[][..], Vec::as_slice);
    let text = plain_text(all().last().map_or("", String::as_str));
    match field.kind {
        FieldKind::Person => person(field, name, posted),
        FieldKind::Group => group(field, name, posted, faults),
        FieldKind::Charter => {
            let clause = |id: &str| long(posted.get(&format!("{name}.{id}")));
            let clauses = field.clauses.iter().map(|one| (one.id.to_string(), clause(one.id.as_str())));
            blank_to_null(Json::Object(clauses.collect()))
        }
        FieldKind::Organization => {
            let id = posted.get(&format!("{name}.id")).or_else(|| posted.get(name));
            let part =
                |values: Option<&Vec<String>>| plain_text(values.and_then(|all| all.last()).map_or("", String::as_str));
            let title = part(posted.get(&format!("{name}.name")));
            blank_to_null(json!({ "id": part(id), "name": title }))
        }
        FieldKind::MultiChoice | FieldKind::File => {
            let items: Vec<String> =
                all().iter().map(|item| plain_text(item)).filter(|item| !item.is_empty()).collect();
            blank_to_null(json!(items))
        }
        FieldKind::LongText => long(posted.get(name)),
        _ if text.is_empty() => Json::Null,
        kind => match scalar(kind, &text) {
            Ok(answer) => answer,
            Err(wanted) => {
                faults.push(FieldFault::new(name, &field.label, format!("“{text}”读不出来"), wanted));
                Json::Null
            }
        },
    }
}

/// Half-width digits, letters and signs, no blanks at the ends: `３００　` is `300`.
pub fn plain_text(text: &str) -> String {
    let half = |c: char| match c {
        // Full-width digits and letters lie 0xFEE0 above ASCII; punctuation stays Chinese, but for signs used in numbers.
        '０'..='９' | 'Ａ'..='Ｚ' | 'ａ'..='ｚ' | '＠' | '．' | '－' | '／' | '＋' | '％' => {
            char::from_u32(c as u32 - 0xFEE0).unwrap_or(c)
        }
        '\u{3000}' | '\u{a0}' => ' ',
        _ => c,
    };
    let halved: String = text.chars().filter(|c| !matches!(c, '\u{200b}' | '\u{feff}')).map(half).collect();
    halved.trim().to_owned()
}

fn long(values: Option<&Vec<String>>) -> Json {
    let text = values.and_then(|all| all.last()).map_or("", String::as_str).replace("\r\n", "\n");
    if text.trim().is_empty() { Json::Null } else { Json::String(text.trim().to_owned()) }
}

fn blank_to_null(answer: Json) -> Json {
    if is_blank(&answer) { Json::Null } else { answer }
}

fn person(field: &Field, name: &str, posted: &Posted) -> Json {
    let part = |key: &str| {
        plain_text(posted.get(&format!("{name}.{key}")).and_then(|all| all.last()).map_or("", String::as_str))
    };
    let parts: Map<String, Json> = field
        .person_parts()
        .iter()
        .map(|one| (one.key().to_owned(), Json::String(part(one.key()))))
        .filter(|(_, answer)| !is_blank(answer))
        .collect();
    blank_to_null(Json::Object(parts))
}

/// Rows by number, blank ones left out.
fn group(field: &Field, name: &str, posted: &Posted, faults: &mut Vec<FieldFault>) -> Json {
    let prefix = format!("{name}.");
    let number = |key: &String| key.strip_prefix(&prefix)?.split('.').next()?.parse::<usize>().ok();
    let mut numbers: Vec<usize> = posted.keys().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    if numbers.len() > MOST_ROWS {
        faults.push(FieldFault::new(name, &field.label, format!("超过 {MOST_ROWS} 行"), "请改用表格文件导入"));
        numbers.truncate(MOST_ROWS);
    }
    let mut rows = Vec::new();
    for number in numbers {
        let mut wrong = Vec::new();
        let cells = field.fields.iter().map(|column| {
            let cell = parse_field(column, &format!("{name}.{number}.{}", column.id), posted, &mut wrong);
            (column.id.to_string(), cell)
        });
        let row: Map<String, Json> = cells.filter(|(_, cell)| !is_blank(cell)).collect();
        if !row.is_empty() || !wrong.is_empty() {
            rows.push(Json::Object(row));
        }
        faults.extend(wrong);
    }
    if rows.is_empty() { Json::Null } else { Json::Array(rows) }
}

/// One text of a kind, or how it should be written.
fn scalar(kind: FieldKind, text: &str) -> Result<Json, &'static str> {
    match kind {
        FieldKind::Integer | FieldKind::Year => {
            let digits = text.replace([',', '，', ' '], "");
            digits.trim_end_matches('年').parse::<i64>().map(Json::from).map_err(|_| "请填写整数，如 30")
        }
        FieldKind::Money => fen(text).map(Json::from).ok_or("请填写金额，如 30000 或 3万，最多两位小数"),
        FieldKind::Percent => {
            decimal(text.trim_end_matches('%'), 2).map(Json::from).ok_or("请填写百分数，如 12.5，最多两位小数")
        }
        FieldKind::Date => date(text).map(|day| json!(day.to_string())).ok_or("请填写日期，如 2026-11-21"),
        FieldKind::YesNo | FieldKind::Declaration => match text {
            "true" | "yes" | "on" | "1" | "是" => Ok(Json::Bool(true)),
            "false" | "no" | "off" | "0" | "否" => Ok(Json::Bool(false)),
            _ => Err("请选择“是”或“否”"),
        },
        FieldKind::IdNumber | FieldKind::CreditCode => Ok(json!(text.replace([' ', '-'], "").to_uppercase())),
        FieldKind::Phone => Ok(json!(text.replace(' ', ""))),
        _ => Ok(json!(text)),
    }
}

/// Yuan as people write them, in fen: `30,000.5`, `3万`, `￥300元`.
fn fen(text: &str) -> Option<i64> {
    let text = text.trim_start_matches(['¥', '￥']).trim();
    let text = text.strip_suffix('元').unwrap_or(text).trim();
    let (number, unit) = match text.strip_suffix('万') {
        Some(number) => (number.trim(), 10_000),
        None => match text.strip_suffix('亿') {
            Some(number) => (number.trim(), 100_000_000),
            None => (text, 1),
        },
    };
    if unit == 1 {
        return decimal(number, 2);
    }
    // Six places of 万 are fen, eight more are more than anybody means.
    let (places, scale) = (6, unit / 10_000);
    decimal(number, places)?.checked_mul(scale)
}

/// A decimal with at most `places` digits after the point, times ten to that power.
fn decimal(text: &str, places: usize) -> Option<i64> {
    let plain: String = text.chars().filter(|c| !matches!(c, ',' | '，' | ' ')).collect();
    let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |digits| (-1, digits));
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if whole.is_empty() || !numeric(whole) || !numeric(part) || part.len() > places {
        return None;
    }
    let power = 10_i64.checked_pow(places as u32)?;
    let part: i64 = format!("{part:0<places$}").parse().ok().or(if places == 0 { Some(0) } else { None })?;
    whole.parse::<i64>().ok()?.checked_mul(power)?.checked_add(part)?.checked_mul(sign)
}

/// `2026-11-21`, `2026/11/21`, `2026.11.21`, `2026年11月21日`, `20261121`.
fn date(text: &str) -> Option<Date> {
    let text: String = text.chars().map(|c| if matches!(c, '年' | '月' | '/' | '.') { '-' } else { c }).collect();
    let text = text.trim_end_matches('日');
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Date::new(text[..4].parse().ok()?, text[4..6].parse().ok()?, text[6..].parse().ok()?).ok();
    }
    let parts: Vec<&str> = text.split('-').collect();
    let [year, month, day] = parts[..] else { return None };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_as_people_write_them() {
        assert_eq!(plain_text("　３００００．５ "), "30000.5");
        assert_eq!(fen("30,000"), Some(3_000_000));
        assert_eq!(fen("3万元"), Some(3_000_000));
        assert_eq!(fen("0.35 万"), Some(350_000));
        assert_eq!(fen("1.2亿"), Some(12_000_000_000));
        assert_eq!(fen("￥300.05元"), Some(30_005));
        assert_eq!(fen("-1.5"), Some(-150));
        assert_eq!(fen("1.234"), None);
        assert_eq!(fen("三万"), None);
        assert_eq!(fen("99999999999999999999"), None);
        assert_eq!(date("2026年2月3日").map(|day| day.to_string()).as_deref(), Some("2026-02-03"));
        assert_eq!(date("20260203"), date("2026/2/3"));
        assert_eq!(date("2026-02-30"), None);
        assert_eq!(scalar(FieldKind::Percent, "12.5%"), Ok(json!(1250)));
        assert_eq!(scalar(FieldKind::YesNo, "是"), Ok(json!(true)));
    }

    proptest! {
        #[test]
        fn no_text_breaks_a_parser(text in "\\PC{0,30}") {
            let plain = plain_text(&text);
            for kind in [FieldKind::Money, FieldKind::Integer, FieldKind::Percent, FieldKind::Date, FieldKind::YesNo] {
                let _ = scalar(kind, &plain);
            }
        }

        #[test]
        fn money_round_trips(amount in -9_000_000_000_000_i64..9_000_000_000_000) {
            prop_assert_eq!(fen(&base::Fen(amount).to_string()), Some(amount));
        }
    }
}
