//! Tests of one column against a constant, as ranges of codes or sets of symbols.
use base::Date;

use super::compare::{Found, Span, compare, date_of_days, days_since_epoch};
use super::compile::{BLANK, Cell, Column, Compiled, SET_BLANK, SET_UNKNOWN, UNKNOWN, wide_set};
use super::evaluate::span_of;
use super::{Op, Shift, Tri};
use crate::params::Params;
use crate::value::{Kind, Value};

/// One side of a comparison that is a column.
pub(super) struct Test<'c, 't> {
    pub(super) column: Column<'c>,
    pub(super) kind: Kind,
    pub(super) symbols: &'t [String],
    pub(super) shift: Option<&'t Shift>,
    pub(super) params: &'t Params,
}

/// Codes `low..=high` pass (or fail, if `outside`); codes beyond `least..=most` cannot be moved in time and are unknown.
#[derive(Clone, Copy, Debug)]
struct Range {
    low: i64,
    high: i64,
    outside: bool,
    least: i64,
    most: i64,
}

impl<'c> Test<'c, '_> {
    /// The test against a constant; nothing if it has no fast form.
    pub(super) fn against(&self, op: Op, right: &Found) -> Option<Compiled<'c>> {
        let Found::Value(value) = right else {
            // An unknown right side makes every row unknown; a blank one still depends on whether the left is known.
            return matches!(right, Found::Unknown).then(|| -> Compiled<'c> { Box::new(|_| Tri::Unknown) });
        };
        match (self.kind, self.shift) {
            (Kind::Text, None) => self.text(op, value),
            (Kind::List, None) => self.set(op, value),
            (Kind::Date, _) => self.date(op, value),
            (Kind::Bool | Kind::Int | Kind::Money, None) => self.number(op, value),
            _ => None,
        }
    }

    /// Every symbol is tested once; rows look the outcome up.
    fn text(&self, op: Op, value: &Value) -> Option<Compiled<'c>> {
        let mut passes = Vec::with_capacity(self.symbols.len());
        for symbol in self.symbols {
            match compare(&Found::Value(Value::Text(symbol.clone())), op, &Found::Value(value.clone())) {
                Tri::Unknown => return None,
                tri => passes.push(tri == Tri::True),
            }
        }
        Some(member(self.column, passes, op == Op::Ne))
    }

    fn set(&self, op: Op, value: &Value) -> Option<Compiled<'c>> {
        let wanted = match (op, value) {
            (Op::Contains, Value::Text(text)) => std::slice::from_ref(text),
            (Op::In, Value::List(list)) => list.as_slice(),
            _ => return None,
        };
        let known = self.symbols.iter().take(62).enumerate();
        let mask = known.filter(|(_, symbol)| wanted.contains(symbol)).fold(0, |mask, (n, _)| mask | 1_u64 << n);
        let judged = move |bits: u64| match bits {
            SET_UNKNOWN => Tri::Unknown,
            SET_BLANK => Tri::False,
            bits => Tri::from(bits & mask != 0),
        };
        match self.column {
            Column::Set(cells) => Some(Box::new(move |row| judged(cells.get(row).copied().unwrap_or(SET_UNKNOWN)))),
            Column::SmallSet(cells) => {
                Some(Box::new(move |row| judged(cells.get(row).map_or(SET_UNKNOWN, |bits| wide_set(*bits)))))
            }
            _ => None,
        }
    }

    fn number(&self, op: Op, value: &Value) -> Option<Compiled<'c>> {
        let code = match (self.kind, value) {
            (Kind::Bool, Value::Bool(truth)) if matches!(op, Op::Eq | Op::Ne) => i64::from(*truth),
            (Kind::Int, Value::Int(number)) => *number,
            (Kind::Money, Value::Money(fen)) => fen.0,
            _ => return None,
        };
        let (low, high) = interval(op, code)?;
        // Any code but 0 is true, as decoding has it.
        let range = if self.kind == Kind::Bool {
            Range { low: 0, high: 0, outside: (code != 0) == (op == Op::Eq), least: i64::MIN, most: i64::MAX }
        } else {
            Range { low, high, outside: op == Op::Ne, least: i64::MIN, most: i64::MAX }
        };
        in_range(self.column, range, op == Op::Ne)
    }

    /// Moving a date is monotone, so what passes is one interval of unmoved dates, found by bisection.
    fn date(&self, op: Op, value: &Value) -> Option<Compiled<'c>> {
        let Value::Date(wanted) = value else { return None };
        let wanted = i64::from(days_since_epoch(*wanted));
        let (low, high) = interval(op, wanted)?;
        let (first, last) = (i64::from(days_since_epoch(Date::MIN)), i64::from(days_since_epoch(Date::MAX)));
        let range = match self.shift {
            None => Range { low, high, outside: op == Op::Ne, least: first, most: last },
            Some(shift) => {
                let span = span_of(shift, self.params)?;
                let (least, most) = movable(span, first, last)?;
                // Both ends lie within what can be moved, so moving succeeds; the default is never used.
                let moved = |day: i64| move_day(span, day).unwrap_or_default();
                let low = bisect(least, most + 1, |day| moved(day) >= low);
                let high = bisect(least, most + 1, |day| moved(day) > high) - 1;
                Range { low, high, outside: op == Op::Ne, least, most }
            }
        };
        in_range(self.column, range, op == Op::Ne)
    }
}

