//! Organizations (社会组织): the current row, its versions, identifiers and officers.
mod rows;

use base::{AreaCode, Date, Instant, OrgId, Origin, RecordId};

pub use rows::{
    Certificate, CertificateShort, CreditCode, FilingNumber, NameReservation, Officer, OrgLine, Organization, Version,
};

use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

const LOCATE: Statement = sql!("organizations.locate", "select origin from organization where id = $1");
const BY_CODE: Statement = sql!("organizations.by_code", "select origin, org from credit_code where code = $1");
const BY_NUMBER: Statement = sql!("organizations.by_number", "select origin, org from filing_number where number = $1");
const BY_NAME: Statement =
    sql!("organizations.by_name", "select origin, id from organization where registrar_area = $1 and name_key = $2");
const NAME_TAKEN: Statement = sql!(
    "organizations.name_taken",
    "select origin, name_key, name, org, case_id, reserved_on, until, entry from name_reservation
     where origin = $1 and name_key = $2 and (until is null or until >= $3)"
);
const RAN_OUT: Statement = sql!(
    "organizations.name_ran_out",
    "update name_reservation set until = until where origin = $1 and name_key = $2 and until < $3"
);
const FREE_RESERVATION: Statement = sql!(
    "organizations.free_reservation",
    "delete from name_reservation where origin = $1 and name_key = $2 and case_id = $3 and org is null"
);
const POSTS_OF: Statement = sql!(
    "organizations.posts_of",
    "select origin, org, id, term, person, post, public_name, sort, term_from, term_to, valid_from, valid_to,
     recorded_at, superseded_at, body, entry from officer where person = $1 and superseded_at is null order by term_from, id"
);
const VERSIONS: Statement = sql!(
    "organizations.versions",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version where origin = $1 and org = $2 order by valid_from, recorded_at, id"
);
const AS_OF: Statement = sql!(
    "organizations.as_of",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version
     where origin = $1 and org = $2 and valid_from <= $3 and (valid_to is null or valid_to > $3)
     and recorded_at <= $4 and (superseded_at is null or superseded_at > $4)"
);
const ALL_AS_OF: Statement = sql!(
    "organizations.all_as_of",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version
     where valid_from <= $1 and (valid_to is null or valid_to > $1)
     and recorded_at <= $2 and (superseded_at is null or superseded_at > $2) order by origin, org"
);
const OVERLAPPING: Statement = sql!(
    "organizations.overlapping",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at, facts, digest, leaf, entry
     from organization_version
     where origin = $1 and org = $2 and superseded_at is null
     and (valid_to is null or valid_to > $3) and valid_from < $4 order by valid_from"
);
const SUPERSEDE: Statement = sql!(
    "organizations.supersede",
    "update organization_version set superseded_at = $4 where origin = $1 and org = $2 and id = $3 and superseded_at is null"
);
const OFFICERS: Statement = sql!(
    "organizations.officers",
    "select origin, org, id, term, person, post, public_name, sort, term_from, term_to, valid_from, valid_to,
     recorded_at, superseded_at, body, entry from officer
     where origin = $1 and org = $2 and valid_from <= $3 and (valid_to is null or valid_to > $3)
     and recorded_at <= $4 and (superseded_at is null or superseded_at > $4) order by sort, id"
);
const SUPERSEDE_OFFICER: Statement = sql!(
    "organizations.supersede_officer",
    "update officer set superseded_at = $4 where origin = $1 and org = $2 and id = $3 and superseded_at is null"
);
const TERMS_ENDING: Statement = sql!(
    "organizations.terms_ending",
    "select origin, org, id, term, person, post, public_name, sort, term_from, term_to, valid_from, valid_to,
     recorded_at, superseded_at, body, entry from officer
     where superseded_at is null and term_to >= $1 and term_to < $2 order by term_to, id limit $3"
);
const CERTIFICATES: Statement = sql!(
    "organizations.certificates",
    "select origin, id, org, kind, number, short, state, issued_on, valid_to, payload, entry from certificate
     where origin = $1 and org = $2 order by issued_on desc, id desc"
);
const BY_SHORT: Statement = sql!(
    "organizations.by_short",
    "select c.origin, c.id, c.org, c.kind, c.number, c.short, c.state, c.issued_on, c.valid_to, c.payload, c.entry
     from certificate_short s join certificate c on c.origin = s.origin and c.id = s.certificate where s.short = $1"
);
const EACH: Statement = sql!(
    "organizations.each",
    "select origin, id, kind, name, name_key, code, filing_number, registration, credit, operation, colour, registrar_area,
     registrar_province, registrar_city, registrar_body, supervisor_body, regulator_body, management_mode, direct_class,
     grade, grade_until, charity, volunteer, decoupled, new_field, party, industry_code, domicile, province, city, county,
     town, community, address, capital_fen, registered_on, listed_on, ended_on, legal_rep, body, synthetic, source, rev, entry
     from organization order by origin, id"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    LOCATE,
    BY_CODE,
    BY_NUMBER,
    BY_NAME,
    NAME_TAKEN,
    RAN_OUT,
    FREE_RESERVATION,
    POSTS_OF,
    VERSIONS,
    AS_OF,
    ALL_AS_OF,
    OVERLAPPING,
    SUPERSEDE,
    OFFICERS,
    SUPERSEDE_OFFICER,
    TERMS_ENDING,
    CERTIFICATES,
    BY_SHORT,
    EACH,
];

