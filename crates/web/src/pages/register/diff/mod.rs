//! 版本比较: what differs between two days.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::Date;
use registry::Change;
use serde::Deserialize;

use super::dossier::{read_day, unknown};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

#[derive(Debug, Default, Deserialize)]
struct Days {
    #[serde(default)]
    from: String,
    #[serde(default)]
    to: String,
}

#[derive(Template)]
#[template(path = "pages/register/diff/page.html")]
struct DiffPage {
    code: String,
    name: String,
    from: Date,
    to: Date,
    today: Date,
    /// Days on which nothing held.
    missing: Vec<Date>,
    changes: Vec<Change>,
}

/// `/orgs/{code}/diff`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/orgs/{code}/diff", get(show))
}

async fn show(cx: Cx, Path(code): Path<String>, Query(days): Query<Days>) -> Result<Page, WebError> {
    let today = cx.today;
    let (from, to) = (read_day(&days.from, "from")?, read_day(&days.to, "to")?);
    let to = to.unwrap_or(today).min(today);
    let from = from.unwrap_or(to).min(today);
    let home = format!("/orgs/{code}");
    let page = cx
        .blocking(move |site| {
            let Some(found) = site.office.difference(&code, from, to)? else { return Err(unknown(site, &code)?) };
            let missing = [(from, found.before.is_none()), (to, found.after.is_none())];
            let missing = missing.into_iter().filter(|(_, missing)| *missing).map(|(day, _)| day).collect();
            Ok(DiffPage { name: found.name, from, to, today, missing, changes: found.changes, code })
        })
        .await?;
    let name = page.name.clone();
    Ok(Page::new("两天的差异", page).under("查组织", "/orgs").under(name, home).cache(Cache::Public(30)))
}
