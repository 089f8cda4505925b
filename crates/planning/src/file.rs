//! The fact base as bytes (事实库文件): written beside the database, mapped at start, and followed from the positions in its head.
//!
//! ```text
//! "YISHEFB2" | date | areas (code, number above) | positions (origin, pos) | tables
//! table: subject | kept since | columns (fact, width) | symbols | supplied | rows | places | ids | rows by id | cells, one column after another
//! ```
//! Numbers are little-endian; texts are length and UTF-8. Whatever does not fit the catalogue's present columns is an error that
//! says so: the file is then built anew.
use std::collections::BTreeMap;

use base::{AreaCode, Date, Origin};
use catalogue::{Catalogue, Subject};

use crate::areas::Areas;
use crate::facts::FactBase;
use crate::table::{Layout, Stored, Table, Width, used_facts};

const MAGIC: &[u8; 8] = b"YISHEFB2";

/// Why a file cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum FileFault {
    /// It is none, or breaks off.
    #[error("事实库文件不完整或不是事实库文件，需要重建")]
    Broken,
    /// The catalogue asks for other columns by now.
    #[error("事实库文件的“{0}”表与现在的事项目录不一致，需要重建")]
    OtherColumns(String),
}

struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, number: usize) {
        self.0.extend((number as u64).to_le_bytes());
    }
    fn text(&mut self, text: &str) {
        self.number(text.len());
        self.0.extend(text.as_bytes());
    }
    fn date(&mut self, date: Option<Date>) {
        self.text(&date.map_or_else(String::new, |date| date.to_string()));
    }
}

struct In<'b>(&'b [u8]);

impl<'b> In<'b> {
    fn take(&mut self, count: usize) -> Result<&'b [u8], FileFault> {
        if count > self.0.len() {
            return Err(FileFault::Broken);
        }
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        Ok(taken)
    }
    fn number(&mut self) -> Result<usize, FileFault> {
        let bytes: [u8; 8] = self.take(8)?.try_into().map_err(|_| FileFault::Broken)?;
        usize::try_from(u64::from_le_bytes(bytes)).map_err(|_| FileFault::Broken)
    }
    /// A count of things that take at least a byte each: a damaged one must not ask for all memory.
    fn count(&mut self) -> Result<usize, FileFault> {
        self.number().and_then(|count| if count > self.0.len() { Err(FileFault::Broken) } else { Ok(count) })
    }
    fn text(&mut self) -> Result<&'b str, FileFault> {
        let length = self.number()?;
        std::str::from_utf8(self.take(length)?).map_err(|_| FileFault::Broken)
    }
    fn date(&mut self) -> Result<Option<Date>, FileFault> {
        match self.text()? {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| FileFault::Broken),
        }
    }
}

impl FactBase {
    /// The whole base as bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Out(Vec::new());
        out.0.extend(MAGIC);
        out.date(Some(self.date()));
        let (codes, parents) = self.areas().parts();
        out.number(codes.len());
        for (code, parent) in codes.iter().zip(parents) {
            out.text(code.as_str());
            out.number(*parent as usize);
        }
        out.number(self.positions().len());
        for (origin, pos) in self.positions() {
            out.text(origin.as_str());
            out.0.extend(pos.to_le_bytes());
        }
        let tables: Vec<&Table> = self.tables().collect();
        out.number(tables.len());
        for table in tables {
            write_table(&mut out, table);
        }
        out.0
    }

    /// Reads what [`FactBase::to_bytes`] wrote.
    pub fn from_bytes(bytes: &[u8], catalogue: &Catalogue) -> Result<Self, FileFault> {
        let mut input = In(bytes);
        if input.take(8)? != MAGIC {
            return Err(FileFault::Broken);
        }
        let date = input.date()?.ok_or(FileFault::Broken)?;
        let (mut codes, mut parents) = (Vec::new(), Vec::new());
        for _ in 0..input.count()? {
            codes.push(input.text()?.parse::<AreaCode>().map_err(|_| FileFault::Broken)?);
            parents.push(u32::try_from(input.number()?).map_err(|_| FileFault::Broken)?);
        }
        let areas = Areas::from_parts(date, codes, parents).ok_or(FileFault::Broken)?;
        let mut positions = BTreeMap::new();
        for _ in 0..input.count()? {
            let origin = input.text()?.parse::<Origin>().map_err(|_| FileFault::Broken)?;
            let pos: [u8; 8] = input.take(8)?.try_into().map_err(|_| FileFault::Broken)?;
            positions.insert(origin, u64::from_le_bytes(pos));
        }
        let used = used_facts(catalogue);
        let mut tables = BTreeMap::new();
        for _ in 0..input.count()? {
            let table = read_table(&mut input, catalogue, &used)?;
            tables.insert(table.subject().clone(), table);
        }
        if let Some(lost) = used.keys().find(|subject| !tables.contains_key(*subject)) {
            return Err(FileFault::OtherColumns(lost.to_string()));
        }
        if input.0.is_empty() {
            Ok(Self::from_parts(date, std::sync::Arc::new(areas), tables, positions))
        } else {
            Err(FileFault::Broken)
        }
    }
}

