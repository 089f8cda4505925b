//! Requests about one's own personal data (个人信息查阅、更正、删除; 个人信息保护法 arts 44-50): asked, due by a parameter, answered.
//! Access and correction fall to the data-quality desk of the authority named; erasure to the security administrator.
use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, Date, Instant, Origin, PersonId, RecordId};
use serde_json::json;
use store::people::{self, AccessRequest, Person};
use store::{Statement, Tx, args, sql};

use super::Keys;
use crate::accounts::SignedIn;
use crate::act::Deed;
use crate::{Office, Refused, Work};

const OWN: Statement = sql!(
    "requests.own",
    "select person, id, kind, state, asked_at, due, answered_at, body, rev, entry from access_request
     where person = $1 order by asked_at desc, id desc limit 50"
);
const ACCOUNTS: Statement = sql!(
    "requests.accounts",
    "select person, id, login, name, kind, admin, state, home, body, rev, entry from account where person = $1 order by id"
);
const FILED: Statement =
    sql!("requests.filed", "select area, ended_on from matter_case where applicant = $1 order by received_on, id");

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[OWN, ACCOUNTS, FILED];

/// The parameter that says within how many days a request is answered.
const LIMIT: &str = "personal_request_days";
/// The parameter that says how many years after its end a registration file is kept.
const KEPT_YEARS: &str = "case_retention_years";

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RequestKind {
    /// 查阅、复制
    Access,
    /// 更正、补充
    Correct,
    /// 删除
    Erase,
}

impl RequestKind {
    /// All kinds.
    pub const ALL: [Self; 3] = [Self::Access, Self::Correct, Self::Erase];

    /// As stored.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Correct => "correct",
            Self::Erase => "erase",
        }
    }

    /// As people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Access => "查阅、复制",
            Self::Correct => "更正、补充",
            Self::Erase => "删除",
        }
    }

    /// From the stored word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The parameter that names the article which gives the right.
    pub fn basis(self) -> &'static str {
        match self {
            Self::Access => "personal_access_basis",
            Self::Correct => "personal_correct_basis",
            Self::Erase => "personal_erase_basis",
        }
    }
}

/// A request to make.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// What is asked for.
    pub kind: RequestKind,
    /// The authority asked.
    pub area: AreaCode,
    /// In the person's own words; kept sealed.
    pub text: String,
}

/// A request as shown to the person and to who answers.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Request {
    /// Whose.
    pub person: PersonId,
    /// Which.
    pub id: RecordId,
    /// What is asked for.
    pub kind: RequestKind,
    /// `open`, `done`, `refused`.
    pub state: String,
    /// When asked.
    pub asked_at: Instant,
    /// The last day to answer.
    pub due: Date,
    /// When answered.
    pub answered_at: Option<Instant>,
    /// The authority asked.
    pub area: AreaCode,
    /// The person's name, masked.
    pub mask: String,
    /// In the person's words; none when erased or not the reader's to see.
    pub text: Option<String>,
    /// The answer.
    pub answer: String,
    /// Who answered.
    pub answered_by: String,
}

/// A legal duty to keep what somebody asks to have erased.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Retention {
    /// What must be kept.
    pub what: String,
    /// Until which day; none while something of it is still under way or held.
    pub until: Option<Date>,
    /// Why, with the article and the source of the term.
    pub clause: String,
}

impl Retention {
    /// 至 2056 年 3 月 2 日 …
    pub fn until_text(&self) -> String {
        match self.until {
            Some(day) => format!("保存至 {day}"),
            None => "尚在办理或任职，保存期限从办结或离任起算".to_owned(),
        }
    }
}

/// The parameter with the words of a refusal to erase.
const KEEP: &str = "personal_keep_text";

