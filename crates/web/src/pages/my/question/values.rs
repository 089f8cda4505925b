//! Answers as a form shows them: typed answers to posted text and back into rows that can be added and removed.
use std::collections::BTreeMap;

use base::Fen;
use casework::Posted;
use catalogue::matter::{Field, FieldKind};
use serde_json::Value as Json;

use crate::Form;

/// What the browser sent, side acts and the page's own marks left out.
pub fn posted(form: &Form) -> Posted {
    let mut posted = Posted::new();
    for (name, value) in form.0.iter().filter(|(name, _)| !name.starts_with('_')) {
        posted.entry(name.clone()).or_default().push(value.clone());
    }
    posted
}

/// Typed answers as the form would post them.
pub fn shown<'f>(fields: impl IntoIterator<Item = &'f Field>, find: impl Fn(&str) -> Option<Json>) -> Posted {
    let mut values = Posted::new();
    for field in fields {
        match find(field.id.as_str()) {
            Some(answer) => show(field, field.id.as_str(), &answer, &mut values),
            // A charter starts from its model wording.
            None if field.kind == FieldKind::Charter => {
                for clause in &field.clauses {
                    values.insert(format!("{}.{}", field.id, clause.id), vec![clause.model.clone()]);
                }
            }
            None => {}
        }
    }
    values
}

fn show(field: &Field, name: &str, answer: &Json, values: &mut Posted) {
    let text = |answer: &Json| answer.as_str().map_or_else(|| answer.to_string(), str::to_owned);
    let mut put = |name: String, value: String| drop(values.insert(name, vec![value]));
    match field.kind {
        FieldKind::Money | FieldKind::Percent => {
            put(name.to_owned(), Fen(answer.as_i64().unwrap_or_default()).to_string());
        }
        FieldKind::YesNo | FieldKind::Declaration => {
            let word = if answer == &Json::Bool(true) { "yes" } else { "no" };
            put(name.to_owned(), word.to_owned());
        }
        FieldKind::MultiChoice | FieldKind::File => {
            let items = answer.as_array().map_or(&[][..], Vec::as_slice);
            values.insert(name.to_owned(), items.iter().map(text).collect());
        }
        FieldKind::Organization => put(name.to_owned(), answer.get("id").map(text).unwrap_or_default()),
        FieldKind::Person | FieldKind::Charter => {
            for (part, value) in answer.as_object().into_iter().flatten() {
                put(format!("{name}.{part}"), text(value));
            }
        }
        FieldKind::Group => {
            for (row, cells) in answer.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate() {
                for column in &field.fields {
                    if let Some(cell) = cells.get(column.id.as_str()) {
                        show(column, &format!("{name}.{row}.{}", column.id), cell, values);
                    }
                }
            }
        }
        _ => put(name.to_owned(), text(answer)),
    }
}

/// First value of a name; empty if absent.
pub fn text<'v>(values: &'v Posted, name: &str) -> &'v str {
    values.get(name).and_then(|all| all.last()).map_or("", String::as_str)
}

/// The row numbers a group has, in order.
pub fn rows(values: &Posted, group: &str) -> Vec<usize> {
    let prefix = format!("{group}.");
    let number = |key: &String| key.strip_prefix(&prefix)?.split('.').next()?.parse::<usize>().ok();
    let mut numbers: Vec<usize> = values.keys().filter_map(number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The group without one row, the rest numbered anew.
pub fn without_row(values: &Posted, group: &str, gone: Option<usize>) -> Posted {
    let prefix = format!("{group}.");
    let kept: BTreeMap<usize, usize> = rows(values, group)
        .into_iter()
        .filter(|row| Some(*row) != gone)
        .enumerate()
        .map(|(new, old)| (old, new))
        .collect();
    let mut out = Posted::new();
    for (name, value) in values {
        let Some(rest) = name.strip_prefix(&prefix) else {
            out.insert(name.clone(), value.clone());
            continue;
        };
        let (row, column) = rest.split_once('.').unwrap_or((rest, ""));
        if let Some(new) = row.parse::<usize>().ok().and_then(|row| kept.get(&row)) {
            out.insert(format!("{prefix}{new}.{column}"), value.clone());
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_taken_out_moves_the_others_up() {
        let form = Form(
            [("g.0.name", "甲"), ("g.1.name", "乙"), ("g.2.name", "丙"), ("other", "x"), ("_rev", "3")]
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        );
        let values = posted(&form);
        assert_eq!(rows(&values, "g"), [0, 1, 2]);
        let left = without_row(&values, "g", Some(1));
        assert_eq!(rows(&left, "g"), [0, 1]);
        assert_eq!((text(&left, "g.0.name"), text(&left, "g.1.name"), text(&left, "other")), ("甲", "丙", "x"));
        assert!(!left.contains_key("_rev"));
    }
}
