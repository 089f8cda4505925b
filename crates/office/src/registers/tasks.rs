//! Plan tasks (规划任务): the tasks a plan declares, entered in the register of tasks with the desk that answers for each, and read
//! together with what was reported on them.
use authority::{Actor, DeskId};
use base::{AreaLevel, Date, RecordId};
use casework::Posted;
use catalogue::Register;
use catalogue::plans::{Plan, Task};
use serde_json::Value as Json;
use store::records::{self, Wanted};
use store::registers::RegisterEntry;

use super::{ACTIVE, read};
use crate::{Office, Refused};

/// The register of tasks. Its fields `plan`, `task`, `desk`, `owners` and `due` are filled from the plan.
pub const TASKS: &str = "plan-tasks";
/// Tasks of a plan at most.
const MOST: usize = 5_000;

/// A task of a plan as it stands.
#[derive(Clone, Debug)]
pub struct TaskLine {
    /// The task as the plan declares it; none for one that a meeting gave.
    pub declared: Option<Task>,
    /// Its record; none while it is not in the register.
    pub record: Option<RegisterEntry>,
    /// Title.
    pub title: String,
    /// Who answers, as the document or the record names them.
    pub owners: String,
    /// The day it is due.
    pub due: Option<Date>,
    /// Its state in words.
    pub state: String,
    /// Past its day and not done.
    pub overdue: bool,
    /// The desk that answers, as people call it.
    pub desk: String,
    /// The last report: day and words.
    pub last: Option<(Date, String)>,
    /// The meeting that gave it or spoke of it.
    pub meeting: Option<(RecordId, String)>,
    /// Whether the reader may report on it.
    pub reports: bool,
}

impl Office {
    /// The tasks of a plan: what it declares, with the records of the register beside it, and those that meetings gave.
    pub fn plan_tasks(&self, who: Option<&Actor>, plan: &Plan) -> Result<Vec<TaskLine>, Refused> {
        let register = self.register(TASKS)?;
        let mut entered: Vec<RegisterEntry> = Vec::new();
        let wanted = Wanted { within: Some(plan.area.clone()), state: Some(ACTIVE), ..Wanted::default() };
        self.db.read(|tx| {
            records::walk(tx, TASKS, &wanted, MOST, |record| {
                if record.body["plan"].as_str() == Some(&plan.id) && record.area == plan.area {
                    entered.push(record);
                }
                Ok::<_, Refused>(())
            })
        })?;
        let mut lines = Vec::new();
        for task in &plan.tasks {
            let at = entered.iter().position(|record| record.body["task"].as_str() == Some(&task.id));
            let record = at.map(|at| entered.swap_remove(at));
            lines.push(self.task_line(who, register, plan, Some(task), record)?);
        }
        entered.sort_by(|one, other| (one.since, one.id).cmp(&(other.since, other.id)));
        for record in entered {
            lines.push(self.task_line(who, register, plan, None, Some(record))?);
        }
        Ok(lines)
    }

    fn task_line(
        &self,
        who: Option<&Actor>,
        register: &Register,
        plan: &Plan,
        declared: Option<&Task>,
        record: Option<RegisterEntry>,
    ) -> Result<TaskLine, Refused> {
        let today = self.clock.today();
        let due = declared.map(|task| task.due.unwrap_or(plan.period.1));
        let Some(record) = record else {
            let task = declared.ok_or_else(|| Refused::internal("a task from nowhere"))?;
            return Ok(TaskLine {
                title: task.title.clone(),
                owners: task.owners.join("、"),
                due,
                state: "还没有列入任务名册".to_owned(),
                overdue: due.is_some_and(|due| due < today),
                desk: String::new(),
                last: None,
                meeting: None,
                reports: false,
                declared: Some(task.clone()),
                record: None,
            });
        };
        let text = |field: &str| record.body.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
        let meeting = self.linked(register, &record)?;
        let (state, last) = self.db.read(|tx| {
            let state = match &register.course {
                Some(course) => {
                    let field = register.find_field(&course.field);
                    field.map(|field| self.say_value(tx, field, record.body.get(&course.field))).transpose()?
                }
                None => None,
            };
            let mut last = None;
            for below in self.catalogue.registers().filter(|below| below.links_to(TASKS).next().is_some()) {
                let newest = records::children(tx, (TASKS, record.id), &below.id, 1)?.pop();
                last = last.max(newest.map(|report| (report.since, report.title)));
            }
            Ok::<_, Refused>((state.unwrap_or_default(), last))
        })?;
        let desk = text("desk");
        Ok(TaskLine {
            title: text("title"),
            owners: text("owners"),
            due: text("due").parse().ok().or(due),
            state,
            overdue: read::is_overdue(register, &record, today),
            desk: if desk.is_empty() { String::new() } else { self.catalogue.desk_name(&desk).to_owned() },
            last,
            meeting,
            reports: who.is_some_and(|who| self.reports_on(who, register, &record)),
            declared: declared.cloned(),
            record: Some(record),
        })
    }

