//! The dated tree of areas (行政区划树): names, parents and what lies below, on any day.
//!
//! The base is the list of the National Bureau of Statistics of 2023 down to townships (and, for Liaoning, Zhejiang and
//! Shenzhen, to communities) *less statistical units*: development zones listed as counties, townships 400-599 that are farms,
//! parks or prisons, and placeholder levels (市辖区, 省直辖, 直辖村级区划). What lay below a dropped unit hangs on the nearest
//! real area, so 龙港市 has its communities directly. Our own dated files add what changed and the zones whose bodies register
//! organizations by delegation.
mod changes;
mod load;
mod nearness;
mod reach;
mod search;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use jiff::civil::Date;

pub use changes::{AreaChange, AreaChangeKind};
pub use load::{AreaFault, AreaFiles};
pub use reach::Reach;

use crate::{AreaCode, AreaLevel};

/// A piece of the tree's one text: start and length in bytes.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
struct Piece {
    start: u32,
    len: u16,
}

/// What a node is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum AreaKind {
    /// 行政区划（及其村级）
    Division,
    /// A zone whose body registers by delegation (受委托登记的功能区); its six-digit code is our own, `97` and up.
    Zone,
}

#[derive(Debug)]
struct Node {
    /// The code padded to twelve digits: sorting by it is walking the tree in order.
    key: u64,
    name: Piece,
    short: Piece,
    pinyin: Piece,
    /// Index of today's parent; the country's is itself.
    parent: u32,
    from: Option<Date>,
    to: Option<Date>,
    kind: AreaKind,
}

/// All areas, held once (about 90,000 nodes, 7 MB).
#[derive(Debug)]
pub struct AreaTree {
    text: String,
    /// Sorted by key; the first is the country.
    nodes: Vec<Node>,
    /// `below[starts[n]..starts[n + 1]]` are the children of `n` today.
    starts: Vec<u32>,
    below: Vec<u32>,
    /// Earlier parents: until (exclusive) which day, sorted, a node lay under which other one.
    former: BTreeMap<u32, Vec<(Date, u32)>>,
    /// The same the other way round.
    former_below: BTreeMap<u32, Vec<u32>>,
    /// Earlier names, until (exclusive) which day, sorted.
    names: BTreeMap<u32, Vec<(Date, Piece)>>,
    /// Which area took over from one that ended.
    successors: BTreeMap<u64, u64>,
    /// Units of the source list that are no areas, with what they are.
    dropped: BTreeMap<u64, (Piece, load::Dropped)>,
    /// 城乡分类代码 known for a community, first digit only.
    classes: BTreeMap<u64, u8>,
    /// Longitude and latitude, by key.
    centroids: BTreeMap<u64, (f64, f64)>,
    /// What changed, oldest first.
    events: Vec<changes::Event>,
    /// See [`AreaTree::reach_at`]; gathered when first asked for.
    wanderers: std::sync::OnceLock<Vec<AreaCode>>,
}

/// One area of a tree.
#[derive(Clone, Copy)]
pub struct Area<'t> {
    tree: &'t AreaTree,
    at: u32,
}

/// 城镇 or 乡村, as 城乡分类代码 counts them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Settlement {
    /// 城镇社区 (class 1xx)
    Urban,
    /// 农村社区 (class 2xx)
    Rural,
}

/// Whether a community is urban or rural, and how that is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct SettlementFact {
    /// The answer.
    pub settlement: Settlement,
    /// Guessed from 居委会 / 村委会 because no class code is loaded.
    pub estimated: bool,
}

/// Twelve digits as a number; none for a text that is no area code.
fn key_of(code: &AreaCode) -> u64 {
    let digits = code.as_str();
    let number: u64 = digits.parse().unwrap_or_default();
    number * 10_u64.pow(12_u32.saturating_sub(digits.len() as u32))
}

/// The country's `100000` padded to twelve digits; it is not province 10.
const NATION: u64 = 100_000_000_000;

fn code_of(key: u64) -> AreaCode {
    if key == NATION {
        return AreaCode::nation();
    }
    // Keys are made from codes, so this cannot fail; the country is the harmless answer if one ever were not.
    format!("{key:012}").parse().unwrap_or_else(|_| AreaCode::nation())
}

impl AreaTree {
    fn piece(&self, piece: Piece) -> &str {
        let start = piece.start as usize;
        self.text.get(start..start + usize::from(piece.len)).unwrap_or_default()
    }

    fn node(&self, at: u32) -> Option<&Node> {
        self.nodes.get(at as usize)
    }

    fn index(&self, key: u64) -> Option<u32> {
        self.nodes.binary_search_by_key(&key, |node| node.key).ok().map(|at| at as u32)
    }

