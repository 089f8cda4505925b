//! 导出: clauses with what carries them out, a row for each pair, as CSV or Excel, under the conditions of the page it was asked on.
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use catalogue::trace::{Clause, Target};
use rust_xlsxwriter::{Format, Workbook};
use serde::Deserialize;

use super::book::{Book, kind, modules, words};
use crate::page::Link;
use crate::pages::register::harmless;
use crate::site::Site;
use crate::{Cx, Query, WebError};

/// The columns.
const COLUMNS: [&str; 11] =
    ["政策文件", "条款", "要求", "所属模块", "情况", "由什么落实", "名称", "标识", "测试", "说明", "还差什么"];

/// Which clauses are wanted; what is empty does not matter.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Picked {
    /// Of this document.
    #[serde(default)]
    pub doc: String,
    /// Standing so: `done`, `part`, `open`, `apart`.
    #[serde(default)]
    pub status: String,
    /// Carried out by this: `matter:found-association`.
    #[serde(default)]
    pub by: String,
    /// With these words in them or in what carries them out.
    #[serde(default)]
    pub q: String,
}

impl Picked {
    /// Whether nothing narrows.
    pub(super) fn is_all(&self) -> bool {
        [&self.doc, &self.status, &self.by, &self.q].iter().all(|text| text.is_empty())
    }

    /// Whether the clause is wanted.
    pub(super) fn takes(&self, book: &Book<'_>, clause: &Clause) -> bool {
        (self.doc.is_empty() || clause.document == self.doc)
            && (self.status.is_empty() || words(book.standing(clause)).2 == self.status)
            && (self.by.is_empty() || book.targets_of(&clause.id).iter().any(|target| target.to_string() == self.by))
            && (self.q.is_empty() || self.hits(book, clause))
    }

    fn hits(&self, book: &Book<'_>, clause: &Clause) -> bool {
        let wanted = self.q.to_lowercase();
        let hit = |text: &str| text.to_lowercase().contains(&wanted);
        hit(&clause.id)
            || hit(&clause.title)
            || book.targets_of(&clause.id).iter().any(|target| hit(&book.name(target)))
            || book.traces(&clause.id).iter().any(|trace| hit(&trace.note))
    }

    /// The conditions as they stand in an address: `?doc=000&status=open`; empty if there are none.
    pub(super) fn query(&self) -> String {
        let pairs = [("doc", &self.doc), ("status", &self.status), ("by", &self.by), ("q", &self.q)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let text = serde_urlencoded::to_string(&pairs).unwrap_or_default();
        if text.is_empty() { text } else { format!("?{text}") }
    }

    /// 导出 Excel, 导出 CSV
    pub(super) fn links(&self) -> Vec<Link> {
        [("导出 Excel", "xlsx"), ("导出 CSV", "csv")]
            .map(|(text, ending)| Link::to(text, format!("/policies/export.{ending}{}", self.query())))
            .to_vec()
    }
}

/// `/policies/export.csv` and `.xlsx`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/policies/export.csv", get(|cx: Cx, query| export(cx, query, false)))
        .route("/policies/export.xlsx", get(|cx: Cx, query| export(cx, query, true)))
}

async fn export(cx: Cx, Query(picked): Query<Picked>, excel: bool) -> Result<Response, WebError> {
    let today = cx.today;
    let bytes = cx.blocking(move |site| {
        let rows = rows(&Book::of(&site.office, today), &picked);
        if excel { workbook(&rows) } else { lines(&rows) }
    });
    let (kind, ending) = if excel {
        ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx")
    } else {
        ("text/csv; charset=utf-8", "csv")
    };
    let name = format!("attachment; filename=\"policies-{today}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes.await?).into_response())
}

/// A row per clause and thing that carries it out; one for a clause that nothing does.
fn rows(book: &Book<'_>, picked: &Picked) -> Vec<[String; COLUMNS.len()]> {
    let mut out = Vec::new();
    for clause in book.catalogue.clauses().values().filter(|clause| picked.takes(book, clause)) {
        let targets = book.targets_of(&clause.id).into_iter().map(Some);
        let mut targets: Vec<Option<&Target>> =
            targets.filter(|one| one.is_none_or(|one| picked.by.is_empty() || one.to_string() == picked.by)).collect();
        if targets.is_empty() {
            targets.push(None);
        }
        out.extend(targets.into_iter().map(|target| row(book, clause, target)));
    }
    out
}

fn row(book: &Book<'_>, clause: &Clause, target: Option<&Target>) -> [String; COLUMNS.len()] {
    let traces = book.traces(&clause.id).iter().filter(|trace| target.is_none_or(|target| trace.by.contains(target)));
    let (mut tests, mut notes) = (Vec::new(), Vec::new());
    for trace in traces {
        for (into, text) in [(&mut tests, &trace.test), (&mut notes, &trace.note)] {
            if !text.is_empty() && !into.contains(text) {
                into.push(text.clone());
            }
        }
    }
    let document = book.document(&clause.document).map_or(&clause.document, |(_, document)| &document.title);
    [
        document.clone(),
        clause.id.clone(),
        clause.title.clone(),
        modules(clause),
        words(book.standing(clause)).0.to_owned(),
        target.map(kind).unwrap_or_default().to_owned(),
        target.map(|target| book.name(target)).unwrap_or_default(),
        target.map(ToString::to_string).unwrap_or_default(),
        tests.join("\n"),
        notes.join("\n"),
        book.missing(clause).join("\n"),
    ]
}

fn lines(rows: &[[String; COLUMNS.len()]]) -> Result<Vec<u8>, WebError> {
    // The mark tells Excel that this is UTF-8.
    let mut out = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    out.write_record(COLUMNS).map_err(WebError::internal)?;
    for row in rows {
        out.write_record(row.iter().map(|cell| harmless(cell))).map_err(WebError::internal)?;
    }
    out.into_inner().map_err(WebError::internal)
}

fn workbook(rows: &[[String; COLUMNS.len()]]) -> Result<Vec<u8>, WebError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name("政策对照").map_err(WebError::internal)?;
    sheet.set_freeze_panes(1, 0).map_err(WebError::internal)?;
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    for (column, heading) in (0_u16..).zip(COLUMNS) {
        let width = if matches!(heading, "条款" | "情况" | "由什么落实") { 12.0 } else { 30.0 };
        sheet.set_column_width(column, width).map_err(WebError::internal)?;
        sheet.write_with_format(0, column, heading, &bold).map_err(WebError::internal)?;
    }
    for (line, row) in (1_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(row) {
            sheet.write_string_with_format(line, column, text, &wrapped).map_err(WebError::internal)?;
        }
    }
    book.save_to_buffer().map_err(WebError::internal)
}
