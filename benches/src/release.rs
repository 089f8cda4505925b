//! What is released: how many crates it stands on, how long it takes to build, how large it is.
use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::Wish;
use crate::measure::Report;

/// Notes them.
pub fn measure(wish: &Wish, report: &mut Report) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let tree = Command::new(cargo)
        .args(["tree", "--package", "yishe", "--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
        .output()
        .context("cargo tree")?;
    let text = String::from_utf8_lossy(&tree.stdout);
    let crates: BTreeSet<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let own =
        ["base", "authority", "catalogue", "casework", "registry", "vault", "journal", "store", "search", "office"];
    let own = crates.iter().filter(|name| own.contains(name) || ["jobs", "web", "yishe"].contains(name)).count();
    report.note(format!("crates in the program: {} of others and {own} of ours", crates.len() - own));
    if let Ok(file) = std::fs::metadata(&wish.binary) {
        report.note(format!("the program: {} MB in one file, catalogue, pages and map data inside", file.len() >> 20));
    }
    if let Some(minutes) = wish.cold_minutes {
        report
            .note(format!("release build from nothing: {minutes:.0} minutes on this machine, shared with other work"));
    }
    Ok(())
}
