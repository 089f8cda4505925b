//! What a handler is, and how jobs find theirs.
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base::JobId;
use office::{Office, Refused};
use serde_json::Value as Json;

/// Does one kind of job. May run twice for the same job; must come to the same end.
pub trait Handler: Send + Sync {
    /// Its name, stored with every job and never changed.
    fn name(&self) -> &'static str;

    /// What it does, for people: 清理过期内容.
    fn title(&self) -> &'static str {
        self.name()
    }

    /// Names it had before: jobs under them may still wait.
    fn former_names(&self) -> &'static [&'static str] {
        &[]
    }

    /// The newest version of the payload it reads. Older ones it must read for ever; newer ones are put back for a newer program.
    fn version(&self) -> i64 {
        1
    }

    /// Does it.
    fn run(&self, job: &Running<'_>) -> Result<(), Failed>;
}

/// Why a job did not end well.
#[derive(Debug, thiserror::Error)]
pub enum Failed {
    /// Trying again later may help.
    #[error("{0}")]
    Again(String),
    /// It will never work.
    #[error("{0}")]
    Never(String),
    /// The program is stopping, or the job is no longer ours; it goes back as it is.
    #[error("stopped")]
    Stopped,
}

impl From<Refused> for Failed {
    fn from(refused: Refused) -> Self {
        match refused {
            // A rule or a missing thing says no again tomorrow.
            Refused::Rule { .. } | Refused::NotFound(_) | Refused::Invalid(_) | Refused::Denied(_) => {
                Self::Never(refused.to_string())
            }
            Refused::Internal(text) => Self::Again(text),
            other => Self::Again(other.to_string()),
        }
    }
}

impl From<store::DbError> for Failed {
    fn from(error: store::DbError) -> Self {
        Self::Again(error.to_string())
    }
}

/// A job under way.
pub struct Running<'a> {
    /// Everything a use case needs.
    pub office: &'a Office,
    /// The job.
    pub id: JobId,
    /// What it needs.
    pub payload: &'a Json,
    /// The payload's version.
    pub version: i64,
    /// How often it was tried, this time included.
    pub attempt: i64,
    pub(crate) worker: &'a str,
    pub(crate) stop: &'a AtomicBool,
}

impl Running<'_> {
    /// Whether the program is stopping: end soon, at a place from where the next run can go on.
    pub fn is_stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Says how far it is, for the page that shows it, and keeps the lease. Call it at least every minute.
    pub fn progress(&self, text: &str) -> Result<(), Failed> {
        let (id, worker, now, text) = (self.id, self.worker.to_owned(), self.office.clock.now(), text.to_owned());
        let held = self.office.db.write(move |tx| store::jobs::progress(tx, id, &worker, Some(&text), now))?;
        if held && !self.is_stopping() { Ok(()) } else { Err(Failed::Stopped) }
    }
}

/// Handlers by name.
#[derive(Clone, Default)]
pub struct Registry(HashMap<&'static str, Arc<dyn Handler>>);

impl Registry {
    /// With these handlers.
    pub fn of(handlers: impl IntoIterator<Item = Arc<dyn Handler>>) -> Self {
        let mut registry = Self::default();
        for handler in handlers {
            registry.add(handler);
        }
        registry
    }

    /// Adds a handler under its name and its former names.
    pub fn add(&mut self, handler: Arc<dyn Handler>) {
        for name in handler.former_names() {
            self.0.insert(name, Arc::clone(&handler));
        }
        self.0.insert(handler.name(), handler);
    }

    /// The handler of that name.
    pub fn find(&self, name: &str) -> Option<&Arc<dyn Handler>> {
        self.0.get(name)
    }

    /// What people call the jobs, by name, former ones included.
    pub fn titles(&self) -> BTreeMap<&'static str, &'static str> {
        self.0.iter().map(|(name, handler)| (*name, handler.title())).collect()
    }

    /// All names, former ones included.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }
}
