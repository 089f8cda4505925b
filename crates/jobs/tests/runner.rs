//! The runner on both engines: done once, tried again, given up, taken over, stopped.
#![expect(clippy::unwrap_used, reason = "test code: a failure here must stop the test")]
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use base::{Instant, JobId};
use jobs::{Failed, Handler, Registry, Runner, Running, Schedule};
use office::audit::SealLog;
use office::testing::{TestOffice, on_each_engine};
use store::jobs::{JobRow, NewJob};

/// Counts, and fails as told by its payload.
#[derive(Default)]
struct Count(AtomicUsize);

impl Handler for Count {
    fn name(&self) -> &'static str {
        "count"
    }
    fn former_names(&self) -> &'static [&'static str] {
        &["tally"]
    }
    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        self.0.fetch_add(1, Ordering::SeqCst);
        job.progress("一半")?;
        match job.payload["fail"].as_str() {
            Some("again") if job.attempt < 2 => Err(Failed::Again("not yet".to_owned())),
            Some("never") => Err(Failed::Never("no".to_owned())),
            Some("panic") if job.attempt < 2 => panic!("as told"),
            Some("wait") => {
                while !job.is_stopping() {
                    std::thread::sleep(Duration::from_millis(5));
                }
                Err(Failed::Stopped)
            }
            _ => Ok(()),
        }
    }
}

fn add(office: &TestOffice, number: u128, name: &str, version: i64, fail: &str) -> JobId {
    let job = NewJob {
        id: JobId::from_bits(number),
        queue: "default".to_owned(),
        name: name.to_owned(),
        version,
        payload: serde_json::json!({ "fail": fail }),
        dedupe: None,
        run_at: office.clock.now(),
    };
    let id = job.id;
    assert!(office.db.write(move |tx| store::jobs::add(tx, &job)).unwrap());
    id
}

fn find(office: &TestOffice, id: JobId) -> JobRow {
    office.db.read(|tx| store::jobs::find(tx, id)).unwrap().unwrap()
}

/// Waits until `seen` says so; the clock of the office stands still meanwhile.
fn until(what: &str, seen: impl Fn() -> bool) {
    for _ in 0..1_000 {
        if seen() {
            return;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("{what} did not happen");
}

fn start(office: &TestOffice, count: &Arc<Count>) -> Runner {
    let handlers = Registry::of([Arc::clone(count) as Arc<dyn Handler>]);
    Runner::start(office.office.clone(), handlers, Schedule::default(), 2).unwrap()
}

#[test]
fn jobs_are_done_once_tried_again_or_given_up() {
    on_each_engine(|office| {
        let count = Arc::new(Count::default());
        let good = add(office, 1, "count", 1, "");
        let old_name = add(office, 2, "tally", 1, "");
        let never = add(office, 3, "count", 1, "never");
        let (again, panics) = (add(office, 4, "count", 1, "again"), add(office, 5, "count", 1, "panic"));
        let (unknown, newer) = (add(office, 6, "nobody", 1, ""), add(office, 7, "count", 2, ""));
        let runner = start(office, &count);
        until("the first round", || [again, panics, unknown, newer].iter().all(|id| find(office, *id).error.is_some()));
        until("the good ones", || [good, old_name].iter().all(|id| find(office, *id).state == "done"));
        assert_eq!(find(office, good).progress.as_deref(), Some("一半"));
        until("the hopeless one", || find(office, never).state == "failed");
        assert_eq!(find(office, never).error.as_deref(), Some("no"));
        for waits in [again, panics, unknown, newer] {
            let job = find(office, waits);
            let seconds = (job.run_at.0 - office.clock.now().0) / 1_000;
            assert!(job.state == "waiting" && (10..=13).contains(&seconds), "{job:?}");
        }
        office.clock.advance(20);
        until("the second attempts", || [again, panics].iter().all(|id| find(office, *id).state == "done"));
        runner.stop();
        assert_eq!(count.0.load(Ordering::SeqCst), 7);
    });
}

#[test]
fn a_stopping_program_puts_its_job_back_and_a_dead_ones_is_taken_over() {
    on_each_engine(|office| {
        let count = Arc::new(Count::default());
        let long = add(office, 1, "count", 1, "wait");
        let runner = start(office, &count);
        until("the start", || find(office, long).state == "running");
        runner.stop();
        assert_eq!((find(office, long).state.as_str(), find(office, long).locked_by), ("waiting", None));
        // A worker that died: its lease runs out (at once where only one program works on the file).
        let now = office.clock.now();
        office.db.write(move |tx| store::jobs::claim(tx, "default", "dead", now)).unwrap().unwrap();
        office.clock.advance(jobs::LEASE_SECONDS + 1);
        let runner = start(office, &count);
        until("taking over", || count.0.load(Ordering::SeqCst) == 2);
        let late = now.plus_seconds(1);
        let believed = office.db.write(move |tx| store::jobs::finish(tx, long, "dead", late, None)).unwrap();
        assert!(!believed, "the dead worker's word no longer counts");
        runner.stop();
    });
}

#[test]
fn the_schedule_starts_each_slot_once_however_many_nodes_there_are() {
    on_each_engine(|office| {
        let folder = tempfile::tempdir().unwrap();
        let log = SealLog::at(folder.path().join("seal.log"));
        office.body("street", "街道办事处", "210102");
        let schedule = Schedule::parse("[[entry]]\njob = \"seal\"\nevery = \"10m\"").unwrap();
        let node = || {
            Runner::start(office.office.clone(), jobs::handlers::standard(log.clone()), schedule.clone(), 1).unwrap()
        };
        let nodes = [node(), node()];
        until("the seal", || log.text().unwrap().lines().count() == 1);
        let done = || office.db.read(|tx| store::jobs::list(tx, "done", 10)).unwrap().len();
        until("its end", || done() == 1);
        drop(nodes);
        assert_eq!(done(), 1);
        assert!(office.db.read(|tx| store::journal::seals(tx, 0, 10)).unwrap().len() == 1);
        assert!(office.clock.now() > Instant(0));
    });
}
