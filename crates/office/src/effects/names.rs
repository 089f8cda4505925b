//! Reserving a name (名称预留) when a case is accepted, moving the reservation when the wish changes, giving it back when the case
//! fails, taking it when the organization is registered. The unique key in the database is the final word; everything else only
//! proposes.
use base::Span;
use catalogue::matter::{FieldId, FieldKind, TimeSpan};
use registry::names::normalize;
use store::organizations::{NameReservation, free_reservation, take_name};
use store::{DbError, args};

use super::Scene;
use super::draft::Draft;
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
        if self.bears(work, scene, name)? {
            return Ok(());
        }
        let span = casework::span_of(span, &scene.resolved.params).map_err(Refused::internal)?;
        let reservation = NameReservation {
            origin: scene.case.origin,
            name_key: normalize(name),
            name: name.to_owned(),
            org: None,
            case_id: Some(scene.case.id.to_string()),
            reserved_on: work.today,
            until: Some(self.calendar.after(work.today, span).date),
            entry: work.entry,
        };
        self.take(work, scene, &reservation)?;
        work.note("name_reserved", name);
        Ok(())
    }

    /// Whether the case's own organization bears the name already: then nothing is to be reserved.
    fn bears(&self, work: &mut Work<'_, '_>, scene: &Scene<'_>, name: &str) -> Result<bool, Refused> {
        let Some(org) = scene.case.org else { return Ok(false) };
        Ok(normalize(&self.org_now(work.tx, org)?.2.name) == normalize(name))
    }

    fn take(&self, work: &mut Work<'_, '_>, scene: &Scene<'_>, row: &NameReservation) -> Result<(), Refused> {
        let taken = match take_name(work.tx, row, work.today) {
            Err(DbError::Unique { .. }) => true,
            other => other.map(|()| false)?,
        };
        if taken { Err(self.name_taken(&row.name, &scene.case.area, work.today)?) } else { Ok(()) }
    }

    /// The wish has changed since the name was reserved (a correction, a desk's section): the reservation goes over to the new
    /// name with the days it still has, and the old one is free for others.
    pub(crate) fn follow_name(
        &self,
        work: &mut Work<'_, '_>,
        scene: &Scene<'_>,
        before: &casework::Answers,
    ) -> Result<(), Refused> {
        let fields = scene.resolved.matter.fields().filter(|field| field.kind == FieldKind::Name);
        for field in fields {
            let name = |answers: &casework::Answers| {
                answers.find(field.id.as_str()).and_then(|name| name.as_str()).map(str::to_owned)
            };
            let (Some(old), new) = (name(before), name(&scene.case.answers)) else { continue };
            let key = normalize(&old);
            if new.as_deref().map(normalize).as_ref() == Some(&key) {
                continue;
            }
            let Some(held) = own_reservation(work, scene, &key)? else { continue };
            free(work, scene, &held)?;
            let Some(new) = new.filter(|_| !scene.case.has_ended()) else { continue };
            if self.bears(work, scene, &new)? {
                continue;
            }
            let row = NameReservation { name_key: normalize(&new), name: new.clone(), entry: work.entry, ..held };
            self.take(work, scene, &row)?;
            work.note("name_reserved", new);
        }
        Ok(())
    }

    /// The name comes into use: this case's reservation, if there is one, becomes the organization's. A name given up is kept from
    /// others for the time the law sets, and is free after it.
    pub(super) fn write_name(&self, work: &mut Work<'_, '_>, scene: &Scene<'_>, draft: &Draft) -> Result<(), Refused> {
        let org = &draft.org;
        let key = normalize(&org.name);
        if draft.before.as_ref().is_some_and(|before| normalize(&before.name) == key) {
            return Ok(());
        }
        // Names are unique at each registrar; where the record lives does not matter.
        let origin = base::Origin::of(&org.registrar);
        let case = scene.case.id.to_string();
        let held: Option<NameReservation> = work.tx.find_record(args![origin, key])?;
        let row = NameReservation {
            origin,
            name_key: key,
            name: org.name.clone(),
            org: Some(org.id),
            case_id: Some(case.clone()),
            reserved_on: work.today,
            until: None,
            entry: work.entry,
        };
        let ours = |held: &NameReservation| {
            held.case_id.as_ref() == Some(&case)
                || held.org == Some(org.id)
                || held.until.is_some_and(|until| until < work.today)
        };
        match held {
            None => self.take(work, scene, &row)?,
            Some(held) if ours(&held) => work.update(&row)?,
            Some(_) => return Err(self.name_taken(&org.name, &org.registrar, work.today)?),
        }
        let Some(before) = &draft.before else { return Ok(()) };
        let former: Option<NameReservation> = work.tx.find_record(args![origin, normalize(&before.name)])?;
        if let Some(former) = former.filter(|former| former.org == Some(org.id)) {
            let months = self.need_count("name_given_up_months", &org.registrar, work.today)?;
            let until = self.calendar.after(work.today, Span::Months(months)).date.yesterday().ok();
            work.update(&NameReservation { until, entry: work.entry, ..former })?;
        }
        Ok(())
    }
}

/// This case's reservation of a name that no organization bears yet.
fn own_reservation(work: &mut Work<'_, '_>, scene: &Scene<'_>, key: &str) -> Result<Option<NameReservation>, Refused> {
    let held: Option<NameReservation> = work.tx.find_record(args![scene.case.origin, key])?;
    Ok(held.filter(|held| held.org.is_none() && held.case_id == Some(scene.case.id.to_string())))
}

fn free(work: &mut Work<'_, '_>, scene: &Scene<'_>, held: &NameReservation) -> Result<(), Refused> {
    free_reservation(work.tx, held.origin, &held.name_key, scene.case.id)?;
    work.deleted("name_reservation", &format!("{}/{}", held.origin, held.name_key));
    work.note("name_released", held.name.clone());
    Ok(())
}

/// Gives the name back, if this case still holds it.
pub(super) fn release_name(work: &mut Work<'_, '_>, scene: &mut Scene<'_>, field: &FieldId) -> Result<(), Refused> {
    let Some(name) = scene.case.answers.find(field.as_str()).and_then(|name| name.as_str()) else { return Ok(()) };
    match own_reservation(work, scene, &normalize(name))? {
        Some(held) => free(work, scene, &held),
        None => Ok(()),
    }
}
