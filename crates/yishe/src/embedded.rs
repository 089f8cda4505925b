//! What the binary carries: the catalogue's files and the list of the site's addresses.

include!(concat!(env!("OUT_DIR"), "/embedded.rs"));

/// The catalogue in the binary.
pub fn files() -> catalogue::Files {
    catalogue::Files(FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect())
}
