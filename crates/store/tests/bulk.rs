//! Chunks of an import beside ordinary acts, and the write-ahead log that both fill (SQLite).
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use store::testing::{TestDb, on_each_engine, sqlite};
use store::{Config, Db, DbError, Record as _, Rows, Sql, Statement, args, sql};

const PUT: Statement = sql!("test.put", "insert into meta (key, value) values ($1, $2)");

store::record! {
    /// A row of `meta`.
    pub struct Meta in "meta" key(key) {
        pub key: String,
        pub value: String,
    }
}

fn count(db: &Db) -> i64 {
    let all = Sql::dynamic("test.count", "select count(*) from meta");
    db.read(|tx| tx.get::<i64>(all, &[])).unwrap_or_else(|error: DbError| panic!("{error}"))
}

fn rows(from: usize, to: usize) -> Rows<Meta> {
    let mut rows = Rows::default();
    for number in from..to {
        rows.push(Meta { key: format!("key {number:06}"), value: "值".repeat(700) });
    }
    rows
}

#[test]
fn rows_made_ready_go_in_whole_or_not_at_all() {
    on_each_engine(|db| {
        let before = count(db);
        db.write_bulk(|tx| tx.insert_rows(&rows(0, 100))).unwrap_or_else(|error: DbError| panic!("{error}"));
        assert_eq!(count(db), before + 100);
        let first: Meta = db.read(|tx| tx.get_record(args!["key 000000"])).unwrap_or_else(|e: DbError| panic!("{e}"));
        assert_eq!(first.value.chars().count(), 700);
        // The last row is there already: nothing of the chunk stays.
        let met = db.write_bulk(|tx| {
            let mut more = rows(100, 150);
            more.push(Meta { key: "key 000007".to_owned(), value: String::new() });
            tx.insert_rows(&more)
        });
        assert!(matches!(met, Err(DbError::Unique { .. })), "{met:?}");
        assert_eq!(count(db), before + 100);
        assert_eq!(Meta::COLUMNS, ["key", "value"]);
    });
}

#[test]
fn a_chunk_that_fails_takes_nothing_else_away() {
    let db = sqlite();
    let before = count(&db);
    std::thread::scope(|scope| {
        for number in 0..8 {
            let db = &db;
            scope.spawn(move || {
                for turn in 0..20 {
                    let key = format!("act {number} {turn}");
                    db.write(move |tx| tx.run(PUT, args![key, "x"]).map(drop))
                        .unwrap_or_else(|e: DbError| panic!("{e}"));
                }
            });
        }
        for number in 0..20 {
            let result = db.write_bulk(move |tx| {
                tx.insert_rows(&rows(number * 10, number * 10 + 10))?;
                if number % 2 == 0 {
                    Err(DbError::Missing { table: "meta", row: "on purpose".to_owned() })
                } else {
                    Ok(())
                }
            });
            assert_eq!(result.is_ok(), number % 2 == 1);
        }
        let panicked: Result<(), DbError> = db.write_bulk(|_| panic!("on purpose"));
        assert!(matches!(panicked, Err(DbError::Panicked(_))));
    });
    assert_eq!(count(&db), before + 8 * 20 + 10 * 10);
}

#[test]
fn an_act_does_not_wait_for_a_second_chunk() {
    let db = sqlite();
    let answered = AtomicBool::new(false);
    let slow = |db: &TestDb, time: u64| {
        db.write_bulk(move |_| {
            std::thread::sleep(Duration::from_millis(time));
            Ok::<(), DbError>(())
        })
    };
    std::thread::scope(|scope| {
        scope.spawn(|| slow(&db, 300).unwrap());
        std::thread::sleep(Duration::from_millis(100));
        scope.spawn(|| {
            db.write(|tx| tx.run(PUT, args!["small", "x"]).map(drop)).unwrap_or_else(|e: DbError| panic!("{e}"));
            answered.store(true, Ordering::SeqCst);
        });
        std::thread::sleep(Duration::from_millis(100));
        // In the queue behind the act, before the first chunk has ended.
        slow(&db, 500).unwrap();
        assert!(answered.load(Ordering::SeqCst), "the act was answered before the second chunk was done");
    });
}

/// A database whose log is carried over from 64 pages on.
fn short_log() -> (tempfile::TempDir, Config, Db) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut config = Config::new(format!("sqlite:{}", folder.path().join("test.db").display()));
    config.log_pages = 64;
    let db = Db::open(&config).expect("a database");
    (folder, config, db)
}

fn log_size(folder: &tempfile::TempDir) -> u64 {
    std::fs::metadata(folder.path().join("test.db-wal")).map_or(0, |file| file.len())
}

#[test]
fn the_log_begins_anew_while_chunks_follow_each_other() {
    let (folder, config, db) = short_log();
    let mut written = 0;
    for number in 0..1_500 {
        db.wait_for_room();
        db.write_bulk(move |tx| tx.insert_rows(&rows(number * 10, number * 10 + 10)))
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        // At least the 21 kB of the rows.
        written += 21_000;
    }
    // Nobody pauses for the log but the chunks themselves, and they do.
    assert!(log_size(&folder) < written, "the log is not used again: {} of {written} bytes", log_size(&folder));
    let there = count(&db);
    drop(db);
    let again = Db::open(&config).unwrap();
    assert_eq!(count(&again), there);
}

#[test]
fn a_reader_of_an_old_moment_stops_nobody() {
    let (folder, _, db) = short_log();
    let before = count(&db);
    let begun = Instant::now();
    db.read(|tx| {
        let all = Sql::dynamic("test.count", "select count(*) from meta");
        assert_eq!(tx.get::<i64>(all, &[])?, before);
        for number in 0..100 {
            db.wait_for_room();
            db.write_bulk(move |tx| tx.insert_rows(&rows(number * 10, number * 10 + 10)))?;
        }
        assert_eq!(tx.get::<i64>(all, &[])?, before, "still the old moment");
        Ok::<(), DbError>(())
    })
    .unwrap();
    assert!(begun.elapsed() < Duration::from_secs(30), "chunks waited for the reader: {:?}", begun.elapsed());
    assert_eq!(count(&db), before + 1_000);
    // With the reader gone, the next pages bring the log to its end.
    let long = log_size(&folder);
    for number in 0..40 {
        db.write(move |tx| tx.insert_rows(&rows(2_000 + number * 10, 2_010 + number * 10)))
            .unwrap_or_else(|error: DbError| panic!("{error}"));
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(log_size(&folder) <= long + 40 * 60_000, "the log is used again");
    assert_eq!(count(&db), before + 1_400);
}
