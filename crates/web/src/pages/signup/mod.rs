//! 注册: a founder or an organization's clerk makes an account. Nothing but a login name, a name and a password is asked.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use office::accounts::NewAccount;
use serde::Deserialize;

use super::login::{entrance, safe_back};
use super::sheet::{Block, Filled, Sheet, form};
use crate::parts::Inset;
use crate::shell::cookies;
use crate::site::Site;
use crate::{Cx, Form, Page, Query, WebError};

#[derive(Deserialize)]
struct Back {
    #[serde(default)]
    back: String,
}

/// `/register`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/register", get(show).post(make))
}

fn page(cx: &Cx, back: &str, filled: &Filled) -> Page {
    let inputs = vec![
        filled.line("login", "登录名", "3 至 32 个字，可用汉字、字母、数字、- 和 _。登录时用"),
        filled.line("name", "姓名", "请填真实姓名，会显示在您办理的事项里"),
        filled.secret("password", "密码", "至少 10 位，含大写字母、小写字母、数字、符号中的三种", "new-password"),
        filled.secret("again", "再输一次密码", "", "new-password"),
    ];
    let privacy = Inset {
        text: "只收集登录名和姓名，用于识别办事人和留下办理记录。证件号码、手机号码在办理具体事项时才填写，加密保存；\
               您随时可以在“我的账号”里查阅、更正或请求删除。"
            .to_owned(),
        source: cx
            .site
            .office
            .need_text("personal_notice_basis", &base::AreaCode::nation(), cx.today)
            .unwrap_or_default(),
        more: None,
    };
    Sheet::new("注册账号", "给发起人和社会组织的经办人用。已有账号请直接登录。")
        .with(Block::Form(form(cx, "", "/register", inputs, "注册并登录").keep("back", back)))
        .with(Block::Inset(privacy))
        .page(filled)
        .under("登录", "/login")
}

async fn show(cx: Cx, Query(query): Query<Back>) -> Page {
    page(&cx, &query.back, &Filled::default())
}

async fn make(cx: Cx, form: Form) -> Result<Response, WebError> {
    let back = form.text("back").to_owned();
    let (password, again) = (form.raw("password"), form.raw("again"));
    let safe =
        Form(form.0.iter().filter(|(name, _)| !matches!(name.as_str(), "password" | "again")).cloned().collect());
    if password != again {
        let filled = Filled::wrong(safe, "again", "两次输入的密码不一样。请重新输入");
        return Ok(page(&cx, &back, &filled).into_response());
    }
    let new = NewAccount { login: form.text("login").to_owned(), name: form.text("name").to_owned(), password };
    let door = entrance(&cx);
    let made = cx
        .blocking(move |site| {
            let signed = site.office.sign_up(&new).map(|_| site.accounts.sign_in(&new.login, &new.password, &door));
            Ok(signed)
        })
        .await?;
    match made {
        Ok(token) => {
            let mut response = Redirect::to(safe_back(&back)).into_response();
            cookies::set(&mut response, cookies::SESSION, &token?, None, cx.site.settings.https);
            Ok(response)
        }
        Err(refused) => Ok(page(&cx, &back, &Filled::of(safe, refused)?).into_response()),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::StatusCode;

    use crate::testing::{PASSWORD, TestSite};

    #[tokio::test]
    async fn a_founder_signs_up_and_is_signed_in() {
        let site = TestSite::new();
        site.stranger().get("/register?back=/matters").await.is_well_made();
        let fields =
            [("login", "bai"), ("name", "兰心"), ("password", PASSWORD), ("again", PASSWORD), ("back", "/matters")];
        let got = site.stranger().post("/register", &fields).await;
        assert_eq!((got.status, got.location()), (StatusCode::SEE_OTHER, "/matters"));
        assert!(site.signed_in("bai").get("/account").await.text.contains("兰心"));
        let taken = site.stranger().post("/register", &fields).await;
        assert!(taken.status == StatusCode::UNPROCESSABLE_ENTITY && taken.text.contains("已经有人使用"));
        assert!(
            taken.text.contains("value=\"兰心\"") && !taken.text.contains(PASSWORD),
            "the form is kept, the password not"
        );
        taken.is_well_made();
        let weak = [("login", "mei"), ("name", "梅"), ("password", "abc"), ("again", "abd")];
        assert!(site.stranger().post("/register", &weak).await.text.contains("两次输入"));
    }
}
