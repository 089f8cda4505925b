//! 查组织: one box, exact counts, calm results.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::{AreaCode, Date};
use office::register::read::ask::{Ask, grade_word};
use office::register::read::search::{Found, Hit, code_faults, trail};
use registry::{Kind, Registration};

use super::export::ROWS_MOST;
use super::view::{chips, dossier_href, facts, grouped, marks, pieces, search_href};
use crate::page::Link;
use crate::parts::{Banner, Chips, Facet, Facets, SearchBox};
use crate::site::Site;
use crate::{Cache, Cx, Page, Query, WebError};

/// Areas shown in the facet before people drill down.
const AREAS_MOST: usize = 20;

struct Shown {
    href: String,
    name: Vec<(bool, String)>,
    /// The present name where a former one matched.
    now: Option<String>,
    marks: Vec<String>,
    code: String,
    facts: Vec<String>,
    registrar: String,
    chips: Chips,
}

#[derive(Template)]
#[template(path = "pages/register/search/page.html")]
struct SearchPage {
    search: SearchBox,
    banner: Option<Banner>,
    total: String,
    as_of: Option<Date>,
    without_day: String,
    today: Date,
    keep: Vec<(&'static str, String)>,
    trail: Vec<Link>,
    chosen: Vec<Link>,
    facets: Vec<Facets>,
    hits: Vec<Shown>,
    faults: Vec<String>,
    suggestions: Vec<Link>,
    exports: Vec<Link>,
    limit: String,
    watch: Option<String>,
    first: Option<String>,
    next: Option<String>,
}

/// `/orgs`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/orgs", get(show))
}

async fn show(cx: Cx, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    let today = cx.today;
    let near = cx.viewer.as_ref().and_then(|viewer| viewer.actor.posts.first()).map(|post| post.area.clone());
    let page = cx.blocking(move |site| answer(site, &pairs, near, today)).await?;
    let title =
        if page.search.value.is_empty() { "查组织".to_owned() } else { format!("查“{}”", page.search.value) };
    Ok(Page::new(title, page).cache(Cache::Public(30)))
}

fn answer(
    site: &Site,
    pairs: &[(String, String)],
    near: Option<AreaCode>,
    today: Date,
) -> Result<SearchPage, WebError> {
    let (ask, banner) = match Ask::read(pairs, today) {
        Ok(ask) => (ask, None),
        Err(wrong) => {
            // What can be understood is still answered: the text.
            let text: Vec<_> = pairs.iter().filter(|(name, _)| name == "q").cloned().collect();
            let words = wrong.iter().map(|wrong| wrong.message.as_str()).collect::<Vec<_>>().join("；");
            let banner =
                Banner {
                    title: "有的条件读不懂，已经略去".to_owned(), text: words, ways: Vec::new(), success: false
                };
            (Ask::read(&text, today).unwrap_or_default(), Some(banner))
        }
    };
    let office = &site.office;
    let found = office.search_register(&Ask { near: ask.near.clone().or(near), ..ask.clone() })?;
    let faults: Vec<String> = code_faults(&ask.text).iter().map(ToString::to_string).collect();
    let suggestions = if found.total == 0 { office.suggest_orgs(&ask.text, 5)? } else { Vec::new() };
    let areas = &office.areas;
    let day = ask.as_of.unwrap_or(today);
    let first = ask.first_page();
    let with = |change: &dyn Fn(&mut Ask)| {
        let mut other = first.clone();
        change(&mut other);
        search_href(&other)
    };
    Ok(SearchPage {
        search: search_box(&ask),
        banner,
        total: grouped(found.total),
        as_of: ask.as_of,
        without_day: with(&|ask| ask.as_of = None),
        today,
        keep: first.pairs().into_iter().filter(|(name, _)| *name != "as_of").collect(),
        trail: ask
            .area
            .iter()
            .flat_map(|area| trail(areas, area, day))
            .map(|(area, name)| Link::to(name, with(&|ask| ask.area = Some(area.clone()))))
            .collect(),
        chosen: chosen(site, &ask),
        facets: facets(site, &ask, &found),
        hits: found.hits.iter().map(|hit| shown(site, hit, ask.as_of, day)).collect(),
        faults,
        suggestions: suggestions.iter().map(|one| Link::to(one.name.clone(), dossier_href(one))).collect(),
        exports: [("Excel", "xlsx"), ("CSV", "csv"), ("JSON Lines", "jsonl"), ("JSON", "json")]
            .map(|(text, end)| Link::to(text, with(&|_| ()).replacen("/orgs", &format!("/orgs/export.{end}"), 1)))
            .into(),
        limit: grouped(ROWS_MOST),
        watch: (!ask.is_open() && ask.as_of.is_none()).then(|| with(&|_| ()).replacen("/orgs", "/my/watches/add", 1)),
        first: ask.after.is_some().then(|| with(&|_| ())),
        next: found.next.map(|next| with(&|ask| ask.after = Some(next.clone()))),
    })
}