fn write_table(out: &mut Out, table: &Table) {
    out.text(&table.subject().to_string());
    out.date(table.kept_since());
    out.number(table.layout().columns.len());
    for spec in &table.layout().columns {
        out.text(&spec.fact);
        out.number(spec.width.bits());
    }
    let stored = table.stored();
    for symbols in stored.symbols {
        out.number(symbols.len());
        for text in symbols {
            out.text(text);
        }
    }
    out.0.extend(stored.supplied.iter().map(|truth| u8::from(*truth)));
    out.number(table.len());
    out.number(usize::from(stored.registered.is_some()));
    for column in stored.registered.into_iter().chain([stored.domiciled]) {
        out.0.extend(column.iter().flat_map(|at| at.to_le_bytes()));
    }
    out.0.extend(stored.ids.iter().flat_map(|id| id.to_le_bytes()));
    out.number(stored.order.len());
    out.0.extend(stored.order.iter().flat_map(|row| row.to_le_bytes()));
    stored.flags.iter().for_each(|words| out.0.extend(words.iter().flat_map(|word| word.to_le_bytes())));
    stored.cells.iter().for_each(|cells| cells.write(&mut out.0));
}

fn read_table(
    input: &mut In<'_>,
    catalogue: &Catalogue,
    used: &BTreeMap<Subject, std::collections::BTreeSet<String>>,
) -> Result<Table, FileFault> {
    let subject = Subject::parse(input.text()?).ok_or(FileFault::Broken)?;
    let kept = input.date()?;
    let layout =
        Layout::of(catalogue.words(), &subject, used.get(&subject).unwrap_or(&std::collections::BTreeSet::new()));
    let count = input.count()?;
    let mut columns = Vec::new();
    for _ in 0..count {
        columns.push((input.text()?.to_owned(), input.number()?));
    }
    let wanted: Vec<_> = layout.columns.iter().map(|spec| (spec.fact.clone(), spec.width.bits())).collect();
    if columns != wanted {
        return Err(FileFault::OtherColumns(subject.to_string()));
    }
    let mut symbols = Vec::new();
    for _ in 0..count {
        let texts: Result<Vec<_>, _> = (0..input.count()?).map(|_| input.text().map(str::to_owned)).collect();
        symbols.push(texts?);
    }
    // Words the vocabulary lists come first, in its order: codes would mean something else otherwise.
    if layout.columns.iter().zip(&symbols).any(|(spec, texts)| !texts.starts_with(&spec.words)) {
        return Err(FileFault::OtherColumns(subject.to_string()));
    }
    let supplied = input.take(count)?.iter().map(|byte| *byte != 0).collect();
    let rows = input.count()?;
    let registered =
        if input.number()? == 0 { None } else { Some(numbers::<4, u32>(input, rows, u32::from_le_bytes)?) };
    let domiciled = numbers::<4, u32>(input, rows, u32::from_le_bytes)?;
    let ids = numbers::<16, u128>(input, rows, u128::from_le_bytes)?;
    let ordered = input.number()?;
    let order = numbers::<4, u32>(input, ordered, u32::from_le_bytes)?;
    let words = layout.columns.iter().filter(|spec| spec.width == Width::Flag).count().div_ceil(16);
    let flags: Result<Vec<_>, _> = (0..words).map(|_| numbers::<4, u32>(input, rows, u32::from_le_bytes)).collect();
    let flags = flags?;
    let mut cells = Vec::new();
    for spec in &layout.columns {
        let bytes = if spec.width == Width::Flag { 0 } else { spec.width.bits() / 8 * rows };
        cells.push(crate::table::Cells::read(spec.width, input.take(bytes)?));
    }
    let stored = Stored { cells, flags, symbols, supplied, registered, domiciled, ids, order };
    Table::from_stored(layout, kept, stored).ok_or(FileFault::Broken)
}

fn numbers<const N: usize, T>(input: &mut In<'_>, rows: usize, read: fn([u8; N]) -> T) -> Result<Vec<T>, FileFault> {
    let bytes = input.take(rows.checked_mul(N).ok_or(FileFault::Broken)?)?;
    let (chunks, _) = bytes.as_chunks::<N>();
    Ok(chunks.iter().map(|chunk| read(*chunk)).collect())
}
