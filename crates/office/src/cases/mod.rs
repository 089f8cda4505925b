//! Cases (办件): filing, acting, and what follows from an act. The path of every act is `act.rs`, read top to bottom.

pub mod act;
pub mod answers;
pub mod editions;
pub mod facts;
pub mod file;
pub mod known;
pub mod own;
pub mod rows;

pub use act::Done;
pub use editions::Editions;

use casework::Refusal;

use crate::{Refused, Wrong};

/// A refusal of the engine in the words of a use case.
impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Denied(denied) => Self::Denied(denied),
            Refusal::Faults(faults) => Self::Invalid(
                faults
                    .into_iter()
                    .map(|fault| Wrong {
                        field: fault.field,
                        message: if fault.next.is_empty() {
                            fault.message
                        } else {
                            format!("{}。{}", fault.message.trim_end_matches('。'), fault.next)
                        },
                        clause: Some(fault.clause).filter(|clause| !clause.is_empty()),
                    })
                    .collect(),
            ),
            other => {
                let said = other.said();
                Self::rule(other.code(), format!("{}：{}", said.what, said.why), said.next)
            }
        }
    }
}
