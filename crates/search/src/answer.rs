//! Answers a query: collects, counts, ranks, pages, highlights.
use base::{AreaCode, OrgId};

use crate::block::{Block, parts_of};
use crate::doc::{ACTIVE, FORMER, Facts, Rank, area_number};
use crate::facets::Counter;
use crate::matching::{Filter, Matched, Terms};
use crate::query::{Cursor, Item, Page, Query};
use crate::segment::Segment;
use crate::state::{Blocks, State};

/// How many matches, in rank order, are ordered by how well they match.
const WINDOW: usize = 300;
/// The score of matches behind the window: rank alone decides.
const BEHIND: u32 = u32::MAX;

struct Hit<'a> {
    score: u32,
    rank: Rank,
    block: &'a dyn Block,
    place: u16,
}

impl Hit<'_> {
    fn key(&self) -> (u32, Rank) {
        (self.score, self.rank)
    }
}

/// What a page still needs while blocks are gone through.
struct Collector<'a> {
    /// Hits up to here all belong to the window, whose order is by score.
    boundary: Option<Rank>,
    /// Hits up to here were on earlier pages.
    after: Option<Rank>,
    /// How many hits behind the window are of use.
    wanted: usize,
    window: Vec<Hit<'a>>,
    behind: Vec<Hit<'a>>,
}

impl<'a> Collector<'a> {
    fn of(query: &Query, limit: usize) -> Self {
        let (boundary, after, wanted) = match &query.after {
            None => (None, None, WINDOW + limit + 1),
            Some(cursor) if cursor.score == BEHIND => (None, Some(cursor.rank), limit + 1),
            Some(cursor) => (Some(cursor.boundary), None, limit + 1),
        };
        Self { boundary, after, wanted, window: Vec::new(), behind: Vec::new() }
    }

    fn offer(&mut self, block: &'a dyn Block, place: u16, full: bool) {
        // A ranked block cannot improve on what is complete, so spare the look at its ranks.
        if full && self.boundary.is_none() {
            return;
        }
        let rank = block.rank(place);
        let hit = Hit { score: BEHIND, rank, block, place };
        if self.boundary.is_some_and(|boundary| rank <= boundary) {
            self.window.push(hit);
        } else if !full && self.after.is_none_or(|after| rank > after) {
            self.behind.push(hit);
        }
    }

    fn complete(&self) -> bool {
        self.behind.len() >= self.wanted
    }

    /// Brings the hits into page order; returns them with the boundary.
    fn order(mut self, score: impl Fn(&Hit<'_>) -> u32, cursor: Option<&Cursor>) -> (Vec<Hit<'a>>, Rank) {
        self.behind.sort_unstable_by_key(|hit| hit.rank);
        let mut boundary = self.boundary.unwrap_or((u32::MAX, u128::MAX));
        if cursor.is_none() {
            if self.behind.len() > WINDOW {
                boundary = self.behind[WINDOW - 1].rank;
            }
            let rest = self.behind.split_off(self.behind.len().min(WINDOW));
            self.window = std::mem::replace(&mut self.behind, rest);
        }
        self.window.iter_mut().for_each(|hit| hit.score = score(hit));
        self.window.sort_unstable_by_key(Hit::key);
        self.window.append(&mut self.behind);
        if let Some(cursor) = cursor {
            boundary = cursor.boundary;
            self.window.retain(|hit| hit.key() > (cursor.score, cursor.rank));
        }
        (self.window, boundary)
    }
}

pub(crate) fn answer(state: &State, query: &Query) -> Page {
    let terms = Terms::of(&query.text);
    let filter = Filter::of(query, &state.labels);
    let limit = query.limit.clamp(1, 200);
    let blocks = state.blocks();
    let mut collector = Collector::of(query, limit);
    let mut counter = query.count.then(|| Counter::new(query.facet_level()));
    // Whoever counts goes through all matches anyway, and then knows which rows they are.
    let found = query.count.then(|| find_all(state, &blocks, &terms));
    let mut fresh = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let skip = block.ranked() && (collector.complete() || ends_before(block, collector.after));
        if skip && counter.is_none() {
            continue;
        }
        let places = if let Some((_, all)) = &found {
            &all[number]
        } else {
            terms.find(block, &mut fresh);
            &fresh
        };
        for &place in places {
            let full = block.ranked() && collector.complete();
            if full && counter.is_none() {
                break;
            }
            if let Some(facts) = filter.admit(block, place, &terms, found.as_ref().map(|(matched, _)| matched)) {
                collector.offer(block, place, full);
                if let Some(counter) = &mut counter {
                    counter.add(&facts);
                }
            }
        }
    }
    let near = query.near.as_ref();
    let (mut hits, boundary) = collector.order(|hit| score(hit, &terms, near), query.after.as_ref());
    let more = hits.len() > limit;
    hits.truncate(limit);
    let last = hits.last().filter(|_| more);
    Page {
        next: last.map(|hit| Cursor { boundary, score: hit.score, rank: hit.rank }),
        items: hits.iter().map(|hit| item(hit, &terms)).collect(),
        total: counter.as_ref().map(|counter| counter.total),
        facets: counter.map(|counter| counter.facets(&state.labels)),
    }
}

