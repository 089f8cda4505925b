//! Limits (期限) as arithmetic: a clock starts, pauses, resumes, is extended, and says when it is due. No day is asked of the
//! system; `today` is a parameter.
use base::{Calendar, Date, Deadline, Span};
use catalogue::Params;
use catalogue::matter::{Amount, Expiry, Limit, Notice, Suspension, TimeSpan};
use serde::{Deserialize, Serialize};

/// A running limit of a task, a correction, a notice or a whole case.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clock {
    /// The day it runs from; that day does not count.
    pub started: Date,
    /// 法定时限
    pub statutory: Span,
    /// 承诺时限
    pub promised: Option<Span>,
    /// When it stood still.
    pub pauses: Vec<Pause>,
    /// By how much it was made longer, in order.
    pub extensions: Vec<Span>,
    /// What may stop it.
    pub suspended_by: Vec<Suspension>,
    /// What happens when it has run out.
    pub on_expiry: Expiry,
    /// The clause that sets it.
    pub clause: String,
    /// It has run out and that has been dealt with.
    pub expired: bool,
}

/// A time in which a clock stood still: the days after `from`, up to and including `to`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Pause {
    /// The day of the act that stopped it; it still counts.
    pub from: Date,
    /// The day of the act that started it again, which no longer counts; nothing while it stands still.
    pub to: Option<Date>,
    /// Why.
    pub why: Suspension,
}

/// When a clock is due, seen from a day.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Due {
    /// Last day of the statutory limit.
    pub statutory: Deadline,
    /// Last day of the promised limit.
    pub promised: Option<Deadline>,
    /// Whether it stands still today; then both days move on with every day.
    pub paused: bool,
}

impl Due {
    /// The day to tell people: the promised one where there is one (今日预计办结日).
    pub fn expected(&self) -> Deadline {
        self.promised.unwrap_or(self.statutory)
    }
}

/// A parameter a limit needs is not there, or is not a number of days or months.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("期限所用的参数“{0}”没有设定")]
pub struct NoParam(pub String);

/// A time span with its parameter looked up.
///
/// # Errors
/// The parameter's name, if it is not set or negative.
pub fn span_of(span: &TimeSpan, params: &Params) -> Result<Span, NoParam> {
    let count = match span.amount() {
        Amount::Number(number) => u32::try_from(*number).map_err(|_| NoParam(number.to_string()))?,
        Amount::Param(reference) => {
            let value = params.int(&reference.param).and_then(|number| u32::try_from(number).ok());
            value.ok_or_else(|| NoParam(reference.param.clone()))?
        }
    };
    Ok(match span {
        TimeSpan::WorkingDays(_) => Span::Working(count),
        TimeSpan::CalendarDays(_) => Span::Calendar(count),
        TimeSpan::Months(_) => Span::Months(count),
    })
}

impl Clock {
    /// A clock for a limit, running from `started`.
    ///
    /// # Errors
    /// If a parameter is not set.
    pub fn start(limit: &Limit, params: &Params, started: Date) -> Result<Self, NoParam> {
        Ok(Self {
            started,
            statutory: span_of(&limit.statutory, params)?,
            promised: limit.promised.as_ref().map(|span| span_of(span, params)).transpose()?,
            pauses: Vec::new(),
            extensions: Vec::new(),
            suspended_by: limit.suspended_by.clone(),
            on_expiry: limit.on_expiry,
            clause: limit.clause.text.clone(),
            expired: false,
        })
    }

    /// A clock for a public notice.
    ///
    /// # Errors
    /// If a parameter is not set.
    pub fn of_notice(notice: &Notice, params: &Params, started: Date) -> Result<Self, NoParam> {
        Ok(Self {
            started,
            statutory: span_of(&notice.span, params)?,
            promised: None,
            pauses: Vec::new(),
            extensions: Vec::new(),
            suspended_by: Vec::new(),
            on_expiry: Expiry::Overdue,
            clause: notice.clause.text.clone(),
            expired: false,
        })
    }

    /// Whether it stands still.
    pub fn is_paused(&self) -> bool {
        self.pauses.iter().any(|pause| pause.to.is_none())
    }

    /// Stops it on `day` for a reason that may stop it; other reasons and repeated stops leave it as it is.
    pub fn pause(&mut self, day: Date, why: Suspension) {
        let already = self.pauses.iter().any(|pause| pause.to.is_none() && pause.why == why);
        if self.suspended_by.contains(&why) && !already {
            self.pauses.push(Pause { from: day, to: None, why });
        }
    }

    /// Starts it again on `day`, as far as `why` had stopped it.
    pub fn resume(&mut self, day: Date, why: Suspension) {
        for pause in self.pauses.iter_mut().filter(|pause| pause.to.is_none() && pause.why == why) {
            pause.to = Some(day);
        }
    }

    /// When it is due, seen from `today`: if it stands still, as if it started again today.
    pub fn due(&self, calendar: &Calendar, today: Date) -> Due {
        let to_the_end = |first: Span| {
            let extended = std::iter::once(first).chain(self.extensions.iter().copied());
            let start = Deadline { date: self.started, estimated: false };
            let end = extended.fold(start, |from, span| self.advance(calendar, from, span, today));
            if matches!(first, Span::Working(_)) { end } else { calendar.off_holiday(end) }
        };
        let promised = self.promised.map(|span| self.advance_promised(calendar, span, today));
        Due { statutory: to_the_end(self.statutory), promised, paused: self.is_paused() }
    }

    /// The promised limit is extended by as much as the statutory one.
    fn advance_promised(&self, calendar: &Calendar, span: Span, today: Date) -> Deadline {
        let start = Deadline { date: self.started, estimated: false };
        let all = std::iter::once(span).chain(self.extensions.iter().copied());
        all.fold(start, |from, span| self.advance(calendar, from, span, today))
    }

    /// Whether its last statutory day has passed. A clock that stands still does not run out.
    pub fn has_run_out(&self, calendar: &Calendar, today: Date) -> bool {
        !self.is_paused() && today > self.due(calendar, today).statutory.date
    }

    /// Whether it stood still on `day`.
    fn stood_still(&self, day: Date, today: Date) -> bool {
        self.pauses.iter().any(|pause| pause.from < day && day <= pause.to.unwrap_or(today))
    }

    /// The last day of `span` after `from`, days of standing still not counted.
    fn advance(&self, calendar: &Calendar, from: Deadline, span: Span, today: Date) -> Deadline {
        let (counts_rest, mut left) = match span {
            Span::Working(count) => (false, count),
            Span::Calendar(count) => (true, count),
            // Months end on a day of the month; days of standing still are then added one by one.
            Span::Months(_) => {
                let whole = calendar.after(from.date, span).date;
                let mut end = from.date;
                let mut left = 0;
                while end < whole {
                    let Ok(next) = end.tomorrow() else { break };
                    end = next;
                    left += u32::from(self.stood_still(end, today));
                }
                return self.advance(calendar, Deadline { date: end, ..from }, Span::Calendar(left), today);
            }
        };
        let (mut day, mut estimated) = (from.date, from.estimated);
        while left > 0 {
            let Ok(next) = day.tomorrow() else { break };
            day = next;
            estimated |= !counts_rest && !calendar.is_announced(day);
            let counts = (counts_rest || calendar.is_working_day(day)) && !self.stood_still(day, today);
            left -= u32::from(counts);
        }
        Deadline { date: day, estimated }
    }
}
