//! The checker of one matter: whether it makes sense as a whole. What its conditions and parameters name is judged by the
//! catalogue's own checker, over the same tree.
mod flow;
mod form;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use super::{Effect, EndingKind, Field, FieldId, FieldKind, Item, Limit, Matter, Opener, TakenBy, TimeSpan};
use crate::params::Params;
use crate::problem::{Place, Problems};
use crate::tree::Node;

/// What exists besides the matter. An empty set means that nothing is known and nothing is judged.
#[derive(Clone, Debug, Default)]
pub struct Known<'a> {
    /// Desks.
    pub desks: BTreeSet<&'a str>,
    /// Matters.
    pub matters: BTreeSet<&'a str>,
    /// Registers.
    pub registers: BTreeSet<&'a str>,
}

/// A check under way.
struct Checking<'a> {
    matter: &'a Matter,
    root: &'a Node,
    params: &'a Params,
    known: &'a Known<'a>,
    problems: &'a Problems,
}

impl Matter {
    /// Reports everything that makes no sense, each at its line of `root`, the tree the matter was read from. `params` are the
    /// parameters that hold; without them limits that are parameters are not compared.
    pub fn check(&self, root: &Node, params: &Params, known: &Known<'_>, problems: &Problems) {
        let checking = Checking { matter: self, root, params, known, problems };
        checking.texts();
        checking.ids();
        checking.people();
        checking.form();
        checking.limits();
        checking.flow();
        checking.effects();
    }
}

