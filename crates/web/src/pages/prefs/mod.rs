//! 长者版: larger text, wider spacing, larger targets; remembered by a cookie for a year.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use crate::pages::login::safe_back;
use crate::shell::cookies;
use crate::site::Site;
use crate::{Cx, Query};

/// A year in seconds: 365 * 24 * 3600.
const YEAR: u32 = 31_536_000;

#[derive(Deserialize)]
struct Elder {
    #[serde(default)]
    on: u8,
    #[serde(default)]
    back: String,
}

/// `/prefs/elder?on=1&back=/`: a link, so it works everywhere; it changes nothing but this browser's own cookie.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/prefs/elder", get(elder))
}

async fn elder(cx: Cx, Query(wish): Query<Elder>) -> Response {
    let mut response = Redirect::to(safe_back(&wish.back)).into_response();
    let (value, age) = if wish.on == 1 { ("1", YEAR) } else { ("", 0) };
    cookies::set(&mut response, cookies::ELDER, value, Some(age), cx.site.settings.https);
    response
}
