//! Field widgets, one per field kind: label, hint, error and input belong together and are tied by id.
use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;

use super::choices::{AreaField, Choice, MultiChoice, YesNo};
use super::groups::{PersonField, RowsField};

/// What every field says about itself.
#[derive(Debug, Clone, Default)]
pub struct Label {
    /// Name in the form; the id is `f-{name}`, which the error summary links to.
    pub name: String,
    /// The question or label.
    pub text: String,
    /// Help below the label; empty if none.
    pub hint: String,
    /// What is wrong and how to put it right; empty if nothing.
    pub error: String,
    /// May stay empty; said in words, required fields are not marked.
    pub optional: bool,
    /// Where a pre-filled value comes from: “登记信息，2026-03-02”; empty if the person typed it.
    pub source: String,
}

impl Label {
    /// A required field without hint.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), ..Self::default() }
    }

    /// Adds help.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Adds an error.
    pub fn error(mut self, error: impl Into<String>) -> Self {
        self.error = error.into();
        self
    }

    /// May stay empty.
    pub fn optional(mut self) -> Self {
        self.optional = true;
        self
    }

    /// Says where the value comes from.
    pub fn source(mut self, source: impl Into<String>) -> Self {
        self.source = source.into();
        self
    }

    /// The ids of hint and error for `aria-describedby`; empty if none.
    pub fn described(&self) -> String {
        let parts = [("source", &self.source), ("hint", &self.hint), ("error", &self.error)];
        let ids = parts.iter().filter(|(_, text)| !text.is_empty()).map(|(part, _)| format!("f-{}-{part}", self.name));
        ids.collect::<Vec<_>>().join(" ")
    }
}

/// One line of text (单行文本).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/text.html")]
pub struct TextField {
    /// About it.
    pub label: Label,
    /// What it holds.
    pub value: String,
    /// `text`, `tel`, `email`, `numeric`: which keyboard a phone shows.
    pub keyboard: &'static str,
    /// The browser's autocomplete word, or `off`.
    pub autocomplete: &'static str,
    /// About so many characters wide: 10, 20 or 40.
    pub width: u8,
}

impl TextField {
    /// A plain one of full width.
    pub fn new(label: Label, value: impl Into<String>) -> Self {
        Self { label, value: value.into(), keyboard: "text", autocomplete: "off", width: 40 }
    }
}

/// Several lines (多行文本).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/long_text.html")]
pub struct LongText {
    /// About it.
    pub label: Label,
    /// What it holds.
    pub value: String,
    /// Lines shown.
    pub rows: u8,
    /// Most characters; said in the hint line.
    pub max: u32,
}

/// A whole number (整数).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/integer.html")]
pub struct IntegerField {
    /// About it.
    pub label: Label,
    /// As typed.
    pub value: String,
    /// 人, 个, 次; empty if none.
    pub unit: String,
}

/// An amount in yuan (金额).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/money.html")]
pub struct MoneyField {
    /// About it.
    pub label: Label,
    /// As typed, in yuan.
    pub value: String,
}

/// A day (日期).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/date.html")]
pub struct DateField {
    /// About it.
    pub label: Label,
    /// As typed, or `2026-11-21`.
    pub value: String,
}

/// A file that was already sent.
#[derive(Debug, Clone)]
pub struct StoredFile {
    /// Its name.
    pub name: String,
    /// 1.2 MB
    pub size: String,
    /// Its page.
    pub href: String,
    /// Value of the button that removes it: `file:charter:01H…:remove`.
    pub remove: String,
}

/// Files (材料上传). Works in a `multipart/form-data` form whose first field is the CSRF token.
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/file.html")]
pub struct FileField {
    /// About it.
    pub label: Label,
    /// `.pdf,.jpg,.png`
    pub accept: String,
    /// PDF 或图片，每个不超过 20 MB
    pub rule: String,
    /// More than one file may be chosen.
    pub several: bool,
    /// Already there.
    pub files: Vec<StoredFile>,
    /// Empty form and filled sample (空表, 样表): (text, address).
    pub forms: Vec<(String, String)>,
}

/// An organization's name with its check (名称查重).
#[derive(Debug, Clone, Template)]
#[template(path = "parts/fields/name.html")]
pub struct NameField {
    /// About it.
    pub label: Label,
    /// As typed.
    pub value: String,
    /// None before the first check; then whether it can be used.
    pub usable: Option<bool>,
    /// The result in one sentence.
    pub verdict: String,
    /// Similar names: (name, address, why).
    pub similar: Vec<(String, String, String)>,
}

/// A field of any kind: what a form declared in the catalogue becomes.
#[derive(Debug, Clone)]
pub enum Field {
    /// 单行文本
    Text(TextField),
    /// 多行文本
    LongText(LongText),
    /// 整数
    Integer(IntegerField),
    /// 金额
    Money(MoneyField),
    /// 日期
    Date(DateField),
    /// 是非
    YesNo(YesNo),
    /// 单选
    Choice(Choice),
    /// 多选
    MultiChoice(MultiChoice),
    /// 行政区划
    Area(AreaField),
    /// 人员
    Person(PersonField),
    /// 明细行
    Rows(RowsField),
    /// 材料
    File(FileField),
    /// 名称
    Name(NameField),
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(field) => field.fmt(f),
            Self::LongText(field) => field.fmt(f),
            Self::Integer(field) => field.fmt(f),
            Self::Money(field) => field.fmt(f),
            Self::Date(field) => field.fmt(f),
            Self::YesNo(field) => field.fmt(f),
            Self::Choice(field) => field.fmt(f),
            Self::MultiChoice(field) => field.fmt(f),
            Self::Area(field) => field.fmt(f),
            Self::Person(field) => field.fmt(f),
            Self::Rows(field) => field.fmt(f),
            Self::File(field) => field.fmt(f),
            Self::Name(field) => field.fmt(f),
        }
    }
}

impl HtmlSafe for Field {}
impl HtmlSafe for TextField {}
impl HtmlSafe for LongText {}
impl HtmlSafe for IntegerField {}
impl HtmlSafe for MoneyField {}
impl HtmlSafe for DateField {}
impl HtmlSafe for FileField {}
impl HtmlSafe for NameField {}
