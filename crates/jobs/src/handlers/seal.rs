//! Seals the journal (封存).
use office::audit::SealLog;

use crate::{Failed, Handler, Running};

/// Payload `{"nightly": true}` for the one that is published.
#[derive(Debug)]
pub struct Seal {
    log: SealLog,
}

impl Seal {
    /// Writes seals to `log` too.
    pub fn new(log: SealLog) -> Self {
        Self { log }
    }
}

impl Handler for Seal {
    fn name(&self) -> &'static str {
        "seal"
    }

    fn title(&self) -> &'static str {
        "封存留痕"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let nightly = job.payload.get("nightly").and_then(serde_json::Value::as_bool).unwrap_or(false);
        if let Some(seal) = job.office.seal(&self.log, nightly)? {
            tracing::info!(number = seal.no, chains = seal.count, nightly, "journal sealed");
        }
        Ok(())
    }
}
