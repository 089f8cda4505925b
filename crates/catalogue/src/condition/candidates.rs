//! Values worth trying for a fact when looking for what would have to change: one for every region that the condition tells apart.
use base::{Date, Fen};

use super::change::Key;
use super::compare::{Found, Span};
use super::evaluate::{Context, span_of};
use super::{Base, Condition, Op, Pattern, Reading, Term};
use crate::facts::FactDef;
use crate::value::{Kind, Value};

/// A text no file uses: stands for “anything else”.
const OTHER: &str = "其他";
/// Days around a boundary: clipping to a month's end moves it by three at most.
const AROUND: i64 = 4;

/// Everything worth trying for `key`, the plain values first.
pub(super) fn of(key: &Key, condition: &Condition, context: &Context<'_>) -> Vec<Reading> {
    let mut values = Vec::new();
    let mut blank = false;
    collect(key, condition, context, &mut values, &mut blank);
    let fact = if let Key::Fact(name) = key { context.words.find(name) } else { None };
    close(&mut values, fact);
    let mut readings: Vec<Reading> = Vec::new();
    for value in values {
        let reading = Reading::Known { value, source: "假设".to_owned() };
        if !readings.contains(&reading) {
            readings.push(reading);
        }
    }
    if blank {
        readings.push(Reading::Absent { source: "假设".to_owned() });
    }
    readings
}

fn is(key: &Key, term: &Term) -> bool {
    match (&term.base, key) {
        (Base::Fact(name), Key::Fact(key)) | (Base::Answer(name), Key::Answer(key)) => name == key,
        _ => false,
    }
}

fn collect(key: &Key, condition: &Condition, context: &Context<'_>, out: &mut Vec<Value>, blank: &mut bool) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => {
            for part in parts {
                collect(key, part, context, out, blank);
            }
        }
        Condition::Not(part) => collect(key, part, context, out, blank),
        Condition::Exists(term) if is(key, term) => {
            *blank = true;
            let kind = if let Key::Fact(name) = key { context.words.find(name).map(|fact| fact.kind) } else { None };
            out.push(sample(kind.unwrap_or(Kind::Text), context.facts.today()));
        }
        Condition::Matches(term, pattern) if is(key, term) => {
            out.extend([fitting(*pattern), Value::Text(OTHER.to_owned())]);
        }
        Condition::Compare(test) => {
            for (mine, other) in [(&test.left, &test.right), (&test.right, &test.left)] {
                if is(key, mine)
                    && let Found::Value(value) = context.found(other)
                {
                    let current = context.reading(&mine.base);
                    around(test.op, &value, mine, &current, context, out);
                }
            }
        }
        _ => {}
    }
}

/// Values on, just below and just above a boundary.
fn around(op: Op, value: &Value, mine: &Term, current: &Reading, context: &Context<'_>, out: &mut Vec<Value>) {
    match value {
        Value::Bool(truth) => out.extend([Value::Bool(*truth), Value::Bool(!truth)]),
        Value::Int(number) => out.extend([0, -1, 1].map(|step| Value::Int(number.saturating_add(step)))),
        Value::Money(fen) => {
            out.extend([0, -100, 100, -1, 1].map(|step| Value::Money(Fen(fen.0.saturating_add(step)))));
        }
        Value::Date(date) => out.extend(dates(*date, mine, context).into_iter().map(Value::Date)),
        Value::Text(text) if op == Op::Contains => {
            // The other side may be a list that should have this text, or a text.
            if let Reading::Known { value: Value::List(items), .. } = current {
                let with: Vec<_> = items.iter().chain(std::iter::once(text)).cloned().collect();
                let without: Vec<_> = items.iter().filter(|item| *item != text).cloned().collect();
                out.extend([Value::List(with), Value::List(without)]);
            } else if matches!(current, Reading::Known { value: Value::Text(_), .. }) {
                out.extend([Value::Text(text.clone()), Value::Text(OTHER.to_owned())]);
            } else {
                out.extend([Value::List(vec![text.clone()]), Value::List(Vec::new()), Value::Text(text.clone())]);
            }
        }
        Value::Text(text) => out.extend([Value::Text(text.clone()), Value::Text(OTHER.to_owned())]),
        Value::List(items) => {
            out.extend(items.iter().cloned().map(Value::Text));
            out.push(Value::Text(OTHER.to_owned()));
        }
    }
}

fn dates(date: Date, mine: &Term, context: &Context<'_>) -> Vec<Date> {
    let back = match &mine.shift {
        None => Some(date),
        Some(shift) => span_of(shift, context.params).and_then(Span::reversed).and_then(|span| span.from(date)),
    };
    let Some(back) = back else { return Vec::new() };
    let mut steps: Vec<i64> = (-AROUND..=AROUND).collect();
    steps.sort_by_key(|step| step.abs());
    steps.into_iter().filter_map(|step| Span::Days(step).from(back)).collect()
}

/// Where a fact has a closed set of words, exactly these; where it is a list, every mixture of up to four texts in question.
fn close(values: &mut Vec<Value>, fact: Option<&FactDef>) {
    if let Some(fact) = fact {
        values.retain(|value| value.kind() == fact.kind);
        if fact.kind == Kind::Text && !fact.words.is_empty() {
            values.retain(|value| !matches!(value, Value::Text(text) if text == OTHER));
            values.extend(fact.words.iter().map(|(word, _)| Value::Text(word.clone())));
        }
    }
    let mut texts: Vec<String> = Vec::new();
    for value in values.iter() {
        if let Value::List(items) = value {
            texts.extend(items.iter().filter(|item| !texts.contains(item)).cloned().collect::<Vec<_>>());
        }
    }
    if (2..=4).contains(&texts.len()) {
        for mask in 0..1_usize << texts.len() {
            let some = texts.iter().enumerate().filter(|(n, _)| mask >> n & 1 == 1).map(|(_, text)| text.clone());
            values.push(Value::List(some.collect()));
        }
    }
}

fn sample(kind: Kind, today: Date) -> Value {
    match kind {
        Kind::Bool => Value::Bool(true),
        Kind::Int => Value::Int(1),
        Kind::Money => Value::Money(Fen::yuan(1)),
        Kind::Date => Value::Date(today),
        Kind::Text => Value::Text(OTHER.to_owned()),
        Kind::List => Value::List(vec![OTHER.to_owned()]),
    }
}

fn fitting(pattern: Pattern) -> Value {
    let text = match pattern {
        Pattern::CreditCode => "510000000000000000",
        Pattern::Digits => "1",
        Pattern::Mobile => "13000000000",
        Pattern::Email => "name@example.cn",
        Pattern::Chinese => OTHER,
    };
    Value::Text(text.to_owned())
}
