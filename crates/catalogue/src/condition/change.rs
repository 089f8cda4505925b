//! What would have to change for a condition to hold (反事实): the smallest set of facts, exact up to three, then greedy and
//! marked so. A named check cannot be worked out; it brings its own remedy or says 无法自动给出.
use std::collections::BTreeSet;
use std::ops::Range;

use base::Date;

use super::candidates::Options;
use super::evaluate::Context;
use super::{Base, Condition, Facts, Reading, Term, Tri, candidates};

/// Most facts tried together exactly.
const EXACT: usize = 3;
/// Evaluations before the exact search gives up: at about a microsecond each, a fifth of a second.
const BUDGET: usize = 200_000;
/// The cost of what nothing makes true: more than any condition has comparisons.
const NEVER: usize = 1_000;

/// A fact or an answer.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Key {
    /// A fact of the vocabulary.
    Fact(String),
    /// An answer on the form.
    Answer(String),
}

/// One value that would have to be different.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Change {
    /// Which.
    pub key: Key,
    /// In plain Chinese: `活动资金 由 1 万元 改为 3 万元`.
    pub text: String,
    /// What it would have to be.
    pub to: Reading,
}

/// What would have to change.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Changes {
    /// The values, fewest possible if `exact`.
    pub sets: Vec<Change>,
    /// Whether there is surely no smaller set. Otherwise it was found step by step (逐步估算).
    pub exact: bool,
    /// What named checks that do not hold say should be done; 无法自动给出 where they say nothing.
    pub remedies: Vec<String>,
    /// Whether `sets`, with the remedies, are enough. If not, nothing that can be changed makes the condition hold.
    pub enough: bool,
}

impl Changes {
    /// In plain Chinese.
    pub fn text(&self) -> String {
        if self.enough && self.sets.is_empty() && self.remedies.is_empty() {
            return "已经满足，不需改变".to_owned();
        }
        if !self.enough {
            return "无法自动给出需要改变什么，请向登记管理机关咨询".to_owned();
        }
        let note = if self.exact { "" } else { "（逐步估算，未必最少）" };
        let lines = self.sets.iter().map(|change| change.text.as_str()).chain(self.remedies.iter().map(String::as_str));
        format!("改变以下各项即可满足{note}：{}", lines.collect::<Vec<_>>().join("；"))
    }
}

impl Condition {
    /// Values worth trying for facts or answers: one for every region that this condition tells apart, and whether that is surely
    /// every region. With them the gaps and overlaps of a table of rules are found without trying everything.
    pub fn tries(&self, keys: Vec<Key>, context: &Context<'_>) -> (Vec<(Key, Vec<Reading>)>, bool) {
        let (options, complete) = candidates::all(keys, self, context);
        let plain = |option: Options| (option.key, option.readings.into_iter().take(option.plain).collect());
        (options.into_iter().map(plain).collect(), complete)
    }

    /// The smallest set of changeable facts and answers that would make it true.
    pub fn changes(&self, context: &Context<'_>) -> Changes {
        if self.evaluate(context) == Tri::True {
            return Changes { enough: true, exact: true, ..Changes::default() };
        }
        let search = Search::of(self, context);
        if let Some((sets, exact)) = search.run(false) {
            return Changes { sets, exact, enough: true, remedies: Vec::new() };
        }
        let remedies = search.remedies();
        if remedies.is_empty() {
            return Changes::default();
        }
        // The named checks are taken to be put right by their own remedies.
        match search.run(true) {
            Some((sets, exact)) => Changes { sets, exact, remedies, enough: true },
            None => Changes { remedies, ..Changes::default() },
        }
    }
}

struct Search<'a> {
    condition: &'a Condition,
    context: &'a Context<'a>,
    options: Vec<Options>,
    /// Whether the options are surely all that is worth trying.
    complete: bool,
}

/// A set of changes: which option, which of its readings.
type Set = Vec<(usize, usize)>;

/// Facts with some values replaced.
struct Altered<'a> {
    facts: &'a dyn Facts,
    set: Vec<(&'a Key, &'a Reading)>,
}

impl Altered<'_> {
    fn replaced(&self, wanted: impl Fn(&Key) -> bool) -> Option<Reading> {
        self.set.iter().find(|(key, _)| wanted(key)).map(|(_, reading)| (*reading).clone())
    }
}

