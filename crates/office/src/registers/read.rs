//! Reading records (查阅名册): lists with filters, one record with its history, what belongs to it; at the desk and by everybody.
use authority::Actor;
use base::{AreaCode, Date, FileId, Instant, RecordId};
use catalogue::matter::FieldKind;
use catalogue::{Register, RegisterField};
use serde_json::Value as Json;
use store::papers::FileRow;
use store::records::{self, Order, RegisterVersion, Wanted};
use store::registers::RegisterEntry;
use store::{Tx, args};

use super::{ACTIVE, LEFT, WITHDRAWN};
use crate::audit::Line;
use crate::{Office, Refused};

/// Counted exactly up to here.
pub const COUNTED: usize = 10_000;
/// Records looked at for one page: a filter that few pass goes on with the next page.
const WALKED: usize = 20_000;
/// Records that belong to a record, shown on its page.
const CHILDREN: usize = 50;

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

/// A value as a page shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The field's label.
    pub label: String,
    /// The value; empty if there is none.
    pub text: String,
    /// Where it leads.
    pub href: Option<String>,
    /// Files: name and id.
    pub files: Vec<(String, FileId)>,
    /// A personal value, masked.
    pub masked: bool,
}

/// What happened to a record.
#[derive(Clone, Debug)]
pub struct Happened {
    /// The revision.
    pub version: RegisterVersion,
    /// Who, at which desk, why; none in what everybody sees.
    pub line: Option<Line>,
    /// What was changed: label, before, after.
    pub changes: Vec<(String, String, String)>,
}

