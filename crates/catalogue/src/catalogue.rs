//! The catalogue (事项目录) as a whole: load, check, resolve for an area and a day, explain.
use std::collections::BTreeMap;
use std::fmt::Write as _;

use base::{AreaCode, Date};

use crate::condition::NoAnswers;
use crate::condition::Scope;
use crate::duties::Duty;
use crate::facts::Vocabulary;
use crate::lists::{self, CodeList};
use crate::loading::{Loading, overlay_all};
use crate::matter::{Matter, Routes};
use crate::named::NamedChecks;
use crate::overlay::Overlay;
use crate::pack::Packs;
use crate::param_book::ParamBook;
use crate::params::{ParamValue, Params};
use crate::plans::{Indicator, Plan};
use crate::problem::{Place, Problem, Problems, Severity};
use crate::registers::Register;
use crate::resolved::Resolved;
use crate::rules::Rule;
use crate::source::Source;
use crate::trace::{Clause, Known, Trace};
use crate::tree::Node;

/// A matter's file and the pack it lies in.
#[derive(Clone, Debug)]
pub(crate) struct MatterFile {
    pub(crate) pack: String,
    pub(crate) root: Node,
}

/// Everything in `/catalogue`, checked.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    pub(crate) packs: Packs,
    pub(crate) lists: BTreeMap<String, CodeList>,
    pub(crate) words: Vocabulary,
    pub(crate) params: ParamBook,
    pub(crate) matters: BTreeMap<String, MatterFile>,
    pub(crate) overlays: Vec<(String, Overlay)>,
    pub(crate) registers: BTreeMap<String, (Register, Place)>,
    pub(crate) rules: BTreeMap<String, Rule>,
    pub(crate) desks: BTreeMap<String, String>,
    /// Kinds of bodies that may hold a desk; a desk that is not in it may be held at any.
    pub(crate) desk_bodies: BTreeMap<String, Vec<String>>,
    pub(crate) duties: BTreeMap<String, Duty>,
    pub(crate) indicators: BTreeMap<String, Indicator>,
    pub(crate) plans: BTreeMap<String, Plan>,
    pub(crate) clauses: BTreeMap<String, Clause>,
    pub(crate) traces: Vec<Trace>,
    /// By pack.
    pub(crate) routes: BTreeMap<String, (Routes, Node)>,
    /// By pack.
    pub(crate) names: BTreeMap<String, Node>,
    pub(crate) named: NamedChecks,
    pub(crate) warnings: Vec<Problem>,
}

/// Why a matter cannot be had.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NoMatter {
    /// There is none of that id.
    #[error("没有名为“{0}”的事项。请从事项目录中选择")]
    Unknown(String),
    /// It belongs to a pack that does not apply there.
    #[error("事项“{0}”只在“{1}”办理，这里不适用。请到当地登记管理机关办理")]
    Elsewhere(String, String),
    /// Its overlays cannot be applied on that day.
    #[error("事项“{0}”在这个地区、这一天不能使用：{list}", list = listed(.1))]
    Broken(String, Vec<Problem>),
}

fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("；")
}

impl Catalogue {
    /// Reads and checks everything. All problems are returned if any of them is an error; warnings are kept.
    pub fn load(source: &dyn Source, named: &NamedChecks) -> Result<Self, Vec<Problem>> {
        let problems = Problems::new();
        let Loading { mut catalogue, readable, broken, .. } = Loading::read(&source.files()?, named, &problems);
        if readable {
            catalogue.check(&problems);
        }
        let mut all = problems.into_sorted();
        // What is there but could not be read has its own problem; that others name it is none.
        let follows =
            |problem: &Problem| broken.iter().any(|id| problem.message.contains(&format!("没有名为“{id}”的")));
        all.retain(|problem| !follows(problem));
        if all.iter().any(|problem| problem.severity == Severity::Error) {
            return Err(all);
        }
        catalogue.warnings = all;
        Ok(catalogue)
    }

    /// What should be looked at, though it can be used.
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// The packs in the order in which they apply.
    pub fn packs(&self) -> &Packs {
        &self.packs
    }

    /// The vocabulary of facts.
    pub fn words(&self) -> &Vocabulary {
        &self.words
    }

    /// The checks written in Rust.
    pub fn named(&self) -> &NamedChecks {
        &self.named
    }

    /// All parameters of all packs.
    pub fn param_book(&self) -> &ParamBook {
        &self.params
    }

    /// Ids of all matters, by id.
    pub fn matter_ids(&self) -> impl Iterator<Item = &str> {
        self.matters.keys().map(String::as_str)
    }

    /// All registers, by id.
    pub fn registers(&self) -> impl Iterator<Item = &Register> {
        self.registers.values().map(|(register, _)| register)
    }

    /// The register of that id.
    pub fn find_register(&self, id: &str) -> Option<&Register> {
        self.registers.get(id).map(|(register, _)| register)
    }

