//! Checking a loaded catalogue as a whole: what no single file can know.
use std::collections::BTreeSet;

use base::{AreaCode, Date};

use crate::answers::FormAnswers;
use crate::catalogue::Catalogue;
use crate::condition::{Condition, Scope, suggest};
use crate::matter::Known;
use crate::problem::Problems;
use crate::resolved::{each_table, used_params};
use crate::tree::{Data, Node};

impl Catalogue {
    pub(crate) fn check(&self, problems: &Problems) {
        self.check_rules(problems);
        self.check_registers(problems);
        self.check_duties(problems);
        self.check_rivals(problems);
        self.check_overlay_targets(problems);
        self.check_guides(problems);
        self.check_indicators(problems);
        self.check_plans(problems);
        for id in self.matters.keys() {
            self.check_matter(id, problems);
        }
    }

    fn check_rules(&self, problems: &Problems) {
        for rule in self.rules.values() {
            rule.check(&self.scope(), problems);
            if let Some(opens) = rule.finding.opens.as_ref().filter(|id| !self.matters.contains_key(*id)) {
                problems.error(&rule.at, format!("没有名为“{opens}”的事项"), suggest(opens, self.matter_ids()));
            }
        }
    }

    fn check_registers(&self, problems: &Problems) {
        for (register, at) in self.registers.values() {
            for id in register.written_by.iter().filter(|id| !self.matters.contains_key(*id)) {
                problems.error(at, format!("没有名为“{id}”的事项"), suggest(id, self.matter_ids()));
            }
            for desk in &register.enters {
                self.check_desk(desk.as_str(), at, problems);
            }
            register.check_within(self, at, problems);
        }
    }

    fn check_duties(&self, problems: &Problems) {
        let at = crate::Place::new("duties.toml", 0);
        for duty in self.duties.values() {
            self.check_desk(duty.desk.as_str(), &at, problems);
        }
    }

    /// Desks are only checked where `desks.toml` declares them.
    fn check_desk(&self, desk: &str, at: &crate::Place, problems: &Problems) {
        if !self.desks.is_empty() && !self.desks.contains_key(desk) {
            let help = suggest(desk, self.desks.keys().map(String::as_str));
            problems.error(at, format!("没有名为“{desk}”的岗位"), help);
        }
    }

    /// Two packs of one area that set the same thing, neither declared after the other.
    fn check_rivals(&self, problems: &Problems) {
        for (first, second) in self.packs.rivals() {
            let keys: BTreeSet<_> = self.overlays_of(&first.id).map(crate::Overlay::key).collect();
            for overlay in self.overlays_of(&second.id).filter(|overlay| keys.contains(&overlay.key())) {
                let message = format!("政策包“{}”和“{}”都改了 {}", first.id, second.id, overlay.key());
                problems.error(&overlay.at, message, "请在其中一个 pack.toml 写 after");
            }
            for name in self.params.names() {
                let of = |pack: &str| self.params.set_by(name).find(|(by, _)| *by == pack).and_then(|(_, v)| v.first());
                if let (Some(_), Some(value)) = (of(&first.id), of(&second.id)) {
                    let message = format!("政策包“{}”和“{}”都设了参数 {name}", first.id, second.id);
                    problems.error(&value.at, message, "请在其中一个 pack.toml 写 after");
                }
            }
        }
    }

    fn overlays_of(&self, pack: &str) -> impl Iterator<Item = &crate::Overlay> {
        self.overlays.iter().filter(move |(from, _)| from == pack).map(|(_, overlay)| overlay)
    }

    fn check_overlay_targets(&self, problems: &Problems) {
        for (pack, overlay) in &self.overlays {
            match self.matters.get(&overlay.matter) {
                None => {
                    let help = suggest(&overlay.matter, self.matter_ids());
                    problems.error(&overlay.at, format!("没有名为“{}”的事项", overlay.matter), help);
                }
                Some(file) if file.pack == *pack => {
                    problems.error(&overlay.at, "事项就在这个政策包里，不必叠加", "请直接修改事项文件");
                }
                Some(_) => {}
            }
        }
    }

