//! Gaps and overlaps of a table of rules (规则表的空档和重叠): cases that no rule meets, or more than one.
use std::collections::BTreeMap;

use base::Date;
use catalogue::condition::{Context, Key};
use catalogue::{Condition, Facts, NamedChecks, Params, Reading, Tri, Vocabulary};

/// Combinations tried before giving up: at about a microsecond each, a fifth of a second.
const BUDGET: usize = 200_000;

/// A case found: what the facts are, in words, and which rules meet it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Case {
    /// Each fact with its value.
    pub facts: Vec<(String, Reading)>,
    /// The positions of the rules that hold; none for a gap.
    pub rules: Vec<usize>,
}

/// What was found.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cover {
    /// One example of cases that no rule meets.
    pub gaps: Vec<Case>,
    /// One example per set of rules that meet the same case.
    pub overlaps: Vec<Case>,
    /// Whether every region was tried: then there are no other gaps or overlaps.
    pub complete: bool,
}

/// What rules are looked at with.
#[derive(Clone, Copy, Debug)]
pub struct Within<'a> {
    /// The cases that can be: only those for which this is true are looked at.
    pub domain: &'a Condition,
    /// The vocabulary.
    pub words: &'a Vocabulary,
    /// The parameters.
    pub params: &'a Params,
    /// The checks written in Rust; a rule that uses one cannot be judged and makes the answer incomplete.
    pub named: &'a NamedChecks,
    /// The day.
    pub today: Date,
}

struct Supposed {
    facts: BTreeMap<String, Reading>,
    today: Date,
}

impl Facts for Supposed {
    fn fact(&self, name: &str) -> Reading {
        self.facts.get(name).cloned().unwrap_or(Reading::Unknown)
    }
    fn answer(&self, _: &str) -> Reading {
        Reading::Unknown
    }
    fn today(&self) -> Date {
        self.today
    }
}

/// Looks for gaps and overlaps among rules that should split all cases: one value is tried for every region of every fact that the
/// rules tell apart, in all combinations.
pub fn check(rules: &[&Condition], within: &Within<'_>) -> Cover {
    let all = Condition::Any(rules.iter().map(|rule| (*rule).clone()).chain([within.domain.clone()]).collect());
    let needs = all.needs();
    let empty = Supposed { facts: BTreeMap::new(), today: within.today };
    let context = Context::new(&empty, within.params, within.words, within.named);
    let (tries, whole) = all.tries(needs.facts.iter().cloned().map(Key::Fact).collect(), &context);
    let named = |(key, tries)| match key {
        Key::Fact(name) | Key::Answer(name) => (name, tries),
    };
    let options: Vec<(String, Vec<Reading>)> = tries.into_iter().map(named).collect();
    let mut cover = Cover { complete: whole && needs.named.is_empty() && needs.answers.is_empty(), ..Cover::default() };
    if options.iter().any(|(_, tries)| tries.is_empty()) {
        cover.complete = false;
        return cover;
    }
    let mut choice = vec![0; options.len()];
    for tried in 0.. {
        if tried >= BUDGET {
            cover.complete = false;
            break;
        }
        look(rules, within, &options, &choice, &mut cover);
        if !next(&mut choice, &options) {
            break;
        }
    }
    cover
}

fn look(
    rules: &[&Condition],
    within: &Within<'_>,
    options: &[(String, Vec<Reading>)],
    choice: &[usize],
    cover: &mut Cover,
) {
    let picked = || options.iter().zip(choice).map(|((fact, tries), at)| (fact.clone(), tries[*at].clone()));
    let facts = Supposed { facts: picked().collect(), today: within.today };
    let context = Context::new(&facts, within.params, within.words, within.named);
    if within.domain.evaluate(&context) != Tri::True {
        return;
    }
    let holding: Vec<usize> = rules
        .iter()
        .enumerate()
        .filter(|(_, rule)| rule.evaluate(&context) == Tri::True)
        .map(|(index, _)| index)
        .collect();
    let case = || Case { facts: picked().collect(), rules: holding.clone() };
    match holding.len() {
        0 if cover.gaps.is_empty() => cover.gaps.push(case()),
        0 | 1 => {}
        _ if cover.overlaps.iter().any(|known| known.rules == holding) => {}
        _ => cover.overlaps.push(case()),
    }
}

/// The next combination, as an odometer counts.
fn next(choice: &mut [usize], options: &[(String, Vec<Reading>)]) -> bool {
    for (at, (_, tries)) in choice.iter_mut().zip(options) {
        *at += 1;
        if *at < tries.len() {
            return true;
        }
        *at = 0;
    }
    false
}
