//! Open interface (开放接口): the public register for programs. JSON, RFC 9457 problems, ETags; no personal data, no cookies needed,
//! and no other site's scripts (CORS stays off).
pub mod atom;
pub mod changes;
pub mod describe;
pub mod organizations;
pub mod plans;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use office::Office;
use office::register::read::summary::Summary;
use serde::Serialize;
use utoipa::ToSchema;

use crate::WebError;
use crate::site::Site;

/// How long others may keep an answer.
const KEEP: &str = "public, max-age=30";

/// One organization in a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Organization {
    /// Identity for ever: 26 characters, always there.
    pub id: String,
    /// Unified social credit code (统一社会信用代码), where it has one.
    pub code: Option<String>,
    /// Filing number (备案号) of a filed community organization.
    pub filing_number: Option<String>,
    /// Registered name.
    pub name: String,
    /// association, service_institution, foundation, community.
    #[schema(example = "foundation")]
    pub kind: String,
    /// Area of its domicile: 2 to 12 digits.
    pub area: Option<String>,
    /// That area's name.
    pub area_name: String,
    /// Area of the competent registrar; 100000 is the ministry.
    pub registrar: String,
    /// What that registrar is called.
    pub registrar_name: String,
    /// Registration state: registered, liquidating, deregistered, revoked.
    pub status: String,
    /// Credit state: clear, abnormal, serious.
    pub credit: String,
    /// Operation state: active, rectifying, suspended, dormant, ceased.
    pub operation: String,
    /// dual, direct, decoupled, filed.
    pub management: String,
    /// Rating in force: 1A to 5A.
    pub grade: Option<String>,
    /// Recognized as a charity (慈善组织).
    pub charity: bool,
    /// Name of the legal representative, a public registered item.
    pub legal_representative: Option<String>,
    /// Registered domicile.
    pub address: Option<String>,
    /// Day of registration.
    #[schema(format = Date)]
    pub registered_on: Option<String>,
    /// Day of its exit.
    #[schema(format = Date)]
    pub ended_on: Option<String>,
    /// Made up for a demonstration.
    pub synthetic: bool,
    /// Its page.
    pub href: String,
}

/// A summary as programs get it.
pub fn organization(office: &Office, one: &Summary) -> Organization {
    let day = |day: Option<base::Date>| day.map(|day| day.to_string());
    Organization {
        id: one.id.to_string(),
        code: one.code.clone(),
        filing_number: one.filing_number.clone(),
        name: one.name.clone(),
        kind: one.kind.as_str().to_owned(),
        area: one.area.as_ref().map(ToString::to_string),
        area_name: one.area_name(&office.areas),
        registrar: one.registrar.to_string(),
        registrar_name: office.authority_name(&one.registrar, base::Date::MAX),
        status: one.states.registration.as_str().to_owned(),
        credit: one.states.credit.as_str().to_owned(),
        operation: one.states.operation.as_str().to_owned(),
        management: one.management.as_str().to_owned(),
        grade: one.grade.clone(),
        charity: one.charity,
        legal_representative: one.legal_representative.clone(),
        address: one.address.clone(),
        registered_on: day(one.registered_on),
        ended_on: day(one.ended_on),
        synthetic: one.synthetic,
        href: format!("/orgs/{}", one.public_code()),
    }
}

/// What is wrong, as RFC 9457 says it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Problem {
    /// Where the code is explained.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Why, and what to do.
    pub detail: String,
    /// The address asked for.
    pub instance: String,
    /// Stable name: `not_found`, `invalid`, …
    pub code: String,
    /// For questions to the operator.
    pub request_id: String,
    /// Which parameters are wrong.
    pub errors: Vec<FieldProblem>,
}

/// One wrong parameter.
#[derive(Debug, Serialize, ToSchema)]
pub struct FieldProblem {
    /// The parameter.
    pub field: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A JSON answer with its ETag; 304 if the asker has it already.
pub fn answer(headers: &HeaderMap, body: &impl Serialize) -> Result<Response, WebError> {
    let bytes = serde_json::to_vec(body).map_err(WebError::internal)?;
    Ok(tagged(headers, "application/json", bytes))
}

/// Bytes with their ETag.
pub fn tagged(headers: &HeaderMap, kind: &'static str, bytes: Vec<u8>) -> Response {
    let digest = vault::sm3(&bytes).to_string();
    // Weak, because the shell may compress.
    let tag = format!("W/\"{}\"", &digest[..24]);
    let asked = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let known = asked
        .split(',')
        .map(str::trim)
        .any(|one| one == "*" || one.trim_start_matches("W/") == tag.trim_start_matches("W/"));
    let own = [(header::ETAG, tag), (header::CACHE_CONTROL, KEEP.to_owned())];
    if known {
        return (StatusCode::NOT_MODIFIED, own).into_response();
    }
    (own, [(header::CONTENT_TYPE, kind)], bytes).into_response()
}

/// `/api/v1/…`, `/api/openapi.json`, `/api/docs`, `/feeds/…`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(organizations::routes())
        .merge(changes::routes())
        .merge(plans::routes())
        .merge(describe::routes())
}
