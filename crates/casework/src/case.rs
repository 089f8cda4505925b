//! A case (办件): what has been said and done about one matter, and the set of tasks open now.
use std::collections::BTreeMap;

use authority::{CaseSubject, DeskId, TaskSubject, Verb};
use base::{AccountId, AreaCode, BodyId, CaseId, Date, FileId, OrgId, Origin};
use catalogue::matter::{EndingId, EndingKind, MaterialId, Matter, MatterId, StepId, Suspension};
use serde::{Deserialize, Serialize};

use crate::answers::Answers;
use crate::clock::Clock;

/// One case. A draft is not a case; it becomes one when it is filed.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Case {
    /// Its identity.
    pub id: CaseId,
    /// The shard key: the authority that received it.
    pub origin: Origin,
    /// The matter.
    pub matter: MatterId,
    /// The digest of the matter's edition under which it began, or to which it was moved.
    pub digest: String,
    /// Counts the acts; a save with an older one is a conflict.
    pub rev: u64,
    /// The act in which what was filed (answers, materials, edition, authority) last changed: who looked before has not seen it.
    #[serde(default)]
    pub filed_rev: u64,
    /// The competent authority's area (办理机关).
    pub area: AreaCode,
    /// Who filed it; nothing where an authority or the timer opened it.
    pub applicant: Option<AccountId>,
    /// The organization it concerns.
    pub org: Option<OrgId>,
    /// The case that opened this one.
    pub parent: Option<CaseId>,
    /// The open tasks; empty once it has ended.
    pub open: Vec<Task>,
    /// The answers on the form.
    pub answers: Answers,
    /// The materials handed in or promised.
    pub materials: BTreeMap<MaterialId, Provided>,
    /// The opinions given, in order.
    pub opinions: Vec<Opinion>,
    /// The correction notices, in order; at most one is open per task.
    pub corrections: Vec<Correction>,
    /// The clock of the whole case.
    pub clock: Option<Clock>,
    /// First filed on.
    pub submitted: Date,
    /// Last completed on.
    pub completed: Date,
    /// Accepted on.
    pub accepted: Option<Date>,
    /// How it ended.
    pub ending: Option<Ended>,
    /// Everything that happened, in order.
    pub timeline: Vec<Event>,
}

/// An open task (待办任务): a step that waits for somebody.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Task {
    /// The step; a step is open at most once at a time.
    pub step: StepId,
    /// The desk.
    pub desk: DeskId,
    /// The area of the authority that acts.
    pub area: AreaCode,
    /// The one body that acts, where the case names it.
    pub body: Option<BodyId>,
    /// Open since.
    pub opened: Date,
    /// Its limit.
    pub clock: Option<Clock>,
    /// Its public notice.
    pub notice: Option<Clock>,
    /// Who has claimed it.
    pub claimed_by: Option<AccountId>,
    /// Returned to the applicant: the number of the correction.
    pub awaits: Option<usize>,
    /// Shown to the authority above since its limit ran out.
    pub escalated: bool,
    /// Its limit has run out.
    pub overdue: bool,
    /// The act that opened it or last changed it.
    #[serde(default)]
    pub rev: u64,
}

/// A material as it was provided.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provided {
    /// Files.
    Files(Vec<FileId>),
    /// On paper at the counter.
    Paper,
    /// Got from another system (数据共享).
    Shared(String),
    /// Replaced by a commitment (告知承诺); to be verified by the day, once decided.
    Promised,
}

/// An opinion given at a step.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Opinion {
    /// The step.
    pub step: StepId,
    /// Who.
    pub by: AccountId,
    /// Name as it was then.
    pub name: String,
    /// When.
    pub on: Date,
    /// For or against.
    pub favourable: bool,
    /// In words.
    pub text: String,
    /// The review points answered.
    pub points: Vec<PointAnswer>,
}

/// The answer to a review point.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct PointAnswer {
    /// The point.
    pub point: String,
    /// 是、否、不适用
    pub answer: PointVerdict,
    /// A remark; must be there for 否.
    pub remark: String,
}

/// 是、否、不适用
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointVerdict {
    /// 是
    Yes,
    /// 否
    No,
    /// 不适用
    NotApplicable,
}

