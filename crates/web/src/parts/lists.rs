//! Parts that list: errors, answers, tasks, facets, tables, pages.
use askama::Template;
use askama::filters::HtmlSafe;

use crate::page::Link;

use super::status::Tone;

/// The box on top of a form that came back (错误汇总). Each line links to its field and says how to put it right.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/error_summary.html")]
pub struct ErrorSummary {
    /// (id of the field, such as `f-name`; the same words as at the field).
    pub errors: Vec<(String, String)>,
}

impl ErrorSummary {
    /// From (field name, words).
    pub fn of(fields: &[(&str, &str)]) -> Self {
        Self { errors: fields.iter().map(|(name, text)| (format!("f-{name}"), (*text).to_owned())).collect() }
    }
}

/// A question with its answer.
#[derive(Debug, Clone)]
pub struct SummaryRow {
    /// The question in short.
    pub label: String,
    /// The answer; several lines allowed, empty shows 未填写.
    pub value: String,
    /// Where to change it.
    pub change: Option<String>,
}

impl SummaryRow {
    /// A charter among answers: it is folded, with its opening words to know it by.
    pub fn is_long(&self) -> bool {
        self.value.chars().count() > LONG
    }

    /// The opening words of a folded value.
    pub fn opening(&self) -> String {
        self.value.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(OPENING).collect()
    }
}

/// Values with more characters are folded.
const LONG: usize = 400;
/// How much of a folded value stands on its line.
const OPENING: usize = 48;

/// Answers to check before sending, or the items of a record (核对清单).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/summary_list.html")]
pub struct SummaryList {
    /// Heading; empty if the page has one.
    pub title: String,
    /// The rows.
    pub rows: Vec<SummaryRow>,
}

/// One task of a long case.
#[derive(Debug, Clone)]
pub struct Task {
    /// The row's one link; without address it cannot be started yet.
    pub link: Link,
    /// 未开始, 填写中, 已填好（未提交）, 已提交, 待补正, 审查中, 已办结.
    pub status: String,
    /// Coloured only when something is to be done.
    pub tone: Option<Tone>,
    /// A line below; empty if none.
    pub hint: String,
}

/// A titled section of tasks.
#[derive(Debug, Clone)]
pub struct TaskSection {
    /// 准备材料
    pub title: String,
    /// Its tasks.
    pub tasks: Vec<Task>,
}

/// A long case as tasks (任务清单).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/task_list.html")]
pub struct TaskList {
    /// Its sections.
    pub sections: Vec<TaskSection>,
}

/// One value of a facet.
#[derive(Debug, Clone)]
pub struct Facet {
    /// What and the list with it chosen (or, if chosen, without).
    pub link: Link,
    /// Exact count.
    pub count: u64,
    /// It is chosen.
    pub chosen: bool,
}

/// Narrowing a list (筛选).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/facets.html")]
pub struct Facets {
    /// 组织类型, 登记状态
    pub title: String,
    /// Its values.
    pub values: Vec<Facet>,
}

/// A column of a table.
#[derive(Debug, Clone, Default)]
pub struct Column {
    /// Heading.
    pub text: String,
    /// Address that sorts by it.
    pub sort: Option<String>,
    /// `ascending` or `descending` if sorted by it now; else empty.
    pub sorted: &'static str,
    /// Numbers stand at the right.
    pub number: bool,
}

impl Column {
    /// Text, not sortable.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// A cell of a table.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    /// What it says.
    pub text: String,
    /// The list or page behind it.
    pub href: Option<String>,
    /// Shown as a state in words and colour.
    pub tone: Option<Tone>,
}

impl Cell {
    /// Plain text.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    /// A link.
    pub fn link(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: Some(href.into()), tone: None }
    }

    /// A day, a number or a word: it stays on one line.
    pub fn is_short(&self) -> bool {
        let most = if self.text.is_ascii() { 16 } else { 8 };
        self.text.chars().count() <= most
    }

    /// A state.
    pub fn state(text: impl Into<String>, tone: Tone) -> Self {
        Self { text: text.into(), href: None, tone: Some(tone) }
    }
}

/// A table that sorts, exports, says when it is empty, and becomes cards on a phone (列表).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/table.html")]
pub struct Table {
    /// What the rows are, with the as-of date where figures are shown.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows, each with as many cells as there are columns. The first cell is the row's heading.
    pub rows: Vec<Vec<Cell>>,
    /// 导出 Excel, 导出 CSV
    pub exports: Vec<Link>,
    /// What to say when there are no rows.
    pub empty: String,
    /// What to do then.
    pub empty_ways: Vec<Link>,
    /// J and K move between rows, Enter opens (officers).
    pub keys: bool,
}

impl Table {
    fn heading(&self, at: usize) -> &str {
        self.columns.get(at).map_or("", |column| column.text.as_str())
    }

    fn is_number(&self, at: usize) -> bool {
        self.columns.get(at).is_some_and(|column| column.number)
    }
}

/// 上一页 / 下一页 by key, never by number: exact and fast on a million rows.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/pager.html")]
pub struct Pager {
    /// 共 1,203 条，第 21–40 条
    pub text: String,
    /// Address of the page before.
    pub previous: Option<String>,
    /// Address of the page after.
    pub next: Option<String>,
}

impl HtmlSafe for ErrorSummary {}
impl HtmlSafe for SummaryList {}
impl HtmlSafe for TaskList {}
impl HtmlSafe for Facets {}
impl HtmlSafe for Table {}
impl HtmlSafe for Pager {}
