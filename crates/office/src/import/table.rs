//! A table out of a file: header and rows with their line numbers, whatever the file's habits. Nothing is lost: a row that cannot
//! be read comes out as a broken row with its text.
use std::borrow::Cow;
use std::io::{Cursor, Read as _};

use calamine::{Data, Reader as _, Xls, Xlsx};
use registry::import::Mapping;

use super::text::{decode, not_a_table};
use crate::Refused;

/// The longest cell taken, in characters: ten times the longest 业务范围 seen.
const LONGEST_CELL: usize = 10_000;
/// Bytes after which a record is taken for a quote that never closes.
const LONGEST_RECORD: usize = 1 << 20;
/// Lines above the header that may hold titles and notes.
const HEADER_WITHIN: usize = 10;
/// More columns than this is no table of organizations.
const MOST_COLUMNS: usize = 200;
/// Cells of a sheet at most: 200,000 rows of 20 columns, 100 MB of memory.
const MOST_CELLS: usize = 4_000_000;
/// Bytes a workbook may unpack to.
const LARGEST_UNPACKED: u64 = 400 << 20;

/// One row of the table.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct TableRow {
    /// Line of the file (CSV) or row of the sheet, from 1.
    pub line: u64,
    /// The cells, as many as the header has.
    pub cells: Vec<String>,
    /// Why it cannot be read, with what to do; its whole text is in `cells` then.
    pub broken: Option<(String, &'static str)>,
}

/// How many cells of a line are known as headings.
pub type Knows<'k> = &'k dyn Fn(&[String]) -> usize;

/// A file opened as a table.
pub struct Table<'b> {
    /// The headers as they stand.
    pub headers: Vec<String>,
    /// How the file is written, for people: `CSV, GBK`.
    pub format: String,
    /// What should be known before importing: doubled headers, damaged characters.
    pub notes: Vec<String>,
    rows: Rows<'b>,
}

enum Rows<'b> {
    Csv(Box<CsvRows<'b>>),
    Sheet { name: String, rows: std::vec::IntoIter<(u64, Vec<String>)> },
}

impl<'b> Table<'b> {
    /// Opens a file of organizations; its bytes say what it is, not its name.
    pub fn open(bytes: &'b [u8]) -> Result<Self, Refused> {
        Self::open_by(bytes, &known_headers)
    }

    /// Opens a file; among its first lines the one of which `known` knows the most cells is the header.
    pub fn open_by(bytes: &'b [u8], known: Knows<'_>) -> Result<Self, Refused> {
        if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
            return open_sheet(bytes, known);
        }
        let decoded = decode(bytes)?;
        let mut notes = Vec::new();
        if decoded.damaged {
            notes.push("文件里有无法识别的字符，已显示为“�”；文件可能不完整".to_owned());
        }
        let format = format!("CSV, {}", decoded.encoding);
        let mut rows = CsvRows::new(decoded.text);
        let headers = rows.skip_to_header(known)?;
        Ok(Self::with(headers, format, notes, Rows::Csv(Box::new(rows))))
    }

    fn with(headers: Vec<String>, format: String, mut notes: Vec<String>, rows: Rows<'b>) -> Self {
        let doubled = headers
            .iter()
            .enumerate()
            .filter(|(at, header)| !header.trim().is_empty() && headers[..*at].contains(header));
        notes.extend(
            doubled.map(|(at, header)| format!("表头“{header}”出现了两次，只用前一栏，第 {} 栏不导入", at + 1)),
        );
        Self { headers, format, notes, rows }
    }
}

impl Iterator for Table<'_> {
    type Item = TableRow;

    fn next(&mut self) -> Option<TableRow> {
        let width = self.headers.len();
        match &mut self.rows {
            Rows::Csv(rows) => rows.next_row(width),
            Rows::Sheet { rows, .. } => rows.next().map(|(line, cells)| fitted(line, cells, width)),
        }
    }
}

impl std::fmt::Debug for Table<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let sheet = if let Rows::Sheet { name, .. } = &self.rows { name } else { "" };
        write!(f, "Table({}, {sheet}, {:?})", self.format, self.headers)
    }
}

/// Brings a row to the header's width. Empty cells beyond it are dropped, missing ones make it broken.
fn fitted(line: u64, mut cells: Vec<String>, width: usize) -> TableRow {
    while cells.len() > width && cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    let broken = if cells.len() == width {
        let long = cells.iter().position(|cell| cell.len() > LONGEST_CELL && cell.chars().count() > LONGEST_CELL);
        long.map(|at| (format!("第 {} 栏超过 {LONGEST_CELL} 字", at + 1), "检查引号是否成对，或缩短这一栏"))
    } else {
        let why = format!("这一行有 {} 栏，表头有 {width} 栏", cells.len());
        Some((why, "检查是否少了分隔符、引号没有成对，或文件没有下载完整"))
    };
    TableRow { line, cells, broken }
}

/// Rows of comma, semicolon or tab separated text.
struct CsvRows<'b> {
    text: Cow<'b, str>,
    core: csv_core::Reader,
    /// Where the next row begins, in bytes and in lines.
    at: usize,
    line: u64,
}

