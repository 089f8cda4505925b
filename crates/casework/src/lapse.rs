//! Limits that run out (期限届满). The timer acts, and only as the matter says: nothing is decided for the authority unless
//! the law says so.
use authority::{Actor, DeskId, Subject, Verb, may};
use base::Date;
use catalogue::matter::{Audience, Effect, EndingKind, Expiry, Next, StepId};

use crate::act::{Act, Decision, Rules, event};
use crate::case::{Case, Task};
use crate::clock::Clock;
use crate::decide::Acting;
use crate::refusal::Refusal;

/// What has run out and waits for the timer: open steps, and nothing for the clock of the whole case.
pub fn lapses(rules: &Rules<'_>, case: &Case, today: Date) -> Vec<Option<StepId>> {
    if case.has_ended() {
        return Vec::new();
    }
    let tasks =
        case.open.iter().filter(|task| what(rules, case, task, today).is_some()).map(|task| Some(task.step.clone()));
    let whole = case.clock.as_ref().filter(|clock| !clock.expired && clock.has_run_out(rules.calendar, today));
    tasks.chain(whole.map(|_| None)).collect()
}

/// The day after which something runs out next, if nothing stands still before; for the timer's index.
pub fn next_due(rules: &Rules<'_>, case: &Case, today: Date) -> Option<Date> {
    if case.has_ended() {
        return None;
    }
    let notices = case.open.iter().filter_map(|task| task.notice.as_ref());
    let tasks = case.open.iter().filter(|task| task.awaits.is_none()).filter_map(|task| task.clock.as_ref());
    let corrections = case.corrections.iter().filter(|one| one.answered.is_none()).filter_map(|one| one.clock.as_ref());
    let running = notices.chain(tasks).chain(corrections).chain(&case.clock);
    let days = running
        .filter(|clock| !clock.expired && !clock.is_paused())
        .map(|clock| clock.due(rules.calendar, today).statutory.date);
    days.min()
}

/// What of a task has run out.
enum RunOut {
    Notice,
    Correction(usize),
    Limit,
}

fn what(rules: &Rules<'_>, case: &Case, task: &Task, today: Date) -> Option<RunOut> {
    let out =
        |clock: Option<&Clock>| clock.is_some_and(|clock| !clock.expired && clock.has_run_out(rules.calendar, today));
    if let Some(number) = task.awaits {
        let correction = case.corrections.get(number).and_then(|correction| correction.clock.as_ref());
        return out(correction).then_some(RunOut::Correction(number));
    }
    if out(task.notice.as_ref()) {
        return Some(RunOut::Notice);
    }
    out(task.clock.as_ref()).then_some(RunOut::Limit)
}

/// The timer finds a task's limit run out.
pub(crate) fn task(acting: &Acting<'_>) -> Result<Decision, Refusal> {
    let (rules, case, today) = (acting.rules, acting.case, acting.today);
    let facts = acting.facts(&case.answers);
    let mut decision = acting.noted();
    let mut after = acting.task.clone();
    let expiry = match what(rules, case, acting.task, today) {
        None => return Err(Refusal::NotDue(next_due(rules, case, today))),
        Some(RunOut::Notice | RunOut::Limit) if acting.step.offers(Verb::Lapse).next().is_some() => {
            for offered in acting.step.offers(Verb::Lapse) {
                let holds = offered.when.as_ref().map_or(Ok(true), |when| rules.holds(when, &facts))?;
                if holds {
                    decision.effects.clone_from(&offered.effects);
                    decision.document.clone_from(&offered.document);
                    acting.go(&offered.then, &facts, &mut decision)?;
                    if offered.then == Next::Stay {
                        spend(&mut after);
                        decision.tasks = vec![after];
                    }
                    return Ok(decision);
                }
            }
            return Err(Refusal::DeadEnd(acting.step.name.clone()));
        }
        Some(RunOut::Notice) => return Err(Refusal::DeadEnd(acting.step.name.clone())),
        Some(RunOut::Correction(number)) => {
            let mut corrections = case.corrections.clone();
            let clock = corrections.get_mut(number).and_then(|correction| correction.clock.as_mut());
            let clock = clock.ok_or(Refusal::NotDue(None))?;
            clock.expired = true;
            decision.event.article.clone_from(&clock.clause);
            let expiry = clock.on_expiry;
            decision.corrections = Some(corrections);
            expiry
        }
        Some(RunOut::Limit) => {
            let clock = after.clock.as_mut().ok_or(Refusal::NotDue(None))?;
            clock.expired = true;
            decision.event.article.clone_from(&clock.clause);
            clock.on_expiry
        }
    };
    match expiry {
        Expiry::DeemedAccepted => deem_accepted(acting, &mut decision)?,
        Expiry::Withdrawn => {
            let ending = rules.matter.ending_of_kind(EndingKind::Withdrawn);
            let ending = ending.ok_or_else(|| Refusal::DeadEnd(acting.step.name.clone()))?;
            acting.go(&Next::End(ending.id.clone()), &facts, &mut decision)?;
        }
        Expiry::Escalate => {
            after.escalated = true;
            after.overdue = true;
            decision.effects.push(to_upper());
            decision.tasks = vec![after];
        }
        Expiry::Overdue => {
            after.overdue = true;
            decision.tasks = vec![after];
        }
    }
    Ok(decision)
}

/// Marks everything of a task that has run out as dealt with.
fn spend(task: &mut Task) {
    for clock in task.clock.iter_mut().chain(task.notice.as_mut()) {
        clock.expired = true;
    }
}

/// 视为受理 (行政许可法 art. 32): the accept move is made without anybody's act.
fn deem_accepted(acting: &Acting<'_>, decision: &mut Decision) -> Result<(), Refusal> {
    let offered = acting.step.offers(Verb::Accept).next().ok_or_else(|| Refusal::DeadEnd(acting.step.name.clone()))?;
    decision.accepted = Some(acting.today);
    decision.effects.clone_from(&offered.effects);
    decision.document.clone_from(&offered.document);
    acting.go(&offered.then, &acting.facts(&acting.case.answers), decision)
}

fn to_upper() -> Effect {
    Effect::Notify { who: Audience::Upper, text: "{matter}（{case}）已超过法定期限，请督办。".to_owned() }
}

/// The timer finds the clock of the whole case run out: it is marked, and nothing is decided.
pub(crate) fn whole_case(
    rules: &Rules<'_>,
    case: &Case,
    actor: &Actor,
    act: &Act,
    today: Date,
) -> Result<Decision, Refusal> {
    if act.verb != Verb::Lapse {
        return Err(Refusal::NotOpen);
    }
    may(actor, Verb::Lapse, &Subject::Case(case.subject(rules.matter, None)))?;
    let clock = case.clock.as_ref().filter(|clock| !clock.expired).ok_or(Refusal::NotDue(None))?;
    if !clock.has_run_out(rules.calendar, today) {
        return Err(Refusal::NotDue(Some(clock.due(rules.calendar, today).statutory.date)));
    }
    let mut decision = Decision::noted(case, event(act, actor, &DeskId::from(DeskId::SYSTEM), today));
    decision.event.article.clone_from(&clock.clause);
    decision.clock = Some(Clock { expired: true, ..clock.clone() });
    let overdue = |task: &Task| Task {
        overdue: true,
        escalated: task.escalated || clock.on_expiry == Expiry::Escalate,
        ..task.clone()
    };
    decision.tasks = case.open.iter().map(overdue).collect();
    if clock.on_expiry == Expiry::Escalate {
        decision.effects.push(to_upper());
    }
    Ok(decision)
}
