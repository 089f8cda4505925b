//! Which column means what: guessed from Chinese and English headers, shown to the person, changed by the person.
use serde::{Deserialize, Serialize};

use super::clean;
use crate::kind::words;

words! {
    /// What a column of an imported table holds.
    Column {
        /// 名称
        Name = "name", "名称";
        /// 曾用名
        FormerName = "former_name", "曾用名";
        /// 统一社会信用代码
        Code = "code", "统一社会信用代码";
        /// 备案号
        FilingNumber = "filing_number", "备案号";
        /// 组织类型
        Kind = "kind", "组织类型";
        /// 登记状态
        Status = "status", "登记状态";
        /// 成立登记日期
        RegisteredOn = "registered_on", "成立登记日期";
        /// 退出日期
        EndedOn = "ended_on", "注销日期";
        /// 注册资金
        Capital = "capital", "注册资金";
        /// 登记管理机关
        Registrar = "registrar", "登记管理机关";
        /// 业务主管单位
        Supervisor = "supervisor", "业务主管单位";
        /// 法定代表人
        LegalRepresentative = "legal_representative", "法定代表人";
        /// 省
        Province = "province", "省";
        /// 市
        City = "city", "市";
        /// 区县
        District = "district", "区县";
        /// 行政区划代码
        Area = "area", "行政区划代码";
        /// 住所
        Address = "address", "住所";
        /// 证书有效期
        CertificateUntil = "certificate_until", "证书有效期";
        /// 业务范围
        Scope = "scope", "业务范围";
        /// 宗旨
        Purpose = "purpose", "宗旨";
        /// 评估等级
        Grade = "grade", "评估等级";
        /// 学校标识码
        SchoolCode = "school_code", "学校标识码";
    }
}

impl Column {
    /// Headers seen in the wild, normalised by [`normal`]. The first match wins, so the exact ones come first.
    fn headers(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "名称",
                "组织名称",
                "社会组织名称",
                "单位名称",
                "机构名称",
                "基金会名称",
                "学校名称",
                "name",
                "orgname",
                "organization",
            ],
            Self::FormerName => &["曾用名", "原名称", "formername"],
            Self::Code => {
                &["统一社会信用代码", "信用代码", "社会信用代码", "统一代码", "uscc", "code", "creditcode", "usci"]
            }
            Self::FilingNumber => &["备案号", "备案编号", "备案证号", "filingnumber", "filingno"],
            Self::Kind => &["组织类型", "社会组织类型", "类型", "机构类型", "kind", "type", "orgtype"],
            Self::Status => &["登记状态", "状态", "status"],
            Self::RegisteredOn => &[
                "成立登记日期",
                "成立日期",
                "登记日期",
                "成立时间",
                "注册日期",
                "登记时间",
                "备案日期",
                "regdate",
                "registeredon",
                "registrationdate",
            ],
            Self::EndedOn => &["注销日期", "撤销日期", "endedon", "deregisteredon"],
            Self::Capital => &[
                "注册资金",
                "注册资本",
                "开办资金",
                "活动资金",
                "原始基金",
                "原始基金数额",
                "initialfundraw",
                "initialfund",
                "capital",
            ],
            Self::Registrar => &["登记管理机关", "登记机关", "发证机关", "registrar", "authority"],
            Self::Supervisor => &["业务主管单位", "主管单位", "主管部门", "supervisor", "department"],
            Self::LegalRepresentative => &["法定代表人", "法人代表", "负责人", "legalrep", "legalrepresentative"],
            Self::Province => &["省", "省份", "所在省份", "province"],
            Self::City => &["市", "城市", "所在地", "所在城市", "city"],
            Self::District => &["区县", "区", "县区", "所在区县", "district", "county"],
            Self::Area => &["行政区划代码", "区划代码", "area", "areacode"],
            Self::Address => &["住所", "地址", "住所地址", "注册地址", "address"],
            Self::CertificateUntil => &["证书有效期", "有效期", "证书有效期至", "certvalid", "validuntil"],
            Self::Scope => &["业务范围", "scope"],
            Self::Purpose => &["宗旨", "purpose"],
            Self::Grade => &["评估等级", "等级", "grade"],
            Self::SchoolCode => &["学校标识码", "moecode"],
        }
    }
}

/// A header without spaces, punctuation, units in brackets and case: `注册资金（万元）` → `注册资金`.
fn normal(header: &str) -> String {
    let folded = clean::text(header).to_lowercase();
    let before_bracket = folded.split(['(', '[', '【']).next().unwrap_or_default().to_owned();
    before_bracket.chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What each column of a table means; none for columns left out.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Mapping {
    /// The headers as they stand in the file.
    pub headers: Vec<String>,
    /// The meaning of each.
    pub columns: Vec<Option<Column>>,
}

impl Mapping {
    /// Guesses from the headers. Each meaning is given to one column only, the first that fits.
    pub fn guess(headers: &[String]) -> Self {
        let mut columns: Vec<Option<Column>> = Vec::with_capacity(headers.len());
        for header in headers {
            let wanted = normal(header);
            let found = Column::ALL.iter().copied().find(|column| column.headers().contains(&wanted.as_str()));
            columns.push(found.filter(|column| !columns.contains(&Some(*column))));
        }
        Self { headers: headers.to_vec(), columns }
    }

    /// Sets what one column means, taking the meaning away from any other.
    pub fn set(&mut self, index: usize, meaning: Option<Column>) {
        if meaning.is_some() {
            for slot in &mut self.columns {
                if *slot == meaning {
                    *slot = None;
                }
            }
        }
        if let Some(slot) = self.columns.get_mut(index) {
            *slot = meaning;
        }
    }

    /// Which column holds `meaning`.
    pub fn find(&self, meaning: Column) -> Option<usize> {
        self.columns.iter().position(|column| *column == Some(meaning))
    }

    /// The cell of `row` that holds `meaning`, or empty text.
    pub fn cell<'a>(&self, row: &'a [String], meaning: Column) -> &'a str {
        self.find(meaning).and_then(|index| row.get(index)).map_or("", String::as_str)
    }

    /// Whether the header of `meaning` says that amounts are in 万元 and nothing else.
    pub fn in_wan(&self, meaning: Column) -> bool {
        self.find(meaning).and_then(|index| self.headers.get(index)).is_some_and(|header| header.contains("万元"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(headers: &[&str]) -> Mapping {
        Mapping::guess(&headers.iter().map(|h| (*h).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn chinese_and_english_headers_are_known() {
        let mapping = guess(&["序号", "单位名称", "统一社会信用代码", "注册资金（万元）", "Reg_Date", "name"]);
        assert_eq!(mapping.columns[0], None);
        assert_eq!(mapping.find(Column::Name), Some(1));
        assert_eq!(mapping.find(Column::Code), Some(2));
        assert!(mapping.in_wan(Column::Capital));
        assert_eq!(mapping.find(Column::RegisteredOn), Some(4));
        assert_eq!(mapping.columns[5], None, "a meaning is given once");
    }

    #[test]
    fn a_person_may_change_it() {
        let mut mapping = guess(&["a", "名称"]);
        mapping.set(0, Some(Column::Name));
        assert_eq!(mapping.columns, [Some(Column::Name), None]);
        assert_eq!(mapping.cell(&["甲".into()], Column::Name), "甲");
        assert_eq!(mapping.cell(&["甲".into()], Column::Code), "");
    }
}
