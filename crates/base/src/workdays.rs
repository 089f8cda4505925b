//! Working days (工作日), periods and the dates on which they end. The calendar is data: the State Council's yearly notice on
//! holidays (国务院办公厅关于部分节假日安排的通知). Beyond the last announced year only weekends are known, and a date that
//! depends on them says so.
use jiff::civil::{Date, Weekday};
use jiff::{Span as Days, ToSpan as _};
use serde::{Deserialize, Serialize};

/// The shipped notices, 2004 onwards.
const SHIPPED: &str = include_str!("../../../data/calendar/workdays.csv");

/// A period (期限) as law and catalogue write it; in TOML `{ working_days = 5 }`, `{ calendar_days = 60 }`, `{ months = 6 }`.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub enum Span {
    /// 工作日
    #[serde(rename = "working_days")]
    Working(u32),
    /// 日（自然日）
    #[serde(rename = "calendar_days")]
    Calendar(u32),
    /// 个月; a year is twelve
    #[serde(rename = "months")]
    Months(u32),
}

impl std::fmt::Display for Span {
    /// `5 个工作日`, `60 日`, `6 个月`, `2 年`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Working(days) => write!(f, "{days} 个工作日"),
            Self::Calendar(days) => write!(f, "{days} 日"),
            Self::Months(months) if *months > 0 && months % 12 == 0 => write!(f, "{} 年", months / 12),
            Self::Months(months) => write!(f, "{months} 个月"),
        }
    }
}

/// The last day of a period.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
pub struct Deadline {
    /// That day; an act on it is in time.
    pub date: Date,
    /// Some of the days counted lie in a year whose holidays are not announced (暂按周末推算).
    pub estimated: bool,
}

/// Statutory holidays and make-up working days.
#[derive(Clone, Debug)]
pub struct Calendar {
    /// Days that differ from the week's rule, sorted: true for a working weekend day, false for a holiday.
    exceptions: Vec<(Date, bool)>,
    first_year: i16,
    last_year: i16,
}

/// Why a calendar file cannot be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("工作日历第 {line} 行：{reason}")]
pub struct CalendarFault {
    /// Line, from 1, the header included.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}

impl Calendar {
    /// The calendar that ships with the platform.
    ///
    /// # Errors
    /// If the shipped file is damaged.
    pub fn shipped() -> Result<Self, CalendarFault> {
        Self::parse(SHIPPED)
    }

    /// Reads `date,kind,festival,note` lines, `kind` being `rest` or `work`.
    ///
    /// # Errors
    /// The first line that cannot be read, a day that stands twice, or a file without a National Day (no whole year).
    pub fn parse(text: &str) -> Result<Self, CalendarFault> {
        let mut exceptions = Vec::new();
        for (at, line) in text.lines().enumerate().skip(1).filter(|(_, line)| !line.trim().is_empty()) {
            exceptions.push(exception(line).map_err(|reason| CalendarFault { line: at + 1, reason })?);
        }
        exceptions.sort_unstable();
        if let Some(pair) = exceptions.windows(2).find(|pair| matches!(pair, [one, two] if one.0 == two.0)) {
            let day = pair.first().map_or_else(String::new, |one| one.0.to_string());
            return Err(CalendarFault { line: 0, reason: format!("{day} 出现了两次") });
        }
        // A notice covers its whole year; a stray January day of the next year does not announce that year.
        let announced = |(date, works): &&(Date, bool)| !works && (date.month(), date.day()) == (10, 1);
        let mut years = exceptions.iter().filter(announced).map(|(date, _)| date.year());
        let Some(first_year) = years.next() else {
            return Err(CalendarFault {
                line: 1, reason: "没有任何一年的国庆节，日历不完整".to_owned()
            });
        };
        let last_year = years.next_back().unwrap_or(first_year);
        Ok(Self { exceptions, first_year, last_year })
    }

    /// The last year whose holidays are announced.
    pub const fn announced_until(&self) -> i16 {
        self.last_year
    }

    /// Whether `date` lies in a year whose holidays are known.
    pub fn is_announced(&self, date: Date) -> bool {
        (self.first_year..=self.last_year).contains(&date.year())
    }

    /// Whether offices work on `date`.
    pub fn is_working_day(&self, date: Date) -> bool {
        match self.exceptions.binary_search_by_key(&date, |(day, _)| *day) {
            Ok(at) => self.exceptions.get(at).is_some_and(|(_, works)| *works),
            Err(_) => !matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday),
        }
    }

