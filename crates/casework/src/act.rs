//! What goes into a decision (act, filing, rules) and what comes out of it.
use std::collections::BTreeMap;

use authority::{DeskId, Verb};
use base::{AccountId, AreaCode, BodyId, Calendar, CaseId, Date, FileId, OrgId};
use catalogue::condition::Context;
use catalogue::matter::{Effect, MaterialId, Matter, StepId, Suspension};
use catalogue::{NamedChecks, Params, Vocabulary};

use crate::answers::Answers;
use crate::case::{Case, Correction, CorrectionItem, Ended, Event, Opinion, PointAnswer, Provided, Task};
use crate::clock::Clock;
use crate::form::FieldFault;

/// What a case is judged by: one edition of its matter and what that was resolved with.
#[derive(Clone, Copy)]
pub struct Rules<'a> {
    /// The matter.
    pub matter: &'a Matter,
    /// The digest of its edition; the case must carry the same.
    pub digest: &'a str,
    /// Its parameters.
    pub params: &'a Params,
    /// The vocabulary of facts.
    pub words: &'a Vocabulary,
    /// The checks written in Rust.
    pub named: &'a NamedChecks,
    /// Working days.
    pub calendar: &'a Calendar,
}

impl std::fmt::Debug for Rules<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rules").field("matter", &self.matter.id).field("digest", &self.digest).finish_non_exhaustive()
    }
}

impl<'a> Rules<'a> {
    /// The rules of one resolved edition.
    pub fn of(
        edition: &'a catalogue::Resolved,
        words: &'a Vocabulary,
        named: &'a NamedChecks,
        calendar: &'a Calendar,
    ) -> Self {
        Self { matter: &edition.matter, digest: &edition.digest, params: &edition.params, words, named, calendar }
    }

    /// The context in which conditions are evaluated.
    pub fn context<'b>(&self, facts: &'b dyn catalogue::Facts) -> Context<'b>
    where
        'a: 'b,
    {
        Context::new(facts, self.params, self.words, self.named)
    }
}

/// An application as it is filed: the draft, plus who files it where.
#[derive(Clone, PartialEq, Debug)]
pub struct Filing {
    /// The identity of the case to be.
    pub case: CaseId,
    /// The competent authority's area, found by the matter's `taken_by`.
    pub area: AreaCode,
    /// The applicant; nothing where an authority or the timer opens it.
    pub applicant: Option<AccountId>,
    /// The organization it concerns.
    pub org: Option<OrgId>,
    /// The case that opens this one.
    pub parent: Option<CaseId>,
    /// The answers.
    pub answers: Answers,
    /// The materials.
    pub materials: BTreeMap<MaterialId, Provided>,
}

/// One act on a case.
#[derive(Clone, PartialEq, Debug)]
pub struct Act {
    /// The open step acted on; nothing for acts on the whole case (its clock running out).
    pub step: Option<StepId>,
    /// The verb.
    pub verb: Verb,
    /// 理由
    pub reason: String,
    /// 依据条款
    pub article: String,
    /// 意见: for or against, in words.
    pub opinion: Option<(bool, String)>,
    /// 逐项审查结论
    pub points: Vec<PointAnswer>,
    /// 文书、附件
    pub files: Vec<FileId>,
    /// 补正内容
    pub corrections: Vec<CorrectionItem>,
    /// 移送对象
    pub recipient: Option<Recipient>,
    /// 中止、恢复的原因
    pub cause: Option<Suspension>,
    /// Answers changed by the act: the step's own sections, or the applicant's correction.
    pub answers: Option<Answers>,
    /// Materials changed by the act.
    pub materials: BTreeMap<MaterialId, Provided>,
}

/// Who takes over a task.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Recipient {
    /// The area of the authority.
    pub area: AreaCode,
    /// The one body, if it is one.
    pub body: Option<BodyId>,
}

impl Act {
    /// A bare act; fill in what the move needs.
    pub fn new(step: impl Into<Option<StepId>>, verb: Verb) -> Self {
        Self {
            step: step.into(),
            verb,
            reason: String::new(),
            article: String::new(),
            opinion: None,
            points: Vec::new(),
            files: Vec::new(),
            corrections: Vec::new(),
            recipient: None,
            cause: None,
            answers: None,
            materials: BTreeMap::new(),
        }
    }
}

