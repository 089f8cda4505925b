//! The other way round: what each matter, page, register, rule, command, parameter, plan and indicator is there for, how far its
//! clauses are carried out, and which clauses nothing carries out yet.
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::trace::{Clause, Standing, Target};
use serde::Deserialize;

use super::book::{Book, Counts, STANDINGS, by, kind, words};
use super::export::Picked;
use crate::page::Link;
use crate::parts::{Cell, Column, Table, Tabs};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

#[derive(Template)]
#[template(path = "pages/policies/by/list.html")]
struct ListPage {
    tabs: Tabs,
    counts: Table,
    /// What was chosen, in words; none if everything is shown.
    chosen: Option<String>,
    /// Clauses that nothing carries out, where these were asked for.
    open: Option<Table>,
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
    documents: Vec<Link>,
    standings: Tabs,
    table: Table,
    /// Clauses its own file cites without the trace saying that it carries them out.
    cited: Option<Table>,
}

/// Of one target: only the clauses that stand so.
#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    status: String,
}

/// `/policies/by` and `/policies/by/{target}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies/by", get(list)).route("/policies/by/{*target}", get(show))
}

async fn list(cx: Cx, Query(picked): Query<Picked>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| Ok(listed(&Book::of(&site.office, today), &picked))).await?;
    Ok(Page::new("按系统功能看", body).under("政策对照", "/policies").cache(Cache::Public(300)))
}

fn listed(book: &Book<'_>, picked: &Picked) -> ListPage {
    let mut groups: Vec<(&'static str, Table)> = Vec::new();
    for (target, mut clauses) in book.targets() {
        clauses.retain(|clause| picked.takes(book, clause));
        if clauses.is_empty() && !picked.is_all() {
            continue;
        }
        let row = target_row(book, &target, &clauses);
        match groups.last_mut() {
            Some((word, table)) if *word == kind(&target) => table.rows.push(row),
            _ => groups.push((kind(&target), target_table(row))),
        }
    }
    for (word, table) in &mut groups {
        table.caption = format!("{word} {} 个", table.rows.len());
    }
    let open = picked.status == words(Standing::Open).2;
    ListPage {
        tabs: super::tabs("/policies/by"),
        counts: counts(book),
        chosen: chosen(book, picked),
        open: open.then(|| unfulfilled(book, picked)),
        groups: if open { Vec::new() } else { groups },
    }
}

/// 名称, 落实的条款, 已落实, 部分落实, 出自哪些文件.
fn target_row(book: &Book<'_>, target: &Target, clauses: &[&Clause]) -> Vec<Cell> {
    let counts = book.counts(clauses.iter().copied());
    let documents: Vec<_> = by_document(clauses).into_iter().map(|(id, many)| format!("{id} {many} 条")).collect();
    vec![
        Cell::link(book.name(target), by(target).href),
        Cell::new(clauses.len().to_string()),
        Cell::new(counts.done.to_string()),
        Cell::new(counts.part.to_string()),
        Cell::new(if documents.is_empty() { "国家法律法规".to_owned() } else { documents.join("、") }),
    ]
}

fn by_document<'c>(clauses: &[&'c Clause]) -> BTreeMap<&'c str, u64> {
    let mut out = BTreeMap::new();
    for clause in clauses {
        *out.entry(clause.document.as_str()).or_default() += 1;
    }
    out
}

fn target_table(row: Vec<Cell>) -> Table {
    let number = |text: &str| Column { number: true, ..Column::new(text) };
    Table {
        columns: vec![
            Column::new("名称"),
            number("落实的条款"),
            number("已落实"),
            number("部分落实"),
            Column::new("条款出自"),
        ],
        rows: vec![row],
        ..empty_table()
    }
}

fn empty_table() -> Table {
    Table {
        caption: String::new(),
        columns: Vec::new(),
        rows: Vec::new(),
        exports: Vec::new(),
        empty: String::new(),
        empty_ways: Vec::new(),
        keys: false,
    }
}

/// How many clauses of which document stand how; every number leads to what it counts.
fn counts(book: &Book<'_>) -> Table {
    let number = |text: &str| Column { number: true, ..Column::new(text) };
    let mut columns = vec![Column::new("政策文件"), number("条款")];
    columns.extend(STANDINGS.map(|standing| number(words(standing).0)));
    let mut rows: Vec<Vec<Cell>> = Vec::new();
    let documents = book.catalogue.packs().iter().flat_map(|pack| &pack.documents);
    let mut documents: Vec<_> =
        documents.map(|document| (&document.id, &document.title, book.clauses_of(&document.id))).collect();
    documents.retain(|(.., clauses)| !clauses.is_empty());
    documents.sort_by_key(|(id, ..)| *id);
    for (id, title, clauses) in documents {
        rows.push(count_row(title, id, book.counts(clauses)));
    }
    rows.push(count_row("合计", "", book.counts(book.catalogue.clauses().values())));
    let caption = format!("各文件的条款落实情况，截至 {}", book.today);
    Table { caption, columns, rows, exports: Picked::default().links(), ..empty_table() }
}

