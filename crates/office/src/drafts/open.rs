//! Reading drafts: one with open answers under its matter as it stands today, or the list of a person's.
use std::collections::BTreeMap;
use std::sync::Arc;

use authority::Actor;
use base::{AreaCode, CaseId, Date, Instant, Origin, PersonId, RecordId};
use casework::{Answers, CaseFacts, Provided};
use catalogue::matter::{FieldKind, MaterialId, TakenBy};
use catalogue::{Facts, Resolved};
use serde_json::json;
use store::Tx;
use store::accounts::Draft;
use store::papers::FileRow;

use super::keep::{person_of, row_of};
use super::{Body, MOST_DRAFTS, WARN_DAYS, subject_of};
use crate::people::Keys;
use crate::{Office, Refused};

/// One line of a person's drafts.
#[derive(Clone, Debug)]
pub struct DraftLine {
    /// The draft.
    pub id: RecordId,
    /// Its title.
    pub title: String,
    /// The matter's id.
    pub matter: String,
    /// Last saved.
    pub saved_at: Instant,
    /// The day it is thrown away.
    pub ends_on: Option<Date>,
    /// That day is near.
    pub ending: bool,
    /// It answers a correction notice.
    pub is_correction: bool,
}

/// A draft read by its owner: open answers, the matter as it stands, the files.
#[derive(Clone, Debug)]
pub struct OpenDraft {
    /// The draft.
    pub id: RecordId,
    /// Whose key seals it.
    pub person: PersonId,
    /// Its title.
    pub title: String,
    /// The matter as it stands today in the area chosen; for a correction, the case's edition.
    pub resolved: Arc<Resolved>,
    /// The authority's area, the nation while none is chosen.
    pub area: AreaCode,
    /// The answers.
    pub answers: Answers,
    /// The files attached, with their slot (material or file field).
    pub files: Vec<FileRow>,
    /// What will be handed in.
    pub materials: BTreeMap<MaterialId, Provided>,
    /// The revision each page was last saved in.
    pub saved: BTreeMap<String, i64>,
    /// The organization it is written for.
    pub org: Option<base::OrgId>,
    /// Answers filled in beforehand and not changed since: field to source (系统已填).
    pub prefilled: BTreeMap<String, String>,
    /// The returned case it answers.
    pub case: Option<(Origin, CaseId)>,
    /// Last saved.
    pub saved_at: Instant,
    /// The day it is thrown away.
    pub ends_on: Option<Date>,
    /// That day is near.
    pub ending: bool,
    /// Counts the saves.
    pub rev: i64,
}

impl OpenDraft {
    /// The answers as facts, beside what the office loaded.
    pub fn facts<'a>(&'a self, outer: &'a dyn Facts, today: Date) -> CaseFacts<'a> {
        CaseFacts { outer, matter: &self.resolved.matter, answers: &self.answers, opinions: &[], today }
    }

    /// The files of a material or file field.
    pub fn files_of<'a>(&'a self, slot: &'a str) -> impl Iterator<Item = &'a FileRow> {
        self.files.iter().filter(move |file| file.slot.as_deref() == Some(slot))
    }

    /// Whether the material is promised for now.
    pub fn is_promised(&self, material: &MaterialId) -> bool {
        self.materials.get(material) == Some(&Provided::Promised)
    }
}

impl Office {
    /// The matter a draft is written for: the case's own edition for a correction, else as it stands today where it will be filed.
    pub(super) fn draft_edition(&self, tx: &mut Tx<'_>, row: &Draft, body: &Body) -> Result<Arc<Resolved>, Refused> {
        if let Some(edition) = &row.edition {
            return self.edition(tx, edition);
        }
        let id = row.matter.as_deref().unwrap_or_default();
        let today = self.clock.today();
        let base = self.matter(id, &AreaCode::nation(), today)?;
        match self.area_of(tx, &base, body)? {
            Some(area) => self.matter(id, &area, today),
            None => Ok(base),
        }
    }