    /// The `count`-th working day after `date`; `date` itself does not count. Zero gives `date`.
    pub fn add_working_days(&self, date: Date, count: u32) -> Deadline {
        let (mut day, mut left, mut estimated) = (date, count, false);
        while left > 0 {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            estimated |= !self.is_announced(day);
            left -= u32::from(self.is_working_day(day));
        }
        Deadline { date: day, estimated }
    }

    /// Working days after `from` up to and including `to`; negative when `to` is earlier.
    pub fn working_days_between(&self, from: Date, to: Date) -> i64 {
        if to < from {
            return -self.working_days_between(to, from);
        }
        let days = from.series(1.day()).skip(1).take_while(|day| *day <= to);
        days.filter(|day| self.is_working_day(*day)).count() as i64
    }

    /// The last day of `span` when it starts on `start`, which does not count (民法典 art. 201). Months end on the same
    /// day of the month, or its last day (art. 202). Not moved off a holiday: see [`Calendar::off_holiday`].
    pub fn after(&self, start: Date, span: Span) -> Deadline {
        let whole = |days: Days| Deadline { date: start.saturating_add(days), estimated: false };
        match span {
            Span::Working(count) => self.add_working_days(start, count),
            // 7,304,484 days are all that jiff's 20,000 years hold; more saturates at the last of them.
            Span::Calendar(count) => whole(Days::new().days(i64::from(count.min(7_304_484)))),
            Span::Months(count) => whole(Days::new().months(i64::from(count.min(239_976)))),
        }
    }

    /// The same deadline, or the next working day if it falls on a day of rest (民法典 art. 203).
    pub fn off_holiday(&self, deadline: Deadline) -> Deadline {
        if self.is_working_day(deadline.date) {
            return Deadline { estimated: deadline.estimated || !self.is_announced(deadline.date), ..deadline };
        }
        let next = self.add_working_days(deadline.date, 1);
        let guessed = !self.is_announced(deadline.date) || next.estimated;
        Deadline { date: next.date, estimated: deadline.estimated || guessed }
    }
}

