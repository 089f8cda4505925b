//! What CI runs and people run by hand: `cargo xtask ci | test | bench | deny | purity | browser`.
//!
//! Everything here is a list of commands; the checks that are ours (licences, bans, purity of the domain crates) read what
//! `cargo metadata` says, so a bare machine needs nothing but cargo (ADR 0003).
#![expect(clippy::print_stdout, reason = "a command-line tool talks on standard output")]

mod deny;
mod prerequisites;
mod purity;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let rest: Vec<&str> = arguments.iter().skip(1).map(String::as_str).collect();
    match arguments.first().map(String::as_str) {
        Some("ci") => ci(),
        Some("test") => test(&rest),
        Some("bench") => bench(&rest),
        Some("deny") => deny::check(&root()),
        Some("purity") => purity::check(&root()),
        Some("browser") => browser(),
        Some("kill") => kill(&rest),
        _ => {
            println!("cargo xtask ci       everything CI checks, tests included");
            println!("cargo xtask test     install what tests need, then run them all, the browser journeys included");
            println!(
                "cargo xtask bench    the measured budgets on a million organizations; writes benches/RESULTS.md (--cold)"
            );
            println!("cargo xtask browser  only the browser journeys");
            println!(
                "cargo xtask kill     kills the program (and PostgreSQL) at random moments: --rounds 200, --engine sqlite"
            );
            println!("cargo xtask deny     licences and banned crates");
            println!("cargo xtask purity   the domain crates know no tokio, axum, rusqlite or postgres");
            bail!("name one of the commands above")
        }
    }
}

/// The repository's root: the folder above this crate.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

/// Runs one command at the root and fails with its text when it fails.
fn run(program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Result<()> {
    println!("\n=== {program} {}", arguments.join(" "));
    let status = Command::new(program)
        .args(arguments)
        .envs(variables.iter().copied())
        .current_dir(root())
        .status()
        .with_context(|| format!("cannot start {program}"))?;
    if status.success() { Ok(()) } else { bail!("`{program} {}` failed: {status}", arguments.join(" ")) }
}

fn cargo(arguments: &[&str]) -> Result<()> {
    run(env!("CARGO"), arguments, &[])
}

fn ci() -> Result<()> {
    cargo(&["fmt", "--all", "--check"])?;
    deny::check(&root())?;
    purity::check(&root())?;
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])?;
    run(
        env!("CARGO"),
        &["doc", "--workspace", "--no-deps", "--document-private-items"],
        &[("RUSTDOCFLAGS", "-D warnings")],
    )?;
    test(&[])?;
    cargo(&["run", "--quiet", "-p", "yishe", "--", "catalogue", "check"])?;
    generated_files_are_clean()
}

/// Tests may rewrite generated files (OpenAPI, snapshots); what they wrote must be what is committed. Where there is no
/// repository to ask (an unpacked archive, or one that belongs to somebody else), there is nothing to compare with.
fn generated_files_are_clean() -> Result<()> {
    let root = root();
    let trusted = format!("safe.directory={}", root.display());
    let git = |arguments: &[&str]| {
        Command::new("git").args(["-c", &trusted]).args(arguments).current_dir(&root).output().ok()
    };
    if !git(&["rev-parse", "--is-inside-work-tree"]).is_some_and(|answer| answer.status.success()) {
        println!("note: no git repository here, so generated files are not compared");
        return Ok(());
    }
    let changed = git(&["diff", "--stat"]).map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned());
    match changed.as_deref() {
        Some("") => Ok(()),
        Some(files) if std::env::var_os("CI").is_some() => {
            println!("{files}");
            bail!("generated files differ from what is committed")
        }
        Some(_) => {
            println!("note: the working tree has uncommitted changes; in CI that would fail if a test had made them");
            Ok(())
        }
        None => bail!("git cannot tell which files changed"),
    }
}

fn test(rest: &[&str]) -> Result<()> {
    prerequisites::install()?;
    let mut arguments = vec!["test", "--workspace", "--quiet"];
    arguments.extend(rest);
    cargo(&arguments)?;
    if rest.is_empty() { browser() } else { Ok(()) }
}

fn browser() -> Result<()> {
    prerequisites::install()?;
    cargo(&["build", "--quiet", "-p", "yishe"])?;
    run("node", &["tests/browser/run.mjs"], &[])
}

fn kill(rest: &[&str]) -> Result<()> {
    let mut arguments = vec!["run", "--quiet", "-p", "kill", "--"];
    arguments.extend(rest);
    cargo(&arguments)
}

/// Program and bench are built together, so that what is started and measured is what was built. `--cold` builds the program once
/// more from nothing, to say how long that takes.
fn bench(rest: &[&str]) -> Result<()> {
    cargo(&["build", "--release", "-p", "yishe", "-p", "benches"])?;
    let mut arguments: Vec<String> = rest.iter().filter(|word| **word != "--cold").map(ToString::to_string).collect();
    if rest.contains(&"--cold") {
        arguments.extend(["--cold-minutes".to_owned(), format!("{:.1}", cold_build()?)]);
    }
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let program = target.join("release/benches");
    run(&program.to_string_lossy(), &arguments, &[])
}

/// Minutes of a release build of the program in an empty folder.
fn cold_build() -> Result<f64> {
    let folder = std::env::temp_dir().join(format!("yishe-cold-{}", std::process::id()));
    let begun = std::time::Instant::now();
    let built = run(
        env!("CARGO"),
        &["build", "--release", "-p", "yishe", "--quiet"],
        &[("CARGO_TARGET_DIR", &folder.to_string_lossy())],
    );
    let minutes = begun.elapsed().as_secs_f64() / 60.0;
    std::fs::remove_dir_all(&folder).context("the folder of the cold build")?;
    built.map(|()| minutes)
}
