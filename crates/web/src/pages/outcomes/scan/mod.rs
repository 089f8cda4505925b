//! `/c/…`: where the QR code of a certificate leads. Works from a phone camera, without script; may be kept for a minute.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use office::verify::Verified;

use super::standing::Shown;
use crate::forms::Path;
use crate::page::Cache;
use crate::site::Site;
use crate::{Cx, Page, WebError};

/// How long others may keep a result, in seconds.
const KEPT: u32 = 60;

#[derive(Template)]
#[template(path = "pages/outcomes/scan/page.html")]
struct ScanPage {
    name: String,
    shown: Shown,
}

/// `/c/{short}`, `/c/YS1:…` and the licence as a file.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/c/{short}", get(show)).route("/c/{short}/licence.txt", get(licence))
}

async fn show(cx: Cx, Path(short): Path<String>) -> Result<Page, WebError> {
    let today = cx.today;
    let shown = cx
        .blocking(move |site| {
            if !short.starts_with("YS1:") {
                let standing = site
                    .office
                    .scan(&short)?
                    .ok_or_else(|| WebError::not_found("这个证书码").way("输入编号核验", "/verify"))?;
                return Ok((standing.org.name.clone(), Shown::found(&standing, today)));
            }
            let verified = site.office.verify_text(&short, &site.settings.host)?;
            let mut name = "证书核验".to_owned();
            if let Verified::Licence { standing: Some(standing), .. } = &verified {
                name.clone_from(&standing.org.name);
                if let Some(certificate) = &standing.certificate {
                    site.office.scan(&certificate.short)?;
                }
            }
            Ok((name, Shown::of(verified, &short, today)))
        })
        .await?;
    let (name, shown) = shown;
    Ok(Page::new(name.clone(), ScanPage { name, shown }).under("核验", "/verify").cache(Cache::Public(KEPT)))
}

async fn licence(cx: Cx, Path(short): Path<String>) -> Result<Response, WebError> {
    let certificate = cx
        .blocking(move |site| {
            let found = site.office.certificate_at(&short)?;
            found.ok_or_else(|| WebError::not_found("这张证书"))
        })
        .await?;
    let name = format!("attachment; filename=\"licence-{}.txt\"", certificate.short);
    let headers = [(header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, format!("{}\n", certificate.payload)).into_response())
}
