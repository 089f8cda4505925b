//! What stands between an official's password and the work: the one-time code, binding it at the first sign-in, and changing the
//! password that the administrator gave. Nothing else answers before these are done.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use office::Refused;
use office::accounts::SignedIn;

use super::{Back, safe_back};
use crate::cx::Csrf;
use crate::parts::{ErrorSummary, QrBox};
use crate::site::{Site, Step, Viewer};
use crate::{Cx, Form, Page, Query, WebError};

#[derive(Template)]
#[template(path = "pages/login/code.html")]
struct CodePage {
    csrf: Csrf,
    back: String,
    name: String,
    error: String,
    errors: Option<ErrorSummary>,
}

#[derive(Template)]
#[template(path = "pages/login/bind.html")]
struct BindPage {
    csrf: Csrf,
    back: String,
    sealed: String,
    key: String,
    login: String,
    qr: QrBox,
    error: String,
    errors: Option<ErrorSummary>,
}

#[derive(Template)]
#[template(path = "pages/login/password.html")]
struct PasswordPage {
    csrf: Csrf,
    back: String,
    wrong: Vec<(String, String)>,
    errors: Option<ErrorSummary>,
}

impl PasswordPage {
    fn fault(&self, field: &str) -> &str {
        self.wrong.iter().find(|(name, _)| name == field).map_or("", |(_, text)| text.as_str())
    }
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/login/code", get(code).post(give_code))
        .route("/login/bind", get(bind).post(give_bind))
        .route("/login/password", get(password).post(give_password))
}

/// Whoever is at this step; others go where they belong.
fn at(cx: &Cx, step: Step, back: &str) -> Result<Viewer, Box<Response>> {
    let elsewhere = |target: &str| Err(Box::new(Redirect::to(target).into_response()));
    match (&cx.arriving, &cx.viewer) {
        (Some(viewer), _) if viewer.step == Some(step) => Ok(viewer.clone()),
        (Some(viewer), _) => {
            let query = serde_urlencoded::to_string([("back", back)]).unwrap_or_default();
            elsewhere(&format!("{}?{query}", viewer.step.map_or("/", Step::path)))
        }
        (None, Some(_)) => elsewhere(safe_back(back)),
        (None, None) => elsewhere("/login"),
    }
}

/// After a step: the next one or the page wanted. The shell finds out which.
fn onward(back: &str) -> Response {
    Redirect::to(safe_back(back)).into_response()
}

fn faults_of(refused: Refused) -> Result<Vec<(String, String)>, WebError> {
    match refused {
        Refused::Invalid(wrong) => Ok(wrong.into_iter().map(|one| (one.field, one.message)).collect()),
        other => Err(other.into()),
    }
}

fn summary(wrong: &[(String, String)]) -> Option<ErrorSummary> {
    let lines: Vec<(&str, &str)> = wrong.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
    (!lines.is_empty()).then(|| ErrorSummary::of(&lines))
}

fn first(wrong: &[(String, String)]) -> String {
    wrong.first().map(|(_, text)| text.clone()).unwrap_or_default()
}

fn code_page(cx: &Cx, viewer: &Viewer, back: &str, wrong: &[(String, String)]) -> Page {
    let body = CodePage {
        csrf: cx.csrf(),
        back: back.to_owned(),
        name: viewer.name.clone(),
        error: first(wrong),
        errors: summary(wrong),
    };
    let page = Page::new("动态口令", body).under("登录", "/login");
    if wrong.is_empty() { page } else { page.with_errors() }
}

async fn code(cx: Cx, Query(query): Query<Back>) -> Response {
    match at(&cx, Step::Code, &query.back) {
        Ok(viewer) => code_page(&cx, &viewer, &query.back, &[]).into_response(),
        Err(elsewhere) => *elsewhere,
    }
}

