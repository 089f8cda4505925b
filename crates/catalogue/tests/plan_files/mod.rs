//! The shipped catalogue without its matters, which take seconds to resolve and have tests of their own.
use std::path::Path;
use std::sync::LazyLock;

use catalogue::{Catalogue, Files, NamedChecks};

pub fn files() -> Files {
    let mut files = Files::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../../catalogue")).unwrap();
    let parts =
        ["/plans/", "/indicators/", "/params", "/facts", "/registers/", "pack.toml", "clauses.csv", "lists.toml"];
    files.0.retain(|(path, _)| parts.iter().any(|part| path.contains(part)));
    for (_, text) in files.0.iter_mut().filter(|(path, _)| path.contains("/registers/")) {
        *text = text.lines().filter(|line| !line.starts_with("written_by")).collect::<Vec<_>>().join("\n");
        if !text.contains("enters") {
            *text = text.replacen("title_field", "enters = [\"supervision\"]\ntitle_field", 1);
        }
    }
    files
}

pub fn load(files: &Files) -> Result<Catalogue, String> {
    Catalogue::load(files, &NamedChecks::default())
        .map_err(|problems| problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))
}

pub fn shipped() -> &'static Catalogue {
    static SHIPPED: LazyLock<Catalogue> =
        LazyLock::new(|| load(&files()).unwrap_or_else(|problems| panic!("{problems}")));
    &SHIPPED
}
