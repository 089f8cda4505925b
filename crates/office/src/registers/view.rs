//! One record as it is read (查看记录): its values, what happened to it, what belongs to it, its files.
use authority::Actor;
use base::{Date, FileId, Instant, RecordId};
use catalogue::matter::{FieldKind, Reference};
use catalogue::{Register, RegisterField};
use serde_json::Value as Json;
use store::papers::FileRow;
use store::records::{self, RegisterVersion};
use store::registers::RegisterEntry;
use store::{Tx, args};

use super::WITHDRAWN;
use super::values::Names;
use crate::audit::Line;
use crate::{Office, Refused};

/// Records that belong to a record, shown on its page.
const CHILDREN: usize = 50;

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

/// The records of a register that belong to a record.
#[derive(Clone, Debug)]
pub struct Children {
    /// The register.
    pub register: Register,
    /// The columns shown: those of its list but for the one that names this record.
    pub columns: Vec<RegisterField>,
    /// The records, newest first.
    pub items: Vec<RegisterEntry>,
    /// Their columns as people read them.
    pub cells: Vec<Vec<String>>,
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
    pub children: Vec<Children>,
    /// 有效、已结束、已撤销
    pub standing: &'static str,
    /// Whether the reader may change it.
    pub keeps: bool,
}

impl Office {
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
            let mut names = Names::default();
            let mut shown = Vec::new();
            for field in register.fields.iter().filter(|field| !open || (field.public && !field.is_personal())) {
                shown.push(self.shown_value(tx, &mut names, (field, open), &record)?);
            }
            let history = self.history_of(tx, &mut names, register, (&record, open))?;
            let mut children = Vec::new();
            for below in self.catalogue.registers().filter(|below| !open || below.public) {
                if below.links_to(&register.id).next().is_some() {
                    children.push(self.children_of(tx, &mut names, below, (&record, open))?);
                }
            }
            let standing = self.record_standing(&record);
            Ok(RecordView { record, shown, history, children, standing, keeps })
        })
    }

    fn children_of(
        &self,
        tx: &mut Tx<'_>,
        names: &mut Names,
        below: &Register,
        (record, open): (&RegisterEntry, bool),
    ) -> Result<Children, Refused> {
        let links: Vec<&str> = below.links_to(&record.register).map(|(field, _)| field.id.as_str()).collect();
        let parent = record.id.to_string();
        let mut items = records::children(tx, (&record.register, record.id), &below.id, CHILDREN)?;
        // A link taken off by a correction leaves its row behind.
        items.retain(|row| {
            let named = |field: &str| row.body.get(field).and_then(Json::as_str) == Some(parent.as_str());
            links.iter().any(|field| named(field)) && (!open || row.public)
        });
        let columns = self.columns(below, open).into_iter().filter(|field| !links.contains(&field.id.as_str()));
        let columns: Vec<&RegisterField> = columns.collect();
        names.learn(tx, &columns, &items.iter().map(|row| &row.body).collect::<Vec<_>>())?;
        let cells: Result<Vec<_>, Refused> = items.iter().map(|row| self.row_cells(tx, names, &columns, row)).collect();
        let columns = columns.into_iter().cloned().collect();
        Ok(Children { register: below.clone(), columns, items, cells: cells? })
    }

    fn shown_value(
        &self,
        tx: &mut Tx<'_>,
        names: &mut Names,
        (field, open): (&RegisterField, bool),
        record: &RegisterEntry,
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
        shown.text = self.say_value(tx, names, field, value)?;
        if let (Some(link), Some(id)) = (&field.belongs_to, value.and_then(Json::as_str)) {
            let below = if open { "/registers" } else { "/desk/registers" };
            let public = self.catalogue.find_register(&link.register).is_some_and(|register| register.public);
            shown.href = (!open || public).then(|| format!("{below}/{}/{id}", link.register));
        }
        let names_org = field.kind == FieldKind::Organization && record.org.is_some();
        if names_org && field.refers_to == Some(Reference::Organization) {
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
        names: &mut Names,
        register: &Register,
        (record, open): (&RegisterEntry, bool),
    ) -> Result<Vec<Happened>, Refused> {
        let versions = records::versions(tx, &register.id, record.id)?;
        let fields: Vec<&RegisterField> =
            register.fields.iter().filter(|field| !open || (field.public && !field.is_personal())).collect();
        names.learn(tx, &fields, &versions.iter().map(|version| &version.body).collect::<Vec<_>>())?;
        let lines = if open { Vec::new() } else { self.lines_of(tx, record, &versions)? };
        let mut all = Vec::new();
        let mut before: Option<RegisterVersion> = None;
        for version in versions {
            let mut changes = Vec::new();
            if let Some(before) = &before {
                for field in &fields {
                    let (old, new) = (before.body.get(&field.id), version.body.get(&field.id));
                    if old != new {
                        let said = (self.say_value(tx, names, field, old)?, self.say_value(tx, names, field, new)?);
                        changes.push((field.label.clone(), said.0, said.1));
                    }
                }
            }
            let line = lines.iter().find(|line| line.id == version.entry).cloned();
            before = Some(version.clone());
            all.push(Happened { version, line, changes });
        }
        all.reverse();
        Ok(all)
    }

    /// Who did it and why: from the record's own chain, and from the act of another chain that entered it (an import, a case).
    fn lines_of(
        &self,
        tx: &mut Tx<'_>,
        record: &RegisterEntry,
        versions: &[RegisterVersion],
    ) -> Result<Vec<Line>, Refused> {
        let subject = format!("register/{}/{}", record.register, record.id);
        let mut rows = store::journal::chain(tx, record.origin, &subject)?;
        let other = versions.first().filter(|first| !rows.iter().any(|row| row.id == first.entry));
        if let Some(first) = other
            && let Some(place) = store::journal::find_place(tx, first.entry)?
        {
            rows.extend(store::journal::find(tx, place.origin, first.entry)?);
        }
        self.tell(tx, &rows)
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
}
