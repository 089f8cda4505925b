//! 规划: where each plan's targets stand, today and on any past day, in every area; what stands in their way; and what if.
pub mod chart;
pub mod compare;
pub mod frozen;
pub mod index;
pub mod indicator;
pub mod list;
pub mod plan;
#[cfg(test)]
mod tests;
pub mod whatif;

use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base::{AreaCode, Date};
use office::facts::Ready;
use office::plans::lines::{ClauseRef, Head};
use office::plans::view::View;
use planning::{Status, Summary};
use serde::Deserialize;

use crate::page::Link;
use crate::parts::{Opt, Progress, Tab, Tabs, Tone};
use crate::site::Site;
use crate::{Cx, Page, WebError};

/// `/plans` and everything below it.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(index::routes())
        .merge(whatif::routes())
        .merge(compare::routes())
        .merge(frozen::routes())
        .merge(plan::routes())
        .merge(list::routes())
        .merge(indicator::routes())
}

/// What every page about a plan may be asked.
#[derive(Debug, Default, Clone, Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    pub on: String,
    #[serde(default)]
    pub area: String,
    #[serde(default)]
    pub kind: String,
    /// The version of the facts the asker has on the screen.
    #[serde(default)]
    pub seen: String,
}

impl Asked {
    /// The view that is asked for; what cannot be read is refused by field.
    pub(crate) fn view(&self, plan: &str) -> Result<View, WebError> {
        let on = crate::pages::register::dossier::read_day(&self.on, "on")?;
        let area = Some(self.area.trim()).filter(|area| !area.is_empty());
        let area = area.map(str::parse::<AreaCode>).transpose();
        let area =
            area.map_err(|_| WebError::invalid("行政区划代码读不懂。").field("area", "应为 2、4、6、9 或 12 位数字"))?;
        Ok(View { plan: plan.to_owned(), on, area, kind: self.kind.trim().to_owned() })
    }
}

/// A 404 about plans has its own ways on.
pub(crate) fn ways(mut error: WebError, plan: &str) -> WebError {
    if error.status == StatusCode::NOT_FOUND {
        error.ways = vec![Link::to("看这个规划", format!("/plans/{plan}")), Link::to("看全部规划", "/plans")];
    }
    error
}

/// A page that shows how far the facts of a day have come, and asks again by itself: by header, so that it needs no script.
pub(crate) fn soon(title: &str, here: &str, (day, done, of): (Date, u64, u64)) -> Response {
    let text = if of > 0 { format!("已读 {done} / {of} 个对象") } else { "刚刚开始".to_owned() };
    let progress = Progress {
        id: "facts".to_owned(),
        label: format!("正在准备 {day} 的数据"),
        done: (of > 0).then_some(done),
        total: of.max(1),
        text: format!("{text}。准备好后，这个页面会自动显示结果。"),
        refresh: String::new(),
    };
    let page =
        Page::new(title, SoonPage { title: title.to_owned(), progress, here: here.to_owned() }).under("规划", "/plans");
    ([(header::REFRESH, "2")], page).into_response()
}

#[derive(askama::Template)]
#[template(path = "pages/plans/soon.html")]
struct SoonPage {
    title: String,
    progress: Progress,
    here: String,
}

/// A page, or its progress.
pub(crate) fn answer(cx: &Cx, title: &str, told: Ready<Page>) -> Response {
    match told {
        Ready::Now(page) => page.into_response(),
        Ready::Soon { day, done, of } => soon(title, &cx.here(), (day, done, of)),
    }
}

/// A file to be kept.
pub(crate) fn file(bytes: Vec<u8>, kind: &'static str, name: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
    ];
    (headers, bytes).into_response()
}

/// Excel's media type.
pub(crate) const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
/// CSV's media type.
pub(crate) const CSV: &str = "text/csv; charset=utf-8";

/// The colour of a status; its words say it too.
pub(crate) fn tone(status: Status) -> Tone {
    match status {
        Status::Met => Tone::Good,
        Status::AtRisk => Tone::Warn,
        Status::Missed => Tone::Bad,
        Status::NoData => Tone::Grey,
    }
}

/// A status as a page shows it: word and class.
pub(crate) struct Mark {
    pub word: &'static str,
    pub class: &'static str,
}

impl From<Status> for Mark {
    fn from(status: Status) -> Self {
        Self { word: status.name(), class: tone(status).class() }
    }
}

