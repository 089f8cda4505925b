//! Reading records (查阅名册): lists with filters, one record with its history, what belongs to it; at the desk and by everybody.
use std::collections::{BTreeMap, BTreeSet};

use authority::Actor;
use base::{AreaCode, Date, RecordId};
use catalogue::{Register, RegisterField};
use serde_json::Value as Json;
use store::Tx;
use store::records::{self, Order, Wanted};
use store::registers::RegisterEntry;

use super::values::Names;
use super::{ACTIVE, LEFT, WITHDRAWN};
use crate::{Office, Refused};

/// Counted exactly up to here.
pub const COUNTED: usize = 10_000;
/// Records looked at for one page: a filter that few pass goes on with the next page.
const WALKED: usize = 20_000;

/// A register with how many records the reader has there.
#[derive(Clone, Debug)]
pub struct RegisterLine {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// What it holds.
    pub explain: String,
    /// Records in force, up to [`COUNTED`].
    pub count: i64,
    /// Whether the reader may enter records.
    pub enters: bool,
    /// Whether everybody sees it.
    pub public: bool,
}

/// What a list asks for.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Ask {
    /// In this area and below.
    pub area: Option<AreaCode>,
    /// Field and the value it must have; `yes` and `no` for yes-or-no fields.
    pub fields: Vec<(String, String)>,
    /// In the title.
    pub q: String,
    /// `ended`, `withdrawn`, `overdue`, `all`; empty: in force.
    pub which: String,
    /// Sorted by.
    pub order: Order,
    /// After this record.
    pub after: Option<RecordId>,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct RecordPage {
    /// The records.
    pub items: Vec<RegisterEntry>,
    /// Each record's columns as people read them, in the order of the register's `list`.
    pub cells: Vec<Vec<String>>,
    /// After which record the next page begins.
    pub next: Option<RecordId>,
    /// The area shown.
    pub area: AreaCode,
    /// Records in the area in that state, up to [`COUNTED`], without the other filters.
    pub total: i64,
}

impl Ask {
    fn state(&self) -> Option<&'static str> {
        match self.which.as_str() {
            "withdrawn" => Some(WITHDRAWN),
            "all" | "ended" => None,
            _ => Some(ACTIVE),
        }
    }

    /// Whether a record passes everything the database was not asked.
    fn admits(&self, register: &Register, record: &RegisterEntry, today: Date) -> bool {
        let over = record.until.is_some_and(|end| end <= today);
        let stands = match self.which.as_str() {
            "all" | "withdrawn" => true,
            "ended" => record.state == LEFT || (record.state == ACTIVE && over),
            "overdue" => !over && is_overdue(register, record, today),
            _ => !over,
        };
        stands
            && (self.q.is_empty() || record.title.contains(&self.q))
            && self.fields.iter().all(|(field, wanted)| says(record.body.get(field), wanted))
    }
}

/// Whether a record that is not closed is past its day.
pub fn is_overdue(register: &Register, record: &RegisterEntry, today: Date) -> bool {
    let Some(course) = &register.course else { return false };
    let text = |field: &str| record.body.get(field).and_then(Json::as_str);
    let due = course.due.as_ref().and_then(|field| text(field)?.parse::<Date>().ok());
    let open = !course.is_closed(text(&course.field).unwrap_or(&course.first));
    open && record.state == ACTIVE && due.is_some_and(|due| due < today)
}

fn says(value: Option<&Json>, wanted: &str) -> bool {
    match value {
        Some(Json::String(text)) => text == wanted,
        Some(Json::Bool(yes)) => (wanted == "yes") == *yes,
        Some(Json::Number(number)) => number.to_string() == wanted,
        Some(Json::Array(items)) => items.iter().any(|item| item.as_str() == Some(wanted)),
        Some(value) => value.get("id").and_then(Json::as_str) == Some(wanted),
        None => wanted.is_empty(),
    }
}

