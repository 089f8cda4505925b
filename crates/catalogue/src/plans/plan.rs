//! Plans (规划): a policy document with its period, stages, targets, tasks, baselines and what it leaves open.
use base::{AreaCode, Date};

use super::Fraction;
use crate::params::{Params, Unit};
use crate::problem::{Citation, Located, Place};
use crate::value::Value;

/// One plan.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// Its name in the data: `liaoning-14th`.
    pub id: String,
    /// Its Chinese name.
    pub name: String,
    /// The short id of its document, declared in its pack.
    pub document: String,
    /// The pack it belongs to.
    pub pack: String,
    /// Where it is carried out: the pack's area unless it says otherwise.
    pub area: AreaCode,
    /// First and last day.
    pub period: (Date, Date),
    /// The clause its tasks' owners all add “按职责分工负责” to, or what else is said of all of them.
    pub note: String,
    /// Its stages, in order.
    pub stages: Vec<Stage>,
    /// The projects its tasks hang under (工程、计划), in order: id, name, clause.
    pub projects: Vec<(String, String, Citation)>,
    /// What it asks for.
    pub targets: Vec<Target>,
    /// What has to be done.
    pub tasks: Vec<Task>,
    /// Targets that were changed while it ran (中期调整), in order.
    pub changes: Vec<Adjustment>,
    /// Where it starts from.
    pub baselines: Vec<Baseline>,
    /// What its documents leave open or contradict, and how it was settled.
    pub remarks: Vec<Remark>,
    /// Where it is written.
    pub at: Place,
}

/// A stage (阶段).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Stage {
    /// Its name in the data.
    pub id: String,
    /// 培育发展阶段
    pub name: String,
    /// First day.
    pub from: Date,
    /// Last day.
    pub to: Date,
    /// The clause.
    pub clause: Citation,
    /// What is to be done in it.
    pub text: String,
}

/// How a value is held against a target, as the document words it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Op {
    /// 以上、不少于、不低于、达到
    AtLeast,
    /// 超过
    Above,
    /// 不得高于、最长
    AtMost,
    /// 低于
    Below,
    /// 全部、每一
    Equal,
    /// 保持合理区间
    Within,
    /// 比基期有增长
    AboveBase,
    /// 比基期有下降
    BelowBase,
    /// 不低于基期水平
    AtLeastBase,
    /// 不高于基期水平
    AtMostBase,
    /// 逐年提高
    AbovePrevious,
    /// 不低于上年
    AtLeastPrevious,
    /// 不高于上年
    AtMostPrevious,
    /// 逐年下降
    BelowPrevious,
    /// 建成一批
    Positive,
    /// 建成、完成
    Milestone,
}

impl Op {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 16] = [
        (">=", Self::AtLeast),
        (">", Self::Above),
        ("<=", Self::AtMost),
        ("<", Self::Below),
        ("=", Self::Equal),
        ("within", Self::Within),
        ("> base", Self::AboveBase),
        ("< base", Self::BelowBase),
        (">= base", Self::AtLeastBase),
        ("<= base", Self::AtMostBase),
        ("> previous", Self::AbovePrevious),
        (">= previous", Self::AtLeastPrevious),
        ("<= previous", Self::AtMostPrevious),
        ("< previous", Self::BelowPrevious),
        ("> 0", Self::Positive),
        ("milestone", Self::Milestone),
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::AtLeast => "不低于",
            Self::Above => "超过",
            Self::AtMost => "不高于",
            Self::Below => "低于",
            Self::Equal => "等于",
            Self::Within => "保持在",
            Self::AboveBase => "高于基期",
            Self::BelowBase => "低于基期",
            Self::AtLeastBase => "不低于基期",
            Self::AtMostBase => "不高于基期",
            Self::AbovePrevious => "高于上年",
            Self::AtLeastPrevious => "不低于上年",
            Self::AtMostPrevious => "不高于上年",
            Self::BelowPrevious => "低于上年",
            Self::Positive => "至少建成一个",
            Self::Milestone => "完成",
        }
    }

    /// Whether an aim must say a number.
    pub fn needs_value(self) -> bool {
        matches!(self, Self::AtLeast | Self::Above | Self::AtMost | Self::Below | Self::Equal | Self::Within)
    }

    /// Whether the value is held against what the plan starts from.
    pub fn is_against_base(self) -> bool {
        matches!(self, Self::AboveBase | Self::BelowBase | Self::AtLeastBase | Self::AtMostBase)
    }

    /// Whether it is held against the year before.
    pub fn is_against_previous(self) -> bool {
        matches!(self, Self::AbovePrevious | Self::AtLeastPrevious | Self::AtMostPrevious | Self::BelowPrevious)
    }

    /// Whether less is better.
    pub fn asks_for_less(self) -> bool {
        use Op::{AtMost, AtMostBase, AtMostPrevious, Below, BelowBase, BelowPrevious};
        matches!(self, AtMost | Below | BelowBase | AtMostBase | AtMostPrevious | BelowPrevious)
    }
}