fn search_box(ask: &Ask) -> SearchBox {
    let keep = ask.first_page().pairs().into_iter().filter(|(name, _)| *name != "q");
    SearchBox {
        id: "q".to_owned(),
        action: "/orgs".to_owned(),
        name: "q".to_owned(),
        label: "名称、代码或拼音首字母".to_owned(),
        value: ask.text.clone(),
        button: "查询".to_owned(),
        hint: "名称里任意几个字、曾用名、统一社会信用代码的任意一段都可以；几个词用空格隔开。".to_owned(),
        keep: keep.map(|(name, value)| (name.to_owned(), value)).collect(),
        large: false,
    }
}

fn shown(site: &Site, hit: &Hit, as_of: Option<Date>, day: Date) -> Shown {
    let summary = &hit.summary;
    let home = dossier_href(summary);
    let href = as_of.map_or_else(|| home.clone(), |day| format!("{home}?as_of={day}"));
    Shown {
        name: pieces(&hit.name, &hit.highlights),
        now: (hit.name != summary.name).then(|| summary.name.clone()),
        marks: marks(summary),
        code: summary.code.clone().or_else(|| summary.filing_number.clone()).unwrap_or_else(|| "代码未知".to_owned()),
        facts: facts(summary, &site.office.areas),
        registrar: site.office.authority_name(&summary.registrar, day),
        chips: chips(summary.states, summary.kind, &href),
        href,
    }
}

/// Every condition in force, each with the address without it.
fn chosen(site: &Site, ask: &Ask) -> Vec<Link> {
    let mut out = Vec::new();
    let first = ask.first_page();
    let mut drop = |text: String, other: Ask| out.push(Link::to(text, search_href(&other)));
    if let Some(area) = &ask.area {
        drop(site.office.areas.full_name(area), Ask { area: None, ..first.clone() });
    }
    if let Some(area) = &ask.registrar {
        drop(site.office.authority_name(area, Date::MAX), Ask { registrar: None, ..first.clone() });
    }
    for kind in &ask.kinds {
        drop(kind.label().to_owned(), Ask { kinds: without(&ask.kinds, kind), ..first.clone() });
    }
    for status in &ask.statuses {
        drop(status.label().to_owned(), Ask { statuses: without(&ask.statuses, status), ..first.clone() });
    }
    for grade in &ask.grades {
        drop(say_grade(*grade), Ask { grades: without(&ask.grades, grade), ..first.clone() });
    }
    if let Some(charity) = ask.charity {
        drop(if charity { "慈善组织" } else { "不是慈善组织" }.to_owned(), Ask { charity: None, ..first.clone() });
    }
    out
}

fn without<T: PartialEq + Clone>(list: &[T], one: &T) -> Vec<T> {
    list.iter().filter(|other| *other != one).cloned().collect()
}

fn say_grade(grade: u8) -> String {
    if grade == 0 { "未评估".to_owned() } else { grade_word(grade) }
}

/// A list with `one` put in or taken out.
fn toggled<T: PartialEq + Clone>(list: &[T], one: &T) -> Vec<T> {
    if list.contains(one) { without(list, one) } else { list.iter().cloned().chain([one.clone()]).collect() }
}

fn facets(site: &Site, ask: &Ask, found: &Found) -> Vec<Facets> {
    let first = ask.first_page();
    let facet = |text: &str, count: u64, chosen: bool, other: Ask| Facet {
        link: Link::to(text, search_href(&other)),
        count,
        chosen,
    };
    let counted = &found.facets;
    let kinds = counted.kinds.iter().filter_map(|(word, count)| {
        let kind = Kind::parse(word)?;
        Some(facet(
            kind.label(),
            *count,
            ask.kinds.contains(&kind),
            Ask { kinds: toggled(&ask.kinds, &kind), ..first.clone() },
        ))
    });
    let areas = counted.areas.iter().filter(|(area, _)| ask.area.as_ref() != Some(area)).take(AREAS_MOST).map(
        |(area, count)| {
            let name = site.office.areas.name(area).unwrap_or(area.as_str());
            facet(name, *count, false, Ask { area: Some(area.clone()), ..first.clone() })
        },
    );
    let statuses = counted.statuses.iter().filter_map(|(word, count)| {
        let status = Registration::parse(word)?;
        Some(facet(
            status.label(),
            *count,
            ask.statuses.contains(&status),
            Ask { statuses: toggled(&ask.statuses, &status), ..first.clone() },
        ))
    });
    let grades = counted.grades.iter().filter_map(|(word, count)| {
        let grade = if word.is_empty() { 0 } else { word.chars().next()?.to_digit(10)? as u8 };
        Some(facet(
            &say_grade(grade),
            *count,
            ask.grades.contains(&grade),
            Ask { grades: toggled(&ask.grades, &grade), ..first.clone() },
        ))
    });
    let charity = ask.charity == Some(true);
    let charities = (counted.charities > 0).then(|| {
        facet("慈善组织", counted.charities, charity, Ask { charity: (!charity).then_some(true), ..first.clone() })
    });
    let group = |title: &str, values: Vec<Facet>| Facets { title: title.to_owned(), values };
    let all = vec![
        group("组织类型", kinds.collect()),
        group("所在地区", areas.collect()),
        group("登记状态", statuses.collect()),
        group("评估等级", grades.collect()),
        group("慈善", charities.into_iter().collect()),
    ];
    all.into_iter().filter(|facets| !facets.values.is_empty()).collect()
}
