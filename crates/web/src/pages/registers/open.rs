//! 公开名册: the registers that their declaration makes public, their public fields only.
use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use base::AreaCode;
use office::registers::read::COUNTED;

use super::desk::find;
use super::list::{ListPage, PAGE, narrowing, pages, read_ask, table};
use super::{export, record};
use crate::pages::sheet::{self, Block, Filled, Sheet};
use crate::parts::Cell;
use crate::site::Site;
use crate::{Cache, Cx, Form, Page, Path, Query, WebError};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/registers", get(index))
        .route("/registers/{id}", get(list))
        .route("/registers/{id}/export.csv", get(|cx, id, query| export::open(cx, id, query, export::Kind::Csv)))
        .route("/registers/{id}/export.xlsx", get(|cx, id, query| export::open(cx, id, query, export::Kind::Xlsx)))
        .route("/registers/{id}/{entry}", get(record::for_everybody))
        .route("/registers/{id}/{entry}/files/{file}", get(record::file_for_everybody))
}

async fn index(cx: Cx) -> Result<Page, WebError> {
    let lines = cx.blocking(|site| Ok(site.office.open_registers()?)).await?;
    let most = i64::try_from(COUNTED).unwrap_or(i64::MAX);
    let rows = lines.into_iter().map(|line| {
        let count = if line.count >= most { format!("至少 {most}") } else { line.count.to_string() };
        vec![Cell::link(line.name, format!("/registers/{}", line.id)), Cell::new(line.explain), Cell::new(count)]
    });
    let table = sheet::table("公开名册", &["名册", "记什么", "有效记录"], rows.collect(), "还没有公开的名册。");
    let sheet = Sheet::new("公开名册", "政策要求建立、向社会公开的名册。每条记录都写明来源和日期，可以导出。");
    Ok(sheet.with(Block::Table(table)).page(&Filled::default()).cache(Cache::Public(300)))
}

async fn list(cx: Cx, Path(id): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    let query = Form(pairs);
    let page = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            let ask = read_ask(register, &query)?;
            let page = site.office.open_records(register, &ask, PAGE)?;
            let home = format!("/registers/{}", register.id);
            let place = if page.area == AreaCode::nation() {
                "全国".to_owned()
            } else {
                site.office.areas.full_name(&page.area)
            };
            let (first, next) = pages(&page, (&home, &query), &ask);
            Ok(ListPage {
                title: register.name.clone(),
                explain: register.explain.clone(),
                place,
                banner: None,
                ways: Vec::new(),
                narrow: narrowing(site, register, &ask, (true, &[])),
                clear: ask != office::registers::Ask::default(),
                table: table(site, register, &page, (&home, &query, true), &ask),
                first,
                next,
                home,
            })
        })
        .await?;
    Ok(Page::new(page.title.clone(), page).under("公开名册", "/registers").cache(Cache::Public(60)))
}
