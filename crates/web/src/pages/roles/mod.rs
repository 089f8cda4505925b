//! 切换身份: one account may be founder, clerk and supervisor; one at a time.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::cx::Csrf;
use crate::parts::{Choice, Label, Opt};
use crate::site::Site;
use crate::{Cx, Form, Page, WebError};

#[derive(Template)]
#[template(path = "pages/roles/page.html")]
struct RolesPage {
    csrf: Csrf,
    choice: Choice,
}

/// `/roles`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/roles", get(show).post(choose))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let viewer = cx.viewer()?;
    let options = viewer.roles.iter().map(|role| Opt::new(role.id.clone(), role.label.clone())).collect();
    let label = Label::new("role", "以哪个身份办事？").hint("每一步都记在这个身份名下。");
    Ok(Page::new(
        "切换身份",
        RolesPage { csrf: cx.csrf(), choice: Choice { label, options, value: viewer.role.clone() } },
    ))
}

async fn choose(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let (token, role) = (cx.session.clone().ok_or_else(WebError::sign_in)?, form.text("role").to_owned());
    if cx.blocking(move |site| Ok(site.accounts.choose_role(&token, &role))).await? {
        Ok(Redirect::to("/"))
    } else {
        Err(WebError::forbidden("这个账号没有您选的身份。需要增加身份时，请联系本单位的系统管理员。"))
    }
}
