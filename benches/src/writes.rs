//! Durable acts, one after the other and from several desks at once.
use std::path::Path;
use std::time::Instant;

use anyhow::Result;
use office::Office;
use rusqlite::Connection;

use crate::clerks::{admin, small_act};
use crate::measure::{Report, Samples};

/// Measures acts beside plain durable commits of SQLite on the same disk.
pub fn measure(office: &Office, folder: &Path, report: &mut Report) -> Result<()> {
    report.section("Acts");
    let who = admin(office);
    let raw = raw_commits(folder, 300)?;
    let alone = Samples::of(0..300, |_| drop(small_act(office, &who)));
    report.line(
        "one act, durable, with its journal entry",
        alone,
        Some(("one durable commit of plain SQLite", raw)),
        Some(20.0),
    );
    let times: Vec<f64> = std::thread::scope(|scope| {
        let desks: Vec<_> = (0..16).map(|_| scope.spawn(|| desk(office))).collect();
        desks.into_iter().flat_map(|desk| desk.join().unwrap_or_default()).collect()
    });
    report.line("one act while 16 desks act", Samples::from_times(times), None, Some(100.0));
    Ok(())
}

fn desk(office: &Office) -> Vec<f64> {
    let who = admin(office);
    let act = |_| {
        let from = Instant::now();
        let done = small_act(office, &who);
        done.is_ok().then(|| from.elapsed().as_secs_f64() * 1000.0)
    };
    (0..50).filter_map(act).collect()
}

fn raw_commits(folder: &Path, count: usize) -> Result<Samples> {
    let file = folder.join("raw.db");
    let _ = std::fs::remove_file(&file);
    let connection = Connection::open(file)?;
    connection.execute_batch(
        "pragma journal_mode = wal; pragma synchronous = full; create table t (id integer primary key, text text);",
    )?;
    Ok(Samples::of(0..count, |_| drop(connection.execute("insert into t (text) values ('one row')", []))))
}
