//! The trace read both ways: what carries a clause out, and what a matter, page or rule is there for.
use std::collections::{BTreeMap, BTreeSet};

use base::Date;
use catalogue::plans::Plan;
use catalogue::trace::{Clause, Standing, Target, Trace, standing};
use catalogue::{Catalogue, Document, Pack, PackLevel};
use office::Office;

use crate::page::Link;
use crate::parts::{Cell, Tone};

/// 系统模块, as clauses.csv numbers them.
const MODULES: [(&str, &str); 20] = [
    ("M01", "法人资源信息库"),
    ("M02", "登记审批"),
    ("M03", "法人治理与负责人"),
    ("M04", "党建"),
    ("M05", "年报、重大事项与信息公开"),
    ("M06", "评估、品牌与团体标准"),
    ("M07", "信用"),
    ("M08", "综合监管"),
    ("M09", "资金监管与审计"),
    ("M10", "投诉与执法"),
    ("M11", "培育扶持"),
    ("M12", "政府购买与职能转移"),
    ("M13", "社区社会组织"),
    ("M14", "人才、社工与志愿者"),
    ("M15", "供需对接与乡村振兴"),
    ("M16", "协商、调解与社区治理"),
    ("M17", "慈善与应急"),
    ("M18", "规划、指标与考核"),
    ("X", "全平台"),
    ("R", "不涉及系统"),
];

/// All standings in the order they are shown.
pub(super) const STANDINGS: [Standing; 4] = [Standing::Done, Standing::Part, Standing::Open, Standing::Apart];

/// How people read a standing, its colour, and its word in addresses.
pub(super) fn words(standing: Standing) -> (&'static str, Tone, &'static str) {
    match standing {
        Standing::Done => ("已落实", Tone::Good, "done"),
        Standing::Part => ("部分落实", Tone::Warn, "part"),
        Standing::Open => ("尚未", Tone::Grey, "open"),
        Standing::Apart => ("不涉及系统", Tone::Grey, "apart"),
    }
}

/// How many clauses stand how.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) done: u64,
    pub(super) part: u64,
    pub(super) open: u64,
    pub(super) apart: u64,
}

impl Counts {
    fn add(&mut self, standing: Standing) {
        match standing {
            Standing::Done => self.done += 1,
            Standing::Part => self.part += 1,
            Standing::Open => self.open += 1,
            Standing::Apart => self.apart += 1,
        }
    }

    pub(super) fn all(&self) -> u64 {
        self.done + self.part + self.open + self.apart
    }

    pub(super) fn of(&self, standing: Standing) -> u64 {
        match standing {
            Standing::Done => self.done,
            Standing::Part => self.part,
            Standing::Open => self.open,
            Standing::Apart => self.apart,
        }
    }
}

/// The trace of one catalogue, ready to be asked.
pub(super) struct Book<'o> {
    pub(super) catalogue: &'o Catalogue,
    pub(super) today: Date,
    by_clause: BTreeMap<&'o str, Vec<&'o Trace>>,
    /// Matters with their names and the clauses they cite themselves.
    matters: BTreeMap<String, (String, Vec<String>)>,
}

impl<'o> Book<'o> {
    pub(super) fn of(office: &'o Office, today: Date) -> Self {
        let catalogue = &*office.catalogue;
        let mut by_clause: BTreeMap<&str, Vec<&Trace>> = BTreeMap::new();
        for trace in catalogue.traces() {
            by_clause.entry(&trace.clause).or_default().push(trace);
        }
        let mut book = Self { catalogue, today, by_clause, matters: BTreeMap::new() };
        let areas = catalogue.packs().iter().map(|pack| office.lineage(&pack.area, today)).collect::<Vec<_>>();
        for area in &areas {
            for resolved in catalogue.matters_at(area, today) {
                let matter = resolved.matter;
                book.matters.entry(matter.id.as_str().to_owned()).or_insert((matter.name, matter.clauses));
            }
        }
        book
    }

    pub(super) fn traces(&self, clause: &str) -> &[&'o Trace] {
        self.by_clause.get(clause).map_or(&[], Vec::as_slice)
    }

    pub(super) fn standing(&self, clause: &Clause) -> Standing {
        standing(clause, self.traces(&clause.id).iter().copied())
    }

