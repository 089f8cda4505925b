//! The subjects behind a figure by name: which lack something, which pass, which nobody can tell; and why, for one of them.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use office::facts::Ready;
use office::plans::behind::{AskList, Behind, LISTS, Named};
use office::plans::table;
use serde::Deserialize;

use super::{Asked, CSV, Chooser, XLSX, answer, file, soon, ways, within};
use crate::page::Link;
use crate::parts::{Pager, Tab, Tabs};
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};

/// Subjects on a page.
const PAGE: usize = 50;
/// Subjects in a file: more are narrowed by area.
const FILE: usize = 50_000;

#[derive(Debug, Default, Clone, Deserialize)]
struct Narrow {
    #[serde(default)]
    part: String,
    #[serde(default)]
    which: String,
    #[serde(default)]
    after: String,
    #[serde(default)]
    why: String,
}

impl Narrow {
    fn ask(&self, indicator: &str, take: usize) -> AskList {
        AskList {
            indicator: indicator.to_owned(),
            part: self.part.trim().to_owned(),
            which: self.which.trim().to_owned(),
            after: self.after.trim().to_owned(),
            take,
            why: self.why.trim().to_owned(),
        }
    }
}

#[derive(Template)]
#[template(path = "pages/plans/list/page.html")]
struct ListPage {
    told: Behind,
    /// 不符合, 符合, 数据不全
    word: &'static str,
    chooser: Chooser,
    tabs: Tabs,
    rows: Vec<(Named, String)>,
    exports: Vec<Link>,
    pager: Option<Pager>,
}

/// `/plans/{id}/{indicator}/list`, `.xlsx`, `.csv`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/plans/{id}/{indicator}/list", get(show))
        .route(
            "/plans/{id}/{indicator}/list.xlsx",
            get(|cx: Cx, path, asked, narrow| export(cx, path, asked, narrow, true)),
        )
        .route(
            "/plans/{id}/{indicator}/list.csv",
            get(|cx: Cx, path, asked, narrow| export(cx, path, asked, narrow, false)),
        )
}

async fn show(
    cx: Cx,
    Path((id, indicator)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(narrow): Query<Narrow>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let actor = cx.viewer.as_ref().map(|viewer| viewer.actor.clone());
    let ask = narrow.ask(&indicator, PAGE);
    let page = cx
        .blocking(move |site| match site.office.plan_list(&view, &ask, actor.as_ref())? {
            Ready::Now(told) => Ok(Ready::Now(page(site, told))),
            Ready::Soon { day, done, of } => Ok(Ready::Soon { day, done, of }),
        })
        .await
        .map_err(|error| ways(error, &id))?;
    Ok(answer(&cx, "正在准备名单", page))
}

/// The address of this list with other pairs.
fn here(told: &Behind, ending: &str, more: &[(&str, &str)]) -> String {
    let own = [("part", told.ask.part.as_str()), ("which", told.ask.which.as_str())];
    let mut all: Vec<(&str, &str)> =
        own.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).collect();
    all.extend(more);
    let path = format!("/plans/{}/{}/list{ending}", told.head.id, told.ask.indicator);
    within(&path, &told.view, &told.head, &all)
}

