//! Reading conditions from TOML: `{ all = [ … ] }`, `{ fact = "org.kind", is = "foundation" }`, `{ named = "check" }`.
use super::{Amount, Base, Compare, Condition, Op, Pattern, Shift, Term};
use crate::problem::{Place, Problems};
use crate::reader::Reader;
use crate::tree::{Data, Node};
use crate::value::Value;

const OPS: [(&str, Op); 8] = [
    ("is", Op::Eq),
    ("is_not", Op::Ne),
    ("lt", Op::Lt),
    ("le", Op::Le),
    ("gt", Op::Gt),
    ("ge", Op::Ge),
    ("in", Op::In),
    ("contains", Op::Contains),
];
const HEADS: [&str; 8] = ["all", "any", "not", "named", "fact", "answer", "param", "today"];

impl Condition {
    /// Reads a condition; problems are reported, and nothing is returned if it makes no sense.
    pub fn read(node: &Node, problems: &Problems) -> Option<Self> {
        let reader = Reader::of(node, problems)?;
        let heads: Vec<_> = HEADS.iter().filter(|head| node.find(head).is_some()).collect();
        let [head] = heads[..] else {
            let message =
                if heads.is_empty() { "条件里没有说看什么" } else { "一个条件里写了几个开头" };
            problems.error(&node.at, message, format!("请在 {} 中选一个", HEADS.join("、")));
            return None;
        };
        let condition = match *head {
            "all" => parts(&reader, "all").map(Self::All),
            "any" => parts(&reader, "any").map(Self::Any),
            "not" => Self::read(reader.get("not")?, problems).map(|part| Self::Not(Box::new(part))),
            "named" => reader.located("named").map(|name| Self::Named { check: name.value, at: name.at }),
            _ => tests(&reader, problems),
        };
        reader.finish();
        condition
    }
}

impl Reader<'_> {
    /// An optional condition under `key` (`when = { … }`).
    pub fn condition(&self, key: &str) -> Option<Condition> {
        Condition::read(self.find(key)?, self.problems())
    }
}

fn parts(reader: &Reader<'_>, key: &str) -> Option<Vec<Condition>> {
    let node = reader.get(key)?;
    if !matches!(node.data, Data::List(_)) {
        reader.problems().error(
            &node.at,
            format!("“{key}”应当是条件的列表"),
            format!("请写成 {key} = [ {{ … }}, {{ … }} ]"),
        );
        return None;
    }
    // All parts are read before giving up, so that each of their problems is reported.
    let read: Vec<_> = node.items().iter().map(|item| Condition::read(item, reader.problems())).collect();
    read.into_iter().collect()
}

/// The tests written beside a subject; several must all hold.
fn tests(reader: &Reader<'_>, problems: &Problems) -> Option<Condition> {
    let left = subject(reader)?;
    let mut all = Vec::new();
    for (word, op) in OPS {
        if let Some(node) = reader.find(word) {
            let right = operand(node, op, problems)?;
            all.push(Condition::Compare(Box::new(Compare { left: left.clone(), op, right, at: node.at.clone() })));
        }
    }
    if reader.find("matches").is_some()
        && let Some(pattern) = reader.choice("matches", &Pattern::WORDS)
    {
        all.push(Condition::Matches(left.clone(), pattern));
    }
    if reader.find("exists").is_some() {
        let there = Condition::Exists(left);
        all.push(if reader.flag("exists") { there } else { Condition::Not(Box::new(there)) });
    }
    if all.is_empty() {
        let words: Vec<_> = OPS.iter().map(|(word, _)| *word).chain(["matches", "exists"]).collect();
        problems.error(reader.at(), "条件里没有说怎么比较", format!("请加上 {} 之一", words.join("、")));
        return None;
    }
    if all.len() == 1 { all.pop() } else { Some(Condition::All(all)) }
}

/// `fact = "x"`, `answer = "x"`, `param = "x"` or `today = true`, with `plus` or `minus`.
fn subject(reader: &Reader<'_>) -> Option<Term> {
    let name = |key| reader.located(key).map(|text| text.value);
    let base = if reader.node().find("fact").is_some() {
        Base::Fact(name("fact")?)
    } else if reader.node().find("answer").is_some() {
        Base::Answer(name("answer")?)
    } else if reader.node().find("param").is_some() {
        Base::Param(name("param")?)
    } else if reader.flag("today") {
        Base::Today
    } else {
        reader.problems().error(reader.at(), "这里没有说是哪个值", "请写 fact、answer、param 或 today = true");
        return None;
    };
    let base = if base == Base::Fact("today".to_owned()) { Base::Today } else { base };
    Some(Term { base, shift: shift(reader), at: reader.at().clone() })
}

fn shift(reader: &Reader<'_>) -> Option<Shift> {
    let (key, back) = if reader.find("plus").is_some() { ("plus", false) } else { ("minus", true) };
    let span = reader.table(key)?;
    let amounts = [
        span.int("days").map(Amount::Days),
        span.int("months").map(Amount::Months),
        span.int("years").map(Amount::Years),
        span.text("param").map(Amount::Param),
    ];
    let mut written = amounts.into_iter().flatten();
    let amount = written.next();
    if amount.is_none() || written.next().is_some() {
        span.problems().error(
            span.at(),
            "这里应当是一段时间",
            "请写 { days = 30 }、{ months = 3 }、{ years = 1 } 或 { param = \"…\" }",
        );
    }
    span.finish();
    amount.map(|amount| Shift { amount, back })
}

/// What stands right of an operator: a literal, or a table naming a fact, answer or parameter.
fn operand(node: &Node, op: Op, problems: &Problems) -> Option<Term> {
    let literal = |value| Some(plain(Base::Literal(value), &node.at));
    match &node.data {
        Data::Text(text) if text == "today" && !matches!(op, Op::Contains | Op::In) => {
            Some(plain(Base::Today, &node.at))
        }
        Data::Text(text) if matches!(op, Op::Lt | Op::Le | Op::Gt | Op::Ge) => {
            let Ok(date) = text.parse() else {
                problems.error(
                    &node.at,
                    format!("“{text}”不能比大小"),
                    "大小只能比数字、金额和日期（如 2022-05-08 或 \"today\"）",
                );
                return None;
            };
            literal(Value::Date(date))
        }
        Data::Table(_) if ["yuan", "fen", "date"].iter().all(|key| node.find(key).is_none()) => {
            let reader = Reader::of(node, problems)?;
            let term = subject(&reader);
            reader.finish();
            term
        }
        _ => literal(Value::read(node, problems)?),
    }
}

fn plain(base: Base, at: &Place) -> Term {
    Term { base, shift: None, at: at.clone() }
}