/// The places of all matches by block, before filters.
fn find_all(state: &State, blocks: &Blocks<'_>, terms: &Terms) -> (Matched, Vec<Vec<u16>>) {
    let mut matched = Matched::of(state.segment.as_ref().map_or(0, Segment::len));
    let find = |block: &dyn Block| {
        let mut places = Vec::new();
        terms.find(block, &mut places);
        matched.add(block, &places);
        places
    };
    let all = blocks.iter().map(find).collect();
    (matched, all)
}

/// Whether all of a ranked block was on earlier pages.
fn ends_before(block: &dyn Block, after: Option<Rank>) -> bool {
    let last = block.len().checked_sub(1).map(|place| block.rank(place as u16));
    after.zip(last).is_some_and(|(after, last)| last <= after)
}

/// How well a document matches, less is better: the whole, then a beginning, then a fragment early in the name, then one
/// elsewhere; then by status; then by nearness. A function of the document and the query alone.
fn score(hit: &Hit<'_>, terms: &Terms, near: Option<&AreaCode>) -> u32 {
    let facts = hit.block.facts(hit.place);
    let parts = parts_of(hit.block.record(hit.place));
    let mut tier = 0;
    let mut position = 0;
    if let Some(term) = terms.list.first() {
        let text = term.text.as_str();
        let at = parts[0].find(text).map(|at| parts[0][..at].chars().count().min(254) as u32);
        position = at.unwrap_or(255);
        tier = if parts.contains(&text) {
            0
        } else if parts.iter().any(|part| part.starts_with(text)) {
            1
        } else {
            2
        };
    }
    let class = u32::from(!facts.has(ACTIVE)) * 2 + u32::from(facts.has(FORMER));
    (tier << 24) | (position << 16) | (class << 8) | near.map_or(0, |area| distance(&facts, area))
}

/// 0 for the same area as deep as asked, more the earlier the codes part.
fn distance(facts: &Facts, near: &AreaCode) -> u32 {
    let wanted = area_number(near);
    let depth = near.as_str().len();
    let levels = [12, 9, 6, 4, 2].into_iter().filter(|&digits| digits <= depth);
    let common = levels.clone().position(|digits| {
        let unit = 10_u64.pow(12 - digits as u32);
        facts.area / unit == wanted / unit
    });
    common.unwrap_or_else(|| levels.count()) as u32
}

fn item(hit: &Hit<'_>, terms: &Terms) -> Item {
    let name = written(hit.block, hit.place);
    let highlights = highlights(&name, terms);
    Item { id: OrgId::from_bits(hit.rank.1), name, former: hit.block.facts(hit.place).has(FORMER), highlights }
}

/// The name as it was written.
pub(crate) fn written(block: &dyn Block, place: u16) -> String {
    let original = block.original(place);
    if original.is_empty() { parts_of(block.record(place))[0].to_owned() } else { original.to_owned() }
}

fn highlights(name: &str, terms: &Terms) -> Vec<std::ops::Range<usize>> {
    let mapped = registry::names::normalize_mapped(name);
    let mut letters = None;
    let mut marked = vec![false; mapped.source.len()];
    for term in &terms.list {
        let before = marked.clone();
        mark(&mapped.text, &term.text, &mut marked);
        // First letters are only typed as letters, and finding them costs more than all the rest.
        if before == marked && term.text.is_ascii() {
            let letters = letters.get_or_insert_with(|| registry::names::initials(&mapped.text));
            mark(letters, &term.text, &mut marked);
        }
    }
    let mut ranges: Vec<std::ops::Range<usize>> = Vec::new();
    for (range, _) in mapped.source.iter().zip(&marked).filter(|(_, marked)| **marked) {
        match ranges.last_mut() {
            Some(last) if last.end >= range.start => last.end = last.end.max(range.end),
            _ => ranges.push(range.clone()),
        }
    }
    ranges
}

/// Marks the characters of `text` that occurrences of `term` cover.
fn mark(text: &str, term: &str, marked: &mut [bool]) {
    let length = term.chars().count();
    for (at, _) in text.match_indices(term) {
        let start = text[..at].chars().count();
        marked.iter_mut().skip(start).take(length).for_each(|mark| *mark = true);
    }
}
