//! The program that is killed: several threads doing acts, one import, a seal now and then. A line on standard output says that
//! an act was acknowledged; it is written after the act returned and never before.
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow};
use authority::{Actor, AdminRole};
use base::areas::AreaTree;
use base::workdays::Calendar;
use base::{AccountId, BodyId, Clock, EntryId, Rng};
use office::audit::SealLog;
use office::import::{Order, Progress, Watcher};
use office::{Files, Office};
use store::people::Body;
use store::{Config, Db};

/// Threads that do acts, besides the import's.
const THREADS: u64 = 3;

/// An office on the database, with everything else beside the seals in `folder`.
pub fn open(url: &str, folder: &Path) -> Result<Office> {
    let areas = Arc::new(AreaTree::shipped().map_err(|error| anyhow!("{error}"))?);
    let (clock, rng) = (Clock::system(), Rng::system());
    Ok(Office {
        db: Db::open(&Config::new(url))?,
        keys: Arc::new(vault::KeyRing::generate_demo(&clock, &rng)),
        clock: Arc::new(clock),
        rng: Arc::new(rng),
        gazetteer: Arc::new(office::gazetteer::Gazetteer::of(&areas)),
        areas,
        calendar: Arc::new(Calendar::shipped().map_err(|error| anyhow!("{error}"))?),
        catalogue: Arc::new(catalogue::Catalogue::default()),
        files: Files::open(folder.join("files")).map_err(|error| anyhow!("{error:?}"))?,
        index: None,
        outside: Arc::new(office::connector::Outside::local()),
        editions: office::cases::Editions::default(),
        facts: Arc::default(),
        measured: Arc::default(),
    })
}

/// Where the seals go.
pub fn log(folder: &Path) -> SealLog {
    SealLog::at(folder.join("seal.log"))
}

/// Acts until killed.
pub fn run(url: &str, folder: &Path) -> Result<()> {
    let office = open(url, folder)?;
    say("ready");
    std::thread::scope(|scope| {
        for _ in 0..THREADS {
            scope.spawn(|| loop_of_acts(&office));
        }
        scope.spawn(|| loop_of_seals(&office, &log(folder)));
        scope.spawn(|| import(&office));
    });
    Ok(())
}

fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    // Nobody listens any more: the parent is done with us.
    if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn administrator(office: &Office) -> Actor {
    Actor {
        account: AccountId::fresh(&office.clock, &office.rng),
        name: "管理员".to_owned(),
        posts: Vec::new(),
        orgs: Vec::new(),
        admin: Some(AdminRole::System),
    }
}

fn loop_of_acts(office: &Office) {
    let who = administrator(office);
    loop {
        let id = BodyId::fresh(&office.clock, &office.rng);
        let body = Body {
            id,
            name: format!("单位{id}"),
            short: "单位".to_owned(),
            area: match "210102".parse() {
                Ok(area) => area,
                Err(_) => return,
            },
            kind: "street".to_owned(),
            code: None,
            phone: None,
            state: "active".to_owned(),
            data: serde_json::json!({}),
            rev: 1,
            entry: EntryId::from_bits(0),
        };
        if office.add_body(&who, &body).is_ok() {
            say(&format!("body {id}"));
        } else {
            // The database is being restarted under us. (Saying so ends us when nobody listens any more.)
            say("trouble");
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn loop_of_seals(office: &Office, log: &SealLog) {
    loop {
        std::thread::sleep(Duration::from_millis(30 + office.rng.below(120)));
        if let Ok(Some(seal)) = office.seal(log, office.rng.below(4) == 0) {
            say(&format!("seal {}", seal.no));
        }
    }
}

/// Says how many rows are in.
struct Told;

impl Watcher for Told {
    fn progress(&mut self, progress: &Progress) {
        say(&format!("rows {}", progress.taken));
    }
}

/// The file every child of one database imports: whoever is killed, the next goes on.
pub fn file() -> Vec<u8> {
    let mut text = "名称,成立登记日期,业务范围\n".to_owned();
    for number in 0..ROWS {
        let _ = writeln!(text, "沈阳市第{number}号养老服务中心,2019-05-{:02},养老服务", number % 28 + 1);
    }
    text.into_bytes()
}

/// Rows of the file.
pub const ROWS: u64 = 4_000;

fn import(office: &Office) {
    let order = Order {
        file_name: "centres.csv".to_owned(),
        bytes: Arc::new(file()),
        mapping: None,
        kind: Some(registry::Kind::ServiceInstitution),
        registrar: "2101".parse().ok(),
    };
    loop {
        match office.import_organizations(&Actor::system(), &order, &mut Told) {
            Ok(_) => return say("imported"),
            Err(error) if error.code() == "already_imported" => return say("imported"),
            Err(_) => std::thread::sleep(Duration::from_millis(50)),
        }
    }
}

/// Reads a line that a child wrote.
pub fn read(line: &str) -> Result<(&str, &str)> {
    line.split_once(' ').or(Some((line, ""))).context("a line")
}
