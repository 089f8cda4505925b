//! Indicators (指标): named measures, each a closed formula over facts of the vocabulary, filtered by conditions.
use base::AreaLevel;
use sm3::{Digest as _, Sm3};

use super::amount::Amount;
use super::others::{AreaFigures, Other, Pass, Rival, Term, Wanted};
use crate::condition::{Condition, Needs};
use crate::params::{Params, Unit};
use crate::problem::{Located, Place};
use crate::subject::Subject;
use crate::tree::Node;
use crate::value::Value;

/// Which area a subject counts for (人口口径).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Population {
    /// 登记机关所在地区: the area of the competent registrar.
    RegisteredIn,
    /// 住所地
    DomiciledIn,
    /// 活动所在社区
    LivesIn,
}

impl Population {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 3] =
        [("registered_in", Self::RegisteredIn), ("domiciled_in", Self::DomiciledIn), ("lives_in", Self::LivesIn)];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::RegisteredIn => "按登记管理机关所在地区",
            Self::DomiciledIn => "按住所地",
            Self::LivesIn => "按所在社区",
        }
    }
}

/// An indicator (指标).
#[derive(Clone, PartialEq, Debug)]
pub struct Indicator {
    /// Its name in the data: `ln-06`.
    pub id: String,
    /// Its Chinese name.
    pub name: String,
    /// The definition in words.
    pub explain: String,
    /// The clauses it comes from.
    pub clauses: Vec<Located<String>>,
    /// Which area a subject counts for.
    pub within: Population,
    /// What is measured: one part as a rule, several where the document names several figures at once.
    pub parts: Vec<Part>,
    /// The pack it belongs to.
    pub pack: String,
    /// Where it is written.
    pub at: Place,
    /// As written, for the digest.
    pub(crate) source: Node,
}

/// One figure of an indicator.
#[derive(Clone, PartialEq, Debug)]
pub struct Part {
    /// Its name in the data; empty where the indicator has only one.
    pub id: String,
    /// Its Chinese name; empty where the indicator has only one.
    pub name: String,
    /// What its number is: `percent` and `permyriad` for shares (kept as exact fractions), `yuan` for money (kept in fen), `bool`
    /// for milestones, `count` and `person` for numbers.
    pub unit: Unit,
    /// What follows the number: 个, 家, 人.
    pub suffix: String,
    /// How it is worked out.
    pub formula: Formula,
    /// Where it is written.
    pub at: Place,
}

/// The time a yearly, quarterly or cumulative number is of: from its first day up to the day measured.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Span {
    /// 当年
    Year,
    /// 本半年
    HalfYear,
    /// 本季度
    Quarter,
    /// 规划期内累计: from the plan's first day.
    Plan,
}

impl Span {
    /// The keys used in files.
    pub const WORDS: [(&'static str, Self); 4] = [
        ("in_year", Self::Year),
        ("in_half_year", Self::HalfYear),
        ("in_quarter", Self::Quarter),
        ("in_plan", Self::Plan),
    ];
}

/// The time between two days of a subject; an end that lies before its beginning is no time anybody knows.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Lapse {
    /// The date it begins.
    pub from: Located<String>,
    /// The date it ends; none: the day measured.
    pub to: Option<Located<String>>,
    /// In whole years (满几年), not in days.
    pub years: bool,
}

/// A number of subjects, or the sum of one of their facts.
#[derive(Clone, PartialEq, Debug)]
pub struct Measure {
    /// Whose rows are looked at.
    pub of: Subject,
    /// Which of them count.
    pub filter: Condition,
    /// The fact that is summed; without it the subjects are counted.
    pub sum: Option<Located<String>>,
    /// Instead of a fact: the time that passed between two of their days is summed.
    pub lapse: Option<Lapse>,
    /// Only those whose date lies in the span measured, up to the day (年度口径、五年累计).
    pub span: Option<(Span, Located<String>)>,
    /// Where it is written.
    pub at: Place,
}

/// A number a formula asks for: written, or a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Bar {
    /// Written.
    Number(i64),
    /// A parameter.
    Param(Located<String>),
}

/// The gates a coverage asks for: written, or a parameter that lists them (a region has its own: 四同步, 六同步).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Gates {
    /// Written.
    Words(Vec<Located<String>>),
    /// A parameter of unit list.
    Param(Located<String>),
}

