//! Keeping the register (名册维护): runs over an authority's organizations, and the lists of its pages with the names beside.
use base::{AreaCode, Date, EntryId, Instant, JobId, OrgId, Origin, RecordId};

use crate::organizations::Version;
use crate::registers::{Decoupling, QualityIssue};
use crate::{DbError, Filter, Record as _, Row, Sql, Statement, Tx, args, sql};

crate::record! {
    /// How far the inspection of an authority's organizations has come.
    pub struct QualityRun in "quality_run" key(origin, area) {
        pub origin: Origin,
        pub area: AreaCode,
        pub state: String,
        pub whole: bool,
        pub asked_by: String,
        pub job: JobId,
        pub began_at: Instant,
        pub ended_at: Option<Instant>,
        pub place: String,
        pub seen: i64,
        pub total: i64,
        pub found: i64,
        pub gone: i64,
        pub whole_on: Option<Date>,
        pub heads: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const NEXT: Statement = sql!(
    "upkeep.next",
    "select id, listed_on from organization
     where registrar_area = $1 and (listed_on, id) > ($2, $3) order by listed_on, id limit $4"
);
const RUNS: Statement = sql!(
    "upkeep.runs",
    "select origin, area, state, whole, asked_by, job, began_at, ended_at, place, seen, total, found, gone, whole_on, heads, rev, entry
     from quality_run where state = $1 order by origin, area"
);
const BY_RULE: Statement = sql!(
    "upkeep.by_rule",
    "select rule, count(*) as number from quality_issue
     where area = $1 and state in ('detected', 'assigned', 'corrected') group by rule order by rule"
);
const OPEN: Statement = sql!(
    "upkeep.open",
    "select q.origin, q.id, q.rule, q.org, q.area, q.state, q.field, q.found_on, q.due, q.assigned_to, q.closed_on, q.body, q.rev,
     q.entry, o.name from quality_issue q left join organization o on o.origin = q.origin and o.id = q.org
     where q.area = $1 and q.state <> 'closed' and (q.found_on, q.id) > ($2, $3) order by q.found_on, q.id limit $4"
);
const DECOUPLINGS: Statement = sql!(
    "upkeep.decouplings",
    "select d.origin, d.org, d.state, d.former_body, d.plan_on, d.decoupled_on, d.body, d.rev, d.entry, o.name,
     coalesce(o.code, o.filing_number, o.id) as shown,
     (select count(*) from guidance_record g where g.origin = d.origin and g.org = d.org) as guided
     from decoupling d join organization o on o.origin = d.origin and o.id = d.org
     where o.registrar_area = $1 order by d.state, d.plan_on, d.org limit $2"
);
const RECORDED_SINCE: Statement = sql!(
    "upkeep.recorded_since",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version
     where recorded_at > $2 and valid_from <= $1 and (valid_to is null or valid_to > $1) and superseded_at is null
     order by recorded_at, origin, org, id limit $3"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[NEXT, RUNS, BY_RULE, OPEN, DECOUPLINGS, RECORDED_SINCE];

/// A row with what was read beside it.
fn list_with<R: crate::Record, T>(
    tx: &mut Tx<'_>,
    statement: Statement,
    args: &[crate::Arg<'_>],
    beside: impl Fn(&Row<'_>) -> Result<T, DbError>,
) -> Result<Vec<(R, T)>, DbError> {
    let mut found = Vec::new();
    tx.each_row(statement, args, &mut |row| {
        found.push((R::from_row(row)?, beside(row)?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// The next organizations of a registrar after a place in the order of (`listed_on`, `id`).
pub fn next(
    tx: &mut Tx<'_>,
    area: &AreaCode,
    after: Option<(Date, OrgId)>,
    limit: usize,
) -> Result<Vec<(OrgId, Date)>, DbError> {
    let (day, id) = after.map_or((String::new(), String::new()), |(day, id)| (day.to_string(), id.to_string()));
    tx.list(NEXT, args![area, day, id, limit])
}

/// Runs in a state.
pub fn runs(tx: &mut Tx<'_>, state: &str) -> Result<Vec<QualityRun>, DbError> {
    tx.list(RUNS, args![state])
}

/// How many issues of an area wait, by rule.
pub fn issues_by_rule(tx: &mut Tx<'_>, area: &AreaCode) -> Result<Vec<(String, i64)>, DbError> {
    tx.list(BY_RULE, args![area])
}

/// Issues of an area that are not closed, oldest first, with the organizations' names; after the last of the page before.
pub fn open_issues(
    tx: &mut Tx<'_>,
    area: &AreaCode,
    after: Option<(Date, RecordId)>,
    limit: usize,
) -> Result<Vec<(QualityIssue, Option<String>)>, DbError> {
    let (day, id) = after.map_or((String::new(), String::new()), |(day, id)| (day.to_string(), id.to_string()));
    list_with(tx, OPEN, args![area, day, id, limit], |row| row.get("name"))
}

/// What a list says of an association that is decoupled: name, code, how often it was guided.
pub type Guided = (String, String, i64);

/// Associations of a registrar with a plan to leave an authority, or decoupled.
pub fn decouplings(tx: &mut Tx<'_>, area: &AreaCode, limit: usize) -> Result<Vec<(Decoupling, Guided)>, DbError> {
    list_with(tx, DECOUPLINGS, args![area, limit], |row| Ok((row.get("name")?, row.get("shown")?, row.get("guided")?)))
}

/// Where these organizations live.
pub fn places(tx: &mut Tx<'_>, orgs: &[OrgId]) -> Result<Vec<(Origin, OrgId)>, DbError> {
    if orgs.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = Filter::new(tx.engine());
    filter.one_of("id", &orgs.iter().map(ToString::to_string).collect::<Vec<_>>());
    let text = filter.text("select origin, id from organization");
    tx.list(Sql::dynamic("upkeep.places", &text), filter.args())
}

/// Rows of these organizations: the keys begin with the origin, so it is named too.
fn of_places(tx: &Tx<'_>, places: &[(Origin, OrgId)]) -> Filter {
    let mut origins: Vec<String> = places.iter().map(|(origin, _)| origin.to_string()).collect();
    origins.sort();
    origins.dedup();
    let mut filter = Filter::new(tx.engine());
    filter.one_of("origin", &origins);
    filter.one_of("org", &places.iter().map(|(_, org)| org.to_string()).collect::<Vec<_>>());
    filter
}

/// What was true on `day` of these organizations, as known at `known`.
pub fn versions_on(
    tx: &mut Tx<'_>,
    places: &[(Origin, OrgId)],
    day: Date,
    known: Instant,
) -> Result<Vec<Version>, DbError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = of_places(tx, places);
    filter.compare("valid_from", "<=", &day).compare("recorded_at", "<=", &known);
    filter.holds("(valid_to is null or valid_to > ?)", args![day]);
    filter.holds("(superseded_at is null or superseded_at > ?)", args![known]);
    let select = format!("select {} from organization_version", Version::COLUMNS.join(", "));
    tx.list(Sql::dynamic("upkeep.versions", &filter.text(&select)), filter.args())
}

/// What holds of `day` and was recorded after `since`, oldest record first.
pub fn recorded_since(tx: &mut Tx<'_>, day: Date, since: Instant, limit: usize) -> Result<Vec<Version>, DbError> {
    tx.list(RECORDED_SINCE, args![day, since, limit])
}

/// The data quality issues of these organizations that are not closed.
pub fn issues_of_all(tx: &mut Tx<'_>, places: &[(Origin, OrgId)]) -> Result<Vec<QualityIssue>, DbError> {
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let mut filter = of_places(tx, places);
    filter.fixed("state <> 'closed'");
    let select = format!("select {} from quality_issue", QualityIssue::COLUMNS.join(", "));
    tx.list(Sql::dynamic("upkeep.issues_of_all", &filter.text(&select)), filter.args())
}
