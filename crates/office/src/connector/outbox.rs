//! The outbox (待送消息): written in the act's transaction, sent by a job.
use base::{Instant, JobId, RecordId};
use serde_json::json;
use store::jobs::NewJob;
use store::outside::{self, Attempt, OutboxRow};
use vault::sm3;

use super::messages::Message;
use super::wire::{Exchange, Trouble};
use super::{Connector, Kind, Line};
use crate::act::Work;
use crate::{Office, Refused};

/// The job that sends; its payload names the connection, or none for all.
pub const JOB: &str = "deliver";
/// Messages looked up at a time.
const PAGE: usize = 50;
/// A sender that is silent for so much longer than an attempt may take is thought dead.
const GRACE_SECONDS: i64 = 30;
/// Sent messages are kept for so long, for questions.
const KEPT_SECONDS: i64 = 90 * 24 * 3_600;

/// What a round of sending did.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Delivered {
    /// Arrived.
    pub sent: usize,
    /// To be tried again.
    pub again: usize,
    /// Given up.
    pub dead: usize,
    /// When the next message may be sent, if one waits.
    pub next: Option<Instant>,
}

/// Seconds after which attempt number `attempts` is followed by another: 10 s, 20 s, 40 s... up to an hour.
pub fn wait_after(attempts: i64) -> i64 {
    (10_i64 << (attempts.clamp(1, 10) - 1)).min(3_600)
}

impl Office {
    /// Puts a message into the outbox if its connection is on: with the act or not at all. What is told of invented cases never goes
    /// to another system.
    pub(crate) fn tell_outside<M: Message>(
        &self,
        work: &mut Work<'_, '_>,
        subject: &str,
        synthetic: bool,
        message: &M,
    ) -> Result<(), Refused> {
        let Some(line) = self.outside.line(M::CONNECTOR) else { return Ok(()) };
        if synthetic && line.kind == Kind::Http {
            return Ok(());
        }
        let (connector, origin) = (M::CONNECTOR.as_str(), work.deed.origin);
        let body = serde_json::to_value(message).map_err(Refused::internal)?;
        let seq = outside::next_seq(work.tx, origin, connector, subject)?;
        let digest = sm3(body.to_string().as_bytes()).to_string();
        work.note(&format!("message.{connector}.{seq}"), json!({ "kind": message.kind(), "digest": digest }));
        let row = OutboxRow {
            origin,
            id: RecordId::fresh_at(work.at, &self.rng),
            connector: connector.to_owned(),
            subject: subject.to_owned(),
            seq,
            kind: message.kind().to_owned(),
            version: M::VERSION,
            body,
            made_at: work.at,
            state: "waiting".to_owned(),
            attempts: 0,
            due_at: work.at,
            error: None,
            ended_at: None,
        };
        work.tx.insert(&row)?;
        self.ask_for_delivery(work.tx, M::CONNECTOR, work.at)
    }

    /// A job of its own for every message, without a key that keeps it from waiting twice: with one, a job that begins just before
    /// the act commits would swallow it.
    pub(crate) fn ask_for_delivery(
        &self,
        tx: &mut store::Tx<'_>,
        connector: Connector,
        run_at: Instant,
    ) -> Result<(), Refused> {
        let job = NewJob {
            id: JobId::fresh_at(self.clock.now(), &self.rng),
            queue: "default".to_owned(),
            name: JOB.to_owned(),
            version: 1,
            payload: json!({ "connector": connector.as_str() }),
            dedupe: None,
            run_at,
        };
        store::jobs::add(tx, &job)?;
        Ok(())
    }

    /// Sends what may be sent now over one connection. `go_on` is asked between messages.
    pub fn deliver(&self, connector: Connector, go_on: &mut dyn FnMut() -> bool) -> Result<Delivered, Refused> {
        let mut done = Delivered::default();
        let Some(line) = self.outside.line(connector) else { return Ok(done) };
        'rounds: loop {
            let now = self.clock.now();
            let heads = self.db.read(|tx| outside::heads(tx, connector.as_str(), now, PAGE))?;
            let mut moved = false;
            for row in &heads {
                if !go_on() {
                    break 'rounds;
                }
                match self.attempt(line, row)? {
                    None => continue,
                    Some(Attempt::Sent) => done.sent += 1,
                    Some(Attempt::Again(..)) => done.again += 1,
                    Some(Attempt::Dead(_)) => done.dead += 1,
                }
                moved = true;
            }
            if !moved {
                break;
            }
        }
        done.next = self.db.read(|tx| outside::next_due(tx, connector.as_str()))?;
        Ok(done)
    }

    /// One attempt at one message; none if another process is at it.
    fn attempt(&self, line: &Line, row: &OutboxRow) -> Result<Option<Attempt>, Refused> {
        let now = self.clock.now();
        let lease = now.plus_seconds(i64::from(line.timeout) + GRACE_SECONDS);
        let claimed = row.clone();
        if !self.db.write(move |tx| outside::claim(tx, &claimed, now, lease))? {
            return Ok(None);
        }
        let envelope = json!({
            "id": row.id,
            "kind": row.kind,
            "version": row.version,
            "subject": row.subject,
            "seq": row.seq,
            "made_at": row.made_at,
            "body": row.body,
        });
        let exchange =
            Exchange { path: "messages", key: row.id.to_string(), at: self.clock.now(), body: envelope.to_string() };
        let attempts = row.attempts + 1;
        let (now, end) = match line.ask(&exchange, false) {
            Ok(_) => (self.clock.now(), Attempt::Sent),
            Err(Trouble::Again(why)) if attempts < line.attempts => {
                let now = self.clock.now();
                (now, Attempt::Again(now.plus_seconds(wait_after(attempts)), why))
            }
            Err(Trouble::Again(why) | Trouble::Never(why)) => (self.clock.now(), Attempt::Dead(why)),
        };
        if let Attempt::Dead(why) = &end {
            tracing::error!(connector = row.connector, kind = row.kind, id = %row.id, why, "a message was given up");
        }
        let (settled, how) = (row.clone(), end.clone());
        let held = self.db.write(move |tx| outside::settle(tx, &settled, attempts, now, &how))?;
        Ok(held.then_some(end))
    }

    /// Forgets messages sent long ago; how many.
    pub fn tidy_outbox(&self) -> Result<u64, Refused> {
        let before = self.clock.now().plus_seconds(-KEPT_SECONDS);
        self.db.write(move |tx| outside::forget(tx, before).map_err(Refused::from))
    }
}
