//! Checks a catalogue folder and prints its problems: `cargo run -p catalogue --example check -- catalogue`.
use std::process::ExitCode;

#[expect(clippy::print_stdout, reason = "an example whose purpose is to print")]
fn main() -> ExitCode {
    let folder = std::env::args().nth(1).unwrap_or_else(|| "catalogue".to_owned());
    let loaded = catalogue::Files::read(folder.as_ref())
        .and_then(|files| catalogue::Catalogue::load(&files, &catalogue::NamedChecks::default()));
    match loaded {
        Ok(catalogue) => {
            for problem in catalogue.warnings() {
                println!("{problem}");
            }
            println!("{} matters, {} registers", catalogue.matter_ids().count(), catalogue.registers().count());
            println!("{} plans, {} indicators", catalogue.plans().count(), catalogue.indicators().count());
            ExitCode::SUCCESS
        }
        Err(problems) => {
            for problem in problems {
                println!("{problem}");
            }
            ExitCode::FAILURE
        }
    }
}
