//! 政策数值: every parameter of every pack with the day it holds from, its clause, and how sure it is.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::Confidence;
use catalogue::params::{Dated, ParamDef};

use super::book::Book;
use crate::parts::{Cell, Column, Table, Tabs, Tone};
use crate::site::Site;
use crate::{Cache, Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/policies/params/page.html")]
struct ParamsPage {
    tabs: Tabs,
    tables: Vec<(String, Table)>,
}

/// `/policies/params`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies/params", get(show))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| Ok(page(&Book::of(&site.office, today)))).await?;
    Ok(Page::new("政策数值", body).under("政策对照", "/policies").cache(Cache::Public(300)))
}

fn page(book: &Book<'_>) -> ParamsPage {
    let params = book.catalogue.param_book();
    let mut tables = Vec::new();
    for pack in book.catalogue.packs().iter() {
        let mut rows = Vec::new();
        for def in params.names().filter_map(|name| params.find(name)) {
            let values = params.set_by(&def.name).filter(|(id, _)| *id == pack.id).flat_map(|(_, values)| values);
            for dated in values.filter(|dated| dated.holds_on(book.today)) {
                let name = Cell::link(&def.title, format!("/policies/by/param:{}", def.name));
                rows.push(std::iter::once(name).chain(cells(def, dated)).collect());
            }
        }
        if !rows.is_empty() {
            tables
                .push((pack.name.clone(), table("名称", format!("{}，今天有效的 {} 个", pack.name, rows.len()), rows)));
        }
    }
    ParamsPage { tabs: super::tabs("/policies/params"), tables }
}

/// Every value a parameter has had, in every pack; none if there is no such parameter.
pub(super) fn history(book: &Book<'_>, name: &str) -> Option<Table> {
    let params = book.catalogue.param_book();
    let def = params.find(name)?;
    let mut rows = Vec::new();
    for (id, values) in params.set_by(name) {
        let pack = book.catalogue.packs().find(id).map_or(id, |pack| pack.name.as_str());
        rows.extend(values.iter().map(|dated| std::iter::once(Cell::new(pack)).chain(cells(def, dated)).collect()));
    }
    Some(table("政策包", format!("“{}”的数值", def.title), rows))
}

fn cells(def: &ParamDef, dated: &Dated) -> [Cell; 4] {
    let (word, tone) = match dated.confidence {
        Confidence::Verified => ("已核对", Tone::Good),
        Confidence::Memory => ("待复核", Tone::Warn),
        Confidence::Uncertain => ("待核实", Tone::Warn),
    };
    let period = dated.to.map_or_else(|| format!("{} 起", dated.from), |to| format!("{} 至 {to}", dated.from));
    [
        Cell::new(format!("{}{}", dated.value, def.unit.suffix())),
        Cell::new(period),
        Cell::new(&dated.clause.text),
        Cell::state(word, tone),
    ]
}

fn table(first: &str, caption: String, rows: Vec<Vec<Cell>>) -> Table {
    Table {
        caption,
        columns: [first, "数值", "何时有效", "依据", "可信程度"].map(Column::new).to_vec(),
        rows,
        exports: Vec::new(),
        empty: "没有数值。".to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    }
}