impl<'b> CsvRows<'b> {
    fn new(text: Cow<'b, str>) -> Self {
        let head: String = text.lines().take(HEADER_WITHIN).collect::<Vec<_>>().join("\n");
        let count = |delimiter: &u8| head.bytes().filter(|byte| byte == delimiter).count();
        let delimiter = [b',', b'\t', b';']
            .into_iter()
            .max_by_key(|delimiter| (count(delimiter), *delimiter == b','))
            .unwrap_or(b',');
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        Self { text, core, at: 0, line: 1 }
    }

    /// The record at `at`: its cells, and where the next begins. One longer than [`LONGEST_RECORD`] is cut there.
    fn record(&mut self) -> Option<(Vec<String>, usize)> {
        let rest = self.text.as_bytes().get(self.at..).filter(|rest| !rest.is_empty())?;
        self.core.reset();
        let (mut cells, mut cell) = (Vec::new(), Vec::new());
        let (mut read, mut buffer) = (0, [0_u8; 4096]);
        loop {
            // An empty input tells the reader that the file is over, so the loop ends.
            let (result, taken, wrote) = self.core.read_field(rest.get(read..).unwrap_or_default(), &mut buffer);
            read += taken;
            cell.extend_from_slice(&buffer[..wrote]);
            match result {
                csv_core::ReadFieldResult::Field { record_end } => {
                    cells.push(String::from_utf8_lossy(&cell).into_owned());
                    cell.clear();
                    if record_end {
                        return Some((cells, self.at + read));
                    }
                }
                csv_core::ReadFieldResult::End => return None,
                csv_core::ReadFieldResult::InputEmpty | csv_core::ReadFieldResult::OutputFull => {}
            }
            if read > LONGEST_RECORD && read < rest.len() {
                cells.push(String::new());
                let end = rest[read..].iter().position(|byte| *byte == b'\n').map_or(rest.len(), |at| read + at + 1);
                return Some((cells, self.at + end));
            }
        }
    }

    fn advance(&mut self, to: usize) {
        let passed = self.text.as_bytes().get(self.at..to).unwrap_or_default();
        self.line += memchr::memchr_iter(b'\n', passed).count() as u64;
        self.at = to;
    }

    /// Steps over blank lines, which are no rows.
    fn skip_blank(&mut self) {
        while let Some(rest) = self.text.get(self.at..).filter(|rest| !rest.is_empty()) {
            let end = rest.find('\n').map_or(rest.len(), |at| at + 1);
            if !rest[..end].trim().is_empty() {
                return;
            }
            self.advance(self.at + end);
        }
    }

    /// The row among the first lines in which most headers are known; what stands above is titles.
    fn skip_to_header(&mut self, knows: Knows<'_>) -> Result<Vec<String>, Refused> {
        let mut best: Option<(usize, Vec<String>, usize, u64)> = None;
        for _ in 0..HEADER_WITHIN {
            self.skip_blank();
            let Some((cells, next)) = self.record() else { break };
            self.advance(next);
            let known = knows(&cells);
            if best.as_ref().is_none_or(|(most, ..)| known > *most) {
                best = Some((known, cells, self.at, self.line));
            }
        }
        let (_, headers, at, line) = best.ok_or_else(|| not_a_table("文件里没有表头"))?;
        (self.at, self.line) = (at, line);
        checked_headers(headers)
    }

    fn next_row(&mut self, width: usize) -> Option<TableRow> {
        self.skip_blank();
        let (cells, next) = self.record()?;
        let (from, line) = (self.at, self.line);
        let row = fitted(line, cells, width);
        let taken = self.text.get(from..next).unwrap_or_default();
        if row.broken.is_some() && taken.trim_end().contains('\n') {
            // A quote that never closes swallows the rows after it. Only its own line is given up.
            let end = self.text.get(from..).and_then(|rest| rest.find('\n')).map_or(next, |at| from + at + 1);
            let text = self.text.get(from..end).unwrap_or_default().trim_end().to_owned();
            self.advance(end);
            let why = "这一行的引号没有成对".to_owned();
            return Some(TableRow {
                line, cells: vec![text], broken: Some((why, "补上或去掉引号后重新导入这一行"))
            });
        }
        self.advance(next);
        Some(row)
    }
}

fn known_headers(cells: &[String]) -> usize {
    Mapping::guess(cells).columns.iter().flatten().count()
}

fn checked_headers(headers: Vec<String>) -> Result<Vec<String>, Refused> {
    if headers.len() > MOST_COLUMNS {
        return Err(not_a_table(&format!("表头有 {} 栏，超过 {MOST_COLUMNS} 栏", headers.len())));
    }
    Ok(headers.into_iter().map(|header| registry::import::clean::text(&header)).collect())
}

