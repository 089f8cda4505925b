//! Steps (环节): who acts, within what time, with which moves, and what follows.
use authority::{DeskId, Verb};
use serde::{Deserialize, Serialize};

use super::effect::Effect;
use super::value::TimeSpan;
use super::{Citation, Condition, EndingId, FieldId, SectionId, StepId};

/// One step of a matter.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name in the data.
    pub id: StepId,
    /// What people call it: 受理、审查、决定…
    pub name: String,
    /// One plain sentence for the office guide: what happens here.
    pub explain: String,
    /// Who acts.
    pub desk: DeskId,
    /// At which level or body the desk sits.
    #[serde(default)]
    pub at: Seat,
    /// Opens only when this holds; otherwise the step is passed over as if it had made its first joining or opening move.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What the screens say when the step is passed over: the first of these whose own condition holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub otherwise: Vec<Otherwise>,
    /// The time it may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// Published while the step is open (公示); when the notice has run, the step's `lapse` move is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice: Option<Notice>,
    /// Nobody who acted at one of these steps may act here (a second person decides).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub distinct_from: Vec<StepId>,
    /// Form sections this desk fills; their required fields must be there before a move that needs `form`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fills: Vec<SectionId>,
    /// Review points (审查要点), answered one by one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub points: Vec<Point>,
    /// Required by law: no overlay may take it away.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub statutory: bool,
    /// What can be done.
    pub moves: Vec<Move>,
}

/// Why a step is passed over (不经过本环节的原因), in words for the applicant and the desks.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Otherwise {
    /// Said only when this holds; without it, always.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// One plain sentence.
    pub text: String,
}

/// Where a desk sits, seen from the case's area.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Seat {
    /// The competent authority of the case.
    #[default]
    Same,
    /// The next authority above it.
    Upper,
    /// The province's authority.
    Province,
    /// The city's authority.
    City,
    /// The county's authority.
    County,
    /// The street or township of the domicile.
    Town,
    /// The community of the domicile.
    Community,
    /// The body chosen in this answer (an `organization` field): the business supervisor, the industry regulator...
    Answer(FieldId),
    /// The body a fact of the organization names: `org.supervisor`, `org.party_body`...
    Fact(String),
}

/// One thing that can be done at a step.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// The verb; a step offers each verb at most once, unless `when` tells the moves apart.
    pub verb: Verb,
    /// The button; without it the verb's own word.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub label: String,
    /// Offered only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What the act must bring.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub needs: Vec<Given>,
    /// What follows.
    pub then: Next,
    /// What the act does to the world.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
    /// For `return`: how long the applicant has to complete the file, and what happens if nothing comes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub correction: Option<Limit>,
    /// The document handed out: 受理通知书、补正告知书、准予行政许可决定书…
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub document: String,
    /// The clause that gives the power to make it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<Citation>,
    /// For a refusal: the grounds the law knows (法定理由), each with its article; offered as a list so that none is invented.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grounds: Vec<Ground>,
}

/// A ground the law gives for a refusal (不予许可的法定理由).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// Its name in the data, unique in the move.
    pub id: String,
    /// The ground in plain words, as it stands in the decision.
    pub text: String,
    /// The article.
    pub clause: Citation,
}

/// What an act must bring with it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Given {
    /// 理由
    Reason,
    /// 依据条款
    Article,
    /// 意见
    Opinion,
    /// 逐项审查要点的结论
    Points,
    /// 文书或附件
    Document,
    /// 逐项列明的补正内容
    Corrections,
    /// 移送对象
    Recipient,
    /// 本环节应填的表单
    Form,
    /// 中止原因
    Cause,
}

impl Given {
    /// The word in a sentence: “请填写理由”.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Reason => "理由",
            Self::Article => "依据条款",
            Self::Opinion => "意见",
            Self::Points => "逐项审查结论",
            Self::Document => "文书",
            Self::Corrections => "补正内容",
            Self::Recipient => "移送对象",
            Self::Form => "本环节表单",
            Self::Cause => "中止原因",
        }
    }
}

