//! Checking plans and indicators: unknown clauses and facts, wrong units, targets two plans set, stages out of order.
use std::collections::{BTreeMap, BTreeSet};

use base::Date;

use super::Fraction;
use super::indicator::{Bar, Formula, Gates, Groups, Indicator, Measure, Part, Span, Take};
use super::plan::{Adjustment, Aim, Plan, Target, Task, Worth};
use crate::catalogue::Catalogue;
use crate::condition::suggest;
use crate::facts::{FactDef, Supply};
use crate::pack::PackLevel;
use crate::params::Unit;
use crate::problem::{Citation, Located, Place, Problems};
use crate::subject::Subject;
use crate::value::{Kind, Value};

impl Catalogue {
    /// The indicators, by id.
    pub fn indicators(&self) -> impl Iterator<Item = &Indicator> {
        self.indicators.values()
    }

    /// The indicator of that id.
    pub fn find_indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.get(id)
    }

    /// The plans, by id.
    pub fn plans(&self) -> impl Iterator<Item = &Plan> {
        self.plans.values()
    }

    /// The plan of that id.
    pub fn find_plan(&self, id: &str) -> Option<&Plan> {
        self.plans.get(id)
    }

    /// The facts a part needs that nobody supplies yet: why it says 暂无数据, and whom to ask.
    pub fn unsupplied(&self, part: &Part) -> Vec<&FactDef> {
        let mut facts = part.formula.facts();
        for (of, name) in part.formula.others() {
            let other = self.indicators.get(&of.value).and_then(|other| Some((other, other.find_part(name)?)));
            let rests = other.map(|(other, part)| self.rests_on(other, part)).unwrap_or_default();
            facts.extend(rests.into_iter().flat_map(|(_, part)| part.formula.facts()));
        }
        facts.sort();
        facts.dedup();
        facts
            .iter()
            .filter_map(|(_, name)| self.words.find(name))
            .filter(|fact| fact.supply == Supply::Nobody)
            .collect()
    }

    pub(crate) fn check_indicators(&self, problems: &Problems) {
        for indicator in self.indicators.values() {
            self.check_clauses(&indicator.clauses, problems);
            for part in &indicator.parts {
                self.check_formula(part, problems);
                self.check_others(&indicator.id, part, problems);
                self.check_unit(part, problems);
            }
        }
    }

    fn check_formula(&self, part: &Part, problems: &Problems) {
        for (subject, condition) in part.formula.conditions() {
            self.scope().check(condition, problems);
            for name in condition.needs().facts {
                // Unknown names are reported by the condition's own check.
                if let Some(fact) = self.words.find(&name) {
                    check_subject(fact, subject, &part.at, problems);
                }
            }
        }
        for (subject, name) in part.formula.named_facts() {
            if let Some(fact) = self.words.find(&name.value) {
                check_subject(fact, subject, &name.at, problems);
            } else {
                let help = suggest(&name.value, self.words.names());
                problems.error(&name.at, format!("没有名为“{}”的事实", name.value), help);
            }
        }
        for measure in part.formula.measures() {
            self.check_measure(measure, problems);
        }
        self.check_special(part, problems);
    }

    fn check_measure(&self, measure: &Measure, problems: &Problems) {
        if let Subject::Register(id) = &measure.of
            && !self.registers.contains_key(id)
        {
            let help = suggest(id, self.registers.keys().map(String::as_str));
            problems.error(&measure.at, format!("没有名为“{id}”的名册"), help);
        }
        self.check_kind(measure.sum.as_ref(), &[Kind::Int, Kind::Money], "合计", problems);
        if let Some(lapse) = &measure.lapse {
            self.check_kind(Some(&lapse.from), &[Kind::Date], "起止", problems);
            self.check_kind(lapse.to.as_ref(), &[Kind::Date], "起止", problems);
        }
        if let Some((span, name)) = &measure.span {
            let key = Span::WORDS.iter().find(|(_, known)| known == span).map_or("", |(key, _)| key);
            self.check_kind(Some(name), &[Kind::Date], key, problems);
        }
    }

    fn check_kind(&self, name: Option<&Located<String>>, kinds: &[Kind], what: &str, problems: &Problems) {
        let Some(name) = name else { return };
        let Some(fact) = self.words.find(&name.value) else { return };
        if !kinds.contains(&fact.kind) {
            let wanted: Vec<_> = kinds.iter().map(|kind| kind.name()).collect();
            let message = format!("{what}要用{}的事实，“{}”是{}", wanted.join("或"), name.value, fact.kind.name());
            problems.error(&name.at, message, "请换一个事实");
        }
    }

    fn check_special(&self, part: &Part, problems: &Problems) {
        match &part.formula {
            Formula::Spread { fact, .. } => self.check_words(fact, &[], problems),
            Formula::Gates { fact, gates: Gates::Words(gates), .. } => self.check_words(fact, gates, problems),
            Formula::Gates { fact, gates: Gates::Param(name), .. } => {
                self.check_words(fact, &[], problems);
                self.check_param(name, Unit::List, problems);
                self.check_gates(fact, name, problems);
            }
            Formula::Extreme { top, bottom, .. } => {
                self.check_kind(Some(top), &[Kind::Int, Kind::Money], "比值", problems);
                self.check_kind(bottom.as_ref(), &[Kind::Int, Kind::Money], "比值", problems);
            }
            Formula::Groups(groups) => self.check_groups(groups, part, problems),
            Formula::Ratio { bottom, per: Some(per), .. } => {
                let bottom = bottom.sum.as_ref().and_then(|name| self.words.find(&name.value)).map(|fact| fact.kind);
                let unit = if bottom == Some(Kind::Money) { Unit::Yuan } else { Unit::Count };
                if per.of_unit(unit).is_none_or(|per| per <= Fraction::ZERO) {
                    problems.error(
                        &part.at,
                        "per 的单位与分母不同，或不大于零",
                        "分母是钱写 per = \"1亿元\"，是数写 per = 100",
                    );
                }
            }
            _ => {}
        }
    }

    /// A fact with a closed set of words, and words that are among them.
    fn check_words(&self, name: &Located<String>, wanted: &[Located<String>], problems: &Problems) {
        let Some(fact) = self.words.find(&name.value) else { return };
        if fact.words.is_empty() || !matches!(fact.kind, Kind::Text | Kind::List) {
            let message = format!("“{}”没有限定取值，不能逐项统计", name.value);
            problems.error(&name.at, message, "请在事实里写 words，或在名册里用选项");
        }
        for word in wanted {
            if !fact.words.iter().any(|(known, _)| *known == word.value) {
                let help = suggest(&word.value, fact.words.iter().map(|(known, _)| known.as_str()));
                problems.error(&word.at, format!("“{}”没有“{}”这个取值", name.value, word.value), help);
            }
        }
    }

    fn check_groups(&self, groups: &Groups, part: &Part, problems: &Problems) {
        if groups.by.is_none() && !matches!(groups.per, Subject::Community | Subject::Area) {
            let message = format!("不能按“{}”分组", groups.per.name());
            problems.error(
                &part.at,
                message,
                "per 写 community 或 area；按组织、按名册记录时还要写 by = \"名册.字段\"",
            );
        }
        if groups.by.is_some() && (groups.own || groups.level.is_some()) {
            problems.error(&part.at, "按编号分组（by）时没有本级和层级", "请删去 own 和 level");
        }
        if let Some(by) = &groups.by {
            self.check_kind(Some(by), &[Kind::Text], "by", problems);
        }
        if let Subject::Register(id) = &groups.per
            && !self.registers.contains_key(id)
        {
            let help = suggest(id, self.registers.keys().map(String::as_str));
            problems.error(&part.at, format!("没有名为“{id}”的名册"), help);
        }
        if let Take::Share(Bar::Param(name)) = &groups.take {
            self.check_param(name, Unit::Count, problems);
        }
    }

    /// Every value of a parameter that lists gates must be made of the fact's words.
    fn check_gates(&self, fact: &Located<String>, name: &Located<String>, problems: &Problems) {
        for (_, values) in self.params.set_by(&name.value) {
            for dated in values {
                if let Value::List(words) = &dated.value {
                    let at = |word: &String| Located { value: word.clone(), at: dated.at.clone() };
                    self.check_words(fact, &words.iter().map(at).collect::<Vec<_>>(), problems);
                }
            }
        }
    }

    /// The unit must be one the formula can give.
    fn check_unit(&self, part: &Part, problems: &Problems) {
        let days = |measure: &Measure| {
            let lapse = measure.lapse.as_ref()?;
            Some(if lapse.years { vec![Unit::Year] } else { vec![Unit::Day] })
        };
        let kind = |measure: &Measure| {
            let fact = measure.sum.as_ref().and_then(|name| self.words.find(&name.value));
            fact.map_or(Kind::Int, |fact| fact.kind)
        };
        let times = [Unit::Day, Unit::WorkingDay, Unit::Month, Unit::Year];
        let numbers = [[Unit::Count, Unit::Person].as_slice(), &times].concat();
        let shares = [Unit::Percent, Unit::Permille, Unit::Permyriad].as_slice();
        let fits: Vec<Unit> = match &part.formula {
            Formula::Measure(of) if of.lapse.is_some() => days(of).unwrap_or_default(),
            // Per so many there is no share: two in a hundred households are two.
            Formula::Ratio { top, bottom, .. } if top.lapse.is_some() && kind(bottom) == Kind::Int => {
                days(top).unwrap_or_default()
            }
            Formula::Measure(of) if kind(of) == Kind::Money => vec![Unit::Yuan],
            Formula::Measure(_) | Formula::Groups(Groups { take: Take::Least, .. }) => numbers,
            Formula::Ratio { top, per: Some(_), .. } if kind(top) == Kind::Int => numbers,
            Formula::Ratio { top, bottom, per: None } if kind(top) == kind(bottom) => [&numbers, shares].concat(),
            Formula::Ratio { top, .. } if kind(top) == Kind::Int => numbers,
            Formula::Ratio { .. } => vec![Unit::Yuan],
            Formula::Extreme { top, bottom: None, .. } => match self.words.find(&top.value).map(|fact| fact.kind) {
                Some(Kind::Money) => vec![Unit::Yuan],
                _ => numbers,
            },
            Formula::Milestone(_) => vec![Unit::Bool],
            Formula::Change { rate: true, .. } => shares.to_vec(),
            Formula::Change { .. } => Unit::WORDS.iter().map(|(_, unit)| *unit).collect(),
            other => self.units_of_others(other).unwrap_or_else(|| shares.to_vec()),
        };
        if !fits.contains(&part.unit) {
            let words: Vec<_> = fits.iter().map(|unit| unit.word()).collect();
            let message = format!("这种计算方法得不出单位 {}", part.unit.word());
            problems.error(&part.at, message, format!("可用：{}", words.join("、")));
        }
    }

    pub(crate) fn check_plans(&self, problems: &Problems) {
        for plan in self.plans.values() {
            self.check_plan(plan, problems);
        }
        self.check_asked(problems);
        let plans: Vec<&Plan> = self.plans.values().collect();
        for (index, plan) in plans.iter().enumerate() {
            self.check_twice(plan, plan, problems);
            for other in &plans[..index] {
                if !self.packs.settled(&plan.pack, &other.pack) {
                    self.check_twice(plan, other, problems);
                }
            }
        }
    }

    /// An indicator that no plan asks for is measured for nobody.
    fn check_asked(&self, problems: &Problems) {
        let asked: BTreeSet<&str> = self
            .plans
            .values()
            .flat_map(|plan| &plan.targets)
            .map(|target| target.indicator.value.as_str())
            .chain(
                self.indicators
                    .values()
                    .flat_map(|indicator| &indicator.parts)
                    .flat_map(|part| part.formula.others().into_iter().map(|(of, _)| of.value.as_str())),
            )
            .collect();
        for indicator in self.indicators.values().filter(|indicator| !asked.contains(indicator.id.as_str())) {
            let message = format!("指标“{}”没有一个规划用到", indicator.id);
            problems.warning(&indicator.at, message, "请在规划里写目标，或删去这个指标");
        }
    }

    fn check_plan(&self, plan: &Plan, problems: &Problems) {
        for stage in &plan.stages {
            self.check_cited(&stage.clause, problems);
            if stage.to < stage.from {
                problems.error(&stage.clause.at, format!("阶段“{}”的止日早于起日", stage.id), "请改正日期");
            }
        }
        for pair in plan.stages.windows(2).filter(|pair| pair[1].from <= pair[0].to) {
            let message = format!("阶段“{}”与“{}”重叠或次序颠倒", pair[0].id, pair[1].id);
            problems.error(&pair[1].clause.at, message, "请按时间先后写，首尾相接");
        }
        for target in &plan.targets {
            self.check_target(plan, target, problems);
        }
        for change in &plan.changes {
            self.check_change(plan, change, problems);
        }
        for task in &plan.tasks {
            self.check_clauses(&task.clauses, problems);
            self.check_named(&task.indicators, problems);
            if !task.project.is_empty() && !plan.projects.iter().any(|(id, ..)| *id == task.project) {
                let help = suggest(&task.project, plan.projects.iter().map(|(id, ..)| id.as_str()));
                problems.error(&task.at, format!("没有名为“{}”的工程", task.project), help);
            }
            if !task.stage.is_empty() && !plan.stages.iter().any(|stage| stage.id == task.stage) {
                let help = suggest(&task.stage, plan.stages.iter().map(|stage| stage.id.as_str()));
                problems.error(&task.at, format!("没有名为“{}”的阶段", task.stage), help);
            }
        }
        plan.projects.iter().for_each(|(_, _, clause)| self.check_cited(clause, problems));
        plan.baselines.iter().for_each(|base| self.check_cited(&base.clause, problems));
        for remark in &plan.remarks {
            remark.says.iter().for_each(|said| self.check_cited(&said.clause, problems));
            self.check_named(&remark.indicators, problems);
        }
        check_ids(plan, problems);
    }

    fn check_target(&self, plan: &Plan, target: &Target, problems: &Problems) {
        self.check_clauses(&target.clauses, problems);
        let Some(indicator) = self.indicators.get(&target.indicator.value) else { return };
        let from = self.packs.find(&indicator.pack);
        if let Some(from) = from.filter(|from| from.level != PackLevel::National && !from.area.covers(&plan.area)) {
            let message = format!("指标“{}”属于政策包“{}”，在 {} 不适用", indicator.id, from.id, plan.area);
            problems.error(&target.indicator.at, message, "请在本政策包里另写一个指标");
        }
        let parts = indicator.parts.iter().filter(|part| target.part.is_empty() || part.id == target.part);
        let units: Vec<Unit> = parts.map(|part| part.unit).collect();
        if target.op.needs_value() && units.windows(2).any(|pair| pair[0] != pair[1]) {
            let message = format!("指标“{}”有几项，单位不同", target.indicator.value);
            problems.error(&target.at, message, "请写 part，每一项写一个目标");
        }
        self.check_aims(plan, &target.aims, units.first().copied(), problems);
    }

    fn check_aims(&self, plan: &Plan, aims: &[Aim], unit: Option<Unit>, problems: &Problems) {
        for aim in aims {
            if let Some(clause) = &aim.clause {
                self.check_cited(clause, problems);
            }
            if aim.by < plan.period.0 || aim.by > plan.period.1 {
                let message = format!("目标日 {} 不在规划期内（{} 至 {}）", aim.by, plan.period.0, plan.period.1);
                problems.error(&aim.at, message, "请改正日期，或改正规划期");
            }
            if let Some(area) = aim.area.as_ref().filter(|area| !plan.area.covers(area)) {
                // A zone lies where the dated tree puts it, whatever its code: hence no error.
                let message = format!("目标写给 {area}，按代码不在规划的地区 {} 之内", plan.area);
                problems.warning(&aim.at, message, "请核对区划代码");
            }
            for worth in aim.value.iter().chain(&aim.high) {
                if let (Worth::Param(name), Some(unit)) = (worth, unit) {
                    self.check_param(name, unit, problems);
                }
            }
        }
    }

    /// A mid-term adjustment changes a target the plan has, while it runs.
    fn check_change(&self, plan: &Plan, change: &Adjustment, problems: &Problems) {
        self.check_cited(&change.clause, problems);
        let asks = |target: &&Target| target.indicator.value == change.indicator.value && target.part == change.part;
        if !plan.targets.iter().any(|target| asks(&target)) {
            let message = format!("本规划没有给指标“{}”定过目标，无从调整", change.indicator.value);
            problems.error(&change.at, message, "请改写成 [[target]]，或改正 indicator 和 part");
        }
        if change.from <= plan.period.0 || change.from > plan.period.1 {
            let message = format!("调整日 {} 不在规划期内（{} 至 {}）", change.from, plan.period.0, plan.period.1);
            problems.error(&change.at, message, "请改正 from");
        }
        let parts = self.indicators.get(&change.indicator.value).map(|found| &found.parts[..]).unwrap_or_default();
        let unit = parts.iter().find(|part| change.part.is_empty() || part.id == change.part).map(|part| part.unit);
        self.check_aims(plan, &change.aims, unit, problems);
    }

    fn check_twice(&self, plan: &Plan, other: &Plan, problems: &Problems) {
        let same = |one: &Target, two: &Target| one.indicator.value == two.indicator.value && one.part == two.part;
        for (index, target) in plan.targets.iter().enumerate() {
            let before = if plan.id == other.id { &plan.targets[..index] } else { &other.targets[..] };
            let clash = |aim: &&Aim| {
                let taken = |theirs: &Aim| theirs.by == aim.by && theirs.area == aim.area;
                before.iter().any(|theirs| same(theirs, target) && theirs.aims.iter().any(taken))
            };
            if let Some(aim) = target.aims.iter().find(clash) {
                let message = format!(
                    "规划“{}”和“{}”都给指标“{}”定了 {} 的目标",
                    other.id, plan.id, target.indicator.value, aim.by
                );
                problems.error(&target.at, message, "请删去一处；两个政策包之间可在其中一个 pack.toml 写 after");
            }
        }
    }

    pub(super) fn check_param(&self, name: &Located<String>, unit: Unit, problems: &Problems) {
        match self.params.find(&name.value) {
            None => {
                problems.error(
                    &name.at,
                    format!("没有名为“{}”的参数", name.value),
                    suggest(&name.value, self.params.names()),
                );
            }
            // A share is a share, however finely it is written.
            Some(def) if is_share(def.unit) && is_share(unit) => {}
            Some(def) if def.unit != unit => {
                let message = format!("参数“{}”的单位是 {}，这里要 {}", name.value, def.unit.word(), unit.word());
                problems.error(&name.at, message, "请换一个参数，或改指标的单位");
            }
            Some(_) => {}
        }
    }

    fn check_named(&self, names: &[Located<String>], problems: &Problems) {
        for name in names.iter().filter(|name| !self.indicators.contains_key(&name.value)) {
            let help = suggest(&name.value, self.indicators.keys().map(String::as_str));
            problems.error(&name.at, format!("没有名为“{}”的指标", name.value), help);
        }
    }

    fn check_clauses(&self, clauses: &[Located<String>], problems: &Problems) {
        for clause in clauses {
            self.check_clause(&clause.value, &clause.at, problems);
        }
    }

    fn check_cited(&self, clause: &Citation, problems: &Problems) {
        self.check_clause(&clause.text, &clause.at, problems);
    }

    fn check_clause(&self, clause: &str, at: &Place, problems: &Problems) {
        if !clause.is_empty() && !self.clauses.contains_key(clause) {
            let help = suggest(clause, self.clauses.keys().map(String::as_str));
            problems.error(at, format!("clauses.csv 里没有条款“{clause}”"), help);
        }
    }
}

