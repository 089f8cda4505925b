//! 待生效: one's own acts that may still be taken back.
use askama::Template;
use axum::response::Redirect;
use office::desk::Pending;

use crate::cx::Csrf;
use crate::{Cx, Form, Page, WebError};

#[derive(Template)]
#[template(path = "pages/desk/pending/page.html")]
struct PendingPage {
    csrf: Csrf,
    now: base::Instant,
    total: i64,
    pending: Vec<Pending>,
}

pub async fn show(cx: Cx) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let (now, total, pending) = cx
        .blocking(move |site| {
            site.office.run_pending()?;
            Ok((site.office.clock.now(), site.office.undo_seconds()?, site.office.pending(&who)?))
        })
        .await?;
    let body = PendingPage { csrf: cx.csrf(), now, total, pending };
    Ok(Page::new("待生效的办理", body).under("工作台", "/desk").desk())
}

pub async fn take_back(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let id = form.text("id").parse().map_err(|_| WebError::not_found("这项办理"))?;
    let taken = cx.blocking(move |site| Ok(site.office.take_back(&who, id)?)).await?;
    Ok(Redirect::to(&format!("/desk/cases/{}?said=taken-back", taken.number)))
}