fn move_day(span: Span, day: i64) -> Option<i64> {
    span.from(date_of_days(day)?).map(|date| i64::from(days_since_epoch(date)))
}

/// The days that can be moved by `span` without leaving the calendar; one end of it at least can, or none.
fn movable(span: Span, first: i64, last: i64) -> Option<(i64, i64)> {
    let fits = |day: i64| move_day(span, day).is_some();
    match (fits(first), fits(last)) {
        (true, true) => Some((first, last)),
        (true, false) => Some((first, bisect(first, last, |day| !fits(day)) - 1)),
        (false, true) => Some((bisect(first, last, fits), last)),
        (false, false) => None,
    }
}

/// The first of `from..to` for which `passes` (false up to some point, then true); `to` if none.
fn bisect(from: i64, to: i64, passes: impl Fn(i64) -> bool) -> i64 {
    let (mut low, mut high) = (from, to);
    while low < high {
        let middle = low + (high - low) / 2;
        if passes(middle) { high = middle } else { low = middle + 1 }
    }
    low
}

/// The codes that pass an operator; for `is_not` those that fail. Empty ranges have `low > high`.
fn interval(op: Op, code: i64) -> Option<(i64, i64)> {
    Some(match op {
        Op::Eq | Op::Ne => (code, code),
        Op::Le => (i64::MIN, code),
        Op::Ge => (code, i64::MAX),
        Op::Lt => code.checked_sub(1).map_or((1, 0), |below| (i64::MIN, below)),
        Op::Gt => code.checked_add(1).map_or((1, 0), |above| (above, i64::MAX)),
        Op::In | Op::Contains => return None,
    })
}

fn in_range(column: Column<'_>, range: Range, blank: bool) -> Option<Compiled<'_>> {
    Some(match column {
        Column::Byte(cells) => range_of(cells, range, blank),
        Column::Short(cells) => range_of(cells, range, blank),
        Column::Int(cells) => range_of(cells, range, blank),
        Column::Long(cells) => range_of(cells, range, blank),
        Column::Flag(words, shift) => {
            // Four outcomes, one per pair of bits: no, yes, blank, unknown.
            let of = |code: i64| Tri::from((range.low <= code && code <= range.high) != range.outside);
            let outcomes = [of(0), of(1), Tri::from(blank), Tri::Unknown];
            Box::new(move |row| words.get(row).map_or(Tri::Unknown, |word| outcomes[(word >> shift & 3) as usize]))
        }
        Column::Set(_) | Column::SmallSet(_) => return None,
    })
}

fn range_of<C: Cell>(cells: &[C], range: Range, blank: bool) -> Compiled<'_> {
    let blank = Tri::from(blank);
    Box::new(move |row| {
        let code = cells.get(row).map_or(UNKNOWN, |cell| cell.code());
        if code == UNKNOWN {
            Tri::Unknown
        } else if code == BLANK {
            blank
        } else if code < range.least || code > range.most {
            Tri::Unknown
        } else {
            Tri::from((range.low <= code && code <= range.high) != range.outside)
        }
    })
}

/// Rows whose symbol passes. A code without a symbol is unknown.
pub(super) fn member(column: Column<'_>, passes: Vec<bool>, blank: bool) -> Compiled<'_> {
    fn of<C: Cell>(cells: &[C], passes: Vec<bool>, blank: Tri) -> Compiled<'_> {
        Box::new(move |row| match cells.get(row).map_or(UNKNOWN, |cell| cell.code()) {
            UNKNOWN => Tri::Unknown,
            BLANK => blank,
            code => {
                usize::try_from(code).ok().and_then(|n| passes.get(n)).map_or(Tri::Unknown, |pass| Tri::from(*pass))
            }
        })
    }
    let blank = Tri::from(blank);
    match column {
        Column::Byte(cells) => of(cells, passes, blank),
        Column::Short(cells) => of(cells, passes, blank),
        Column::Int(cells) => of(cells, passes, blank),
        Column::Long(cells) => of(cells, passes, blank),
        Column::Flag(..) | Column::Set(_) | Column::SmallSet(_) => Box::new(|_| Tri::Unknown),
    }
}
