//! 名册: the pages of every declared register, made from its declaration: lists, records with their history, forms, imports; at the
//! desk and for everybody. A plan's tasks are records of one of them.
mod act;
mod desk;
mod export;
mod fields;
mod form;
mod import;
mod list;
mod open;
mod record;
mod tasks;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// `/desk/registers`, `/registers`, `/plans/{id}/tasks` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(desk::routes())
        .merge(form::routes())
        .merge(act::routes())
        .merge(import::routes())
        .merge(open::routes())
        .merge(tasks::routes())
}