impl Facts for Altered<'_> {
    fn fact(&self, name: &str) -> Reading {
        self.replaced(|key| matches!(key, Key::Fact(fact) if fact == name)).unwrap_or_else(|| self.facts.fact(name))
    }
    fn answer(&self, name: &str) -> Reading {
        self.replaced(|key| matches!(key, Key::Answer(answer) if answer == name))
            .unwrap_or_else(|| self.facts.answer(name))
    }
    fn today(&self) -> Date {
        self.facts.today()
    }
}

impl<'a> Search<'a> {
    fn of(condition: &'a Condition, context: &'a Context<'a>) -> Self {
        let needs = condition.needs();
        let free = |name: &&String| context.words.find(name).is_none_or(|fact| !fact.fixed);
        let facts = needs.facts.iter().filter(free).map(|name| Key::Fact(name.clone()));
        let keys = facts.chain(needs.answers.iter().map(|name| Key::Answer(name.clone())));
        let (options, complete) = candidates::all(keys.collect(), condition, context);
        Self { condition, context, options, complete }
    }

    /// How many comparisons are in the way of the condition (nothing in the way means it holds), and the options they look at.
    fn look(&self, set: &[(usize, usize)], assume: bool) -> (usize, BTreeSet<usize>) {
        let changed = |&(key, reading): &(usize, usize)| (&self.options[key].key, &self.options[key].readings[reading]);
        let facts = Altered { facts: self.context.facts, set: set.iter().map(changed).collect() };
        let context = Context { facts: &facts, ..*self.context };
        let mut ways = BTreeSet::new();
        let cost = self.cost(self.condition, &context, (true, assume), &mut ways);
        (cost, ways)
    }

    /// How many leaves are in the way of `condition` being `wanted`.
    fn cost(
        &self,
        condition: &Condition,
        context: &Context<'_>,
        (wanted, assume): (bool, bool),
        ways: &mut BTreeSet<usize>,
    ) -> usize {
        match (condition, wanted) {
            (Condition::All(parts), true) | (Condition::Any(parts), false) => {
                parts.iter().map(|part| self.cost(part, context, (wanted, assume), ways)).sum()
            }
            (Condition::Any(parts), true) | (Condition::All(parts), false) => {
                let mut own = BTreeSet::new();
                let each = parts.iter().map(|part| self.cost(part, context, (wanted, assume), &mut own));
                let least = each.min().unwrap_or(NEVER);
                if least > 0 {
                    ways.append(&mut own);
                }
                least
            }
            (Condition::Not(part), _) => self.cost(part, context, (!wanted, assume), ways),
            (Condition::Named { .. }, _) if assume => 0,
            (leaf, _) => {
                let holds = leaf.evaluate(context) == Tri::from(wanted);
                if !holds {
                    let looks = |at: &usize| self.looks_at(leaf, &self.options[*at].key);
                    ways.extend((0..self.options.len()).filter(looks));
                }
                usize::from(!holds)
            }
        }
    }

    /// Whether a leaf looks at a fact or answer.
    fn looks_at(&self, leaf: &Condition, key: &Key) -> bool {
        match leaf {
            Condition::Exists(term) | Condition::Matches(term, _) => candidates::is(key, term),
            Condition::Compare(test) => candidates::is(key, &test.left) || candidates::is(key, &test.right),
            Condition::Named { check, .. } => {
                let reads = self.context.named.find(check).map_or(&[][..], |named| named.reads);
                matches!(key, Key::Fact(name) if reads.contains(&name.as_str()))
            }
            Condition::All(_) | Condition::Any(_) | Condition::Not(_) => false,
        }
    }

    /// The readings of an option: the plain ones, or with “blank” among them.
    fn readings(&self, key: usize, blank: bool) -> Range<usize> {
        let option = &self.options[key];
        0..if blank { option.readings.len() } else { option.plain }
    }

    fn run(&self, assume: bool) -> Option<(Vec<Change>, bool)> {
        let mut left = BUDGET;
        if self.look(&[], assume).0 == 0 {
            return Some((Vec::new(), true));
        }
        for size in 1..=EXACT.min(self.options.len()) {
            // A blank is proposed only where no set of values so small will do.
            for blank in [false, true] {
                match self.exact(size, &mut Vec::new(), (assume, blank), &mut left) {
                    Ok(Some(set)) => return Some((self.changes(set), self.complete)),
                    Ok(None) => {}
                    Err(()) => return self.greedy(assume).map(|set| (self.changes(set), false)),
                }
            }
        }
        if self.options.len() <= EXACT && self.complete {
            return None;
        }
        self.greedy(assume).map(|set| (self.changes(set), false))
    }

