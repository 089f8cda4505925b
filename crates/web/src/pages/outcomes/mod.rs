//! What follows a decision: certificates and their verification, public notices, letters, service reviews.
mod certificate;
mod desk_reviews;
mod figures;
mod letter;
mod notices;
mod review;
mod scan;
mod standing;
#[cfg(test)]
mod tests;
mod verify;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// `/verify`, `/c/…`, certificates, `/notices`, letters and reviews.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(verify::routes())
        .merge(scan::routes())
        .merge(certificate::routes())
        .merge(notices::routes())
        .merge(letter::routes())
        .merge(review::routes())
        .merge(desk_reviews::routes())
        .merge(figures::routes())
}
