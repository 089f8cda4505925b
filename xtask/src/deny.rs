//! Licences and banned crates, read from `cargo metadata` and `deny.toml`.
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

/// Fails on a dependency whose licence is not allowed or whose name is banned in `deny.toml`.
pub fn check(root: &Path) -> Result<()> {
    println!("\n=== licences and bans");
    let rules: toml::Table = std::fs::read_to_string(root.join("deny.toml"))?.parse().context("deny.toml")?;
    let allowed = strings(rules.get("licenses").and_then(|t| t.get("allow")));
    let exceptions = rules.get("licenses").and_then(|t| t.get("exceptions")).and_then(toml::Value::as_table);
    let banned = rules.get("bans").and_then(toml::Value::as_table);
    let mut faults = Vec::new();
    let packages = packages(root)?;
    for package in &packages {
        let name = package["name"].as_str().unwrap_or_default();
        let licence = package["license"].as_str().unwrap_or_default();
        if let Some(reason) = banned.and_then(|bans| bans.get(name)) {
            faults.push(format!("{name} is banned: {reason}"));
        }
        let excepted = exceptions.and_then(|table| table.get(name)).and_then(toml::Value::as_str) == Some(licence);
        if !excepted && !permits(licence, &allowed) {
            faults.push(format!("{name}: licence «{licence}» is not in deny.toml's list"));
        }
    }
    println!("{} packages looked at", packages.len());
    if faults.is_empty() { Ok(()) } else { bail!("{}", faults.join("\n")) }
}

fn packages(root: &Path) -> Result<Vec<Value>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--filter-platform=x86_64-unknown-linux-gnu"])
        .current_dir(root)
        .output()?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(metadata["packages"].as_array().cloned().unwrap_or_default())
}

fn strings(value: Option<&toml::Value>) -> Vec<String> {
    let list = value.and_then(toml::Value::as_array);
    list.into_iter().flatten().filter_map(|v| v.as_str().map(str::to_owned)).collect()
}

/// Whether an SPDX expression can be met with the allowed licences: OR needs one side, AND needs both. Parentheses in crate
/// metadata only ever group ORs inside ANDs, so splitting on AND first is exact for them.
fn permits(expression: &str, allowed: &[String]) -> bool {
    let plain = expression.replace('/', " OR ");
    let simple = |term: &str| allowed.iter().any(|a| a == term.trim_matches(['(', ')', ' ']));
    if expression.contains('(') {
        return plain.split(" AND ").all(|part| part.split(" OR ").any(simple));
    }
    plain.split(" OR ").any(|part| part.split(" AND ").all(simple))
}

#[cfg(test)]
mod tests {
    use super::permits;

    #[test]
    fn expressions_are_read_as_spdx_means_them() {
        let allowed: Vec<String> = ["MIT", "Apache-2.0", "Unicode-3.0"].map(str::to_owned).to_vec();
        for yes in
            ["MIT", "MIT OR GPL-3.0", "Apache-2.0/MIT", "(MIT OR Apache-2.0) AND Unicode-3.0", "MIT AND Apache-2.0"]
        {
            assert!(permits(yes, &allowed), "{yes}");
        }
        for no in ["GPL-3.0", "MIT AND GPL-3.0", "", "(MIT OR GPL-3.0) AND GPL-2.0"] {
            assert!(!permits(no, &allowed), "{no}");
        }
    }
}