    /// The record of another register that a record belongs to: the meeting that gave a task.
    fn linked(&self, register: &Register, record: &RegisterEntry) -> Result<Option<(RecordId, String)>, Refused> {
        for field in register.fields.iter().filter(|field| field.belongs_to.is_some()) {
            let Some(link) = &field.belongs_to else { continue };
            let id = record.body.get(&field.id).and_then(Json::as_str).and_then(|id| id.parse::<RecordId>().ok());
            if let Some(id) = id {
                let parent = self.db.read(|tx| records::find(tx, &link.register, id))?;
                return Ok(parent.map(|parent| (parent.id, parent.title)));
            }
        }
        Ok(None)
    }

    /// Whether the actor may enter a report on this record in some register that belongs to it.
    fn reports_on(&self, who: &Actor, register: &Register, record: &RegisterEntry) -> bool {
        let may = |below: &Register| {
            self.may_enter_some(who, below).is_ok()
                && below
                    .links_to(&register.id)
                    .any(|(_, link)| self.answers_for(who, below, link, register, record).is_ok())
        };
        self.catalogue.registers().any(may)
    }

    /// Enters the tasks of a plan that are not in the register yet. Gives how many.
    pub fn seed_plan_tasks(&self, who: &Actor, plan: &Plan) -> Result<usize, Refused> {
        let register = self.register(TASKS)?;
        if !who.is_system() {
            self.keeper(who, register, &plan.area)?;
        }
        let missing: Vec<Task> = self
            .plan_tasks(None, plan)?
            .into_iter()
            .filter(|line| line.record.is_none())
            .filter_map(|line| line.declared)
            .collect();
        for task in &missing {
            self.enter_record(who, TASKS, &self.posted_task(plan, task)?, &[])?;
        }
        Ok(missing.len())
    }

    fn posted_task(&self, plan: &Plan, task: &Task) -> Result<Posted, Refused> {
        let clauses: Vec<String> = task.clauses.iter().map(|clause| clause.value.clone()).collect();
        let desk = self.desk_for(plan, task, &clauses)?;
        let project = plan.projects.iter().find(|(id, ..)| *id == task.project).map(|(_, name, _)| name.clone());
        let due = task.due.unwrap_or(plan.period.1).to_string();
        let stage = plan.stages.iter().find(|stage| stage.id == task.stage);
        let since = stage.map_or(plan.period.0, |stage| stage.from).to_string();
        let fields = [
            ("plan", plan.id.clone()),
            ("task", task.id.clone()),
            ("title", task.title.clone()),
            ("clauses", clauses.join("、")),
            ("project", project.unwrap_or_default()),
            ("owners", task.owners.join("、")),
            ("desk", desk.as_str().to_owned()),
            ("area", plan.area.to_string()),
            ("origin", "plan".to_owned()),
            ("from", since),
            ("due", due),
        ];
        Ok(fields
            .into_iter()
            .filter(|(_, value)| !value.is_empty())
            .map(|(name, value)| (name.to_owned(), vec![value]))
            .collect())
    }

    /// The desk that answers for a task: by the responsibility matrix for its clauses at the plan's level; else the desk of the
    /// first owner that is a body on file; else the desk that enters the register.
    fn desk_for(&self, plan: &Plan, task: &Task, clauses: &[String]) -> Result<DeskId, Refused> {
        let level: AreaLevel = plan.area.level();
        let duty = self.catalogue.duties().find(|duty| duty.level == level && clauses.contains(&duty.clause));
        if let Some(duty) = duty {
            return Ok(duty.desk.clone());
        }
        let bodies = self.db.read(store::people::bodies)?;
        let near = bodies.iter().filter(|body| body.area == plan.area && body.state == "active");
        let near: Vec<_> = near.collect();
        for owner in &task.owners {
            let bare = owner.trim_start_matches(['省', '市', '县', '区']);
            let body =
                near.iter().find(|body| body.name.ends_with(owner) || (!bare.is_empty() && body.name.ends_with(bare)));
            let desk = body.and_then(|body| self.desk_of_body(&body.kind));
            if let Some(desk) = desk {
                return Ok(desk);
            }
        }
        let register = self.register(TASKS)?;
        Ok(register.enters.first().cloned().unwrap_or_else(|| DeskId::new("supervision")))
    }

    /// The desk that only this kind of body holds.
    fn desk_of_body(&self, kind: &str) -> Option<DeskId> {
        let own = |desk: &&str| self.catalogue.desk_fits(desk, kind) && !self.catalogue.desk_fits(desk, "other");
        let mut desks = self.catalogue.desks().map(|(id, _)| id).filter(|desk| own(&desk));
        let first = desks.next()?;
        if desks.next().is_some() { None } else { Some(DeskId::new(first)) }
    }
}
