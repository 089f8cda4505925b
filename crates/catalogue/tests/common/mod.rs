//! The invented country 云国 with the province 云州 and the city 云溪, and ways to spoil it.
use catalogue::{Catalogue, Files, NamedChecks, Problem};

/// The fixture's files.
pub fn files() -> Files {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/kite");
    Files::read(&root).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
}

/// The fixture, loaded.
pub fn kite() -> Catalogue {
    Catalogue::load(&files(), &NamedChecks::default()).unwrap_or_else(|problems| panic!("{}", listed(&problems)))
}

/// The problems after a file is added or replaced.
pub fn spoiled(path: &str, text: &str) -> String {
    let mut files = files();
    files.0.retain(|(name, _)| name != path);
    files.0.push((path.to_owned(), text.to_owned()));
    match Catalogue::load(&files, &NamedChecks::default()) {
        Ok(_) => String::new(),
        Err(problems) => listed(&problems),
    }
}

pub fn listed(problems: &[Problem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}
