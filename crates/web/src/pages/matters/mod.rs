//! 办事: what is offered, the office guide, which matter one needs, why each value is as it is, and whether a name is free.
pub mod area;
pub mod explain;
pub mod find;
pub mod guide;
pub mod list;
pub mod names;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;
pub(crate) use guide::span_text;

/// `/matters` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(list::routes())
        .merge(find::routes())
        .merge(names::routes())
        .merge(guide::routes())
        .merge(explain::routes())
}