/// What follows a move.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Next {
    /// `"stay"`: the task stays open.
    Stay,
    /// `{ open = ["a", "b"] }`: the task closes and these open, in parallel.
    Open(Vec<StepId>),
    /// `{ join = "decide" }`: the task closes; the last of the open siblings opens the step.
    Join(StepId),
    /// `{ end = "granted" }`: the case ends.
    End(EndingId),
}

/// A time limit (期限). It never decides for the authority unless `on_expiry` says so and cites the clause.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Limit {
    /// 法定时限
    pub statutory: TimeSpan,
    /// 承诺时限, not longer than the statutory one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promised: Option<TimeSpan>,
    /// The event it runs from.
    #[serde(default)]
    pub from: Start,
    /// What stops the clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub suspended_by: Vec<Suspension>,
    /// How it may be made longer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Extension>,
    /// What happens when it has run out.
    #[serde(default)]
    pub on_expiry: Expiry,
    /// The clause that sets it.
    pub clause: Citation,
}

/// The event a limit runs from.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Start {
    /// 进入本环节之日
    #[default]
    Opened,
    /// 首次提交之日
    Submitted,
    /// 材料补齐之日（最近一次提交）
    Completed,
    /// 受理之日
    Accepted,
}

/// What stops a clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Suspension {
    /// 申请人补正
    Correction,
    /// 听证
    Hearing,
    /// 专家评审
    ExpertReview,
    /// 检验、检测、鉴定
    Inspection,
    /// 公示、公告
    PublicNotice,
    /// 招标、拍卖
    Tender,
}

impl Suspension {
    /// Its name in Chinese.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Correction => "申请人补正",
            Self::Hearing => "听证",
            Self::ExpertReview => "专家评审",
            Self::Inspection => "检验、检测、鉴定",
            Self::PublicNotice => "公示",
            Self::Tender => "招标、拍卖",
        }
    }
}

/// How a limit may be made longer.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// By how much each time.
    pub span: TimeSpan,
    /// Which desk allows it (经本行政机关负责人批准: `decision`).
    pub by: DeskId,
    /// How often; once unless the law says more.
    #[serde(default = "once")]
    pub times: u32,
    /// The clause.
    pub clause: Citation,
}

/// Once.
const fn once() -> u32 {
    1
}

/// What happens when a limit has run out.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    /// 视为受理：the step's `accept` move is made by the system.
    DeemedAccepted,
    /// 视为撤回：the case ends with the ending of kind `withdrawn`.
    Withdrawn,
    /// 报上一级：the task is shown to the authority above.
    Escalate,
    /// 标为超期
    #[default]
    Overdue,
}

/// A review point (审查要点).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// Its name in the data, unique in the step.
    pub id: String,
    /// The question, answered 是、否 or 不适用, with a remark for 否.
    pub text: String,
    /// The clause behind it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<Citation>,
    /// Fields and materials to put beside the question.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub look_at: Vec<String>,
    /// May be left unanswered.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub optional: bool,
}

/// A public notice while a step is open (公示、公告).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its title; `{field}` stands for an answer that is not personal.
    pub title: String,
    /// How long it runs.
    pub span: TimeSpan,
    /// The fields it shows; personal ones are refused by the checker.
    pub shows: Vec<FieldId>,
    /// The clause that asks for it.
    pub clause: Citation,
}

impl Step {
    /// The moves with this verb.
    pub fn offers(&self, verb: Verb) -> impl Iterator<Item = &Move> {
        self.moves.iter().filter(move |offered| offered.verb == verb)
    }
}

impl Move {
    /// The button's words.
    pub fn words(&self) -> &str {
        if self.label.is_empty() { self.verb.plain() } else { &self.label }
    }
}
