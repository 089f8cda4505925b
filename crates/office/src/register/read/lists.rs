//! Public lists (名单): the two credit lists of 民政部令第60号, and every register that its declaration makes public.
use base::{AreaCode, AreaLevel, Date, OrgId, RecordId};
use catalogue::Register;
use registry::Credit;
use store::registers::RegisterEntry;
use store::{Filter, Sql, Tx};

use super::structure::Slice;
use super::summary::{LINE, Line, Summary};
use crate::{Office, Refused};

/// The place after a page: the day it is sorted by, and an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Sorted by this day, newest first.
    pub day: Date,
    /// Among equals by this.
    pub id: u128,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}~{}", self.day, OrgId::from_bits(self.id))
    }
}

impl std::str::FromStr for Place {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (day, id) = text.split_once('~').ok_or(())?;
        let place = Self { day: day.parse().map_err(|_| ())?, id: id.parse::<OrgId>().map_err(|_| ())?.bits() };
        if place.to_string() == text { Ok(place) } else { Err(()) }
    }
}

/// Organizations of a list.
#[derive(Debug, Clone)]
pub struct OrgPage {
    /// The organizations.
    pub items: Vec<Summary>,
    /// Where the next page begins.
    pub next: Option<Place>,
}

/// Entries of a register.
#[derive(Debug, Clone)]
pub struct EntryPage {
    /// The entries.
    pub items: Vec<RegisterEntry>,
    /// Where the next page begins.
    pub next: Option<Place>,
}

impl Office {
    /// The registers everybody may see, by name.
    pub fn public_registers(&self) -> Vec<&Register> {
        let mut all: Vec<&Register> = self.catalogue.registers().filter(|register| register.public).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// A register that everybody may see.
    pub fn find_public_register(&self, id: &str) -> Option<&Register> {
        self.catalogue.find_register(id).filter(|register| register.public)
    }

    /// Organizations on a credit list, by registrar's area.
    pub fn credit_list(
        &self,
        credit: Credit,
        area: Option<&AreaCode>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OrgPage, Refused> {
        self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            // The first condition is the one of the index.
            filter.fixed("credit <> 'clear'").equal("credit", credit.as_str());
            within(&mut filter, area);
            org_page(tx, filter, after, limit)
        })
    }

    /// The organizations behind a number of the structure analysis.
    pub fn slice_list(
        &self,
        slice: &Slice,
        area: Option<&AreaCode>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<OrgPage, Refused> {
        self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            filter.fixed("registration in ('registered', 'liquidating')");
            slice.narrow(&mut filter);
            within(&mut filter, area);
            org_page(tx, filter, after, limit)
        })
    }

    /// Public entries of a public register.
    pub fn register_page(
        &self,
        register: &Register,
        area: Option<&AreaCode>,
        after: Option<Place>,
        limit: usize,
    ) -> Result<EntryPage, Refused> {
        if !register.public {
            return Err(Refused::NotFound("这份名册"));
        }
        let mut items = self.db.read(|tx| {
            let mut filter = Filter::new(tx.engine());
            filter.fixed("public = 1");
            match area.map(|area| (area.level(), area)) {
                Some((AreaLevel::Province, area)) => filter.equal("province", area),
                Some((AreaLevel::City, area)) => filter.equal("city", area),
                Some((AreaLevel::County, area)) => filter.equal("county", area),
                Some((AreaLevel::Town | AreaLevel::Community, area)) => filter.equal("area", area),
                Some((AreaLevel::Nation, _)) | None => &mut filter,
            };
            let after = after.map(|place| (place.day, RecordId::from_bits(place.id)));
            store::registers::list(tx, &register.id, &filter, after, limit + 1)
        })?;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(|last| Place { day: last.since, id: last.id.bits() });
        Ok(EntryPage { items, next })
    }
}

/// Below this registrar's area.
fn within(filter: &mut Filter, area: Option<&AreaCode>) {
    if let Some(area) = area {
        match area.level() {
            AreaLevel::Nation => filter,
            AreaLevel::Province => filter.equal("registrar_province", area),
            AreaLevel::City => filter.equal("registrar_city", area),
            AreaLevel::County | AreaLevel::Town | AreaLevel::Community => {
                filter.begins_with("registrar_area", area.as_str())
            }
        };
    }
}

fn org_page(tx: &mut Tx<'_>, mut filter: Filter, after: Option<Place>, limit: usize) -> Result<OrgPage, Refused> {
    if let Some(place) = after {
        filter.after("listed_on", &place.day, "id", &OrgId::from_bits(place.id), true);
    }
    let text = filter.sql(LINE, "listed_on desc, id desc", limit + 1);
    let mut lines: Vec<Line> = tx.list(Sql::dynamic("register.list", &text), filter.args())?;
    let more = lines.len() > limit;
    lines.truncate(limit);
    // Undated ones are sorted by the first day there is.
    let place = |line: &Line| Place { day: line.registered_on.unwrap_or(Date::constant(1, 1, 1)), id: line.id.bits() };
    let next = lines.last().filter(|_| more).map(place);
    let items = lines.into_iter().map(Summary::try_from).collect::<Result<_, Refused>>()?;
    Ok(OrgPage { items, next })
}
