//! Statements: SQL text with a name, fixed when the program is built, so that one test can prepare all of them on both engines.

/// A named statement. Both texts are the same unless it uses a dialect's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Statement {
    /// `concept.verb`, unique.
    pub name: &'static str,
    /// The text for SQLite.
    pub sqlite: &'static str,
    /// The text for PostgreSQL.
    pub postgres: &'static str,
}

/// Makes a [`Statement`]: `sql!("cases.find", "select ..")`; with two texts only where the engines truly differ.
#[macro_export]
macro_rules! sql {
    ($name:literal, $text:expr) => {
        $crate::Statement { name: $name, sqlite: $text, postgres: $text }
    };
    ($name:literal, sqlite: $sqlite:expr, postgres: $postgres:expr) => {
        $crate::Statement { name: $name, sqlite: $sqlite, postgres: $postgres }
    };
}

/// Declares a struct that is one table's row: fields are columns, `key(..)` names the primary key. Gives it
/// [`FromRow`](crate::FromRow) and [`Record`](crate::Record) with INSERT, UPSERT, UPDATE and FIND made from the columns.
///
/// ```ignore
/// store::record! {
///     /// A street's watch list.
///     pub struct Watch in "watch" key(person, id) { pub person: PersonId, pub id: RecordId, pub subject: String }
/// }
/// tx.insert(&watch)?;  tx.get::<Watch>(Watch::FIND, args![person, id])?;
/// ```
#[macro_export]
macro_rules! record {
    ($(#[$doc:meta])* pub struct $name:ident in $table:literal key($($key:ident),+ $(,)?)
     { $($(#[$field_doc:meta])* pub $field:ident : $kind:ty),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        pub struct $name { $($(#[$field_doc])* pub $field: $kind),+ }

        impl $crate::FromRow for $name {
            const TABLE: &'static str = $table;
            fn from_row(row: &$crate::Row<'_>) -> Result<Self, $crate::DbError> {
                Ok(Self { $($field: row.of($table, stringify!($field))?),+ })
            }
        }

        impl $crate::Record for $name {
            const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];
            const KEY: &'static [&'static str] = &[$(stringify!($key)),+];
            const INSERT: $crate::Statement =
                $crate::made!(insert, concat!($table, ".insert"), $table, &[$(stringify!($field)),+], &[$(stringify!($key)),+]);
            const UPSERT: $crate::Statement =
                $crate::made!(upsert, concat!($table, ".upsert"), $table, &[$(stringify!($field)),+], &[$(stringify!($key)),+]);
            const UPDATE: $crate::Statement =
                $crate::made!(update, concat!($table, ".update"), $table, &[$(stringify!($field)),+], &[$(stringify!($key)),+]);
            const FIND: $crate::Statement =
                $crate::made!(find, concat!($table, ".find"), $table, &[$(stringify!($field)),+], &[$(stringify!($key)),+]);
            const EACH: $crate::Statement =
                $crate::made!(each, concat!($table, ".each"), $table, &[$(stringify!($field)),+], &[$(stringify!($key)),+]);
            fn args(&self) -> Vec<$crate::Arg<'_>> {
                vec![$($crate::ToArg::to_arg(&self.$field)),+]
            }
            fn each_arg(self, mut take: impl FnMut($crate::Arg<'static>)) {
                $(take($crate::ToArg::into_arg(self.$field));)+
            }
        }
    };
}

/// A statement whose text is put together from a column list while the program is built.
#[doc(hidden)]
#[macro_export]
macro_rules! made {
    ($shape:ident, $name:expr, $table:expr, $columns:expr, $key:expr) => {{
        const TEXT: $crate::statement::Text = $crate::statement::$shape($table, $columns, $key);
        const BYTES: [u8; TEXT.len] = TEXT.exactly();
        const SQL: &str = $crate::statement::utf8(&BYTES);
        $crate::Statement { name: $name, sqlite: SQL, postgres: SQL }
    }};
}

/// Room for the widest table's statement, used only by the compiler.
const ROOM: usize = 8192;

/// Text being put together by the compiler.
#[doc(hidden)]
#[derive(Clone, Copy)]
pub struct Text {
    bytes: [u8; ROOM],
    /// How much of it is used.
    pub len: usize,
}

impl Text {
    const fn new() -> Self {
        Self { bytes: [0; ROOM], len: 0 }
    }

    const fn add(mut self, text: &str) -> Self {
        let from = text.as_bytes();
        let mut at = 0;
        while at < from.len() {
            self.bytes[self.len] = from[at];
            self.len += 1;
            at += 1;
        }
        self
    }

    /// `$12`
    const fn parameter(mut self, number: usize) -> Self {
        self = self.add("$");
        if number >= 10 {
            self.bytes[self.len] = b'0' + (number / 10) as u8;
            self.len += 1;
        }
        self.bytes[self.len] = b'0' + (number % 10) as u8;
        self.len += 1;
        self
    }

    /// `a, b, c`
    const fn list(mut self, columns: &[&str]) -> Self {
        let mut at = 0;
        while at < columns.len() {
            if at > 0 {
                self = self.add(", ");
            }
            self = self.add(columns[at]);
            at += 1;
        }
        self
    }

    /// Cut to its length.
    pub const fn exactly<const N: usize>(&self) -> [u8; N] {
        let mut out = [0; N];
        let mut at = 0;
        while at < N {
            out[at] = self.bytes[at];
            at += 1;
        }
        out
    }
}

/// The text of bytes that [`Text`] made.
#[doc(hidden)]
pub const fn utf8(bytes: &[u8]) -> &str {
    match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(_) => panic!("column names are plain text"),
    }
}

const fn same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    if one.len() != other.len() {
        return false;
    }
    let mut at = 0;
    while at < one.len() {
        if one[at] != other[at] {
            return false;
        }
        at += 1;
    }
    true
}

