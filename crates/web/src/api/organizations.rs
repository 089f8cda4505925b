//! `/api/v1/organizations`: search, one organization, its versions.
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use office::register::read::ask::Ask;
use office::register::read::dossier::{Answer, Dossier, Moment};
use office::register::read::summary::Summary;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Organization, Problem, answer, organization};
use crate::pages::register::dossier::{read_day, unknown};
use crate::site::Site;
use crate::{Cx, Path, Query, WebError};

/// What a search asks. Repeated or comma-separated values of `kind`, `status` and `grade` mean any of them; an empty value is none.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query for the document; `Ask::read` reads it")]
struct SearchParams {
    /// Any fragment of name, former name, credit code, filing number, or first letters of pinyin; several separated by spaces.
    #[param(max_length = 100)]
    q: Option<String>,
    /// Domiciled in this area or below: 2, 4, 6, 9 or 12 digits.
    #[param(pattern = "^([1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})?)?$")]
    area: Option<String>,
    /// Registered by this registrar.
    #[param(pattern = "^([1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})?)?$")]
    registrar: Option<String>,
    /// association, service_institution, foundation, community.
    #[param(
        pattern = "^((association|service_institution|foundation|community)(,(association|service_institution|foundation|community))*)?$"
    )]
    kind: Option<String>,
    /// registered, liquidating, deregistered, revoked.
    #[param(
        pattern = "^((registered|liquidating|deregistered|revoked)(,(registered|liquidating|deregistered|revoked))*)?$"
    )]
    status: Option<String>,
    /// 1A to 5A, or none.
    #[param(pattern = "^(([1-5]A|none)(,([1-5]A|none))*)?$")]
    grade: Option<String>,
    /// yes or no.
    #[param(pattern = "^(yes|no|true|false|1|0)?$")]
    charity: Option<String>,
    /// As it was on this day, not after today; a later day is refused. `2026-11-21`.
    #[param(format = Date)]
    as_of: Option<String>,
    /// Where the asker is: nearer organizations come first among equals.
    #[param(pattern = "^([1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})?)?$")]
    near: Option<String>,
    /// Items per page, 1 to 200; 20 if not given.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<u8>,
    /// `next` of the page before. Pages follow each other without gaps or repetitions whatever changes meanwhile.
    #[param(pattern = "^([0-9a-fA-F]{88})?$")]
    after: Option<String>,
}

/// A page of organizations.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationPage {
    /// Best match first.
    pub items: Vec<Organization>,
    /// How many match in all, exactly.
    pub total: u64,
    /// Hand this back as `after` for the next page; null on the last.
    pub next: Option<String>,
}

/// A person in charge, as the public may see one.
#[derive(Debug, Serialize, ToSchema)]
pub struct Officer {
    /// Post held.
    pub post: String,
    /// In full for the legal representative, else the first character and stars.
    pub name: String,
    /// First day of the term.
    pub from: Option<String>,
    /// Last day of the term.
    pub until: Option<String>,
}

/// A certificate.
#[derive(Debug, Serialize, ToSchema)]
pub struct Certificate {
    /// original or duplicate.
    pub kind: String,
    /// Its number.
    pub number: String,
    /// valid, replaced, lost, cancelled.
    pub state: String,
    /// Day of issue.
    pub issued_on: String,
    /// Last day, where it has one.
    pub valid_to: Option<String>,
    /// Where it is verified.
    pub verify: String,
}

/// One organization with everything public about it.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationDetail {
    /// The same as in lists.
    #[serde(flatten)]
    pub organization: Organization,
    /// The day described.
    pub as_of: String,
    /// The day of knowledge, if one was asked for.
    pub known_on: Option<String>,
    /// Names it bore before.
    pub former_names: Vec<String>,
    /// Business supervisor (业务主管单位).
    pub supervisor: Option<String>,
    /// Purpose (宗旨).
    pub purpose: Option<String>,
    /// Business scope (业务范围).
    pub scope: Option<String>,
    /// Registered capital in fen.
    pub capital_fen: Option<i64>,
    /// Industry (GB/T 4754).
    pub industry: Option<String>,
    /// Officers, masked.
    pub officers: Vec<Officer>,
    /// Certificates.
    pub certificates: Vec<Certificate>,
    /// Quality of the record, 0 to 100.
    pub quality: u8,
}

/// A stage of an organization's life.
#[derive(Debug, Serialize, ToSchema)]
pub struct Version {
    /// First day.
    pub valid_from: String,
    /// First day after it.
    pub valid_to: Option<String>,
    /// When it was recorded.
    pub recorded_at: String,
    /// What differs from the stage before.
    pub changes: Vec<Changed>,
}

/// One item that differs.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changed {
    /// Chinese label of the item.
    pub item: String,
    /// Before; empty for none.
    pub before: String,
    /// After.
    pub after: String,
}

/// All stages, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Versions {
    /// The stages.
    pub items: Vec<Version>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct DayParams {
    /// What held on this day; today if not given. A day that has not come yet is refused.
    #[serde(default)]
    #[param(format = Date)]
    as_of: String,
    /// As known at the end of this day; now if not given. A day that has not come yet is refused.
    #[serde(default)]
    #[param(format = Date)]
    known_on: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/v1/organizations", get(search))
        .route("/api/v1/organizations/{code}", get(show))
        .route("/api/v1/organizations/{code}/versions", get(versions))
}

