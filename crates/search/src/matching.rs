//! Which documents of a block a query means: fragments through postings and verification, filters through facts.
use memchr::memmem::Finder;

use crate::block::Block;
use crate::doc::{ACTIVE, CHARITY, FORMER, Facts, Labels, MANY, VISIBLE, area_number, day_number};
use crate::grams;
use crate::query::Query;

/// Longer texts are cut: no name, code or number is longer.
const LONGEST_QUERY: usize = 128;

/// One fragment, in normal form.
pub(crate) struct Term {
    pub text: String,
    finder: Finder<'static>,
    /// Pairs do not prove three characters to be adjacent.
    verify: bool,
}

/// The fragments of a query: white space separates them, all must occur.
pub(crate) struct Terms {
    pub list: Vec<Term>,
    grams: Vec<u64>,
    /// Only punctuation was asked for: nothing is found.
    nothing: bool,
}

impl Terms {
    pub fn of(text: &str) -> Self {
        let text: String = text.chars().take(LONGEST_QUERY).collect();
        let normal = text.split_whitespace().map(registry::names::normalize).filter(|term| !term.is_empty());
        let mut list: Vec<Term> = Vec::new();
        for text in normal {
            if list.iter().all(|known| known.text != text) {
                let finder = Finder::new(text.as_bytes()).into_owned();
                list.push(Term { verify: text.chars().nth(2).is_some(), finder, text });
            }
        }
        let mut all: Vec<u64> = list.iter().flat_map(|term| grams::of_fragment(&term.text)).collect();
        all.sort_unstable();
        all.dedup();
        Self { nothing: list.is_empty() && !text.trim().is_empty(), list, grams: all }
    }

    /// Whether all fragments occur in a record.
    pub fn occur_in(&self, record: &[u8]) -> bool {
        !self.nothing && self.list.iter().all(|term| term.finder.find(record).is_some())
    }

    /// Sets `out` to the places that hold every fragment, ascending.
    pub fn find(&self, block: &dyn Block, out: &mut Vec<u16>) {
        out.clear();
        if self.nothing {
            return;
        }
        if self.grams.is_empty() {
            out.extend((0..block.len()).map(|place| place as u16));
            return;
        }
        let mut lists = Vec::with_capacity(self.grams.len());
        for &gram in &self.grams {
            match block.posting(gram) {
                Some(posting) => lists.push(posting),
                None => return,
            }
        }
        lists.sort_by_key(crate::block::Posting::len);
        out.reserve(lists[0].len());
        lists[0].for_each(|place| out.push(place));
        for posting in &lists[1..] {
            posting.intersect(out);
        }
        for term in self.list.iter().filter(|term| term.verify) {
            out.retain(|&place| term.finder.find(block.record(place)).is_some());
        }
    }
}

/// The rows of the segment in which all fragments occur: one bit each, so that the peers of a hundred thousand former names are
/// looked up without touching their texts.
pub(crate) struct Matched(Vec<u64>);

impl Matched {
    pub fn of(rows: usize) -> Self {
        Self(vec![0; rows.div_ceil(64)])
    }

    pub fn add(&mut self, block: &dyn Block, places: &[u16]) {
        for row in places.iter().filter_map(|&place| block.row(place)) {
            if let Some(word) = self.0.get_mut(row / 64) {
                *word |= 1 << (row % 64);
            }
        }
    }

    fn has(&self, row: usize) -> bool {
        self.0.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
}

/// The filters of a query, as numbers.
pub(crate) struct Filter {
    day: Option<u16>,
    areas: Option<Vec<std::ops::Range<u64>>>,
    except: Vec<std::ops::Range<u64>>,
    registrar: Option<u32>,
    labels: [Option<[bool; 256]>; 3],
    /// Flags that matter, and how they must be.
    mask: u8,
    want: u8,
    /// Nothing but visibility is asked.
    open: bool,
}

impl Filter {
    pub fn of(query: &Query, labels: &Labels) -> Self {
        let chosen = |wanted: &[String], known: &[String]| {
            (!wanted.is_empty())
                .then(|| std::array::from_fn(|at| known.get(at).is_some_and(|text| wanted.contains(text))))
        };
        let nation = query.areas.iter().any(|area| area.level() == base::AreaLevel::Nation);
        let range = |area: &base::AreaCode| {
            let start = area_number(area);
            start..start + 10_u64.pow(12_u32.saturating_sub(area.as_str().len() as u32))
        };
        let areas = (!query.areas.is_empty() && !nation).then(|| query.areas.iter().map(range).collect());
        let mut filter = Self {
            day: query.as_of.map(day_number),
            areas,
            except: query.except.iter().map(range).collect(),
            registrar: query.registrar.as_ref().map(|area| (area_number(area) / 1_000_000) as u32),
            labels: [
                chosen(&query.kinds, &labels.kinds),
                chosen(&query.statuses, &labels.statuses),
                chosen(&query.grades, &labels.grades),
            ],
            mask: 0,
            want: 0,
            open: false,
        };
        for (flag, wanted) in [(CHARITY, query.charity), (ACTIVE, query.active)] {
            if let Some(wanted) = wanted {
                filter.mask |= flag;
                filter.want |= if wanted { flag } else { 0 };
            }
        }
        filter.open = filter.areas.is_none()
            && filter.registrar.is_none()
            && filter.labels.iter().all(Option::is_none)
            && filter.mask == 0;
        filter
    }

    /// The facts by which the document counts, if the query means it. Without `as_of` a former name counts with the facts of
    /// the organization's present document, and only if no better document of it matches.
    pub fn admit(&self, block: &dyn Block, place: u16, terms: &Terms, matched: Option<&Matched>) -> Option<Facts> {
        if block.dead(place) {
            return None;
        }
        let mut facts = block.facts(place);
        if let Some(day) = self.day {
            return (facts.from <= day && day < facts.to && self.allows(&facts)).then_some(facts);
        }
        if !facts.has(VISIBLE) {
            return None;
        }
        if facts.has(FORMER) {
            let many = facts.has(MANY);
            // The peer is visible, and matches: it stands for the organization.
            if matched.zip(block.peer_row(place)).is_some_and(|(matched, row)| matched.has(row)) {
                return None;
            }
            if let Some((present, record)) = block.peer(place) {
                if terms.occur_in(record) {
                    return None;
                }
                facts = present;
            }
            if many && better_sibling(block, place, terms) {
                return None;
            }
        }
        self.allows(&facts).then_some(facts)
    }

    fn allows(&self, facts: &Facts) -> bool {
        if self.open {
            return true;
        }
        let numbers = [facts.kind, facts.status, facts.grade];
        facts.flags & self.mask == self.want
            && self.registrar.is_none_or(|registrar| registrar == facts.registrar)
            && self
                .labels
                .iter()
                .zip(numbers)
                .all(|(wanted, number)| wanted.as_ref().is_none_or(|set| set[usize::from(number)]))
            && self.areas.as_ref().is_none_or(|ranges| {
                ranges.iter().any(|range| range.contains(&facts.area))
                    && !self.except.iter().any(|range| range.contains(&facts.area))
            })
    }
}

/// Whether another document of the organization, seen without `as_of` and standing before this one, matches too.
fn better_sibling(block: &dyn Block, place: u16, terms: &Terms) -> bool {
    let here = (block.facts(place).has(FORMER), block.rank(place), block.record(place));
    block.siblings(place).into_iter().any(|(rank, facts, record)| {
        facts.has(VISIBLE) && (facts.has(FORMER), rank, record) < here && terms.occur_in(record)
    })
}
