//! What is added up per area: small cells with a sum, so that rolling up is adding.
use std::cmp::Ordering;

use catalogue::Tri;
use catalogue::plans::Fraction;

use crate::areas::Areas;
use crate::figure::{Counts, Figure, Number, Why};
use crate::table::Held;

/// Something that can be rolled up.
pub(crate) trait Cell: Clone + Default {
    /// Takes another cell in.
    fn add(&mut self, other: &Self);
}

/// Adds every area's cell to that of the area above it, within a range of areas in walking order.
pub(crate) fn roll_up<C: Cell>(areas: &Areas, start: u32, cells: &mut [C]) {
    for at in (1..cells.len()).rev() {
        let above = (areas.parent(start + at as u32) - start) as usize;
        // Children stand behind their parent, so that a cell is complete when its turn comes.
        let (before, from) = cells.split_at_mut(at);
        before[above].add(&from[0]);
    }
}

/// Subjects counted, or a fact of theirs summed. Summed facts (people, money held or paid) are never negative, which is why what is
/// not known can only add.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Sum {
    /// The sum over those that surely count.
    pub total: i64,
    /// What those might add that perhaps count.
    pub more: i64,
    pub yes: u32,
    pub no: u32,
    pub unknown: u32,
    /// How many of the unknown might add anything.
    pub open: u32,
}

impl Cell for Sum {
    fn add(&mut self, other: &Self) {
        self.total = self.total.saturating_add(other.total);
        self.more = self.more.saturating_add(other.more);
        self.yes += other.yes;
        self.no += other.no;
        self.unknown += other.unknown;
        self.open += other.open;
    }
}

impl Sum {
    /// Takes in one subject: whether it counts, and its number.
    pub(crate) fn take(&mut self, counts: Tri, number: Held<i64>) {
        match (counts, number) {
            (Tri::False, _) | (_, Held::Blank) => self.no += 1,
            (Tri::True, Held::Known(number)) => {
                self.yes += 1;
                self.total = self.total.saturating_add(number);
            }
            (Tri::Unknown, Held::Known(number)) => {
                self.unknown += 1;
                self.more = self.more.saturating_add(number.max(0));
            }
            (_, Held::Unknown) => {
                self.unknown += 1;
                self.open += 1;
            }
        }
    }

    /// Takes in one subject that counts as one.
    pub(crate) fn count(&mut self, counts: Tri) {
        match counts {
            Tri::False => self.no += 1,
            Tri::True => {
                self.yes += 1;
                self.total += 1;
            }
            Tri::Unknown => {
                self.unknown += 1;
                self.more += 1;
            }
        }
    }

    pub(crate) fn low(&self) -> Fraction {
        Fraction::whole(i128::from(self.total))
    }

    pub(crate) fn high(&self) -> Option<Fraction> {
        (self.open == 0).then(|| Fraction::whole(i128::from(self.total) + i128::from(self.more)))
    }

    pub(crate) fn counts(&self) -> Counts {
        Counts { yes: self.yes.into(), no: self.no.into(), unknown: self.unknown.into() }
    }

    /// None where every number is missing.
    pub(crate) fn figure(&self) -> Option<Figure> {
        if self.yes == 0 && self.no == 0 && self.unknown > 0 && self.open == self.unknown {
            return None;
        }
        Some(Figure::between(Some(self.low()), Some(self.low()), self.high(), self.counts()))
    }

    /// Whether some subject counts.
    pub(crate) fn reached(&self) -> Figure {
        let surely = self.yes > 0;
        let maybe = surely || self.unknown > 0;
        let number = |truth| if truth { Fraction::ONE } else { Fraction::ZERO };
        let mut counts = self.counts();
        if surely {
            counts.unknown = 0;
        }
        Figure::between(Some(number(surely)), Some(number(surely)), Some(number(maybe)), counts)
    }
}

/// A share: how many subjects are (perhaps) among those looked at, and (perhaps) pass.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Tally {
    /// Surely among: pass, fail, perhaps pass.
    pub sure: [u32; 3],
    /// Perhaps among: pass, fail, perhaps pass.
    pub maybe: [u32; 3],
}

impl Cell for Tally {
    fn add(&mut self, other: &Self) {
        for n in 0..3 {
            self.sure[n] += other.sure[n];
            self.maybe[n] += other.maybe[n];
        }
    }
}

impl Tally {
    /// Takes in one subject.
    pub(crate) fn take(&mut self, among: Tri, passes: Tri) {
        let slot = match passes {
            Tri::True => 0,
            Tri::False => 1,
            Tri::Unknown => 2,
        };
        match among {
            Tri::True => self.sure[slot] += 1,
            Tri::Unknown => self.maybe[slot] += 1,
            Tri::False => {}
        }
    }

    /// The share, and between which ones it lies. Least: whoever is open fails and those that pass are not among; greatest: the
    /// other way round.
    pub(crate) fn share(&self) -> Figure {
        let [yes, no, open] = self.sure.map(i128::from);
        let [maybe_yes, maybe_no, maybe_open] = self.maybe.map(i128::from);
        let unknown = open + maybe_yes + maybe_no + maybe_open;
        let counts = Counts { yes: yes as u64, no: no as u64, unknown: unknown as u64 };
        if yes + no + unknown == 0 {
            return Figure::nothing(Why::NothingToCount);
        }
        let low = Fraction::new(yes, yes + no + open + maybe_no + maybe_open);
        let best = yes + open + maybe_yes + maybe_open;
        let high = Fraction::new(best, best + no);
        // Only subjects that pass may be among: if any is, the share is the whole.
        let low = low.or(Some(Fraction::ONE)).filter(|_| yes + no + open + maybe_no + maybe_open > 0 || maybe_yes > 0);
        let high = high.or(Some(Fraction::ZERO));
        Figure::between(Fraction::new(yes, yes + no), low, high, counts)
    }
}

