//! Inspects a register (数据质量检查), batch after batch; the clock starts it without an area, for every register inspected before.
use office::Refused;
use office::register::quality::{JOB, QualityJob};

use crate::{Failed, Handler, Running};

/// Batches refused because somebody acted in between are tried again so often.
const AGAIN: usize = 5;

/// Payload: [`QualityJob`]. Goes on where an earlier run stopped.
#[derive(Debug)]
pub struct Quality;

impl Handler for Quality {
    fn name(&self) -> &'static str {
        JOB
    }

    fn title(&self) -> &'static str {
        "检查数据质量"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let asked: QualityJob =
            serde_json::from_value(job.payload.clone()).map_err(|error| Failed::Never(format!("payload: {error}")))?;
        let Some(area) = asked.area else {
            let registers = job.office.inspect_again()?;
            tracing::info!(registers, "inspections of registers started");
            return Ok(());
        };
        let mut refused = 0;
        loop {
            match job.office.inspect_batch(&area) {
                Ok(stepped) if stepped.done => return Ok(()),
                Ok(stepped) => {
                    refused = 0;
                    job.progress(&format!("{}/{}", stepped.run.seen, stepped.run.total))?;
                }
                Err(Refused::Conflict) if refused < AGAIN => refused += 1,
                Err(error) => return Err(error.into()),
            }
            if job.is_stopping() {
                return Err(Failed::Stopped);
            }
        }
    }
}
