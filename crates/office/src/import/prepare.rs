//! Rows of a table become organizations ready to be written, or rejections: read, compared with the file so far and with the
//! register, counted. Nothing is written here, so a dry run is exactly this.
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, OrgId, Origin, RecordId};
use registry::generate::Version as Stage;
use registry::import::{Context, Fault, Mapping, Reading, Severity, read_row};
use registry::{Organization, names};
use serde_json::json;
use store::registers::QualityIssue;
use store::{Statement, Tx, args, sql};

use super::places::TreePlaces;
use super::table::{Table, TableRow};
use crate::bulk::Chunk;
use crate::staged::Staged;
use crate::{Office, Refused};

// Looked up for every row, so without joins: SQLite plans a statement anew for each value where a partial index might serve it.
const CODE_TAKEN: Statement = sql!("import.code_taken", "select origin, org from credit_code where code = $1");
const NUMBER_TAKEN: Statement = sql!("import.number_taken", "select origin, org from filing_number where number = $1");
const NAME_TAKEN: Statement =
    sql!("import.name_taken", "select org, until from name_reservation where origin = $1 and name_key = $2");
const OF_TAKEN: Statement =
    sql!("import.of_taken", "select name, code from organization where origin = $1 and id = $2");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[CODE_TAKEN, NUMBER_TAKEN, NAME_TAKEN, OF_TAKEN];

/// A row that was not taken, with everything that is wrong with it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rejected {
    /// Line of the file.
    pub line: u64,
    /// What rejected it first, then what else was odd.
    pub faults: Vec<Fault>,
    /// The row as it stood.
    pub cells: Vec<String>,
}

impl Rejected {
    /// The item that rejected it.
    pub fn field(&self) -> Option<&str> {
        self.faults.first().map(|fault| fault.item.as_str())
    }
}

/// A row that was taken with something to look at.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Flagged {
    /// Line of the file.
    pub line: u64,
    /// The organization's name.
    pub name: String,
    /// What to look at.
    pub faults: Vec<Fault>,
}

/// A piece of the file made ready.
#[derive(Debug, Default)]
pub(crate) struct Piece {
    pub chunk: Chunk,
    pub rejected: Vec<Rejected>,
    pub flagged: Vec<Flagged>,
    /// The accepted rows, for making the piece again when the register changed meanwhile.
    pub rows: Vec<TableRow>,
}

impl Piece {
    pub fn taken(&self) -> usize {
        self.rows.len()
    }
}

/// A piece with its act made ready: `piece.chunk` is empty.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub piece: Piece,
    pub staged: Staged,
}

impl Waiting {
    pub fn of(mut piece: Piece, office: &Office, subject: &str) -> Self {
        let staged = std::mem::take(&mut piece.chunk).stage(office, subject);
        Self { piece, staged }
    }
}

/// Where a code or name stood before in this file.
#[derive(Clone, Debug)]
struct Before {
    line: u64,
    /// The code that bore the name, if any.
    code: Option<String>,
}

/// Reads rows of one file.
pub(crate) struct FileReader<'o> {
    pub office: &'o Office,
    pub who: &'o Actor,
    pub mapping: Mapping,
    pub context: Context,
    pub places: &'o TreePlaces,
    pub batch: RecordId,
    seen: HashMap<u128, Before>,
}

/// 128 bits of two keyed hashes: among ten million names the chance of one false meeting is below 10^-24.
fn hash_of(kind: u8, text: &str, area: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, kind, text, area).hash(&mut hasher);
        hasher.finish()
    };
    u128::from(half(1)) << 64 | u128::from(half(2))
}

fn reject(item: &str, rule: &str, reason: String, suggestion: &str) -> Fault {
    Fault {
        item: item.to_owned(),
        rule: rule.to_owned(),
        severity: Severity::Reject,
        reason,
        suggestion: suggestion.to_owned(),
    }
}

impl<'o> FileReader<'o> {
    pub fn new(
        office: &'o Office,
        who: &'o Actor,
        mapping: Mapping,
        context: Context,
        places: &'o TreePlaces,
        batch: RecordId,
    ) -> Self {
        Self { office, who, mapping, context, places, batch, seen: HashMap::new() }
    }

    /// The next piece of at most `size` rows; none at the end of the table.
    pub fn next(&mut self, table: &mut Table<'_>, size: usize) -> Result<Option<Piece>, Refused> {
        let rows: Vec<TableRow> = table.by_ref().take(size).collect();
        if rows.is_empty() { Ok(None) } else { self.piece(rows).map(Some) }
    }

    /// Makes a piece of rows, looking each up in one view of the register.
    pub fn piece(&mut self, rows: Vec<TableRow>) -> Result<Piece, Refused> {
        let db = self.office.db.clone();
        db.read(|tx| {
            let mut piece = Piece::default();
            for row in rows {
                self.take(tx, row, &mut piece)?;
            }
            Ok(piece)
        })
    }

