//! The trace read both ways: what carries a clause out, and what a matter, page or rule is there for.
use std::collections::BTreeMap;

use base::Date;
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
    matters: BTreeMap<String, String>,
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
                book.matters.entry(resolved.matter.id.as_str().to_owned()).or_insert(resolved.matter.name);
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

    /// Everything that carries a clause out, with the clauses.
    pub(super) fn targets(&self) -> BTreeMap<&'o Target, Vec<&'o Clause>> {
        let mut out: BTreeMap<&Target, Vec<&Clause>> = BTreeMap::new();
        for trace in self.catalogue.traces() {
            let Some(clause) = self.catalogue.clauses().get(&trace.clause) else { continue };
            for target in &trace.by {
                let list = out.entry(target).or_default();
                if !list.iter().any(|known| known.id == clause.id) {
                    list.push(clause);
                }
            }
        }
        out
    }

    /// What people call it.
    pub(super) fn name(&self, target: &Target) -> String {
        let known = match target {
            Target::Matter(id) => self.matters.get(id).cloned(),
            Target::Register(id) => self.catalogue.find_register(id).map(|register| register.name.clone()),
            Target::Rule(id) => self.catalogue.rules().find(|rule| rule.id == *id).map(|rule| rule.name.clone()),
            Target::Param(name) => self.catalogue.param_book().find(name).map(|def| def.title.clone()),
            Target::Page(_) => None,
            Target::Command(words) => Some(format!("yishe {words}")),
        };
        known.unwrap_or_else(|| target.name().to_owned())
    }

    /// The page that is the thing itself; none where it is no page, or one of many.
    pub(super) fn home_of(&self, target: &Target) -> Option<String> {
        match target {
            Target::Matter(id) => self.matters.contains_key(id).then(|| format!("/matters/{id}")),
            Target::Page(path) => (!path.contains('{')).then(|| path.clone()),
            _ => None,
        }
    }

    /// A row of a list of clauses: 条款, 要求, 由什么落实, 情况.
    pub(super) fn row(&self, clause: &Clause) -> Vec<Cell> {
        let (word, tone, _) = words(self.standing(clause));
        let by = self.targets_of(&clause.id).into_iter().map(|target| self.name(target)).collect::<Vec<_>>().join("、");
        vec![
            Cell::link(&clause.id, address(clause)),
            Cell::new(&clause.title),
            Cell::new(if by.is_empty() { "—".to_owned() } else { by }),
            Cell::state(word, tone),
        ]
    }
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