/// Searches the register.
#[utoipa::path(get, path = "/api/v1/organizations", tag = "organizations", params(SearchParams),
    responses((status = 200, body = OrganizationPage), (status = 422, description = "A value cannot be read: see errors", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn search(cx: Cx, headers: HeaderMap, Query(pairs): Query<Vec<(String, String)>>) -> Result<Response, WebError> {
    let today = cx.today;
    let page = cx
        .blocking(move |site| {
            let ask = Ask::read(&pairs, today).map_err(office::Refused::Invalid)?;
            let found = site.office.search_register(&ask)?;
            let items = found.hits.iter().map(|hit| organization(&site.office, &hit.summary)).collect();
            Ok(OrganizationPage { items, total: found.total, next: found.next.map(|next| next.to_string()) })
        })
        .await?;
    answer(&headers, &page)
}

/// One organization, by credit code, filing number or id.
#[utoipa::path(get, path = "/api/v1/organizations/{code}", tag = "organizations",
    params(("code" = String, Path, description = "Credit code, filing number or id; former codes too"), DayParams),
    responses((status = 200, body = OrganizationDetail), (status = 404, description = "Unknown; detail says which character of a code is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A day cannot be read", body = Problem, content_type = "application/problem+json"), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn show(
    cx: Cx,
    headers: HeaderMap,
    Path(code): Path<String>,
    Query(days): Query<DayParams>,
) -> Result<Response, WebError> {
    let moment = moment(&cx, &days)?;
    let detail = cx
        .blocking(move |site| {
            let dossier = load(site, &code, moment)?;
            Ok(detail(site, dossier))
        })
        .await?;
    answer(&headers, &detail)
}

/// Every stage of one organization's life.
#[utoipa::path(get, path = "/api/v1/organizations/{code}/versions", tag = "organizations",
    params(("code" = String, Path, description = "Credit code, filing number or id"), DayParams),
    responses((status = 200, body = Versions), (status = 404, description = "Unknown; detail says which character of a code is wrong", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A day cannot be read", body = Problem, content_type = "application/problem+json"), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn versions(
    cx: Cx,
    headers: HeaderMap,
    Path(code): Path<String>,
    Query(days): Query<DayParams>,
) -> Result<Response, WebError> {
    let moment = moment(&cx, &days)?;
    let versions = cx
        .blocking(move |site| {
            let dossier = load(site, &code, moment)?;
            let say = |change: registry::Change| Changed {
                item: change.label.to_owned(),
                before: change.before,
                after: change.after,
            };
            let items = dossier.stages.into_iter().map(|stage| Version {
                valid_from: stage.from.to_string(),
                valid_to: stage.to.map(|day| day.to_string()),
                recorded_at: stage.recorded_at.to_string(),
                changes: site.office.said(stage.changes, stage.from).into_iter().map(say).collect(),
            });
            Ok(Versions { items: items.collect() })
        })
        .await?;
    answer(&headers, &versions)
}

fn moment(cx: &Cx, days: &DayParams) -> Result<Moment, WebError> {
    let day = |text: &str, field: &'static str| match read_day(text, field)? {
        Some(day) if day > cx.today => {
            let why = format!("“{day}”还没有到，请填不晚于今天（{}）的日期", cx.today);
            Err(WebError::invalid(why.clone()).field(field, &why))
        }
        day => Ok(day),
    };
    Ok(Moment::of(day(&days.as_of, "as_of")?, day(&days.known_on, "known_on")?, cx.today))
}

fn load(site: &Site, code: &str, moment: Moment) -> Result<Dossier, WebError> {
    match site.office.find_dossier(code, moment)? {
        Answer::Found(dossier) => Ok(*dossier),
        Answer::Unknown => Err(unknown(site, code)?),
        Answer::NotYet { first, .. } => {
            let mut error = WebError::not_found("这一天的登记信息");
            error.message = format!("{} 还没有这家组织的登记信息，最早的记录从 {first} 开始。", moment.day);
            Err(error)
        }
    }
}

fn detail(site: &Site, dossier: Dossier) -> OrganizationDetail {
    let day = |day: Option<base::Date>| day.map(|day| day.to_string());
    let officers = dossier.officers.into_iter();
    let certificates = dossier.certificates.into_iter();
    let o = dossier.organization;
    OrganizationDetail {
        as_of: dossier.moment.day.to_string(),
        known_on: day(dossier.moment.known_on),
        former_names: dossier.former_names,
        supervisor: o.supervisor_name.clone(),
        purpose: o.purpose.clone(),
        scope: o.scope.clone(),
        capital_fen: o.capital.map(|fen| fen.0),
        industry: o.industry.clone(),
        officers: officers
            .map(|one| Officer { post: one.post, name: one.name, from: day(one.from), until: day(one.until) })
            .collect(),
        certificates: certificates
            .map(|one| Certificate {
                kind: one.kind,
                number: one.number,
                state: one.state,
                issued_on: one.issued_on.to_string(),
                valid_to: day(one.valid_to),
                verify: format!("/c/{}", one.short),
            })
            .collect(),
        quality: dossier.score,
        organization: organization(&site.office, &Summary::of(o)),
    }
}
