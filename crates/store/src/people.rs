//! Persons (自然人) and their protected values; bodies and posts.
use base::{AccountId, AreaCode, BodyId, Date, EntryId, Instant, PersonId, RecordId};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// A person, without protected values.
    pub struct Person in "person" key(id) {
        pub id: PersonId,
        pub mask: String,
        pub state: String,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A person's wrapped key; erasure takes it away.
    pub struct PersonKey in "person_key" key(person) {
        pub person: PersonId,
        pub wrapped: Option<Vec<u8>>,
        pub made_at: Instant,
        pub erased_at: Option<Instant>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A protected value: ciphertext and a keyed hash.
    pub struct PersonSecret in "person_secret" key(person, field) {
        pub person: PersonId,
        pub field: String,
        pub cipher: Vec<u8>,
        pub lookup: Option<Vec<u8>>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A body (机关、单位).
    pub struct Body in "body" key(id) {
        pub id: BodyId,
        pub name: String,
        pub short: String,
        pub area: AreaCode,
        pub kind: String,
        pub code: Option<String>,
        pub phone: Option<String>,
        pub state: String,
        pub data: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A post (岗位): an account on a desk of a body, for an area.
    pub struct PostRow in "post" key(id) {
        pub id: RecordId,
        pub account: AccountId,
        pub person: PersonId,
        pub body: BodyId,
        pub desk: String,
        pub area: AreaCode,
        pub since: Date,
        pub until: Option<Date>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A person's request about their own data (个人信息查阅、更正、删除).
    pub struct AccessRequest in "access_request" key(person, id) {
        pub person: PersonId,
        pub id: RecordId,
        pub kind: String,
        pub state: String,
        pub asked_at: Instant,
        pub due: Date,
        pub answered_at: Option<Instant>,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const SECRETS: Statement = sql!(
    "people.secrets",
    "select person, field, cipher, lookup, entry from person_secret where person = $1 order by field"
);
const BY_LOOKUP: Statement =
    sql!("people.by_lookup", "select person from person_secret where field = $1 and lookup = $2 order by person");
const ERASE_KEY: Statement = sql!(
    "people.erase_key",
    "update person_key set wrapped = null, erased_at = $2, entry = $3 where person = $1 and erased_at is null"
);
const DROP_SECRETS: Statement = sql!("people.drop_secrets", "delete from person_secret where person = $1");
const BODIES: Statement = sql!(
    "people.bodies",
    "select id, name, short, area, kind, code, phone, state, data, rev, entry from body order by area, kind, name"
);
const POSTS: Statement = sql!(
    "people.posts",
    "select id, account, person, body, desk, area, since, until, entry from post
     where account = $1 and since <= $2 and (until is null or until > $2) order by area, desk"
);
const POSTS_OF_DESK: Statement = sql!(
    "people.posts_of_desk",
    "select id, account, person, body, desk, area, since, until, entry from post
     where desk = $1 and area = $2 and since <= $3 and (until is null or until > $3) order by since, id"
);
const POSTS_OF_BODY: Statement = sql!(
    "people.posts_of_body",
    "select id, account, person, body, desk, area, since, until, entry from post
     where desk = $1 and body = $2 and since <= $3 and (until is null or until > $3) order by since, id"
);
const OPEN_REQUESTS: Statement = sql!(
    "people.open_requests",
    "select person, id, kind, state, asked_at, due, answered_at, body, rev, entry from access_request
     where state = 'open' order by due, id limit $1"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] =
    &[SECRETS, BY_LOOKUP, ERASE_KEY, DROP_SECRETS, BODIES, POSTS, POSTS_OF_DESK, POSTS_OF_BODY, OPEN_REQUESTS];

/// The protected values of a person.
pub fn secrets(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<PersonSecret>, DbError> {
    tx.list(SECRETS, args![person])
}

/// Persons with this value of a protected field, by its keyed hash.
pub fn by_lookup(tx: &mut Tx<'_>, field: &str, lookup: &[u8]) -> Result<Vec<PersonId>, DbError> {
    Ok(tx.list::<Option<PersonId>>(BY_LOOKUP, args![field, lookup])?.into_iter().flatten().collect())
}

/// Destroys a person's key and the ciphertexts that nothing can read any more.
pub fn erase(tx: &mut Tx<'_>, person: PersonId, at: Instant, entry: EntryId) -> Result<(), DbError> {
    tx.run(ERASE_KEY, args![person, at, entry])?;
    tx.run(DROP_SECRETS, args![person]).map(drop)
}

/// All bodies; a reference table, small.
pub fn bodies(tx: &mut Tx<'_>) -> Result<Vec<Body>, DbError> {
    tx.list(BODIES, &[])
}

/// The posts of an account on a day.
pub fn posts(tx: &mut Tx<'_>, account: AccountId, day: Date) -> Result<Vec<PostRow>, DbError> {
    tx.list(POSTS, args![account, day])
}

/// Who sits on a desk of an area on a day.
pub fn posts_of_desk(tx: &mut Tx<'_>, desk: &str, area: &AreaCode, day: Date) -> Result<Vec<PostRow>, DbError> {
    tx.list(POSTS_OF_DESK, args![desk, area, day])
}

/// Who sits at a desk of one body on a day.
pub fn posts_of_body(tx: &mut Tx<'_>, desk: &str, body: base::BodyId, day: Date) -> Result<Vec<PostRow>, DbError> {
    tx.list(POSTS_OF_BODY, args![desk, body, day])
}

/// Requests not answered yet, the most urgent first.
pub fn open_requests(tx: &mut Tx<'_>, limit: usize) -> Result<Vec<AccessRequest>, DbError> {
    tx.list(OPEN_REQUESTS, args![limit])
}
