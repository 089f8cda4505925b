//! The desks' lists (岗位列表): queues with search, what waits, questions between desks, what the timer finds due, how an
//! authority's power is used.
mod power;
mod questions;

use base::{AccountId, AreaCode, AreaLevel, BodyId, CaseId, Date, EntryId, OrgId, Origin};

pub use power::{PowerLine, PowerList, overrides, power, power_cases};
pub use questions::{Question, question, questions, questions_from, questions_to};

use crate::cases::{CaseLine, PendingAct, QueueLine};
use crate::value::ToArg;
use crate::{Arg, DbError, Filter, Sql, Statement, Tx, args, sql};

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

const FORMER: Statement = sql!(
    "desk.former",
    "select origin, case_id, rev, replaced_on, answers, entry from case_former
     where origin = $1 and case_id = $2 order by rev desc limit 1"
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
pub fn statements() -> Vec<Statement> {
    [&[FORMER, DUE_CASES, PENDING_ON, LAST_OF_ORG, OPEN_OF_EDITION], questions::ALL].concat()
}

const QUEUE_LINE: &str = "select t.origin, t.case_id, t.id, t.step, t.desk, t.area, t.province, t.city, t.county, t.town,
     t.body_id, t.matter, t.title, t.state, t.opened_on, t.due, t.claimed_by, t.claimed_at, t.closed_on, t.outcome, t.body,
     t.entry, c.number, c.title as case_title, c.applicant_name, c.received_on
     from task t join matter_case c on c.origin = t.origin and c.id = t.case_id";
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

/// The conditions of a seat: each is answered by an index of its own, which one `or` of both would not be.
fn seats(tx: &Tx<'_>, desk: &str, seat: &Seat) -> Vec<Filter> {
    let mut of_desk = Filter::new(tx.engine());
    of_desk.equal("t.desk", desk);
    match seat {
        Seat::Post(area, body) => {
            let mut of_body = of_desk.clone();
            of_desk.equal("t.area", area).fixed("t.body_id is null");
            of_body.equal("t.body_id", body);
            return vec![of_desk, of_body];
        }
        Seat::Below(area) => match area.level() {
            AreaLevel::Province => of_desk.equal("t.province", area),
            AreaLevel::City => of_desk.equal("t.city", area),
            AreaLevel::County => of_desk.equal("t.county", area),
            AreaLevel::Nation => &mut of_desk,
            AreaLevel::Town | AreaLevel::Community => of_desk.equal("t.area", area),
        },
    };
    vec![of_desk]
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
    let mut lines: Vec<QueueLine> = Vec::new();
    for mut filter in seats(tx, desk, at) {
        wanted(&mut filter, want);
        if let Some((due, case, id)) = after {
            filter.after_all(&["t.due", "t.case_id", "t.id"], args![due, case, id], false);
        }
        let text = filter.sql(QUEUE_LINE, "t.due, t.case_id, t.id", limit);
        lines.extend(tx.list::<QueueLine>(Sql::dynamic("desk.queue", &text), filter.args())?);
    }
    lines.sort_by(|one, other| {
        let place = |line: &QueueLine| (line.task.due, line.task.case_id);
        place(one).cmp(&place(other)).then_with(|| one.task.id.cmp(&other.task.id))
    });
    lines.truncate(limit);
    Ok(lines)
}

/// How many tasks of a queue are as wanted.
pub fn how_many(tx: &mut Tx<'_>, (desk, at): (&str, &Seat), want: &Wanted) -> Result<i64, DbError> {
    let join = "select count(*) from task t join matter_case c on c.origin = t.origin and c.id = t.case_id";
    let mut all = 0;
    for mut filter in seats(tx, desk, at) {
        wanted(&mut filter, want);
        let text = filter.text(if want.text.trim().is_empty() { "select count(*) from task t" } else { join });
        all += tx.get::<i64>(Sql::dynamic("desk.how_many", &text), filter.args())?;
    }
    Ok(all)
}

/// The numbers of a queue.
pub fn counts(tx: &mut Tx<'_>, (desk, at): (&str, &Seat), who: AccountId, today: Date) -> Result<Counts, DbError> {
    let mut all = Counts::default();
    for mut filter in seats(tx, desk, at) {
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
        let part: Counts = tx.get(Sql::dynamic("desk.counts", &text), filter.args())?;
        all = Counts {
            open: all.open + part.open,
            overdue: all.overdue + part.overdue,
            today: all.today + part.today,
            fresh: all.fresh + part.fresh,
            mine: all.mine + part.mine,
            waiting: all.waiting + part.waiting,
        };
    }
    Ok(all)
}

/// Values of a statement made at run time, each with its number.
#[derive(Default)]
struct Values<'a>(Vec<Arg<'a>>);

