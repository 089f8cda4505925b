//! Reserving a name (名称预留) when a case is accepted, giving it back when the case fails. The unique key in the database is the
//! final word; everything else only proposes.
use catalogue::matter::{FieldId, TimeSpan};
use store::args;
use store::organizations::{NameReservation, free_reservation, take_name};

use super::Scene;
use crate::act::Work;
use crate::{Office, Refused};

impl Office {
    pub(super) fn reserve_name(
        &self,
        work: &mut Work<'_, '_>,
        scene: &mut Scene<'_>,
        field: &FieldId,
        span: &TimeSpan,
    ) -> Result<(), Refused> {
        let Some(name) = scene.case.answers.find(field.as_str()).and_then(|name| name.as_str()) else { return Ok(()) };
        let span = casework::span_of(span, &scene.resolved.params).map_err(Refused::internal)?;
        let reservation = NameReservation {
            origin: scene.case.origin,
            name_key: registry::names::normalize(name),
            name: name.to_owned(),
            org: None,
            case_id: Some(scene.case.id.to_string()),
            reserved_on: work.today,
            until: Some(self.calendar.after(work.today, span).date),
            entry: work.entry,
        };
        take_name(work.tx, &reservation, work.today).map_err(|error| match error {
            store::DbError::Unique { .. } => Refused::rule(
                "name_taken",
                format!("名称“{name}”刚刚被别的申请占用（《社会组织名称管理办法》第十六条）"),
                "请退回补正，请申请人改用备用名称",
            ),
            other => other.into(),
        })?;
        work.note("name_reserved", name);
        Ok(())
    }
}

/// Gives the name back, if this case still holds it.
pub(super) fn release_name(work: &mut Work<'_, '_>, scene: &mut Scene<'_>, field: &FieldId) -> Result<(), Refused> {
    let Some(name) = scene.case.answers.find(field.as_str()).and_then(|name| name.as_str()) else { return Ok(()) };
    let (origin, key) = (scene.case.origin, registry::names::normalize(name));
    let held: Option<NameReservation> = work.tx.find_record(args![origin, key])?;
    let ours = |held: &NameReservation| held.org.is_none() && held.case_id == Some(scene.case.id.to_string());
    if !held.as_ref().is_some_and(ours) {
        return Ok(());
    }
    free_reservation(work.tx, origin, &key, scene.case.id)?;
    work.deleted("name_reservation", &format!("{origin}/{key}"));
    work.note("name_released", name);
    Ok(())
}