impl Gates {
    /// The words; none if the parameter has no value there and then.
    pub fn resolve(&self, params: &Params) -> Option<Vec<String>> {
        match self {
            Self::Words(words) => Some(words.iter().map(|word| word.value.clone()).collect()),
            Self::Param(name) => match &params.find(&name.value)?.value {
                Value::List(words) => Some(words.clone()),
                _ => None,
            },
        }
    }
}

/// What is taken of groups.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Take {
    /// The share of groups with at least so many members.
    Share(Bar),
    /// The number of members of the group that has fewest.
    Least,
}

/// Members counted per group.
#[derive(Clone, PartialEq, Debug)]
pub struct Groups {
    /// What is counted in each.
    pub members: Measure,
    /// What the groups are: communities, or areas; with `by` anything.
    pub per: Subject,
    /// The members' fact that names their group by its id (an organization's, a record's); without it members belong to the area
    /// they lie in.
    pub by: Option<Located<String>>,
    /// Only members that lie in the group itself, not in an area below it (本级).
    pub own: bool,
    /// Of areas, those of this level; none: whichever `among` picks.
    pub level: Option<AreaLevel>,
    /// Which groups count.
    pub among: Condition,
    /// What is taken of them.
    pub take: Take,
}

/// What a change is measured against.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Against {
    /// 规划基期
    Baseline,
    /// 上一年末（年度数为上一年全年）
    PreviousYear,
}

/// A closed formula (计算方法). There are no others; what does not fit is a new kind here, with its tests.
#[derive(Clone, PartialEq, Debug)]
pub enum Formula {
    /// 数量、合计、年度数
    Measure(Measure),
    /// 占比: of those `among`, the share that also passes the filter.
    Share {
        /// The subjects, and the filter that makes the numerator.
        of: Measure,
        /// What makes the denominator.
        among: Condition,
    },
    /// 两个数之比: average per community, per resident, money over money.
    Ratio {
        /// 分子
        top: Measure,
        /// 分母
        bottom: Measure,
        /// Per so many of the bottom (每百户、每亿元); one without it.
        per: Option<Amount>,
    },
    /// 达到一定数量的社区（地区）占比, or the least of them.
    Groups(Groups),
    /// 覆盖面: the share of a fact's words that occur at least once.
    Spread {
        /// The subjects that count.
        of: Measure,
        /// The text or list fact with a closed set of words.
        fact: Located<String>,
    },
    /// 环节落实率: a share per gate; the figure is the lowest of them.
    Gates {
        /// The events, and the filter that says one was done.
        of: Measure,
        /// Which events count.
        among: Condition,
        /// The text fact that names the gate.
        fact: Located<String>,
        /// The gates asked for.
        gates: Gates,
    },
    /// 逐项之比的最高（最低）值: one fact over another for each subject.
    Extreme {
        /// The subjects that count.
        of: Measure,
        /// 分子
        top: Located<String>,
        /// 分母; none: the fact itself.
        bottom: Option<Located<String>>,
        /// The greatest, or the least.
        greatest: bool,
    },
    /// 节点是否达成: whether some subject passes.
    Milestone(Measure),
    /// 比基期、比上年的变化: of another indicator's part.
    Change {
        /// The indicator.
        of: Located<String>,
        /// Its part; empty for the only one.
        part: String,
        /// Against what.
        against: Against,
        /// As a share of what it was (增长率), not as a difference.
        rate: bool,
    },
    /// 各地区的另一个指标: the share of areas that pass, the greatest, the least, how far apart.
    Areas(AreaFigures),
    /// 与另一地区比: another indicator here less the same there, or by how much more.
    Versus {
        /// Whose figure.
        other: Other,
        /// Where.
        rival: Rival,
        /// As a share of what it is there, not as a difference.
        rate: bool,
    },
    /// 加权指数: points of 100.
    Index(Vec<Term>),
    /// 或、且: whether one, or each, of several figures passes.
    Meets {
        /// One is enough.
        any: bool,
        /// The figures.
        of: Vec<Pass>,
    },
}

impl Formula {
    /// The measures inside, as written.
    pub fn measures(&self) -> Vec<&Measure> {
        match self {
            Self::Measure(of) | Self::Milestone(of) => vec![of],
            Self::Share { of, .. } | Self::Spread { of, .. } | Self::Gates { of, .. } | Self::Extreme { of, .. } => {
                vec![of]
            }
            Self::Ratio { top, bottom, .. } => vec![top, bottom],
            Self::Groups(groups) => vec![&groups.members],
            Self::Change { .. } | Self::Areas(_) | Self::Versus { .. } | Self::Index(_) | Self::Meets { .. } => {
                Vec::new()
            }
        }
    }

