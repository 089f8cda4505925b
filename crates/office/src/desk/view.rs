//! The review screen (审查页面): one case as its desk sees it, read in one transaction.
use std::collections::BTreeSet;

use authority::{Actor, Denied};
use base::{AccountId, CaseId, Date, Origin};
use casework::{Answers, Case, CaseFacts, Rules};
use catalogue::matter::{Field, FieldKind, Matter};
use store::cases::{self, CaseRow, TaskRow};
use store::desk::{self, Question};
use store::papers::{self, FileRow, Letter};
use store::{Tx, args};

use super::chairs::Sight;
use super::compare::{Beside, SectionView};
use super::evidence::{MaterialView, OpinionView, materials, opinions};
use super::limits::LimitView;
use super::moves::{DeskView, target_label};
use super::pending::{Pending, pending_on};
use crate::cases::rows::Loaded;
use crate::names::NameReport;
use crate::people::Keys;
use crate::people::vetting::Bar;
use crate::{Office, Refused};

/// An open task, for “现在在哪里”.
#[derive(Clone, PartialEq, Debug)]
pub struct TaskView {
    /// The step's name.
    pub name: String,
    /// Desk and authority.
    pub place: String,
    /// Who claimed it.
    pub claimed_by: Option<AccountId>,
    /// Its limit.
    pub limit: Option<LimitView>,
    /// It waits for the applicant.
    pub awaits: bool,
    /// Its limit ran out and it was reported upwards.
    pub escalated: bool,
}

/// A step this case does not go through, and why.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PassedView {
    /// The step's name.
    pub name: String,
    /// Why, in the matter's words.
    pub why: String,
}

/// A correction notice in words.
#[derive(Clone, PartialEq, Debug)]
pub struct CorrectionView {
    /// Issued on.
    pub on: Date,
    /// Answered on.
    pub answered: Option<Date>,
    /// The items: label, problem, article, example, changed since.
    pub items: Vec<(String, String, String, String, bool)>,
    /// The applicant's time.
    pub limit: Option<LimitView>,
}

/// One case as its desk sees it.
pub struct Review {
    /// Where it lives.
    pub origin: Origin,
    /// Its id.
    pub id: CaseId,
    /// The revision seen; acts carry it.
    pub rev: i64,
    /// 办件编号
    pub number: String,
    /// Matter and name.
    pub title: String,
    /// The matter's name.
    pub matter: String,
    /// 审查中
    pub status: String,
    /// 不完整 or 未查看, on the desks' side only.
    pub looked: casework::Looked,
    /// The authority.
    pub area_name: String,
    /// Who applied.
    pub applicant: String,
    /// Filed on.
    pub received_on: Date,
    /// 演示数据
    pub synthetic: bool,
    /// How it ended.
    pub ending: Option<String>,
    /// How much the reader sees.
    pub sight: Sight,
    /// The clock of the whole case.
    pub limit: Option<LimitView>,
    /// Where it is now.
    pub tasks: Vec<TaskView>,
    /// Steps it does not go through, with the reason.
    pub passed: Vec<PassedView>,
    /// What the reader may do.
    pub desks: Vec<DeskView>,
    /// Why he may do nothing.
    pub why_not: Option<String>,
    /// The form beside what is known.
    pub sections: Vec<SectionView>,
    /// The materials.
    pub materials: Vec<MaterialView>,
    /// Documents of the authority.
    pub documents: Vec<FileRow>,
    /// The name check.
    pub name: Option<(String, NameReport)>,
    /// What the register says against people named.
    pub bars: Vec<Bar>,
    /// People were checked at all.
    pub vetted: usize,
    /// Opinions so far.
    pub opinions: Vec<OpinionView>,
    /// Correction notices.
    pub corrections: Vec<CorrectionView>,
    /// Letters and messages.
    pub letters: Vec<Letter>,
    /// Questions between desks.
    pub questions: Vec<Question>,
    /// Acts not yet in effect.
    pub pending: Vec<Pending>,
    /// The next case of the reader's queue.
    pub next: Option<String>,
    /// Something personal is masked.
    pub masked: bool,
}

impl Review {
    /// 未查看, 不完整 or 齐全: whether anybody looked, and what was found.
    pub fn looked_word(&self) -> &'static str {
        match self.looked {
            casework::Looked::NotYet => "未查看",
            casework::Looked::Incomplete => "不完整",
            casework::Looked::Complete => "齐全",
        }
    }
}

