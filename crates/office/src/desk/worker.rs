//! The worker of the desks: does pending acts when their ten seconds are over. (Limits that run out are a daily job of `jobs`.)
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use crate::{Office, Refused};

/// How often it looks: an act takes effect at most this much late.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// A running worker; stops when dropped.
pub struct Worker {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts it. What fell due while nobody ran is done at once.
    pub fn start(office: Office) -> Result<Self, Refused> {
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let work = move || {
            while !stopped.load(Ordering::Relaxed) {
                if let Err(error) = office.run_pending() {
                    tracing::warn!(%error, "pending acts wait");
                }
                thread::sleep(LOOK_EVERY);
            }
        };
        let thread = thread::Builder::new().name("desk".to_owned()).spawn(work).map_err(Refused::internal)?;
        Ok(Self { stop, thread: Some(thread) })
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the desk worker panicked");
        }
    }
}
