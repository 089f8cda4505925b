//! The follower of the name index (名称索引的跟随者): reads the change rows in order, makes the documents of each organization they
//! speak of anew from its versions, and hands both, with the positions, to [`search::Index`]. What comes twice changes nothing,
//! because a document is a function of the versions alone and the index keeps its position with it.
pub mod docs;
mod run;
mod tell;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use base::{OrgId, Origin};
use store::Tx;
use store::change::{self, ChangeRow, Positions};
use store::organizations::{self, Version};

pub use run::Follower;

use crate::{Office, Refused};

/// Change rows taken at a time. A row of a bulk act stands for up to a thousand organizations.
const BATCH: usize = 64;
/// Organizations behind which a whole rebuild is cheaper than following (measured: a rebuild reads 100,000 versions a second).
const TOO_FAR: i64 = 20_000;
/// Documents on their way from the reader of a rebuild to the writer.
const IN_FLIGHT: usize = 1_024;

/// What one round of following did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Caught {
    /// Change rows passed.
    pub changes: usize,
    /// Organizations whose documents were made anew.
    pub organizations: usize,
}

/// Changes ready for the index, and how far they reach.
struct Batch {
    rows: usize,
    changes: Vec<search::Change>,
    positions: Vec<(Origin, u64)>,
}

impl Office {
    /// The index, or the refusal that says it is not there yet.
    pub fn search_index(&self) -> Result<&Arc<search::Index>, Refused> {
        self.index.as_ref().ok_or(Refused::Busy)
    }

    /// Brings the index up to the newest change; returns when there is nothing more. For tests, the command line, and each round
    /// of the running [`Follower`].
    pub fn catch_up(&self) -> Result<Caught, Refused> {
        let index = Arc::clone(self.search_index()?);
        let mut positions = self.index_positions(&index)?;
        let mut caught = Caught::default();
        if self.is_far_behind(&positions)? {
            caught.organizations = self.rebuild_index()?;
            positions = self.index_positions(&index)?;
        }
        loop {
            let batch = self.next_batch(&positions)?;
            if batch.rows == 0 {
                break;
            }
            index.apply(&batch.changes, &batch.positions).map_err(Refused::internal)?;
            caught.changes += batch.rows;
            caught.organizations += batch.changes.len();
            positions.extend(batch.positions.iter().map(|(origin, pos)| (*origin, pos.cast_signed())));
        }
        if index.merge_due() {
            index.merge().map_err(Refused::internal)?;
        }
        Ok(caught)
    }

    /// Throws the index away and makes it anew from all versions. Searches go on meanwhile with the old one. Gives the number of
    /// organizations read.
    pub fn rebuild_index(&self) -> Result<usize, Refused> {
        let index = Arc::clone(self.search_index()?);
        let (documents, receive) = sync_channel(IN_FLIGHT);
        let (heads, at) = channel();
        let read = std::thread::scope(|scope| {
            let reader = scope.spawn(|| self.read_all(&documents_to(documents), &heads_to(heads)));
            let built = at.recv().map_err(Refused::internal).and_then(|positions| build(&index, receive, &positions));
            let read = reader.join().unwrap_or_else(|_| Err(Refused::internal("the reader of the rebuild panicked")));
            // What the reader says comes first: the builder only sees its end.
            read.and_then(|count| built.map(|()| count))
        });
        if read.is_err() {
            // Half an index must not pass for a whole one: without positions the next round starts over.
            index.rebuild(std::iter::empty(), &[]).map_err(Refused::internal)?;
        }
        read
    }

    fn index_positions(&self, index: &search::Index) -> Result<Positions, Refused> {
        let heads = self.db.read(change::heads)?;
        let known = heads.into_keys().map(|origin| Ok((origin, index.position(origin)?.cast_signed())));
        known.collect::<Result<_, search::Error>>().map_err(Refused::internal)
    }

    fn is_far_behind(&self, positions: &Positions) -> Result<bool, Refused> {
        let heads = self.db.read(change::heads)?;
        let behind = heads.iter().map(|(origin, head)| head - positions.get(origin).copied().unwrap_or(0)).sum::<i64>();
        Ok(behind > TOO_FAR || (behind > BATCH as i64 && positions.values().all(|pos| *pos == 0)))
    }

    fn next_batch(&self, positions: &Positions) -> Result<Batch, Refused> {
        let today = self.clock.today();
        self.db.read(|tx| {
            let rows = change::follow(tx, positions, BATCH)?;
            let mut changes = Vec::new();
            for row in &rows {
                for id in organizations_in(row) {
                    let docs = match organizations::locate(tx, id)? {
                        Some(origin) => docs::docs_of(&organizations::versions(tx, origin, id)?, today)?,
                        None => Vec::new(),
                    };
                    changes.push(search::Change { id, origin: row.origin, pos: row.pos.cast_unsigned(), docs });
                }
            }
            let positions = rows.iter().map(|row| (row.origin, row.pos.cast_unsigned())).collect();
            Ok(Batch { rows: rows.len(), changes, positions })
        })
    }

    fn read_all(
        &self,
        send: &dyn Fn(search::Change) -> bool,
        start: &dyn Fn(Vec<(Origin, u64)>),
    ) -> Result<usize, Refused> {
        let today = self.clock.today();
        self.db.read(|tx: &mut Tx<'_>| {
            let heads = change::heads(tx)?;
            start(heads.into_iter().map(|(origin, pos)| (origin, pos.cast_unsigned())).collect());
            let (mut gathered, mut count): (Vec<Version>, usize) = (Vec::new(), 0);
            let mut flush = |versions: &mut Vec<Version>| -> Result<(), Refused> {
                let Some(first) = versions.first() else { return Ok(()) };
                let (id, origin) = (first.org, first.origin);
                let docs = docs::docs_of(versions, today)?;
                versions.clear();
                count += 1;
                if send(search::Change { id, origin, pos: 0, docs }) {
                    Ok(())
                } else {
                    Err(Refused::internal("the builder stopped"))
                }
            };
            tx.each_record::<Version, Refused>(|version| {
                if gathered.first().is_some_and(|first| first.org != version.org) {
                    flush(&mut gathered)?;
                }
                gathered.push(version);
                Ok(())
            })?;
            flush(&mut gathered)?;
            Ok(count)
        })
    }
}

fn documents_to(channel: SyncSender<search::Change>) -> impl Fn(search::Change) -> bool {
    move |change| channel.send(change).is_ok()
}

fn heads_to(channel: std::sync::mpsc::Sender<Vec<(Origin, u64)>>) -> impl Fn(Vec<(Origin, u64)>) {
    move |positions| drop(channel.send(positions))
}

fn build(index: &search::Index, all: Receiver<search::Change>, positions: &[(Origin, u64)]) -> Result<(), Refused> {
    index.rebuild(all, positions).map_err(Refused::internal)
}

/// Which organizations a change row speaks of: its subject, or the list that a bulk act announces.
pub fn organizations_in(row: &ChangeRow) -> Vec<OrgId> {
    // Rows of the first demonstrations name an organization by its id alone.
    let id = row.subject.strip_prefix("org/").or_else(|| Some(row.subject.as_str()).filter(|_| row.kind == "org"));
    let of_subject = id.and_then(|id| id.parse().ok());
    let listed = row.public.as_ref().map(crate::bulk::announced).unwrap_or_default();
    of_subject.into_iter().chain(listed).collect()
}

impl From<search::Error> for Refused {
    fn from(error: search::Error) -> Self {
        Self::internal(error)
    }
}
