//! A column's cells: encoding, decoding, and the codes for *unknown* and *blank* that the catalogue's compiled conditions know.
use base::Fen;
use catalogue::condition::{Column, days_since_epoch};
use catalogue::{Kind, Value};

use super::layout::{Spec, Width, word_code};
use super::{Given, Unfit};

/// A cell, read.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Code {
    Unknown,
    Blank,
    /// A number, day, amount in fen, symbol, or 0/1.
    Number(i64),
    /// A set of symbols.
    Bits(u64),
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) enum Cells {
    /// Kept in the table's shared words.
    Shared,
    Byte(Vec<u8>),
    Short(Vec<i16>),
    Int(Vec<i32>),
    Long(Vec<i64>),
    SmallSet(Vec<u16>),
    Set(Vec<u64>),
}

/// The bits that mark a set: unknown, and one below it blank.
const SMALL_UNKNOWN: u16 = 1 << 15;
const SMALL_BLANK: u16 = 1 << 14;
const SET_UNKNOWN: u64 = 1 << 63;
const SET_BLANK: u64 = 1 << 62;

impl Cells {
    pub(crate) fn new(width: Width) -> Self {
        match width {
            Width::Flag => Self::Shared,
            Width::Byte => Self::Byte(Vec::new()),
            Width::Short => Self::Short(Vec::new()),
            Width::Int => Self::Int(Vec::new()),
            Width::Long => Self::Long(Vec::new()),
            Width::SmallSet => Self::SmallSet(Vec::new()),
            Width::Set => Self::Set(Vec::new()),
        }
    }

    /// One more row, unknown.
    pub(crate) fn push(&mut self) {
        match self {
            Self::Shared => {}
            Self::Byte(cells) => cells.push(u8::MAX),
            Self::Short(cells) => cells.push(i16::MIN),
            Self::Int(cells) => cells.push(i32::MIN),
            Self::Long(cells) => cells.push(i64::MIN),
            Self::SmallSet(cells) => cells.push(SMALL_UNKNOWN),
            Self::Set(cells) => cells.push(SET_UNKNOWN),
        }
    }

    /// Writes a cell; false if it does not fit.
    pub(crate) fn set(&mut self, row: usize, code: Code) -> bool {
        match self {
            Self::Shared => true,
            Self::Byte(cells) => {
                put(cells, row, u8::MAX, 254, code, |number| u8::try_from(number).ok().filter(|byte| *byte < 254))
            }
            Self::Short(cells) => put(cells, row, i16::MIN, i16::MIN + 1, code, |number| {
                i16::try_from(number).ok().filter(|short| *short > i16::MIN + 1)
            }),
            Self::Int(cells) => put(cells, row, i32::MIN, i32::MIN + 1, code, |number| {
                i32::try_from(number).ok().filter(|int| *int > i32::MIN + 1)
            }),
            Self::Long(cells) => {
                put(cells, row, i64::MIN, i64::MIN + 1, code, |number| Some(number).filter(|long| *long > i64::MIN + 1))
            }
            Self::SmallSet(cells) => {
                let bits = match code {
                    Code::Blank => Some(SMALL_BLANK),
                    Code::Bits(bits) => u16::try_from(bits).ok().filter(|bits| *bits < SMALL_BLANK),
                    _ => Some(SMALL_UNKNOWN),
                };
                write(cells, row, bits)
            }
            Self::Set(cells) => {
                let bits = match code {
                    Code::Blank => Some(SET_BLANK),
                    Code::Bits(bits) => Some(bits).filter(|bits| *bits < SET_BLANK),
                    _ => Some(SET_UNKNOWN),
                };
                write(cells, row, bits)
            }
        }
    }

