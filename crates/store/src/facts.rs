//! What the fact table (事实表) is made from: only the columns that facts need, in one reading each.
use std::collections::BTreeMap;

use base::{AreaCode, CaseId, Date, EntryId, Instant, OrgId, Origin, RecordId};
use serde_json::Value;

use crate::{DbError, Row, Statement, Tx, args, sql};

/// 9999-12-01: everything recorded is known by then, and nothing is superseded later.
const NOW: Instant = Instant(253_399_622_400_000);

/// One version of an organization, as far as facts need it. `facts` is JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    /// Shard.
    pub origin: Origin,
    /// Which organization.
    pub org: OrgId,
    /// True from this day.
    pub from: Date,
    /// To before this day.
    pub to: Option<Date>,
    /// The entry that recorded it.
    pub entry: EntryId,
    /// All registered items.
    pub facts: String,
}

/// What a record of a register said, from when on, as far as facts need it.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// Its id.
    pub id: RecordId,
    /// Where it lies.
    pub area: AreaCode,
    /// `active`, `left`, or `withdrawn`: it was never true.
    pub state: String,
    /// It counts from this day.
    pub since: Date,
    /// To before this day.
    pub until: Option<Date>,
    /// The act that said so.
    pub entry: EntryId,
    /// Its fields.
    pub body: Value,
}

/// One case, as far as facts need it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// Which matter.
    pub matter: String,
    /// The authority's area.
    pub area: AreaCode,
    /// When it was filed.
    pub received_on: Date,
    /// When it ended.
    pub ended_on: Option<Date>,
}

crate::record! {
    /// A frozen part of an indicator of a plan on a day.
    pub struct PlanSnapshot in "plan_snapshot" key(origin, plan, on_day, indicator, part) {
        pub origin: Origin,
        pub plan: String,
        pub on_day: Date,
        pub indicator: String,
        pub part: String,
        pub formula: String,
        pub params: String,
        pub facts: String,
        pub frozen_at: Instant,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A frozen figure of a plan.
    pub struct PlanFigure in "plan_figure" key(origin, plan, on_day, indicator, part, area) {
        pub origin: Origin,
        pub plan: String,
        pub on_day: Date,
        pub indicator: String,
        pub part: String,
        pub area: AreaCode,
        pub number: String,
        pub yes: i64,
        pub no: i64,
        pub unknown: i64,
        pub entry: EntryId,
    }
}

const VERSIONS: Statement = sql!(
    "facts.versions",
    "select origin, org, valid_from, valid_to, entry, facts from organization_version
     where recorded_at <= $1 and (superseded_at is null or superseded_at > $1) order by origin, org, id"
);
const VERSIONS_OF: Statement = sql!(
    "facts.versions_of",
    "select origin, org, valid_from, valid_to, entry, facts from organization_version
     where origin = $1 and org = $2 and recorded_at <= $3 and (superseded_at is null or superseded_at > $3)"
);
const ENTRIES: Statement = sql!(
    "facts.entries",
    "select record, area, state, since, until, entry, body from register_version
     where register = $1 and recorded_at <= $2 and holds_from <= $3 order by register, record, rev"
);
const UNDATED: Statement = sql!(
    "facts.undated_entries",
    "select id, area, state, since, until, entry, body from register_entry
     where register = $1 and not exists
     (select 1 from register_version v where v.register = register_entry.register and v.record = register_entry.id)
     order by register, id"
);
const CASES: Statement =
    sql!("facts.cases", "select id, matter, area, received_on, ended_on from matter_case order by origin, id");
const CASE: Statement =
    sql!("facts.case", "select id, matter, area, received_on, ended_on from matter_case where id = $1");
const DEFECTIVE: Statement = sql!(
    "facts.defective",
    "select distinct org from quality_issue where org is not null and state in ('detected', 'assigned', 'corrected')"
);
const IS_DEFECTIVE: Statement = sql!(
    "facts.is_defective",
    "select count(*) from quality_issue
     where origin = $1 and org = $2 and state in ('detected', 'assigned', 'corrected')"
);
const TOUCHED_BY: Statement =
    sql!("facts.touched_by", "select distinct origin, org from quality_issue where entry = $1 and org is not null");
const INSPECTED: Statement =
    sql!("facts.inspected", "select area from quality_run where whole_on is not null order by area");

const SNAPSHOT_DAYS: Statement = sql!(
    "facts.snapshot_days",
    "select on_day, min(frozen_at) as frozen_at, count(*) as parts from plan_snapshot
     where origin = $1 and plan = $2 group by on_day order by on_day"
);
const SNAPSHOT_OF: Statement = sql!(
    "facts.snapshot_of",
    "select origin, plan, on_day, indicator, part, formula, params, facts, frozen_at, entry from plan_snapshot
     where origin = $1 and plan = $2 and on_day = $3 order by indicator, part"
);
const SNAPSHOT_FIGURES: Statement = sql!(
    "facts.snapshot_figures",
    "select origin, plan, on_day, indicator, part, area, number, yes, no, unknown, entry from plan_figure
     where origin = $1 and plan = $2 and on_day = $3 order by indicator, part, area"
);
const NAMED: Statement = sql!("facts.named", "select origin, id from organization where name_key = $1 limit 20");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    VERSIONS,
    VERSIONS_OF,
    ENTRIES,
    UNDATED,
    CASES,
    CASE,
    DEFECTIVE,
    IS_DEFECTIVE,
    TOUCHED_BY,
    INSPECTED,
    SNAPSHOT_DAYS,
    SNAPSHOT_OF,
    SNAPSHOT_FIGURES,
    NAMED,
];

