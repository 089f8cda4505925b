//! A case as rows: the case with its list columns, one row per task ever opened.
use base::{AccountId, AreaCode, Date, EntryId, PersonId};
use casework::{Answers, Case, Rules, Task, next_due};
use catalogue::matter::Matter;
use serde::{Deserialize, Serialize};
use store::Levels;
use store::cases::{CaseRow, TaskRow};

use crate::act::Work;
use crate::people::Keys;
use crate::{Office, Refused};

/// Sorts last: a task or case without a limit.
pub const NEVER: &str = "9999-12-31";

/// What the body of a case row holds: the case with sealed answers, and under whose key they are sealed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Body {
    /// The case; its answers are sealed.
    pub case: Case,
    /// Whose key seals the personal answers.
    pub owner: PersonId,
}

/// A case read back with its row and open answers.
pub struct Loaded {
    /// The row, for `rev` and list columns.
    pub row: CaseRow,
    /// The case with open answers.
    pub case: Case,
    /// Whose key seals its personal answers.
    pub owner: PersonId,
}

impl Office {
    /// Reads a case under its edition's matter.
    pub fn load_case(
        &self,
        tx: &mut store::Tx<'_>,
        keys: &mut Keys,
        row: CaseRow,
        matter: &Matter,
    ) -> Result<Loaded, Refused> {
        let body: Body = serde_json::from_value(row.body.clone()).map_err(Refused::internal)?;
        let answers = self.open_answers(tx, keys, matter, &body.case.answers)?;
        Ok(Loaded { row, case: Case { answers, ..body.case }, owner: body.owner })
    }

    /// The last day to tell people of a task, and the timer's day.
    fn due(&self, task: &Task, today: Date) -> Date {
        let clocks = task.clock.iter().chain(&task.notice);
        let days = clocks.filter(|clock| !clock.expired).map(|clock| clock.due(&self.calendar, today).expected().date);
        days.min().or_else(|| NEVER.parse().ok()).unwrap_or(Date::MAX)
    }

    /// Writes a case and its tasks.
    pub(crate) fn save_case(
        &self,
        work: &mut Work<'_, '_>,
        keys: &mut Keys,
        rules: &Rules<'_>,
        before: Option<&Loaded>,
        case: &Case,
        list: &Listing,
    ) -> Result<(), Refused> {
        let sealed: Answers = self.seal_answers(work.tx, keys, list.owner, rules.matter, &case.answers)?;
        let body = Body { case: Case { answers: sealed, ..case.clone() }, owner: list.owner };
        let levels = Levels::of_chain(&self.lineage(&case.area, work.today));
        let state = match (&case.ending, case.open.iter().all(|task| task.awaits.is_some())) {
            (Some(_), _) => "ended",
            (None, true) => "suspended",
            (None, false) => "open",
        };
        let row = CaseRow {
            origin: case.origin,
            id: case.id,
            number: list.number.clone(),
            matter: case.matter.as_str().to_owned(),
            edition: case.digest.clone(),
            title: list.title.clone(),
            state: state.to_owned(),
            status: case.status().plain().to_owned(),
            ending: case.ending.as_ref().map(|ended| ended.ending.as_str().to_owned()),
            applicant: case.applicant,
            applicant_name: list.applicant_name.clone(),
            org_origin: list.org_origin,
            org: case.org,
            area: case.area.clone(),
            province: levels.province,
            city: levels.city,
            county: levels.county,
            body_id: None,
            received_on: case.submitted,
            next_due: next_due(rules, case, work.today),
            ended_on: case.ending.as_ref().map(|ended| ended.on),
            synthetic: list.synthetic,
            body: serde_json::to_value(&body).map_err(Refused::internal)?,
            rev: before.map_or(1, |before| before.row.rev + 1),
            entry: work.entry,
        };
        if before.is_some() {
            work.update(&row)?;
        } else {
            work.insert(&row)?;
        }
        if let Some(before) = before.filter(|before| before.case.answers != case.answers) {
            self.keep_former(work, before)?;
        }
        self.save_tasks(work, rules, before.map(|before| &before.case), case, list)
    }

    /// Keeps the answers that the act replaced, sealed as they were: the desks see before and after (补正前后对照).
    fn keep_former(&self, work: &mut Work<'_, '_>, before: &Loaded) -> Result<(), Refused> {
        let body: Body = serde_json::from_value(before.row.body.clone()).map_err(Refused::internal)?;
        work.insert(&store::desk::FormerAnswers {
            origin: before.row.origin,
            case_id: before.row.id,
            rev: before.row.rev,
            replaced_on: work.today,
            answers: serde_json::to_value(&body.case.answers).map_err(Refused::internal)?,
            entry: work.entry,
        })
    }

