//! pg_trgm of PostgreSQL over a tenth of the names, where PostgreSQL is installed: a private server that goes away with the bench.
use anyhow::{Context as _, Result};
use office::Office;
use postgres::{Client, NoTls};
use store::Sql;

use crate::data::Sample;
use crate::measure::{Report, Samples};

/// One name in so many.
const SHARE: u64 = 10;
/// It is slow.
const ASKED: usize = 60;

/// Measures it; says so where there is none.
pub fn measure(office: &Office, sample: &Sample, report: &mut Report) {
    report.section("Search beside pg_trgm over a tenth of the names");
    if let Err(error) = try_measure(office, sample, report) {
        report.note(format!("pg_trgm: not measured: {error:#}"));
    }
}

fn try_measure(office: &Office, sample: &Sample, report: &mut Report) -> Result<()> {
    anyhow::ensure!(std::path::Path::new("/usr/lib/postgresql").exists(), "PostgreSQL is not installed");
    let server = store::testing::postgres().context("PostgreSQL is not installed")?;
    let mut client = Client::connect(&server.config.url, NoTls)?;
    // Under the locale C, trigrams leave Chinese out.
    client.batch_execute("create database names template template0 encoding 'UTF8' locale 'C.UTF-8'")?;
    let (base, _) = server.config.url.rsplit_once("dbname=").context("address")?;
    let mut names = Client::connect(&format!("{base}dbname=names"), NoTls)?;
    names.batch_execute("create extension pg_trgm; create table names (id bigint primary key, name text not null)")?;
    let text = format!("select name from organization where rowid % {SHARE} = 0");
    let all: Vec<String> = office.db.read(|tx| tx.list(Sql::dynamic("bench.tenth", &text), &[]))?;
    let mut copy = names.copy_in("copy names from stdin")?;
    for (at, name) in all.iter().enumerate() {
        std::io::Write::write_all(&mut copy, format!("{at}\t{name}\n").as_bytes())?;
    }
    copy.finish()?;
    names.batch_execute("create index names_trigrams on names using gin (name gin_trgm_ops); analyze names")?;
    let index = office.search_index()?;
    let find = names.prepare("select id, name from names where name like '%' || $1 || '%' limit 20")?;
    for length in [2, 4] {
        let pieces: Vec<String> = sample.pieces(length).into_iter().step_by(7).take(ASKED).collect();
        let ours = Samples::of(&pieces, |piece| {
            index.search(&search::Query { count: false, ..search::Query::text(piece.as_str()) });
        });
        let theirs = Samples::of(&pieces, |piece| drop(names.query(&find, &[piece])));
        report.line(
            &format!("{length} characters: page (ours over all names)"),
            ours,
            Some(("pg_trgm, a tenth of the names", theirs)),
            Some(10.0),
        );
    }
    Ok(())
}
