//! The runner: takes jobs, runs them, says how they ended; starts what the schedule asks for.
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Instant, JobId};
use office::{Office, Refused};
use store::jobs::{JobRow, NewJob};

use crate::handler::{Failed, Registry, Running};
use crate::schedule::Schedule;

/// A worker not heard of for so long has lost its job: five beats missed.
pub const LEASE_SECONDS: i64 = 300;
/// How often a job is tried before it stays as failed: with the waits doubling from 10 seconds to an hour, some four hours.
pub const ATTEMPTS: i64 = 12;
/// The queue.
const QUEUE: &str = "default";
/// How often an idle worker looks.
const IDLE: Duration = Duration::from_millis(500);
/// How often workers say that they live, lost jobs are looked for and the schedule is read.
const BEAT: Duration = Duration::from_secs(5);

struct Shared {
    office: Office,
    handlers: Registry,
    schedule: Schedule,
    stop: AtomicBool,
    asleep: Mutex<()>,
    wake: Condvar,
    /// Jobs being run by this process, and by which worker.
    held: Mutex<BTreeMap<JobId, String>>,
}

/// The threads. Dropping it stops them, as [`Runner::stop`] does.
pub struct Runner {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

impl Runner {
    /// Starts `workers` workers and the clock.
    pub fn start(office: Office, handlers: Registry, schedule: Schedule, workers: usize) -> std::io::Result<Self> {
        let shared = Arc::new(Shared {
            office,
            handlers,
            schedule,
            stop: AtomicBool::new(false),
            asleep: Mutex::new(()),
            wake: Condvar::new(),
            held: Mutex::new(BTreeMap::new()),
        });
        let mut runner = Self { shared, threads: Vec::new() };
        // A SQLite database has one program at work: what is still marked as running was left by one that died.
        if runner.shared.office.db.engine() == store::Engine::Sqlite {
            runner.shared.rescue(runner.shared.office.clock.now().plus_seconds(1));
        }
        runner.spawn("jobs-clock".to_owned(), Shared::beat)?;
        for number in 0..workers {
            let unique = vault::fresh_token(&runner.shared.office.rng);
            let name = format!("{}-{number}-{}", std::process::id(), unique.chars().take(8).collect::<String>());
            runner.spawn(format!("jobs-{number}"), move |shared| shared.work(&name))?;
        }
        Ok(runner)
    }

    fn spawn(&mut self, name: String, body: impl FnOnce(&Shared) + Send + 'static) -> std::io::Result<()> {
        let shared = Arc::clone(&self.shared);
        self.threads.push(std::thread::Builder::new().name(name).spawn(move || body(&shared))?);
        Ok(())
    }

    /// Lets running jobs come to an end (they are told) and stops.
    pub fn stop(mut self) {
        self.halt();
    }

    fn halt(&mut self) {
        self.shared.stop.store(true, Ordering::Relaxed);
        self.shared.wake.notify_all();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                tracing::error!("a job thread panicked");
            }
        }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        self.halt();
    }
}

