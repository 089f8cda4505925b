//! Plan tasks (规划任务): the tasks a plan declares, entered in the register of tasks with the desk that answers for each, and read
//! together with what was reported on them.
use std::collections::BTreeMap;

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
    /// Nothing is left to do.
    pub closed: bool,
    /// Past its day and not done.
    pub overdue: bool,
    /// The desk that answers, as people call it.
    pub desk: String,
    /// The last report: day and words.
    pub last: Option<(Date, String)>,
    /// The meeting that gave it or spoke of it.
    pub meeting: Option<(RecordId, String)>,
    /// Where the reader may report on it: the register and its field that names the task; none if he may not.
    pub reports: Option<(String, String)>,
}

/// What was reported on tasks, and what the records they name are called.
#[derive(Default)]
struct Around {
    last: BTreeMap<RecordId, (Date, String)>,
    meetings: BTreeMap<RecordId, String>,
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
        let around = self.around(register, &entered)?;
        let mut lines = Vec::new();
        for task in &plan.tasks {
            let at = entered.iter().position(|record| record.body["task"].as_str() == Some(&task.id));
            match at.map(|at| entered.swap_remove(at)) {
                Some(record) => lines.push(self.task_line(who, register, Some(task), record, &around)),
                None => lines.push(self.unentered(plan, task)),
            }
        }
        entered.sort_by_key(|record| (record.since, record.id));
        for record in entered {
            lines.push(self.task_line(who, register, None, record, &around));
        }
        Ok(lines)
    }

    /// What was reported on the tasks, and the meetings they name: two questions, however many tasks.
    fn around(&self, register: &Register, tasks: &[RegisterEntry]) -> Result<Around, Refused> {
        let ids: Vec<String> = tasks.iter().map(|task| task.id.to_string()).collect();
        self.db.read(|tx| {
            let mut around = Around::default();
            for (task, since, title) in records::below(tx, TASKS, &ids)? {
                let last = around.last.entry(task).or_insert_with(|| (since, title.clone()));
                if since > last.0 {
                    *last = (since, title);
                }
            }
            for field in &register.fields {
                let Some(link) = &field.belongs_to else { continue };
                let named = tasks.iter().filter_map(|task| task.body.get(&field.id)?.as_str().map(str::to_owned));
                let named: Vec<String> = named.collect();
                around.meetings.extend(records::titles(tx, &link.register, &named)?);
            }
            Ok(around)
        })
    }

    fn unentered(&self, plan: &Plan, task: &Task) -> TaskLine {
        let due = task.due.unwrap_or(plan.period.1);
        TaskLine {
            title: task.title.clone(),
            owners: task.answerable(),
            due: Some(due),
            state: "还没有列入任务名册".to_owned(),
            closed: false,
            overdue: due < self.clock.today(),
            desk: String::new(),
            last: None,
            meeting: None,
            reports: None,
            declared: Some(task.clone()),
            record: None,
        }
    }

    fn task_line(
        &self,
        who: Option<&Actor>,
        register: &Register,
        declared: Option<&Task>,
        record: RegisterEntry,
        around: &Around,
    ) -> TaskLine {
        let text = |field: &str| record.body.get(field).and_then(Json::as_str).unwrap_or_default().to_owned();
        let state = register.course.as_ref().map(|course| text(&course.field)).unwrap_or_default();
        let field = register.course.as_ref().and_then(|course| register.find_field(&course.field));
        let label = field.and_then(|field| field.choices.iter().find(|choice| choice.value == state));
        let links = register.fields.iter().filter(|field| field.belongs_to.is_some());
        let meeting = links.into_iter().find_map(|field| text(&field.id).parse::<RecordId>().ok());
        let desk = text("desk");
        TaskLine {
            title: text("title"),
            owners: text("owners"),
            due: text("due").parse().ok(),
            closed: register.course.as_ref().is_some_and(|course| course.is_closed(&state)),
            state: label.map_or(state, |choice| choice.label.clone()),
            overdue: read::is_overdue(register, &record, self.clock.today()),
            desk: if desk.is_empty() { desk } else { self.catalogue.desk_name(&desk).to_owned() },
            last: around.last.get(&record.id).cloned(),
            meeting: meeting.and_then(|id| Some((id, around.meetings.get(&id)?.clone()))),
            reports: who.and_then(|who| self.reports_on(who, register, &record)),
            declared: declared.cloned(),
            record: Some(record),
        }
    }

    /// The register in which the actor may report on this record, and its field that names the record.
    fn reports_on(&self, who: &Actor, register: &Register, record: &RegisterEntry) -> Option<(String, String)> {
        let reports = |below: &&Register| below.links_to(&register.id).any(|(_, link)| !link.sets.is_empty());
        let below = self.catalogue.registers().filter(reports);
        let mut below = below.filter(|below| self.may_add_below(who, below, register, record));
        let below = below.next()?;
        let (field, _) = below.links_to(&register.id).next()?;
        Some((below.id.clone(), field.id.clone()))
    }

    /// Whether the actor may enter a record of `below` that belongs to this record.
    pub fn may_add_below(&self, who: &Actor, below: &Register, register: &Register, record: &RegisterEntry) -> bool {
        self.may_enter_some(who, below).is_ok()
            && below
                .links_to(&register.id)
                .any(|(_, link)| self.answers_for(who, below, link, register, record).is_ok())
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
        let since = task.from.or(stage.map(|stage| stage.from)).unwrap_or(plan.period.0).to_string();
        let fields = [
            ("plan", plan.id.clone()),
            ("task", task.id.clone()),
            ("title", task.title.clone()),
            ("clauses", clauses.join("、")),
            ("project", project.unwrap_or_default()),
            ("owners", task.answerable()),
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
        for owner in task.lead.iter().chain(&task.owners) {
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
        let mut desks = self.catalogue.desks().map(|(id, _)| id).filter(|desk| own(desk));
        let first = desks.next()?;
        if desks.next().is_some() { None } else { Some(DeskId::new(first)) }
    }
}
