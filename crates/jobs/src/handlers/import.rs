//! Runs what was asked for on the import page (导入名册): the dry run of an uploaded file, or the import itself.
use base::Instant;
use office::import::queue::{ImportJob, JOB};
use office::import::{Progress, Watcher};

use crate::{Failed, Handler, Running};

/// The page asks every two seconds; saying more often how far it is would only write.
const SAY_EVERY_MS: i64 = 500;

/// Payload: [`ImportJob`]. An import goes on where an earlier run stopped; a dry run begins again.
#[derive(Debug)]
pub struct Import;

struct Say<'a, 'r> {
    job: &'a Running<'r>,
    said_at: Instant,
    /// The job is no longer ours, or the program stops.
    over: bool,
}

impl Watcher for Say<'_, '_> {
    fn progress(&mut self, done: &Progress) {
        let now = self.job.office.clock.now();
        if now.0 - self.said_at.0 < SAY_EVERY_MS && done.done < done.rows {
            return;
        }
        self.said_at = now;
        self.over |= self.job.progress(&format!("{}/{}", done.done, done.rows)).is_err();
    }

    fn stop(&mut self) -> bool {
        self.over || self.job.is_stopping()
    }
}

impl Handler for Import {
    fn name(&self) -> &'static str {
        JOB
    }

    fn title(&self) -> &'static str {
        "导入名册"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let asked: ImportJob =
            serde_json::from_value(job.payload.clone()).map_err(|error| Failed::Never(format!("payload: {error}")))?;
        let mut say = Say { job, said_at: Instant(0), over: false };
        match job.office.run_import_job(&asked, &mut say) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Failed::Stopped),
            // Its words are shown on the page, so the fields' own.
            Err(office::Refused::Invalid(wrong)) => {
                Err(Failed::Never(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；")))
            }
            Err(refused) => Err(refused.into()),
        }
    }
}
