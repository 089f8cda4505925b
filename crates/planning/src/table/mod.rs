//! The fact table (事实表): one row per subject, one narrow column per fact that some indicator or rule asks for.
//!
//! At most 64 bytes per organization, so that millions lie in memory. Identity is not a fact: ids are kept beside the columns and
//! touched only for lists and for following changes.
mod cells;
mod layout;
mod stored;

use std::collections::BTreeMap;

use base::Date;
use catalogue::condition::{Column, Columns};
use catalogue::plans::Population;
use catalogue::{Facts, Reading, Subject, Value};

pub(crate) use cells::Cells;
pub(crate) use cells::date as day_of;
pub use layout::{Layout, Spec, Width, used_facts};
pub(crate) use stored::Stored;

use crate::areas::NOWHERE;

/// What is known of one fact of one subject.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Given {
    /// The value.
    Known(Value),
    /// Known to be blank (没有).
    Blank,
    /// Nobody has said (未知).
    Unknown,
}

impl From<Reading> for Given {
    fn from(reading: Reading) -> Self {
        match reading {
            Reading::Known { value, .. } => Self::Known(value),
            Reading::Absent { .. } => Self::Blank,
            Reading::Unknown => Self::Unknown,
        }
    }
}

/// The same for one number or pair of numbers.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Held<T> {
    Known(T),
    Blank,
    Unknown,
}

/// Why a value cannot be kept. The cell then says unknown, and the caller should show why.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Unfit {
    /// The table has no such column: nothing asks for the fact.
    #[error("事实表没有“{0}”这一列")]
    NoColumn(String),
    /// Another kind than the vocabulary says.
    #[error("事实“{0}”的类型不对")]
    Kind(String),
    /// Beyond what the column holds.
    #[error("事实“{0}”的数值超出了 max 所说的范围")]
    TooLarge(String),
    /// Not one of the words the vocabulary allows.
    #[error("事实“{0}”没有“{1}”这个取值")]
    Word(String, String),
}

/// Where a subject counts, as numbers of [`crate::Areas`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place {
    /// The area of the competent registrar (登记机关所在地区).
    pub registered: u32,
    /// The community of its domicile, or the nearest area known above it (住所地、所在社区). What an area or a register entry
    /// stands for lies here, too.
    pub domiciled: u32,
}

impl Place {
    /// One area for both.
    pub const fn both(at: u32) -> Self {
        Self { registered: at, domiciled: at }
    }
}

/// The rows of one kind of subject.
#[derive(Clone, Debug)]
pub struct Table {
    layout: Layout,
    cells: Vec<Cells>,
    /// Words shared by sixteen yes-or-no facts each.
    flags: Vec<Vec<u32>>,
    /// The texts behind a column's codes.
    symbols: Vec<Vec<String>>,
    /// Whether anybody ever supplied the fact.
    supplied: Vec<bool>,
    /// Only where it can differ from the domicile.
    registered: Option<Vec<u32>>,
    domiciled: Vec<u32>,
    ids: Vec<u128>,
    /// The first so many rows in the order of their ids; later ones are found by the map.
    order: Vec<u32>,
    late: BTreeMap<u128, u32>,
    kept_since: Option<Date>,
}

impl PartialEq for Table {
    /// What they say; how rows are found by id does not matter.
    fn eq(&self, other: &Self) -> bool {
        (&self.layout, &self.cells, &self.flags, &self.symbols, &self.supplied)
            == (&other.layout, &other.cells, &other.flags, &other.symbols, &other.supplied)
            && (&self.registered, &self.domiciled, &self.ids, self.kept_since)
                == (&other.registered, &other.domiciled, &other.ids, other.kept_since)
    }
}

/// Rows found by the map before they are sorted in with the others.
const LATE: usize = 4096;

impl Table {
    /// An empty table.
    pub fn new(layout: Layout) -> Self {
        let apart = matches!(layout.subject, Subject::Organization | Subject::CommunityOrganization | Subject::Case);
        let count = layout.columns.len();
        let flags = layout.columns.iter().filter(|spec| spec.width == Width::Flag).count().div_ceil(16);
        Self {
            cells: layout.columns.iter().map(|spec| Cells::new(spec.width)).collect(),
            flags: vec![Vec::new(); flags],
            symbols: layout.columns.iter().map(|spec| spec.words.clone()).collect(),
            supplied: vec![false; count],
            registered: apart.then(Vec::new),
            domiciled: Vec::new(),
            ids: Vec::new(),
            order: Vec::new(),
            late: BTreeMap::new(),
            kept_since: None,
            layout,
        }
    }

    /// What its rows are.
    pub fn subject(&self) -> &Subject {
        &self.layout.subject
    }

