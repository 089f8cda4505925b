//! `/api/v1/plans`: plans, their targets on a day in an area, one indicator in every area, and the list behind a figure.
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use office::facts::Ready;
use office::plans::behind::{AskList, Behind};
use office::plans::indicator::{Ask, IndicatorReport};
use office::plans::lines::{Head, PlanReport, Shown, TargetLine};
use office::plans::view::View;
use planning::{Status, Summary};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Problem, answer};
use crate::pages::plans::Asked;
use crate::site::Site;
use crate::{Cx, Path, Query, WebError};

/// Areas of a page, or subjects.
const PAGE: usize = 100;
const MOST: usize = 500;

/// A plan.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanItem {
    /// Its name in the catalogue.
    pub id: String,
    /// Its Chinese name.
    pub name: String,
    /// Short id of its policy document.
    pub document: String,
    /// Who issued it.
    pub issuer: String,
    /// The document is out for comments only (征求意见稿).
    pub draft: bool,
    /// Where it is carried out.
    pub area: String,
    /// That area's name.
    pub area_name: String,
    /// First day.
    #[schema(format = Date)]
    pub from: String,
    /// Last day.
    #[schema(format = Date)]
    pub to: String,
    /// The day on which it opens: today while it runs, its last day ever after.
    #[schema(format = Date)]
    pub opens_on: String,
    /// Its page.
    pub href: String,
}

/// All plans.
#[derive(Debug, Serialize, ToSchema)]
pub struct Plans {
    /// In the order of areas.
    pub items: Vec<PlanItem>,
}

/// How many targets stand how.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusCounts {
    /// 达标
    pub met: usize,
    /// 预警
    pub at_risk: usize,
    /// 未达标
    pub missed: usize,
    /// 暂无数据
    pub no_data: usize,
}

/// A figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct FigureValue {
    /// For people: `25%`, `18 万元`, `暂无数据`.
    pub text: String,
    /// The number in the unit (25 for 25 %, whole yuan), as decimal text; null where there is none.
    pub number: Option<String>,
    /// The exact fraction of one, of fen or of the count (`1/4`); null unless everything is known.
    pub exact: Option<String>,
    /// What keeps it from being exact; null if nothing does.
    pub range: Option<String>,
}

/// One target.
#[derive(Debug, Serialize, ToSchema)]
pub struct TargetItem {
    /// The indicator.
    pub indicator: String,
    /// Its part; empty for the only one.
    pub part: String,
    /// What is measured.
    pub name: String,
    /// The project it hangs under.
    pub group: String,
    /// As the document words it.
    pub said: String,
    /// Clauses it comes from.
    pub clauses: Vec<String>,
    /// The value.
    pub value: FigureValue,
    /// The value at the end of the year before, for people.
    pub before: Option<String>,
    /// What is asked, for people: `不低于 25%`.
    pub asked: String,
    /// By when.
    #[schema(format = Date)]
    pub due: Option<String>,
    /// Where the glide path is on the day, for people.
    pub path: Option<String>,
    /// met, at_risk, missed, no_data.
    pub status: String,
    /// Why, in plain Chinese.
    pub reason: String,
    /// Subjects that pass, do not, and are not known.
    pub passing: u64,
    /// Subjects that do not pass.
    pub lacking: u64,
    /// Subjects of which a fact is missing.
    pub unclear: u64,
}

/// A plan on a day in an area.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlanDetail {
    /// The plan.
    pub plan: PlanItem,
    /// The day measured.
    #[schema(format = Date)]
    pub on: String,
    /// The area.
    pub area: String,
    /// Its name.
    pub area_name: String,
    /// 终期评估, 规划期后, or the stage.
    pub phase: String,
    /// The day lies after the plan's last day.
    pub after_period: bool,
    /// How many targets stand how.
    pub summary: StatusCounts,
    /// The targets.
    pub targets: Vec<TargetItem>,
}

