//! Checks of the steps: everything can be reached, everything can be left, every join is fed, every ending is led to.
use std::collections::BTreeSet;

use authority::Verb;

use super::Checking;
use crate::matter::{EndingId, EndingKind, Expiry, FieldKind, Given, Move, Next, Seat, SlotPlace, Step, StepId};

impl Checking<'_> {
    pub(super) fn flow(&self) {
        let reached = self.reached();
        let leaving = self.leaving();
        for id in &self.matter.first {
            self.step_known(&["first"], id);
        }
        if self.matter.first.is_empty() {
            self.error(&["first"], "没有第一个环节", "请写 first");
        }
        for step in &self.matter.steps {
            let path = ["steps", step.id.as_str()];
            if !reached.contains(&step.id) {
                self.error(&path, format!("没有通路到达环节“{}”", step.name), "请在别处 open 或 join 它，或删去");
            }
            if !leaving.contains(&step.id) {
                self.error(&path, format!("环节“{}”出不去，到不了任何办理结果", step.name), "请补上通向结果的操作");
            }
            self.step(step);
            for (number, offered) in step.moves.iter().enumerate() {
                self.offered(step, number, offered);
            }
        }
        self.endings();
        for slot in &self.matter.slots {
            let path = ["slots", slot.id.as_str()];
            match &slot.place {
                SlotPlace::Beside(id) | SlotPlace::Before(id) => self.step_known(&path, id),
            }
        }
    }

    fn step_known(&self, path: &[&str], id: &StepId) {
        if self.matter.find_step(id).is_none() {
            self.error(path, format!("没有名为“{id}”的环节"), "请核对环节的 id");
        }
    }

    /// Steps that can open.
    fn reached(&self) -> BTreeSet<StepId> {
        let mut reached = BTreeSet::new();
        let mut waiting: Vec<StepId> = self.matter.first.clone();
        while let Some(id) = waiting.pop() {
            if !reached.insert(id.clone()) {
                continue;
            }
            let moves = self.matter.find_step(&id).map_or(&[][..], |step| &step.moves);
            waiting.extend(moves.iter().flat_map(|offered| next_steps(&offered.then)).cloned());
        }
        reached
    }

    /// Steps from which an ending can be reached.
    fn leaving(&self) -> BTreeSet<StepId> {
        let mut leaving: BTreeSet<StepId> = BTreeSet::new();
        loop {
            let leaves = |step: &&Step| {
                step.moves.iter().any(|offered| {
                    matches!(offered.then, Next::End(_)) && offered.verb != Verb::Withdraw
                        || next_steps(&offered.then).iter().any(|next| leaving.contains(next))
                })
            };
            let more: Vec<StepId> = self
                .matter
                .steps
                .iter()
                .filter(|step| !leaving.contains(&step.id))
                .filter(leaves)
                .map(|s| s.id.clone())
                .collect();
            if more.is_empty() {
                return leaving;
            }
            leaving.extend(more);
        }
    }

    fn step(&self, step: &Step) {
        let path = ["steps", step.id.as_str()];
        self.desk(&path, step.desk.as_str());
        if let Seat::Answer(field) = &step.at {
            self.field_of(&path, field, &[FieldKind::Organization]);
        }
        for other in &step.distinct_from {
            self.step_known(&path, other);
        }
        for section in &step.fills {
            match self.matter.find_section(section) {
                None => self.error(&path, format!("没有名为“{section}”的分区"), "请核对分区的 id"),
                Some(section) if section.by != step.desk => {
                    self.error(&path, format!("分区“{}”由另一岗位填写", section.title), "请让 by 与本环节的 desk 相同");
                }
                Some(_) => {}
            }
        }
        if step.when.is_some()
            && !step.moves.iter().any(|offered| matches!(offered.then, Next::Open(_) | Next::Join(_)))
        {
            self.error(&path, format!("环节“{}”有 when，跳过之后没有去处", step.name), "请给它一个 open 或 join");
        }
        if step.when.is_none() && !step.otherwise.is_empty() {
            self.error(
                &path,
                format!("环节“{}”没有 when，otherwise 永远用不到", step.name),
                "请补上 when，或删去 otherwise",
            );
        }
        if step.otherwise.iter().rev().skip(1).any(|said| said.when.is_none()) {
            self.error(
                &path,
                format!("环节“{}”的 otherwise 里，没有 when 的一句后面还有别的", step.name),
                "请把没有 when 的一句放在最后",
            );
        }
        if let Some(notice) = &step.notice {
            self.public(&path, &notice.shows, &notice.title);
            if step.offers(Verb::Lapse).next().is_none() {
                self.error(&path, format!("环节“{}”公示期满后没有去处", step.name), "请加一个 verb = \"lapse\" 的操作");
            }
        }
        for point in &step.points {
            for target in &point.look_at {
                let known = self.matter.find_field(&target.as_str().into()).is_some()
                    || self.matter.find_material(&target.as_str().into()).is_some();
                if !known {
                    self.error(&path, format!("审查要点“{}”要看的“{target}”不存在", point.text), "请核对 look_at");
                }
            }
        }
        if step.limit.as_ref().is_some_and(|limit| limit.on_expiry == Expiry::DeemedAccepted)
            && step.offers(Verb::Accept).next().is_none()
        {
            self.error(&path, "期满视为受理，却没有受理操作", "请加一个 verb = \"accept\" 的操作");
        }
    }

    fn offered(&self, step: &Step, number: usize, offered: &Move) {
        let text = number.to_string();
        let path = ["steps", step.id.as_str(), "moves", text.as_str()];
        let words = offered.words();
        let stays = offered.then == Next::Stay;
        let twice = step.moves.iter().take(number).any(|other| other.verb == offered.verb && other.when.is_none());
        let extends = step.limit.iter().chain(&self.matter.limit).any(|limit| limit.extension.is_some());
        let suspends = step.limit.iter().chain(&self.matter.limit).any(|limit| !limit.suspended_by.is_empty());
        let returns = offered.verb == Verb::Return;
        let rules = [
            (
                !offered.verb.moves_case() || matches!(offered.verb, Verb::Claim | Verb::Release),
                "这个 verb 不是环节的操作",
            ),
            (twice, "前面已有同样的 verb，而且没有 when 区分，这一项永远不会用到"),
            (returns && !stays, "退回补正要写 then = \"stay\""),
            (returns && !offered.needs.contains(&Given::Corrections), "退回补正的 needs 要有 corrections"),
            (returns && offered.correction.is_none(), "退回补正要写 correction（申请人的期限）"),
            (!returns && offered.correction.is_some(), "只有 return 有 correction"),
            (
                matches!(offered.verb, Verb::Suspend | Verb::Resume | Verb::Extend) && !stays,
                "中止、恢复、延长要写 then = \"stay\"",
            ),
            (offered.verb == Verb::Extend && !extends, "没有期限规定了 extension，不能延长"),
            (offered.verb == Verb::Suspend && !suspends, "没有期限规定了 suspended_by，不能中止"),
            (
                offered.verb == Verb::Transfer && stays && !offered.needs.contains(&Given::Recipient),
                "移送的 needs 要有 recipient",
            ),
            (offered.needs.contains(&Given::Points) && step.points.is_empty(), "要逐项审查结论，却没有 points"),
            (offered.needs.contains(&Given::Form) && step.fills.is_empty(), "要填表单，却没有 fills"),
        ];
        for (_, message) in rules.iter().filter(|(wrong, _)| *wrong) {
            self.error(&path, format!("操作“{words}”：{message}"), "请对照 docs/matter-format.md");
        }
        for next in next_steps(&offered.then) {
            self.step_known(&path, next);
        }
        if let Next::Open(steps) = &offered.then {
            if steps.is_empty() {
                self.error(&path, format!("操作“{words}”没有打开任何环节"), "请写环节的 id");
            }
            for target in steps.iter().filter(|target| self.joined_from(steps, target)) {
                self.error(&path, format!("“{target}”既并行打开，又等待同时打开的环节汇合"), "请从 open 里去掉它");
            }
        }
        if let Next::End(id) = &offered.then
            && self.matter.find_ending(id).is_none()
        {
            self.error(&path, format!("没有名为“{id}”的办理结果"), "请核对 endings");
        }
    }

    /// Whether one of `steps` joins `target` directly: then opening both at once would open the target twice.
    fn joined_from(&self, steps: &[StepId], target: &StepId) -> bool {
        let others = steps.iter().filter(|step| *step != target).filter_map(|step| self.matter.find_step(step));
        others.into_iter().any(|step| step.moves.iter().any(|offered| offered.then == Next::Join(target.clone())))
    }

    /// Endings are led to, and the ones an expiry needs exist.
    fn endings(&self) {
        let steps = &self.matter.steps;
        let ended: BTreeSet<&EndingId> = steps
            .iter()
            .flat_map(|step| &step.moves)
            .filter_map(|offered| if let Next::End(id) = &offered.then { Some(id) } else { None })
            .collect();
        let withdraws = self.matter.limits().any(|limit| limit.on_expiry == Expiry::Withdrawn);
        let fallback = self.matter.ending_of_kind(EndingKind::Withdrawn).map(|ending| &ending.id);
        if withdraws && fallback.is_none() {
            self.error(&["endings"], "期满视为撤回，却没有 kind = \"withdrawn\" 的办理结果", "请补上");
        }
        for ending in &self.matter.endings {
            let led = ended.contains(&ending.id) || (withdraws && fallback == Some(&ending.id));
            if !led {
                self.error(
                    &["endings", ending.id.as_str()],
                    format!("没有操作通向“{}”", ending.name),
                    "请让某个操作以它结束，或删去",
                );
            }
        }
    }
}

/// The steps a `then` names.
fn next_steps(next: &Next) -> &[StepId] {
    match next {
        Next::Open(steps) => steps,
        Next::Join(step) => std::slice::from_ref(step),
        Next::Stay | Next::End(_) => &[],
    }
}
