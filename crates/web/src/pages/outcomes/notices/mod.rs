//! 公告公示: what the authorities announced, newest first, of everywhere or of one area.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::{AreaCode, Date, RecordId};
use serde::Deserialize;
use store::papers::PublicNotice;

use crate::forms::Path;
use crate::page::{Cache, Link};
use crate::parts::{Cell, Column, Pager, PrintHeader, QrBox, Table};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// Lines of a page.
const LINES: usize = 20;
/// How long others may keep it, in seconds.
const KEPT: u32 = 60;

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    area: String,
    #[serde(default)]
    after: String,
}

#[derive(Template)]
#[template(path = "pages/outcomes/notices/list.html")]
struct ListPage {
    place: String,
    areas: Vec<Link>,
    table: Table,
    pager: Pager,
}

#[derive(Template)]
#[template(path = "pages/outcomes/notices/show.html")]
struct ShowPage {
    head: PrintHeader,
    notice: PublicNotice,
    host: String,
    code: Option<String>,
}

/// `/notices` and `/notices/{id}`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/notices", get(list)).route("/notices/{id}", get(show))
}

/// Where the next page begins: day and id of the last line.
fn read_after(text: &str) -> Option<(Date, RecordId)> {
    let (day, id) = text.split_once('_')?;
    Some((day.parse().ok()?, id.parse().ok()?))
}

fn address(area: &str, after: Option<&PublicNotice>) -> String {
    let mut pairs = Vec::new();
    if !area.is_empty() {
        pairs.push(("area", area.to_owned()));
    }
    if let Some(last) = after {
        pairs.push(("after", format!("{}_{}", last.posted_on, last.id)));
    }
    match serde_urlencoded::to_string(&pairs) {
        Ok(query) if !query.is_empty() => format!("/notices?{query}"),
        _ => "/notices".to_owned(),
    }
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx
        .blocking(move |site| {
            let area: Option<AreaCode> = if asked.area.is_empty() {
                None
            } else {
                Some(asked.area.parse().map_err(|_| WebError::not_found("这个地区"))?)
            };
            let after = if asked.after.is_empty() {
                None
            } else {
                Some(read_after(&asked.after).ok_or_else(|| WebError::not_found("这一页"))?)
            };
            let mut rows = site.office.public_notices(area.as_ref(), after, LINES + 1)?;
            let more = rows.len() > LINES;
            rows.truncate(LINES);
            let areas = &site.office.areas;
            let place = area.as_ref().map_or_else(|| "全部地区".to_owned(), |area| areas.full_name(area));
            let below = areas.children_at(&area.clone().unwrap_or_else(AreaCode::nation), today);
            let narrow: Vec<(String, String)> = below
                .into_iter()
                .filter(|child| child.level() <= base::AreaLevel::County)
                .map(|child| (child.name().to_owned(), child.code().to_string()))
                .collect();
            Ok(list_page(&rows, more, &asked, place, area.as_ref(), narrow, areas))
        })
        .await?;
    Ok(Page::new("公告公示", body).cache(Cache::Public(KEPT)))
}

fn list_page(
    rows: &[PublicNotice],
    more: bool,
    asked: &Asked,
    place: String,
    area: Option<&AreaCode>,
    narrow: Vec<(String, String)>,
    areas: &base::AreaTree,
) -> ListPage {
    let mut links: Vec<Link> = Vec::new();
    if let Some(area) = area {
        let up = area.parent().filter(|up| *up != AreaCode::nation());
        let (text, href) = up.map_or_else(
            || ("回到全部地区".to_owned(), "/notices".to_owned()),
            |up| (format!("回到{}", areas.full_name(&up)), address(up.as_str(), None)),
        );
        links.push(Link::to(text, href));
    }
    links.extend(narrow.into_iter().map(|(name, code)| Link::to(name, address(&code, None))));
    let table = Table {
        caption: format!("{place}的公告"),
        columns: ["标题", "文号", "地区", "公告日期"].map(Column::new).to_vec(),
        rows: rows
            .iter()
            .map(|notice| {
                let title =
                    if notice.synthetic { format!("{}（演示）", notice.title) } else { notice.title.clone() };
                vec![
                    Cell::link(title, format!("/notices/{}", notice.id)),
                    Cell::new(notice.number.clone().unwrap_or_default()),
                    Cell::new(areas.full_name(&notice.area)),
                    Cell::new(notice.posted_on.to_string()),
                ]
            })
            .collect(),
        exports: Vec::new(),
        empty: "这里还没有公告。".to_owned(),
        empty_ways: vec![Link::to("看全部地区的公告", "/notices"), Link::to("查组织", "/orgs")],
        keys: false,
    };
    let pager = Pager {
        text: if rows.is_empty() { String::new() } else { format!("本页 {} 条，新的在前", rows.len()) },
        previous: (!asked.after.is_empty()).then(|| address(&asked.area, None)),
        next: rows.last().filter(|_| more).map(|last| address(&asked.area, Some(last))),
    };
    ListPage { place, areas: links, table, pager }
}

async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    let body = cx
        .blocking(move |site| {
            let (notice, host, code) = site.office.public_notice(id)?;
            let head = PrintHeader {
                host: host.clone(),
                title: notice.kind.clone(),
                number: notice.number.clone().unwrap_or_default(),
                qr: QrBox {
                    url: format!("{}/notices/{id}", site.settings.base_url),
                    caption: "扫码查看原文".to_owned(),
                },
            };
            Ok(ShowPage { head, notice, host, code })
        })
        .await?;
    Ok(Page::new(body.notice.title.clone(), body).under("公告公示", "/notices").cache(Cache::Public(KEPT)))
}