    pub(super) fn counts<'c>(&self, clauses: impl IntoIterator<Item = &'c Clause>) -> Counts {
        let mut counts = Counts::default();
        for clause in clauses {
            counts.add(self.standing(clause));
        }
        counts
    }

    pub(super) fn clauses_of(&self, document: &str) -> Vec<&'o Clause> {
        self.catalogue.clauses().values().filter(|clause| clause.document == document).collect()
    }

    pub(super) fn document(&self, id: &str) -> Option<(&'o Pack, &'o Document)> {
        let mut packs = self.catalogue.packs().iter();
        packs.find_map(|pack| Some((pack, pack.documents.iter().find(|document| document.id == id)?)))
    }

    /// What carries the clause out, each once, in the order of the file.
    pub(super) fn targets_of(&self, clause: &str) -> Vec<&'o Target> {
        let mut out: Vec<&Target> = Vec::new();
        for target in self.traces(clause).iter().flat_map(|trace| &trace.by) {
            if !out.contains(&target) {
                out.push(target);
            }
        }
        out
    }

    /// Everything the catalogue declares and whatever else carries a clause out, with the clauses; of the parameters only those
    /// that carry one out.
    pub(super) fn targets(&self) -> BTreeMap<Target, Vec<&'o Clause>> {
        let catalogue = self.catalogue;
        let declared = (self.matters.keys().cloned().map(Target::Matter))
            .chain(catalogue.registers().map(|register| Target::Register(register.id.clone())))
            .chain(catalogue.rules().map(|rule| Target::Rule(rule.id.clone())))
            .chain(catalogue.plans().map(|plan| Target::Plan(plan.id.clone())))
            .chain(catalogue.indicators().map(|indicator| Target::Indicator(indicator.id.clone())));
        let mut out: BTreeMap<Target, Vec<&Clause>> = declared.map(|target| (target, Vec::new())).collect();
        for trace in catalogue.traces() {
            let Some(clause) = catalogue.clauses().get(&trace.clause) else { continue };
            for target in &trace.by {
                let list = out.entry(target.clone()).or_default();
                if !list.iter().any(|known| known.id == clause.id) {
                    list.push(clause);
                }
            }
        }
        out
    }

    /// The clauses a thing cites in its own file, each once.
    pub(super) fn cited(&self, target: &Target) -> Vec<&'o Clause> {
        let catalogue = self.catalogue;
        let ids: BTreeSet<&str> = match target {
            Target::Matter(id) => {
                self.matters.get(id).into_iter().flat_map(|(_, ids)| ids.iter().map(String::as_str)).collect()
            }
            Target::Register(id) => {
                catalogue.find_register(id).into_iter().flat_map(|one| one.clauses.iter().map(String::as_str)).collect()
            }
            Target::Indicator(id) => {
                let indicator = catalogue.find_indicator(id).into_iter();
                indicator.flat_map(|one| one.clauses.iter().map(|clause| clause.value.as_str())).collect()
            }
            Target::Plan(id) => catalogue.find_plan(id).into_iter().flat_map(clauses_of_plan).collect(),
            Target::Rule(_) | Target::Page(_) | Target::Command(_) | Target::Param(_) => BTreeSet::new(),
        };
        ids.into_iter().filter_map(|id| catalogue.clauses().get(id)).collect()
    }

    /// What of a clause is still to come, in words; nothing where it is carried out or asks nothing.
    pub(super) fn missing(&self, clause: &Clause) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        let mut say = |text: String| {
            if !text.is_empty() && !out.contains(&text) {
                out.push(text);
            }
        };
        for trace in self.traces(&clause.id) {
            say(trace.missing.clone());
            if trace.test.is_empty() && !trace.by.is_empty() {
                let names = trace.by.iter().map(|target| self.name(target)).collect::<Vec<_>>().join("、");
                say(format!("{names}：还没有测试证明。"));
            }
        }
        if self.standing(clause) == Standing::Open {
            say("系统里还没有落实这一条的功能。".to_owned());
        }
        out
    }

    /// What people call it.
    pub(super) fn name(&self, target: &Target) -> String {
        let known = match target {
            Target::Matter(id) => self.matters.get(id).map(|(name, _)| name.clone()),
            Target::Register(id) => self.catalogue.find_register(id).map(|register| register.name.clone()),
            Target::Rule(id) => self.catalogue.rules().find(|rule| rule.id == *id).map(|rule| rule.name.clone()),
            Target::Param(name) => self.catalogue.param_book().find(name).map(|def| def.title.clone()),
            Target::Page(_) => None,
            Target::Command(words) => Some(format!("yishe {words}")),
            Target::Plan(id) => self.catalogue.find_plan(id).map(|plan| plan.name.clone()),
            Target::Indicator(id) => self.catalogue.find_indicator(id).map(|one| one.name.clone()),
        };
        known.unwrap_or_else(|| target.name().to_owned())
    }

    /// The page that is the thing itself; none where it is no page, or one of many.
    pub(super) fn home_of(&self, target: &Target) -> Option<String> {
        match target {
            Target::Matter(id) => self.matters.contains_key(id).then(|| format!("/matters/{id}")),
            Target::Page(path) => (!path.contains('{')).then(|| path.clone()),
            Target::Plan(id) => self.catalogue.find_plan(id).map(|plan| format!("/plans/{}", plan.id)),
            Target::Indicator(id) => self.plan_asking(id).map(|plan| format!("/plans/{}/{id}", plan.id)),
            Target::Register(_) | Target::Rule(_) | Target::Command(_) | Target::Param(_) => None,
        }
    }

    /// The first plan that asks something of an indicator.
    fn plan_asking(&self, indicator: &str) -> Option<&'o Plan> {
        self.catalogue.plans().find(|plan| plan.targets.iter().any(|target| target.indicator.value == indicator))
    }

    /// A row of a list of clauses: 条款, 要求, 由什么落实, 情况, 还差什么.
    pub(super) fn row(&self, clause: &Clause) -> Vec<Cell> {
        let (word, tone, _) = words(self.standing(clause));
        let by = self.targets_of(&clause.id).into_iter().map(|target| self.name(target)).collect::<Vec<_>>().join("、");
        vec![
            Cell::link(&clause.id, address(clause)),
            Cell::new(&clause.title),
            Cell::new(if by.is_empty() { "—".to_owned() } else { by }),
            Cell::state(word, tone),
            Cell::new(self.missing(clause).join("")),
        ]
    }
}

