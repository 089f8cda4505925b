//! One indicator of a plan: its definition, what it is worked out with, its course, and every area ranked.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::Response;
use axum::routing::get;
use office::facts::Ready;
use office::plans::course::Course;
use office::plans::indicator::{Ask, IndicatorReport, RankedArea};
use office::plans::view::View;
use serde::Deserialize;

use super::chart::{Chart, chart};
use super::{Asked, Chooser, Mark, answer, clause_href, tally, tone, ways, within};
use crate::page::Link;
use crate::parts::{Cell, Column, Pager, Table};
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};

/// Areas on a page.
const PAGE: usize = 50;
/// Tiles are shown of so many areas at most: more are a table.
const TILES: usize = 130;

#[derive(Debug, Default, Clone, Deserialize)]
struct Narrow {
    #[serde(default)]
    part: String,
    #[serde(default)]
    level: String,
    #[serde(default)]
    sort: String,
    #[serde(default)]
    page: String,
}

struct Tile {
    name: String,
    value: String,
    word: &'static str,
    class: &'static str,
    href: String,
    full: String,
}

#[derive(Template)]
#[template(path = "pages/plans/indicator/page.html")]
struct IndicatorPage {
    told: IndicatorReport,
    chooser: Chooser,
    mark: Option<Mark>,
    parts: Vec<(Link, bool)>,
    levels: Vec<(Link, bool)>,
    clauses: Vec<(String, String, Option<String>)>,
    lists: Vec<(String, u64, String)>,
    chart: Option<Chart>,
    course: Course,
    table: Table,
    pager: Option<Pager>,
    tiles: Vec<Tile>,
}

/// `/plans/{id}/{indicator}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/plans/{id}/{indicator}", get(show))
}

async fn show(
    cx: Cx,
    Path((id, indicator)): Path<(String, String)>,
    Query(asked): Query<Asked>,
    Query(narrow): Query<Narrow>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let page =
        cx.blocking(move |site| load(site, &view, &indicator, &narrow)).await.map_err(|error| ways(error, &id))?;
    Ok(answer(&cx, "正在准备指标数据", page))
}

fn load(site: &Site, view: &View, indicator: &str, narrow: &Narrow) -> Result<Ready<Page>, WebError> {
    let number = narrow.page.trim().parse::<usize>().unwrap_or(1).clamp(1, 10_000);
    let ask = Ask {
        indicator: indicator.to_owned(),
        part: narrow.part.trim().to_owned(),
        level: narrow.level.trim().to_owned(),
        sort: narrow.sort.trim().to_owned(),
        skip: (number - 1) * PAGE,
        take: PAGE,
    };
    let told = match site.office.plan_indicator(view, &ask)? {
        Ready::Now(told) => told,
        Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
    };
    let course = site.office.plan_course(&told.view, indicator, &told.ask.part)?;
    let tiles = if told.total <= TILES {
        let all = Ask { skip: 0, take: TILES, sort: "code".to_owned(), ..ask.clone() };
        match site.office.plan_indicator(view, &all)? {
            Ready::Now(all) => tiles(&all),
            Ready::Soon { .. } => Vec::new(),
        }
    } else {
        Vec::new()
    };
    let (title, plan) = (told.name.clone(), Link::to(told.head.name.clone(), plan_href(&told)));
    let body = page(site, told, course, tiles, number);
    Ok(Ready::Now(Page::new(title, body).under("规划", "/plans").under(plan.text, plan.href)))
}

fn plan_href(told: &IndicatorReport) -> String {
    within(&format!("/plans/{}", told.head.id), &told.view, &told.head, &[])
}

/// The address of this page with other pairs.
fn here(told: &IndicatorReport, more: &[(&str, &str)]) -> String {
    let own = [("part", told.ask.part.as_str()), ("level", told.ask.level.as_str()), ("sort", told.ask.sort.as_str())];
    let mut all: Vec<(&str, &str)> =
        own.into_iter().filter(|(name, _)| !more.iter().any(|(other, _)| other == name)).collect();
    all.extend(more);
    within(&format!("/plans/{}/{}", told.head.id, told.ask.indicator), &told.view, &told.head, &all)
}

