//! Tells whoever answers for a record of a register that its day comes (到期提醒): tasks of plans, dispatches, meetings.
use crate::{Failed, Handler, Running};

/// No payload.
#[derive(Debug)]
pub struct Remind;

impl Handler for Remind {
    fn name(&self) -> &'static str {
        "remind"
    }

    fn title(&self) -> &'static str {
        "到期提醒"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let sent = job.office.remind_of_records()?;
        tracing::info!(sent, "reminded");
        Ok(())
    }
}
