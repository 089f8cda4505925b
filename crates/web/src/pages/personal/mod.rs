//! 个人信息请求: people's requests to see, correct or erase what is kept about them, for who answers them.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{PersonId, RecordId};
use office::people::requests::{Request, RequestKind, Retention};

use super::account::{Done, row};
use super::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Inset, Opt, SummaryList};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("answered", "答复已送达本人。")];

/// `/desk/personal` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/desk/personal", get(list)).route("/desk/personal/{person}/{id}", get(show).post(answer))
}

async fn list(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let waiting = cx.blocking(move |site| Ok(site.office.requests_to_answer(&actor)?)).await?;
    let today = cx.today;
    let rows = waiting.iter().map(|one| {
        let due = if one.due < today { format!("{}（已逾期）", one.due) } else { one.due.to_string() };
        vec![
            Cell::link(
                format!("{}：{}", one.mask, one.kind.label()),
                format!("/desk/personal/{}/{}", one.person, one.id),
            ),
            Cell::new(one.asked_at.local_minute()),
            Cell::new(due),
        ]
    });
    let waiting = table("待答复", &["请求", "提出时间", "答复期限"], rows.collect(), "没有待答复的请求。");
    Ok(Sheet::new("个人信息请求", "本人要求查阅、更正或删除自己的信息，须在期限内答复。")
        .with(Block::Table(waiting))
        .done(&query.done, DONE)
        .page(&Filled::default())
        .desk())
}

fn page(cx: &Cx, request: &Request, duty: Option<&Retention>, filled: &Filled) -> Page {
    let rows = vec![
        row("请求", request.kind.label()),
        row("本人", request.mask.clone()),
        row("提出时间", request.asked_at.local_minute()),
        row("答复期限", request.due.to_string()),
        row("说明", request.text.clone().unwrap_or_else(|| "（已删除）".to_owned())),
    ];
    let mut sheet = Sheet::new(format!("{}请求", request.kind.label()), "查看这一页已记入本人的记录。")
        .with(Block::Summary(SummaryList { title: String::new(), rows }));
    if let Some(duty) = duty.filter(|_| request.kind == RequestKind::Erase) {
        let text = format!("不能删除：仍须保存{}。{}。", duty.what, duty.until_text());
        sheet = sheet.with(Block::Inset(Inset { text, source: duty.clause.clone(), more: None }));
    }
    if request.state == "open" {
        let yes = match request.kind {
            RequestKind::Access => "同意提供",
            RequestKind::Correct => "同意更正",
            RequestKind::Erase => "同意删除（不能恢复）",
        };
        let mut inputs = vec![filled.choice(
            "verdict",
            "怎样办理？",
            vec![Opt::new("grant", yes), Opt::new("refuse", "不予办理，并说明理由")],
        )];
        if request.kind == RequestKind::Correct {
            inputs.push(filled.line("correction", "正确的姓名（只在更正姓名时填）", "核对身份证件后填写"));
        }
        inputs.push(filled.lines("answer", "答复", "写明办理结果和依据，会原样告知本人"));
        let action = format!("/desk/personal/{}/{}", request.person, request.id);
        sheet = sheet.with(Block::Form(form(cx, "答复", &action, inputs, "送达答复")));
    }
    sheet.page(filled).desk().under("个人信息请求", "/desk/personal")
}

async fn open(cx: &Cx, key: (PersonId, RecordId)) -> Result<(Request, Option<Retention>), WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.open_request(&actor, key.0, key.1)?)).await
}

async fn show(cx: Cx, Path(key): Path<(PersonId, RecordId)>) -> Result<Page, WebError> {
    let (request, duty) = open(&cx, key).await?;
    Ok(page(&cx, &request, duty.as_ref(), &Filled::default()))
}

async fn answer(cx: Cx, Path(key): Path<(PersonId, RecordId)>, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let granted = match form.text("verdict") {
        "grant" => true,
        "refuse" => false,
        _ => {
            let (request, duty) = open(&cx, key).await?;
            let filled = Filled::wrong(form, "verdict", "请选择怎样办理");
            return Ok(page(&cx, &request, duty.as_ref(), &filled).into_response());
        }
    };
    let (text, correction) = (form.text("answer").to_owned(), form.text("correction").to_owned());
    let answered =
        cx.blocking(move |site| Ok(site.office.answer_request(&actor, key, granted, &text, Some(&correction)))).await?;
    match answered {
        Ok(()) => Ok(Redirect::to("/desk/personal?done=answered").into_response()),
        Err(refused) => {
            let filled = Filled::of(form, refused)?;
            let (request, duty) = open(&cx, key).await?;
            Ok(page(&cx, &request, duty.as_ref(), &filled).into_response())
        }
    }
}
