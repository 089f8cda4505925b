//! What is known of one subject (事实说明): each fact with its value, who supplies it, and what asks for it.
use catalogue::{Catalogue, FactDef, Subject, Supply, Value};

use crate::facts::FactBase;
use crate::table::Given;

/// One fact of one subject.
#[derive(Clone, PartialEq, Debug)]
pub struct Known<'c> {
    /// The fact.
    pub fact: &'c FactDef,
    /// What is known of it.
    pub given: Given,
    /// The indicators that ask for it, by id.
    pub asked_by: Vec<&'c str>,
}

impl Known<'_> {
    /// For people: `有效评估等级：3 A（由登记册（评估等级）提供）`, `…：未知，还没有人提供（应由信用监管提供）`.
    pub fn text(&self) -> String {
        let fact = self.fact;
        let word =
            |text: &String| fact.words.iter().find(|(word, _)| word == text).map_or(text, |(_, title)| title).clone();
        let value = match &self.given {
            Given::Known(Value::Text(text)) => word(text),
            Given::Known(Value::List(items)) if items.is_empty() => "无".to_owned(),
            Given::Known(Value::List(items)) => items.iter().map(word).collect::<Vec<_>>().join("、"),
            Given::Known(Value::Int(number)) if !fact.unit.is_empty() => format!("{number} {}", fact.unit),
            Given::Known(value) => value.to_string(),
            Given::Blank => "空".to_owned(),
            Given::Unknown if fact.supply == Supply::Nobody => {
                return format!("{}：未知，还没有人提供（应由{}提供）", fact.title, fact.supplier);
            }
            Given::Unknown => return format!("{}：未知（由{}提供）", fact.title, fact.supplier),
        };
        format!("{}：{value}（由{}提供）", fact.title, fact.supplier)
    }
}

impl FactBase {
    /// Everything the table knows of a subject, by name of fact; none if it has no such subject.
    pub fn known<'c>(&self, catalogue: &'c Catalogue, subject: &Subject, id: u128) -> Option<Vec<Known<'c>>> {
        let table = self.table(subject)?;
        let row = table.find(id)?;
        let asks = |name: &str| {
            let parts = catalogue.indicators().filter(|indicator| {
                indicator
                    .parts
                    .iter()
                    .any(|part| part.formula.facts().iter().any(|(of, fact)| of == subject && fact == name))
            });
            parts.map(|indicator| indicator.id.as_str()).collect()
        };
        let known = |fact: &str| {
            let given = table.get(row, fact);
            Some(Known { fact: catalogue.words().find(fact)?, given, asked_by: asks(fact) })
        };
        Some(table.layout().columns.iter().filter_map(|spec| known(&spec.fact)).collect())
    }
}