async fn give_code(cx: Cx, form: Form) -> Result<Response, WebError> {
    let back = form.text("back").to_owned();
    let viewer = match at(&cx, Step::Code, &back) {
        Ok(viewer) => viewer,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let (signed, secret, typed) = (viewer.signed.clone(), cx.session()?, digits(form.text("code")));
    match cx.blocking(move |site| Ok(site.office.second_factor(&signed, &secret, &typed))).await? {
        Ok(()) => Ok(onward(&back)),
        Err(refused) => Ok(code_page(&cx, &viewer, &back, &faults_of(refused)?).into_response()),
    }
}

/// A code as typed: spaces that apps show between groups do not count.
fn digits(typed: &str) -> String {
    typed.chars().filter(|c| !c.is_whitespace()).collect()
}

async fn bind_page(
    cx: &Cx,
    signed: &SignedIn,
    back: &str,
    kept: Option<String>,
    wrong: &[(String, String)],
) -> Result<Page, WebError> {
    let who = signed.clone();
    let (key, sealed) = cx
        .blocking(move |site| {
            let known = kept.and_then(|sealed| site.office.offered_key(&who, &sealed).map(|key| (key, sealed)));
            Ok(match known {
                Some(known) => known,
                None => site.office.offer_code_key(&who)?,
            })
        })
        .await?;
    let text = key.to_base32();
    let groups: Vec<&str> = text.as_bytes().chunks(4).filter_map(|group| std::str::from_utf8(group).ok()).collect();
    let body = BindPage {
        csrf: cx.csrf(),
        back: back.to_owned(),
        sealed,
        key: groups.join(" "),
        login: signed.login.clone(),
        qr: QrBox {
            url: key.provisioning_uri(&cx.site.settings.product, &signed.login),
            caption: "用手机上的动态口令应用扫一扫".to_owned(),
        },
        error: first(wrong),
        errors: summary(wrong),
    };
    let page = Page::new("绑定动态口令", body).under("登录", "/login");
    Ok(if wrong.is_empty() { page } else { page.with_errors() })
}

async fn bind(cx: Cx, Query(query): Query<Back>) -> Result<Response, WebError> {
    match at(&cx, Step::Bind, &query.back) {
        Ok(viewer) => Ok(bind_page(&cx, &viewer.signed, &query.back, None, &[]).await?.into_response()),
        Err(elsewhere) => Ok(*elsewhere),
    }
}

async fn give_bind(cx: Cx, form: Form) -> Result<Response, WebError> {
    let back = form.text("back").to_owned();
    let viewer = match at(&cx, Step::Bind, &back) {
        Ok(viewer) => viewer,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let (sealed, typed) = (form.text("sealed").to_owned(), digits(form.text("code")));
    let (signed, secret, offer) = (viewer.signed.clone(), cx.session()?, sealed.clone());
    let bound = cx
        .blocking(move |site| {
            let Some(key) = site.office.offered_key(&signed, &offer) else {
                return Ok(Err(Refused::field("code", "二维码已换新。请删除旧的，重新扫描后再输入 6 位数字")));
            };
            Ok(site.office.bind_code(&signed, &secret, &key, &typed))
        })
        .await?;
    match bound {
        Ok(()) => Ok(onward(&back)),
        Err(refused) => {
            let wrong = faults_of(refused)?;
            Ok(bind_page(&cx, &viewer.signed, &back, Some(sealed), &wrong).await?.into_response())
        }
    }
}

fn password_page(cx: &Cx, back: &str, wrong: Vec<(String, String)>) -> Page {
    let failed = !wrong.is_empty();
    let errors = summary(&wrong);
    let body = PasswordPage { csrf: cx.csrf(), back: back.to_owned(), wrong, errors };
    let page = Page::new("设置新密码", body).under("登录", "/login");
    if failed { page.with_errors() } else { page }
}

async fn password(cx: Cx, Query(query): Query<Back>) -> Response {
    match at(&cx, Step::Password, &query.back) {
        Ok(_) => password_page(&cx, &query.back, Vec::new()).into_response(),
        Err(elsewhere) => *elsewhere,
    }
}

async fn give_password(cx: Cx, form: Form) -> Result<Response, WebError> {
    let back = form.text("back").to_owned();
    let viewer = match at(&cx, Step::Password, &back) {
        Ok(viewer) => viewer,
        Err(elsewhere) => return Ok(*elsewhere),
    };
    let (old, new, again) = (form.raw("old"), form.raw("new"), form.raw("again"));
    if new != again {
        let wrong = vec![("again".to_owned(), "两次输入的新密码不一样。请重新输入".to_owned())];
        return Ok(password_page(&cx, &back, wrong).into_response());
    }
    let (signed, secret) = (viewer.signed, cx.session()?);
    match cx.blocking(move |site| Ok(site.office.change_password(&signed, &secret, &old, &new))).await? {
        Ok(()) => Ok(onward(&back)),
        Err(refused) => Ok(password_page(&cx, &back, faults_of(refused)?).into_response()),
    }
}
