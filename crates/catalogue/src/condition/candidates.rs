//! Values worth trying for facts when looking for what would have to change: one for every region that the condition tells apart.
//! Where two facts are compared with each other, what is worth trying for one is worth trying, moved to either side, for the other.
use std::collections::BTreeMap;

use base::{Date, Fen};

use super::change::Key;
use super::compare::{Found, Span};
use super::evaluate::{Context, span_of};
use super::{Base, Compare, Condition, Op, Pattern, Reading, Term};
use crate::facts::FactDef;
use crate::value::{Kind, Value};

/// A text no file uses: stands for “anything else”.
const OTHER: &str = "其他";
/// Days around a moved boundary: clipping to a month's end moves it by three at most.
const AROUND: i64 = 4;
/// How often values are handed from one fact to another: along two comparisons, where three facts change together.
const ROUNDS: usize = 2;
/// More values than this for one fact are not tried.
const MOST: usize = 240;

/// What to try for one fact or answer.
#[derive(Clone, Debug)]
pub(super) struct Options {
    /// Which.
    pub key: Key,
    /// The values, the plain ones first; the last is “blank”.
    pub readings: Vec<Reading>,
    /// How many of them are plain: a blank is one only where the condition asks whether something is there.
    pub plain: usize,
}

/// Everything worth trying for each key, and whether that is surely everything.
pub(super) fn all(keys: Vec<Key>, condition: &Condition, context: &Context<'_>) -> (Vec<Options>, bool) {
    let mut leaves = Vec::new();
    collect(condition, &mut leaves);
    let mut pool = Pool { context, tests: tests(&leaves), values: BTreeMap::new(), complete: true };
    let mut blanks = Vec::new();
    for key in &keys {
        let values = pool.first(key, &leaves);
        let asked = leaves.iter().any(|leaf| matches!(leaf, Condition::Exists(term) if is(key, term)));
        blanks.push(asked);
        pool.values.insert(key.clone(), values);
    }
    pool.seed(&keys);
    for _ in 0..ROUNDS {
        pool.spread(&keys);
    }
    let complete = pool.complete;
    let options = keys.into_iter().zip(blanks).map(|(key, blank)| {
        let values = pool.values.remove(&key).unwrap_or_default();
        let known = values.into_iter().map(|value| Reading::Known { value, source: "假设".to_owned() });
        let mut readings: Vec<Reading> = known.collect();
        readings.push(Reading::Absent { source: "假设".to_owned() });
        let plain = readings.len() - usize::from(!blank);
        Options { key, readings, plain }
    });
    (options.collect(), complete)
}

/// The leaves of a condition.
fn collect<'c>(condition: &'c Condition, out: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| collect(part, out)),
        Condition::Not(part) => collect(part, out),
        leaf => out.push(leaf),
    }
}

fn tests<'c>(leaves: &[&'c Condition]) -> Vec<&'c Compare> {
    leaves.iter().filter_map(|leaf| if let Condition::Compare(test) = leaf { Some(&**test) } else { None }).collect()
}

pub(super) fn is(key: &Key, term: &Term) -> bool {
    match (&term.base, key) {
        (Base::Fact(name), Key::Fact(key)) | (Base::Answer(name), Key::Answer(key)) => name == key,
        _ => false,
    }
}

/// The sides of a comparison that look at `key`: its own term, and the other one.
fn sides<'c>(test: &'c Compare, key: &Key) -> impl Iterator<Item = (&'c Term, &'c Term)> {
    let both = [(&test.left, &test.right), (&test.right, &test.left)];
    let key = key.clone();
    both.into_iter().filter(move |(mine, _)| is(&key, mine))
}

/// Values found so far.
struct Pool<'a, 'c> {
    context: &'a Context<'a>,
    tests: Vec<&'c Compare>,
    values: BTreeMap<Key, Vec<Value>>,
    complete: bool,
}

impl Pool<'_, '_> {
    fn fact(&self, key: &Key) -> Option<&FactDef> {
        if let Key::Fact(name) = key { self.context.words.find(name) } else { None }
    }

    /// What the comparisons with things as they are suggest.
    fn first(&mut self, key: &Key, leaves: &[&Condition]) -> Vec<Value> {
        let kind = self.fact(key).map(|fact| fact.kind);
        let today = self.context.facts.today();
        let mut values = Vec::new();
        for leaf in leaves {
            match leaf {
                Condition::Exists(term) if is(key, term) => values.push(sample(kind.unwrap_or(Kind::Text), today)),
                Condition::Matches(term, pattern) if is(key, term) => {
                    values.extend([fitting(*pattern), Value::Text(OTHER.to_owned())]);
                }
                Condition::Compare(test) => {
                    for (mine, other) in sides(test, key) {
                        if let Found::Value(value) = self.context.found(other) {
                            self.around(test.op, &value, mine, kind, &mut values);
                        }
                    }
                }
                _ => {}
            }
        }
        self.closed(values, key)
    }

    /// Facts compared only with each other, all of them unknown, have nothing to begin with: any value will do.
    fn seed(&mut self, keys: &[Key]) {
        let today = self.context.facts.today();
        for key in keys {
            let test = self.tests.iter().find(|test| sides(test, key).next().is_some());
            let bare = self.values.get(key).is_none_or(Vec::is_empty);
            if let (true, Some(test)) = (bare, test) {
                let fallback = if matches!(test.op, Op::In | Op::Contains) { Kind::Text } else { Kind::Int };
                let kind = self.fact(key).map_or(fallback, |fact| fact.kind);
                let values = self.closed(vec![sample(kind, today)], key);
                self.values.insert(key.clone(), values);
            }
        }
    }

