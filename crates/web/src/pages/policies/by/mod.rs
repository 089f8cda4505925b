//! The other way round: what each matter, page, register, rule, command and parameter is there for.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::trace::Target;

use super::book::{Book, by, kind};
use crate::parts::{Cell, Column, Table, Tabs};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, WebError};

#[derive(Template)]
#[template(path = "pages/policies/by/list.html")]
struct ListPage {
    tabs: Tabs,
    groups: Vec<(&'static str, Table)>,
}

#[derive(Template)]
#[template(path = "pages/policies/by/page.html")]
struct TargetPage {
    kind: &'static str,
    name: String,
    explain: String,
    open: Option<String>,
    values: Option<Table>,
    table: Table,
}

/// `/policies/by` and `/policies/by/{target}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies/by", get(list)).route("/policies/by/{*target}", get(show))
}

async fn list(cx: Cx) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| Ok(listed(&Book::of(&site.office, today)))).await?;
    Ok(Page::new("按系统功能看", body).under("政策对照", "/policies").cache(Cache::Public(300)))
}

fn listed(book: &Book<'_>) -> ListPage {
    let mut groups: Vec<(&'static str, Table)> = Vec::new();
    for (target, clauses) in book.targets() {
        let row = vec![Cell::link(book.name(target), by(target).href), Cell::new(clauses.len().to_string())];
        match groups.last_mut() {
            Some((word, table)) if *word == kind(target) => table.rows.push(row),
            _ => groups.push((kind(target), table(row))),
        }
    }
    for (word, table) in &mut groups {
        table.caption = format!("{word} {} 个", table.rows.len());
    }
    ListPage { tabs: super::tabs("/policies/by"), groups }
}

fn table(row: Vec<Cell>) -> Table {
    Table {
        caption: String::new(),
        columns: vec![Column::new("名称"), Column { number: true, ..Column::new("落实的条款") }],
        rows: vec![row],
        exports: Vec::new(),
        empty: String::new(),
        empty_ways: Vec::new(),
        keys: false,
    }
}

async fn show(cx: Cx, Path(text): Path<String>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| {
        let book = Book::of(&site.office, today);
        let missing = || WebError::not_found("这一项功能").way("按系统功能看", "/policies/by");
        let target = Target::parse(&text).ok_or_else(missing)?;
        page(&book, &target).ok_or_else(missing)
    });
    let body = body.await?;
    let title = format!("{}：{}", body.kind, body.name);
    let page = Page::new(title, body).under("政策对照", "/policies").under("按系统功能看", "/policies/by");
    Ok(page.cache(Cache::Public(300)))
}

/// None if the catalogue knows no such thing and no clause names it.
fn page(book: &Book<'_>, target: &Target) -> Option<TargetPage> {
    let clauses = book.targets().remove(target).unwrap_or_default();
    let values = match target {
        Target::Param(name) => super::params::history(book, name),
        _ => None,
    };
    if clauses.is_empty() && values.is_none() {
        return None;
    }
    let explain = match target {
        Target::Register(id) => book.catalogue.find_register(id).map(|register| register.explain.clone()),
        _ => None,
    };
    let rows: Vec<_> = clauses.into_iter().map(|clause| book.row(clause)).collect();
    Some(TargetPage {
        kind: kind(target),
        name: book.name(target),
        explain: explain.unwrap_or_default(),
        open: book.home_of(target),
        values,
        table: super::table(
            format!("它落实的条款 {} 条，截至 {}", rows.len(), book.today),
            rows,
            "没有政策条款由它落实；它服务于国家法律法规。",
        ),
    })
}
