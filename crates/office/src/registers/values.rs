//! What a record says (记录内容): posted text to typed values, judged by the register's declaration, and typed values as people read
//! them. The same for a form and for a row of an imported table.
use std::collections::BTreeMap;

use base::{AreaCode, Date, OrgId, Origin, RecordId};
use casework::Posted;
use catalogue::matter::{FieldKind, Reference};
use catalogue::{Register, RegisterField};
use serde_json::{Map, Value as Json, json};
use store::Tx;
use store::people::Body;
use store::registers::RegisterEntry;

use super::judge::Judged;
pub use super::judge::body_kind;
use super::{LEFT, WITHDRAWN};
use crate::{Office, Refused, Wrong};

/// What a form or a row says, typed and judged.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Composed {
    /// The values by field; personal ones in the clear until they are sealed.
    pub body: Map<String, Json>,
    /// Where it lies, if it says so itself or through what it is about.
    pub area: Option<AreaCode>,
    /// The organization it is about.
    pub org: Option<(Origin, OrgId)>,
    /// From which day.
    pub since: Date,
    /// Until before which day.
    pub until: Option<Date>,
    /// What it is called.
    pub title: String,
    /// What tells it from others.
    pub key: Option<String>,
    /// The records it belongs to, with the field that says so.
    pub parents: Vec<(String, RegisterEntry)>,
}

/// What a record is read from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Given<'g> {
    /// What was posted, by field.
    pub posted: &'g Posted,
    /// The record that is changed; its files and personal values stay where nothing else is said.
    pub before: Option<&'g RegisterEntry>,
    /// Files that came along: field, and the file as the record names it.
    pub files: &'g [(String, Json)],
}

impl<'g> Given<'g> {
    /// A new record without files.
    pub fn new(posted: &'g Posted) -> Self {
        Self { posted, before: None, files: &[] }
    }
}

/// Values looked up for many rows at once.
#[derive(Default, Debug)]
pub(crate) struct Known {
    bodies: Option<Vec<Body>>,
}

impl Known {
    pub(super) fn bodies(&mut self, tx: &mut Tx<'_>) -> Result<&[Body], Refused> {
        if self.bodies.is_none() {
            self.bodies = Some(store::people::bodies(tx)?);
        }
        Ok(self.bodies.as_deref().unwrap_or_default())
    }
}

/// What records of other registers are called, once asked for.
#[derive(Clone, Default, Debug)]
pub struct Names(BTreeMap<(String, RecordId), String>);

impl Names {
    /// Asks for all that these values name, one question per register.
    pub(crate) fn learn(
        &mut self,
        tx: &mut Tx<'_>,
        fields: &[&RegisterField],
        bodies: &[&Json],
    ) -> Result<(), Refused> {
        for field in fields {
            let Some(link) = &field.belongs_to else { continue };
            let ids = bodies.iter().filter_map(|body| body.get(&field.id)?.as_str().map(str::to_owned));
            let ids: Vec<String> = ids.collect();
            if !ids.is_empty() {
                let found = store::records::titles(tx, &link.register, &ids)?;
                self.0.extend(found.into_iter().map(|(id, title)| ((link.register.clone(), id), title)));
            }
        }
        Ok(())
    }

    fn of(&mut self, tx: &mut Tx<'_>, register: &str, id: RecordId) -> Result<Option<String>, Refused> {
        let key = (register.to_owned(), id);
        if let Some(known) = self.0.get(&key) {
            return Ok(Some(known.clone()));
        }
        let Some(found) = store::records::find(tx, register, id)? else { return Ok(None) };
        self.0.insert(key, found.title.clone());
        Ok(Some(found.title))
    }
}

/// The one text of a posted field.
fn posted_text(posted: &Posted, name: &str) -> String {
    casework::form::plain_text(posted.get(name).and_then(|all| all.last()).map_or("", String::as_str))
}

