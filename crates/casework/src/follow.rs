//! What opens next: parallel openings, joins that wait for the last open sibling, steps that are passed over.
use std::collections::BTreeSet;

use base::{AreaCode, AreaLevel, BodyId, Date};
use catalogue::matter::{EndingId, Item, Matter, Next, Seat, Start, Step, StepId, Suspension};
use catalogue::{Facts, Reading, Value};

use crate::act::Rules;
use crate::answers::CaseFacts;
use crate::case::{Case, Ended, Provided, Task};
use crate::clock::{Clock, span_of};
use crate::refusal::Refusal;

/// More openings than any matter has steps mean that the matter runs in a circle of steps that are all passed over.
const ENOUGH: usize = 200;

/// Opens `steps` beside the tasks that stay open. Steps whose `when` does not hold are passed over.
pub(crate) fn open(
    rules: &Rules<'_>,
    case: &Case,
    facts: &CaseFacts<'_>,
    staying: &[Task],
    steps: &[StepId],
) -> Result<Vec<Task>, Refusal> {
    let mut opened: Vec<Task> = Vec::new();
    let mut waiting: Vec<StepId> = steps.to_vec();
    let mut joins: BTreeSet<StepId> = BTreeSet::new();
    for _ in 0..ENOUGH {
        let Some(id) = (if waiting.is_empty() {
            ready(rules.matter, staying, &opened, &mut joins)
        } else {
            Some(waiting.remove(0))
        }) else {
            return if opened.is_empty() && staying.is_empty() {
                Err(Refusal::DeadEnd(steps.first().map(ToString::to_string).unwrap_or_default()))
            } else {
                Ok(opened)
            };
        };
        if staying.iter().chain(&opened).any(|task| task.step == id) {
            continue;
        }
        let step = rules.matter.find_step(&id).ok_or_else(|| Refusal::DeadEnd(id.to_string()))?;
        let opens = step.when.as_ref().map_or(Ok(true), |when| rules.holds(when, facts))?;
        if opens {
            opened.push(task(rules, case, facts, step)?);
        } else {
            match onward(step) {
                Some(Next::Open(next)) => waiting.extend(next.iter().cloned()),
                Some(Next::Join(next)) => {
                    joins.insert(next.clone());
                }
                _ => return Err(Refusal::DeadEnd(step.name.clone())),
            }
        }
    }
    Err(Refusal::DeadEnd(steps.first().map(ToString::to_string).unwrap_or_default()))
}

/// A task that joins `target` has closed: open the target unless an open sibling still leads there.
pub(crate) fn join(
    rules: &Rules<'_>,
    case: &Case,
    facts: &CaseFacts<'_>,
    staying: &[Task],
    target: &StepId,
) -> Result<Vec<Task>, Refusal> {
    if staying.iter().any(|task| leads_to(rules.matter, &task.step, target)) {
        return Ok(Vec::new());
    }
    open(rules, case, facts, staying, std::slice::from_ref(target))
}

/// The next join that no open task still leads to.
fn ready(matter: &Matter, staying: &[Task], opened: &[Task], joins: &mut BTreeSet<StepId>) -> Option<StepId> {
    let free = |target: &&StepId| !staying.iter().chain(opened).any(|task| leads_to(matter, &task.step, target));
    let id = joins.iter().find(free).cloned()?;
    joins.remove(&id);
    Some(id)
}

/// The first of a step's moves that goes on: what passing over it means.
pub(crate) fn onward(step: &Step) -> Option<&Next> {
    step.moves.iter().map(|offered| &offered.then).find(|next| matches!(next, Next::Open(_) | Next::Join(_)))
}

/// Whether `target` can be reached from the open step `from` by moves.
pub(crate) fn leads_to(matter: &Matter, from: &StepId, target: &StepId) -> bool {
    let (mut seen, mut waiting) = (BTreeSet::from([from.clone()]), vec![from.clone()]);
    while let Some(id) = waiting.pop() {
        let moves = matter.find_step(&id).map_or(&[][..], |step| &step.moves);
        for next in moves.iter().flat_map(|offered| followers(&offered.then)) {
            if next == target {
                return true;
            }
            if seen.insert(next.clone()) {
                waiting.push(next.clone());
            }
        }
    }
    false
}

/// The steps a `then` names.
fn followers(next: &Next) -> &[StepId] {
    match next {
        Next::Open(steps) => steps,
        Next::Join(step) => std::slice::from_ref(step),
        Next::Stay | Next::End(_) => &[],
    }
}

