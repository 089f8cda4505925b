//! Entering, changing, correcting, ending and withdrawing a record (录入、变更、更正、结束、撤销): each one act on the record's own chain,
//! by a desk that the register's declaration names, in its area or below.
use authority::{Actor, Post, keeps};
use base::{AreaCode, Date, Origin, RecordId};
use casework::Posted;
use catalogue::Register;
use serde_json::{Value as Json, json};
use store::Levels;
use store::registers::RegisterEntry;

use super::follow::not_from_here;
use super::parts::Ready;
use super::values::{Composed, Given, Known};
use super::write::{ALWAYS, Put};
use super::{ACTIVE, LEFT, WITHDRAWN};
use crate::act::{Deed, Work};
use crate::{Office, Refused};

/// A file that comes with a form.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// The field it is for.
    pub field: String,
    /// Its name on the sender's machine.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Why a record says something else than before.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum How {
    /// 情况变了: it says so from this day on.
    Change(Date),
    /// 原来写错了: it was never otherwise.
    Correct,
}

/// Another revision of a record.
#[derive(Clone, Debug)]
pub struct Edit<'e> {
    /// What it says now, as posted.
    pub posted: &'e Posted,
    /// Files to add.
    pub files: &'e [Incoming],
    /// Why it says something else.
    pub how: How,
    /// The reason; needed for a correction.
    pub reason: &'e str,
    /// The revision the person saw.
    pub rev: i64,
}

impl Office {
    /// Enters a record.
    pub fn enter_record(
        &self,
        who: &Actor,
        register: &str,
        posted: &Posted,
        files: &[Incoming],
    ) -> Result<RecordId, Refused> {
        let register = self.register(register)?.clone();
        self.may_enter_some(who, &register)?;
        let ready = self.keep_files(&register, files)?;
        let composed = self.composed(&register, posted, None, &ready)?;
        let (area, post) = self.place(who, &register, &composed)?;
        let follows = self.follows(who, &register, &composed)?;
        let origin = origin_for(&composed, &area, post.as_ref());
        let id = self.record_id();
        let record = self.row_for(&register, id, origin, &area, &composed)?;
        let mut deed = Deed::by(who, origin, "register", format!("{}/{id}", register.id), "enter_record");
        deed.sit(post.as_ref());
        let office = self.clone();
        let account = who.account;
        self.act(deed, move |work| {
            let record = RegisterEntry { entry: work.entry, ..record };
            office.refuse_same(work, &register, &record)?;
            work.note("名册", register.name.clone());
            office.note_values(work, &register, None, &record.body)?;
            office.name_files(work, &record, &ready, Some(account))?;
            office.put_record(work, Put::New, &record, "enter", ALWAYS)?;
            office.put_links(work, &register, &record, Put::New)?;
            office.follow(work, &record, follows)
        })?;
        Ok(id)
    }

    /// Changes what a record says from a day on, or corrects what it never should have said.
    pub fn edit_record(&self, who: &Actor, register: &str, id: RecordId, edit: &Edit<'_>) -> Result<(), Refused> {
        let register = self.register(register)?.clone();
        let before = self.record_row(&register, id)?;
        let post = self.keeper(who, &register, &before.area)?.clone();
        open_for(&before, edit.rev)?;
        let reason = edit.reason.trim().to_owned();
        if edit.how == How::Correct && reason.chars().count() < 4 {
            return Err(Refused::field("_reason", "请写明错在哪里、依据什么更正，至少 4 个字"));
        }
        let ready = self.keep_files(&register, edit.files)?;
        let composed = self.composed(&register, edit.posted, Some(&before), &ready)?;
        if let How::Change(day) = edit.how {
            self.check_change(&register, &before, &composed, day)?;
        }
        let (area, _) = self.place(who, &register, &composed)?;
        let row = self.row_for(&register, id, before.origin, &area, &composed)?;
        let (act, word) = match edit.how {
            How::Change(_) => ("change_record", "change"),
            How::Correct => ("correct_record", "correct"),
        };
        let deed = Deed::by(who, before.origin, "register", format!("{}/{id}", register.id), act);
        let deed = deed.at(&post.desk, &post.area).because(reason);
        let (office, rev, account, how) = (self.clone(), edit.rev, who.account, edit.how);
        self.act(deed, move |work| {
            let holds_from = match how {
                How::Change(day) => day,
                How::Correct => since_when(work, &register, id)?,
            };
            let now = still(work, &before, rev)?;
            let (org, person) = (row.org.or(now.org), now.person);
            let record = RegisterEntry { rev: now.rev + 1, entry: work.entry, org, person, state: now.state, ..row };
            office.refuse_same(work, &register, &record)?;
            if holds_from > ALWAYS {
                work.note("自", holds_from.to_string());
            }
            office.note_values(work, &register, Some(&before.body), &record.body)?;
            office.name_files(work, &record, &ready, Some(account))?;
            office.put_record(work, Put::Again, &record, word, holds_from)?;
            office.put_links(work, &register, &record, Put::Again)
        })
    }

