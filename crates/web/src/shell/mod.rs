//! The frame around every answer: context, rate limit, CSRF check, layout, headers, cookies, counters.
pub mod cookies;
pub mod csrf;
mod layout;
pub mod limiter;
pub mod metrics;
pub mod scrape;

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::StreamExt as _;

use crate::cx::{self, Cx};
use crate::error::WebError;
use crate::page::{Cache, Waiting};
use crate::site::Site;

/// No inline script or style, nothing from elsewhere, no framing. `data:` images are the small icons inside Tabler's stylesheet.
const CSP: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; frame-src 'self'; \
                   form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'";
/// Where a form costs a slow hash, or tries a secret.
const HASHING: [&str; 7] =
    ["/login", "/login/activate", "/login/bind", "/login/code", "/login/password", "/account/password", "/register"];
/// Most bytes of an ordinary form.
const FORM_LIMIT: usize = 1024 * 1024;

/// Everything the shell does around a handler.
pub(crate) async fn around(State(site): State<Arc<Site>>, request: Request, next: Next) -> Response {
    let started = site.clock.now();
    let (head, body) = request.into_parts();
    let cx = context(&site, &head).await;
    let request = Request::from_parts(head, body);
    let span = tracing::info_span!("request", id = %cx.request_id, method = %request.method(), path = %cx.path);
    let answer = {
        let _entered = span.enter();
        admit(&site, &cx, &request)
    };
    let left = answer.as_ref().ok().copied().flatten().filter(|_| cx.path.starts_with("/api/"));
    let response = match answer {
        Ok(_) => match checked(&cx, request).await {
            Ok(mut request) => {
                request.extensions_mut().insert(cx.clone());
                next.run(request).await
            }
            Err(error) => error.into_response(),
        },
        Err(error) => error.into_response(),
    };
    let wait = response.extensions().get::<WebError>().and_then(|error| error.retry_after);
    let mut response = dress(&cx, response);
    finish(&cx, &mut response);
    tell_limit(&mut response, left, wait);
    let took = (site.clock.now().0 - started.0).max(0) as u64;
    site.metrics.answered(response.status().as_u16(), took);
    span.in_scope(|| tracing::info!(status = response.status().as_u16(), ms = took));
    response
}

/// Puts the request's context together.
async fn context(site: &Arc<Site>, request: &Parts) -> Cx {
    let headers = &request.headers;
    let session = cookies::find(headers, cookies::SESSION).map(str::to_owned);
    let viewer = match session.clone() {
        Some(token) => {
            let site = Arc::clone(site);
            tokio::task::spawn_blocking(move || site.accounts.find(&token)).await.unwrap_or_default()
        }
        None => None,
    };
    let (viewer, arriving) = match viewer {
        Some(viewer) if viewer.step.is_some() => (None, Some(viewer)),
        viewer => (viewer, None),
    };
    let visit = cookies::find(headers, cookies::VISIT).filter(|value| value.len() == 32).map(str::to_owned);
    Cx::new(cx::Request {
        request_id: hex::encode(site.rng.bytes::<6>()),
        method: request.method.clone(),
        path: request.uri.path().to_owned(),
        query: request.uri.query().unwrap_or_default().to_owned(),
        session: session.filter(|_| viewer.is_some() || arriving.is_some()),
        viewer,
        arriving,
        elder: cookies::find(headers, cookies::ELDER) == Some("1"),
        htmx: headers.contains_key("hx-request") && !headers.contains_key("hx-history-restore-request"),
        today: site.clock.today(),
        locale: "zh-CN",
        address: address(site, request),
        agent: text_of(headers, &header::USER_AGENT).chars().take(120).collect(),
        visit_is_new: visit.is_none(),
        visit: visit.unwrap_or_else(|| hex::encode(site.rng.bytes::<16>())),
        visit_used: AtomicBool::new(false),
        site: Arc::clone(site),
    })
}

