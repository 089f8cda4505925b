//! 帮助: how to get on, whom to call, what error codes mean, how to report a fault of the site.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::site::{Settings, Site};
use crate::{Cache, Cx, Page};

#[derive(Template)]
#[template(path = "pages/help/page.html")]
struct HelpPage {
    settings: Settings,
}

/// `/help`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/help", get(show))
}

async fn show(cx: Cx) -> Page {
    Page::new("帮助", HelpPage { settings: cx.site.settings.clone() }).cache(Cache::Public(3600))
}
