//! 数值依据: every value of a matter as it stands here today, with the pack, the file and line, and the clause it comes from.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::AreaCode;
use serde::Deserialize;

use super::area::{AreaChooser, read_area};
use crate::parts::{Cell, Column, Table};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

/// What may be asked for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    area: String,
    find: String,
}

#[derive(Template)]
#[template(path = "pages/matters/explain/page.html")]
struct ExplainPage {
    name: String,
    back: String,
    today: base::Date,
    digest: String,
    chooser: AreaChooser,
    packs: Table,
    params: Table,
    values: Table,
}

/// `/matters/{id}/explain`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/matters/{id}/explain", get(show))
}

async fn show(cx: Cx, Path(id): Path<String>, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let today = cx.today;
    cx.blocking(move |site| build(site, &id, &ask, today)).await
}

fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|text| Column::new(*text)).collect(),
        rows,
        exports: Vec::new(),
        empty: "无".to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    }
}

fn build(site: &Site, id: &str, ask: &Ask, today: base::Date) -> Result<Page, WebError> {
    let office = &site.office;
    let area = read_area(&office.areas, &ask.area, today);
    let at = area.clone().unwrap_or_else(AreaCode::nation);
    let resolved = office.matter(id, &at, today).map_err(|_| WebError::not_found("这个事项"))?;
    let lineage = office.lineage(&at, today);
    let pack_name =
        |id: &str| office.catalogue.packs().find(id).map_or_else(|| id.to_owned(), |pack| pack.name.clone());
    let packs = office.catalogue.packs().applying(&lineage).into_iter();
    let packs = packs.map(|pack| {
        vec![
            Cell::new(pack.name.clone()),
            Cell::new(office.areas.full_name_at(&pack.area, today)),
            Cell::new(pack.at.to_string()),
        ]
    });
    let params = resolved.params.iter().map(|param| {
        vec![
            Cell::new(param.title.clone()),
            Cell::new(param.plain()),
            Cell::new(pack_name(&param.pack)),
            Cell::new(param.clause.text.clone()),
            Cell::new(format!("{} 起", param.from)),
            Cell::new(param.clause.at.to_string()),
        ]
    });
    let place = |file: &str| file.split('/').next().map(pack_name).unwrap_or_default();
    let values = resolved.provenance().into_iter().map(|one| {
        let pack = place(&one.at.file);
        vec![Cell::new(one.path), Cell::new(one.value), Cell::new(pack), Cell::new(one.at.to_string())]
    });
    let path = format!("/matters/{id}/explain");
    let query = area.as_ref().map(|area| format!("?area={area}")).unwrap_or_default();
    let name = resolved.matter.name.clone();
    let page = ExplainPage {
        back: format!("/matters/{id}{query}"),
        today,
        digest: resolved.digest.clone(),
        chooser: AreaChooser::new(&office.areas, today, &path, area.as_ref(), ask.find.trim(), &[]),
        packs: table("用到的政策包（由远及近，近的优先）", &["政策包", "适用地区", "出处"], packs.collect()),
        params: table("参数", &["参数", "数值", "由谁设定", "依据", "生效", "出处"], params.collect()),
        values: table("全部内容", &["位置", "内容", "由谁设定", "出处"], values.collect()),
        name: name.clone(),
    };
    let title = format!("{name}：每个数值的依据");
    Ok(Page::new(title, page)
        .under("我要办", "/matters")
        .under(name, format!("/matters/{id}{query}"))
        .cache(Cache::Public(60)))
}
