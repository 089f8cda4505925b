//! Service reviews (好差评, 国办发〔2019〕51号): one for each ended case, five levels, nobody told who gave it; a bad one opens a timed
//! loop: checking → answered (put right, called back) → closed.
use authority::{Actor, Subject, Verb, may};
use base::{AreaCode, CaseId, Date, Origin, RecordId, Span};
use store::cases::CaseRow;
use store::papers::ServiceReview;
use store::{DbError, FromRow, Row, Statement, Tx, args, sql};

use crate::act::{Deed, Work};
use crate::connector::messages::ReviewGiven;
use crate::{Office, Refused};

/// The five levels, best first, with what they are called.
pub const LEVELS: [(i64, &str); 5] = [(5, "非常满意"), (4, "满意"), (3, "基本满意"), (2, "不满意"), (1, "非常不满意")];
/// Reasons offered for the lower two.
pub const REASONS: [(&str, &str); 6] = [
    ("slow", "办得慢"),
    ("often", "要跑多次"),
    ("rude", "态度不好"),
    ("unclear", "说不清楚"),
    ("papers", "多要材料"),
    ("system", "网上不好用"),
];
/// The desk that looks into bad reviews: not the desks that were rated.
const DESK: &str = "supervision";
const LONGEST_TEXT: usize = 500;

const OPEN: Statement = sql!(
    "reviews.open",
    "select origin, id, case_id, score, tags, text, area, given_on, state, answer, due, synthetic, rev, entry
     from service_review where area = $1 and state in ('checking', 'answered') order by state desc, due, id limit $2"
);
const FIGURES: Statement = sql!(
    "reviews.figures",
    "select count(*) as given, count(case when score >= $4 then 1 end) as satisfied,
            count(case when score < $4 then 1 end) as bad,
            count(case when score < $4 and state in ('answered', 'closed') then 1 end) as answered,
            count(case when state = 'checking' and due < $3 then 1 end) as overdue
     from service_review where area = $1 and given_on >= $2 and synthetic = 0"
);
const FIGURES_DEMO: Statement = sql!(
    "reviews.figures_demo",
    "select count(*) as given, count(case when score >= $4 then 1 end) as satisfied,
            count(case when score < $4 then 1 end) as bad,
            count(case when score < $4 and state in ('answered', 'closed') then 1 end) as answered,
            count(case when state = 'checking' and due < $3 then 1 end) as overdue
     from service_review where area = $1 and given_on >= $2"
);
const AREAS: Statement =
    sql!("reviews.areas", "select distinct area from service_review where given_on >= $1 order by area limit $2");

/// For the test that prepares all statements.
pub const ALL: &[Statement] = &[OPEN, FIGURES, FIGURES_DEMO, AREAS];

/// What somebody says of a service.
#[derive(Clone, Debug, Default)]
pub struct NewReview {
    /// 5 非常满意 to 1 非常不满意.
    pub score: i64,
    /// Ids of [`REASONS`]; asked for with the lower two.
    pub reasons: Vec<String>,
    /// In words.
    pub text: String,
}

/// How an authority was rated.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Figures {
    /// Reviews given.
    pub given: i64,
    /// 基本满意 and better.
    pub satisfied: i64,
    /// The lower two.
    pub bad: i64,
    /// Bad ones answered and called back.
    pub answered: i64,
    /// Bad ones not answered in time.
    pub overdue: i64,
}

impl FromRow for Figures {
    const TABLE: &'static str = "service_review";
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self {
            given: row.get("given")?,
            satisfied: row.get("satisfied")?,
            bad: row.get("bad")?,
            answered: row.get("answered")?,
            overdue: row.get("overdue")?,
        })
    }
}

impl Figures {
    /// 满意率 in tenths of a percent; none without a review.
    pub fn satisfaction(self) -> Option<i64> {
        (self.given > 0).then(|| self.satisfied * 1000 / self.given)
    }

    /// 差评回访率 in tenths of a percent; none without a bad review.
    pub fn follow_up(self) -> Option<i64> {
        (self.bad > 0).then(|| self.answered * 1000 / self.bad)
    }
}

/// What the review page of a case needs.
#[derive(Clone, Debug)]
pub struct ToReview {
    /// Where the case lives.
    pub origin: Origin,
    /// The case.
    pub case: CaseId,
    /// Its title.
    pub title: String,
    /// Last day for a review.
    pub until: Date,
    /// The review given already.
    pub given: Option<ServiceReview>,
}

impl Office {
    /// The ended case with this number that the applicant may rate, or rated.
    pub fn case_to_review(&self, who: &Actor, number: &str) -> Result<ToReview, Refused> {
        self.db.read(|tx| {
            let row = rated_case(tx, who, number)?;
            let until = self.may_be_rated(&row)?;
            let given = store::papers::review_of(tx, row.origin, row.id)?;
            Ok(ToReview { origin: row.origin, case: row.id, title: row.title, until, given })
        })
    }

