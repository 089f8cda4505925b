//! Scans of certificates (扫码记录): counted at once, journalled a batch at a time.
use base::{CertificateId, Date, EntryId, Origin, RecordId};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// Scans of one certificate on one day that are not journalled yet.
    pub struct ScanWaiting in "scan_waiting" key(origin, certificate, day) {
        pub origin: Origin,
        pub certificate: CertificateId,
        pub day: Date,
        pub scans: i64,
    }
}

crate::record! {
    /// Scans of one certificate on one day, as one batch brought them.
    pub struct ScanEvent in "scan_event" key(origin, certificate, id) {
        pub origin: Origin,
        pub certificate: CertificateId,
        pub id: RecordId,
        pub day: Date,
        pub scans: i64,
        pub entry: EntryId,
    }
}

const COUNT: Statement = sql!(
    "scans.count",
    "insert into scan_waiting (origin, certificate, day, scans) values ($1, $2, $3, 1)
     on conflict (origin, certificate, day) do update set scans = scan_waiting.scans + 1"
);
const WAITING: Statement = sql!("scans.waiting", "select count(*) from scan_waiting");
const TAKE: Statement = sql!("scans.take", "delete from scan_waiting returning origin, certificate, day, scans");
const OF: Statement = sql!(
    "scans.of",
    "select cast(coalesce(sum(scans), 0) as bigint) from scan_event where origin = $1 and certificate = $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[COUNT, WAITING, TAKE, OF];

/// Counts one scan.
pub fn count(tx: &mut Tx<'_>, origin: Origin, certificate: CertificateId, day: Date) -> Result<(), DbError> {
    tx.run(COUNT, args![origin, certificate, day]).map(drop)
}

/// How many rows wait to be journalled.
pub fn waiting(tx: &mut Tx<'_>) -> Result<i64, DbError> {
    tx.get(WAITING, &[])
}

/// Takes the waiting rows out.
pub fn take_waiting(tx: &mut Tx<'_>) -> Result<Vec<ScanWaiting>, DbError> {
    tx.list(TAKE, &[])
}

/// Journalled scans of a certificate.
pub fn total(tx: &mut Tx<'_>, origin: Origin, certificate: CertificateId) -> Result<i64, DbError> {
    tx.get(OF, args![origin, certificate])
}