impl Office {
    /// Asks about one's own data. One open request of a kind at a time.
    pub fn ask_about_own_data(&self, who: &SignedIn, new: &NewRequest) -> Result<RecordId, Refused> {
        let text = new.text.trim().to_owned();
        if text.chars().count() < 4 || text.chars().count() > 1000 {
            return Err(Refused::field("text", "请写明要查阅、更正或删除什么，4 至 1000 个字"));
        }
        if self.areas.find(&new.area).is_none() {
            return Err(Refused::field("area", "请选择受理的登记管理机关"));
        }
        let days = self.need_int(LIMIT, &new.area, self.clock.today())?;
        let due = self.clock.now().plus_seconds(days * 24 * 3600).date();
        let (office, new, person) = (self.clone(), new.clone(), who.person);
        let id = self.record_id();
        let deed = Deed::by(&who.actor, Origin::none(), "person", person, "ask_own_data");
        self.act(deed, move |work| {
            let open = own(work.tx, person)?.iter().any(|row| row.kind == new.kind.as_str() && row.state == "open");
            if open {
                return Err(Refused::rule(
                    "request_open",
                    "您已有一件同类请求正在处理",
                    "请等它答复后再提出；要补充说明，可以拨打咨询电话",
                ));
            }
            let sealed = Keys::default().seal(&office, work.tx, person, "request", &text)?;
            work.note("kind", new.kind.as_str());
            work.note("due", due.to_string());
            work.insert(&AccessRequest {
                person,
                id,
                kind: new.kind.as_str().to_owned(),
                state: "open".to_owned(),
                asked_at: work.at,
                due,
                answered_at: None,
                body: json!({ "area": new.area, "text": sealed }),
                rev: 1,
                entry: work.entry,
            })?;
            Ok(id)
        })
    }

    /// One's own requests, newest first.
    pub fn own_requests(&self, who: &SignedIn) -> Result<Vec<Request>, Refused> {
        let person = who.person;
        self.db.read(|tx| {
            let rows = own(tx, person)?;
            rows.into_iter().map(|row| self.shown(tx, row, true)).collect()
        })
    }

    /// Requests that wait for this person, the most urgent first.
    pub fn requests_to_answer(&self, who: &Actor) -> Result<Vec<Request>, Refused> {
        if who.admin.is_some() {
            may(who, Verb::GrantRights, &Subject::Platform)?;
        } else if !who.sits_at(&"data_quality".into()) {
            return Err(authority::Denied::NotYourDesk.into());
        }
        self.db.read(|tx| {
            let mut waiting = Vec::new();
            for row in people::open_requests(tx, 500)? {
                let request = self.shown(tx, row, false)?;
                if Self::may_answer(who, &request).is_ok() {
                    waiting.push(request);
                }
            }
            Ok(waiting)
        })
    }

    /// One request in full for who answers it; opening its words is a look at protected data and journalled.
    pub fn open_request(
        &self,
        who: &Actor,
        person: PersonId,
        id: RecordId,
    ) -> Result<(Request, Option<Retention>), Refused> {
        let row: AccessRequest = self
            .db
            .read(|tx| tx.find_record(args![person, id]).map_err(Refused::from))?
            .ok_or(Refused::NotFound("这件请求"))?;
        let request = self.db.read(|tx| self.shown(tx, row.clone(), false))?;
        Self::may_answer(who, &request)?;
        let office = self.clone();
        let deed = Deed::by(who, Origin::none(), "person", person, "reveal").because("办理本人提出的个人信息请求");
        self.act(deed, move |work| {
            work.note("fields", vec!["request"]);
            let request = office.shown(work.tx, row, true)?;
            let duty = retention(&office, work.tx, person)?;
            Ok((request, duty))
        })
    }

