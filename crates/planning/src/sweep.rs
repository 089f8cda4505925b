//! Rules over everybody (规则扫描): every supervision rule against every subject, each with the parameters of its own area.
//!
//! Areas to which the same packs apply share their parameters, so a rule is compiled once per such *zone*, not once per area.
use std::collections::BTreeMap;

use catalogue::condition::{CompileError, Compiled, Constants, compile};
use catalogue::plans::Population;
use catalogue::rules::About;
use catalogue::{Catalogue, Params, Rule, Subject, Tri};

use crate::facts::FactBase;
use crate::figure::Counts;

/// What a rule found.
#[derive(Clone, PartialEq, Debug)]
pub struct Swept<'c> {
    /// The rule.
    pub rule: &'c Rule,
    /// How many subjects it finds something against, how many not, and how many cannot be judged. Subjects elsewhere than where the
    /// rule holds are not counted.
    pub counts: Counts,
    /// The rows of those it finds something against.
    pub found: Vec<u32>,
    /// The rows that cannot be judged.
    pub unclear: Vec<u32>,
}

/// The areas as zones of equal packs.
#[derive(Clone, Debug)]
pub struct Zones {
    /// The zone of each area, by number.
    of: Vec<u32>,
    /// The packs that apply in each zone, far to near, and their parameters on the day.
    zones: Vec<(Vec<String>, Params)>,
}

impl Zones {
    /// The zones of a day's areas.
    pub fn of(catalogue: &Catalogue, base: &FactBase) -> Self {
        let areas = base.areas();
        let mut found = Self { of: Vec::with_capacity(areas.len()), zones: Vec::new() };
        let mut known: BTreeMap<Vec<&str>, u32> = BTreeMap::new();
        // Only where a pack begins can a zone begin; below it is that of the area above.
        for at in 0..areas.len() as u32 {
            let begins = areas.code(at).is_some_and(|code| catalogue.packs().iter().any(|pack| pack.area == *code));
            let above = found.of.get(areas.parent(at) as usize).copied();
            if let Some(zone) = above.filter(|_| !begins && at > 0) {
                found.of.push(zone);
                continue;
            }
            let ancestry: Vec<_> = areas.ancestry(at).into_iter().filter_map(|up| areas.code(up).cloned()).collect();
            let packs: Vec<&str> =
                catalogue.packs().applying(&ancestry).into_iter().map(|pack| pack.id.as_str()).collect();
            let next = found.zones.len() as u32;
            let zone = *known.entry(packs.clone()).or_insert(next);
            if zone == next {
                let packs = packs.into_iter().map(str::to_owned).collect();
                found.zones.push((packs, catalogue.params(&ancestry, base.date())));
            }
            found.of.push(zone);
        }
        found
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.zones.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.zones.is_empty()
    }

    /// The parameters that hold in an area.
    pub fn params(&self, area: u32) -> Option<&Params> {
        let zone = *self.of.get(area as usize)?;
        self.zones.get(zone as usize).map(|(_, params)| params)
    }
}

/// One rule against every subject it is about. An error if the fact table lacks a column the rule reads.
pub fn sweep<'c>(
    catalogue: &'c Catalogue,
    base: &FactBase,
    zones: &Zones,
    rule: &'c Rule,
) -> Result<Swept<'c>, CompileError> {
    let mut swept = Swept { rule, counts: Counts::default(), found: Vec::new(), unclear: Vec::new() };
    let (subject, within) = match rule.about {
        About::Organization => (Subject::Organization, Population::RegisteredIn),
        About::Community => (Subject::CommunityOrganization, Population::LivesIn),
    };
    let Some(table) = base.table(&subject).filter(|_| rule.holds_on(base.date())) else { return Ok(swept) };
    let mut compiled: Vec<Option<Compiled<'_>>> = Vec::with_capacity(zones.len());
    for (packs, params) in &zones.zones {
        let constants = Constants { params, today: base.date(), named: catalogue.named() };
        let holds = packs.contains(&rule.pack);
        compiled.push(if holds { Some(compile(&rule.when, catalogue.words(), table, constants)?) } else { None });
    }
    for (row, place) in table.places(within).iter().enumerate() {
        let zone = zones.of.get(*place as usize).and_then(|zone| compiled.get(*zone as usize));
        let Some(Some(judge)) = zone else { continue };
        match judge(row) {
            Tri::True => {
                swept.counts.yes += 1;
                swept.found.push(row as u32);
            }
            Tri::False => swept.counts.no += 1,
            Tri::Unknown => {
                swept.counts.unknown += 1;
                swept.unclear.push(row as u32);
            }
        }
    }
    Ok(swept)
}