const LINE: &str = "select origin, id, kind, name, code, filing_number, registration, credit, operation, colour, grade,
     registrar_area, domicile, legal_rep, registered_on, listed_on, ended_on, synthetic from organization";

/// The end of time, for a period without end.
const FOREVER: Date = Date::constant(9999, 12, 31);

/// Where an organization lives.
pub fn locate(tx: &mut Tx<'_>, id: OrgId) -> Result<Option<Origin>, DbError> {
    Ok(tx.find::<Option<Origin>>(LOCATE, args![id])?.flatten())
}

/// What `{code}` in an address means: a credit code, a filing number, or an id; old identifiers too.
pub fn resolve(tx: &mut Tx<'_>, code: &str) -> Result<Option<(Origin, OrgId)>, DbError> {
    if let Some(found) = tx.find::<(Origin, OrgId)>(BY_CODE, args![code])? {
        return Ok(Some(found));
    }
    if let Some(found) = tx.find::<(Origin, OrgId)>(BY_NUMBER, args![code])? {
        return Ok(Some(found));
    }
    let Ok(id) = code.parse::<OrgId>() else { return Ok(None) };
    Ok(locate(tx, id)?.map(|origin| (origin, id)))
}

/// The current row.
pub fn find(tx: &mut Tx<'_>, origin: Origin, id: OrgId) -> Result<Option<Organization>, DbError> {
    tx.find_record::<Organization>(args![origin, id])
}

/// The current row, which must be there.
pub fn get(tx: &mut Tx<'_>, origin: Origin, id: OrgId) -> Result<Organization, DbError> {
    tx.get_record::<Organization>(args![origin, id])
}

/// A registrar's organizations whose normalised name is exactly this one.
pub fn by_name(tx: &mut Tx<'_>, registrar: &AreaCode, name_key: &str) -> Result<Vec<(Origin, OrgId)>, DbError> {
    tx.list(BY_NAME, args![registrar, name_key])
}

/// A page of a list, newest registration first. `after`: `listed_on` and id of the last line of the page before.
pub fn list(
    tx: &mut Tx<'_>,
    filter: &Filter,
    after: Option<(Date, OrgId)>,
    limit: usize,
) -> Result<Vec<OrgLine>, DbError> {
    let mut filter = filter.clone();
    if let Some((day, id)) = after {
        filter.after("listed_on", &day, "id", &id, true);
    }
    let text = filter.sql(LINE, "listed_on desc, id desc", limit);
    tx.list(Sql::dynamic("organizations.list", &text), filter.args())
}

/// Lines of these organizations, in no particular order (search gives the order).
pub fn lines(tx: &mut Tx<'_>, ids: &[OrgId]) -> Result<Vec<OrgLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.one_of("id", &ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let text = filter.text(LINE);
    tx.list(Sql::dynamic("organizations.lines", &text), filter.args())
}

/// Every organization, without keeping them (index builds, exports).
pub fn each<E: From<DbError>>(tx: &mut Tx<'_>, visit: impl FnMut(Organization) -> Result<(), E>) -> Result<(), E> {
    tx.each(EACH, &[], visit)
}

/// Who has a name, by reservation or in use, on a day.
pub fn name_taken(
    tx: &mut Tx<'_>,
    origin: Origin,
    name_key: &str,
    day: Date,
) -> Result<Option<NameReservation>, DbError> {
    tx.find(NAME_TAKEN, args![origin, name_key, day])
}

/// Takes a name; a reservation of it that ran out before `day` gives way. [`DbError::Unique`] on `name_reservation` if taken.
pub fn take_name(tx: &mut Tx<'_>, name: &NameReservation, day: Date) -> Result<(), DbError> {
    // The update locks the old row, so that of two who want the name the second finds it taken. What ran out is replaced and never
    // deleted: an entry vouches for each row.
    if tx.run(RAN_OUT, args![name.origin, name.name_key, day])? == 1 { tx.upsert(name) } else { tx.insert(name) }
}