impl Office {
    /// The registers the actor keeps or reads at the desk, those he keeps first.
    pub fn desk_registers(&self, who: &Actor) -> Result<Vec<RegisterLine>, Refused> {
        if who.admin.is_some() {
            return Err(authority::Denied::AdminsDoNoBusiness.into());
        }
        if who.posts.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        // What everybody who sits there reads alike is counted at once.
        let mut widest: Vec<(&Register, AreaCode)> = Vec::new();
        for register in self.catalogue.registers() {
            widest.extend(self.read_areas(who, register).into_iter().next().map(|area| (register, area)));
        }
        if widest.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        let areas: BTreeSet<AreaCode> = widest.iter().map(|(_, area)| area.clone()).collect();
        let counts = self.db.read(|tx| {
            let mut counts = BTreeMap::new();
            for area in areas {
                let wanted = Wanted { within: Some(area.clone()), state: Some(ACTIVE), ..Wanted::default() };
                for (register, count) in records::count_each(tx, &wanted)? {
                    counts.insert((register, area.clone()), count);
                }
            }
            Ok::<_, Refused>(counts)
        })?;
        let line = |(register, area): (&Register, AreaCode)| {
            let count = counts.get(&(register.id.clone(), area)).copied().unwrap_or_default();
            line_of(register, count, !self.kept_areas(who, register).is_empty())
        };
        let mut lines: Vec<RegisterLine> = widest.into_iter().map(line).collect();
        lines.sort_by(|one, other| (!one.enters, &one.name).cmp(&(!other.enters, &other.name)));
        Ok(lines)
    }

    /// The registers everybody sees, with their counts.
    pub fn open_registers(&self) -> Result<Vec<RegisterLine>, Refused> {
        let wanted = Wanted { state: Some(ACTIVE), public: true, ..Wanted::default() };
        let counts: BTreeMap<String, i64> = self.db.read(|tx| records::count_each(tx, &wanted))?.into_iter().collect();
        let count = |register: &Register| counts.get(&register.id).copied().unwrap_or_default();
        Ok(self.public_registers().into_iter().map(|register| line_of(register, count(register), false)).collect())
    }

    /// A page of a register at the desk.
    pub fn desk_records(
        &self,
        who: &Actor,
        register: &Register,
        ask: &Ask,
        limit: usize,
    ) -> Result<RecordPage, Refused> {
        let area = self.list_area(who, register, ask.area.as_ref())?;
        self.page_of(register, ask, (area, false), limit)
    }

    /// A page of what everybody sees of a register.
    pub fn open_records(&self, register: &Register, ask: &Ask, limit: usize) -> Result<RecordPage, Refused> {
        if !register.public {
            return Err(Refused::NotFound("这份名册"));
        }
        let private = |name: &str| !register.public_fields().any(|field| field.id == name);
        if ask.fields.iter().any(|(field, _)| private(field)) || ask.which == "withdrawn" || ask.which == "all" {
            return Err(Refused::NotFound("这样的筛选"));
        }
        let area = ask.area.clone().unwrap_or_else(AreaCode::nation);
        self.page_of(register, ask, (area, true), limit)
    }

