//! Queues (待办队列): the tasks of a post by deadline, with numbers that open them, and the official's day.
use std::collections::HashMap;

use authority::{Actor, Subject, Verb, may};
use base::{AccountId, AreaCode, CaseId, Date, Origin};
use store::cases::{QueueLine, TaskRow};
use store::desk::{self, Counts, Heap, Question, Seat, Wanted};
use store::{Tx, cases};

use super::chairs::Chair;
use super::pending::{Pending, pending_of};
use crate::cases::rows::NEVER;
use crate::{Deed, Office, Refused};

/// Lines of a queue page.
pub const PAGE: usize = 50;
/// Lines of the day's list for each desk.
const FIRST: usize = 6;

/// Which part of a queue.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Which {
    /// 全部
    #[default]
    All,
    /// 我领取的
    Mine,
    /// 未领取
    Free,
    /// 已超期
    Overdue,
    /// 今日到期
    Today,
    /// 今日新到
    New,
    /// 等申请人补正
    Waiting,
    /// 下级机关 (read only)
    Below,
}

impl Which {
    /// All, with their words in addresses and on tabs.
    pub const ALL: [(Self, &'static str, &'static str); 8] = [
        (Self::All, "", "全部"),
        (Self::Mine, "mine", "我领取的"),
        (Self::Free, "free", "未领取"),
        (Self::Overdue, "overdue", "已超期"),
        (Self::Today, "today", "今日到期"),
        (Self::New, "new", "今日新到"),
        (Self::Waiting, "waiting", "等补正"),
        (Self::Below, "below", "下级机关"),
    ];

    /// By its word in addresses.
    pub fn parse(word: &str) -> Self {
        Self::ALL.iter().find(|(_, key, _)| *key == word).map_or(Self::All, |(which, ..)| *which)
    }

    /// Its word in addresses.
    pub fn key(self) -> &'static str {
        Self::ALL.iter().find(|(which, ..)| *which == self).map_or("", |(_, key, _)| key)
    }
}

/// What is asked of a queue.
#[derive(Clone, Debug, Default)]
pub struct QueueAsk {
    /// The desk.
    pub desk: String,
    /// The area, for somebody who sits at the same desk of several.
    pub area: Option<AreaCode>,
    /// Which part.
    pub which: Which,
    /// Number, title or applicant contains this.
    pub text: String,
    /// Where the page before ended.
    pub after: String,
}

/// A task in a list.
#[derive(Clone, PartialEq, Debug)]
pub struct QueueRow {
    /// Where the case lives.
    pub origin: Origin,
    /// The case.
    pub case: CaseId,
    /// The task, unique in the case.
    pub task: String,
    /// 办件编号
    pub number: String,
    /// The step's name.
    pub step: String,
    /// The step's id.
    pub step_id: String,
    /// Matter and name.
    pub title: String,
    /// Who applied.
    pub applicant: String,
    /// Received on.
    pub received_on: Date,
    /// Since when it waits here.
    pub opened_on: Date,
    /// Due on, if it has a limit.
    pub due: Option<Date>,
    /// Working days left; negative when late.
    pub left: Option<i64>,
    /// The clock stands still.
    pub paused: bool,
    /// Its limit has run out and it was reported upwards.
    pub escalated: bool,
    /// Who has claimed it.
    pub claimed: Option<(AccountId, String)>,
    /// Its authority.
    pub area_name: String,
}

impl QueueRow {
    /// 还剩 3 个工作日
    pub fn left_text(&self) -> String {
        match self.left {
            _ if self.paused => "计时暂停".to_owned(),
            None => "无时限".to_owned(),
            Some(0) => "今天到期".to_owned(),
            Some(left) if left < 0 => format!("已超 {} 个工作日", -left),
            Some(left) => format!("还剩 {left} 个工作日"),
        }
    }

    /// Overdue, or due within two working days.
    pub fn urgency(&self) -> Urgency {
        match self.left {
            _ if self.paused => Urgency::None,
            Some(left) if left < 0 => Urgency::Late,
            Some(left) if left <= 2 => Urgency::Soon,
            _ => Urgency::None,
        }
    }
}