/// Gives back a name that a case had reserved and nobody bears.
pub fn free_reservation(tx: &mut Tx<'_>, origin: Origin, name_key: &str, case: base::CaseId) -> Result<(), DbError> {
    tx.run(FREE_RESERVATION, args![origin, name_key, case]).map(drop)
}

/// Every post a person holds or held, as known now.
pub fn posts_of(tx: &mut Tx<'_>, person: base::PersonId) -> Result<Vec<Officer>, DbError> {
    tx.list(POSTS_OF, args![person])
}

/// All versions ever recorded, superseded ones included.
pub fn versions(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<Version>, DbError> {
    tx.list(VERSIONS, args![origin, org])
}

/// What was true on `day`, as known at `known`.
pub fn as_of(
    tx: &mut Tx<'_>,
    origin: Origin,
    org: OrgId,
    day: Date,
    known: Instant,
) -> Result<Option<Version>, DbError> {
    tx.find(AS_OF, args![origin, org, day, known])
}

/// What was true of every organization on `day`, as known at `known`, without keeping it.
pub fn each_as_of<E: From<DbError>>(
    tx: &mut Tx<'_>,
    day: Date,
    known: Instant,
    visit: impl FnMut(Version) -> Result<(), E>,
) -> Result<(), E> {
    tx.each(ALL_AS_OF, args![day, known], visit)
}

/// Records that `new.facts` hold from `new.valid_from` to `new.valid_to`. What was said before about that period is superseded;
/// what was said about the days before and after it is kept, as new versions with ids from `fresh`. Gives all rows written.
pub fn set_version(
    tx: &mut Tx<'_>,
    new: &Version,
    fresh: &mut dyn FnMut() -> RecordId,
) -> Result<Vec<Version>, DbError> {
    let until = new.valid_to.unwrap_or(FOREVER);
    let mut written = Vec::new();
    for old in tx.list::<Version>(OVERLAPPING, args![new.origin, new.org, new.valid_from, until])? {
        if tx.run(SUPERSEDE, args![old.origin, old.org, old.id, new.recorded_at])? != 1 {
            return Err(DbError::Conflict("organization_version"));
        }
        let again =
            Version { recorded_at: new.recorded_at, superseded_at: None, entry: new.entry, leaf: None, ..old.clone() };
        if old.valid_from < new.valid_from {
            written.push(Version { id: fresh(), valid_to: Some(new.valid_from), ..again.clone() });
        }
        if new.valid_to.is_some_and(|end| old.valid_to.is_none_or(|old_end| old_end > end)) {
            written.push(Version { id: fresh(), valid_from: until, ..again });
        }
    }
    written.push(new.clone());
    for version in &written {
        tx.insert(version)?;
    }
    Ok(written)
}

/// The responsible persons on `day`, as known at `known`.
pub fn officers(
    tx: &mut Tx<'_>,
    origin: Origin,
    org: OrgId,
    day: Date,
    known: Instant,
) -> Result<Vec<Officer>, DbError> {
    tx.list(OFFICERS, args![origin, org, day, known])
}

/// Puts `now` (a new id, the same term) in the place of the version `old`.
pub fn replace_officer(tx: &mut Tx<'_>, old: RecordId, now: &Officer) -> Result<(), DbError> {
    if tx.run(SUPERSEDE_OFFICER, args![now.origin, now.org, old, now.recorded_at])? != 1 {
        return Err(DbError::Conflict("officer"));
    }
    tx.insert(now)
}

/// Terms that end from `from` to before `to` (换届提醒).
pub fn terms_ending(tx: &mut Tx<'_>, from: Date, to: Date, limit: usize) -> Result<Vec<Officer>, DbError> {
    tx.list(TERMS_ENDING, args![from, to, limit])
}

/// An organization's certificates, newest first.
pub fn certificates(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<Certificate>, DbError> {
    tx.list(CERTIFICATES, args![origin, org])
}

/// The certificate that a QR points to.
pub fn certificate_by_short(tx: &mut Tx<'_>, short: &str) -> Result<Option<Certificate>, DbError> {
    tx.find(BY_SHORT, args![short])
}

/// Keeps a certificate and its short address.
pub fn add_certificate(tx: &mut Tx<'_>, certificate: &Certificate) -> Result<(), DbError> {
    tx.insert(certificate)?;
    tx.insert(&CertificateShort {
        short: certificate.short.clone(),
        origin: certificate.origin,
        certificate: certificate.id,
    })
}
