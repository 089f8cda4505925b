//! The yardstick of plans: the same figures as aggregates in SQL, written by hand, with the areas above each area in a table.
use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use catalogue::plans::Fraction;
use catalogue::{Catalogue, Params, Subject, Value};
use planning::table::Given;
use planning::{FactBase, Job, Measuring};
use rusqlite::Connection;

use crate::measure::{Report, Samples};

/// The indicators that are written as SQL below.
const INDICATORS: [&str; 6] = ["ln-01", "ln-03", "ln-06", "ln-10", "lg-06", "zj-01"];
const RUNS: usize = 5;

const TABLES: &str = "
    create table org (area int, alive int, grade int, province int, charity int, new_field int);
    create table cso (area int, alive int);
    create table above (area int, up int);";
/// Everything about organizations in one pass: 在册, 新领域, 省级 3A 以上 and 省级, 慈善组织, 3A 以上.
const ORGANIZATIONS: &str = "
    select a.up, sum(o.alive), sum(o.alive * o.new_field), sum(o.alive * o.province * (case when o.grade >= 3 then 1 else 0 end)),
    sum(o.alive * o.province), sum(o.alive * o.charity), sum(o.alive * (case when o.grade >= 3 then 1 else 0 end))
    from org o join above a on a.area = o.area group by a.up";
const GROUPS: &str = "select a.up, sum(c.alive) from cso c join above a on a.area = c.area group by a.up";

/// Ours, the same in SQLite, and in PostgreSQL where there is one.
pub fn measure(catalogue: &Catalogue, base: &FactBase, folder: &Path, report: &mut Report) -> Result<()> {
    let params = Params::default();
    let measuring = Measuring::new(base, catalogue.words(), catalogue.named());
    let jobs: Vec<Job<'_>> = INDICATORS
        .iter()
        .filter_map(|id| catalogue.find_indicator(id))
        .filter_map(|indicator| Some((indicator, indicator.parts.first()?)))
        .map(|(indicator, part)| Job {
            indicator,
            part,
            params: &params,
            area: 0,
            start: None,
            others: None,
            only: None,
            plan: None,
        })
        .collect();
    ensure!(jobs.len() == INDICATORS.len(), "an indicator of the yardstick is gone");
    let mut ours = Vec::new();
    let time = Samples::of(0..RUNS, |_| ours = measuring.run(&jobs, 2));
    let path = folder.join("rollup.db");
    drop(std::fs::remove_file(&path));
    let plain = sqlite(base, &path)?;
    let mut said = BTreeMap::new();
    let beside = Samples::of(0..RUNS, |_| said = in_sqlite(&plain).unwrap_or_default());
    agree(&said, |indicator, area| ours.get(indicator).and_then(|measured| measured.at(area).exact()), "SQLite")?;
    report.line("six figures in all areas", time.clone(), Some(("two passes of SQL in SQLite", beside)), None);
    drop(plain);
    drop(std::fs::remove_file(&path));
    let Some(config) = store::testing::empty_postgres("template0") else {
        report.note("PostgreSQL was left out of the plans");
        return Ok(());
    };
    let mut server = postgres(base, &config.url)?;
    let mut said = BTreeMap::new();
    let beside = Samples::of(0..RUNS, |_| said = in_postgres(&mut server).unwrap_or_default());
    agree(&said, |indicator, area| ours.get(indicator).and_then(|measured| measured.at(area).exact()), "PostgreSQL")?;
    report.line("six figures in all areas, again", time, Some(("two passes of SQL in PostgreSQL", beside)), None);
    Ok(())
}

/// By area: the seven numbers.
type Said = BTreeMap<u32, [i64; 7]>;

/// SQL counts what ours counts, where ours is exact.
fn agree(said: &Said, ours: impl Fn(usize, u32) -> Option<Fraction>, who: &str) -> Result<()> {
    ensure!(!said.is_empty(), "{who} said nothing");
    for (area, [alive, new, rated, province, charity, graded, groups]) in said {
        let whole = |number: &i64| Some(Fraction::whole(i128::from(*number)));
        let share = |part: &i64, of: &i64| Fraction::new(i128::from(*part), i128::from(*of));
        let theirs =
            [whole(alive), whole(new), share(rated, province), share(charity, alive), whole(graded), whole(groups)];
        for (at, theirs) in theirs.into_iter().enumerate() {
            let (own, id) = (ours(at, *area), INDICATORS[at]);
            ensure!(own.is_none() || theirs.is_none() || own == theirs, "{who}: {id} in {area}: {own:?}, {theirs:?}");
        }
    }
    Ok(())
}

fn truth(given: &Given) -> i64 {
    i64::from(*given == Given::Known(Value::Bool(true)))
}

