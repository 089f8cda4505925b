//! 名单: the credit lists and every public register, under one kind of address.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::AreaCode;
use catalogue::Register;
use office::register::read::lists::Place;
use registry::Credit;
use serde::Deserialize;
use serde_json::Value;

use super::view::dossier_href;
use crate::page::Link;
use crate::parts::{Cell, Column, Table, Tone};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

const PAGE: usize = 30;

/// The two credit lists: address and state.
const CREDIT: [(&str, Credit); 2] = [("abnormal", Credit::Abnormal), ("serious", Credit::Serious)];

/// What a credit list means and how it ends, with the clause, as the catalogue has it today.
fn explained(site: &Site, id: &str, today: base::Date) -> Result<String, WebError> {
    let text = site.office.need_param(&format!("credit_list_text.{id}"), &AreaCode::nation(), today)?;
    Ok(format!("{}（{}）", text.plain(), text.clause))
}

/// What a list is narrowed and paged by.
#[derive(Debug, Default, Deserialize)]
struct Narrow {
    #[serde(default)]
    area: String,
    #[serde(default)]
    after: String,
}

impl Narrow {
    fn read(&self) -> Result<(Option<AreaCode>, Option<Place>), WebError> {
        let area = Some(self.area.trim()).filter(|area| !area.is_empty()).map(str::parse).transpose();
        let area =
            area.map_err(|_| WebError::invalid("行政区划代码读不懂。").field("area", "应为 2、4、6、9 或 12 位数字"))?;
        let after = Some(self.after.trim()).filter(|after| !after.is_empty()).map(str::parse).transpose();
        let after = after
            .map_err(|()| WebError::invalid("翻页位置读不懂，请从第一页重新开始。").field("after", "翻页位置无效"))?;
        Ok((area, after))
    }
}

#[derive(Template)]
#[template(path = "pages/register/lists/index.html")]
struct IndexPage {
    credit: Vec<(Link, String)>,
    other: Vec<(Link, String)>,
    registers: Vec<(Link, String)>,
}

#[derive(Template)]
#[template(path = "pages/register/lists/page.html")]
pub(super) struct ListPage {
    pub title: String,
    pub explain: String,
    pub where_in: Option<String>,
    pub home: String,
    pub table: Table,
    pub first: Option<String>,
    pub next: Option<String>,
}

/// `/lists`, `/lists/{register}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/lists", get(index)).route("/lists/{register}", get(show))
}

async fn index(cx: Cx) -> Result<Page, WebError> {
    let registers = cx.site.office.public_registers();
    let mut credit = Vec::new();
    for (id, state) in CREDIT {
        credit.push((Link::to(state.label(), format!("/lists/{id}")), explained(&cx.site, id, cx.today)?));
    }
    let page = IndexPage {
        credit,
        other: vec![
            (Link::to("慈善组织", "/orgs?charity=yes"), "依法认定或登记的慈善组织。".to_owned()),
            (Link::to("评估等级 3A 以上", "/orgs?grade=5A&grade=4A&grade=3A"), "等级在有效期内的社会组织。".to_owned()),
            (Link::to("社区社会组织", "/orgs?kind=community"), "在乡镇、街道备案的组织。".to_owned()),
            (Link::to("结构分析", "/orgs/structure"), "按层级、地区、类型、行业看数量。".to_owned()),
        ],
        registers: registers
            .into_iter()
            .map(|one| (Link::to(one.name.clone(), format!("/registers/{}", one.id)), one.explain.clone()))
            .collect(),
    };
    Ok(Page::new("名单", page).cache(Cache::Public(300)))
}

async fn show(cx: Cx, Path(id): Path<String>, Query(narrow): Query<Narrow>) -> Result<Page, WebError> {
    let (area, after) = narrow.read()?;
    let today = cx.today;
    let page = cx
        .blocking(move |site| {
            if let Some((_, credit)) = CREDIT.into_iter().find(|(known, _)| *known == id) {
                let explain = explained(site, &id, today)?;
                let found = site.office.credit_list(credit, area.as_ref(), after, PAGE)?;
                let home = format!("/lists/{id}");
                return Ok(organizations(
                    site,
                    (credit.label(), &explain, &home),
                    area.as_ref(),
                    (after, found.next),
                    &found.items,
                ));
            }
            let register = site
                .office
                .find_public_register(&id)
                .ok_or_else(|| WebError::not_found("这份名单").way("看全部名单", "/lists"))?;
            let found = site.office.register_page(register, area.as_ref(), after, PAGE)?;
            Ok(entries(site, register, area.as_ref(), (after, found.next), &found.items))
        })
        .await?;
    Ok(Page::new(page.title.clone(), page).under("名单", "/lists").cache(Cache::Public(60)))
}

