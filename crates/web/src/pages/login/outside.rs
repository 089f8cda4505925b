//! 统一身份认证: the way out to the identity source, and the way back with a ticket. Where no source is on, neither exists.
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use serde::Deserialize;

use super::{entrance, landing, page};
use crate::shell::cookies;
use crate::site::Site;
use crate::{Cx, Query, WebError};

/// Where the identity source sends the browser back to.
const RETURN: &str = "/login/outside/return";

#[derive(Deserialize)]
struct Came {
    #[serde(default)]
    ticket: String,
    #[serde(default)]
    state: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/login/outside", get(leave)).route(RETURN, get(arrive))
}

fn off() -> WebError {
    WebError::not_found("这种登录方式")
}

async fn leave(cx: Cx) -> Result<Response, WebError> {
    let back = format!("{}{RETURN}", cx.site.settings.base_url);
    // The state is a form token: only the browser that left can come back.
    let url = cx.site.office.outside_login(&back, cx.csrf().token()).ok_or_else(off)?;
    let mut response = Redirect::to(&url).into_response();
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

async fn arrive(cx: Cx, Query(came): Query<Came>) -> Result<Response, WebError> {
    if cx.site.office.outside.identity.is_none() {
        return Err(off());
    }
    if !cx.accepts(&came.state) {
        return Ok(page(&cx, "", "", Some("这次登录不是从本浏览器发起的，或者隔得太久。请重新登录")).into_response());
    }
    let door = entrance(&cx);
    let entered = cx.blocking(move |site| {
        let session = site.office.sign_in_from_outside(&came.ticket, &door);
        Ok(session.map(|session| (site.accounts.find(&session.secret), session.secret)))
    });
    match entered.await? {
        Ok((viewer, token)) => {
            let mut response = Redirect::to(&landing("", viewer.as_ref())).into_response();
            cookies::set(&mut response, cookies::SESSION, &token, None, cx.site.settings.https);
            Ok(response)
        }
        Err(refused @ office::Refused::Rule { .. }) => {
            Ok(page(&cx, "", "", Some(&refused.to_string())).into_response())
        }
        Err(other) => Err(other.into()),
    }
}
