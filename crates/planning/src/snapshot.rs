//! Frozen figures (快照): a year-end's figures with the digests of formula, parameters and facts, so that a figure that comes out
//! otherwise later can say why.
use std::fmt::Write as _;
use std::ops::Range;

use base::{AreaCode, Date};
use catalogue::plans::{Indicator, Part, Population};
use sm3::{Digest as _, Sm3};

use crate::figure::{Figure, Number};
use crate::measure::{Job, Measured, Measuring};

/// One area's frozen figure, as text that is compared letter by letter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrozenLine {
    /// The area.
    pub area: AreaCode,
    /// `1/4`, `1/4..1/2`, `-`.
    pub number: String,
    /// 符合、不符合、未知
    pub counts: (u64, u64, u64),
}

/// A frozen figure of one part in every area.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Frozen {
    /// The indicator and its part.
    pub indicator: (String, String),
    /// The day measured.
    pub on: Date,
    /// SM3 of the formula's canonical text.
    pub formula: String,
    /// SM3 of the parameters it uses, with values and clauses.
    pub params: String,
    /// SM3 of the facts it looked at, row by row.
    pub facts: String,
    /// The figures.
    pub lines: Vec<FrozenLine>,
}

/// Why a figure comes out otherwise than it was frozen.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Difference {
    /// 计算方法改了
    Formula,
    /// 参数改了
    Params,
    /// 事实改了: entered or corrected after the freezing; in these areas the figure is another.
    Facts(Vec<AreaCode>),
}

impl Difference {
    /// For people.
    pub fn text(&self) -> String {
        match self {
            Self::Formula => "指标的计算方法在固定之后改过".to_owned(),
            Self::Params => "指标用到的参数在固定之后改过".to_owned(),
            Self::Facts(areas) => format!("固定之后有补录或更正的事实，{} 个地区的数因此不同", areas.len()),
        }
    }
}

impl Measuring<'_> {
    /// Freezes a measured job.
    pub fn freeze(&self, job: &Job<'_>, measured: &Measured) -> Frozen {
        let areas = self.base.areas();
        let line = |area: u32| {
            let figure = measured.at(area);
            let counts = (figure.counts.yes, figure.counts.no, figure.counts.unknown);
            Some(FrozenLine { area: areas.code(area)?.clone(), number: canonical(&figure), counts })
        };
        let params: Vec<String> = rests_on(job).into_iter().flat_map(|(_, part)| part.formula.params()).collect();
        let used = job.params.only(params.iter().map(String::as_str)).to_json().to_string();
        Frozen {
            indicator: (job.indicator.id.clone(), job.part.id.clone()),
            on: self.on,
            formula: job.indicator.digest(),
            params: digest(used.as_bytes()),
            facts: self.facts_digest(job),
            lines: measured.range().filter_map(line).collect(),
        }
    }

    /// SM3 over every fact the job looks at, of every subject in its area, in the order of ids.
    fn facts_digest(&self, job: &Job<'_>) -> String {
        let range = self.base.areas().range(job.area);
        let mut hash = Sm3::new();
        let mut text = String::new();
        for (indicator, part) in rests_on(job) {
            self.hash_facts(part, indicator.within, &range, &mut hash, &mut text);
        }
        hex::encode(hash.finalize())
    }

    fn hash_facts(&self, part: &Part, within: Population, range: &Range<u32>, hash: &mut Sm3, text: &mut String) {
        let facts = part.formula.facts();
        let mut subjects: Vec<_> = part.formula.measures().into_iter().map(|measure| &measure.of).collect();
        subjects.extend(facts.iter().map(|(subject, _)| subject));
        subjects.sort();
        subjects.dedup();
        for table in subjects.into_iter().filter_map(|subject| self.base.table(subject)) {
            let names: Vec<&String> =
                facts.iter().filter(|(of, _)| of == table.subject()).map(|(_, fact)| fact).collect();
            let places = table.places(within);
            let mut rows: Vec<usize> = (0..table.len()).filter(|row| range.contains(&places[*row])).collect();
            rows.sort_by_key(|row| table.id(*row));
            for row in rows {
                text.clear();
                let _ = write!(text, "{}|{:?}|", table.subject(), table.id(row));
                if let Some(code) = self.base.areas().code(places[row]) {
                    text.push_str(code.as_str());
                }
                for name in &names {
                    let _ = write!(text, "|{name}={:?}", table.get(row, name));
                }
                text.push('\n');
                hash.update(text.as_bytes());
            }
        }
    }
}

/// A job's part and every part of other indicators it rests on.
fn rests_on<'j>(job: &Job<'j>) -> Vec<(&'j Indicator, &'j Part)> {
    match job.others {
        Some(others) => others.rests_on(job.indicator, job.part),
        None => vec![(job.indicator, job.part)],
    }
}

impl Frozen {
    /// Why `now` (the same part, measured again for the same day) is not the same; empty if it is.
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let mut out = Vec::new();
        if self.formula != now.formula {
            out.push(Difference::Formula);
        }
        if self.params != now.params {
            out.push(Difference::Params);
        }
        if self.facts != now.facts {
            let same = |line: &FrozenLine| self.lines.iter().any(|old| old == line);
            out.push(Difference::Facts(
                now.lines.iter().filter(|line| !same(line)).map(|line| line.area.clone()).collect(),
            ));
        }
        out
    }
}

fn digest(bytes: &[u8]) -> String {
    hex::encode(Sm3::digest(bytes))
}

/// A figure as text that says all of it.
fn canonical(figure: &Figure) -> String {
    let end = |number: Option<catalogue::plans::Fraction>| number.map_or("?".to_owned(), |number| number.to_string());
    match &figure.number {
        Number::Exact(number) => number.to_string(),
        Number::Between { low, high, .. } => format!("{}..{}", end(*low), end(*high)),
        Number::Nothing(_) => "-".to_owned(),
    }
}