/// The first sheet that has rows.
fn open_sheet<'b>(bytes: &'b [u8], known: Knows<'_>) -> Result<Table<'b>, Refused> {
    if bytes.starts_with(b"PK") {
        unpacks_small(bytes)?;
        let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
        for name in book.sheet_names() {
            let rows = cells_of(&mut book, &name)?;
            if let Some(table) = sheet(&name, rows, known)? {
                return Ok(table);
            }
        }
    } else {
        let mut book: Xls<_> = calamine::open_workbook_from_rs(Cursor::new(bytes)).map_err(unreadable)?;
        for name in book.sheet_names() {
            // At most 65,536 rows of 256 columns: the format has no room for more.
            let range = book.worksheet_range(&name).map_err(unreadable)?;
            let first = u64::from(range.start().map_or(0, |(row, _)| row)) + 1;
            let rows = (first..)
                .zip(range.rows())
                .map(|(line, cells)| (line, cells.iter().map(cell_text).collect()))
                .collect();
            if let Some(table) = sheet(&name, rows, known)? {
                return Ok(table);
            }
        }
    }
    Err(not_a_table("工作簿里没有内容"))
}

fn unreadable(error: impl std::fmt::Display) -> Refused {
    tracing::info!(%error, "workbook not readable");
    not_a_table("这个 Excel 文件打不开，可能已损坏或加了密码")
}

fn too_large() -> Refused {
    not_a_table("这个 Excel 文件展开后太大。请只留要导入的行和栏，或分成几个文件")
}

/// A workbook is a packed folder; a small one may hide more than the memory takes. What it says of its sizes is not believed.
fn unpacks_small(bytes: &[u8]) -> Result<(), Refused> {
    let mut folder = zip::ZipArchive::new(Cursor::new(bytes)).map_err(unreadable)?;
    let mut left = LARGEST_UNPACKED;
    for at in 0..folder.len() {
        let file = folder.by_index(at).map_err(unreadable)?;
        left -= std::io::copy(&mut file.take(left), &mut std::io::sink()).map_err(unreadable)?;
        if left == 0 {
            return Err(too_large());
        }
    }
    Ok(())
}

/// The cells one by one, never the rectangle they span: one cell in the last corner would make it sixteen thousand million.
fn cells_of(book: &mut Xlsx<Cursor<&[u8]>>, name: &str) -> Result<Vec<(u64, Vec<String>)>, Refused> {
    let mut reader = book.worksheet_cells_reader(name).map_err(unreadable)?;
    let (mut rows, mut held): (Vec<(u64, Vec<String>)>, usize) = (Vec::new(), 0);
    while let Some(cell) = reader.next_cell().map_err(unreadable)? {
        let (row, column) = cell.get_position();
        let (line, column) = (u64::from(row) + 1, column as usize);
        let text = cell_text(&Data::from(cell.get_value().clone()));
        if text.trim().is_empty() {
            continue;
        }
        if column >= MOST_COLUMNS {
            return Err(not_a_table(&format!("第 {line} 行超过 {MOST_COLUMNS} 栏")));
        }
        if rows.last().is_none_or(|(last, _)| *last != line) {
            rows.push((line, Vec::new()));
        }
        let Some((_, cells)) = rows.last_mut() else { continue };
        held += (column + 1).saturating_sub(cells.len());
        if held > MOST_CELLS {
            return Err(too_large());
        }
        if cells.len() <= column {
            cells.resize(column + 1, String::new());
        }
        cells[column] = text;
    }
    Ok(rows)
}

/// The rows of a sheet under the header among the first of them; none if all are blank.
fn sheet<'b>(name: &str, mut rows: Vec<(u64, Vec<String>)>, knows: Knows<'_>) -> Result<Option<Table<'b>>, Refused> {
    rows.retain(|(_, cells)| cells.iter().any(|cell| !cell.trim().is_empty()));
    let known = |at: &usize| (knows(&rows[*at].1), usize::MAX - at);
    let Some(at) = (0..rows.len().min(HEADER_WITHIN)).max_by_key(known) else { return Ok(None) };
    let mut headers = rows.drain(..=at).next_back().map(|(_, cells)| cells).unwrap_or_default();
    while headers.last().is_some_and(|header| header.trim().is_empty()) {
        headers.pop();
    }
    let headers = checked_headers(headers)?;
    // Blank cells at the end of a row are not written into the file.
    for (_, cells) in rows.iter_mut().filter(|(_, cells)| cells.len() < headers.len()) {
        cells.resize(headers.len(), String::new());
    }
    let of_sheet = Rows::Sheet { name: name.to_owned(), rows: rows.into_iter() };
    Ok(Some(Table::with(headers, format!("Excel 工作表“{name}”"), Vec::new(), of_sheet)))
}

/// A cell as a person would type it: whole numbers without a point (codes kept as numbers), days as days.
fn cell_text(cell: &Data) -> String {
    match cell {
        Data::Empty | Data::Error(_) => String::new(),
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => format!("{number:.0}"),
        Data::Float(number) => number.to_string(),
        Data::Int(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "是" } else { "否" }.to_owned(),
        Data::DateTime(moment) => {
            let (year, month, day, ..) = moment.to_ymd_hms_milli();
            format!("{year:04}-{month:02}-{day:02}")
        }
    }
}

#[cfg(test)]
#[path = "table_tests.rs"]
mod tests;
