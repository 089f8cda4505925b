//! Renders every sample of every part and checks what every page must keep.
use std::collections::HashSet;

use crate::pages::check::faults;
use crate::parts;

#[test]
fn every_part_is_well_formed_labelled_and_free_of_inline_code() {
    for part in parts::all() {
        assert!(!part.samples.is_empty(), "{} has no samples", part.title);
        let html = format!(
            "<!DOCTYPE html><html lang=zh><title>t</title><body><h1>{}</h1>{}</body></html>",
            part.title,
            part.samples.concat()
        );
        assert_eq!(faults(&html), Vec::<String>::new(), "{}", part.title);
    }
}

#[test]
fn no_id_occurs_in_two_parts() {
    let mut seen = HashSet::new();
    for part in parts::all() {
        let html = scraper::Html::parse_fragment(&part.samples.concat());
        for id in html.select(&scraper::Selector::parse("[id]").unwrap()).filter_map(|element| element.attr("id")) {
            assert!(seen.insert(id.to_owned()), "{id} again in {}", part.title);
        }
    }
}

#[test]
fn what_people_typed_is_escaped() {
    let field = parts::TextField::new(parts::Label::new("x", "<b>"), "\"><script>alert(1)</script>");
    assert!(!field.to_string().contains("<script>"));
    assert!(!field.to_string().contains("<b>"));
}

#[test]
fn each_task_row_has_at_most_one_link_and_its_status_cannot_be_clicked() {
    let html = scraper::Html::parse_fragment(&<parts::TaskList as parts::Part>::samples()[0].to_string());
    let select = |css: &str| scraper::Selector::parse(css).unwrap();
    assert!(html.select(&select(".y-tasks ul li")).count() > 1);
    for row in html.select(&select(".y-tasks ul li")) {
        assert!(row.select(&select("a")).count() <= 1);
        assert_eq!(row.select(&select(".y-task-status a, .y-task-status button, .y-task-status[tabindex]")).count(), 0);
    }
}
