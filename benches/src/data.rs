//! The data of a run: generated once per folder, with how fast that went.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use anyhow::{Context as _, Result};
use authority::{Actor, AdminRole};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{AccountId, BodyId, Clock, OrgId, Rng};
use office::generate::Plan;
use office::{Files, Office};
use registry::generate::Focus;
use store::people::Body;
use store::{Config, Db, FromRow, Sql};
use vault::KeyRing;

use crate::measure::{Report, Samples};

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
        keys: Arc::new(KeyRing::generate_demo(&clock, &rng)),
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
    })
}

/// The system administrator of the bench: writes the small acts that compete with an import.
pub fn admin(office: &Office) -> Actor {
    Actor {
        account: AccountId::fresh(&office.clock, &office.rng),
        name: "系统管理员".to_owned(),
        posts: Vec::new(),
        orgs: Vec::new(),
        admin: Some(AdminRole::System),
    }
}

/// One small durable act.
pub fn small_act(office: &Office, admin: &Actor) -> Result<()> {
    let body = Body {
        id: BodyId::fresh(&office.clock, &office.rng),
        name: "测量用单位".to_owned(),
        short: "测量".to_owned(),
        area: "2101".parse()?,
        kind: "supervisor".to_owned(),
        code: None,
        phone: None,
        state: "closed".to_owned(),
        data: serde_json::json!({}),
        rev: 1,
        entry: base::EntryId::from_bits(0),
    };
    office.add_body(admin, &body).context("a small act")
}

/// Loads what is missing, while another thread keeps doing small acts; builds the index.
pub fn load(office: &Office, organizations: u64, report: &mut Report) -> Result<()> {
    let focus = Focus { within: Vec::new(), until: "2026-11-01".parse()? };
    let plan = Plan { seed: 2026, organizations, communities: organizations * 2, officers: false, focus };
    let (from, before) = (Instant::now(), count(office)?);
    let stop = AtomicBool::new(false);
    let acts = std::thread::scope(|scope| -> Result<Vec<f64>> {
        let clerk = scope.spawn(|| competing_acts(office, &stop));
        let mut next = 0;
        let loaded = office.load_generated(&plan, |loaded| {
            if loaded.done >= next {
                println!("  loaded {} of {}", loaded.done, loaded.of);
                next = loaded.done + loaded.of.div_ceil(20);
            }
        });
        stop.store(true, Ordering::Relaxed);
        loaded.context("loading")?;
        Ok(clerk.join().unwrap_or_default())
    })?;
    let added = count(office)? - before;
    if added > 0 {
        let rate = added as f64 / from.elapsed().as_secs_f64();
        report.section("Loading");
        report.line("an act while organizations are loaded", Samples::from_times(acts), None, Some(100.0));
        report.note(format!(
            "loading with journal, versions and cubes: {:.2} of the 20,000 organizations/s wanted",
            rate / 20_000.0
        ));
    }
    let from = Instant::now();
    let caught = office.catch_up().context("index")?;
    if caught.organizations > 0 {
        let rate = caught.organizations as f64 / from.elapsed().as_secs_f64();
        report.note(format!("name index: built at {rate:.0} organizations/s"));
    }
    Ok(())
}

fn competing_acts(office: &Office, stop: &AtomicBool) -> Vec<f64> {
    let admin = admin(office);
    let mut times = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let from = Instant::now();
        if small_act(office, &admin).is_ok() {
            times.push(from.elapsed().as_secs_f64() * 1000.0);
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    times
}

fn count(office: &Office) -> Result<i64> {
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
