//! Comparing values, three-valued: the one place both ways of evaluating go through.
use std::cmp::Ordering;

use base::Date;

use super::{Op, Tri};
use crate::value::Value;

/// A value looked up: there, known to be blank, or not known.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Found {
    Value(Value),
    Absent,
    Unknown,
}

/// Compares two values. Unknown beats all; a blank makes everything false except `is_not`; unlike kinds are unknown.
pub(super) fn compare(left: &Found, op: Op, right: &Found) -> Tri {
    match (left, right) {
        (Found::Unknown, _) | (_, Found::Unknown) => Tri::Unknown,
        (Found::Absent, _) | (_, Found::Absent) => Tri::from(op == Op::Ne),
        (Found::Value(left), Found::Value(right)) => values(left, op, right).map_or(Tri::Unknown, Tri::from),
    }
}

/// Nothing if the kinds do not go together.
fn values(left: &Value, op: Op, right: &Value) -> Option<bool> {
    match op {
        Op::Eq | Op::Ne => {
            let alike = left.kind() == right.kind() && !matches!(left, Value::List(_));
            alike.then(|| (left == right) == (op == Op::Eq))
        }
        Op::Lt | Op::Le | Op::Gt | Op::Ge => order(left, right).map(|order| in_order(op, order)),
        Op::In => match (left, right) {
            (Value::Text(text), Value::List(list)) => Some(list.contains(text)),
            (Value::List(some), Value::List(list)) => Some(some.iter().any(|text| list.contains(text))),
            _ => None,
        },
        Op::Contains => match (left, right) {
            (Value::List(list), Value::Text(text)) => Some(list.contains(text)),
            (Value::Text(whole), Value::Text(part)) => Some(whole.contains(part)),
            _ => None,
        },
    }
}

fn order(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(a), Value::Int(b)) => Some(a.cmp(b)),
        (Value::Money(a), Value::Money(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        _ => None,
    }
}

/// Whether an ordering satisfies an ordering operator (or equality).
pub(super) fn in_order(op: Op, order: Ordering) -> bool {
    match op {
        Op::Lt => order.is_lt(),
        Op::Le => order.is_le(),
        Op::Gt => order.is_gt(),
        Op::Ge => order.is_ge(),
        Op::Ne => order.is_ne(),
        _ => order.is_eq(),
    }
}

/// A span with its parameters resolved; negative goes back.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Span {
    Days(i64),
    Months(i64),
    Years(i64),
}

impl Span {
    /// The same span the other way.
    pub(super) fn reversed(self) -> Option<Self> {
        Some(match self {
            Self::Days(number) => Self::Days(number.checked_neg()?),
            Self::Months(number) => Self::Months(number.checked_neg()?),
            Self::Years(number) => Self::Years(number.checked_neg()?),
        })
    }

    /// `date` moved by this span; nothing beyond the calendar's end. Months and years cut the day to the month's last.
    pub(super) fn from(self, date: Date) -> Option<Date> {
        let span = jiff_span(self)?;
        date.checked_add(span).ok()
    }
}

fn jiff_span(span: Span) -> Option<jiff::Span> {
    let empty = jiff::Span::new();
    match span {
        Span::Days(number) => empty.try_days(number),
        Span::Months(number) => empty.try_months(number),
        Span::Years(number) => empty.try_years(number),
    }
    .ok()
}

/// Days since 1970-01-01: how dates lie in columns.
pub fn days_since_epoch(date: Date) -> i32 {
    let epoch = jiff::civil::date(1970, 1, 1);
    (date.duration_since(epoch).as_hours() / 24) as i32
}

/// The date so many days after 1970-01-01; nothing beyond the calendar's ends.
pub(super) fn date_of_days(days: i64) -> Option<Date> {
    Span::Days(days).from(jiff::civil::date(1970, 1, 1))
}
