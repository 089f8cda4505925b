//! Registers (名册): record sets the policies ask for (expert pool 专家库, project pool 项目库, show points…), declared as data.
mod check;
mod course;

use std::collections::BTreeMap;

use authority::DeskId;
use serde::{Deserialize, Serialize};

use crate::facts::{FactDef, Supply};
use crate::lists::CodeList;
use crate::matter::{Choice, Field, FieldId, FieldKind, Need, Reference};
use crate::problem::{Place, Problems};
use crate::subject::Subject;
use crate::tree::Node;

pub use course::{BelongsTo, Course, Coverage, Days, Remind, Source};

/// One register.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Register {
    /// Its name in the data: `expert-pool`.
    pub id: String,
    /// 名册名称
    pub name: String,
    /// One or two sentences: what it holds and what for.
    pub explain: String,
    /// The policy clauses it serves.
    #[serde(default)]
    pub clauses: Vec<String>,
    /// The desks that may enter and change records.
    #[serde(default)]
    pub enters: Vec<DeskId>,
    /// Only an authority above the record's area enters it (考核得分): nobody scores himself.
    #[serde(default)]
    pub from_above: bool,
    /// The matters whose endings write records.
    #[serde(default)]
    pub written_by: Vec<String>,
    /// Shown on the portal, its public fields only.
    #[serde(default)]
    pub public: bool,
    /// The field that names a record.
    pub title_field: String,
    /// The columns of the list.
    pub list: Vec<String>,
    /// The filters above it.
    #[serde(default)]
    pub filter: Vec<String>,
    /// The date field from which a record holds; without it the day it was entered.
    #[serde(default)]
    pub since: Option<String>,
    /// The date field on which a record ends.
    #[serde(default)]
    pub until: Option<String>,
    /// The fields that tell one record from another: a second one with the same is refused, so that a file may be imported twice.
    #[serde(default)]
    pub unique: Vec<String>,
    /// The states of a record and how it moves between them.
    #[serde(default, rename = "state")]
    pub course: Option<Course>,
    /// Which areas must have a record.
    #[serde(default)]
    pub coverage: Option<Coverage>,
    /// When somebody is told that a day comes.
    #[serde(default)]
    pub remind: Vec<Remind>,
    /// Its fields.
    #[serde(rename = "field")]
    pub fields: Vec<RegisterField>,
}

/// One field of a register.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegisterField {
    /// Its name in the data.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Its kind, as in forms.
    pub kind: FieldKind,
    /// Must be filled in.
    #[serde(default)]
    pub required: bool,
    /// Shown to the public, if the register is.
    #[serde(default)]
    pub public: bool,
    /// Personal data (个人信息): never public, masked, encrypted.
    #[serde(default)]
    pub personal: bool,
    /// A hint.
    #[serde(default)]
    pub help: String,
    /// The unit shown after a number.
    #[serde(default)]
    pub unit: String,
    /// The choices of `choice` and `multi_choice`.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// A shared code list instead of `choices`.
    #[serde(default)]
    pub list: String,
    /// What an `organization` must be.
    #[serde(default)]
    pub refers_to: Option<Reference>,
    /// Choices taken from the catalogue instead of written here: documents, plans, desks.
    #[serde(default)]
    pub choices_from: Option<Source>,
    /// The field names a record of another register; its kind is `text`.
    #[serde(default)]
    pub belongs_to: Option<BelongsTo>,
}

impl RegisterField {
    /// Whether it holds personal data, declared or by its kind.
    pub fn is_personal(&self) -> bool {
        self.personal || matches!(self.kind, FieldKind::Person | FieldKind::IdNumber | FieldKind::Phone)
    }

    /// The field as forms ask it, so that widgets, reading and showing are those of matters.
    pub fn question(&self) -> Field {
        Field {
            id: FieldId::new(self.id.clone()),
            kind: self.kind,
            label: self.label.clone(),
            help: self.help.clone(),
            example: String::new(),
            required: Need::Fixed(self.required),
            visible: None,
            min: None,
            max: None,
            message: String::new(),
            unit: self.unit.clone(),
            choices: self.choices.clone(),
            list: None,
            fields: Vec::new(),
            parts: Vec::new(),
            area_level: Some(base::AreaLevel::Community),
            refers_to: self.refers_to,
            clauses: Vec::new(),
            accepts: Vec::new(),
            personal: self.personal,
            prefill: None,
            fixed: false,
            feeds: None,
            new_page: false,
        }
    }
}

impl Register {
    /// Reads one register file and checks what can be checked within it.
    pub fn read(root: &Node, problems: &Problems) -> Option<(Self, Place)> {
        let register: Self = root.to_typed(problems)?;
        register.check(root, problems);
        Some((register, root.at.clone()))
    }

    /// The field of that id.
    pub fn find_field(&self, id: &str) -> Option<&RegisterField> {
        self.fields.iter().find(|field| field.id == id)
    }

    /// The field that says where a record lies: `area`, or else the first of kind `area`.
    pub fn area_field(&self) -> Option<&RegisterField> {
        let is_area = |field: &&RegisterField| field.kind == FieldKind::Area;
        self.find_field("area").filter(is_area).or_else(|| self.fields.iter().find(is_area))
    }

    /// The field that names a social organization, if a record is about one.
    pub fn organization_field(&self) -> Option<&RegisterField> {
        self.fields
            .iter()
            .find(|field| field.kind == FieldKind::Organization && field.refers_to == Some(Reference::Organization))
    }

    /// Its fields that belong to a record of `parent`.
    pub fn links_to(&self, parent: &str) -> impl Iterator<Item = (&RegisterField, &BelongsTo)> {
        let of = move |field: &'_ RegisterField| field.belongs_to.as_ref().is_some_and(|link| link.register == parent);
        self.fields.iter().filter(move |field| of(field)).filter_map(|field| Some((field, field.belongs_to.as_ref()?)))
    }

    /// Whether it has fields that hold files.
    pub fn takes_files(&self) -> bool {
        self.fields.iter().any(|field| field.kind == FieldKind::File)
    }

    /// The fields the public may see.
    pub fn public_fields(&self) -> impl Iterator<Item = &RegisterField> {
        self.fields.iter().filter(|field| self.public && field.public && !field.is_personal())
    }

    /// Its fields as facts, `incubation-bases.state`; fields that conditions cannot compare have none.
    pub fn facts(
        &self,
        at: &Place,
        lists: &BTreeMap<String, CodeList>,
        desks: &BTreeMap<String, String>,
    ) -> Vec<FactDef> {
        let entered = self.enters.iter().map(|desk| desks.get(desk.as_str()).map_or(desk.as_str(), String::as_str));
        let supplier = entered.collect::<Vec<_>>().join("、");
        let fact = |field: &RegisterField| {
            let own = field.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone()));
            let words = lists.get(&field.list).map_or_else(|| own.collect(), CodeList::words);
            Some(FactDef {
                name: format!("{}.{}", self.id, field.id),
                title: format!("{}·{}", self.name, field.label),
                kind: field.kind.compared()?,
                note: field.help.clone(),
                supplier: if supplier.is_empty() { "办件".to_owned() } else { supplier.clone() },
                subject: Some(Subject::Register(self.id.clone())),
                unit: field.unit.clone(),
                max: None,
                supply: Supply::Platform,
                words,
                fixed: false,
                public: self.public && field.public,
                at: at.clone(),
            })
        };
        self.fields.iter().filter(|field| !field.is_personal()).filter_map(fact).collect()
    }
}
