//! The form (申请表): sections, fields, and the pages a citizen sees.
use authority::DeskId;
use serde::{Deserialize, Serialize};

use super::item::Item;
use super::value::{Bound, Need};
use super::{Condition, FieldId, SectionId};

/// A part of the form with its own heading (表单分区).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// Its name in the data, unique in the matter.
    pub id: SectionId,
    /// The heading.
    pub title: String,
    /// One or two plain sentences below the heading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// Who fills it: the applicant, or the desk of a step that lists it in `fills`.
    #[serde(default = "applicant")]
    pub by: DeskId,
    /// Shown only when this holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Condition>,
    /// Its fields in order.
    pub fields: Vec<Field>,
}

/// The desk that fills a section unless the file says otherwise.
fn applicant() -> DeskId {
    DeskId::from(DeskId::APPLICANT)
}

/// One question, or one column of a group (字段).
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Its name in the data; unique in the matter, or in its group.
    pub id: FieldId,
    /// What kind of answer it takes.
    pub kind: FieldKind,
    /// The question as the applicant reads it.
    pub label: String,
    /// A hint in plain words.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// An example answer, shown as such.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub example: String,
    /// Whether it must be answered: yes, no, or when a condition holds.
    #[serde(default, skip_serializing_if = "Need::is_never")]
    pub required: Need,
    /// Shown only when this holds; an answer to a hidden field is dropped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visible: Option<Condition>,
    /// Least value: characters for texts, rows for groups, choices for multi-choice, yuan for money, a day for dates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min: Option<Bound>,
    /// Greatest value, in the same units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max: Option<Bound>,
    /// What is said when `min` or `max` is missed; without it a sentence is made from the numbers.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// The unit shown after the input: 人、平方米.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// The choices of `choice` and `multi_choice`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<Choice>,
    /// A shared code list instead of `choices` (`industry`, `political_status`, ...).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The columns of a `group`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
    /// The parts asked of a `person`; without it name, ID number and phone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<PersonPart>,
    /// The deepest level an `area` must reach.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub area_level: Option<base::AreaLevel>,
    /// What an `organization` must be: `organization`, `supervisor`, `regulator`, `party_body`, `body`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refers_to: Option<Reference>,
    /// The clauses of a `charter`, each a text with its model wording.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub clauses: Vec<CharterClause>,
    /// File endings a `file` may have; without it pdf, ofd, jpg, jpeg, png, doc, docx, xls, xlsx.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepts: Vec<String>,
    /// Personal information (个人信息): masked in summaries, encrypted at rest. `person`, `id_number` and `phone` always are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub personal: bool,
    /// The fact that fills it in beforehand; shown with source and date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prefill: Option<String>,
    /// A pre-filled answer may not be changed here; the page links to the correction.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
    /// The registered item (登记事项) this answer becomes when the matter is granted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feeds: Option<Item>,
    /// Starts a new citizen page even if the last one has room.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub new_page: bool,
}

/// The closed set of answer kinds. Each has one widget, one parser and one validator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// 单行文字
    Text,
    /// 多行文字
    LongText,
    /// 整数
    Integer,
    /// 金额：填写和 min/max 以元计，答案以分计
    Money,
    /// 百分比：答案为万分之几
    Percent,
    /// 日期
    Date,
    /// 年份
    Year,
    /// 是或否
    YesNo,
    /// 单选
    Choice,
    /// 多选
    MultiChoice,
    /// 行政区划
    Area,
    /// 地址
    Address,
    /// 人员
    Person,
    /// 可增减的表格
    Group,
    /// 组织或机关
    Organization,
    /// 社会组织名称（名称查重）
    Name,
    /// 统一社会信用代码
    CreditCode,
    /// 身份证号码
    IdNumber,
    /// 电话
    Phone,
    /// 电子邮箱
    Email,
    /// 网址
    Website,
    /// 附件
    File,
    /// 章程条款
    Charter,
    /// 声明（必须勾选同意）
    Declaration,
}

impl FieldKind {
    /// The kind its answers have as facts of a register; nothing for what conditions cannot compare.
    pub fn compared(self) -> Option<crate::value::Kind> {
        use crate::value::Kind;
        match self {
            Self::Integer | Self::Year | Self::Percent => Some(Kind::Int),
            Self::Money => Some(Kind::Money),
            Self::Date => Some(Kind::Date),
            Self::YesNo | Self::Declaration => Some(Kind::Bool),
            Self::MultiChoice => Some(Kind::List),
            Self::Text | Self::Choice | Self::Organization | Self::CreditCode | Self::Name => Some(Kind::Text),
            _ => None,
        }
    }
}

