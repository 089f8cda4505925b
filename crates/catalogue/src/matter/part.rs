//! The remaining parts of a matter: who applies, materials, checks, endings and overlay slots.
use authority::DeskId;
use serde::{Deserialize, Serialize};

use super::effect::Effect;
use super::value::{Need, TimeSpan};
use super::{Citation, Condition, EndingId, FieldId, MaterialId, SlotId, StepId};

/// Who may open a case (申请主体).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Applicants {
    /// Which of these.
    pub who: Vec<Opener>,
    /// The desks, where `who` has `desk`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub desks: Vec<DeskId>,
    /// In words.
    pub text: String,
}

/// Who opens a case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Opener {
    /// 发起人、举办者（组织尚未成立）
    Founder,
    /// 社会组织
    Organization,
    /// 公民、法人和其他组织（公众）
    Public,
    /// 机关岗位（检查、立案、移入名录…）
    Desk,
    /// 系统（规则触发、另一事项启动）
    System,
}

/// What kind of administrative matter it is (事项类型).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MatterKind {
    /// 行政许可
    Licence,
    /// 行政处罚
    Penalty,
    /// 行政强制
    Coercion,
    /// 行政给付
    Benefit,
    /// 行政检查
    Inspection,
    /// 行政确认
    Confirmation,
    /// 行政奖励
    Award,
    /// 行政裁决
    Ruling,
    /// 备案、报告等其他行政权力
    Other,
    /// 公共服务
    PublicService,
    /// 机关内部事项
    Internal,
}

impl MatterKind {
    /// Its name in Chinese.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Licence => "行政许可",
            Self::Penalty => "行政处罚",
            Self::Coercion => "行政强制",
            Self::Benefit => "行政给付",
            Self::Inspection => "行政检查",
            Self::Confirmation => "行政确认",
            Self::Award => "行政奖励",
            Self::Ruling => "行政裁决",
            Self::Other => "其他行政权力",
            Self::PublicService => "公共服务",
            Self::Internal => "内部事项",
        }
    }
}

/// A kind of organization (组织类型).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrgKind {
    /// 社会团体
    Association,
    /// 社会服务机构（民办非企业单位）
    ServiceInstitution,
    /// 基金会
    Foundation,
    /// 社区社会组织（备案）
    Community,
}

/// What a case is about (办理对象).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum About {
    /// 将要成立的组织
    NewOrganization,
    /// 一个已登记或备案的组织
    Organization,
    /// 一个名称
    Name,
    /// 一个人
    Person,
    /// 一个项目
    Project,
    /// 其他（线索、场地、批次…）
    Other,
}

/// Which authority takes the case (受理机关由什么决定).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TakenBy {
    /// The organization's registrar.
    Registrar,
    /// The county of the organization's domicile.
    DomicileCounty,
    /// The street or township of the organization's domicile.
    DomicileTown,
    /// The area in this answer, cut to the authority's level.
    Answer(FieldId),
    /// The authority of the desk that opens it.
    Opener,
}

/// A material (申请材料).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Material {
    /// Its name in the data.
    pub id: MaterialId,
    /// Its name.
    pub name: String,
    /// Where it comes from.
    pub source: MaterialSource,
    /// Original or copy.
    pub form: MaterialForm,
    /// How many on paper; 0 where only an electronic one is taken.
    pub copies: u8,
    /// Whether it must be handed in.
    pub required: Need,
    /// What it must show, in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub explain: String,
    /// 样表: a file of the catalogue, or 无.
    pub sample: String,
    /// 空白表: a file of the catalogue, or 无.
    pub blank: String,
    /// May be replaced by a commitment (告知承诺).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub promise: Option<Promise>,
    /// File endings taken; without it pdf, ofd, jpg, jpeg, png.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<String>,
    /// Personal information inside: opening it is journalled.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// The clause that asks for it.
    pub clause: Citation,
    /// Required by law: an overlay may drop it only if it is not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub statutory: bool,
}

/// Where a material comes from (来源渠道).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialSource {
    /// 申请人自备
    Applicant,
    /// 政府部门核发
    Authority,
    /// 第三方出具（验资、审计…）
    ThirdParty,
    /// 数据共享，免于提交
    Shared,
    /// 系统由表单生成，申请人签章
    Generated,
}

impl MaterialSource {
    /// Its name in Chinese.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Applicant => "申请人自备",
            Self::Authority => "政府部门核发",
            Self::ThirdParty => "第三方出具",
            Self::Shared => "数据共享，免于提交",
            Self::Generated => "系统生成，申请人签章",
        }
    }
}

/// Original or copy (材料形式).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MaterialForm {
    /// 原件
    Original,
    /// 复印件
    Copy,
    /// 原件核对、收复印件
    OriginalAndCopy,
    /// 电子件
    Electronic,
}

impl MaterialForm {
    /// Its name in Chinese.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Original => "原件",
            Self::Copy => "复印件",
            Self::OriginalAndCopy => "原件核对、收复印件",
            Self::Electronic => "电子件",
        }
    }
}

/// A commitment that replaces a material for now (告知承诺制).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Promise {
    /// What the applicant promises, word for word.
    pub text: String,
    /// What follows if the promise is broken, word for word.
    pub consequence: String,
    /// The authority verifies within this time of the decision.
    pub verify: TimeSpan,
    /// The clause.
    pub clause: Citation,
}

/// A check made at given moments (校验).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Check {
    /// Its name in the data.
    pub id: String,
    /// When it is made.
    pub at: Vec<Moment>,
    /// Made only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<Condition>,
    /// What must hold: a condition, which may be a `named` check.
    pub require: Condition,
    /// Refuse, or only warn.
    pub severity: CheckSeverity,
    /// What is wrong, in plain words.
    pub message: String,
    /// What to do next, in plain words.
    pub remedy: String,
    /// The field to point at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<FieldId>,
    /// The clause.
    pub clause: Citation,
}

/// When a check is made.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Moment {
    /// 提交时
    Submit,
    /// 受理时
    Accept,
    /// 作出准予决定或办结时
    Decide,
}

/// What a missed check does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckSeverity {
    /// 不予通过
    Refuse,
    /// 提醒，由人判断
    Warn,
}

/// How a case may end (办理结果).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Its name in the data.
    pub id: EndingId,
    /// What people call it: 准予登记、不予登记、撤回…
    pub name: String,
    /// Its kind, for statistics and colours.
    pub kind: EndingKind,
    /// The document handed out, or 无.
    pub document: String,
    /// How soon it must be handed over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deliver: Option<TimeSpan>,
    /// What the ending does, after the effects of the move that led to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub effects: Vec<Effect>,
}

/// Kinds of endings.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EndingKind {
    /// 准予、通过、给予
    Granted,
    /// 不予、不通过
    Refused,
    /// 不予受理
    Rejected,
    /// 申请人撤回，或逾期未补正视为撤回
    Withdrawn,
    /// 移送其他机关
    Transferred,
    /// 办结（检查、报告、投诉等没有准予与否的事项）
    Closed,
    /// 终止（对象消失、撤案）
    Terminated,
}

/// A place where an overlay may put a step (插槽).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Slot {
    /// Its name in the data.
    pub id: SlotId,
    /// What it is for.
    pub text: String,
    /// Where.
    pub place: SlotPlace,
}

/// Where a slot lies.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotPlace {
    /// `{ beside = "supervise" }`: opened wherever that step is opened, in parallel, joining where it joins.
    Beside(StepId),
    /// `{ before = "decide" }`: everything that opened or joined that step goes to the new one, which opens it.
    Before(StepId),
}