/// What one act does to one case. `apply` carries it out; `office` runs its effects and journals it.
#[derive(Clone, PartialEq, Debug)]
pub struct Decision {
    /// The revision it was decided on.
    pub rev: u64,
    /// The line for the history.
    pub event: Event,
    /// The tasks after the act that differ from before or are new, by step.
    pub tasks: Vec<Task>,
    /// The steps that close.
    pub closed: Vec<StepId>,
    /// New answers, all of them, if the act changed any.
    pub answers: Option<Answers>,
    /// Materials changed by the act.
    pub materials: BTreeMap<MaterialId, Provided>,
    /// An opinion to add.
    pub opinion: Option<Opinion>,
    /// Correction notices, all of them, if the act changed any.
    pub corrections: Option<Vec<Correction>>,
    /// The case's clock, if the act changed it.
    pub clock: Option<Clock>,
    /// The case was completed today.
    pub completed: Option<Date>,
    /// The case was accepted today.
    pub accepted: Option<Date>,
    /// How it ended.
    pub ending: Option<Ended>,
    /// What to do to the world, in order.
    pub effects: Vec<Effect>,
    /// Warnings of checks that only warn, to be shown and kept with the act.
    pub warnings: Vec<FieldFault>,
    /// The document to hand out; empty for none.
    pub document: String,
    /// The edition the case moves to (改用更正版本).
    pub digest: Option<String>,
}

impl Decision {
    /// A decision that only writes a line into the history.
    pub(crate) fn noted(case: &Case, event: Event) -> Self {
        Self {
            rev: case.rev,
            event,
            tasks: Vec::new(),
            closed: Vec::new(),
            answers: None,
            materials: BTreeMap::new(),
            opinion: None,
            corrections: None,
            clock: None,
            completed: None,
            accepted: None,
            ending: None,
            effects: Vec::new(),
            warnings: Vec::new(),
            document: String::new(),
            digest: None,
        }
    }

    /// The steps that open.
    pub fn opened<'a>(&'a self, before: &'a Case) -> impl Iterator<Item = &'a Task> {
        self.tasks.iter().filter(|task| before.find_task(&task.step).is_none() || self.closed.contains(&task.step))
    }
}

/// The line for the history.
pub(crate) fn event(act: &Act, who: &authority::Actor, desk: &DeskId, today: Date) -> Event {
    Event {
        on: today,
        step: act.step.clone(),
        verb: act.verb,
        by: who.account,
        name: who.name.clone(),
        desk: desk.clone(),
        reason: act.reason.clone(),
        article: act.article.clone(),
        document: String::new(),
        files: act.files.clone(),
        cause: act.cause,
        closed: Vec::new(),
        opened: Vec::new(),
    }
}

/// Carries a decision out. The case it was decided on must be given; a decision of another revision changes nothing.
pub fn apply(mut case: Case, decision: &Decision) -> Case {
    if case.rev != decision.rev {
        return case;
    }
    case.rev += 1;
    let answered = decision.answers.as_ref().is_some_and(|answers| *answers != case.answers);
    if answered || !decision.materials.is_empty() || decision.digest.is_some() {
        case.filed_rev = case.rev;
    }
    case.open.retain(|task| !decision.closed.contains(&task.step));
    for task in &decision.tasks {
        let task = &Task { rev: case.rev, ..task.clone() };
        match case.open.iter_mut().find(|open| open.step == task.step) {
            Some(open) => *open = task.clone(),
            None => case.open.push(task.clone()),
        }
    }
    if let Some(answers) = &decision.answers {
        case.answers = answers.clone();
    }
    case.materials.extend(decision.materials.iter().map(|(id, provided)| (id.clone(), provided.clone())));
    case.opinions.extend(decision.opinion.clone());
    if let Some(corrections) = &decision.corrections {
        case.corrections.clone_from(corrections);
    }
    if decision.clock.is_some() {
        case.clock.clone_from(&decision.clock);
    }
    case.completed = decision.completed.unwrap_or(case.completed);
    case.accepted = case.accepted.or(decision.accepted);
    if let Some(ended) = &decision.ending {
        case.ending = Some(ended.clone());
    }
    if let Some(digest) = &decision.digest {
        case.digest.clone_from(digest);
    }
    case.timeline.push(decision.event.clone());
    case
}

/// A line for the history of what happened to a case from outside its matter.
pub fn event_of(who: &authority::Actor, desk: &DeskId, verb: Verb, today: Date) -> Event {
    event(&Act::new(None, verb), who, desk, today)
}

/// The case under another authority (登记管理机关变更): the registrar's own open tasks go along, unclaimed; those of other bodies
/// and levels stay where they are. Everybody looks anew.
pub fn handed_over(mut case: Case, to: &AreaCode, event: Event) -> Case {
    case.rev += 1;
    case.filed_rev = case.rev;
    let from = std::mem::replace(&mut case.area, to.clone());
    for task in case.open.iter_mut().filter(|task| task.area == from && task.body.is_none()) {
        task.area = to.clone();
        task.claimed_by = None;
        task.rev = case.rev;
    }
    case.timeline.push(event);
    case
}
