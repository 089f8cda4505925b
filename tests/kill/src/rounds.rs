//! One database, many rounds: start a child, let it work, kill it at a random moment, look at what is there.
use std::collections::BTreeSet;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, anyhow, ensure};
use base::Rng;
use office::audit::{self, Depth, Report};
use store::{Config, Db, Sql};

use crate::{child, server::Server};

/// What a child said it was told.
#[derive(Debug, Default, Clone)]
struct Heard {
    bodies: BTreeSet<String>,
    rows: i64,
    seals: i64,
    ready: bool,
}

/// What many rounds came to.
#[derive(Debug, Default)]
pub struct Sum {
    pub rounds: u32,
    pub acts: u64,
    pub rows: i64,
    pub seals: i64,
    pub restarts: u32,
    pub entries: u64,
}

/// One database with its folder and everything acknowledged on it so far.
pub struct Stage<'a> {
    url: String,
    folder: PathBuf,
    server: Option<&'a Server>,
    heard: Heard,
    rng: Rng,
}

impl<'a> Stage<'a> {
    pub fn sqlite(folder: &Path) -> Self {
        let url = format!("sqlite:{}", folder.join("yishe.db").display());
        Self { url, folder: folder.to_owned(), server: None, heard: Heard::default(), rng: Rng::system() }
    }

    pub fn postgres(folder: &Path, server: &'a Server, name: &str) -> Result<Self> {
        let url = server.create(name)?;
        Ok(Self { url, folder: folder.to_owned(), server: Some(server), heard: Heard::default(), rng: Rng::system() })
    }

    /// A child works and is killed; on PostgreSQL the server is first restarted under it as after a crash.
    pub fn round(&mut self, program: &Path, sum: &mut Sum) -> Result<()> {
        let mut process = Command::new(program)
            .args(["child", &self.url])
            .arg(&self.folder)
            .stdout(Stdio::piped())
            .spawn()
            .context("the child could not be started")?;
        let heard = listen(&mut process)?;
        wait_ready(&heard, &mut process)?;
        // Mostly short lives; every third long enough for several chunks of the import.
        let longest = if sum.rounds % 3 == 2 { 2_500 } else { 500 };
        std::thread::sleep(Duration::from_millis(20 + self.rng.below(longest)));
        if let Some(server) = self.server {
            server.crash_and_restart()?;
            sum.restarts += 1;
            std::thread::sleep(Duration::from_millis(self.rng.below(500)));
        }
        // SIGKILL.
        process.kill()?;
        process.wait()?;
        let said = end_of(&heard);
        sum.rounds += 1;
        sum.acts += said.bodies.len() as u64;
        self.heard.bodies.extend(said.bodies);
        self.heard.rows = self.heard.rows.max(said.rows);
        self.heard.seals = self.heard.seals.max(said.seals);
        Ok(())
    }

    /// Everything acknowledged is there, nothing is half-written, the journal vouches for all of it.
    pub fn check(&self, depth: Depth, sum: &mut Sum) -> Result<Report> {
        let db = Db::open(&Config::new(&self.url))?;
        let there: BTreeSet<String> = db
            .read(|tx| tx.list::<String>(Sql::dynamic("kill.bodies", "select id from body"), &[]))?
            .into_iter()
            .collect();
        let lost: Vec<_> = self.heard.bodies.difference(&there).collect();
        ensure!(lost.is_empty(), "{} acknowledged acts are gone, the first is {}", lost.len(), lost[0]);
        let number = |text: &'static str| db.read(|tx| tx.get::<i64>(Sql::dynamic("kill.number", text), &[]));
        let rows = number("select count(*) from organization")?;
        ensure!(rows >= self.heard.rows, "{rows} imported rows, {} were acknowledged", self.heard.rows);
        let taken = number("select cast(coalesce(sum(taken), 0) as bigint) from import_chunk")?;
        ensure!(rows == taken, "{rows} organizations, but the chunks say {taken}: a chunk is half-written");
        let versions = number("select count(*) from organization_version")?;
        ensure!(versions == rows, "{versions} versions of {rows} organizations");
        let seals = number("select coalesce(max(number), 0) from seal")?;
        ensure!(seals >= self.heard.seals, "seal {} was acknowledged, the last is {seals}", self.heard.seals);
        let files = office::Files::open(self.folder.join("files")).map_err(|error| anyhow!("{error:?}"))?;
        let report = audit::verify(&db, &files, Some(&child::log(&self.folder)), depth, &mut |_| ())
            .map_err(|finding| anyhow!("{finding}"))?;
        sum.rows = sum.rows.max(rows);
        sum.seals += i64::from(sum.seals < seals) * (seals - sum.seals);
        Ok(report)
    }
}

type Shared = Arc<(Mutex<Heard>, Mutex<bool>)>;

/// Reads the child's lines until its end. A line cut off by the kill was not heard.
fn listen(process: &mut Child) -> Result<Shared> {
    let out = process.stdout.take().context("the child's output")?;
    let heard: Shared = Arc::default();
    let shared = Arc::clone(&heard);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(out);
        let mut line = String::new();
        while reader.read_line(&mut line).is_ok_and(|length| length > 0) && line.ends_with('\n') {
            let (word, rest) = child::read(line.trim_end()).unwrap_or_default();
            let mut heard = shared.0.lock().unwrap_or_else(PoisonError::into_inner);
            match word {
                "ready" => heard.ready = true,
                "body" => drop(heard.bodies.insert(rest.to_owned())),
                "rows" => heard.rows = rest.parse().unwrap_or(heard.rows),
                "seal" => heard.seals = rest.parse().unwrap_or(heard.seals),
                _ => {}
            }
            line.clear();
        }
        *shared.1.lock().unwrap_or_else(PoisonError::into_inner) = true;
    });
    Ok(heard)
}

fn wait_ready(heard: &Shared, process: &mut Child) -> Result<()> {
    let begun = Instant::now();
    while !heard.0.lock().unwrap_or_else(PoisonError::into_inner).ready {
        if let Some(status) = process.try_wait()? {
            return Err(anyhow!("the child ended by itself: {status}"));
        }
        ensure!(begun.elapsed() < Duration::from_mins(2), "the child is not ready after two minutes");
        std::thread::sleep(Duration::from_millis(5));
    }
    Ok(())
}

fn end_of(heard: &Shared) -> Heard {
    while !*heard.1.lock().unwrap_or_else(PoisonError::into_inner) {
        std::thread::sleep(Duration::from_millis(2));
    }
    heard.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
}
