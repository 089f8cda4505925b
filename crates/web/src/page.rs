//! A page declared, not yet rendered: the shell adds layout, cookies and headers when the handler has answered.
use std::fmt;
use std::sync::Arc;

use askama::{DynTemplate, Template};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// A place to go: text and address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// What it says.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// `Link::to("查组织", "/orgs")`.
    pub fn to(text: impl Into<String>, href: impl Into<String>) -> Self {
        Self { text: text.into(), href: href.into() }
    }
}

/// How long others may keep the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cache {
    /// Nobody keeps it (anything personal; the default).
    #[default]
    Never,
    /// Anyone may keep it for so many seconds; sent only to visitors who are not signed in.
    Public(u32),
}

/// Which frame the shell puts around a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Frame {
    /// Top bar, breadcrumb, help line, footer.
    #[default]
    Public,
    /// The same with the role's menu on the left.
    Desk,
    /// No breadcrumb and full-width body (front page).
    Wide,
}

/// What a handler answers.
pub struct Page {
    /// For the browser's title; the page itself has its own h1.
    pub title: String,
    /// The way here, first to last, without 首页 and without the page itself.
    pub breadcrumb: Vec<Link>,
    /// HTTP status.
    pub status: StatusCode,
    /// How long others may keep it.
    pub cache: Cache,
    /// Frame around it.
    pub frame: Frame,
    /// The askama template between header and footer.
    pub body: Box<dyn DynTemplate + Send + Sync>,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Page").field("title", &self.title).field("status", &self.status).finish_non_exhaustive()
    }
}

impl Page {
    /// A page with `body`, status 200, kept by nobody.
    pub fn new(title: impl Into<String>, body: impl Template + Send + Sync + 'static) -> Self {
        Self {
            title: title.into(),
            breadcrumb: Vec::new(),
            status: StatusCode::OK,
            cache: Cache::default(),
            frame: Frame::default(),
            body: Box::new(body),
        }
    }

    /// Adds a step to the breadcrumb.
    pub fn under(mut self, text: impl Into<String>, href: impl Into<String>) -> Self {
        self.breadcrumb.push(Link::to(text, href));
        self
    }

    /// The form came back with errors: 422, and the title says so first.
    pub fn with_errors(mut self) -> Self {
        self.status = StatusCode::UNPROCESSABLE_ENTITY;
        self.title = format!("填写有误：{}", self.title);
        self
    }

    /// Another status.
    pub fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// Lets others keep it.
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// With the role's menu on the left.
    pub fn desk(mut self) -> Self {
        self.frame = Frame::Desk;
        self
    }

    /// Full width, no breadcrumb.
    pub fn wide(mut self) -> Self {
        self.frame = Frame::Wide;
        self
    }
}

/// A page waiting in the response's extensions for the shell.
#[derive(Clone)]
pub(crate) struct Waiting(pub Arc<Page>);

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(Waiting(Arc::new(self)));
        response
    }
}
