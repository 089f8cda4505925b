//! Records of declared registers (名册记录) as they are kept by hand: pages, history, what belongs to what.
use base::{AreaCode, AreaLevel, Date, EntryId, Instant, Origin, RecordId};

use crate::registers::{ENTRY, RegisterEntry};
use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// What a record said, from when on.
    pub struct RegisterVersion in "register_version" key(origin, register, record, rev) {
        pub origin: Origin,
        pub register: String,
        pub record: RecordId,
        pub rev: i64,
        pub holds_from: Date,
        pub recorded_at: Instant,
        pub act: String,
        pub area: AreaCode,
        pub title: String,
        pub state: String,
        pub since: Date,
        pub until: Option<Date>,
        pub public: bool,
        pub body: serde_json::Value,
        pub entry: EntryId,
    }
}

crate::record! {
    /// Which record of another register a record belongs to.
    pub struct RegisterLink in "register_link" key(origin, register, record, field) {
        pub origin: Origin,
        pub register: String,
        pub record: RecordId,
        pub field: String,
        pub parent_register: String,
        pub parent: RecordId,
        pub entry: EntryId,
    }
}

const FIND: Statement = sql!(
    "records.find",
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public, body, rev,
     entry, key from register_entry where register = $1 and id = $2"
);
const SAME: Statement = sql!(
    "records.same",
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public, body, rev,
     entry, key from register_entry where register = $1 and key = $2 order by since, id limit 1"
);
const VERSIONS: Statement = sql!(
    "records.versions",
    "select origin, register, record, rev, holds_from, recorded_at, act, area, title, state, since, until, public, body, entry
     from register_version where register = $1 and record = $2 order by rev"
);
const CHILDREN: Statement = sql!(
    "records.children",
    "select r.origin, r.register, r.id, r.org, r.person, r.area, r.province, r.city, r.county, r.title, r.state, r.since, r.until,
     r.public, r.body, r.rev, r.entry, r.key
     from register_link l join register_entry r on r.origin = l.origin and r.register = l.register and r.id = l.record
     where l.parent_register = $1 and l.parent = $2 and l.register = $3 and r.state <> 'withdrawn'
     order by r.since desc, r.id desc limit $4"
);
const DUE: Statement = sql!(
    "records.active",
    "select origin, register, id, org, person, area, province, city, county, title, state, since, until, public, body, rev,
     entry, key from register_entry where register = $1 and state = 'active'"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[FIND, SAME, VERSIONS, CHILDREN, DUE];

/// A record by its id alone.
pub fn find(tx: &mut Tx<'_>, register: &str, id: RecordId) -> Result<Option<RegisterEntry>, DbError> {
    tx.find(FIND, args![register, id])
}

/// The record that says the same, by the register's unique fields.
pub fn find_same(tx: &mut Tx<'_>, register: &str, key: &str) -> Result<Option<RegisterEntry>, DbError> {
    tx.find(SAME, args![register, key])
}

/// What a record said, first to last.
pub fn versions(tx: &mut Tx<'_>, register: &str, id: RecordId) -> Result<Vec<RegisterVersion>, DbError> {
    tx.list(VERSIONS, args![register, id])
}

/// The records of `register` that belong to a record of another, newest first.
pub fn children(
    tx: &mut Tx<'_>,
    (parent_register, parent): (&str, RecordId),
    register: &str,
    limit: usize,
) -> Result<Vec<RegisterEntry>, DbError> {
    tx.list(CHILDREN, args![parent_register, parent, register, limit])
}

/// Every record in force of a register, without keeping them.
pub fn each_active<E: From<DbError>>(
    tx: &mut Tx<'_>,
    register: &str,
    visit: impl FnMut(RegisterEntry) -> Result<(), E>,
) -> Result<(), E> {
    tx.each(DUE, args![register], visit)
}

/// What a page of records is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
    /// By title.
    Title,
}

