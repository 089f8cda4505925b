//! Effects (结果动作): the closed list of what a move or an ending may do to the world. A new matter is data; only a new *kind*
//! of effect is code (in `office`, which runs them inside the act's transaction).
use authority::DeskId;
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::value::TimeSpan;
use super::{FieldId, MatterId};

/// One effect, written `{ do = "issue_certificate", certificate = "registration" }`.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Effect {
    /// 登记社会组织: create it from every answer with `feeds`.
    CreateOrganization,
    /// 赋统一社会信用代码
    IssueCode,
    /// 编备案编号（社区社会组织；不得是有效的信用代码）
    IssueFilingNumber,
    /// 发证书
    IssueCertificate {
        /// Which certificate.
        certificate: Certificate,
    },
    /// 收回、作废证书
    WithdrawCertificate {
        /// Which certificate; all of them if not said.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        certificate: Option<Certificate>,
    },
    /// 保留名称
    ReserveName {
        /// The `name` field.
        field: FieldId,
        /// For how long.
        span: TimeSpan,
    },
    /// 释放保留的名称
    ReleaseName {
        /// The `name` field.
        field: FieldId,
    },
    /// 变更登记、备案事项: write every answer with `feeds`, or only these.
    AmendItems {
        /// The items; all that the form feeds if empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        items: Vec<Item>,
    },
    /// 公告
    PublishNotice {
        /// Its title; `{field}` stands for an answer that is not personal.
        title: String,
        /// The fields it shows.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        shows: Vec<FieldId>,
    },
    /// 邀请好差评
    OpenServiceReview,
    /// 通知
    Notify {
        /// Whom.
        who: Audience,
        /// The text; `{matter}`, `{case}` and `{due}` are filled in.
        text: String,
    },
    /// 启动另一事项（新办件，与本办件相连）
    OpenMatter {
        /// The matter.
        matter: MatterId,
    },
    /// 改变登记状态、信用状态或运行状态
    SetState {
        /// Which of the three.
        axis: StateAxis,
        /// The new state.
        state: String,
    },
    /// 记录党建信息
    RecordPartyInfo,
    /// 写入名册
    EnterRegister {
        /// The register.
        register: String,
        /// Fields to copy under the same names; all public ones if empty.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        fields: Vec<FieldId>,
    },
    /// 移出名册
    LeaveRegister {
        /// The register.
        register: String,
    },
    /// 记录年度报告
    RecordReport {
        /// The `year` field.
        year: FieldId,
    },
    /// 记入资金台账
    RecordMoney {
        /// The `money` field.
        field: FieldId,
        /// What for: `grant`, `penalty`, `subsidy`, `donation`…
        purpose: String,
    },
    /// 记录评估等级
    RecordRating {
        /// The `choice` field with the grade.
        grade: FieldId,
        /// How long it is valid.
        valid: TimeSpan,
    },
}

/// Certificates (证书).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Certificate {
    /// 社会组织法人登记证书（三类共用；按组织类型取版式）
    Registration,
    /// 备案证书（社区社会组织）
    Filing,
    /// 慈善组织属性标识
    Charity,
    /// 公开募捐资格证书
    PublicFundraising,
    /// 等级证书、牌匾
    Rating,
}

/// Whom a notification goes to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// 申请人
    Applicant,
    /// 社会组织
    Organization,
    /// 某岗位
    Desk(DeskId),
    /// 业务主管单位
    Supervisor,
    /// 上级机关
    Upper,
}

/// The three separate states of an organization.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateAxis {
    /// 登记状态
    Registration,
    /// 信用状态
    Credit,
    /// 运行状态
    Operation,
}
