//! Time told twice (期限): the statutory and the promised day, and today's expected one.
use base::{Date, Span};
use casework::Clock;

use crate::Office;

/// A running limit in words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LimitView {
    /// 60 日
    pub statutory: String,
    /// 20 个工作日; empty if nothing was promised.
    pub promised: String,
    /// The clause that sets it.
    pub basis: String,
    /// Last statutory day.
    pub statutory_day: Date,
    /// Last promised day.
    pub expected: Date,
    /// The days beyond the published calendar are estimates.
    pub estimated: bool,
    /// Since when and why it stands still.
    pub stopped: Option<String>,
    /// Working days left until the expected day; negative when late.
    pub left: i64,
    /// Whole percents of the time used up.
    pub used: u8,
}

impl LimitView {
    /// 还剩 6 个工作日
    pub fn left_text(&self) -> String {
        match self.left {
            0 => "今天到期".to_owned(),
            left if left < 0 => format!("已超 {} 个工作日", -left),
            left => format!("还剩 {left} 个工作日"),
        }
    }
}

fn words(span: Span) -> String {
    match span {
        Span::Working(days) => format!("{days} 个工作日"),
        Span::Calendar(days) => format!("{days} 日"),
        Span::Months(months) => format!("{months} 个月"),
    }
}

impl Office {
    /// A clock as people read it today.
    pub fn limit_view(&self, clock: &Clock) -> LimitView {
        let today = self.clock.today();
        let due = clock.due(&self.calendar, today);
        let expected = due.expected();
        let stopped = clock.pauses.iter().find(|pause| pause.to.is_none());
        let whole = self.calendar.working_days_between(clock.started, expected.date).max(1);
        let gone = self.calendar.working_days_between(clock.started, today).clamp(0, whole);
        LimitView {
            statutory: words(clock.statutory),
            promised: clock.promised.map(words).unwrap_or_default(),
            basis: clock.clause.clone(),
            statutory_day: due.statutory.date,
            expected: expected.date,
            estimated: expected.estimated,
            stopped: stopped.map(|pause| format!("自 {} 起因{}中止，恢复后接着计算", pause.from, pause.why.plain())),
            left: self.working_days_left(today, expected.date),
            used: u8::try_from(gone * 100 / whole).unwrap_or(100),
        }
    }
}