    fn read_draft(&self, tx: &mut Tx<'_>, row: Draft, body: Body) -> Result<OpenDraft, Refused> {
        let mut keys = Keys::default();
        let resolved = self.draft_edition(tx, &row, &body)?;
        let mut answers = self.open_answers(tx, &mut keys, &resolved.matter, &body.answers)?;
        let files = store::papers::files(tx, Origin::none(), &subject_of(row.id))?;
        let mut materials: BTreeMap<MaterialId, Provided> =
            body.promised.iter().map(|material| (material.clone(), Provided::Promised)).collect();
        if let Some((origin, case)) = body.case {
            let kept = case_materials(tx, origin, case)?;
            for (material, provided) in kept {
                materials.entry(material).or_insert(provided);
            }
        }
        let mut slots: BTreeMap<&str, Vec<base::FileId>> = BTreeMap::new();
        for file in &files {
            slots.entry(file.slot.as_deref().unwrap_or_default()).or_default().push(file.id);
        }
        for (slot, ids) in slots {
            match resolved.matter.find_material(&MaterialId::from(slot)) {
                Some(material) => drop(materials.insert(material.id.clone(), Provided::Files(ids))),
                None if resolved
                    .matter
                    .fields()
                    .any(|field| field.id.as_str() == slot && field.kind == FieldKind::File) =>
                {
                    answers.put(slot, json!(ids));
                }
                None => {}
            }
        }
        let today = self.clock.today();
        let ends_on = row.ends_at.map(Instant::date);
        let area = self.area_of(tx, &resolved, &body)?.unwrap_or_else(AreaCode::nation);
        Ok(OpenDraft {
            id: row.id,
            person: row.person,
            title: row.title,
            area,
            org: body.org,
            prefilled: body.prefilled,
            resolved,
            answers,
            files,
            materials,
            saved: body.saved,
            case: body.case,
            saved_at: row.saved_at,
            ending: self.is_ending(ends_on, today)?,
            ends_on,
            rev: row.rev,
        })
    }

    /// A draft of one's own.
    pub fn open_draft(&self, who: &Actor, id: RecordId) -> Result<OpenDraft, Refused> {
        self.db.read(|tx| self.open_draft_in(tx, who, id))
    }

    /// The same inside a transaction.
    pub fn open_draft_in(&self, tx: &mut Tx<'_>, who: &Actor, id: RecordId) -> Result<OpenDraft, Refused> {
        let (row, body) = row_of(tx, who, id)?;
        self.read_draft(tx, row, body)
    }

    /// One's drafts, newest first.
    pub fn my_drafts(&self, tx: &mut Tx<'_>, who: &Actor) -> Result<Vec<DraftLine>, Refused> {
        let (person, today) = (person_of(tx, who)?, self.clock.today());
        let line = |row: Draft| -> Result<DraftLine, Refused> {
            let ends_on = row.ends_at.map(Instant::date);
            Ok(DraftLine {
                id: row.id,
                title: row.title,
                matter: row.matter.unwrap_or_default(),
                saved_at: row.saved_at,
                ending: self.is_ending(ends_on, today)?,
                ends_on,
                is_correction: row.kind == "correction",
            })
        };
        let known = |row: &Draft| matches!(row.kind.as_str(), "application" | "correction");
        store::accounts::drafts(tx, person, MOST_DRAFTS)?.into_iter().filter(known).map(line).collect()
    }

    fn is_ending(&self, ends_on: Option<Date>, today: Date) -> Result<bool, Refused> {
        let days = self.need_int(WARN_DAYS, &AreaCode::nation(), today)?;
        Ok(ends_on.is_some_and(|day| today.saturating_add(jiff::Span::new().days(days)) >= day))
    }
}

impl Office {
    /// The area the matter will be filed in: as the answers say it, the organization's registrar of today, else as it was chosen
    /// on the guide.
    fn area_of(&self, tx: &mut Tx<'_>, resolved: &Resolved, body: &Body) -> Result<Option<AreaCode>, Refused> {
        let found = match (&resolved.matter.taken_by, body.org) {
            (TakenBy::Answer(field), _) => {
                body.answers.find(field.as_str()).and_then(|area| area.as_str()?.parse().ok())
            }
            (TakenBy::Registrar, Some(org)) => Some(self.org_now(tx, org)?.2.registrar),
            _ => None,
        };
        Ok(found.or_else(|| body.area.clone()))
    }
}

/// What a returned case holds already.
fn case_materials(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<BTreeMap<MaterialId, Provided>, Refused> {
    let row = store::cases::get(tx, origin, case)?;
    let body: crate::cases::rows::Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
    Ok(body.case.materials)
}
