//! 结构分析: how the organizations in force are spread; every number opens its list.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::{AreaCode, Date};
use office::register::read::lists::Place;
use office::register::read::search::trail;
use office::register::read::structure::{ByKind, Slice, Structure, sum};
use registry::Kind;
use serde::Deserialize;

use super::lists::organizations;
use super::view::grouped;
use crate::page::Link;
use crate::site::Site;
use crate::{Cache, Cx, Page, Query, WebError};

/// Lines of one table before the rest is left to the list.
const LINES: usize = 40;

#[derive(Debug, Default, Deserialize)]
struct Where {
    #[serde(default)]
    area: String,
    #[serde(default)]
    by: String,
    #[serde(default)]
    value: String,
    #[serde(default)]
    kind: String,
    #[serde(default)]
    after: String,
}

struct Number {
    label: &'static str,
    text: String,
    href: Option<String>,
}

struct Line {
    name: String,
    href: Option<String>,
    numbers: Vec<Number>,
    total: Number,
    /// Of the largest line, for the bar.
    percent: u8,
}

struct Group {
    id: &'static str,
    title: String,
    lines: Vec<Line>,
    /// Lines not shown.
    more: usize,
}

#[derive(Template)]
#[template(path = "pages/register/structure/page.html")]
struct StructurePage {
    place: String,
    today: Date,
    trail: Vec<Link>,
    kinds: Vec<&'static str>,
    total: Number,
    by_kind: Vec<(&'static str, Number)>,
    groups: Vec<Group>,
}

/// `/orgs/structure`, `/orgs/structure/list`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/orgs/structure", get(show)).route("/orgs/structure/list", get(list))
}

impl Where {
    fn area(&self) -> Result<Option<AreaCode>, WebError> {
        let text = self.area.trim();
        let area = (!text.is_empty()).then(|| text.parse()).transpose();
        area.map_err(|_| WebError::invalid("行政区划代码读不懂。").field("area", "应为 2、4、6、9 或 12 位数字"))
    }
}

async fn show(cx: Cx, Query(asked): Query<Where>) -> Result<Page, WebError> {
    let (area, today) = (asked.area()?, cx.today);
    let page = cx
        .blocking(move |site| {
            let found = site.office.structure(area.as_ref())?;
            Ok(page(site, area.as_ref(), &found, today))
        })
        .await?;
    Ok(Page::new("结构分析", page).under("查组织", "/orgs").cache(Cache::Public(60)))
}

fn href(area: Option<&AreaCode>, pairs: &[(&str, &str)], path: &str) -> String {
    let all = area.map(|area| ("area", area.as_str())).into_iter().chain(pairs.iter().copied());
    let query = serde_urlencoded::to_string(all.collect::<Vec<_>>()).unwrap_or_default();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn line(
    name: String,
    numbers: &ByKind,
    largest: u64,
    own: Option<String>,
    list: &dyn Fn(Option<Kind>) -> Option<String>,
) -> Line {
    let number = |count: u64, kind: Option<Kind>| Number {
        label: kind.map_or("合计", Kind::label),
        text: grouped(count),
        href: list(kind).filter(|_| count > 0),
    };
    let total = sum(numbers);
    Line {
        name,
        href: own,
        numbers: Kind::ALL.iter().map(|kind| number(numbers.get(kind).copied().unwrap_or(0), Some(*kind))).collect(),
        total: number(total, None),
        percent: u8::try_from(total * 100 / largest.max(1)).unwrap_or(100),
    }
}

fn page(site: &Site, area: Option<&AreaCode>, found: &Structure, today: Date) -> StructurePage {
    let areas = &site.office.areas;
    // Numbers are of those in force, by registrar's area: so are their lists.
    let level = |place: Option<&AreaCode>, kind: Option<Kind>| {
        let word = kind.map(Kind::as_str);
        let pairs: Vec<(&str, &str)> =
            [("by", "all"), ("value", "live")].into_iter().chain(word.map(|word| ("kind", word))).collect();
        href(place, &pairs, "/orgs/structure/list")
    };
    let mut groups = Vec::new();
    let most = found.areas.iter().map(|(_, numbers)| sum(numbers)).max().unwrap_or(0);
    let lines = found.areas.iter().take(LINES).map(|(place, numbers)| {
        let name = areas.name(place).unwrap_or(place.as_str()).to_owned();
        line(name, numbers, most, Some(href(Some(place), &[], "/orgs/structure")), &|kind| {
            Some(level(Some(place), kind))
        })
    });
    groups.push(Group {
        id: "areas",
        title: "登记地区".to_owned(),
        lines: lines.collect(),
        more: found.areas.len().saturating_sub(LINES),
    });
    for (cut, values) in &found.cuts {
        let most = values.iter().map(|(_, numbers)| sum(numbers)).max().unwrap_or(0);
        let lines = values.iter().take(LINES).map(|(value, numbers)| {
            let list = |kind: Option<Kind>| {
                let mut pairs = vec![("by", cut.as_str()), ("value", value.as_str())];
                pairs.extend(kind.map(|kind| ("kind", kind.as_str())));
                Some(href(area, &pairs, "/orgs/structure/list"))
            };
            line(cut.say(value), numbers, most, None, &list)
        });
        groups.push(Group {
            id: cut.as_str(),
            title: cut.label().to_owned(),
            lines: lines.collect(),
            more: values.len().saturating_sub(LINES),
        });
    }
    groups.retain(|group| !group.lines.is_empty());
    let up = area.map(|area| trail(areas, area, today)).unwrap_or_default();
    StructurePage {
        place: area.map_or_else(|| "全国".to_owned(), |area| areas.full_name(area)),
        today,
        trail: up.into_iter().map(|(area, name)| Link::to(name, href(Some(&area), &[], "/orgs/structure"))).collect(),
        kinds: Kind::ALL.iter().map(|kind| kind.label()).collect(),
        total: Number { label: "合计", text: grouped(sum(&found.total)), href: Some(level(area, None)) },
        by_kind: found
            .total
            .iter()
            .map(|(kind, count)| {
                (
                    kind.label(),
                    Number { label: kind.label(), text: grouped(*count), href: Some(level(area, Some(*kind))) },
                )
            })
            .collect(),
        groups,
    }
}

async fn list(cx: Cx, Query(asked): Query<Where>) -> Result<Page, WebError> {
    let area = asked.area()?;
    let kind = Kind::parse(&asked.kind);
    let slice = Slice::read(&asked.by, &asked.value, kind)
        .ok_or_else(|| WebError::not_found("这个数字背后的名单").way("看结构分析", "/orgs/structure"))?;
    let after: Option<Place> =
        Some(asked.after.trim()).filter(|after| !after.is_empty()).and_then(|after| after.parse().ok());
    let home = href(
        None,
        &[("by", asked.by.as_str()), ("value", asked.value.as_str())]
            .into_iter()
            .chain(kind.map(|kind| ("kind", kind.as_str())))
            .collect::<Vec<_>>(),
        "/orgs/structure/list",
    );
    let page = cx
        .blocking(move |site| {
            let found = site.office.slice_list(&slice, area.as_ref(), after, 30)?;
            Ok(organizations(
                site,
                (&slice.title(), "登记状态为正常或清算中的组织，按成立日期从近到远。", &home),
                area.as_ref(),
                (after, found.next),
                &found.items,
            ))
        })
        .await?;
    Ok(Page::new(page.title.clone(), page)
        .under("查组织", "/orgs")
        .under("结构分析", "/orgs/structure")
        .cache(Cache::Public(60)))
}
