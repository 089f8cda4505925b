//! Compiling a condition to closures over columns: the same outcome as [`Condition::evaluate`], for millions of subjects.
//!
//! Almost every test of one column against a constant becomes a range of codes or a set of symbols, so that a row costs a few
//! nanoseconds. What does not (two columns, unlike kinds, named checks) goes through the same code as evaluation does.
use base::{Date, Fen};

use super::compare::{Found, compare, date_of_days};
use super::evaluate::{Context, exists, matches_pattern};
use super::range::{self, Test};
use super::{Base, Condition, Facts, Op, Reading, Term, Tri};
use crate::facts::Vocabulary;
use crate::named::NamedChecks;
use crate::params::Params;
use crate::value::{Kind, Value};

/// One fact of all subjects. Codes: bool 0/1; int; money in fen; date in days since 1970-01-01; text its symbol's number.
///
/// The least value of a signed column is *unknown*, the next *blank*; of [`Column::Byte`] 255 and 254.
#[derive(Clone, Copy, Debug)]
pub enum Column<'c> {
    /// Up to 254 codes.
    Byte(&'c [u8]),
    /// 16-bit codes.
    Short(&'c [i16]),
    /// 32-bit codes.
    Int(&'c [i32]),
    /// 64-bit codes.
    Long(&'c [i64]),
    /// A list as a set of symbols: bit n is symbol n (up to 62); bit 63 alone *unknown*, bit 62 alone *blank*.
    Set(&'c [u64]),
    /// The same for up to 14 symbols: bit 15 alone *unknown*, bit 14 alone *blank*.
    SmallSet(&'c [u16]),
    /// Yes or no in two bits of a word shared by sixteen facts: 0 no, 1 yes, 2 blank, 3 unknown.
    Flag(&'c [u32], u8),
}

/// A flag's two bits, widened.
pub(super) fn flag_code(word: u32, shift: u8) -> i64 {
    match word >> shift & 3 {
        3 => UNKNOWN,
        2 => BLANK,
        code => i64::from(code),
    }
}

/// A small set, widened.
pub(super) fn wide_set(bits: u16) -> u64 {
    match bits {
        0x8000 => SET_UNKNOWN,
        0x4000 => SET_BLANK,
        bits => u64::from(bits),
    }
}

/// Unknown, as a code.
pub(super) const UNKNOWN: i64 = i64::MIN;
/// Known to be blank, as a code.
pub(super) const BLANK: i64 = i64::MIN + 1;
/// Unknown, as a set.
pub(super) const SET_UNKNOWN: u64 = 1 << 63;
/// Known to be blank, as a set.
pub(super) const SET_BLANK: u64 = 1 << 62;

/// A column's cell, widened.
pub(super) trait Cell: Copy + Send + Sync {
    fn code(self) -> i64;
}

impl Cell for u8 {
    fn code(self) -> i64 {
        match self {
            Self::MAX => UNKNOWN,
            254 => BLANK,
            code => i64::from(code),
        }
    }
}

macro_rules! signed {
    ($($kind:ty),*) => {$(
        impl Cell for $kind {
            fn code(self) -> i64 {
                // The two least values are the marks; everything else widens as it is.
                match self {
                    <$kind>::MIN => UNKNOWN,
                    code if code == <$kind>::MIN + 1 => BLANK,
                    code => i64::from(code),
                }
            }
        }
    )*};
}

signed!(i16, i32, i64);

impl Column<'_> {
    /// The code of a row; a row beyond the end is unknown. Sets have none.
    pub(super) fn code(&self, row: usize) -> i64 {
        match self {
            Self::Byte(cells) => cells.get(row).map_or(UNKNOWN, |cell| cell.code()),
            Self::Short(cells) => cells.get(row).map_or(UNKNOWN, |cell| cell.code()),
            Self::Int(cells) => cells.get(row).map_or(UNKNOWN, |cell| cell.code()),
            Self::Long(cells) => cells.get(row).map_or(UNKNOWN, |cell| cell.code()),
            Self::Flag(words, shift) => words.get(row).map_or(UNKNOWN, |word| flag_code(*word, *shift)),
            Self::Set(_) | Self::SmallSet(_) => UNKNOWN,
        }
    }

    /// The set of a row; a row beyond the end is unknown, and so is every row of a column that holds no sets.
    pub(super) fn set(&self, row: usize) -> u64 {
        match self {
            Self::Set(cells) => cells.get(row).copied().unwrap_or(SET_UNKNOWN),
            Self::SmallSet(cells) => cells.get(row).map_or(SET_UNKNOWN, |bits| wide_set(*bits)),
            _ => SET_UNKNOWN,
        }
    }
}

/// The fact table: a structure of arrays.
pub trait Columns: Sync {
    /// The column of a fact, if the table has one.
    fn column(&self, fact: &str) -> Option<Column<'_>>;
    /// The texts behind a text or list column's codes.
    fn symbols(&self, fact: &str) -> &[String];
}

/// The kinds of the columns: the vocabulary.
pub type Schema = Vocabulary;

/// What is the same for all rows.
#[derive(Clone, Copy, Debug)]
pub struct Constants<'a> {
    /// The parameters that hold.
    pub params: &'a Params,
    /// The day judged for.
    pub today: Date,
    /// The checks written in Rust.
    pub named: &'a NamedChecks,
}

/// Why a condition cannot be compiled.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CompileError {
    /// The vocabulary or the fact table lacks this fact.
    #[error("事实表没有“{0}”这一列，条件不能批量计算")]
    NoColumn(String),
    /// Answers belong to one case, not to a table of subjects.
    #[error("条件用到填报项“{0}”，不能对全体组织批量计算")]
    Answer(String),
}

/// A compiled condition: row to outcome.
pub type Compiled<'c> = Box<dyn Fn(usize) -> Tri + Send + Sync + 'c>;

/// Compiles a condition against a fact table.
pub fn compile<'c>(
    condition: &Condition,
    schema: &'c Schema,
    columns: &'c dyn Columns,
    constants: Constants<'c>,
) -> Result<Compiled<'c>, CompileError> {
    Compiling { schema, columns, constants }.condition(condition)
}

#[derive(Clone, Copy)]
pub(super) struct Compiling<'c> {
    pub(super) schema: &'c Schema,
    pub(super) columns: &'c dyn Columns,
    pub(super) constants: Constants<'c>,
}

