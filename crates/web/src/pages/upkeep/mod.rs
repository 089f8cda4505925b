//! 名册与数据: keeping the register: data quality, sharing with departments, decoupling, statistical snapshots.
mod decoupling;
mod quality;
mod registrar;
mod sharing;
mod snapshots;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// `/desk/quality`, `/desk/sharing`, `/desk/decoupling`, `/desk/registrar`, `/desk/snapshots`, `/data/snapshots`, `/api/v1/shared`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(quality::routes())
        .merge(sharing::routes())
        .merge(decoupling::routes())
        .merge(registrar::routes())
        .merge(snapshots::routes())
}

#[cfg(test)]
mod tests;
