//! Memory and disk.
use std::path::Path;

use crate::measure::Report;

/// Notes resident memory, its anonymous part, and the size of what is on disk.
pub fn measure(folder: &Path, report: &mut Report) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let megabytes = |key: &str| {
        let line = status.lines().find(|line| line.starts_with(key));
        line.and_then(|line| line.split_whitespace().nth(1))
            .and_then(|kib| kib.parse::<u64>().ok())
            .map_or(0, |kib| kib / 1024)
    };
    // The bench's own samples and yardsticks (their page caches) are in it.
    let (own, mapped) = (megabytes("RssAnon"), megabytes("RssFile"));
    report.fact(
        "own memory after all of the above at most 500 MB",
        format!(
            "{own} MB of our own; beside it {mapped} MB of mapped pages of the name index and the program, which the kernel takes back \
             when somebody needs the memory"
        ),
        own <= 500,
    );
    let size = |name: &str| std::fs::metadata(folder.join(name)).map_or(0, |file| file.len() >> 20);
    let index: u64 = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let name = entry.file_name().to_string_lossy().into_owned();
            name.starts_with("search.db").then(|| entry.metadata().map_or(0, |file| file.len() >> 20))
        })
        .sum();
    report.note(format!("disk: register {} MB, name index {index} MB", size("yishe.db")));
}
