//! What entering a record changes in the records it belongs to (随所属记录更新): a progress report moves its task.
use authority::{Actor, DeskId, keeps};
use catalogue::registers::{BelongsTo, Course};
use catalogue::{Register, RegisterField};
use serde_json::{Map, Value as Json};
use store::registers::RegisterEntry;

use super::values::Composed;
use super::write::Put;
use crate::act::Work;
use crate::{Office, Refused};

/// What a record of another register says after a record here was entered (进展写回任务).
pub(super) struct Follow {
    parent: RegisterEntry,
    sets: Map<String, Json>,
}

impl Office {
    /// What entering the record changes in the records it belongs to, and whether the actor answers for them.
    pub(super) fn follows(
        &self,
        who: &Actor,
        register: &Register,
        composed: &Composed,
    ) -> Result<Vec<Follow>, Refused> {
        let mut follows = Vec::new();
        for (field, parent) in &composed.parents {
            let Some(link) = register.find_field(field).and_then(|field| field.belongs_to.as_ref()) else { continue };
            let above = self.register(&link.register)?;
            self.answers_for(who, register, link, above, parent)?;
            let value = |(theirs, own): (&String, &String)| Some((theirs.clone(), composed.body.get(own)?.clone()));
            let sets: Map<String, Json> = link.sets.iter().filter_map(value).collect();
            if let Some(course) = &above.course
                && let Some(to) = sets.get(&course.field).and_then(Json::as_str)
            {
                let from = parent.body.get(&course.field).and_then(Json::as_str).unwrap_or(&course.first);
                if !course.allows(from, to) {
                    let own = link.sets.get(&course.field).cloned().unwrap_or_default();
                    return Err(Refused::field(own, not_from_here(above.find_field(&course.field), course, from, to)));
                }
            }
            if !sets.is_empty() {
                follows.push(Follow { parent: parent.clone(), sets });
            }
        }
        Ok(follows)
    }

    /// The desk that the other record names, or one that keeps its register.
    pub(super) fn answers_for(
        &self,
        who: &Actor,
        register: &Register,
        link: &BelongsTo,
        above: &Register,
        parent: &RegisterEntry,
    ) -> Result<(), Refused> {
        if who.is_system() {
            return Ok(());
        }
        let territory = self.territory(&parent.area);
        let named = link.desk.as_ref().and_then(|field| parent.body.get(field)?.as_str());
        if let Some(desk) = named {
            let desks = [DeskId::new(desk)];
            let answers = keeps(who, &desks, &territory);
            return match answers.or_else(|denied| keeps(who, &above.enters, &territory).map_err(|_| denied)) {
                Ok(_) => Ok(()),
                Err(denied) => Err(denied.into()),
            };
        }
        Ok(keeps(who, &register.enters, &self.kept_territory(register, &parent.area)).map(drop)?)
    }

    /// Writes back what the records it belongs to say now, each on its own chain.
    pub(super) fn follow(
        &self,
        work: &mut Work<'_, '_>,
        child: &RegisterEntry,
        follows: Vec<Follow>,
    ) -> Result<(), Refused> {
        for Follow { parent, sets } in follows {
            let now: RegisterEntry = work
                .tx
                .find_record(store::args![parent.origin, parent.register.as_str(), parent.id])?
                .ok_or(Refused::Conflict)?;
            if now.rev != parent.rev {
                return Err(Refused::Conflict);
            }
            let mut body = now.body.clone();
            if let Some(parts) = body.as_object_mut() {
                parts.extend(sets);
            }
            let register = self.register(&now.register)?.clone();
            let entry = base::EntryId::fresh_at(work.at, &self.rng);
            let mut deed = work.deed.clone();
            deed.origin = now.origin;
            deed.subject.id = format!("{}/{}", now.register, now.id);
            "follow_record".clone_into(&mut deed.act);
            let before = now.body.clone();
            let (rev, from) = (now.rev + 1, child.since.min(work.today).max(now.since));
            let record = RegisterEntry { body, rev, entry, ..now };
            work.also(deed, entry, |work| {
                self.note_values(work, &register, Some(&before), &record.body)?;
                self.put_record(work, Put::Again, &record, "follow", from)
            })?;
        }
        Ok(())
    }
}

/// Why a record cannot go from one state to another, and where it can go.
pub(super) fn not_from_here(field: Option<&RegisterField>, course: &Course, from: &str, to: &str) -> String {
    let label = |state: &str| {
        let choice = field.and_then(|field| field.choices.iter().find(|choice| choice.value == state));
        choice.map_or_else(|| state.to_owned(), |choice| choice.label.clone())
    };
    let next: Vec<String> = course.moves.get(from).into_iter().flatten().map(|state| label(state)).collect();
    if next.is_empty() {
        return format!("“{}”以后不再变化，不能改为“{}”。写错的请用“更正”", label(from), label(to));
    }
    format!("从“{}”不能直接到“{}”，可以到：{}", label(from), label(to), next.join("、"))
}
