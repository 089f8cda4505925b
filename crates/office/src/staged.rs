//! A chunk made ready (待写批次): every row with its stamp, its values side by side, its digest taken, the Merkle root made. The writer
//! inserts, and does nothing else, because on SQLite everybody waits for it.
use std::collections::BTreeMap;

use base::Origin;
use journal::Batch;
use serde_json::json;
use store::change::Change;
use store::cubes::CubeKey;
use store::organizations::{CreditCode, FilingNumber, NameReservation, Officer, Organization, Version};
use store::registers::QualityIssue;
use store::{DbError, Record, Rows};
use vault::Digest;

use crate::act::Stamp;
use crate::bulk::Ready;
use crate::proof::{RowDigests, digest_of_change};
use crate::{Refused, Work};

/// A chunk of organizations, ready to be written under its stamp.
#[derive(Debug)]
pub struct Staged {
    pub(crate) stamp: Stamp,
    organizations: Proven<Organization>,
    versions: Proven<Version>,
    officers: Proven<Officer>,
    codes: Proven<CreditCode>,
    numbers: Proven<FilingNumber>,
    names: Proven<NameReservation>,
    /// Names that may have to be taken from a reservation that ran out.
    contested: Vec<NameReservation>,
    issues: Proven<QualityIssue>,
    changes: Vec<Change>,
    cubes: BTreeMap<CubeKey, i64>,
    batch: Batch,
}

impl Staged {
    pub(crate) fn new(stamp: Stamp, cubes: BTreeMap<CubeKey, i64>) -> Self {
        Self {
            stamp,
            organizations: Proven::default(),
            versions: Proven::default(),
            officers: Proven::default(),
            codes: Proven::default(),
            numbers: Proven::default(),
            names: Proven::default(),
            contested: Vec::new(),
            issues: Proven::default(),
            changes: Vec::new(),
            cubes,
            batch: journal::batch_of(Vec::new()),
        }
    }

    /// How many organizations it holds.
    pub fn len(&self) -> usize {
        self.organizations.rows.len()
    }

    /// Takes one organization's rows. `careful`: its name may be that of a reservation which ran out.
    pub(crate) fn take(&mut self, ready: Ready, careful: bool) {
        let Stamp { entry, at, today } = self.stamp;
        let Ready { mut row, versions, officers, name, issues } = ready;
        row.entry = entry;
        let (origin, org, until) = (row.origin, row.id, row.ended_on);
        let since = versions.first().map_or(today, |version| version.valid_from);
        if let Some(code) = row.code.clone() {
            self.codes.put(CreditCode { code, origin, org, since, until, entry });
        }
        if let Some(number) = row.filing_number.clone() {
            self.numbers.put(FilingNumber { number, origin, org, since, until, entry });
        }
        self.organizations.put(row);
        for version in versions {
            self.versions.put(Version { entry, recorded_at: at, ..version });
        }
        for officer in officers {
            self.officers.put(Officer { entry, recorded_at: at, ..officer });
        }
        for issue in issues {
            self.issues.put(QualityIssue { entry, ..issue });
        }
        match name.map(|name| NameReservation { entry, ..name }) {
            Some(name) if careful => self.contested.push(name),
            Some(name) => self.names.put(name),
            None => {}
        }
    }

    /// Followers learn the ids by one change row per origin. With these the act is complete, and its Merkle root is made.
    pub(crate) fn announce(&mut self, ids: BTreeMap<Origin, Vec<String>>, subject: &str) {
        let Stamp { entry, today: day, .. } = self.stamp;
        self.changes = ids
            .into_iter()
            .map(|(origin, ids)| Change {
                origin,
                entry,
                kind: "import".to_owned(),
                subject: subject.to_owned(),
                day,
                public: Some(json!({ "organizations": ids })),
            })
            .collect();
        let mut digests: Vec<Digest> = self.changes.iter().map(digest_of_change).collect();
        self.organizations.hand_over(&mut digests);
        self.versions.hand_over(&mut digests);
        self.officers.hand_over(&mut digests);
        self.codes.hand_over(&mut digests);
        self.numbers.hand_over(&mut digests);
        self.names.hand_over(&mut digests);
        self.issues.hand_over(&mut digests);
        self.batch = journal::batch_of(digests);
    }

    /// Writes everything; [`Refused::Conflict`] where a code, number or name was taken since it was looked up.
    pub(crate) fn write(&self, work: &mut Work<'_, '_>) -> Result<(), Refused> {
        if self.batch.count > 0 {
            work.vouch(self.batch);
        }
        work.insert_ready(&self.organizations.rows)?;
        work.insert_ready(&self.versions.rows)?;
        work.insert_ready(&self.officers.rows)?;
        work.insert_ready(&self.issues.rows)?;
        work.insert_ready(&self.codes.rows).map_err(taken)?;
        work.insert_ready(&self.numbers.rows).map_err(taken)?;
        work.insert_ready(&self.names.rows).map_err(taken)?;
        for name in &self.contested {
            store::organizations::take_name(work.tx, name, work.today).map_err(taken)?;
        }
        for (key, by) in &self.cubes {
            work.tx.tally(key.clone(), *by);
        }
        for change in &self.changes {
            work.tx.announce(change.clone());
        }
        Ok(())
    }
}

/// Rows of one table with their digests.
#[derive(Debug)]
struct Proven<R> {
    rows: Rows<R>,
    taker: RowDigests,
    digests: Vec<Digest>,
}

impl<R: Record> Default for Proven<R> {
    fn default() -> Self {
        Self { rows: Rows::default(), taker: RowDigests::of::<R>(), digests: Vec::new() }
    }
}

impl<R: Record> Proven<R> {
    fn put(&mut self, record: R) {
        self.rows.push(record);
        self.digests.extend(self.rows.last().map(|values| self.taker.digest(values)));
    }

    fn hand_over(&mut self, to: &mut Vec<Digest>) {
        to.append(&mut self.digests);
    }
}

fn taken(error: DbError) -> Refused {
    match error {
        DbError::Unique { .. } => Refused::Conflict,
        other => other.into(),
    }
}
