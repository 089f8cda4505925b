//! 帮助: how to get on for each role, whom to call, what the words and error codes mean, how to report a fault of the site.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;

use crate::site::{Settings, Site};
use crate::{Cache, Cx, Link, Page};

#[derive(Template)]
#[template(path = "pages/help/page.html")]
struct HelpPage {
    settings: Settings,
    parts: Vec<Link>,
}

/// `/help`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/help", get(show))
}

async fn show(cx: Cx) -> Page {
    let parts = [
        ("第一次来", "#start"),
        ("发起人和经办人", "#applicant"),
        ("公众", "#public"),
        ("机关各岗位", "#desks"),
        ("出意见的单位", "#opinions"),
        ("系统、安全、审计管理员", "#admins"),
        ("常见的词", "#words"),
        ("浏览器与打印", "#browser"),
        ("快捷键", "#keys"),
        ("错误代码", "#codes"),
    ];
    let parts = parts.iter().map(|(text, href)| Link::to(*text, *href)).collect();
    Page::new("帮助", HelpPage { settings: cx.site.settings.clone(), parts }).cache(Cache::Public(3600))
}
