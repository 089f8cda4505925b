//! Effects (结果动作): what a move or an ending does to the world, run inside the act's transaction. A new matter is data; only a
//! new kind of effect is code here.

mod names;
mod notify;
mod review;

use base::AccountId;
use casework::Case;
use catalogue::Resolved;
use catalogue::matter::Effect;

use crate::act::Work;
use crate::cases::rows::Listing;
use crate::people::Keys;
use crate::{Office, Refused};

/// A case while its effects run.
pub struct Scene<'a> {
    /// The edition it runs under.
    pub resolved: &'a Resolved,
    /// The case after the act; effects may set its organization.
    pub case: Case,
    /// Its list columns.
    pub list: Listing,
    /// Messages to send when all effects have run: to whom, title, text.
    pub notices: Vec<(AccountId, String, String)>,
}

impl Office {
    /// Runs one effect.
    pub(crate) fn run_effect(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        scene: &mut Scene<'_>,
        effect: &Effect,
    ) -> Result<(), Refused> {
        match effect {
            Effect::ReserveName { field, span } => self.reserve_name(work, scene, field, span),
            Effect::ReleaseName { field } => self.release_name(work, scene, field),
            Effect::Notify { who, text } => self.notify(work, scene, who, text),
            Effect::OpenServiceReview => self.open_review(work, scene),
            other => {
                let _ = keys;
                Err(Refused::internal(format!("effect {other:?} is not run by this edition of the platform")))
            }
        }
    }
}