impl<'a> Values<'a> {
    fn put(&mut self, value: &'a (impl ToArg + ?Sized)) -> String {
        self.0.push(value.to_arg());
        format!("${}", self.0.len())
    }

    /// The tasks of a post: of its area and of no body, or of its body.
    fn post(&mut self, (desk, area, body): &'a (&'a str, &'a AreaCode, BodyId)) -> String {
        let (desk, area, body) = (self.put(*desk), self.put(*area), self.put(body));
        format!("(t.desk = {desk} and ((t.area = {area} and t.body_id is null) or t.body_id = {body}))")
    }
}

/// The numbers of one desk, area and body, as its tasks name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heap {
    /// The desk.
    pub desk: String,
    /// The area.
    pub area: AreaCode,
    /// The body, if the tasks name one.
    pub body: Option<BodyId>,
    /// The numbers.
    pub counts: Counts,
}

impl crate::FromRow for Heap {
    const TABLE: &'static str = "task";
    fn from_row(row: &crate::Row<'_>) -> Result<Self, DbError> {
        let counts = Counts::from_row(row)?;
        Ok(Self { desk: row.get("desk")?, area: row.get("area")?, body: row.get("body_id")?, counts })
    }
}

/// The numbers of all these posts in one look, by what the tasks name.
pub fn heaps(
    tx: &mut Tx<'_>,
    posts: &[(&str, &AreaCode, BodyId)],
    who: AccountId,
    today: Date,
) -> Result<Vec<Heap>, DbError> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = Values::default();
    let held: Vec<String> = posts.iter().map(|post| values.post(post)).collect();
    let sum = |condition: String| format!("coalesce(sum(case when {condition} then 1 else 0 end), 0)");
    let text = format!(
        "select {}, {}, {}, {}, {}, {}, t.desk, t.area, t.body_id from task t
         where t.state in ('open', 'suspended') and ({}) group by t.desk, t.area, t.body_id order by t.desk, t.area, t.body_id",
        sum("t.state = 'open'".to_owned()),
        sum(format!("t.state = 'open' and t.due < '{today}'")),
        sum(format!("t.state = 'open' and t.due = '{today}'")),
        sum(format!("t.state = 'open' and t.opened_on = '{today}'")),
        sum(format!("t.state = 'open' and t.claimed_by = '{who}'")),
        sum("t.state = 'suspended'".to_owned()),
        held.join(" or ")
    );
    tx.list(Sql::dynamic("desk.heaps", &text), &values.0)
}

/// The most urgent open tasks of each of these posts, `limit` of each, in one look. A task that two posts hold comes twice.
pub fn first_of_each(
    tx: &mut Tx<'_>,
    posts: &[(&str, &AreaCode, BodyId)],
    limit: usize,
) -> Result<Vec<QueueLine>, DbError> {
    if posts.is_empty() {
        return Ok(Vec::new());
    }
    let mut values = Values::default();
    let parts: Vec<String> = posts
        .iter()
        .enumerate()
        .map(|(at, post)| {
            let held = values.post(post);
            format!(
                "select * from ({QUEUE_LINE} where t.state = 'open' and {held} order by t.due, t.case_id, t.id limit {limit}) as p{at}"
            )
        })
        .collect();
    tx.list(Sql::dynamic("desk.first_of_each", &parts.join(" union all ")), &values.0)
}

/// The answers before the last change.
pub fn former(tx: &mut Tx<'_>, origin: Origin, case: CaseId) -> Result<Option<FormerAnswers>, DbError> {
    tx.find(FORMER, args![origin, case])
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
