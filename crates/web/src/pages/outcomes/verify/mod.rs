//! 核验: is this certificate genuine, and what stands behind it today. Also the public keys for checking without a network.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use serde::Deserialize;

use super::standing::Shown;
use crate::cx::Csrf;
use crate::forms::Upload;
use crate::parts::ErrorSummary;
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// Licences are texts of at most 779 characters; a little room for a file with a line around it.
const LARGEST: usize = 64 * 1024;

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

#[derive(Template)]
#[template(path = "pages/outcomes/verify/page.html")]
struct VerifyPage {
    csrf: Csrf,
    asked: String,
    shown: Option<Shown>,
    error: String,
    errors: Option<ErrorSummary>,
}

/// `/verify` and `/verify/keys`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/verify", get(show).post(upload).layer(DefaultBodyLimit::max(LARGEST)))
        .route("/verify/keys", get(keys))
}

fn page(cx: &Cx, asked: &str, shown: Option<Shown>, error: &str) -> Page {
    let body = VerifyPage {
        csrf: cx.csrf(),
        asked: asked.to_owned(),
        shown,
        error: error.to_owned(),
        errors: (!error.is_empty()).then(|| ErrorSummary::of(&[("file", error)])),
    };
    let page = Page::new("核验证书和代码", body);
    if error.is_empty() { page } else { page.with_errors() }
}

async fn show(cx: Cx, Query(query): Query<Asked>) -> Result<Page, WebError> {
    let asked = query.q.trim().to_owned();
    if asked.is_empty() {
        return Ok(page(&cx, "", None, ""));
    }
    let shown = look(&cx, asked.clone()).await?;
    Ok(page(&cx, &asked, Some(shown), ""))
}

async fn look(cx: &Cx, asked: String) -> Result<Shown, WebError> {
    let today = cx.today;
    cx.blocking(move |site| Ok(Shown::of(site.office.verify_text(&asked, &site.settings.host)?, &asked, today))).await
}

async fn upload(cx: Cx, upload: Upload) -> Result<Page, WebError> {
    let Some(file) = upload.files.first() else {
        return Ok(page(&cx, "", None, "请选择电子证照文件（从平台下载的 .txt 文件）"));
    };
    let Ok(text) = std::str::from_utf8(&file.bytes) else {
        return Ok(page(&cx, "", None, "读不懂这个文件。请选择从平台下载的 .txt 电子证照；照片请用手机相机直接扫描"));
    };
    let Some(asked) = text.split_whitespace().find(|word| word.contains("YS1:")).map(str::to_owned) else {
        return Ok(page(&cx, "", None, "文件里没有电子证照（应有以 YS1: 开头的一段）。请重新下载后再试"));
    };
    let shown = look(&cx, asked.clone()).await?;
    Ok(page(&cx, &asked, Some(shown), ""))
}

async fn keys(cx: Cx) -> Result<Response, WebError> {
    let text = cx.blocking(|site| Ok(site.office.trusted_keys(&site.settings.host)?.to_text())).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/json; charset=utf-8"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"yishe-licence-keys.json\""),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    Ok((headers, text).into_response())
}
