//! 通知: what the platform told this person, newest first; read ones stay.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::{get, post};
use base::RecordId;

use crate::cx::Csrf;
use crate::site::Site;
use crate::{Cx, Page, Path, WebError};

/// So many are shown; older ones stay on the case pages.
const MOST: usize = 100;

struct Line {
    id: String,
    title: String,
    text: String,
    when: String,
    unread: bool,
}

#[derive(Template)]
#[template(path = "pages/my/notices/page.html")]
struct NoticesPage {
    csrf: Csrf,
    lines: Vec<Line>,
    unread: usize,
}

/// `/my/notices`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my/notices", get(show).post(read_all)).route("/my/notices/{id}", post(open).get(back))
}

async fn back() -> Redirect {
    Redirect::to("/my/notices")
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let (person, csrf) = (cx.viewer()?.person, cx.csrf());
    let notices =
        cx.blocking(move |site| Ok(site.office.db.read(|tx| store::accounts::notices(tx, person, MOST))?)).await?;
    let lines: Vec<Line> = notices
        .into_iter()
        .map(|notice| Line {
            id: notice.id.to_string(),
            title: notice.title,
            text: notice.body,
            when: notice.at.local_minute(),
            unread: notice.read_at.is_none(),
        })
        .collect();
    let unread = lines.iter().filter(|line| line.unread).count();
    Ok(Page::new("通知", NoticesPage { csrf, lines, unread }).under("我的", "/my"))
}

async fn read_all(cx: Cx) -> Result<Redirect, WebError> {
    let person = cx.viewer()?.person;
    cx.blocking(move |site| {
        let now = site.office.clock.now();
        Ok(site.office.db.write(move |tx| store::accounts::mark_read(tx, person, None, now))?)
    })
    .await?;
    Ok(Redirect::to("/my/notices"))
}

/// Opening one marks it as read and leads to what it is about.
async fn open(cx: Cx, Path(id): Path<RecordId>) -> Result<Redirect, WebError> {
    let person = cx.viewer()?.person;
    let link = cx
        .blocking(move |site| {
            let now = site.office.clock.now();
            let found: Option<store::accounts::Notice> =
                site.office.db.read(|tx| tx.find_record(store::args![person, id]))?;
            let notice = found.ok_or_else(|| WebError::not_found("这条通知").way("看全部通知", "/my/notices"))?;
            site.office.db.write(move |tx| store::accounts::mark_read(tx, person, Some(id), now))?;
            Ok(notice.link)
        })
        .await?;
    let own = link.starts_with('/') && !link.starts_with("//");
    Ok(Redirect::to(if own { &link } else { "/my/notices" }))
}