    /// Answers a request. `correction` is the right name where the shown name is what was wrong.
    pub fn answer_request(
        &self,
        who: &Actor,
        (person, id): (PersonId, RecordId),
        granted: bool,
        answer: &str,
        correction: Option<&str>,
    ) -> Result<(), Refused> {
        let answer = answer.trim().to_owned();
        if answer.chars().count() < 4 {
            return Err(Refused::field("answer", "请写明答复的内容和依据，至少 4 个字"));
        }
        let name = correction.map(registry::import::clean::text).filter(|name| !name.is_empty());
        if name.as_ref().is_some_and(|name| !(2..=50).contains(&name.chars().count())) {
            return Err(Refused::field("correction", "姓名应为 2 至 50 个字"));
        }
        let (office, who) = (self.clone(), who.clone());
        let deed = Deed::by(&who, Origin::none(), "person", person, "answer_own_data");
        self.act(deed, move |work| {
            let row: AccessRequest = work.tx.find_record(args![person, id])?.ok_or(Refused::NotFound("这件请求"))?;
            if row.state != "open" {
                return Err(Refused::Conflict);
            }
            let request = office.shown(work.tx, row.clone(), false)?;
            Self::may_answer(&who, &request)?;
            if granted {
                match request.kind {
                    RequestKind::Erase => erase_all(&office, work, person)?,
                    RequestKind::Correct => correct_name(work, person, name.as_deref())?,
                    RequestKind::Access => {}
                }
            }
            work.note("kind", request.kind.as_str());
            work.note("granted", granted);
            let mut body = row.body.clone();
            body["answer"] = json!(answer);
            body["by"] = json!(who.name);
            let state = if granted { "done" } else { "refused" };
            let (rev, entry) = (row.rev + 1, work.entry);
            work.update(&AccessRequest {
                state: state.to_owned(),
                answered_at: Some(work.at),
                body,
                rev,
                entry,
                ..row
            })?;
            let title = format!("您的个人信息{}请求已答复", request.kind.label());
            let notice = store::accounts::Notice {
                person,
                id: office.record_id(),
                at: work.at,
                title,
                link: "/account/data".to_owned(),
                body: String::new(),
                read_at: None,
            };
            Ok(work.tx.insert(&notice)?)
        })
    }

    fn may_answer(who: &Actor, request: &Request) -> Result<(), Refused> {
        if request.kind == RequestKind::Erase {
            return Ok(may(who, Verb::GrantRights, &Subject::Platform)?);
        }
        Ok(may(who, Verb::Amend, &Subject::Area(request.area.clone().into()))?)
    }

    fn shown(&self, tx: &mut Tx<'_>, row: AccessRequest, words: bool) -> Result<Request, Refused> {
        let kind =
            RequestKind::parse(&row.kind).ok_or_else(|| Refused::internal(format!("request kind {}", row.kind)))?;
        let text = |key: &str| row.body.get(key).and_then(|value| value.as_str()).unwrap_or_default().to_owned();
        let sealed = row.body.get("text").cloned().unwrap_or_default();
        let plain = if words { Keys::default().open(self, tx, "request", &sealed)? } else { None };
        let person: Option<Person> = tx.find_record(args![row.person])?;
        Ok(Request {
            person: row.person,
            id: row.id,
            kind,
            asked_at: row.asked_at,
            due: row.due,
            answered_at: row.answered_at,
            area: text("area").parse().map_err(Refused::internal)?,
            mask: person.map(|person| person.mask).unwrap_or_default(),
            text: plain,
            answer: text("answer"),
            answered_by: text("by"),
            state: row.state,
        })
    }
}

