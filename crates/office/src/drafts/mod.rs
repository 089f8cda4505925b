//! Drafts (草稿): what an applicant fills in before it is filed or sent back as a correction. Saved page by page, personal answers
//! sealed under the applicant's key, never lost with a session; a draft becomes a case in the very act that files it.

mod files;
mod keep;
mod open;
mod pages;
mod submit;

use std::collections::{BTreeMap, BTreeSet};

use base::{AreaCode, CaseId, Origin};
use casework::Answers;
use catalogue::matter::MaterialId;
use serde::{Deserialize, Serialize};

pub use files::accepted;
pub use keep::NewDraft;
pub use open::{DraftLine, OpenDraft};
pub use pages::{DraftPage, PageStatus};
pub use submit::Sent;

/// The parameter: a draft untouched for so many days is thrown away.
const KEPT_DAYS: &str = "draft_keep_days";
/// The parameter: from so many days before that on, lists warn.
const WARN_DAYS: &str = "draft_warn_days";
/// Drafts one person may keep at a time.
pub const MOST_DRAFTS: usize = 100;
/// Files one material may hold.
pub const MOST_FILES: usize = 30;

/// What the body of a draft row holds.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct Body {
    /// The authority's area chosen on the guide, until the form says it.
    area: Option<AreaCode>,
    /// The answers, personal ones sealed.
    answers: Answers,
    /// Materials replaced by a commitment.
    promised: BTreeSet<MaterialId>,
    /// The revision in which each page was last saved: two windows on one page are a conflict, on two pages not.
    saved: BTreeMap<String, i64>,
    /// The title was chosen by the person.
    renamed: bool,
    /// The organization it is written for, if there is one already.
    org: Option<base::OrgId>,
    /// Answers filled in beforehand and not changed since: field to source (系统已填).
    prefilled: BTreeMap<String, String>,
    /// The returned case this draft answers.
    case: Option<(Origin, CaseId)>,
}

/// The chain that a draft's files are journalled in.
fn subject_of(id: base::RecordId) -> String {
    format!("draft/{id}")
}
