//! The thread that follows while the process serves.
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::Office;

/// Follows until it is dropped.
pub struct Follower {
    stop: Arc<(Mutex<bool>, Condvar)>,
    thread: Option<JoinHandle<()>>,
}

impl Office {
    /// Starts following: every `pause`, the index, the facts and the people who watch learn what happened. A round that fails is
    /// logged and tried again.
    pub fn start_following(&self, pause: Duration) -> std::io::Result<Follower> {
        let stop = Arc::new((Mutex::new(false), Condvar::new()));
        let (office, told) = (self.clone(), Arc::clone(&stop));
        let thread = std::thread::Builder::new().name("follower".to_owned()).spawn(move || {
            let mut facts = office.follow_facts_from_now_on();
            loop {
                office.follow_once();
                facts.round();
                let (asked, wake) = &*told;
                let asked = asked.lock().unwrap_or_else(PoisonError::into_inner);
                let (asked, _) =
                    wake.wait_timeout_while(asked, pause, |asked| !*asked).unwrap_or_else(PoisonError::into_inner);
                if *asked {
                    return;
                }
            }
        })?;
        Ok(Follower { stop, thread: Some(thread) })
    }

    fn follow_once(&self) {
        if self.index.is_some()
            && let Err(error) = self.catch_up()
        {
            tracing::error!(%error, detail = ?error, "the name index could not follow");
        }
        if let Err(error) = self.tell_watchers() {
            tracing::error!(%error, detail = ?error, "watchers could not be told");
        }
    }
}

impl Drop for Follower {
    fn drop(&mut self) {
        let (asked, wake) = &*self.stop;
        *asked.lock().unwrap_or_else(PoisonError::into_inner) = true;
        wake.notify_all();
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has said so already.
            let _ = thread.join();
        }
    }
}