/// How pressing a task is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Urgency {
    /// Not.
    None,
    /// Due today or in the next two working days.
    Soon,
    /// Overdue.
    Late,
}

/// A page of a queue.
#[derive(Clone, PartialEq, Debug)]
pub struct QueuePage {
    /// Whose.
    pub chair: Chair,
    /// Its other areas at the same desk.
    pub others: Vec<Chair>,
    /// The lines.
    pub rows: Vec<QueueRow>,
    /// Where the next page begins.
    pub next: Option<String>,
    /// The queue's numbers.
    pub counts: Counts,
    /// How many lines the part asked for has.
    pub total: i64,
    /// The reader may look at the authorities below.
    pub looks_down: bool,
}

/// One desk of the day.
#[derive(Clone, PartialEq, Debug)]
pub struct DayDesk {
    /// Whose.
    pub chair: Chair,
    /// Its numbers.
    pub counts: Counts,
    /// The most urgent.
    pub first: Vec<QueueRow>,
    /// Questions it was asked.
    pub asked: Vec<Question>,
}

/// An official's day (我的一天).
#[derive(Clone, PartialEq, Debug)]
pub struct Day {
    /// Each desk.
    pub desks: Vec<DayDesk>,
    /// Questions this person asked and nobody answered yet.
    pub waiting_for: Vec<Question>,
    /// Acts that may still be taken back.
    pub pending: Vec<Pending>,
}

/// What of all that was read belongs to one chair.
fn day_of(chair: &Chair, heaps: &[Heap], held: &[(&TaskRow, &QueueRow)], asked: &[Question]) -> DayDesk {
    let mut counts = Counts::default();
    for heap in heaps.iter().filter(|heap| chair.holds(&heap.desk, &heap.area, heap.body)) {
        counts.open += heap.counts.open;
        counts.overdue += heap.counts.overdue;
        counts.today += heap.counts.today;
        counts.fresh += heap.counts.fresh;
        counts.mine += heap.counts.mine;
        counts.waiting += heap.counts.waiting;
    }
    let mut own: Vec<_> =
        held.iter().filter(|(task, _)| chair.holds(&task.desk, &task.area, task.body_id)).copied().collect();
    own.sort_by(|(one, _), (other, _)| (one.due, one.case_id, &one.id).cmp(&(other.due, other.case_id, &other.id)));
    own.dedup_by(|(one, _), (other, _)| (one.case_id, &one.id) == (other.case_id, &other.id));
    let to_us = |one: &&Question| {
        one.to_desk == chair.desk.as_str()
            && one.to_area == chair.area
            && one.to_body.is_none_or(|body| body == chair.body)
    };
    DayDesk {
        chair: chair.clone(),
        counts,
        first: own.into_iter().take(FIRST).map(|(_, row)| row.clone()).collect(),
        asked: asked.iter().filter(to_us).cloned().collect(),
    }
}

fn seat_and_wish(chair: &Chair, ask: &QueueAsk, who: AccountId, today: Date) -> (Seat, Wanted) {
    let mut wish = Wanted { text: ask.text.clone(), ..Wanted::default() };
    let mut seat = chair.seat();
    match ask.which {
        Which::All => {}
        Which::Mine => wish.mine = Some(who),
        Which::Free => wish.free = true,
        Which::Overdue => wish.before = Some(today),
        Which::Today => {
            wish.from = Some(today);
            wish.before = today.tomorrow().ok();
        }
        Which::New => wish.since = Some(today),
        Which::Waiting => wish.waiting = true,
        Which::Below => seat = Seat::Below(chair.area.clone()),
    }
    (seat, wish)
}

/// Only an authority looks down: a body that is asked for opinions sees its own tasks and nobody else's.
fn below(who: &Actor, chair: &Chair) -> Result<(), Refused> {
    let at_this_desk = Actor { posts: who.posts_at(&chair.desk).cloned().collect(), ..who.clone() };
    Ok(may(&at_this_desk, Verb::View, &Subject::Area(chair.area.clone().into()))?)
}

