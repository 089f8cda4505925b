//! Writing behind the program's back: no triggers, no entries.
use base::Instant;
use store::tables::Table;
use store::{Arg, Db, DbError, Engine, Sql};

/// The database without its protection.
pub struct Raw<'a>(pub &'a Db);

/// A row's values as they were.
pub type Values = Vec<Arg<'static>>;

impl Raw<'_> {
    /// Takes the triggers away (PostgreSQL: the tests' role owns everything).
    pub fn unprotect(&self) {
        if self.0.engine() == Engine::Postgres {
            return;
        }
        let triggers: Vec<String> = self
            .0
            .read(|tx| {
                tx.list::<String>(Sql::dynamic("t", "select name from sqlite_master where type = 'trigger'"), &[])
            })
            .unwrap();
        for trigger in triggers {
            self.run(&format!("drop trigger {trigger}"));
        }
    }

    /// Runs a statement; gives the rows it touched.
    pub fn run(&self, text: &str) -> u64 {
        let text = text.to_owned();
        self.0.write(move |tx| tx.run(Sql::dynamic("raw", &text), &[])).unwrap()
    }

    /// The first or the last row of a table, by key.
    pub fn row(&self, table: &Table, last: bool) -> Option<Values> {
        let mut rows: Vec<Values> = Vec::new();
        self.0
            .read(|tx| {
                tx.each_row::<DbError>(table.statements[4], &[], &mut |row| {
                    rows.push(row.values(table.columns)?);
                    Ok(())
                })
            })
            .unwrap();
        if last { rows.pop() } else { rows.into_iter().next() }
    }

    /// Changes one column of a row to something it could well hold; false if the database refuses.
    pub fn change(&self, table: &Table, row: &Values, column: &str) -> bool {
        let place = table.columns.iter().position(|name| *name == column).unwrap();
        let kind = self.kind(table.name, column);
        let other = other(&row[place], &kind);
        self.set(table, row, column, other, None)
    }

    /// Puts the old value back.
    pub fn put_back(&self, table: &Table, row: &Values, column: &str) {
        let place = table.columns.iter().position(|name| *name == column).unwrap();
        let changed = other(&row[place], &self.kind(table.name, column));
        let old = typed_null(&row[place], &self.kind(table.name, column));
        assert!(self.set(table, row, column, old, Some(&changed)), "{}.{column} could not be put back", table.name);
    }

    /// Sets one column of the row with this key, whose value there is `now` if that is part of the key.
    fn set(&self, table: &Table, row: &Values, column: &str, value: Arg<'static>, now: Option<&Arg<'static>>) -> bool {
        let mut args = vec![value];
        let mut text = format!("update {} set {column} = $1 where ", table.name);
        for (number, part) in table.key.iter().enumerate() {
            let place = table.columns.iter().position(|name| name == part).unwrap();
            let and = if number == 0 { "" } else { " and " };
            text.push_str(&format!("{and}{part} = ${}", number + 2));
            args.push(match now {
                Some(now) if part == &column => now.clone(),
                _ => row[place].clone(),
            });
        }
        self.0.write(move |tx| tx.run(Sql::dynamic("set", &text), &args)).is_ok_and(|rows| rows == 1)
    }

    fn kind(&self, table: &str, column: &str) -> String {
        let text = match self.0.engine() {
            Engine::Sqlite => format!("select type from pragma_table_info('{table}') where name = '{column}'"),
            Engine::Postgres => format!(
                "select data_type::text from information_schema.columns where table_name = '{table}' and column_name = '{column}'"
            ),
        };
        self.0.read(|tx| tx.get::<String>(Sql::dynamic("kind", &text), &[])).unwrap()
    }
}

fn typed_null(value: &Arg<'static>, kind: &str) -> Arg<'static> {
    match (value, kind) {
        (Arg::Text(None), "bigint") => Arg::Int(None),
        (Arg::Text(None), "bytea") => Arg::Bytes(None),
        _ => value.clone(),
    }
}

/// Another value of the same kind, close to the old one.
fn other(value: &Arg<'static>, kind: &str) -> Arg<'static> {
    match value {
        Arg::Int(Some(number)) => Arg::Int(Some(if *number == 1 { 0 } else { number + 1 })),
        Arg::Bytes(Some(bytes)) => {
            let mut bytes = bytes.to_vec();
            match bytes.last_mut() {
                Some(last) => *last ^= 1,
                None => bytes.push(1),
            }
            Arg::Bytes(Some(bytes.into()))
        }
        Arg::Text(Some(text)) => Arg::Text(Some(other_text(text).into())),
        _ => match kind {
            "bigint" => Arg::Int(Some(1)),
            "bytea" => Arg::Bytes(Some(vec![7; 32].into())),
            _ => Arg::Text(Some("2026-03-02T01:00:00.000Z".into())),
        },
    }
}

fn other_text(text: &str) -> String {
    if let Some(at) = Instant::parse(text).filter(|_| text.ends_with('Z')) {
        return Instant(at.0 + 1).to_string();
    }
    // The last letter or digit becomes another; JSON stays JSON, codes and dates mostly stay what they are.
    let Some((place, old)) = text.char_indices().rev().find(|(_, letter)| letter.is_alphanumeric()) else {
        return format!("{text} ");
    };
    let new = match old {
        '1' => '2',
        old if old.is_ascii_digit() => '1',
        'e' => 'f',
        _ => 'e',
    };
    format!("{}{new}{}", &text[..place], &text[place + old.len_utf8()..])
}