fn version(row: &Row<'_>) -> Result<Version, DbError> {
    Ok(Version {
        origin: row.at(0)?,
        org: row.at(1)?,
        from: row.at(2)?,
        to: row.at(3)?,
        entry: row.at(4)?,
        facts: row.at(5)?,
    })
}

fn case(row: &Row<'_>) -> Result<Case, DbError> {
    Ok(Case { id: row.at(0)?, matter: row.at(1)?, area: row.at(2)?, received_on: row.at(3)?, ended_on: row.at(4)? })
}

/// Every version that was known at `known` (none: now), those of one organization together, without keeping them.
pub fn each_version<E: From<DbError>>(
    tx: &mut Tx<'_>,
    known: Option<Instant>,
    mut visit: impl FnMut(Version) -> Result<(), E>,
) -> Result<(), E> {
    tx.each_row(VERSIONS, args![known.unwrap_or(NOW)], &mut |row| visit(version(row).map_err(E::from)?))
}

/// The versions of one organization that were known at `known` (none: now).
pub fn versions_of(
    tx: &mut Tx<'_>,
    origin: Origin,
    org: OrgId,
    known: Option<Instant>,
) -> Result<Vec<Version>, DbError> {
    let mut found = Vec::new();
    tx.each_row(VERSIONS_OF, args![origin, org, known.unwrap_or(NOW)], &mut |row| {
        found.push(version(row)?);
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// What each record of a register said on `day`, as known at `known` (none: now), by id; withdrawn ones too. A record without a
/// history says what it says today.
pub fn entries(tx: &mut Tx<'_>, register: &str, day: Date, known: Option<Instant>) -> Result<Vec<Entry>, DbError> {
    let mut found: BTreeMap<RecordId, Entry> = BTreeMap::new();
    let mut take = |row: &Row<'_>| {
        let (id, area, state) = (row.at(0)?, row.at(1)?, row.at(2)?);
        let (since, until, entry, body) = (row.at(3)?, row.at(4)?, row.at(5)?, row.at(6)?);
        found.insert(id, Entry { id, area, state, since, until, entry, body });
        Ok::<(), DbError>(())
    };
    tx.each_row(ENTRIES, args![register, known.unwrap_or(NOW), day], &mut take)?;
    tx.each_row(UNDATED, args![register], &mut take)?;
    Ok(found.into_values().collect())
}

/// Every case, without keeping them.
pub fn each_case<E: From<DbError>>(tx: &mut Tx<'_>, mut visit: impl FnMut(Case) -> Result<(), E>) -> Result<(), E> {
    tx.each_row(CASES, &[], &mut |row| visit(case(row).map_err(E::from)?))
}

/// One case.
pub fn find_case(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<Case>, DbError> {
    let mut found = None;
    tx.each_row(CASE, args![id], &mut |row| {
        found = Some(case(row)?);
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// Organizations about which a data quality issue waits to be dealt with, without keeping them.
pub fn each_defective<E: From<DbError>>(
    tx: &mut Tx<'_>,
    mut visit: impl FnMut(OrgId) -> Result<(), E>,
) -> Result<(), E> {
    tx.each_row(DEFECTIVE, &[], &mut |row| visit(row.at(0).map_err(E::from)?))
}

/// Whether a data quality issue of this organization waits to be dealt with.
pub fn is_defective(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<bool, DbError> {
    Ok(tx.get::<i64>(IS_DEFECTIVE, args![origin, org])? > 0)
}

/// The organizations whose issues an act wrote last.
pub fn touched_by(tx: &mut Tx<'_>, entry: EntryId) -> Result<Vec<(Origin, OrgId)>, DbError> {
    tx.list(TOUCHED_BY, args![entry])
}

/// The authorities whose whole register was inspected at least once.
pub fn inspected(tx: &mut Tx<'_>) -> Result<Vec<AreaCode>, DbError> {
    Ok(tx.list::<Option<AreaCode>>(INSPECTED, &[])?.into_iter().flatten().collect())
}

/// The frozen days of a plan: when frozen, and how many parts.
pub fn snapshot_days(tx: &mut Tx<'_>, origin: Origin, plan: &str) -> Result<Vec<(Date, Instant, i64)>, DbError> {
    let mut found = Vec::new();
    tx.each_row(SNAPSHOT_DAYS, args![origin, plan], &mut |row| {
        found.push((row.at(0)?, row.at(1)?, row.at(2)?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// The parts frozen of a plan on a day.
pub fn snapshot_of(tx: &mut Tx<'_>, origin: Origin, plan: &str, on: Date) -> Result<Vec<PlanSnapshot>, DbError> {
    tx.list(SNAPSHOT_OF, args![origin, plan, on])
}

/// The figures frozen of a plan on a day.
pub fn snapshot_figures(tx: &mut Tx<'_>, origin: Origin, plan: &str, on: Date) -> Result<Vec<PlanFigure>, DbError> {
    tx.list(SNAPSHOT_FIGURES, args![origin, plan, on])
}

/// Organizations whose normalised name is exactly this one, wherever they are registered; at most 20.
pub fn named(tx: &mut Tx<'_>, name_key: &str) -> Result<Vec<(Origin, OrgId)>, DbError> {
    tx.list(NAMED, args![name_key])
}
