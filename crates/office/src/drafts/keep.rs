//! Keeping drafts: start, save a page, promise, rename, throw away. Work in progress is no act; only its files are.
use std::collections::BTreeMap;

use authority::{Actor, Denied};
use base::{AreaCode, Instant, PersonId, RecordId};
use casework::Answers;
use catalogue::matter::{FieldId, FieldKind, MaterialId, Matter, Opener, TakenBy};
use store::accounts::Draft;
use store::{Tx, args};

use super::{Body, KEPT_DAYS, MOST_DRAFTS, subject_of};
use crate::act::Deed;
use crate::people::Keys;
use crate::{Office, Refused};

/// What a draft begins with.
#[derive(Clone, Debug, Default)]
pub struct NewDraft {
    /// The matter.
    pub matter: String,
    /// The authority's area, if chosen already.
    pub area: Option<AreaCode>,
    /// Choices made in the route checker: field to value.
    pub presets: BTreeMap<String, String>,
}

/// The person behind an account that may keep drafts.
pub(super) fn person_of(tx: &mut Tx<'_>, who: &Actor) -> Result<PersonId, Refused> {
    if who.admin.is_some() {
        return Err(Denied::AdminsDoNoBusiness.into());
    }
    Ok(store::accounts::find(tx, who.account)?.ok_or(Refused::SignIn)?.person)
}

/// A person's draft with its body; other people's are not found.
pub(super) fn row_of(tx: &mut Tx<'_>, who: &Actor, id: RecordId) -> Result<(Draft, Body), Refused> {
    let person = person_of(tx, who)?;
    let row: Draft = tx.find_record(args![person, id])?.ok_or(Refused::NotFound("这份草稿"))?;
    let body = serde_json::from_value(row.body.clone()).map_err(Refused::internal)?;
    Ok((row, body))
}

/// Puts a changed body back with the next revision, and keeps the draft for another while.
pub(super) fn touched(row: Draft, body: &Body, now: Instant) -> Result<Draft, Refused> {
    Ok(Draft {
        body: serde_json::to_value(body).map_err(Refused::internal)?,
        saved_at: now,
        ends_at: Some(now.plus_seconds(KEPT_DAYS * 24 * 3600)),
        rev: row.rev + 1,
        ..row
    })
}

/// Whether people of this kind may start the matter themselves.
fn startable(who: &Actor, matter: &Matter) -> Result<(), Refused> {
    let openers = &matter.applicants.who;
    if openers.iter().any(|opener| matches!(opener, Opener::Founder | Opener::Public)) {
        return Ok(());
    }
    if openers.contains(&Opener::Organization) && !who.orgs.is_empty() {
        return Ok(());
    }
    let what = format!("“{}”由{}申请，您的账号不在其中", matter.name, matter.applicants.text);
    Err(Refused::rule("not_for_you", what, "请由有权的经办人登录后办理"))
}

/// The choices of the route checker that are choices of the form.
fn preset_answers(matter: &Matter, presets: &BTreeMap<String, String>) -> Answers {
    let mut answers = Answers::default();
    for (name, value) in presets {
        let Some(field) = matter.find_field(&FieldId::new(name.as_str())) else { continue };
        if field.kind == FieldKind::Choice && field.choices.iter().any(|choice| choice.value == *value) {
            answers.put(name.as_str(), serde_json::json!(value));
        }
    }
    answers
}

impl Office {
    /// Starts a draft and gives its id.
    pub fn start_draft(&self, who: &Actor, new: &NewDraft) -> Result<RecordId, Refused> {
        let area = new.area.clone().unwrap_or_else(AreaCode::nation);
        let resolved = self.matter(&new.matter, &area, self.clock.today())?;
        startable(who, &resolved.matter)?;
        let mut answers = preset_answers(&resolved.matter, &new.presets);
        if let (TakenBy::Answer(field), Some(area)) = (&resolved.matter.taken_by, &new.area) {
            answers.put(field.as_str(), serde_json::json!(area.as_str()));
        }
        let id = RecordId::fresh(&self.clock, &self.rng);
        let now = self.clock.now();
        let body = Body { area: new.area.clone(), answers, ..Body::default() };
        let (who, matter) = (who.clone(), resolved.matter.clone());
        self.db.write(move |tx| {
            let person = person_of(tx, &who)?;
            if store::accounts::drafts(tx, person, MOST_DRAFTS)?.len() >= MOST_DRAFTS {
                let what = format!("您已有 {MOST_DRAFTS} 份草稿");
                return Err(Refused::rule("too_many_drafts", what, "请先删除用不着的草稿"));
            }
            let row = Draft {
                person,
                id,
                kind: "application".to_owned(),
                matter: Some(matter.id.to_string()),
                edition: None,
                title: matter.name,
                body: serde_json::Value::Null,
                saved_at: now,
                ends_at: None,
                rev: 0,
            };
            tx.insert(&touched(row, &body, now)?)?;
            Ok(id)
        })
    }