/// One area's figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct AreaFigure {
    /// The area.
    pub area: String,
    /// Its name.
    pub name: String,
    /// Its place from 1, best first; null where there is no number.
    pub place: Option<usize>,
    /// The value.
    pub value: FigureValue,
    /// met, at_risk, missed, no_data; null where nothing is asked.
    pub status: Option<String>,
}

/// An indicator of a plan with its areas.
#[derive(Debug, Serialize, ToSchema)]
pub struct IndicatorDetail {
    /// The indicator.
    pub indicator: String,
    /// Its part.
    pub part: String,
    /// Its name.
    pub name: String,
    /// The definition in words.
    pub explain: String,
    /// The formula as written.
    pub formula: String,
    /// The day measured.
    #[schema(format = Date)]
    pub on: String,
    /// The area.
    pub area: String,
    /// The value there.
    pub value: FigureValue,
    /// The target there; null where nothing is asked.
    pub target: Option<TargetItem>,
    /// The level of the areas below.
    pub level: String,
    /// How many areas there are.
    pub total: usize,
    /// A page of them.
    pub areas: Vec<AreaFigure>,
    /// Hand this back as `page`; null on the last.
    pub next: Option<usize>,
}

/// One subject behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct ListedSubject {
    /// Its name.
    pub name: String,
    /// Credit code, filing number or area code.
    pub code: Option<String>,
    /// The area it counts in, by name.
    pub area: String,
    /// For a group (a community): how many members it has.
    pub members: Option<i64>,
    /// Made up for a demonstration.
    pub synthetic: bool,
    /// Its page, where it has one.
    pub href: Option<String>,
}

