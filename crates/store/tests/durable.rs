//! What was answered is there: after the process is killed, after a backup is put back.
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Command, Stdio};

use store::testing::sqlite;
use store::{Config, Db, DbError, Statement, args, backup, sql};

const PUT: Statement = sql!("test.put", "insert into meta (key, value) values ($1, $2)");
const COUNT: Statement = sql!("test.count", "select count(*) from meta");
const HAS: Statement = sql!("test.has", "select value from meta where key = $1");
const CHILD: &str = "YISHE_TEST_CHILD_DATABASE";

/// Not a test of its own: the process that the next one kills. Writes from eight threads and says aloud what was answered.
#[test]
fn child_that_writes_until_it_is_killed() {
    let Ok(url) = std::env::var(CHILD) else { return };
    let db = Db::open(&Config::new(url)).unwrap();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let db = db.clone();
            scope.spawn(move || {
                for number in 0.. {
                    let key = format!("{thread}.{number}");
                    let written = key.clone();
                    db.write(move |tx| tx.run(PUT, args![written, "x"]).map(drop))
                        .unwrap_or_else(|e: DbError| panic!("{e}"));
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "answered {key}").and_then(|()| out.flush()).unwrap();
                }
            });
        }
    });
}

#[test]
fn what_was_answered_survives_kill_9() {
    let test = sqlite();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "child_that_writes_until_it_is_killed", "--nocapture"])
        .env(CHILD, &test.config.url)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut answered = Vec::new();
    for line in lines {
        let line = line.unwrap();
        if let Some((_, key)) = line.split_once("answered ") {
            answered.push(key.to_owned());
        }
        if answered.len() == 200 {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
    assert!(answered.len() >= 200, "the child ended by itself after {}", answered.len());
    let again = Db::open(&test.config).unwrap();
    for key in &answered {
        let there = again.read(|tx| tx.exists(HAS, args![key])).unwrap_or_else(|error: DbError| panic!("{error}"));
        assert!(there, "{key} was answered and is gone");
    }
}

fn count(db: &Db) -> i64 {
    db.read(|tx| tx.get::<i64>(COUNT, &[])).unwrap_or_else(|error: DbError| panic!("{error}"))
}

fn put(db: &Db, key: &'static str) {
    db.write(move |tx| tx.run(PUT, args![key, "x"]).map(drop)).unwrap_or_else(|error: DbError| panic!("{error}"));
}

#[test]
fn a_backup_is_a_whole_moment_and_comes_back() {
    let test = sqlite();
    let folder = test.path().unwrap().parent().unwrap().to_owned();
    let (copy, place) = (folder.join("copy.db"), folder.join("place.db"));
    put(&test, "before");
    let made = backup::backup(&test, &copy).unwrap();
    assert_eq!((made.schema, made.entries), (store::migrate::ALL.len().try_into().unwrap(), 0));
    put(&test, "after");
    assert!(backup::backup(&test, &copy).is_err(), "a backup never overwrites");
    assert_eq!(count(&test), 2);

    let config = Config::new(format!("sqlite:{}", place.display()));
    put(&Db::open(&config).unwrap(), "in the way");
    assert_eq!(backup::restore(&copy, &place).unwrap().schema, made.schema);
    let back = Db::open(&config).unwrap();
    assert_eq!(count(&back), 1);
    assert!(back.read(|tx| tx.exists(HAS, args!["before"])).unwrap_or_else(|error: DbError| panic!("{error}")));
    let kept = Db::open(&Config::new(format!("sqlite:{}.before-restore", place.display()))).unwrap();
    assert!(kept.read(|tx| tx.exists(HAS, args!["in the way"])).unwrap_or_else(|error: DbError| panic!("{error}")));
}

#[test]
fn a_damaged_or_foreign_copy_is_refused_before_anything_is_touched() {
    let test = sqlite();
    let folder = test.path().unwrap().parent().unwrap().to_owned();
    let (copy, place) = (folder.join("copy.db"), folder.join("place.db"));
    backup::backup(&test, &copy).unwrap();
    let config = Config::new(format!("sqlite:{}", place.display()));
    put(&Db::open(&config).unwrap(), "kept");

    let mut bytes = std::fs::read(&copy).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0x5a);
    std::fs::write(&copy, bytes).unwrap();
    let refused = backup::restore(&copy, &place).unwrap_err().to_string();
    assert!(refused.contains("damaged"), "{refused}");
    std::fs::write(&copy, b"not a database").unwrap();
    assert!(backup::restore(&copy, &place).is_err());
    assert_eq!(count(&Db::open(&config).unwrap()), 1);
}
