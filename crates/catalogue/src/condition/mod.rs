//! Conditions (条件): one small closed language for workflow guards, supervision rules, eligibility and indicator filters.
//!
//! Three-valued, read once and used twice: explained for one subject ([`Condition::explain`]), and compiled to closures over
//! columns for millions ([`compile()`]). No scripts, no loops; whatever does not fit is a *named* check written in Rust.
mod candidates;
mod change;
mod check;
mod compare;
mod compile;
mod evaluate;
mod explain;
mod range;
mod read;
mod write;

use base::Date;

pub use change::{Change, Changes, Key};
pub(crate) use check::suggest;
pub use check::{AnswerKinds, NoAnswers, Scope};
pub use compare::days_since_epoch;
pub use compile::{Column, Columns, CompileError, Compiled, Constants, Schema, compile};
pub use evaluate::Context;
pub use explain::{Explanation, Missing, Shown, Why};

use crate::problem::Place;
use crate::value::Value;

/// A condition (条件).
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Condition {
    /// 全部满足: true when every part is; true when there are none.
    All(Vec<Condition>),
    /// 任一满足: true when some part is; false when there are none.
    Any(Vec<Condition>),
    /// 不满足.
    Not(Box<Condition>),
    /// The value is there (已填、有记录): known and not blank.
    Exists(Term),
    /// The text has a certain form.
    Matches(Term, Pattern),
    /// A comparison of two terms.
    Compare(Box<Compare>),
    /// A check written and tested in Rust, registered by name.
    Named {
        /// Its name in [`crate::NamedChecks`].
        check: String,
        /// Where it was written.
        at: Place,
    },
}

/// A comparison.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compare {
    /// What is looked at.
    pub left: Term,
    /// How it is compared.
    pub op: Op,
    /// With what.
    pub right: Term,
    /// Where it was written.
    pub at: Place,
}

/// How two terms are compared.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Op {
    /// 等于
    Eq,
    /// 不等于
    Ne,
    /// 小于、早于
    Lt,
    /// 不超过、不晚于
    Le,
    /// 超过、晚于
    Gt,
    /// 不少于、不早于
    Ge,
    /// 属于: the left text is one of the right list.
    In,
    /// 包含: the left list has the right text, or the left text has it inside.
    Contains,
}

/// A value to look at or to compare with, moved in time if it is a date.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Term {
    /// The value.
    pub base: Base,
    /// Added to it, for dates (`plus` and `minus`).
    pub shift: Option<Shift>,
    /// Where it was written.
    pub at: Place,
}

/// Where a term's value comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Base {
    /// A fact (事实) of `facts.toml`.
    Fact(String),
    /// An answer (填报项) on the matter's form.
    Answer(String),
    /// A dated parameter (参数).
    Param(String),
    /// Today's business date (今天).
    Today,
    /// Written in the condition.
    Literal(Value),
}

/// A calendar span, forwards or back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shift {
    /// How much.
    pub amount: Amount,
    /// Whether it goes back in time (`minus`).
    pub back: bool,
}

/// How long a span is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Amount {
    /// Calendar days.
    Days(i64),
    /// Calendar months; the day is cut to the month's last.
    Months(i64),
    /// Years; 29 February becomes 28.
    Years(i64),
    /// A parameter whose unit is day, month or year.
    Param(String),
}

/// The forms a text may be asked to have (格式).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Pattern {
    /// 18 digits and capital letters (统一社会信用代码); the check digit is judged elsewhere.
    CreditCode,
    /// Digits only.
    Digits,
    /// A mainland mobile number: 11 digits beginning with 1.
    Mobile,
    /// Something@something.something
    Email,
    /// Chinese characters only.
    Chinese,
}

