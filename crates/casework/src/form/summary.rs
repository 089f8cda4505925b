//! The summary before sending (核对填报内容): every shown answer as people read it, personal values masked.
use base::{CitizenNumber, Fen};
use catalogue::matter::{Field, FieldKind, Section};
use serde_json::Value as Json;

use crate::act::Rules;
use crate::answers::CaseFacts;

/// A section of the summary.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummarySection {
    /// The section's name, for the link 修改.
    pub section: String,
    /// Its heading.
    pub title: String,
    /// Its answers.
    pub rows: Vec<SummaryRow>,
}

/// One answer.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SummaryRow {
    /// The field's name, for the link 修改.
    pub field: String,
    /// Its label.
    pub label: String,
    /// The answer in words; 未填写 if there is none.
    pub value: String,
    /// Something in it is masked.
    pub masked: bool,
}

impl Rules<'_> {
    /// The summary of the sections chosen. `reveal` shows personal values in full: only after `Verb::Reveal` was allowed and
    /// journalled.
    pub fn summary(
        &self,
        facts: &CaseFacts<'_>,
        which: impl Fn(&Section) -> bool,
        reveal: bool,
    ) -> Vec<SummarySection> {
        let shown = |section: &&Section| which(section) && self.shown(section.visible.as_ref(), facts);
        let sections = self.matter.sections.iter().filter(shown).map(|section| SummarySection {
            section: section.id.to_string(),
            title: section.title.clone(),
            rows: section
                .fields
                .iter()
                .filter(|field| self.shown(field.visible.as_ref(), facts))
                .map(|field| SummaryRow {
                    field: field.id.to_string(),
                    label: field.label.clone(),
                    value: show(field, facts.answers.find(field.id.as_str()), reveal),
                    masked: !reveal && is_masked(field) && facts.answers.find(field.id.as_str()).is_some(),
                })
                .collect(),
        });
        sections.collect()
    }
}

fn is_masked(field: &Field) -> bool {
    field.is_personal() || field.fields.iter().any(Field::is_personal)
}

/// An answer in words.
pub fn show(field: &Field, answer: Option<&Json>, reveal: bool) -> String {
    let Some(answer) = answer else { return "未填写".to_owned() };
    let text = answer.as_str().unwrap_or_default();
    let plain = match field.kind {
        FieldKind::Integer | FieldKind::Year => format!("{}{}", answer, unit(field)),
        FieldKind::Money => Fen(answer.as_i64().unwrap_or_default()).plain(),
        FieldKind::Percent => format!("{}%", Fen(answer.as_i64().unwrap_or_default())),
        FieldKind::YesNo => if answer == &Json::Bool(true) { "是" } else { "否" }.to_owned(),
        FieldKind::Declaration => if answer == &Json::Bool(true) { "已同意" } else { "未同意" }.to_owned(),
        FieldKind::Choice => label(field, text),
        FieldKind::MultiChoice => {
            let items = answer.as_array().map_or(&[][..], Vec::as_slice);
            items.iter().filter_map(Json::as_str).map(|item| label(field, item)).collect::<Vec<_>>().join("、")
        }
        FieldKind::Person => return person(field, answer, reveal),
        FieldKind::Group => return group(field, answer, reveal),
        FieldKind::Organization => answer.get("name").and_then(Json::as_str).unwrap_or("已选定").to_owned(),
        FieldKind::File => format!("{} 个文件", answer.as_array().map_or(0, Vec::len)),
        FieldKind::Charter => {
            let filled = |id: &str| answer.get(id).and_then(Json::as_str).unwrap_or("未填写");
            let all = field.clauses.iter().map(|clause| format!("{}：{}", clause.title, filled(clause.id.as_str())));
            all.collect::<Vec<_>>().join("\n")
        }
        _ => text.to_owned(),
    };
    if field.is_personal() && !reveal { mask(field.kind, &plain) } else { plain }
}

fn unit(field: &Field) -> String {
    match (field.kind, field.unit.as_str()) {
        (FieldKind::Year, _) => " 年".to_owned(),
        (_, "") => String::new(),
        (_, unit) => format!(" {unit}"),
    }
}

fn label(field: &Field, value: &str) -> String {
    field.choices.iter().find(|choice| choice.value == value).map_or(value, |choice| &choice.label).to_owned()
}

fn person(field: &Field, answer: &Json, reveal: bool) -> String {
    use catalogue::matter::PersonPart::{Address, Birth, IdNumber, Name, Phone};
    let parts = field.person_parts().iter().filter_map(|part| {
        let text = answer.get(part.key())?.as_str()?;
        let kind = match part {
            _ if reveal => return Some(text.to_owned()),
            Name => FieldKind::Person,
            IdNumber => FieldKind::IdNumber,
            Phone => FieldKind::Phone,
            Birth => FieldKind::Date,
            Address => FieldKind::Address,
            _ => return Some(text.to_owned()),
        };
        Some(mask(kind, text))
    });
    parts.collect::<Vec<_>>().join("，")
}

fn group(field: &Field, answer: &Json, reveal: bool) -> String {
    let rows = answer.as_array().map_or(&[][..], Vec::as_slice).iter().enumerate().map(|(number, row)| {
        let cells = field.fields.iter().map(|column| show(column, row.get(column.id.as_str()), reveal));
        format!("{}. {}", number + 1, cells.collect::<Vec<_>>().join("，"))
    });
    rows.collect::<Vec<_>>().join("\n")
}

/// A personal value masked: surname kept, ID number by its own rule, phone without its middle, anything else its first character.
pub fn mask(kind: FieldKind, text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let stars = |count: usize| "*".repeat(count);
    match kind {
        // Any day in the far future lets every date of birth pass: masking judges nothing.
        FieldKind::IdNumber => CitizenNumber::parse(text, base::Date::constant(9999, 12, 31)).map_or_else(
            |_| format!("{}{}", chars.iter().take(1).collect::<String>(), stars(6)),
            |number| number.masked(),
        ),
        FieldKind::Phone if chars.len() >= 7 => {
            let (head, tail) = (&chars[..3], &chars[chars.len() - 4..]);
            format!("{}{}{}", head.iter().collect::<String>(), stars(chars.len() - 7), tail.iter().collect::<String>())
        }
        FieldKind::Date => text.get(..4).map_or_else(|| stars(4), |year| format!("{year} 年")),
        _ => {
            format!("{}{}", chars.iter().take(1).collect::<String>(), stars(chars.len().saturating_sub(1).clamp(1, 6)))
        }
    }
}