    /// Every condition inside with the subject it is about.
    pub fn conditions(&self) -> Vec<(&Subject, &Condition)> {
        let mut all: Vec<_> = self.measures().into_iter().map(|measure| (&measure.of, &measure.filter)).collect();
        match self {
            Self::Share { of, among } | Self::Gates { of, among, .. } => all.push((&of.of, among)),
            Self::Groups(groups) => all.push((&groups.per, &groups.among)),
            Self::Areas(areas) => all.push((&Subject::Area, &areas.among)),
            _ => {}
        }
        all
    }

    /// The facts named outside conditions, with the subject each is about.
    pub fn named_facts(&self) -> Vec<(&Subject, &Located<String>)> {
        let mut all = Vec::new();
        for measure in self.measures() {
            let lapse = measure.lapse.iter().flat_map(|lapse| [Some(&lapse.from), lapse.to.as_ref()]).flatten();
            let span = measure.span.iter().map(|(_, fact)| fact);
            all.extend(measure.sum.iter().chain(lapse).chain(span).map(|fact| (&measure.of, fact)));
        }
        match self {
            Self::Spread { of, fact } | Self::Gates { of, fact, .. } => all.push((&of.of, fact)),
            Self::Extreme { of, top, bottom, .. } => {
                all.extend([Some(top), bottom.as_ref()].into_iter().flatten().map(|fact| (&of.of, fact)));
            }
            Self::Groups(Groups { members, by: Some(by), .. }) => all.push((&members.of, by)),
            _ => {}
        }
        all
    }

    /// Every fact it needs, with the subject it is about.
    pub fn facts(&self) -> Vec<(Subject, String)> {
        let mut all: Vec<(Subject, String)> = Vec::new();
        for (subject, condition) in self.conditions() {
            all.extend(condition.needs().facts.into_iter().map(|fact| (subject.clone(), fact)));
        }
        all.extend(self.named_facts().into_iter().map(|(subject, fact)| (subject.clone(), fact.value.clone())));
        all.sort();
        all.dedup();
        all
    }

    /// Every parameter it needs.
    pub fn params(&self) -> Vec<String> {
        let mut needs = Needs::default();
        self.conditions().into_iter().for_each(|(_, condition)| condition.collect(&mut needs));
        match self {
            Self::Groups(Groups { take: Take::Share(Bar::Param(name)), .. })
            | Self::Gates { gates: Gates::Param(name), .. } => needs.params.push(name.value.clone()),
            _ => {}
        }
        for (_, wanted) in self.wanted() {
            if let Wanted::Param(name) = wanted {
                needs.params.push(name.value.clone());
            }
        }
        needs.params
    }

    /// Whether it is a proportion of a whole: then a target holds for every area below, too.
    pub fn is_relative(&self) -> bool {
        !matches!(
            self,
            Self::Measure(_)
                | Self::Milestone(_)
                | Self::Change { .. }
                | Self::Versus { .. }
                | Self::Index(_)
                | Self::Meets { .. }
        )
    }

    /// Whether it measures a year: half-way through the year half of it can be asked.
    pub fn is_yearly(&self) -> bool {
        self.is_of(|span| span == Span::Year)
    }

    /// Whether it measures dates within a span: then the year before is told from the same dates.
    pub fn is_dated(&self) -> bool {
        self.is_of(|_| true)
    }

    fn is_of(&self, span: impl Fn(Span) -> bool) -> bool {
        let measures = self.measures();
        !measures.is_empty() && measures.iter().all(|measure| measure.span.as_ref().is_some_and(|(of, _)| span(*of)))
    }
}

impl Indicator {
    /// The part of that id; the only one under the empty id.
    pub fn find_part(&self, id: &str) -> Option<&Part> {
        self.parts.iter().find(|part| part.id == id)
    }

    /// SM3 of the canonical text: a snapshot keeps it, so that a changed formula shows.
    pub fn digest(&self) -> String {
        hex::encode(Sm3::digest(self.source.canonical().as_bytes()))
    }

    /// The formula as canonical text: what a frozen snapshot keeps beside its numbers.
    pub fn canonical(&self) -> String {
        self.source.canonical()
    }
}
