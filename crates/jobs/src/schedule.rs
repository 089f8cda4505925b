//! The schedule (定时): which jobs the clock starts. One file, data.
use base::{Date, Instant, JobId};
use serde::Deserialize;
use serde_json::Value as Json;

/// When an entry is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Every so many seconds, counted from 1970-01-01T00:00:00Z.
    Every(i64),
    /// Each day so many seconds after midnight in China.
    At(i64),
}

/// One line of the schedule.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The handler's name.
    pub job: String,
    /// When.
    pub when: When,
    /// What the handler gets.
    pub payload: Json,
}

/// The schedule.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Schedule(pub Vec<Entry>);

/// A schedule file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ScheduleFault {
    /// It is not TOML of this form.
    #[error("schedule: {0}")]
    Unreadable(String),
    /// A time that is none.
    #[error("schedule: entry {0} ({1}) needs either `every` (30s, 10m, 1h) or `at` (HH:MM), and neither is understood")]
    When(usize, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    entry: Vec<Line>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    job: String,
    every: Option<String>,
    at: Option<String>,
    payload: Option<Json>,
}

impl Schedule {
    /// The one that ships.
    pub fn shipped() -> Result<Self, ScheduleFault> {
        Self::parse(include_str!("schedule.toml"))
    }

    /// Reads a schedule file.
    pub fn parse(text: &str) -> Result<Self, ScheduleFault> {
        let file: File = toml::from_str(text).map_err(|error| ScheduleFault::Unreadable(error.to_string()))?;
        let entries = file.entry.into_iter().enumerate().map(|(place, line)| {
            let when = match (&line.every, &line.at) {
                (Some(every), None) => interval(every).map(When::Every),
                (None, Some(at)) => time_of_day(at).map(When::At),
                _ => None,
            };
            let when = when.ok_or_else(|| ScheduleFault::When(place + 1, line.job.clone()))?;
            Ok(Entry { job: line.job, when, payload: line.payload.unwrap_or_else(|| serde_json::json!({})) })
        });
        entries.collect::<Result<_, _>>().map(Self)
    }
}

fn interval(text: &str) -> Option<i64> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        _ => return None,
    };
    number.parse::<i64>().ok().filter(|number| (1..=100_000).contains(number)).map(|number| number * unit)
}

fn time_of_day(text: &str) -> Option<i64> {
    let (hours, minutes) = text.split_once(':')?;
    let part =
        |text: &str, end: i64| text.parse::<i64>().ok().filter(|part| text.len() == 2 && (0..end).contains(part));
    Some(part(hours, 24)? * 3_600 + part(minutes, 60)? * 60)
}

impl Entry {
    /// The newest slot that is due at `now`.
    pub fn slot(&self, now: Instant) -> Instant {
        match self.when {
            When::Every(seconds) => Instant(now.0 - now.0.rem_euclid(seconds * 1_000)),
            When::At(seconds) => {
                let on = |day: Date| Instant::start_of(day).plus_seconds(seconds);
                let today = now.date();
                if on(today) <= now { on(today) } else { on(today).plus_seconds(-24 * 3_600) }
            }
        }
    }

    /// The job's identity for a slot: the same on every node, so that only one can add it.
    pub fn id(&self, slot: Instant) -> JobId {
        let digest = vault::sm3(format!("{}\0{:?}\0{}", self.job, self.when, self.payload).as_bytes());
        let mut low = [0; 16];
        low[6..].copy_from_slice(&digest.as_bytes()[..10]);
        JobId::from_bits((u128::from(slot.0.unsigned_abs()) << 80) | u128::from_be_bytes(low))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Instant {
        Instant::parse(text).unwrap()
    }

    #[test]
    fn the_shipped_schedule_names_only_jobs_that_exist() {
        let registry = crate::handlers::standard(office::audit::SealLog::at("seal.log"));
        for entry in Schedule::shipped().unwrap().0 {
            assert!(registry.find(&entry.job).is_some(), "{}", entry.job);
        }
    }

    #[test]
    fn every_job_has_a_chinese_title() {
        let registry = crate::handlers::standard(office::audit::SealLog::at("seal.log"));
        for (name, title) in registry.titles() {
            assert!(title.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)), "{name}: {title}");
        }
    }

    #[test]
    fn slots_fall_where_the_file_says() {
        let schedule = Schedule::parse(
            "[[entry]]\njob = \"a\"\nevery = \"10m\"\n[[entry]]\njob = \"b\"\nat = \"00:05\"\npayload = { nightly = true }",
        )
        .unwrap();
        let [every, daily] = schedule.0.as_slice() else { panic!("two entries") };
        assert_eq!(every.slot(at("2026-03-02T01:19:59.999Z")), at("2026-03-02T01:10:00.000Z"));
        // 00:05 in China is 16:05 UTC of the day before.
        assert_eq!(daily.slot(at("2026-03-02T16:04:59.000Z")), at("2026-03-01T16:05:00.000Z"));
        assert_eq!(daily.slot(at("2026-03-02T16:05:00.000Z")), at("2026-03-02T16:05:00.000Z"));
        assert_eq!(daily.id(Instant(5)), daily.id(Instant(5)));
        assert_ne!(daily.id(Instant(5)), daily.id(Instant(6)));
        assert_ne!(daily.id(Instant(5)), every.id(Instant(5)));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for line in [
            "every = \"10\"",
            "every = \"0m\"",
            "at = \"24:00\"",
            "at = \"7:00\"",
            "every = \"时\"",
            "",
            "every = \"1m\"\nat = \"00:00\"",
        ] {
            let text = format!("[[entry]]\njob = \"a\"\n{line}");
            assert!(Schedule::parse(&text).is_err(), "{line}");
        }
    }
}
