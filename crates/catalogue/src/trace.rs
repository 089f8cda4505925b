//! The trace (条款落实): which clause of the policy documents is carried out by which matter, register, rule, page or command,
//! and which test shows it.
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::condition::suggest;
use crate::problem::{Place, Problem, Problems};
use crate::reader::Reader;

/// One clause of the policy documents (`clauses.csv`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Clause {
    /// Its id: `000-07a`.
    pub id: String,
    /// The document's short id: `000`.
    pub document: String,
    /// What it asks for, in our own words.
    pub title: String,
    /// The modules it belongs to: `M02 M08`; `X` platform-wide, `R` without software meaning.
    pub modules: String,
}

impl Clause {
    /// Whether it asks nothing of software (rhetoric).
    pub fn is_rhetoric(&self) -> bool {
        self.modules.split_whitespace().all(|module| module == "R")
    }
}

/// Reads `clauses.csv`: a header, then id, document, title, modules. Problems name the line.
pub fn read_clauses(file: &str, text: &str, problems: &Problems) -> BTreeMap<String, Clause> {
    let mut clauses = BTreeMap::new();
    let mut rows = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let wanted = ["id", "document", "title", "modules"];
    let heads = rows.headers().cloned().unwrap_or_default();
    if let Some(lost) = wanted.iter().find(|wanted| !heads.iter().any(|head| head == **wanted)) {
        let message = format!("第一行没有“{lost}”这一列，却是“{}”", heads.iter().collect::<Vec<_>>().join(","));
        problems.error(&Place::new(file, 1), message, "第一行写 id,document,title,modules，用半角逗号分隔");
        return clauses;
    }
    for (index, row) in rows.deserialize::<Clause>().enumerate() {
        let at = Place::new(file, index as u32 + 2);
        match row {
            Ok(clause) => {
                if let Some(first) = clauses.insert(clause.id.clone(), clause) {
                    problems.error(&at, format!("条款“{}”重复", first.id), "请删去一行");
                }
            }
            Err(error) => {
                let help = "每行应有 id,document,title,modules 四项，用半角逗号分隔；题目里有逗号时给它加引号";
                problems.error(&at, format!("这一行的项数或写法不对：{error}"), help);
            }
        }
    }
    clauses
}

/// One line of `trace.toml`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Trace {
    /// The clause.
    pub clause: String,
    /// What carries it out.
    pub by: Vec<Target>,
    /// The test that shows it: a path (`crate::module::test`) or a file; empty if none.
    pub test: String,
    /// A remark, in the words shown to people.
    pub note: String,
    /// What of the clause is still to come; empty if this carries out all of it.
    pub missing: String,
    /// Where it is written.
    pub at: Place,
}

/// Something that carries a clause out.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Target {
    /// 事项
    Matter(String),
    /// 名册
    Register(String),
    /// 规则
    Rule(String),
    /// 页面
    Page(String),
    /// 命令
    Command(String),
    /// 参数
    Param(String),
    /// 规划
    Plan(String),
    /// 指标
    Indicator(String),
}

impl Target {
    /// Reads `matter:found-association`.
    pub fn parse(text: &str) -> Option<Self> {
        let (kind, name) = text.split_once(':')?;
        let make = match kind {
            "matter" => Self::Matter,
            "register" => Self::Register,
            "rule" => Self::Rule,
            "page" => Self::Page,
            "command" => Self::Command,
            "param" => Self::Param,
            "plan" => Self::Plan,
            "indicator" => Self::Indicator,
            _ => return None,
        };
        (!name.is_empty()).then(|| make(name.to_owned()))
    }

    /// What sort of thing it is, as files write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Matter(_) => "matter",
            Self::Register(_) => "register",
            Self::Rule(_) => "rule",
            Self::Page(_) => "page",
            Self::Command(_) => "command",
            Self::Param(_) => "param",
            Self::Plan(_) => "plan",
            Self::Indicator(_) => "indicator",
        }
    }

    /// Its name without the kind.
    pub fn name(&self) -> &str {
        match self {
            Self::Matter(name)
            | Self::Register(name)
            | Self::Rule(name)
            | Self::Page(name)
            | Self::Command(name)
            | Self::Param(name)
            | Self::Plan(name)
            | Self::Indicator(name) => name,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.kind(), self.name())
    }
}

/// How far a clause is carried out (落实情况).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Standing {
    /// 已落实: something does it, a test shows it, nothing is missing.
    Done,
    /// 部分落实: something does it, but no test shows it or a part is to come.
    Part,
    /// 尚未: nothing does it.
    Open,
    /// 不涉及系统: it asks nothing of software.
    Apart,
}

