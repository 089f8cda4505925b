//! What every page must keep; for tests.
use std::collections::HashSet;

use scraper::{ElementRef, Html, Selector};

fn select(css: &str) -> Selector {
    Selector::parse(css).unwrap()
}

/// Everything wrong with a whole document; empty is good.
pub fn faults(html: &str) -> Vec<String> {
    let page = Html::parse_document(html);
    let mut out: Vec<String> = page.errors.iter().map(|error| format!("not well-formed: {error}")).collect();
    if page.select(&select("h1")).count() != 1 {
        out.push(format!("{} h1", page.select(&select("h1")).count()));
    }
    let mut ids = HashSet::new();
    for id in page.select(&select("[id]")).filter_map(|element| element.attr("id")) {
        if !ids.insert(id.to_owned()) {
            out.push(format!("id {id} twice"));
        }
    }
    for (css, attribute) in
        [("label[for]", "for"), ("[aria-describedby]", "aria-describedby"), ("[aria-labelledby]", "aria-labelledby")]
    {
        for element in page.select(&select(css)) {
            let targets = element.attr(attribute).unwrap_or_default().split_whitespace();
            out.extend(targets.filter(|id| !ids.contains(*id)).map(|id| format!("{attribute} points to missing {id}")));
        }
    }
    out.extend(
        page.select(&select("input:not([type=hidden]), select, textarea")).filter_map(|input| unlabelled(&page, input)),
    );
    for css in ["style", "[style]", "script:not([src])", "a:not([href])", "img:not([alt])"] {
        out.extend(page.select(&select(css)).map(|element| format!("{css}: {}", element.html())));
    }
    for element in page.select(&select("*")) {
        out.extend(
            element
                .value()
                .attrs()
                .filter(|(name, _)| name.starts_with("on"))
                .map(|(name, _)| format!("inline handler {name}")),
        );
    }
    for button in page.select(&select("button:not([type])")) {
        out.push(format!("button without type: {}", button.html()));
    }
    for form in page.select(&select("form[method=post]")) {
        if form.select(&select("input[name=_csrf]")).next().is_none() {
            out.push(format!("form without token: {}", form.attr("action").unwrap_or_default()));
        }
    }
    out
}

fn unlabelled(page: &Html, input: ElementRef<'_>) -> Option<String> {
    let named = input.attr("aria-label").is_some() || input.attr("aria-labelledby").is_some();
    let id = input.attr("id").unwrap_or_default();
    let labelled = !id.is_empty() && page.select(&select("label[for]")).any(|label| label.attr("for") == Some(id));
    (!named && !labelled).then(|| format!("input without label: {}", input.html()))
}
