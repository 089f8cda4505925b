//! 名称查重: before applying, whether a name may be used at an authority, which rule is against it, and the nearest names.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use office::names::NameReport;
use registry::Kind;
use registry::names::Severity;
use serde::Deserialize;

use super::area::{AreaChooser, read_area};
use crate::parts::{Cell, Choice, Column, ErrorSummary, Label, Opt, Table, TextField};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// What is asked.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    name: String,
    kind: String,
    area: String,
    find: String,
}

struct Said {
    refuses: bool,
    text: String,
    clause: String,
}

/// The verdict on one name.
struct Verdict {
    name: String,
    free: bool,
    findings: Vec<Said>,
    near: Table,
}

#[derive(Template)]
#[template(path = "pages/matters/names/page.html")]
struct NamesPage {
    errors: Option<ErrorSummary>,
    chooser: AreaChooser,
    area: String,
    name: TextField,
    kind: Choice,
    verdict: Option<Verdict>,
    ready: bool,
    /// Where the rules of composition are written.
    basis: String,
}

/// `/matters/names`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/matters/names", get(show))
}

async fn show(cx: Cx, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let today = cx.today;
    cx.blocking(move |site| build(site, &ask, today)).await
}

/// What is wrong with the question itself.
fn faults(ask: &Ask, has_area: bool) -> Vec<(&'static str, &'static str)> {
    let mut faults = Vec::new();
    let length = ask.name.trim().chars().count();
    if !(2..=60).contains(&length) {
        faults.push(("name", "请填写要查的名称，2 至 60 个字"));
    }
    if Kind::parse(&ask.kind).is_none() {
        faults.push(("kind", "请选择组织类型"));
    }
    if !has_area {
        faults.push(("area", "请先选择向哪里的民政部门申请"));
    }
    faults
}

fn build(site: &Site, ask: &Ask, today: base::Date) -> Result<Page, WebError> {
    let office = &site.office;
    let area = read_area(&office.areas, &ask.area, today);
    let asked = !ask.name.is_empty() || !ask.kind.is_empty();
    let faults = if asked { faults(ask, area.is_some()) } else { Vec::new() };
    let error = |field: &str| faults.iter().find(|(name, _)| *name == field).map_or("", |(_, text)| *text);
    let verdict = match (&area, Kind::parse(&ask.kind)) {
        (Some(area), Some(kind)) if asked && faults.is_empty() => {
            let name = ask.name.trim();
            let report = office.db.read(|tx| office.check_name(tx, (name, kind, area), today, None))?;
            Some(verdict(name, &report))
        }
        _ => None,
    };
    let kinds = [Kind::Association, Kind::ServiceInstitution, Kind::Foundation];
    let place = area.clone().unwrap_or_else(base::AreaCode::nation);
    let basis = office.need_param("name_endings.association", &place, today)?.clause.to_string();
    let keep = [("name", ask.name.as_str()), ("kind", ask.kind.as_str())];
    let page = NamesPage {
        errors: (!faults.is_empty()).then(|| ErrorSummary::of(&faults)),
        chooser: AreaChooser::new(&office.areas, today, "/matters/names", area.as_ref(), ask.find.trim(), &keep),
        ready: area.is_some(),
        area: area.map(|area| area.to_string()).unwrap_or_default(),
        name: TextField::new(
            Label::new("name", "想用的名称").hint("写全称，例如“沈阳市养老服务协会”").error(error("name")),
            ask.name.clone(),
        ),
        kind: Choice {
            label: Label::new("kind", "组织类型").error(error("kind")),
            options: kinds.iter().map(|kind| Opt::new(kind.as_str(), kind.label())).collect(),
            value: ask.kind.clone(),
        },
        verdict,
        basis,
    };
    let page = Page::new("名称查重", page).under("我要办", "/matters");
    Ok(if faults.is_empty() { page } else { page.with_errors() })
}

fn verdict(name: &str, report: &NameReport) -> Verdict {
    let near = report.near.iter().map(|near| {
        let why: Vec<String> = near.reasons.iter().map(registry::names::Reason::text).collect();
        let former = if near.former { "（曾用名）" } else { "" };
        vec![
            Cell::link(format!("{}{former}", near.name), format!("/orgs/{}", near.id)),
            Cell::new(if why.is_empty() { "只有常用字相同".to_owned() } else { why.join("；") }),
            Cell::new(format!("{}%", near.score / 10)),
        ]
    });
    Verdict {
        name: name.to_owned(),
        free: report.is_free(),
        findings: report
            .findings
            .iter()
            .map(|one| Said {
                refuses: one.severity == Severity::Refuse,
                text: one.message.clone(),
                clause: one.clause.clone(),
            })
            .collect(),
        near: Table {
            caption: "最相近的名称".to_owned(),
            columns: vec![
                Column::new("名称"),
                Column::new("哪里相同"),
                Column { number: true, ..Column::new("相近程度") },
            ],
            rows: near.collect(),
            exports: Vec::new(),
            empty: "没有相近的名称。".to_owned(),
            empty_ways: Vec::new(),
            keys: false,
        },
    }
}
