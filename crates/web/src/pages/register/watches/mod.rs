//! 我的关注: what one watches, what happened, and a feed of one's own.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::RecordId;
use office::register::read::ask::Ask;
use office::register::read::dossier::{Answer, Moment};
use office::register::watches::Watches;

use super::view::search_href;
use crate::api::atom::{Entry, Feed};
use crate::cx::Csrf;
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

#[derive(Template)]
#[template(path = "pages/register/watches/page.html")]
struct WatchesPage {
    csrf: Csrf,
    watches: Watches,
    feed: String,
}

#[derive(Template)]
#[template(path = "pages/register/watches/add.html")]
struct AddPage {
    csrf: Csrf,
    what: String,
    back: String,
    fields: Vec<(String, String)>,
}

/// `/my/watches`, `/my/watches/add`, `/feeds/my/{secret}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/my/watches", get(show))
        .route("/my/watches/add", get(ask_first).post(add))
        .route("/my/watches/stop", post(stop))
        .route("/my/watches/feed", post(renew))
        .route("/feeds/my/{secret}", get(feed))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let watches = cx.blocking(move |site| Ok(site.office.watches(&actor)?)).await?;
    let feed = format!("{}/feeds/my/{}.atom", cx.site.settings.base_url, watches.feed);
    Ok(Page::new("我的关注", WatchesPage { csrf: cx.csrf(), watches, feed }).under("我的办件", "/my"))
}

/// What a request to watch means: an organization's code, or a search.
enum Target {
    Org(String),
    Search(Box<Ask>),
}

fn target(pairs: &[(String, String)], today: base::Date) -> Result<Target, WebError> {
    if let Some((_, code)) = pairs.iter().find(|(name, value)| name == "org" && !value.is_empty()) {
        return Ok(Target::Org(code.clone()));
    }
    let ask = Ask::read(pairs, today).map_err(office::Refused::Invalid)?;
    Ok(Target::Search(Box::new(ask.first_page())))
}

/// The label of a watched search: its words and conditions.
fn label(site: &Site, ask: &Ask) -> String {
    let mut words = Vec::new();
    words.extend((!ask.text.is_empty()).then(|| format!("“{}”", ask.text)));
    words.extend(ask.area.iter().map(|area| site.office.areas.full_name(area)));
    words.extend(ask.registrar.iter().map(|area| site.office.authority_name(area, base::Date::MAX)));
    words.extend(ask.kinds.iter().map(|kind| kind.label().to_owned()));
    words.extend(ask.statuses.iter().map(|status| status.label().to_owned()));
    words.extend(ask.grades.iter().map(|grade| office::register::read::ask::grade_word(*grade)));
    words.extend(ask.charity.map(|yes| if yes { "慈善组织" } else { "不是慈善组织" }.to_owned()));
    format!("查询：{}", words.join("，"))
}

async fn ask_first(cx: Cx, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    cx.viewer()?;
    let (csrf, today) = (cx.csrf(), cx.today);
    let page = cx
        .blocking(move |site| {
            let (what, back) = match target(&pairs, today)? {
                Target::Org(code) => match site.office.find_dossier(&code, Moment::of(None, None, today))? {
                    Answer::Found(dossier) => (format!("“{}”", dossier.organization.name), format!("/orgs/{code}")),
                    Answer::Unknown | Answer::NotYet { .. } => return Err(super::dossier::unknown(site, &code)?),
                },
                Target::Search(ask) => (label(site, &ask), search_href(&ask)),
            };
            Ok(AddPage { csrf, what, back, fields: pairs })
        })
        .await?;
    Ok(Page::new("关注", page).under("我的关注", "/my/watches"))
}

async fn add(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let (actor, today) = (cx.actor()?, cx.today);
    cx.blocking(move |site| {
        match target(&form.0, today)? {
            Target::Org(code) => site.office.watch_org(&actor, &code)?,
            Target::Search(ask) => site.office.watch_search(&actor, &ask, &label(site, &ask))?,
        }
        Ok(Redirect::to("/my/watches"))
    })
    .await
}

async fn stop(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    let id: RecordId = form.text("id").parse().map_err(|_| WebError::not_found("这条关注"))?;
    cx.blocking(move |site| {
        site.office.stop_watching(&actor, id)?;
        Ok(Redirect::to("/my/watches"))
    })
    .await
}

async fn renew(cx: Cx, _: Form) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| {
        site.office.renew_feed(&actor)?;
        Ok(Redirect::to("/my/watches"))
    })
    .await
}

/// The own feed: whoever has the address may read it, so it says nothing but what is public.
async fn feed(cx: Cx, Path(secret): Path<String>) -> Result<Response, WebError> {
    let base = cx.site.settings.base_url.clone();
    let own = format!("{base}/feeds/my/{secret}");
    let json = secret.strip_suffix(".json");
    let is_json = json.is_some();
    let secret = json.or_else(|| secret.strip_suffix(".atom")).unwrap_or(&secret).to_owned();
    let found = cx.blocking(move |site| Ok(site.office.find_feed(&secret)?)).await?;
    let notices = found.ok_or_else(|| WebError::not_found("这个订阅地址"))?;
    // Letters about one's own cases are notices too: only what was watched belongs here.
    let entries = notices.into_iter().filter(|notice| notice.link.starts_with("/orgs/")).map(|notice| Entry {
        id: format!("urn:ulid:{}", notice.id),
        title: notice.title,
        link: format!("{base}{}", notice.link),
        at: notice.at,
        text: notice.body,
    });
    let feed = Feed {
        id: format!("{base}/my/watches"),
        own,
        title: "我的关注".to_owned(),
        home: format!("{base}/my/watches"),
        entries: entries.collect(),
    };
    let (kind, text) = if is_json {
        ("application/feed+json; charset=utf-8", feed.json().to_string())
    } else {
        ("application/atom+xml; charset=utf-8", feed.text(cx.site.clock.now()))
    };
    Ok(([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "private, max-age=60")], text).into_response())
}