const fn position(column: &str, columns: &[&str]) -> Option<usize> {
    let mut at = 0;
    while at < columns.len() {
        if same(column, columns[at]) {
            return Some(at);
        }
        at += 1;
    }
    None
}

#[doc(hidden)]
pub const fn insert(table: &str, columns: &[&str], _key: &[&str]) -> Text {
    let mut text = Text::new().add("insert into ").add(table).add(" (").list(columns).add(") values (");
    let mut at = 0;
    while at < columns.len() {
        if at > 0 {
            text = text.add(", ");
        }
        text = text.parameter(at + 1);
        at += 1;
    }
    text.add(")")
}

#[doc(hidden)]
pub const fn upsert(table: &str, columns: &[&str], key: &[&str]) -> Text {
    let mut text = insert(table, columns, key).add(" on conflict (").list(key).add(") do update set ");
    let (mut at, mut first) = (0, true);
    while at < columns.len() {
        if position(columns[at], key).is_none() {
            text = if first { text } else { text.add(", ") };
            text = text.add(columns[at]).add(" = excluded.").add(columns[at]);
            first = false;
        }
        at += 1;
    }
    if first { text.add(key[0]).add(" = excluded.").add(key[0]) } else { text }
}

#[doc(hidden)]
pub const fn update(table: &str, columns: &[&str], key: &[&str]) -> Text {
    let mut text = Text::new().add("update ").add(table).add(" set ");
    let (mut at, mut first) = (0, true);
    while at < columns.len() {
        if position(columns[at], key).is_none() {
            text = if first { text } else { text.add(", ") };
            text = text.add(columns[at]).add(" = ").parameter(at + 1);
            first = false;
        }
        at += 1;
    }
    if first {
        text = text.add(key[0]).add(" = ").add(key[0]);
    }
    text = text.add(" where ");
    let mut at = 0;
    while at < key.len() {
        text = if at > 0 { text.add(" and ") } else { text };
        text = text.add(key[at]).add(" = ");
        match position(key[at], columns) {
            Some(column) => text = text.parameter(column + 1),
            None => panic!("a key column is not a field"),
        }
        at += 1;
    }
    // The record carries the new revision; the row must still have the one before. (`rev + 1 = $N` rather than
    // `rev = $N - 1`, which PostgreSQL would take for int4.)
    match position("rev", columns) {
        Some(column) => text.add(" and rev + 1 = ").parameter(column + 1),
        None => text,
    }
}

#[doc(hidden)]
pub const fn find(table: &str, columns: &[&str], key: &[&str]) -> Text {
    let mut text = Text::new().add("select ").list(columns).add(" from ").add(table).add(" where ");
    let mut at = 0;
    while at < key.len() {
        text = if at > 0 { text.add(" and ") } else { text };
        text = text.add(key[at]).add(" = ").parameter(at + 1);
        at += 1;
    }
    text
}

#[doc(hidden)]
pub const fn each(table: &str, columns: &[&str], key: &[&str]) -> Text {
    Text::new().add("select ").list(columns).add(" from ").add(table).add(" order by ").list(key)
}

#[cfg(test)]
mod tests {
    use crate::Record;

    crate::record! {
        /// A table of this test.
        pub struct Sample in "sample" key(origin, id) {
            pub origin: String,
            pub id: String,
            pub name: Option<String>,
            pub rev: i64,
        }
    }

    #[test]
    fn statements_are_made_from_the_columns() {
        assert_eq!(Sample::INSERT.sqlite, "insert into sample (origin, id, name, rev) values ($1, $2, $3, $4)");
        assert_eq!(
            Sample::UPDATE.sqlite,
            "update sample set name = $3, rev = $4 where origin = $1 and id = $2 and rev + 1 = $4"
        );
        assert_eq!(Sample::FIND.sqlite, "select origin, id, name, rev from sample where origin = $1 and id = $2");
        assert!(
            Sample::UPSERT
                .sqlite
                .ends_with("on conflict (origin, id) do update set name = excluded.name, rev = excluded.rev")
        );
        assert_eq!(Sample::EACH.sqlite, "select origin, id, name, rev from sample order by origin, id");
        assert_eq!(Sample::INSERT.name, "sample.insert");
    }
}
