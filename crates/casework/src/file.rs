//! Filing a case (提交), and moving an open one to a corrected edition (改用更正版本).
use authority::{Actor, Denied, DeskId, Subject, Verb, may};
use base::{Date, Origin};
use catalogue::Facts;
use catalogue::matter::{Moment, Opener, Start};

use crate::act::{Act, Decision, Filing, Rules, apply, event};
use crate::answers::CaseFacts;
use crate::case::Case;
use crate::clock::Clock;
use crate::follow;
use crate::form::FieldFault;
use crate::refusal::Refusal;

/// Files a case. Returns it as it stands after filing, and the decision for the journal and its effects.
///
/// # Errors
/// A typed [`Refusal`]; everything wrong with form, materials and checks comes in one.
pub fn file(
    rules: &Rules<'_>,
    facts: &dyn Facts,
    filing: Filing,
    actor: &Actor,
    today: Date,
) -> Result<(Case, Decision), Refusal> {
    let desk = opener(rules, &filing, actor)?;
    let inner = CaseFacts { outer: facts, matter: rules.matter, answers: &filing.answers, opinions: &[], today };
    if let Some(offered) = &rules.matter.offered
        && !rules.holds(offered, &inner)?
    {
        return Err(Refusal::ConditionNotMet(rules.explain(offered, &inner)));
    }
    let mut warnings = Vec::new();
    if !desk.is_system() {
        let faults = filing_faults(rules, &filing, &desk, &inner);
        if !faults.is_empty() {
            return Err(Refusal::Faults(faults));
        }
        warnings = rules.check_at(Moment::Submit, &inner)?;
    }
    let answers = rules.without_hidden(&inner);
    let case = fresh(rules, Filing { answers, ..filing }, today)?;
    let inner =
        CaseFacts { outer: facts, matter: rules.matter, answers: &case.answers, opinions: &case.opinions, today };
    let tasks = follow::open(rules, &case, &inner, &[], &rules.matter.first)?;
    let act = Act::new(None, Verb::Submit);
    let mut decision = Decision::noted(&case, event(&act, actor, &desk, today));
    decision.event.opened = tasks.iter().map(|task| task.step.clone()).collect();
    decision.clock = follow::notice_pause(case.clock.clone(), &[], &tasks, today);
    decision.tasks = tasks;
    decision.warnings = warnings;
    decision.answers = Some(case.answers.clone());
    let after = apply(case, &decision);
    Ok((after, decision))
}

/// Everything still wrong with a draft: form and materials. Empty means 已填好(未提交).
pub fn filing_faults(rules: &Rules<'_>, filing: &Filing, desk: &DeskId, facts: &CaseFacts<'_>) -> Vec<FieldFault> {
    let mut faults = rules.form_faults(facts, |section| section.by == *desk);
    if desk.is_applicant() {
        faults.extend(rules.material_faults(&filing.materials, facts));
    }
    faults
}

/// As whom the actor may open the case.
fn opener(rules: &Rules<'_>, filing: &Filing, actor: &Actor) -> Result<DeskId, Refusal> {
    let applicants = &rules.matter.applicants;
    if actor.admin.is_some() {
        return Err(Refusal::Denied(Denied::AdminsDoNoBusiness));
    }
    if actor.is_system() {
        let allowed = applicants.who.contains(&Opener::System);
        return if allowed { Ok(DeskId::from(DeskId::SYSTEM)) } else { Err(Refusal::Denied(Denied::SystemOnlyLapses)) };
    }
    let own = filing.applicant == Some(actor.account);
    for who in &applicants.who {
        let fits = match who {
            Opener::Founder | Opener::Public => own,
            Opener::Organization => own && filing.org.is_some_and(|org| actor.orgs.contains(&org)),
            Opener::Desk | Opener::System => false,
        };
        if fits {
            return Ok(DeskId::from(DeskId::APPLICANT));
        }
    }
    if applicants.who.contains(&Opener::Desk) {
        let post = actor.posts.iter().find(|post| applicants.desks.contains(&post.desk) && post.area == filing.area);
        return post.map(|post| post.desk.clone()).ok_or(Refusal::Denied(Denied::NotYourDesk));
    }
    Err(Refusal::Denied(Denied::NotYours))
}

/// The case before its first step opens.
fn fresh(rules: &Rules<'_>, filing: Filing, today: Date) -> Result<Case, Refusal> {
    let clock = match &rules.matter.limit {
        Some(limit) if limit.from != Start::Accepted => Some(Clock::start(limit, rules.params, today)?),
        _ => None,
    };
    Ok(Case {
        id: filing.case,
        origin: Origin::of(&filing.area),
        matter: rules.matter.id.clone(),
        digest: rules.digest.to_owned(),
        rev: 0,
        filed_rev: 0,
        area: filing.area,
        applicant: filing.applicant,
        org: filing.org,
        parent: filing.parent,
        open: Vec::new(),
        answers: filing.answers,
        materials: filing.materials,
        opinions: Vec::new(),
        corrections: Vec::new(),
        clock,
        submitted: today,
        completed: today,
        accepted: None,
        ending: None,
        timeline: Vec::new(),
    })
}

/// Moves an open case to another edition of its matter, because the one it began under was faulty. A journalled act of the
/// decision desk, with a reason; limits already running keep their days.
///
/// # Errors
/// If the case has ended, the actor may not, no reason is given, or the new edition lacks a step that is open.
pub fn adopt_edition(
    case: &Case,
    to: &Rules<'_>,
    actor: &Actor,
    reason: &str,
    today: Date,
) -> Result<Decision, Refusal> {
    if case.has_ended() {
        return Err(Refusal::Ended);
    }
    if to.matter.id != case.matter {
        return Err(Refusal::WrongEdition);
    }
    may(actor, Verb::AdoptEdition, &Subject::Case(case.subject(to.matter, None)))?;
    if reason.trim().is_empty() {
        return Err(Refusal::Missing(vec![catalogue::matter::Given::Reason]));
    }
    if let Some(lost) = case.open.iter().find(|task| to.matter.find_step(&task.step).is_none()) {
        return Err(Refusal::DeadEnd(lost.step.to_string()));
    }
    let act = Act { reason: reason.to_owned(), ..Act::new(None, Verb::AdoptEdition) };
    let mut decision = Decision::noted(case, event(&act, actor, &DeskId::from("decision"), today));
    decision.digest = Some(to.digest.to_owned());
    // Desks may have changed with the edition; clocks, claims and corrections stay.
    let moved = |task: &crate::case::Task| {
        let step = to.matter.find_step(&task.step)?;
        (step.desk != task.desk).then(|| crate::case::Task {
            desk: step.desk.clone(),
            claimed_by: None,
            ..task.clone()
        })
    };
    decision.tasks = case.open.iter().filter_map(moved).collect();
    Ok(decision)
}