/// Every clause a plan cites: of its targets, stages, tasks and baselines.
fn clauses_of_plan(plan: &Plan) -> impl Iterator<Item = &str> {
    let targets = plan.targets.iter().flat_map(|target| target.clauses.iter().map(|clause| clause.value.as_str()));
    let tasks = plan.tasks.iter().flat_map(|task| task.clauses.iter().map(|clause| clause.value.as_str()));
    let stages = plan.stages.iter().map(|stage| stage.clause.text.as_str());
    let bases = plan.baselines.iter().map(|base| base.clause.text.as_str());
    targets.chain(tasks).chain(stages).chain(bases)
}

/// Where a clause is.
pub(super) fn address(clause: &Clause) -> String {
    format!("/policies/{}/{}", clause.document, clause.id)
}

/// Where it says what a target is there for.
pub(super) fn by(target: &Target) -> Link {
    let escaped = target.to_string().replace('%', "%25").replace('{', "%7B").replace('}', "%7D").replace(' ', "%20");
    Link::to(target.name(), format!("/policies/by/{escaped}"))
}

/// 事项, 名册, …
pub(super) fn kind(target: &Target) -> &'static str {
    match target {
        Target::Matter(_) => "事项",
        Target::Register(_) => "名册",
        Target::Rule(_) => "规则",
        Target::Page(_) => "页面",
        Target::Command(_) => "命令",
        Target::Param(_) => "政策数值",
        Target::Plan(_) => "规划",
        Target::Indicator(_) => "指标",
    }
}

/// 国家, 省, …
pub(super) fn level(level: PackLevel) -> &'static str {
    match level {
        PackLevel::National => "国家",
        PackLevel::Province => "省级",
        PackLevel::City => "市级",
        PackLevel::County => "县级",
        PackLevel::Zone => "功能区",
    }
}

/// The modules of a clause in words.
pub(super) fn modules(clause: &Clause) -> String {
    let name =
        |id: &str| MODULES.iter().find(|(known, _)| *known == id).map_or(id.to_owned(), |(_, name)| (*name).to_owned());
    clause.modules.split_whitespace().map(name).collect::<Vec<_>>().join("、")
}

/// 发文机关　文号　日期, what is known of it.
pub(super) fn source(document: &Document) -> String {
    let date = document.date.map(|date| date.to_string());
    let parts = [Some(document.issuer.clone()), Some(document.number.clone()), date];
    parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("　")
}
