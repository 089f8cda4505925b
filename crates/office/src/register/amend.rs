//! Correcting and changing what the register says of an organization (更正登记数据): the row, the version, the counts and the
//! announcement together, so that every workflow on the register writes them alike.
use authority::{Actor, Denied};
use base::{AreaCode, Date, OrgId, Origin, RecordId};
use registry::Organization;
use serde_json::json;
use store::organizations::{self, Organization as Row, Version};
use store::{Tx, args};

use crate::record::{organization_of, row_of, tally, version_of};
use crate::{Office, Refused, Work};

/// Since when a change holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Since {
    /// From today on: something changed.
    Today,
    /// As long as what it replaces: it was never true.
    Always,
    /// From that day on, which lies in what is in force.
    Day(Date),
}

impl Office {
    /// An organization as it stands today, with its row and the version in force.
    pub(crate) fn org_now(&self, tx: &mut Tx<'_>, id: OrgId) -> Result<(Row, Version, Organization), Refused> {
        let none = || Refused::NotFound("这个组织");
        let origin = organizations::locate(tx, id)?.ok_or_else(none)?;
        let row: Row = tx.find_record(args![origin, id])?.ok_or_else(none)?;
        let version = organizations::as_of(tx, origin, id, self.clock.today(), self.clock.now())?.ok_or_else(none)?;
        let organization = organization_of(&version)?;
        Ok((row, version, organization))
    }

    /// Writes `after` in place of what is in force, on the chain of the act under way.
    pub(crate) fn rewrite(&self, work: &mut Work<'_, '_>, after: &Organization, since: Since) -> Result<(), Refused> {
        let (row, version, before) = self.org_now(work.tx, after.id)?;
        let period = match since {
            Since::Today => (work.today, version.valid_to),
            Since::Always => (version.valid_from, version.valid_to),
            Since::Day(day) => (day, version.valid_to),
        };
        let new = version_of(after, RecordId::fresh_at(work.at, &self.rng), period, work.at, work.entry)?;
        let at = work.at;
        organizations::set_version(work.tx, &new, &mut || RecordId::fresh_at(at, &self.rng))?;
        let bodies = store::people::bodies(work.tx)?;
        let registrar = bodies.iter().find(|body| body.kind == "registrar" && body.area == after.registrar);
        let fresh = row_of(after, &self.areas, work.today, row.rev + 1, work.entry);
        let registrar_body = registrar.map(|body| body.id);
        work.update(&Row { colour: row.colour, grade_until: row.grade_until, registrar_body, ..fresh })?;
        tally(work.tx, &before, &self.areas, work.today, -1);
        tally(work.tx, after, &self.areas, work.today, 1);
        let public = json!({
            "id": after.id, "code": after.public_code(), "name": after.name, "kind": after.kind,
            "registration": after.states.registration, "registrar": after.registrar, "synthetic": after.synthetic,
        });
        work.announce("org", format!("org/{}", after.id), Some(public));
        Ok(())
    }
}

/// Whether the actor sits on one of these desks of exactly this area.
pub(crate) fn sits(actor: &Actor, desks: &[&str], area: &AreaCode) -> Result<(), Refused> {
    if actor.admin.is_some() {
        return Err(Denied::AdminsDoNoBusiness.into());
    }
    let mut posts = actor.posts.iter().filter(|post| desks.contains(&post.desk.as_str())).peekable();
    if posts.peek().is_none() {
        return Err(Denied::NotYourDesk.into());
    }
    if posts.any(|post| post.area == *area) { Ok(()) } else { Err(Denied::NotYourArea.into()) }
}

/// The area of the first of these desks the actor sits on: whose list a page shows.
pub(crate) fn seat_of(actor: &Actor, desks: &[&str]) -> Result<AreaCode, Refused> {
    if actor.admin.is_some() {
        return Err(Denied::AdminsDoNoBusiness.into());
    }
    let post = actor.posts.iter().find(|post| desks.contains(&post.desk.as_str()));
    Ok(post.ok_or(Denied::NotYourDesk)?.area.clone())
}

/// The shard of records that belong to an authority.
pub(crate) fn origin_of(area: &AreaCode) -> Origin {
    Origin::of(area)
}
