//! Importing a file of organizations into the full register, with validation, while clerks go on acting; beside plain inserts.
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result};
use authority::Actor;
use office::Office;
use office::import::Order;
use registry::generate::{Focus, Generator, Made};
use rusqlite::Connection;
use store::organizations::Organization;
use store::{Record as _, Sql};

use crate::clerks::while_clerks_act;
use crate::measure::{Report, Samples};

/// Rows per durable commit of the yardstick: what an act of ours holds.
const CHUNK: usize = 1_000;

/// Measures an import of `rows` rows.
pub fn measure(office: &Office, folder: &Path, rows: u64, report: &mut Report) -> Result<()> {
    report.section("Import of a file");
    let before: i64 =
        office.db.read(|tx| tx.get(Sql::dynamic("bench.batches", "select count(*) from import_batch"), &[]))?;
    let order = Order {
        file_name: "bench.csv".to_owned(),
        bytes: Arc::new(file(office, rows, 90_000 + before.unsigned_abs())?.into_bytes()),
        mapping: None,
        kind: None,
        registrar: None,
    };
    let from = Instant::now();
    let (outcome, acts) = while_clerks_act(office, || {
        office.import_organizations(&Actor::system(), &order, &mut ()).context("importing")
    })?;
    let ours = outcome.progress.done as f64 / from.elapsed().as_secs_f64();
    let raw = raw_inserts(folder, rows.min(100_000))?;
    report.rate(
        "organizations imported per second: read, cleaned, checked against the register, journalled",
        ours,
        Some(("plain SQLite, the same columns of one table, no other index, 1,000 rows per durable commit", raw)),
        Some(20_000.0),
    );
    let acts = Samples::from_times(acts);
    report.line("one durable act during the import", acts, None, Some(100.0));
    report.note(format!(
        "import: {} rows read, {} taken (of them {} with something to look at), {} returned with a reason",
        outcome.progress.done, outcome.progress.taken, outcome.flagged, outcome.progress.rejected
    ));
    Ok(())
}

/// A file as an authority would send it: the columns of the national register, one organization a line.
fn file(office: &Office, rows: u64, seed: u64) -> Result<String> {
    let focus = Focus { within: Vec::new(), until: "2026-11-01".parse()? };
    let generator = Generator::new(seed, &office.areas, &focus);
    let mut numbers: Vec<_> =
        (0..rows).map(|number| (generator.registrar_of(number, Made::Organization), number)).collect();
    numbers.sort_unstable();
    let mut out = String::from(
        "名称,统一社会信用代码,登记管理机关,成立登记日期,法定代表人,住所,业务范围,宗旨,注册资金,业务主管单位,登记状态\n",
    );
    for (_, number) in numbers {
        let Some(made) = generator.make(number, Made::Organization) else { continue };
        let o = made.organization;
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let cells = [
            o.name.clone(),
            text(&o.code),
            text(&o.registrar_name),
            o.registered_on.map_or_else(String::new, |day| day.to_string()),
            text(&o.legal_representative),
            text(&o.address),
            text(&o.scope),
            text(&o.purpose),
            o.capital.map_or_else(String::new, |capital| format!("{}万元", capital.0 / 1_000_000)),
            text(&o.supervisor_name),
            "正常".to_owned(),
        ];
        out.push_str(&cells.join(","));
        out.push('\n');
    }
    Ok(out)
}

/// Rows per second of plain SQLite: our widest row, its primary key and nothing else.
fn raw_inserts(folder: &Path, rows: u64) -> Result<f64> {
    let register = Connection::open_with_flags(folder.join("yishe.db"), rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let columns = Organization::COLUMNS.join(", ");
    let mut taken = register.prepare(&format!("select {columns} from organization limit {rows}"))?;
    let width = Organization::COLUMNS.len();
    let values =
        |row: &rusqlite::Row<'_>| (0..width).map(|at| row.get(at)).collect::<Result<Vec<rusqlite::types::Value>, _>>();
    let values = taken.query_map([], values)?.collect::<Result<Vec<_>, _>>()?;
    let file = folder.join("raw_inserts.db");
    drop(std::fs::remove_file(&file));
    let mut plain = Connection::open(&file)?;
    plain.execute_batch(&format!(
        "pragma journal_mode = wal; pragma synchronous = full; create table organization ({columns}, primary key (origin, id));"
    ))?;
    let from = Instant::now();
    for chunk in values.chunks(CHUNK) {
        let tx = plain.transaction()?;
        {
            let mut insert = tx.prepare_cached(Organization::INSERT.sqlite)?;
            for row in chunk {
                insert.execute(rusqlite::params_from_iter(row))?;
            }
        }
        tx.commit()?;
    }
    let rate = values.len() as f64 / from.elapsed().as_secs_f64();
    drop(plain);
    std::fs::remove_file(&file)?;
    Ok(rate)
}
