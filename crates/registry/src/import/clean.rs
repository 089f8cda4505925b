//! Cells as people and spreadsheets write them, read one at a time.
use base::{Date, Fen};
use unicode_normalization::UnicodeNormalization as _;

/// A cell's meaning together with what had to be guessed.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Cell<T> {
    /// Nothing there, or a word that means nothing (无、暂无、-).
    Empty,
    /// Read plainly.
    Read(T),
    /// Read, but somebody should look: the text says why.
    Guessed(T, String),
    /// A filler that spreadsheets and databases write for "unknown" (1899, 1900, 1970, 0.00).
    Unknown(String),
    /// Not readable; the text says what was expected.
    Wrong(String),
}

/// Text with full-width letters, digits and spaces folded (NFKC), control characters dropped and the ends trimmed.
pub fn text(raw: &str) -> String {
    let folded: String = raw.nfkc().filter(|c| !c.is_control() && *c != '\u{feff}').collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text, or none for the words people write for nothing.
pub fn some_text(raw: &str) -> Option<String> {
    let text = text(raw);
    let nothing = ["", "无", "暂无", "不详", "未知", "-", "--", "/", "null", "NULL", "N/A", "None"];
    (!nothing.contains(&text.as_str())).then_some(text)
}

/// A day: `2017-12-01`, `2017/12/1`, `2017.12.1`, `20171201`, `2017年12月1日`, an Excel serial number, each with or without a time.
///
/// 1899-12-30, 1900-01-00/01 and 1970-01-01 are the zero days of Excel, SQL Server and Unix: unknown, never a fact.
pub fn day(raw: &str) -> Cell<Date> {
    let Some(text) = some_text(raw) else { return Cell::Empty };
    let date_part = text.split([' ', 'T']).next().unwrap_or_default();
    let digits: Vec<&str> = date_part.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect();
    let parsed = match digits.as_slice() {
        [one] if one.len() == 8 => civil(&one[..4], &one[4..6], &one[6..]),
        [one] if one.len() == 5 && date_part.len() == 5 => serial(one),
        [year, month, day] if year.len() == 4 => civil(year, month, day),
        _ => None,
    };
    match parsed {
        Some(date) if is_filler(date) => Cell::Unknown(format!("“{text}”是系统填充的空日期，按未知处理")),
        Some(date) => Cell::Read(date),
        None if text.starts_with("1900-01-00") => Cell::Unknown(format!("“{text}”是系统填充的空日期，按未知处理")),
        None => Cell::Wrong(format!("“{text}”不是日期，应写成 2017-12-01")),
    }
}

fn civil(year: &str, month: &str, day: &str) -> Option<Date> {
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Excel counts days from 1899-12-30; five digits cover 1927 to 2173.
fn serial(digits: &str) -> Option<Date> {
    let days: i32 = digits.parse().ok()?;
    Date::new(1899, 12, 30).ok()?.checked_add(jiff::Span::new().days(days)).ok()
}

fn is_filler(date: Date) -> bool {
    matches!((date.year(), date.month(), date.day()), (1899, 12, 30 | 31) | (1900 | 1970, 1, 1))
}

/// The second day of `2014-08-15 至 2018-08-15`; a single day counts as the end.
pub fn interval_end(raw: &str) -> Cell<Date> {
    let text = text(raw);
    day(text.rsplit(['至', '~']).next().unwrap_or_default())
}

/// The first day of such a period; empty for a single day.
pub fn interval_start(raw: &str) -> Cell<Date> {
    let text = text(raw);
    text.split_once(['至', '~']).map_or(Cell::Empty, |(start, _)| day(start))
}

/// Below this many yuan an ambiguous capital is read as 万元: no kind of organization whose file mixes the two units may have
/// less than 2,000,000 yuan (基金会管理条例 art 8), and half of that leaves room for old ones.
const AMBIGUOUS_YUAN_FLOOR: i64 = 1_000_000;

/// Money: `800.00 万元`, `30,000元`, `2000000.00 （单位：元 / 万元）`. `header_is_wan`: the column's header says 万元.
pub fn money(raw: &str, header_is_wan: bool) -> Cell<Fen> {
    let Some(text) = some_text(raw) else { return Cell::Empty };
    let number: String = text
        .chars()
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(|c| c.is_ascii_digit() || ".,".contains(*c))
        .collect();
    let Some(hundredths) = hundredths(&number.replace(',', "")) else {
        return Cell::Wrong(format!("“{text}”不是金额，应写成 800 万元 或 8000000 元"));
    };
    if hundredths == 0 {
        return Cell::Unknown("金额为 0，按未知处理".to_owned());
    }
    let says_wan = text.contains('万');
    let says_yuan = text.replace("万元", "").contains('元');
    let wan = Fen(hundredths.saturating_mul(10_000));
    match (says_wan, says_yuan) {
        (true, true) if hundredths < AMBIGUOUS_YUAN_FLOOR * 100 => {
            Cell::Guessed(wan, format!("单位写作“元 / 万元”，按 {} 理解", wan.plain()))
        }
        (true, true) => {
            Cell::Guessed(Fen(hundredths), format!("单位写作“元 / 万元”，按 {} 理解", Fen(hundredths).plain()))
        }
        (true, false) => Cell::Read(wan),
        (false, false) if header_is_wan => Cell::Read(wan),
        _ => Cell::Read(Fen(hundredths)),
    }
}

/// `1234.5` → 123450; more than two decimals are cut, more than 14 digits are refused.
fn hundredths(number: &str) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || whole.len() > 14 || fraction.contains('.') {
        return None;
    }
    let cents: String = fraction.chars().chain("00".chars()).take(2).collect();
    Some(whole.parse::<i64>().ok()? * 100 + cents.parse::<i64>().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(year: i16, month: i8, day: i8) -> Date {
        Date::new(year, month, day).unwrap()
    }

    #[test]
    fn days_in_every_habit() {
        for raw in [
            "2017-12-01",
            "2017/12/1",
            "2017.12.1",
            "20171201",
            "2017年12月1日",
            "２０１７－１２－０１",
            "43070",
            "2017-12-01 00:00:00",
        ] {
            assert_eq!(day(raw), Cell::Read(date(2017, 12, 1)), "{raw}");
        }
        for raw in ["1899-12-30", "1900-01-01", "1970-01-01", "1970-01-01 08:00:00"] {
            assert!(matches!(day(raw), Cell::Unknown(_)), "{raw}");
        }
        assert_eq!(day("暂无"), Cell::Empty);
        assert!(matches!(day("2017-13-01"), Cell::Wrong(_)));
        assert_eq!(interval_end("2014-08-15 至 2018-08-15"), Cell::Read(date(2018, 8, 15)));
        assert_eq!(interval_end(" 至 2022-08-02"), Cell::Read(date(2022, 8, 2)));
        assert!(matches!(interval_end("1900-01-01 至 1900-01-01"), Cell::Unknown(_)));
    }

    #[test]
    fn money_in_both_units() {
        assert_eq!(money("800.00 万元", false), Cell::Read(Fen::yuan(8_000_000)));
        assert_eq!(money("30,000元", false), Cell::Read(Fen::yuan(30_000)));
        assert_eq!(money("359.70", true), Cell::Read(Fen::yuan(3_597_000)));
        assert!(matches!(money("0.00 （单位：元 / 万元）", false), Cell::Unknown(_)));
        assert!(matches!(money("2000000.00 （单位：元 / 万元）", false), Cell::Guessed(Fen(200_000_000), _)));
        assert!(matches!(money("200.00 （单位：元 / 万元）", false), Cell::Guessed(Fen(200_000_000), _)));
        assert!(matches!(money("10000.00 （单位：元 / 万元）", false), Cell::Guessed(Fen(10_000_000_000), _)));
        assert!(matches!(money("若干", false), Cell::Wrong(_)));
    }

    proptest::proptest! {
        #[test]
        fn no_text_breaks_the_readers(raw in "\\PC{0,40}") {
            let _ = (day(&raw), money(&raw, true), money(&raw, false), interval_end(&raw), some_text(&raw));
        }
    }
}
