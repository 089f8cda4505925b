//! Working pages put together from parts: heading, lists, and short forms one below the other. For administration and desks, where
//! a page is a list with two or three acts; pages for the public have a template of their own.
use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use office::Refused;

use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::{
    Banner, Cell, Column, ErrorSummary, Field, Inset, Label, LongText, Opt, Pager, Progress, QrBox, SearchBox,
    SummaryList, Table, Tabs, TextField, Timeline,
};
use crate::{Cx, Form, Page, WebError};

/// A password.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/sheet/secret.html")]
pub struct Secret {
    /// Name and words.
    pub label: Label,
    /// `current-password` or `new-password`.
    pub complete: &'static str,
}

/// One of many, as a list that opens.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/sheet/select.html")]
pub struct Select {
    /// Name and words.
    pub label: Label,
    /// What can be chosen.
    pub options: Vec<Opt>,
    /// What is chosen.
    pub value: String,
}

impl HtmlSafe for Secret {}
impl HtmlSafe for Select {}

/// A field of a short form.
#[derive(Debug, Clone)]
pub enum Input {
    /// One of the house's fields.
    Field(Field),
    /// A password.
    Secret(Secret),
    /// One of many.
    Select(Select),
}

impl fmt::Display for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Field(field) => field.fmt(f),
            Self::Secret(secret) => secret.fmt(f),
            Self::Select(select) => select.fmt(f),
        }
    }
}

impl HtmlSafe for Input {}

/// A short form.
#[derive(Debug, Clone, Template)]
#[template(path = "pages/sheet/form.html")]
pub struct ShortForm {
    /// Heading; empty if the page has one.
    pub title: String,
    /// A line below the heading; empty if none.
    pub lead: String,
    /// Where it is sent.
    pub action: String,
    /// Its token.
    pub csrf: Csrf,
    /// Values that go with it.
    pub hidden: Vec<(String, String)>,
    /// What is asked.
    pub inputs: Vec<Input>,
    /// What the button says.
    pub button: String,
    /// It cannot be undone: red.
    pub danger: bool,
}

impl HtmlSafe for ShortForm {}

/// A piece of a sheet.
#[derive(Debug, Clone)]
pub enum Block {
    /// A heading of the second level.
    Heading(String),
    /// A paragraph.
    Text(String),
    /// What just happened.
    Banner(Banner),
    /// An article or explanation.
    Inset(Inset),
    /// A list.
    Table(Table),
    /// Items of a record.
    Summary(SummaryList),
    /// What happened, in order.
    Timeline(Timeline),
    /// Tabs.
    Tabs(Tabs),
    /// A form.
    Form(ShortForm),
    /// A QR code.
    Qr(QrBox),
    /// Links in a row.
    Links(Vec<Link>),
    /// A search box.
    Search(SearchBox),
    /// 上一页 / 下一页
    Pager(Pager),
    /// How far something is.
    Progress(Progress),
    /// Text that keeps its lines and is easy to copy.
    Code(String),
}

/// The page.
#[derive(Template)]
#[template(path = "pages/sheet/page.html")]
pub struct Sheet {
    errors: Option<ErrorSummary>,
    title: String,
    lead: String,
    blocks: Vec<Block>,
}

impl Sheet {
    /// An empty sheet.
    pub fn new(title: impl Into<String>, lead: impl Into<String>) -> Self {
        Self { errors: None, title: title.into(), lead: lead.into(), blocks: Vec::new() }
    }

    /// Adds a block.
    pub fn with(mut self, block: Block) -> Self {
        self.blocks.push(block);
        self
    }

    /// Adds blocks.
    pub fn and(mut self, blocks: impl IntoIterator<Item = Block>) -> Self {
        self.blocks.extend(blocks);
        self
    }

    /// Puts a block before all others.
    pub fn first(mut self, block: Block) -> Self {
        self.blocks.insert(0, block);
        self
    }

    /// Adds the banner of what was just done, by the word in the address.
    pub fn done(mut self, word: &str, words: &[(&str, &str)]) -> Self {
        if let Some((_, text)) = words.iter().find(|(known, _)| *known == word) {
            let (title, text) = ("已办好".to_owned(), (*text).to_owned());
            self.blocks.insert(0, Block::Banner(Banner { title, text, ways: Vec::new(), success: true }));
        }
        self
    }

