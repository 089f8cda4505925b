//! How the installation stands (系统状态), for the system administrator.
use authority::{Actor, Subject, Verb, may};
use store::jobs::JobRow;
use store::outside::OutboxRow;
use store::{Statement, sql};

use crate::connector::admin::Connection;
use crate::{Office, Refused};

const COUNTS: Statement = sql!("system.job_counts", "select state, count(*) from job group by state order by state");

/// For the test that prepares all statements.
pub(crate) const ALL: &[Statement] = &[COUNTS];

/// How the installation stands.
#[derive(Clone, PartialEq, Debug)]
pub struct SystemState {
    /// SQLite or PostgreSQL.
    pub engine: String,
    /// Areas known.
    pub areas: usize,
    /// Down to which level.
    pub areas_say: String,
    /// First and last year whose holidays are announced.
    pub calendar: Option<(i16, i16)>,
    /// Matters in the catalogue.
    pub matters: usize,
    /// Where organization codes come from.
    pub codes: String,
    /// Packs: id, name, area.
    pub packs: Vec<(String, String, String)>,
    /// The catalogue's warnings.
    pub warnings: Vec<String>,
    /// Connections.
    pub connectors: Vec<Connection>,
    /// Messages given up, oldest first.
    pub dead: Vec<OutboxRow>,
    /// Jobs by state.
    pub counts: Vec<(String, i64)>,
    /// Failed jobs, then those running and waiting, then the newest done.
    pub jobs: Vec<JobRow>,
}

impl Office {
    /// How the installation stands.
    pub fn system_state(&self, who: &Actor) -> Result<SystemState, Refused> {
        may(who, Verb::Configure, &Subject::Platform)?;
        let (engine, counts, (connectors, dead), jobs) = self.db.read(|tx| {
            let mut jobs = Vec::new();
            for (state, limit) in [("failed", 50), ("running", 20), ("waiting", 20), ("done", 20)] {
                jobs.extend(store::jobs::list(tx, state, limit)?);
            }
            let counts: Vec<(String, i64)> = tx.list(COUNTS, &[])?;
            let connections = self.connections(tx)?;
            Ok::<_, Refused>((format!("{:?}", tx.engine()), counts, connections, jobs))
        })?;
        let years: Vec<i16> = (2000..2100)
            .filter(|year| base::Date::new(*year, 7, 1).is_ok_and(|day| self.calendar.is_announced(day)))
            .collect();
        let pack =
            |pack: &catalogue::pack::Pack| (pack.id.clone(), pack.name.clone(), self.areas.full_name(&pack.area));
        Ok(SystemState {
            engine,
            areas: self.areas.len(),
            areas_say: "乡镇（街道）；辽宁、浙江、深圳到社区（村）".to_owned(),
            calendar: years.first().zip(years.last()).map(|(first, last)| (*first, *last)),
            matters: self.catalogue.matter_ids().count(),
            codes: self.outside.codes.says().to_owned(),
            packs: self.catalogue.packs().iter().map(pack).collect(),
            warnings: self.catalogue.warnings().iter().map(ToString::to_string).collect(),
            connectors,
            dead,
            counts,
            jobs,
        })
    }
}
