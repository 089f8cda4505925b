//! The name check's proposals: names that share much with a new one, and names that sound the same.
use base::{AreaCode, OrgId};
use registry::names::{self, Gazetteer, NameRules, Reason};

use crate::answer::written;
use crate::block::{BLOCK, Block, parts_of};
use crate::doc::{FORMER, Rank, VISIBLE, area_number};
use crate::grams;
use crate::matching::Terms;
use crate::state::State;

/// How many candidates are compared part by part.
const CANDIDATES: usize = 200;

/// A name near the one asked about.
#[derive(Debug, Clone, PartialEq)]
pub struct Near {
    /// Whose.
    pub id: OrgId,
    /// The name as written.
    pub name: String,
    /// Whether it is no longer borne.
    pub former: bool,
    /// Likeness, 0 to 1000.
    pub score: u32,
    /// Why.
    pub reasons: Vec<Reason>,
}

/// What the likeness is judged by.
pub(crate) struct Judge<'a> {
    pub kind: &'a str,
    pub rules: &'a NameRules,
    pub areas: &'a dyn Gazetteer,
}

/// The `limit` names most like `name`, most alike first.
pub(crate) fn similar(
    state: &State,
    name: &str,
    registrar: Option<&AreaCode>,
    limit: usize,
    judge: &Judge<'_>,
) -> Vec<Near> {
    let normal = names::normalize(name);
    let ours = names::parse(name, judge.kind, judge.rules, judge.areas);
    let kinds = &state.labels.kinds;
    let blocks = state.blocks();
    let all: Vec<&dyn Block> = blocks.iter().collect();
    let compare = |(number, place): (usize, u16)| {
        let block = all[number];
        let facts = block.facts(place);
        let name = written(block, place);
        let kind = kinds.get(usize::from(facts.kind)).map_or("", String::as_str);
        let likeness = names::similarity(&ours, &names::parse(&name, kind, judge.rules, judge.areas));
        let (id, former) = (OrgId::from_bits(block.rank(place).1), facts.has(FORMER));
        Near { id, name, former, score: likeness.score, reasons: likeness.reasons }
    };
    let mut near: Vec<Near> = candidates(&all, &normal, registrar).into_iter().map(compare).collect();
    near.sort_by(|a, b| b.score.cmp(&a.score).then_with(|| a.name.cmp(&b.name)).then_with(|| a.id.cmp(&b.id)));
    near.truncate(limit);
    near
}

/// The documents whose names share the most weight of pairs, weighted by rarity (IDF), as block number and place. Exact: every
/// pair of every document is counted.
fn candidates(blocks: &[&dyn Block], normal: &str, registrar: Option<&AreaCode>) -> Vec<(usize, u16)> {
    let registrar = registrar.map(|area| (area_number(area) / 1_000_000) as u32);
    let pairs = grams::of_fragment(normal);
    let total: usize = blocks.iter().map(|block| block.len()).sum();
    let weights: Vec<u16> = pairs
        .iter()
        .map(|&gram| {
            let count: usize = blocks.iter().filter_map(|block| block.posting(gram)).map(|posting| posting.len()).sum();
            // Sixteenths of a nat; 64 pairs of the rarest kind still fit 16 bits.
            (16.0 * ((total + 1) as f64 / (count + 1) as f64).ln()).clamp(1.0, 1000.0) as u16
        })
        .collect();
    let mut best: Vec<(std::cmp::Reverse<u16>, Rank, usize, u16)> = Vec::new();
    let mut least = 0;
    let mut sums = vec![0_u16; BLOCK];
    for (number, block) in blocks.iter().enumerate() {
        sums.fill(0);
        for (&gram, &weight) in pairs.iter().zip(&weights) {
            if let Some(posting) = block.posting(gram) {
                posting.for_each(|place| sums[usize::from(place)] = sums[usize::from(place)].saturating_add(weight));
            }
        }
        for (place, &sum) in sums.iter().enumerate().take(block.len()).filter(|(_, sum)| **sum > 0) {
            let place = place as u16;
            if sum < least || block.dead(place) {
                continue;
            }
            let facts = block.facts(place);
            if facts.has(VISIBLE) && registrar.is_none_or(|wanted| wanted == facts.registrar) {
                best.push((std::cmp::Reverse(sum), block.rank(place), number, place));
            }
            if best.len() >= CANDIDATES * 8 {
                least = cut(&mut best);
            }
        }
    }
    cut(&mut best);
    best.into_iter().map(|(_, _, number, place)| (number, place)).collect()
}

/// Keeps the best; the sum below which nothing can enter any more.
fn cut(best: &mut Vec<(std::cmp::Reverse<u16>, Rank, usize, u16)>) -> u16 {
    best.sort_unstable();
    best.truncate(CANDIDATES);
    best.last().filter(|_| best.len() == CANDIDATES).map_or(0, |last| last.0.0)
}

/// Organizations with a name that sounds the same without tones and is not the same.
pub(crate) fn same_pronunciation(state: &State, name: &str) -> Vec<(OrgId, String)> {
    let normal = names::normalize(name);
    let letters = names::initials(&normal);
    let terms = Terms::of(&letters);
    let mut found = Vec::new();
    let mut places = Vec::new();
    if letters.is_empty() {
        return found;
    }
    for block in state.blocks().iter() {
        terms.find(block, &mut places);
        for &place in &places {
            let [theirs, sound, ..] = parts_of(block.record(place));
            let counts = block.facts(place).has(VISIBLE) && !block.dead(place);
            if counts && sound == letters && names::same_sound(&normal, theirs) {
                found.push((OrgId::from_bits(block.rank(place).1), written(block, place)));
            }
        }
    }
    found
}
