//! Effects (结果动作): what a move or an ending does to the world, run inside the act's transaction. A new matter is data; only a
//! new kind of effect is code here.
//!
//! Effects on an organization are gathered in a [`draft::Draft`] and written once, when all have run, under an entry of its own on
//! the organization's chain.

pub mod certificates;
mod codes;
pub mod draft;
mod items;
pub(crate) mod letters;
mod names;
mod notices;
mod notify;
mod registers;
mod review;
mod settle;
mod states;

use base::AccountId;
use casework::{Case, Decision};
use catalogue::Resolved;
use catalogue::matter::Effect;

use crate::act::Work;
use crate::cases::rows::Listing;
use crate::people::Keys;
use crate::{Office, Refused};

/// The effects this edition of the platform runs; a matter that names another is refused when the catalogue is loaded.
pub const SUPPORTED: &[&str] = &[
    "create_organization",
    "issue_code",
    "issue_filing_number",
    "issue_certificate",
    "withdraw_certificate",
    "reserve_name",
    "release_name",
    "amend_items",
    "publish_notice",
    "open_service_review",
    "notify",
    "set_state",
    "record_party_info",
    "enter_register",
    "leave_register",
];

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
    /// What happens to the organization.
    pub draft: Option<draft::Draft>,
}

impl<'a> Scene<'a> {
    /// A case before its effects.
    pub fn new(resolved: &'a Resolved, case: Case, list: Listing) -> Self {
        Self { resolved, case, list, notices: Vec::new(), draft: None }
    }
}

impl Office {
    /// Runs the effects of a decision in order, then writes what they gathered: the organization, the letter.
    pub(crate) fn run_effects(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        scene: &mut Scene<'_>,
        decision: &Decision,
    ) -> Result<(), Refused> {
        for effect in &decision.effects {
            self.run_effect(work, scene, effect)?;
        }
        self.settle(work, keys, scene)?;
        self.write_letter(work, scene, decision)
    }

    fn run_effect(&self, work: &mut Work<'_, '_>, scene: &mut Scene<'_>, effect: &Effect) -> Result<(), Refused> {
        match effect {
            Effect::CreateOrganization => self.create_organization(work, scene),
            Effect::IssueCode => self.issue_code(work, scene),
            Effect::IssueFilingNumber => self.issue_filing_number(work, scene),
            Effect::IssueCertificate { certificate } => self.issue_certificate(work, scene, *certificate),
            Effect::WithdrawCertificate { certificate } => self.withdraw_certificate(work, scene, *certificate),
            Effect::ReserveName { field, span } => self.reserve_name(work, scene, field, span),
            Effect::ReleaseName { field } => names::release_name(work, scene, field),
            Effect::AmendItems { items } => self.amend_items(work, scene, items),
            Effect::PublishNotice { title, shows } => self.publish_notice(work, scene, title, shows),
            Effect::Notify { who, text } => self.notify(work, scene, who, text),
            Effect::OpenServiceReview => {
                review::open_review(work, scene);
                Ok(())
            }
            Effect::SetState { axis, state } => self.set_state(work, scene, *axis, state),
            Effect::RecordPartyInfo => self.record_party_info(work, scene),
            Effect::EnterRegister { register, fields } => self.enter_register(work, scene, register, fields),
            Effect::LeaveRegister { register } => self.leave_register(work, scene, register),
            Effect::OpenMatter { .. }
            | Effect::RecordReport { .. }
            | Effect::RecordMoney { .. }
            | Effect::RecordRating { .. } => Err(Refused::rule(
                "effect_unsupported",
                "这个事项的结果动作，本平台当前版本还不能执行",
                "请由平台管理员升级平台，或改用更正后的事项版本",
            )),
        }
    }
}
