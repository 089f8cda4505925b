//! `decide`: what one act does to one case. Pure: no clock, no database, no HTTP.
use authority::{Actor, DeskId, Subject, Verb, may};
use base::Date;
use catalogue::Facts;
use catalogue::matter::{Effect, EndingKind, Given, Moment, Move, Next, Start, Step, Suspension};

use crate::act::{Act, Decision, Rules, event};
use crate::answers::{Answers, CaseFacts};
use crate::case::{Case, Correction, Opinion, Task};
use crate::clock::Clock;
use crate::form::FieldFault;
use crate::refusal::Refusal;
use crate::{correct, follow, lapse};

/// An act at an open step, with everything it is judged by.
pub(crate) struct Acting<'a> {
    pub rules: &'a Rules<'a>,
    pub case: &'a Case,
    pub outer: &'a dyn Facts,
    pub actor: &'a Actor,
    pub act: &'a Act,
    pub step: &'a Step,
    pub task: &'a Task,
    pub today: Date,
}

/// Decides what one act does to one case.
///
/// # Errors
/// A typed [`Refusal`]; nothing has changed then.
pub fn decide(
    rules: &Rules<'_>,
    case: &Case,
    facts: &dyn Facts,
    actor: &Actor,
    act: &Act,
    today: Date,
) -> Result<Decision, Refusal> {
    if !act.verb.moves_case() {
        return Err(Refusal::NotAnAct(act.verb));
    }
    if case.has_ended() {
        return Err(Refusal::Ended);
    }
    if rules.digest != case.digest {
        return Err(Refusal::WrongEdition);
    }
    let Some(id) = &act.step else { return lapse::whole_case(rules, case, actor, act, today) };
    let task = case.find_task(id).ok_or(Refusal::NotOpen)?;
    let step = rules.matter.find_step(id).ok_or(Refusal::NotOpen)?;
    may(actor, act.verb, &Subject::Case(case.subject(rules.matter, Some(id))))?;
    let acting = Acting { rules, case, outer: facts, actor, act, step, task, today };
    match act.verb {
        Verb::Claim => Ok(acting.claim(Some(actor.account))),
        Verb::Release => Ok(acting.claim(None)),
        Verb::Lapse => lapse::task(&acting),
        Verb::Submit if task.awaits.is_some() => correct::answer(&acting),
        _ => acting.moved(),
    }
}

impl<'a> Acting<'a> {
    /// The facts with these answers.
    pub fn facts<'b>(&'b self, answers: &'b Answers) -> CaseFacts<'b> {
        let opinions = &self.case.opinions;
        CaseFacts { outer: self.outer, matter: self.rules.matter, answers, opinions, today: self.today }
    }

    /// The decision before anything has happened but the line in the history.
    pub fn noted(&self) -> Decision {
        let desk = match self.act.verb {
            Verb::Lapse => DeskId::from(DeskId::SYSTEM),
            Verb::Withdraw => DeskId::from(DeskId::APPLICANT),
            Verb::Submit if self.task.awaits.is_some() => DeskId::from(DeskId::APPLICANT),
            _ => self.task.desk.clone(),
        };
        Decision::noted(self.case, event(self.act, self.actor, &desk, self.today))
    }

    fn claim(&self, by: Option<base::AccountId>) -> Decision {
        Decision { tasks: vec![Task { claimed_by: by, ..self.task.clone() }], ..self.noted() }
    }

    /// An ordinary move of the step.
    fn moved(&self) -> Result<Decision, Refusal> {
        let answers = self.new_answers()?;
        let current = answers.as_ref().unwrap_or(&self.case.answers);
        let facts = self.facts(current);
        let offered = self.offered(&facts)?;
        self.covers(offered, current)?;
        let mut decision = Decision {
            answers: answers.clone(),
            materials: self.act.materials.clone(),
            warnings: self.checks(offered, &facts)?,
            opinion: self.opinion(),
            document: offered.document.clone(),
            effects: offered.effects.clone(),
            ..self.noted()
        };
        decision.event.document.clone_from(&offered.document);
        if offered.then == Next::Stay {
            self.stay(offered, &mut decision)?;
            return Ok(decision);
        }
        self.go(&offered.then, &facts, &mut decision)?;
        Ok(decision)
    }