    /// Its columns.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// How many rows it has, those taken out included.
    pub fn len(&self) -> usize {
        self.domiciled.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.domiciled.is_empty()
    }

    /// Since when somebody keeps these records; none: nobody does, so that no rows do not mean a count of zero.
    pub fn kept_since(&self) -> Option<Date> {
        self.kept_since
    }

    /// Says since when somebody keeps these records (从哪天起有人登记).
    pub fn keep_since(&mut self, day: Date) {
        self.kept_since = Some(self.kept_since.map_or(day, |known| known.min(day)));
    }

    /// Adds a row; every fact of it is unknown. Ids that ascend are found fastest.
    pub fn push(&mut self, id: u128, place: Place) -> usize {
        let row = self.len();
        let last = self.order.last().and_then(|last| self.id(*last as usize));
        if self.order.len() == row && last.is_none_or(|last| last < id) {
            self.order.push(row as u32);
        } else {
            self.late.insert(id, row as u32);
        }
        self.ids.push(id);
        self.domiciled.push(place.domiciled);
        if let Some(registered) = &mut self.registered {
            registered.push(place.registered);
        }
        self.cells.iter_mut().for_each(Cells::push);
        self.flags.iter_mut().for_each(|words| words.push(u32::MAX));
        // As many again as are in order already: each row is sorted in a few times only, however many come.
        if self.late.len() >= self.order.len().max(LATE) {
            self.index();
        }
        row
    }

    fn index(&mut self) {
        self.order = (0..self.len() as u32).collect();
        let ids = &self.ids;
        self.order.sort_unstable_by_key(|row| ids[*row as usize]);
        self.late = BTreeMap::new();
    }

    /// The row of a subject.
    pub fn find(&self, id: u128) -> Option<usize> {
        let early = self.order.binary_search_by(|row| self.ids[*row as usize].cmp(&id)).ok();
        early.map(|at| self.order[at] as usize).or_else(|| self.late.get(&id).map(|row| *row as usize))
    }

    /// Puts the rows in the order of where they count, then of their ids: what lies together is then read together. Rows get other
    /// numbers.
    pub fn sort_by_place(&mut self) {
        let mut order: Vec<u32> = (0..self.len() as u32).collect();
        let (first, second) = (self.registered.as_ref().unwrap_or(&self.domiciled), &self.domiciled);
        // What lives in communities is counted there; everything else where it is registered.
        let (first, second) =
            if self.layout.subject == Subject::CommunityOrganization { (second, first) } else { (first, second) };
        let key = |row: &u32| (first[*row as usize], second[*row as usize], self.ids[*row as usize]);
        order.sort_unstable_by_key(key);
        self.cells.iter_mut().for_each(|cells| cells.reorder(&order));
        self.flags.iter_mut().for_each(|words| cells::reordered(words, &order));
        self.registered.iter_mut().chain([&mut self.domiciled]).for_each(|places| cells::reordered(places, &order));
        cells::reordered(&mut self.ids, &order);
        self.index();
    }

    /// Whose row it is.
    pub fn id(&self, row: usize) -> Option<u128> {
        self.ids.get(row).copied()
    }

    /// Where a subject counts.
    pub fn place(&self, row: usize) -> Option<Place> {
        let domiciled = *self.domiciled.get(row)?;
        let registered = self.registered.as_ref().and_then(|column| column.get(row)).copied().unwrap_or(domiciled);
        Some(Place { registered, domiciled })
    }

    /// Moves a subject.
    pub fn put(&mut self, row: usize, place: Place) {
        if let Some(cell) = self.domiciled.get_mut(row) {
            *cell = place.domiciled;
        }
        if let Some(cell) = self.registered.as_mut().and_then(|column| column.get_mut(row)) {
            *cell = place.registered;
        }
    }

    /// Takes a subject out (a record entered by mistake): it lies nowhere and is never counted. Organizations that ended stay.
    pub fn take_out(&mut self, row: usize) {
        self.put(row, Place::both(NOWHERE));
    }

    /// Takes all rows out for good, to be loaded anew (a register that changed). Since when somebody keeps them is forgotten too.
    pub fn clear(&mut self) {
        *self = Self::new(self.layout.clone());
    }

    /// Gives every place the number it has on another day; `numbers` is by the old one.
    pub(crate) fn renumber(&mut self, numbers: &[u32]) {
        for column in self.registered.iter_mut().chain([&mut self.domiciled]) {
            for at in column {
                *at = numbers.get(*at as usize).copied().unwrap_or(NOWHERE);
            }
        }
    }

    /// Where the rows count.
    pub fn places(&self, within: Population) -> &[u32] {
        match (&self.registered, within) {
            (Some(registered), Population::RegisteredIn) => registered,
            _ => &self.domiciled,
        }
    }

