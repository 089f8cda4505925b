//! The desks' side (工作台): the day, queues, the review screen and what hangs on it. `office::desk` decides what anybody may do.
mod ask;
mod bulk;
mod correct;
mod day;
mod edition;
mod form;
mod history;
mod import;
mod pending;
mod power;
mod queue;
mod review;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use base::Date;
use office::desk::{QueueRow, Urgency};

use crate::parts::{Cell, Column, Tone};
use crate::site::Site;

/// Largest document a desk attaches, with room for the form around it.
const UPLOAD: usize = office::files::LARGEST + (1 << 20);

/// `/desk` and below.
pub fn routes() -> Router<Arc<Site>> {
    let upload = Router::new()
        .route("/desk/cases/{number}/documents", post(review::add_document))
        .layer(DefaultBodyLimit::max(UPLOAD));
    Router::new()
        .route("/desk", get(day::show))
        .route("/desk/pending", get(pending::show).post(pending::take_back))
        .route("/desk/queue/{desk}", get(queue::show).post(queue::claim))
        .route("/desk/queue/{desk}/export", get(queue::export))
        .route("/desk/bulk", get(bulk::show).post(bulk::send))
        .route("/desk/editions", get(edition::show).post(edition::send))
        .route("/desk/supervise-power", get(power::show))
        .route("/desk/supervise-power/list", get(power::list))
        .route("/desk/asked/{id}", get(ask::asked).post(ask::answer))
        .route("/desk/cases/{number}", get(review::show))
        .route("/desk/cases/{number}/act", post(review::act))
        .route("/desk/cases/{number}/claim", post(review::claim))
        .route("/desk/cases/{number}/assign", post(review::assign))
        .route("/desk/cases/{number}/correct", get(correct::show).post(correct::send))
        .route("/desk/cases/{number}/history", get(history::show))
        .route("/desk/cases/{number}/reveal", get(history::reveal_form).post(history::reveal))
        .route("/desk/cases/{number}/ask", get(ask::show).post(ask::send))
        .route("/desk/cases/{number}/message", post(ask::message))
        .route("/desk/cases/{number}/files/{file}", get(review::file))
        .merge(upload)
        .merge(import::routes())
}

/// Late red, soon amber, else plain.
fn tone(urgency: Urgency) -> Option<Tone> {
    match urgency {
        Urgency::Late => Some(Tone::Bad),
        Urgency::Soon => Some(Tone::Warn),
        Urgency::None => None,
    }
}

fn columns(names: &[&str]) -> Vec<Column> {
    names.iter().map(|name| Column::new(*name)).collect()
}

/// A task as a line of a plain table: case, step, applicant, time left.
fn line(row: &QueueRow) -> Vec<Cell> {
    let left = match tone(row.urgency()) {
        Some(tone) => Cell::state(row.left_text(), tone),
        None => Cell::new(row.left_text()),
    };
    vec![
        Cell::link(row.title.clone(), format!("/desk/cases/{}", row.number)),
        Cell::new(row.step.clone()),
        Cell::new(row.applicant.clone()),
        left,
    ]
}

/// A day, or a dash.
fn day_or_dash(day: Option<Date>) -> String {
    day.map_or_else(|| "—".to_owned(), |day| day.to_string())
}