/// A correction notice (补正通知): everything that is missing, said once.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Correction {
    /// The step that returned it.
    pub step: StepId,
    /// What has to be put right.
    pub items: Vec<CorrectionItem>,
    /// Issued on.
    pub on: Date,
    /// Answered on.
    pub answered: Option<Date>,
    /// The applicant's time.
    pub clock: Option<Clock>,
    /// What changed when it was answered.
    pub changed: Vec<String>,
}

/// One thing to put right.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct CorrectionItem {
    /// A field or a material, by its name in the matter.
    pub target: String,
    /// What is wrong.
    pub problem: String,
    /// The clause that asks for it.
    pub article: String,
    /// What a right one looks like.
    pub example: String,
}

/// How and when a case ended.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Ended {
    /// The ending.
    pub ending: EndingId,
    /// Its kind.
    pub kind: EndingKind,
    /// When.
    pub on: Date,
    /// Hand the result over by this day.
    pub deliver_by: Option<Date>,
    /// Verify the commitments by these days.
    pub verify: Vec<(MaterialId, Date)>,
}

/// One line of the case's history (办理过程).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Event {
    /// The day.
    pub on: Date,
    /// The step; nothing for acts on the whole case.
    pub step: Option<StepId>,
    /// What was done.
    pub verb: Verb,
    /// By whom.
    pub by: AccountId,
    /// Name as it was then.
    pub name: String,
    /// As whom.
    pub desk: DeskId,
    /// The reason given.
    pub reason: String,
    /// The article cited.
    pub article: String,
    /// The document handed out.
    pub document: String,
    /// Files that came with it.
    pub files: Vec<FileId>,
    /// For a suspension: why.
    pub cause: Option<Suspension>,
    /// Steps that closed.
    pub closed: Vec<StepId>,
    /// Steps that opened.
    pub opened: Vec<StepId>,
}

impl Case {
    /// The open task of a step.
    pub fn find_task(&self, step: &StepId) -> Option<&Task> {
        self.open.iter().find(|task| task.step == *step)
    }

    /// Whether somebody who saw the case after `seen` acts still sees this task as it is: it is open still, has not changed since,
    /// and neither has what was filed. An opinion given meanwhile at a parallel task does not matter to it.
    pub fn is_fresh(&self, step: &StepId, seen: u64) -> bool {
        self.filed_rev <= seen && self.find_task(step).is_some_and(|task| task.rev <= seen)
    }

    /// Whether it has ended.
    pub fn has_ended(&self) -> bool {
        self.ending.is_some()
    }

    /// The correction notice that waits for the applicant.
    pub fn open_correction(&self) -> Option<&Correction> {
        self.corrections.iter().find(|correction| correction.answered.is_none())
    }

    /// The bodies that take part or have taken part.
    pub fn parties(&self) -> Vec<BodyId> {
        let mut bodies: Vec<BodyId> = self.open.iter().filter_map(|task| task.body).collect();
        bodies.extend(self.answers.bodies());
        bodies.sort();
        bodies.dedup();
        bodies
    }

    /// Who acted at a step (claiming and putting back do not count).
    pub fn acted_at<'a>(&'a self, step: &'a StepId) -> impl Iterator<Item = AccountId> + 'a {
        let counts = |event: &&Event| !matches!(event.verb, Verb::Claim | Verb::Release | Verb::Lapse);
        self.timeline.iter().filter(counts).filter(move |event| event.step.as_ref() == Some(step)).map(|event| event.by)
    }

    /// The case as rights see it, at one of its open tasks or as a whole.
    pub fn subject(&self, matter: &Matter, step: Option<&StepId>) -> CaseSubject {
        let task = step.and_then(|step| self.find_task(step)).map(|task| self.task_subject(matter, task));
        CaseSubject {
            territory: self.area.clone().into(),
            applicant: self.applicant,
            org: self.org,
            parties: self.parties(),
            task,
        }
    }

    fn task_subject(&self, matter: &Matter, task: &Task) -> TaskSubject {
        let step = matter.find_step(&task.step);
        let barred = step.map_or(&[][..], |step| &step.distinct_from).iter().flat_map(|other| self.acted_at(other));
        TaskSubject {
            desk: task.desk.clone(),
            area: task.area.clone(),
            body: task.body,
            barred: barred.collect(),
            claimed_by: task.claimed_by,
            awaits_applicant: task.awaits.is_some(),
            withdrawable: step.is_some_and(|step| step.offers(Verb::Withdraw).next().is_some()),
        }
    }
}
