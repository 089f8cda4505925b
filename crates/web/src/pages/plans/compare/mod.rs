//! Areas of a plan side by side.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use base::AreaCode;
use office::facts::Ready;
use office::plans::lines::{Head, PlanReport};
use office::plans::view::View;
use serde::Deserialize;

use super::{Asked, Mark, answer, tabs, tally, ways, within};
use crate::page::Link;
use crate::parts::{Opt, Tabs};
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};

/// Areas beside each other: more do not fit on paper.
const MOST: usize = 5;

#[derive(Debug, Default, Clone, Deserialize)]
struct Which {
    #[serde(default)]
    areas: String,
    #[serde(default)]
    add: String,
}

struct Column {
    name: String,
    href: String,
    tally: [(Mark, usize); 4],
    /// The address without this area; none for the last one.
    without: Option<String>,
}

struct Row {
    name: String,
    href: String,
    asked: String,
    cells: Vec<Option<(String, Mark)>>,
    differs: bool,
}

#[derive(Template)]
#[template(path = "pages/plans/compare/page.html")]
struct ComparePage {
    head: Head,
    on: String,
    today: String,
    tabs: Tabs,
    columns: Vec<Column>,
    rows: Vec<Row>,
    add: Vec<Opt>,
    chosen: String,
    kind: String,
    full: bool,
}

/// `/plans/{id}/compare`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/plans/{id}/compare", get(show))
}

async fn show(
    cx: Cx,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Query(which): Query<Which>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let page = cx.blocking(move |site| load(site, &view, &which)).await.map_err(|error| ways(error, &id))?;
    Ok(answer(&cx, "正在准备规划数据", page))
}

/// The areas asked for; with none, the first ones below the area looked at.
fn chosen(site: &Site, view: &View, head: &Head, which: &Which) -> Result<Vec<AreaCode>, WebError> {
    let words = which.areas.split(',').chain([which.add.as_str()]).map(str::trim).filter(|word| !word.is_empty());
    let mut areas = Vec::new();
    for word in words {
        let area: AreaCode = word.parse().map_err(|_| {
            WebError::invalid(format!("“{word}”不是行政区划代码。")).field("areas", "请用逗号隔开，例如 2101,2102")
        })?;
        if !areas.contains(&area) {
            areas.push(area);
        }
    }
    if areas.is_empty() {
        let (top, on) = (view.area.clone().unwrap_or_else(|| head.area.clone()), view.on.unwrap_or(head.opens_on));
        areas = site.office.areas.children_at(&top, on).into_iter().take(3).map(base::areas::Area::code).collect();
        if areas.is_empty() {
            areas.push(top);
        }
    }
    if areas.len() > MOST {
        let message = format!("一次最多比较 {MOST} 个地区，请去掉几个。");
        return Err(WebError::invalid(message.clone()).field("areas", &message));
    }
    Ok(areas)
}

fn load(site: &Site, view: &View, which: &Which) -> Result<Ready<Page>, WebError> {
    let head = site.office.plan_head(site.office.plan(&view.plan)?);
    let areas = chosen(site, view, &head, which)?;
    let mut reports = Vec::new();
    for area in &areas {
        match site.office.plan_report(&View { area: Some(area.clone()), ..view.clone() })? {
            Ready::Now(report) => reports.push(report),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        }
    }
    let body = page(site, view, head, &areas, &reports);
    let plan = Link::to(body.head.name.clone(), format!("/plans/{}", body.head.id));
    Ok(Ready::Now(Page::new("地区比较", body).under("规划", "/plans").under(plan.text, plan.href)))
}

fn page(site: &Site, view: &View, head: Head, areas: &[AreaCode], reports: &[PlanReport]) -> ComparePage {
    let base = format!("/plans/{}", head.id);
    let joined = |list: &[&AreaCode]| list.iter().map(|area| area.as_str()).collect::<Vec<_>>().join(",");
    let column = |(at, report): (usize, &PlanReport)| {
        let rest: Vec<&AreaCode> = areas.iter().enumerate().filter(|(other, _)| *other != at).map(|(_, a)| a).collect();
        let href = within(&format!("{base}/compare"), view, &head, &[("areas", &joined(&rest)), ("area", "")]);
        Column {
            name: report.area_name.clone(),
            href: within(&base, &report.view, &head, &[]),
            tally: tally(&report.summary),
            without: (!rest.is_empty()).then_some(href),
        }
    };
    let columns = reports.iter().enumerate().map(column).collect();
    let mut rows: Vec<Row> = Vec::new();
    let mut seen: Vec<(String, String)> = Vec::new();
    for line in reports.iter().flat_map(PlanReport::lines) {
        let key = (line.indicator.clone(), line.part.clone());
        if seen.contains(&key) {
            continue;
        }
        let of = |report: &PlanReport| {
            let found = report.lines().find(|one| (&one.indicator, &one.part) == (&key.0, &key.1))?;
            Some((found.value.text.clone(), found.status))
        };
        let cells: Vec<_> = reports.iter().map(of).collect();
        let differs = cells.windows(2).any(|two| match two {
            [one, other] => one.as_ref().map(|(_, status)| status) != other.as_ref().map(|(_, status)| status),
            _ => false,
        });
        rows.push(Row {
            name: line.name.clone(),
            href: within(&format!("{base}/{}", line.indicator), view, &head, &[("part", &line.part), ("area", "")]),
            asked: line.asked.clone(),
            cells: cells.into_iter().map(|cell| cell.map(|(text, status)| (text, status.into()))).collect(),
            differs,
        });
        seen.push(key);
    }
    let on = view.on.unwrap_or(head.opens_on);
    let top = view.area.clone().unwrap_or_else(|| head.area.clone());
    let below = site.office.areas.children_at(&top, on).into_iter().filter(|area| !areas.contains(&area.code()));
    let add = below.map(|area| Opt::new(area.code().as_str(), area.name())).collect();
    ComparePage {
        on: on.to_string(),
        today: site.office.clock.today().to_string(),
        tabs: tabs(view, &head, "compare"),
        columns,
        rows,
        add,
        chosen: joined(&areas.iter().collect::<Vec<_>>()),
        kind: view.kind.clone(),
        full: areas.len() >= MOST,
        head,
    }
}

impl ComparePage {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass by reference")]
    fn name_of(&self, at: &usize) -> &str {
        self.columns.get(*at).map_or("", |column| column.name.as_str())
    }
}
