//! Choosing the authority's area by links: search by name, or go down from the nation. An address for every choice.
use std::fmt;

use askama::Template;
use askama::filters::HtmlSafe;
use base::areas::AreaTree;
use base::{AreaCode, AreaLevel, Date};

use crate::page::Link;
use crate::parts::SearchBox;

/// The chooser above a guide.
#[derive(Template)]
#[template(path = "pages/matters/area.html")]
pub struct AreaChooser {
    /// Full name of the area chosen; empty if none.
    pub chosen: String,
    /// Back to the nation.
    pub clear: String,
    /// Areas found by name.
    pub found: Vec<Link>,
    /// What was searched for.
    pub asked: String,
    /// Areas one level below the chosen one.
    pub below: Vec<Link>,
    /// By name.
    pub search: SearchBox,
}

impl HtmlSafe for AreaChooser {}

impl fmt::Debug for AreaChooser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AreaChooser").field("chosen", &self.chosen).finish_non_exhaustive()
    }
}

/// Authorities sit in the nation, a province, a city or a county.
fn has_registrar(level: AreaLevel) -> bool {
    level <= AreaLevel::County
}

impl AreaChooser {
    /// For the page at `path`; `keep` are its other conditions.
    pub fn new(
        areas: &AreaTree,
        today: Date,
        path: &str,
        area: Option<&AreaCode>,
        asked: &str,
        keep: &[(&str, &str)],
    ) -> Self {
        let to = |code: &str| {
            let pairs: Vec<(&str, &str)> = keep.iter().copied().chain([("area", code)]).collect();
            format!("{path}?{}", serde_urlencoded::to_string(pairs).unwrap_or_default())
        };
        let found = if asked.is_empty() { Vec::new() } else { areas.search(asked, None, today, 40) };
        let found = found.into_iter().filter(|area| has_registrar(area.level())).take(12);
        let from = area.cloned().unwrap_or_else(AreaCode::nation);
        let below = if from.level() < AreaLevel::County { areas.children_at(&from, today) } else { Vec::new() };
        let below = below.into_iter().filter(|area| has_registrar(area.level()));
        Self {
            chosen: area.map(|area| areas.full_name_at(area, today)).unwrap_or_default(),
            clear: path.to_owned(),
            found: found
                .map(|area| Link::to(areas.full_name_at(&area.code(), today), to(area.code().as_str())))
                .collect(),
            asked: asked.to_owned(),
            below: below.map(|area| Link::to(area.name_at(today), to(area.code().as_str()))).collect(),
            search: SearchBox {
                id: "area-find".to_owned(),
                action: path.to_owned(),
                name: "find".to_owned(),
                label: "在哪里办？输入地名查找".to_owned(),
                value: asked.to_owned(),
                button: "查找".to_owned(),
                hint: "时限和要求各地可能不同，选好地区再看最准。".to_owned(),
                keep: keep.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
                large: false,
            },
        }
    }
}

/// The area of an address, if it is one of today's areas with an authority.
pub fn read_area(areas: &AreaTree, text: &str, today: Date) -> Option<AreaCode> {
    let code: AreaCode = text.trim().parse().ok()?;
    let known = code == AreaCode::nation() || areas.find(&code).is_some_and(|area| area.exists_at(today));
    (known && has_registrar(code.level())).then_some(code)
}
