//! Searching the register (查组织): the index finds, counts and ranks; the database says what is true of what was found.
use base::areas::AreaTree;
use base::code::{CodeFault, CreditCode, Severity};
use base::{AreaCode, Date, Instant, OrgId, Origin};
use search::{Cursor, Facets};
use store::organizations::Version;
use store::{Filter, Sql, Tx};

use super::ask::Ask;
use super::summary::{self, Summary};
use crate::record::organization_of;
use crate::{Office, Refused};

/// A code from this length on is taken for a mistyped credit code.
const LOOKS_LIKE_A_CODE: std::ops::RangeInclusive<usize> = 15..=20;

/// One organization found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// The name that matched, as written: a former one if the organization was renamed.
    pub name: String,
    /// Whether it no longer bears it.
    pub former: bool,
    /// Byte ranges of `name` that match.
    pub highlights: Vec<std::ops::Range<usize>>,
    /// What is true of it, on the day asked for.
    pub summary: Summary,
}

/// One page of a search.
#[derive(Debug, Clone)]
pub struct Found {
    /// What was found.
    pub hits: Vec<Hit>,
    /// How many match in all.
    pub total: u64,
    /// Where they fall.
    pub facets: Facets,
    /// Where the next page begins.
    pub next: Option<Cursor>,
}

const VERSIONS: &str =
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version";

impl Office {
    /// Searches the register, with exact totals and facets.
    pub fn search_register(&self, ask: &Ask) -> Result<Found, Refused> {
        let page = self.search_index()?.search(&ask.query(true, &self.areas, self.clock.today()));
        let ids: Vec<OrgId> = page.items.iter().map(|item| item.id).collect();
        let now = self.clock.now();
        let summaries = self.db.read(|tx| {
            let summaries = summary::now(tx, &ids)?;
            match ask.as_of {
                Some(day) => then(tx, &summaries, day, now),
                None => Ok(summaries),
            }
        })?;
        let hits = page.items.into_iter().filter_map(|item| {
            let summary = summaries.iter().find(|summary| summary.id == item.id)?.clone();
            Some(Hit { name: item.name, former: item.former, highlights: item.highlights, summary })
        });
        let (total, facets) = (page.total.unwrap_or_default(), page.facets.clone().unwrap_or_default());
        Ok(Found { hits: hits.collect(), total, facets, next: page.next })
    }

    /// The next summaries of a search, without totals, and where to go on (exports).
    pub fn export_page(&self, ask: &Ask) -> Result<(Vec<Summary>, Option<Cursor>), Refused> {
        let page = self.search_index()?.search(&ask.query(false, &self.areas, self.clock.today()));
        let ids: Vec<OrgId> = page.items.iter().map(|item| item.id).collect();
        let now = self.clock.now();
        let summaries = self.db.read(|tx| {
            let summaries = summary::now(tx, &ids)?;
            ask.as_of.map_or(Ok(summaries.clone()), |day| then(tx, &summaries, day, now))
        })?;
        Ok((summaries, page.next))
    }

    /// The next organizations in key order (bulk files).
    pub fn bulk_page(&self, after: Option<(Origin, OrgId)>, limit: usize) -> Result<Vec<Summary>, Refused> {
        self.db.read(|tx| summary::next(tx, after, limit))
    }

    /// Names of organizations whose names or codes are like a text that found nothing: the longest beginning or ending of it that
    /// finds something.
    pub fn suggest_orgs(&self, text: &str, limit: usize) -> Result<Vec<Summary>, Refused> {
        let index = self.search_index()?;
        let chars: Vec<char> = text.trim().chars().take(40).collect();
        let mut ids: Vec<OrgId> = Vec::new();
        for length in (2..chars.len()).rev() {
            for piece in [&chars[..length], &chars[chars.len() - length..]] {
                let query =
                    search::Query { limit, count: false, ..search::Query::text(piece.iter().collect::<String>()) };
                for item in index.search(&query).items {
                    if !ids.contains(&item.id) {
                        ids.push(item.id);
                    }
                }
            }
            if !ids.is_empty() {
                break;
            }
        }
        ids.truncate(limit);
        self.db.read(|tx| summary::now(tx, &ids))
    }
}

/// What is wrong with a text that was meant as a credit code; empty for a name, or for a code without fault.
pub fn code_faults(text: &str) -> Vec<CodeFault> {
    let plain: Vec<char> = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    let is_code = LOOKS_LIKE_A_CODE.contains(&plain.len())
        && plain.iter().all(|c| c.is_ascii_alphanumeric() || ('０'..='ｚ').contains(c))
        && plain.iter().any(char::is_ascii_digit);
    let faults = if is_code { CreditCode::validate(text) } else { Vec::new() };
    faults.into_iter().filter(|fault| fault.severity > Severity::Note).collect()
}

/// The same organizations as they were on `day`, in the same order.
fn then(tx: &mut Tx<'_>, now: &[Summary], day: Date, known: Instant) -> Result<Vec<Summary>, Refused> {
    if now.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::new(tx.engine());
    filter.one_of("origin", &now.iter().map(|one| one.origin.to_string()).collect::<Vec<_>>());
    filter.one_of("org", &now.iter().map(|one| one.id.to_string()).collect::<Vec<_>>());
    filter.compare("valid_from", "<=", &day).compare("recorded_at", "<=", &known).fixed("superseded_at is null");
    let text = filter.text(VERSIONS);
    let versions: Vec<Version> = tx.list(Sql::dynamic("register.then", &text), filter.args())?;
    let of =
        |id: OrgId| versions.iter().find(|version| version.org == id && version.valid_to.is_none_or(|end| end > day));
    let found = now.iter().filter_map(|one| of(one.id)).map(|version| Ok(Summary::of(organization_of(version)?)));
    found.collect()
}

/// 浙江省 › 杭州市: the areas above and including `area`, the country left out, highest first.
pub fn trail(areas: &AreaTree, area: &AreaCode, day: Date) -> Vec<(AreaCode, String)> {
    let mut chain = areas.ancestry_at(area, day);
    chain.retain(|area| *area != AreaCode::nation());
    chain.reverse();
    chain.into_iter().map(|area| (area.clone(), areas.name(&area).unwrap_or(area.as_str()).to_owned())).collect()
}
