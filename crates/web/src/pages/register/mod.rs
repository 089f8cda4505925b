//! 查组织: the register as everybody may read it.
pub mod code;
pub mod data;
pub mod diff;
pub mod dossier;
pub mod export;
pub(crate) use export::harmless;
pub mod lists;
pub mod pour;
pub mod search;
pub mod structure;
#[cfg(test)]
mod tests;
pub mod view;
pub mod watches;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// All pages of the register.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(search::routes())
        .merge(export::routes())
        .merge(structure::routes())
        .merge(dossier::routes())
        .merge(diff::routes())
        .merge(code::routes())
        .merge(lists::routes())
        .merge(watches::routes())
        .merge(data::routes())
}
