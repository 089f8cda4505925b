//! Registered items (登记事项): what an answer becomes when the matter is granted.
use serde::{Deserialize, Serialize};

/// A registered or recorded item (登记事项、备案事项) that an answer feeds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Item {
    /// 名称
    Name,
    /// 组织类型（社会团体、社会服务机构、基金会、社区社会组织）
    Kind,
    /// 类别（行业协会商会、科技类…；公募、非公募）
    Category,
    /// 登记证书形式（法人、合伙、个体）
    LegalForm,
    /// 住所
    Domicile,
    /// 住所所在社区
    DomicileArea,
    /// 宗旨
    Purpose,
    /// 业务范围
    Scope,
    /// 活动地域
    ActivityArea,
    /// 法定代表人
    LegalRepresentative,
    /// 负责人
    Officers,
    /// 发起人
    Founders,
    /// 注册资金、活动资金、开办资金、原始基金
    Funds,
    /// 业务主管单位
    Supervisor,
    /// 行业管理部门
    Regulator,
    /// 党建工作机构
    PartyBody,
    /// 直接登记还是双重管理
    ManagementMode,
    /// 行业领域
    Industry,
    /// 个人会员数
    IndividualMembers,
    /// 单位会员数
    UnitMembers,
    /// 从业人员数
    Staff,
    /// 联系人
    Contact,
    /// 联系电话
    Phone,
    /// 电子邮箱
    Email,
    /// 网站
    Website,
    /// 章程
    Charter,
    /// 印章式样
    Seal,
    /// 银行账户
    BankAccount,
    /// 分支机构、代表机构
    Branches,
    /// 党组织信息
    PartyOrganization,
    /// 党员数
    PartyMembers,
    /// 是否慈善组织
    Charity,
    /// 届期（本届任期起止）
    Term,
}