/// The counts with their words and colours.
pub(crate) fn tally(sum: &Summary) -> [(Mark, usize); 4] {
    [(Status::Met, sum.met), (Status::AtRisk, sum.at_risk), (Status::Missed, sum.missed), (Status::NoData, sum.no_data)]
        .map(|(status, count)| (status.into(), count))
}

/// An address with a query; what is empty is left out.
pub(crate) fn address(path: &str, pairs: &[(&str, &str)]) -> String {
    let kept: Vec<&(&str, &str)> = pairs.iter().filter(|(_, value)| !value.is_empty()).collect();
    let query = serde_urlencoded::to_string(kept).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The day, area and kind of a view as the pairs of an address; what is as the plan opens is left out, so that links stay short and go
/// on showing the day as it moves.
pub(crate) fn pairs(view: &View, head: &Head) -> [(&'static str, String); 3] {
    let on = view.on.filter(|day| *day != head.opens_on).map(|day| day.to_string()).unwrap_or_default();
    let area = view.area.as_ref().filter(|area| **area != head.area).map(ToString::to_string).unwrap_or_default();
    [("on", on), ("area", area), ("kind", view.kind.clone())]
}

/// The address of a page below a plan in the same view, with more pairs.
pub(crate) fn within(path: &str, view: &View, head: &Head, more: &[(&str, &str)]) -> String {
    let own = pairs(view, head);
    let mut all: Vec<(&str, &str)> = own.iter().map(|(name, value)| (*name, value.as_str())).collect();
    all.retain(|(name, _)| !more.iter().any(|(other, _)| other == name));
    all.extend(more);
    address(path, &all)
}

/// Where a clause is.
pub(crate) fn clause_href(clause: &ClauseRef) -> Option<String> {
    (!clause.document.is_empty()).then(|| format!("/policies/{}/{}", clause.document, clause.id))
}

/// The pages of a plan as tabs.
pub(crate) fn tabs(view: &View, head: &Head, here: &str) -> Tabs {
    let base = format!("/plans/{}", head.id);
    let tab = |text: &str, href: String, key: &str| Tab { link: Link::to(text, href), count: None, here: here == key };
    Tabs {
        label: "规划的各个页面".to_owned(),
        tabs: vec![
            tab("目标", within(&base, view, head, &[]), "targets"),
            tab("阶段", within(&base, view, head, &[("view", "stages")]), "stages"),
            tab("任务", within(&base, view, head, &[("view", "tasks")]), "tasks"),
            tab("地区比较", within(&format!("{base}/compare"), view, head, &[]), "compare"),
            tab("政策推演", within(&format!("{base}/what-if"), view, head, &[]), "what-if"),
        ],
    }
}

/// The chooser of day and area: what lies directly above, beside and below the area, so that no script is needed.
pub(crate) struct Chooser {
    /// Where it is sent.
    pub action: String,
    /// The day.
    pub on: String,
    /// The greatest day.
    pub today: String,
    /// Areas to choose from.
    pub areas: Vec<Opt>,
    /// The area.
    pub area: String,
    /// Kept as they are.
    pub keep: Vec<(String, String)>,
}

impl Chooser {
    /// For a view.
    pub(crate) fn of(site: &Site, action: &str, view: &View, head: &Head, keep: &[(&str, &str)]) -> Self {
        let areas = &site.office.areas;
        let on = view.on.unwrap_or(head.opens_on);
        let area = view.area.clone().unwrap_or_else(|| head.area.clone());
        let mut above: Vec<AreaCode> =
            areas.ancestry_at(&area, on).into_iter().filter(|up| areas.covers_at(&head.area, up, on)).collect();
        above.reverse();
        if above.last() != Some(&area) {
            above.push(area.clone());
        }
        let name = |code: &AreaCode| areas.name(code).unwrap_or(code.as_str()).to_owned();
        let deep =
            |code: &AreaCode, depth: usize| Opt::new(code.as_str(), format!("{}{}", "　".repeat(depth), name(code)));
        let mut options: Vec<Opt> = above.iter().enumerate().map(|(depth, code)| deep(code, depth)).collect();
        options.extend(areas.children_at(&area, on).into_iter().map(|below| deep(&below.code(), above.len())));
        Self {
            action: action.to_owned(),
            on: on.to_string(),
            today: site.office.clock.today().to_string(),
            areas: options,
            area: area.to_string(),
            keep: keep.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
        }
    }
}

/// Whether the asker has the facts of this version on the screen: then there is nothing to say.
pub(crate) fn unchanged(asked: &str, version: &str, headers: &HeaderMap) -> bool {
    headers.contains_key("hx-request") && !asked.is_empty() && asked == version
}
