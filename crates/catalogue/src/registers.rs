//! Registers (名册): record sets the policies ask for (expert pool 专家库, project pool 项目库, show points…), declared as data.
use std::collections::BTreeMap;

use authority::DeskId;
use serde::{Deserialize, Serialize};

use crate::facts::{FactDef, Supply};
use crate::lists::CodeList;
use crate::matter::{Choice, FieldKind, Reference};
use crate::problem::{Place, Problems};
use crate::subject::Subject;
use crate::tree::Node;

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
}

impl RegisterField {
    /// Whether it holds personal data, declared or by its kind.
    pub fn is_personal(&self) -> bool {
        self.personal || matches!(self.kind, FieldKind::Person | FieldKind::IdNumber | FieldKind::Phone)
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

    fn check(&self, root: &Node, problems: &Problems) {
        let columns =
            [("title_field", std::slice::from_ref(&self.title_field)), ("list", &self.list), ("filter", &self.filter)];
        for (key, names) in columns {
            for name in names.iter().filter(|name| self.find_field(name).is_none()) {
                let help = crate::condition::suggest(name, self.fields.iter().map(|field| field.id.as_str()));
                problems.error(root.place_of(&[key]), format!("{key} 里的“{name}”不是这个名册的字段"), help);
            }
        }
        if self.enters.is_empty() && self.written_by.is_empty() {
            let message = format!("名册“{}”没有人能录入", self.name);
            problems.error(&root.at, message, "请写 enters（岗位）或 written_by（事项）");
        }
        for (index, field) in self.fields.iter().enumerate() {
            let at = root.place_of(&["field", &field.id]);
            if self.fields[..index].iter().any(|other| other.id == field.id) {
                problems.error(at, format!("字段“{}”重复", field.id), "请换一个 id");
            }
            if field.public && field.is_personal() {
                let message = format!("“{}”是个人信息，不能公开", field.label);
                problems.error(at, message, "请去掉 public = true");
            }
            let chosen = matches!(field.kind, FieldKind::Choice | FieldKind::MultiChoice);
            if chosen == (field.choices.is_empty() && field.list.is_empty()) {
                let message = format!("“{}”的选项与类型不符", field.label);
                problems.error(at, message, "choice、multi_choice 须有 choices 或 list，其他类型不能有");
            }
        }
    }
}
