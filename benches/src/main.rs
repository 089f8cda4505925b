//! The budgets of DESIGN §5, measured on a million organizations and two million community organizations, each beside a yardstick in
//! the same run. `cargo xtask bench [--organizations N] [--data DIR]`; writes `benches/RESULTS.md`. The data are kept and used again.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod data;
mod measure;
mod memory;
mod reads;
mod searches;
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
}

fn main() -> Result<()> {
    let wish = read_arguments()?;
    let mut report = Report::default();
    let office = data::office(&wish.data)?;
    data::load(&office, wish.organizations, &mut report)?;
    let yard = yardstick::Yard::build(&wish.data)?;
    let sample = data::Sample::take(&office, 2_000)?;
    searches::measure(&office, &yard, &sample, &mut report)?;
    reads::measure(&office, &yard, &sample, &mut report)?;
    memory::measure(&wish.data, &mut report);
    writes::measure(&office, &wish.data, &mut report)?;
    if wish.write {
        let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("RESULTS.md");
        std::fs::write(&path, report.markdown(&head(&wish))).context("RESULTS.md")?;
        println!("\nwritten: benches/RESULTS.md");
    }
    if report.is_within() { Ok(()) } else { bail!("a budget was missed; see above") }
}

fn read_arguments() -> Result<Wish> {
    let mut wish = Wish { organizations: 1_000_000, data: PathBuf::from("target/bench"), write: true };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--organizations" => wish.organizations = arguments.next().context("--organizations N")?.parse()?,
            "--data" => wish.data = arguments.next().context("--data DIR")?.into(),
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
