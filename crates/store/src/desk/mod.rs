//! The desks' lists (岗位列表): queues with search, what waits, questions between desks, what the timer finds due, how an
//! authority's power is used.
use base::{AccountId, AreaCode, AreaLevel, BodyId, CaseId, Date, EntryId, Instant, OrgId, Origin, RecordId};

use crate::cases::{CaseLine, PendingAct, QueueLine};
use crate::{DbError, Filter, Sql, Statement, Tx, args, sql};

crate::record! {
    /// The answers of a case before an act changed them; the personal ones are sealed.
    pub struct FormerAnswers in "case_former" key(origin, case_id, rev) {
        pub origin: Origin,
        pub case_id: CaseId,
        pub rev: i64,
        pub replaced_on: Date,
        pub answers: serde_json::Value,
        pub entry: EntryId,
    }
}

crate::record! {
    /// A question from one desk to another (询问).
    pub struct Question in "case_question" key(origin, id) {
        pub origin: Origin,
        pub id: RecordId,
        pub case_id: CaseId,
        pub from_account: AccountId,
        pub from_name: String,
        pub from_desk: String,
        pub from_area: AreaCode,
        pub to_desk: String,
        pub to_area: AreaCode,
        pub to_body: Option<BodyId>,
        pub question: String,
        pub asked_on: Date,
        pub asked_at: Instant,
        pub due: Date,
        pub answer: Option<String>,
        pub answered_by: Option<AccountId>,
        pub answered_name: Option<String>,
        pub answered_at: Option<Instant>,
        pub state: String,
        pub rev: i64,
        pub entry: EntryId,
    }
}

const FORMER: Statement = sql!(
    "desk.former",
    "select origin, case_id, rev, replaced_on, answers, entry from case_former
     where origin = $1 and case_id = $2 order by rev desc limit 1"
);
const QUESTIONS: Statement = sql!(
    "desk.questions",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question
     where origin = $1 and case_id = $2 order by asked_at, id"
);
const QUESTIONS_TO: Statement = sql!(
    "desk.questions_to",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question
     where state = 'open' and to_desk = $1 and to_area = $2 order by due, id limit $3"
);
const QUESTION: Statement = sql!(
    "desk.question",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question where id = $1"
);
const QUESTIONS_FROM: Statement = sql!(
    "desk.questions_from",
    "select origin, id, case_id, from_account, from_name, from_desk, from_area, to_desk, to_area, to_body, question, asked_on,
     asked_at, due, answer, answered_by, answered_name, answered_at, state, rev, entry from case_question
     where state = 'open' and from_account = $1 order by due, id limit $2"
);
const DUE_CASES: Statement = sql!(
    "desk.due_cases",
    "select origin, id, next_due from matter_case
     where state <> 'ended' and next_due < $1 and (next_due, id) > ($2, $3) order by next_due, id limit $4"
);
const PENDING_ON: Statement = sql!(
    "desk.pending_on",
    "select origin, id, account, subject, act, at, runs_at from pending_act where origin = $1 and subject = $2 order by at, id"
);
const LAST_OF_ORG: Statement = sql!(
    "desk.last_of_org",
    "select origin, id from matter_case
     where org = $1 and matter = $2 and state = 'ended' and id <> $3 order by received_on desc, id desc limit 1"
);
const OPEN_OF_EDITION: Statement = sql!(
    "desk.open_of_matter",
    "select origin, id, number, matter, title, state, status, ending, applicant_name, org, area, received_on, next_due, ended_on,
     synthetic from matter_case where matter = $1 and area = $2 and state <> 'ended' and edition <> $3
     order by received_on, id limit $4"
);

/// For the test that prepares all statements.
pub const ALL: &[Statement] =
    &[FORMER, QUESTION, QUESTIONS, QUESTIONS_TO, QUESTIONS_FROM, DUE_CASES, PENDING_ON, LAST_OF_ORG, OPEN_OF_EDITION];

const QUEUE_LINE: &str = "select t.origin, t.case_id, t.id, t.step, t.desk, t.area, t.province, t.city, t.county, t.town,
     t.body_id, t.matter, t.title, t.state, t.opened_on, t.due, t.claimed_by, t.claimed_at, t.closed_on, t.outcome, t.body,
     t.entry, c.number, c.title as case_title, c.applicant_name, c.received_on
     from task t join matter_case c on c.origin = t.origin and c.id = t.case_id";