    /// Saves one page. `newer` answers every field of the page, blank ones as null. `seen`: the revision the page was shown with;
    /// a later save of the same page elsewhere is a conflict. Gives the new revision.
    pub fn save_draft_page(
        &self,
        who: &Actor,
        id: RecordId,
        page: &str,
        seen: i64,
        newer: &Answers,
    ) -> Result<i64, Refused> {
        let (office, who, page, newer) = (self.clone(), who.clone(), page.to_owned(), newer.clone());
        let now = self.clock.now();
        self.db.write(move |tx| {
            let mut keys = Keys::default();
            let (row, mut body) = row_of(tx, &who, id)?;
            if body.saved.get(&page).is_some_and(|at| *at > seen) {
                return Err(Refused::Conflict);
            }
            let resolved = office.draft_edition(tx, &row, &body)?;
            let mut answers = office.open_answers(tx, &mut keys, &resolved.matter, &body.answers)?;
            answers.merge(&newer);
            body.answers = office.seal_answers(tx, &mut keys, row.person, &resolved.matter, &answers)?;
            body.saved.insert(page, row.rev + 1);
            let title = if body.renamed || body.case.is_some() {
                row.title.clone()
            } else {
                crate::cases::file::title_of(&resolved.matter, &answers)
            };
            let row = touched(Draft { title, ..row }, &body, now)?;
            tx.update(&row)?;
            Ok(row.rev)
        })
    }

    /// Promises a material (告知承诺), or takes the promise back.
    pub fn promise_material(&self, who: &Actor, id: RecordId, material: &str, promised: bool) -> Result<(), Refused> {
        let (office, who, material) = (self.clone(), who.clone(), MaterialId::from(material));
        let now = self.clock.now();
        self.db.write(move |tx| {
            let (row, mut body) = row_of(tx, &who, id)?;
            let resolved = office.draft_edition(tx, &row, &body)?;
            let found = resolved.matter.find_material(&material).ok_or(Refused::NotFound("这项材料"))?;
            if promised && found.promise.is_none() {
                let what = format!("“{}”不能用告知承诺代替", found.name);
                return Err(Refused::rule("no_promise", what, "请上传材料"));
            }
            if promised {
                body.promised.insert(material);
            } else {
                body.promised.remove(&material);
            }
            Ok(tx.update(&touched(row, &body, now)?)?)
        })
    }

    /// Gives a draft a name of one's own.
    pub fn rename_draft(&self, who: &Actor, id: RecordId, title: &str) -> Result<(), Refused> {
        let title = registry::import::clean::text(title);
        if !(1..=60).contains(&title.chars().count()) {
            return Err(Refused::field("title", "名字应为 1 至 60 个字"));
        }
        let (who, now) = (who.clone(), self.clock.now());
        self.db.write(move |tx| {
            let (row, mut body) = row_of(tx, &who, id)?;
            body.renamed = true;
            Ok(tx.update(&touched(Draft { title, ..row }, &body, now)?)?)
        })
    }

    /// Throws a draft away, with its files.
    pub fn delete_draft(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let who = who.clone();
        let deed = Deed::by(&who, base::Origin::none(), "draft", id, "delete_draft");
        self.act(deed, move |work| {
            let (row, _) = row_of(work.tx, &who, id)?;
            for file in store::papers::files(work.tx, base::Origin::none(), &subject_of(id))? {
                work.update(&store::papers::FileRow { removed_at: Some(work.at), entry: work.entry, ..file })?;
            }
            Ok(store::accounts::drop_draft(work.tx, row.person, id)?)
        })
    }
}