    pub(crate) fn get(&self, row: usize) -> Code {
        fn read<C: Copy + PartialEq + Into<i64>>(cells: &[C], row: usize, unknown: C, blank: C) -> Code {
            match cells.get(row) {
                Some(cell) if *cell == blank => Code::Blank,
                Some(cell) if *cell != unknown => Code::Number((*cell).into()),
                _ => Code::Unknown,
            }
        }
        match self {
            Self::Shared => Code::Unknown,
            Self::Byte(cells) => read(cells, row, u8::MAX, 254),
            Self::Short(cells) => read(cells, row, i16::MIN, i16::MIN + 1),
            Self::Int(cells) => read(cells, row, i32::MIN, i32::MIN + 1),
            Self::Long(cells) => read(cells, row, i64::MIN, i64::MIN + 1),
            Self::SmallSet(cells) => match cells.get(row).copied() {
                None | Some(SMALL_UNKNOWN) => Code::Unknown,
                Some(SMALL_BLANK) => Code::Blank,
                Some(bits) => Code::Bits(u64::from(bits)),
            },
            Self::Set(cells) => match cells.get(row).copied() {
                None | Some(SET_UNKNOWN) => Code::Unknown,
                Some(SET_BLANK) => Code::Blank,
                Some(bits) => Code::Bits(bits),
            },
        }
    }

    /// Puts the rows in another order: first what stood at `order[0]`.
    pub(crate) fn reorder(&mut self, order: &[u32]) {
        match self {
            Self::Shared => {}
            Self::Byte(cells) => reordered(cells, order),
            Self::Short(cells) => reordered(cells, order),
            Self::Int(cells) => reordered(cells, order),
            Self::Long(cells) => reordered(cells, order),
            Self::SmallSet(cells) => reordered(cells, order),
            Self::Set(cells) => reordered(cells, order),
        }
    }

    /// As little-endian bytes.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        match self {
            Self::Shared => {}
            Self::Byte(cells) => out.extend(cells),
            Self::Short(cells) => out.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            Self::Int(cells) => out.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            Self::Long(cells) => out.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            Self::SmallSet(cells) => out.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
            Self::Set(cells) => out.extend(cells.iter().flat_map(|cell| cell.to_le_bytes())),
        }
    }

    /// Reads what [`Cells::write`] wrote.
    pub(crate) fn read(width: Width, bytes: &[u8]) -> Self {
        fn each<const N: usize, T>(bytes: &[u8], read: fn([u8; N]) -> T) -> Vec<T> {
            bytes.as_chunks::<N>().0.iter().map(|chunk| read(*chunk)).collect()
        }
        match width {
            Width::Flag => Self::Shared,
            Width::Byte => Self::Byte(bytes.to_vec()),
            Width::Short => Self::Short(each(bytes, i16::from_le_bytes)),
            Width::Int => Self::Int(each(bytes, i32::from_le_bytes)),
            Width::Long => Self::Long(each(bytes, i64::from_le_bytes)),
            Width::SmallSet => Self::SmallSet(each(bytes, u16::from_le_bytes)),
            Width::Set => Self::Set(each(bytes, u64::from_le_bytes)),
        }
    }

    /// As compiled conditions read it.
    pub(crate) fn column(&self) -> Column<'_> {
        match self {
            Self::Shared => Column::Byte(&[]),
            Self::Byte(cells) => Column::Byte(cells),
            Self::Short(cells) => Column::Short(cells),
            Self::Int(cells) => Column::Int(cells),
            Self::Long(cells) => Column::Long(cells),
            Self::SmallSet(cells) => Column::SmallSet(cells),
            Self::Set(cells) => Column::Set(cells),
        }
    }
}

fn put<C>(cells: &mut [C], row: usize, unknown: C, blank: C, code: Code, fit: impl Fn(i64) -> Option<C>) -> bool {
    let cell = match code {
        Code::Blank => Some(blank),
        Code::Number(number) => fit(number),
        Code::Unknown | Code::Bits(_) => Some(unknown),
    };
    write(cells, row, cell)
}

fn write<C>(cells: &mut [C], row: usize, value: Option<C>) -> bool {
    match (cells.get_mut(row), value) {
        (Some(cell), Some(value)) => {
            *cell = value;
            true
        }
        _ => false,
    }
}