    /// A matter must resolve for its own pack and for every pack that overlays it, on every day something changes.
    fn check_matter(&self, id: &str, problems: &Problems) {
        let Some(file) = self.matters.get(id) else { return };
        let overlaid = self.packs.iter().filter(|pack| {
            pack.id == file.pack || self.overlays.iter().any(|(from, overlay)| *from == pack.id && overlay.matter == id)
        });
        for pack in overlaid {
            let mut ancestry: Vec<AreaCode> = pack.area.ancestry();
            ancestry.push(AreaCode::nation());
            let ids: Vec<&str> = self.packs.applying(&ancestry).into_iter().map(|pack| pack.id.as_str()).collect();
            let days = self.days_of_change(id);
            for day in &days {
                match self.resolve_with(id, &ids, *day) {
                    Ok(resolved) => {
                        if Some(day) == days.last() {
                            self.check_tree(resolved.root(), problems);
                            self.check_params_hold(&ids, *day, resolved.root(), problems);
                            resolved.matter.check(resolved.root(), &resolved.params, &self.known(), problems);
                        }
                    }
                    Err(found) => found.into_iter().for_each(|problem| problems.push(problem)),
                }
            }
        }
    }

    /// What a matter may name besides its own parts.
    fn known(&self) -> Known<'_> {
        Known {
            desks: self.desks.keys().map(String::as_str).collect(),
            matters: self.matter_ids().collect(),
            registers: self.registers.keys().map(String::as_str).collect(),
        }
    }

    /// The first days of everything, and one day when all of it holds.
    fn days_of_change(&self, id: &str) -> Vec<Date> {
        let mut days: BTreeSet<Date> = BTreeSet::new();
        for (_, overlay) in self.overlays.iter().filter(|(_, overlay)| overlay.matter == id) {
            days.extend(overlay.from);
        }
        let values = self.params.names().flat_map(|name| self.params.set_by(name)).flat_map(|(_, values)| values);
        // Parameters that ended are not missing on the last day: it is the last day on which one begins.
        days.extend(values.map(|value| value.from).max());
        if days.is_empty() {
            days.insert(Date::constant(2000, 1, 1));
        }
        days.into_iter().collect()
    }

    /// Conditions and parameter names anywhere in the tree, each at its own line.
    fn check_tree(&self, root: &Node, problems: &Problems) {
        let answers = FormAnswers::of(root);
        let scope = Scope { answers: &answers, ..self.scope() };
        check_conditions(root, &scope, problems);
        each_table(root, &mut |table| {
            let Some(fact) = table.find("prefill") else { return };
            // A person is filled in part by part: `applicant` stands for `applicant.name`, `applicant.phone`...
            let knows = |name: &str| {
                let parts = format!("{name}.");
                self.words.find(name).is_some() || self.words.names().any(|known| known.starts_with(&parts))
            };
            if let Some(text) = fact.as_text().filter(|text| !knows(text)) {
                let help = suggest(text, self.words.names());
                problems.error(&fact.at, format!("prefill 没有名为“{text}”的事实"), help);
            }
        });
        each_table(root, &mut |table| {
            let Some(name) = table.find("param") else { return };
            if let Some(text) = name.as_text().filter(|text| self.params.find(text).is_none()) {
                let help = suggest(text, self.params.names());
                problems.error(&name.at, format!("没有名为“{text}”的参数"), help);
            }
        });
    }

    fn check_params_hold(&self, packs: &[&str], day: Date, root: &Node, problems: &Problems) {
        for name in used_params(root, &self.named) {
            if self.params.find(&name).is_some() && self.params.resolve(&name, packs, day).is_none() {
                let message = format!("参数“{name}”在 {day} 没有值，这个事项不能用");
                problems.error(&root.at, message, "请补上这一天有效的值");
            }
        }
    }
}

/// Finds conditions by their shape and checks them; the parts of a condition are not looked at twice.
fn check_conditions(node: &Node, scope: &Scope<'_>, problems: &Problems) {
    if is_condition(node) {
        if let Some(condition) = Condition::read(node, problems) {
            scope.check(&condition, problems);
        }
        return;
    }
    node.entries().iter().for_each(|(_, below)| check_conditions(below, scope, problems));
    node.items().iter().for_each(|item| check_conditions(item, scope, problems));
}

fn is_condition(node: &Node) -> bool {
    const TESTS: [&str; 10] = ["is", "is_not", "lt", "le", "gt", "ge", "in", "contains", "matches", "exists"];
    let has = |key: &str| node.find(key).is_some();
    matches!(node.data, Data::Table(_))
        && (["all", "any", "not", "named"].into_iter().any(has)
            || (["fact", "answer", "param", "today"].into_iter().any(has) && TESTS.into_iter().any(has)))
}