fn exception(line: &str) -> Result<(Date, bool), String> {
    let mut cells = line.split(',').map(str::trim);
    let (day, kind) = (cells.next().unwrap_or_default(), cells.next().unwrap_or_default());
    let date = day.parse().map_err(|_| format!("“{day}”不是日期（应如 2026-10-01）"))?;
    match kind {
        "rest" => Ok((date, false)),
        "work" => Ok((date, true)),
        other => Err(format!("“{other}”应为 rest（放假）或 work（上班）")),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;
    use proptest::prelude::*;

    use super::*;

    #[derive(Deserialize)]
    struct Limit {
        span: Span,
    }

    fn calendar() -> Calendar {
        Calendar::shipped().unwrap()
    }

    #[test]
    fn holidays_and_make_up_days_are_known() {
        let calendar = calendar();
        assert_eq!(calendar.announced_until(), 2026);
        assert!(!calendar.is_working_day(date(2026, 10, 1)), "National Day, a Thursday");
        assert!(calendar.is_working_day(date(2026, 10, 10)), "a make-up Saturday");
        assert!(!calendar.is_working_day(date(2026, 11, 21)), "an ordinary Saturday");
        assert!(calendar.is_working_day(date(2026, 11, 20)));
    }

    #[test]
    fn working_days_skip_the_start_weekends_and_holidays() {
        let calendar = calendar();
        let eve = date(2026, 9, 30);
        assert!(calendar.is_working_day(eve));
        // 1 to 7 October rest; Thursday 8, Friday 9 and the make-up Saturday 10 work.
        assert_eq!(calendar.add_working_days(eve, 1), Deadline { date: date(2026, 10, 8), estimated: false });
        assert_eq!(calendar.add_working_days(eve, 3).date, date(2026, 10, 10));
        assert_eq!(calendar.add_working_days(eve, 4).date, date(2026, 10, 12));
        assert_eq!(calendar.working_days_between(eve, date(2026, 10, 12)), 4);
        assert_eq!(calendar.working_days_between(date(2026, 10, 12), eve), -4);
        assert_eq!(calendar.add_working_days(eve, 0).date, eve);
    }

    #[test]
    fn past_the_announced_year_it_says_estimated() {
        let calendar = calendar();
        let over = calendar.after(date(2026, 12, 30), Span::Working(5));
        assert!(over.estimated && over.date.year() == 2027, "{over:?}");
        assert!(!calendar.after(date(2026, 12, 1), Span::Working(5)).estimated);
        assert!(!calendar.after(date(2026, 12, 1), Span::Months(6)).estimated, "no holiday is counted");
    }

    #[test]
    fn months_end_on_the_same_day_or_the_months_last() {
        let calendar = calendar();
        let after = |start, months| calendar.after(start, Span::Months(months)).date;
        assert_eq!(after(date(2026, 1, 31), 1), date(2026, 2, 28));
        assert_eq!(after(date(2028, 1, 31), 1), date(2028, 2, 29));
        assert_eq!(after(date(2026, 8, 31), 6), date(2027, 2, 28));
        assert_eq!(after(date(2026, 5, 20), 6), date(2026, 11, 20));
        assert_eq!(after(date(2024, 2, 29), 12), date(2025, 2, 28));
        assert_eq!(after(date(2026, 1, 31), 0), date(2026, 1, 31));
        assert_eq!(calendar.after(date(2026, 11, 21), Span::Calendar(60)).date, date(2027, 1, 20));
    }

    #[test]
    fn a_deadline_on_a_holiday_moves_to_the_next_working_day() {
        let calendar = calendar();
        let on_holiday = calendar.after(date(2026, 9, 3), Span::Calendar(30));
        assert_eq!(on_holiday.date, date(2026, 10, 3));
        assert_eq!(calendar.off_holiday(on_holiday).date, date(2026, 10, 8));
        let on_friday = Deadline { date: date(2026, 11, 20), estimated: false };
        assert_eq!(calendar.off_holiday(on_friday), on_friday);
    }

    #[test]
    fn a_span_reads_as_the_catalogue_writes_it() {
        let read = |text: &str| serde_json::from_str::<Span>(text);
        assert_eq!(read(r#"{"working_days": 5}"#).unwrap(), Span::Working(5));
        assert_eq!(read(r#"{"calendar_days": 60}"#).unwrap(), Span::Calendar(60));
        assert_eq!(read(r#"{"months": 6}"#).unwrap(), Span::Months(6));
        assert!(read(r#"{"days": 6}"#).is_err() && read(r#"{"months": -1}"#).is_err());
        let shown: Vec<_> = [Span::Working(5), Span::Calendar(60), Span::Months(6), Span::Months(24)]
            .map(|span| span.to_string())
            .into();
        assert_eq!(shown, ["5 个工作日", "60 日", "6 个月", "2 年"]);
        assert_eq!(toml::from_str::<Limit>("span = { months = 6 }").unwrap().span, Span::Months(6));
        assert_eq!(toml::from_str::<Limit>("span = { working_days = 20 }").unwrap().span, Span::Working(20));
    }

    #[test]
    fn a_damaged_file_is_refused_with_its_line() {
        let fault = Calendar::parse("date,kind\n2026-13-01,rest\n").unwrap_err();
        assert_eq!(fault.line, 2);
        assert!(fault.to_string().contains("2026-13-01"), "{fault}");
        assert!(Calendar::parse("date,kind\n2026-10-01,free\n").is_err());
        assert!(Calendar::parse("date,kind\n2026-10-01,rest\n2026-10-01,work\n").unwrap_err().reason.contains("两次"));
        assert!(Calendar::parse("").is_err());
        let stray = Calendar::parse("date,kind\n2026-10-01,rest\n2027-01-01,rest\n").unwrap();
        assert_eq!(stray.announced_until(), 2026);
    }

    proptest! {
        #[test]
        fn adding_and_counting_are_inverse(offset in 0_i64..8_000, count in 1_u32..200) {
            let calendar = calendar();
            let start = date(2004, 1, 1).saturating_add(offset.days());
            let end = calendar.add_working_days(start, count);
            prop_assert!(calendar.is_working_day(end.date));
            prop_assert_eq!(calendar.working_days_between(start, end.date), i64::from(count));
        }

        #[test]
        fn no_file_and_no_span_panics(text in "(date\n)?[0-9a-z,\\-\n]{0,60}", months in any::<u32>(), days in any::<u32>()) {
            let _ = Calendar::parse(&text);
            let calendar = calendar();
            let start = date(2026, 1, 31);
            prop_assert!(calendar.after(start, Span::Months(months)).date >= start);
            prop_assert!(calendar.after(start, Span::Calendar(days)).date >= start);
        }
    }
}
