//! The pages: one folder each, with its template and its tests.
pub mod accessibility;
pub mod account;
pub mod admin;
#[cfg(test)]
pub mod check;
pub mod desk;
pub mod help;
pub mod home;
pub mod login;
pub mod matters;
pub mod my;
pub mod outcomes;
pub mod personal;
pub mod plans;
pub mod policies;
pub mod prefs;
pub mod register;
pub mod registers;
pub mod report;
pub mod roles;
pub mod sheet;
pub mod signup;
pub mod style;
pub mod upkeep;

use std::sync::Arc;

use axum::Router;

use crate::site::Site;

/// All routes of the shell's own pages. A new page adds its line here.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .merge(home::routes())
        .merge(desk::routes())
        .merge(login::routes())
        .merge(matters::routes())
        .merge(my::routes())
        .merge(outcomes::routes())
        .merge(signup::routes())
        .merge(account::routes())
        .merge(personal::routes())
        .merge(plans::routes())
        .merge(admin::routes())
        .merge(upkeep::routes())
        .merge(report::routes())
        .merge(roles::routes())
        .merge(policies::routes())
        .merge(prefs::routes())
        .merge(help::routes())
        .merge(accessibility::routes())
        .merge(register::routes())
        .merge(registers::routes())
        .merge(crate::api::routes())
        .merge(style::routes())
}

#[cfg(test)]
mod access_tests;
#[cfg(test)]
mod budget_tests;
#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