impl Shared {
    fn stopping(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn sleep(&self, time: Duration) {
        let guard = self.asleep.lock().unwrap_or_else(PoisonError::into_inner);
        if !self.stopping() {
            drop(self.wake.wait_timeout(guard, time));
        }
    }

    /// The clock: adds what is due, keeps leases, puts back what dead workers held.
    fn beat(&self) {
        while !self.stopping() {
            let now = self.office.clock.now();
            if let Err(error) = self.add_due(now) {
                tracing::warn!(%error, "the schedule could not be followed; trying again");
            }
            let held: Vec<_> = self.held.lock().unwrap_or_else(PoisonError::into_inner).clone().into_iter().collect();
            for (id, worker) in held {
                let beat = self.office.db.write(move |tx| store::jobs::progress(tx, id, &worker, None, now));
                if let Err(error) = beat {
                    tracing::warn!(%error, job = %id, "a job's lease could not be kept");
                }
            }
            self.rescue(now.plus_seconds(-LEASE_SECONDS));
            self.sleep(BEAT);
        }
    }

    fn rescue(&self, before: Instant) {
        match self.office.db.write(move |tx| store::jobs::rescue(tx, before)) {
            Ok(0) => {}
            Ok(jobs) => tracing::warn!(jobs, "jobs of workers that died were put back"),
            Err(error) => tracing::warn!(%error, "lost jobs could not be looked for"),
        }
    }

    fn add_due(&self, now: Instant) -> Result<(), Refused> {
        for entry in &self.schedule.0 {
            let slot = entry.slot(now);
            let id = entry.id(slot);
            if self.office.db.read(|tx| store::jobs::find(tx, id))?.is_some() {
                continue;
            }
            let job = NewJob {
                id,
                queue: QUEUE.to_owned(),
                name: entry.job.clone(),
                version: 1,
                payload: entry.payload.clone(),
                dedupe: Some(format!("schedule:{}:{:?}", entry.job, entry.when)),
                run_at: slot,
            };
            match self.office.db.write(move |tx| store::jobs::add(tx, &job)) {
                // Another node was faster.
                Ok(_) | Err(store::DbError::Unique { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    fn work(&self, worker: &str) {
        while !self.stopping() {
            match self.take(worker) {
                Ok(Some(job)) => self.run(worker, &job),
                Ok(None) => self.sleep(IDLE),
                Err(error) => {
                    tracing::warn!(%error, "no job could be taken; trying again");
                    self.sleep(BEAT);
                }
            }
        }
    }

    /// Looks before it writes: an idle program does not touch the disk.
    fn take(&self, worker: &str) -> Result<Option<JobRow>, Refused> {
        let now = self.office.clock.now();
        let next = self.office.db.read(|tx| store::jobs::next_at(tx, QUEUE))?;
        if next.is_none_or(|next| next > now) {
            return Ok(None);
        }
        let worker = worker.to_owned();
        Ok(self.office.db.write(move |tx| store::jobs::claim(tx, QUEUE, &worker, now))?)
    }

    fn run(&self, worker: &str, job: &JobRow) {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).insert(job.id, worker.to_owned());
        let started = self.office.clock.now();
        let result = self.handle(worker, job);
        self.held.lock().unwrap_or_else(PoisonError::into_inner).remove(&job.id);
        let took_ms = self.office.clock.now().0 - started.0;
        match &result {
            Ok(()) => tracing::info!(job = job.name, id = %job.id, took_ms, "job done"),
            Err(error) => tracing::warn!(job = job.name, id = %job.id, attempt = job.attempts, %error, "job failed"),
        }
        if let Err(error) = self.end(worker, job, result) {
            // The lease runs out and the job is done again.
            tracing::warn!(%error, job = job.name, id = %job.id, "a job's end could not be written");
        }
    }

    fn handle(&self, worker: &str, job: &JobRow) -> Result<(), Failed> {
        let handler = self
            .handlers
            .find(&job.name)
            .ok_or_else(|| Failed::Again(format!("this program knows no job {:?}", job.name)))?;
        if job.version > handler.version() {
            return Err(Failed::Again(format!("version {} of the payload needs a newer program", job.version)));
        }
        let running = Running {
            office: &self.office,
            id: job.id,
            payload: &job.payload,
            version: job.version,
            attempt: job.attempts,
            worker,
            stop: &self.stop,
        };
        catch_unwind(AssertUnwindSafe(|| handler.run(&running)))
            .unwrap_or_else(|_| Err(Failed::Again("the handler panicked".to_owned())))
    }

    fn end(&self, worker: &str, job: &JobRow, result: Result<(), Failed>) -> Result<(), Refused> {
        let (id, worker, now) = (job.id, worker.to_owned(), self.office.clock.now());
        let held = match result {
            Ok(()) => self.office.db.write(move |tx| store::jobs::finish(tx, id, &worker, now, None))?,
            Err(Failed::Never(error)) => {
                self.office.db.write(move |tx| store::jobs::finish(tx, id, &worker, now, Some(&error)))?
            }
            Err(Failed::Again(error)) if job.attempts >= ATTEMPTS => {
                self.office.db.write(move |tx| store::jobs::finish(tx, id, &worker, now, Some(&error)))?
            }
            Err(failed) => {
                let wait = if matches!(failed, Failed::Stopped) { 0 } else { self.wait(job.attempts) };
                let error = failed.to_string();
                let run_at = now.plus_seconds(wait);
                self.office.db.write(move |tx| store::jobs::retry(tx, id, &worker, run_at, &error))?
            }
        };
        if !held {
            tracing::warn!(job = job.name, %id, "the job had been given to another worker");
        }
        Ok(())
    }

    /// Seconds before the next attempt: doubling from 10 seconds to an hour, and up to a quarter more so that jobs that failed
    /// together do not come back together.
    fn wait(&self, attempts: i64) -> i64 {
        let doublings = attempts.clamp(1, 10) - 1;
        let seconds = (10_i64 << doublings).min(3_600);
        seconds + i64::try_from(self.office.rng.below(seconds.unsigned_abs() / 4 + 1)).unwrap_or(0)
    }
}