const CASE_LINE: &str =
    "select origin, id, number, matter, title, state, status, ending, applicant_name, org, area, received_on,
     next_due, ended_on, synthetic from matter_case";

const DISAGREED: &str =
    "exists (select 1 from task t where t.origin = matter_case.origin and t.case_id = matter_case.id
     and t.outcome = '不同意')";

/// Where a desk sits, as its queue is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seat {
    /// One post: tasks of its area that name no body, and those that name its body.
    Post(AreaCode, BodyId),
    /// Everything below this area, for the authority above; to read only.
    Below(AreaCode),
}

/// Which tasks of a queue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Claimed by this account.
    pub mine: Option<AccountId>,
    /// Claimed by nobody.
    pub free: bool,
    /// Due before this day.
    pub before: Option<Date>,
    /// Due from this day on.
    pub from: Option<Date>,
    /// Opened on this day or later.
    pub since: Option<Date>,
    /// Waiting for the applicant.
    pub waiting: bool,
    /// Number, title or applicant contains this.
    pub text: String,
}

/// Numbers of one queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Open tasks.
    pub open: i64,
    /// Due before today.
    pub overdue: i64,
    /// Due today.
    pub today: i64,
    /// Opened today.
    pub fresh: i64,
    /// Claimed by the asker.
    pub mine: i64,
    /// Waiting for the applicant.
    pub waiting: i64,
}

impl crate::FromRow for Counts {
    const TABLE: &'static str = "task";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            open: row.at(0)?,
            overdue: row.at(1)?,
            today: row.at(2)?,
            fresh: row.at(3)?,
            mine: row.at(4)?,
            waiting: row.at(5)?,
        })
    }
}

fn seat(filter: &mut Filter, desk: &str, seat: &Seat) {
    filter.equal("t.desk", desk);
    match seat {
        Seat::Post(area, body) => {
            filter.holds("((t.area = ? and t.body_id is null) or t.body_id = ?)", args![area, body])
        }
        Seat::Below(area) => match area.level() {
            AreaLevel::Province => filter.equal("t.province", area),
            AreaLevel::City => filter.equal("t.city", area),
            AreaLevel::County => filter.equal("t.county", area),
            AreaLevel::Nation => filter,
            AreaLevel::Town | AreaLevel::Community => filter.equal("t.area", area),
        },
    };
}

fn wanted(filter: &mut Filter, wanted: &Wanted) {
    filter.fixed(if wanted.waiting { "t.state = 'suspended'" } else { "t.state = 'open'" });
    if let Some(account) = wanted.mine {
        filter.equal("t.claimed_by", &account);
    }
    if wanted.free {
        filter.fixed("t.claimed_by is null");
    }
    if let Some(day) = wanted.before {
        filter.compare("t.due", "<", &day);
    }
    if let Some(day) = wanted.from {
        filter.compare("t.due", ">=", &day);
    }
    if let Some(day) = wanted.since {
        filter.compare("t.opened_on", ">=", &day);
    }
    let text: String = wanted.text.chars().filter(|c| !matches!(c, '%' | '_' | '\\')).collect();
    if !text.trim().is_empty() {
        let pattern = format!("%{}%", text.trim());
        filter.compare("(c.number || ' ' || c.title || ' ' || c.applicant_name)", "like", pattern.as_str());
    }
}

/// A page of a queue, the most urgent first. `after`: due date, case and id of the last task of the page before.
pub fn queue(
    tx: &mut Tx<'_>,
    (desk, at): (&str, &Seat),
    want: &Wanted,
    after: Option<(Date, CaseId, &str)>,
    limit: usize,
) -> Result<Vec<QueueLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    seat(&mut filter, desk, at);
    wanted(&mut filter, want);
    if let Some((due, case, id)) = after {
        filter.after_all(&["t.due", "t.case_id", "t.id"], args![due, case, id], false);
    }
    let text = filter.sql(QUEUE_LINE, "t.due, t.case_id, t.id", limit);
    tx.list(Sql::dynamic("desk.queue", &text), filter.args())
}

/// How many tasks of a queue are as wanted.
pub fn how_many(tx: &mut Tx<'_>, (desk, at): (&str, &Seat), want: &Wanted) -> Result<i64, DbError> {
    let mut filter = Filter::new(tx.engine());
    seat(&mut filter, desk, at);
    wanted(&mut filter, want);
    let join = "select count(*) from task t join matter_case c on c.origin = t.origin and c.id = t.case_id";
    let text = filter.text(if want.text.trim().is_empty() { "select count(*) from task t" } else { join });
    tx.get(Sql::dynamic("desk.how_many", &text), filter.args())
}