    /// Forgets what a piece said of the file, before it is made again.
    pub fn forget(&mut self, piece: &Piece) {
        let lines: std::collections::BTreeSet<u64> = piece.rows.iter().map(|row| row.line).collect();
        self.seen.retain(|_, before| !lines.contains(&before.line));
    }

    fn take(&mut self, tx: &mut Tx<'_>, row: TableRow, piece: &mut Piece) -> Result<(), Refused> {
        if let Some((why, next)) = &row.broken {
            let faults = vec![reject("整行", "row_broken", why.clone(), next)];
            piece.rejected.push(Rejected { line: row.line, faults, cells: row.cells });
            return Ok(());
        }
        let id = OrgId::fresh(&self.office.clock, &self.office.rng);
        let Reading { organization, former_name, mut faults } =
            read_row(&self.mapping, &row.cells, &self.context, self.places, id);
        let Some(mut organization) = organization else {
            faults.sort_by_key(|fault| std::cmp::Reverse(fault.severity));
            piece.rejected.push(Rejected { line: row.line, faults, cells: row.cells });
            return Ok(());
        };
        if let Some(former) = former_name.filter(|former| *former != organization.name) {
            organization.identifiers.insert("曾用名".to_owned(), former);
        }
        let (mut objections, shared) = (self.outside(&organization), self.duplicate(tx, &organization, row.line)?);
        let keeps_name = shared.as_ref().is_none_or(|fault| fault.severity == Severity::Reject);
        if let Some(fault) = shared {
            if keeps_name { objections.push(fault) } else { faults.push(fault) }
        }
        if !objections.is_empty() {
            objections.append(&mut faults);
            piece.rejected.push(Rejected { line: row.line, faults: objections, cells: row.cells });
            return Ok(());
        }
        self.accept(&organization, faults, keeps_name, row, piece)
    }

    /// An official imports into the own authority's register and those below it.
    fn outside(&self, organization: &Organization) -> Vec<Fault> {
        if self.who.is_system() {
            return Vec::new();
        }
        let mut chain = self.office.areas.ancestry_at(&organization.registrar, self.context.today).into_iter();
        let inside = chain.any(|area| may(self.who, Verb::Import, &Subject::Area(area.into())).is_ok());
        let fault = || {
            let name = self.office.areas.full_name(&organization.registrar);
            reject(
                "登记管理机关",
                "outside_area",
                format!("登记管理机关在{name}，不在您的辖区内"),
                "由该机关的数据质量岗导入",
            )
        };
        if inside { Vec::new() } else { vec![fault()] }
    }

    /// Whether its code, filing number or name is there already, in the file or in the register.
    fn duplicate(&mut self, tx: &mut Tx<'_>, o: &Organization, line: u64) -> Result<Option<Fault>, Refused> {
        for (kind, item, rule, statement, number) in [
            (1, "统一社会信用代码", "duplicate_code", CODE_TAKEN, &o.code),
            (2, "备案号", "duplicate_number", NUMBER_TAKEN, &o.filing_number),
        ] {
            let Some(number) = number else { continue };
            if let Some(before) = self.seen.get(&hash_of(kind, number, "")) {
                let reason = format!("{item}与第 {} 行相同", before.line);
                return Ok(Some(reject(item, rule, reason, "同一组织只保留一行；如确是两家，更正代码后重新导入")));
            }
            if let Some((origin, org)) = tx.find::<(Origin, OrgId)>(statement, args![number])? {
                let name = tx
                    .find::<(String, Option<String>)>(OF_TAKEN, args![origin, org])?
                    .map_or_else(String::new, |(name, _)| name);
                let reason = format!("登记册中已有这个{item}：{name}");
                return Ok(Some(reject(item, rule, reason, "如需更新已有组织，请办理变更或更正")));
            }
        }
        if !o.states.registration.is_live() {
            self.remember(o, line);
            return Ok(None);
        }
        let name_key = names::normalize(&o.name);
        let here = self.seen.get(&hash_of(3, &name_key, o.registrar.as_str())).cloned();
        let found = match here {
            Some(before) => Some((format!("名称与第 {} 行相同", before.line), before.code)),
            None => self.name_holder(tx, Origin::of(&o.registrar), &name_key)?,
        };
        let fault = found.map(|(reason, other)| match (&o.code, other) {
            // Two certificates, one name: both are kept and a person finds out which is wrong.
            (Some(own), Some(other)) if *own != other => Fault {
                severity: Severity::Flag,
                ..reject(
                    "名称",
                    "name_shared",
                    format!("{reason}，登记管理机关相同，代码不同（{other}）"),
                    "核实两个组织的名称",
                )
            },
            _ => reject(
                "名称",
                "duplicate_name",
                format!("{reason}，登记管理机关相同"),
                "同一组织只保留一行；如确是两家，补上各自的代码",
            ),
        });
        if fault.as_ref().is_none_or(|fault| fault.severity == Severity::Flag) {
            self.remember(o, line);
        }
        Ok(fault)
    }

