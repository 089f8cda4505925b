//! Plans (规划): saved what-ifs, and the names of register entries behind a figure.
use base::{AccountId, Date, EntryId, Instant, Origin, RecordId};

use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// A saved what-if (推演方案): parameters and targets supposed otherwise.
    pub struct WhatIf in "what_if" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub plan: String,
        pub name: String,
        pub note: String,
        pub owner: AccountId,
        pub owner_name: String,
        pub measured_on: Date,
        pub area: base::AreaCode,
        pub overlay: serde_json::Value,
        pub state: String,
        pub saved_at: Instant,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const LOCATE: Statement = sql!("plans.locate_what_if", "select origin from what_if where id = $1");
const OF_PLAN: Statement = sql!(
    "plans.what_ifs",
    "select origin, id, plan, name, note, owner, owner_name, measured_on, area, overlay, state, saved_at, rev, entry
     from what_if where plan = $1 and state = 'saved' order by saved_at desc, id desc limit $2"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[LOCATE, OF_PLAN];

/// A saved what-if by its id, a deleted one too.
pub fn find_what_if(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<WhatIf>, DbError> {
    match tx.find::<Option<Origin>>(LOCATE, args![id])?.flatten() {
        Some(origin) => tx.find_record::<WhatIf>(args![origin, id]),
        None => Ok(None),
    }
}

/// The saved what-ifs of a plan, newest first.
pub fn what_ifs(tx: &mut Tx<'_>, plan: &str, limit: usize) -> Result<Vec<WhatIf>, DbError> {
    tx.list(OF_PLAN, args![plan, limit])
}

/// The titles of a register's entries, in no order; an entry that is not there is left out.
pub fn titles(tx: &mut Tx<'_>, register: &str, ids: &[RecordId]) -> Result<Vec<(RecordId, String)>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.equal("register", register);
    filter.one_of("id", &ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let text = filter.text("select id, title from register_entry");
    tx.list(Sql::dynamic("plans.titles", &text), filter.args())
}
