//! What the audit administrator (审计管理员) reads: acts by day, person and subject, looks at protected values, failed sign-ins, and
//! how the journal stands. Reading only; nobody else may.
use authority::{Actor, Subject, Verb, may};
use base::{Date, EntryId, Instant};
use store::journal::{EntryRow, SealRow};
use store::{Statement, args, sql};

use crate::audit::{Depth, Finding, Line, Report};
use crate::{Office, Refused};

const BETWEEN: Statement = sql!(
    "watch.between",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where at >= $1 and at < $2 and (at, id) < ($3, $4) order by at desc, id desc limit $5"
);
const OF_SUBJECT: Statement = sql!(
    "watch.of_subject",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where subject = $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4"
);
const BY_ACCOUNT: Statement = sql!(
    "watch.by_account",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where actor = $1 and at >= $2 and (at, id) < ($3, $4) order by at desc, id desc limit $5"
);
const REVEALS: Statement = sql!(
    "watch.reveals",
    "select origin, id, subject, seq, at, day, actor, desk, verb, body, prev, hash, root from journal_entry
     where verb = 'reveal' and at >= $1 and (at, id) < ($2, $3) order by at desc, id desc limit $4"
);
const FAILURES: Statement = sql!(
    "watch.failures",
    "select subject, count(*), max(at) from login_attempt where good = 0 and at >= $1 group by subject
     order by count(*) desc, max(at) desc limit $2"
);

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[BETWEEN, OF_SUBJECT, BY_ACCOUNT, REVEALS, FAILURES];

/// More entries than this are verified on the command line, not while somebody waits for a page.
pub const VERIFIED_ON_A_PAGE: i64 = 50_000;

/// What to read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Reading {
    /// Everything of one day (Chinese time).
    Day(Date),
    /// What one account did in the last 90 days, by its login.
    By(String),
    /// Everything about `case/…`, `org/…`, `account/…`, `person/…`.
    About(String),
    /// Looks at protected values in the last 90 days.
    Reveals,
}

/// The last act of a page: the next page begins below it.
pub type Below = (Instant, EntryId);

/// A page of acts.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct AuditPage {
    /// What each act was about, in words, and the act.
    pub lines: Vec<(String, Line)>,
    /// Where the next page begins; none on the last.
    pub next: Option<Below>,
}

/// How the journal stands.
#[derive(Clone, PartialEq, Debug)]
pub struct Standing {
    /// Entries.
    pub entries: i64,
    /// Chains that moved since the last seal.
    pub unsealed: usize,
    /// The newest seals, newest first.
    pub seals: Vec<SealRow>,
}

/// Failed sign-ins of one login or address.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Failures {
    /// `login:…`, `ip:…`, `code:…`.
    pub subject: String,
    /// How many.
    pub count: i64,
    /// The last.
    pub last: Instant,
}

const QUARTER: i64 = 90 * 24 * 3600;

fn unknown_login() -> Refused {
    Refused::field("who", "没有这个登录名。请核对后再查")
}

impl Office {
    /// A page of acts, newest first, below the last one of the page before.
    pub fn audit_page(
        &self,
        who: &Actor,
        reading: &Reading,
        below: Option<Below>,
        size: usize,
    ) -> Result<AuditPage, Refused> {
        may(who, Verb::Audit, &Subject::Platform)?;
        let since = self.clock.now().plus_seconds(-QUARTER);
        // Instants are stored as text: the first page begins below the last one that sorts rightly.
        let (at, id) = below.unwrap_or((Instant::start_of(Date::constant(9999, 12, 1)), EntryId::from_bits(u128::MAX)));
        let account = match reading {
            Reading::By(login) => Some(self.find_account(who, login)?.ok_or_else(unknown_login)?.id),
            _ => None,
        };
        self.db.read(|tx| {
            let limit = size + 1;
            let mut rows: Vec<EntryRow> = match (reading, account) {
                (Reading::By(_), Some(account)) => tx.list(BY_ACCOUNT, args![account, since, at, id, limit])?,
                (Reading::Day(day), _) => {
                    let from = Instant::start_of(*day);
                    tx.list(BETWEEN, args![from, from.plus_seconds(24 * 3600), at, id, limit])?
                }
                (Reading::About(subject), _) => tx.list(OF_SUBJECT, args![subject.as_str(), at, id, limit])?,
                (Reading::Reveals | Reading::By(_), _) => tx.list(REVEALS, args![since, at, id, limit])?,
            };
            let more = rows.len() > size;
            rows.truncate(size);
            let next = rows.last().filter(|_| more).map(|row| (row.at, row.id));
            let lines = self.tell(tx, &rows)?;
            let named = self.subjects_in_words(tx, &lines)?;
            let about = |line: &Line| named.get(&line.subject).cloned().unwrap_or_else(|| line.subject.clone());
            Ok(AuditPage { lines: lines.into_iter().map(|line| (about(&line), line)).collect(), next })
        })
    }

    /// Failed sign-ins of the last day, the most frequent first. Older ones are forgotten.
    pub fn failed_sign_ins(&self, who: &Actor) -> Result<Vec<Failures>, Refused> {
        may(who, Verb::Audit, &Subject::Platform)?;
        let since = self.clock.now().plus_seconds(-24 * 3600);
        let rows: Vec<(String, i64, Instant)> = self.db.read(|tx| tx.list(FAILURES, args![since, 100_i64]))?;
        Ok(rows.into_iter().map(|(subject, count, last)| Failures { subject, count, last }).collect())
    }

    /// How many entries, what is not sealed yet, the newest seals.
    pub fn journal_standing(&self, who: &Actor) -> Result<Standing, Refused> {
        may(who, Verb::Audit, &Subject::Platform)?;
        self.db.read(|tx| {
            let last = store::journal::last_seal(tx)?.map_or(0, |seal| seal.number);
            let mut seals = store::journal::seals(tx, (last - 20).max(0), 20)?;
            seals.reverse();
            Ok(Standing { entries: store::journal::count(tx)?, unsealed: store::journal::unsealed(tx)?.len(), seals })
        })
    }

    /// Verifies chains and seals at once; a large journal is verified on the command line.
    pub fn verify_chains(&self, who: &Actor) -> Result<Result<Report, Finding>, Refused> {
        may(who, Verb::Audit, &Subject::Platform)?;
        let entries = self.db.read(store::journal::count)?;
        if entries > VERIFIED_ON_A_PAGE {
            return Err(Refused::rule(
                "journal_large",
                format!("留痕共 {entries} 条，核验时间较长，不在页面上进行"),
                "请在服务器上运行 yishe journal verify，它显示进度",
            ));
        }
        Ok(crate::audit::verify(&self.db, &self.files, None, Depth::Chains, &mut |_| {}))
    }
}