fn address(site: &Site, request: &Parts) -> String {
    let forwarded = request.headers.get("x-forwarded-for").and_then(|value| value.to_str().ok());
    // The last entry is the one our own proxy wrote; earlier ones are the client's word.
    if let Some(last) = forwarded.filter(|_| site.settings.behind_proxy).and_then(|list| list.rsplit(',').next()) {
        return last.trim().to_owned();
    }
    let peer = request.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map_or_else(|| "local".to_owned(), |peer| peer.0.ip().to_string())
}

/// Turns away what comes too fast or from another site.
fn admit(site: &Site, cx: &Cx, request: &Request) -> Result<Option<limiter::Left>, WebError> {
    let now = site.clock.now();
    if matches!(cx.path.as_str(), "/healthz" | "/readyz") || cx.path.starts_with("/assets/") {
        return Ok(None);
    }
    let mut left = None;
    let requests = site.settings.requests_per_second;
    // Assets are small, kept for a year, and asked for in handfuls by every first view: they are not counted.
    if requests > 0 && !cx.path.starts_with("/assets/") {
        let who = cx.viewer.as_ref().map_or_else(|| cx.address.clone(), |viewer| viewer.account.to_string());
        left = Some(site.limiter.take(&who, limiter::Rate::per_second(requests), now).map_err(WebError::too_many)?);
    }
    // What checks or hashes a password or a code; counted by address, whoever is signed in.
    if request.method() == Method::POST && HASHING.contains(&cx.path.as_str()) {
        site.limiter.take(&format!("{} {}", cx.path, cx.address), limiter::SIGN_IN, now).map_err(WebError::too_many)?;
    }
    if !is_safe(request.method()) && from_elsewhere(request.headers()) {
        return Err(WebError::stale_form());
    }
    Ok(left)
}

/// What programs want to know of the limit: how many may still come at once, and after a refusal how long to wait.
fn tell_limit(response: &mut Response, left: Option<limiter::Left>, wait: Option<u32>) {
    let mut put = |name: &'static str, number: u32| {
        response.headers_mut().insert(HeaderName::from_static(name), HeaderValue::from(number));
    };
    if let Some(left) = left {
        put("ratelimit-limit", left.most);
        put("ratelimit-remaining", left.now);
        put("ratelimit-reset", left.whole_in);
    }
    if let Some(seconds) = wait {
        put("retry-after", seconds);
    }
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS)
}

/// The browser itself says that another site sent this.
fn from_elsewhere(headers: &HeaderMap) -> bool {
    let site = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok());
    site.is_some_and(|site| !matches!(site, "same-origin" | "none"))
}

fn text_of(headers: &HeaderMap, name: &HeaderName) -> String {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// Checks the CSRF token of every changing request that could carry a browser's cookies: in a header (scripts) or in the form.
/// A multipart form carries it as its first field: checked here for every handler, and again by `forms::Upload`.
async fn checked(cx: &Cx, request: Request) -> Result<Request, WebError> {
    if is_safe(request.method()) {
        return Ok(request);
    }
    if cx.accepts(&text_of(request.headers(), &HeaderName::from_static("x-csrf-token"))) {
        return Ok(request);
    }
    let kind = text_of(request.headers(), &header::CONTENT_TYPE);
    let without_cookies = cx.session.is_none() && !kind.starts_with("application/x-www-form-urlencoded");
    if cx.path.starts_with("/api/") && without_cookies {
        return Ok(request);
    }
    if kind.starts_with("multipart/form-data") && !cx.path.starts_with("/api/") {
        return first_field(cx, request).await;
    }
    if !kind.starts_with("application/x-www-form-urlencoded") {
        return Err(WebError::stale_form());
    }
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, FORM_LIMIT).await.map_err(|_| WebError::too_large("1 MB 的文字"))?;
    let pairs: Vec<(String, String)> = serde_urlencoded::from_bytes(&bytes).unwrap_or_default();
    if !pairs.iter().any(|(name, value)| name == "_csrf" && cx.accepts(value)) {
        return Err(WebError::stale_form());
    }
    Ok(Request::from_parts(parts, Body::from(bytes)))
}