impl Office {
    /// Reads and judges what was given. All faults at once.
    pub(crate) fn compose(
        &self,
        tx: &mut Tx<'_>,
        register: &Register,
        given: Given<'_>,
        known: &mut Known,
    ) -> Result<Result<Composed, Vec<Wrong>>, Refused> {
        let today = self.clock.today();
        let before = given.before;
        let mut wrong = Vec::new();
        let mut body = read_body(register, given, &mut wrong);
        let day = |body: &Map<String, Json>, field: &Option<String>| {
            field.as_ref().and_then(|field| body.get(field)?.as_str()?.parse::<Date>().ok())
        };
        let since = day(&body, &register.since).or_else(|| before.map(|row| row.since)).unwrap_or(today);
        let until = match &register.until {
            Some(_) => day(&body, &register.until),
            None => before.and_then(|row| row.until),
        };
        if let Some(end) = until.filter(|end| *end <= since) {
            let field = register.until.clone().unwrap_or_default();
            wrong.push(Wrong::new(field, format!("结束日期 {end} 应当晚于开始日期 {since}，请核对两个日期")));
        }
        let mut org = None;
        let mut parents = Vec::new();
        for field in &register.fields {
            let Some(value) = body.get(&field.id).cloned() else { continue };
            match self.judge(tx, field, &value, since, known)? {
                Judged::Fine => {}
                Judged::Instead(value, about) => {
                    org = org.or(about);
                    body.insert(field.id.clone(), value);
                }
                Judged::Parent(parent) => parents.push((field.id.clone(), *parent)),
                Judged::Wrong(why) => wrong.push(Wrong::new(field.id.clone(), why)),
            }
        }
        for field in register.fields.iter().filter(|field| field.required) {
            let told = wrong.iter().any(|one| one.field == field.id);
            if !told && !body.contains_key(&field.id) {
                wrong.push(Wrong::new(field.id.clone(), missing(field)));
            }
        }
        if !wrong.is_empty() {
            return Ok(Err(wrong));
        }
        let own_area = register.area_field().and_then(|field| body.get(&field.id)?.as_str()?.parse::<AreaCode>().ok());
        let org_area = match org {
            Some((origin, id)) => Some(store::organizations::get(tx, origin, id)?.registrar_area),
            None => None,
        };
        let parent_area = parents.first().map(|(_, parent)| parent.area.clone());
        let title = self.title_of(tx, register, &body)?;
        let key = key_of(register, &body);
        let area = own_area.or(org_area).or(parent_area);
        Ok(Ok(Composed { body, area, org, since, until, title, key, parents }))
    }

    fn title_of(&self, tx: &mut Tx<'_>, register: &Register, body: &Map<String, Json>) -> Result<String, Refused> {
        let Some(field) = register.find_field(&register.title_field) else { return Ok(register.name.clone()) };
        if field.is_personal() {
            return Ok(register.name.clone());
        }
        let title = self.say_value(tx, &mut Names::default(), field, body.get(&field.id))?;
        Ok(if title.is_empty() { register.name.clone() } else { title })
    }

    /// A value as people read it; empty if there is none. Personal values are not said here.
    pub fn say_value(
        &self,
        tx: &mut Tx<'_>,
        names: &mut Names,
        field: &RegisterField,
        value: Option<&Json>,
    ) -> Result<String, Refused> {
        let Some(value) = value.filter(|value| !blank(value)) else { return Ok(String::new()) };
        if field.is_personal() {
            return Ok("（个人信息）".to_owned());
        }
        if let Some(link) = &field.belongs_to {
            let id = value.as_str().and_then(|id| id.parse::<RecordId>().ok());
            let title = match id {
                Some(id) => names.of(tx, &link.register, id)?,
                None => None,
            };
            return Ok(title.unwrap_or_else(|| "（记录已不在）".to_owned()));
        }
        Ok(match field.kind {
            FieldKind::Area => {
                let area = value.as_str().and_then(|code| code.parse::<AreaCode>().ok());
                area.map_or_else(String::new, |area| self.areas.full_name(&area))
            }
            // Written by a case, where an organization may stand as its bare name.
            FieldKind::Organization if value.is_string() => value.as_str().unwrap_or_default().to_owned(),
            _ => casework::form::show(&field.question(), Some(value), true),
        })
    }

    /// How a record stands today: in force, ended, withdrawn.
    pub fn record_standing(&self, record: &RegisterEntry) -> &'static str {
        match record.state.as_str() {
            WITHDRAWN => "已撤销",
            LEFT => "已结束",
            _ if record.until.is_some_and(|end| end <= self.clock.today()) => "已结束",
            _ if record.since > self.clock.today() => "还未开始",
            _ => "有效",
        }
    }
}