    /// Rates an ended case, once. The entry does not say who: the officer must not learn it from the journal either.
    pub fn give_review(&self, who: &Actor, number: &str, new: NewReview) -> Result<ServiceReview, Refused> {
        let (office, who_owns, number) = (self.clone(), who.clone(), number.to_owned());
        let target = self.case_to_review(who, &number)?;
        let id = RecordId::fresh(&self.clock, &self.rng);
        let mut deed = Deed::by(who, target.origin, "review", id, "give_review");
        "anonymous".clone_into(&mut deed.actor);
        self.act(deed, move |work| {
            let row = rated_case(work.tx, &who_owns, &number)?;
            let until = office.may_be_rated(&row)?;
            if work.today > until {
                return Err(Refused::rule(
                    "review_late",
                    format!("评价的时间到 {until} 为止"),
                    "有意见可以到“投诉举报”反映",
                ));
            }
            if store::papers::review_of(work.tx, row.origin, row.id)?.is_some() {
                return Err(Refused::rule("review_given", "这个办件已经评价过，一事一评", "可以在本页查看处理结果"));
            }
            let below = office.need_int("review_bad_below", &row.area, work.today)?;
            let bad = new.score < below;
            check(&new, bad)?;
            let span = Span::Working(office.need_count("review_rectify_days", &row.area, work.today)?);
            let review = ServiceReview {
                origin: row.origin,
                id,
                case_id: row.id,
                score: new.score,
                tags: new.reasons.join(","),
                text: new.text.trim().to_owned(),
                area: row.area.clone(),
                given_on: work.today,
                state: if bad { "checking" } else { "given" }.to_owned(),
                answer: None,
                due: bad.then(|| office.calendar.after(work.today, span).date),
                synthetic: row.synthetic,
                rev: 1,
                entry: work.entry,
            };
            work.insert(&review)?;
            work.note("score", new.score);
            office.tell_review(work, &review, &row.number)?;
            Ok(review)
        })
    }

    /// Bad reviews of the desk's area, those still to be answered first, the most urgent on top.
    pub fn open_reviews(&self, who: &Actor) -> Result<Vec<ServiceReview>, Refused> {
        let areas = reviewing_areas(who)?;
        self.db.read(|tx| {
            let mut all = Vec::new();
            for area in &areas {
                all.extend(tx.list::<ServiceReview>(OPEN, args![area, 200_usize])?);
            }
            Ok(all)
        })
    }

    /// 整改、回访: what was put right, and that the rater was called back. The answer goes to the rater.
    pub fn answer_review(&self, who: &Actor, origin: Origin, id: RecordId, answer: &str) -> Result<(), Refused> {
        let areas = reviewing_areas(who)?;
        let answer = answer.trim().to_owned();
        let length = answer.chars().count();
        if !(10..=LONGEST_TEXT).contains(&length) {
            return Err(Refused::field("answer", "请写明怎样整改、怎样回访，10 到 500 个字"));
        }
        let office = self.clone();
        self.act(Deed::by(who, origin, "review", id, "answer_review"), move |work| {
            let review: ServiceReview = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这条评价"))?;
            in_areas(&review, &areas)?;
            if review.state != "checking" {
                return Err(Refused::rule("review_answered", "这条评价不在待核实状态", "请刷新后再看"));
            }
            let late = review.due.is_some_and(|due| due < work.today);
            let case = store::cases::get(work.tx, origin, review.case_id)?;
            work.note("late", late);
            let rev = review.rev + 1;
            let entry = work.entry;
            let answered =
                ServiceReview { state: "answered".into(), answer: Some(answer.clone()), rev, entry, ..review };
            work.update(&answered)?;
            office.tell_review(work, &answered, &case.number)?;
            let Some(applicant) = case.applicant else { return Ok(()) };
            let Some(account) = store::accounts::find(work.tx, applicant)? else { return Ok(()) };
            Ok(work.tx.insert(&store::accounts::Notice {
                person: account.person,
                id: RecordId::fresh_at(work.at, &office.rng),
                at: work.at,
                title: "您的评价已处理".to_owned(),
                link: format!("/my/cases/{}/review", case.number),
                body: answer,
                read_at: None,
            })?)
        })
    }