impl Pattern {
    /// The words used in files.
    pub const WORDS: [(&'static str, Self); 5] = [
        ("credit_code", Self::CreditCode),
        ("digits", Self::Digits),
        ("mobile", Self::Mobile),
        ("email", Self::Email),
        ("chinese", Self::Chinese),
    ];

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::CreditCode => "18 位统一社会信用代码",
            Self::Digits => "纯数字",
            Self::Mobile => "11 位手机号",
            Self::Email => "电子邮箱",
            Self::Chinese => "纯汉字",
        }
    }

    /// Whether `text` has this form.
    pub fn fits(self, text: &str) -> bool {
        match self {
            Self::CreditCode => text.len() == 18 && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()),
            Self::Digits => !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()),
            Self::Mobile => text.len() == 11 && text.starts_with('1') && text.bytes().all(|b| b.is_ascii_digit()),
            Self::Email => text
                .split_once('@')
                .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.')),
            Self::Chinese => !text.is_empty() && text.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c)),
        }
    }
}

/// True, false or unknown (是、否、未知).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Tri {
    /// 否
    False,
    /// 未知: a fact is missing that would decide it.
    Unknown,
    /// 是
    True,
}

impl Tri {
    /// Three-valued negation.
    pub fn negate(self) -> Self {
        match self {
            Self::False => Self::True,
            Self::Unknown => Self::Unknown,
            Self::True => Self::False,
        }
    }

    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::False => "不满足",
            Self::Unknown => "无法判断",
            Self::True => "满足",
        }
    }
}

impl From<bool> for Tri {
    fn from(truth: bool) -> Self {
        if truth { Self::True } else { Self::False }
    }
}

/// What a condition looks at, each name once, in order of appearance.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Needs {
    /// Facts.
    pub facts: Vec<String>,
    /// Answers.
    pub answers: Vec<String>,
    /// Parameters.
    pub params: Vec<String>,
    /// Named checks (which read more facts: [`crate::NamedCheck::reads`]).
    pub named: Vec<String>,
}

impl Needs {
    fn add(list: &mut Vec<String>, name: &str) {
        if !list.iter().any(|known| known == name) {
            list.push(name.to_owned());
        }
    }

    fn term(&mut self, term: &Term) {
        match &term.base {
            Base::Fact(name) => Self::add(&mut self.facts, name),
            Base::Answer(name) => Self::add(&mut self.answers, name),
            Base::Param(name) => Self::add(&mut self.params, name),
            Base::Today | Base::Literal(_) => {}
        }
        if let Some(Shift { amount: Amount::Param(name), .. }) = &term.shift {
            Self::add(&mut self.params, name);
        }
    }
}

impl Condition {
    /// Always true.
    pub fn always() -> Self {
        Self::All(Vec::new())
    }

    /// Everything it looks at.
    pub fn needs(&self) -> Needs {
        let mut needs = Needs::default();
        self.collect(&mut needs);
        needs
    }

    /// Adds everything it looks at to `needs`.
    pub fn collect(&self, needs: &mut Needs) {
        match self {
            Self::All(parts) | Self::Any(parts) => parts.iter().for_each(|part| part.collect(needs)),
            Self::Not(part) => part.collect(needs),
            Self::Exists(term) | Self::Matches(term, _) => needs.term(term),
            Self::Compare(compare) => {
                needs.term(&compare.left);
                needs.term(&compare.right);
            }
            Self::Named { check, .. } => Needs::add(&mut needs.named, check),
        }
    }
}

/// A fact as somebody supplied it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Known, and there is a value.
    Known {
        /// The value.
        value: Value,
        /// Where it comes from: `登记信息（2024-03-01 起）`, `申请表`.
        source: String,
    },
    /// Known to be blank (没有、未填).
    Absent {
        /// Where that is known from.
        source: String,
    },
    /// Nobody has said yet (未知).
    Unknown,
}

/// What is known about one subject. Office loads the facts a matter declares; this is how conditions read them.
pub trait Facts {
    /// A fact of the vocabulary.
    fn fact(&self, name: &str) -> Reading;
    /// An answer on the form.
    fn answer(&self, name: &str) -> Reading;
    /// The business date.
    fn today(&self) -> Date;
}
