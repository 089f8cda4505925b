//! The words people read (办理状态). Never stored: worked out from the case or the draft.
use std::fmt;

use authority::DeskId;
use serde::{Deserialize, Serialize};

use crate::act::{Filing, Rules};
use crate::answers::{CaseFacts, is_blank};
use crate::case::Case;
use crate::file::filing_faults;

/// The status an applicant sees. Nothing says 完成 before it has been filed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// 未开始
    NotStarted,
    /// 填写中
    Filling,
    /// 已填好(未提交)
    Filled,
    /// 已提交
    Submitted,
    /// 待补正
    AwaitingCorrection,
    /// 审查中
    UnderReview,
    /// 已办结
    Concluded,
}

impl Status {
    /// The word.
    pub const fn plain(self) -> &'static str {
        match self {
            Self::NotStarted => "未开始",
            Self::Filling => "填写中",
            Self::Filled => "已填好(未提交)",
            Self::Submitted => "已提交",
            Self::AwaitingCorrection => "待补正",
            Self::UnderReview => "审查中",
            Self::Concluded => "已办结",
        }
    }

    /// Whether the applicant has to do something; only then it is coloured.
    pub const fn needs_applicant(self) -> bool {
        matches!(self, Self::Filling | Self::Filled | Self::AwaitingCorrection)
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.plain())
    }
}

/// The status of a draft: 未开始, 填写中, or 已填好(未提交) when nothing is wrong with form and materials any more.
pub fn draft_status(rules: &Rules<'_>, filing: &Filing, facts: &CaseFacts<'_>) -> Status {
    if filing.answers.0.values().all(is_blank) && filing.materials.is_empty() {
        Status::NotStarted
    } else if filing_faults(rules, filing, &DeskId::from(DeskId::APPLICANT), facts).is_empty() {
        Status::Filled
    } else {
        Status::Filling
    }
}

/// What the desks see of the file: nobody looked yet, looked and found it incomplete, or complete.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// 未查看
    NotYet,
    /// 不完整
    Incomplete,
    /// 齐全
    Complete,
}

impl Case {
    /// The status shown to the applicant.
    pub fn status(&self) -> Status {
        if self.has_ended() {
            Status::Concluded
        } else if self.open_correction().is_some() {
            Status::AwaitingCorrection
        } else if self.accepted.is_some() || self.timeline.iter().any(|event| !event.desk.is_applicant()) {
            Status::UnderReview
        } else {
            Status::Submitted
        }
    }

    /// The state of the file shown to the desks.
    pub fn looked(&self) -> Looked {
        if self.open_correction().is_some() {
            Looked::Incomplete
        } else if self.accepted.is_some() || self.has_ended() {
            Looked::Complete
        } else {
            Looked::NotYet
        }
    }
}
