//! Accounts (账号), how they sign in, and what belongs to one: notices, watches, drafts, tokens.
use base::{AccountId, Date, EntryId, Instant, OrgId, Origin, PersonId, RecordId};

use crate::{DbError, Statement, Tx, args, sql};

crate::record! {
    /// An account.
    pub struct Account in "account" key(person, id) {
        pub person: PersonId,
        pub id: AccountId,
        pub login: String,
        pub name: String,
        pub kind: String,
        pub admin: Option<String>,
        pub state: String,
        pub home: Option<String>,
        pub body: serde_json::Value,
        pub rev: i64,
        pub entry: EntryId,
    }
}

crate::record! {
    /// The name one signs in with, unique everywhere.
    pub struct Login in "account_login" key(login) {
        pub login: String,
        pub person: PersonId,
        pub account: AccountId,
    }
}

crate::record! {
    /// A password, one-time-code key or recovery code, protected.
    pub struct Credential in "credential" key(person, account, kind) {
        pub person: PersonId,
        pub account: AccountId,
        pub kind: String,
        pub secret: Vec<u8>,
        pub set_at: Instant,
        pub used_step: Option<i64>,
        pub must_change: bool,
    }
}

crate::record! {
    /// A session; the cookie itself is not kept.
    pub struct Session in "session" key(digest) {
        pub digest: Vec<u8>,
        pub person: PersonId,
        pub account: AccountId,
        pub role: Option<String>,
        pub made_at: Instant,
        pub seen_at: Instant,
        pub ends_at: Instant,
        pub second: bool,
        pub agent: String,
    }
}

