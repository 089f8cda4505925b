//! Checks beside the chains: what repeats them (heads, marks of sealing), change positions, and when versions were superseded.
use base::{Date, Instant, OrgId, Origin};
use store::{FromRow, Row, Statement, Tx, sql};

use super::verify::Finding;
use crate::act::UNJOURNALLED;

const VERSION_TIMES: Statement = sql!(
    "audit.version_times",
    "select origin, org, id, valid_from, valid_to, recorded_at, superseded_at from organization_version order by origin, org, id"
);
const OFFICER_TIMES: Statement = sql!(
    "audit.officer_times",
    "select origin, org, id, term, valid_from, valid_to, recorded_at, superseded_at from officer order by origin, org, term, id"
);
const ANY_ENTRY_AT: Statement = sql!("audit.any_entry_at", "select 1 from journal_entry where at = $1 limit 1");

const WRONG_LOGIN: Statement = sql!(
    "audit.wrong_login",
    "select l.account from account_login l left join account a on a.person = l.person and a.id = l.account and a.login = l.login
     where a.id is null union all
     select a.id from account a left join account_login l on l.login = a.login where l.login is null and a.state <> 'closed' limit 1"
);

/// For the test that prepares all statements.
pub(super) const ALL: &[Statement] = &[WRONG_LOGIN, VERSION_TIMES, OFFICER_TIMES, ANY_ENTRY_AT];

/// Whether rows of this table do not name the entry that wrote them.
pub(super) fn is_unstamped(table: &str) -> bool {
    !UNJOURNALLED.contains(&table)
        && store::tables::ALL.iter().any(|known| known.name == table && !known.columns.contains(&"entry"))
}

/// Heads repeat their last entry, and know how far they are sealed.
pub(super) fn heads(tx: &mut Tx<'_>) -> Result<(), Finding> {
    if let Some(subject) = store::journal::find_wrong_head(tx)? {
        return Err(Finding::untrue(
            subject,
            "链尾登记的编号或时刻与最后一条留痕不符，被改动过",
            "head repeats entry or at wrongly",
        ));
    }
    if let Some(subject) = store::journal::find_wrong_sealed(tx)? {
        return Err(Finding::untrue(
            subject,
            "链尾登记的封存进度与封存明细不符，被改动过，下一次封存会漏掉它",
            "sealed_seq is not what the seals cover",
        ));
    }
    match store::journal::find_loose_leaf(tx)? {
        Some(number) => Err(Finding::untrue(
            format!("第 {number} 号封存"),
            "有明细而没有封存，封存被删除或明细被改动",
            "leaves of a seal that is not there",
        )),
        None => Ok(()),
    }
}

/// Positions run from 1 to the counter in every origin.
pub(super) fn changes(tx: &mut Tx<'_>) -> Result<(), Finding> {
    match store::change::find_gap(tx)? {
        Some(origin) => Err(Finding::untrue(
            format!("变更序列 {origin}"),
            "序号不连续或与计数不符，有变更记录被删除、增添或改号",
            "change positions do not run from 1 to the counter",
        )),
        None => Ok(()),
    }
}

/// `account_login` repeats the accounts' logins and nothing else.
pub(super) fn logins(tx: &mut Tx<'_>) -> Result<(), Finding> {
    match tx.find::<String>(WRONG_LOGIN, &[])? {
        Some(account) => Err(Finding::untrue(
            format!("账号 {account}"),
            "登录名登记与账号不符，被改动过",
            "account_login disagrees with account",
        )),
        None => Ok(()),
    }
}

/// One version's times.
#[derive(Debug, Clone)]
struct Times {
    chain: (Origin, OrgId, String),
    id: String,
    from: Date,
    to: Option<Date>,
    recorded: Instant,
    superseded: Option<Instant>,
}

impl Times {
    fn read(row: &Row<'_>, term: bool) -> Result<Self, store::DbError> {
        let of = Self::TABLE;
        Ok(Self {
            chain: (row.of(of, "origin")?, row.of(of, "org")?, if term { row.of(of, "term")? } else { String::new() }),
            id: row.of(of, "id")?,
            from: row.of(of, "valid_from")?,
            to: row.of(of, "valid_to")?,
            recorded: row.of(of, "recorded_at")?,
            superseded: row.of(of, "superseded_at")?,
        })
    }

    fn overlaps(&self, other: &Self) -> bool {
        self.to.is_none_or(|to| other.from < to) && other.to.is_none_or(|to| self.from < to)
    }
}

impl FromRow for Times {
    const TABLE: &'static str = "organization_version";
    fn from_row(row: &Row<'_>) -> Result<Self, store::DbError> {
        Self::read(row, false)
    }
}

/// A term's times.
struct TermTimes(Times);

impl FromRow for TermTimes {
    const TABLE: &'static str = "officer";
    fn from_row(row: &Row<'_>) -> Result<Self, store::DbError> {
        Times::read(row, true).map(Self)
    }
}

/// `superseded_at` is no part of what an entry proves, because it is set later. It must be when an act recorded something (for
/// organizations, the version that took this one's place), and what is not superseded must not contradict itself.
pub(super) fn versions(tx: &mut Tx<'_>) -> Result<(), Finding> {
    let mut loose = Vec::new();
    let mut group: Vec<Times> = Vec::new();
    tx.each::<Times, Finding>(VERSION_TIMES, &[], |times| {
        if group.first().is_some_and(|first| first.chain != times.chain) {
            chain("organization_version", &group, &mut loose)?;
            group.clear();
        }
        group.push(times);
        Ok(())
    })?;
    chain("organization_version", &group, &mut loose)?;
    group.clear();
    tx.each::<TermTimes, Finding>(OFFICER_TIMES, &[], |TermTimes(times)| {
        if group.first().is_some_and(|first| first.chain != times.chain) {
            chain("officer", &group, &mut loose)?;
            group.clear();
        }
        group.push(times);
        Ok(())
    })?;
    chain("officer", &group, &mut loose)?;
    // A term struck out has no successor; an act must still have happened then.
    for (place, at) in loose {
        if !tx.exists(ANY_ENTRY_AT, store::args![at])? {
            return Err(wrong(&place));
        }
    }
    Ok(())
}

fn wrong(place: &str) -> Finding {
    Finding::untrue(
        place,
        "被替代的时刻与替代它的版本不符，被改动过",
        "superseded_at does not fit the version that replaced it",
    )
}

fn chain(table: &str, group: &[Times], loose: &mut Vec<(String, Instant)>) -> Result<(), Finding> {
    for (place, one) in group.iter().enumerate() {
        let name = || format!("表 {table} 记录 {}/{}/{}", one.chain.0, one.chain.1, one.id);
        match one.superseded {
            Some(at) if at < one.recorded => return Err(wrong(&name())),
            // A version gives way to another; a term may also be struck out by an act.
            Some(at) if !group.iter().any(|other| other.id != one.id && other.recorded == at) => {
                if table == "organization_version" {
                    return Err(wrong(&name()));
                }
                loose.push((name(), at));
            }
            None if group[place + 1..].iter().any(|other| other.superseded.is_none() && one.overlaps(other)) => {
                return Err(wrong(&name()));
            }
            _ => {}
        }
    }
    Ok(())
}
