//! Searching and the name check.
use anyhow::Result;
use base::AreaCode;
use office::Office;
use office::register::read::ask::Ask;
use registry::Kind;

use crate::data::Sample;
use crate::measure::{Report, Samples};
use crate::yardstick::Yard;

/// LIKE over three million names takes the better part of a second: a few suffice.
const SLOW: usize = 20;

/// Measures searches by length of the text, as of a day, and the name check.
pub fn measure(office: &Office, yard: &Yard, sample: &Sample, report: &mut Report) -> Result<()> {
    report.section("Search");
    let index = office.search_index()?;
    for (length, budget) in [(1, 60.0), (2, 10.0), (4, 10.0)] {
        let pieces = sample.pieces(length);
        let page = Samples::of(&pieces, |piece| {
            let query = search::Query { count: false, ..search::Query::text(piece.as_str()) };
            let page = index.search(&query);
            let ids: Vec<_> = page.items.iter().map(|item| item.id).collect();
            let _ = office.db.read(|tx| store::organizations::lines(tx, &ids));
        });
        let whole = Samples::of(&pieces, |piece| {
            let _ = office.search_register(&Ask { text: piece.clone(), ..Ask::default() });
        });
        let like = Samples::of(pieces.iter().take(SLOW), |piece| drop(yard.like_page(piece)));
        let like_count = Samples::of(pieces.iter().take(SLOW), |piece| drop(yard.like_count(piece)));
        report.line(&format!("{length} characters: page"), page.clone(), Some(("LIKE, first 20", like)), Some(budget));
        report.line(
            &format!("{length} characters: page, total and facets"),
            whole.clone(),
            Some(("LIKE, count", like_count)),
            Some(60.0),
        );
        if length > 2 {
            let trigram = Samples::of(&pieces, |piece| drop(yard.trigram_page(piece)));
            report.line(&format!("{length} characters: page (again)"), page, Some(("FTS5 trigram", trigram)), None);
            let trigram = Samples::of(&pieces, |piece| drop(yard.trigram_count(piece)));
            report.line(
                &format!("{length} characters: with totals (again)"),
                whole,
                Some(("FTS5 trigram, count", trigram)),
                None,
            );
        }
    }
    let then = Some("2021-12-31".parse()?);
    let as_of = Samples::of(sample.pieces(2), |piece| {
        let _ = office.search_register(&Ask { text: piece, as_of: then, ..Ask::default() });
    });
    report.line("2 characters as of 2021-12-31", as_of, None, Some(60.0));
    let registrar: AreaCode = "2101".parse()?;
    let near = Samples::of(sample.taken.iter().take(300), |taken| {
        let _ = office
            .db
            .read(|tx| office.check_name(tx, (&taken.name, Kind::Association, &registrar), office.clock.today(), None));
    });
    let like = Samples::of(sample.pieces(4).iter().take(SLOW), |piece| drop(yard.like_page(piece)));
    report.line("name check: rules, duplicates, 20 nearest", near, Some(("LIKE of four characters", like)), Some(30.0));
    Ok(())
}
