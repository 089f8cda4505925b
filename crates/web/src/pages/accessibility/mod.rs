//! 无障碍声明: what the site keeps to, what it does not yet do, and how to complain.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::site::{Settings, Site};
use crate::{Cache, Cx, Page};

#[derive(Template)]
#[template(path = "pages/accessibility/page.html")]
struct AccessibilityPage {
    settings: Settings,
}

/// `/accessibility`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/accessibility", get(show))
}

async fn show(cx: Cx) -> Page {
    Page::new("无障碍声明", AccessibilityPage { settings: cx.site.settings.clone() }).cache(Cache::Public(3600))
}