    /// The step's move with the act's verb whose condition holds.
    fn offered(&self, facts: &CaseFacts<'_>) -> Result<&'a Move, Refusal> {
        let mut refused = None;
        for offered in self.step.offers(self.act.verb) {
            match &offered.when {
                Some(when) if !self.rules.holds(when, facts)? => {
                    refused = Some(Refusal::ConditionNotMet(self.rules.explain(when, facts)));
                }
                _ => return Ok(offered),
            }
        }
        Err(refused.unwrap_or(Refusal::NotOffered(self.act.verb)))
    }

    /// The answers after the act, if it changes any: only those of the step's own sections.
    fn new_answers(&self) -> Result<Option<Answers>, Refusal> {
        let Some(newer) = &self.act.answers else { return Ok(None) };
        let own = |name: &str| {
            let mut sections = self.rules.matter.sections.iter().filter(|section| {
                self.step.fills.contains(&section.id) || (self.step.desk.is_applicant() && section.by.is_applicant())
            });
            sections.any(|section| section.fields.iter().any(|field| field.id.as_str() == name))
        };
        let foreign: Vec<String> = newer.0.keys().filter(|name| !own(name)).cloned().collect();
        if !foreign.is_empty() {
            return Err(Refusal::NotItsFields(foreign));
        }
        let mut answers = self.case.answers.clone();
        answers.merge(newer);
        Ok(Some(answers))
    }

    /// Whether the act brings what the move needs.
    fn covers(&self, offered: &Move, answers: &Answers) -> Result<(), Refusal> {
        let act = self.act;
        let lacks = |given: &&Given| match given {
            Given::Reason => act.reason.trim().is_empty(),
            Given::Article => act.article.trim().is_empty(),
            Given::Opinion => act.opinion.as_ref().is_none_or(|(_, text)| text.trim().is_empty()),
            Given::Document => act.files.is_empty(),
            Given::Corrections => act.corrections.is_empty(),
            Given::Recipient => act.recipient.is_none(),
            Given::Cause => act.cause.is_none(),
            Given::Points | Given::Form => false,
        };
        let missing: Vec<Given> = offered.needs.iter().filter(lacks).copied().collect();
        if !missing.is_empty() {
            return Err(Refusal::Missing(missing));
        }
        self.grounded(offered)?;
        if offered.needs.contains(&Given::Points) {
            self.points()?;
        }
        if offered.needs.contains(&Given::Form) {
            let faults: Vec<FieldFault> =
                self.rules.form_faults(&self.facts(answers), |section| self.step.fills.contains(&section.id));
            if !faults.is_empty() {
                return Err(Refusal::Faults(faults));
            }
        }
        Ok(())
    }

    /// Where the law lists the grounds of a move, the article cited names at least one of them; more may stand beside it.
    fn grounded(&self, offered: &Move) -> Result<(), Refusal> {
        let cited: Vec<&str> = self.act.article.split('；').map(str::trim).collect();
        let listed = |ground: &catalogue::matter::Ground| cited.contains(&ground.clause.text.trim());
        if offered.grounds.is_empty() || offered.grounds.iter().any(listed) {
            return Ok(());
        }
        Err(Refusal::NoGround(offered.grounds.iter().map(|ground| ground.clause.text.clone()).collect()))
    }

    /// Every review point has an answer, and every 否 a remark.
    fn points(&self) -> Result<(), Refusal> {
        let open = |point: &&catalogue::matter::Point| {
            let given = self.act.points.iter().find(|answer| answer.point == point.id);
            given.map_or(!point.optional, |answer| {
                answer.answer == crate::case::PointVerdict::No && answer.remark.trim().is_empty()
            })
        };
        let open: Vec<String> = self.step.points.iter().filter(open).map(|point| point.text.clone()).collect();
        if open.is_empty() { Ok(()) } else { Err(Refusal::Points(open)) }
    }

    fn opinion(&self) -> Option<Opinion> {
        let (favourable, text) = self.act.opinion.clone().or_else(|| {
            let judged = !self.act.points.is_empty();
            judged.then(|| (self.act.verb != Verb::Refuse, self.act.reason.clone()))
        })?;
        Some(Opinion {
            step: self.step.id.clone(),
            by: self.actor.account,
            name: self.actor.name.clone(),
            on: self.today,
            favourable,
            text,
            points: self.act.points.clone(),
        })
    }

    /// The checks of the moment, if the move is one.
    fn checks(&self, offered: &Move, facts: &CaseFacts<'_>) -> Result<Vec<FieldFault>, Refusal> {
        let decides = match &offered.then {
            Next::End(id) => self
                .rules
                .matter
                .find_ending(id)
                .is_some_and(|ending| matches!(ending.kind, EndingKind::Granted | EndingKind::Closed)),
            _ => offered.verb == Verb::Approve,
        };
        if decides {
            self.rules.check_at(Moment::Decide, facts)
        } else if offered.verb == Verb::Accept {
            self.rules.check_at(Moment::Accept, facts)
        } else {
            Ok(Vec::new())
        }
    }

    /// The task stays open, with what the verb does to it.
    fn stay(&self, offered: &Move, decision: &mut Decision) -> Result<(), Refusal> {
        let mut task = self.task.clone();
        let mut clock = self.case.clock.clone();
        match self.act.verb {
            Verb::Return => {
                let correction = self.correction(offered)?;
                let mut corrections = self.case.corrections.clone();
                task.awaits = Some(corrections.len());
                corrections.push(correction);
                decision.corrections = Some(corrections);
                pause(&mut task, &mut clock, self.today, Suspension::Correction);
            }
            Verb::Suspend => {
                let cause = self.act.cause.ok_or(Refusal::NotSuspendable)?;
                if !pause(&mut task, &mut clock, self.today, cause) {
                    return Err(Refusal::NotSuspendable);
                }
            }
            Verb::Resume => {
                let stopped =
                    |clock: &Clock| clock.pauses.iter().find(|pause| pause.to.is_none()).map(|pause| pause.why);
                let cause = self.act.cause.or_else(|| task.clock.as_ref().and_then(stopped));
                let cause = cause.or_else(|| clock.as_ref().and_then(stopped)).ok_or(Refusal::NotSuspended)?;
                if !resume(&mut task, &mut clock, self.today, cause) {
                    return Err(Refusal::NotSuspended);
                }
            }
            Verb::Extend => self.extend(&mut task, &mut clock)?,
            Verb::Transfer => {
                if let Some(recipient) = &self.act.recipient {
                    task.area = recipient.area.clone();
                    task.body = recipient.body;
                    task.claimed_by = None;
                }
            }
            Verb::Accept => self.accept(decision, &mut clock)?,
            _ => {}
        }
        decision.tasks = vec![task];
        decision.clock = clock;
        Ok(())
    }

    /// The correction notice. A second one may only name what the first did, or what has changed since (一次性告知).
    fn correction(&self, offered: &Move) -> Result<Correction, Refusal> {
        let matter = self.rules.matter;
        let known = |target: &str| {
            matter.fields().any(|field| field.id.as_str() == target) || matter.find_material(&target.into()).is_some()
        };
        let targets = || self.act.corrections.iter().map(|item| item.target.clone());
        let unknown: Vec<String> = targets().filter(|target| !known(target)).collect();
        if !unknown.is_empty() {
            return Err(Refusal::UnknownTargets(unknown));
        }
        let said = |target: &String| {
            self.case.corrections.iter().any(|earlier| {
                earlier.items.iter().any(|item| item.target == *target) || earlier.changed.contains(target)
            })
        };
        let late: Vec<String> = targets().filter(|target| !said(target)).collect();
        if !self.case.corrections.is_empty() && !late.is_empty() {
            let clause = offered.clause.as_ref().map(|clause| clause.text.clone()).unwrap_or_default();
            return Err(Refusal::SaidTooLate { late, clause });
        }
        let clock = offered.correction.as_ref().map(|limit| Clock::start(limit, self.rules.params, self.today));
        Ok(Correction {
            step: self.step.id.clone(),
            items: self.act.corrections.clone(),
            on: self.today,
            answered: None,
            clock: clock.transpose()?,
            changed: Vec::new(),
        })
    }

    /// Makes the task's limit longer, or the case's where the task has none to extend.
    fn extend(&self, task: &mut Task, clock: &mut Option<Clock>) -> Result<(), Refusal> {
        let own = self.step.limit.as_ref().and_then(|limit| limit.extension.as_ref());
        let whole = self.rules.matter.limit.as_ref().and_then(|limit| limit.extension.as_ref());
        let (extension, running) = match (own, whole) {
            (Some(extension), _) => (extension, task.clock.as_mut()),
            (None, Some(extension)) => (extension, clock.as_mut()),
            (None, None) => return Err(Refusal::NoExtension),
        };
        let running = running.ok_or(Refusal::NoExtension)?;
        if !self.actor.sits_at(&extension.by) {
            return Err(Refusal::NotExtender);
        }
        if running.extensions.len() >= extension.times as usize {
            return Err(Refusal::NoExtension);
        }
        running.extensions.push(crate::clock::span_of(&extension.span, self.rules.params)?);
        Ok(())
    }

    /// The case is accepted today; its clock starts if it runs from acceptance.
    pub fn accept(&self, decision: &mut Decision, clock: &mut Option<Clock>) -> Result<(), Refusal> {
        if self.case.accepted.is_some() {
            return Ok(());
        }
        decision.accepted = Some(self.today);
        if let Some(limit) = self.rules.matter.limit.as_ref().filter(|limit| limit.from == Start::Accepted) {
            *clock = Some(Clock::start(limit, self.rules.params, self.today)?);
        }
        Ok(())
    }

    /// The task closes and what follows happens.
    pub fn go(&self, next: &Next, facts: &CaseFacts<'_>, decision: &mut Decision) -> Result<(), Refusal> {
        let mut clock = self.case.clock.clone();
        let mut case = self.case.clone();
        if self.act.verb == Verb::Accept || decision.accepted.is_some() {
            self.accept(decision, &mut clock)?;
            case.accepted = case.accepted.or(decision.accepted);
        }
        let staying: Vec<Task> = case.open.iter().filter(|task| task.step != self.step.id).cloned().collect();
        decision.closed = vec![self.step.id.clone()];
        match next {
            Next::Stay => decision.closed.clear(),
            Next::Open(steps) => decision.tasks = follow::open(self.rules, &case, facts, &staying, steps)?,
            Next::Join(step) => decision.tasks = follow::join(self.rules, &case, facts, &staying, step)?,
            Next::End(id) => {
                case.materials.extend(decision.materials.clone());
                decision.ending = Some(follow::ended(self.rules, &case, id, self.today)?);
                decision.closed.extend(staying.iter().map(|task| task.step.clone()));
                let after: &[Effect] = self.rules.matter.find_ending(id).map_or(&[], |ending| &ending.effects);
                decision.effects.extend(after.iter().cloned());
            }
        }
        let after: Vec<Task> = staying.iter().chain(&decision.tasks).cloned().collect();
        decision.clock = follow::notice_pause(clock, &self.case.open, &after, self.today);
        decision.event.closed.clone_from(&decision.closed);
        decision.event.opened = decision.tasks.iter().map(|task| task.step.clone()).collect();
        Ok(())
    }
}

/// Stops the task's and the case's clocks; whether either stands still for this reason now.
fn pause(task: &mut Task, clock: &mut Option<Clock>, day: Date, why: Suspension) -> bool {
    let mut any = false;
    for clock in task.clock.iter_mut().chain(clock.as_mut()) {
        clock.pause(day, why);
        any |= clock.pauses.iter().any(|pause| pause.to.is_none() && pause.why == why);
    }
    any
}

/// Starts them again; whether either had been standing still for this reason.
pub(crate) fn resume(task: &mut Task, clock: &mut Option<Clock>, day: Date, why: Suspension) -> bool {
    let mut any = false;
    for clock in task.clock.iter_mut().chain(clock.as_mut()) {
        any |= clock.pauses.iter().any(|pause| pause.to.is_none() && pause.why == why);
        clock.resume(day, why);
    }
    any
}
