//! Values on their way in ([`Arg`]) and out ([`Cell`]) of the database: whole numbers, text and bytes, each with its own null.
use std::borrow::Cow;

use base::{
    AccountId, AreaCode, BodyId, CaseId, CertificateId, Date, EntryId, Fen, FileId, Instant, JobId, OrgId, Origin,
    PersonId, RecordId,
};

/// A parameter. Nulls are typed because PostgreSQL insists on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Arg<'a> {
    /// `bigint`
    Int(Option<i64>),
    /// `text`
    Text(Option<Cow<'a, str>>),
    /// `bytea`
    Bytes(Option<Cow<'a, [u8]>>),
}

/// A value that can be a parameter.
pub trait ToArg {
    /// The typed null.
    const NULL: Arg<'static>;
    /// This value as a parameter.
    fn to_arg(&self) -> Arg<'_>;
    /// This value as a parameter with its own memory, taken over where it has some.
    fn into_arg(self) -> Arg<'static>
    where
        Self: Sized,
    {
        self.to_arg().into_owned()
    }
}

/// One column of one row.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Cell<'r> {
    /// NULL
    Null,
    /// `bigint`
    Int(i64),
    /// `text`
    Text(&'r str),
    /// `bytea`
    Bytes(&'r [u8]),
}

/// A value that can be read from a column.
pub trait FromCell: Sized {
    /// Reads it, or says what was found instead.
    fn from_cell(cell: Cell<'_>) -> Result<Self, String>;
}

impl Cell<'_> {
    /// For messages: the kind found.
    fn kind(&self) -> String {
        match self {
            Cell::Null => "NULL".to_owned(),
            Cell::Int(number) => format!("the number {number}"),
            Cell::Text(text) => format!("the text {:?}", text.chars().take(40).collect::<String>()),
            Cell::Bytes(bytes) => format!("{} bytes", bytes.len()),
        }
    }
}

/// Parameters for a statement: `args![origin, case, Some("text"), 3]`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { &[$($crate::ToArg::to_arg(&$value)),*] };
}

impl<T: ToArg> ToArg for Option<T> {
    const NULL: Arg<'static> = T::NULL;
    fn to_arg(&self) -> Arg<'_> {
        self.as_ref().map_or(T::NULL, ToArg::to_arg)
    }
    fn into_arg(self) -> Arg<'static> {
        self.map_or(T::NULL, ToArg::into_arg)
    }
}

impl<T: ToArg + ?Sized> ToArg for &T {
    const NULL: Arg<'static> = T::NULL;
    fn to_arg(&self) -> Arg<'_> {
        (**self).to_arg()
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        if cell == Cell::Null { Ok(None) } else { T::from_cell(cell).map(Some) }
    }
}

impl ToArg for str {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Borrowed(self)))
    }
}

impl ToArg for String {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Borrowed(self)))
    }
    fn into_arg(self) -> Arg<'static> {
        Arg::Text(Some(Cow::Owned(self)))
    }
}

impl FromCell for String {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => Ok(text.to_owned()),
            other => Err(format!("expected text, found {}", other.kind())),
        }
    }
}

impl ToArg for [u8] {
    const NULL: Arg<'static> = Arg::Bytes(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Bytes(Some(Cow::Borrowed(self)))
    }
}

impl ToArg for Vec<u8> {
    const NULL: Arg<'static> = Arg::Bytes(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Bytes(Some(Cow::Borrowed(self)))
    }
}

impl<const N: usize> ToArg for [u8; N] {
    const NULL: Arg<'static> = Arg::Bytes(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Bytes(Some(Cow::Borrowed(self)))
    }
}

impl FromCell for Vec<u8> {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Bytes(bytes) => Ok(bytes.to_vec()),
            other => Err(format!("expected bytes, found {}", other.kind())),
        }
    }
}

impl<const N: usize> FromCell for [u8; N] {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Bytes(bytes) => bytes.try_into().map_err(|_| format!("expected {N} bytes, found {}", bytes.len())),
            other => Err(format!("expected {N} bytes, found {}", other.kind())),
        }
    }
}

macro_rules! whole_numbers {
    ($($number:ty),*) => {$(
        impl ToArg for $number {
            const NULL: Arg<'static> = Arg::Int(None);
            fn to_arg(&self) -> Arg<'_> {
                Arg::Int(Some(i64::from(*self)))
            }
        }
        impl FromCell for $number {
            fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
                match cell {
                    Cell::Int(number) => number.try_into().map_err(|_| format!("{number} is out of range")),
                    other => Err(format!("expected a number, found {}", other.kind())),
                }
            }
        }
    )*};
}
whole_numbers!(i64, i32, u32, u16, u8);

/// Row counts and sizes. A number beyond `i64` cannot come from one machine's memory.
impl ToArg for usize {
    const NULL: Arg<'static> = Arg::Int(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(Some(i64::try_from(*self).unwrap_or(i64::MAX)))
    }
}

impl ToArg for bool {
    const NULL: Arg<'static> = Arg::Int(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(Some(i64::from(*self)))
    }
}

impl FromCell for bool {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Int(0) => Ok(false),
            Cell::Int(1) => Ok(true),
            other => Err(format!("expected 0 or 1, found {}", other.kind())),
        }
    }
}

impl ToArg for Fen {
    const NULL: Arg<'static> = Arg::Int(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Int(Some(self.0))
    }
}

impl FromCell for Fen {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        i64::from_cell(cell).map(Fen)
    }
}

impl ToArg for AreaCode {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Borrowed(self.as_str())))
    }
}

impl ToArg for Origin {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Borrowed(self.as_str())))
    }
}

/// Values stored as the text that `Display` writes and `FromStr` reads.
macro_rules! as_text {
    ($($value:ty),*) => {$(
        impl ToArg for $value {
            const NULL: Arg<'static> = Arg::Text(None);
            fn to_arg(&self) -> Arg<'_> {
                Arg::Text(Some(Cow::Owned(self.to_string())))
            }
        }
        parsed!($value);
    )*};
}
macro_rules! parsed {
    ($value:ty) => {
        impl FromCell for $value {
            fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
                match cell {
                    Cell::Text(text) => text.parse().map_err(|error| format!("{text:?}: {error}")),
                    other => Err(format!("expected text, found {}", other.kind())),
                }
            }
        }
    };
}
as_text!(OrgId, PersonId, AccountId, BodyId, CaseId, EntryId, FileId, JobId, CertificateId, RecordId, Date);
parsed!(AreaCode);
parsed!(Origin);

impl ToArg for Instant {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Owned(self.to_string())))
    }
}

impl FromCell for Instant {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => Instant::parse(text).ok_or_else(|| format!("{text:?} is not an instant")),
            other => Err(format!("expected an instant, found {}", other.kind())),
        }
    }
}

/// A JSON body: text in the database, a value in the program.
impl ToArg for serde_json::Value {
    const NULL: Arg<'static> = Arg::Text(None);
    fn to_arg(&self) -> Arg<'_> {
        Arg::Text(Some(Cow::Owned(self.to_string())))
    }
}

impl FromCell for serde_json::Value {
    fn from_cell(cell: Cell<'_>) -> Result<Self, String> {
        match cell {
            Cell::Text(text) => serde_json::from_str(text).map_err(|error| format!("not JSON: {error}")),
            other => Err(format!("expected JSON text, found {}", other.kind())),
        }
    }
}
