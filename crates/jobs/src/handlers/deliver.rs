//! Sends what waits for outside systems (送出消息), in order per subject, tried again ever later.
use base::JobId;
use office::connector::Connector;
use office::connector::outbox::JOB;
use store::jobs::NewJob;

use crate::{Failed, Handler, Running};

/// Payload `{"connector": "case_status"}`, or nothing for all: the schedule's safety net. Each act that leaves a message leaves one of
/// these; when something has to be tried again, the job leaves another for that moment.
#[derive(Debug)]
pub struct Deliver;

impl Handler for Deliver {
    fn name(&self) -> &'static str {
        JOB
    }

    fn title(&self) -> &'static str {
        "送出消息"
    }

    fn run(&self, job: &Running<'_>) -> Result<(), Failed> {
        let asked = job.payload.get("connector").and_then(serde_json::Value::as_str);
        let one = asked.map(|word| {
            Connector::parse(word).ok_or_else(|| Failed::Never(format!("there is no connection {word:?}")))
        });
        let wanted = one.transpose()?.map_or_else(|| Connector::ALL.to_vec(), |one| vec![one]);
        for connector in wanted.into_iter().filter(|connector| connector.sends()) {
            let done = job.office.deliver(connector, &mut || !job.is_stopping())?;
            if done != office::connector::outbox::Delivered::default() {
                tracing::info!(
                    connector = connector.as_str(),
                    sent = done.sent,
                    again = done.again,
                    dead = done.dead,
                    "messages"
                );
            }
            if job.is_stopping() {
                return Err(Failed::Stopped);
            }
            if let Some(at) = done.next {
                let next = NewJob {
                    id: JobId::fresh_at(job.office.clock.now(), &job.office.rng),
                    queue: "default".to_owned(),
                    name: JOB.to_owned(),
                    version: 1,
                    payload: serde_json::json!({ "connector": connector.as_str() }),
                    // The same moment is waited for once.
                    dedupe: Some(format!("{JOB}:{}:{at}", connector.as_str())),
                    run_at: at,
                };
                job.office.db.write(move |tx| store::jobs::add(tx, &next))?;
            }
        }
        Ok(())
    }
}
