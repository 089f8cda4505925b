//! Asks the outside code source for more code bodies before they run out (续领代码).
use crate::{Failed, Handler, Running};

/// No payload.
#[derive(Debug)]
pub struct Codes;

impl Handler for Codes {
    fn name(&self) -> &'static str {
        "codes"
    }

    fn title(&self) -> &'static str {
        "续领代码"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let came = job.office.fetch_codes()?;
        if came > 0 {
            tracing::info!(came, "code bodies came");
        }
        Ok(())
    }
}