    /// Why the name is not free in the register, and the code of whoever bears it.
    fn name_holder(
        &self,
        tx: &mut Tx<'_>,
        origin: Origin,
        name_key: &str,
    ) -> Result<Option<(String, Option<String>)>, Refused> {
        let held = tx.find::<(Option<OrgId>, Option<base::Date>)>(NAME_TAKEN, args![origin, name_key])?;
        let Some((org, _)) = held.filter(|(_, until)| until.is_none_or(|until| until >= self.context.today)) else {
            return Ok(None);
        };
        let code = match org {
            Some(org) => tx.find::<(String, Option<String>)>(OF_TAKEN, args![origin, org])?.and_then(|(_, code)| code),
            None => None,
        };
        Ok(Some(("登记册中已有同名组织，或名称已被预留".to_owned(), code)))
    }

    fn remember(&mut self, o: &Organization, line: u64) {
        let before = Before { line, code: o.code.clone() };
        if let Some(code) = &o.code {
            self.seen.insert(hash_of(1, code, ""), before.clone());
        }
        if let Some(number) = &o.filing_number {
            self.seen.insert(hash_of(2, number, ""), before.clone());
        }
        if o.states.registration.is_live()
            && let Entry::Vacant(slot) = self.seen.entry(hash_of(3, &names::normalize(&o.name), o.registrar.as_str()))
        {
            slot.insert(before);
        }
    }

    fn accept(
        &self,
        o: &Organization,
        faults: Vec<Fault>,
        keeps_name: bool,
        row: TableRow,
        piece: &mut Piece,
    ) -> Result<(), Refused> {
        let ready = piece.chunk.add(self.office, &stages(o, self.context.today), &[])?;
        if !keeps_name {
            ready.name = None;
        }
        ready.issues = faults.iter().map(|fault| self.issue(o, fault, row.line)).collect();
        if !faults.is_empty() {
            piece.flagged.push(Flagged { line: row.line, name: o.name.clone(), faults });
        }
        piece.rows.push(row);
        Ok(())
    }

    fn issue(&self, o: &Organization, fault: &Fault, line: u64) -> QualityIssue {
        QualityIssue {
            origin: o.origin,
            id: RecordId::fresh(&self.office.clock, &self.office.rng),
            rule: fault.rule.clone(),
            org: Some(o.id),
            area: o.registrar.clone(),
            state: "detected".to_owned(),
            field: Some(fault.item.clone()),
            found_on: self.context.today,
            due: None,
            assigned_to: None,
            closed_on: None,
            body: json!({ "reason": fault.reason, "suggestion": fault.suggestion, "import": self.batch, "line": line }),
            rev: 1,
            entry: base::EntryId::from_bits(0),
        }
    }
}

/// What a table says holds since the registration; an end divides it. Without a registration day it is known from today only.
fn stages(o: &Organization, today: base::Date) -> Vec<Stage> {
    let now = |from| Stage { from, organization: o.clone() };
    match (o.registered_on, o.ended_on) {
        (Some(start), Some(end)) if start < end && !o.states.registration.is_live() => {
            let states =
                registry::States { registration: registry::Registration::Registered, ..registry::States::default() };
            let before = Organization { states, ended_on: None, ..o.clone() };
            vec![Stage { from: start, organization: before }, now(end)]
        }
        (Some(start), _) if o.states.registration.is_live() => vec![now(start)],
        _ => vec![now(o.ended_on.unwrap_or(today))],
    }
}

/// The faults of a whole file by rule: how often, and one example.
#[derive(Clone, PartialEq, Eq, Debug, Default, serde::Serialize)]
pub struct Tally {
    /// Rule → (item, count, an example's reason).
    pub rules: BTreeMap<String, (String, u64, String)>,
}

impl Tally {
    pub(crate) fn count(&mut self, faults: &[Fault]) {
        for fault in faults {
            let entry =
                self.rules.entry(fault.rule.clone()).or_insert_with(|| (fault.item.clone(), 0, fault.reason.clone()));
            entry.1 += 1;
        }
    }
}

/// Area of the authority for whom `who` imports; none for the operator at the machine.
pub(crate) fn authority_of(who: &Actor) -> Result<Option<AreaCode>, Refused> {
    if who.is_system() {
        return Ok(None);
    }
    let mut posts = who.posts.iter().filter(|post| post.desk.as_str() == "data_quality");
    let area = posts.next().map_or_else(AreaCode::nation, |post| post.area.clone());
    may(who, Verb::Import, &Subject::Area(area.clone().into()))?;
    Ok(Some(area))
}
