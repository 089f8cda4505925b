//! 办事指南: all statutory elements of one matter, from the same file that the form, the desks and the limits come from.
pub mod content;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::AreaCode;
use office::drafts::NewDraft;
use serde::Deserialize;

use super::area::{AreaChooser, read_area};
use crate::cx::Csrf;
use crate::parts::{Limits, PrintHeader, QrBox, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};
use content::Content;
pub(crate) use content::span_text;

/// What may be asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    area: String,
    find: String,
    brief: String,
}

#[derive(Template)]
#[template(path = "pages/matters/guide/page.html")]
struct GuidePage {
    csrf: Csrf,
    print: PrintHeader,
    chooser: AreaChooser,
    area: String,
    query: String,
    content: Content,
    limits: Option<Limits>,
    signed: bool,
    startable: bool,
}

#[derive(Template)]
#[template(path = "pages/matters/guide/brief.html")]
struct BriefPage {
    content: Content,
    query: String,
    limits: Option<Limits>,
}

/// `/matters/{id}` and starting an application.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/matters/{id}", get(show)).route("/matters/{id}/start", post(start).get(back))
}

async fn show(cx: Cx, Path(id): Path<String>, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let (today, csrf, signed) = (cx.today, cx.csrf(), cx.viewer.is_some());
    cx.blocking(move |site| build(site, &id, &ask, today, csrf, signed)).await
}

fn build(site: &Site, id: &str, ask: &Ask, today: base::Date, csrf: Csrf, signed: bool) -> Result<Page, WebError> {
    let office = &site.office;
    let area = read_area(&office.areas, &ask.area, today);
    let at = area.clone().unwrap_or_else(AreaCode::nation);
    let resolved = office.matter(id, &at, today).map_err(|_| WebError::not_found("这个事项"))?;
    let query = area.as_ref().map(|area| format!("?area={area}")).unwrap_or_default();
    let content = Content::of(office, &resolved, &at, today);
    let limits = content.limits.clone();
    let title = format!("{}办事指南", resolved.matter.name);
    if ask.brief == "1" {
        let page = BriefPage { content, query: query.clone(), limits };
        return Ok(Page::new(format!("{}（简版）", resolved.matter.name), page)
            .under("我要办", "/matters")
            .under(title, format!("/matters/{id}{query}")));
    }
    let path = format!("/matters/{id}");
    let print = PrintHeader {
        host: if area.is_some() {
            format!("{}登记管理机关", office.areas.full_name_at(&at, today))
        } else {
            site.settings.host.clone()
        },
        title: title.clone(),
        number: format!("事项编码 {}　打印日期 {today}", resolved.matter.code),
        qr: QrBox {
            url: format!("{}{path}{query}", site.settings.base_url), caption: "扫码看最新指南".to_owned()
        },
    };
    let page = GuidePage {
        csrf,
        print,
        chooser: AreaChooser::new(&office.areas, today, &path, area.as_ref(), ask.find.trim(), &[]),
        area: area.map(|area| area.to_string()).unwrap_or_default(),
        query,
        startable: super::list::is_public(&resolved.matter),
        content,
        limits,
        signed,
    };
    Ok(Page::new(title, page).under("我要办", "/matters"))
}

/// Coming back from the sign-in page: the guide again, with its button.
async fn back(Path(id): Path<String>, Query(ask): Query<Ask>) -> Redirect {
    let query = serde_urlencoded::to_string([("area", ask.area)]).unwrap_or_default();
    Redirect::to(&format!("/matters/{id}?{query}"))
}

async fn start(cx: Cx, Path(id): Path<String>, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let today = cx.today;
    let area = form.text("area").to_owned();
    let presets =
        form.0.iter().filter_map(|(name, value)| Some((name.strip_prefix("preset.")?.to_owned(), value.clone())));
    let presets = presets.collect();
    let draft = cx
        .blocking(move |site| {
            let area = read_area(&site.office.areas, &area, today);
            Ok(site.office.start_draft(&actor, &NewDraft { matter: id, area, presets, org: None })?)
        })
        .await?;
    Ok(Redirect::to(&format!("/my/drafts/{draft}")).into_response())
}

/// The three times of a guide: nothing is running yet, so nothing is used up.
fn limits(statutory: String, basis: String, promised: String, expected: Option<base::Date>) -> Limits {
    Limits {
        statutory,
        basis,
        promised,
        expected,
        stopped: None,
        used: 0,
        left: "今天提交并且材料齐全时的预计办结日".to_owned(),
        tone: Tone::Calm,
    }
}
