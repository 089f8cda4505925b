//! Logs on standard error: plain lines for people, JSON lines for machines. Never a personal value: nothing logs one.
use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// Starts logging. `YISHE_LOG` overrides the configured level (`info`, `debug`, `office=debug,info`).
pub fn start(log: &Log) {
    let filter = EnvFilter::try_from_env("YISHE_LOG")
        .or_else(|_| EnvFilter::try_new(&log.level))
        .unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start (tests) changes nothing.
    let _ = if log.json { lines.json().try_init() } else { lines.try_init() };
}
