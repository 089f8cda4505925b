//! Kill tests (断电、强杀试验): a child does acts and an import and is killed with SIGKILL at random moments; after each time every
//! acknowledged act must be there, nothing half-written, and the whole journal must verify. On PostgreSQL the server crashes
//! under it as well. `cargo xtask kill --rounds 200`.
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod child;
mod rounds;
mod server;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Parser, Subcommand};
use office::audit::Depth;
use rounds::{Stage, Sum};
use server::Server;

/// Rounds on one database before a new one is begun, so that verification stays short.
const PER_DATABASE: u32 = 20;
/// After how many rounds the rows are verified too.
const FULL_EVERY: u32 = 5;

#[derive(Parser)]
struct Cli {
    /// How often to kill.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
    /// Only this engine: `sqlite` or `postgres`.
    #[arg(long)]
    engine: Option<String>,
    #[command(subcommand)]
    command: Option<Cmd>,
}

#[derive(Subcommand)]
enum Cmd {
    /// What is killed.
    Child { url: String, folder: PathBuf },
}

fn main() -> Result<()> {
    let cli = Cli::parse();
    if let Some(Cmd::Child { url, folder }) = cli.command {
        return child::run(&url, &folder);
    }
    let wanted = |engine: &str| cli.engine.as_deref().is_none_or(|only| only == engine);
    if wanted("sqlite") {
        report("SQLite", &series(cli.rounds, None)?);
    }
    if wanted("postgres") {
        let server = Server::start()?;
        report("PostgreSQL", &series(cli.rounds, Some(&server))?);
    }
    Ok(())
}

fn series(rounds: u32, server: Option<&Server>) -> Result<Sum> {
    let program = std::env::current_exe()?;
    let mut sum = Sum::default();
    while sum.rounds < rounds {
        let folder = tempfile::tempdir()?;
        let mut stage = match server {
            None => Stage::sqlite(folder.path()),
            Some(server) => Stage::postgres(folder.path(), server, &format!("kill_{}", sum.rounds))?,
        };
        let mut entries = 0;
        for _ in 0..PER_DATABASE.min(rounds - sum.rounds) {
            stage.round(&program, &mut sum)?;
            let number = sum.rounds;
            // Chains, heads, seals and the log each time; all rows against them too every fifth.
            let depth = if number.is_multiple_of(FULL_EVERY) || number == rounds { Depth::Full } else { Depth::Chains };
            entries = stage.check(depth, &mut sum).with_context(|| format!("after round {number}"))?.entries;
        }
        sum.entries += entries;
        println!("{} rounds, {} acts acknowledged, {} entries verified", sum.rounds, sum.acts, sum.entries);
    }
    Ok(sum)
}

fn report(engine: &str, sum: &Sum) {
    println!(
        "{engine}: {} kills, {} crashes of the server, {} acknowledged acts, up to {} imported rows, up to {} seals, {} entries: nothing lost, nothing half-written, every journal verified",
        sum.rounds, sum.restarts, sum.acts, sum.rows, sum.seals, sum.entries
    );
}
