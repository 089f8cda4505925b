//! Renders a declared page into the house's frame.
use askama::Template;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};

use crate::cx::{Csrf, Cx};
use crate::error::WebError;
use crate::page::{Frame, Link, Page};
use crate::parts::QrBox;
use crate::site::Step;

/// The top bar's words; never more than six (sitemap).
pub(crate) const TOP: [(&str, &str); 6] = [
    ("查组织", "/orgs"),
    ("办事", "/matters"),
    ("核验", "/verify"),
    ("公告", "/notices"),
    ("政策", "/policies"),
    ("帮助", "/help"),
];

struct TopLink {
    text: &'static str,
    href: &'static str,
    here: bool,
}

#[derive(Template)]
#[template(path = "shell/layout.html")]
struct Layout<'a> {
    cx: &'a Cx,
    title: &'a str,
    trail: &'a [Link],
    desk: bool,
    wide: bool,
    top: Vec<TopLink>,
    here: String,
    /// The query that tells 网站找错 which page it is about.
    fault: String,
    csrf: Option<Csrf>,
    printed: QrBox,
    body: &'a str,
}

impl Layout<'_> {
    /// A menu line is current when the path is it or lies below it. A line that leads to a part of a page is not: the page's own is.
    fn current(&self, href: &str) -> bool {
        if href.contains('?') {
            return false;
        }
        self.cx.path == href || (href.len() > 1 && self.cx.path.starts_with(&format!("{href}/")) && href != "/desk")
    }

    fn date(&self) -> String {
        self.cx.today.to_string()
    }
}

#[derive(Template)]
#[template(path = "shell/error.html")]
struct ErrorBody<'a> {
    error: &'a WebError,
    request_id: &'a str,
    phone: &'a str,
    hours: &'a str,
}

/// The whole page, or only its body for htmx.
pub(crate) fn page(cx: &Cx, page: &Page) -> Response {
    match page.body.dyn_render() {
        Ok(body) => framed(cx, page.status, page.frame, &page.title, &page.breadcrumb, &body),
        Err(problem) => error(cx, &WebError::internal(format!("template of “{}”: {problem}", page.title))),
    }
}

/// An error: to the sign-in page, as a problem object, or as a page.
pub(crate) fn error(cx: &Cx, error: &WebError) -> Response {
    if cx.path.starts_with("/api/") {
        let problem = error.problem(&cx.path, &cx.request_id).to_string();
        return (error.status, [(header::CONTENT_TYPE, "application/problem+json")], problem).into_response();
    }
    if error.code == "sign_in" {
        let back = serde_urlencoded::to_string([("back", cx.here())]).unwrap_or_default();
        let first = cx.arriving.as_ref().and_then(|viewer| viewer.step).map_or("/login", Step::path);
        let target = format!("{first}?{back}");
        let header_name = if cx.htmx { "hx-redirect" } else { "location" };
        let status = if cx.htmx { StatusCode::OK } else { StatusCode::SEE_OTHER };
        return (status, [(header_name, target)]).into_response();
    }
    let settings = &cx.site.settings;
    let body =
        ErrorBody { error, request_id: &cx.request_id, phone: &settings.help_phone, hours: &settings.help_hours };
    match body.render() {
        Ok(body) => framed(cx, error.status, Frame::Public, &error.title, &[], &body),
        Err(_) => (error.status, error.message.clone()).into_response(),
    }
}

/// Longest address worth a QR code; beyond it the code is too fine for a phone, so the query is left out.
const SCANNABLE: usize = 200;

fn printed_address(cx: &Cx) -> String {
    let base = &cx.site.settings.base_url;
    let whole = format!("{base}{}", cx.here());
    if whole.len() > SCANNABLE { format!("{base}{}", cx.path) } else { whole }
}

fn framed(cx: &Cx, status: StatusCode, frame: Frame, title: &str, trail: &[Link], body: &str) -> Response {
    let vary = [(header::VARY, "hx-request, cookie")];
    if cx.htmx {
        return (status, vary, Html(body.to_owned())).into_response();
    }
    let top = TOP.iter().map(|(text, href)| TopLink {
        text,
        href,
        here: cx.path == *href || cx.path.starts_with(&format!("{href}/")),
    });
    let layout = Layout {
        cx,
        title,
        trail,
        desk: frame == Frame::Desk && cx.viewer.as_ref().is_some_and(|viewer| !viewer.menu.is_empty()),
        wide: frame == Frame::Wide,
        top: top.collect(),
        here: serde_urlencoded::to_string([("back", cx.here())]).unwrap_or_default(),
        fault: serde_urlencoded::to_string([("page", &cx.path)]).unwrap_or_default(),
        csrf: cx.viewer.is_some().then(|| cx.csrf()),
        printed: QrBox { url: printed_address(cx), caption: "扫码查看本页".to_owned() },
        body,
    };
    match layout.render() {
        Ok(html) => (status, vary, Html(html)).into_response(),
        Err(problem) => {
            tracing::error!(id = %cx.request_id, %problem, "layout failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "系统出了问题，请稍后再试。").into_response()
        }
    }
}
