//! Desks and verbs: where somebody sits, and what can be done there.
use std::fmt;

use serde::{Deserialize, Serialize};

/// A desk (岗位) as the catalogue names it: `intake` 受理, `review` 审查, `decision` 决定, `supervisor` 业务主管单位...
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeskId(String);

impl DeskId {
    /// The applicant's side of a case (申请人).
    pub const APPLICANT: &str = "applicant";
    /// The business supervisor (业务主管单位), who acts only for its own organizations.
    pub const SUPERVISOR: &str = "supervisor";
    /// The industry regulator (行业管理部门), who acts only where it is named.
    pub const REGULATOR: &str = "regulator";
    /// The party-building body (党建工作机构), who acts only where it is named or leads.
    pub const PARTY: &str = "party";
    /// The timer (系统), who lets limits expire.
    pub const SYSTEM: &str = "system";

    /// A desk by its name in the data.
    pub fn new(name: impl Into<String>) -> Self {
        Self(name.into())
    }

    /// Its name in the data.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the applicant's side.
    pub fn is_applicant(&self) -> bool {
        self.0 == Self::APPLICANT
    }

    /// Whether this is the timer.
    pub fn is_system(&self) -> bool {
        self.0 == Self::SYSTEM
    }
}

impl From<&str> for DeskId {
    fn from(name: &str) -> Self {
        Self::new(name)
    }
}

impl fmt::Display for DeskId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What can be done. The first group moves a case and is what a matter's steps offer; the second reads; the third administers.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// 提交、补正后再提交
    Submit,
    /// 受理
    Accept,
    /// 退回补正（一次性告知）
    Return,
    /// 出具意见
    Opine,
    /// 准予、通过
    Approve,
    /// 不予、不通过
    Refuse,
    /// 办结（没有准予与否之分的事项）
    Complete,
    /// 撤回申请
    Withdraw,
    /// 移送、转办
    Transfer,
    /// 延长期限
    Extend,
    /// 期限届满（由系统执行）
    Lapse,
    /// 中止计时（听证、专家评审、检验检测等）
    Suspend,
    /// 恢复计时
    Resume,
    /// 领取任务
    Claim,
    /// 放回任务
    Release,
    /// 改用更正后的事项版本
    AdoptEdition,
    /// 查看
    View,
    /// 查看受保护的个人信息（留痕）
    Reveal,
    /// 批量导出
    Export,
    /// 批量导入、登记册直接录入
    Import,
    /// 更正登记数据
    Amend,
    /// 变更登记管理机关
    Reassign,
    /// 管理账号与岗位（系统管理员）
    ManageAccounts,
    /// 修改系统配置（系统管理员）
    Configure,
    /// 授予岗位权限、管理密钥（安全管理员）
    GrantRights,
    /// 查阅与核验留痕（审计管理员）
    Audit,
}

impl Verb {
    /// Every verb, for tables and tests.
    pub const ALL: [Self; 26] = [
        Self::Submit,
        Self::Accept,
        Self::Return,
        Self::Opine,
        Self::Approve,
        Self::Refuse,
        Self::Complete,
        Self::Withdraw,
        Self::Transfer,
        Self::Extend,
        Self::Lapse,
        Self::Suspend,
        Self::Resume,
        Self::Claim,
        Self::Release,
        Self::AdoptEdition,
        Self::View,
        Self::Reveal,
        Self::Export,
        Self::Import,
        Self::Amend,
        Self::Reassign,
        Self::ManageAccounts,
        Self::Configure,
        Self::GrantRights,
        Self::Audit,
    ];

    /// Whether it acts on an open task of a case.
    pub const fn moves_case(self) -> bool {
        matches!(
            self,
            Self::Submit
                | Self::Accept
                | Self::Return
                | Self::Opine
                | Self::Approve
                | Self::Refuse
                | Self::Complete
                | Self::Withdraw
                | Self::Transfer
                | Self::Extend
                | Self::Lapse
                | Self::Suspend
                | Self::Resume
                | Self::Claim
                | Self::Release
        )
    }

    /// Whether it belongs to one of the three administrators and to nobody else (三员分立).
    pub const fn administers(self) -> bool {
        matches!(self, Self::ManageAccounts | Self::Configure | Self::GrantRights | Self::Audit)
    }

    /// The word on a button or in a sentence.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::Submit => "提交",
            Self::Accept => "受理",
            Self::Return => "退回补正",
            Self::Opine => "出具意见",
            Self::Approve => "通过",
            Self::Refuse => "不通过",
            Self::Complete => "办结",
            Self::Withdraw => "撤回",
            Self::Transfer => "移送",
            Self::Extend => "延长期限",
            Self::Lapse => "期限届满",
            Self::Suspend => "中止计时",
            Self::Resume => "恢复计时",
            Self::Claim => "领取",
            Self::Release => "放回",
            Self::AdoptEdition => "改用更正版本",
            Self::View => "查看",
            Self::Reveal => "查看个人信息",
            Self::Export => "导出",
            Self::Import => "导入",
            Self::Amend => "更正",
            Self::Reassign => "变更登记管理机关",
            Self::ManageAccounts => "管理账号",
            Self::Configure => "修改配置",
            Self::GrantRights => "授予权限",
            Self::Audit => "查阅留痕",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.plain())
    }
}
