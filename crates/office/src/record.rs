//! Between an organization as the register means it and its rows: the version that says what was true when, and the current row
//! for lists, which is nothing but a projection of the version in force. Written here once for founding, changes, import and
//! generation, so that `journal verify` can compare the two.
use base::areas::AreaTree;
use base::{Date, EntryId, Instant, RecordId};
use registry::Organization;
use registry::organization::grade_label;
use serde_json::json;
use store::cubes::CubeKey;
use store::organizations::{Organization as Row, Version};
use store::{Levels, Tx};

use crate::Refused;
use crate::register::read::structure::Cut;

/// Where organizations without a registration day stand in lists: last.
const UNDATED: Date = Date::constant(1, 1, 1);

/// The registered items as they are stored: JSON of [`Organization`] in its own order.
pub fn facts_of(organization: &Organization) -> Result<String, Refused> {
    // Room for nearly all: growing from nothing would copy a text of a kilobyte four times over.
    let mut text = Vec::with_capacity(1536);
    serde_json::to_writer(&mut text, organization).map_err(Refused::internal)?;
    String::from_utf8(text).map_err(Refused::internal)
}

/// The organization in a version.
pub fn organization_of(version: &Version) -> Result<Organization, Refused> {
    serde_json::from_str(&version.facts).map_err(Refused::internal)
}

/// A version of `organization` that holds from `from` to before `to`.
pub fn version_of(
    organization: &Organization,
    id: RecordId,
    (from, to): (Date, Option<Date>),
    recorded_at: Instant,
    entry: EntryId,
) -> Result<Version, Refused> {
    let facts = facts_of(organization)?;
    Ok(Version {
        origin: organization.origin,
        org: organization.id,
        id,
        valid_from: from,
        valid_to: to,
        recorded_at,
        superseded_at: None,
        digest: vault::sm3(facts.as_bytes()).as_bytes().to_vec(),
        facts,
        leaf: None,
        entry,
    })
}

/// The current row. `today` places zones and moved areas in the tree of that day. `rev` 1 for a new one.
pub fn row_of(organization: &Organization, areas: &AreaTree, today: Date, rev: i64, entry: EntryId) -> Row {
    let o = organization.clone();
    let registrar = Levels::of_chain(&areas.ancestry_at(&o.registrar, today));
    let home = o.domicile.as_ref().map(|area| Levels::of_chain(&areas.ancestry_at(area, today))).unwrap_or_default();
    let body = body_of(&o);
    Row {
        origin: o.origin,
        id: o.id,
        kind: o.kind.as_str().to_owned(),
        name_key: registry::names::normalize(&o.name),
        name: o.name,
        code: o.code,
        filing_number: o.filing_number,
        registration: o.states.registration.as_str().to_owned(),
        credit: o.states.credit.as_str().to_owned(),
        operation: o.states.operation.as_str().to_owned(),
        colour: None,
        registrar_area: o.registrar,
        registrar_province: registrar.province,
        registrar_city: registrar.city,
        registrar_body: None,
        supervisor_body: o.supervisor,
        regulator_body: o.regulator,
        management_mode: o.management.as_str().to_owned(),
        direct_class: o.direct_class.map(|class| class.as_str().to_owned()),
        grade: o.grade.map(grade_label),
        grade_until: None,
        charity: o.charity,
        volunteer: o.volunteer,
        decoupled: o.decoupled_on.is_some(),
        new_field: o.new_field,
        party: o.party_members.map(|members| if members == 0 { "none" } else { "members" }.to_owned()),
        industry_code: o.industry,
        domicile: o.domicile,
        province: home.province,
        city: home.city,
        county: home.county,
        town: home.town,
        community: home.community,
        address: o.address,
        capital_fen: o.capital,
        registered_on: o.registered_on,
        listed_on: o.registered_on.unwrap_or(UNDATED),
        ended_on: o.ended_on,
        legal_rep: o.legal_representative,
        body,
        synthetic: o.synthetic,
        source: Some(o.source).filter(|source| !source.is_empty()),
        rev,
        entry,
    }
}

/// The registered items without a column of their own; absent ones are left out.
fn body_of(o: &Organization) -> serde_json::Value {
    let mut body = serde_json::Map::new();
    let mut put = |key: &str, value: Option<serde_json::Value>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    };
    put("registrar_name", o.registrar_name.as_ref().map(|text| json!(text)));
    put("supervisor_name", o.supervisor_name.as_ref().map(|text| json!(text)));
    put("regulator_name", o.regulator_name.as_ref().map(|text| json!(text)));
    put("party_body", o.party_body.map(|id| json!(id)));
    put("purpose", o.purpose.as_ref().map(|text| json!(text)));
    put("scope", o.scope.as_ref().map(|text| json!(text)));
    put("activity_area", o.activity_area.as_ref().map(|text| json!(text)));
    put("certificate_until", o.certificate_until.map(|day| json!(day.to_string())));
    put("fundraising", o.fundraising.then(|| json!(true)));
    put("decoupled_on", o.decoupled_on.map(|day| json!(day.to_string())));
    put("decoupled_from", o.decoupled_from.as_ref().map(|text| json!(text)));
    put("staff", o.staff.map(|count| json!(count)));
    put("party_members", o.party_members.map(|count| json!(count)));
    put("identifiers", (!o.identifiers.is_empty()).then(|| json!(o.identifiers)));
    put("recorded", (!o.recorded.is_empty()).then(|| json!(o.recorded)));
    serde_json::Value::Object(body)
}

/// The cells of the cubes `org.registrar` and `org.domicile` in which an organization counts: at every level up to the country.
pub fn cube_keys(o: &Organization, areas: &AreaTree, today: Date, mut each: impl FnMut(CubeKey)) {
    let mut count = |cube: &'static str, area: &base::AreaCode| {
        for area in areas.ancestry_at(area, today) {
            let (kind, state) = (o.kind.as_str().to_owned(), o.states.registration.as_str().to_owned());
            each(CubeKey { origin: o.origin, cube, area, kind, state });
        }
    };
    count("org.registrar", &o.registrar);
    if let Some(home) = &o.domicile {
        count("org.domicile", home);
    }
    if o.states.registration.is_live() {
        // The structure analysis counts what is in force, by the registrar's area.
        let chain = areas.ancestry_at(&o.registrar, today);
        for cut in Cut::ALL {
            let Some(state) = cut.value_of(o) else { continue };
            for area in chain.iter().cloned() {
                let state = state.clone();
                each(CubeKey { origin: o.origin, cube: cut.cube(), area, kind: o.kind.as_str().to_owned(), state });
            }
        }
    }
}

/// Moves the cubes by `by`: -1 for how the organization was before an act, 1 for how it is after.
pub fn tally(tx: &mut Tx<'_>, organization: &Organization, areas: &AreaTree, today: Date, by: i64) {
    cube_keys(organization, areas, today, |key| tx.tally(key, by));
}
