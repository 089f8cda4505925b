//! Evaluating a condition for one subject.
use super::compare::{Found, Span, compare};
use super::{Amount, Base, Condition, Facts, Reading, Shift, Term, Tri};
use crate::facts::Vocabulary;
use crate::named::{NamedChecks, Verdict};
use crate::params::{Params, Unit};
use crate::value::Value;

/// What evaluation and explanation look things up in.
#[derive(Clone, Copy)]
pub struct Context<'a> {
    /// The subject's facts and answers.
    pub facts: &'a dyn Facts,
    /// The parameters that hold where and when the subject is judged.
    pub params: &'a Params,
    /// What the facts are called and who supplies them.
    pub words: &'a Vocabulary,
    /// The checks written in Rust.
    pub named: &'a NamedChecks,
    /// What the answers are called on the form.
    pub titles: &'a dyn Fn(&str) -> Option<String>,
}

/// For conditions outside a matter: no answer has a title.
fn untitled(_: &str) -> Option<String> {
    None
}

impl std::fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("params", self.params).finish_non_exhaustive()
    }
}

impl<'a> Context<'a> {
    /// A context whose answers are called by their ids.
    pub fn new(facts: &'a dyn Facts, params: &'a Params, words: &'a Vocabulary, named: &'a NamedChecks) -> Self {
        Self { facts, params, words, named, titles: &untitled }
    }

    /// The same with the form's labels.
    #[must_use]
    pub fn with_titles(self, titles: &'a dyn Fn(&str) -> Option<String>) -> Self {
        Self { titles, ..self }
    }

    /// The value a term starts from, before it is moved in time.
    pub(super) fn reading(&self, base: &Base) -> Reading {
        match base {
            Base::Fact(name) => self.facts.fact(name),
            Base::Answer(name) => self.facts.answer(name),
            Base::Param(name) => self.params.find(name).map_or(Reading::Unknown, |param| Reading::Known {
                value: param.value.clone(),
                source: format!("{}，{} 起", param.clause, param.from),
            }),
            Base::Today => Reading::Known { value: Value::Date(self.facts.today()), source: String::new() },
            Base::Literal(value) => Reading::Known { value: value.clone(), source: String::new() },
        }
    }

    pub(super) fn found(&self, term: &Term) -> Found {
        let value = match self.reading(&term.base) {
            Reading::Known { value, .. } => value,
            Reading::Absent { .. } => return Found::Absent,
            Reading::Unknown => return Found::Unknown,
        };
        match &term.shift {
            None => Found::Value(value),
            Some(shift) => moved(&value, shift, self.params).map_or(Found::Unknown, Found::Value),
        }
    }

    pub(super) fn verdict(&self, check: &str) -> Verdict {
        match self.named.find(check) {
            Some(named) => (named.run)(self.facts, self.params),
            None => Verdict {
                tri: Tri::Unknown,
                reason: format!("没有名为“{check}”的检查"),
                remedy: None,
                missing: Vec::new(),
            },
        }
    }
}

/// The span with its parameter looked up; nothing if there is none or its unit is not a calendar one.
pub(super) fn span_of(shift: &Shift, params: &Params) -> Option<Span> {
    let span = match &shift.amount {
        Amount::Days(number) => Span::Days(*number),
        Amount::Months(number) => Span::Months(*number),
        Amount::Years(number) => Span::Years(*number),
        Amount::Param(name) => match (params.find(name)?.unit, params.int(name)?) {
            (Unit::Day, number) => Span::Days(number),
            (Unit::Month, number) => Span::Months(number),
            (Unit::Year, number) => Span::Years(number),
            _ => return None,
        },
    };
    if shift.back { span.reversed() } else { Some(span) }
}

/// Only dates move.
fn moved(value: &Value, shift: &Shift, params: &Params) -> Option<Value> {
    let Value::Date(date) = value else { return None };
    span_of(shift, params)?.from(*date).map(Value::Date)
}

impl Condition {
    /// True, false or unknown for one subject.
    pub fn evaluate(&self, context: &Context<'_>) -> Tri {
        match self {
            Self::All(parts) => parts.iter().map(|part| part.evaluate(context)).min().unwrap_or(Tri::True),
            Self::Any(parts) => parts.iter().map(|part| part.evaluate(context)).max().unwrap_or(Tri::False),
            Self::Not(part) => part.evaluate(context).negate(),
            Self::Exists(term) => exists(&context.found(term)),
            Self::Matches(term, pattern) => matches_pattern(&context.found(term), *pattern),
            Self::Compare(test) => compare(&context.found(&test.left), test.op, &context.found(&test.right)),
            Self::Named { check, .. } => context.verdict(check).tri,
        }
    }
}

pub(super) fn exists(found: &Found) -> Tri {
    match found {
        Found::Value(Value::Text(text)) => Tri::from(!text.is_empty()),
        Found::Value(Value::List(items)) => Tri::from(!items.is_empty()),
        Found::Value(_) => Tri::True,
        Found::Absent => Tri::False,
        Found::Unknown => Tri::Unknown,
    }
}

pub(super) fn matches_pattern(found: &Found, pattern: super::Pattern) -> Tri {
    match found {
        Found::Value(Value::Text(text)) => Tri::from(pattern.fits(text)),
        Found::Absent => Tri::False,
        Found::Value(_) | Found::Unknown => Tri::Unknown,
    }
}
