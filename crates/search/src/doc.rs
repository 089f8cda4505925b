//! Documents as they come in, and as the index keeps them.
use base::{AreaCode, Date, OrgId, Origin};
use registry::names;
use serde::{Deserialize, Serialize};

use crate::grams::SEPARATOR;

/// One organization under one name in one status: a document per interval in which neither changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doc {
    /// The organization.
    pub id: OrgId,
    /// Its shard key.
    pub origin: Origin,
    /// The name it bore.
    pub name: String,
    /// 统一社会信用代码
    pub code: Option<String>,
    /// 备案编号
    pub filing_number: Option<String>,
    /// Kind, as stored.
    pub kind: String,
    /// Registration status in this interval, as stored.
    pub status: String,
    /// Whether that status means it is in force; such documents rank first.
    pub active: bool,
    /// Where it is domiciled, as deep as known.
    pub area: Option<AreaCode>,
    /// The competent registrar's area.
    pub registrar: AreaCode,
    /// Rating grade in force, as stored.
    pub grade: Option<String>,
    /// Recognized as a charity (慈善组织).
    pub charity: bool,
    /// First day of the interval.
    pub valid_from: Date,
    /// First day after it; none for the interval that holds today.
    pub valid_to: Option<Date>,
    /// Whether `name` is one the organization no longer bears: found without `as_of` too.
    pub former: bool,
}

/// All documents of one organization, replacing what the index had; none means it is forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// The organization.
    pub id: OrgId,
    /// Its shard key.
    pub origin: Origin,
    /// The change row's position within the origin; at or below the position kept, the change is passed over.
    pub pos: u64,
    /// Its documents.
    pub docs: Vec<Doc>,
}

/// Where a document stands in rank order; ties go by id.
pub(crate) type Rank = (u32, u128);

pub(crate) const CHARITY: u8 = 1;
/// A name no longer borne.
pub(crate) const FORMER: u8 = 2;
/// Seen without `as_of`: the interval that holds today, or a former name.
pub(crate) const VISIBLE: u8 = 4;
pub(crate) const ACTIVE: u8 = 8;
/// The organization has more than one former name.
pub(crate) const MANY: u8 = 16;

/// What filters and facets need, 20 bytes in a segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Facts {
    /// Twelve digits, padded with zeros; 0 if unknown.
    pub area: u64,
    /// Six digits, padded with zeros.
    pub registrar: u32,
    /// Days since 1900-01-01.
    pub from: u16,
    /// Days since 1900-01-01, or `OPEN`.
    pub to: u16,
    pub kind: u8,
    pub status: u8,
    pub grade: u8,
    pub flags: u8,
}

pub(crate) const OPEN: u16 = u16::MAX;

impl Facts {
    pub fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }
}

/// A document in normal form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    pub rank: Rank,
    pub facts: Facts,
    /// Name, first letters, code, filing number, each in normal form, each followed by `SEPARATOR`.
    pub record: String,
    /// The name as written, empty where it is its own normal form.
    pub original: String,
}

/// Days since 1900-01-01, held within what 16 bits can say (to 2079).
pub(crate) fn day_number(date: Date) -> u16 {
    const EPOCH: Date = base::Date::constant(1900, 1, 1);
    let days = (date - EPOCH).get_days();
    u16::try_from(days.clamp(0, i32::from(OPEN) - 1)).unwrap_or(0)
}

/// Twelve digits, padded.
pub(crate) fn area_number(area: &AreaCode) -> u64 {
    format!("{:0<12}", area.as_str()).parse().unwrap_or(0)
}

/// The numbers of stored kinds, statuses and grades; only ever appended to.
#[derive(Debug, Clone, Default)]
pub(crate) struct Labels {
    pub kinds: Vec<String>,
    pub statuses: Vec<String>,
    pub grades: Vec<String>,
}

fn number(list: &mut Vec<String>, text: &str) -> Result<u8, crate::Error> {
    let at = list.iter().position(|known| known == text).unwrap_or_else(|| {
        list.push(text.to_owned());
        list.len() - 1
    });
    u8::try_from(at).map_err(|_| crate::Error::Labels)
}

impl Entry {
    pub fn of(doc: &Doc, labels: &mut Labels) -> Result<Self, crate::Error> {
        let name = names::normalize(&doc.name);
        let fact = |text: &Option<String>| text.as_deref().map(names::normalize).unwrap_or_default();
        let s = SEPARATOR;
        let record =
            format!("{name}{s}{}{s}{}{s}{}{s}", names::initials(&name), fact(&doc.code), fact(&doc.filing_number));
        let mut flags = 0;
        let mut set = |flag, on| flags |= if on { flag } else { 0 };
        set(CHARITY, doc.charity);
        set(FORMER, doc.former);
        set(ACTIVE, doc.active);
        set(VISIBLE, doc.former || doc.valid_to.is_none());
        let facts = Facts {
            area: doc.area.as_ref().map_or(0, area_number),
            registrar: (area_number(&doc.registrar) / 1_000_000) as u32,
            from: day_number(doc.valid_from),
            to: doc.valid_to.map_or(OPEN, day_number),
            kind: number(&mut labels.kinds, &doc.kind)?,
            status: number(&mut labels.statuses, &doc.status)?,
            // The empty grade is a label too: facets may count the unrated.
            grade: number(&mut labels.grades, doc.grade.as_deref().unwrap_or(""))?,
            flags,
        };
        let original = if doc.name == name { String::new() } else { doc.name.clone() };
        Ok(Self { rank: (key(&facts, name.chars().count()), doc.id.bits()), facts, record, original })
    }

    /// Rank order; the record breaks the ties of one organization.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        self.rank.cmp(&other.rank).then_with(|| self.record.cmp(&other.record))
    }

    /// The entries of one organization, with [`MANY`] set where it applies.
    pub fn all_of(docs: &[Doc], labels: &mut Labels) -> Result<Vec<Self>, crate::Error> {
        let mut entries = docs.iter().map(|doc| Self::of(doc, labels)).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by(Self::order);
        if entries.iter().filter(|entry| entry.facts.has(FORMER)).count() > 1 {
            for entry in &mut entries {
                entry.facts.flags |= MANY;
            }
        }
        Ok(entries)
    }
}

/// The rank key: in force before ended, names borne before former ones, then shorter, then newer.
fn key(facts: &Facts, chars: usize) -> u32 {
    let class = u32::from(!facts.has(ACTIVE)) * 2 + u32::from(facts.has(FORMER));
    let length = chars.min(255) as u32;
    (class << 24) | (length << 16) | u32::from(u16::MAX - facts.from)
}
