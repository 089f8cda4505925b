//! 一社一码: the organization's own code on a page to print and hang up.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use office::register::read::dossier::{Answer, Moment};

use super::dossier::unknown;
use crate::parts::QrBox;
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, WebError};

#[derive(Template)]
#[template(path = "pages/register/code/page.html")]
struct CodePage {
    name: String,
    code: String,
    kind: &'static str,
    registrar: String,
    home: String,
    qr: QrBox,
}

/// `/orgs/{code}/qr`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/orgs/{code}/qr", get(show))
}

async fn show(cx: Cx, Path(code): Path<String>) -> Result<Page, WebError> {
    let today = cx.today;
    let page = cx
        .blocking(move |site| {
            let Answer::Found(dossier) = site.office.find_dossier(&code, Moment::of(None, None, today))? else {
                return Err(unknown(site, &code)?);
            };
            let o = dossier.organization;
            let home = format!("/orgs/{}", o.public_code());
            let url = format!("{}{home}", site.settings.base_url);
            Ok(CodePage {
                code: o.public_code(),
                kind: o.kind.label(),
                registrar: o.registrar_name.clone().unwrap_or_else(|| site.office.authority_name(&o.registrar, today)),
                name: o.name,
                qr: QrBox { url, caption: "扫码查看登记档案、证书和信用状态".to_owned() },
                home,
            })
        })
        .await?;
    let (name, home) = (page.name.clone(), page.home.clone());
    Ok(Page::new("组织码", page).under("查组织", "/orgs").under(name, home).cache(Cache::Public(300)))
}
