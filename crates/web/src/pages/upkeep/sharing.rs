//! 数据共享: register data for another department, by token, each call counted.
use std::sync::Arc;

use axum::Router;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{Date, OrgId, RecordId};
use serde::Deserialize;
use serde_json::json;
use store::registers::DataShare;

use crate::forms::read_date;
use crate::pages::account::{Done, row};
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Banner, Cell, Opt, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("asked", "已提出，等待决定岗批准。"), ("moved", "已办理。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/sharing", get(list).post(ask))
        .route("/desk/sharing/{id}", get(show).post(act))
        .route("/api/v1/shared/{id}/organizations", get(call))
}

fn state(word: &str) -> Cell {
    match word {
        "requested" => Cell::state("待批准", Tone::Warn),
        "approved" => Cell::state("已批准，待开通", Tone::Calm),
        "live" => Cell::state("共享中", Tone::Good),
        "suspended" => Cell::state("已暂停", Tone::Warn),
        "ended" => Cell::state("已结束", Tone::Grey),
        other => Cell::new(other),
    }
}

async fn page(cx: &Cx, done: &str, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let (list, bodies) = cx
        .blocking(move |site| {
            let (_, list) = site.office.shares(&actor)?;
            let bodies = site.office.db.read(store::people::bodies)?;
            Ok((list, bodies))
        })
        .await?;
    let name = |share: &DataShare| {
        bodies.iter().find(|body| body.id == share.consumer).map_or("", |body| body.name.as_str()).to_owned()
    };
    let rows = list.iter().map(|share| {
        vec![
            Cell::link(share.title.clone(), format!("/desk/sharing/{}", share.id)),
            Cell::new(name(share)),
            state(&share.state),
            Cell::new(share.calls.to_string()),
        ]
    });
    let consumers = bodies.iter().map(|body| Opt::new(body.id.to_string(), body.name.clone())).collect();
    let inputs = vec![
        filled.select("consumer", "给哪个部门", consumers),
        filled.line("title", "共享什么", "例如：本级登记组织的基本信息"),
        filled.line("purpose", "用途和依据", ""),
        filled.line("until", "到哪天为止（选填）", "例如 2027-12-31"),
    ];
    Ok(Sheet::new("数据共享", "提出、批准由两个岗位办理；每次调用都计数并留痕。只共享公开登记项，不含个人信息。")
        .with(Block::Table(table("共享", &["内容", "部门", "状态", "已留痕调用"], rows.collect(), "还没有数据共享。")))
        .with(Block::Form(form(cx, "提出共享", "/desk/sharing", inputs, "提出")))
        .done(done, DONE)
        .page(&filled)
        .desk())
}

async fn list(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    page(&cx, &query.done, Filled::default()).await
}

async fn ask(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let Ok(consumer) = form.text("consumer").parse() else {
        return Ok(page(&cx, "", Filled::wrong(form, "consumer", "请选择部门")).await?.into_response());
    };
    let until: Option<Date> = match form.text("until") {
        "" => None,
        typed => match read_date(typed) {
            Ok(day) => Some(day),
            Err(why) => return Ok(page(&cx, "", Filled::wrong(form, "until", &why)).await?.into_response()),
        },
    };
    let (title, purpose) = (form.text("title").to_owned(), form.text("purpose").to_owned());
    match cx.blocking(move |site| Ok(site.office.request_share(&actor, consumer, &title, &purpose, until))).await? {
        Ok(_) => Ok(Redirect::to("/desk/sharing?done=asked").into_response()),
        Err(refused) => Ok(page(&cx, "", Filled::of(form, refused)?).await?.into_response()),
    }
}

async fn one_page(cx: &Cx, id: RecordId, token: Option<String>) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let (_, list) = cx.blocking(move |site| Ok(site.office.shares(&actor)?)).await?;
    let share = list.into_iter().find(|share| share.id == id).ok_or_else(|| WebError::not_found("这项数据共享"))?;
    let rows = vec![
        row("状态", state(&share.state).text),
        row("用途和依据", share.scope["purpose"].as_str().unwrap_or_default()),
        row("提出日期", share.asked_on.to_string()),
        row("到期", share.ends_on.map_or_else(|| "不限".to_owned(), |day| day.to_string())),
        row("已留痕调用", share.calls.to_string()),
        row("接口", format!("{}/api/v1/shared/{id}/organizations", cx.site.settings.base_url)),
    ];
    let mut sheet =
        Sheet::new(share.title.clone(), "").with(Block::Summary(SummaryList { title: String::new(), rows }));
    if let Some(token) = token {
        let text = "请立即交给对方保管，只显示这一次。调用时放在请求头 Authorization: Bearer 后面。".to_owned();
        sheet = sheet.first(Block::Code(token)).first(Block::Banner(Banner {
            title: "访问令牌".to_owned(),
            text,
            ways: Vec::new(),
            success: true,
        }));
    }
    let steps: &[(&str, &str)] = match share.state.as_str() {
        "requested" => &[("approve", "批准（决定岗）"), ("end", "不再需要，结束")],
        "approved" => &[("start", "开通并取得令牌"), ("end", "结束")],
        "live" => &[("suspend", "暂停"), ("end", "结束")],
        "suspended" => &[("resume", "恢复"), ("end", "结束")],
        _ => &[],
    };
    let forms = steps.iter().map(|(step, button)| {
        Block::Form(form(cx, "", &format!("/desk/sharing/{id}"), Vec::new(), button).keep("step", *step))
    });
    Ok(sheet.and(forms.collect::<Vec<_>>()).page(&Filled::default()).desk().under("数据共享", "/desk/sharing"))
}

async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    one_page(&cx, id, None).await
}

async fn act(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, step) = (cx.actor()?, form.text("step").to_owned());
    match cx.blocking(move |site| Ok(site.office.move_share(&actor, id, &step)?)).await? {
        Some(token) => Ok(one_page(&cx, id, Some(token)).await?.into_response()),
        None => Ok(Redirect::to(&format!("/desk/sharing/{id}")).into_response()),
    }
}

#[derive(Deserialize)]
struct After {
    /// `2020-05-06_01J…`: where the page before ended.
    #[serde(default)]
    after: String,
}

async fn call(
    cx: Cx,
    Path(id): Path<RecordId>,
    Query(query): Query<After>,
    headers: HeaderMap,
) -> Result<Response, WebError> {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let token = given.strip_prefix("Bearer ").unwrap_or_default().to_owned();
    let after: Option<(Date, OrgId)> = match query.after.split_once('_') {
        None if query.after.is_empty() => None,
        Some((day, org)) => match (day.parse(), org.parse()) {
            (Ok(day), Ok(org)) => Some((day, org)),
            _ => return Err(WebError::invalid("after 读不懂，请用上一页的 next")),
        },
        None => return Err(WebError::invalid("after 读不懂，请用上一页的 next")),
    };
    let lines = cx.blocking(move |site| Ok(site.office.call_share(id, &token, after)?)).await?;
    let full = lines.len() == office::register::sharing::PAGE;
    let next = lines.last().filter(|_| full).map(|line| format!("{}_{}", line.listed_on, line.id));
    let items: Vec<_> = lines.iter().map(|line| json!({
        "id": line.id, "code": line.code, "name": line.name, "kind": line.kind, "status": line.registration,
        "credit": line.credit, "registrar": line.registrar_area, "area": line.domicile, "registered_on": line.registered_on,
    })).collect();
    Ok(axum::Json(json!({ "items": items, "next": next })).into_response())
}
