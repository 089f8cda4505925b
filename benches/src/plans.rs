//! Plans at scale: building a day's facts, starting from a file, measuring every indicator of every pack over every area and sweeping
//! every rule, beside hand-written SQL aggregates of the same figures.
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use base::{Date, Fen};
use catalogue::{Catalogue, Kind, Params, Subject, Value};
use office::Office;
use office::facts::{Day, Keeper, Ready};
use planning::sweep::{Zones, sweep};
use planning::table::{Given, Spec};
use planning::{FactBase, Job, Measured, Measuring};

use crate::measure::{Report, Samples};
use crate::rollup;

/// So often is everything measured.
const RUNS: usize = 20;
/// The budgets, in milliseconds.
const MEASURED: f64 = 1_000.0;
const BUILT: f64 = 60_000.0;
const READ: f64 = 3_000.0;
/// Bytes per organization that may be held.
const BYTES: f64 = 64.0;

/// Measures all of it on the register in `folder`.
pub fn measure(office: &Office, folder: &Path, report: &mut Report) -> Result<()> {
    report.section("Plans and indicators");
    let (today, past): (Date, Date) = (office.clock.today(), "2021-12-31".parse()?);
    let kept = folder.join("facts-bench");
    drop(std::fs::remove_dir_all(&kept));
    let fresh = |office: &Office| Office { facts: Arc::new(Keeper::at(kept.clone())), ..office.clone() };
    let before = resident();
    let office = fresh(office);
    let (day, built) = timed(|| ready(&office, today))?;
    let held = resident().saturating_sub(before);
    report.line("facts of today read from the register", built, None, Some(BUILT));
    let (_, other) = timed(|| ready(&office, past))?;
    report.line("facts of 2021-12-31 read from the register", other, None, Some(BUILT));
    office.keep_facts();
    let again = fresh(&office);
    let (_, read) = timed(|| ready(&again, today))?;
    report.line("facts of today from their file and what came after", read, None, Some(READ));
    let (_, read) = timed(|| ready(&again, past))?;
    report.line("facts of 2021-12-31 from the nearest file", read, None, Some(READ));
    drop(again);
    sizes(&day.read(), held, &kept, report);

    let base = day.read().clone();
    everything(&office.catalogue, &base, "as the register supplies it", report)?;
    let mut full = base.clone();
    fill(&mut full);
    everything(&office.catalogue, &full, "with every fact supplied, a tenth of them unknown", report)?;
    rollup::measure(&office.catalogue, &base, folder, report)?;
    drop(std::fs::remove_dir_all(&kept));
    Ok(())
}

fn timed<T>(body: impl FnOnce() -> Result<T>) -> Result<(T, Samples)> {
    let from = Instant::now();
    let done = body()?;
    Ok((done, Samples::from_times(vec![from.elapsed().as_secs_f64() * 1000.0])))
}

fn ready(office: &Office, on: Date) -> Result<Arc<Day>> {
    loop {
        match office.facts_on(on).with_context(|| format!("facts of {on}"))? {
            Ready::Now(day) => return Ok(day),
            Ready::Soon { .. } => std::thread::sleep(Duration::from_millis(20)),
        }
    }
}

/// Megabytes of our own memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("RssAnon"));
    let kib = line.and_then(|line| line.split_whitespace().nth(1)).and_then(|kib| kib.parse::<u64>().ok());
    kib.unwrap_or_default() / 1024
}

fn sizes(base: &FactBase, held: u64, folder: &Path, report: &mut Report) {
    let rows = |subject: &Subject| base.table(subject).map_or(0, planning::Table::len);
    let bytes = |subject: &Subject| base.table(subject).map_or(0, |table| table.layout().bytes());
    let (legal, living) = (Subject::Organization, Subject::CommunityOrganization);
    report.fact(
        "an organization takes at most 64 bytes, its places included",
        format!(
            "{} bytes, a community organization {}; {} and {} of them",
            bytes(&legal),
            bytes(&living),
            rows(&legal),
            rows(&living)
        ),
        bytes(&legal) as f64 <= BYTES,
    );
    let file = std::fs::metadata(folder.join("today.facts")).map_or(0, |file| file.len() >> 20);
    report.note(format!("memory: {held} MB more after a day's facts were read; its file has {file} MB"));
}

/// The parameters of each pack's own plan, and of no area for packs without one.
fn params(catalogue: &Catalogue, base: &FactBase) -> Vec<(String, Params)> {
    let of_plan = |plan: &catalogue::plans::Plan| {
        let at = base.areas().find(&plan.area).unwrap_or(0);
        let ancestry: Vec<_> =
            base.areas().ancestry(at).into_iter().filter_map(|up| base.areas().code(up).cloned()).collect();
        (plan.pack.clone(), planning::report::params_of(catalogue, plan, &ancestry, base.date()))
    };
    catalogue.plans().map(of_plan).collect()
}

