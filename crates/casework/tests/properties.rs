//! Properties of the engine under any order of acts.
#![expect(clippy::unwrap_used, reason = "tests")]
mod kite;

use authority::{Actor, Verb};
use base::{Calendar, FileId, Span};
use casework::{Act, Case, Clock, Pause, Recipient, apply};
use catalogue::matter::{Expiry, Next, Suspension};
use kite::*;
use proptest::prelude::*;

const STEPS: [&str; 5] = ["accept", "supervise", "party", "review", "decide"];

/// Anybody doing anything anywhere, with everything any move may need.
fn anybody(step: usize, verb: usize, who: usize) -> (Actor, Act) {
    let actors = [founder(), official("intake", 1), supervisor(), official("party", 3), official("review", 4)];
    let more = [official("decision", 5), Actor::system()];
    let actor = actors.into_iter().chain(more).nth(who).unwrap();
    let name = STEPS[step];
    let base = if name == "accept" { returned(&["minutes"]) } else { opinion(name, &["name", "chair", "need"]) };
    let act = Act {
        step: Some(name.into()),
        verb: Verb::ALL[verb],
        reason: "理由".to_owned(),
        article: "第一条".to_owned(),
        files: vec![FileId::from_bits(9)],
        cause: Some(Suspension::ExpertReview),
        recipient: Some(Recipient { area: county(), body: None }),
        ..base
    };
    (actor, act)
}

fn leaves(world: &World, case: &Case) -> bool {
    case.open.iter().all(|task| {
        let step = world.matter.find_step(&task.step).unwrap();
        step.moves.iter().any(|offered| offered.then != Next::Stay)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn no_order_of_acts_breaks_a_case(acts in prop::collection::vec((0..STEPS.len(), 0..15_usize, 0..7_usize, 0..9_i32), 0..60)) {
        let world = World::new();
        let mut case = world.filed();
        let mut day = date("2026-03-02");
        for (step, verb, who, wait) in acts {
            day = day.saturating_add(jiff::Span::new().days(wait));
            let (actor, act) = anybody(step, verb, who);
            let before = case.clone();
            let Ok(decision) = casework::decide(&world.rules(), &case, &NoFacts(day), &actor, &act, day) else { continue };
            prop_assert!(!before.has_ended(), "no act after an ending");
            case = apply(case, &decision);
            prop_assert_eq!(case.rev, before.rev + 1);
            prop_assert_eq!(case.timeline.len(), before.timeline.len() + 1);
            // A task never gets lost: it is still open, or the decision says that it closed.
            for task in &before.open {
                prop_assert!(case.find_task(&task.step).is_some() || decision.closed.contains(&task.step));
            }
            prop_assert_eq!(case.has_ended(), case.open.is_empty(), "an open case waits for somebody, an ended one for nobody");
            prop_assert!(leaves(&world, &case), "every open task has a leaving move");
            let mut steps = steps(&case);
            steps.sort_unstable();
            steps.dedup();
            prop_assert_eq!(steps.len(), case.open.len(), "a step is open once");
            // A decision is carried out once.
            prop_assert_eq!(apply(case.clone(), &decision), case.clone());
        }
    }

    #[test]
    fn clocks_add_up(start in 0_i32..700, days in 1_u32..90, pauses in prop::collection::vec((0_i32..40, 0_i32..30), 0..4), unit in 0..3_u8) {
        let calendar = Calendar::shipped().unwrap();
        let started = date("2024-06-01").saturating_add(jiff::Span::new().days(start));
        let span = match unit { 0 => Span::Working(days), 1 => Span::Calendar(days), _ => Span::Months(days % 12 + 1) };
        let plain = Clock {
            started, statutory: span, promised: None, pauses: Vec::new(), extensions: Vec::new(),
            suspended_by: vec![Suspension::Hearing], on_expiry: Expiry::Overdue, clause: "第一条".to_owned(), expired: false,
        };
        let today = started.saturating_add(jiff::Span::new().days(1_000));
        let first = plain.due(&calendar, today).statutory.date;
        let expected = calendar.after(started, span);
        let expected = if unit == 0 { expected } else { calendar.off_holiday(expected) };
        prop_assert_eq!(first, expected.date, "without pauses it is the calendar's day");

        let mut paused = plain.clone();
        let mut day = started;
        let mut stood = 0;
        for (gap, length) in pauses {
            let from = day.saturating_add(jiff::Span::new().days(gap));
            day = from.saturating_add(jiff::Span::new().days(length));
            paused.pauses.push(Pause { from, to: Some(day), why: Suspension::Hearing });
            stood += length;
            let due = paused.due(&calendar, today).statutory.date;
            prop_assert!(due >= first, "a pause never makes it earlier");
        }
        if unit == 1 {
            let last = paused.due(&calendar, today).statutory.date;
            let most = first.saturating_add(jiff::Span::new().days(stood + 12));
            prop_assert!(last <= most, "nor later than it stood still, rest days at the end aside");
        }
        let mut extended = paused.clone();
        extended.extensions.push(Span::Calendar(10));
        prop_assert!(extended.due(&calendar, today).statutory.date > paused.due(&calendar, today).statutory.date || unit == 1);
        prop_assert!(paused.has_run_out(&calendar, today));
        paused.pause(today, Suspension::Hearing);
        prop_assert!(!paused.has_run_out(&calendar, today), "what stands still does not run out");
    }
}