/// Which records are wanted.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// In this area and below; none: everywhere.
    pub within: Option<AreaCode>,
    /// `active`, `left`, `withdrawn`; none: all.
    pub state: Option<&'static str>,
    /// Only what everybody may see.
    pub public: bool,
    /// Sorted by.
    pub order: Order,
    /// After this record: its sorting value and id.
    pub after: Option<(String, RecordId)>,
}

impl Wanted {
    fn filter(&self, tx: &Tx<'_>, register: &str) -> Filter {
        let mut filter = Filter::new(tx.engine());
        filter.equal("register", register);
        self.narrow(&mut filter);
        filter
    }

    fn narrow(&self, filter: &mut Filter) {
        if let Some(state) = self.state {
            filter.equal("state", state);
        }
        if self.public {
            filter.fixed("public = 1");
        }
        match self.within.as_ref().map(|area| (area.level(), area)) {
            Some((AreaLevel::Province, area)) => drop(filter.equal("province", area.as_str())),
            Some((AreaLevel::City, area)) => drop(filter.equal("city", area.as_str())),
            Some((AreaLevel::County, area)) => drop(filter.equal("county", area.as_str())),
            Some((AreaLevel::Town | AreaLevel::Community, area)) => drop(filter.begins_with("area", area.as_str())),
            Some((AreaLevel::Nation, _)) | None => {}
        }
    }
}

/// Reads records in order from after the place given; `visit` says when it has enough.
pub fn walk<E: From<DbError>>(
    tx: &mut Tx<'_>,
    register: &str,
    wanted: &Wanted,
    most: usize,
    visit: impl FnMut(RegisterEntry) -> Result<(), E>,
) -> Result<(), E> {
    let mut filter = wanted.filter(tx, register);
    let (column, order, descending) = match wanted.order {
        Order::Newest => ("since", "since desc, id desc", true),
        Order::Oldest => ("since", "since, id", false),
        Order::Title => ("title", "title, id", false),
    };
    if let Some((value, id)) = &wanted.after {
        filter.after(column, value.as_str(), "id", id, descending);
    }
    let text = filter.sql(ENTRY, order, most);
    tx.each(Sql::dynamic("records.walk", &text), filter.args(), visit)
}

/// How many records are wanted, counted up to `most`.
pub fn count(tx: &mut Tx<'_>, register: &str, wanted: &Wanted, most: usize) -> Result<i64, DbError> {
    let filter = wanted.filter(tx, register);
    let inner = filter.text("select 1 from register_entry");
    let text = format!("select count(*) from ({inner} limit {most}) as counted");
    tx.get(Sql::dynamic("records.count", &text), filter.args())
}

/// How many records each register has among those wanted.
pub fn count_each(tx: &mut Tx<'_>, wanted: &Wanted) -> Result<Vec<(String, i64)>, DbError> {
    let mut filter = Filter::new(tx.engine());
    wanted.narrow(&mut filter);
    let text = format!("{} group by register", filter.text("select register, count(*) from register_entry"));
    tx.list(Sql::dynamic("records.count_each", &text), filter.args())
}

/// What records of a register are called.
pub fn titles(tx: &mut Tx<'_>, register: &str, ids: &[String]) -> Result<Vec<(RecordId, String)>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.equal("register", register).one_of("id", ids);
    let text = filter.text("select id, title from register_entry");
    tx.list(Sql::dynamic("records.titles", &text), filter.args())
}

/// What belongs to these records of a register: to which, since when, what it is called.
pub fn below(
    tx: &mut Tx<'_>,
    parent_register: &str,
    parents: &[String],
) -> Result<Vec<(RecordId, Date, String)>, DbError> {
    const BELOW: &str = "select l.parent, r.since, r.title from register_link l
        join register_entry r on r.origin = l.origin and r.register = l.register and r.id = l.record";
    let mut filter = Filter::new(tx.engine());
    filter.equal("l.parent_register", parent_register).one_of("l.parent", parents).fixed("r.state <> 'withdrawn'");
    let text = filter.text(BELOW);
    tx.list(Sql::dynamic("records.below", &text), filter.args())
}
