//! 登录与退出: one entry for everybody; the role is chosen afterwards. Officials pass further `steps` first.
mod activate;
mod outside;
mod steps;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use office::Refused;
use office::accounts::Entrance;
use serde::Deserialize;

use crate::cx::Csrf;
use crate::parts::{ErrorSummary, Label, TextField};
use crate::shell::cookies;
use crate::site::{Site, Viewer};
use crate::{Cx, Form, Page, Query, WebError};

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
}

#[derive(Template)]
#[template(path = "pages/login/page.html")]
struct LoginPage {
    csrf: Csrf,
    back: String,
    errors: Option<ErrorSummary>,
    name: TextField,
    password_error: String,
    outside: bool,
    demo: Vec<(String, String, String)>,
}

impl LoginPage {
    fn back_query(&self) -> String {
        serde_urlencoded::to_string([("back", &self.back)]).unwrap_or_default()
    }
}

/// `/login` and its steps, `/logout`, and `/session`, which extends a session and says how long it lasts.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/login", get(show).post(enter))
        .route("/logout", post(leave))
        .route("/session", get(session))
        .merge(activate::routes())
        .merge(steps::routes())
        .merge(outside::routes())
}

/// Who knocks: for lock-outs and the list of sessions.
pub(crate) fn entrance(cx: &Cx) -> Entrance {
    Entrance { address: cx.address.clone(), agent: cx.agent.clone() }
}

/// Only an address of this site may be returned to. Browsers leave tabs and line ends out, so that `/<tab>/host` is another host.
pub(crate) fn safe_back(back: &str) -> &str {
    let odd = |c: char| c == '\\' || c.is_control();
    let local = back.starts_with('/') && !back.starts_with("//") && !back.contains(odd);
    if local && !back.starts_with("/login") { back } else { "/" }
}

fn page(cx: &Cx, back: &str, name: &str, error: Option<&str>) -> Page {
    let demo = if cx.site.settings.demo { cx.site.accounts.demo_accounts() } else { Vec::new() };
    let label = Label::new("name", "登录名");
    let body = LoginPage {
        csrf: cx.csrf(),
        back: back.to_owned(),
        errors: error.map(|text| ErrorSummary::of(&[("password", text)])),
        name: TextField { autocomplete: "username", width: 20, ..TextField::new(label, name) },
        password_error: error.unwrap_or_default().to_owned(),
        outside: cx.site.office.outside.identity.is_some(),
        demo,
    };
    let page = Page::new("登录", body);
    if error.is_some() { page.with_errors() } else { page }
}

async fn show(cx: Cx, Query(query): Query<Back>) -> Page {
    page(&cx, &query.back, "", None)
}

async fn enter(cx: Cx, form: Form) -> Result<Response, WebError> {
    let back = form.text("back").to_owned();
    let name = form.text("name").to_owned();
    // A password is not trimmed: spaces count.
    let password = form.0.iter().find(|(key, _)| key == "password").map(|(_, value)| value.clone()).unwrap_or_default();
    if name.is_empty() || password.is_empty() {
        return Ok(page(&cx, &back, &name, Some("请填写账号和密码")).into_response());
    }
    let (who, door, before) = (name.clone(), entrance(&cx), cx.session.clone());
    let entered = cx.blocking(move |site| {
        let token = site.accounts.sign_in(&who, &password, &door);
        // Whoever signs in again, perhaps as somebody else, leaves no session behind in this browser.
        if let (Ok(_), Some(before)) = (&token, before) {
            site.accounts.sign_out(&before);
        }
        Ok(token.map(|token| (site.accounts.find(&token), token)))
    });
    match entered.await? {
        Ok((viewer, token)) => {
            let mut response = Redirect::to(&landing(&back, viewer.as_ref())).into_response();
            cookies::set(&mut response, cookies::SESSION, &token, None, cx.site.settings.https);
            Ok(response)
        }
        Err(Refused::Invalid(wrong)) => {
            let why: Vec<&str> = wrong.iter().map(|one| one.message.as_str()).collect();
            Ok(page(&cx, &back, &name, Some(&why.join("；"))).into_response())
        }
        Err(locked @ Refused::TooMany(_)) => {
            let why = locked.to_string();
            Ok(page(&cx, &back, &name, Some(&why)).status(StatusCode::TOO_MANY_REQUESTS).into_response())
        }
        Err(closed @ Refused::Rule { .. }) => {
            let why = closed.to_string();
            Ok(page(&cx, &back, &name, Some(&why)).into_response())
        }
        Err(other) => Err(other.into()),
    }
}

/// Where signing in leads: what is still to do first, then the page wanted, else the first page of the person's own work.
fn landing(back: &str, viewer: Option<&Viewer>) -> String {
    let wanted = safe_back(back);
    let own = match viewer {
        Some(viewer) if viewer.actor.admin.is_some() => "/admin",
        Some(viewer) if !viewer.actor.posts.is_empty() => "/desk",
        Some(_) => "/my",
        None => "/",
    };
    let page = if wanted == "/" { own } else { wanted };
    match viewer.and_then(|viewer| viewer.step) {
        Some(step) => {
            let query = serde_urlencoded::to_string([("back", page)]).unwrap_or_default();
            format!("{}?{query}", step.path())
        }
        None => page.to_owned(),
    }
}

async fn session(cx: Cx) -> Result<axum::Json<serde_json::Value>, WebError> {
    Ok(axum::Json(serde_json::json!({ "seconds_left": cx.viewer()?.seconds_left })))
}

async fn leave(cx: Cx) -> Result<Response, WebError> {
    if let Some(token) = cx.session.clone() {
        cx.blocking(move |site| {
            site.accounts.sign_out(&token);
            Ok(())
        })
        .await?;
    }
    let mut response = Redirect::to("/").into_response();
    cookies::set(&mut response, cookies::SESSION, "", Some(0), cx.site.settings.https);
    response.headers_mut().insert("clear-site-data", header::HeaderValue::from_static("\"cache\""));
    Ok(response)
}

#[cfg(test)]
pub(crate) mod tests;

#[cfg(test)]
mod back_tests {
    use super::safe_back;

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(safe_back("/my/cases/1?x=2"), "/my/cases/1?x=2");
        for bad in [
            "https://evil.example",
            "//evil.example",
            "/\\evil.example",
            "",
            "/login?back=/login",
            "/a\r\nSet-Cookie: x",
            "/\t/evil.example",
        ] {
            assert_eq!(safe_back(bad), "/", "{bad}");
        }
    }
}
