//! `/api/v1/changes` and the public feeds: what changed, from the public part of the change rows.
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::response::Response;
use axum::routing::get;
use base::Origin;
use office::register::read::changes::{MOST, PublicChange};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::atom::{Entry, Feed};
use super::{Problem, answer, tagged};
use crate::site::Site;
use crate::{Cx, Query, WebError};

/// Entries of a feed.
const FEED: usize = 50;
/// Changes to a page unless asked otherwise.
const PAGE: i64 = 100;

#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct ChangeParams {
    /// Six digits of the authority whose changes are wanted; without it, the newest position of each origin is given.
    #[serde(default)]
    #[param(pattern = "^([0-9]{6})?$")]
    origin: String,
    /// Changes after this position, 0 or more; from the beginning if not given.
    #[serde(default)]
    #[param(value_type = Option<i64>, minimum = 0)]
    after: String,
    /// 1 to 500; 100 if not given.
    #[serde(default)]
    #[param(value_type = Option<u16>, minimum = 1, maximum = 500)]
    limit: String,
}

/// A whole number in these bounds, or `usual` if none is given.
fn number(text: &str, field: &str, bounds: std::ops::RangeInclusive<i64>, usual: i64) -> Result<i64, WebError> {
    if text.is_empty() {
        return Ok(usual);
    }
    text.parse().ok().filter(|number| bounds.contains(number)).ok_or_else(|| {
        let most = if *bounds.end() == i64::MAX { String::new() } else { format!(" 至 {}", bounds.end()) };
        let why = format!("{field} 应为 {}{most} 的整数", bounds.start());
        WebError::invalid(format!("{why}。")).field(field, &why)
    })
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
        .route("/feeds/changes.atom", get(|cx: Cx, headers| change_feed(cx, headers, Shape::Atom)))
        .route("/feeds/changes.json", get(|cx: Cx, headers| change_feed(cx, headers, Shape::Json)))
        .route("/feeds/notices.atom", get(|cx: Cx, headers| notice_feed(cx, headers, Shape::Atom)))
        .route("/feeds/notices.json", get(|cx: Cx, headers| notice_feed(cx, headers, Shape::Json)))
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
    responses((status = 200, body = Changes), (status = 422, description = "A value cannot be read: see errors", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests: wait as Retry-After says", body = Problem, content_type = "application/problem+json")))]
async fn changes(cx: Cx, headers: HeaderMap, Query(asked): Query<ChangeParams>) -> Result<Response, WebError> {
    let limit = number(&asked.limit, "limit", 1..=MOST as i64, PAGE)? as usize;
    let after = number(&asked.after, "after", 0..=i64::MAX, 0)?;
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
            let (items, next) = site.office.changes_after(origin, after, limit)?;
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

/// As which document a feed is given.
#[derive(Clone, Copy)]
enum Shape {
    Atom,
    Json,
}

impl Shape {
    fn answer(self, headers: &HeaderMap, feed: &Feed, now: base::Instant) -> Result<Response, WebError> {
        match self {
            Self::Atom => Ok(tagged(headers, "application/atom+xml; charset=utf-8", feed.text(now).into_bytes())),
            Self::Json => {
                let bytes = serde_json::to_vec(&feed.json()).map_err(WebError::internal)?;
                Ok(tagged(headers, "application/feed+json; charset=utf-8", bytes))
            }
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Atom => "atom",
            Self::Json => "json",
        }
    }
}

async fn change_feed(cx: Cx, headers: HeaderMap, shape: Shape) -> Result<Response, WebError> {
    let now = cx.site.clock.now();
    let feed = cx
        .blocking(move |site| {
            let base = &site.settings.base_url;
            let entries = site.office.newest_changes(FEED)?.iter().map(|change| change_entry(base, change)).collect();
            let (own, title) = (format!("{base}/feeds/changes.{}", shape.ending()), "社会组织登记变动".to_owned());
            Ok(Feed { id: format!("{base}/feeds/changes"), own, title, home: format!("{base}/orgs"), entries })
        })
        .await?;
    shape.answer(&headers, &feed, now)
}

async fn notice_feed(cx: Cx, headers: HeaderMap, shape: Shape) -> Result<Response, WebError> {
    let now = cx.site.clock.now();
    let feed = cx
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
            let (own, title) = (format!("{base}/feeds/notices.{}", shape.ending()), "社会组织公告公示".to_owned());
            Ok(Feed { id: format!("{base}/feeds/notices"), own, title, home: format!("{base}/notices"), entries })
        })
        .await?;
    shape.answer(&headers, &feed, now)
}
