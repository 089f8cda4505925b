//! 我的个人信息: see, copy, have corrected or erased what is kept about oneself, and who looked at it.
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use office::audit::Told as _;
use office::people::requests::{NewRequest, RequestKind};
use store::people::Body;

use super::Done;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Inset, Opt, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Query, WebError};

const DONE: &[(&str, &str)] = &[("asked", "请求已提交，会在期限内答复；答复后在这里和消息里都能看到。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/account/data", get(show).post(ask)).route("/account/data/export", post(export))
}

/// What the state of a request is called.
pub(crate) fn state_cell(state: &str) -> Cell {
    match state {
        "open" => Cell::state("办理中", Tone::Calm),
        "done" => Cell::state("已办理", Tone::Good),
        "refused" => Cell::state("未予办理", Tone::Grey),
        other => Cell::new(other),
    }
}

async fn page(cx: &Cx, done: &str, filled: Filled) -> Result<Page, WebError> {
    let signed = cx.viewer()?.signed.clone();
    let (requests, looks, bodies) = cx
        .blocking(move |site| {
            let bodies = site.office.registrars()?;
            Ok((site.office.own_requests(&signed)?, site.office.looks_at(&signed)?, bodies))
        })
        .await?;
    let request_rows = requests.iter().map(|one| {
        vec![
            Cell::new(one.kind.label()),
            Cell::new(one.asked_at.local_minute()),
            Cell::new(one.due.to_string()),
            state_cell(&one.state),
            Cell::new(one.text.clone().unwrap_or_default()),
            Cell::new(one.answer.clone()),
        ]
    });
    let own = table(
        "我的请求",
        &["类型", "提出时间", "答复期限", "状态", "内容", "答复"],
        request_rows.collect(),
        "您还没有提出过请求。",
    );
    let look_rows =
        looks.iter().rev().take(100).map(|line| vec![Cell::new(line.at.local_minute()), Cell::new(line.sentence())]);
    let looks =
        table("谁看过、改过我的信息", &["时间", "记录"], look_rows.collect(), "还没有人查看过您受保护的个人信息。");
    let take = "姓名、证件号码、账号、草稿、办理记录，以及谁在什么时候看过您的个人信息，打包成一个 JSON 文件。";
    let basis = Inset {
        text: "个人有权查阅、复制、更正、补充其个人信息；符合法定情形的，可以请求删除。法律规定的保存期限未满的，\
               停止除存储和安全保护以外的处理。"
            .to_owned(),
        source: RequestKind::ALL.map(|kind| basis_text(cx, kind.basis())).join("、"),
        more: None,
    };
    Ok(Sheet::new("我的个人信息", "在这里看平台保存了您的哪些信息，以及谁看过。")
        .with(Block::Form(form(cx, "拿走一份我的信息", "/account/data/export", Vec::new(), "下载我的信息").lead(take)))
        .with(Block::Heading("谁看过我的信息".to_owned()))
        .with(Block::Table(looks))
        .with(Block::Heading("我的请求".to_owned()))
        .with(Block::Table(own))
        .with(Block::Form(ask_form(cx, &filled, &bodies)))
        .with(Block::Inset(basis))
        .done(done, DONE)
        .page(&filled)
        .under("我的账号", "/account"))
}

/// The clause that a parameter names; empty where it is not set.
fn basis_text(cx: &Cx, name: &str) -> String {
    let nation = base::AreaCode::nation();
    cx.site.office.need_text(name, &nation, cx.today).unwrap_or_default()
}

fn ask_form(cx: &Cx, filled: &Filled, bodies: &[Body]) -> crate::pages::sheet::ShortForm {
    let kinds = RequestKind::ALL.into_iter().map(|kind| Opt {
        value: kind.as_str().to_owned(),
        text: kind.label().to_owned(),
        hint: basis_text(cx, kind.basis()),
    });
    let areas = bodies.iter().map(|body| Opt::new(body.area.as_str(), body.name.clone())).collect();
    let inputs = vec![
        filled.choice("kind", "请求什么？", kinds.collect()),
        filled.select("area", "向哪个机关提出", areas),
        filled.lines("text", "说明", "哪一项信息、怎样处理。加密保存，只给办理人看"),
    ];
    form(cx, "提出请求", "/account/data", inputs, "提交请求")
}

async fn show(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    page(&cx, &query.done, Filled::default()).await
}

async fn ask(cx: Cx, form: Form) -> Result<Response, WebError> {
    let signed = cx.viewer()?.signed.clone();
    let Some(kind) = RequestKind::parse(form.text("kind")) else {
        return Ok(page(&cx, "", Filled::wrong(form, "kind", "请选择请求的类型")).await?.into_response());
    };
    let Ok(area) = form.text("area").parse() else {
        return Ok(page(&cx, "", Filled::wrong(form, "area", "请选择受理的登记管理机关")).await?.into_response());
    };
    let new = NewRequest { kind, area, text: form.text("text").to_owned() };
    match cx.blocking(move |site| Ok(site.office.ask_about_own_data(&signed, &new))).await? {
        Ok(_) => Ok(Redirect::to("/account/data?done=asked").into_response()),
        Err(refused) => Ok(page(&cx, "", Filled::of(form, refused)?).await?.into_response()),
    }
}

async fn export(cx: Cx) -> Result<Response, WebError> {
    let signed = cx.viewer()?.signed.clone();
    let data = cx.blocking(move |site| Ok(site.office.export_own_data(&signed)?)).await?;
    let text = serde_json::to_string_pretty(&data).map_err(WebError::internal)?;
    let name = format!("attachment; filename=\"my-data-{}.json\"", cx.today);
    Ok((
        [(header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()), (header::CONTENT_DISPOSITION, name)],
        text,
    )
        .into_response())
}