    /// All rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.values()
    }

    /// The rules that hold where `ancestry` lies on a day.
    pub fn rules_at(&self, ancestry: &[AreaCode], date: Date) -> Vec<&Rule> {
        let packs = self.pack_ids(ancestry);
        self.rules.values().filter(|rule| packs.contains(&rule.pack.as_str()) && rule.holds_on(date)).collect()
    }

    /// All duties, by id.
    pub fn duties(&self) -> impl Iterator<Item = &Duty> {
        self.duties.values()
    }

    /// The shared code lists, by id.
    pub fn lists(&self) -> impl Iterator<Item = &CodeList> {
        self.lists.values()
    }

    /// The Chinese name of a desk; its id where `desks.toml` has none.
    pub fn desk_name<'a>(&'a self, id: &'a str) -> &'a str {
        self.desks.get(id).map_or(id, String::as_str)
    }

    /// Whether a desk may be held at a body of this kind (`registrar`, `supervisor`, …). Any, where `desks.toml` names none.
    pub fn desk_fits(&self, id: &str, body_kind: &str) -> bool {
        self.desk_bodies.get(id).is_none_or(|kinds| kinds.iter().any(|kind| kind == body_kind))
    }

    /// The desks with their Chinese names.
    pub fn desks(&self) -> impl Iterator<Item = (&str, &str)> {
        self.desks.iter().map(|(id, name)| (id.as_str(), name.as_str()))
    }

    /// The clauses of the policy documents, by id.
    pub fn clauses(&self) -> &BTreeMap<String, Clause> {
        &self.clauses
    }

    /// Which clause is carried out by what.
    pub fn traces(&self) -> &[Trace] {
        &self.traces
    }

    /// Checks the traces against this catalogue and what the caller knows of pages, commands and tests.
    pub fn check_traces(&self, pages: &[&str], commands: &[&str], test_exists: &dyn Fn(&str) -> bool) -> Vec<Problem> {
        let known = Known {
            matters: self.matter_ids().collect(),
            registers: self.registers.keys().map(String::as_str).collect(),
            rules: self.rules.keys().map(String::as_str).collect(),
            params: self.params.names().collect(),
            plans: self.plans.keys().map(String::as_str).collect(),
            indicators: self.indicators.keys().map(String::as_str).collect(),
            pages,
            commands,
            test_exists,
        };
        crate::trace::check(&self.clauses, &self.traces, &known)
    }

    /// The ids of the packs that apply where `ancestry` lies, far to near.
    pub(crate) fn pack_ids(&self, ancestry: &[AreaCode]) -> Vec<&str> {
        self.packs.applying(ancestry).into_iter().map(|pack| pack.id.as_str()).collect()
    }

    /// One parameter where `ancestry` lies on a day, with its source.
    pub fn param(&self, name: &str, ancestry: &[AreaCode], date: Date) -> Option<ParamValue> {
        self.params.resolve(name, &self.pack_ids(ancestry), date)
    }

    /// All parameters that hold where `ancestry` lies on a day.
    pub fn params(&self, ancestry: &[AreaCode], date: Date) -> Params {
        self.params.resolve_all(&self.pack_ids(ancestry), date)
    }

    /// A matter as it is where `ancestry` (the competent registrar's area and everything above it, by the tree of the day)
    /// lies, on a day.
    pub fn matter(&self, id: &str, ancestry: &[AreaCode], date: Date) -> Result<Resolved, NoMatter> {
        let file = self.matters.get(id).ok_or_else(|| NoMatter::Unknown(id.to_owned()))?;
        let packs = self.pack_ids(ancestry);
        if !packs.contains(&file.pack.as_str()) {
            let name = self.packs.find(&file.pack).map_or(file.pack.as_str(), |pack| pack.name.as_str());
            return Err(NoMatter::Elsewhere(id.to_owned(), name.to_owned()));
        }
        self.resolve(id, &packs, date).map_err(|problems| NoMatter::Broken(id.to_owned(), problems))
    }

    /// The matter with these packs laid over it.
    fn resolve(&self, id: &str, packs: &[&str], date: Date) -> Result<Resolved, Vec<Problem>> {
        let problems = Problems::new();
        let params = self.params.resolve_all(packs, date);
        let mut root = overlay_all(self, id, packs, date, &params, &problems);
        if let Some(root) = &mut root {
            lists::put_in(root, &self.lists, &problems);
        }
        let matter = root.as_ref().and_then(|root| Matter::read(root, &problems));
        match (root, matter, problems.has_errors()) {
            (Some(root), Some(matter), false) => Ok(Resolved::new(matter, root, &params, &self.named)),
            _ => Err(problems.into_sorted()),
        }
    }

    /// The matters offered where `ancestry` lies, by id. Broken ones are left out; loading has reported them.
    pub fn matters_at(&self, ancestry: &[AreaCode], date: Date) -> Vec<Resolved> {
        self.matter_ids().filter_map(|id| self.matter(id, ancestry, date).ok()).collect()
    }

    /// Every value of a resolved matter with its source: what `yishe catalogue explain` prints.
    pub fn explain(&self, id: &str, ancestry: &[AreaCode], date: Date) -> Result<String, NoMatter> {
        let resolved = self.matter(id, ancestry, date)?;
        let area = ancestry.first().map(ToString::to_string).unwrap_or_default();
        let mut out = format!("事项 {id}（{}）\n地区 {area}  日期 {date}\n", resolved.matter.name);
        let _ = writeln!(out, "版本 {}\n政策包（由远及近）：", resolved.digest);
        for pack in self.packs.applying(ancestry) {
            let _ = writeln!(out, "  {} {}  {}", pack.id, pack.name, pack.at);
        }
        let _ = writeln!(out, "参数：");
        for param in resolved.params.iter() {
            let _ = writeln!(
                out,
                "  {} {} = {}  [{}] {}",
                param.name,
                param.title,
                param.sourced(),
                param.pack,
                param.clause.at
            );
        }
        let _ = writeln!(out, "内容：");
        for line in resolved.provenance() {
            let _ = writeln!(out, "  {line}");
        }
        Ok(out)
    }

    pub(crate) fn scope(&self) -> Scope<'_> {
        Scope { words: &self.words, params: &self.params, answers: &NoAnswers, named: &self.named }
    }

    /// Resolves without applying the area filter, for the checker.
    pub(crate) fn resolve_with(&self, id: &str, packs: &[&str], date: Date) -> Result<Resolved, Vec<Problem>> {
        self.resolve(id, packs, date)
    }
}
