//! 事项目录: everything offered, grouped by what it is about, searched by any word of it.
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::AreaCode;
use catalogue::matter::{Matter, Opener};
use serde::Deserialize;

use super::area::{AreaChooser, read_area};
use crate::page::Link;
use crate::parts::SearchBox;
use crate::site::Site;
use crate::{Cache, Cx, Page, Query, WebError};

/// What may be asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    q: String,
    area: String,
    find: String,
}

struct Line {
    link: Link,
    explain: String,
    who: String,
    kind: &'static str,
    time: String,
}

struct Group {
    topic: String,
    lines: Vec<Line>,
}

#[derive(Template)]
#[template(path = "pages/matters/list/page.html")]
struct ListPage {
    search: SearchBox,
    chooser: AreaChooser,
    asked: String,
    total: usize,
    groups: Vec<Group>,
}

/// `/matters`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/matters", get(show))
}

async fn show(cx: Cx, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let today = cx.today;
    let page = cx.blocking(move |site| Ok(build(site, &ask, today))).await?;
    Ok(Page::new("我要办", page).cache(Cache::Public(60)))
}

fn build(site: &Site, ask: &Ask, today: base::Date) -> ListPage {
    let office = &site.office;
    let area = read_area(&office.areas, &ask.area, today);
    let asked = ask.q.trim().to_owned();
    let at = area.clone().unwrap_or_else(AreaCode::nation);
    let mut groups: BTreeMap<String, Vec<Line>> = BTreeMap::new();
    let ids: Vec<String> = office.catalogue.matter_ids().map(str::to_owned).collect();
    for id in ids {
        let Ok(resolved) = office.matter(&id, &at, today) else { continue };
        let matter = &resolved.matter;
        if !is_public(matter) || !fits(matter, &asked) {
            continue;
        }
        let query = area.as_ref().map(|area| format!("?area={area}")).unwrap_or_default();
        let time = matter.limit.as_ref().and_then(|limit| limit.promised.as_ref().or(Some(&limit.statutory)).cloned());
        let time = time.and_then(|span| super::guide::span_text(&span, &resolved.params));
        groups.entry(matter.topic.clone()).or_default().push(Line {
            link: Link::to(matter.name.clone(), format!("/matters/{}{query}", matter.id)),
            explain: matter.explain.clone(),
            who: matter.applicants.text.clone(),
            kind: matter.kind.plain(),
            time: time.unwrap_or_default(),
        });
    }
    let keep = area.as_ref().map(|area| ("area".to_owned(), area.to_string())).into_iter().collect();
    ListPage {
        search: SearchBox {
            id: "matters-q".to_owned(),
            action: "/matters".to_owned(),
            name: "q".to_owned(),
            label: "找事项".to_owned(),
            value: asked.clone(),
            button: "查找".to_owned(),
            hint: "输入想办的事，例如“成立”“协会”“基金会”".to_owned(),
            keep,
            large: true,
        },
        chooser: AreaChooser::new(&office.areas, today, "/matters", area.as_ref(), ask.find.trim(), &[("q", &asked)]),
        total: groups.values().map(Vec::len).sum(),
        groups: groups.into_iter().map(|(topic, lines)| Group { topic, lines }).collect(),
        asked,
    }
}

/// Matters opened by desks or the timer alone are no business of the portal.
pub(super) fn is_public(matter: &Matter) -> bool {
    matter.applicants.who.iter().any(|who| !matches!(who, Opener::Desk | Opener::System))
}

/// Every character pair asked for must stand somewhere in what describes the matter.
fn fits(matter: &Matter, asked: &str) -> bool {
    let text = format!("{}{}{}{}{}", matter.name, matter.topic, matter.explain, matter.guide.brief, matter.code);
    asked.split_whitespace().all(|word| text.contains(word))
}
