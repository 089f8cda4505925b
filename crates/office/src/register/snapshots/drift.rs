//! Why a frozen snapshot differs from what is known today: found from what was recorded since, never by counting again.
use std::collections::BTreeMap;

use base::{AreaCode, OrgId, Origin, RecordId};
use store::args;
use store::organizations::Version;
use store::registers::Snapshot;
use store::upkeep;

use super::{BY_ID, area_of};
use crate::record::organization_of;
use crate::{Office, Refused};

/// Records looked at; beyond it the page says that there are more and does not compare figures.
const MOST: usize = 2_000;
/// Names listed.
const NAMED: usize = 100;

/// What differs between a frozen snapshot and today's knowledge of the same day.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Drift {
    /// Figures that differ: area, figure, frozen, now.
    pub figures: Vec<(AreaCode, String, i64, i64)>,
    /// Organizations whose record of that day was entered or corrected after the freezing, by name: at most 100.
    pub because: Vec<String>,
    /// How many there are.
    pub count: usize,
    /// There are more than were looked at, and the figures were not compared.
    pub more: bool,
}

impl Office {
    /// How a frozen snapshot differs from what is known today of the same day, and why; none if it does not.
    pub fn snapshot_drift(&self, id: RecordId) -> Result<Option<Drift>, Refused> {
        let drift = self.db.read(|tx| {
            let row: Snapshot = tx.find(BY_ID, args![id])?.ok_or(Refused::NotFound("这份统计快照"))?;
            let Some(known) = row.known_on else { return Ok(Drift::default()) };
            let area = area_of(&row)?;
            let mut since = upkeep::recorded_since(tx, row.as_of, known, MOST + 1)?;
            let more = since.len() > MOST;
            since.truncate(MOST);
            let mut places: Vec<(Origin, OrgId)> = since.iter().map(|version| (version.origin, version.org)).collect();
            places.sort();
            places.dedup();
            let before = upkeep::versions_on(tx, &places, row.as_of, known)?;
            let mut drift = Drift { more, ..Drift::default() };
            let mut deltas: BTreeMap<(AreaCode, String), i64> = BTreeMap::new();
            for (versions, by) in [(&before, -1), (&since, 1)] {
                self.weigh(versions, by, &row, &area, &mut deltas, &mut drift)?;
            }
            if !more && deltas.values().any(|delta| *delta != 0) {
                let frozen: BTreeMap<_, _> = store::registers::figures(tx, row.origin, id)?
                    .into_iter()
                    .map(|one| ((one.area, one.figure), one.number.unwrap_or_default()))
                    .collect();
                for ((area, figure), delta) in deltas.into_iter().filter(|(_, delta)| *delta != 0) {
                    let was = frozen.get(&(area.clone(), figure.clone())).copied().unwrap_or_default();
                    drift.figures.push((area, figure, was, was + delta));
                }
            }
            Ok::<_, Refused>(drift)
        })?;
        Ok((drift.count > 0 || drift.more).then_some(drift))
    }

    fn weigh(
        &self,
        versions: &[Version],
        by: i64,
        snapshot: &Snapshot,
        area: &AreaCode,
        deltas: &mut BTreeMap<(AreaCode, String), i64>,
        drift: &mut Drift,
    ) -> Result<(), Refused> {
        for version in versions {
            let organization = organization_of(version)?;
            let keys = self.figures_of(&organization, area, snapshot.as_of);
            if by > 0 && !keys.is_empty() {
                drift.count += 1;
                if drift.because.len() < NAMED {
                    drift.because.push(organization.name);
                }
            }
            for key in keys {
                *deltas.entry(key).or_default() += by;
            }
        }
        Ok(())
    }
}
