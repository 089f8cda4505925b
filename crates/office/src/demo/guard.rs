//! That nothing invented hangs on a real organization.
use store::{Statement, sql};

use crate::{Office, Refused};

// A real record of a sample file says no more than the file: no list, colour, grade or state of ours.
pub(super) const LISTED: Statement = sql!(
    "demo.guard_listed",
    "select name from organization where synthetic = 0
     and (credit <> 'clear' or operation <> 'active' or colour is not null or grade is not null or registration <> 'registered')"
);
pub(super) const CASES: Statement = sql!(
    "demo.guard_cases",
    "select c.title from matter_case c join organization o on o.id = c.org where c.synthetic = 1 and o.synthetic = 0"
);
pub(super) const ENTRIES: Statement = sql!(
    "demo.guard_entries",
    "select r.title from register_entry r join organization o on o.origin = r.origin and o.id = r.org where o.synthetic = 0"
);
pub(super) const OFFICERS: Statement = sql!(
    "demo.guard_officers",
    "select o.name from officer f join organization o on o.origin = f.origin and o.id = f.org where o.synthetic = 0"
);

impl Office {
    /// What of a demo installation's invented content hangs on a real organization; empty as it should be.
    pub fn find_misplaced(&self) -> Result<Vec<String>, Refused> {
        self.db.read(|tx| {
            let mut found = Vec::new();
            for (what, statement) in
                [("名单、颜色或状态", LISTED), ("办件", CASES), ("名册", ENTRIES), ("负责人", OFFICERS)]
            {
                found.extend(tx.list::<String>(statement, &[])?.into_iter().map(|name| format!("{what}：{name}")));
            }
            Ok(found)
        })
    }
}
