//! The data of a run: generated once per folder, with how fast that went.
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{Clock, OrgId, Rng};
use office::generate::{Loaded, Plan};
use office::{Files, Office};
use registry::generate::Focus;
use store::{Config, Db, FromRow, Sql};
use vault::KeyRing;

use crate::clerks::while_clerks_act;
use crate::measure::{Report, Samples};

/// The keys of an installation in this folder; of a folder that nobody serves, keys for the moment.
fn keys(folder: &Path, clock: &Clock, rng: &Rng) -> Result<KeyRing> {
    match std::fs::read_to_string(folder.join("keys.json")) {
        Ok(text) => Ok(KeyRing::parse(&text)?),
        Err(_) => Ok(KeyRing::generate_demo(clock, rng)),
    }
}

/// Opens, and makes, an office in this folder.
pub fn office(folder: &Path) -> Result<Office> {
    std::fs::create_dir_all(folder)?;
    let (clock, rng) = (Clock::system(), Rng::system());
    let areas = Arc::new(AreaTree::shipped()?);
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../catalogue");
    let files = catalogue::Files::read(&root).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    let catalogue = office::load_catalogue(&files).map_err(|problems| anyhow::anyhow!("{problems:?}"))?;
    Ok(Office {
        db: Db::open(&Config::new(format!("sqlite:{}", folder.join("yishe.db").display())))?,
        keys: Arc::new(keys(folder, &clock, &rng)?),
        clock: Arc::new(clock),
        rng: Arc::new(rng),
        gazetteer: Arc::new(office::gazetteer::Gazetteer::of(&areas)),
        areas,
        calendar: Arc::new(Calendar::shipped()?),
        catalogue: Arc::new(catalogue),
        files: Files::open(folder.join("files"))?,
        index: Some(Arc::new(search::Index::open(folder.join("search.db"))?)),
        outside: Arc::new(office::connector::Outside::local()),
        editions: office::cases::Editions::default(),
        facts: Arc::new(office::facts::Keeper::at(folder.join("facts"))),
        measured: Arc::default(),
    })
}

/// Loads what is missing, while somebody keeps doing small acts; builds the index.
pub fn load(office: &Office, organizations: u64, report: &mut Report) -> Result<()> {
    let focus = Focus { within: Vec::new(), until: "2026-11-01".parse()? };
    let plan = Plan { seed: 2026, organizations, communities: organizations * 2, officers: false, focus };
    let (from, before) = (Instant::now(), count(office)?);
    let mut next = 0;
    let (_, acts) = while_clerks_act(office, || {
        let progress = |loaded: Loaded| {
            if loaded.done >= next {
                println!("  loaded {} of {}, load {}", loaded.done, loaded.of, machine_load());
                next = loaded.done + loaded.of.div_ceil(20);
            }
        };
        office.load_generated(&plan, progress).context("loading")
    })?;
    let added = count(office)? - before;
    if added > 0 {
        let rate = added as f64 / from.elapsed().as_secs_f64();
        report.section("Loading");
        report.rate(
            "organizations generated and loaded per second, with their histories (5 versions to 3 organizations)",
            rate,
            None,
            Some(20_000.0),
        );
        report.line("one durable act while organizations are loaded", Samples::from_times(acts), None, Some(100.0));
    }
    let from = Instant::now();
    let caught = office.catch_up().context("index")?;
    if caught.organizations > 0 {
        let rate = caught.organizations as f64 / from.elapsed().as_secs_f64();
        report.note(format!("name index: built at {:.1} times the rate wanted of an import", rate / 20_000.0));
    }
    Ok(())
}

/// How many programs wanted to run during the last minute.
pub fn machine_load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split_whitespace().next().unwrap_or("?").to_owned()
}

/// Organizations of all kinds in the register.
pub fn count(office: &Office) -> Result<i64> {
    Ok(office.db.read(|tx| tx.get::<i64>(Sql::dynamic("bench.count", "select count(*) from organization"), &[]))?)
}

/// An organization taken as it came.
pub struct Taken {
    /// Name.
    pub name: String,
    /// What its address is.
    pub code: String,
}

impl FromRow for Taken {
    const TABLE: &'static str = "organization";
    fn from_row(row: &store::Row<'_>) -> Result<Self, store::DbError> {
        let id: OrgId = row.get("id")?;
        let code: Option<String> = row.get("code")?;
        Ok(Self { name: row.get("name")?, code: code.unwrap_or_else(|| id.to_string()) })
    }
}

/// Organizations spread over the whole register, and pieces of their names to look for.
pub struct Sample {
    /// The organizations.
    pub taken: Vec<Taken>,
}

impl Sample {
    /// About `count` organizations, evenly by row.
    pub fn take(office: &Office, count: u64) -> Result<Self> {
        let all = office
            .db
            .read(|tx| tx.get::<i64>(Sql::dynamic("bench.rows", "select max(rowid) from organization"), &[]))?;
        let step = (all.unsigned_abs() / count).max(1);
        let text = format!("select id, name, code from organization where rowid % {step} = 0");
        let taken = office.db.read(|tx| tx.list(Sql::dynamic("bench.sample", &text), &[]))?;
        Ok(Self { taken })
    }

    /// Pieces of `length` characters out of the names, from a place that moves on.
    pub fn pieces(&self, length: usize) -> Vec<String> {
        let piece = |(at, taken): (usize, &Taken)| {
            let name: Vec<char> = taken.name.chars().collect();
            let from = (at * 7) % name.len().saturating_sub(length).max(1);
            name.iter().skip(from).take(length).collect::<String>()
        };
        self.taken.iter().enumerate().map(piece).collect()
    }
}
