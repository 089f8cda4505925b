//! How power is used (权力运行监测, 000-07d): overdue and returned cases and decisions against an opinion, by authority. Every
//! number opens its list.
use authority::{Actor, Denied};
use base::{AreaCode, CaseId, Date};
use store::cases::CaseLine;
use store::desk::{self, PowerLine, PowerList};

use super::chairs::Chair;
use crate::{Office, Refused};

/// Desks that look at how power is used: those who decide, and those who supervise.
const DESKS: [&str; 3] = ["decision", "supervision", "review"];
/// Lines of a list.
const PAGE: usize = 50;

/// One authority.
#[derive(Clone, PartialEq, Debug)]
pub struct PowerRow {
    /// Its area.
    pub area: AreaCode,
    /// In words.
    pub name: String,
    /// Its numbers.
    pub line: PowerLine,
    /// Granted although somebody asked had disagreed.
    pub overridden: i64,
}

/// The report.
#[derive(Clone, PartialEq, Debug)]
pub struct Power {
    /// Whose area it is about.
    pub chair: Chair,
    /// Cases received from this day on.
    pub since: Date,
    /// As of today.
    pub today: Date,
    /// Its authorities.
    pub rows: Vec<PowerRow>,
}

/// Where the next page of a list begins: day and case of the last line.
type Place = (Date, CaseId);

impl Office {
    fn power_chair(&self, who: &Actor) -> Result<Chair, Refused> {
        if who.admin.is_some() {
            return Err(Denied::AdminsDoNoBusiness.into());
        }
        let mut chairs = self.chairs(who);
        chairs.sort_by_key(|chair| chair.area.as_str().len());
        let found = chairs.into_iter().find(|chair| DESKS.contains(&chair.desk.as_str()));
        found.ok_or_else(|| Denied::NotYourDesk.into())
    }

    /// How the authorities of one's area and below used their power since a day.
    pub fn power(&self, who: &Actor, since: Option<Date>) -> Result<Power, Refused> {
        let chair = self.power_chair(who)?;
        let today = self.clock.today();
        let since = since.unwrap_or_else(|| today.first_of_year());
        self.db.read(move |tx| {
            let lines = desk::power(tx, &chair.area, since, today)?;
            let against = desk::overrides(tx, &chair.area, since)?;
            let row = |line: PowerLine| PowerRow {
                name: self.areas.full_name(&line.area),
                overridden: against.iter().find(|(area, _)| *area == line.area).map_or(0, |(_, many)| *many),
                area: line.area.clone(),
                line,
            };
            Ok(Power { chair, since, today, rows: lines.into_iter().map(row).collect() })
        })
    }

    /// The cases behind a number, and where the next page begins.
    pub fn power_list(
        &self,
        who: &Actor,
        area: &AreaCode,
        since: Date,
        which: PowerList,
        after: Option<(Date, CaseId)>,
    ) -> Result<(Vec<CaseLine>, Option<Place>), Refused> {
        let chair = self.power_chair(who)?;
        let today = self.clock.today();
        if !self.lineage(area, today).contains(&chair.area) {
            return Err(Denied::NotYourArea.into());
        }
        let area = area.clone();
        self.db.read(move |tx| {
            let mut lines = desk::power_cases(tx, (&area, since, today), which, after, PAGE + 1)?;
            let more = lines.len() > PAGE;
            lines.truncate(PAGE);
            let next = lines.last().filter(|_| more).map(|line| (line.received_on, line.id));
            Ok((lines, next))
        })
    }
}