    /// Ends a record on a day: it was true until then (结束、移出).
    pub fn end_record(
        &self,
        who: &Actor,
        register: &str,
        id: RecordId,
        (until, reason, rev): (Date, &str, i64),
    ) -> Result<(), Refused> {
        let register = self.register(register)?.clone();
        let before = self.record_row(&register, id)?;
        let post = self.keeper(who, &register, &before.area)?.clone();
        open_for(&before, rev)?;
        let reason = needed(reason, "请写明为什么结束，至少 4 个字")?;
        if until <= before.since {
            let why = format!("结束日期应当晚于开始日期 {}。从来没有过的记录请用“撤销”", before.since);
            return Err(Refused::field("until", why));
        }
        let deed = Deed::by(who, before.origin, "register", format!("{}/{id}", register.id), "end_record");
        let (office, today) = (self.clone(), self.clock.today());
        self.act(deed.at(&post.desk, &post.area).because(reason), move |work| {
            let now = still(work, &before, rev)?;
            let mut body = now.body.clone();
            if let (Some(field), Some(parts)) = (&register.until, body.as_object_mut()) {
                parts.insert(field.clone(), json!(until.to_string()));
            }
            let state = if until <= today { LEFT } else { ACTIVE }.to_owned();
            let (rev, entry) = (now.rev + 1, work.entry);
            let record = RegisterEntry { body, state, until: Some(until), rev, entry, ..now };
            work.note("自", until.to_string());
            office.put_record(work, Put::Again, &record, "end", until)
        })
    }

    /// Takes back a record that was entered by mistake: it never was (撤销). It stays readable for those who keep it.
    pub fn withdraw_record(
        &self,
        who: &Actor,
        register: &str,
        id: RecordId,
        (reason, rev): (&str, i64),
    ) -> Result<(), Refused> {
        let register = self.register(register)?.clone();
        let before = self.record_row(&register, id)?;
        let post = self.keeper(who, &register, &before.area)?.clone();
        open_for(&before, rev)?;
        let reason = needed(reason, "请写明为什么撤销，至少 4 个字")?;
        let deed = Deed::by(who, before.origin, "register", format!("{}/{id}", register.id), "withdraw_record");
        let office = self.clone();
        self.act(deed.at(&post.desk, &post.area).because(reason), move |work| {
            let now = still(work, &before, rev)?;
            let (rev, entry) = (now.rev + 1, work.entry);
            let record = RegisterEntry { state: WITHDRAWN.to_owned(), public: false, key: None, rev, entry, ..now };
            office.put_record(work, Put::Again, &record, "withdraw", ALWAYS)
        })
    }

    /// Refused unless the actor keeps this register somewhere; said before anything typed is judged.
    pub fn may_enter_some(&self, who: &Actor, register: &Register) -> Result<(), Refused> {
        if who.is_system() {
            return Ok(());
        }
        if register.enters.is_empty() && who.admin.is_none() {
            let next = "它由办件的结果自动写入，请办理相应的事项";
            return Err(Refused::rule("by_matter_only", "这份名册不直接录入", next));
        }
        // Any territory tells whether the desk is right; the area is judged with the record.
        let own: AreaCode = who
            .posts
            .iter()
            .find(|post| register.enters.contains(&post.desk))
            .map_or_else(AreaCode::nation, |post| post.area.clone());
        Ok(keeps(who, &register.enters, &self.territory(&own)).map(drop)?)
    }

    fn composed(
        &self,
        register: &Register,
        posted: &Posted,
        before: Option<&RegisterEntry>,
        files: &[Ready],
    ) -> Result<Composed, Refused> {
        let files: Vec<(String, Json)> =
            files.iter().map(|file| (file.field.clone(), json!({ "id": file.id, "name": file.name }))).collect();
        let given = Given { posted, before, files: &files };
        self.db.read(|tx| self.compose(tx, register, given, &mut Known::default()))?.map_err(Refused::Invalid)
    }

    /// Where the record lies and the post that may put it there.
    pub(crate) fn place(
        &self,
        who: &Actor,
        register: &Register,
        composed: &Composed,
    ) -> Result<(AreaCode, Option<Post>), Refused> {
        let own = self.kept_areas(who, register).into_iter().next();
        let area = composed.area.clone().or(own).unwrap_or_else(AreaCode::nation);
        if who.is_system() {
            return Ok((area, None));
        }
        match keeps(who, &register.enters, &self.kept_territory(register, &area)) {
            Ok(post) => Ok((area, Some(post.clone()))),
            Err(authority::Denied::NotYourArea) => {
                let name = self.areas.full_name(&area);
                let field = register.area_field().or_else(|| register.organization_field());
                let Some(field) = field.filter(|_| composed.parents.is_empty()) else {
                    return Err(authority::Denied::NotYourArea.into());
                };
                Err(Refused::field(field.id.clone(), format!("{name}不在您负责的地区。请选本地区，或请当地机关录入")))
            }
            Err(denied) => Err(denied.into()),
        }
    }

