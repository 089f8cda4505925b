//! An organization as it stood on one day: the registered items and the marks that lists, rules and pages read.
use std::collections::BTreeMap;

use base::{AreaCode, BodyId, Date, Fen, OrgId, Origin};
use serde::{Deserialize, Serialize};

use crate::kind::{DirectClass, Kind, ManagementMode};
use crate::state::States;

/// The registered items (登记事项) and marks of one organization, true for the interval of the version that carries them.
///
/// Items by regulation: 社会团体 art 12 (名称、住所、宗旨、业务范围、活动地域、法定代表人、活动资金、业务主管单位), 民非 art 12,
/// 基金会 art 11.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent registered marks, each shown and stored by its own name"
)]
pub struct Organization {
    /// Identity, for ever.
    pub id: OrgId,
    /// Shard key, for ever: who first registered it.
    pub origin: Origin,
    /// 组织类型
    pub kind: Kind,
    /// 名称
    pub name: String,
    /// 统一社会信用代码; a real organization whose code is unknown keeps none and is flagged.
    pub code: Option<String>,
    /// 备案号 of a filed community organization.
    pub filing_number: Option<String>,
    /// The three states.
    pub states: States,
    /// Area of the competent registrar (登记管理机关), the dated fact that rights follow.
    pub registrar: AreaCode,
    /// Its full name where known: 辽宁省民政厅.
    pub registrar_name: Option<String>,
    /// 业务主管单位 as a body that may sign in.
    pub supervisor: Option<BodyId>,
    /// Its name as registered.
    pub supervisor_name: Option<String>,
    /// 行业管理部门
    pub regulator: Option<BodyId>,
    /// Its name.
    pub regulator_name: Option<String>,
    /// 党建工作机构
    pub party_body: Option<BodyId>,
    /// 管理方式
    pub management: ManagementMode,
    /// Class of direct registration.
    pub direct_class: Option<DirectClass>,
    /// 住所: the finest area known, down to the 12-digit community.
    pub domicile: Option<AreaCode>,
    /// 住所 in full.
    pub address: Option<String>,
    /// 宗旨
    pub purpose: Option<String>,
    /// 业务范围
    pub scope: Option<String>,
    /// 活动地域
    pub activity_area: Option<String>,
    /// 法定代表人's name, a public registered item.
    pub legal_representative: Option<String>,
    /// 注册资金（活动资金、开办资金、原始基金）
    pub capital: Option<Fen>,
    /// 成立登记日期; unknown stays unknown.
    pub registered_on: Option<Date>,
    /// 注销或撤销日期
    pub ended_on: Option<Date>,
    /// 证书有效期至
    pub certificate_until: Option<Date>,
    /// 评估等级 1 to 5 (A to 5A), none when not rated.
    pub grade: Option<u8>,
    /// 慈善组织
    pub charity: bool,
    /// 公开募捐资格
    pub fundraising: bool,
    /// 志愿服务组织标识
    pub volunteer: bool,
    /// National industry classification (GB/T 4754), clause 002-08a.
    pub industry: Option<String>,
    /// 新领域新业态 mark, clauses 000-III.4c and 001-04b.
    pub new_field: bool,
    /// Day of decoupling (脱钩), clause 000-I.3e.
    pub decoupled_on: Option<Date>,
    /// The body it was decoupled from.
    pub decoupled_from: Option<String>,
    /// Full-time staff where reported.
    pub staff: Option<u32>,
    /// Party members where reported (四同步).
    pub party_members: Option<u32>,
    /// 演示数据: made by `generate` or `demo`.
    pub synthetic: bool,
    /// Where the record came from: a case, an import file, a generator.
    pub source: String,
    /// Names and codes it bore elsewhere: school code, foreign codes.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identifiers: BTreeMap<String, String>,
    /// 其他登记、备案事项 without a field of their own, by their name in the catalogue: `individual_members`, `term`... Never personal.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub recorded: BTreeMap<String, String>,
}

/// One registered item that differs between two versions.
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct Change {
    /// The item's Chinese label.
    pub label: &'static str,
    /// Before, as people read it; empty when there was none.
    pub before: String,
    /// After.
    pub after: String,
}