/// A list behind a figure.
#[derive(Debug, Serialize, ToSchema)]
pub struct SubjectList {
    /// What the subjects are.
    pub subject: String,
    /// lacking, passing, unclear.
    pub which: String,
    /// How many lack something.
    pub lacking: usize,
    /// How many pass.
    pub passing: usize,
    /// How many are not known.
    pub unclear: usize,
    /// A page of names; empty where names are not for everybody.
    pub items: Vec<ListedSubject>,
    /// Why names are not given; null if they are.
    pub hidden: Option<String>,
    /// Hand this back as `after`; null on the last.
    pub next: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the query for the document; `Asked` reads it")]
struct ViewParams {
    /// The day measured, not after today and not before the year before the plan; the day it opens if not given.
    #[param(format = Date)]
    on: Option<String>,
    /// An area of the plan: 2, 4, 6, 9 or 12 digits; the plan's if not given.
    #[param(pattern = "^([1-9][0-9]([0-9]{2}|[0-9]{4}|[0-9]{7}|[0-9]{10})?)?$")]
    area: Option<String>,
    /// Only organizations of this kind: association, service_institution, foundation.
    #[param(pattern = "^(association|service_institution|foundation)?$")]
    kind: Option<String>,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct IndicatorParams {
    /// The part, where the indicator has several.
    #[serde(default)]
    part: String,
    /// province, city, county, town, community; the next below that has several if not given.
    #[serde(default)]
    #[param(pattern = "^(province|city|county|town|community)?$")]
    level: String,
    /// Pages of 100 areas, from 1.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 10000)]
    page: String,
}

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ListParams {
    /// The part, where the indicator has several.
    #[serde(default)]
    part: String,
    /// lacking, passing, unclear; lacking if not given.
    #[serde(default)]
    #[param(pattern = "^(lacking|passing|unclear)?$")]
    which: String,
    /// `next` of the page before.
    #[serde(default)]
    after: String,
    /// 1 to 500; 100 if not given.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500)]
    limit: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/v1/plans", get(plans))
        .route("/api/v1/plans/{id}", get(plan))
        .route("/api/v1/plans/{id}/indicators/{indicator}", get(indicator))
        .route("/api/v1/plans/{id}/indicators/{indicator}/list", get(list))
}

/// What is there; 503 with Retry-After while the facts of the day are being read.
fn ready<T>(told: Ready<T>) -> Result<T, WebError> {
    match told {
        Ready::Now(told) => Ok(told),
        Ready::Soon { day, done, of } => {
            let mut error = WebError::unavailable(format!("正在准备 {day} 的数据（{done}/{of}），请稍后再取。"));
            error.retry_after = Some(2);
            Err(error)
        }
    }
}

fn number(text: &str, field: &str, most: usize, usual: usize) -> Result<usize, WebError> {
    if text.is_empty() {
        return Ok(usual);
    }
    text.parse().ok().filter(|number| (1..=most).contains(number)).ok_or_else(|| {
        let why = format!("{field} 应为 1 至 {most} 的整数");
        WebError::invalid(format!("{why}。")).field(field, &why)
    })
}

fn some(text: &str) -> Option<String> {
    (!text.is_empty()).then(|| text.to_owned())
}

fn status(status: Status) -> &'static str {
    match status {
        Status::Met => "met",
        Status::AtRisk => "at_risk",
        Status::Missed => "missed",
        Status::NoData => "no_data",
    }
}

fn counts(sum: Summary) -> StatusCounts {
    StatusCounts { met: sum.met, at_risk: sum.at_risk, missed: sum.missed, no_data: sum.no_data }
}

fn figure(shown: &Shown) -> FigureValue {
    FigureValue {
        text: shown.text.clone(),
        number: some(&shown.number),
        exact: some(&shown.exact),
        range: some(&shown.range),
    }
}

fn item(head: &Head) -> PlanItem {
    PlanItem {
        id: head.id.clone(),
        name: head.name.clone(),
        document: head.document.0.clone(),
        issuer: head.issuer.clone(),
        draft: head.draft,
        area: head.area.to_string(),
        area_name: head.area_name.clone(),
        from: head.period.0.to_string(),
        to: head.period.1.to_string(),
        opens_on: head.opens_on.to_string(),
        href: format!("/plans/{}", head.id),
    }
}

fn target(group: &str, line: &TargetLine) -> TargetItem {
    TargetItem {
        indicator: line.indicator.clone(),
        part: line.part.clone(),
        name: line.name.clone(),
        group: group.to_owned(),
        said: line.said.clone(),
        clauses: line.clauses.iter().map(|clause| clause.id.clone()).collect(),
        value: figure(&line.value),
        before: some(&line.before),
        asked: line.asked.clone(),
        due: line.due.map(|day| day.to_string()),
        path: some(&line.path),
        status: status(line.status).to_owned(),
        reason: line.reason.clone(),
        passing: line.counts.yes,
        lacking: line.counts.no,
        unclear: line.counts.unknown,
    }
}

fn detail(report: &PlanReport) -> PlanDetail {
    let targets = report.groups.iter().flat_map(|group| group.lines.iter().map(|line| target(&group.title, line)));
    PlanDetail {
        plan: item(&report.head),
        on: report.on.to_string(),
        area: report.area.to_string(),
        area_name: report.area_name.clone(),
        phase: report.phase.clone(),
        after_period: report.after,
        summary: counts(report.summary),
        targets: targets.collect(),
    }
}

/// All plans.
#[utoipa::path(get, path = "/api/v1/plans", tag = "plans",
    responses((status = 200, body = Plans), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn plans(cx: Cx, headers: HeaderMap) -> Result<Response, WebError> {
    let office = &cx.site.office;
    let mut items: Vec<PlanItem> = office.catalogue.plans().map(|plan| item(&office.plan_head(plan))).collect();
    items.sort_by(|one, two| (&one.area, &one.from, &one.id).cmp(&(&two.area, &two.from, &two.id)));
    answer(&headers, &Plans { items })
}

/// A plan's targets on a day in an area.
#[utoipa::path(get, path = "/api/v1/plans/{id}", tag = "plans",
    params(("id" = String, Path, description = "The plan's id"), ViewParams),
    responses((status = 200, body = PlanDetail), (status = 404, description = "No such plan, or no such area in it", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value cannot be read: see errors", body = Problem, content_type = "application/problem+json"), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The facts of that day are being read: ask again as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn plan(
    cx: Cx,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let told = cx.blocking(move |site| Ok(detail(&ready(site.office.plan_report(&view)?)?))).await?;
    answer(&headers, &told)
}

/// One indicator of a plan, and every area's figure.
#[utoipa::path(get, path = "/api/v1/plans/{id}/indicators/{indicator}", tag = "plans",
    params(("id" = String, Path, description = "The plan's id"), ("indicator" = String, Path, description = "The indicator's id"), ViewParams, IndicatorParams),
    responses((status = 200, body = IndicatorDetail), (status = 404, description = "No such plan, indicator or area", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value cannot be read: see errors", body = Problem, content_type = "application/problem+json"), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The facts of that day are being read: ask again as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn indicator(
    cx: Cx,
    headers: HeaderMap,
    Path((id, indicator)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(more): Query<IndicatorParams>,
) -> Result<Response, WebError> {
    let (view, page) = (asked.view(&id)?, number(&more.page, "page", 10_000, 1)?);
    let ask =
        Ask { indicator, part: more.part, level: more.level, sort: String::new(), skip: (page - 1) * PAGE, take: PAGE };
    let told = cx.blocking(move |site| ready(site.office.plan_indicator(&view, &ask)?)).await?;
    answer(&headers, &indicator_detail(&told, page))
}

fn indicator_detail(told: &IndicatorReport, page: usize) -> IndicatorDetail {
    let area = |area: &office::plans::indicator::RankedArea| AreaFigure {
        area: area.area.to_string(),
        name: area.name.clone(),
        place: area.place,
        value: figure(&area.value),
        status: area.status.map(|one| status(one).to_owned()),
    };
    let more = told.ask.skip + told.ranked.len() < told.total;
    IndicatorDetail {
        indicator: told.ask.indicator.clone(),
        part: told.ask.part.clone(),
        name: told.name.clone(),
        explain: told.explain.clone(),
        formula: told.formula.clone(),
        on: told.view.on.map(|day| day.to_string()).unwrap_or_default(),
        area: told.view.area.as_ref().map(ToString::to_string).unwrap_or_default(),
        value: figure(&told.value),
        target: told.line.as_ref().map(|line| target("", line)),
        level: told.ask.level.clone(),
        total: told.total,
        areas: told.ranked.iter().map(area).collect(),
        next: more.then_some(page + 1),
    }
}

/// The subjects behind a figure by name, where everybody may know them.
#[utoipa::path(get, path = "/api/v1/plans/{id}/indicators/{indicator}/list", tag = "plans",
    params(("id" = String, Path, description = "The plan's id"), ("indicator" = String, Path, description = "The indicator's id"), ViewParams, ListParams),
    responses((status = 200, body = SubjectList), (status = 404, description = "No such plan, indicator or area", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A value cannot be read: see errors", body = Problem, content_type = "application/problem+json"), (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "The facts of that day are being read: ask again as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn list(
    cx: Cx,
    headers: HeaderMap,
    Path((id, indicator)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(more): Query<ListParams>,
) -> Result<Response, WebError> {
    let (view, take): (View, usize) = (asked.view(&id)?, number(&more.limit, "limit", MOST, PAGE)?);
    let ask = AskList { indicator, part: more.part, which: more.which, after: more.after, take, why: String::new() };
    // The interface is open: it gives what everybody may know, whoever asks.
    let told = cx.blocking(move |site| ready(site.office.plan_list(&view, &ask, None)?)).await?;
    answer(&headers, &subject_list(told))
}

fn subject_list(told: Behind) -> SubjectList {
    let row = |row: office::plans::behind::Named| ListedSubject {
        code: some(&row.code),
        href: some(&row.href),
        name: row.name,
        area: row.area,
        members: row.members,
        synthetic: row.synthetic,
    };
    let [lacking, passing, unclear] = told.totals;
    SubjectList {
        subject: told.subject,
        which: told.ask.which,
        lacking,
        passing,
        unclear,
        items: told.rows.into_iter().map(row).collect(),
        hidden: told.hidden,
        next: told.next,
    }
}
