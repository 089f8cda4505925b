//! What is acted upon, as far as rights are concerned.
use base::{AccountId, AreaCode, BodyId, OrgId};

use crate::DeskId;

/// An area with everything above it on the day in question. The dated tree supplies it where zones are involved
/// (沈抚示范区 lies below the province, whatever its code says); otherwise the code does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Territory {
    /// The area, then its parents, nearest first.
    lineage: Vec<AreaCode>,
}

impl Territory {
    /// From the dated tree: the area, then its parents, nearest first.
    pub fn of_lineage(area: AreaCode, parents: impl IntoIterator<Item = AreaCode>) -> Self {
        Self { lineage: std::iter::once(area).chain(parents).collect() }
    }

    /// Whether this is exactly `area`.
    pub fn is(&self, area: &AreaCode) -> bool {
        self.lineage.first() == Some(area)
    }

    /// Whether this is `area` or lies below it.
    pub fn lies_in(&self, area: &AreaCode) -> bool {
        self.lineage.contains(area)
    }
}

impl From<AreaCode> for Territory {
    fn from(area: AreaCode) -> Self {
        Self { lineage: area.ancestry() }
    }
}

/// What is acted upon or read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Subject {
    /// A case, perhaps at one of its open tasks.
    Case(CaseSubject),
    /// An organization's record.
    Organization(OrgSubject),
    /// Everything in an area: a register, a list, a batch.
    Area(Territory),
    /// An organization going from one competent authority to another (变更登记管理机关).
    Handover {
        /// The registrar that has it.
        from: Territory,
        /// The registrar that gets it.
        to: Territory,
    },
    /// The platform itself: accounts, configuration, keys, journal.
    Platform,
}

/// A case as rights see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct CaseSubject {
    /// The competent authority's area.
    pub territory: Territory,
    /// Who filed it.
    pub applicant: Option<AccountId>,
    /// The organization it concerns, once there is one.
    pub org: Option<OrgId>,
    /// Bodies that have or had a part: the business supervisor, the regulator, the party body of this case.
    pub parties: Vec<BodyId>,
    /// The open task acted on.
    pub task: Option<TaskSubject>,
}

/// An open task as rights see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TaskSubject {
    /// The desk that acts.
    pub desk: DeskId,
    /// The area of the authority that acts; it differs from the case's after a transfer or for a step of the upper level.
    pub area: AreaCode,
    /// The one body that acts, where the case names it.
    pub body: Option<BodyId>,
    /// Accounts that may not act because they acted before (a second person decides).
    pub barred: Vec<AccountId>,
    /// Who has claimed it.
    pub claimed_by: Option<AccountId>,
    /// Returned to the applicant, who now has to complete it.
    pub awaits_applicant: bool,
    /// The applicant may withdraw here.
    pub withdrawable: bool,
}

/// An organization as rights see it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct OrgSubject {
    /// The organization.
    pub org: OrgId,
    /// The competent registrar's area.
    pub registrar: Territory,
    /// Where it is domiciled; streets and communities look after those.
    pub domicile: Option<Territory>,
    /// Its business supervisor, regulator and party body.
    pub bodies: Vec<BodyId>,
}
