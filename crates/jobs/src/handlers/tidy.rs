//! Forgets what nobody needs: ended sessions, old sign-in attempts and answers, expired drafts, jobs done a week ago,
//! messages sent a quarter ago, tables that were imported and the rows they sent back.
use crate::{Failed, Handler, Running};

/// Jobs that were done are kept for so long, for questions.
const JOBS_KEPT_SECONDS: i64 = 7 * 24 * 3_600;

/// No payload.
#[derive(Debug)]
pub struct Tidy;

impl Handler for Tidy {
    fn name(&self) -> &'static str {
        "tidy"
    }

    fn title(&self) -> &'static str {
        "清理过期内容"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let rows = job.office.tidy_sessions()?;
        let before = job.office.clock.now().plus_seconds(-JOBS_KEPT_SECONDS);
        let jobs = job.office.db.write(move |tx| store::jobs::forget(tx, before))?;
        let drafts = job.office.tidy_drafts()?;
        let messages = job.office.tidy_outbox()?;
        let imports = job.office.forget_imports()?;
        tracing::info!(rows, jobs, imports, drafts, messages, "tidied");
        Ok(())
    }
}