impl Office {
    /// The case as this official sees it. Personal values are masked; only `case_reveal` shows them, and leaves a trace.
    pub fn review(&self, who: &Actor, number: &str) -> Result<Review, Refused> {
        let (who, number) = (who.clone(), number.to_owned());
        self.db.read(move |tx| {
            let (origin, id) = self.find_case(tx, &number)?;
            let row: CaseRow = tx.find_record(args![origin, id])?.ok_or(Refused::NotFound("这个办件"))?;
            let resolved = self.edition(tx, &row.edition)?;
            let mut keys = Keys::default();
            let loaded = self.load_case(tx, &mut keys, row, &resolved.matter)?;
            let tasks = cases::tasks(tx, origin, id)?;
            let sight = self.sight(&who, &resolved.matter, &loaded.case, &tasks)?;
            let rules = self.rules(&resolved);
            self.seen(tx, &mut keys, &who, &rules, loaded, &tasks, sight)
        })
    }

    #[expect(clippy::too_many_arguments, reason = "everything the page was read with")]
    fn seen(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut Keys,
        who: &Actor,
        rules: &Rules<'_>,
        loaded: Loaded,
        tasks: &[TaskRow],
        sight: Sight,
    ) -> Result<Review, Refused> {
        let Loaded { row, case, .. } = loaded;
        let (matter, today) = (rules.matter, self.clock.today());
        let whole = sight == Sight::Whole;
        let checks = self.checks(tx, matter, &case, whole)?;
        let facts = CaseFacts { outer: &checks.facts, matter, answers: &case.answers, opinions: &case.opinions, today };
        let (desks, denied) =
            if case.has_ended() { (Vec::new(), None) } else { self.desk_views(rules, &case, &checks.facts, who) };
        let asked = self.asked_fields(who, matter, tasks);
        let shows = |id: &str| whole || asked.contains(id);
        let former = self.former_answers(tx, keys, matter, &case)?;
        let org = self.registered(tx, &case)?;
        let third = |field: &Field| checks.third(field);
        let beside = Beside { org: org.as_ref(), former: former.as_ref(), third: &third };
        let sections = self.compared(rules, &case, &facts, &beside, &shows);
        let files = papers::files(tx, row.origin, &format!("case/{}", row.id))?;
        let (letters, questions) = if whole {
            (papers::letters(tx, row.origin, row.id)?, desk::questions(tx, row.origin, row.id)?)
        } else {
            (Vec::new(), Vec::new())
        };
        let own = self.chairs(who);
        let place = tasks.iter().filter(|task| task.state == "open").find_map(|task| {
            let chair = own.iter().find(|chair| chair.holds(&task.desk, &task.area, task.body_id))?;
            Some((chair, task))
        });
        let next = match place {
            Some((chair, task)) => self.neighbours(tx, chair, (task.due, task.case_id, &task.id))?,
            None => None,
        };
        let pending = pending_on(tx, row.origin, row.id)?;
        Ok(Review {
            limit: case.clock.as_ref().map(|clock| self.limit_view(clock)),
            tasks: case.open.iter().map(|task| self.task_view(matter, task)).collect(),
            passed: passed(rules, &facts),
            why_not: why_not(&case, desks.is_empty(), denied),
            masked: sections.iter().any(|section| section.rows.iter().any(|row| row.masked)),
            materials: materials(rules, &case, &facts, &files, &shows),
            documents: files
                .into_iter()
                .filter(|file| whole && file.slot.as_deref() == Some(super::document::SLOT))
                .collect(),
            opinions: opinions(matter, &case, whole, who),
            corrections: if whole { self.correction_views(matter, &case) } else { Vec::new() },
            name: checks.name.filter(|_| shows("name")),
            bars: checks.bars,
            vetted: checks.vetted,
            looked: case.looked(),
            ending: case
                .ending
                .as_ref()
                .and_then(|ended| matter.find_ending(&ended.ending))
                .map(|ending| ending.name.clone()),
            area_name: self.areas.name(&row.area).unwrap_or(row.area.as_str()).to_owned(),
            matter: matter.name.clone(),
            origin: row.origin,
            id: row.id,
            rev: row.rev,
            number: row.number,
            title: row.title,
            status: row.status,
            applicant: row.applicant_name,
            received_on: row.received_on,
            synthetic: row.synthetic,
            sight,
            desks,
            sections,
            letters,
            questions,
            pending,
            next,
        })
    }

