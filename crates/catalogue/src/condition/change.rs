//! What would have to change for a condition to hold (反事实): the smallest set of facts, exact up to three, then greedy and
//! marked so. A named check cannot be worked out; it brings its own remedy or says 无法自动给出.
use base::Date;

use super::evaluate::Context;
use super::{Base, Condition, Facts, Reading, Term, Tri, candidates};

/// Most facts tried together exactly.
const EXACT: usize = 3;
/// Evaluations before the exact search gives up: at about a microsecond each, a fifth of a second.
const BUDGET: usize = 200_000;

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
    /// Values worth trying for a fact or answer: one for every region that this condition tells apart. With them the gaps and
    /// overlaps of a table of rules are found without trying everything.
    pub fn tries(&self, key: &Key, context: &Context<'_>) -> Vec<Reading> {
        candidates::of(key, self, context)
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
    options: Vec<(Key, Vec<Reading>)>,
}

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
        let options = keys
            .map(|key| {
                let tries = candidates::of(&key, condition, context);
                (key, tries)
            })
            .filter(|(_, tries)| !tries.is_empty())
            .collect();
        Self { condition, context, options }
    }

    /// How many comparisons are in the way of the condition; nothing in the way means it holds.
    fn cost(&self, set: &[(usize, usize)], assume: bool) -> usize {
        let set = set.iter().map(|(key, reading)| (&self.options[*key].0, &self.options[*key].1[*reading])).collect();
        let facts = Altered { facts: self.context.facts, set };
        let context = Context { facts: &facts, ..*self.context };
        cost(self.condition, &context, true, assume)
    }

    fn run(&self, assume: bool) -> Option<(Vec<Change>, bool)> {
        let mut left = BUDGET;
        if self.cost(&[], assume) == 0 {
            return Some((Vec::new(), true));
        }
        for size in 1..=EXACT.min(self.options.len()) {
            match self.exact(size, 0, &mut Vec::new(), assume, &mut left) {
                Ok(Some(set)) => return Some((self.changes(&set), true)),
                Ok(None) => {}
                Err(()) => break,
            }
        }
        if self.options.len() <= EXACT && left > 0 {
            return None;
        }
        self.greedy(assume).map(|set| (self.changes(&set), false))
    }

    /// Tries all sets of `size` more keys from `from` on. `Err` when the budget is spent.
    fn exact(
        &self,
        size: usize,
        from: usize,
        set: &mut Vec<(usize, usize)>,
        assume: bool,
        left: &mut usize,
    ) -> Result<Option<Vec<(usize, usize)>>, ()> {
        if size == 0 {
            *left = left.checked_sub(1).ok_or(())?;
            return Ok((self.cost(set, assume) == 0).then(|| set.clone()));
        }
        for key in from..self.options.len() {
            for reading in 0..self.options[key].1.len() {
                set.push((key, reading));
                let found = self.exact(size - 1, key + 1, set, assume, left);
                set.pop();
                if let Ok(None) = found {
                    continue;
                }
                return found;
            }
        }
        Ok(None)
    }

    /// Takes the single change that clears most out of the way, again and again.
    fn greedy(&self, assume: bool) -> Option<Vec<(usize, usize)>> {
        let mut set: Vec<(usize, usize)> = Vec::new();
        let mut cost = self.cost(&set, assume);
        while cost > 0 {
            let free = (0..self.options.len()).filter(|key| set.iter().all(|(used, _)| used != key));
            let tries = free.flat_map(|key| (0..self.options[key].1.len()).map(move |reading| (key, reading)));
            let costed = tries.map(|step| (self.cost(&[set.as_slice(), &[step]].concat(), assume), step));
            let best = costed.min()?;
            if best.0 >= cost {
                return None;
            }
            set.push(best.1);
            cost = best.0;
        }
        Some(set)
    }

    fn changes(&self, set: &[(usize, usize)]) -> Vec<Change> {
        set.iter()
            .map(|(key, reading)| {
                let (key, to) = (&self.options[*key].0, &self.options[*key].1[*reading]);
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

/// How many leaves are in the way of `condition` being `wanted`.
fn cost(condition: &Condition, context: &Context<'_>, wanted: bool, assume: bool) -> usize {
    let each = |parts: &[Condition]| parts.iter().map(|part| cost(part, context, wanted, assume)).collect::<Vec<_>>();
    match (condition, wanted) {
        (Condition::All(parts), true) | (Condition::Any(parts), false) => each(parts).iter().sum(),
        (Condition::Any(parts), true) | (Condition::All(parts), false) => {
            each(parts).into_iter().min().unwrap_or(1_000)
        }
        (Condition::Not(part), _) => cost(part, context, !wanted, assume),
        (Condition::Named { .. }, _) if assume => 0,
        (leaf, _) => usize::from(leaf.evaluate(context) != Tri::from(wanted)),
    }
}
