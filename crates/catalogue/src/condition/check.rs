//! Checking a condition against the vocabulary: unknown names and comparisons of unlike kinds are errors of the file.
use super::{Amount, Base, Compare, Condition, Op, Shift, Term};
use crate::facts::Vocabulary;
use crate::named::NamedChecks;
use crate::param_book::ParamBook;
use crate::params::Unit;
use crate::problem::{Place, Problems};
use crate::reader::nearest;
use crate::value::{Kind, Value};

/// The answers a condition may name.
pub trait AnswerKinds {
    /// Outer nothing: no such answer. Inner nothing: it has a kind conditions do not compare (a person, a file).
    fn kind_of(&self, name: &str) -> Option<Option<Kind>>;
    /// All names, for suggestions.
    fn names(&self) -> Vec<&str>;
}

/// For conditions outside a matter.
#[derive(Clone, Copy, Debug)]
pub struct NoAnswers;

impl AnswerKinds for NoAnswers {
    fn kind_of(&self, _: &str) -> Option<Option<Kind>> {
        None
    }
    fn names(&self) -> Vec<&str> {
        Vec::new()
    }
}

/// What names in a condition may stand for.
#[derive(Clone, Copy)]
pub struct Scope<'a> {
    /// Facts.
    pub words: &'a Vocabulary,
    /// Parameters.
    pub params: &'a ParamBook,
    /// Answers.
    pub answers: &'a dyn AnswerKinds,
    /// Named checks.
    pub named: &'a NamedChecks,
}

impl std::fmt::Debug for Scope<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope").finish_non_exhaustive()
    }
}

impl Scope<'_> {
    /// Reports everything wrong with a condition.
    pub fn check(&self, condition: &Condition, problems: &Problems) {
        match condition {
            Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| self.check(part, problems)),
            Condition::Not(part) => self.check(part, problems),
            Condition::Exists(term) => {
                self.kind(term, problems);
            }
            Condition::Matches(term, _) => {
                if let Some(kind) = self.kind(term, problems).filter(|kind| *kind != Kind::Text) {
                    let message = format!("matches 只能看文字，这里是{}", kind.name());
                    problems.error(&term.at, message, "请换一种比较");
                }
            }
            Condition::Compare(test) => self.compare(test, problems),
            Condition::Named { check, at } => {
                if self.named.find(check).is_none() {
                    let help = suggest(check, self.named.names());
                    problems.error(at, format!("没有名为“{check}”的检查"), help);
                }
            }
        }
    }

    fn compare(&self, test: &Compare, problems: &Problems) {
        let (left, right) = (self.kind(&test.left, problems), self.kind(&test.right, problems));
        self.words(&test.left, &test.right, problems);
        self.words(&test.right, &test.left, problems);
        let (Some(left), Some(right)) = (left, right) else { return };
        let fits = match test.op {
            Op::Eq | Op::Ne => left == right && left != Kind::List,
            Op::Lt | Op::Le | Op::Gt | Op::Ge => left == right && left.ordered(),
            Op::In => matches!(left, Kind::Text | Kind::List) && right == Kind::List,
            Op::Contains => matches!(left, Kind::Text | Kind::List) && right == Kind::Text,
        };
        if !fits {
            let message = format!("{}不能用 {} 与{}比较", left.name(), test.op.word(), right.name());
            let help = if left == Kind::Money {
                "金额写成 { yuan = 30000 }"
            } else {
                "请核对事实、填报项或参数的类型"
            };
            problems.error(&test.at, message, help);
        }
    }

    /// A literal compared with a fact that has a closed set of words must be one of them.
    fn words(&self, term: &Term, other: &Term, problems: &Problems) {
        let (Base::Fact(name), Base::Literal(value)) = (&term.base, &other.base) else { return };
        let Some(fact) = self.words.find(name).filter(|fact| !fact.words.is_empty()) else { return };
        let texts = match value {
            Value::Text(text) => std::slice::from_ref(text),
            Value::List(texts) => texts.as_slice(),
            _ => return,
        };
        for text in texts {
            if !fact.words.iter().any(|(word, _)| word == text) {
                let words: Vec<_> = fact.words.iter().map(|(word, _)| word.as_str()).collect();
                let message = format!("“{name}”没有“{text}”这个取值");
                problems.error(&other.at, message, format!("可用：{}", words.join("、")));
            }
        }
    }

    /// The kind of a term, reporting unknown names and shifts of what is not a date.
    fn kind(&self, term: &Term, problems: &Problems) -> Option<Kind> {
        let kind = match &term.base {
            Base::Fact(name) => {
                let fact = self.words.find(name);
                if fact.is_none() {
                    let help = suggest(name, self.words.names());
                    problems.error(&term.at, format!("没有名为“{name}”的事实"), help);
                }
                fact.map(|fact| fact.kind)
            }
            Base::Answer(name) => {
                let answer = self.answers.kind_of(name);
                if answer.is_none() {
                    let help = suggest(name, self.answers.names().into_iter());
                    problems.error(&term.at, format!("没有名为“{name}”的填报项"), help);
                }
                answer.flatten()
            }
            Base::Param(name) => self.unit(name, &term.at, problems).map(Unit::kind),
            Base::Today => Some(Kind::Date),
            Base::Literal(value) => Some(value.kind()),
        };
        if let Some(Shift { amount, .. }) = &term.shift {
            if let Some(kind) = kind.filter(|kind| *kind != Kind::Date) {
                let message = format!("只有日期能加减时间，这里是{}", kind.name());
                problems.error(&term.at, message, "请去掉 plus / minus");
            }
            if let Amount::Param(name) = amount
                && let Some(unit) = self.unit(name, &term.at, problems)
                && !matches!(unit, Unit::Day | Unit::Month | Unit::Year)
            {
                let message = format!("参数“{name}”的单位是 {}，不能加到日期上", unit.word());
                problems.error(
                    &term.at,
                    message,
                    "只能用单位为 day、month、year 的参数；工作日期限写在环节的 limit 里",
                );
            }
        }
        kind
    }

    fn unit(&self, name: &str, at: &Place, problems: &Problems) -> Option<Unit> {
        let def = self.params.find(name);
        if def.is_none() {
            problems.error(at, format!("没有名为“{name}”的参数"), suggest(name, self.params.names()));
        }
        def.map(|def| def.unit)
    }
}

/// What to do about an unknown name.
pub(crate) fn suggest<'k>(wrong: &str, known: impl Iterator<Item = &'k str>) -> String {
    match nearest(wrong, known) {
        Some(near) => format!("是不是“{near}”？"),
        None => "请先声明，或改正名称".to_owned(),
    }
}