    /// The fields and materials the reader's own steps ask about (业务主管单位的五点、行业管理部门、党建工作机构).
    pub(super) fn asked_fields(&self, who: &Actor, matter: &Matter, tasks: &[TaskRow]) -> BTreeSet<String> {
        let chairs = self.chairs(who);
        let own =
            tasks.iter().filter(|task| chairs.iter().any(|chair| chair.holds(&task.desk, &task.area, task.body_id)));
        let steps = own.filter_map(|task| matter.find_step(&task.step.as_str().into()));
        let mut fields: BTreeSet<String> =
            steps.flat_map(|step| &step.points).flat_map(|point| point.look_at.clone()).collect();
        fields.extend(matter.fields().filter(|field| field.kind == FieldKind::Name).map(|field| field.id.to_string()));
        fields
    }

    /// The answers before the last correction; else those of the organization's last case of this matter.
    fn former_answers(
        &self,
        tx: &mut Tx<'_>,
        keys: &mut Keys,
        matter: &Matter,
        case: &Case,
    ) -> Result<Option<Answers>, Refused> {
        if let Some(former) = desk::former(tx, case.origin, case.id)? {
            let sealed: Answers = serde_json::from_value(former.answers).map_err(Refused::internal)?;
            return Ok(Some(self.open_answers(tx, keys, matter, &sealed)?));
        }
        let Some(org) = case.org else { return Ok(None) };
        let Some((origin, last)) = desk::last_of_org(tx, org, case.matter.as_str(), case.id)? else { return Ok(None) };
        let row = cases::get(tx, origin, last)?;
        Ok(Some(self.load_case(tx, keys, row, matter)?.case.answers))
    }

    fn registered(&self, tx: &mut Tx<'_>, case: &Case) -> Result<Option<registry::Organization>, Refused> {
        let Some(org) = case.org else { return Ok(None) };
        let Some(origin) = store::organizations::locate(tx, org)? else { return Ok(None) };
        let row = store::organizations::get(tx, origin, org)?;
        Ok(serde_json::from_value(row.body).ok())
    }

    fn task_view(&self, matter: &Matter, task: &casework::Task) -> TaskView {
        let desk = self.catalogue.desk_name(task.desk.as_str());
        let area = self.areas.name(&task.area).unwrap_or(task.area.as_str());
        TaskView {
            name: matter.find_step(&task.step).map_or_else(|| task.step.to_string(), |step| step.name.clone()),
            place: if task.awaits.is_some() { "申请人".to_owned() } else { format!("{area} · {desk}") },
            claimed_by: task.claimed_by,
            limit: task.notice.as_ref().or(task.clock.as_ref()).map(|clock| self.limit_view(clock)),
            awaits: task.awaits.is_some(),
            escalated: task.escalated,
        }
    }

    fn correction_views(&self, matter: &Matter, case: &Case) -> Vec<CorrectionView> {
        let view = |one: &casework::Correction| CorrectionView {
            on: one.on,
            answered: one.answered,
            items: one
                .items
                .iter()
                .map(|item| {
                    let changed = one.changed.contains(&item.target);
                    (
                        target_label(matter, &item.target),
                        item.problem.clone(),
                        item.article.clone(),
                        item.example.clone(),
                        changed,
                    )
                })
                .collect(),
            limit: one.clock.as_ref().filter(|_| one.answered.is_none()).map(|clock| self.limit_view(clock)),
        };
        case.corrections.iter().map(view).collect()
    }
}

/// The steps that the application does not go through, with the reason.
fn passed(rules: &Rules<'_>, facts: &CaseFacts<'_>) -> Vec<PassedView> {
    let view =
        |(step, why): (&catalogue::matter::Step, &str)| PassedView { name: step.name.clone(), why: why.to_owned() };
    rules.passed_over(facts).into_iter().map(view).collect()
}

fn why_not(case: &Case, nothing: bool, denied: Option<Denied>) -> Option<String> {
    match (case.has_ended(), nothing, denied) {
        (true, ..) => Some("这一件已经办结，只能查看。".to_owned()),
        (false, true, Some(denied)) => Some(format!("{denied}。")),
        (false, true, None) => Some("这一件没有等待您处理的任务，只能查看。".to_owned()),
        _ => None,
    }
}
