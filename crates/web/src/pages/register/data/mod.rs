//! 开放数据: what there is to take, in which form and under which licence; and the bulk files, streamed in key order.
use std::io::Write as _;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use flate2::Compression;
use flate2::write::GzEncoder;
use office::Office;

use super::export::{COLUMNS, harmless, row};
use super::pour::{Put, csv_lines, poured};
use crate::site::Site;
use crate::{Cache, Cx, Page, WebError};

/// Organizations read at a time.
const STEP: usize = 1_000;

#[derive(Template)]
#[template(path = "pages/register/data/page.html")]
struct DataPage {
    columns: Vec<(&'static str, &'static str)>,
    demo: bool,
}

#[derive(Clone, Copy)]
enum Form {
    Csv,
    Lines,
}

/// `/data`, `/data/organizations.csv`, `.jsonl`, each also `.gz`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/data", get(show))
        .route("/data/organizations.csv", get(|cx: Cx| async move { bulk(&cx, Form::Csv, false) }))
        .route("/data/organizations.csv.gz", get(|cx: Cx| async move { bulk(&cx, Form::Csv, true) }))
        .route("/data/organizations.jsonl", get(|cx: Cx| async move { bulk(&cx, Form::Lines, false) }))
        .route("/data/organizations.jsonl.gz", get(|cx: Cx| async move { bulk(&cx, Form::Lines, true) }))
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    Ok(Page::new("开放数据", DataPage { columns: COLUMNS.to_vec(), demo: cx.site.settings.demo })
        .cache(Cache::Public(300)))
}

/// Streams the whole register. Each step is a reading of its own, so a slow taker never holds a connection; what changes meanwhile
/// is in the change feed.
fn bulk(cx: &Cx, form: Form, packed: bool) -> Response {
    let site = Arc::clone(&cx.site);
    let body = poured(move |put| {
        if packed {
            pour(&site.office, form, put, Packed(GzEncoder::new(Vec::new(), Compression::fast())))
        } else {
            pour(&site.office, form, put, Plain)
        }
    });
    let (kind, ending) = match form {
        Form::Csv => ("text/csv; charset=utf-8", "csv"),
        Form::Lines => ("application/jsonl; charset=utf-8", "jsonl"),
    };
    let (kind, ending) = if packed { ("application/gzip", format!("{ending}.gz")) } else { (kind, ending.to_owned()) };
    let name = format!("attachment; filename=\"organizations-{}.{ending}\"", cx.today);
    let own = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    (own, body).into_response()
}

/// What happens to bytes on their way out.
trait Pack {
    fn put(&mut self, bytes: Vec<u8>) -> std::io::Result<Vec<u8>>;
    fn end(self) -> std::io::Result<Vec<u8>>;
}

struct Plain;

impl Pack for Plain {
    fn put(&mut self, bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        Ok(bytes)
    }
    fn end(self) -> std::io::Result<Vec<u8>> {
        Ok(Vec::new())
    }
}

struct Packed(GzEncoder<Vec<u8>>);

impl Pack for Packed {
    fn put(&mut self, bytes: Vec<u8>) -> std::io::Result<Vec<u8>> {
        self.0.write_all(&bytes)?;
        Ok(std::mem::take(self.0.get_mut()))
    }
    fn end(self) -> std::io::Result<Vec<u8>> {
        self.0.finish()
    }
}

fn pour(office: &Office, form: Form, give: &Put<'_>, mut pack: impl Pack) -> Result<(), WebError> {
    let mut after = None;
    let mut text = match form {
        Form::Csv => csv_lines([COLUMNS.map(|(name, _)| name.to_owned())].into_iter())?,
        Form::Lines => Vec::new(),
    };
    loop {
        let page = office.bulk_page(after, STEP)?;
        let Some(last) = page.last() else { break };
        after = Some((last.origin, last.id));
        match form {
            Form::Csv => {
                text.extend(csv_lines(page.iter().map(|one| row(office, one, true).map(|cell| harmless(&cell))))?);
            }
            Form::Lines => {
                for one in &page {
                    serde_json::to_writer(&mut text, &crate::api::organization(office, one))
                        .map_err(WebError::internal)?;
                    text.push(b'\n');
                }
            }
        }
        if !give(pack.put(std::mem::take(&mut text)).map_err(WebError::internal)?) {
            // Nobody takes it any more.
            return Ok(());
        }
    }
    give(pack.put(text).map_err(WebError::internal)?);
    give(pack.end().map_err(WebError::internal)?);
    Ok(())
}