fn page(site: &Site, told: IndicatorReport, course: Course, tiles: Vec<Tile>, number: usize) -> IndicatorPage {
    let base = format!("/plans/{}/{}", told.head.id, told.ask.indicator);
    let clauses = told.line.iter().flat_map(|line| &line.clauses);
    let clauses = clauses.map(|clause| (clause.id.clone(), clause.title.clone(), clause_href(clause))).collect();
    let list = |which: &str| {
        within(&format!("{base}/list"), &told.view, &told.head, &[("part", &told.ask.part), ("which", which)])
    };
    let counts = told.line.as_ref().map(|line| line.counts).unwrap_or_default();
    let lists = match &told.subject {
        None => Vec::new(),
        Some(_) => vec![
            ("不符合".to_owned(), counts.no, list("lacking")),
            ("符合".to_owned(), counts.yes, list("passing")),
            ("数据不全".to_owned(), counts.unknown, list("unclear")),
        ],
    };
    let part = |(id, name): &(String, String)| (Link::to(name, here(&told, &[("part", id)])), *id == told.ask.part);
    let level = |(word, name): &(&'static str, &'static str)| {
        (Link::to(*name, here(&told, &[("level", word)])), *word == told.ask.level)
    };
    let keep = [("part", told.ask.part.as_str()), ("level", told.ask.level.as_str())];
    IndicatorPage {
        chooser: Chooser::of(site, &base, &told.view, &told.head, &keep),
        mark: told.line.as_ref().map(|line| line.status.into()),
        parts: if told.parts.len() > 1 { told.parts.iter().map(part).collect() } else { Vec::new() },
        levels: told.levels.iter().map(level).collect(),
        clauses,
        lists,
        chart: chart(&course),
        table: table(&told),
        pager: pager(&told, number),
        tiles,
        course,
        told,
    }
}

fn table(told: &IndicatorReport) -> Table {
    let sorted = |up: &str, down: &str| match told.ask.sort.as_str() {
        sort if sort == up => "ascending",
        sort if sort == down => "descending",
        _ => "",
    };
    let by_value = if told.ask.sort == "-value" { "value" } else { "-value" };
    let column = |text: &str, sort: &str, sorted: &'static str, number: bool| Column {
        text: text.to_owned(),
        sort: Some(here(told, &[("sort", sort)])),
        sorted,
        number,
    };
    let row = |area: &RankedArea| {
        let href = here(told, &[("area", area.area.as_str())]);
        let state = match area.status {
            Some(status) => Cell::state(status.name(), tone(status)),
            None => Cell::new("不作要求"),
        };
        let value = if area.value.range.is_empty() {
            area.value.text.clone()
        } else {
            format!("{}（{}）", area.value.text, area.value.range)
        };
        let name = if area.above.is_empty() { area.name.clone() } else { format!("{}（{}）", area.name, area.above) };
        let place = area.place.map_or_else(|| "—".to_owned(), |place| place.to_string());
        vec![Cell::link(name, href), Cell::new(place), Cell::new(value), state, Cell::new(&area.reason)]
    };
    Table {
        caption: format!("{}各地区，{} 个", told.area_name, told.total),
        columns: vec![
            column("地区", "code", if told.ask.sort == "code" { "ascending" } else { "" }, false),
            column("名次", "rank", if ["", "rank"].contains(&told.ask.sort.as_str()) { "ascending" } else { "" }, true),
            column("数值", by_value, sorted("value", "-value"), true),
            Column::new("情况"),
            Column::new("说明"),
        ],
        rows: told.ranked.iter().map(row).collect(),
        exports: Vec::new(),
        empty: "这里没有下一级地区。".to_owned(),
        empty_ways: vec![Link::to("看整个规划", format!("/plans/{}", told.head.id))],
        keys: false,
    }
}

fn pager(told: &IndicatorReport, number: usize) -> Option<Pager> {
    if told.total <= PAGE {
        return None;
    }
    let (from, to) = (told.ask.skip + 1, (told.ask.skip + told.ranked.len()).max(1));
    let at = |number: usize| here(told, &[("page", &number.to_string())]);
    Some(Pager {
        text: format!("共 {} 个，第 {from}–{to} 个", told.total),
        previous: (number > 1).then(|| at(number - 1)),
        next: (to < told.total).then(|| at(number + 1)),
    })
}

fn tiles(told: &IndicatorReport) -> Vec<Tile> {
    let tile = |area: &RankedArea| {
        let (word, class) = match area.status {
            Some(status) => (status.name(), tone(status).class()),
            None => ("", "grey"),
        };
        Tile {
            name: area.name.clone(),
            value: area.value.text.clone(),
            word,
            class,
            href: here(told, &[("area", area.area.as_str())]),
            full: format!("{}{}：{}", area.above, area.name, area.value.text),
        }
    };
    if told.ranked.len() < 2 { Vec::new() } else { told.ranked.iter().map(tile).collect() }
}

impl IndicatorPage {
    fn tally(&self) -> [(Mark, usize); 4] {
        tally(&self.told.standing)
    }
}
