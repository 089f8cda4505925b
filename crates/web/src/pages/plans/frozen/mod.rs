//! 年末快照: a plan's figures as they were written down at a year's end, and what comes out otherwise when they are measured again now.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use base::Date;
use office::facts::Ready;
use office::plans::lines::Head;

use super::{answer, ways};
use crate::page::Link;
use crate::site::Site;
use crate::{Cx, Page, Path, WebError};

/// Areas shown of one indicator.
const AREAS: usize = 30;

struct Line {
    name: String,
    because: Vec<String>,
    figures: Vec<(String, String, String)>,
    more: usize,
}

#[derive(Template)]
#[template(path = "pages/plans/frozen/page.html")]
struct FrozenPage {
    head: Head,
    on: Date,
    frozen_at: String,
    parts: i64,
    lines: Vec<Line>,
}

/// `/plans/{id}/frozen/{day}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/plans/{id}/frozen/{day}", get(show))
}

async fn show(cx: Cx, Path((id, day)): Path<(String, String)>) -> Result<Response, WebError> {
    let day = crate::pages::register::dossier::read_day(&day, "day")?.unwrap_or(cx.today);
    let plan = id.clone();
    let page = cx.blocking(move |site| load(site, &plan, day)).await.map_err(|error| ways(error, &id))?;
    Ok(answer(&cx, "正在重新计算规划快照", page))
}

fn load(site: &Site, plan: &str, day: Date) -> Result<Ready<Page>, WebError> {
    let office = &site.office;
    let head = office.plan_head(office.plan(plan)?);
    let frozen = office.plan_snapshots(plan)?.into_iter().find(|frozen| frozen.on == day);
    let frozen = frozen.ok_or_else(|| WebError::not_found("这一天的规划快照"))?;
    let drifted = match office.plan_snapshot_differences(plan, day)? {
        Ready::Now(drifted) => drifted,
        Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
    };
    let line = |one: office::plans::Drifted| {
        let found = office.catalogue.find_indicator(&one.indicator.0);
        let name = match found.and_then(|found| Some((found, found.find_part(&one.indicator.1)?))) {
            Some((found, part)) => office::plans::lines::name_of(&found.name, part),
            None => one.indicator.0.clone(),
        };
        let more = one.figures.len().saturating_sub(AREAS);
        let area =
            |(area, then, now): (base::AreaCode, String, String)| (office.areas.full_name_at(&area, day), then, now);
        let because = one.because.iter().map(planning::snapshot::Difference::text).collect();
        Line { name, because, figures: one.figures.into_iter().take(AREAS).map(area).collect(), more }
    };
    let body = FrozenPage {
        on: day,
        frozen_at: frozen.frozen_at.local_minute(),
        parts: frozen.parts,
        lines: drifted.into_iter().map(line).collect(),
        head,
    };
    let plan = Link::to(body.head.name.clone(), format!("/plans/{}", body.head.id));
    Ok(Ready::Now(Page::new(format!("{day} 的快照"), body).under("规划", "/plans").under(plan.text, plan.href)))
}
