//! Sealing (封存): what every ten minutes, the shutdown and each night close.
use base::Instant;
use journal::{Head, Seal};
use store::Tx;
use store::journal::{SealHead, SealRow};
use vault::Digest;

use super::SealLog;
use crate::ledger::digest_of;
use crate::{Office, Refused};

impl Office {
    /// Seals every chain that moved since the last seal; none if nothing moved, unless it is the nightly one. The seal is in the
    /// database and in the log when this returns; lines that a crash kept from the log are written first, so that never more than
    /// one is missing.
    pub fn seal(&self, log: &SealLog, nightly: bool) -> Result<Option<Seal>, Refused> {
        self.complete_seal_log(log)?;
        let at = self.clock.now();
        let made = self.db.write(move |tx| seal_once(tx, at, nightly))?;
        self.complete_seal_log(log)?;
        Ok(made)
    }

    /// Brings the log up to the database's seals; how many lines were missing.
    pub fn complete_seal_log(&self, log: &SealLog) -> Result<usize, Refused> {
        log.extend(|kept| {
            let after = kept.last().map_or(0, |seal| seal.no);
            let rows = self.db.read(|tx| {
                let mut rows = Vec::new();
                each_seal(tx, after, |row| {
                    rows.push(row);
                    Ok(())
                })?;
                Ok::<_, Refused>(rows)
            })?;
            rows.iter().map(|row| seal_of(row).map_err(Refused::internal)).collect()
        })
    }

    /// The newest nightly seal: what is published (公布的夜间封存).
    pub fn find_published_seal(&self) -> Result<Option<Seal>, Refused> {
        let row = self.db.read(store::journal::last_nightly)?;
        row.map(|row| seal_of(&row).map_err(Refused::internal)).transpose()
    }
}

/// Each seal after number `after`, in order.
pub(super) fn each_seal(
    tx: &mut Tx<'_>,
    mut after: u64,
    mut visit: impl FnMut(SealRow) -> Result<(), Refused>,
) -> Result<(), Refused> {
    loop {
        let page = store::journal::seals(tx, i64::try_from(after).unwrap_or(i64::MAX), 1_000)?;
        let Some(last) = page.last() else { return Ok(()) };
        after = last.number.unsigned_abs();
        page.into_iter().try_for_each(&mut visit)?;
    }
}

fn seal_once(tx: &mut Tx<'_>, at: Instant, nightly: bool) -> Result<Option<Seal>, Refused> {
    let last = store::journal::last_seal(tx)?;
    let since = last.as_ref().map_or(Instant(0), |row| row.at);
    let last = last.map(|row| seal_of(&row).map_err(Refused::internal)).transpose()?;
    let rows = store::journal::unsealed(tx)?;
    if rows.is_empty() && !nightly {
        return Ok(None);
    }
    let mut heads = rows.iter().map(head_of).collect::<Result<Vec<_>, _>>()?;
    let seal = Seal::after(last.as_ref(), at, nightly, &mut heads).map_err(Refused::internal)?;
    let number = i64::try_from(seal.no).map_err(Refused::internal)?;
    let row = row_of(&seal, since)?;
    let leaves: Vec<_> = rows
        .into_iter()
        .map(|head| SealHead { number, origin: head.origin, subject: head.subject, seq: head.seq, hash: head.hash })
        .collect();
    store::journal::keep_seal(tx, &row, &leaves)?;
    Ok(Some(seal))
}

fn head_of(row: &store::journal::Head) -> Result<Head, Refused> {
    Ok(Head {
        origin: row.origin,
        subject: row.subject.parse().map_err(Refused::internal)?,
        seq: row.seq.unsigned_abs(),
        digest: digest_of(&row.hash)?,
    })
}

fn row_of(seal: &Seal, since: Instant) -> Result<SealRow, Refused> {
    Ok(SealRow {
        number: i64::try_from(seal.no).map_err(Refused::internal)?,
        at: seal.at,
        since,
        heads: i64::try_from(seal.count).map_err(Refused::internal)?,
        root: seal.heads_root.as_bytes().to_vec(),
        prev: (seal.no > 1).then(|| seal.prev.as_bytes().to_vec()),
        hash: seal.digest.as_bytes().to_vec(),
        nightly: seal.nightly,
        signature: None,
    })
}

/// The seal in a row, or what in the row cannot be.
pub(super) fn seal_of(row: &SealRow) -> Result<Seal, String> {
    let digest = |column: &str, bytes: &[u8]| digest_of(bytes).map_err(|_| format!("column {column} holds no digest"));
    let prev = match &row.prev {
        Some(bytes) => digest("prev", bytes)?,
        None => Digest::ZERO,
    };
    let seal = Seal {
        no: u64::try_from(row.number).map_err(|_| "column number is negative".to_owned())?,
        at: row.at,
        heads_root: digest("root", &row.root)?,
        count: u64::try_from(row.heads).map_err(|_| "column heads is negative".to_owned())?,
        prev,
        digest: digest("hash", &row.hash)?,
        nightly: row.nightly,
    };
    // Nothing signs seals yet; a value there did not come from us.
    if row.signature.is_some() {
        return Err("column signature is not empty".to_owned());
    }
    if row_of(&seal, row.since).is_ok_and(|again| again == *row) {
        Ok(seal)
    } else {
        Err("column prev is not what the seal's number asks for".to_owned())
    }
}
