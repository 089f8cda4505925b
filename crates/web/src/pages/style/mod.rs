//! 样式指南: every part with its samples. Only in a demonstration.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::parts::{self, Shown};
use crate::site::Site;
use crate::{Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/style/page.html")]
struct StylePage {
    parts: Vec<Shown>,
}

/// `/style`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/style", get(show))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    if !cx.site.settings.demo {
        return Err(WebError::not_found("样式指南"));
    }
    Ok(Page::new("样式指南", StylePage { parts: parts::all() }).desk())
}
