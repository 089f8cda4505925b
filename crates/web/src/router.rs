//! One router for the whole site, and serving it until told to stop.
use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, DefaultBodyLimit, Extension, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::timeout::TimeoutLayer;

use crate::cx::Cx;
use crate::error::WebError;
use crate::site::Site;
use crate::{assets, pages, shell};

/// Largest request unless a route says otherwise; routes that take files raise it for themselves.
const BODY_LIMIT: usize = 1024 * 1024;
/// Longest a request may take; anything longer is a job with progress.
const LONGEST: Duration = Duration::from_mins(1);

/// The site: its own pages and `more`, inside the shell.
pub fn router(site: Arc<Site>, more: Router<Arc<Site>>) -> Router {
    Router::new()
        .merge(pages::routes())
        .merge(more)
        .route("/assets/{hash}/{*name}", get(assets::serve))
        .route("/healthz", get(|| async { "ok\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .fallback(|cx: Cx| async move { WebError::not_found(&format!("“{}”", cx.path)) })
        .method_not_allowed_fallback(|| async {
            let mut error = WebError::not_found("这个页面的这种用法");
            error.status = StatusCode::METHOD_NOT_ALLOWED;
            error
        })
        .layer(CatchPanicLayer::custom(|panic: Box<dyn std::any::Any + Send>| {
            let text = panic
                .downcast_ref::<String>()
                .cloned()
                .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
            WebError::internal(text.unwrap_or_else(|| "panic".to_owned())).into_response()
        }))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, LONGEST))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
        .layer(axum::middleware::from_fn_with_state(Arc::clone(&site), shell::around))
        .layer(CompressionLayer::new())
        .with_state(site)
}

/// Serves `router` on `listener` until `stop` resolves, then lets running requests finish.
pub async fn serve(
    router: Router,
    listener: tokio::net::TcpListener,
    stop: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service).with_graceful_shutdown(stop).await
}

async fn ready(cx: Cx) -> Response {
    match cx.blocking(|site| Ok(site.front.ready())).await {
        Ok(Ok(())) => "ready\n".into_response(),
        Ok(Err(why)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
        Err(error) => error.into_response(),
    }
}

async fn metrics(
    State(site): State<Arc<Site>>,
    cx: Cx,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    if !site.settings.scrape.admits(peer.map(|peer| peer.0.0), &headers) {
        return Err(WebError::forbidden("运行指标只给本机的监控程序，或持有令牌的监控程序读取。"));
    }
    let gauges = cx.blocking(|site| Ok(site.front.gauges())).await?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], site.metrics.text(&gauges)).into_response())
}
