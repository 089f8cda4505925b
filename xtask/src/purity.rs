//! The domain crates stay pure: `cargo tree` must show none of the words below them (DESIGN §3).
use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};

const PURE: &[&str] = &["base", "authority", "catalogue", "casework", "registry", "planning", "vault", "journal"];
const IMPURE: &[&str] = &["tokio", "axum", "rusqlite", "postgres", "hyper"];

/// Fails when a pure crate can reach a database, a web server or an async runtime.
pub fn check(root: &Path) -> Result<()> {
    println!("\n=== purity of the domain crates");
    let mut faults = Vec::new();
    for krate in PURE {
        let output = Command::new(env!("CARGO"))
            .args(["tree", "-p", krate, "--edges", "normal,build", "--prefix", "none", "--format", "{p}"])
            .current_dir(root)
            .output()?;
        if !output.status.success() {
            bail!("cargo tree -p {krate} failed: {}", String::from_utf8_lossy(&output.stderr));
        }
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let name = line.split(' ').next().unwrap_or_default();
            if IMPURE.contains(&name) {
                faults.push(format!("{krate} reaches {name}"));
            }
        }
    }
    faults.dedup();
    if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("\n")) }
}