/// A number of a target or baseline, in the unit of its indicator: written, or a parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Worth {
    /// Written: a share as a fraction of one, money in fen.
    Exact(Fraction),
    /// A parameter.
    Param(Located<String>),
}

impl Worth {
    /// The number; none if its parameter has no value there and then.
    pub fn resolve(&self, params: &Params) -> Option<Fraction> {
        match self {
            Self::Exact(number) => Some(*number),
            Self::Param(name) => {
                let param = params.find(&name.value)?;
                match param.value {
                    Value::Int(number) => worth_of(param.unit, number),
                    Value::Money(fen) => Some(Fraction::whole(i128::from(fen.0))),
                    _ => None,
                }
            }
        }
    }
}

/// A written whole number in the unit's own measure: 25 percent is a quarter, one yuan is a hundred fen.
pub fn worth_of(unit: Unit, number: i64) -> Option<Fraction> {
    let number = i128::from(number);
    match unit {
        Unit::Percent => Fraction::new(number, 100),
        Unit::Permille => Fraction::new(number, 1_000),
        Unit::Permyriad => Fraction::new(number, 10_000),
        Unit::Yuan => Some(Fraction::whole(number * 100)),
        _ => Some(Fraction::whole(number)),
    }
}

/// What a target asks for by a day, in a stage or an area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Aim {
    /// Its name where the target has several: `lc-03`; empty otherwise.
    pub id: String,
    /// The day it is due.
    pub by: Date,
    /// How the value is held against it: the target's operator unless this stage has another (先“不低于”，最后“每一个”).
    pub op: Op,
    /// The number; none where the operator needs none, and where growth says it.
    pub value: Option<Worth>,
    /// Instead of a number: what the plan starts from, grown by this share in each year up to the day (年均增长).
    pub growth: Option<Fraction>,
    /// The upper end of `within`.
    pub high: Option<Worth>,
    /// Only for this area and what lies below it; none: for the whole plan.
    pub area: Option<AreaCode>,
    /// The clause, where it differs from the target's.
    pub clause: Option<Citation>,
    /// Where it is written.
    pub at: Place,
}

impl Aim {
    /// The number asked for, where the plan starts from `start`; none if a parameter has no value or there is nothing to grow from.
    pub fn number(&self, params: &Params, start: Option<(Date, Fraction)>) -> Option<Fraction> {
        match self.growth {
            None => self.value.as_ref()?.resolve(params),
            Some(rate) => {
                let (from, start) = start?;
                Some(
                    (0..full_years(from, self.by))
                        .fold(start, |number, _| (number * (Fraction::ONE + rate)).kept_small()),
                )
            }
        }
    }
}

/// Whole years from one day to another: three from the last day of 2025 to the last of 2028.
fn full_years(from: Date, to: Date) -> i16 {
    let early = (to.month(), to.day()) < (from.month(), from.day());
    (to.year() - from.year() - i16::from(early)).max(0)
}

