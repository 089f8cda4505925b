//! The budgets of DESIGN §5, measured on a million organizations and two million community organizations, each beside a yardstick in
//! the same run. `cargo xtask bench [--organizations N] [--data DIR]`; writes `benches/RESULTS.md`. The data are kept and used again.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod clerks;
mod data;
mod imports;
mod measure;
mod memory;
mod queues;
mod reads;
mod recall;
mod release;
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
}

fn main() -> Result<()> {
    let wish = read_arguments()?;
    let mut report = Report::default();
    let load = data::machine_load();
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

fn read_arguments() -> Result<Wish> {
    let mut wish = Wish {
        organizations: 1_000_000,
        data: PathBuf::from("target/bench"),
        write: true,
        binary: std::env::current_exe()?.with_file_name("yishe"),
        cold_minutes: None,
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--organizations" => wish.organizations = arguments.next().context("--organizations N")?.parse()?,
            "--data" => wish.data = arguments.next().context("--data DIR")?.into(),
            "--cold-minutes" => wish.cold_minutes = Some(arguments.next().context("--cold-minutes N")?.parse()?),
            "--no-write" => wish.write = false,
            other => bail!("unknown: {other}. Known: --organizations N, --data DIR, --no-write"),
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
