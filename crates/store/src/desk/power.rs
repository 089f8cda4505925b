//! How authorities use their power (权力运行): counts by authority, and the list behind each.
use base::{AreaCode, AreaLevel, CaseId, Date};

use crate::cases::CaseLine;
use crate::{DbError, Filter, Sql, Tx};

const CASE_LINE: &str =
    "select origin, id, number, matter, title, state, status, ending, applicant_name, org, area, received_on,
     next_due, ended_on, synthetic from matter_case";

const DISAGREED: &str =
    "exists (select 1 from task t where t.origin = matter_case.origin and t.case_id = matter_case.id
     and t.outcome = '不同意')";

/// Cases granted although somebody asked had disagreed, by authority (不同意见后准予).
pub fn overrides(tx: &mut Tx<'_>, area: &AreaCode, since: Date) -> Result<Vec<(AreaCode, i64)>, DbError> {
    let mut filter = Filter::new(tx.engine());
    below(&mut filter, area);
    filter.compare("received_on", ">=", &since).fixed("ending = 'granted'");
    filter.fixed(DISAGREED);
    let text = format!("{} group by area", filter.text("select area, count(*) as many from matter_case"));
    let mut found = Vec::new();
    tx.each_row(Sql::dynamic("desk.overrides", &text), filter.args(), &mut |row| {
        found.push((row.get("area")?, row.get("many")?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// How one authority used its power in a matter (权力运行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerLine {
    /// The authority's area.
    pub area: AreaCode,
    /// Cases received since the day asked for.
    pub received: i64,
    /// Of these, ended.
    pub ended: i64,
    /// Of these, ended with a refusal.
    pub refused: i64,
    /// Open with something overdue.
    pub overdue: i64,
    /// Waiting for the applicant now.
    pub returned: i64,
}

impl crate::FromRow for PowerLine {
    const TABLE: &'static str = "matter_case";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            area: row.get("area")?,
            received: row.get("received")?,
            ended: row.get("ended")?,
            refused: row.get("refused")?,
            overdue: row.get("overdue")?,
            returned: row.get("returned")?,
        })
    }
}

fn below(filter: &mut Filter, area: &AreaCode) {
    match area.level() {
        AreaLevel::Province => filter.equal("province", area),
        AreaLevel::City => filter.equal("city", area),
        AreaLevel::County => filter.equal("county", area),
        AreaLevel::Nation => filter,
        AreaLevel::Town | AreaLevel::Community => filter.equal("area", area),
    };
}

/// How the authorities of an area and below used their power since a day.
pub fn power(tx: &mut Tx<'_>, area: &AreaCode, since: Date, today: Date) -> Result<Vec<PowerLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    below(&mut filter, area);
    filter.compare("received_on", ">=", &since);
    let select = format!(
        "select area, count(*) as received, sum(case when state = 'ended' then 1 else 0 end) as ended,
         sum(case when ending in ('refused', 'rejected') then 1 else 0 end) as refused,
         sum(case when state <> 'ended' and next_due < '{today}' then 1 else 0 end) as overdue,
         sum(case when state = 'suspended' then 1 else 0 end) as returned from matter_case"
    );
    let text = format!("{} group by area order by area", filter.text(&select));
    tx.list(Sql::dynamic("desk.power", &text), filter.args())
}

/// The list behind a number of [`power`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerList {
    /// All received.
    Received,
    /// Ended.
    Ended,
    /// Refused or not accepted.
    Refused,
    /// Open with something overdue.
    Overdue,
    /// Waiting for the applicant.
    Returned,
    /// Granted although somebody asked had disagreed.
    Overridden,
}

/// The cases behind a number, newest first.
pub fn power_cases(
    tx: &mut Tx<'_>,
    (area, since, today): (&AreaCode, Date, Date),
    which: PowerList,
    after: Option<(Date, CaseId)>,
    limit: usize,
) -> Result<Vec<CaseLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.equal("area", area).compare("received_on", ">=", &since);
    match which {
        PowerList::Received => &mut filter,
        PowerList::Ended => filter.fixed("state = 'ended'"),
        PowerList::Refused => filter.fixed("ending in ('refused', 'rejected')"),
        PowerList::Overdue => filter.fixed("state <> 'ended'").compare("next_due", "<", &today),
        PowerList::Returned => filter.fixed("state = 'suspended'"),
        PowerList::Overridden => filter.fixed("ending = 'granted'").fixed(DISAGREED),
    };
    if let Some((day, id)) = after {
        filter.after("received_on", &day, "id", &id, true);
    }
    let text = filter.sql(CASE_LINE, "received_on desc, id desc", limit);
    tx.list(Sql::dynamic("desk.power_cases", &text), filter.args())
}
