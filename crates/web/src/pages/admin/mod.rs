//! 系统管理: three administrators, three pages, each only its own (三员分立); and how the system stands.
mod accounts;
mod activations;
mod audit;
mod rights;
mod system;

use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;

use crate::site::Site;
use crate::{Cx, WebError};

/// `/admin` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/admin", get(home))
        .merge(accounts::routes())
        .merge(activations::routes())
        .merge(rights::routes())
        .merge(audit::routes())
        .merge(system::routes())
}

/// Where each administrator works.
async fn home(cx: Cx) -> Result<Redirect, WebError> {
    use authority::AdminRole;
    let path = match cx.actor()?.admin {
        Some(AdminRole::System) => "/admin/accounts",
        Some(AdminRole::Security) => "/admin/rights",
        Some(AdminRole::Audit) => "/admin/audit",
        None => return Err(WebError::forbidden("这里只给系统管理员、安全管理员、审计管理员用（三员分立）。")),
    };
    Ok(Redirect::to(path))
}

#[cfg(test)]
mod tests;