/// Whether a queue may be taken away: the area's by whoever sees the area, a body's by that body.
fn may_export(who: &Actor, chair: &Chair) -> Result<(), Refused> {
    let area = Subject::Area(chair.area.clone().into());
    let body = Subject::Case(authority::CaseSubject {
        territory: chair.area.clone().into(),
        applicant: None,
        org: None,
        parties: vec![chair.body],
        task: None,
    });
    Ok(may(who, Verb::Export, &area).or_else(|_| may(who, Verb::Export, &body))?)
}

/// `2026-03-09~01J…~intake:2026-03-02`
fn cursor(row: &QueueLine) -> String {
    format!("{}~{}~{}", row.task.due, row.task.case_id, row.task.id)
}

fn read_cursor(text: &str) -> Option<(Date, CaseId, String)> {
    let mut parts = text.splitn(3, '~');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.to_owned()))
}

impl Office {
    /// A page of one's own queue.
    pub fn desk_queue(&self, who: &Actor, ask: &QueueAsk) -> Result<QueuePage, Refused> {
        let chair = self.chair(who, &ask.desk, ask.area.as_ref())?;
        let below = below(who, &chair);
        let looks_down = below.is_ok();
        if ask.which == Which::Below {
            below?;
        }
        let others = self.chairs(who).into_iter().filter(|other| other.desk == chair.desk && other != &chair).collect();
        let today = self.clock.today();
        let (seat, wish) = seat_and_wish(&chair, ask, who.account, today);
        let after = read_cursor(&ask.after);
        let ask = ask.clone();
        let account = who.account;
        self.db.read(move |tx| {
            let from = after.as_ref().map(|(due, case, id)| (*due, *case, id.as_str()));
            let mut lines = desk::queue(tx, (&ask.desk, &seat), &wish, from, PAGE + 1)?;
            let next = (lines.len() > PAGE).then(|| lines.truncate(PAGE)).and_then(|()| lines.last().map(cursor));
            let counts = desk::counts(tx, (&ask.desk, &chair.seat()), account, today)?;
            let total = match (ask.which, ask.text.trim().is_empty()) {
                (Which::All, true) => counts.open,
                (Which::Mine, true) => counts.mine,
                (Which::Overdue, true) => counts.overdue,
                (Which::Today, true) => counts.today,
                (Which::New, true) => counts.fresh,
                (Which::Waiting, true) => counts.waiting,
                _ => desk::how_many(tx, (&ask.desk, &seat), &wish)?,
            };
            let rows = self.rows_of(tx, lines)?;
            Ok(QueuePage { chair, others, rows, next, counts, total, looks_down })
        })
    }

    /// The lines of one's queue as a list to take away, up to so many pages: asks for the right to export and leaves an entry.
    pub fn export_queue(&self, who: &Actor, ask: &QueueAsk, pages: usize) -> Result<Vec<QueueRow>, Refused> {
        let chair = self.chair(who, &ask.desk, ask.area.as_ref())?;
        may_export(who, &chair)?;
        let (mut ask, mut rows) = (QueueAsk { after: String::new(), ..ask.clone() }, Vec::new());
        for _ in 0..pages {
            let page = self.desk_queue(who, &ask)?;
            rows.extend(page.rows);
            match page.next {
                Some(next) => ask.after = next,
                None => break,
            }
        }
        let place = format!("{}-{}", chair.desk, chair.area);
        let deed = Deed::by(who, Origin::of(&chair.area), "queue", place, "export_queue").at(&chair.desk, &chair.area);
        self.act(deed, move |work| {
            work.note("rows", rows.len());
            work.note("part", ask.which.key());
            Ok(rows)
        })
    }

