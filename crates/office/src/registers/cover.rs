//! Coverage (覆盖情况): which areas have filed what the register asks of every area of a level, and which have not.
use std::collections::BTreeSet;

use authority::Actor;
use base::{AreaCode, AreaLevel};
use catalogue::Register;
use store::records::{self, Wanted};

use super::ACTIVE;
use crate::{Office, Refused};

/// Records looked at.
const MOST: usize = 50_000;

/// An area and whether it has a record.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Covered {
    /// The area.
    pub area: AreaCode,
    /// Its name.
    pub name: String,
    /// It has a record.
    pub filed: bool,
}

impl Office {
    /// Every area of the asked level within `within` (or where the actor reads), with whether it has a record of this value.
    pub fn coverage(
        &self,
        who: &Actor,
        register: &Register,
        within: Option<&AreaCode>,
        value: &str,
    ) -> Result<(AreaCode, Vec<Covered>), Refused> {
        let coverage = register.coverage.as_ref().ok_or(Refused::NotFound("这份名册的覆盖情况"))?;
        let area = self.list_area(who, register, within)?;
        let wanted = Wanted { within: Some(area.clone()), state: Some(ACTIVE), ..Wanted::default() };
        let mut filed: BTreeSet<AreaCode> = BTreeSet::new();
        self.db.read(|tx| {
            records::walk(tx, &register.id, &wanted, MOST, |record| {
                let per = coverage.per.as_ref().and_then(|field| record.body.get(field)?.as_str());
                if coverage.per.is_none() || per == Some(value) {
                    filed.insert(record.area);
                }
                Ok::<_, Refused>(())
            })
        })?;
        let areas = self.areas_of_level(&area, coverage.level);
        let line = |code: AreaCode| {
            let name = self.areas.full_name(&code);
            Covered { filed: filed.contains(&code), area: code, name }
        };
        Ok((area, areas.into_iter().map(line).collect()))
    }

    /// The value of the register's `per` field that is shown first: the one asked for, else its first choice.
    pub fn coverage_value(&self, register: &Register, asked: &str) -> String {
        let per = register.coverage.as_ref().and_then(|coverage| coverage.per.as_ref());
        let Some(field) = per.and_then(|field| register.find_field(field)) else { return String::new() };
        let known = field.choices.iter().find(|choice| choice.value == asked).or(field.choices.first());
        known.map(|choice| choice.value.clone()).unwrap_or_default()
    }

    /// The areas of a level below `upper`, or `upper` itself, in the tree of today.
    fn areas_of_level(&self, upper: &AreaCode, level: AreaLevel) -> Vec<AreaCode> {
        if upper.level() >= level {
            return vec![upper.clone()];
        }
        let today = self.clock.today();
        let mut found = Vec::new();
        for child in self.areas.children_at(upper, today) {
            if child.level() < level {
                found.extend(self.areas_of_level(&child.code(), level));
            } else if child.level() == level {
                found.push(child.code());
            }
        }
        found
    }
}

/// How many of the areas have filed.
pub fn filed(covered: &[Covered]) -> usize {
    covered.iter().filter(|one| one.filed).count()
}