/// Most bytes before the end of a multipart form's first field.
const FIRST_FIELD: usize = 4096;

/// Lets a multipart form pass only if its first field is a good token, whatever the handler reads; the rest is not touched.
async fn first_field(cx: &Cx, request: Request) -> Result<Request, WebError> {
    let (parts, body) = request.into_parts();
    let mut rest = body.into_data_stream();
    let mut head = Vec::new();
    while head.len() < FIRST_FIELD && token_in(&head).is_none() {
        match rest.next().await {
            Some(Ok(chunk)) => head.extend_from_slice(&chunk),
            Some(Err(_)) | None => break,
        }
    }
    if !token_in(&head).is_some_and(|token| cx.accepts(&token)) {
        return Err(WebError::stale_form());
    }
    let whole = futures_util::stream::once(async move { Ok(axum::body::Bytes::from(head)) }).chain(rest);
    Ok(Request::from_parts(parts, Body::from_stream(whole)))
}

/// The value of the first field if that is the token, once it is there whole.
fn token_in(head: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(head);
    let (before, rest) = text.split_once("\r\n\r\n")?;
    let named = before.contains("name=\"_csrf\"") && before.matches("name=\"").count() == 1;
    let (value, _) = rest.split_once("\r\n")?;
    named.then(|| value.to_owned())
}

/// Renders what the handler declared: a page, or an error as page or problem object.
fn dress(cx: &Cx, mut response: Response) -> Response {
    if let Some(error) = response.extensions_mut().remove::<WebError>() {
        if let Some(detail) = &error.detail {
            tracing::error!(id = %cx.request_id, path = %cx.path, detail, "request failed");
        }
        return layout::error(cx, &error);
    }
    match response.extensions_mut().remove::<Waiting>() {
        Some(waiting) => {
            let mut dressed = layout::page(cx, &waiting.0);
            for (name, value) in response.headers() {
                if name != header::CONTENT_LENGTH {
                    dressed.headers_mut().append(name, value.clone());
                }
            }
            let keep = match waiting.0.cache {
                Cache::Public(seconds) if cx.viewer.is_none() => format!("public, max-age={seconds}"),
                _ => "no-store".to_owned(),
            };
            put(&mut dressed, header::CACHE_CONTROL, &keep);
            dressed
        }
        None => response,
    }
}

fn put(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// Headers and cookies that every answer carries.
fn finish(cx: &Cx, response: &mut Response) {
    // A material of a case is shown inside its own review page: its answer says so itself.
    if !response.headers().contains_key(header::CONTENT_SECURITY_POLICY) {
        put(response, header::CONTENT_SECURITY_POLICY, CSP);
        put(response, header::X_FRAME_OPTIONS, "DENY");
    }
    put(response, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(response, header::REFERRER_POLICY, "same-origin");
    put(response, HeaderName::from_static("cross-origin-opener-policy"), "same-origin");
    put(response, HeaderName::from_static("permissions-policy"), "camera=(), microphone=(), geolocation=()");
    put(response, HeaderName::from_static("x-request-id"), &cx.request_id);
    if cx.site.settings.https {
        put(response, header::STRICT_TRANSPORT_SECURITY, "max-age=31536000");
    }
    if !response.headers().contains_key(header::CACHE_CONTROL) {
        put(response, header::CACHE_CONTROL, "no-store");
    }
    if cx.visit_is_new && cx.visit_used.load(Ordering::Relaxed) {
        cookies::set(response, cookies::VISIT, &cx.visit, None, cx.site.settings.https);
    }
    if cx.visit_used.load(Ordering::Relaxed) {
        put(response, header::CACHE_CONTROL, "no-store");
    }
}

/// How many entries the top bar has.
#[cfg(test)]
pub(crate) fn top_words() -> usize {
    layout::TOP.len()
}