    fn area(&self, at: u32) -> Area<'_> {
        Area { tree: self, at }
    }

    /// The area with this code, on whatever days it exists; none for statistical units (see [`AreaTree::note`]).
    pub fn find(&self, code: &AreaCode) -> Option<Area<'_>> {
        self.index(key_of(code)).map(|at| self.area(at))
    }

    /// Its name today, or the last it had; none if unknown.
    pub fn name(&self, code: &AreaCode) -> Option<&str> {
        self.find(code).map(Area::name)
    }

    /// What a code of the source list is that is no area: a statistical unit or a placeholder level.
    pub fn note(&self, code: &AreaCode) -> Option<String> {
        let (name, why) = self.dropped.get(&key_of(code))?;
        Some(format!("“{}”{}", self.piece(*name), why.text()))
    }

    /// `辽宁省沈阳市和平区`: all names from the province down, as they are today (or were last). For a code that is not in the
    /// tree, the nearest area above it; the code itself if even the province is unknown.
    pub fn full_name(&self, code: &AreaCode) -> String {
        self.full_name_at(code, Date::MAX)
    }

    /// The full name as it was on `date`.
    pub fn full_name_at(&self, code: &AreaCode, date: Date) -> String {
        let Some(area) = self.nearest(code) else { return code.to_string() };
        // An area that ended is called as on its last day, not as a part of its successor.
        let last = area.valid_to().and_then(|to| to.yesterday().ok()).unwrap_or(date);
        let date = date.min(last);
        if area.level() == AreaLevel::Nation {
            return if area.key() == key_of(code) { area.name().to_owned() } else { code.to_string() };
        }
        let mut names: Vec<&str> = area
            .ancestry_at(date)
            .filter(|area| area.level() != AreaLevel::Nation)
            .map(|area| area.name_at(date))
            .collect();
        names.reverse();
        names.concat()
    }

    /// The area itself, or the nearest one above it *by code* that the tree knows (communities outside the three shipped
    /// regions, townships younger than the list).
    pub fn nearest(&self, code: &AreaCode) -> Option<Area<'_>> {
        let mut code = code.clone();
        loop {
            if let Some(area) = self.find(&code) {
                return Some(area);
            }
            code = code.parent()?;
        }
    }

    /// The area above `code` on `date`; none for the country and for unknown codes.
    pub fn parent_at(&self, code: &AreaCode, date: Date) -> Option<AreaCode> {
        self.find(code)?.parent_at(date).map(Area::code)
    }

    /// The areas directly below `code` that exist on `date`, in order of code.
    pub fn children_at(&self, code: &AreaCode, date: Date) -> Vec<Area<'_>> {
        let Some(at) = self.index(key_of(code)) else { return Vec::new() };
        let range = |n: u32| self.starts.get(n as usize).copied().unwrap_or_default() as usize;
        let today = self.below.get(range(at)..range(at + 1)).unwrap_or_default();
        let earlier = self.former_below.get(&at).map(Vec::as_slice).unwrap_or_default();
        let mut found: Vec<u32> = today.iter().chain(earlier).copied().collect();
        found.sort_unstable();
        found.dedup();
        let here = |area: &Area<'_>| area.exists_at(date) && area.parent_at(date).is_some_and(|up| up.at == at);
        found.into_iter().map(|child| self.area(child)).filter(here).collect()
    }

    /// The area and everything above it on `date`, nearest first, the country last; starts at the nearest known area.
    pub fn ancestry_at(&self, code: &AreaCode, date: Date) -> Vec<AreaCode> {
        let known = self.nearest(code).into_iter().flat_map(|area| area.ancestry_at(date)).map(Area::code);
        let own = self.find(code).is_none().then(|| code.clone());
        own.into_iter().chain(known).collect()
    }

    /// Whether `lower` is `upper` or lies below it on `date`.
    pub fn covers_at(&self, upper: &AreaCode, lower: &AreaCode, date: Date) -> bool {
        if upper == lower || *upper == AreaCode::nation() {
            return true;
        }
        let wanted = key_of(upper);
        self.nearest(lower).is_some_and(|area| area.ancestry_at(date).any(|up| up.key() == wanted))
    }

    /// The area that took over from one that ended, or the larger part of it: 辽中县 `210122` gives 辽中区 `210115`.
    pub fn successor(&self, code: &AreaCode) -> Option<AreaCode> {
        self.successors.get(&key_of(code)).map(|key| code_of(*key))
    }

    /// Whether a community is urban or rural (城镇社区 / 农村社区); none for other levels.
    pub fn settlement(&self, code: &AreaCode) -> Option<SettlementFact> {
        if code.level() != AreaLevel::Community {
            return None;
        }
        let key = key_of(code);
        if let Some(class) = self.classes.get(&key) {
            let settlement = if *class == 1 { Settlement::Urban } else { Settlement::Rural };
            return Some(SettlementFact { settlement, estimated: false });
        }
        // 001-199 居委会, 400-499 类似居委会; 200-399 村委会, 500-599 类似村委会.
        let settlement = match key % 1000 {
            1..=199 | 400..=499 => Settlement::Urban,
            200..=399 | 500..=599 => Settlement::Rural,
            _ => return None,
        };
        Some(SettlementFact { settlement, estimated: true })
    }

    /// How many nodes there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// All areas in order of code, ended ones included.
    pub fn iter(&self) -> impl Iterator<Item = Area<'_>> {
        (0..self.nodes.len() as u32).map(|at| self.area(at))
    }
}