fn own(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<AccessRequest>, Refused> {
    Ok(tx.list(OWN, args![person])?)
}

/// What the law wants kept of a person: registration files they signed, and posts on the register. The one rule for every way to
/// erase somebody.
pub fn retention(office: &Office, tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Retention>, Refused> {
    let today = office.clock.today();
    let mut kept = Kept { office, today, until: Vec::new(), clause: String::new() };
    let mut filed = 0_usize;
    for account in accounts_of(tx, person)? {
        let cases: Vec<(AreaCode, Option<Date>)> = tx.list(FILED, args![account.id])?;
        for (area, ended) in cases {
            filed += usize::from(kept.counts(&area, ended)?);
        }
    }
    let mut posts = 0_usize;
    for post in store::organizations::posts_of(tx, person)? {
        let ended = [post.valid_to, post.term_to].into_iter().flatten().filter(|day| *day < today).max();
        posts += usize::from(kept.counts(&AreaCode::nation(), ended)?);
    }
    if posts == 0 && filed == 0 {
        return Ok(None);
    }
    let mut what = Vec::new();
    if filed > 0 {
        what.push(format!("{filed} 件本人提交的登记申请（登记档案）"));
    }
    if posts > 0 {
        what.push(format!("{posts} 条社会组织任职登记"));
    }
    // The last to end decides; anything still under way has no last day yet.
    let until = kept.until.iter().copied().collect::<Option<Vec<Date>>>().and_then(|days| days.into_iter().max());
    let keep = office.need_param(KEEP, &AreaCode::nation(), today)?;
    let clause = format!("{}：{}；保存年限：{}", keep.clause, keep.plain(), kept.clause);
    Ok(Some(Retention { what: what.join("、"), until, clause }))
}

/// What is still within its term.
struct Kept<'o> {
    office: &'o Office,
    today: Date,
    until: Vec<Option<Date>>,
    clause: String,
}

impl Kept<'_> {
    /// Whether something that ended on this day (or has not) is still kept; notes until when and by what.
    fn counts(&mut self, area: &AreaCode, ended: Option<Date>) -> Result<bool, Refused> {
        let param = self.office.need_param(KEPT_YEARS, area, self.today)?;
        let years = self.office.need_int(KEPT_YEARS, area, self.today)?;
        let until = match ended {
            None => None,
            Some(day) => Some(day.checked_add(jiff::Span::new().years(years)).map_err(Refused::internal)?),
        };
        if until.is_some_and(|until| until < self.today) {
            return Ok(false);
        }
        self.clause = param.sourced();
        self.until.push(until);
        Ok(true)
    }
}

/// The accounts of a person.
pub(crate) fn accounts_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<store::accounts::Account>, Refused> {
    Ok(tx.list(ACCOUNTS, args![person])?)
}

/// Erases the person and closes the accounts, unless the law wants something kept.
pub(super) fn erase_all(office: &Office, work: &mut Work<'_, '_>, person: PersonId) -> Result<(), Refused> {
    if let Some(duty) = retention(office, work.tx, person)? {
        return Err(Refused::rule(
            "retention",
            format!("现在不能删除：仍须保存{}，{}（{}）", duty.what, duty.until_text(), duty.clause),
            "请选择“不予删除”，把这一理由告知本人",
        ));
    }
    for account in accounts_of(work.tx, person)? {
        store::accounts::end_sessions(work.tx, account.id)?;
        // A login is personal too: often a name or a telephone number.
        store::accounts::free_login(work.tx, &account.login)?;
        store::outside::forget_identities(work.tx, account.id)?;
        let closed = store::accounts::Account {
            state: "closed".to_owned(),
            login: account.id.to_string(),
            name: "（已删除）".to_owned(),
            rev: account.rev + 1,
            entry: work.entry,
            ..account
        };
        work.update(&closed)?;
    }
    super::reveal::erase_in(work, person)
}

fn correct_name(work: &mut Work<'_, '_>, person: PersonId, name: Option<&str>) -> Result<(), Refused> {
    let Some(name) = name else { return Ok(()) };
    for account in accounts_of(work.tx, person)? {
        let (rev, entry) = (account.rev + 1, work.entry);
        work.update(&store::accounts::Account { name: name.to_owned(), rev, entry, ..account })?;
    }
    if let Some(found) = work.tx.find_record::<Person>(args![person])? {
        let (rev, entry) = (found.rev + 1, work.entry);
        work.update(&Person { mask: registry::officer::masked(name), rev, entry, ..found })?;
    }
    Ok(())
}
