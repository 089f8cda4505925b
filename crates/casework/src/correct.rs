//! The applicant completes the file (补正).
use catalogue::matter::{Moment, Start, Suspension};

use crate::act::Decision;
use crate::clock::Clock;
use crate::decide::{Acting, resume};
use crate::refusal::Refusal;

/// The applicant answers a correction notice: the whole form is checked again, the clocks run on.
pub(crate) fn answer(acting: &Acting<'_>) -> Result<Decision, Refusal> {
    let (case, matter) = (acting.case, acting.rules.matter);
    let number = acting.task.awaits.ok_or(Refusal::NothingToCorrect)?;
    let mut answers = case.answers.clone();
    if let Some(newer) = &acting.act.answers {
        let own = |name: &str| {
            matter.applicant_sections().any(|section| section.fields.iter().any(|field| field.id.as_str() == name))
        };
        let foreign: Vec<String> = newer.0.keys().filter(|name| !own(name)).cloned().collect();
        if !foreign.is_empty() {
            return Err(Refusal::NotItsFields(foreign));
        }
        answers.merge(newer);
    }
    let mut materials = case.materials.clone();
    materials.extend(acting.act.materials.clone());
    let facts = acting.facts(&answers);
    let mut faults = acting.rules.form_faults(&facts, |section| section.by.is_applicant());
    faults.extend(acting.rules.material_faults(&materials, &facts));
    if !faults.is_empty() {
        return Err(Refusal::Faults(faults));
    }
    let warnings = acting.rules.check_at(Moment::Submit, &facts)?;

    let mut changed = answers.changed_since(&case.answers);
    changed.extend(acting.act.materials.keys().map(ToString::to_string));
    let mut corrections = case.corrections.clone();
    let correction = corrections.get_mut(number).ok_or(Refusal::NothingToCorrect)?;
    correction.answered = Some(acting.today);
    correction.changed = changed;

    let mut task = acting.task.clone();
    let mut clock = case.clock.clone();
    task.awaits = None;
    resume(&mut task, &mut clock, acting.today, Suspension::Correction);
    let restarts = |limit: &Option<catalogue::matter::Limit>| {
        limit.as_ref().filter(|limit| limit.from == Start::Completed).cloned()
    };
    if let Some(limit) = restarts(&acting.step.limit) {
        task.clock = Some(Clock::start(&limit, acting.rules.params, acting.today)?);
    }
    if let Some(limit) = restarts(&matter.limit) {
        clock = Some(Clock::start(&limit, acting.rules.params, acting.today)?);
    }
    Ok(Decision {
        tasks: vec![task],
        answers: Some(answers),
        materials: acting.act.materials.clone(),
        corrections: Some(corrections),
        completed: Some(acting.today),
        clock,
        warnings,
        ..acting.noted()
    })
}
