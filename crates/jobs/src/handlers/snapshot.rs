//! Counts a statistical snapshot and freezes it (统计快照).
use office::register::snapshots::{JOB, SnapshotJob};

use crate::{Failed, Handler, Running};

/// Payload: [`SnapshotJob`]. A count that was broken off begins again.
#[derive(Debug)]
pub struct Snapshot;

impl Handler for Snapshot {
    fn name(&self) -> &'static str {
        JOB
    }

    fn title(&self) -> &'static str {
        "生成统计快照"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let asked: SnapshotJob =
            serde_json::from_value(job.payload.clone()).map_err(|error| Failed::Never(format!("payload: {error}")))?;
        let mut say = |seen: u64, total: u64| job.progress(&format!("{seen}/{total}")).is_ok() && !job.is_stopping();
        if job.office.run_snapshot_job(&asked, &mut say)? { Ok(()) } else { Err(Failed::Stopped) }
    }
}