/// The address of another page of a list.
fn page_href(home: &str, area: Option<&AreaCode>, after: Option<Place>) -> String {
    let mut pairs = Vec::new();
    pairs.extend(area.map(|area| ("area", area.to_string())));
    pairs.extend(after.map(|after| ("after", after.to_string())));
    let query = serde_urlencoded::to_string(pairs).unwrap_or_default();
    let join = if home.contains('?') { '&' } else { '?' };
    if query.is_empty() { home.to_owned() } else { format!("{home}{join}{query}") }
}

/// A list of organizations.
pub(super) fn organizations(
    site: &Site,
    (title, explain, home): (&str, &str, &str),
    area: Option<&AreaCode>,
    (after, next): (Option<Place>, Option<Place>),
    items: &[office::register::read::summary::Summary],
) -> ListPage {
    let office = &site.office;
    let rows = items.iter().map(|one| {
        let tone = match one.states.credit {
            Credit::Clear => Tone::Good,
            Credit::Abnormal => Tone::Warn,
            Credit::Serious => Tone::Bad,
        };
        vec![
            Cell::link(one.name.clone(), dossier_href(one)),
            Cell::new(one.kind.label()),
            Cell::new(one.area_name(&office.areas)),
            Cell::new(one.registered_on.map_or_else(|| "未知".to_owned(), |day| day.to_string())),
            Cell::state(one.states.credit.label(), tone),
        ]
    });
    ListPage {
        title: title.to_owned(),
        explain: explain.to_owned(),
        where_in: area.map(|area| office.areas.full_name(area)),
        home: home.to_owned(),
        table: table(&["名称", "组织类型", "所在地区", "成立日期", "信用状态"], rows.collect()),
        first: after.map(|_| page_href(home, area, None)),
        next: next.map(|next| page_href(home, area, Some(next))),
    }
}

fn table(columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        caption: format!("本页 {} 条", rows.len()),
        columns: columns.iter().map(|text| Column::new(*text)).collect(),
        rows,
        exports: Vec::new(),
        empty: "这份名单现在是空的。".to_owned(),
        empty_ways: vec![Link::to("看别的名单", "/lists"), Link::to("查组织", "/orgs")],
        keys: false,
    }
}

fn entries(
    site: &Site,
    register: &Register,
    area: Option<&AreaCode>,
    (after, next): (Option<Place>, Option<Place>),
    items: &[store::registers::RegisterEntry],
) -> ListPage {
    let fields: Vec<_> = register.public_fields().filter(|field| register.list.contains(&field.id)).collect();
    let columns: Vec<&str> = fields.iter().map(|field| field.label.as_str()).chain(["自"]).collect();
    let rows = items.iter().map(|entry| {
        let cells = fields.iter().map(|field| {
            let said = say(entry.body.get(&field.id), field);
            match entry.org.filter(|_| field.id == register.title_field) {
                Some(org) => Cell::link(said, format!("/orgs/{org}")),
                None => Cell::new(said),
            }
        });
        cells.chain([Cell::new(entry.since.to_string())]).collect()
    });
    let home = format!("/lists/{}", register.id);
    ListPage {
        title: register.name.clone(),
        explain: register.explain.clone(),
        where_in: area.map(|area| site.office.areas.full_name(area)),
        table: table(&columns, rows.collect()),
        first: after.map(|_| page_href(&home, area, None)),
        next: next.map(|next| page_href(&home, area, Some(next))),
        home,
    }
}

/// A field's value as people read it: choices by their labels.
fn say(value: Option<&Value>, field: &catalogue::RegisterField) -> String {
    let label = |text: &str| {
        field
            .choices
            .iter()
            .find(|choice| choice.value == text)
            .map_or_else(|| text.to_owned(), |choice| choice.label.clone())
    };
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => label(text),
        Some(Value::Bool(yes)) => if *yes { "是" } else { "否" }.to_owned(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(label).collect::<Vec<_>>().join("、"),
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::Object(_)) => "（详见记录）".to_owned(),
    }
}
