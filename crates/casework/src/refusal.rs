//! Why an act is refused: typed, and each with what, why and what to do next in plain Chinese.
use authority::{Denied, Verb};
use base::Date;
use catalogue::matter::Given;

use crate::form::FieldFault;

/// A refusal of [`crate::decide()`] or [`crate::file()`].
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
#[error("{}", self.said())]
pub enum Refusal {
    /// The case began under another edition of the matter.
    WrongEdition,
    /// The case has ended.
    Ended,
    /// The step is not open.
    NotOpen,
    /// Not this person.
    Denied(Denied),
    /// The step does not offer this.
    NotOffered(Verb),
    /// A condition of the move does not hold: its explanation.
    ConditionNotMet(String),
    /// A condition cannot be judged: its explanation, and what is missing from whom.
    Unknown {
        /// In words.
        why: String,
        /// The facts that are missing, each with who supplies it.
        missing: Vec<String>,
    },
    /// The act lacks something.
    Missing(Vec<Given>),
    /// The article cited is none of the grounds the law lists: those articles.
    NoGround(Vec<String>),
    /// Review points are unanswered, or answered 否 without a remark.
    Points(Vec<String>),
    /// The form, a material or a check is not in order.
    Faults(Vec<FieldFault>),
    /// The act changes answers that are not its to change.
    NotItsFields(Vec<String>),
    /// A correction notice names things nobody can put right.
    UnknownTargets(Vec<String>),
    /// Things that could have been named in the earlier notice (一次性告知).
    SaidTooLate {
        /// Those things.
        late: Vec<String>,
        /// The clause of the move, as the matter cites it.
        clause: String,
    },
    /// Nothing is waiting for a correction.
    NothingToCorrect,
    /// The limit has not run out; it is due on that day, if there is one.
    NotDue(Option<Date>),
    /// The limit cannot be stopped for this reason.
    NotSuspendable,
    /// The clock does not stand still for this reason.
    NotSuspended,
    /// The law allows no (further) extension.
    NoExtension,
    /// The desk may not extend.
    NotExtender,
    /// The body or authority for a step is not known: the step's name.
    NoSeat(String),
    /// A parameter the matter needs is not set.
    NoParam(String),
    /// The matter leads nowhere from here: a fault of the catalogue.
    DeadEnd(String),
    /// The verb is not an act on a case.
    NotAnAct(Verb),
}

/// What, why and what next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Said {
    /// What is refused.
    pub what: String,
    /// Why.
    pub why: String,
    /// What to do next.
    pub next: String,
}

impl std::fmt::Display for Said {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}：{}。{}", self.what, self.why, self.next)
    }
}

impl From<Denied> for Refusal {
    fn from(denied: Denied) -> Self {
        Self::Denied(denied)
    }
}

impl From<crate::clock::NoParam> for Refusal {
    fn from(no: crate::clock::NoParam) -> Self {
        Self::NoParam(no.0)
    }
}

