//! 我的: what needs me first, my cases, my drafts, what is new.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::{CaseId, Date};
use office::drafts::DraftLine;
use serde::Deserialize;
use store::cases::CaseLine;

use crate::page::Link;
use crate::parts::{Banner, Cell, Column, Pager, Table, Tone};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// Cases on one page.
const PAGE: usize = 20;

/// Which page of cases, and what just happened.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    day: String,
    after: String,
    deleted: String,
}

struct First {
    link: Link,
    why: String,
}

#[derive(Template)]
#[template(path = "pages/my/home/page.html")]
struct HomePage {
    name: String,
    banner: Option<Banner>,
    first: Vec<First>,
    cases: Table,
    pager: Option<Pager>,
    drafts: Table,
    unread: i64,
    news: Vec<(String, String, String)>,
}

/// `/my`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my", get(show))
}

async fn show(cx: Cx, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let viewer = cx.viewer()?.clone();
    let today = cx.today;
    let page = cx.blocking(move |site| build(site, &viewer, &ask, today)).await?;
    Ok(Page::new("我的", page))
}

fn build(site: &Site, viewer: &crate::Viewer, ask: &Ask, today: Date) -> Result<HomePage, WebError> {
    let office = &site.office;
    let after = match (ask.day.parse::<Date>(), ask.after.parse::<CaseId>()) {
        (Ok(day), Ok(id)) => Some((day, id)),
        _ => None,
    };
    let (mut cases, drafts, unread, news) = office.db.read(|tx| {
        let cases = office.my_cases(tx, viewer.account, after, PAGE + 1)?;
        let drafts = office.my_drafts(tx, &viewer.actor)?;
        let unread = store::accounts::unread(tx, viewer.person)?;
        Ok::<_, office::Refused>((cases, drafts, unread, store::accounts::notices(tx, viewer.person, 5)?))
    })?;
    let more = cases.len() > PAGE;
    cases.truncate(PAGE);
    let pager = (more || after.is_some()).then(|| Pager {
        text: String::new(),
        previous: after.map(|_| "/my".to_owned()),
        next: cases.last().filter(|_| more).map(|last| format!("/my?day={}&after={}", last.received_on, last.id)),
    });
    let first = first(&cases, &drafts);
    let deleted = Banner {
        title: "草稿已删除".to_owned(),
        text: "填过的内容和上传的文件已经一起删除。".to_owned(),
        ways: Vec::new(),
        success: true,
    };
    Ok(HomePage {
        name: viewer.name.clone(),
        banner: (ask.deleted == "1").then_some(deleted),
        first,
        cases: cases_table(&cases, today),
        pager,
        drafts: drafts_table(&drafts),
        unread,
        news: news
            .into_iter()
            .filter(|notice| notice.read_at.is_none())
            .map(|notice| (notice.title, notice.body, notice.at.local_minute()))
            .collect(),
    })
}

/// Corrections before drafts that are about to end.
fn first(cases: &[CaseLine], drafts: &[DraftLine]) -> Vec<First> {
    let waiting = cases.iter().filter(|case| case.status == "待补正").map(|case| First {
        link: Link::to(case.title.clone(), format!("/my/cases/{}", case.number)),
        why: case.next_due.map_or_else(|| "等您补正".to_owned(), |day| format!("等您补正，{day} 以前提交")),
    });
    let ending = drafts.iter().filter(|draft| draft.ending).map(|draft| First {
        link: Link::to(draft.title.clone(), format!("/my/drafts/{}", draft.id)),
        why: draft.ends_on.map_or_else(String::new, |day| format!("草稿保留到 {day}，请接着填写")),
    });
    waiting.chain(ending).collect()
}

fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>, empty: &str, ways: Vec<Link>) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|text| Column::new(*text)).collect(),
        rows,
        exports: Vec::new(),
        empty: empty.to_owned(),
        empty_ways: ways,
        keys: false,
    }
}

fn cases_table(cases: &[CaseLine], today: Date) -> Table {
    let row = |case: &CaseLine| {
        let status = match case.status.as_str() {
            "待补正" => Cell::state(case.status.clone(), Tone::Warn),
            other => Cell::new(other),
        };
        let due = case.next_due.filter(|day| case.ended_on.is_none() && *day >= today);
        vec![
            Cell::link(case.title.clone(), format!("/my/cases/{}", case.number)),
            Cell::new(case.number.clone()),
            Cell::new(case.received_on.to_string()),
            status,
            Cell::new(case.ended_on.map_or_else(
                || due.map(|day| format!("下一个期限 {day}")).unwrap_or_default(),
                |day| format!("{day} 办结"),
            )),
        ]
    };
    let rows = cases.iter().map(row).collect();
    table(
        "我的办件",
        &["办件", "编号", "提交日期", "状态", "时间"],
        rows,
        "您还没有提交过申请。",
        vec![Link::to("去看能办什么", "/matters")],
    )
}

fn drafts_table(drafts: &[DraftLine]) -> Table {
    let row = |draft: &DraftLine| {
        let path = if draft.is_correction { "/correct" } else { "" };
        vec![
            Cell::link(draft.title.clone(), format!("/my/drafts/{}{path}", draft.id)),
            Cell::new(draft.saved_at.local_minute()),
            match draft.ends_on {
                Some(day) if draft.ending => Cell::state(format!("{day}，快到期"), Tone::Warn),
                Some(day) => Cell::new(day.to_string()),
                None => Cell::new(""),
            },
        ]
    };
    table(
        "没有提交的草稿",
        &["草稿", "最近保存", "保留到"],
        drafts.iter().map(row).collect(),
        "没有草稿。",
        vec![Link::to("选一个事项开始办", "/matters")],
    )
}
