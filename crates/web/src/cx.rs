//! What every handler may ask about its request: who, when, in which mode. Put together once by the shell.
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use askama::filters::HtmlSafe;
use authority::Actor;
use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::request::Parts;
use base::Date;

use crate::error::WebError;
use crate::shell::csrf;
use crate::site::{Site, Viewer};

/// The context of one request. Cheap to clone; take it as a handler argument.
#[derive(Clone)]
pub struct Cx(Arc<Request>);

/// What [`Cx`] gives access to.
pub struct Request {
    /// The whole site.
    pub site: Arc<Site>,
    /// Printed on error pages and in every log line of the request.
    pub request_id: String,
    /// GET, POST, …
    pub method: Method,
    /// Path without query.
    pub path: String,
    /// Query without `?`; empty if none.
    pub query: String,
    /// Who is signed in, with nothing left to do first.
    pub viewer: Option<Viewer>,
    /// Who has given the password but must still give or bind a one-time code or change the password. May do nothing else.
    pub arriving: Option<Viewer>,
    /// 长者版 is on.
    pub elder: bool,
    /// htmx asked: the shell sends the body without the frame.
    pub htmx: bool,
    /// Business date.
    pub today: Date,
    /// BCP 47 tag of the page's language.
    pub locale: &'static str,
    /// Network address the request came from.
    pub address: String,
    /// The browser's name for itself, cut short.
    pub agent: String,
    pub(crate) session: Option<String>,
    pub(crate) visit: String,
    pub(crate) visit_is_new: bool,
    pub(crate) visit_used: AtomicBool,
}

/// The hidden field every POST form carries: `{{ csrf }}`.
#[derive(Debug, Clone)]
pub struct Csrf(String);

impl Csrf {
    /// The bare token, for an `X-CSRF-Token` header.
    pub fn token(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<input type=\"hidden\" name=\"_csrf\" value=\"{}\">", self.0)
    }
}

impl HtmlSafe for Csrf {}

impl Cx {
    pub(crate) fn new(request: Request) -> Self {
        Self(Arc::new(request))
    }

    /// The hidden field for a POST form. Different bytes each time, so compression gives nothing away (BREACH).
    pub fn csrf(&self) -> Csrf {
        self.visit_used.store(true, Ordering::Relaxed);
        Csrf(csrf::token(&self.site.secret, &self.csrf_subject(), &self.site.rng))
    }

    /// Whether `token` was made for this visitor and session.
    pub fn accepts(&self, token: &str) -> bool {
        csrf::accepts(&self.site.secret, &self.csrf_subject(), token)
    }

    fn csrf_subject(&self) -> String {
        format!("{}|{}", self.visit, self.session.as_deref().unwrap_or_default())
    }

    /// Who is signed in, or the error that sends them to the sign-in page and back.
    pub fn viewer(&self) -> Result<&Viewer, WebError> {
        match &self.arriving {
            Some(_) => Err(WebError::sign_in()),
            None => self.viewer.as_ref().ok_or_else(WebError::sign_in),
        }
    }

    /// The person as the office asks for them: in the role in use.
    pub fn actor(&self) -> Result<Actor, WebError> {
        Ok(self.viewer()?.actor.clone())
    }

    /// The secret of the session, for use cases about the session itself.
    pub fn session(&self) -> Result<String, WebError> {
        self.session.clone().ok_or_else(WebError::sign_in)
    }

    /// Path and query, to come back to.
    pub fn here(&self) -> String {
        if self.query.is_empty() { self.path.clone() } else { format!("{}?{}", self.path, self.query) }
    }

    /// Runs `work` on a blocking thread: the one hop of a request, with all its queries in it.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Site) -> Result<T, WebError> + Send + 'static,
    ) -> Result<T, WebError> {
        let site = Arc::clone(&self.site);
        tokio::task::spawn_blocking(move || work(&site)).await.map_err(WebError::internal)?
    }
}

impl Deref for Cx {
    type Target = Request;
    fn deref(&self) -> &Request {
        &self.0
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Cx {
    type Rejection = WebError;
    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, WebError> {
        parts.extensions.get::<Self>().cloned().ok_or_else(|| WebError::internal("the shell did not run"))
    }
}