/// How far `clause` is carried out by `traces`, which are those that name it.
pub fn standing<'t>(clause: &Clause, traces: impl IntoIterator<Item = &'t Trace>) -> Standing {
    let (mut some, mut lacking) = (false, false);
    for trace in traces {
        some |= !trace.by.is_empty();
        lacking |= trace.test.is_empty() || !trace.missing.is_empty();
    }
    match (some, lacking) {
        (true, false) => Standing::Done,
        (true, true) => Standing::Part,
        (false, _) if clause.is_rhetoric() => Standing::Apart,
        (false, _) => Standing::Open,
    }
}

impl Trace {
    /// Reads one `[[trace]]` table.
    pub fn read(entry: &Reader<'_>) -> Self {
        let by = entry.texts("by").into_iter().filter_map(|text| {
            let target = Target::parse(&text.value);
            if target.is_none() {
                let message = format!("“{}”不是一个落实对象", text.value);
                entry.problems().error(
                    &text.at,
                    message,
                    "写成 matter: register: rule: page: command: param: plan: indicator: 加名称",
                );
            }
            target
        });
        Self {
            by: by.collect(),
            clause: entry.need_text("clause"),
            test: entry.text("test").unwrap_or_default(),
            note: entry.text("note").unwrap_or_default(),
            missing: entry.text("missing").unwrap_or_default(),
            at: entry.at().clone(),
        }
    }
}

/// What exists, as the caller knows it.
pub struct Known<'a> {
    /// Matters by id.
    pub matters: BTreeSet<&'a str>,
    /// Registers by id.
    pub registers: BTreeSet<&'a str>,
    /// Rules by id.
    pub rules: BTreeSet<&'a str>,
    /// Parameters by name.
    pub params: BTreeSet<&'a str>,
    /// Plans by id.
    pub plans: BTreeSet<&'a str>,
    /// Indicators by id.
    pub indicators: BTreeSet<&'a str>,
    /// Pages by route: `/matters`.
    pub pages: &'a [&'a str],
    /// Commands by their words: `catalogue check`.
    pub commands: &'a [&'a str],
    /// Whether a test of that path, or a file, exists.
    pub test_exists: &'a dyn Fn(&str) -> bool,
}

impl std::fmt::Debug for Known<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Known").field("pages", &self.pages).finish_non_exhaustive()
    }
}

/// Checks traces: the clause is known, every target exists, and so does the test.
pub fn check(clauses: &BTreeMap<String, Clause>, traces: &[Trace], known: &Known<'_>) -> Vec<Problem> {
    let problems = Problems::new();
    for trace in traces {
        if !clauses.contains_key(&trace.clause) {
            let help = suggest(&trace.clause, clauses.keys().map(String::as_str));
            problems.error(&trace.at, format!("clauses.csv 里没有条款“{}”", trace.clause), help);
        }
        if trace.by.is_empty() && trace.note.is_empty() {
            problems.error(&trace.at, "没有说由什么落实", "请写 by；确无软件含义的写 note 说明");
        }
        for target in &trace.by {
            let name = target.name();
            let (what, found) = match target {
                Target::Matter(_) => ("事项", known.matters.contains(name)),
                Target::Register(_) => ("名册", known.registers.contains(name)),
                Target::Rule(_) => ("规则", known.rules.contains(name)),
                Target::Param(_) => ("参数", known.params.contains(name)),
                Target::Plan(_) => ("规划", known.plans.contains(name)),
                Target::Indicator(_) => ("指标", known.indicators.contains(name)),
                Target::Page(_) => ("页面", known.pages.contains(&name)),
                Target::Command(_) => ("命令", known.commands.contains(&name)),
            };
            if !found {
                problems.error(&trace.at, format!("{what}“{name}”不存在"), "请改正名称，或先建好再写");
            }
        }
        if !trace.test.is_empty() && !(known.test_exists)(&trace.test) {
            problems.error(&trace.at, format!("找不到测试“{}”", trace.test), "请改正路径，或先写测试");
        }
    }
    problems.into_sorted()
}

/// The clauses with software meaning that no trace names.
pub fn untraced<'c>(clauses: &'c BTreeMap<String, Clause>, traces: &[Trace]) -> Vec<&'c Clause> {
    let traced: BTreeSet<_> = traces.iter().map(|trace| trace.clause.as_str()).collect();
    clauses.values().filter(|clause| !clause.is_rhetoric() && !traced.contains(clause.id.as_str())).collect()
}