    /// Tries all sets of `size` more changes. Whatever makes the condition hold changes something that a comparison in the way
    /// looks at, so only those are branched on. `Err` when the budget is spent.
    fn exact(&self, size: usize, set: &mut Set, how: (bool, bool), left: &mut usize) -> Result<Option<Set>, ()> {
        *left = left.checked_sub(1).ok_or(())?;
        let (cost, ways) = self.look(set, how.0);
        if cost == 0 {
            return Ok(Some(set.clone()));
        }
        if size == 0 {
            return Ok(None);
        }
        for key in ways.into_iter().filter(|key| set.iter().all(|(used, _)| used != key)).collect::<Vec<_>>() {
            for reading in self.readings(key, how.1) {
                set.push((key, reading));
                let found = self.exact(size - 1, set, how, left);
                set.pop();
                if let Ok(None) = found {
                    continue;
                }
                return found;
            }
        }
        Ok(None)
    }

    /// Takes the changes that clear most out of the way, again and again: one at a time; two together where no single one helps,
    /// as with two facts compared with each other.
    fn greedy(&self, assume: bool) -> Option<Set> {
        let mut set: Set = Vec::new();
        let (mut cost, mut ways) = self.look(&set, assume);
        while cost > 0 {
            let free = |key: &usize, set: &Set| set.iter().all(|(used, _)| used != key);
            let mut best: Option<(usize, Set)> = None;
            let mut consider = |more: Set| {
                let cost = self.look(&[set.as_slice(), &more].concat(), assume).0;
                if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                    best = Some((cost, more));
                }
                cost
            };
            let firsts: Set = (ways.iter().filter(|key| free(key, &set)))
                .flat_map(|key| self.readings(*key, true).map(move |reading| (*key, reading)))
                .collect();
            let least = firsts.iter().map(|step| consider(vec![*step])).min();
            if least.is_none_or(|least| least >= cost) {
                for (at, one) in firsts.iter().enumerate() {
                    for other in firsts[at + 1..].iter().filter(|other| other.0 != one.0) {
                        consider(vec![*one, *other]);
                    }
                }
            }
            let (least, more) = best.filter(|(least, _)| *least < cost)?;
            set.extend(more);
            cost = least;
            ways = self.look(&set, assume).1;
        }
        Some(set)
    }

    fn changes(&self, mut set: Set) -> Vec<Change> {
        set.sort_unstable();
        set.iter()
            .map(|(key, reading)| {
                let Options { key, readings, .. } = &self.options[*key];
                let to = &readings[*reading];
                Change { key: key.clone(), text: self.text(key, to), to: to.clone() }
            })
            .collect()
    }

    fn text(&self, key: &Key, to: &Reading) -> String {
        let (title, from, base) = match key {
            Key::Fact(name) => {
                let title = self.context.words.find(name).map_or(name.clone(), |fact| fact.title.clone());
                (title, self.context.facts.fact(name), Base::Fact(name.clone()))
            }
            Key::Answer(name) => {
                let title = (self.context.titles)(name).unwrap_or_else(|| name.clone());
                (title, self.context.facts.answer(name), Base::Answer(name.clone()))
            }
        };
        let term = Term { base, shift: None, at: crate::Place::new("", 0) };
        let words = |reading: &Reading| match reading {
            Reading::Known { value, .. } => self.context.words_of(value, &term, None),
            Reading::Absent { .. } => "空".to_owned(),
            Reading::Unknown => "未知".to_owned(),
        };
        format!("{title} 由 {} 改为 {}", words(&from), words(to))
    }

    fn remedies(&self) -> Vec<String> {
        let mut names = Vec::new();
        named(self.condition, true, &mut names);
        let wrong = names.into_iter().filter_map(|(check, wanted)| {
            let verdict = self.context.verdict(check);
            let title = self.context.named.find(check).map_or(check, |named| named.title);
            let missing = format!("{title}：无法自动给出");
            (verdict.tri != Tri::from(wanted)).then(|| verdict.remedy.unwrap_or(missing))
        });
        wrong.collect()
    }
}

/// The named checks and whether each is wanted to hold.
fn named<'c>(condition: &'c Condition, wanted: bool, out: &mut Vec<(&'c str, bool)>) {
    match condition {
        Condition::All(parts) | Condition::Any(parts) => parts.iter().for_each(|part| named(part, wanted, out)),
        Condition::Not(part) => named(part, !wanted, out),
        Condition::Named { check, .. } => out.push((check, wanted)),
        _ => {}
    }
}
