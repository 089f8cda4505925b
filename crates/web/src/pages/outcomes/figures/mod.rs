//! 满意度统计: how each authority was rated in the last twelve months, for everybody.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::page::{Cache, Link};
use crate::parts::{Cell, Column, Table, Tone};
use crate::site::Site;
use crate::{Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/outcomes/figures/page.html")]
struct FiguresPage {
    table: Table,
}

/// `/reviews`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/reviews", get(show))
}

/// 973 → 97.3%
fn percent(tenths: Option<i64>) -> String {
    tenths.map_or_else(|| "—".to_owned(), |tenths| format!("{}.{}%", tenths / 10, tenths % 10))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let today = cx.today;
    let table = cx
        .blocking(move |site| {
            let since =
                base::Date::new(today.year() - 1, today.month(), today.day().min(28)).map_err(WebError::internal)?;
            let demo = site.settings.demo;
            let rows = site.office.all_review_figures(since, demo)?;
            let column = |text: &str| Column { number: true, ..Column::new(text) };
            let number = |count: i64| Cell::new(count.to_string());
            Ok(Table {
                caption: format!("{since} 至 {today} 的评价{}", if demo { "（含演示数据）" } else { "" }),
                columns: vec![
                    Column::new("登记管理机关所在地"),
                    column("评价数"),
                    column("满意率"),
                    column("差评数"),
                    column("差评回访率"),
                    column("逾期未整改"),
                ],
                rows: rows
                    .into_iter()
                    .map(|(area, figures)| {
                        let overdue = if figures.overdue > 0 {
                            Cell::state(format!("{} 条", figures.overdue), Tone::Bad)
                        } else {
                            Cell::new("0")
                        };
                        vec![
                            Cell::new(site.office.areas.full_name(&area)),
                            number(figures.given),
                            Cell::new(percent(figures.satisfaction())),
                            number(figures.bad),
                            Cell::new(percent(figures.follow_up())),
                            overdue,
                        ]
                    })
                    .collect(),
                exports: Vec::new(),
                empty: "最近一年还没有评价。".to_owned(),
                empty_ways: vec![Link::to("看全部事项", "/matters")],
                keys: false,
            })
        })
        .await?;
    Ok(Page::new("办事满意度", FiguresPage { table }).cache(Cache::Public(300)))
}
