//! What happens to an invented organization between its registration and the last day.
use base::{AreaLevel, Date, Fen};

use super::place::Registrar;
use super::stream::Stream;
use super::words::Words;
use super::{Generated, Generator, people};
use crate::kind::{Kind, ManagementMode};
use crate::organization::Organization;
use crate::state::{Credit, Operation, Registration};

/// One state of an organization and the day it begins.
#[derive(Clone, Debug)]
pub struct Version {
    /// First day.
    pub from: Date,
    /// How it was from then on.
    pub organization: Organization,
}

/// What a life needs beside its beginning.
pub(super) struct Life<'g> {
    pub words: &'g Words,
    pub until: Date,
    /// The name it bore first, if it is renamed.
    pub former: Option<String>,
    /// What its head is called.
    pub title: &'static str,
    pub registrar: &'g Registrar,
    pub places: &'g Generator<'g>,
}

/// Something that happens on a day.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Event {
    Renamed,
    Moved,
    Capital,
    NewHead,
    Decoupled,
    Charity,
    Graded,
    Volunteer,
    Listed,
    Unlisted,
    Serious,
    Dormant,
    Liquidating,
    Deregistered,
    Revoked,
}

/// `date` some days later; the date itself beyond the calendar.
pub(super) fn plus(date: Date, days: i64) -> Date {
    date.checked_add(jiff::Span::new().days(days.clamp(-4_000_000, 4_000_000))).unwrap_or(date)
}

/// Saturday and Sunday become the Friday before.
pub(super) fn working_day(date: Date) -> Date {
    match date.weekday() {
        jiff::civil::Weekday::Saturday => plus(date, -1),
        jiff::civil::Weekday::Sunday => plus(date, -2),
        _ => date,
    }
}

/// At least what the kind and level ask for: foundations 2,000,000 / 4,000,000 / 8,000,000 yuan (县市 / 省 / 部, 基金会管理条例
/// art 8 and its practice); associations 30,000, nationwide 100,000 (社团条例 art 10); service institutions 30,000 here.
pub(super) fn capital(kind: Kind, level: AreaLevel, stream: &mut Stream) -> Fen {
    let least: i64 = match (kind, level) {
        (Kind::Foundation, AreaLevel::Nation) => 8_000_000,
        (Kind::Foundation, AreaLevel::Province) => 4_000_000,
        (Kind::Foundation, _) => 2_000_000,
        (Kind::Association, AreaLevel::Nation) => 100_000,
        _ => 30_000,
    };
    let times = match stream.below(10) {
        0..=4 => 10,
        5..=7 => stream.between(11, 40),
        _ => stream.between(40, 200),
    };
    Fen::yuan(least * times / 10)
}

/// Lets `start` live: versions, officers, and how it stands at the end.
pub(super) fn live(start: Organization, life: &Life<'_>, stream: &mut Stream) -> Generated {
    let from = start.registered_on.unwrap_or(super::FIRST_DAY);
    let events = events(&start, from, life, stream);
    let mut now = start;
    let name = now.name.clone();
    if events.iter().any(|(_, event)| *event == Event::Renamed)
        && let Some(former) = &life.former
    {
        now.name.clone_from(former);
    }
    certify(&mut now, from);
    let mut heads = vec![(from, now.legal_representative.clone().unwrap_or_default())];
    let mut versions = vec![Version { from, organization: now.clone() }];
    for (day, event) in events {
        happen(&mut now, event, day, &name, life, stream);
        if event == Event::NewHead {
            heads.push((day, now.legal_representative.clone().unwrap_or_default()));
        }
        // Two things on one day make one version.
        match versions.last_mut().filter(|last| last.from == day) {
            Some(last) => last.organization = now.clone(),
            None => versions.push(Version { from: day, organization: now.clone() }),
        }
    }
    let officers = people::officers(&now, &heads, life, stream);
    Generated { organization: now, versions, officers }
}