crate::record! {
    /// An organization that an account may act for.
    pub struct AccountOrg in "account_org" key(person, account, origin, org) {
        pub person: PersonId,
        pub account: AccountId,
        pub origin: Origin,
        pub org: OrgId,
        pub role: String,
        pub since: Date,
        pub until: Option<Date>,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A message shown when signed in.
    pub struct Notice in "notice" key(person, id) {
        pub person: PersonId,
        pub id: RecordId,
        pub at: Instant,
        pub title: String,
        pub link: String,
        pub body: String,
        pub read_at: Option<Instant>,
    }
}

crate::record! {
    /// Something a person wants to be told about.
    pub struct Watch in "watch" key(person, id) {
        pub person: PersonId,
        pub id: RecordId,
        pub subject: String,
        pub label: String,
        pub since: Date,
    }
}

crate::record! {
    /// A form not sent yet.
    pub struct Draft in "draft" key(person, id) {
        pub person: PersonId,
        pub id: RecordId,
        pub kind: String,
        pub matter: Option<String>,
        pub edition: Option<String>,
        pub title: String,
        pub body: serde_json::Value,
        pub saved_at: Instant,
        pub ends_at: Option<Instant>,
        pub rev: i64,
    }
}

crate::record! {
    /// A key for programs; the token itself is not kept.
    pub struct ApiToken in "api_token" key(digest) {
        pub digest: Vec<u8>,
        pub person: PersonId,
        pub account: AccountId,
        pub label: String,
        pub scopes: String,
        pub made_at: Instant,
        pub ends_at: Option<Instant>,
        pub state: String,
    }
}

const FREE_LOGIN: Statement = sql!("accounts.free_login", "delete from account_login where login = $1");
const BY_LOGIN: Statement = sql!(
    "accounts.by_login",
    "select a.person, a.id, a.login, a.name, a.kind, a.admin, a.state, a.home, a.body, a.rev, a.entry
     from account_login l join account a on a.person = l.person and a.id = l.account where l.login = $1"
);
const BY_ID: Statement = sql!(
    "accounts.by_id",
    "select person, id, login, name, kind, admin, state, home, body, rev, entry from account where id = $1"
);
const LIST: Statement = sql!(
    "accounts.list",
    "select person, id, login, name, kind, admin, state, home, body, rev, entry from account
     where kind = $1 and login > $2 order by login limit $3"
);
const SEEN: Statement = sql!("accounts.seen", "update session set seen_at = $2, ends_at = $3 where digest = $1");
const ROLE: Statement = sql!("accounts.role", "update session set role = $2 where digest = $1");
const SECOND: Statement = sql!("accounts.second", "update session set second = 1 where digest = $1");
const END: Statement = sql!("accounts.end", "delete from session where digest = $1");
const END_ALL: Statement = sql!("accounts.end_all", "delete from session where account = $1");
const END_OLD: Statement = sql!("accounts.end_old", "delete from session where ends_at < $1");
const USE_STEP: Statement = sql!(
    "accounts.use_step",
    "update credential set used_step = $3 where account = $1 and person = $2 and kind = 'totp'
     and (used_step is null or used_step < $3)"
);
const DROP_CREDENTIAL: Statement =
    sql!("accounts.drop_credential", "delete from credential where person = $1 and account = $2 and kind = $3");
const ATTEMPT: Statement =
    sql!("accounts.attempt", "insert into login_attempt (subject, at, id, good) values ($1, $2, $3, $4)");
const FAILURES: Statement =
    sql!("accounts.failures", "select count(*) from login_attempt where subject = $1 and at >= $2 and good = 0");
const FORGET_ATTEMPTS: Statement = sql!("accounts.forget_attempts", "delete from login_attempt where at < $1");
const ORGS: Statement = sql!(
    "accounts.orgs",
    "select person, account, origin, org, role, since, until, entry from account_org
     where person = $1 and account = $2 and since <= $3 and (until is null or until > $3) order by since, org"
);
const FOR_ORG: Statement = sql!(
    "accounts.for_org",
    "select person, account, origin, org, role, since, until, entry from account_org
     where origin = $1 and org = $2 order by since, account"
);
const NOTICES: Statement = sql!(
    "accounts.notices",
    "select person, id, at, title, link, body, read_at from notice where person = $1 order by id desc limit $2"
);
const UNREAD: Statement = sql!("accounts.unread", "select count(*) from notice where person = $1 and read_at is null");
const READ: Statement =
    sql!("accounts.read", "update notice set read_at = $3 where person = $1 and id = $2 and read_at is null");
const READ_ALL: Statement =
    sql!("accounts.read_all", "update notice set read_at = $2 where person = $1 and read_at is null");
const WATCHES: Statement =
    sql!("accounts.watches", "select person, id, subject, label, since from watch where person = $1 order by id");
const WATCHERS: Statement = sql!("accounts.watchers", "select person from watch where subject = $1 order by person");
const UNWATCH: Statement = sql!("accounts.unwatch", "delete from watch where person = $1 and subject = $2");
const DRAFTS: Statement = sql!(
    "accounts.drafts",
    "select person, id, kind, matter, edition, title, body, saved_at, ends_at, rev from draft
     where person = $1 order by saved_at desc, id limit $2"
);
const DROP_DRAFT: Statement = sql!("accounts.drop_draft", "delete from draft where person = $1 and id = $2");
const OLD_DRAFTS: Statement = sql!(
    "accounts.old_drafts",
    "select person, id, kind, matter, edition, title, body, saved_at, ends_at, rev from draft where ends_at < $1
     order by ends_at, id limit $2"
);
const ANSWERED: Statement = sql!("accounts.answered", "select answer from idempotency where account = $1 and key = $2");
const KEEP_ANSWER: Statement =
    sql!("accounts.keep_answer", "insert into idempotency (account, key, at, answer) values ($1, $2, $3, $4)");
const FORGET_ANSWERS: Statement = sql!("accounts.forget_answers", "delete from idempotency where at < $1");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[
    DROP_CREDENTIAL,
    FREE_LOGIN,
    BY_LOGIN,
    BY_ID,
    LIST,
    SEEN,
    ROLE,
    SECOND,
    END,
    END_ALL,
    END_OLD,
    USE_STEP,
    ATTEMPT,
    FAILURES,
    FORGET_ATTEMPTS,
    ORGS,
    FOR_ORG,
    NOTICES,
    UNREAD,
    READ,
    READ_ALL,
    WATCHES,
    WATCHERS,
    UNWATCH,
    DRAFTS,
    DROP_DRAFT,
    OLD_DRAFTS,
    ANSWERED,
    KEEP_ANSWER,
    FORGET_ANSWERS,
];

/// Makes an account and takes its login. [`DbError::Unique`] on `account_login(login)` if somebody has it.
pub fn add(tx: &mut Tx<'_>, account: &Account) -> Result<(), DbError> {
    tx.insert(&Login { login: account.login.clone(), person: account.person, account: account.id })?;
    tx.insert(account)
}

/// Gives a login back, of an account whose person was erased.
pub fn free_login(tx: &mut Tx<'_>, login: &str) -> Result<(), DbError> {
    tx.run(FREE_LOGIN, args![login]).map(drop)
}

/// The account that signs in as `login`.
pub fn find_by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<Account>, DbError> {
    tx.find(BY_LOGIN, args![login])
}

/// The account with this id.
pub fn find(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>, DbError> {
    tx.find(BY_ID, args![id])
}

/// Accounts of a kind by login, after `after`.
pub fn list(tx: &mut Tx<'_>, kind: &str, after: &str, limit: usize) -> Result<Vec<Account>, DbError> {
    tx.list(LIST, args![kind, after, limit])
}

/// A credential of an account.
pub fn credential(
    tx: &mut Tx<'_>,
    person: PersonId,
    account: AccountId,
    kind: &str,
) -> Result<Option<Credential>, DbError> {
    tx.find_record::<Credential>(args![person, account, kind])
}

/// Marks a one-time code's time step as used; `false` if it (or a later one) was used already.
pub fn use_step(tx: &mut Tx<'_>, person: PersonId, account: AccountId, step: i64) -> Result<bool, DbError> {
    tx.run(USE_STEP, args![account, person, step]).map(|rows| rows == 1)
}

/// Takes a credential away (a lost phone).
pub fn drop_credential(tx: &mut Tx<'_>, person: PersonId, account: AccountId, kind: &str) -> Result<(), DbError> {
    tx.run(DROP_CREDENTIAL, args![person, account, kind]).map(drop)
}

/// The session of a cookie, if it has not ended.
pub fn session(tx: &mut Tx<'_>, digest: &[u8], now: Instant) -> Result<Option<Session>, DbError> {
    Ok(tx.find_record::<Session>(args![digest])?.filter(|session| session.ends_at > now))
}

/// Prolongs a session.
pub fn seen(tx: &mut Tx<'_>, digest: &[u8], now: Instant, ends_at: Instant) -> Result<(), DbError> {
    tx.run(SEEN, args![digest, now, ends_at]).map(drop)
}

/// Switches the role one acts as.
pub fn act_as(tx: &mut Tx<'_>, digest: &[u8], role: Option<&str>) -> Result<(), DbError> {
    tx.run(ROLE, args![digest, role]).map(drop)
}

/// The second factor was given.
pub fn second_given(tx: &mut Tx<'_>, digest: &[u8]) -> Result<(), DbError> {
    tx.run(SECOND, args![digest]).map(drop)
}

/// Ends one session.
pub fn end_session(tx: &mut Tx<'_>, digest: &[u8]) -> Result<(), DbError> {
    tx.run(END, args![digest]).map(drop)
}

/// Ends all sessions of an account (password changed, locked).
pub fn end_sessions(tx: &mut Tx<'_>, account: AccountId) -> Result<u64, DbError> {
    tx.run(END_ALL, args![account])
}

/// Forgets sessions that ended, attempts and answers older than `before`.
pub fn tidy(tx: &mut Tx<'_>, now: Instant, before: Instant) -> Result<u64, DbError> {
    Ok(tx.run(END_OLD, args![now])?
        + tx.run(FORGET_ATTEMPTS, args![before])?
        + tx.run(FORGET_ANSWERS, args![before])?)
}

/// Drafts whose time was over before `now`, oldest first.
pub fn old_drafts(tx: &mut Tx<'_>, now: Instant, limit: usize) -> Result<Vec<Draft>, DbError> {
    tx.list(OLD_DRAFTS, args![now, limit])
}

/// Notes an attempt to sign in; `subject` is `login:NAME` or `ip:ADDRESS`.
pub fn attempted(tx: &mut Tx<'_>, subject: &str, at: Instant, id: RecordId, good: bool) -> Result<(), DbError> {
    tx.run(ATTEMPT, args![subject, at, id, good]).map(drop)
}

/// Failed attempts since `since`.
pub fn failures(tx: &mut Tx<'_>, subject: &str, since: Instant) -> Result<i64, DbError> {
    tx.get(FAILURES, args![subject, since])
}

/// The organizations an account may act for on a day.
pub fn orgs(tx: &mut Tx<'_>, person: PersonId, account: AccountId, day: Date) -> Result<Vec<AccountOrg>, DbError> {
    tx.list(ORGS, args![person, account, day])
}

/// Who may act for an organization, past ones included.
pub fn for_org(tx: &mut Tx<'_>, origin: Origin, org: OrgId) -> Result<Vec<AccountOrg>, DbError> {
    tx.list(FOR_ORG, args![origin, org])
}

/// The newest notices of a person.
pub fn notices(tx: &mut Tx<'_>, person: PersonId, limit: usize) -> Result<Vec<Notice>, DbError> {
    tx.list(NOTICES, args![person, limit])
}

/// How many notices are unread.
pub fn unread(tx: &mut Tx<'_>, person: PersonId) -> Result<i64, DbError> {
    tx.get(UNREAD, args![person])
}

/// Marks one notice, or all, as read.
pub fn mark_read(tx: &mut Tx<'_>, person: PersonId, one: Option<RecordId>, now: Instant) -> Result<(), DbError> {
    match one {
        Some(id) => tx.run(READ, args![person, id, now]).map(drop),
        None => tx.run(READ_ALL, args![person, now]).map(drop),
    }
}

/// What a person watches.
pub fn watches(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Watch>, DbError> {
    tx.list(WATCHES, args![person])
}

/// Who watches a subject.
pub fn watchers(tx: &mut Tx<'_>, subject: &str) -> Result<Vec<PersonId>, DbError> {
    Ok(tx.list::<Option<PersonId>>(WATCHERS, args![subject])?.into_iter().flatten().collect())
}

/// Stops watching.
pub fn unwatch(tx: &mut Tx<'_>, person: PersonId, subject: &str) -> Result<(), DbError> {
    tx.run(UNWATCH, args![person, subject]).map(drop)
}

/// A person's drafts, newest first.
pub fn drafts(tx: &mut Tx<'_>, person: PersonId, limit: usize) -> Result<Vec<Draft>, DbError> {
    tx.list(DRAFTS, args![person, limit])
}

/// Throws a draft away (also when it has become a case).
pub fn drop_draft(tx: &mut Tx<'_>, person: PersonId, id: RecordId) -> Result<(), DbError> {
    tx.run(DROP_DRAFT, args![person, id]).map(drop)
}

/// What was answered to a request with this key before.
pub fn answered(tx: &mut Tx<'_>, account: AccountId, key: &str) -> Result<Option<String>, DbError> {
    tx.find(ANSWERED, args![account, key])
}

/// Keeps the answer, in the act that it answers. [`DbError::Unique`] if the same request came twice at once.
pub fn keep_answer(tx: &mut Tx<'_>, account: AccountId, key: &str, at: Instant, answer: &str) -> Result<(), DbError> {
    tx.run(KEEP_ANSWER, args![account, key, at, answer]).map(drop)
}