impl<'t> Area<'t> {
    fn key(self) -> u64 {
        self.tree.node(self.at).map_or(0, |node| node.key)
    }

    fn text(self, of: impl Fn(&Node) -> Piece) -> &'t str {
        self.tree.node(self.at).map_or("", |node| self.tree.piece(of(node)))
    }

    /// Its code.
    pub fn code(self) -> AreaCode {
        code_of(self.key())
    }

    /// How deep it lies by its code.
    pub fn level(self) -> AreaLevel {
        match self.key() {
            NATION => AreaLevel::Nation,
            key if !key.is_multiple_of(1_000) => AreaLevel::Community,
            key if !key.is_multiple_of(1_000_000) => AreaLevel::Town,
            key if !key.is_multiple_of(100_000_000) => AreaLevel::County,
            key if !key.is_multiple_of(10_000_000_000) => AreaLevel::City,
            _ => AreaLevel::Province,
        }
    }

    /// Division or zone.
    pub fn kind(self) -> AreaKind {
        self.tree.node(self.at).map_or(AreaKind::Division, |node| node.kind)
    }

    /// Its name today, or the last it had.
    pub fn name(self) -> &'t str {
        self.text(|node| node.name)
    }

    /// Its name on `date`.
    pub fn name_at(self, date: Date) -> &'t str {
        let names = self.tree.names.get(&self.at).map(Vec::as_slice).unwrap_or_default();
        names.iter().find(|(until, _)| date < *until).map_or_else(|| self.name(), |(_, name)| self.tree.piece(*name))
    }

    /// `和平` for 和平区; the whole name where no short one is known.
    pub fn short_name(self) -> &'t str {
        let short = self.text(|node| node.short);
        if short.is_empty() { self.name() } else { short }
    }

    /// `he ping`; none where unknown.
    pub fn pinyin(self) -> Option<&'t str> {
        Some(self.text(|node| node.pinyin)).filter(|text| !text.is_empty())
    }

    /// First day it exists; none: as far back as the data go.
    pub fn valid_from(self) -> Option<Date> {
        self.tree.node(self.at)?.from
    }

    /// First day it no longer exists; none: it does today.
    pub fn valid_to(self) -> Option<Date> {
        self.tree.node(self.at)?.to
    }

    /// Whether it exists on `date`.
    pub fn exists_at(self, date: Date) -> bool {
        self.valid_from().is_none_or(|from| from <= date) && self.valid_to().is_none_or(|to| date < to)
    }

    /// The area above it on `date`; none for the country. After its end that is its successor, so that records which still
    /// carry the old code are counted there.
    pub fn parent_at(self, date: Date) -> Option<Area<'t>> {
        if self.valid_to().is_some_and(|to| to <= date)
            && let Some(heir) = self.tree.successors.get(&self.key())
        {
            return self.tree.index(*heir).map(|at| self.tree.area(at));
        }
        let earlier = self.tree.former.get(&self.at).map(Vec::as_slice).unwrap_or_default();
        let today = self.tree.node(self.at)?.parent;
        let parent = earlier.iter().find(|(until, _)| date < *until).map_or(today, |(_, parent)| *parent);
        (parent != self.at).then(|| self.tree.area(parent))
    }

    /// Itself and everything above it on `date`, nearest first.
    pub fn ancestry_at(self, date: Date) -> impl Iterator<Item = Area<'t>> {
        // The deepest chain has six levels; the bound keeps a damaged dated file from looping.
        std::iter::successors(Some(self), move |area| area.parent_at(date)).take(8)
    }
}

impl PartialEq for Area<'_> {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self.tree, other.tree) && self.at == other.at
    }
}

impl std::fmt::Debug for Area<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Area({} {})", self.code(), self.name())
    }
}