impl<'c> Compiling<'c> {
    fn condition(self, condition: &Condition) -> Result<Compiled<'c>, CompileError> {
        match condition {
            Condition::All(parts) => {
                let parts = self.parts(parts)?;
                Ok(Box::new(move |row| fold(&parts, row, Tri::True, Tri::False)))
            }
            Condition::Any(parts) => {
                let parts = self.parts(parts)?;
                Ok(Box::new(move |row| fold(&parts, row, Tri::False, Tri::True)))
            }
            Condition::Not(part) => {
                let part = self.condition(part)?;
                Ok(Box::new(move |row| part(row).negate()))
            }
            Condition::Exists(term) => {
                self.present(term)?;
                let term = term.clone();
                Ok(Box::new(move |row| exists(&self.found(&term, row))))
            }
            Condition::Matches(term, pattern) => {
                self.present(term)?;
                let (term, pattern) = (term.clone(), *pattern);
                let fits: Option<Vec<bool>> = self
                    .plain_column(&term, Kind::Text)
                    .map(|(_, symbols)| symbols.iter().map(|text| pattern.fits(text)).collect());
                match (fits, self.plain_column(&term, Kind::Text)) {
                    (Some(fits), Some((column, _))) => Ok(range::member(column, fits, false)),
                    _ => Ok(Box::new(move |row| matches_pattern(&self.found(&term, row), pattern))),
                }
            }
            Condition::Compare(test) => {
                self.present(&test.left)?;
                self.present(&test.right)?;
                Ok(self.test(&test.left, test.op, &test.right))
            }
            Condition::Named { check, .. } => {
                let check = check.clone();
                Ok(Box::new(move |row| {
                    let facts = RowFacts { compiling: self, row };
                    let words = self.schema;
                    Context::new(&facts, self.constants.params, words, self.constants.named).verdict(&check).tri
                }))
            }
        }
    }

    fn parts(self, parts: &[Condition]) -> Result<Vec<Compiled<'c>>, CompileError> {
        parts.iter().map(|part| self.condition(part)).collect()
    }

    fn present(self, term: &Term) -> Result<(), CompileError> {
        match &term.base {
            Base::Answer(name) => Err(CompileError::Answer(name.clone())),
            Base::Fact(name) if self.schema.find(name).is_none() || self.columns.column(name).is_none() => {
                Err(CompileError::NoColumn(name.clone()))
            }
            _ => Ok(()),
        }
    }

    /// One comparison, the fast way where there is one.
    fn test(self, left: &Term, op: Op, right: &Term) -> Compiled<'c> {
        if let Some(fast) = self.fast(left, op, right) {
            return fast;
        }
        let (left, right) = (left.clone(), right.clone());
        Box::new(move |row| compare(&self.found(&left, row), op, &self.found(&right, row)))
    }

    fn fast(self, left: &Term, op: Op, right: &Term) -> Option<Compiled<'c>> {
        match (&left.base, &right.base) {
            (Base::Fact(_), Base::Fact(_)) => None,
            (Base::Fact(name), _) => {
                let fact = self.schema.find(name)?;
                let test = Test {
                    column: self.columns.column(name)?,
                    kind: fact.kind,
                    symbols: self.columns.symbols(name),
                    shift: left.shift.as_ref(),
                    params: self.constants.params,
                };
                test.against(op, &self.constant(right))
            }
            (_, Base::Fact(_)) => self.fast(right, flipped(op)?, left),
            _ => {
                let tri = compare(&self.constant(left), op, &self.constant(right));
                Some(Box::new(move |_| tri))
            }
        }
    }

    /// The column and symbols of an unmoved fact of one kind.
    fn plain_column(self, term: &Term, kind: Kind) -> Option<(Column<'c>, &'c [String])> {
        let Base::Fact(name) = &term.base else { return None };
        (self.schema.find(name)?.kind == kind && term.shift.is_none())
            .then(|| Some((self.columns.column(name)?, self.columns.symbols(name))))?
    }

    /// A term that is the same for all rows.
    fn constant(self, term: &Term) -> Found {
        self.found(term, usize::MAX)
    }

    fn found(self, term: &Term, row: usize) -> Found {
        let facts = RowFacts { compiling: self, row };
        Context::new(&facts, self.constants.params, self.schema, self.constants.named).found(term)
    }
}

