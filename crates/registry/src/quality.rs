//! Data quality (数据质量, clause 000-10b): what is missing or contradicts itself in one organization's record, and a score.
//!
//! An issue's life (detected → assigned → corrected → verified → closed) is kept by `office`; here is only what is detected.
use base::Date;
use serde::{Deserialize, Serialize};

use crate::kind::{Kind, ManagementMode, words};
use crate::organization::Organization;
use crate::state::Registration;

words! {
    /// What a rule looks at (MZ/T 123 speaks of completeness, accuracy and consistency).
    Dimension {
        /// 完整性
        Completeness = "completeness", "完整性";
        /// 准确性
        Accuracy = "accuracy", "准确性";
        /// 一致性
        Consistency = "consistency", "一致性";
    }
}

/// One rule: what it is called, what it costs, when it is broken.
pub struct Rule {
    /// Stable name.
    pub id: &'static str,
    /// The item it speaks of.
    pub item: &'static str,
    /// What it looks at.
    pub dimension: Dimension,
    /// Points of 100 that a defect takes.
    pub weight: u8,
    /// What is wrong, for people.
    pub reason: &'static str,
    /// What to do.
    pub suggestion: &'static str,
    broken: fn(&Organization, Date) -> bool,
}

impl std::fmt::Debug for Rule {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.id)
    }
}

/// Filed bodies carry a filing number and simpler items; these rules are for registered legal persons.
fn is_registered(organization: &Organization) -> bool {
    organization.kind != Kind::Community
}

/// Every rule, gravest first. The weights of all rules a record can break at once sum to at most 100.
pub const RULES: &[Rule] = &[
    Rule {
        id: "no_code",
        item: "统一社会信用代码",
        dimension: Dimension::Completeness,
        weight: 20,
        reason: "没有统一社会信用代码",
        suggestion: "查到代码后补录",
        broken: |o, _| is_registered(o) && o.code.is_none(),
    },
    Rule {
        id: "no_filing_number",
        item: "备案号",
        dimension: Dimension::Completeness,
        weight: 20,
        reason: "没有备案号",
        suggestion: "补发备案号",
        broken: |o, _| !is_registered(o) && o.filing_number.is_none(),
    },
    Rule {
        id: "class_conflict",
        item: "组织类型",
        dimension: Dimension::Consistency,
        weight: 15,
        reason: "组织类型与代码第 2 位不一致",
        suggestion: "对照登记证书更正",
        broken: |o, _| {
            let class = o.code.as_deref().filter(|code| code.starts_with('5')).and_then(|code| code.chars().nth(1));
            class.is_some() && class != o.kind.class_digit()
        },
    },
    Rule {
        id: "no_registered_on",
        item: "成立登记日期",
        dimension: Dimension::Completeness,
        weight: 10,
        reason: "没有成立登记日期",
        suggestion: "查到后补录",
        broken: |o, _| o.registered_on.is_none(),
    },
    Rule {
        id: "no_domicile",
        item: "住所所在区划",
        dimension: Dimension::Completeness,
        weight: 10,
        reason: "住所没有落到区县",
        suggestion: "按住所补录到社区（村）",
        broken: |o, _| o.domicile.as_ref().is_none_or(|area| area.as_str().len() < 6),
    },
    Rule {
        id: "no_legal_representative",
        item: "法定代表人",
        dimension: Dimension::Completeness,
        weight: 10,
        reason: "没有法定代表人",
        suggestion: "查到后补录",
        broken: |o, _| is_registered(o) && o.legal_representative.is_none(),
    },
    Rule {
        id: "no_supervisor",
        item: "业务主管单位",
        dimension: Dimension::Completeness,
        weight: 10,
        reason: "双重管理的组织没有业务主管单位",
        suggestion: "补录业务主管单位，或改为直接登记",
        broken: |o, _| o.management == ManagementMode::Dual && o.supervisor_name.is_none(),
    },
    Rule {
        id: "no_capital",
        item: "注册资金",
        dimension: Dimension::Completeness,
        weight: 5,
        reason: "没有注册资金",
        suggestion: "查到后补录",
        broken: |o, _| is_registered(o) && o.capital.is_none(),
    },
    Rule {
        id: "certificate_expired",
        item: "证书有效期至",
        dimension: Dimension::Accuracy,
        weight: 5,
        reason: "登记证书已过有效期",
        suggestion: "通知换证，或补录新的有效期",
        broken: |o, today| o.states.registration.is_live() && o.certificate_until.is_some_and(|until| until < today),
    },
    Rule {
        id: "ended_without_date",
        item: "退出日期",
        dimension: Dimension::Consistency,
        weight: 5,
        reason: "已退出但没有退出日期",
        suggestion: "查到后补录",
        broken: |o, _| {
            matches!(o.states.registration, Registration::Deregistered | Registration::Revoked) && o.ended_on.is_none()
        },
    },
    Rule {
        id: "ended_before_start",
        item: "退出日期",
        dimension: Dimension::Consistency,
        weight: 10,
        reason: "退出日期早于成立登记日期",
        suggestion: "核实两个日期",
        broken: |o, _| matches!((o.registered_on, o.ended_on), (Some(start), Some(end)) if end < start),
    },
];

/// The rules that a record breaks on `today`.
pub fn inspect(organization: &Organization, today: Date) -> Vec<&'static Rule> {
    RULES.iter().filter(|rule| (rule.broken)(organization, today)).collect()
}

/// 100 less the weights of what is broken, never below 0.
pub fn score(broken: &[&Rule]) -> u8 {
    100_u8.saturating_sub(broken.iter().map(|rule| rule.weight).fold(0, u8::saturating_add))
}

#[cfg(test)]
mod tests {
    use base::{Fen, OrgId};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_full_record_scores_a_hundred_and_each_gap_costs_its_weight() {
        let mut o = Organization::new(OrgId::from_bits(1), Kind::Foundation, "云州省助学基金会", "21".parse().unwrap());
        o.code = Some("53210000500021676K".into());
        o.registered_on = Some(day("2017-12-01"));
        o.domicile = "210102".parse().ok();
        o.legal_representative = Some("张三".into());
        o.supervisor_name = Some("云州省教育厅".into());
        o.capital = Some(Fen::yuan(2_000_000));
        assert_eq!(score(&inspect(&o, day("2026-11-21"))), 100);
        o.capital = None;
        o.certificate_until = Some(day("2020-01-01"));
        let broken = inspect(&o, day("2026-11-21"));
        assert_eq!(broken.iter().map(|rule| rule.id).collect::<Vec<_>>(), ["no_capital", "certificate_expired"]);
        assert_eq!(score(&broken), 90);
        o.code = Some("51210000500021676K".into());
        assert!(inspect(&o, day("2026-11-21")).iter().any(|rule| rule.id == "class_conflict"));
    }
}
