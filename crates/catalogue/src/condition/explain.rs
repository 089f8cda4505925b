//! Explaining a condition for one subject: which fact, which value, which parameter, which clause, in plain Chinese.
use super::compare::compare;
use super::evaluate::{Context, exists, matches_pattern};
use super::{Amount, Base, Condition, Op, Reading, Shift, Term, Tri};
use crate::named::Verdict;
use crate::value::Value;

/// Why a condition holds, does not, or cannot be judged (说明).
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Explanation {
    /// The outcome.
    pub tri: Tri,
    /// The reasons.
    pub why: Why,
}

/// The reasons of an outcome.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Why {
    /// 须全部满足
    All(Vec<Explanation>),
    /// 满足其一即可
    Any(Vec<Explanation>),
    /// 不得
    Not(Box<Explanation>),
    /// One test.
    Test {
        /// What was looked at.
        left: Box<Shown>,
        /// What was asked of it: 不少于, 已填写.
        asked: String,
        /// What it was compared with.
        right: Option<Box<Shown>>,
    },
    /// A check written in Rust.
    Named {
        /// Its Chinese name.
        title: String,
        /// What it found.
        verdict: Verdict,
    },
}

/// A value as it is shown.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Shown {
    /// The fact's, answer's or parameter's name in files; empty for literals.
    pub name: String,
    /// Its Chinese name; empty for literals.
    pub title: String,
    /// The value, or 空 or 未知.
    pub value: String,
    /// Where it comes from.
    pub source: String,
    /// Who supplies it, if it is unknown.
    pub missing: Option<Missing>,
}

/// Something nobody has said yet.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Missing {
    /// Its name in files.
    pub name: String,
    /// Its Chinese name.
    pub title: String,
    /// Who supplies it.
    pub supplier: String,
}

impl Condition {
    /// The outcome with its reasons. Its `tri` always equals [`Condition::evaluate`].
    pub fn explain(&self, context: &Context<'_>) -> Explanation {
        let all = |parts: &[Self]| parts.iter().map(|part| part.explain(context)).collect::<Vec<_>>();
        let (tri, why) = match self {
            Self::All(parts) => {
                let parts = all(parts);
                (parts.iter().map(|part| part.tri).min().unwrap_or(Tri::True), Why::All(parts))
            }
            Self::Any(parts) => {
                let parts = all(parts);
                (parts.iter().map(|part| part.tri).max().unwrap_or(Tri::False), Why::Any(parts))
            }
            Self::Not(part) => {
                let part = part.explain(context);
                (part.tri.negate(), Why::Not(Box::new(part)))
            }
            Self::Exists(term) => {
                let why =
                    Why::Test { left: Box::new(context.shown(term, None)), asked: "已有".to_owned(), right: None };
                (exists(&context.found(term)), why)
            }
            Self::Matches(term, pattern) => {
                let asked = format!("为{}", pattern.name());
                let why = Why::Test { left: Box::new(context.shown(term, None)), asked, right: None };
                (matches_pattern(&context.found(term), *pattern), why)
            }
            Self::Compare(test) => {
                let (left, right) = (context.found(&test.left), context.found(&test.right));
                let dates = matches!(left, super::compare::Found::Value(Value::Date(_)))
                    || matches!(right, super::compare::Found::Value(Value::Date(_)));
                let why = Why::Test {
                    left: Box::new(context.shown(&test.left, Some(&test.right))),
                    asked: asked(test.op, dates).to_owned(),
                    right: Some(Box::new(context.shown(&test.right, Some(&test.left)))),
                };
                (compare(&left, test.op, &right), why)
            }
            Self::Named { check, .. } => {
                let verdict = context.verdict(check);
                let title = context.named.find(check).map_or(check.as_str(), |named| named.title).to_owned();
                (verdict.tri, Why::Named { title, verdict })
            }
        };
        Explanation { tri, why }
    }
}

fn asked(op: Op, dates: bool) -> &'static str {
    match (op, dates) {
        (Op::Eq, _) => "等于",
        (Op::Ne, _) => "不等于",
        (Op::Lt, false) => "小于",
        (Op::Le, false) => "不超过",
        (Op::Gt, false) => "超过",
        (Op::Ge, false) => "不少于",
        (Op::Lt, true) => "早于",
        (Op::Le, true) => "不晚于",
        (Op::Gt, true) => "晚于",
        (Op::Ge, true) => "不早于",
        (Op::In, _) => "属于",
        (Op::Contains, _) => "包含",
    }
}