    /// Closes an answered review; nobody closes what he answered himself unless he is the only one there.
    pub fn close_review(&self, who: &Actor, origin: Origin, id: RecordId) -> Result<(), Refused> {
        let (areas, by, office) = (reviewing_areas(who)?, who.account, self.clone());
        self.act(Deed::by(who, origin, "review", id, "close_review"), move |work| {
            let review: ServiceReview = work.tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这条评价"))?;
            in_areas(&review, &areas)?;
            if review.state != "answered" {
                return Err(Refused::rule(
                    "review_open",
                    "这条评价还没有整改和回访，不能办结",
                    "请先填写整改和回访情况",
                ));
            }
            // The row still bears the entry of its answer.
            if crate::ledger::find_actor(work.tx, origin, review.entry)? == Some(by) {
                let posts = store::people::posts_of_desk(work.tx, DESK, &review.area, work.today)?;
                if posts.iter().any(|post| post.account != by) {
                    return Err(Refused::Denied(authority::Denied::SecondPerson));
                }
            }
            let rev = review.rev + 1;
            let closed = ServiceReview { state: "closed".into(), rev, entry: work.entry, ..review };
            work.update(&closed)?;
            let case = store::cases::get(work.tx, origin, closed.case_id)?;
            office.tell_review(work, &closed, &case.number)
        })
    }

    /// Tells the outside of a review, if a connection is on.
    fn tell_review(&self, work: &mut Work<'_, '_>, review: &ServiceReview, number: &str) -> Result<(), Refused> {
        let told = ReviewGiven::of(review, number, work.today);
        self.tell_outside(work, &format!("case/{}", review.case_id), review.synthetic, &told)
    }

    /// How an authority was rated since a day. `demo`: count demonstration cases too.
    pub fn review_figures(
        &self,
        tx: &mut Tx<'_>,
        area: &AreaCode,
        since: Date,
        demo: bool,
    ) -> Result<Figures, Refused> {
        let today = self.clock.today();
        let below = self.need_int("review_bad_below", area, today)?;
        let statement = if demo { FIGURES_DEMO } else { FIGURES };
        Ok(tx.get(statement, args![area, since, today, below])?)
    }

    /// The figures of every authority that was rated since a day.
    pub fn all_review_figures(&self, since: Date, demo: bool) -> Result<Vec<(AreaCode, Figures)>, Refused> {
        self.db.read(|tx| {
            let mut all = Vec::new();
            let mut areas = Vec::new();
            tx.each_row::<DbError>(AREAS, args![since, 500_usize], &mut |row| {
                areas.push(row.get::<AreaCode>("area")?);
                Ok(())
            })?;
            for area in areas {
                let figures = self.review_figures(tx, &area, since, demo)?;
                if figures.given > 0 {
                    all.push((area, figures));
                }
            }
            Ok(all)
        })
    }

    /// Until when a case may be rated.
    fn may_be_rated(&self, row: &CaseRow) -> Result<Date, Refused> {
        let Some(ended) = row.ended_on else {
            return Err(Refused::rule("not_ended", "这个办件还没有办结，办结以后才能评价", "请先查看办理进度"));
        };
        let days = self.need_count("review_invite_days", &row.area, ended)?;
        Ok(self.calendar.after(ended, Span::Calendar(days)).date)
    }
}

/// A case by its number, for its applicant alone.
fn rated_case(tx: &mut Tx<'_>, who: &Actor, number: &str) -> Result<CaseRow, Refused> {
    for (origin, id) in store::cases::by_number(tx, number)? {
        let row = store::cases::get(tx, origin, id)?;
        if row.applicant == Some(who.account) {
            return Ok(row);
        }
    }
    Err(Refused::NotFound("这个办件"))
}

fn reviewing_areas(who: &Actor) -> Result<Vec<AreaCode>, Refused> {
    let mut areas: Vec<AreaCode> =
        who.posts.iter().filter(|post| post.desk.as_str() == DESK).map(|post| post.area.clone()).collect();
    areas.sort();
    areas.dedup();
    if areas.is_empty() {
        return Err(Refused::Denied(authority::Denied::NotYourDesk));
    }
    for area in &areas {
        may(who, Verb::View, &Subject::Area(area.clone().into()))?;
    }
    Ok(areas)
}

fn in_areas(review: &ServiceReview, areas: &[AreaCode]) -> Result<(), Refused> {
    if areas.contains(&review.area) { Ok(()) } else { Err(Refused::Denied(authority::Denied::NotYourArea)) }
}

fn check(new: &NewReview, bad: bool) -> Result<(), Refused> {
    if !LEVELS.iter().any(|(score, _)| *score == new.score) {
        return Err(Refused::field("score", "请选一项：从“非常满意”到“非常不满意”"));
    }
    if new.reasons.iter().any(|reason| !REASONS.iter().any(|(id, _)| id == reason)) {
        return Err(Refused::field("score", "请从列出的原因中选择"));
    }
    if bad && new.reasons.is_empty() && new.text.trim().is_empty() {
        return Err(Refused::field("score", "请选一项不满意的原因，或者写几句，我们好去核实"));
    }
    if new.text.chars().count() > LONGEST_TEXT {
        return Err(Refused::field("text", "请写在 500 个字以内"));
    }
    Ok(())
}