fn page(site: &Site, told: Behind) -> Page {
    let tab = |(at, (word, _, name)): (usize, &(&'static str, planning::lists::Which, &'static str))| Tab {
        link: Link::to(*name, here(&told, "", &[("which", word)])),
        count: told.totals.get(at).map(|count| *count as u64),
        here: *word == told.ask.which,
    };
    let tabs = Tabs { label: "名单".to_owned(), tabs: LISTS.iter().enumerate().map(tab).collect() };
    let at = LISTS.iter().position(|(word, _, _)| *word == told.ask.which).unwrap_or(0);
    let total = told.totals.get(at).copied().unwrap_or(0);
    let after = told.ask.after.clone();
    let why = |row: &Named| format!("{}#why", here(&told, "", &[("after", &after), ("why", &row.place)]));
    let rows: Vec<(Named, String)> = told.rows.iter().map(|row| (row.clone(), why(row))).collect();
    let pager = (total > PAGE && told.hidden.is_none()).then(|| Pager {
        text: format!("共 {total} 个，第 {}–{} 个", told.before + 1, told.before + rows.len()),
        previous: (told.before > 0).then(|| here(&told, "", &[])),
        next: told.next.as_ref().map(|next| here(&told, "", &[("after", next)])),
    });
    let exports = if told.hidden.is_some() || total == 0 {
        Vec::new()
    } else {
        vec![Link::to("Excel", here(&told, ".xlsx", &[])), Link::to("CSV", here(&told, ".csv", &[]))]
    };
    let path = format!("/plans/{}/{}/list", told.head.id, told.ask.indicator);
    let keep =
        [("part", told.ask.part.as_str()), ("which", told.ask.which.as_str()), ("kind", told.view.kind.as_str())];
    let word = LISTS.get(at).map_or("", |(_, _, name)| *name);
    let (plan, indicator) =
        (format!("/plans/{}", told.head.id), format!("/plans/{}/{}", told.head.id, told.ask.indicator));
    let plan = Link::to(told.head.name.clone(), within(&plan, &told.view, &told.head, &[]));
    let indicator =
        Link::to(told.name.clone(), within(&indicator, &told.view, &told.head, &[("part", &told.ask.part)]));
    let title = format!("{word}的{}", told.subject);
    let body = ListPage {
        word,
        chooser: Chooser::of(site, &path, &told.view, &told.head, &keep),
        tabs,
        rows,
        exports,
        pager,
        told,
    };
    Page::new(title, body).under("规划", "/plans").under(plan.text, plan.href).under(indicator.text, indicator.href)
}

const COLUMNS: [(&str, f64); 5] =
    [("名称", 40.0), ("代码", 22.0), ("所在地区", 40.0), ("成员数", 10.0), ("演示数据", 10.0)];

fn rows(told: &Behind) -> Vec<[String; 5]> {
    let row = |row: &Named| {
        let members = row.members.map(|number| number.to_string()).unwrap_or_default();
        let demo = if row.synthetic { "是" } else { "" };
        [row.name.clone(), row.code.clone(), row.area.clone(), members, demo.to_owned()]
    };
    told.rows.iter().map(row).collect()
}

async fn export(
    cx: Cx,
    Path((id, indicator)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(narrow): Query<Narrow>,
    xlsx: bool,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let actor = cx.viewer.as_ref().map(|viewer| viewer.actor.clone());
    let ask = AskList { after: String::new(), ..narrow.ask(&indicator, FILE) };
    let made = cx
        .blocking(move |site| {
            let told = match site.office.plan_list(&view, &ask, actor.as_ref())? {
                Ready::Now(told) => told,
                Ready::Soon { day, done, of } => return Ok(Err((day, done, of))),
            };
            if let Some(why) = &told.hidden {
                return Err(WebError::forbidden(format!("{why}。")));
            }
            if told.next.is_some() {
                let message = format!("名单超过 {FILE} 行，请先选一个地区再导出。");
                return Err(WebError::invalid(message).way("回到名单", &here(&told, "", &[])));
            }
            Ok(Ok((written(&told, xlsx)?, format!("{}-{}-{}", told.head.id, told.ask.indicator, told.ask.which))))
        })
        .await
        .map_err(|error| ways(error, &id))?;
    Ok(match made {
        Ok((bytes, name)) if xlsx => file(bytes, XLSX, &format!("{name}.xlsx")),
        Ok((bytes, name)) => file(bytes, CSV, &format!("{name}.csv")),
        Err(far) => soon("正在准备名单", &cx.here(), far),
    })
}

fn written(told: &Behind, xlsx: bool) -> Result<Vec<u8>, WebError> {
    let word = LISTS.iter().find(|(word, _, _)| *word == told.ask.which).map_or("", |(_, _, name)| *name);
    if xlsx {
        let on = told.view.on.map(|day| day.to_string()).unwrap_or_default();
        let above = [
            told.head.name.clone(),
            format!("{}：{word}的{}", told.name, told.subject),
            format!("{}，截至 {on}", told.area_name),
        ];
        return Ok(table::workbook_of("名单", &above, &COLUMNS, &rows(told), &["成员数"])?);
    }
    Ok(table::csv_of(&COLUMNS.map(|(heading, _)| heading), &rows(told))?)
}