/// The operator that says the same with the sides changed, if there is one.
fn flipped(op: Op) -> Option<Op> {
    Some(match op {
        Op::Eq => Op::Eq,
        Op::Ne => Op::Ne,
        Op::Lt => Op::Gt,
        Op::Le => Op::Ge,
        Op::Gt => Op::Lt,
        Op::Ge => Op::Le,
        Op::In | Op::Contains => return None,
    })
}

/// Three-valued all (from true, stopping at false) or any (from false, stopping at true).
fn fold(parts: &[Compiled<'_>], row: usize, from: Tri, stop: Tri) -> Tri {
    let mut outcome = from;
    for part in parts {
        match part(row) {
            tri if tri == stop => return stop,
            Tri::Unknown => outcome = Tri::Unknown,
            _ => {}
        }
    }
    outcome
}

/// One row as facts, for what is not compiled to ranges.
struct RowFacts<'c> {
    compiling: Compiling<'c>,
    row: usize,
}

impl Facts for RowFacts<'_> {
    fn fact(&self, name: &str) -> Reading {
        let Some(fact) = self.compiling.schema.find(name) else { return Reading::Unknown };
        let Some(column) = self.compiling.columns.column(name) else { return Reading::Unknown };
        match decode(column, self.row, fact.kind, self.compiling.columns.symbols(name)) {
            Found::Value(value) => Reading::Known { value, source: "事实表".to_owned() },
            Found::Absent => Reading::Absent { source: "事实表".to_owned() },
            Found::Unknown => Reading::Unknown,
        }
    }

    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }

    fn today(&self) -> Date {
        self.compiling.constants.today
    }
}

/// A cell as a value.
fn decode(column: Column<'_>, row: usize, kind: Kind, symbols: &[String]) -> Found {
    if matches!(column, Column::Set(_) | Column::SmallSet(_)) {
        let bits = column.set(row);
        return match bits {
            SET_UNKNOWN => Found::Unknown,
            SET_BLANK => Found::Absent,
            _ if kind != Kind::List => Found::Unknown,
            _ => Found::Value(Value::List(
                symbols
                    .iter()
                    .take(62)
                    .enumerate()
                    .filter(|(n, _)| bits >> n & 1 == 1)
                    .map(|(_, text)| text.clone())
                    .collect(),
            )),
        };
    }
    let code = column.code(row);
    let value = match (code, kind) {
        (UNKNOWN, _) => return Found::Unknown,
        (BLANK, _) => return Found::Absent,
        (_, Kind::Bool) => Some(Value::Bool(code != 0)),
        (_, Kind::Int) => Some(Value::Int(code)),
        (_, Kind::Money) => Some(Value::Money(Fen(code))),
        (_, Kind::Date) => date_of_days(code).map(Value::Date),
        (_, Kind::Text) => usize::try_from(code).ok().and_then(|n| symbols.get(n)).cloned().map(Value::Text),
        (_, Kind::List) => None,
    };
    value.map_or(Found::Unknown, Found::Value)
}
