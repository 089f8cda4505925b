//! 我的: an applicant's drafts, cases and notices.
pub mod cases;
pub mod check;
pub mod correct;
pub mod home;
pub mod materials;
pub mod notices;
pub mod question;
pub mod task_list;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use base::RecordId;
use casework::{FieldFault, Status};
use office::Refused;
use office::drafts::{DraftPage, OpenDraft};

use crate::WebError;
use crate::parts::Tone;
use crate::site::Site;

/// `/my` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::routes())
        .merge(task_list::routes())
        .merge(question::routes())
        .merge(materials::routes())
        .merge(check::routes())
        .merge(cases::routes())
        .merge(correct::routes())
        .merge(notices::routes())
}

/// Opens a draft, or leads to the case it became.
pub(crate) fn open(site: &Site, who: &authority::Actor, id: RecordId) -> Result<Result<OpenDraft, Response>, WebError> {
    match site.office.open_draft(who, id) {
        Ok(draft) => Ok(Ok(draft)),
        Err(Refused::NotFound(what)) => match site.office.sent_draft(who, id)? {
            Some(sent) => Ok(Err(Redirect::to(&format!("/my/cases/{}", sent.number)).into_response())),
            None => Err(WebError::not_found(what).way("我的草稿", "/my")),
        },
        Err(other) => Err(other.into()),
    }
}

/// Status text is plain; coloured only where the applicant has to do something.
pub(crate) fn tone(status: Status) -> Option<Tone> {
    match status {
        Status::Filling | Status::AwaitingCorrection => Some(Tone::Warn),
        Status::NotStarted => Some(Tone::Grey),
        Status::Filled | Status::Submitted | Status::UnderReview | Status::Concluded => None,
    }
}

/// A fault in one sentence: what, how to mend it, by which clause.
pub(crate) fn sentence(fault: &FieldFault) -> String {
    let mut text = fault.message.trim_end_matches('。').to_owned();
    if !fault.next.is_empty() {
        text = format!("{text}。{}", fault.next.trim_end_matches('。'));
    }
    if !fault.clause.is_empty() {
        text = format!("{text}（{}）", fault.clause);
    }
    text
}

/// Where a fault is mended: the page that asks for it, or the material.
pub(crate) fn place_of(draft: &OpenDraft, pages: &[DraftPage<'_>], field: &str, back: &str) -> String {
    let query = if back.is_empty() { String::new() } else { format!("?back={back}") };
    let material = draft.resolved.matter.materials.iter().any(|material| material.id.as_str() == field);
    if material {
        return format!("/my/drafts/{}/materials/{field}{query}", draft.id);
    }
    match pages.iter().find(|page| page.asks(field)) {
        Some(page) => format!("/my/drafts/{}/{}{query}#f-{field}", draft.id, page.key),
        None => format!("/my/drafts/{}", draft.id),
    }
}

/// `1.2 MB`
pub(crate) fn size_text(bytes: i64) -> String {
    match bytes {
        ..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes / 1024),
        _ => format!("{}.{} MB", bytes / 1_048_576, (bytes % 1_048_576) * 10 / 1_048_576),
    }
}

/// A file for its owner: shown only as a download, never run.
pub(crate) fn download(name: &str, mime: &str, bytes: Vec<u8>) -> Response {
    let plain: String = name
        .bytes()
        .map(|b| match b {
            b if b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_') => char::from(b).to_string(),
            b => format!("%{b:02X}"),
        })
        .collect();
    let headers = [
        (axum::http::header::CONTENT_TYPE, mime.to_owned()),
        (axum::http::header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{plain}")),
        (axum::http::header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
    ];
    (headers, bytes).into_response()
}
