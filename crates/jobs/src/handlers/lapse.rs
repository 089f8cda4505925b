//! Acts on time limits that have run out (期限届满), as the matter says.
use crate::{Failed, Handler, Running};

/// No payload. What the timer could not do is in the log, and is tried again at the next slot.
#[derive(Debug)]
pub struct Lapse;

impl Handler for Lapse {
    fn name(&self) -> &'static str {
        "lapse"
    }

    fn title(&self) -> &'static str {
        "处理到期的期限"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let mut since = 0_usize;
        let done = job.office.lapse_due(&mut |done| {
            since += 1;
            // The lease is kept by the runner; the page only needs a number now and then.
            if since.is_multiple_of(100) {
                job.progress(&format!("已处理 {} 项期限", done.acts)).map_err(office::Refused::internal)?;
            }
            if job.is_stopping() { Err(office::Refused::Busy) } else { Ok(()) }
        });
        match done {
            Ok(done) => {
                tracing::info!(acts = done.acts, failed = done.failed, "limits looked at");
                Ok(())
            }
            Err(office::Refused::Busy) if job.is_stopping() => Err(Failed::Stopped),
            Err(error) => Err(error.into()),
        }
    }
}