    /// The official's day over all desks.
    pub fn day(&self, who: &Actor) -> Result<Day, Refused> {
        if who.admin.is_some() {
            return Err(authority::Denied::AdminsDoNoBusiness.into());
        }
        let chairs = self.chairs(who);
        if chairs.is_empty() {
            return Err(authority::Denied::NotYourDesk.into());
        }
        let (account, today) = (who.account, self.clock.today());
        self.db.read(move |tx| {
            // However many desks somebody sits at, the page asks the same few times.
            let posts: Vec<_> = chairs.iter().map(|chair| (chair.desk.as_str(), &chair.area, chair.body)).collect();
            let heaps = desk::heaps(tx, &posts, account, today)?;
            let lines = desk::first_of_each(tx, &posts, FIRST)?;
            let places: Vec<_> = posts.iter().map(|(desk, area, _)| (*desk, *area)).collect();
            let asked = desk::questions_to(tx, &places, PAGE)?;
            let first = self.rows_of(tx, lines.clone())?;
            let held: Vec<(&TaskRow, &QueueRow)> = lines.iter().map(|line| &line.task).zip(&first).collect();
            let desks = chairs.iter().map(|chair| day_of(chair, &heaps, &held, &asked)).collect();
            let waiting_for = desk::questions_from(tx, account, PAGE)?;
            let pending = pending_of(tx, account)?;
            Ok(Day { desks, waiting_for, pending })
        })
    }

    /// The tasks before and after one in a queue of its desk, for J and K on the review screen.
    pub(super) fn neighbours(
        &self,
        tx: &mut Tx<'_>,
        chair: &Chair,
        (due, case, task): (Date, CaseId, &str),
    ) -> Result<Option<String>, Refused> {
        let at = (chair.desk.as_str(), &chair.seat());
        let next = desk::queue(tx, at, &Wanted::default(), Some((due, case, task)), 1)?;
        Ok(next.into_iter().next().map(|line| line.number))
    }

    /// Lines in words.
    fn rows_of(&self, tx: &mut Tx<'_>, lines: Vec<QueueLine>) -> Result<Vec<QueueRow>, Refused> {
        let mut accounts: Vec<AccountId> = lines.iter().filter_map(|line| line.task.claimed_by).collect();
        accounts.sort();
        accounts.dedup();
        let names: HashMap<AccountId, String> = desk::names_of(tx, &accounts)?.into_iter().collect();
        let today = self.clock.today();
        let row = |line: QueueLine| {
            let task = line.task;
            let due = (task.due.to_string() != NEVER).then_some(task.due);
            let flag = |name: &str| task.body.get(name).and_then(serde_json::Value::as_bool).unwrap_or(false);
            QueueRow {
                origin: task.origin,
                case: task.case_id,
                number: line.number,
                step: task.title.split('：').next().unwrap_or_default().to_owned(),
                step_id: task.step.clone(),
                title: line.case_title,
                applicant: line.applicant_name,
                received_on: line.received_on,
                opened_on: task.opened_on,
                due,
                left: due.map(|due| self.working_days_left(today, due)),
                paused: flag("paused"),
                escalated: flag("escalated"),
                claimed: task.claimed_by.map(|by| (by, names.get(&by).cloned().unwrap_or_else(|| "同事".to_owned()))),
                area_name: self.areas.name(&task.area).unwrap_or(task.area.as_str()).to_owned(),
                task: task.id,
            }
        };
        Ok(lines.into_iter().map(row).collect())
    }

    /// Working days from today to a day; at least one late once it has passed.
    pub(super) fn working_days_left(&self, today: Date, due: Date) -> i64 {
        match due.cmp(&today) {
            std::cmp::Ordering::Less => (-self.calendar.working_days_between(due, today)).min(-1),
            std::cmp::Ordering::Equal => 0,
            std::cmp::Ordering::Greater => self.calendar.working_days_between(today, due).max(1),
        }
    }

    /// The case with this number (or id) and where it lives.
    pub fn find_case(&self, tx: &mut Tx<'_>, number: &str) -> Result<(Origin, CaseId), Refused> {
        let missing = || Refused::NotFound("这个办件");
        if let Ok(id) = number.parse::<CaseId>() {
            return Ok((cases::locate(tx, id)?.ok_or_else(missing)?, id));
        }
        match cases::by_number(tx, number)?.as_slice() {
            [one] => Ok(*one),
            _ => Err(missing()),
        }
    }
}
