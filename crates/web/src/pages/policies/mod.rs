//! 政策对照: what each clause of the policy documents asks for, what in Yishe fulfils it, and which test shows it; and the other
//! way round. Made from the catalogue alone, so it is never older than what the house does.
mod book;
pub mod by;
pub mod clause;
pub mod document;
pub mod export;
pub mod index;
pub mod params;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;

use self::book::{Counts, STANDINGS, words};
use self::export::Picked;
use crate::page::Link;
use crate::parts::{Column, SearchBox, Tab, Table, Tabs};
use crate::site::Site;

/// `/policies` and everything below it.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(index::routes())
        .merge(by::routes())
        .merge(params::routes())
        .merge(export::routes())
        .merge(document::routes())
        .merge(clause::routes())
}

/// The three ways to look at it.
fn tabs(here: &str) -> Tabs {
    let tab = |text: &str, href: &str| Tab { link: Link::to(text, href), count: None, here: here == href };
    Tabs {
        label: "政策对照".to_owned(),
        tabs: vec![
            tab("按政策文件", "/policies"),
            tab("按系统功能", "/policies/by"),
            tab("政策数值", "/policies/params"),
            tab("规划执行", "/plans"),
        ],
    }
}

/// The search box over all clauses.
fn search(value: &str) -> SearchBox {
    SearchBox {
        id: "policy-q".to_owned(),
        action: "/policies".to_owned(),
        name: "q".to_owned(),
        label: "查条款".to_owned(),
        value: value.to_owned(),
        button: "查找".to_owned(),
        hint: "输入条款编号，或要求里的几个字，例如：告知承诺。".to_owned(),
        keep: Vec::new(),
        large: false,
    }
}

/// Tabs over a list of clauses at `here`: all, and each standing, with how many.
fn status_tabs(here: &str, counts: Counts, status: &str) -> Tabs {
    let all = Tab { link: Link::to("全部", here), count: Some(counts.all()), here: status.is_empty() };
    let some = STANDINGS.map(|standing| {
        let (word, _, key) = words(standing);
        let link = Link::to(word, format!("{here}?status={key}"));
        Tab { link, count: Some(counts.of(standing)), here: status == key }
    });
    Tabs { label: "落实情况".to_owned(), tabs: std::iter::once(all).chain(some).collect() }
}

/// A list of clauses, which the export gives as a file under the same conditions.
fn table(caption: String, rows: Vec<Vec<crate::parts::Cell>>, exported: &Picked, empty: &str) -> Table {
    Table {
        caption,
        columns: ["条款", "要求", "由什么落实", "情况", "还差什么"].map(Column::new).to_vec(),
        rows,
        exports: exported.links(),
        empty: empty.to_owned(),
        empty_ways: vec![Link::to("看全部政策文件", "/policies")],
        keys: false,
    }
}