/// A record with everything around it.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// The record.
    pub record: RegisterEntry,
    /// Its values.
    pub shown: Vec<Shown>,
    /// What happened, newest first.
    pub history: Vec<Happened>,
    /// Registers whose records belong to it, with them.
    pub children: Vec<(Register, Vec<RegisterEntry>, Vec<Vec<String>>)>,
    /// 有效、已结束、已撤销
    pub standing: &'static str,
    /// Whether the reader may change it.
    pub keeps: bool,
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
        let mut lines = Vec::new();
        self.db.read(|tx| {
            for register in self.catalogue.registers() {
                let areas = self.read_areas(who, register);
                let Some(widest) = areas.first() else { continue };
                let wanted = Wanted { within: Some(widest.clone()), state: Some(ACTIVE), ..Wanted::default() };
                let count = records::count(tx, &register.id, &wanted, COUNTED)?;
                let enters = !self.kept_areas(who, register).is_empty();
                lines.push(line_of(register, count, enters));
            }
            Ok::<_, Refused>(())
        })?;
        if lines.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        lines.sort_by(|one, other| (!one.enters, &one.name).cmp(&(!other.enters, &other.name)));
        Ok(lines)
    }

    /// The registers everybody sees, with their counts.
    pub fn open_registers(&self) -> Result<Vec<RegisterLine>, Refused> {
        self.db.read(|tx| {
            let wanted = Wanted { state: Some(ACTIVE), public: true, ..Wanted::default() };
            let line = |register: &&Register| {
                Ok(line_of(register, records::count(tx, &register.id, &wanted, COUNTED)?, false))
            };
            self.public_registers().iter().map(line).collect()
        })
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
            let mut cells = Vec::with_capacity(items.len());
            for record in &items {
                cells.push(self.row_cells(tx, &columns, record)?);
            }
            Ok(RecordPage { items, cells, next, area, total })
        })
    }

    /// The columns of a list; everybody's only the public ones.
    pub fn columns<'r>(&self, register: &'r Register, open: bool) -> Vec<&'r RegisterField> {
        let all = register.list.iter().filter_map(|name| register.find_field(name));
        all.filter(|field| !open || (field.public && !field.is_personal())).collect()
    }

    fn row_cells(
        &self,
        tx: &mut Tx<'_>,
        columns: &[&RegisterField],
        record: &RegisterEntry,
    ) -> Result<Vec<String>, Refused> {
        columns
            .iter()
            .map(|field| {
                if field.is_personal() {
                    return self.masked_value(record, field);
                }
                self.say_value(tx, field, record.body.get(&field.id))
            })
            .collect()
    }

    /// All fields of a record as a row of an export: personal ones left out, also of those who keep it.
    pub fn export_cells(
        &self,
        register: &Register,
        open: bool,
        record: &RegisterEntry,
    ) -> Result<Vec<String>, Refused> {
        let columns = self.export_columns(register, open);
        self.db.read(|tx| columns.iter().map(|field| self.say_value(tx, field, record.body.get(&field.id))).collect())
    }

    /// The fields of an export.
    pub fn export_columns<'r>(&self, register: &'r Register, open: bool) -> Vec<&'r RegisterField> {
        register.fields.iter().filter(|field| !field.is_personal() && (!open || field.public)).collect()
    }

    /// A record at the desk.
    pub fn desk_record(&self, who: &Actor, register: &Register, id: RecordId) -> Result<RecordView, Refused> {
        let record = self.record_row(register, id)?;
        self.reads_record(who, register, &record)?;
        let keeps = record.state != WITHDRAWN && self.keeper(who, register, &record.area).is_ok();
        self.view_of(register, record, keeps, false)
    }

    /// A record as everybody sees it.
    pub fn open_record(&self, register: &Register, id: RecordId) -> Result<RecordView, Refused> {
        let record = self.record_row(register, id)?;
        if !register.public || !record.public || record.state == WITHDRAWN {
            return Err(Refused::NotFound("这条记录"));
        }
        self.view_of(register, record, false, true)
    }

    fn view_of(
        &self,
        register: &Register,
        record: RegisterEntry,
        keeps: bool,
        open: bool,
    ) -> Result<RecordView, Refused> {
        self.db.read(|tx| {
            let mut shown = Vec::new();
            for field in register.fields.iter().filter(|field| !open || (field.public && !field.is_personal())) {
                shown.push(self.shown_value(tx, field, &record, open)?);
            }
            let history = self.history_of(tx, register, &record, open)?;
            let mut children = Vec::new();
            for below in self.catalogue.registers().filter(|below| !open || below.public) {
                let links: Vec<&str> = below.links_to(&register.id).map(|(field, _)| field.id.as_str()).collect();
                if links.is_empty() {
                    continue;
                }
                let parent = record.id.to_string();
                let mut items = records::children(tx, (&register.id, record.id), &below.id, CHILDREN)?;
                // A link taken off by a correction leaves its row behind.
                items.retain(|row| {
                    let names = |field: &str| row.body.get(field).and_then(Json::as_str) == Some(parent.as_str());
                    links.iter().any(|field| names(field)) && (!open || row.public)
                });
                let columns = self.columns(below, open);
                let cells =
                    items.iter().map(|row| self.row_cells(tx, &columns, row)).collect::<Result<Vec<_>, Refused>>()?;
                children.push((below.clone(), items, cells));
            }
            let standing = self.record_standing(&record);
            Ok(RecordView { record, shown, history, children, standing, keeps })
        })
    }

    fn shown_value(
        &self,
        tx: &mut Tx<'_>,
        field: &RegisterField,
        record: &RegisterEntry,
        open: bool,
    ) -> Result<Shown, Refused> {
        let value = record.body.get(&field.id);
        let mut shown = Shown {
            label: field.label.clone(),
            text: String::new(),
            href: None,
            files: Vec::new(),
            masked: field.is_personal(),
        };
        if field.is_personal() {
            shown.text = self.masked_value(record, field)?;
            return Ok(shown);
        }
        if field.kind == FieldKind::File {
            let files = value.and_then(Json::as_array).map_or(&[][..], Vec::as_slice).iter();
            let file = |file: &Json| Some((file["name"].as_str()?.to_owned(), file["id"].as_str()?.parse().ok()?));
            shown.files = files.filter_map(file).collect();
            return Ok(shown);
        }
        shown.text = self.say_value(tx, field, value)?;
        if let (Some(link), Some(id)) = (&field.belongs_to, value.and_then(Json::as_str)) {
            let below = if open { "/registers" } else { "/desk/registers" };
            let public = self.catalogue.find_register(&link.register).is_some_and(|register| register.public);
            shown.href = (!open || public).then(|| format!("{below}/{}/{id}", link.register));
        }
        let names_org = field.kind == FieldKind::Organization && record.org.is_some();
        if names_org && field.refers_to == Some(catalogue::matter::Reference::Organization) {
            shown.href = record.org.map(|org| format!("/orgs/{org}"));
        }
        if field.kind == FieldKind::Website {
            shown.href = Some(shown.text.clone());
        }
        Ok(shown)
    }

    fn history_of(
        &self,
        tx: &mut Tx<'_>,
        register: &Register,
        record: &RegisterEntry,
        open: bool,
    ) -> Result<Vec<Happened>, Refused> {
        let versions = records::versions(tx, &register.id, record.id)?;
        let mut all = Vec::new();
        let mut before: Option<RegisterVersion> = None;
        for version in versions {
            let mut changes = Vec::new();
            if let Some(before) = &before {
                for field in register.fields.iter().filter(|field| !open || (field.public && !field.is_personal())) {
                    let (old, new) = (before.body.get(&field.id), version.body.get(&field.id));
                    if old != new {
                        let said = (self.say_value(tx, field, old)?, self.say_value(tx, field, new)?);
                        changes.push((field.label.clone(), said.0, said.1));
                    }
                }
            }
            let line = if open {
                None
            } else {
                let rows: Vec<_> = store::journal::find(tx, record.origin, version.entry)?.into_iter().collect();
                self.tell(tx, &rows)?.into_iter().next()
            };
            before = Some(version.clone());
            all.push(Happened { version, line, changes });
        }
        all.reverse();
        Ok(all)
    }

    /// What a record said on a day, as known at a moment; none if it was not there or is known to have been entered by mistake.
    pub fn record_on(
        &self,
        register: &Register,
        id: RecordId,
        day: Date,
        known: Instant,
    ) -> Result<Option<RegisterVersion>, Refused> {
        let versions = self.db.read(|tx| records::versions(tx, &register.id, id))?;
        let said = versions.into_iter().rev().find(|one| one.holds_from <= day && one.recorded_at <= known);
        Ok(said.filter(|one| one.state != WITHDRAWN && one.since <= day && one.until.is_none_or(|end| day < end)))
    }

    /// A file of a record, for those who read the record; a public field's file for everybody.
    pub fn record_file(
        &self,
        who: Option<&Actor>,
        register: &Register,
        (id, file): (RecordId, FileId),
    ) -> Result<(FileRow, Vec<u8>), Refused> {
        let record = self.record_row(register, id)?;
        match who {
            Some(who) => self.reads_record(who, register, &record)?,
            None if !register.public || !record.public => return Err(Refused::NotFound("这份文件")),
            None => {}
        }
        let named = |field: &&RegisterField| {
            let files = record.body.get(&field.id).and_then(Json::as_array).map_or(&[][..], Vec::as_slice);
            let open = field.public && !field.is_personal();
            (who.is_some() || open) && files.iter().any(|one| one["id"].as_str() == Some(&file.to_string()))
        };
        if !register.fields.iter().any(|field| named(&field)) {
            return Err(Refused::NotFound("这份文件"));
        }
        let row: Option<FileRow> = self.db.read(|tx| tx.find_record(args![record.origin, file]))?;
        let row = row.ok_or(Refused::NotFound("这份文件"))?;
        let digest: [u8; 32] = row.digest.as_slice().try_into().map_err(Refused::internal)?;
        let bytes = self.files.read(&vault::Digest(digest))?;
        Ok((row, bytes))
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