impl Organization {
    /// A registered body with only what it cannot do without; the rest is unknown.
    pub fn new(id: OrgId, kind: Kind, name: impl Into<String>, registrar: AreaCode) -> Self {
        Self {
            id,
            origin: Origin::of(&registrar),
            kind,
            name: name.into(),
            code: None,
            filing_number: None,
            states: States::default(),
            registrar,
            registrar_name: None,
            supervisor: None,
            supervisor_name: None,
            regulator: None,
            regulator_name: None,
            party_body: None,
            management: if kind == Kind::Community { ManagementMode::Filed } else { ManagementMode::Dual },
            direct_class: None,
            domicile: None,
            address: None,
            purpose: None,
            scope: None,
            activity_area: None,
            legal_representative: None,
            capital: None,
            registered_on: None,
            ended_on: None,
            certificate_until: None,
            grade: None,
            charity: false,
            fundraising: false,
            volunteer: false,
            industry: None,
            new_field: false,
            decoupled_on: None,
            decoupled_from: None,
            staff: None,
            party_members: None,
            synthetic: false,
            source: String::new(),
            identifiers: BTreeMap::new(),
            recorded: BTreeMap::new(),
        }
    }

    /// What URLs and people use: credit code, else filing number, else id.
    pub fn public_code(&self) -> String {
        self.code.clone().or_else(|| self.filing_number.clone()).unwrap_or_else(|| self.id.to_string())
    }

    /// Every registered item as (label, text), in the order a dossier shows them; empty text where unknown.
    pub fn items(&self) -> Vec<(&'static str, String)> {
        let text = |value: &Option<String>| value.clone().unwrap_or_default();
        let day = |value: Option<Date>| value.map(|date| date.to_string()).unwrap_or_default();
        let mark = |value: bool| if value { "是" } else { "否" }.to_owned();
        vec![
            ("名称", self.name.clone()),
            ("统一社会信用代码", text(&self.code)),
            ("备案号", text(&self.filing_number)),
            ("组织类型", self.kind.label().to_owned()),
            ("登记状态", self.states.registration.label().to_owned()),
            ("信用状态", self.states.credit.label().to_owned()),
            ("运行状态", self.states.operation.label().to_owned()),
            ("登记管理机关", self.registrar_name.clone().unwrap_or_else(|| self.registrar.to_string())),
            ("管理方式", self.management.label().to_owned()),
            ("直接登记类别", self.direct_class.map(|class| class.label().to_owned()).unwrap_or_default()),
            ("业务主管单位", text(&self.supervisor_name)),
            ("行业管理部门", text(&self.regulator_name)),
            ("法定代表人", text(&self.legal_representative)),
            (self.kind.capital_label(), self.capital.map(Fen::plain).unwrap_or_default()),
            ("住所", text(&self.address)),
            ("住所所在区划", self.domicile.as_ref().map(ToString::to_string).unwrap_or_default()),
            ("宗旨", text(&self.purpose)),
            ("业务范围", text(&self.scope)),
            ("活动地域", text(&self.activity_area)),
            ("成立登记日期", day(self.registered_on)),
            ("证书有效期至", day(self.certificate_until)),
            ("退出日期", day(self.ended_on)),
            ("评估等级", self.grade.map(grade_label).unwrap_or_default()),
            ("慈善组织", mark(self.charity)),
            ("公开募捐资格", mark(self.fundraising)),
            ("志愿服务组织", mark(self.volunteer)),
            ("国民经济行业分类", text(&self.industry)),
            ("新领域新业态", mark(self.new_field)),
            ("脱钩日期", day(self.decoupled_on)),
            ("脱钩前主管单位", text(&self.decoupled_from)),
        ]
    }

    /// What differs from `earlier` to `self`, item by item.
    pub fn changes_since(&self, earlier: &Self) -> Vec<Change> {
        let before = earlier.items();
        self.items()
            .into_iter()
            .zip(before)
            .filter(|((_, after), (_, before))| after != before)
            .map(|((label, after), (_, before))| Change { label, before, after })
            .collect()
    }
}

/// 1 → 1A … 5 → 5A.
pub fn grade_label(grade: u8) -> String {
    if grade == 0 { String::new() } else { format!("{grade}A") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Organization {
        Organization::new(OrgId::from_bits(1), Kind::Foundation, "云州市助学基金会", "21".parse().unwrap())
    }

    #[test]
    fn differences_name_the_items_that_changed() {
        let before = sample();
        let mut after = before.clone();
        after.name = "云州省助学基金会".into();
        after.capital = Some(Fen::yuan(8_000_000));
        let changes = after.changes_since(&before);
        assert_eq!(changes.len(), 2);
        assert_eq!(changes[0].label, "名称");
        assert_eq!(changes[1], Change { label: "原始基金", before: String::new(), after: "800 万元".into() });
    }

    #[test]
    fn the_public_code_falls_back_to_filing_number_and_id() {
        let mut org = sample();
        assert_eq!(org.public_code(), org.id.to_string());
        org.filing_number = Some("SQ1".into());
        assert_eq!(org.public_code(), "SQ1");
        org.code = Some("53100000500021676K".into());
        assert_eq!(org.public_code(), "53100000500021676K");
    }
}
