//! One policy document: its clauses with how far each is carried out; of a law without clauses of ours, where it is relied on.
use std::collections::BTreeSet;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::Document;
use serde::Deserialize;

use super::book::{Book, level, source};
use super::export::Picked;
use crate::page::Link;
use crate::parts::{SummaryList, SummaryRow, Table, Tabs};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    status: String,
}

#[derive(Template)]
#[template(path = "pages/policies/document/page.html")]
struct DocumentPage {
    title: String,
    about: SummaryList,
    tabs: Option<Tabs>,
    table: Option<Table>,
    relied: Vec<Link>,
}

/// `/policies/{doc}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies/{doc}", get(show))
}

async fn show(cx: Cx, Path(id): Path<String>, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| {
        let book = Book::of(&site.office, today);
        let missing = || WebError::not_found("这份政策文件").way("看全部政策文件", "/policies");
        let document = book.document(&id).map(|(pack, document)| (pack.name.clone(), level(pack.level), document));
        Ok(page(&book, document.ok_or_else(missing)?, &asked.status))
    });
    let body = body.await?;
    Ok(Page::new(body.title.clone(), body).under("政策对照", "/policies").cache(Cache::Public(300)))
}

fn page(book: &Book<'_>, (pack, level, document): (String, &str, &Document), status: &str) -> DocumentPage {
    let row = |label: &str, value: String| SummaryRow { label: label.to_owned(), value, change: None };
    let mut rows = vec![row("出处", source(document)), row("适用范围", format!("{pack}（{level}）"))];
    rows.extend(document.period.map(|(from, to)| row("规划期", format!("{from} 至 {to}"))));
    let has_clauses = !book.clauses_of(&document.id).is_empty();
    DocumentPage {
        title: document.title.clone(),
        about: SummaryList { title: String::new(), rows },
        tabs: has_clauses.then(|| {
            let counts = book.counts(book.clauses_of(&document.id));
            super::status_tabs(&format!("/policies/{}", document.id), counts, status)
        }),
        table: has_clauses.then(|| table(book, document, status)),
        relied: if has_clauses { Vec::new() } else { relied_on(book, document) },
    }
}

fn table(book: &Book<'_>, document: &Document, status: &str) -> Table {
    let picked = Picked { doc: document.id.clone(), status: status.to_owned(), ..Picked::default() };
    let clauses = book.clauses_of(&document.id);
    let rows: Vec<_> =
        clauses.into_iter().filter(|clause| picked.takes(book, clause)).map(|clause| book.row(clause)).collect();
    let caption = format!("条款 {} 条，截至 {}", rows.len(), book.today);
    super::table(caption, rows, &picked, "没有这一类条款。")
}

/// Matters and parameters that cite the document by its title.
fn relied_on(book: &Book<'_>, document: &Document) -> Vec<Link> {
    let marks = format!("《{}》", document.title);
    let cites = |text: &str| text.contains(&marks) || text.contains(&document.title);
    let mut out = Vec::new();
    let nation = [base::AreaCode::nation()];
    for resolved in book.catalogue.matters_at(&nation, book.today) {
        let matter = &resolved.matter;
        if matter.basis.iter().any(|basis| cites(&basis.text)) {
            out.push(Link::to(format!("事项：{}", matter.name), format!("/matters/{}", matter.id.as_str())));
        }
    }
    let params = book.catalogue.param_book();
    let mut named = BTreeSet::new();
    for name in params.names() {
        let cited = params.set_by(name).any(|(_, values)| values.iter().any(|value| cites(&value.clause.text)));
        if let Some(def) = params.find(name).filter(|_| cited && named.insert(name)) {
            out.push(Link::to(format!("政策数值：{}", def.title), format!("/policies/by/param:{name}")));
        }
    }
    out
}
