//! Three separate states (登记状态 · 信用状态 · 运行状态) and the transitions between them.
//!
//! Peers mix them into one; here each has its own closed list, its own moves and its own chip on the page (ux.md).
use serde::{Deserialize, Serialize};

use crate::kind::words;

words! {
    /// Legal existence (登记状态).
    Registration {
        /// 正常 (filed bodies: 已备案)
        Registered = "registered", "正常";
        /// 清算中
        Liquidating = "liquidating", "清算中";
        /// 已注销
        Deregistered = "deregistered", "已注销";
        /// 已撤销登记
        Revoked = "revoked", "已撤销登记";
    }
}

words! {
    /// Credit (信用状态, 民政部令第60号).
    Credit {
        /// 未列入名单
        Clear = "clear", "未列入名单";
        /// 活动异常名录
        Abnormal = "abnormal", "活动异常名录";
        /// 严重违法失信名单
        Serious = "serious", "严重违法失信名单";
    }
}

words! {
    /// Whether it works (运行状态).
    Operation {
        /// 运行正常
        Active = "active", "运行正常";
        /// 整改中
        Rectifying = "rectifying", "整改中";
        /// 限期停止活动
        Suspended = "suspended", "限期停止活动";
        /// 长期不活动（“僵尸”）
        Dormant = "dormant", "长期不活动";
        /// 已停止活动 (after its exit)
        Ceased = "ceased", "已停止活动";
    }
}

impl Registration {
    /// Whether it still exists as a registered or filed body.
    pub fn is_live(self) -> bool {
        matches!(self, Self::Registered | Self::Liquidating)
    }
}

/// The three states of one organization.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct States {
    /// 登记状态
    pub registration: Registration,
    /// 信用状态
    pub credit: Credit,
    /// 运行状态
    pub operation: Operation,
}

impl Default for States {
    fn default() -> Self {
        Self { registration: Registration::Registered, credit: Credit::Clear, operation: Operation::Active }
    }
}

/// A move of one of the three states.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Transition {
    /// Registration moves.
    Registration(Registration),
    /// Credit moves.
    Credit(Credit),
    /// Operation moves.
    Operation(Operation),
}

/// A state move that the life of a legal person does not know.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("不能由“{from}”变为“{to}”：{why}")]
pub struct TransitionRefused {
    /// The present state's label.
    pub from: &'static str,
    /// The wished state's label.
    pub to: &'static str,
    /// Why not, in plain Chinese.
    pub why: &'static str,
}

impl States {
    /// The states after `wish`, or why that cannot be (table 2.1, *legal-person life*).
    ///
    /// registered → liquidating → deregistered; registered or liquidating → revoked; an exit ends operation. A revoked body may
    /// still be deregistered after liquidation (民政部令第60号 art 15(7)). Nothing comes back from deregistration.
    pub fn after(self, wish: Transition) -> Result<Self, TransitionRefused> {
        match wish {
            Transition::Registration(to) => self.registration_after(to),
            Transition::Credit(to) if self.registration == Registration::Deregistered && to != Credit::Clear => {
                Err(TransitionRefused {
                    from: self.credit.label(), to: to.label(), why: "该组织已注销，不再列入名单"
                })
            }
            Transition::Credit(to) => Ok(Self { credit: to, ..self }),
            Transition::Operation(to) if !self.registration.is_live() && to != Operation::Ceased => {
                Err(TransitionRefused {
                    from: self.operation.label(),
                    to: to.label(),
                    why: "该组织已退出，不能恢复活动",
                })
            }
            Transition::Operation(to) => Ok(Self { operation: to, ..self }),
        }
    }

    fn registration_after(self, to: Registration) -> Result<Self, TransitionRefused> {
        use Registration::{Deregistered, Liquidating, Registered, Revoked};
        let refused = |why| Err(TransitionRefused { from: self.registration.label(), to: to.label(), why });
        match (self.registration, to) {
            (Registered, Liquidating) | (Liquidating, Registered) => Ok(Self { registration: to, ..self }),
            (Registered | Liquidating, Revoked) => Ok(Self { registration: to, operation: Operation::Ceased, ..self }),
            (Liquidating | Revoked, Deregistered) => {
                Ok(Self { registration: to, operation: Operation::Ceased, credit: Credit::Clear })
            }
            (Registered, Deregistered) => refused("注销前须先完成清算"),
            (Deregistered, _) => refused("已注销的组织不能再变更"),
            (Revoked, _) => refused("被撤销登记的组织只能办理注销"),
            _ => refused("登记状态没有变化"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exit_passes_through_liquidation_and_clears_the_lists() {
        let listed = States { credit: Credit::Serious, ..States::default() };
        assert!(listed.after(Transition::Registration(Registration::Deregistered)).is_err());
        let liquidating = listed.after(Transition::Registration(Registration::Liquidating)).unwrap();
        let gone = liquidating.after(Transition::Registration(Registration::Deregistered)).unwrap();
        assert_eq!(gone.credit, Credit::Clear);
        assert_eq!(gone.operation, Operation::Ceased);
        for wish in Registration::ALL {
            assert!(gone.after(Transition::Registration(*wish)).is_err());
        }
    }

    #[test]
    fn a_revoked_body_keeps_its_list_until_deregistration() {
        let listed = States { credit: Credit::Serious, ..States::default() };
        let revoked = listed.after(Transition::Registration(Registration::Revoked)).unwrap();
        assert_eq!(revoked.credit, Credit::Serious);
        assert!(revoked.after(Transition::Operation(Operation::Active)).is_err());
        assert!(revoked.after(Transition::Registration(Registration::Registered)).is_err());
    }
}