/// A fresh task for a step, with its clocks running.
fn task(rules: &Rules<'_>, case: &Case, facts: &CaseFacts<'_>, step: &Step) -> Result<Task, Refusal> {
    let (area, body) = seat(case, facts, step)?;
    let today = facts.today;
    let clock = match &step.limit {
        Some(limit) => Some(Clock::start(limit, rules.params, start_day(limit.from, case, today))?),
        None => None,
    };
    let notice = match &step.notice {
        Some(notice) => Some(Clock::of_notice(notice, rules.params, today)?),
        None => None,
    };
    Ok(Task {
        step: step.id.clone(),
        desk: step.desk.clone(),
        area,
        body,
        opened: today,
        clock,
        notice,
        claimed_by: None,
        awaits: None,
        escalated: false,
        overdue: false,
        rev: 0,
    })
}

/// The day a limit runs from.
pub(crate) fn start_day(start: Start, case: &Case, today: Date) -> Date {
    match start {
        Start::Opened => today,
        Start::Submitted => case.submitted,
        Start::Completed => case.completed,
        Start::Accepted => case.accepted.unwrap_or(today),
    }
}

/// Which authority or body acts at a step.
fn seat(case: &Case, facts: &CaseFacts<'_>, step: &Step) -> Result<(AreaCode, Option<BodyId>), Refusal> {
    let nowhere = || Refusal::NoSeat(step.name.clone());
    let above = |level| case.area.ancestry().into_iter().find(|area| area.level() == level).ok_or_else(nowhere);
    let below = |level| {
        let home = domicile(facts).ok_or_else(nowhere)?;
        home.ancestry().into_iter().find(|area| area.level() == level).ok_or_else(nowhere)
    };
    let area = match &step.at {
        Seat::Same => case.area.clone(),
        Seat::Upper => case.area.parent().ok_or_else(nowhere)?,
        Seat::Province => above(AreaLevel::Province)?,
        Seat::City => above(AreaLevel::City)?,
        Seat::County => above(AreaLevel::County).or_else(|_| below(AreaLevel::County))?,
        Seat::Town => below(AreaLevel::Town)?,
        Seat::Community => below(AreaLevel::Community)?,
        Seat::Answer(field) => {
            let answer = facts.answers.find(field.as_str()).and_then(|answer| answer.get("id")?.as_str()?.parse().ok());
            return Ok((case.area.clone(), Some(answer.ok_or_else(nowhere)?)));
        }
        Seat::Fact(name) => match facts.fact(name) {
            Reading::Known { value: Value::Text(id), .. } => {
                return Ok((case.area.clone(), Some(id.parse().map_err(|_| nowhere())?)));
            }
            _ => return Err(nowhere()),
        },
    };
    Ok((area, None))
}

/// Where the organization lives or will live: the answer that feeds the domicile area, else the fact.
fn domicile(facts: &CaseFacts<'_>) -> Option<AreaCode> {
    let field = facts.matter.fields().find(|field| field.feeds == Some(Item::DomicileArea));
    let answered = field.and_then(|field| facts.answers.find(field.id.as_str())?.as_str()?.parse().ok());
    answered.or_else(|| match facts.fact("org.domicile_area") {
        Reading::Known { value: Value::Text(code), .. } => code.parse().ok(),
        _ => None,
    })
}

/// How a case ends today.
pub(crate) fn ended(rules: &Rules<'_>, case: &Case, id: &EndingId, today: Date) -> Result<Ended, Refusal> {
    let ending = rules.matter.find_ending(id).ok_or_else(|| Refusal::DeadEnd(id.to_string()))?;
    let by = |span| -> Result<Date, Refusal> { Ok(rules.calendar.after(today, span_of(span, rules.params)?).date) };
    let deliver_by = ending.deliver.as_ref().map(by).transpose()?;
    let mut verify = Vec::new();
    if ending.kind == catalogue::matter::EndingKind::Granted {
        for material in &rules.matter.materials {
            let promised = case.materials.get(&material.id) == Some(&Provided::Promised);
            if let (true, Some(promise)) = (promised, &material.promise) {
                verify.push((material.id.clone(), by(&promise.verify)?));
            }
        }
    }
    Ok(Ended { ending: id.clone(), kind: ending.kind, on: today, deliver_by, verify })
}

/// The case's clock after tasks opened and closed: it stands still while a notice of the matter runs, if the law says so.
pub(crate) fn notice_pause(clock: Option<Clock>, before: &[Task], after: &[Task], today: Date) -> Option<Clock> {
    let running = |tasks: &[Task]| tasks.iter().any(|task| task.notice.is_some());
    let mut clock = clock?;
    match (running(before), running(after)) {
        (false, true) => clock.pause(today, Suspension::PublicNotice),
        (true, false) => clock.resume(today, Suspension::PublicNotice),
        _ => {}
    }
    Some(clock)
}
