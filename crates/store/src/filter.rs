//! Lists with filters: a `where` that grows by fixed pieces of text, values always as parameters, and key-set pages.
use crate::{Arg, Engine, ToArg};

/// A list's conditions, order and page.
///
/// ```ignore
/// let mut filter = Filter::new(tx.engine());
/// filter.equal("county", &county).not_null("grade").after("registered_on", &last_day, "id", &last_id, true);
/// let sql = filter.sql("select id, name from organization", "registered_on desc, id desc", 20);
/// tx.list::<Line>(Sql::dynamic("organizations.list", &sql), filter.args())?;
/// ```
#[derive(Debug, Clone)]
pub struct Filter {
    engine: Engine,
    conditions: Vec<String>,
    args: Vec<Arg<'static>>,
}

impl Filter {
    /// Without conditions.
    pub fn new(engine: Engine) -> Self {
        Self { engine, conditions: Vec::new(), args: Vec::new() }
    }

    fn push(&mut self, value: Arg<'_>) -> usize {
        self.args.push(owned(value));
        self.args.len()
    }

    /// `column = value`
    pub fn equal(&mut self, column: &'static str, value: &(impl ToArg + ?Sized)) -> &mut Self {
        let number = self.push(value.to_arg());
        self.conditions.push(format!("{column} = ${number}"));
        self
    }

    /// `column = value`, if there is a value.
    pub fn equal_if<T: ToArg>(&mut self, column: &'static str, value: Option<&T>) -> &mut Self {
        if let Some(value) = value {
            self.equal(column, value);
        }
        self
    }

    /// `column operator value`, for `<`, `<=`, `>`, `>=`, `<>`.
    pub fn compare(
        &mut self,
        column: &'static str,
        operator: &'static str,
        value: &(impl ToArg + ?Sized),
    ) -> &mut Self {
        let number = self.push(value.to_arg());
        self.conditions.push(format!("{column} {operator} ${number}"));
        self
    }

    /// `column` is one of `values`. None at all: nothing matches.
    pub fn one_of(&mut self, column: &'static str, values: &[impl AsRef<str>]) -> &mut Self {
        let list: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
        let number = self.push(serde_json::json!(list).to_arg());
        self.conditions.push(in_list(self.engine, column, number));
        self
    }

    /// `column` begins with `prefix`, by bytes, which an index can answer.
    pub fn begins_with(&mut self, column: &'static str, prefix: &str) -> &mut Self {
        let from = self.push(prefix.to_arg());
        let to = self.push(format!("{prefix}\u{10ffff}").to_arg());
        self.conditions.push(format!("{column} >= ${from} and {column} < ${to}"));
        self
    }

    /// A condition without values: `superseded_at is null`.
    pub fn fixed(&mut self, condition: &'static str) -> &mut Self {
        self.conditions.push(condition.to_owned());
        self
    }

    /// A condition in which each `?` stands for the next of `values`: `(a = ? or b = ?)`.
    pub fn holds(&mut self, condition: &'static str, values: &[Arg<'_>]) -> &mut Self {
        let mut text = String::new();
        let mut values = values.iter();
        for part in condition.split_inclusive('?') {
            match (part.strip_suffix('?'), values.next()) {
                (Some(before), Some(value)) => {
                    text.push_str(before);
                    text.push('$');
                    text.push_str(&self.push(value.clone()).to_string());
                }
                _ => text.push_str(part),
            }
        }
        self.conditions.push(text);
        self
    }

    /// Only what comes after the last row of the page before, in the order of (`column`, `id`).
    pub fn after(
        &mut self,
        column: &'static str,
        value: &(impl ToArg + ?Sized),
        id: &'static str,
        last: &(impl ToArg + ?Sized),
        descending: bool,
    ) -> &mut Self {
        self.after_all(&[column, id], &[value.to_arg(), last.to_arg()], descending)
    }

    /// Only what comes after the row with these `values`, in the order of `columns`, which together must be unique.
    pub fn after_all(&mut self, columns: &[&'static str], values: &[Arg<'_>], descending: bool) -> &mut Self {
        let numbers: Vec<_> = values.iter().map(|value| format!("${}", self.push(value.clone()))).collect();
        let operator = if descending { "<" } else { ">" };
        self.conditions.push(format!("({}) {operator} ({})", columns.join(", "), numbers.join(", ")));
        self
    }

    /// The whole text: `select`, conditions, order, at most `limit` rows.
    pub fn sql(&self, select: &str, order: &str, limit: usize) -> String {
        format!("{} order by {order} limit {limit}", self.text(select))
    }

    /// The text without order or limit, for counting and grouping.
    pub fn text(&self, select: &str) -> String {
        if self.conditions.is_empty() {
            return select.to_owned();
        }
        format!("{select} where {}", self.conditions.join(" and "))
    }

    /// The values.
    pub fn args(&self) -> &[Arg<'static>] {
        &self.args
    }
}

/// `column in (values of the JSON list in $number)`: one parameter, however many values.
pub fn in_list(engine: Engine, column: &str, number: usize) -> String {
    match engine {
        Engine::Sqlite => format!("{column} in (select value from json_each(${number}))"),
        Engine::Postgres => {
            format!("{column} in (select jsonb_array_elements_text(cast(cast(${number} as text) as jsonb)))")
        }
    }
}

fn owned(arg: Arg<'_>) -> Arg<'static> {
    use std::borrow::Cow;
    match arg {
        Arg::Int(number) => Arg::Int(number),
        Arg::Text(text) => Arg::Text(text.map(|text| Cow::Owned(text.into_owned()))),
        Arg::Bytes(bytes) => Arg::Bytes(bytes.map(|bytes| Cow::Owned(bytes.into_owned()))),
    }
}
