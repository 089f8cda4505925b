//! Checks of the form: each field has what its kind needs and nothing that its kind cannot use.
use super::Checking;
use crate::matter::{Field, FieldKind, Section};

impl Checking<'_> {
    pub(super) fn form(&self) {
        for section in &self.matter.sections {
            let path = ["sections", section.id.as_str()];
            self.desk(&path, section.by.as_str());
            if section.fields.is_empty() {
                self.error(&path, format!("分区“{}”没有填报项", section.title), "请补上，或删去这一分区");
            }
            let opens = self.matter.applicants.desks.contains(&section.by);
            let filled = self.matter.steps.iter().any(|step| step.fills.contains(&section.id));
            if !section.by.is_applicant() && !opens && !filled {
                self.error(&path, format!("没有环节填写分区“{}”", section.title), "请在某个环节写 fills");
            }
            for field in &section.fields {
                self.field(section, field);
            }
        }
        for check in &self.matter.checks {
            let path = ["checks", check.id.as_str()];
            if check.at.is_empty() {
                self.error(&path, format!("校验“{}”没有时点", check.id), "请写 at = [\"submit\"] 等");
            }
            if let Some(field) = &check.field {
                self.field_of(&path, field, &[]);
            }
        }
    }

    fn field(&self, section: &Section, field: &Field) {
        let path = ["sections", section.id.as_str(), "fields", field.id.as_str()];
        self.kind(&path, field);
        if field.kind == FieldKind::Group {
            let columns: Vec<&str> = field.fields.iter().map(|column| column.id.as_str()).collect();
            self.unique("表格的列", &path, &columns);
            for column in &field.fields {
                if matches!(column.kind, FieldKind::Group | FieldKind::Charter | FieldKind::Declaration) {
                    self.error(&path, format!("列“{}”的类型不能放在表格里", column.label), "请换一种类型");
                }
                self.kind(&path, column);
            }
        }
    }

    fn kind(&self, path: &[&str], field: &Field) {
        use FieldKind as K;
        let kind = field.kind;
        let label = &field.label;
        if label.trim().is_empty() {
            self.error(path, format!("填报项“{}”没有标签", field.id), "请写 label");
        }
        let chooses = matches!(kind, K::Choice | K::MultiChoice);
        let rules = [
            (chooses && field.choices.is_empty(), "选项要写 choices 或 list 其中之一"),
            (!chooses && (!field.choices.is_empty() || field.list.is_some()), "只有 choice、multi_choice 有选项"),
            ((kind == K::Group) == field.fields.is_empty(), "group 要有列（fields），别的类型没有列"),
            (kind != K::Person && !field.parts.is_empty(), "只有 person 有 parts"),
            (kind == K::Person && field.inputs() > Section::INPUTS_PER_PAGE, "person 一次最多问五项，请分成两个填报项"),
            (kind == K::Charter && field.clauses.is_empty(), "charter 要有 clauses"),
            (kind != K::Charter && !field.clauses.is_empty(), "只有 charter 有 clauses"),
            (kind == K::Organization && field.refers_to.is_none(), "organization 要写 refers_to"),
            (kind != K::Organization && field.refers_to.is_some(), "只有 organization 有 refers_to"),
            (kind != K::Area && field.area_level.is_some(), "只有 area 有 area_level"),
            (kind != K::File && !field.accepts.is_empty(), "只有 file 有 accepts"),
            (field.fixed && field.prefill.is_none(), "fixed 要和 prefill 一起写"),
            (
                (field.min.is_some() || field.max.is_some())
                    && matches!(
                        kind,
                        K::YesNo
                            | K::Choice
                            | K::Area
                            | K::Person
                            | K::Organization
                            | K::Charter
                            | K::Declaration
                            | K::Phone
                            | K::Email
                            | K::Website
                            | K::IdNumber
                            | K::CreditCode
                    ),
                "这种类型没有 min、max",
            ),
        ];
        for (_, message) in rules.iter().filter(|(wrong, _)| *wrong) {
            self.error(path, format!("填报项“{label}”：{message}"), "请对照 docs/matter-format.md");
        }
        let values: Vec<&str> = field.choices.iter().map(|choice| choice.value.as_str()).collect();
        self.unique("选项", path, &values);
    }
}

impl Field {
    /// Whether it or one of its columns is personal.
    pub(super) fn is_personal_anywhere(&self) -> bool {
        self.is_personal() || self.fields.iter().any(Self::is_personal)
    }
}