/// One number over another.
pub(crate) fn ratio(top: &Sum, bottom: &Sum) -> Figure {
    let (above, below) = (top.counts(), bottom.counts());
    if bottom.total == 0 && below.unknown == 0 {
        return Figure::nothing(Why::NothingToCount);
    }
    let counts = Counts { yes: above.yes, no: above.no, unknown: above.unknown + below.unknown };
    if top.figure().is_none() || bottom.figure().is_none() || (below.yes == 0 && below.unknown > 0) {
        return Figure { number: Number::Nothing(Why::NoData(Vec::new())), counts };
    }
    let low = bottom.high().and_then(|high| top.low().over(high)).or(Some(Fraction::ZERO));
    let high = top.high().and_then(|high| high.over(bottom.low()));
    Figure::between(top.low().over(bottom.low()), low, high, counts)
}

/// The least number of members any group has.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Least {
    /// Least, and what the known facts give, and greatest it can be.
    low: Option<i64>,
    known: Option<i64>,
    high: Option<i64>,
    groups: u32,
    unknown: u32,
}

impl Least {
    /// Takes in one group that is (perhaps) among those looked at.
    pub(crate) fn take(&mut self, among: Tri, members: &Sum) {
        if among == Tri::False {
            return;
        }
        let mut group = Self { low: Some(members.total), groups: 1, ..Self::default() };
        if among == Tri::True {
            group.known = Some(members.total);
            group.high = (members.open == 0).then(|| members.total.saturating_add(members.more));
        }
        if among == Tri::Unknown || members.unknown > 0 {
            group.unknown = 1;
        }
        self.add(&group);
    }

    pub(crate) fn figure(&self) -> Figure {
        if self.groups == 0 {
            return Figure::nothing(Why::NothingToCount);
        }
        let number = |value: Option<i64>| value.map(|value| Fraction::whole(i128::from(value)));
        let (unknown, groups) = (u64::from(self.unknown), u64::from(self.groups));
        let counts = Counts { yes: groups - unknown, no: 0, unknown };
        Figure::between(number(self.known), number(self.low), number(self.high), counts)
    }
}

impl Cell for Least {
    fn add(&mut self, other: &Self) {
        let least = |a: Option<i64>, b: Option<i64>| a.into_iter().chain(b).min();
        self.low = least(self.low, other.low);
        self.known = least(self.known, other.known);
        self.high = least(self.high, other.high);
        self.groups += other.groups;
        self.unknown += other.unknown;
    }
}

/// Which of a fact's words occur.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Spread {
    /// Words that surely occur.
    pub bits: u64,
    /// Words that perhaps do.
    pub maybe: u64,
    pub yes: u32,
    pub unknown: u32,
    /// Subjects that may bring any word.
    pub open: u32,
}

impl Cell for Spread {
    fn add(&mut self, other: &Self) {
        self.bits |= other.bits;
        self.maybe |= other.maybe;
        self.yes += other.yes;
        self.unknown += other.unknown;
        self.open += other.open;
    }
}

impl Spread {
    pub(crate) fn figure(&self, words: u32) -> Figure {
        let share = |count: u32| Fraction::new(i128::from(count.min(words)), i128::from(words));
        let low = self.bits.count_ones();
        let high = if self.open > 0 { words } else { (self.bits | self.maybe).count_ones() };
        let counts = Counts { yes: self.yes.into(), no: 0, unknown: self.unknown.into() };
        Figure::between(share(low), share(low), share(high), counts)
    }
}

/// The greatest (or least) of the subjects' own ratios.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) struct Extreme {
    best: Option<(i64, i64)>,
    /// Looking for the least.
    least: bool,
    yes: u32,
    no: u32,
    unknown: u32,
}

impl Extreme {
    /// Takes in one subject's two numbers.
    pub(crate) fn take(&mut self, counts: Tri, pair: Held<(i64, i64)>, least: bool) {
        self.least = least;
        match (counts, pair) {
            (Tri::False, _) | (_, Held::Blank) => self.no += 1,
            (Tri::True, Held::Known(pair)) => self.add(&Self { best: Some(pair), yes: 1, least, ..Self::default() }),
            _ => self.unknown += 1,
        }
    }

    pub(crate) fn figure(&self) -> Figure {
        let counts = Counts { yes: self.yes.into(), no: self.no.into(), unknown: self.unknown.into() };
        if counts.yes + counts.unknown == 0 {
            return Figure::nothing(Why::NothingToCount);
        }
        let best = self.best.and_then(|(top, bottom)| Fraction::new(top.into(), bottom.into()));
        match (counts.unknown, self.least) {
            (0, _) => Figure::between(best, best, best, counts),
            (_, false) => Figure::between(best, best.or(Some(Fraction::ZERO)), None, counts),
            (_, true) => Figure::between(best, Some(Fraction::ZERO), best, counts),
        }
    }
}

impl Cell for Extreme {
    fn add(&mut self, other: &Self) {
        self.least |= other.least;
        self.best = match (self.best, other.best) {
            (Some(mine), Some(theirs)) => {
                let order =
                    (i128::from(theirs.0) * i128::from(mine.1)).cmp(&(i128::from(mine.0) * i128::from(theirs.1)));
                let better = if self.least { Ordering::Less } else { Ordering::Greater };
                Some(if order == better { theirs } else { mine })
            }
            (mine, theirs) => mine.or(theirs),
        };
        self.yes += other.yes;
        self.no += other.no;
        self.unknown += other.unknown;
    }
}
