//! Fresh databases for tests, on both engines. Behind the feature `testing`.
//!
//! PostgreSQL is started once per test process in a temporary folder (no network, no fsync) and goes away with the process.
//! `YISHE_PG=skip` leaves it out, and says so; `YISHE_PG=postgres://..` uses a server of yours, whose role may create databases.
#![expect(
    clippy::unwrap_used,
    clippy::zombie_processes,
    reason = "test code: a failure here must stop the test; the shell ends with us"
)]
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::{Config, Db, Engine, Sql, Statement, migrate};

static NEXT: AtomicU64 = AtomicU64::new(1);

/// A database that goes away when dropped.
pub struct TestDb {
    /// The database.
    pub db: Db,
    /// How it was opened.
    pub config: Config,
    // Declared after `db`: the folder goes away when the last connection has.
    _folder: tempfile::TempDir,
}

impl std::ops::Deref for TestDb {
    type Target = Db;
    fn deref(&self) -> &Db {
        &self.db
    }
}

/// A fresh SQLite database in a temporary folder, with the whole schema.
///
/// # Panics
/// If it cannot be made.
pub fn sqlite() -> TestDb {
    let folder = tempfile::tempdir().unwrap();
    let config = Config::new(format!("sqlite:{}", folder.path().join("test.db").display()));
    TestDb { db: Db::open(&config).unwrap(), config, _folder: folder }
}

/// A fresh PostgreSQL database with the whole schema; `None` if `YISHE_PG=skip`.
///
/// # Panics
/// If PostgreSQL cannot be started; says what to install.
pub fn postgres() -> Option<TestDb> {
    let config = empty_postgres("template_yishe")?;
    Some(TestDb { db: Db::open(&config).unwrap(), config, _folder: tempfile::tempdir().unwrap() })
}

/// A PostgreSQL database copied from `template` (`template0`: without any schema).
///
/// # Panics
/// If PostgreSQL cannot be started; says what to install.
pub fn empty_postgres(template: &str) -> Option<Config> {
    let server = server()?;
    let name = format!("t_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    server.create(&name, template);
    Some(Config::new(server.url(&name)))
}

/// Runs `body` on a fresh database of each engine.
pub fn on_each_engine(body: impl Fn(&TestDb)) {
    body(&sqlite());
    if let Some(test) = postgres() {
        body(&test);
    }
}

/// Prepares every statement on the engine of `db`; gives what was refused.
///
/// # Panics
/// If the database cannot be read.
pub fn prepare_all(db: &Db, statements: &[Statement]) -> Vec<String> {
    let mut refused = Vec::new();
    for statement in statements {
        let text = match db.engine() {
            Engine::Sqlite => statement.sqlite,
            Engine::Postgres => statement.postgres,
        };
        let result = db.read(|tx| tx.prepare(Sql::from(*statement)));
        if let Err(error) = result {
            refused.push(format!("{}: {}: {error}\n  {text}", db.engine(), statement.name));
        }
    }
    refused
}

/// The server of this test process.
struct Server {
    /// libpq words without the database's name.
    base: String,
    /// Keeps the shell's input open: when this process ends, however it ends, the shell sees the end and stops the server.
    _shell: Option<Child>,
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| {
            let server = match std::env::var("YISHE_PG") {
                Ok(word) if word == "skip" => {
                    let line = "\n*** YISHE_PG=skip: the PostgreSQL half of this test is NOT run ***\n";
                    drop(std::io::stderr().write_all(line.as_bytes()));
                    return None;
                }
                Ok(url) if !url.is_empty() => Server { base: url, _shell: None },
                _ => start(),
            };
            let template = format!("template_yishe_{}", std::process::id());
            server.create(&template, "template0");
            migrate::postgres(&server.url(&template), None).unwrap();
            Some(server)
        })
        .as_ref()
}

impl Server {
    fn url(&self, name: &str) -> String {
        match self.base.rsplit_once('/') {
            Some((front, _)) if self.base.contains("://") => format!("{front}/{name}"),
            _ => format!("{} dbname={name}", self.base),
        }
    }

    fn create(&self, name: &str, template: &str) {
        let template =
            if template == "template0" { template.to_owned() } else { format!("{template}_{}", std::process::id()) };
        let mut admin = connect(&self.url("postgres"));
        let words = "encoding 'UTF8' lc_collate 'C' lc_ctype 'C'";
        admin.batch_execute(&format!("create database {name} template {template} {words}")).unwrap();
    }
}

fn connect(url: &str) -> ::postgres::Client {
    ::postgres::Client::connect(url, ::postgres::NoTls).unwrap_or_else(|error| panic!("{url}: {error}"))
}

/// The folder with `initdb`: the newest Debian one, or what is on PATH.
fn binaries() -> PathBuf {
    let mut found: Vec<_> = std::fs::read_dir("/usr/lib/postgresql")
        .map(|entries| entries.flatten().map(|entry| entry.path().join("bin")).collect())
        .unwrap_or_default();
    found.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    found.sort_by_key(|path| {
        let version = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()?.parse::<u32>().ok());
        std::cmp::Reverse(version)
    });
    found.into_iter().find(|path| path.join("initdb").exists() && path.join("postgres").exists()).unwrap_or_else(|| {
        panic!("PostgreSQL is needed for the tests: apt-get install postgresql (or set YISHE_PG=skip, or YISHE_PG=postgres://..)")
    })
}

/// Starts a server under a shell that stops it when its input ends.
fn start() -> Server {
    let script = format!(
        r#"set -e
        D=$(mktemp -d /tmp/yishe-pg-XXXXXX); cd "$D"; B={bin}
        "$B/initdb" -D "$D/data" -U owner -A trust -E UTF8 --locale=C --no-sync >"$D/log" 2>&1 || {{ cat "$D/log" >&2; exit 1; }}
        "$B/postgres" -D "$D/data" -k "$D" -c listen_addresses= -c fsync=off -c full_page_writes=off \
            -c max_connections=200 -c shared_buffers=32MB -c autovacuum=off >>"$D/log" 2>&1 &
        P=$!
        echo "$D"
        cat >/dev/null
        kill -INT $P; wait $P || true; rm -rf "$D""#,
        bin = binaries().display()
    );
    // PostgreSQL refuses to run as root.
    let root = Command::new("id").arg("-u").output().is_ok_and(|out| out.stdout.starts_with(b"0\n"));
    let mut command = Command::new(if root { "runuser" } else { "sh" });
    if root {
        command.args(["-u", "postgres", "--", "sh"]);
    }
    let mut shell = command
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell to start PostgreSQL");
    let mut folder = String::new();
    BufReader::new(shell.stdout.take().unwrap()).read_line(&mut folder).unwrap();
    let folder = folder.trim();
    assert!(!folder.is_empty(), "PostgreSQL's initdb failed; see above");
    let base = format!("host={folder} user=owner");
    for _ in 0..600 {
        if ::postgres::Client::connect(&format!("{base} dbname=postgres"), ::postgres::NoTls).is_ok() {
            return Server { base, _shell: Some(shell) };
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    let log = std::fs::read_to_string(Path::new(folder).join("log")).unwrap_or_default();
    panic!("PostgreSQL did not start within a minute:\n{log}");
}