    /// Hands every value on to the facts it is compared with.
    fn spread(&mut self, keys: &[Key]) {
        let before = self.values.clone();
        for key in keys {
            let kind = self.fact(key).map(|fact| fact.kind);
            let mut values = before.get(key).cloned().unwrap_or_default();
            for test in &self.tests {
                for (mine, other) in sides(test, key) {
                    let theirs = before.iter().find(|(other_key, _)| is(other_key, other)).map(|(_, values)| values);
                    for value in theirs.into_iter().flatten() {
                        if let Some(value) = self.moved(value, other) {
                            self.around(test.op, &value, mine, kind, &mut values);
                        }
                    }
                }
            }
            let values = self.closed(values, key);
            self.values.insert(key.clone(), values);
        }
    }

    /// A value as the comparison sees it through the term.
    fn moved(&self, value: &Value, term: &Term) -> Option<Value> {
        match (&term.shift, value) {
            (None, value) => Some(value.clone()),
            (Some(shift), Value::Date(date)) => span_of(shift, self.context.params)?.from(*date).map(Value::Date),
            (Some(_), _) => None,
        }
    }

    /// Values on, just below and just above a boundary.
    fn around(&self, op: Op, value: &Value, mine: &Term, kind: Option<Kind>, out: &mut Vec<Value>) {
        let list = kind.is_none_or(|kind| kind == Kind::List);
        match value {
            Value::Bool(truth) => out.extend([Value::Bool(*truth), Value::Bool(!truth)]),
            Value::Int(number) => out.extend([0, -1, 1].map(|step| Value::Int(number.saturating_add(step)))),
            Value::Money(fen) => {
                out.extend([0, -100, 100, -1, 1].map(|step| Value::Money(Fen(fen.0.saturating_add(step)))));
            }
            Value::Date(date) => out.extend(self.dates(*date, mine).into_iter().map(Value::Date)),
            Value::Text(text) => {
                if matches!(op, Op::Contains | Op::In) && list {
                    self.mixed(mine, std::slice::from_ref(text), out);
                }
                out.extend([Value::Text(text.clone()), Value::Text(OTHER.to_owned())]);
            }
            Value::List(items) => {
                if list {
                    self.mixed(mine, items, out);
                }
                out.extend(items.iter().cloned().map(Value::Text));
                out.push(Value::Text(OTHER.to_owned()));
            }
        }
    }

    /// The list as it is, with and without each of these texts.
    fn mixed(&self, mine: &Term, texts: &[String], out: &mut Vec<Value>) {
        let current = match self.context.reading(&mine.base) {
            Reading::Known { value: Value::List(items), .. } => items,
            _ => Vec::new(),
        };
        for text in texts {
            let without: Vec<String> = current.iter().filter(|item| *item != text).cloned().collect();
            let with = without.iter().chain(std::iter::once(text)).cloned().collect();
            out.extend([Value::List(with), Value::List(without)]);
        }
    }

    /// The days at which `mine`, moved in time, reaches `date` and passes it, and the days before those.
    fn dates(&self, date: Date, mine: &Term) -> Vec<Date> {
        let Some(shift) = &mine.shift else {
            return [0, -1, 1].into_iter().filter_map(|step| Span::Days(step).from(date)).collect();
        };
        let Some(span) = span_of(shift, self.context.params) else { return Vec::new() };
        let Some(back) = span.reversed().and_then(|span| span.from(date)) else { return Vec::new() };
        let days: Vec<Date> = (-AROUND..=AROUND + 1).filter_map(|step| Span::Days(step).from(back)).collect();
        let first =
            |passes: &dyn Fn(Date) -> bool| days.iter().copied().find(|day| span.from(*day).is_some_and(passes));
        let edges = [first(&|moved| moved >= date), first(&|moved| moved > date)];
        let mut found: Vec<Date> = Vec::new();
        for edge in edges.into_iter().flatten() {
            found.extend([Some(edge), edge.yesterday().ok()].into_iter().flatten());
        }
        found
    }

    /// Where a fact has a closed set of words, exactly these; where it is a list, every mixture of up to four texts in question.
    fn closed(&mut self, mut values: Vec<Value>, key: &Key) -> Vec<Value> {
        if let Some(fact) = self.fact(key) {
            values.retain(|value| value.kind() == fact.kind);
            if fact.kind == Kind::Text && !fact.words.is_empty() {
                values.retain(
                    |value| matches!(value, Value::Text(text) if fact.words.iter().any(|(word, _)| word == text)),
                );
                values.extend(fact.words.iter().map(|(word, _)| Value::Text(word.clone())));
            }
        }
        let mut texts: Vec<String> = Vec::new();
        for value in &values {
            if let Value::List(items) = value {
                texts.extend(items.iter().filter(|item| !texts.contains(item)).cloned().collect::<Vec<_>>());
            }
        }
        if (1..=4).contains(&texts.len()) {
            for mask in 0..1_usize << texts.len() {
                let some = texts.iter().enumerate().filter(|(n, _)| mask >> n & 1 == 1).map(|(_, text)| text.clone());
                values.push(Value::List(some.collect()));
            }
        }
        let mut seen: Vec<Value> = Vec::new();
        for value in values {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        self.complete &= seen.len() <= MOST && texts.len() <= 4;
        seen.truncate(MOST);
        seen
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
