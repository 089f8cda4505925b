//! Yishe (一社): the binary. `main` only reads the command line and hands on; each command is a file of its own in `commands/`.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod commands;
mod config;
mod connectors;
mod embedded;
mod failure;
mod install;
mod logging;
mod progress;

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli = commands::Cli::parse();
    match cli.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let _ = writeln!(std::io::stderr(), "{failure}");
            failure.code()
        }
    }
}
