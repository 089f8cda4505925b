//! One widget per field kind: the catalogue's fields as parts of a page, values and faults put in.
use std::collections::BTreeMap;

use askama::Template;
use base::Date;
use casework::{Answers, Posted, Rules};
use catalogue::Facts;
use catalogue::matter::{Bound, Choice as Given, Field as Asked, FieldKind, Need, PersonPart};
use office::Office;
use office::names::NameReport;
use registry::names::{Reason, Severity};
use store::people::Body;

use super::area::picker;
use super::values::{rows, text};
use crate::parts::{
    Choice, DateField, Field, Inset, IntegerField, Label, LongText, MoneyField, MultiChoice, NameField, Opt, TextField,
    YesNo,
};

/// What widgets are made from.
pub struct Maker<'a> {
    pub office: &'a Office,
    pub rules: &'a Rules<'a>,
    pub facts: &'a dyn Facts,
    pub today: Date,
    pub values: &'a Posted,
    pub errors: &'a BTreeMap<String, String>,
    /// The side act asked for, as `form.act()` gives it.
    pub act: &'a [String],
    pub bodies: &'a [Body],
    /// The answers as they are.
    pub answers: &'a Answers,
    /// What the system filled in, by field, with its source.
    pub prefilled: &'a BTreeMap<String, String>,
    pub name: Option<NameReport>,
}

/// A select inside a row or a person.
#[derive(Template)]
#[template(path = "pages/my/question/select.html")]
struct Select {
    label: Label,
    value: String,
    options: Vec<Opt>,
}

#[derive(Template)]
#[template(path = "pages/my/question/person.html")]
struct Person {
    label: Label,
    parts: Vec<String>,
}

#[derive(Template)]
#[template(path = "pages/my/question/group.html")]
struct Group {
    label: Label,
    one: String,
    rows: Vec<(usize, Vec<String>)>,
}

struct Clause {
    title: String,
    id: String,
    text: String,
    fixed: bool,
    required: bool,
    error: String,
    lines: u8,
}

#[derive(Template)]
#[template(path = "pages/my/question/charter.html")]
struct Charter {
    label: Label,
    clauses: Vec<Clause>,
}

#[derive(Template)]
#[template(path = "pages/my/question/declaration.html")]
struct Declaration {
    label: Label,
    checked: bool,
}

#[derive(Template)]
#[template(path = "pages/my/question/files.html")]
struct Files {
    label: Label,
    href: String,
    count: usize,
}

fn opts(choices: &[Given]) -> Vec<Opt> {
    choices
        .iter()
        .map(|one| Opt { value: one.value.clone(), text: one.label.clone(), hint: one.help.clone() })
        .collect()
}

