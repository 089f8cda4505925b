//! Time as a parameter. No other code asks the system what time it is (clippy forbids it), so `--now` and tests can set it.
use std::fmt;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// China keeps one time zone all year: UTC+8, no summer time since 1992.
const CHINA_OFFSET_SECONDS: i64 = 8 * 3600;

/// An instant (时刻) in milliseconds since 1970-01-01T00:00:00Z. Stored and printed as fixed-width UTC text, which sorts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Instant(pub i64);

impl Instant {
    /// The calendar day of this instant in China.
    pub fn date(self) -> Date {
        let stamp = jiff::Timestamp::from_millisecond(self.0 + CHINA_OFFSET_SECONDS * 1000).unwrap_or_default();
        jiff::tz::Offset::UTC.to_datetime(stamp).date()
    }

    /// Midnight (00:00 in China) at the start of `date`.
    pub fn start_of(date: Date) -> Self {
        let stamp = jiff::tz::Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).unwrap_or_default();
        Self(stamp.as_millisecond() - CHINA_OFFSET_SECONDS * 1000)
    }

    /// This instant moved by `seconds` (negative: back).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self(self.0 + seconds * 1000)
    }

    /// Whole seconds since 1970-01-01T00:00:00Z.
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// For people in China: `2026-11-21 15:04`.
    pub fn local_minute(self) -> String {
        let stamp = jiff::Timestamp::from_millisecond(self.0 + CHINA_OFFSET_SECONDS * 1000).unwrap_or_default();
        let local = jiff::tz::Offset::UTC.to_datetime(stamp);
        format!("{} {:02}:{:02}", local.date(), local.hour(), local.minute())
    }

    /// Reads the fixed-width text that `Display` writes.
    pub fn parse(text: &str) -> Option<Self> {
        text.parse::<jiff::Timestamp>().ok().map(|stamp| Self(stamp.as_millisecond()))
    }
}

impl fmt::Display for Instant {
    /// `2026-11-21T07:04:05.123Z`, always 24 characters for the years 0000 to 9999.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let stamp = jiff::Timestamp::from_millisecond(self.0).unwrap_or_default();
        write!(f, "{stamp:.3}")
    }
}

impl Serialize for Instant {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not an instant"))
    }
}

/// Where time comes from.
///
/// *Business date* (业务日期, `today`) can be set with `--now`; *wall clock* (`now`) is for sessions, one-time codes and seals.
#[derive(Debug)]
pub struct Clock {
    fixed_today: Option<Date>,
    fixed_now: Option<AtomicI64>,
}

impl Clock {
    /// The system's clock.
    pub fn system() -> Self {
        Self { fixed_today: None, fixed_now: None }
    }

    /// The system's wall clock, but every business date is `today` (`--now`).
    pub fn with_today(today: Date) -> Self {
        Self { fixed_today: Some(today), fixed_now: None }
    }

    /// A clock for tests that stands at `now` until [`Clock::advance`] moves it.
    pub fn fixed(now: Instant) -> Self {
        Self { fixed_today: None, fixed_now: Some(AtomicI64::new(now.0)) }
    }

    /// Moves a [`Clock::fixed`] clock forward; does nothing to the others.
    pub fn advance(&self, seconds: i64) {
        if let Some(now) = &self.fixed_now {
            now.fetch_add(seconds * 1000, Ordering::SeqCst);
        }
    }

    /// The wall-clock instant.
    pub fn now(&self) -> Instant {
        if let Some(now) = &self.fixed_now {
            return Instant(now.load(Ordering::SeqCst));
        }
        #[expect(clippy::disallowed_methods, reason = "the one place that asks the system")]
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    /// The business date in China.
    pub fn today(&self) -> Date {
        self.fixed_today.unwrap_or_else(|| self.now().date())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn china_day_starts_eight_hours_before_utc() {
        let late = Instant::parse("2026-11-20T16:00:00.000Z").unwrap();
        assert_eq!(late.date(), jiff::civil::date(2026, 11, 21));
        assert_eq!(Instant::start_of(jiff::civil::date(2026, 11, 21)), late);
        assert_eq!(late.to_string(), "2026-11-20T16:00:00.000Z");
        assert_eq!(late.local_minute(), "2026-11-21 00:00");
    }

    #[test]
    fn a_fixed_clock_moves_only_when_told() {
        let clock = Clock::fixed(Instant(0));
        clock.advance(60);
        assert_eq!(clock.now(), Instant(60_000));
        assert_eq!(Clock::with_today(jiff::civil::date(2021, 12, 28)).today(), jiff::civil::date(2021, 12, 28));
    }
}