/// What happens when, in order of days; nothing after its end.
fn events(o: &Organization, from: Date, life: &Life<'_>, stream: &mut Stream) -> Vec<(Date, Event)> {
    let span = i64::from((life.until - from).get_days());
    let mut events = Vec::new();
    let mut maybe = |stream: &mut Stream, thousandths: usize, after: i64, event: Event| {
        if span > after && stream.chance(thousandths) {
            let day = working_day(plus(from, stream.between(after + 3, span)));
            if day > from && day <= life.until {
                events.push((day, event));
            }
        }
    };
    let legal = o.kind != Kind::Community;
    if legal {
        maybe(stream, 60, 200, Event::Renamed);
        maybe(stream, 150, 120, Event::Moved);
        maybe(stream, 80, 200, Event::Capital);
        maybe(stream, 120, 700, Event::Graded);
        maybe(stream, if o.charity { 0 } else { 12 }, 400, Event::Charity);
        maybe(stream, 30, 400, Event::Listed);
        maybe(stream, 35, 900, Event::Dormant);
        let trade = o.industry.as_deref() == Some("9522") && o.management == ManagementMode::Dual;
        maybe(stream, if trade { 400 } else { 0 }, 300, Event::Decoupled);
    } else {
        maybe(stream, 40, 200, Event::Volunteer);
    }
    let mut term = from;
    loop {
        term = working_day(plus(term, people::years(o.kind) * 365 + stream.between(-20, 60)));
        if term > life.until {
            break;
        }
        if stream.chance(if legal { 550 } else { 350 }) {
            events.push((term, Event::NewHead));
        }
    }
    follow_ups(&mut events, life, stream);
    end(&mut events, from, span, legal, life, stream);
    events.sort();
    if let Some(at) = events.iter().position(|(_, event)| matches!(event, Event::Deregistered | Event::Revoked)) {
        events.truncate(at + 1);
    }
    events
}

/// Half of those listed come off the list within a year and a half; one in ten becomes a serious case.
fn follow_ups(events: &mut Vec<(Date, Event)>, life: &Life<'_>, stream: &mut Stream) {
    let Some((listed, _)) = events.iter().find(|(_, event)| *event == Event::Listed).copied() else { return };
    let next = match stream.below(10) {
        0..=5 => (plus(listed, stream.between(60, 540)), Event::Unlisted),
        6 => (plus(listed, stream.between(400, 760)), Event::Serious),
        _ => return,
    };
    let day = working_day(next.0);
    if day > listed && day <= life.until {
        events.push((day, next.1));
    }
}

/// One in twelve liquidates, most of these are deregistered; one in seventy is revoked. Filed groups simply end.
fn end(events: &mut Vec<(Date, Event)>, from: Date, span: i64, legal: bool, life: &Life<'_>, stream: &mut Stream) {
    let chance = stream.below(1000);
    if span < 400 || chance >= 98 {
        return;
    }
    let day = working_day(plus(from, stream.between(380, span)));
    if !legal {
        events.push((day, Event::Deregistered));
    } else if chance < 14 {
        events.push((day, Event::Revoked));
    } else {
        events.push((day, Event::Liquidating));
        let gone = working_day(plus(day, stream.between(50, 200)));
        if gone > day && gone <= life.until {
            events.push((gone, Event::Deregistered));
        }
    }
}

/// A registration certificate is good for four or five years; filed bodies get none.
fn certify(o: &mut Organization, day: Date) {
    o.certificate_until = (o.kind != Kind::Community).then(|| plus(day, people::years(o.kind) * 365));
}

fn happen(o: &mut Organization, event: Event, day: Date, name: &str, life: &Life<'_>, stream: &mut Stream) {
    match event {
        Event::Renamed => {
            name.clone_into(&mut o.name);
            certify(o, day);
        }
        Event::Moved => life.places.move_in(o, life.registrar, stream),
        Event::Capital => o.capital = o.capital.map(|fen| Fen(fen.0 / 10 * stream.between(12, 30))),
        Event::NewHead => {
            o.legal_representative = Some(life.words.person(stream));
            certify(o, day);
        }
        Event::Decoupled => {
            o.decoupled_from = o.supervisor_name.take();
            o.decoupled_on = Some(day);
            o.regulator_name.clone_from(&o.decoupled_from);
            o.management = ManagementMode::Decoupled;
        }
        Event::Charity => o.charity = true,
        // 3A is the commonest grade.
        Event::Graded => o.grade = [3, 3, 3, 4, 4, 5, 2, 1].get(stream.below(8)).copied(),
        Event::Volunteer => o.volunteer = true,
        Event::Listed => o.states.credit = Credit::Abnormal,
        Event::Unlisted => o.states.credit = Credit::Clear,
        Event::Serious => o.states.credit = Credit::Serious,
        Event::Dormant => o.states.operation = Operation::Dormant,
        Event::Liquidating => o.states.registration = Registration::Liquidating,
        Event::Deregistered => {
            o.states.registration = Registration::Deregistered;
            o.states.operation = Operation::Ceased;
            o.states.credit = Credit::Clear;
            o.ended_on = Some(day);
        }
        Event::Revoked => {
            o.states.registration = Registration::Revoked;
            o.states.operation = Operation::Ceased;
            o.ended_on = Some(day);
        }
    }
}