fn is_share(unit: Unit) -> bool {
    matches!(unit, Unit::Percent | Unit::Permille | Unit::Permyriad)
}

fn check_subject(fact: &FactDef, wanted: &Subject, at: &Place, problems: &Problems) {
    let right = fact.subject.as_ref() == Some(wanted);
    if !right {
        let about = fact.subject.as_ref().map_or("办件里的一次填报或意见", Subject::name);
        let message = format!("事实“{}”说的是{about}，这里统计的是{}", fact.name, wanted.name());
        problems.error(at, message, "请换一个事实，或改正 of");
    }
}

/// Ids within a plan are said once.
fn check_ids(plan: &Plan, problems: &Problems) {
    let mut seen: BTreeMap<(&str, &str), &Place> = BTreeMap::new();
    let stages = plan.stages.iter().map(|stage| ("阶段", stage.id.as_str(), &stage.clause.at));
    let tasks = plan.tasks.iter().map(|task| ("任务", task.id.as_str(), &task.at));
    let bases = plan.baselines.iter().map(|base| ("基期数", base.id.as_str(), &base.at));
    let remarks = plan.remarks.iter().map(|remark| ("存疑", remark.id.as_str(), &remark.at));
    for (what, id, at) in stages.chain(tasks).chain(bases).chain(remarks) {
        if let Some(first) = seen.insert((what, id), at) {
            problems.error(at, format!("{what}“{id}”重复，已在 {first} 写过"), "请换一个 id");
        }
    }
    let late = |date: Option<Date>| date.is_some_and(|day| day < plan.period.0 || day > plan.period.1);
    for task in plan.tasks.iter().filter(|task| late(task.due)) {
        problems.error(&task.at, format!("任务“{}”的期限不在规划期内", task.id), "请改正 due");
    }
    let backwards = |task: &&Task| task.from.zip(task.due).is_some_and(|(from, due)| due < from);
    for task in plan.tasks.iter().filter(backwards) {
        problems.error(&task.at, format!("任务“{}”的期限早于起日", task.id), "请改正 from 或 due");
    }
}