/// The numbers of a queue in one look.
pub fn counts(tx: &mut Tx<'_>, (desk, at): (&str, &Seat), who: AccountId, today: Date) -> Result<Counts, DbError> {
    let mut filter = Filter::new(tx.engine());
    seat(&mut filter, desk, at);
    // The same conditions, and so the same numbers of parameters, twice.
    let mut still = filter.clone();
    let waiting = still.fixed("t.state = 'suspended'").text("select count(*) from task t");
    filter.fixed("t.state = 'open'");
    let select = format!(
        "select count(*), coalesce(sum(case when t.due < '{today}' then 1 else 0 end), 0),
         coalesce(sum(case when t.due = '{today}' then 1 else 0 end), 0),
         coalesce(sum(case when t.opened_on = '{today}' then 1 else 0 end), 0),
         coalesce(sum(case when t.claimed_by = '{who}' then 1 else 0 end), 0), ({waiting}) from task t"
    );
    let text = filter.text(&select);
    tx.get(Sql::dynamic("desk.counts", &text), filter.args())
}

/// The answers before the last change.
pub fn former(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Option<FormerAnswers>, DbError> {
    tx.find(FORMER, args![origin, case])
}

/// The questions on a case, oldest first.
pub fn questions(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<Question>, DbError> {
    tx.list(QUESTIONS, args![origin, case])
}

/// A question by its id alone.
pub fn question(tx: &mut Tx<'_>, id: RecordId) -> Result<Option<Question>, DbError> {
    tx.find(QUESTION, args![id])
}

/// Open questions to a desk of an area, the most urgent first; those to one body have to be picked out.
pub fn questions_to(tx: &mut Tx<'_>, desk: &str, area: &AreaCode, limit: usize) -> Result<Vec<Question>, DbError> {
    tx.list(QUESTIONS_TO, args![desk, area, limit])
}

/// Open questions somebody asked.
pub fn questions_from(tx: &mut Tx<'_>, account: AccountId, limit: usize) -> Result<Vec<Question>, DbError> {
    tx.list(QUESTIONS_FROM, args![account, limit])
}

/// Cases in which something fell due before `day`, the longest ago first. `after`: the last of the page before.
pub fn due_cases(
    tx: &mut Tx<'_>,
    day: Date,
    after: Option<(Date, CaseId)>,
    limit: usize,
) -> Result<Vec<(Origin, CaseId, Date)>, DbError> {
    let (from, id) = after.map_or((String::new(), String::new()), |(day, id)| (day.to_string(), id.to_string()));
    let mut found = Vec::new();
    tx.each_row(DUE_CASES, args![day, from, id, limit], &mut |row| {
        found.push((row.get("origin")?, row.get("id")?, row.get("next_due")?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// Acts on a subject that may still be taken back.
pub fn pending_on(tx: &mut Tx<'_>, origin: Origin, subject: &str) -> Result<Vec<PendingAct>, DbError> {
    tx.list(PENDING_ON, args![origin, subject])
}

/// The last ended case of an organization in the same matter (上次申报).
pub fn last_of_org(
    tx: &mut Tx<'_>,
    org: OrgId,
    matter: &str,
    except: CaseId,
) -> Result<Option<(Origin, CaseId)>, DbError> {
    tx.find(LAST_OF_ORG, args![org, matter, except])
}

/// Open cases of a matter at an authority that began under another edition.
pub fn open_of_other_edition(
    tx: &mut Tx<'_>,
    (matter, area): (&str, &AreaCode),
    edition: &str,
    limit: usize,
) -> Result<Vec<CaseLine>, DbError> {
    tx.list(OPEN_OF_EDITION, args![matter, area, edition, limit])
}

/// The shown names of accounts.
pub fn names_of(tx: &mut Tx<'_>, accounts: &[AccountId]) -> Result<Vec<(AccountId, String)>, DbError> {
    if accounts.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<String> = accounts.iter().map(ToString::to_string).collect();
    let mut filter = Filter::new(tx.engine());
    filter.one_of("id", &ids);
    let text = filter.text("select id, name from account");
    let mut found = Vec::new();
    tx.each_row(Sql::dynamic("desk.names_of", &text), filter.args(), &mut |row| {
        found.push((row.get("id")?, row.get("name")?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// Cases granted although somebody asked had disagreed, by authority (不同意见后准予).
pub fn overrides(tx: &mut Tx<'_>, area: &AreaCode, since: Date) -> Result<Vec<(AreaCode, i64)>, DbError> {
    let mut filter = Filter::new(tx.engine());
    below(&mut filter, area);
    filter.compare("received_on", ">=", &since).fixed("ending = 'granted'");
    filter.fixed(DISAGREED);
    let text = format!("{} group by area", filter.text("select area, count(*) as many from matter_case"));
    let mut found = Vec::new();
    tx.each_row(Sql::dynamic("desk.overrides", &text), filter.args(), &mut |row| {
        found.push((row.get("area")?, row.get("many")?));
        Ok::<(), DbError>(())
    })?;
    Ok(found)
}

/// How one authority used its power in a matter (权力运行).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PowerLine {
    /// The authority's area.
    pub area: AreaCode,
    /// Cases received since the day asked for.
    pub received: i64,
    /// Of these, ended.
    pub ended: i64,
    /// Of these, ended with a refusal.
    pub refused: i64,
    /// Open with something overdue.
    pub overdue: i64,
    /// Waiting for the applicant now.
    pub returned: i64,
}

impl crate::FromRow for PowerLine {
    const TABLE: &'static str = "matter_case";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            area: row.get("area")?,
            received: row.get("received")?,
            ended: row.get("ended")?,
            refused: row.get("refused")?,
            overdue: row.get("overdue")?,
            returned: row.get("returned")?,
        })
    }
}

fn below(filter: &mut Filter, area: &AreaCode) {
    match area.level() {
        AreaLevel::Province => filter.equal("province", area),
        AreaLevel::City => filter.equal("city", area),
        AreaLevel::County => filter.equal("county", area),
        AreaLevel::Nation => filter,
        AreaLevel::Town | AreaLevel::Community => filter.equal("area", area),
    };
}

/// How the authorities of an area and below used their power since a day.
pub fn power(tx: &mut Tx<'_>, area: &AreaCode, since: Date, today: Date) -> Result<Vec<PowerLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    below(&mut filter, area);
    filter.compare("received_on", ">=", &since);
    let select = format!(
        "select area, count(*) as received, sum(case when state = 'ended' then 1 else 0 end) as ended,
         sum(case when ending in ('refused', 'rejected') then 1 else 0 end) as refused,
         sum(case when state <> 'ended' and next_due < '{today}' then 1 else 0 end) as overdue,
         sum(case when state = 'suspended' then 1 else 0 end) as returned from matter_case"
    );
    let text = format!("{} group by area order by area", filter.text(&select));
    tx.list(Sql::dynamic("desk.power", &text), filter.args())
}

/// The list behind a number of [`power`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PowerList {
    /// All received.
    Received,
    /// Ended.
    Ended,
    /// Refused or not accepted.
    Refused,
    /// Open with something overdue.
    Overdue,
    /// Waiting for the applicant.
    Returned,
    /// Granted although somebody asked had disagreed.
    Overridden,
}

/// The cases behind a number, newest first.
pub fn power_cases(
    tx: &mut Tx<'_>,
    (area, since, today): (&AreaCode, Date, Date),
    which: PowerList,
    after: Option<(Date, CaseId)>,
    limit: usize,
) -> Result<Vec<CaseLine>, DbError> {
    let mut filter = Filter::new(tx.engine());
    filter.equal("area", area).compare("received_on", ">=", &since);
    match which {
        PowerList::Received => &mut filter,
        PowerList::Ended => filter.fixed("state = 'ended'"),
        PowerList::Refused => filter.fixed("ending in ('refused', 'rejected')"),
        PowerList::Overdue => filter.fixed("state <> 'ended'").compare("next_due", "<", &today),
        PowerList::Returned => filter.fixed("state = 'suspended'"),
        PowerList::Overridden => filter.fixed("ending = 'granted'").fixed(DISAGREED),
    };
    if let Some((day, id)) = after {
        filter.after("received_on", &day, "id", &id, true);
    }
    let text = filter.sql(CASE_LINE, "received_on desc, id desc", limit);
    tx.list(Sql::dynamic("desk.power_cases", &text), filter.args())
}
