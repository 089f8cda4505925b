//! Writing a record: the row, what it said from when on, and the announcement, together, whoever writes it.
use base::Date;
use catalogue::Register;
use serde_json::{Map, Value as Json, json};
use store::records::{RegisterLink, RegisterVersion};
use store::registers::RegisterEntry;

use super::WITHDRAWN;
use crate::act::Work;
use crate::{Office, Refused};

/// The first day there is: what was never otherwise holds from it.
pub(crate) const ALWAYS: Date = Date::constant(1, 1, 1);

/// How a row goes in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Put {
    /// A new record.
    New,
    /// One of many new records of an import.
    Bulk,
    /// Another revision.
    Again,
}

impl Office {
    /// Writes a record as it is from now on and announces it. `holds_from`: the day from which it says so.
    pub(crate) fn put_record(
        &self,
        work: &mut Work<'_, '_>,
        put: Put,
        record: &RegisterEntry,
        act: &str,
        holds_from: Date,
    ) -> Result<(), Refused> {
        let version = version_of(work, record, act, holds_from);
        match put {
            Put::New => work.insert(record)?,
            Put::Bulk => work.insert_bulk(record)?,
            Put::Again => work.update(record)?,
        }
        match put {
            Put::Bulk => work.insert_bulk(&version)?,
            Put::New | Put::Again => work.insert(&version)?,
        }
        let public = self.catalogue.find_register(&record.register).and_then(|register| public_part(register, record));
        work.announce("register", format!("register/{}/{}", record.register, record.id), public);
        Ok(())
    }

    /// Which records of other registers it belongs to. A link that is no longer said keeps its row and names nobody that lists it.
    pub(crate) fn put_links(
        &self,
        work: &mut Work<'_, '_>,
        register: &Register,
        record: &RegisterEntry,
        put: Put,
    ) -> Result<(), Refused> {
        for field in &register.fields {
            let Some(link) = &field.belongs_to else { continue };
            let Some(parent) = record.body.get(&field.id).and_then(Json::as_str).and_then(|id| id.parse().ok()) else {
                continue;
            };
            let row = RegisterLink {
                origin: record.origin,
                register: record.register.clone(),
                record: record.id,
                field: field.id.clone(),
                parent_register: link.register.clone(),
                parent,
                entry: work.entry,
            };
            match put {
                Put::Bulk => work.insert_bulk(&row)?,
                Put::New | Put::Again => work.upsert(&row)?,
            }
        }
        Ok(())
    }
}

fn version_of(work: &Work<'_, '_>, record: &RegisterEntry, act: &str, holds_from: Date) -> RegisterVersion {
    RegisterVersion {
        origin: record.origin,
        register: record.register.clone(),
        record: record.id,
        rev: record.rev,
        holds_from,
        recorded_at: work.at,
        act: act.to_owned(),
        area: record.area.clone(),
        title: record.title.clone(),
        state: record.state.clone(),
        since: record.since,
        until: record.until,
        public: record.public,
        body: record.body.clone(),
        entry: work.entry,
    }
}

/// What everybody may know of a record: nothing of a register that is not public, and its public fields of one that is.
pub(crate) fn public_part(register: &Register, record: &RegisterEntry) -> Option<Json> {
    if !register.public {
        return None;
    }
    if record.state == WITHDRAWN {
        return Some(json!({ "register": record.register, "id": record.id, "state": WITHDRAWN }));
    }
    if !record.public {
        return None;
    }
    let fields: Map<String, Json> = register
        .public_fields()
        .filter_map(|field| Some((field.id.clone(), record.body.get(&field.id)?.clone())))
        .collect();
    Some(json!({
        "register": record.register,
        "id": record.id,
        "area": record.area,
        "state": record.state,
        "since": record.since.to_string(),
        "until": record.until.map(|day| day.to_string()),
        "fields": fields,
    }))
}
