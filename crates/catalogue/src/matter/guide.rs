//! The office guide (办事指南): the elements that cannot be worked out from the form, the materials and the steps.
use serde::{Deserialize, Serialize};

/// The word for “none” that an official must write rather than leave an element out.
pub const NONE: &str = "无";

/// Elements of the office guide. All must be filled in, or say 无.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Guide {
    /// 简版: the whole matter in two or three sentences.
    pub brief: String,
    /// 受理条件
    pub conditions: Vec<String>,
    /// 办理流程: in words; the steps are listed by themselves.
    pub process: String,
    /// 收费: 不收费, or how much and by what rule.
    pub fee: String,
    /// 办理地点
    pub place: String,
    /// 办理时间
    pub hours: String,
    /// 到现场次数
    pub visits: u8,
    /// 特殊环节: 公示、专家评审、听证… or 无.
    pub special: String,
    /// 办理结果: what the applicant gets.
    pub result: String,
    /// 结果样本: a file of the catalogue, or 无.
    pub result_sample: String,
    /// 咨询方式
    pub enquiry: String,
    /// 监督投诉方式
    pub complaint: String,
    /// 行政复议、行政诉讼
    pub appeal: String,
    /// 常见问题
    pub questions: Vec<Question>,
}

/// A common question (常见问题).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// 问
    pub ask: String,
    /// 答
    pub answer: String,
}