/// One choice.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// What is stored and compared.
    pub value: String,
    /// What is shown.
    pub label: String,
    /// A hint.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub help: String,
    /// The word under which the register keeps it, where that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registers: Option<String>,
    /// The title the register keeps with a post, where the post's own name does not say it: 行政负责人.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// A part of a person's answer.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonPart {
    /// 姓名
    Name,
    /// 证件号码（居民身份证；性别、出生日期由此得出）
    IdNumber,
    /// 手机
    Phone,
    /// 性别
    Sex,
    /// 出生日期
    Birth,
    /// 国籍
    Nationality,
    /// 政治面貌
    Political,
    /// 职务
    Post,
    /// 工作单位
    Employer,
    /// 文化程度
    Education,
    /// 住址
    Address,
    /// 专职或兼职
    FullTime,
}

impl PersonPart {
    /// The key in the stored answer.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::IdNumber => "id_number",
            Self::Phone => "phone",
            Self::Sex => "sex",
            Self::Birth => "birth",
            Self::Nationality => "nationality",
            Self::Political => "political",
            Self::Post => "post",
            Self::Employer => "employer",
            Self::Education => "education",
            Self::Address => "address",
            Self::FullTime => "full_time",
        }
    }

    /// The label on the form.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Name => "姓名",
            Self::IdNumber => "身份证号码",
            Self::Phone => "手机号码",
            Self::Sex => "性别",
            Self::Birth => "出生日期",
            Self::Nationality => "国籍",
            Self::Political => "政治面貌",
            Self::Post => "职务",
            Self::Employer => "工作单位",
            Self::Education => "文化程度",
            Self::Address => "住址",
            Self::FullTime => "专职或兼职",
        }
    }
}

/// What an `organization` field points to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reference {
    /// 社会组织
    Organization,
    /// 登记管理机关
    Registrar,
    /// 业务主管单位
    Supervisor,
    /// 行业管理部门
    Regulator,
    /// 党建工作机构
    PartyBody,
    /// 其他机关单位
    Body,
}

/// One clause of a charter (章程条款).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CharterClause {
    /// Its key in the answer.
    pub id: FieldId,
    /// Its heading: 宗旨、业务范围、会员…
    pub title: String,
    /// The model wording (示范文本) the applicant starts from.
    pub model: String,
    /// Must not be left out.
    #[serde(default)]
    pub required: bool,
    /// The model wording may not be changed: the party clause (党建入章), core values, what happens to the remaining property.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub fixed: bool,
}

impl Field {
    /// How many inputs it puts on a page: a person one per part, anything else one. Groups and charters have pages of their own.
    pub fn inputs(&self) -> usize {
        if self.kind == FieldKind::Person { self.person_parts().len() } else { 1 }
    }

    /// The parts asked of a `person`.
    pub fn person_parts(&self) -> &[PersonPart] {
        if self.parts.is_empty() { &[PersonPart::Name, PersonPart::IdNumber, PersonPart::Phone] } else { &self.parts }
    }

    /// Whether the answer is personal information, by mark or by kind.
    pub fn is_personal(&self) -> bool {
        self.personal || matches!(self.kind, FieldKind::Person | FieldKind::IdNumber | FieldKind::Phone)
    }

    /// Whether it needs a page to itself.
    fn stands_alone(&self) -> bool {
        matches!(self.kind, FieldKind::Group | FieldKind::Charter | FieldKind::Person | FieldKind::Name)
    }
}

/// One citizen page: at most [`Section::INPUTS_PER_PAGE`] inputs.
#[derive(Clone, PartialEq, Debug)]
pub struct Page<'m> {
    /// The section it belongs to.
    pub section: &'m Section,
    /// Its number within the section, from 0.
    pub number: usize,
    /// Its fields.
    pub fields: Vec<&'m Field>,
}

impl Section {
    /// At most so many inputs on a citizen page (conventions, “one thing per page”).
    pub const INPUTS_PER_PAGE: usize = 5;

    /// Cuts the section into citizen pages: in order, at most five inputs each; groups, charters, persons and names alone.
    pub fn pages(&self) -> Vec<Page<'_>> {
        let mut pages: Vec<Vec<&Field>> = Vec::new();
        let mut inputs = Self::INPUTS_PER_PAGE;
        for field in &self.fields {
            if field.new_page || field.stands_alone() || inputs + field.inputs() > Self::INPUTS_PER_PAGE {
                pages.push(Vec::new());
                inputs = 0;
            }
            inputs = if field.stands_alone() { Self::INPUTS_PER_PAGE } else { inputs + field.inputs() };
            if let Some(page) = pages.last_mut() {
                page.push(field);
            }
        }
        pages.into_iter().enumerate().map(|(number, fields)| Page { section: self, number, fields }).collect()
    }
}
