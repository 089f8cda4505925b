//! Keeping and reading the register, on both engines: data quality, snapshots, watches, what everybody may read.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod quality;
mod reading;
mod snapshots;
mod watches;

use base::Date;
use office::testing::TestOffice;
use store::testing::TestDb;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

/// A fresh database of each engine that is there.
fn engines() -> Vec<TestDb> {
    [Some(store::testing::sqlite()), store::testing::postgres()].into_iter().flatten().collect()
}

/// Entries, rows, versions and chains hold.
fn verifies(office: &TestOffice) {
    office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
}
