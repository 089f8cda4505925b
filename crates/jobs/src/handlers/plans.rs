//! Freezes the year-ends of plans (规划快照) that have gone by and are not frozen yet.
use std::time::Duration;

use office::facts::Ready;

use crate::{Failed, Handler, Running};

/// How long to wait before asking again for a day's facts that are being read.
const PAUSE: Duration = Duration::from_millis(500);

/// No payload. Each day of each plan is one act; what is frozen stays.
#[derive(Debug)]
pub struct Plans;

impl Handler for Plans {
    fn name(&self) -> &'static str {
        "plans"
    }

    fn title(&self) -> &'static str {
        "冻结规划年末数"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        for (plan, on) in job.office.plans_to_freeze()? {
            loop {
                if job.is_stopping() {
                    return Err(Failed::Stopped);
                }
                match job.office.freeze_plan(&plan, on)? {
                    Ready::Now(frozen) => {
                        tracing::info!(plan, %on, frozen, "year-end of a plan");
                        break;
                    }
                    Ready::Soon { day, done, of } => {
                        job.progress(&format!("{plan} {on}: {day} {done}/{of}"))?;
                        std::thread::sleep(PAUSE);
                    }
                }
            }
        }
        Ok(())
    }
}
