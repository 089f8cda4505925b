//! 激活账号: an official types both halves of the activation code, one from each administrator, and chooses a password. Binding the
//! one-time code follows.
use std::sync::Arc;

use axum::Router;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use office::Refused;

use super::entrance;
use crate::pages::sheet::{Block, Filled, Sheet, form};
use crate::shell::cookies;
use crate::site::Site;
use crate::{Cx, Form, Page, WebError};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/login/activate", get(show).post(send))
}

fn page(cx: &Cx, filled: &Filled) -> Page {
    let inputs = vec![
        filled.line("login", "登录名", ""),
        filled.line("first", "激活码前半段", "系统管理员给您的凭条上，8 个字符"),
        filled.line("second", "激活码后半段", "安全管理员给您的凭条上，8 个字符"),
        filled.secret("password", "设置密码", "至少 10 位，含大写字母、小写字母、数字、符号中的三种", "new-password"),
        filled.secret("again", "再输一次密码", "", "new-password"),
    ];
    let lead = "激活码 24 小时内有效，只能用一次。密码由您自己设置，管理员不知道。接着会请您绑定动态口令。";
    Sheet::new("激活账号", "机关人员首次登录，或换了手机、忘了密码，由两名管理员各给您半段激活码。")
        .with(Block::Form(form(cx, "", "/login/activate", inputs, "激活").lead(lead)))
        .page(filled)
        .under("登录", "/login")
}

async fn show(cx: Cx) -> Page {
    page(&cx, &Filled::default())
}

async fn send(cx: Cx, form: Form) -> Result<Response, WebError> {
    let password = form.raw("password");
    if password != form.raw("again") {
        let filled = Filled::wrong(kept(form), "again", "两次输入的密码不一样。请重新输入");
        return Ok(page(&cx, &filled).into_response());
    }
    let text = |name: &str| form.text(name).to_owned();
    let (login, first, second) = (text("login"), text("first"), text("second"));
    let (door, before) = (entrance(&cx), cx.session.clone());
    let done = cx
        .blocking(move |site| {
            let session = site.office.activate(&login, (&first, &second), &password, &door);
            if let (Ok(_), Some(before)) = (&session, before) {
                site.accounts.sign_out(&before);
            }
            Ok(session)
        })
        .await?;
    match done {
        Ok(session) => {
            let mut response = Redirect::to("/login/bind").into_response();
            cookies::set(&mut response, cookies::SESSION, &session.secret, None, cx.site.settings.https);
            Ok(response)
        }
        Err(locked @ Refused::TooMany(_)) => {
            let filled = Filled::wrong(kept(form), "first", &locked.to_string());
            Ok(page(&cx, &filled).status(StatusCode::TOO_MANY_REQUESTS).into_response())
        }
        Err(refused) => Ok(page(&cx, &Filled::of(kept(form), refused)?).into_response()),
    }
}

/// What may be shown again: no secret.
fn kept(form: Form) -> Form {
    Form(form.0.into_iter().filter(|(name, _)| name == "login").collect())
}