fn count_row(title: &str, doc: &str, counts: Counts) -> Vec<Cell> {
    let href = |status: &str| {
        let picked = Picked { doc: doc.to_owned(), status: status.to_owned(), ..Picked::default() };
        format!("/policies/by{}", picked.query())
    };
    let some = STANDINGS.map(|standing| Cell::link(counts.of(standing).to_string(), href(words(standing).2)));
    [Cell::new(title), Cell::link(counts.all().to_string(), href(""))].into_iter().chain(some).collect()
}

fn chosen(book: &Book<'_>, picked: &Picked) -> Option<String> {
    let document = book.document(&picked.doc).map(|(_, document)| format!("《{}》", document.title));
    let status = STANDINGS.map(words).into_iter().find(|(.., key)| *key == picked.status).map(|(word, ..)| word);
    match (document, status) {
        (None, None) => None,
        (document, status) => Some(format!(
            "只看{}{}的条款",
            document.unwrap_or_default(),
            status.map(|word| format!("“{word}”")).unwrap_or_default()
        )),
    }
}

/// Clauses that nothing carries out yet.
fn unfulfilled(book: &Book<'_>, picked: &Picked) -> Table {
    let rows: Vec<_> = book
        .catalogue
        .clauses()
        .values()
        .filter(|clause| picked.takes(book, clause))
        .map(|clause| book.row(clause))
        .collect();
    super::table(format!("还没有功能落实的条款 {} 条", rows.len()), rows, picked, "没有这样的条款。")
}

async fn show(cx: Cx, Path(text): Path<String>, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| {
        let book = Book::of(&site.office, today);
        let missing = || WebError::not_found("这一项功能").way("按系统功能看", "/policies/by");
        let target = Target::parse(&text).ok_or_else(missing)?;
        page(&book, &target, &asked.status).ok_or_else(missing)
    });
    let body = body.await?;
    let title = format!("{}：{}", body.kind, body.name);
    let page = Page::new(title, body).under("政策对照", "/policies").under("按系统功能看", "/policies/by");
    Ok(page.cache(Cache::Public(300)))
}

/// None if the catalogue knows no such thing and no clause names it.
fn page(book: &Book<'_>, target: &Target, status: &str) -> Option<TargetPage> {
    let clauses = book.targets().remove(target);
    let values = match target {
        Target::Param(name) => super::params::history(book, name),
        _ => None,
    };
    if clauses.is_none() && values.is_none() {
        return None;
    }
    let clauses = clauses.unwrap_or_default();
    let explain = match target {
        Target::Register(id) => book.catalogue.find_register(id).map(|register| register.explain.clone()),
        Target::Indicator(id) => book.catalogue.find_indicator(id).map(|indicator| indicator.explain.clone()),
        _ => None,
    };
    let documents = by_document(&clauses).into_iter().map(|(id, many)| {
        let title = book.document(id).map_or(id, |(_, document)| document.title.as_str());
        Link::to(format!("《{title}》{many} 条"), format!("/policies/{id}"))
    });
    let here = by(target).href;
    let cited = book.cited(target).into_iter().filter(|one| clauses.iter().all(|clause| clause.id != one.id));
    let cited: Vec<_> = cited.map(|clause| book.row(clause)).collect();
    Some(TargetPage {
        kind: kind(target),
        name: book.name(target),
        explain: explain.unwrap_or_default(),
        open: book.home_of(target),
        values,
        documents: documents.collect(),
        standings: super::status_tabs(&here, book.counts(clauses.iter().copied()), status),
        table: own_table(book, target, &clauses, status),
        cited: (!cited.is_empty()).then(|| {
            let caption = format!("它的依据里写到、还没有算作由它落实的条款 {} 条", cited.len());
            Table { exports: Vec::new(), ..super::table(caption, cited, &Picked::default(), "") }
        }),
    })
}

fn own_table(book: &Book<'_>, target: &Target, clauses: &[&Clause], status: &str) -> Table {
    let picked = Picked { by: target.to_string(), status: status.to_owned(), ..Picked::default() };
    let shown = clauses.iter().filter(|clause| picked.takes(book, clause));
    let rows: Vec<_> = shown.map(|clause| book.row(clause)).collect();
    let empty = if clauses.is_empty() {
        "没有政策条款由它落实；它服务于国家法律法规。"
    } else {
        "没有这一类条款。"
    };
    super::table(format!("它落实的条款 {} 条，截至 {}", rows.len(), book.today), rows, &picked, empty)
}