    /// Keeps what is known of a fact of a row.
    pub fn set(&mut self, row: usize, fact: &str, given: &Given) -> Result<(), Unfit> {
        let column = self.layout.find(fact).ok_or_else(|| Unfit::NoColumn(fact.to_owned()))?;
        self.set_at(row, column, given)
    }

    /// The same by the number of the column ([`Layout::find`]), for who sets many rows.
    pub fn set_at(&mut self, row: usize, column: usize, given: &Given) -> Result<(), Unfit> {
        let spec = self.layout.columns.get(column).ok_or_else(|| Unfit::NoColumn(format!("#{column}")))?;
        let code = match given {
            Given::Unknown => Ok(cells::Code::Unknown),
            Given::Blank => Ok(cells::Code::Blank),
            Given::Known(value) => cells::encode(spec, value, &mut self.symbols[column]),
        };
        let (code, fault) = match code {
            Ok(code) => (code, None),
            Err(fault) => (cells::Code::Unknown, Some(fault)),
        };
        self.supplied[column] |= *given != Given::Unknown;
        let kept = match spec.width {
            Width::Flag => {
                let word = self.flags.get_mut(usize::from(spec.slot / 16)).and_then(|words| words.get_mut(row));
                word.is_some_and(|word| cells::set_flag(word, spec.slot % 16, code))
            }
            _ => self.cells[column].set(row, code),
        };
        if !kept {
            self.cells[column].set(row, cells::Code::Unknown);
            return Err(Unfit::TooLarge(spec.fact.clone()));
        }
        fault.map_or(Ok(()), Err)
    }

    /// What is known of a fact of a row.
    pub fn get(&self, row: usize, fact: &str) -> Given {
        let Some(column) = self.layout.find(fact) else { return Given::Unknown };
        let spec = &self.layout.columns[column];
        cells::decode(spec, self.code(column, row), &self.symbols[column])
    }

    pub(crate) fn code(&self, column: usize, row: usize) -> cells::Code {
        let spec = &self.layout.columns[column];
        if spec.width == Width::Flag {
            let word = self.flags.get(usize::from(spec.slot / 16)).and_then(|words| words.get(row));
            return word.map_or(cells::Code::Unknown, |word| cells::flag(*word, spec.slot % 16));
        }
        self.cells[column].get(row)
    }

    /// The number, amount or symbol in a column of a row.
    pub(crate) fn number(&self, column: usize, row: usize) -> Held<i64> {
        match self.code(column, row) {
            cells::Code::Number(number) => Held::Known(number),
            cells::Code::Blank => Held::Blank,
            _ => Held::Unknown,
        }
    }

    /// The words a row has in a column, one bit each: none where it is not known, no bits where it is blank.
    pub(crate) fn bits(&self, column: usize, row: usize, list: bool) -> Option<u64> {
        match self.code(column, row) {
            cells::Code::Bits(bits) if list => Some(bits),
            cells::Code::Number(number) if !list => Some(1_u64.checked_shl(number as u32).unwrap_or(0)),
            cells::Code::Blank => Some(0),
            _ => None,
        }
    }

    /// Whether anybody ever supplied the fact.
    pub fn is_supplied(&self, fact: &str) -> bool {
        self.layout.find(fact).is_some_and(|column| self.supplied[column])
    }

    /// One row as facts, for explaining what is otherwise compiled.
    pub fn row(&self, row: usize, today: Date) -> Row<'_> {
        Row { table: self, index: row, today }
    }
}

impl Columns for Table {
    fn column(&self, fact: &str) -> Option<Column<'_>> {
        let column = self.layout.find(fact)?;
        let spec = &self.layout.columns[column];
        if spec.width == Width::Flag {
            let words = self.flags.get(usize::from(spec.slot / 16))?;
            return Some(Column::Flag(words, (spec.slot % 16 * 2) as u8));
        }
        Some(self.cells[column].column())
    }

    fn symbols(&self, fact: &str) -> &[String] {
        self.layout.find(fact).map_or(&[], |column| &self.symbols[column])
    }
}

/// One row as facts.
#[derive(Clone, Copy, Debug)]
pub struct Row<'t> {
    table: &'t Table,
    index: usize,
    today: Date,
}

impl Facts for Row<'_> {
    fn fact(&self, name: &str) -> Reading {
        let source = || "事实表".to_owned();
        match self.table.get(self.index, name) {
            Given::Known(value) => Reading::Known { value, source: source() },
            Given::Blank => Reading::Absent { source: source() },
            Given::Unknown => Reading::Unknown,
        }
    }

    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }

    fn today(&self) -> Date {
        self.today
    }
}