impl Maker<'_> {
    fn error(&self, name: &str) -> String {
        self.errors.get(name).cloned().unwrap_or_default()
    }

    fn label(&self, field: &Asked, name: &str) -> Label {
        let mut hint = field.help.clone();
        if !field.example.is_empty() {
            hint = format!("{hint}{}例如：{}", if hint.is_empty() { "" } else { " " }, field.example);
        }
        let must = match &field.required {
            Need::Fixed(fixed) => *fixed,
            when @ Need::When(_) => self.rules.needed(when, self.facts),
        };
        let label = Label::new(name, field.label.clone()).hint(hint).error(self.error(name));
        let label = match self.prefilled.get(name) {
            Some(source) => label.source(format!("{source}（系统已填）")),
            None => label,
        };
        if must { label } else { label.optional() }
    }

    /// What was filled in beforehand and may not be changed here is shown, not asked.
    fn shown_only(&self, field: &Asked, name: &str) -> Option<String> {
        let source = self.prefilled.get(name).filter(|_| field.fixed)?;
        let value = casework::form::show(field, self.answers.find(name), false);
        let inset = Inset {
            text: format!("{}：{value}", field.label),
            source: format!("系统已填，{source}。有误的，请先办理变更或者更正"),
            more: None,
        };
        Some(inset.to_string())
    }

    fn value(&self, name: &str) -> String {
        text(self.values, name).to_owned()
    }

    fn line(&self, field: &Asked, label: Label) -> Field {
        let (keyboard, autocomplete, width) = match field.kind {
            FieldKind::Phone => ("tel", "off", 20),
            FieldKind::Email => ("email", "off", 40),
            FieldKind::Website => ("url", "off", 40),
            FieldKind::Year => ("numeric", "off", 10),
            FieldKind::Percent => ("decimal", "off", 10),
            FieldKind::IdNumber | FieldKind::CreditCode => ("text", "off", 20),
            _ => ("text", "off", 40),
        };
        let value = self.value(&label.name);
        Field::Text(TextField { label, value, keyboard, autocomplete, width })
    }

    /// The widget of a field as HTML; `short` inside rows.
    pub fn widget(&self, field: &Asked, name: &str, short: bool) -> String {
        if let Some(shown) = self.shown_only(field, name) {
            return shown;
        }
        let label = self.label(field, name);
        let value = self.value(name);
        match field.kind {
            FieldKind::LongText => {
                let max = match &field.max {
                    Some(Bound::Number(most)) => u32::try_from(*most).unwrap_or(2000),
                    _ => 2000,
                };
                LongText { label, value, rows: if max > 300 { 8 } else { 4 }, max }.to_string()
            }
            FieldKind::Integer => IntegerField { label, value, unit: field.unit.clone() }.to_string(),
            FieldKind::Money => MoneyField { label, value }.to_string(),
            FieldKind::Date => DateField { label, value }.to_string(),
            FieldKind::YesNo if short => self.select(label, vec![Opt::new("yes", "是"), Opt::new("no", "否")]),
            FieldKind::YesNo => {
                YesNo { label, value: if value == "true" { "yes".to_owned() } else { value } }.to_string()
            }
            FieldKind::Choice if short || field.choices.len() > 10 => self.select(label, opts(&field.choices)),
            FieldKind::Choice => Choice { label, options: opts(&field.choices), value }.to_string(),
            FieldKind::MultiChoice => {
                let values = self.values.get(name).cloned().unwrap_or_default();
                MultiChoice { label, options: opts(&field.choices), values }.to_string()
            }
            FieldKind::Area => {
                let finding = self.act.first().map(String::as_str) == Some("area")
                    && self.act.get(1).map(String::as_str) == Some(name);
                let finding = finding && self.act.get(2).map(String::as_str) == Some("find");
                picker(&self.office.areas, field, label, self.values, finding, self.today).to_string()
            }
            FieldKind::Person => self.person(field, label, name),
            FieldKind::Group => self.group(field, label, name),
            FieldKind::Organization => {
                let mut options =
                    self.bodies.iter().map(|body| Opt::new(body.id.to_string(), body.name.clone())).collect::<Vec<_>>();
                if options.is_empty() {
                    let why = format!(
                        "{}（本地还没有登记可选的单位，请先选好办理地区，或者联系登记管理机关补录）",
                        label.hint
                    );
                    return self.select(Label { hint: why, ..label }, options);
                }
                if options.len() > 8 {
                    self.select(label, options)
                } else if label.optional {
                    options.push(Opt::new("", "没有，不选"));
                    Choice { label, options, value }.to_string()
                } else {
                    Choice { label, options, value }.to_string()
                }
            }
            FieldKind::Name => self.name_field(label, value),
            FieldKind::Charter => self.charter(field, label),
            FieldKind::Declaration => {
                let help = field.help.clone();
                Declaration {
                    label: Label { hint: help, optional: false, ..label },
                    checked: matches!(value.as_str(), "yes" | "true" | "on"),
                }
                .to_string()
            }
            FieldKind::File => {
                let count = self.values.get(name).map_or(0, Vec::len);
                Files { href: format!("materials/{name}"), label, count }.to_string()
            }
            _ => self.line(field, label).to_string(),
        }
    }

    fn select(&self, label: Label, options: Vec<Opt>) -> String {
        let value = self.value(&label.name);
        Select { label, value, options }.to_string()
    }

    fn person(&self, field: &Asked, label: Label, name: &str) -> String {
        let part = |part: &PersonPart| {
            let name = format!("{name}.{}", part.key());
            let own = Label::new(&name, part.label()).error(self.error(&name));
            let kind = match part {
                PersonPart::Phone => FieldKind::Phone,
                PersonPart::IdNumber => FieldKind::IdNumber,
                _ => FieldKind::Text,
            };
            let pick = |pairs: &[(&str, &str)]| {
                self.select(own.clone(), pairs.iter().map(|(value, text)| Opt::new(*value, *text)).collect())
            };
            match part {
                PersonPart::Political => self.select(own, self.named_list("political_status")),
                PersonPart::Education => self.select(own, self.named_list("education")),
                PersonPart::Sex => pick(&[("男", "男"), ("女", "女")]),
                PersonPart::FullTime => pick(&[("专职", "专职"), ("兼职", "兼职")]),
                PersonPart::Birth => DateField { value: self.value(&name), label: own }.to_string(),
                _ => {
                    let field = Asked { kind, ..field.clone() };
                    self.line(&field, own).to_string()
                }
            }
        };
        Person { parts: field.person_parts().iter().map(part).collect(), label }.to_string()
    }

    /// A shared list of the catalogue, taken from any field of the matter that uses it.
    fn named_list(&self, list: &str) -> Vec<Opt> {
        let all = self.rules.matter.fields().flat_map(|field| std::iter::once(field).chain(&field.fields));
        let found = all
            .filter(|field| field.list.as_deref() == Some(list) && !field.choices.is_empty())
            .map(|field| &field.choices)
            .next();
        found
            .map(|choices| choices.iter().map(|one| Opt::new(one.label.clone(), one.label.clone())).collect())
            .unwrap_or_default()
    }

    fn group(&self, field: &Asked, label: Label, name: &str) -> String {
        let mut numbers = rows(self.values, name);
        let adding =
            self.act.first().map(String::as_str) == Some("rows") && self.act.get(1).map(String::as_str) == Some(name);
        let adding = adding && self.act.get(2).map(String::as_str) == Some("add");
        if numbers.is_empty() || adding {
            numbers.push(numbers.last().map_or(0, |last| last + 1));
        }
        let row = |number: usize| {
            let cell = |column: &Asked| self.widget(column, &format!("{name}.{number}.{}", column.id), true);
            (number, field.fields.iter().map(cell).collect())
        };
        let one = field.label.split('（').next().unwrap_or(&field.label).to_owned();
        Group { rows: numbers.into_iter().map(row).collect(), one, label }.to_string()
    }

    fn charter(&self, field: &Asked, label: Label) -> String {
        let clause = |clause: &catalogue::matter::CharterClause| {
            let id = format!("{}.{}", field.id, clause.id);
            let value = if clause.fixed { clause.model.clone() } else { self.value(&id) };
            let lines = value.chars().count() / 34 + value.lines().count() + 1;
            Clause {
                title: clause.title.clone(),
                error: self.error(&id),
                id,
                text: value,
                fixed: clause.fixed,
                required: clause.required,
                lines: u8::try_from(lines.clamp(2, 16)).unwrap_or(16),
            }
        };
        Charter { clauses: field.clauses.iter().map(clause).collect(), label }.to_string()
    }

    fn name_field(&self, label: Label, value: String) -> String {
        let mut part = NameField { label, value, usable: None, verdict: String::new(), similar: Vec::new() };
        if let Some(report) = &self.name {
            part.usable = Some(report.is_free());
            part.verdict = verdict(report);
            part.similar = report
                .near
                .iter()
                .take(20)
                .map(|near| {
                    let why: Vec<String> = near.reasons.iter().map(Reason::text).collect();
                    let why = if why.is_empty() { "只有常用字相同".to_owned() } else { why.join("；") };
                    (near.name.clone(), format!("/orgs/{}", near.id), why)
                })
                .collect();
        }
        part.to_string()
    }
}

/// Everything the check says, refusals first, each with its article.
pub fn verdict(report: &NameReport) -> String {
    let said = |finding: &registry::names::Finding| {
        let mark = if finding.severity == Severity::Refuse { "" } else { "提醒：" };
        let clause = if finding.clause.is_empty() { String::new() } else { format!("（{}）", finding.clause) };
        format!("{mark}{}{clause}", finding.message.trim_end_matches('。'))
    };
    let all: Vec<String> = report.findings.iter().map(said).collect();
    match (all.is_empty(), report.is_free()) {
        (true, _) => "没有发现重名，也没有不合规则的地方。受理后为您保留，由审查人员最后判断。".to_owned(),
        (false, true) => format!("没有不能用的地方。{}。", all.join("；")),
        (false, false) => format!("{}。请改一改再查。", all.join("；")),
    }
}
