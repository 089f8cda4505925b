//! Answers (填报内容) as typed JSON, and how conditions read them.
use base::{BodyId, CitizenNumber, Date, Fen};
use catalogue::matter::{Field, FieldKind, Matter};
use catalogue::{Facts, Reading, Value};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use crate::case::Opinion;

/// Typed answers by field name.
///
/// Texts are strings; numbers, fen and ten-thousandths are numbers; days are `YYYY-MM-DD`; yes/no and declarations are booleans;
/// several choices and files are lists of texts; a person is an object by part; an organization `{ "id", "name" }`; a group a
/// list of objects; a charter an object by clause.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Answers(pub Map<String, Json>);

impl Answers {
    /// The answer to a field, unless blank.
    pub fn find(&self, field: &str) -> Option<&Json> {
        self.0.get(field).filter(|answer| !is_blank(answer))
    }

    /// Puts an answer in; a blank one takes it out.
    pub fn put(&mut self, field: impl Into<String>, answer: Json) {
        let field = field.into();
        if is_blank(&answer) {
            self.0.shift_remove(&field);
        } else {
            self.0.insert(field, answer);
        }
    }

    /// Puts all of `newer` in. Blank answers in `newer` take the old ones out.
    pub fn merge(&mut self, newer: &Self) {
        for (field, answer) in &newer.0 {
            self.put(field.clone(), answer.clone());
        }
    }

    /// The fields whose answers differ.
    pub fn changed_since(&self, older: &Self) -> Vec<String> {
        let mut names: Vec<&String> = self.0.keys().chain(older.0.keys()).collect();
        names.sort();
        names.dedup();
        names.into_iter().filter(|name| self.find(name) != older.find(name)).cloned().collect()
    }

    /// The bodies named by `organization` answers.
    pub fn bodies(&self) -> impl Iterator<Item = BodyId> {
        self.0.values().filter_map(|answer| answer.get("id")?.as_str()?.parse().ok())
    }
}

/// Whether an answer says nothing.
pub fn is_blank(answer: &Json) -> bool {
    match answer {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(parts) => parts.values().all(is_blank),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// The facts of a case: what office loaded, and the answers on the form.
#[derive(Clone, Copy)]
pub struct CaseFacts<'a> {
    /// What office loaded.
    pub outer: &'a dyn Facts,
    /// The matter, which says what kind each answer has.
    pub matter: &'a Matter,
    /// The answers.
    pub answers: &'a Answers,
    /// The opinions given so far: the facts `opinion.<step>`, `agree` or `disagree`, unknown until somebody has given one.
    pub opinions: &'a [Opinion],
    /// The business date.
    pub today: Date,
}

impl std::fmt::Debug for CaseFacts<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CaseFacts").field("matter", &self.matter.id).finish_non_exhaustive()
    }
}

impl Facts for CaseFacts<'_> {
    fn fact(&self, name: &str) -> Reading {
        let step = name.strip_prefix("opinion.");
        let given = step.and_then(|step| self.opinions.iter().rev().find(|opinion| opinion.step.as_str() == step));
        let Some(opinion) = given else { return self.outer.fact(name) };
        let word = if opinion.favourable { "agree" } else { "disagree" };
        Reading::Known {
            value: Value::Text(word.to_owned()),
            source: format!("{}的意见，{}", opinion.name, opinion.on),
        }
    }

    fn answer(&self, name: &str) -> Reading {
        let source = "申请表".to_owned();
        match self.value(name) {
            Some(value) => Reading::Known { value, source },
            None => Reading::Absent { source },
        }
    }

    fn today(&self) -> Date {
        self.today
    }
}

impl CaseFacts<'_> {
    /// The value of `field`, `person.part`, `group.count`, `group.sum.column` or `group.column`.
    fn value(&self, name: &str) -> Option<Value> {
        let (first, rest) = name.split_once('.').map_or((name, None), |(first, rest)| (first, Some(rest)));
        let field = self.matter.fields().find(|field| field.id.as_str() == first)?;
        let rows = || self.answers.0.get(first).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
        match (field.kind, rest) {
            (FieldKind::Group, Some("count")) => Some(Value::Int(rows().len() as i64)),
            (FieldKind::Group, Some(rest)) => column(field, rows(), rest),
            (_, None) => typed(field.kind, self.answers.find(first)?),
            (_, Some(part)) => person_part(self.answers.find(first)?, part, self.today),
        }
    }
}

