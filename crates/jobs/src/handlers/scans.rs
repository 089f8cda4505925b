//! Journals the scans of certificates that wait, many in one entry (扫码记录).
use crate::{Failed, Handler, Running};

/// No payload.
#[derive(Debug)]
pub struct Scans;

impl Handler for Scans {
    fn name(&self) -> &'static str {
        "scans"
    }

    fn title(&self) -> &'static str {
        "登记扫码记录"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let scans = job.office.journal_scans()?;
        tracing::debug!(scans, "scans journalled");
        Ok(())
    }
}
