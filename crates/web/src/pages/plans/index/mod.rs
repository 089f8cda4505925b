//! 全部规划: every plan with its document, its phase and how its targets stand.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::Date;
use office::facts::Ready;
use office::plans::lines::Head;
use office::plans::view::View;
use planning::Summary;

use super::{Mark, tally};
use crate::site::Site;
use crate::{Cache, Cx, Page, WebError};

/// One plan.
struct Line {
    head: Head,
    phase: String,
    on: Date,
    /// None while its facts are being read.
    summary: Option<Summary>,
    targets: usize,
    tasks: usize,
}

#[derive(Template)]
#[template(path = "pages/plans/index/page.html")]
struct IndexPage {
    lines: Vec<Line>,
}

/// `/plans`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/plans", get(show))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let lines = cx
        .blocking(move |site| {
            let office = &site.office;
            let mut lines = Vec::new();
            for plan in office.catalogue.plans() {
                let summary = match office.plan_report(&View::of(&plan.id))? {
                    Ready::Now(report) => Some(report.summary),
                    Ready::Soon { .. } => None,
                };
                let head = office.plan_head(plan);
                let phase = planning::Phase::of(plan, head.opens_on).name();
                let (targets, tasks) = (plan.targets.len(), plan.tasks.len());
                lines.push(Line { phase, on: head.opens_on, summary, targets, tasks, head });
            }
            lines.sort_by(|one, two| one.head.area.cmp(&two.head.area).then(one.head.period.cmp(&two.head.period)));
            Ok(lines)
        })
        .await?;
    Ok(Page::new("规划", IndexPage { lines }).cache(Cache::Public(15)))
}

impl Line {
    fn tally(&self) -> Vec<(Mark, usize)> {
        self.summary.as_ref().map(|sum| tally(sum).into_iter().collect()).unwrap_or_default()
    }
}