    fn page_of(
        &self,
        register: &Register,
        ask: &Ask,
        (area, open): (AreaCode, bool),
        limit: usize,
    ) -> Result<RecordPage, Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let within = Some(area.clone());
            let mut wanted = Wanted { within, state: ask.state(), public: open, order: ask.order, ..Wanted::default() };
            let total = records::count(tx, &register.id, &wanted, COUNTED)?;
            if let Some(id) = ask.after {
                let last = records::find(tx, &register.id, id)?.ok_or(Refused::NotFound("翻页的位置"))?;
                let value = if ask.order == Order::Title { last.title } else { last.since.to_string() };
                wanted.after = Some((value, id));
            }
            let (items, next) = gather(tx, register, wanted, |record| ask.admits(register, record, today), limit)?;
            let columns: Vec<&RegisterField> = self.columns(register, open);
            let mut names = Names::default();
            names.learn(tx, &columns, &items.iter().map(|record| &record.body).collect::<Vec<_>>())?;
            let mut cells = Vec::with_capacity(items.len());
            for record in &items {
                cells.push(self.row_cells(tx, &mut names, &columns, record)?);
            }
            Ok(RecordPage { items, cells, next, area, total })
        })
    }

    /// The columns of a list; everybody's only the public ones.
    pub fn columns<'r>(&self, register: &'r Register, open: bool) -> Vec<&'r RegisterField> {
        let all = register.list.iter().filter_map(|name| register.find_field(name));
        all.filter(|field| !open || (field.public && !field.is_personal())).collect()
    }

    pub(super) fn row_cells(
        &self,
        tx: &mut Tx<'_>,
        names: &mut Names,
        columns: &[&RegisterField],
        record: &RegisterEntry,
    ) -> Result<Vec<String>, Refused> {
        columns
            .iter()
            .map(|field| {
                if field.is_personal() {
                    return self.masked_value(record, field);
                }
                self.say_value(tx, names, field, record.body.get(&field.id))
            })
            .collect()
    }

    /// All fields of records as rows of an export: personal ones left out, also for those who keep them.
    pub fn export_rows(
        &self,
        register: &Register,
        open: bool,
        items: &[RegisterEntry],
    ) -> Result<Vec<Vec<String>>, Refused> {
        let columns = self.export_columns(register, open);
        self.db.read(|tx| {
            let mut names = Names::default();
            names.learn(tx, &columns, &items.iter().map(|record| &record.body).collect::<Vec<_>>())?;
            items.iter().map(|record| self.row_cells(tx, &mut names, &columns, record)).collect()
        })
    }

    /// The fields of an export.
    pub fn export_columns<'r>(&self, register: &'r Register, open: bool) -> Vec<&'r RegisterField> {
        register.fields.iter().filter(|field| !field.is_personal() && (!open || field.public)).collect()
    }

    /// Records of another register that a field may name, in the actor's areas: id and title, newest first.
    pub fn choices_of(&self, who: &Actor, field: &RegisterField) -> Result<Vec<(RecordId, String)>, Refused> {
        const OFFERED: usize = 200;
        let Some(link) = &field.belongs_to else { return Ok(Vec::new()) };
        let above = self.register(&link.register)?;
        let mut areas = self.read_areas(who, above);
        areas.extend(who.posts.iter().map(|post| post.area.clone()));
        areas.sort_by(|one, other| (one.level(), one).cmp(&(other.level(), other)));
        let Some(widest) = areas.into_iter().next() else { return Ok(Vec::new()) };
        let wanted = Wanted { within: Some(widest), state: Some(ACTIVE), ..Wanted::default() };
        self.db.read(|tx| {
            let mut all = Vec::new();
            records::walk(tx, &above.id, &wanted, OFFERED, |record| {
                all.push((record.id, record.title));
                Ok::<_, Refused>(())
            })?;
            Ok(all)
        })
    }
}

/// So many records that `admits` lets through, and after which record the next page begins.
fn gather(
    tx: &mut Tx<'_>,
    register: &Register,
    mut wanted: Wanted,
    admits: impl Fn(&RegisterEntry) -> bool,
    limit: usize,
) -> Result<(Vec<RegisterEntry>, Option<RecordId>), Refused> {
    let (mut items, mut walked): (Vec<RegisterEntry>, usize) = (Vec::new(), 0);
    let mut piece = limit + 1;
    loop {
        let (mut seen, mut last) = (0, None);
        let mut found = Vec::new();
        records::walk(tx, &register.id, &wanted, piece, |record| {
            seen += 1;
            let value = if wanted.order == Order::Title { record.title.clone() } else { record.since.to_string() };
            last = Some((value, record.id));
            if admits(&record) {
                found.push(record);
            }
            Ok::<_, Refused>(())
        })?;
        items.append(&mut found);
        if items.len() > limit {
            items.truncate(limit);
            let next = items.last().map(|record| record.id);
            return Ok((items, next));
        }
        walked += seen;
        if seen < piece {
            return Ok((items, None));
        }
        if walked >= WALKED {
            return Ok((items, last.map(|(_, id)| id)));
        }
        wanted.after = last;
        piece = (piece * 4).min(4_000);
    }
}

fn line_of(register: &Register, count: i64, enters: bool) -> RegisterLine {
    RegisterLine {
        id: register.id.clone(),
        name: register.name.clone(),
        explain: register.explain.clone(),
        count,
        enters,
        public: register.public,
    }
}