/// How strictly a document asks (指标属性).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Binding {
    /// 约束性
    Binding,
    /// 预期性
    Expected,
}

impl Binding {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 2] = [("binding", Self::Binding), ("expected", Self::Expected)];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Binding => "约束性",
            Self::Expected => "预期性",
        }
    }
}

/// A target (目标).
#[derive(Clone, PartialEq, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a word of the file, said or not, in any combination")]
pub struct Target {
    /// The indicator.
    pub indicator: Located<String>,
    /// Its part; empty: every part of it.
    pub part: String,
    /// How the value is held against the aim.
    pub op: Op,
    /// As written.
    pub said: String,
    /// The clauses.
    pub clauses: Vec<Located<String>>,
    /// By when, and how much.
    pub aims: Vec<Aim>,
    /// It has to hold on every day of the period, not only at its end (动态).
    pub every_day: bool,
    /// Each aim is for its own year and starts from nothing (年度数).
    pub yearly: bool,
    /// Whether it is also asked of every area below.
    pub below: bool,
    /// 约束性 or 预期性; none where the document does not say.
    pub binding: Option<Binding>,
    /// The document says 力争.
    pub effort: bool,
    /// What should be known when reading it.
    pub note: String,
    /// Where it is written.
    pub at: Place,
}

impl Target {
    /// The words with what sort of target it is, where they do not say it themselves: `不少于100家（约束性）`.
    pub fn said_in_full(&self) -> String {
        let nature = self.binding.map(Binding::name).into_iter().chain(self.effort.then_some("力争"));
        let unsaid: Vec<&str> = nature.filter(|word| !self.said.contains(word)).collect();
        if unsaid.is_empty() { self.said.clone() } else { format!("{}（{}）", self.said, unsaid.join("，")) }
    }
}

/// Aims that took the place of a target's while the plan ran (中期调整).
#[derive(Clone, PartialEq, Debug)]
pub struct Adjustment {
    /// The indicator of the target.
    pub indicator: Located<String>,
    /// Its part.
    pub part: String,
    /// From this day on.
    pub from: Date,
    /// As written.
    pub said: String,
    /// The clause that changes it.
    pub clause: Citation,
    /// The aims that hold from then on. Those due before stay.
    pub aims: Vec<Aim>,
    /// Where it is written.
    pub at: Place,
}

/// How often a task is due (周期).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Every {
    /// 每月
    Month,
    /// 每季度
    Quarter,
    /// 每半年
    HalfYear,
    /// 每年
    Year,
}

impl Every {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 4] =
        [("month", Self::Month), ("quarter", Self::Quarter), ("half_year", Self::HalfYear), ("year", Self::Year)];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Month => "每月",
            Self::Quarter => "每季度",
            Self::HalfYear => "每半年",
            Self::Year => "每年",
        }
    }
}

/// A task (任务).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Task {
    /// Its name in the data.
    pub id: String,
    /// What has to be done, in a few words.
    pub title: String,
    /// The clauses it carries out.
    pub clauses: Vec<Located<String>>,
    /// The project it hangs under; empty if none.
    pub project: String,
    /// The units that lead it, where the document sets them apart (牵头单位).
    pub lead: Vec<String>,
    /// The responsible units as the document names them (责任单位), or those that take part (配合单位) where some lead.
    pub owners: Vec<String>,
    /// The day it begins; none: that of the plan.
    pub from: Option<Date>,
    /// How often it is due; none: once.
    pub every: Option<Every>,
    /// The day it is due; none: the end of the plan.
    pub due: Option<Date>,
    /// The stage it belongs to; empty if none.
    pub stage: String,
    /// The indicators that show it.
    pub indicators: Vec<Located<String>>,
    /// What should be known when reading it.
    pub note: String,
    /// Where it is written.
    pub at: Place,
}

impl Task {
    /// Who answers for it: `市民政局、市财政局`, `市民政局（牵头）；市财政局`.
    pub fn answerable(&self) -> String {
        let owners = self.owners.join("、");
        match (self.lead.is_empty(), owners.is_empty()) {
            (true, _) => owners,
            (false, true) => format!("{}（牵头）", self.lead.join("、")),
            (false, false) => format!("{}（牵头）；{owners}", self.lead.join("、")),
        }
    }