fn each_org(base: &FactBase, mut row: impl FnMut([i64; 6]) -> Result<()>) -> Result<()> {
    let table = base.table(&Subject::Organization).context("no organizations")?;
    for at in 0..table.len() {
        let Some(place) = table.place(at) else { continue };
        let grade = match table.get(at, "org.grade") {
            Given::Known(Value::Int(grade)) => grade,
            _ => 0,
        };
        let province = i64::from(table.get(at, "org.level") == Given::Known(Value::Text("province".to_owned())));
        let marks = ["org.charity", "org.new_field"].map(|fact| truth(&table.get(at, fact)));
        row([place.registered.into(), truth(&table.get(at, "org.alive")), grade, province, marks[0], marks[1]])?;
    }
    Ok(())
}

fn each_group(base: &FactBase, mut row: impl FnMut([i64; 2]) -> Result<()>) -> Result<()> {
    let table = base.table(&Subject::CommunityOrganization).context("no community organizations")?;
    for at in 0..table.len() {
        let Some(place) = table.place(at) else { continue };
        row([place.domiciled.into(), truth(&table.get(at, "cso.alive"))])?;
    }
    Ok(())
}

fn each_above(base: &FactBase, mut row: impl FnMut([i64; 2]) -> Result<()>) -> Result<()> {
    for at in 0..base.areas().len() as u32 {
        for up in base.areas().ancestry(at) {
            row([at.into(), up.into()])?;
        }
    }
    Ok(())
}

fn sqlite(base: &FactBase, path: &Path) -> Result<Connection> {
    let mut connection = Connection::open(path)?;
    connection.execute_batch(&format!("pragma journal_mode = wal; pragma synchronous = off; {TABLES}"))?;
    let tx = connection.transaction()?;
    {
        let mut insert = tx.prepare("insert into org values (?1, ?2, ?3, ?4, ?5, ?6)")?;
        each_org(base, |row| Ok(insert.execute(row).map(drop)?))?;
        let mut insert = tx.prepare("insert into cso values (?1, ?2)")?;
        each_group(base, |row| Ok(insert.execute(row).map(drop)?))?;
        let mut insert = tx.prepare("insert into above values (?1, ?2)")?;
        each_above(base, |row| Ok(insert.execute(row).map(drop)?))?;
    }
    tx.commit()?;
    connection.execute_batch("create index above_area on above (area, up); analyze;")?;
    Ok(connection)
}

fn area_of(up: i64) -> u32 {
    u32::try_from(up).unwrap_or(u32::MAX)
}

fn in_sqlite(connection: &Connection) -> Result<Said> {
    let mut said = Said::new();
    let mut statement = connection.prepare(ORGANIZATIONS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let numbers = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?, row.get(5)?, row.get(6)?, 0];
        said.insert(area_of(row.get(0)?), numbers);
    }
    let mut statement = connection.prepare(GROUPS)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        said.entry(area_of(row.get(0)?)).or_default()[6] = row.get(1)?;
    }
    Ok(said)
}

fn postgres(base: &FactBase, url: &str) -> Result<::postgres::Client> {
    let mut client = ::postgres::Client::connect(url, ::postgres::NoTls)?;
    client.batch_execute(TABLES)?;
    let line = |row: &[i64]| row.iter().map(i64::to_string).collect::<Vec<_>>().join("\t") + "\n";
    let mut copy = client.copy_in("copy org from stdin")?;
    each_org(base, |row| Ok(copy.write_all(line(&row).as_bytes())?))?;
    copy.finish()?;
    let mut copy = client.copy_in("copy cso from stdin")?;
    each_group(base, |row| Ok(copy.write_all(line(&row).as_bytes())?))?;
    copy.finish()?;
    let mut copy = client.copy_in("copy above from stdin")?;
    each_above(base, |row| Ok(copy.write_all(line(&row).as_bytes())?))?;
    copy.finish()?;
    client.batch_execute("create index above_area on above (area, up); analyze;")?;
    Ok(client)
}

fn in_postgres(client: &mut ::postgres::Client) -> Result<Said> {
    let mut said = Said::new();
    for row in client.query(ORGANIZATIONS, &[])? {
        let number = |at: usize| row.try_get::<_, i64>(at);
        let numbers = [number(1)?, number(2)?, number(3)?, number(4)?, number(5)?, number(6)?, 0];
        said.insert(area_of(row.try_get::<_, i32>(0)?.into()), numbers);
    }
    for row in client.query(GROUPS, &[])? {
        said.entry(area_of(row.try_get::<_, i32>(0)?.into())).or_default()[6] = row.try_get(1)?;
    }
    Ok(said)
}