    fn save_tasks(
        &self,
        work: &mut Work<'_, '_>,
        rules: &Rules<'_>,
        before: Option<&Case>,
        case: &Case,
        list: &Listing,
    ) -> Result<(), Refused> {
        for task in &case.open {
            let unchanged = before.and_then(|before| before.find_task(&task.step)) == Some(task);
            if !unchanged {
                let row = self.task_row(rules, case, task, list, "open", work.today, work.entry);
                let claimed_at = task.claimed_by.map(|_| work.at);
                work.upsert(&TaskRow { claimed_at, ..row })?;
            }
        }
        let closed = before.map_or(&[][..], |before| &before.open[..]);
        for task in closed.iter().filter(|task| case.find_task(&task.step).is_none()) {
            let against = case
                .opinions
                .last()
                .filter(|opinion| opinion.step == task.step)
                .is_some_and(|opinion| !opinion.favourable);
            let verb = case.timeline.last().map(|event| event.verb.plain());
            let outcome = verb.map(|verb| if against { "不同意" } else { verb }.to_owned());
            let row = self.task_row(rules, case, task, list, "closed", work.today, work.entry);
            work.upsert(&TaskRow { closed_on: Some(work.today), outcome, ..row })?;
        }
        Ok(())
    }

    #[expect(clippy::too_many_arguments, reason = "one row, its columns from as many places")]
    fn task_row(
        &self,
        rules: &Rules<'_>,
        case: &Case,
        task: &Task,
        list: &Listing,
        state: &str,
        today: Date,
        entry: EntryId,
    ) -> TaskRow {
        let levels = Levels::of_chain(&self.lineage(&task.area, today));
        let name = rules.matter.find_step(&task.step).map_or(task.step.as_str(), |step| step.name.as_str());
        TaskRow {
            origin: case.origin,
            case_id: case.id,
            // A step is open at most once at a time; opened again on a later day it is another task.
            id: format!("{}:{}", task.step.as_str(), task.opened),
            step: task.step.as_str().to_owned(),
            desk: task.desk.as_str().to_owned(),
            area: task.area.clone(),
            province: levels.province,
            city: levels.city,
            county: levels.county,
            town: levels.town,
            body_id: task.body,
            matter: case.matter.as_str().to_owned(),
            title: format!("{name}：{}", list.title),
            state: if state == "open" && task.awaits.is_some() { "suspended" } else { state }.to_owned(),
            opened_on: task.opened,
            due: self.due(task, today),
            claimed_by: task.claimed_by,
            claimed_at: None,
            closed_on: None,
            outcome: None,
            body: serde_json::json!({
                "overdue": task.overdue,
                "escalated": task.escalated,
                "paused": task.clock.as_ref().is_some_and(casework::Clock::is_paused),
            }),
            entry,
        }
    }
}

/// What lists show of a case and the case itself does not know.
#[derive(Clone, Debug)]
pub struct Listing {
    /// 办件编号
    pub number: String,
    /// Matter and name.
    pub title: String,
    /// The applicant's name as shown to desks.
    pub applicant_name: String,
    /// Whose key seals the personal answers.
    pub owner: PersonId,
    /// Where the organization lives, once there is one.
    pub org_origin: Option<base::Origin>,
    /// 演示数据
    pub synthetic: bool,
}

impl Listing {
    /// As it stands in a row.
    pub fn of(loaded: &Loaded) -> Self {
        Self {
            number: loaded.row.number.clone(),
            title: loaded.row.title.clone(),
            applicant_name: loaded.row.applicant_name.clone(),
            owner: loaded.owner,
            org_origin: loaded.row.org_origin,
            synthetic: loaded.row.synthetic,
        }
    }
}

/// `沈阳 2026 0001` as people quote it: area, year, serial of that authority in that year.
pub fn case_number(area: &AreaCode, day: Date, serial: i64) -> String {
    format!("{}{}{serial:05}", area.six(), day.year())
}

/// An account as `applicant`, or nothing for the timer.
pub fn applicant_of(actor: &authority::Actor) -> Option<AccountId> {
    (!actor.is_system()).then_some(actor.account)
}
