//! Dossiers, queues and counts.
use anyhow::Result;
use base::AreaCode;
use office::Office;
use office::register::read::dossier::Moment;

use crate::data::Sample;
use crate::measure::{Report, Samples};
use crate::yardstick::Yard;

/// Measures what a page reads.
pub fn measure(office: &Office, yard: &Yard, sample: &Sample, report: &mut Report) -> Result<()> {
    report.section("Pages");
    let today = office.clock.today();
    let coded: Vec<_> = sample.taken.iter().filter(|taken| taken.code.len() == 18).collect();
    let dossier = Samples::of(&coded, |taken| {
        let _ = office.find_dossier(&taken.code, Moment::of(None, None, today));
    });
    let point = Samples::of(&coded, |taken| drop(yard.point_read(&taken.code)));
    report.line("dossier", dossier, Some(("one row in plain SQLite", point.clone())), Some(15.0));
    let then = Some("2021-12-31".parse()?);
    let past = Samples::of(&coded, |taken| {
        let _ = office.find_dossier(&taken.code, Moment::of(then, None, today));
    });
    report.line("dossier as of 2021-12-31", past, Some(("one row in plain SQLite", point)), Some(15.0));

    let provinces: Vec<AreaCode> = ["21", "33", "44", "11", "32"].iter().filter_map(|code| code.parse().ok()).collect();
    let structure = Samples::of(&provinces, |area| {
        let _ = office.structure(Some(area));
    });
    let counted = Samples::of(&provinces, |area| drop(yard.count_by_kind(area.as_str())));
    report.line(
        "structure of a province (all cuts)",
        structure,
        Some(("counting one cut over the rows", counted)),
        Some(60.0),
    );

    Ok(())
}