impl Context<'_> {
    /// A term as it is shown; `beside` is the other side, whose words a literal borrows.
    fn shown(&self, term: &Term, beside: Option<&Term>) -> Shown {
        let (name, title) = match &term.base {
            Base::Fact(name) => (name.clone(), self.words.find(name).map_or(name.clone(), |fact| fact.title.clone())),
            Base::Answer(name) => (name.clone(), (self.titles)(name).unwrap_or_else(|| name.clone())),
            Base::Param(name) => (name.clone(), self.params.find(name).map_or(name.clone(), |p| p.title.clone())),
            Base::Today => (String::new(), "今天".to_owned()),
            Base::Literal(_) => (String::new(), String::new()),
        };
        let reading = self.reading(&term.base);
        let missing = match (&reading, &term.base) {
            (Reading::Unknown, Base::Fact(_)) => {
                let supplier = self.words.find(&name).map(|fact| fact.supplier.clone()).unwrap_or_default();
                Some(Missing { name: name.clone(), title: title.clone(), supplier })
            }
            (Reading::Unknown, Base::Answer(_)) => {
                Some(Missing { name: name.clone(), title: title.clone(), supplier: "申请人".to_owned() })
            }
            (Reading::Unknown, Base::Param(_)) => {
                Some(Missing {
                    name: name.clone(), title: title.clone(), supplier: "政策包（事项目录）".to_owned()
                })
            }
            _ => None,
        };
        let (value, source) = match reading {
            Reading::Known { value, source } => (self.words_of(&value, term, beside), source),
            Reading::Absent { source } => ("空".to_owned(), source),
            Reading::Unknown => ("未知".to_owned(), String::new()),
        };
        let value = match &term.shift {
            Some(shift) => format!("{value}{}", self.shift_words(shift)),
            None => value,
        };
        Shown { name, title, value, source, missing }
    }

    /// A value in Chinese: units of parameters, the vocabulary's words for texts.
    pub(super) fn words_of(&self, value: &Value, term: &Term, beside: Option<&Term>) -> String {
        if let Base::Param(name) = &term.base
            && let Some(param) = self.params.find(name)
        {
            return format!("{}{}", param.plain(), param.confidence.mark());
        }
        let fact = [Some(term), beside].into_iter().flatten().find_map(|term| match &term.base {
            Base::Fact(name) => self.words.find(name),
            _ => None,
        });
        let Some(fact) = fact else { return value.to_string() };
        let word =
            |text: &String| fact.words.iter().find(|(word, _)| word == text).map_or(text, |(_, title)| title).clone();
        match value {
            Value::Text(text) => Value::Text(word(text)).to_string(),
            Value::List(items) => Value::List(items.iter().map(word).collect()).to_string(),
            _ => value.to_string(),
        }
    }

    fn shift_words(&self, shift: &Shift) -> String {
        let span = match &shift.amount {
            Amount::Days(number) => format!("{number} 日"),
            Amount::Months(number) => format!("{number} 个月"),
            Amount::Years(number) => format!("{number} 年"),
            Amount::Param(name) => {
                self.params.find(name).map_or_else(|| format!("（参数 {name} 未知）"), crate::ParamValue::sourced)
            }
        };
        format!(" {} {span}", if shift.back { "前推" } else { "加" })
    }
}

impl Shown {
    fn text(&self) -> String {
        let source = if self.source.is_empty() { String::new() } else { format!("（{}）", self.source) };
        match (self.title.is_empty(), &self.missing) {
            (true, _) => format!("{}{source}", self.value),
            (false, Some(missing)) if !missing.supplier.is_empty() => {
                format!("{} 未知（由{}提供）", self.title, missing.supplier)
            }
            _ => format!("{} {}{source}", self.title, self.value),
        }
    }
}

impl Explanation {
    /// In plain Chinese, one line per reason, indented by two blanks a level.
    pub fn text(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out.truncate(out.trim_end().len());
        out
    }

    fn write(&self, depth: usize, out: &mut String) {
        let mark = match self.tri {
            Tri::True => "✓",
            Tri::False => "✗",
            Tri::Unknown => "？",
        };
        let line = match &self.why {
            Why::All(parts) if parts.is_empty() => "没有条件".to_owned(),
            Why::All(_) => "须全部满足：".to_owned(),
            Why::Any(_) => "满足其一即可：".to_owned(),
            Why::Not(_) => "不得有下列情形：".to_owned(),
            Why::Test { left, asked, right } => {
                let right = right.as_ref().map(|right| format!(" {}", right.text())).unwrap_or_default();
                format!("{}，要求{asked}{right}", left.text())
            }
            Why::Named { title, verdict } => format!("{title}：{}", verdict.reason),
        };
        out.push_str(&"  ".repeat(depth));
        out.extend([mark, " ", &line, "（", self.tri.name(), "）\n"]);
        match &self.why {
            Why::All(parts) | Why::Any(parts) => parts.iter().for_each(|part| part.write(depth + 1, out)),
            Why::Not(part) => part.write(depth + 1, out),
            Why::Test { .. } | Why::Named { .. } => {}
        }
    }

    /// What is missing, and who supplies it; only what keeps the outcome unknown.
    pub fn missing(&self) -> Vec<Missing> {
        let mut out = Vec::new();
        self.collect_missing(&mut out);
        out.sort();
        out.dedup();
        out
    }

    fn collect_missing(&self, out: &mut Vec<Missing>) {
        if self.tri != Tri::Unknown {
            return;
        }
        match &self.why {
            Why::All(parts) | Why::Any(parts) => parts.iter().for_each(|part| part.collect_missing(out)),
            Why::Not(part) => part.collect_missing(out),
            Why::Test { left, right, .. } => {
                out.extend(std::iter::once(left).chain(right).filter_map(|shown| shown.missing.clone()));
            }
            Why::Named { verdict, .. } => out.extend(verdict.missing.iter().map(|name| Missing {
                name: name.clone(),
                title: name.clone(),
                supplier: String::new(),
            })),
        }
    }
}
