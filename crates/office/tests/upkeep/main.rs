//! Keeping the register, on both engines: data quality, snapshots, watches.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod quality;

use office::testing::TestOffice;

/// Entries, rows, versions and chains hold.
fn verifies(office: &TestOffice) {
    office::audit::verify(&office.db, &office.files, None, office::audit::Depth::Full, &mut |_| ()).unwrap();
}