    /// The page, with the errors of a form that came back.
    pub fn page(mut self, filled: &Filled) -> Page {
        self.errors = filled.summary();
        let failed = self.errors.is_some();
        let page = Page::new(self.title.clone(), self);
        if failed { page.with_errors() } else { page }
    }
}

/// What was typed into a form that came back, and what is wrong with it.
#[derive(Debug, Clone, Default)]
pub struct Filled {
    form: Form,
    wrong: Vec<(String, String)>,
}

impl Filled {
    /// From a refusal about fields; any other refusal is an error page.
    pub fn of(form: Form, refused: Refused) -> Result<Self, WebError> {
        match refused {
            Refused::Invalid(wrong) => {
                Ok(Self { form, wrong: wrong.into_iter().map(|one| (one.field, one.message)).collect() })
            }
            other => Err(other.into()),
        }
    }

    /// With one fault.
    pub fn wrong(form: Form, field: &str, message: &str) -> Self {
        Self { form, wrong: vec![(field.to_owned(), message.to_owned())] }
    }

    /// What was typed, or `otherwise` at first.
    pub fn value(&self, name: &str, otherwise: &str) -> String {
        let typed = self.form.0.iter().find(|(key, _)| key == name);
        typed.map_or_else(|| otherwise.to_owned(), |(_, value)| value.clone())
    }

    /// A label with the fault of its field.
    pub fn label(&self, name: &str, text: &str) -> Label {
        let fault = self.wrong.iter().find(|(field, _)| field == name).map_or("", |(_, message)| message.as_str());
        Label::new(name, text).error(fault)
    }

    /// A line of text.
    pub fn line(&self, name: &str, text: &str, hint: &str) -> Input {
        Input::Field(Field::Text(TextField::new(self.label(name, text).hint(hint), self.value(name, ""))))
    }

    /// Several lines of text.
    pub fn lines(&self, name: &str, text: &str, hint: &str) -> Input {
        let label = self.label(name, text).hint(hint);
        Input::Field(Field::LongText(LongText { label, value: self.value(name, ""), rows: 3, max: 1000 }))
    }

    /// A day.
    pub fn day(&self, name: &str, text: &str, hint: &str, otherwise: &str) -> Input {
        let label = self.label(name, text).hint(hint);
        Input::Field(Field::Date(crate::parts::DateField { label, value: self.value(name, otherwise) }))
    }

    /// A password: never filled again.
    pub fn secret(&self, name: &str, text: &str, hint: &str, complete: &'static str) -> Input {
        Input::Secret(Secret { label: self.label(name, text).hint(hint), complete })
    }

    /// One of many.
    pub fn select(&self, name: &str, text: &str, options: Vec<Opt>) -> Input {
        Input::Select(Select { label: self.label(name, text), options, value: self.value(name, "") })
    }

    /// One of a few.
    pub fn choice(&self, name: &str, text: &str, options: Vec<Opt>) -> Input {
        let (label, value) = (self.label(name, text), self.value(name, ""));
        Input::Field(Field::Choice(crate::parts::Choice { label, options, value }))
    }

    fn summary(&self) -> Option<ErrorSummary> {
        let lines: Vec<(&str, &str)> = self.wrong.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
        (!lines.is_empty()).then(|| ErrorSummary::of(&lines))
    }
}

/// A form of this request.
pub fn form(cx: &Cx, title: &str, action: &str, inputs: Vec<Input>, button: &str) -> ShortForm {
    ShortForm {
        title: title.to_owned(),
        lead: String::new(),
        action: action.to_owned(),
        csrf: cx.csrf(),
        hidden: Vec::new(),
        inputs,
        button: button.to_owned(),
        danger: false,
    }
}

impl ShortForm {
    /// With a value that goes along.
    pub fn keep(mut self, name: &str, value: impl Into<String>) -> Self {
        self.hidden.push((name.to_owned(), value.into()));
        self
    }

    /// With a line below the heading.
    pub fn lead(mut self, lead: &str) -> Self {
        lead.clone_into(&mut self.lead);
        self
    }

    /// It cannot be undone.
    pub fn danger(mut self) -> Self {
        self.danger = true;
        self
    }
}

/// A list without exports or keys.
pub fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>, empty: &str) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|text| Column::new(*text)).collect(),
        rows,
        exports: Vec::new(),
        empty: empty.to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    }
}