    /// When it begins and how often it is due: `2023-03-01 起，每季度`; empty where the document says neither.
    pub fn rhythm(&self) -> String {
        let from = self.from.map(|from| format!("{from} 起"));
        let every = self.every.map(|every| every.name().to_owned());
        from.into_iter().chain(every).collect::<Vec<_>>().join("，")
    }
}

/// A number the document states as its starting point (基期数).
#[derive(Clone, PartialEq, Debug)]
pub struct Baseline {
    /// Its name in the data: `b-01`.
    pub id: String,
    /// What it counts.
    pub name: String,
    /// The indicator whose start it is; none if it only stands in the document.
    pub indicator: Option<Located<String>>,
    /// The part of it.
    pub part: String,
    /// The area it is the number of; none: the plan's.
    pub area: Option<AreaCode>,
    /// The unit of the number.
    pub unit: Unit,
    /// What follows the number.
    pub suffix: String,
    /// The number: a share as a fraction of one, money in fen.
    pub value: Fraction,
    /// Instead of a number of its own: two other baselines, one over the other.
    pub ratio: Vec<Located<String>>,
    /// As the document words it: `约18万人`.
    pub said: String,
    /// The day it was counted.
    pub on: Date,
    /// The document says 约 or 余: not exact.
    pub about: bool,
    /// The clause.
    pub clause: Citation,
    /// What should be known when reading it.
    pub note: String,
    /// Where it is written.
    pub at: Place,
}

/// What a document says at one place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// The clause.
    pub clause: Citation,
    /// Its words, or ours.
    pub text: String,
}

/// A contradiction or gap (存疑), with everything the documents say and how it was settled; shown wherever its indicators are.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Remark {
    /// Its name in the data.
    pub id: String,
    /// What is open.
    pub title: String,
    /// What the documents say, all of it kept.
    pub says: Vec<Said>,
    /// How Yishe handles it.
    pub settled: String,
    /// The indicators it touches.
    pub indicators: Vec<Located<String>>,
    /// Where it is written.
    pub at: Place,
}

impl Plan {
    /// The stage a day lies in.
    pub fn stage_on(&self, day: Date) -> Option<&Stage> {
        self.stages.iter().find(|stage| stage.from <= day && day <= stage.to)
    }

    /// The baseline of an indicator's part for the plan's own area.
    pub fn baseline_of(&self, indicator: &str, part: &str) -> Option<&Baseline> {
        self.baseline_in(indicator, part, &self.area)
    }

    /// The baseline of an indicator's part that the document states for an area; one that names no area is the plan's.
    pub fn baseline_in(&self, indicator: &str, part: &str, area: &AreaCode) -> Option<&Baseline> {
        let fits =
            |base: &&Baseline| base.indicator.as_ref().is_some_and(|name| name.value == indicator) && base.part == part;
        self.baselines.iter().filter(fits).find(|base| base.area.as_ref().unwrap_or(&self.area) == area)
    }

    /// The plan as it was asked for on a day: with the adjustments that held by then, each told in its target's note.
    #[must_use]
    pub fn as_of(&self, day: Date) -> Self {
        let mut plan = self.clone();
        for change in self.changes.iter().filter(|change| change.from <= day) {
            let asks =
                |target: &&mut Target| target.indicator.value == change.indicator.value && target.part == change.part;
            let Some(target) = plan.targets.iter_mut().find(asks) else { continue };
            let told = format!("中期调整：{} 起为“{}”，原为“{}”。", change.from, change.said, target.said);
            target.note = if target.note.is_empty() { told } else { format!("{told}{}", target.note) };
            target.said.clone_from(&change.said);
            target.aims.retain(|aim| aim.by < change.from);
            target.aims.extend(change.aims.iter().cloned());
        }
        plan
    }
}