/// A column in another order.
pub(crate) fn reordered<C: Copy>(column: &mut Vec<C>, order: &[u32]) {
    *column = order.iter().filter_map(|row| column.get(*row as usize).copied()).collect();
}

/// Writes two bits of a shared word: 0 no, 1 yes, 2 blank, 3 unknown.
pub(crate) fn set_flag(word: &mut u32, slot: u16, code: Code) -> bool {
    let bits = match code {
        Code::Number(number) => u32::from(number != 0),
        Code::Blank => 2,
        Code::Unknown | Code::Bits(_) => 3,
    };
    *word = *word & !(3 << (slot * 2)) | bits << (slot * 2);
    true
}

/// Reads two bits of a shared word.
pub(crate) fn flag(word: u32, slot: u16) -> Code {
    match word >> (slot * 2) & 3 {
        3 => Code::Unknown,
        2 => Code::Blank,
        bit => Code::Number(i64::from(bit)),
    }
}

/// A value as a code of a column. Open texts get a symbol of their own.
pub(crate) fn encode(spec: &Spec, value: &Value, symbols: &mut Vec<String>) -> Result<Code, Unfit> {
    match (spec.kind, value) {
        (Kind::Bool, Value::Bool(truth)) => Ok(Code::Number(i64::from(*truth))),
        (Kind::Int, Value::Int(number)) => Ok(Code::Number(*number)),
        (Kind::Money, Value::Money(fen)) => Ok(Code::Number(fen.0)),
        (Kind::Date, Value::Date(date)) => Ok(Code::Number(i64::from(days_since_epoch(*date)))),
        (Kind::Text, Value::Text(text)) => {
            let known = word_code(symbols, value);
            let symbol = known.or_else(|| spec.words.is_empty().then(|| add(symbols, text)));
            let symbol = symbol.ok_or_else(|| Unfit::Word(spec.fact.clone(), text.clone()))?;
            Ok(Code::Number(symbol as i64))
        }
        (Kind::List, Value::List(texts)) => {
            let mut bits = 0;
            for text in texts {
                let known = symbols.iter().position(|word| word == text);
                let symbol =
                    known.or_else(|| (spec.words.is_empty() && symbols.len() < 62).then(|| add(symbols, text)));
                bits |= 1_u64 << symbol.ok_or_else(|| Unfit::Word(spec.fact.clone(), text.clone()))?;
            }
            Ok(Code::Bits(bits))
        }
        _ => Err(Unfit::Kind(spec.fact.clone())),
    }
}

fn add(symbols: &mut Vec<String>, text: &str) -> usize {
    symbols.push(text.to_owned());
    symbols.len() - 1
}

pub(crate) fn decode(spec: &Spec, code: Code, symbols: &[String]) -> Given {
    let value = match (code, spec.kind) {
        (Code::Blank, _) => return Given::Blank,
        (Code::Number(number), Kind::Bool) => Some(Value::Bool(number != 0)),
        (Code::Number(number), Kind::Int) => Some(Value::Int(number)),
        (Code::Number(number), Kind::Money) => Some(Value::Money(Fen(number))),
        (Code::Number(number), Kind::Date) => date(number).map(Value::Date),
        (Code::Number(number), Kind::Text) => {
            usize::try_from(number).ok().and_then(|n| symbols.get(n)).cloned().map(Value::Text)
        }
        (Code::Bits(bits), Kind::List) => {
            let held = symbols.iter().enumerate().filter(|(n, _)| bits >> n & 1 == 1);
            Some(Value::List(held.map(|(_, text)| text.clone()).collect()))
        }
        _ => None,
    };
    value.map_or(Given::Unknown, Given::Known)
}

pub(crate) fn date(days: i64) -> Option<base::Date> {
    let span = jiff::Span::new().try_days(days).ok()?;
    jiff::civil::date(1970, 1, 1).checked_add(span).ok()
}
