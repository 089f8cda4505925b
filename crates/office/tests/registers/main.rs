//! Keeping registers, on both engines: entering, changing, correcting, ending, withdrawing; who may; what is told; tasks and reminders.
#![expect(clippy::unwrap_used, reason = "helpers of tests are tests, which clippy knows only inside #[test]")]
mod import;
mod keeping;
mod tasks;

use base::{Date, RecordId};
use casework::Posted;
use office::Refused;
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

/// A form as it is posted.
fn form(fields: &[(&str, &str)]) -> Posted {
    let mut posted = Posted::new();
    for (name, value) in fields {
        posted.entry((*name).to_owned()).or_default().push((*value).to_owned());
    }
    posted
}

/// The fields that a refusal names.
fn wrong_fields(refused: Refused) -> Vec<String> {
    match refused {
        Refused::Invalid(wrong) => wrong.into_iter().map(|one| one.field).collect(),
        other => panic!("not about fields: {other}"),
    }
}

fn row(office: &TestOffice, register: &str, id: RecordId) -> store::registers::RegisterEntry {
    office.db.read(|tx| store::records::find(tx, register, id)).unwrap().unwrap()
}
