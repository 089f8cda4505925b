//! 工作台上的名册: those one keeps or reads, and each as a list; which areas have not filed.
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use catalogue::Register;
use office::registers::cover::filed;
use office::registers::read::COUNTED;
use serde::Deserialize;

use super::list::{ListPage, PAGE, banner, narrowing, pages, read_ask, table};
use super::{export, record};
use crate::page::Link;
use crate::pages::sheet::{self, Block, Filled, Sheet};
use crate::parts::{Cell, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/registers", get(index))
        .route("/desk/registers/{id}", get(list))
        .route("/desk/registers/{id}/export.csv", get(|cx, id, query| export::desk(cx, id, query, export::Kind::Csv)))
        .route("/desk/registers/{id}/export.xlsx", get(|cx, id, query| export::desk(cx, id, query, export::Kind::Xlsx)))
        .route("/desk/registers/{id}/coverage", get(coverage))
        .route("/desk/registers/{id}/{entry}", get(record::at_desk))
        .route("/desk/registers/{id}/{entry}/files/{file}", get(record::file_at_desk))
}

/// A register by its id, or a page that is not there.
pub(super) fn find<'s>(site: &'s Site, id: &str) -> Result<&'s Register, WebError> {
    let found = site.office.catalogue.find_register(id);
    found.ok_or_else(|| WebError::not_found("这份名册").way("看全部名册", "/registers"))
}

async fn index(cx: Cx) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let lines = cx.blocking(move |site| Ok(site.office.desk_registers(&who)?)).await?;
    let most = i64::try_from(COUNTED).unwrap_or(i64::MAX);
    let rows = |enters: bool| -> Vec<Vec<Cell>> {
        let row = |line: &office::registers::RegisterLine| {
            let count = if line.count >= most { format!("至少 {most}") } else { line.count.to_string() };
            let public = if line.public { "公开" } else { "不公开" };
            vec![
                Cell::link(line.name.clone(), format!("/desk/registers/{}", line.id)),
                Cell::new(line.explain.clone()),
                Cell::new(count),
                Cell::new(public),
            ]
        };
        lines.iter().filter(|line| line.enters == enters).map(row).collect()
    };
    let columns = ["名册", "记什么", "有效记录", "公开"];
    let sheet = Sheet::new("名册", "您负责录入的名册，和您能查看的名册。点名称看记录、录入、导入、导出。")
        .with(Block::Heading("我录入的".to_owned()))
        .with(Block::Table(sheet::table("我录入的名册", &columns, rows(true), "您的岗位没有要录入的名册。")))
        .with(Block::Heading("我能查看的".to_owned()))
        .with(Block::Table(sheet::table("我能查看的名册", &columns, rows(false), "没有别的名册。")));
    Ok(sheet.page(&Filled::default()).under("工作台", "/desk").desk())
}

async fn list(cx: Cx, Path(id): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let query = Form(pairs);
    let page = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            let ask = read_ask(register, &query)?;
            let page = site.office.desk_records(&who, register, &ask, PAGE)?;
            let home = format!("/desk/registers/{}", register.id);
            let enters = site.office.may_enter_some(&who, register).is_ok();
            let areas = site.office.read_areas(&who, register);
            let (first, next) = pages(&page, (&home, &query), &ask);
            Ok(ListPage {
                title: register.name.clone(),
                explain: register.explain.clone(),
                place: site.office.areas.full_name(&page.area),
                banner: banner(&query),
                ways: ways(register, &home, enters),
                narrow: narrowing(site, register, &ask, (false, &areas)),
                clear: ask != office::registers::Ask::default(),
                table: table(site, register, &page, (&home, &query, false), &ask),
                first,
                next,
                home,
            })
        })
        .await?;
    Ok(Page::new(page.title.clone(), page).under("工作台", "/desk").under("名册", "/desk/registers").desk())
}

fn ways(register: &Register, home: &str, enters: bool) -> Vec<Link> {
    let mut ways = Vec::new();
    if enters {
        ways.push(Link::to("录入一条", format!("{home}/new")));
        ways.push(Link::to("从表格导入", format!("{home}/import")));
    }
    if register.coverage.is_some() {
        ways.push(Link::to("哪些地区还没有", format!("{home}/coverage")));
    }
    if register.public {
        ways.push(Link::to("公开页面", format!("/registers/{}", register.id)));
    }
    ways
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Covering {
    area: String,
    value: String,
}

async fn coverage(cx: Cx, Path(id): Path<String>, Query(ask): Query<Covering>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let (register, value, area, covered) = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            let within = Some(ask.area.trim()).filter(|area| !area.is_empty()).map(str::parse).transpose();
            let within = within.map_err(|_| WebError::invalid("行政区划代码读不懂。").field("area", "请从链接进入"))?;
            let value = site.office.coverage_value(register, &ask.value);
            let (area, covered) = site.office.coverage(&who, register, within.as_ref(), &value)?;
            Ok((register.clone(), value, site.office.areas.full_name(&area), covered))
        })
        .await?;
    let home = format!("/desk/registers/{}", register.id);
    let per = register.coverage.as_ref().and_then(|coverage| register.find_field(coverage.per.as_ref()?));
    let choices = per.map_or(&[][..], |field| field.choices.as_slice());
    let label = choices.iter().find(|choice| choice.value == value).map_or("", |choice| choice.label.as_str());
    let link = |choice: &catalogue::matter::Choice| {
        Link::to(choice.label.clone(), format!("{home}/coverage?value={}", choice.value))
    };
    let rows = covered.iter().map(|one| {
        let state = if one.filed { Cell::state("已有", Tone::Good) } else { Cell::state("还没有", Tone::Warn) };
        vec![Cell::link(one.name.clone(), format!("{home}?area={}", one.area)), state]
    });
    let lead = format!(
        "{area}：{} 个地区中 {} 个已有{}记录。",
        covered.len(),
        filed(&covered),
        if label.is_empty() { String::new() } else { format!("“{label}”的") }
    );
    let mut sheet = Sheet::new(format!("{}：哪些地区还没有", register.name), lead);
    if !choices.is_empty() {
        sheet = sheet.with(Block::Links(choices.iter().map(link).collect()));
    }
    let table = sheet::table("各地区", &["地区", "情况"], rows.collect(), "这个地区下面没有要求的地区。");
    let page = sheet.with(Block::Table(table)).page(&Filled::default()).under("工作台", "/desk");
    Ok(page.under("名册", "/desk/registers").under(&register.name, &home).desk())
}
