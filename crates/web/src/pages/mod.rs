//! The pages: one folder each, with its template and its tests.
pub mod accessibility;
pub mod account;
#[cfg(test)]
pub mod check;
pub mod help;
pub mod home;
pub mod login;
pub mod outcomes;
pub mod personal;
pub mod policies;
pub mod prefs;
pub mod report;
pub mod roles;
pub mod sheet;
pub mod signup;
pub mod style;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// All routes of the shell's own pages. A new page adds its line here.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::routes())
        .merge(login::routes())
        .merge(outcomes::routes())
        .merge(signup::routes())
        .merge(account::routes())
        .merge(personal::routes())
        .merge(report::routes())
        .merge(roles::routes())
        .merge(policies::routes())
        .merge(prefs::routes())
        .merge(help::routes())
        .merge(accessibility::routes())
        .merge(style::routes())
}

#[cfg(test)]
mod tests;