impl Refusal {
    /// A short code for the API's problem objects.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::WrongEdition => "wrong_edition",
            Self::Ended => "ended",
            Self::NotOpen => "not_open",
            Self::Denied(_) => "denied",
            Self::NotOffered(_) => "not_offered",
            Self::ConditionNotMet(_) => "condition_not_met",
            Self::Unknown { .. } => "unknown",
            Self::Missing(_) => "missing",
            Self::NoGround(_) => "no_ground",
            Self::Points(_) => "points",
            Self::Faults(_) => "faults",
            Self::NotItsFields(_) => "not_its_fields",
            Self::UnknownTargets(_) => "unknown_targets",
            Self::SaidTooLate { .. } => "said_too_late",
            Self::NothingToCorrect => "nothing_to_correct",
            Self::NotDue(_) => "not_due",
            Self::NotSuspendable => "not_suspendable",
            Self::NotSuspended => "not_suspended",
            Self::NoExtension => "no_extension",
            Self::NotExtender => "not_extender",
            Self::NoSeat(_) => "no_seat",
            Self::NoParam(_) => "no_param",
            Self::DeadEnd(_) => "dead_end",
            Self::NotAnAct(_) => "not_an_act",
        }
    }

    /// What, why and what next, for the page.
    pub fn said(&self) -> Said {
        let (what, why, next) = match self {
            Self::Denied(denied) => return split(&denied.to_string()),
            Self::ConditionNotMet(why) => ("不能这样办理".to_owned(), why.clone(), "请先满足这一条件".to_owned()),
            Self::Unknown { why, missing } => {
                ("现在还不能办理".to_owned(), why.clone(), format!("请先补充：{}", missing.join("；")))
            }
            Self::Missing(given) => {
                let words: Vec<_> = given.iter().map(|given| given.plain()).collect();
                ("还不能提交".to_owned(), format!("缺少{}", words.join("、")), "请填写后再提交".to_owned())
            }
            Self::NoGround(articles) => (
                "不能这样决定".to_owned(),
                format!("依据条款不是法定理由之一（{}）", articles.join("、")),
                "请从“法定理由”中至少选一项，其他依据可以另外补充".to_owned(),
            ),
            Self::Points(points) => (
                "还不能提交".to_owned(),
                format!("有审查要点没有结论，或者答“否”而没有说明：{}", points.join("、")),
                "请逐项作答".to_owned(),
            ),
            Self::Faults(faults) => {
                let all: Vec<_> = faults.iter().map(|fault| format!("{}：{}", fault.label, fault.message)).collect();
                ("还不能提交".to_owned(), all.join("；"), "请按提示修改后再提交".to_owned())
            }
            Self::NotItsFields(fields) => (
                "不能这样修改".to_owned(),
                format!("这些内容不由本环节填写：{}", fields.join("、")),
                "请只修改本环节的内容，或者退回补正".to_owned(),
            ),
            Self::UnknownTargets(targets) => (
                "不能退回补正".to_owned(),
                format!("这些不是本事项的填报项或材料：{}", targets.join("、")),
                "请从列表中选择".to_owned(),
            ),
            Self::SaidTooLate { late, clause } => (
                "不能再次退回补正".to_owned(),
                format!("补正内容须一次性告知{}，这些上次就可以指出：{}", bracketed(clause), late.join("、")),
                "请只就上次指出而仍不符合的，或者补正后新改动的内容提出".to_owned(),
            ),
            Self::NotDue(Some(date)) => {
                ("期限还没有届满".to_owned(), format!("到期日是 {date}"), "届时系统自动处理".to_owned())
            }
            Self::NoSeat(step) => (
                format!("不能进入“{step}”环节"),
                "还没有确定由哪个机关或单位办理".to_owned(),
                "请先填写该单位，或者请系统管理员补充".to_owned(),
            ),
            Self::NoParam(name) => (
                "现在还不能办理".to_owned(),
                format!("参数“{name}”在本地没有设定"),
                "请联系政策包维护人员补充".to_owned(),
            ),
            Self::DeadEnd(step) => (
                "现在还不能办理".to_owned(),
                format!("事项目录里“{step}”之后没有去处"),
                "请联系事项目录维护人员".to_owned(),
            ),
            Self::NotOffered(verb) | Self::NotAnAct(verb) => (
                format!("不能在这里“{verb}”"),
                "本环节没有这一项操作".to_owned(),
                "请从页面列出的操作中选择".to_owned(),
            ),
            plain => return split(plain.plain()),
        };
        Said { what, why, next }
    }

    /// The refusals that need no particulars, as “what：why。what next”.
    const fn plain(&self) -> &'static str {
        match self {
            Self::WrongEdition => {
                "不能办理：这一件受理时适用的是事项的另一版本。请刷新页面；如版本有误，请由决定岗位改用更正版本"
            }
            Self::Ended => "不能再办理：这一件已经办结。请查看办理结果；如需变更，请另行申请",
            Self::NotOpen => "不能办理：这一环节没有打开，可能同事刚刚办理过。请刷新页面查看现在的环节",
            Self::NothingToCorrect => "不需要补正：没有等待您补正的内容。请查看办理进度",
            Self::NotSuspendable => "不能中止计时：法律没有规定这一期限可以因此中止。请按期办理",
            Self::NotSuspended => "不能恢复计时：计时没有因此中止。请刷新页面",
            Self::NoExtension => "不能延长期限：法律没有规定可以（再次）延长。请按期办理",
            Self::NotExtender => "不能延长期限：须由有权批准延长的岗位批准。请报请批准",
            Self::NotDue(_) => "没有届满的期限：这一环节没有期限，或者计时已中止。无需处理",
            _ => "不能办理：条件不满足。请核对后再试",
        }
    }
}

/// A clause in brackets, if there is one.
fn bracketed(clause: &str) -> String {
    if clause.is_empty() { String::new() } else { format!("（{clause}）") }
}

/// Cuts “what：why。what next” into its three parts.
fn split(text: &str) -> Said {
    let (what, rest) = text.split_once('：').unwrap_or((text, ""));
    let (why, next) = rest.split_once('。').unwrap_or((rest, ""));
    Said { what: what.to_owned(), why: why.to_owned(), next: next.to_owned() }
}