/// Every part of every indicator, over the whole country.
fn jobs<'a>(catalogue: &'a Catalogue, params: &'a [(String, Params)]) -> Vec<Job<'a>> {
    let of_pack = |pack: &str| params.iter().find(|(id, _)| id == pack).map(|(_, params)| params);
    let each = catalogue.indicators().filter_map(|indicator| Some((indicator, of_pack(&indicator.pack)?)));
    let parts = each.flat_map(|(indicator, params)| indicator.parts.iter().map(move |part| (indicator, part, params)));
    let job = |(indicator, part, params)| Job {
        indicator,
        part,
        params,
        area: 0,
        start: None,
        others: Some(catalogue),
        only: None,
        plan: None,
    };
    parts.map(job).collect()
}

/// Everything at once, on two threads.
fn everything(catalogue: &Catalogue, base: &FactBase, what: &str, report: &mut Report) -> Result<()> {
    let params = params(catalogue, base);
    let jobs = jobs(catalogue, &params);
    let zones = Zones::of(catalogue, base);
    let rules: Vec<_> = catalogue.rules().collect();
    let measuring = Measuring::new(base, catalogue.words(), catalogue.named());
    let mut faults = 0;
    let samples = Samples::of(0..RUNS, |_| {
        let measured: Vec<Measured> = measuring.run(&jobs, 2);
        faults += usize::from(measured.len() != jobs.len());
        let next = AtomicUsize::new(0);
        let one = || {
            let mut refused = 0;
            while let Some(rule) = rules.get(next.fetch_add(1, Ordering::Relaxed)) {
                refused += usize::from(sweep(catalogue, base, &zones, rule).is_err());
            }
            refused
        };
        let refused: usize = std::thread::scope(|scope| {
            let threads = [scope.spawn(one), scope.spawn(one)];
            threads.into_iter().map(|thread| thread.join().unwrap_or(1)).sum()
        });
        faults += refused;
    });
    ensure!(faults == 0, "{faults} measurements or rules failed");
    let (parts, areas) = (jobs.len(), base.areas().len());
    let what = format!("{parts} parts of all indicators in {areas} areas and {} rules, {what}", rules.len());
    report.line(&what, samples, None, Some(MEASURED));
    // Which takes how long, the slowest first, for whoever makes it faster.
    let mut each: Vec<(u128, String)> = jobs
        .iter()
        .map(|job| {
            let from = Instant::now();
            drop(measuring.one(job));
            (from.elapsed().as_micros(), format!("{} {}", job.indicator.id, job.part.id))
        })
        .collect();
    each.sort_by(|one, other| other.cmp(one));
    let slowest: Vec<String> = each.iter().take(5).map(|(micros, name)| format!("{name} {micros} µs")).collect();
    println!("  slowest on one thread: {}", slowest.join(", "));
    ensure!(!jobs.is_empty(), "no indicator was found");
    Ok(())
}

/// A cheap repeatable sequence.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % sides.max(1)
    }
}

/// Gives every fact that nobody supplies a value: what the platform measures once everybody does.
fn fill(base: &mut FactBase) {
    let mut dice = Dice(1);
    for subject in [Subject::Organization, Subject::CommunityOrganization] {
        let Some(table) = base.table_mut(&subject) else { continue };
        let specs: Vec<(usize, Spec)> = table.layout().columns.iter().cloned().enumerate().collect();
        for (column, spec) in specs.iter().filter(|(_, spec)| !table_supplies(table, spec)).collect::<Vec<_>>() {
            for row in 0..table.len() {
                let given = thrown(spec, &mut dice);
                // What does not fit stays unknown, as it would in use.
                drop(table.set_at(row, *column, &given));
            }
        }
    }
}

fn table_supplies(table: &planning::Table, spec: &Spec) -> bool {
    table.is_supplied(&spec.fact)
}

fn thrown(spec: &Spec, dice: &mut Dice) -> Given {
    if dice.roll(10) == 0 {
        return Given::Unknown;
    }
    let word =
        |dice: &mut Dice| spec.words.get(dice.roll(spec.words.len() as u64) as usize).cloned().unwrap_or_default();
    Given::Known(match spec.kind {
        Kind::Bool => Value::Bool(dice.roll(2) == 0),
        Kind::Int => Value::Int(dice.roll(6) as i64),
        Kind::Money => Value::Money(Fen(dice.roll(1_000_000) as i64)),
        Kind::Date => {
            Value::Date(Date::constant(2010 + dice.roll(16) as i16, 1 + dice.roll(12) as i8, 1 + dice.roll(28) as i8))
        }
        Kind::Text => Value::Text(word(dice)),
        Kind::List => Value::List(spec.words.iter().filter(|_| dice.roll(8) == 0).cloned().collect()),
    })
}
