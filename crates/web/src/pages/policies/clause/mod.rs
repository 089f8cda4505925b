//! One clause: what it asks for, what fulfils it, what is still missing, which test shows it, and whose duty it is.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use catalogue::trace::Clause;

use super::book::{Book, address, by, kind, modules, words};
use crate::page::Link;
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, WebError};

/// Something that carries the clause out.
struct Thing {
    kind: &'static str,
    name: String,
    open: Option<String>,
    others: String,
}

#[derive(Template)]
#[template(path = "pages/policies/clause/page.html")]
struct ClausePage {
    id: String,
    title: String,
    document: Link,
    modules: String,
    word: &'static str,
    class: &'static str,
    things: Vec<Thing>,
    notes: Vec<String>,
    missing: Vec<String>,
    tests: Vec<String>,
    duties: Vec<String>,
    before: Option<Link>,
    after: Option<Link>,
}

/// `/policies/{doc}/{clause}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/policies/{doc}/{clause}", get(show))
}

async fn show(cx: Cx, Path((doc, id)): Path<(String, String)>) -> Result<Page, WebError> {
    let today = cx.today;
    let body = cx.blocking(move |site| {
        let book = Book::of(&site.office, today);
        let clause = book.catalogue.clauses().get(&id).filter(|clause| clause.document == doc);
        let clause = clause.ok_or_else(|| WebError::not_found("这一条款").way("看全部政策文件", "/policies"))?;
        Ok(page(&book, clause))
    });
    let body = body.await?;
    let (title, document) = (format!("{} {}", body.id, body.title), body.document.clone());
    Ok(Page::new(title, body)
        .under("政策对照", "/policies")
        .under(document.text, document.href)
        .cache(Cache::Public(300)))
}

fn page(book: &Book<'_>, clause: &Clause) -> ClausePage {
    let title = book.document(&clause.document).map_or(clause.document.clone(), |(_, document)| document.title.clone());
    let all = book.clauses_of(&clause.document);
    let at = all.iter().position(|other| other.id == clause.id).unwrap_or_default();
    let beside = |at: Option<usize>| {
        at.and_then(|at| all.get(at)).map(|other| Link::to(format!("{} {}", other.id, other.title), address(other)))
    };
    let traces = book.traces(&clause.id);
    let texts = |pick: fn(&catalogue::trace::Trace) -> &String| {
        let mut out: Vec<String> = Vec::new();
        for text in traces.iter().map(|trace| pick(trace)).filter(|text| !text.is_empty()) {
            if !out.contains(text) {
                out.push(text.clone());
            }
        }
        out
    };
    let (word, tone, _) = words(book.standing(clause));
    let things = book.targets_of(&clause.id).into_iter().map(|target| Thing {
        kind: kind(target),
        name: book.name(target),
        open: book.home_of(target),
        others: by(target).href,
    });
    let duties = book.catalogue.duties().filter(|duty| duty.clause == clause.id);
    ClausePage {
        id: clause.id.clone(),
        title: clause.title.clone(),
        document: Link::to(title, format!("/policies/{}", clause.document)),
        modules: modules(clause),
        word,
        class: tone.class(),
        things: things.collect(),
        notes: texts(|trace| &trace.note),
        missing: book.missing(clause),
        tests: texts(|trace| &trace.test),
        duties: duties.map(|duty| format!("{}：{}", book.catalogue.desk_name(duty.desk.as_str()), duty.duty)).collect(),
        before: beside(at.checked_sub(1)),
        after: beside(Some(at + 1)),
    }
}