/// A part of a person; sex and day of birth follow from the ID number where they were not asked.
fn person_part(person: &Json, part: &str, today: Date) -> Option<Value> {
    let written = person.get(part).and_then(Json::as_str).filter(|text| !text.is_empty());
    let number = || CitizenNumber::parse(person.get("id_number")?.as_str()?, today).ok();
    match (part, written) {
        ("birth", Some(day)) => day.parse().ok().map(Value::Date),
        ("birth", None) => number().map(|number| Value::Date(number.birth())),
        ("sex", None) => number().map(|number| {
            Value::Text(if matches!(number.sex(), base::code::Sex::Male) { "male" } else { "female" }.to_owned())
        }),
        (_, text) => text.map(|text| Value::Text(text.to_owned())),
    }
}

/// The facts of one row of a group: its columns by their bare ids, everything else as in the case.
#[derive(Clone, Copy, Debug)]
pub struct RowFacts<'a> {
    /// The case.
    pub whole: &'a CaseFacts<'a>,
    /// The columns.
    pub columns: &'a [Field],
    /// The row.
    pub row: &'a Json,
}

impl Facts for RowFacts<'_> {
    fn fact(&self, name: &str) -> Reading {
        self.whole.fact(name)
    }

    fn answer(&self, name: &str) -> Reading {
        let (first, part) = name.split_once('.').map_or((name, None), |(first, part)| (first, Some(part)));
        let Some(column) = self.columns.iter().find(|column| column.id.as_str() == first) else {
            return self.whole.answer(name);
        };
        let source = "申请表".to_owned();
        let cell = self.row.get(first).filter(|cell| !is_blank(cell));
        let value = cell.and_then(|cell| match part {
            Some(part) => person_part(cell, part, self.whole.today),
            None => typed(column.kind, cell),
        });
        value.map_or(Reading::Absent { source: source.clone() }, |value| Reading::Known { value, source })
    }

    fn today(&self) -> Date {
        self.whole.today
    }
}

/// A column of a group: all texts of it, or the sum of its numbers.
fn column(group: &Field, rows: &[Json], rest: &str) -> Option<Value> {
    let (sum, path) = rest.strip_prefix("sum.").map_or((false, rest), |path| (true, path));
    let (name, part) = path.split_once('.').map_or((path, None), |(name, part)| (name, Some(part)));
    let column = group.fields.iter().find(|column| column.id.as_str() == name)?;
    let cells = rows.iter().filter_map(|row| row.get(name));
    if sum {
        let total = cells.filter_map(Json::as_i64).fold(0_i64, i64::saturating_add);
        return Some(if column.kind == FieldKind::Money { Value::Money(Fen(total)) } else { Value::Int(total) });
    }
    let text = |cell: &Json| {
        let cell = part.map_or(Some(cell), |part| cell.get(part))?;
        cell.as_str().map(str::to_owned).or_else(|| cell.as_i64().map(|number| number.to_string()))
    };
    Some(Value::List(cells.filter_map(text).collect()))
}

/// A typed answer as conditions compare it.
fn typed(kind: FieldKind, answer: &Json) -> Option<Value> {
    match kind {
        FieldKind::Integer | FieldKind::Year | FieldKind::Percent => answer.as_i64().map(Value::Int),
        FieldKind::Money => answer.as_i64().map(|fen| Value::Money(Fen(fen))),
        FieldKind::Date => answer.as_str()?.parse().ok().map(Value::Date),
        FieldKind::YesNo | FieldKind::Declaration => answer.as_bool().map(Value::Bool),
        FieldKind::MultiChoice | FieldKind::File => {
            let items = answer.as_array()?;
            Some(Value::List(items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect()))
        }
        FieldKind::Organization => answer.get("id")?.as_str().map(|id| Value::Text(id.to_owned())),
        FieldKind::Person => answer.get("name")?.as_str().map(|name| Value::Text(name.to_owned())),
        FieldKind::Group | FieldKind::Charter => None,
        _ => answer.as_str().map(|text| Value::Text(text.to_owned())),
    }
}
