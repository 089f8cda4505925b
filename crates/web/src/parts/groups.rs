//! Fields made of fields: a person, and rows that can be added and removed without JavaScript.
use askama::Template;
use askama::filters::HtmlSafe;

use super::choices::Opt;
use super::fields::Label;

/// What is known of a person.
#[derive(Debug, Clone, Default)]
pub struct PersonValue {
    /// 姓名
    pub name: String,
    /// Chosen kind of document.
    pub document: String,
    /// 证件号码, as typed or masked.
    pub number: String,
    /// 手机号码, as typed or masked.
    pub phone: String,
}

/// A person (人员): sends `{name}.name`, `{name}.document`, `{name}.number`, `{name}.phone`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/person.html")]
pub struct PersonField {
    /// About it.
    pub label: Label,
    /// As typed.
    pub value: PersonValue,
    /// Kinds of document.
    pub documents: Vec<Opt>,
}

/// A column of repeating rows.
#[derive(Debug, Clone)]
pub struct RowColumn {
    /// Name within the row: the input is `{name}.{row}.{column}`.
    pub name: String,
    /// Heading.
    pub text: String,
    /// Phone keyboard.
    pub keyboard: &'static str,
}

/// Repeating rows (明细行). `_do` is `rows:{name}:add` or `rows:{name}:remove:{row}`.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/rows.html")]
pub struct RowsField {
    /// About it.
    pub label: Label,
    /// 会员, 项目: one row's name.
    pub one: String,
    /// The columns.
    pub columns: Vec<RowColumn>,
    /// Values, row by row, in the columns' order.
    pub rows: Vec<Vec<String>>,
}

impl RowsField {
    fn cell(&self, row: usize, column: usize) -> &str {
        self.rows.get(row).and_then(|cells| cells.get(column)).map_or("", String::as_str)
    }
}

impl HtmlSafe for PersonField {}
impl HtmlSafe for RowsField {}
