//! The budgets of DESIGN §5, measured on a million organizations and two million community organizations, each beside a yardstick in
//! the same run. `cargo xtask bench [--organizations N] [--data DIR]`; writes `benches/RESULTS.md`. The data are kept and used again;
//! `--only plans` measures the plans alone on them and writes `benches/PLANS.md`.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod clerks;
mod data;
mod imports;
mod measure;
mod memory;
mod plans;
mod queues;
mod reads;
mod recall;
mod release;
mod rollup;
mod searches;
mod startup;
mod trigrams;
mod writes;
mod yardstick;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use measure::Report;

/// What was asked for on the command line.
struct Wish {
    organizations: u64,
    data: PathBuf,
    write: bool,
    /// The program as released, for its start-up and size.
    binary: PathBuf,
    /// Minutes of a release build from nothing, where it was made for this run.
    cold_minutes: Option<f64>,
    /// Only the plans, on the data that are there.
    only_plans: bool,
}

fn main() -> Result<()> {
    let wish = read_arguments()?;
    let mut report = Report::default();
    let load = data::machine_load();
    if wish.only_plans {
        return only_plans(&wish, report);
    }
    startup::install(&wish)?;
    let office = data::office(&wish.data)?;
    data::load(&office, wish.organizations, &mut report)?;
    imports::measure(&office, &wish.data, wish.organizations / 10, &mut report)?;
    office.catch_up()?;
    let yard = yardstick::Yard::build(&wish.data)?;
    let sample = data::Sample::take(&office, 2_000)?;
    searches::measure(&office, &yard, &sample, &mut report)?;
    reads::measure(&office, &yard, &sample, &mut report)?;
    queues::measure(&office, &yard, &sample, &mut report)?;
    writes::measure(&office, &wish.data, &mut report)?;
    memory::measure(&wish.data, &mut report);
    trigrams::measure(&office, &sample, &mut report);
    recall::measure(&office, &sample, &mut report)?;
    plans::measure(&office, &wish.data, &mut report)?;
    drop((yard, office));
    if let Err(error) = startup::measure(&wish, &mut report) {
        report.note(format!("start-up: not measured: {error}"));
    }
    release::measure(&wish, &mut report)?;
    report.note(format!(
        "programs that wanted to run on the machine (load) at the start and at the end: {load} and {}; 2 cores; the bench itself \
         is two of them while it loads",
        data::machine_load()
    ));
    if wish.write {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
        let fixed = include_str!("../NOTES.md");
        std::fs::write(&path, report.markdown(&head(&wish)) + "\n" + fixed).context("RESULTS.md")?;
        println!("\nwritten: benches/RESULTS.md");
    }
    if report.is_within() { Ok(()) } else { bail!("a budget was missed; see above") }
}

/// The plans alone; the data must be there, or are made first where there are none.
fn only_plans(wish: &Wish, mut report: Report) -> Result<()> {
    let office = data::office(&wish.data)?;
    if data::count(&office)? == 0 {
        startup::install(wish)?;
        data::load(&office, wish.organizations, &mut report)?;
    }
    plans::measure(&office, &wish.data, &mut report)?;
    report.note(format!(
        "programs that wanted to run on the machine (load) at the end: {}; 2 cores",
        data::machine_load()
    ));
    if wish.write {
        let count = data::count(&office)?;
        let head = format!(
            "# Plans at scale\n\nWritten by `cargo xtask bench --only plans`: {count} organizations and community organizations, generated, on 2 \
             cores, embedded SQLite. Columns as in RESULTS.md. Timings are not tests."
        );
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("PLANS.md");
        std::fs::write(&path, report.markdown(&head)).context("PLANS.md")?;
        println!("\nwritten: benches/PLANS.md");
    }
    if report.is_within() { Ok(()) } else { bail!("a budget was missed; see above") }
}

fn read_arguments() -> Result<Wish> {
    let mut wish = Wish {
        organizations: 1_000_000,
        data: PathBuf::from("target/bench"),
        write: true,
        binary: std::env::current_exe()?.with_file_name("yishe"),
        cold_minutes: None,
        only_plans: false,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--organizations" => wish.organizations = arguments.next().context("--organizations N")?.parse()?,
            "--data" => wish.data = arguments.next().context("--data DIR")?.into(),
            "--cold-minutes" => wish.cold_minutes = Some(arguments.next().context("--cold-minutes N")?.parse()?),
            "--no-write" => wish.write = false,
            "--only" => match arguments.next().as_deref() {
                Some("plans") => wish.only_plans = true,
                other => bail!("--only plans, not {other:?}"),
            },
            other => bail!("unknown: {other}. Known: --organizations N, --data DIR, --no-write, --only plans"),
        }
    }
    Ok(wish)
}

fn head(wish: &Wish) -> String {
    format!(
        "# Results\n\nWritten by `cargo xtask bench`: {} organizations and {} community organizations, generated, on 2 cores, embedded \
         SQLite. “1 : 20” means that the yardstick, measured in the same run, took twenty times as long. The last column is the budget \
         of DESIGN §5 over our 99th percentile: above 1 the budget is kept. Timings are not tests.",
        wish.organizations,
        wish.organizations * 2
    )
}