/// Typed values of every field; blank ones left out.
fn read_body(register: &Register, given: Given<'_>, wrong: &mut Vec<Wrong>) -> Map<String, Json> {
    let Given { posted, before, files } = given;
    let mut body = Map::new();
    for field in &register.fields {
        let mut faults = Vec::new();
        let was = before.and_then(|row| row.body.get(&field.id));
        let mut value = match field.kind {
            FieldKind::File => files_of(field, posted, was, files),
            FieldKind::Organization => json!(posted_text(posted, &field.id)),
            _ => casework::form::parse_field(&field.question(), &field.id, posted, &mut faults),
        };
        let told =
            faults.into_iter().map(|fault| Wrong::new(fault.field, format!("{}。{}", fault.message, fault.next)));
        wrong.extend(told);
        if field.is_personal() && blank(&value) {
            value = was.cloned().unwrap_or(Json::Null);
        }
        let course = register.course.as_ref().filter(|course| course.field == field.id);
        if let Some(course) = course.filter(|_| blank(&value) && before.is_none()) {
            value = json!(course.first);
        }
        if !blank(&value) {
            body.insert(field.id.clone(), value);
        }
    }
    body
}

/// The files a field names: those it had less the ones taken off (`{field}.drop`), and those that came.
fn files_of(field: &RegisterField, posted: &Posted, was: Option<&Json>, came: &[(String, Json)]) -> Json {
    let dropped = posted.get(&format!("{}.drop", field.id)).map_or(&[][..], Vec::as_slice);
    let stays = |file: &&Json| !dropped.iter().any(|id| file["id"].as_str() == Some(id));
    let kept = was.and_then(Json::as_array).map_or(&[][..], Vec::as_slice).iter().filter(stays).cloned();
    let new = came.iter().filter(|(name, _)| *name == field.id).map(|(_, file)| file.clone());
    Json::Array(kept.chain(new).collect())
}

fn missing(field: &RegisterField) -> String {
    match field.kind {
        FieldKind::Choice | FieldKind::MultiChoice | FieldKind::YesNo | FieldKind::Area => {
            format!("请选择{}", field.label)
        }
        FieldKind::File => format!("请上传{}", field.label),
        _ => format!("请填写{}", field.label),
    }
}

pub(crate) fn blank(value: &Json) -> bool {
    match value {
        Json::Null => true,
        Json::String(text) => text.trim().is_empty(),
        Json::Array(items) => items.is_empty(),
        Json::Object(parts) => parts.values().all(blank),
        Json::Bool(_) | Json::Number(_) => false,
    }
}

/// What tells a record from others, by the register's `unique` fields.
pub(crate) fn key_of(register: &Register, body: &Map<String, Json>) -> Option<String> {
    if register.unique.is_empty() {
        return None;
    }
    let part = |name: &String| match body.get(name) {
        Some(Json::String(text)) => text.clone(),
        // An organization is told by its id, whatever it is called.
        Some(value) => value.get("id").and_then(Json::as_str).map_or_else(|| value.to_string(), str::to_owned),
        None => String::new(),
    };
    let parts: BTreeMap<usize, String> = register.unique.iter().map(part).enumerate().collect();
    Some(serde_json::to_string(&parts.into_values().collect::<Vec<_>>()).unwrap_or_default())
}

/// Values as a form posts them, to fill it with what is there. Personal values stay out.
pub fn posted_of(register: &Register, body: &Json) -> Posted {
    let mut posted = Posted::new();
    for field in register.fields.iter().filter(|field| !field.is_personal() && field.kind != FieldKind::File) {
        let Some(value) = body.get(&field.id).filter(|value| !blank(value)) else { continue };
        let text = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let values = match field.kind {
            FieldKind::Money | FieldKind::Percent => vec![base::Fen(value.as_i64().unwrap_or_default()).to_string()],
            FieldKind::YesNo => vec![if value == &Json::Bool(true) { "yes" } else { "no" }.to_owned()],
            FieldKind::MultiChoice => value.as_array().map_or(&[][..], Vec::as_slice).iter().map(text).collect(),
            FieldKind::Organization => {
                let part = |key: &str| value.get(key).and_then(Json::as_str).map(str::to_owned);
                let code = if field.refers_to == Some(Reference::Organization) { part("code") } else { None };
                vec![code.or_else(|| part("id")).unwrap_or_else(|| text(value))]
            }
            _ => vec![text(value)],
        };
        posted.insert(field.id.clone(), values);
    }
    posted
}
