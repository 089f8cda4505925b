//! Making days ready (准备某一日的事实): small registers at once, large ones by one thread in the background, one day after the other.
use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use base::{AreaCode, Date};

use super::build::Built;
use super::{Day, Ready, locked};
use crate::{Office, Refused};

/// Organizations that are read at once, well under a second.
const SMALL: i64 = 20_000;
/// Change rows behind which reading everything anew is cheaper than following.
const TOO_FAR: u64 = 20_000;

/// What is being made.
#[derive(Default)]
pub(super) struct Making {
    queue: Mutex<Queue>,
    /// One small day is made at a time, so that nobody makes it twice.
    small: Mutex<()>,
    done: AtomicU64,
    of: AtomicU64,
}

#[derive(Default)]
struct Queue {
    /// The thread runs.
    running: bool,
    /// The first is being made.
    days: VecDeque<Date>,
    /// What went wrong with a day; the next who asks is told.
    failed: Vec<(Date, String)>,
}

impl Office {
    /// Makes a day ready, or says how far it is.
    pub(super) fn make_facts(&self, day: Date) -> Result<Ready<Arc<Day>>, Refused> {
        if self.is_small()? {
            let _one = locked(&self.facts.making.small);
            if let Some(found) = self.facts.find(day, self.clock.today()) {
                return Ok(Ready::Now(found));
            }
            return self.make_day(day).map(Ready::Now);
        }
        let making = &self.facts.making;
        let mut queue = locked(&making.queue);
        if let Some(at) = queue.failed.iter().position(|(failed, _)| *failed == day) {
            return Err(Refused::internal(queue.failed.remove(at).1));
        }
        if !queue.days.contains(&day) {
            queue.days.push_back(day);
        }
        if !queue.running {
            queue.running = true;
            making.done.store(0, Ordering::Relaxed);
            let office = self.clone();
            let thread = std::thread::Builder::new().name("facts".to_owned()).spawn(move || office.make_queued());
            // It runs until nothing is asked for, and ends with the process.
            thread.map(drop).map_err(Refused::internal)?;
        }
        let first = queue.days.front().copied() == Some(day);
        let (done, of) = (making.done.load(Ordering::Relaxed), making.of.load(Ordering::Relaxed));
        Ok(if first { Ready::Soon { day, done, of } } else { Ready::Soon { day, done: 0, of } })
    }

    fn is_small(&self) -> Result<bool, Refused> {
        let nation = AreaCode::nation();
        let counts = self.db.read(|tx| store::cubes::of_area(tx, "org.registrar", &nation))?;
        Ok(counts.iter().map(|count| count.number).sum::<i64>() <= SMALL)
    }

    fn make_queued(&self) {
        let making = &self.facts.making;
        loop {
            let next = {
                let mut queue = locked(&making.queue);
                let next = queue.days.front().copied();
                queue.running = next.is_some();
                next
            };
            let Some(day) = next else { return };
            making.done.store(0, Ordering::Relaxed);
            let made = self.make_day(day);
            let mut queue = locked(&making.queue);
            queue.days.pop_front();
            if let Err(error) = made {
                tracing::error!(%day, %error, detail = ?error, "the facts of a day could not be made");
                queue.failed.retain(|(failed, _)| *failed != day);
                queue.failed.push((day, error.to_string()));
            }
        }
    }

    /// Makes a day: from its file and what happened since, or anew. It is held from then on.
    fn make_day(&self, date: Date) -> Result<Arc<Day>, Refused> {
        let live = date == self.clock.today();
        let day = self.day_of_file(date, live)?.map_or_else(|| self.day_of_register(date, live), Ok)?;
        {
            let _one = locked(&self.facts.following);
            self.follow_day(&day)?;
            if live {
                self.facts.set_today(Arc::clone(&day));
                self.facts.moved();
            } else if let Some(gone) = self.facts.hold(Arc::clone(&day)) {
                self.keep_day(&gone);
            }
        }
        if !live {
            self.keep_day(&day);
        }
        Ok(day)
    }

    fn day_of_register(&self, date: Date, live: bool) -> Result<Arc<Day>, Refused> {
        let begun = std::time::Instant::now();
        let Built { base, ahead } = self.build_facts(date, None, live, &|done, of| {
            self.facts.making.done.store(done, Ordering::Relaxed);
            self.facts.making.of.store(of, Ordering::Relaxed);
            true
        })?;
        tracing::info!(day = %date, took = ?begun.elapsed(), "facts read from the register");
        Ok(Day::of(base, ahead, live))
    }

    /// The day as its file has it, moved on to today if it is today's; none where there is no file or it cannot be used.
    fn day_of_file(&self, date: Date, live: bool) -> Result<Option<Arc<Day>>, Refused> {
        let Some(Built { base, ahead }) = self.read_day(date, live) else { return Ok(None) };
        let heads = self.db.read(store::change::heads)?;
        let behind: u64 =
            heads.iter().map(|(origin, head)| head.cast_unsigned().saturating_sub(base.position(origin))).sum();
        let ahead_of = base
            .positions()
            .iter()
            .any(|(origin, pos)| heads.get(origin).is_none_or(|head| head.cast_unsigned() < *pos));
        // Positions beyond the newest change: the file belongs to another database, or to one that was restored.
        if behind > TOO_FAR || ahead_of || base.date() > date {
            return Ok(None);
        }
        if base.date() < date {
            let day = Day::of(base, ahead, live);
            self.follow_day(&day)?;
            let (base, ahead) = (day.read().clone(), locked(&day.ahead).clone());
            drop(day);
            return self.move_facts(base, ahead, date).map(Some);
        }
        Ok(Some(Day::of(base, ahead, live)))
    }
}
