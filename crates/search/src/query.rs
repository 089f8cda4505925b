//! What is asked and what is answered.
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use base::{AreaCode, AreaLevel, Date, OrgId};

use crate::doc::Rank;
use crate::facets::Facets;

/// A search. [`Query::default`] asks for everything, twenty to a page, with totals.
#[derive(Debug, Clone)]
pub struct Query {
    /// Fragments of name, code, filing number or first letters; white space separates several, all of which must occur.
    pub text: String,
    /// In any of these areas or below, by code; empty for everywhere.
    pub areas: Vec<AreaCode>,
    /// But not in these or below, though their codes begin so (areas whose parents changed).
    pub except: Vec<AreaCode>,
    /// Of this registrar.
    pub registrar: Option<AreaCode>,
    /// Of any of these kinds; empty for all.
    pub kinds: Vec<String>,
    /// In any of these statuses; empty for all.
    pub statuses: Vec<String>,
    /// Of any of these grades (the empty text for the unrated); empty for all.
    pub grades: Vec<String>,
    /// Charities only, or others only.
    pub charity: Option<bool>,
    /// In force only, or ended only.
    pub active: Option<bool>,
    /// What was true on this day; without it: present names, and former ones of the same organizations.
    pub as_of: Option<Date>,
    /// Where the asker is: nearer organizations come first among equals.
    pub near: Option<AreaCode>,
    /// Items per page, 1 to 200.
    pub limit: usize,
    /// Go on after this.
    pub after: Option<Cursor>,
    /// Whether totals and facets are wanted; without them a page is much cheaper for common texts.
    pub count: bool,
    /// Level of the area facet; by default the one below the first area asked for.
    pub area_level: Option<AreaLevel>,
}

impl Default for Query {
    fn default() -> Self {
        Self {
            text: String::new(),
            areas: Vec::new(),
            except: Vec::new(),
            registrar: None,
            kinds: Vec::new(),
            statuses: Vec::new(),
            grades: Vec::new(),
            charity: None,
            active: None,
            as_of: None,
            near: None,
            limit: 20,
            after: None,
            count: true,
            area_level: None,
        }
    }
}

impl Query {
    /// A search for a text.
    pub fn text(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }

    pub(crate) fn facet_level(&self) -> AreaLevel {
        self.area_level.unwrap_or_else(|| match self.areas.first().map(AreaCode::level) {
            None | Some(AreaLevel::Nation) => AreaLevel::Province,
            Some(AreaLevel::Province) => AreaLevel::City,
            Some(AreaLevel::City) => AreaLevel::County,
            Some(AreaLevel::County) => AreaLevel::Town,
            Some(AreaLevel::Town | AreaLevel::Community) => AreaLevel::Community,
        })
    }
}

/// One organization found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// Which.
    pub id: OrgId,
    /// The name that matched, as written.
    pub name: String,
    /// Whether it no longer bears it.
    pub former: bool,
    /// Byte ranges of `name` that match, ascending and apart.
    pub highlights: Vec<Range<usize>>,
}

/// One page of what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The organizations.
    pub items: Vec<Item>,
    /// How many match in all, exactly; none if not asked for.
    pub total: Option<u64>,
    /// Where they fall; none if not asked for.
    pub facets: Option<Facets>,
    /// Where the next page begins; none on the last.
    pub next: Option<Cursor>,
}

/// The place after a page (crate documentation, *Order and paging*). Printed as 88 hexadecimal digits; belongs to the query it
/// came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(crate) boundary: Rank,
    pub(crate) score: u32,
    pub(crate) rank: Rank,
}

/// A text that is no cursor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("翻页位置无效，请从第一页重新开始")]
pub struct InvalidCursor;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { boundary, score, rank } = self;
        write!(f, "{:08x}{:032x}{score:08x}{:08x}{:032x}", boundary.0, boundary.1, rank.0, rank.1)
    }
}

impl FromStr for Cursor {
    type Err = InvalidCursor;
    fn from_str(text: &str) -> Result<Self, InvalidCursor> {
        if text.len() != 88 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(InvalidCursor);
        }
        let short = |range: Range<usize>| u32::from_str_radix(&text[range], 16).map_err(|_| InvalidCursor);
        let long = |range: Range<usize>| u128::from_str_radix(&text[range], 16).map_err(|_| InvalidCursor);
        Ok(Self {
            boundary: (short(0..8)?, long(8..40)?),
            score: short(40..48)?,
            rank: (short(48..56)?, long(56..88)?),
        })
    }
}
