//! The verifier (留痕核验): entries pass one by one, seals after them; the first bad place ends it.
use serde::Serialize;
use vault::Digest;

use crate::row_check::RowCheck;
use crate::{Entry, Evidence, Fault, Head, Place, Seal, Stop};

/// How much is checked.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Depth {
    /// Chains, heads and seals only (`--quick`).
    Chains,
    /// Also current rows and stored files.
    Full,
}

/// What was checked and found whole.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Report {
    /// Entries re-computed.
    pub entries: u64,
    /// Chains followed to their heads.
    pub subjects: u64,
    /// Seals re-computed.
    pub seals: u64,
    /// Row comparisons made.
    pub rows: u64,
    /// Files read and hashed.
    pub files: u64,
}

/// Takes entries chain by chain (origin and subject; in whatever order of chains), each by seq, then seals ordered by number, then [`Verifier::finish`].
///
/// Memory does not grow with the journal, except by rows that were deleted and by 32 bytes per file.
pub struct Verifier<'a> {
    evidence: &'a mut dyn Evidence,
    depth: Depth,
    /// Head of the chain being followed.
    running: Option<Head>,
    rows: RowCheck,
    sealed: Option<Seal>,
    report: Report,
}

impl<'a> Verifier<'a> {
    /// A verifier that has seen nothing.
    pub fn new(evidence: &'a mut dyn Evidence, depth: Depth) -> Self {
        Self { evidence, depth, running: None, rows: RowCheck::default(), sealed: None, report: Report::default() }
    }

    /// How far it has come, for a progress bar.
    pub fn entries(&self) -> u64 {
        self.report.entries
    }

    /// Checks the next entry.
    pub fn take(&mut self, entry: &Entry) -> Result<(), Stop> {
        let wrong = |fault| Err(Stop::at(Place::of(entry), fault));
        let computed = entry.computed();
        if computed != entry.digest {
            return wrong(Fault::Altered { stated: entry.digest, computed });
        }
        let continued = self
            .running
            .as_ref()
            .is_some_and(|head| head.subject == entry.draft.subject && head.origin == entry.draft.origin);
        if !continued {
            self.close_chain()?;
        }
        let (expected, prev) = self.running.as_ref().map_or((1, Digest::ZERO), |head| (head.seq + 1, head.digest));
        if entry.seq != expected {
            return wrong(Fault::Gap { expected, found: entry.seq });
        }
        match entry.draft.from_batch {
            Some(_) if continued => return wrong(Fault::NotFirst),
            Some(batch) => self.check_leaf(entry, batch)?,
            None if entry.prev != prev => return wrong(Fault::Unlinked { expected: prev, found: entry.prev }),
            None => {}
        }
        if self.depth == Depth::Full {
            self.rows.take(entry, self.evidence)?;
        }
        self.running = Some(Head::of(entry));
        self.report.entries += 1;
        Ok(())
    }

    /// A chain that begins at a bulk act's leaf: the act exists, and in full depth it holds the leaf.
    fn check_leaf(&mut self, entry: &Entry, batch: base::EntryId) -> Result<(), Stop> {
        let known = match self.depth {
            Depth::Chains => self.evidence.find_standing(batch).map_err(Stop::Unread)?.is_some(),
            Depth::Full => self.evidence.holds_leaf(batch, &entry.prev).map_err(Stop::Unread)?,
        };
        if known { Ok(()) } else { Err(Stop::at(Place::of(entry), Fault::UnknownLeaf(batch))) }
    }

    /// Compares the chain that ended with its recorded head.
    fn close_chain(&mut self) -> Result<(), Stop> {
        let Some(last) = self.running.take() else { return Ok(()) };
        self.report.subjects += 1;
        let head = self.evidence.find_head(last.origin, &last.subject).map_err(Stop::Unread)?;
        let fault = match head {
            Some(head) if head == last => return Ok(()),
            None => Fault::NoHead,
            Some(head) if head.seq > last.seq => Fault::TailCut { head: head.seq, last: last.seq },
            Some(head) => Fault::HeadDiffers { head: head.seq, last: last.seq },
        };
        Err(Stop::at(Place::Subject(last.subject), fault))
    }

    /// Checks the next seal, given its stored leaves (in any order: a seal stands for a set).
    pub fn take_seal(&mut self, seal: &Seal, heads: &[Head]) -> Result<(), Stop> {
        self.close_chain()?;
        let wrong = |fault| Err(Stop::at(Place::Seal(seal.no), fault));
        if seal.digest != seal.computed() {
            return wrong(Fault::SealAltered);
        }
        let (expected, prev) = self.sealed.as_ref().map_or((1, Digest::ZERO), |last| (last.no + 1, last.digest));
        if seal.no != expected {
            return wrong(Fault::SealGap { expected });
        }
        if seal.prev != prev {
            return wrong(Fault::SealUnlinked);
        }
        if seal.count != heads.len() as u64 || seal.heads_root != Seal::root_of(heads) {
            return wrong(Fault::SealLeaves);
        }
        for Head { origin, subject, seq, digest } in heads {
            match self.evidence.find_digest(*origin, subject, *seq).map_err(Stop::Unread)? {
                Some(found) if found == *digest => {}
                Some(_) => return wrong(Fault::SealedDiffers { subject: subject.clone(), seq: *seq }),
                None => return wrong(Fault::SealedMissing { subject: subject.clone(), seq: *seq }),
            }
        }
        self.sealed = Some(seal.clone());
        self.report.seals += 1;
        Ok(())
    }

    /// Checks what only the whole can tell, and reports.
    pub fn finish(mut self) -> Result<Report, Stop> {
        self.close_chain()?;
        let (heads, chains) = (self.evidence.count_heads().map_err(Stop::Unread)?, self.report.subjects);
        if heads != chains {
            return Err(Stop::at(Place::Journal, Fault::HeadsAndChains { heads, chains }));
        }
        if self.depth == Depth::Full {
            self.rows.finish(self.evidence)?;
        }
        Ok(Report { rows: self.rows.rows, files: self.rows.files(), ..self.report })
    }
}
