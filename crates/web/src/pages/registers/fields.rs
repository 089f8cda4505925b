//! A register's fields as parts of a form, by their kind.
use std::collections::BTreeMap;

use base::{Date, RecordId};
use casework::Posted;
use catalogue::matter::{FieldKind, Reference};
use catalogue::{Register, RegisterField};
use office::registers::values::body_kind;
use serde_json::Value as Json;
use store::people::Body;

use crate::WebError;
use crate::pages::my::question::area::picker;
use crate::pages::sheet::Select;
use crate::parts::{
    Choice, DateField, Field, FileField, IntegerField, Label, LongText, MoneyField, MultiChoice, Opt, TextField, YesNo,
};
use crate::site::Site;

/// Choices up to here stand open below each other; more are a list that opens.
const OPEN_CHOICES: usize = 5;

/// What the fields of a form are made from.
pub(super) struct Maker<'m> {
    pub site: &'m Site,
    pub values: &'m Posted,
    pub errors: &'m BTreeMap<String, String>,
    /// The side act asked for: `area`, field, `find` or `down`.
    pub act: &'m [String],
    pub today: Date,
    pub bodies: Vec<Body>,
    /// Records that a field may name, by field.
    pub named: BTreeMap<String, Vec<(RecordId, String)>>,
    /// The record that is changed.
    pub before: Option<&'m Json>,
}

impl<'m> Maker<'m> {
    /// With the bodies and records that the register's fields can name.
    pub fn new(
        site: &'m Site,
        who: &authority::Actor,
        register: &Register,
        (values, errors, act): (&'m Posted, &'m BTreeMap<String, String>, &'m [String]),
        (before, today): (Option<&'m Json>, Date),
    ) -> Result<Self, WebError> {
        let names_body = |field: &RegisterField| {
            field.kind == FieldKind::Organization && field.refers_to != Some(Reference::Organization)
        };
        let bodies = if register.fields.iter().any(names_body) {
            site.office.db.read(store::people::bodies)?
        } else {
            Vec::new()
        };
        let mut named = BTreeMap::new();
        for field in register.fields.iter().filter(|field| field.belongs_to.is_some()) {
            named.insert(field.id.clone(), site.office.choices_of(who, field)?);
        }
        Ok(Self { site, values, errors, act, today, bodies, named, before })
    }

    fn value(&self, name: &str) -> String {
        self.values.get(name).and_then(|all| all.last()).cloned().unwrap_or_default()
    }

    fn label(&self, field: &RegisterField) -> Label {
        let error = self.errors.get(&field.id).cloned().unwrap_or_default();
        let mut hint = field.help.clone();
        if field.kind == FieldKind::Organization && field.refers_to == Some(Reference::Organization) {
            hint = format!("{hint}填统一社会信用代码或者备案号");
        }
        if field.is_personal() && self.before.is_some_and(|before| before.get(&field.id).is_some()) {
            hint = format!("{hint}已填写，这里不显示；留空表示不改");
        }
        if field.kind == FieldKind::Percent {
            hint = format!("{hint}{}填百分数，如 92.5", if hint.is_empty() { "" } else { "。" });
        }
        let label = Label::new(&field.id, field.label.clone()).hint(hint).error(error);
        if field.required { label } else { label.optional() }
    }

    /// The field as HTML.
    pub fn widget(&self, field: &RegisterField) -> String {
        let (label, value) = (self.label(field), self.value(&field.id));
        let options: Vec<Opt> =
            field.choices.iter().map(|choice| Opt::new(choice.value.clone(), choice.label.clone())).collect();
        if field.belongs_to.is_some() {
            return self.record_select(field, label, value);
        }
        let made = match field.kind {
            FieldKind::LongText => Field::LongText(LongText { label, value, rows: 5, max: 5_000 }),
            FieldKind::Integer => Field::Integer(IntegerField { label, value, unit: field.unit.clone() }),
            FieldKind::Money => Field::Money(MoneyField { label, value }),
            FieldKind::Date => Field::Date(DateField { label, value }),
            FieldKind::YesNo => Field::YesNo(YesNo { label, value }),
            FieldKind::Choice if options.len() > OPEN_CHOICES => return Select { label, options, value }.to_string(),
            FieldKind::Choice => Field::Choice(Choice { label, options, value }),
            FieldKind::MultiChoice => {
                let values = self.values.get(&field.id).cloned().unwrap_or_default();
                Field::MultiChoice(MultiChoice { label, options, values })
            }
            FieldKind::Area => {
                let act: Vec<&str> = self.act.iter().map(String::as_str).collect();
                let finding = act[..] == ["area", field.id.as_str(), "find"];
                let areas = &self.site.office.areas;
                Field::Area(picker(areas, &field.question(), label, self.values, finding, self.today))
            }
            FieldKind::Organization if field.refers_to != Some(Reference::Organization) => {
                let kind = body_kind(field.refers_to);
                let fits = |body: &&Body| kind.is_none_or(|kind| body.kind == kind) && body.state == "active";
                let options = self.bodies.iter().filter(fits);
                let options = options.map(|body| Opt::new(body.id.to_string(), body.name.clone())).collect();
                return Select { label, options, value }.to_string();
            }
            FieldKind::File => return self.files(field, label),
            FieldKind::Year | FieldKind::Percent => line(label, value, "numeric", 10),
            FieldKind::Phone => line(label, value, "tel", 20),
            FieldKind::Email => line(label, value, "email", 40),
            FieldKind::Website => line(label, value, "url", 40),
            _ => Field::Text(TextField::new(label, value)),
        };
        made.to_string()
    }

    fn record_select(&self, field: &RegisterField, label: Label, value: String) -> String {
        let known = self.named.get(&field.id).map_or(&[][..], Vec::as_slice);
        let mut options: Vec<Opt> = known.iter().map(|(id, title)| Opt::new(id.to_string(), title.clone())).collect();
        if options.is_empty() {
            let hint = "还没有可选的记录。请先录入它所属的那一条".to_owned();
            return Select { label: Label { hint, ..label }, options, value }.to_string();
        }
        if !value.is_empty() && !options.iter().any(|option| option.value == value) {
            options.insert(0, Opt::new(value.clone(), "现在选的那一条"));
        }
        Select { label, options, value }.to_string()
    }

    /// The files that are there, to be taken off, and a place for more.
    fn files(&self, field: &RegisterField, label: Label) -> String {
        let there = self.before.and_then(|before| before.get(&field.id)?.as_array().cloned()).unwrap_or_default();
        let option = |file: &Json| Some(Opt::new(file["id"].as_str()?, file["name"].as_str()?));
        let options: Vec<Opt> = there.iter().filter_map(option).collect();
        let mut html = String::new();
        if !options.is_empty() {
            let name = format!("{}.drop", field.id);
            let values = self.values.get(&name).cloned().unwrap_or_default();
            let label = Label::new(name, format!("{}：取下已有的文件", field.label)).optional();
            html = MultiChoice { label, options, values }.to_string();
        }
        let part = FileField {
            label,
            accept: ".pdf,.png,.jpg,.jpeg,.docx,.doc,.xlsx,.xls,.ofd,.wps".to_owned(),
            rule: format!(
                "PDF、图片、Word、Excel 或者 OFD，每个不超过 {} MB。填写有误退回时请重新选择文件",
                office::files::LARGEST >> 20
            ),
            several: true,
            files: Vec::new(),
            forms: Vec::new(),
        };
        html + &part.to_string()
    }
}

fn line(label: Label, value: String, keyboard: &'static str, width: u8) -> Field {
    Field::Text(TextField { label, value, keyboard, autocomplete: "off", width })
}
