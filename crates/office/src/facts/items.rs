//! What facts read of an organization's versions: the few members of their JSON, and how it stood on a day.
use std::borrow::Cow;

use base::{Date, Fen};
use planning::table::Given;
use registry::{DirectClass, Kind, ManagementMode, States};
use serde::Deserialize;

use crate::Refused;

/// The registered items that some fact is made of, borrowed from the version's text.
#[derive(Deserialize, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "registered marks as the version carries them")]
pub(crate) struct Items<'v> {
    pub kind: Kind,
    pub states: States,
    #[serde(borrow)]
    pub registrar: Cow<'v, str>,
    pub management: ManagementMode,
    pub direct_class: Option<DirectClass>,
    #[serde(borrow)]
    pub domicile: Option<Cow<'v, str>>,
    pub registered_on: Option<Date>,
    pub ended_on: Option<Date>,
    pub grade: Option<u8>,
    pub charity: bool,
    pub fundraising: bool,
    pub volunteer: bool,
    #[serde(borrow)]
    pub industry: Option<Cow<'v, str>>,
    pub new_field: bool,
    pub decoupled_on: Option<Date>,
    pub capital: Option<Fen>,
    pub staff: Option<u32>,
    pub party_members: Option<u32>,
}

/// A version that is known: when it held, and its text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Seen<'v> {
    pub from: Date,
    pub to: Option<Date>,
    pub facts: &'v str,
}

/// An organization on a day.
#[derive(Debug)]
pub(crate) struct Standing<'v> {
    /// What was registered: in force on the day, or last before it.
    pub items: Items<'v>,
    /// Something was in force, and it was registered or filed.
    pub alive: bool,
    /// The day its end took effect; none while it is alive.
    pub ended_on: Option<Date>,
    /// When it first had 3A, 4A, 5A or more.
    pub first: [Given; 3],
    /// The day.
    pub day: Date,
}

fn read(text: &str) -> Result<Items<'_>, Refused> {
    serde_json::from_str(text).map_err(Refused::internal)
}

impl<'v> Standing<'v> {
    /// From all versions that are known, in any order; none if nothing is known of the day or any day before it.
    pub(crate) fn of(versions: &mut [Seen<'v>], day: Date) -> Result<Option<Self>, Refused> {
        versions.sort_by_key(|seen| seen.from);
        let count = versions.partition_point(|seen| seen.from <= day);
        let Some((last, earlier)) = versions.get(..count).and_then(<[_]>::split_last) else { return Ok(None) };
        let holds = last.to.is_none_or(|to| to > day);
        let items = read(last.facts)?;
        let alive = holds && items.states.registration.is_live();
        // Only the three kinds of legal persons are rated; filed groups are twice as many and need no look at their past.
        let past = items.kind != Kind::Community || !alive;
        let mut stages: Vec<(Date, Option<u8>, bool)> = Vec::new();
        if past {
            for seen in earlier {
                let items = read(seen.facts)?;
                stages.push((seen.from, items.grade, items.states.registration.is_live()));
            }
        }
        stages.push((last.from, items.grade, items.states.registration.is_live()));
        let ended_on = (!alive).then(|| ended(&items, &stages, last.to.filter(|_| !holds), day));
        let first = [3, 4, 5].map(|grade| first_with(grade, &stages));
        Ok(Some(Self { items, alive, ended_on, first, day }))
    }

    /// The first day after `day` on which something else holds, as far as is recorded today.
    pub(crate) fn next_change(versions: &[Seen<'v>], day: Date) -> Option<Date> {
        versions.iter().flat_map(|seen| [Some(seen.from), seen.to]).flatten().filter(|change| *change > day).min()
    }
}

/// The day its end took effect: as registered, or since when it has not been alive any more.
fn ended(items: &Items<'_>, stages: &[(Date, Option<u8>, bool)], ran_out: Option<Date>, day: Date) -> Date {
    let registered = items.ended_on.filter(|end| *end <= day);
    let since = || stages.iter().rev().take_while(|(_, _, live)| !live).last().map(|(from, ..)| *from);
    registered.or(ran_out).or_else(since).unwrap_or(day)
}

/// The day from which it first had such a grade. Where its record begins with one, nobody knows since when: nobody is rated on the day
/// of founding.
fn first_with(grade: u8, stages: &[(Date, Option<u8>, bool)]) -> Given {
    match stages.iter().position(|(_, held, _)| held.is_some_and(|held| held >= grade)) {
        None => Given::Blank,
        Some(0) => Given::Unknown,
        Some(at) => Given::Known(catalogue::Value::Date(stages[at].0)),
    }
}

#[cfg(test)]
mod tests {
    use registry::{Organization, Registration};

    use super::*;

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    fn text(o: &Organization) -> String {
        crate::record::facts_of(o).unwrap()
    }

    #[test]
    fn a_life_is_read_on_any_day() {
        let mut o =
            Organization::new(base::OrgId::from_bits(1), Kind::Association, "云州市茶叶协会", "2101".parse().unwrap());
        o.registered_on = Some(day("2015-03-01"));
        let founded = text(&o);
        o.grade = Some(4);
        let graded = text(&o);
        o.grade = None;
        let lapsed = text(&o);
        o.states.registration = Registration::Liquidating;
        let liquidating = text(&o);
        o.states.registration = Registration::Deregistered;
        let gone = text(&o);
        let spans = [
            ("2023-05-01", Some("2023-09-01"), &liquidating),
            ("2015-03-01", Some("2018-07-01"), &founded),
            ("2023-09-01", None, &gone),
            ("2018-07-01", Some("2023-01-01"), &graded),
            ("2023-01-01", Some("2023-05-01"), &lapsed),
        ];
        let seen =
            |(from, to, facts): &(&str, Option<&str>, &'static str)| Seen { from: day(from), to: to.map(day), facts };
        let leaked: Vec<(&str, Option<&str>, &'static str)> =
            spans.iter().map(|(from, to, text)| (*from, *to, &*Box::leak((*text).clone().into_boxed_str()))).collect();
        let at = |on: &str| {
            let mut versions: Vec<Seen<'_>> = leaked.iter().map(seen).collect();
            Standing::of(&mut versions, day(on)).unwrap()
        };
        assert!(at("2015-02-28").is_none());
        let first = at("2015-03-01").unwrap();
        assert!(first.alive && first.ended_on.is_none() && first.first == [Given::Blank, Given::Blank, Given::Blank]);
        let rated = at("2022-12-31").unwrap();
        let since = Given::Known(catalogue::Value::Date(day("2018-07-01")));
        assert_eq!((rated.items.grade, rated.first), (Some(4), [since.clone(), since.clone(), Given::Blank]));
        assert_eq!(at("2023-02-01").unwrap().items.grade, None);
        assert!(at("2023-06-01").unwrap().alive);
        let ended = at("2024-01-01").unwrap();
        assert_eq!((ended.alive, ended.ended_on), (false, Some(day("2023-09-01"))));
        assert_eq!(ended.first[0], since);
    }

    #[test]
    fn a_grade_that_was_always_there_has_no_day() {
        let mut o = Organization::new(base::OrgId::from_bits(1), Kind::Foundation, "云州基金会", "21".parse().unwrap());
        o.grade = Some(5);
        let facts = text(&o);
        let mut versions = [Seen { from: day("2010-01-01"), to: None, facts: &facts }];
        let standing = Standing::of(&mut versions, day("2020-01-01")).unwrap().unwrap();
        assert_eq!(standing.first, [Given::Unknown, Given::Unknown, Given::Unknown]);
    }
}
