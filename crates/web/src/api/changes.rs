//! `/api/v1/changes` and the public feeds: what changed, from the public part of the change rows.
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use base::Origin;
use office::register::read::changes::PublicChange;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::atom::{Entry, Feed};
use super::{Problem, answer, tagged};
use crate::site::Site;
use crate::{Cx, Query, WebError};

/// Entries of a feed.
const FEED: usize = 50;
/// Changes to a page unless asked otherwise.
const PAGE: usize = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangeParams {
    /// Six digits of the authority whose changes are wanted; without it, the newest position of each origin is given.
    #[serde(default)]
    origin: String,
    /// Changes after this position; from the beginning if not given.
    #[serde(default)]
    after: i64,
    /// 1 to 500; 100 if not given.
    #[serde(default)]
    limit: usize,
}

/// One change.
#[derive(Debug, Serialize, ToSchema)]
pub struct Change {
    /// Whose position counts it.
    pub origin: String,
    /// Position within the origin: without gaps, in commit order. Changes without public part leave holes here.
    pub pos: i64,
    /// The journal entry.
    pub entry: String,
    /// org, import, notice, …
    pub kind: String,
    /// What changed: `org/` and its id.
    pub subject: String,
    /// Business date.
    pub day: String,
    /// When it was recorded.
    pub at: String,
    /// What is public of it.
    pub public: serde_json::Value,
}

/// Changes of one origin, or the newest positions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Changes {
    /// In order.
    pub items: Vec<Change>,
    /// Hand this back as `after`.
    pub next: Option<i64>,
    /// The newest position of each origin, where no origin was asked for.
    pub origins: Vec<Head>,
}

/// How far an origin has come.
#[derive(Debug, Serialize, ToSchema)]
pub struct Head {
    /// Six digits.
    pub origin: String,
    /// Newest position.
    pub pos: i64,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/api/v1/changes", get(changes))
        .route("/feeds/changes.atom", get(change_feed))
        .route("/feeds/notices.atom", get(notice_feed))
}

fn said(change: PublicChange) -> Change {
    Change {
        origin: change.origin.to_string(),
        pos: change.pos,
        entry: change.entry.to_string(),
        kind: change.kind,
        subject: change.subject,
        day: change.day.to_string(),
        at: change.at.to_string(),
        public: change.public,
    }
}

/// What changed in the public register, in order, to follow without missing anything.
#[utoipa::path(get, path = "/api/v1/changes", tag = "changes", params(ChangeParams),
    responses((status = 200, body = Changes), (status = 422, body = Problem, content_type = "application/problem+json")))]
async fn changes(cx: Cx, headers: HeaderMap, Query(asked): Query<ChangeParams>) -> Result<Response, WebError> {
    let limit = if asked.limit == 0 { PAGE } else { asked.limit };
    let found = cx
        .blocking(move |site| {
            if asked.origin.is_empty() {
                let heads = site.office.change_heads()?.into_iter();
                let origins = heads.map(|(origin, pos)| Head { origin: origin.to_string(), pos }).collect();
                return Ok(Changes { items: Vec::new(), next: None, origins });
            }
            let origin: Origin = asked
                .origin
                .parse()
                .map_err(|_| WebError::invalid("origin 应为 6 位数字。").field("origin", "应为 6 位数字"))?;
            let (items, next) = site.office.changes_after(origin, asked.after, limit)?;
            Ok(Changes { items: items.into_iter().map(said).collect(), next: Some(next), origins: Vec::new() })
        })
        .await?;
    answer(&headers, &found)
}

fn change_entry(base: &str, change: &PublicChange) -> Entry {
    let name = change.public.get("name").or_else(|| change.public.get("title")).and_then(serde_json::Value::as_str);
    let many = change.public.get("organizations").and_then(serde_json::Value::as_array).map(Vec::len);
    let (kind, id) = change.subject.split_once('/').unwrap_or((change.kind.as_str(), change.subject.as_str()));
    let link = match kind {
        "org" => format!("{base}/orgs/{id}"),
        "notice" => format!("{base}/notices/{id}"),
        _ => format!("{base}/data"),
    };
    let title = match (name, many) {
        (Some(name), _) if kind == "org" => format!("{name}的登记信息有变动"),
        (Some(name), _) => name.to_owned(),
        (None, Some(many)) => format!("批量登记 {many} 家组织"),
        (None, None) => "登记信息有变动".to_owned(),
    };
    Entry {
        id: format!("urn:ulid:{}:{}:{}", change.entry, change.origin, change.pos),
        title,
        link,
        at: change.at,
        text: format!("业务日期 {}", change.day),
    }
}

async fn change_feed(cx: Cx, headers: HeaderMap) -> Result<Response, WebError> {
    let now = cx.site.clock.now();
    let text = cx
        .blocking(move |site| {
            let base = &site.settings.base_url;
            let entries = site.office.newest_changes(FEED)?.iter().map(|change| change_entry(base, change)).collect();
            Ok(Feed {
                id: format!("{base}/feeds/changes.atom"),
                title: "社会组织登记变动".to_owned(),
                home: format!("{base}/orgs"),
                entries,
            }
            .text(now))
        })
        .await?;
    Ok(tagged(&headers, "application/atom+xml; charset=utf-8", text.into_bytes()))
}

async fn notice_feed(cx: Cx, headers: HeaderMap) -> Result<Response, WebError> {
    let now = cx.site.clock.now();
    let text = cx
        .blocking(move |site| {
            let base = &site.settings.base_url;
            let entry = |notice: store::papers::PublicNotice| Entry {
                id: format!("urn:ulid:{}", notice.id),
                title: notice.title,
                link: format!("{base}/notices/{}", notice.id),
                at: base::Instant::start_of(notice.posted_on),
                text: notice.text,
            };
            let entries = site.office.newest_notices(None, FEED)?.into_iter().map(entry).collect();
            Ok(Feed {
                id: format!("{base}/feeds/notices.atom"),
                title: "社会组织公告公示".to_owned(),
                home: format!("{base}/notices"),
                entries,
            }
            .text(now))
        })
        .await?;
    Ok(tagged(&headers, "application/atom+xml; charset=utf-8", text.into_bytes()))
}
