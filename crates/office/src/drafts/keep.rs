//! Keeping drafts: start, save a page, promise, rename, throw away. Work in progress is no act; only its files are.
use std::collections::BTreeMap;

use authority::{Actor, Denied};
use base::{AreaCode, Instant, OrgId, PersonId, RecordId};
use casework::Answers;
use catalogue::matter::{About, FieldId, FieldKind, MaterialId, Matter, Opener, TakenBy};
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
    /// The organization it is for; without it, the one the person acts for.
    pub org: Option<OrgId>,
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
pub(super) fn touched(office: &Office, row: Draft, body: &Body, now: Instant) -> Result<Draft, Refused> {
    let days = office.need_int(KEPT_DAYS, &AreaCode::nation(), now.date())?;
    Ok(Draft {
        body: serde_json::to_value(body).map_err(Refused::internal)?,
        saved_at: now,
        ends_at: Some(now.plus_seconds(days * 24 * 3600)),
        rev: row.rev + 1,
        ..row
    })
}

/// Drafts thrown away in one run of the timer.
const TIDIED: usize = 500;
/// So long after they went, the bytes of a draft's files are looked for.
const SWEPT_DAYS: i64 = 60;

/// The draft goes, and its files with it.
fn throw_away(work: &mut crate::act::Work<'_, '_>, person: PersonId, id: RecordId) -> Result<(), Refused> {
    for file in store::papers::files(work.tx, base::Origin::none(), &subject_of(id))? {
        work.update(&store::papers::FileRow { removed_at: Some(work.at), entry: work.entry, ..file })?;
    }
    Ok(store::accounts::drop_draft(work.tx, person, id)?)
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

/// Which organization a matter about an existing one is started for: one that the person acts for and that it is meant for.
fn organization_for(
    office: &Office,
    tx: &mut Tx<'_>,
    who: &Actor,
    matter: &Matter,
    wished: Option<OrgId>,
) -> Result<Option<OrgId>, Refused> {
    if matter.about != About::Organization {
        return Ok(None);
    }
    let kinds: Vec<String> = matter
        .org_kinds
        .iter()
        .filter_map(|kind| Some(serde_json::to_value(kind).ok()?.as_str()?.to_owned()))
        .collect();
    let mut fitting = Vec::new();
    for org in who.orgs.iter().filter(|org| wished.is_none_or(|wished| wished == **org)) {
        let (_, _, known) = office.org_now(tx, *org)?;
        if kinds.is_empty() || kinds.iter().any(|kind| kind == known.kind.as_str()) {
            fitting.push(*org);
        }
    }
    match fitting[..] {
        [] if wished.is_some_and(|wished| !who.orgs.contains(&wished)) => Err(Denied::NotYours.into()),
        [] => {
            let what = format!("“{}”不是为您经办的这类组织办的", matter.name);
            Err(Refused::rule("not_for_org", what, "请核对组织类型，或从办事指南选择别的事项"))
        }
        [only] => Ok(Some(only)),
        _ => Err(Refused::field("org", "您经办不止一个组织，请选择为哪个组织办理")),
    }
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

/// What was filled in beforehand and is fixed stays as it was; what the person changes is no longer the system's.
fn keep_fixed(matter: &Matter, body: &mut Body, before: &Answers, newer: &mut Answers) {
    let fixed = |name: &str| matter.find_field(&FieldId::new(name)).is_some_and(|field| field.fixed);
    newer.0.retain(|name, _| !(body.prefilled.contains_key(name) && fixed(name)));
    body.prefilled.retain(|name, _| newer.0.get(name).is_none_or(|answer| before.find(name) == Some(answer)));
}

impl Office {
    /// Whether the matter is offered to the organization (`offered`).
    fn is_offered(&self, tx: &mut Tx<'_>, resolved: &catalogue::Resolved, org: Option<OrgId>) -> Result<(), Refused> {
        let (Some(offered), Some(org)) = (&resolved.matter.offered, org) else { return Ok(()) };
        let mut facts = crate::cases::facts::Loaded::new(self.clock.today());
        self.org_facts(tx, org, &mut facts)?;
        let rules = self.rules(resolved);
        if rules.holds(offered, &facts)? {
            return Ok(());
        }
        let what = format!("“{}”现在不能办：{}", resolved.matter.name, rules.explain(offered, &facts));
        Err(Refused::rule("not_offered", what, "请核对组织的登记信息，或从办事指南选择别的事项"))
    }

    /// Starts a draft and gives its id.
    pub fn start_draft(&self, who: &Actor, new: &NewDraft) -> Result<RecordId, Refused> {
        let today = self.clock.today();
        let (office, who, new) = (self.clone(), who.clone(), new.clone());
        let id = RecordId::fresh(&self.clock, &self.rng);
        let now = self.clock.now();
        self.db.write(move |tx| {
            let person = person_of(tx, &who)?;
            let base = office.matter(&new.matter, &AreaCode::nation(), today)?;
            startable(&who, &base.matter)?;
            let org = organization_for(&office, tx, &who, &base.matter, new.org)?;
            let area = match org {
                Some(org) if base.matter.taken_by == TakenBy::Registrar => Some(office.org_now(tx, org)?.2.registrar),
                _ => new.area.clone(),
            };
            let resolved = office.matter(&new.matter, area.as_ref().unwrap_or(&AreaCode::nation()), today)?;
            let matter = resolved.matter.clone();
            office.is_offered(tx, &resolved, org)?;
            let filled = office.prefill(tx, &matter, (person, &who.name), org)?;
            let mut answers = filled.answers;
            answers.merge(&preset_answers(&matter, &new.presets));
            if let (TakenBy::Answer(field), Some(area)) = (&matter.taken_by, &new.area) {
                answers.put(field.as_str(), serde_json::json!(area.as_str()));
            }
            let title = match org {
                Some(org) => crate::cases::file::title_of(&matter, &answers, Some(&office.org_now(tx, org)?.2.name)),
                None => matter.name.clone(),
            };
            let answers = office.seal_answers(tx, &mut Keys::default(), person, &matter, &answers)?;
            let body = Body { area, answers, org, prefilled: filled.sources, ..Body::default() };
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
                title,
                body: serde_json::Value::Null,
                saved_at: now,
                ends_at: None,
                rev: 0,
            };
            tx.insert(&touched(&office, row, &body, now)?)?;
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
            let mut newer = newer;
            keep_fixed(&resolved.matter, &mut body, &answers, &mut newer);
            answers.merge(&newer);
            body.answers = office.seal_answers(tx, &mut keys, row.person, &resolved.matter, &answers)?;
            body.saved.insert(page, row.rev + 1);
            let title = if body.renamed || body.case.is_some() || body.org.is_some() {
                row.title.clone()
            } else {
                crate::cases::file::title_of(&resolved.matter, &answers, None)
            };
            let row = touched(&office, Draft { title, ..row }, &body, now)?;
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
            Ok(tx.update(&touched(&office, row, &body, now)?)?)
        })
    }

    /// Gives a draft a name of one's own.
    pub fn rename_draft(&self, who: &Actor, id: RecordId, title: &str) -> Result<(), Refused> {
        let title = registry::import::clean::text(title);
        if !(1..=60).contains(&title.chars().count()) {
            return Err(Refused::field("title", "名字应为 1 至 60 个字"));
        }
        let (office, who, now) = (self.clone(), who.clone(), self.clock.now());
        self.db.write(move |tx| {
            let (row, mut body) = row_of(tx, &who, id)?;
            body.renamed = true;
            Ok(tx.update(&touched(&office, Draft { title, ..row }, &body, now)?)?)
        })
    }

    /// Throws a draft away, with its files.
    pub fn delete_draft(&self, who: &Actor, id: RecordId) -> Result<(), Refused> {
        let who = who.clone();
        let deed = Deed::by(&who, base::Origin::none(), "draft", id, "delete_draft");
        self.act(deed, move |work| {
            let (row, _) = row_of(work.tx, &who, id)?;
            throw_away(work, row.person, id)
        })
    }

    /// Throws away the drafts nobody touched for so long, each with its files; then the bytes of files that only drafts ever named
    /// and nobody names any more. Gives how many drafts went.
    pub fn tidy_drafts(&self) -> Result<usize, Refused> {
        let now = self.clock.now();
        let old = self.db.read(|tx| Ok::<_, Refused>(store::accounts::old_drafts(tx, now, TIDIED)?))?;
        for draft in &old {
            let (person, id) = (draft.person, draft.id);
            let deed = Deed::by(&Actor::system(), base::Origin::none(), "draft", id, "expire_draft");
            self.act(deed, move |work| {
                // Somebody may have gone on with it since.
                let still: Option<Draft> = work.tx.find_record(args![person, id])?;
                let over = still.is_some_and(|draft| draft.ends_at.is_some_and(|end| end < work.at));
                if over { throw_away(work, person, id) } else { Ok(()) }
            })?;
        }
        self.sweep_files(now)?;
        Ok(old.len())
    }

    /// Erases the bytes that lay aside since the last sweep, and lays aside those that nobody names since a day.
    fn sweep_files(&self, now: Instant) -> Result<(), Refused> {
        let (from, to) = (now.plus_seconds(-SWEPT_DAYS * 24 * 3600), now.plus_seconds(-24 * 3600));
        let left = self.db.read(|tx| Ok::<_, Refused>(store::papers::draft_leftovers(tx, from, to)?))?;
        for digest in left {
            self.files.discard(&crate::ledger::digest_of(&digest)?)?;
        }
        Ok(())
    }
}