    /// Whether the record may move to the state it says now, and from that day.
    fn check_change(
        &self,
        register: &Register,
        before: &RegisterEntry,
        after: &Composed,
        day: Date,
    ) -> Result<(), Refused> {
        if day < before.since {
            let why = format!("变化的日期不能早于这条记录开始的日期 {}。原来写错的请选“更正”", before.since);
            return Err(Refused::field("_from", why));
        }
        if day > self.clock.today() {
            return Err(Refused::field("_from", "变化的日期不能晚于今天。到了那一天再来记录"));
        }
        let Some(course) = &register.course else { return Ok(()) };
        let state = |body: &Json| body.get(&course.field).and_then(Json::as_str).unwrap_or(&course.first).to_owned();
        let (from, to) = (state(&before.body), state(&Json::Object(after.body.clone())));
        if course.allows(&from, &to) {
            return Ok(());
        }
        Err(Refused::field(course.field.clone(), not_from_here(register.find_field(&course.field), course, &from, &to)))
    }

    pub(crate) fn row_for(
        &self,
        register: &Register,
        id: RecordId,
        origin: Origin,
        area: &AreaCode,
        composed: &Composed,
    ) -> Result<RegisterEntry, Refused> {
        let levels = Levels::of_chain(&self.lineage(area, self.clock.today()));
        let mut body = composed.body.clone();
        for field in register.fields.iter().filter(|field| field.is_personal()) {
            if let Some(value) = body.get(&field.id).filter(|value| value.get("sealed").is_none()).cloned() {
                body.insert(field.id.clone(), self.seal_value(&register.id, id, &field.id, &value)?);
            }
        }
        Ok(RegisterEntry {
            origin,
            register: register.id.clone(),
            id,
            org: composed.org.map(|(_, org)| org),
            person: None,
            area: area.clone(),
            province: levels.province,
            city: levels.city,
            county: levels.county,
            title: composed.title.clone(),
            state: ACTIVE.to_owned(),
            since: composed.since,
            until: composed.until,
            public: register.public,
            body: Json::Object(body),
            rev: 1,
            entry: base::EntryId::from_bits(0),
            key: composed.key.clone(),
        })
    }

    fn refuse_same(&self, work: &mut Work<'_, '_>, register: &Register, record: &RegisterEntry) -> Result<(), Refused> {
        let Some(key) = &record.key else { return Ok(()) };
        match store::records::find_same(work.tx, &register.id, key)?.filter(|same| same.id != record.id) {
            None => Ok(()),
            Some(same) => {
                let labels = unique_labels(register);
                let why =
                    format!("已有一条{labels}相同的记录：{}（{} 起）。请更正或结束那一条", same.title, same.since);
                Err(Refused::field(register.unique.first().cloned().unwrap_or_default(), why))
            }
        }
    }
}

/// The labels of the unique fields: 地区、统计项、截止日期.
pub(crate) fn unique_labels(register: &Register) -> String {
    let label = |name: &String| register.find_field(name).map_or("", |field| field.label.as_str());
    register.unique.iter().map(label).collect::<Vec<_>>().join("、")
}

/// A record about an organization lies with it; one that belongs to another record lies with that; else with who entered it.
pub(crate) fn origin_for(composed: &Composed, area: &AreaCode, post: Option<&Post>) -> Origin {
    match (composed.org, composed.parents.first()) {
        (Some((origin, _)), _) => origin,
        (None, Some((_, parent))) => parent.origin,
        (None, None) => Origin::of(post.map_or(area, |post| &post.area)),
    }
}

/// The record can still be changed, and is as the person saw it.
fn open_for(record: &RegisterEntry, rev: i64) -> Result<(), Refused> {
    if record.state == WITHDRAWN {
        return Err(Refused::rule("withdrawn", "这条记录已经撤销，不能再改", "需要的话请重新录入一条"));
    }
    if record.rev == rev { Ok(()) } else { Err(Refused::Conflict) }
}

/// From when on what is corrected now was said: what was true before a later change stays. An end changes nothing else.
fn since_when(work: &mut Work<'_, '_>, register: &Register, id: RecordId) -> Result<Date, Refused> {
    let versions = store::records::versions(work.tx, &register.id, id)?;
    Ok(versions.iter().rev().find(|version| version.act != "end").map_or(ALWAYS, |version| version.holds_from))
}

fn still(work: &mut Work<'_, '_>, before: &RegisterEntry, rev: i64) -> Result<RegisterEntry, Refused> {
    let now: Option<RegisterEntry> =
        work.tx.find_record(store::args![before.origin, before.register.as_str(), before.id])?;
    now.filter(|now| now.rev == rev).ok_or(Refused::Conflict)
}

fn needed(reason: &str, otherwise: &str) -> Result<String, Refused> {
    let reason = reason.trim();
    if reason.chars().count() < 4 { Err(Refused::field("reason", otherwise)) } else { Ok(reason.to_owned()) }
}
