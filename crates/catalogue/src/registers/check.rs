//! What the checker says about a register: within its file, and against the rest of the catalogue.
use super::{Days, Register, RegisterField, Source};
use crate::catalogue::Catalogue;
use crate::condition::suggest;
use crate::matter::FieldKind;
use crate::problem::{Place, Problems};
use crate::tree::Node;

/// Where a field is named, its name, what it must be (nothing: anything), and whether one is.
type Named<'r> = (&'r [&'r str], &'r str, &'static str, fn(&RegisterField) -> bool);

impl Register {
    pub(super) fn check(&self, root: &Node, problems: &Problems) {
        if self.enters.is_empty() && self.written_by.is_empty() {
            let message = format!("名册“{}”没有人能录入", self.name);
            problems.error(&root.at, message, "请写 enters（岗位）或 written_by（事项）");
        }
        self.check_names(root, problems);
        self.check_course(root, problems);
        for (index, field) in self.fields.iter().enumerate() {
            let at = root.place_of(&["field", &field.id]);
            if self.fields[..index].iter().any(|other| other.id == field.id) {
                problems.error(at, format!("字段“{}”重复", field.id), "请换一个 id");
            }
            self.check_field(field, at, problems);
        }
    }

    /// Every key that names fields names fields of this register, of the right kind.
    fn check_names(&self, root: &Node, problems: &Problems) {
        let any: fn(&RegisterField) -> bool = |_| true;
        let is_date: fn(&RegisterField) -> bool = |field| field.kind == FieldKind::Date;
        let is_choice: fn(&RegisterField) -> bool = |field| field.kind == FieldKind::Choice;
        let mut named: Vec<Named<'_>> = Vec::new();
        let lists: [(&[&str], &[String]); 4] = [
            (&["title_field"], std::slice::from_ref(&self.title_field)),
            (&["list"], &self.list),
            (&["filter"], &self.filter),
            (&["unique"], &self.unique),
        ];
        for (key, names) in lists {
            named.extend(names.iter().map(|name| (key, name.as_str(), "", any)));
        }
        named.extend(self.since.iter().map(|name| (&["since"][..], name.as_str(), "日期", is_date)));
        named.extend(self.until.iter().map(|name| (&["until"][..], name.as_str(), "日期", is_date)));
        if let Some(course) = &self.course {
            named.push((&["state", "field"], &course.field, "单选", is_choice));
            named.extend(course.due.iter().map(|name| (&["state", "due"][..], name.as_str(), "日期", is_date)));
        }
        for remind in &self.remind {
            named.push((&["remind"], &remind.field, "日期", is_date));
            named.extend(remind.desk.iter().map(|name| (&["remind"][..], name.as_str(), "单选", is_choice)));
        }
        if let Some(per) = self.coverage.as_ref().and_then(|coverage| coverage.per.as_ref()) {
            named.push((&["coverage", "per"], per, "单选", is_choice));
        }
        for (key, name, kind, fits) in named {
            match self.find_field(name) {
                None => {
                    let help = suggest(name, self.fields.iter().map(|field| field.id.as_str()));
                    problems.error(
                        root.place_of(key),
                        format!("{} 里的“{name}”不是这个名册的字段", key.join(".")),
                        help,
                    );
                }
                Some(field) if !fits(field) => {
                    let message = format!("{} 里的“{name}”不是{kind}字段", key.join("."));
                    problems.error(root.place_of(key), message, format!("请指定一个{kind}字段"));
                }
                Some(_) => {}
            }
        }
        if self.coverage.is_some() && self.area_field().is_none() {
            let message = "coverage 要按地区看，这个名册没有地区字段";
            problems.error(root.place_of(&["coverage"]), message, "请加一个 kind = \"area\" 的字段");
        }
    }

    /// The states named are choices of the state field. Choices from elsewhere are not known yet.
    fn check_course(&self, root: &Node, problems: &Problems) {
        let Some(course) = &self.course else { return };
        let Some(field) = self.find_field(&course.field).filter(|field| !field.choices.is_empty()) else { return };
        let states = std::iter::once(&course.first)
            .chain(&course.closed)
            .chain(course.moves.keys())
            .chain(course.moves.values().flatten());
        for state in states.filter(|state| !field.choices.iter().any(|choice| choice.value == **state)) {
            let help = suggest(state, field.choices.iter().map(|choice| choice.value.as_str()));
            problems.error(root.place_of(&["state"]), format!("“{state}”不是“{}”的选项", field.label), help);
        }
    }

    fn check_field(&self, field: &RegisterField, at: &Place, problems: &Problems) {
        if field.public && field.is_personal() {
            let message = format!("“{}”是个人信息，不能公开", field.label);
            problems.error(at, message, "请去掉 public = true");
        }
        let chosen = matches!(field.kind, FieldKind::Choice | FieldKind::MultiChoice);
        // Facts of areas come besides the choices written.
        let found = field.choices_from.is_some_and(|from| from != Source::AreaFacts || field.choices.is_empty());
        let sources = [!field.choices.is_empty(), !field.list.is_empty(), found];
        let given = sources.iter().filter(|given| **given).count();
        if chosen != (given == 1) || given > 1 {
            let message = format!("“{}”的选项与类型不符", field.label);
            let help = "choice、multi_choice 须有 choices、list、choices_from 之一，其他类型不能有";
            problems.error(at, message, help);
        }
        if matches!(field.kind, FieldKind::Group | FieldKind::Charter | FieldKind::Declaration | FieldKind::Name) {
            let message = format!("名册字段“{}”不能用这个类型", field.label);
            problems.error(at, message, "表格、章程、声明、名称查重只在事项的表单里用");
        }
        if let Some(link) = &field.belongs_to {
            if field.kind != FieldKind::Text {
                let message = format!("“{}”指向另一个名册的记录，类型应为 text", field.label);
                problems.error(at, message, "请写 kind = \"text\"");
            }
            for own in link.sets.values().filter(|own| self.find_field(own).is_none()) {
                let help = suggest(own, self.fields.iter().map(|field| field.id.as_str()));
                problems.error(at, format!("belongs_to.sets 里的“{own}”不是这个名册的字段"), help);
            }
        }
    }

    /// Against the rest: desks, matters, parameters, the registers that records belong to.
    pub(crate) fn check_within(&self, catalogue: &Catalogue, at: &Place, problems: &Problems) {
        for remind in &self.remind {
            if let Days::Param { param } = &remind.days_before
                && !catalogue.param_book().names().any(|name| name == param)
            {
                let help = suggest(param, catalogue.param_book().names());
                problems.error(at, format!("remind 里没有名为“{param}”的参数"), help);
            }
        }
        for field in &self.fields {
            let Some(link) = &field.belongs_to else { continue };
            let Some(parent) = catalogue.find_register(&link.register) else {
                let help = suggest(&link.register, catalogue.registers().map(|register| register.id.as_str()));
                problems.error(at, format!("“{}”属于没有声明的名册“{}”", field.label, link.register), help);
                continue;
            };
            for name in link.desk.iter().chain(link.sets.keys()).filter(|name| parent.find_field(name).is_none()) {
                let help = suggest(name, parent.fields.iter().map(|field| field.id.as_str()));
                problems.error(at, format!("“{name}”不是名册“{}”的字段", parent.name), help);
            }
            for (theirs, own) in &link.sets {
                if let (Some(theirs), Some(own)) = (parent.find_field(theirs), self.find_field(own))
                    && theirs.kind != own.kind
                {
                    let message = format!("“{}”写到“{}”，两者类型不同", own.label, theirs.label);
                    problems.error(at, message, "请让两个字段的 kind 相同");
                }
            }
        }
    }
}
