//! Background jobs (后台任务): a queue in the same database, so that a job is there exactly when the act that wanted it is; one
//! schedule file; handlers registered by name and version.
//!
//! A job is taken under a lease. A worker that is not heard of loses it, and what it says afterwards is not believed. A job that
//! fails is tried again, each time later; after [`ATTEMPTS`] it stays as failed for somebody to look at. Every handler must
//! therefore be *idempotent*: it may run twice for one job.
//!
//! A new kind of job: a file in `handlers/` (or in the room it belongs to) with a [`Handler`], a line in
//! [`handlers::standard`], and, if the clock starts it, an entry in `schedule.toml`.

mod handler;
pub mod handlers;
mod runner;
mod schedule;

pub use handler::{Failed, Handler, Registry, Running};
pub use runner::{ATTEMPTS, LEASE_SECONDS, Runner};
pub use schedule::{Entry, Schedule, ScheduleFault, When};
