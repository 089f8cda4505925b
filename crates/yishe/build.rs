//! Puts the catalogue's files into the binary, and lists the site's addresses for `yishe catalogue check`.
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let here = PathBuf::from(env::var("CARGO_MANIFEST_DIR").map_err(io::Error::other)?);
    let out = PathBuf::from(env::var("OUT_DIR").map_err(io::Error::other)?);
    let catalogue = here.join("../../catalogue");
    let pages = here.join("../web/src");
    for folder in [&catalogue, &pages] {
        println!("cargo:rerun-if-changed={}", folder.display());
    }
    let mut text =
        String::from("/// Path and text of every file of the catalogue.\npub const FILES: &[(&str, &str)] = &[\n");
    for path in below(&catalogue, &["toml", "csv"])? {
        let name = relative(&catalogue, &path);
        let _ = writeln!(text, "    ({name:?}, include_str!({:?})),", path.canonicalize()?.display().to_string());
    }
    text.push_str("];\n/// Addresses that the site answers.\npub const PAGES: &[&str] = &[\n");
    let mut routes = Vec::new();
    for path in below(&pages, &["rs"])? {
        routes.extend(routes_of(&fs::read_to_string(path)?));
    }
    routes.sort();
    routes.dedup();
    for route in routes {
        let _ = writeln!(text, "    {route:?},");
    }
    text.push_str("];\n");
    fs::write(out.join("embedded.rs"), text)
}

fn relative(root: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(root).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy().into_owned()).collect::<Vec<_>>().join("/")
}

fn below(folder: &Path, endings: &[&str]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(below(&path, endings)?);
        } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The addresses in `.route("…", …)`.
fn routes_of(source: &str) -> Vec<String> {
    let after = source.split(".route(").skip(1);
    after
        .filter_map(|rest| rest.trim_start().strip_prefix('"')?.split_once('"'))
        .map(|(route, _)| route.to_owned())
        .filter(|route| route.starts_with('/'))
        .collect()
}
