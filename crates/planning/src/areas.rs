//! The areas of one day as numbers (区划序号): in the order of a walk, so that whatever lies below an area is one range.
use std::ops::Range;

use base::{AreaCode, AreaLevel, AreaTree, Date};

/// Nowhere: a subject whose area is not known, or that was taken out of the table.
pub const NOWHERE: u32 = u32::MAX;

/// All areas that exist on a day, each before what lies below it. The country is number 0.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Areas {
    date: Date,
    codes: Vec<AreaCode>,
    parents: Vec<u32>,
    /// One past the last area below each.
    ends: Vec<u32>,
    /// Numbers in the order of codes, for finding.
    sorted: Vec<u32>,
}

impl Areas {
    /// The areas of a dated tree on a day: a roll-up of 2021 uses the tree of 2021.
    pub fn of(tree: &AreaTree, date: Date) -> Self {
        let mut walk = Self { date, codes: Vec::new(), parents: Vec::new(), ends: Vec::new(), sorted: Vec::new() };
        walk.enter(tree, &AreaCode::nation(), 0, 0);
        walk.sort();
        walk
    }

    /// The areas as a file kept them: codes in walking order with the number of what lies above each. None if it is no walk.
    pub(crate) fn from_parts(date: Date, codes: Vec<AreaCode>, parents: Vec<u32>) -> Option<Self> {
        if codes.len() != parents.len() || parents.iter().enumerate().any(|(n, up)| n > 0 && *up as usize >= n) {
            return None;
        }
        let mut ends: Vec<u32> = (1..=codes.len() as u32).collect();
        for n in (1..codes.len()).rev() {
            let up = parents[n] as usize;
            ends[up] = ends[up].max(ends[n]);
        }
        let mut areas = Self { date, codes, parents, ends, sorted: Vec::new() };
        areas.sort();
        Some(areas)
    }

    fn sort(&mut self) {
        self.sorted = (0..self.codes.len() as u32).collect();
        self.sorted.sort_by(|a, b| self.codes[*a as usize].cmp(&self.codes[*b as usize]));
    }

    fn enter(&mut self, tree: &AreaTree, code: &AreaCode, parent: u32, depth: u8) {
        let at = self.codes.len();
        self.codes.push(code.clone());
        self.parents.push(parent);
        self.ends.push(0);
        // The deepest chain has six levels; the bound keeps a damaged dated file from looping.
        if depth < 8 {
            for below in tree.children_at(code, self.date) {
                self.enter(tree, &below.code(), at as u32, depth + 1);
            }
        }
        self.ends[at] = self.codes.len() as u32;
    }

    /// The day whose tree this is.
    pub fn date(&self) -> Date {
        self.date
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.codes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.codes.is_empty()
    }

    /// The number of an area.
    pub fn find(&self, code: &AreaCode) -> Option<u32> {
        let found = self.sorted.binary_search_by(|at| self.codes[*at as usize].cmp(code));
        found.ok().map(|position| self.sorted[position])
    }

    /// The number a record with this code counts in: the area itself, or by the dated tree whatever took it over or lies above
    /// it; [`NOWHERE`] if even that is unknown.
    pub fn place(&self, tree: &AreaTree, code: &AreaCode) -> u32 {
        if let Some(at) = self.find(code) {
            return at;
        }
        tree.ancestry_at(code, self.date).iter().find_map(|up| self.find(up)).unwrap_or(NOWHERE)
    }

    /// The code of a number.
    pub fn code(&self, at: u32) -> Option<&AreaCode> {
        self.codes.get(at as usize)
    }

    /// How deep an area lies.
    pub fn level(&self, at: u32) -> Option<AreaLevel> {
        self.code(at).map(AreaCode::level)
    }

    /// The area above; the country's is itself.
    pub fn parent(&self, at: u32) -> u32 {
        self.parents.get(at as usize).copied().unwrap_or(0)
    }

    /// The area and everything above it, nearest first.
    pub fn ancestry(&self, at: u32) -> Vec<u32> {
        let mut out = vec![at];
        while let Some(last) = out.last().copied().filter(|last| *last != 0 && (*last as usize) < self.len()) {
            out.push(self.parent(last));
        }
        out
    }

    /// The area and everything below it.
    pub fn range(&self, at: u32) -> Range<u32> {
        self.ends.get(at as usize).map_or(0..0, |end| at..*end)
    }

    /// The areas directly below.
    pub fn below(&self, at: u32) -> Vec<u32> {
        let range = self.range(at);
        let mut out = Vec::new();
        let mut next = range.start + 1;
        while next < range.end {
            out.push(next);
            next = self.range(next).end;
        }
        out
    }

    /// Codes in walking order, for the file.
    pub(crate) fn parts(&self) -> (&[AreaCode], &[u32]) {
        (&self.codes, &self.parents)
    }
}
