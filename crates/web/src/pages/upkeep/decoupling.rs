//! 脱钩与指导: associations leaving an authority, and the guidance recorded after it.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::OrgId;
use office::register::decoupling::GUIDANCE;

use crate::forms::read_date;
use crate::pages::account::Done;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Event, Opt, Timeline, Tone};
use crate::site::Site;
use crate::{Cx, Form, Link, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] =
    &[("planned", "已列入脱钩计划。"), ("decoupled", "已脱钩，名册已更新。"), ("guided", "指导记录已保存。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/decoupling", get(list).post(plan))
        .route("/desk/decoupling/{org}", get(show).post(guide))
        .route("/desk/decoupling/{org}/done", post(decouple))
}

async fn page(cx: &Cx, done: &str, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let list = cx.blocking(move |site| Ok(site.office.decouplings(&actor)?)).await?;
    let rows = list.iter().map(|one| {
        let state = if one.row.state == "plan" {
            Cell::state("计划中", Tone::Calm)
        } else {
            Cell::state("已脱钩", Tone::Good)
        };
        let day = one.row.decoupled_on.or(one.row.plan_on).map(|day| day.to_string()).unwrap_or_default();
        vec![
            Cell::link(one.name.clone(), format!("/desk/decoupling/{}", one.row.org)),
            state,
            Cell::new(day),
            Cell::new(one.row.body["former"].as_str().unwrap_or_default()),
            Cell::new(format!("{} 次", one.guided)),
        ]
    });
    let inputs = vec![
        filled.line("code", "统一社会信用代码", ""),
        filled.line("former", "原业务主管单位", ""),
        filled.day("plan_on", "计划脱钩日期", "", ""),
    ];
    Ok(Sheet::new("脱钩与指导", "脱钩不脱管：脱钩后继续提供指导，每次都留下记录。")
        .with(Block::Table(table(
            "脱钩名单",
            &["组织", "状态", "日期", "原主管单位", "指导"],
            rows.collect(),
            "名单里还没有组织。",
        )))
        .with(Block::Form(form(cx, "列入计划", "/desk/decoupling", inputs, "列入脱钩计划")))
        .done(done, DONE)
        .page(&filled)
        .desk())
}

async fn list(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    page(&cx, &query.done, Filled::default()).await
}

async fn plan(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let day = match read_date(form.text("plan_on")) {
        Ok(day) => day,
        Err(why) => return Ok(page(&cx, "", Filled::wrong(form, "plan_on", &why)).await?.into_response()),
    };
    let (code, former) = (form.text("code").to_owned(), form.text("former").to_owned());
    match cx.blocking(move |site| Ok(site.office.plan_decoupling(&actor, &code, day, &former))).await? {
        Ok(_) => Ok(Redirect::to("/desk/decoupling?done=planned").into_response()),
        Err(refused) => Ok(page(&cx, "", Filled::of(form, refused)?).await?.into_response()),
    }
}

async fn one_page(cx: &Cx, org: OrgId, done: &str, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let (one, guidance) = cx.blocking(move |site| Ok(site.office.decoupling(&actor, org)?)).await?;
    let label = |kind: &str| {
        GUIDANCE.iter().find(|(known, _)| *known == kind).map_or(kind.to_owned(), |(_, text)| (*text).to_owned())
    };
    let events = guidance.iter().rev().map(|record| Event {
        when: record.day.to_string(),
        what: Link::to(label(&record.kind), format!("/orgs/{}", one.code)),
        who: String::new(),
        note: record.body["text"].as_str().unwrap_or_default().to_owned(),
        tone: Tone::Calm,
    });
    let path = format!("/desk/decoupling/{org}");
    let sheet = Sheet::new(
        one.name.clone(),
        format!("原业务主管单位：{}", one.row.body["former"].as_str().unwrap_or_default()),
    );
    let sheet = if one.row.state == "plan" {
        let lead = "办好后，名册中的管理方式改为“脱钩”，业务主管单位清空，今天起生效。";
        sheet.with(Block::Form(form(cx, "办理脱钩", &format!("{path}/done"), Vec::new(), "确认已脱钩").lead(lead)))
    } else {
        let kinds = GUIDANCE.iter().map(|(value, text)| Opt::new(*value, *text)).collect();
        let inputs = vec![filled.choice("kind", "方式", kinds), filled.lines("text", "内容", "不写个人信息")];
        sheet
            .with(Block::Form(form(cx, "记录指导", &path, inputs, "保存记录")))
            .with(Block::Heading("指导记录".to_owned()))
            .with(Block::Timeline(Timeline { label: "指导记录".to_owned(), events: events.collect() }))
    };
    Ok(sheet.done(done, DONE).page(&filled).desk().under("脱钩与指导", "/desk/decoupling"))
}

async fn show(cx: Cx, Path(org): Path<OrgId>, Query(query): Query<Done>) -> Result<Page, WebError> {
    one_page(&cx, org, &query.done, Filled::default()).await
}

async fn guide(cx: Cx, Path(org): Path<OrgId>, form: Form) -> Result<Response, WebError> {
    let (actor, kind, text) = (cx.actor()?, form.text("kind").to_owned(), form.text("text").to_owned());
    match cx.blocking(move |site| Ok(site.office.guide_decoupled(&actor, org, &kind, &text))).await? {
        Ok(()) => Ok(Redirect::to(&format!("/desk/decoupling/{org}?done=guided")).into_response()),
        Err(refused) => Ok(one_page(&cx, org, "", Filled::of(form, refused)?).await?.into_response()),
    }
}

async fn decouple(cx: Cx, Path(org): Path<OrgId>, _: Form) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.decouple(&actor, org)?)).await?;
    Ok(Redirect::to(&format!("/desk/decoupling/{org}?done=decoupled")))
}
