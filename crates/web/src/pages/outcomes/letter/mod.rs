//! A letter of a case (文书): as it was sent, to read and to print.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::RecordId;
use store::papers::Letter;

use crate::forms::Path;
use crate::parts::{PrintHeader, QrBox};
use crate::site::Site;
use crate::{Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/outcomes/letter/page.html")]
struct LetterPage {
    head: PrintHeader,
    letter: Letter,
    host: String,
    no: String,
    demo: bool,
    /// The first line, to whom it is addressed.
    to: String,
    lines: Vec<String>,
}

/// `/case/{no}/letters/{id}`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/case/{no}/letters/{id}", get(show))
}

async fn show(cx: Cx, Path((no, id)): Path<(String, RecordId)>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let number = no.clone();
    let body = cx
        .blocking(move |site| {
            let (letter, host) = site.office.letter_of_case(&who, &number, id)?;
            let url = format!("{}/case/{number}/letters/{id}", site.settings.base_url);
            let head = PrintHeader {
                host: host.clone(),
                title: letter.title.clone(),
                number: letter.number.clone().unwrap_or_default(),
                qr: QrBox { url, caption: "扫码查看原件".to_owned() },
            };
            let mut lines = letter.text.lines().map(str::to_owned);
            let to = lines.next().unwrap_or_default();
            let demo = site.settings.demo;
            Ok(LetterPage { head, host, to, lines: lines.collect(), no: number, demo, letter })
        })
        .await?;
    let case = format!("/case/{no}");
    Ok(Page::new(body.letter.title.clone(), body).under("办件", case))
}