impl<'a> Checking<'a> {
    fn at(&self, path: &[&str]) -> &'a Place {
        self.root.place_of(path)
    }

    fn error(&self, path: &[&str], message: impl Into<String>, help: &str) {
        self.problems.error(self.at(path), message, help);
    }

    /// Every text an applicant reads is there. `help` and the like may be left out, but nothing may be written blank.
    fn texts(&self) {
        for key in ["code", "name", "topic", "explain", "applicants", "guide", "basis"] {
            self.blank(self.root.find(key), key);
        }
        for (list, keys) in [("materials", ["name", "sample", "blank"]), ("steps", ["name", "explain", "desk"])] {
            for item in self.root.find(list).map_or(&[][..], Node::items) {
                for key in keys {
                    self.blank(item.find(key), key);
                }
            }
        }
        for (list, keys) in [("checks", ["message", "remedy", "clause"]), ("endings", ["name", "document", "document"])]
        {
            for item in self.root.find(list).map_or(&[][..], Node::items) {
                for key in keys {
                    self.blank(item.find(key), key);
                }
            }
        }
        for (key, empty) in [("basis", self.matter.basis.is_empty()), ("sections", self.matter.sections.is_empty())] {
            if empty {
                self.error(&[key], format!("“{key}”是空的"), "请至少写一项");
            }
        }
        for (key, empty) in [
            ("conditions", self.matter.guide.conditions.is_empty()),
            ("questions", self.matter.guide.questions.is_empty()),
        ] {
            if empty {
                self.error(&["guide", key], format!("办事指南的“{key}”是空的"), "请至少写一项；没有的写“无”");
            }
        }
    }

    /// Reports blank texts in a value, lists and tables included.
    fn blank(&self, node: Option<&Node>, key: &str) {
        let Some(node) = node else { return };
        if node.as_text().is_some_and(|text| text.trim().is_empty()) {
            self.problems.error(&node.at, format!("“{key}”是空的"), "请填写；没有的写“无”");
        }
        node.items().iter().for_each(|item| self.blank(Some(item), key));
        node.entries().iter().for_each(|(key, value)| self.blank(Some(value), &key.value));
    }

    /// Ids are unique among their like; fields across all sections, and no material is called like a field.
    fn ids(&self) {
        let fields = self.matter.fields().map(|field| field.id.as_str());
        let targets: Vec<&str> = fields.chain(self.matter.materials.iter().map(|one| one.id.as_str())).collect();
        self.unique("填报项、材料", &["sections"], &targets);
        let lists: [(&str, Vec<&str>); 6] = [
            ("sections", self.matter.sections.iter().map(|one| one.id.as_str()).collect()),
            ("materials", self.matter.materials.iter().map(|one| one.id.as_str()).collect()),
            ("checks", self.matter.checks.iter().map(|one| one.id.as_str()).collect()),
            ("steps", self.matter.steps.iter().map(|one| one.id.as_str()).collect()),
            ("endings", self.matter.endings.iter().map(|one| one.id.as_str()).collect()),
            ("slots", self.matter.slots.iter().map(|one| one.id.as_str()).collect()),
        ];
        for (key, ids) in &lists {
            self.unique(key, &[key], ids);
        }
        for step in &self.matter.steps {
            let points: Vec<&str> = step.points.iter().map(|point| point.id.as_str()).collect();
            self.unique("审查要点", &["steps", step.id.as_str(), "points"], &points);
        }
    }

    fn unique(&self, what: &str, path: &[&str], ids: &[&str]) {
        let mut seen = BTreeSet::new();
        for id in ids.iter().filter(|id| !seen.insert(**id)) {
            self.error(path, format!("{what}里“{id}”重复"), "请换一个 id");
        }
    }

    /// Who opens it and who takes it.
    fn people(&self) {
        let applicants = &self.matter.applicants;
        if applicants.who.is_empty() {
            self.error(&["applicants", "who"], "没有人可以申请", "请写明 who");
        }
        if applicants.who.contains(&Opener::Desk) == applicants.desks.is_empty() {
            self.error(&["applicants"], "who 里的 desk 与 desks 不一致", "由岗位启动的，请两处都写；否则都不写");
        }
        for desk in &applicants.desks {
            self.desk(&["applicants", "desks"], desk.as_str());
        }
        if let TakenBy::Answer(field) = &self.matter.taken_by {
            self.field_of(&["taken_by"], field, &[FieldKind::Area]);
        }
    }

    fn desk(&self, path: &[&str], desk: &str) {
        if !self.known.desks.is_empty() && !self.known.desks.contains(desk) {
            self.error(path, format!("没有名为“{desk}”的岗位"), "请核对 desks.toml");
        }
    }

    /// A field that must exist and be of one of these kinds (any kind if none is named).
    fn field_of(&self, path: &[&str], id: &FieldId, kinds: &[FieldKind]) -> Option<&'a Field> {
        let field = self.matter.find_field(id);
        match field {
            None => self.error(path, format!("表单里没有“{id}”"), "请核对填报项的 id"),
            Some(field) if !kinds.is_empty() && !kinds.contains(&field.kind) => {
                self.error(path, format!("填报项“{id}”的类型不合适"), "请换一个填报项，或改它的 kind");
            }
            Some(_) => {}
        }
        field
    }

    /// Fields shown to everybody: they exist and are not personal. A file's, group's or person's answer is no public text.
    fn public(&self, path: &[&str], fields: &[FieldId], title: &str) {
        let in_title = title.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(id, _)| FieldId::new(id));
        for id in fields.iter().cloned().chain(in_title) {
            if self.field_of(path, &id, &[]).is_some_and(Field::is_personal_anywhere) {
                self.error(path, format!("填报项“{id}”含个人信息，不能公开"), "请去掉，或公开不含个人信息的内容");
            }
        }
    }

    /// Promised limits are of the statutory one's unit and not longer; extensions name a desk that exists.
    fn limits(&self) {
        if let Some(limit) = &self.matter.limit {
            self.limit(&["limit"], limit);
            if matches!(limit.on_expiry, super::Expiry::DeemedAccepted | super::Expiry::Withdrawn) {
                self.error(&["limit", "on_expiry"], "整件的期限届满只能标为超期或上报", "请写 overdue 或 escalate");
            }
        }
        for step in &self.matter.steps {
            if let Some(limit) = &step.limit {
                self.limit(&["steps", step.id.as_str(), "limit"], limit);
            }
            for (number, offered) in step.moves.iter().enumerate() {
                if let Some(limit) = &offered.correction {
                    self.limit(&["steps", step.id.as_str(), "moves", &number.to_string(), "correction"], limit);
                }
            }
        }
    }

    fn limit(&self, path: &[&str], limit: &Limit) {
        let days = |span: &TimeSpan| match span.amount() {
            super::Amount::Number(number) => Some(*number),
            super::Amount::Param(reference) => self.params.int(&reference.param),
        };
        if days(&limit.statutory).is_some_and(|days| days < 0) {
            self.error(path, "期限不能是负数", "请改正");
        }
        if let Some(promised) = &limit.promised {
            if promised.unit() != limit.statutory.unit() {
                self.error(path, "承诺时限与法定时限的单位不同", "请用同一单位");
            } else if let (Some(short), Some(long)) = (days(promised), days(&limit.statutory))
                && short > long
            {
                self.error(path, format!("承诺时限 {short} 超过法定时限 {long}"), "请缩短承诺时限");
            }
        }
        if let Some(extension) = &limit.extension {
            self.desk(path, extension.by.as_str());
        }
    }

    /// What the effects name exists.
    fn effects(&self) {
        for step in &self.matter.steps {
            for (number, offered) in step.moves.iter().enumerate() {
                let number = number.to_string();
                self.effects_of(&["steps", step.id.as_str(), "moves", &number, "effects"], &offered.effects);
            }
        }
        for ending in &self.matter.endings {
            self.effects_of(&["endings", ending.id.as_str(), "effects"], &ending.effects);
            if ending.kind == EndingKind::Granted && ending.document.trim().is_empty() {
                self.error(&["endings", ending.id.as_str()], "准予的结果没有文书", "请写文书名称，或“无”");
            }
        }
    }

    fn effects_of(&self, path: &[&str], effects: &[Effect]) {
        for effect in effects {
            match effect {
                Effect::ReserveName { field, .. } | Effect::ReleaseName { field } => {
                    self.field_of(path, field, &[FieldKind::Name]);
                }
                Effect::RecordReport { year } => {
                    self.field_of(path, year, &[FieldKind::Year]);
                }
                Effect::RecordMoney { field, .. } => {
                    self.field_of(path, field, &[FieldKind::Money]);
                }
                Effect::RecordRating { grade, .. } => {
                    self.field_of(path, grade, &[FieldKind::Choice]);
                }
                Effect::PublishNotice { title, shows } => self.public(path, shows, title),
                Effect::Notify { who: super::Audience::Desk(desk), .. } => self.desk(path, desk.as_str()),
                Effect::CreateOrganization => self.feeds(path, &[Item::Name]),
                Effect::AmendItems { items } => self.feeds(path, items),
                Effect::OpenMatter { matter } => self.other_matter(path, matter.as_str()),
                Effect::EnterRegister { register, fields } => {
                    self.register(path, register);
                    for field in fields {
                        self.field_of(path, field, &[]);
                    }
                }
                Effect::LeaveRegister { register } => self.register(path, register),
                _ => {}
            }
        }
    }

    fn other_matter(&self, path: &[&str], matter: &str) {
        if !self.known.matters.is_empty() && !self.known.matters.contains(matter) {
            self.error(path, format!("没有名为“{matter}”的事项"), "请核对事项的 id");
        }
    }

    fn register(&self, path: &[&str], register: &str) {
        if !self.known.registers.is_empty() && !self.known.registers.contains(register) {
            self.error(path, format!("没有名为“{register}”的名册"), "请核对名册的 id");
        }
    }

    /// Some field feeds each of these items.
    fn feeds(&self, path: &[&str], items: &[Item]) {
        for item in items.iter().filter(|item| !self.matter.fields().any(|field| field.feeds == Some(**item))) {
            self.error(path, format!("没有填报项写明 feeds = {item:?}"), "请在表单里标明这一登记事项由哪一项填报");
        }
    }
}
