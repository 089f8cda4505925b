//! 政策对照首页: the policy documents with how far they are carried out, every pack with its documents, and a search.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::{Confidence, Pack};
use serde::Deserialize;

use super::book::{Book, Counts, STANDINGS, level, source, words};
use super::export::Picked;
use crate::parts::{SearchBox, Table, Tabs};
use crate::site::Site;
use crate::{Cache, Cx, Page, Query, WebError};

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    q: String,
}

/// A document with its counts.
struct Line {
    id: String,
    title: String,
    source: String,
    period: String,
    counts: Counts,
}

/// A pack with its documents.
struct Shelf {
    name: String,
    level: &'static str,
    lines: Vec<Line>,
    marks: [usize; 3],
}

#[derive(Template)]
#[template(path = "pages/policies/index/page.html")]
struct IndexPage {
    tabs: Tabs,
    search: SearchBox,
    found: Option<Table>,
    all: Counts,
    policies: Vec<Line>,
    shelves: Vec<Shelf>,
    today: String,
}

/// `/policies`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies", get(show))
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let (q, today) = (asked.q.trim().to_owned(), cx.today);
    let body = cx.blocking(move |site| Ok(page(&Book::of(&site.office, today), &q))).await?;
    Ok(Page::new("政策对照", body).cache(Cache::Public(300)))
}

fn page(book: &Book<'_>, q: &str) -> IndexPage {
    let found = (!q.is_empty()).then(|| found(book, q));
    let shelves: Vec<Shelf> = book.catalogue.packs().iter().map(|pack| shelf(book, pack)).collect();
    let policies =
        book.catalogue.packs().iter().flat_map(|pack| lines(book, pack)).filter(|line| line.counts.all() > 0);
    let mut policies: Vec<Line> = policies.collect();
    policies.sort_by(|a, b| a.id.cmp(&b.id));
    IndexPage {
        tabs: super::tabs("/policies"),
        search: super::search(q),
        found,
        all: book.counts(book.catalogue.clauses().values()),
        policies,
        shelves,
        today: book.today.to_string(),
    }
}

/// Clauses whose id, title, document or fulfilment contains the text.
fn found(book: &Book<'_>, q: &str) -> Table {
    let picked = Picked { q: q.to_owned(), ..Picked::default() };
    let rows = book.catalogue.clauses().values().filter(|clause| picked.takes(book, clause));
    let rows: Vec<_> = rows.map(|clause| book.row(clause)).collect();
    let empty = format!("没有条款提到“{q}”。换几个字，或者按文件看。");
    super::table(format!("提到“{q}”的条款，{} 条", rows.len()), rows, &picked, &empty)
}

fn lines<'b>(book: &'b Book<'_>, pack: &'b Pack) -> impl Iterator<Item = Line> + 'b {
    pack.documents.iter().map(|document| Line {
        id: document.id.clone(),
        title: document.title.clone(),
        source: source(document),
        period: document.period.map_or_else(String::new, |(from, to)| format!("{from} 至 {to}")),
        counts: book.counts(book.clauses_of(&document.id)),
    })
}

fn shelf(book: &Book<'_>, pack: &Pack) -> Shelf {
    let params = book.catalogue.param_book();
    let mut marks = [0; 3];
    for name in params.names() {
        for (_, values) in params.set_by(name).filter(|(id, _)| *id == pack.id) {
            for value in values {
                marks[match value.confidence {
                    Confidence::Verified => 0,
                    Confidence::Memory => 1,
                    Confidence::Uncertain => 2,
                }] += 1;
            }
        }
    }
    Shelf { name: pack.name.clone(), level: level(pack.level), lines: lines(book, pack).collect(), marks }
}

impl IndexPage {
    /// The counts with their words and the class of their colour.
    fn standings(&self) -> [(&'static str, &'static str, u64); 4] {
        STANDINGS.map(|standing| {
            let (word, tone, _) = words(standing);
            (word, tone.class(), self.all.of(standing))
        })
    }
}
