//! 送不出去的消息: one message that was given up, what it says, and the two things that can be done about it.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{Origin, RecordId};
use office::connector::Connector;
use store::outside::OutboxRow;

use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, SummaryList, Table};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, WebError};

pub(super) const DONE: &[(&str, &str)] =
    &[("again", "消息已放回待送，马上再送一次。"), ("dropped", "消息不再送出；同一办件后面的消息继续送。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/admin/system/messages/{origin}/{id}", get(show).post(decide))
}

fn label(connector: &str) -> &'static str {
    Connector::parse(connector).map_or("—", Connector::label)
}

/// The messages given up, oldest first.
pub(super) fn dead_table(dead: &[OutboxRow]) -> Table {
    let rows = dead.iter().map(|one| {
        let title = one.body.get("case_number").and_then(|number| number.as_str()).unwrap_or(&one.subject).to_owned();
        vec![
            Cell::link(title, format!("/admin/system/messages/{}/{}", one.origin, one.id)),
            Cell::new(label(&one.connector)),
            Cell::new(one.kind.clone()),
            Cell::new(one.made_at.local_minute()),
            Cell::new(one.attempts.to_string()),
            Cell::new(one.error.clone().unwrap_or_default()),
        ]
    });
    let columns = ["关于", "对接", "消息", "产生时间", "次数", "原因"];
    table("送不出去的消息", &columns, rows.collect(), "没有送不出去的消息。")
}

async fn one_page(cx: &Cx, origin: Origin, id: RecordId, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let message = cx.blocking(move |site| Ok(site.office.dead_message(&actor, origin, id)?)).await?;
    let mut rows = vec![
        row("对接", label(&message.connector)),
        row("消息", message.kind.clone()),
        row("产生时间", message.made_at.local_minute()),
        row("已试次数", message.attempts.to_string()),
        row("原因", message.error.clone().unwrap_or_default()),
    ];
    for (name, value) in message.body.as_object().into_iter().flatten() {
        rows.push(row(name, value.as_str().map_or_else(|| value.to_string(), str::to_owned)));
    }
    let action = format!("/admin/system/messages/{origin}/{id}");
    let reason = vec![filled.line("reason", "原因", "例如：对方已恢复；对方已通过其他途径收到")];
    let again = form(cx, "重新送出", &action, reason, "重新送出").keep("what", "again");
    // One field for both: a browser sends it with whichever form is used, and a page has each name once.
    let drop = form(cx, "不再送出", &action, Vec::new(), "不再送出")
        .keep("what", "drop")
        .keep("reason", "已由系统管理员确认不再送出")
        .lead("对方收不到这一条；同一办件后面的消息继续送。不能恢复。")
        .danger();
    Ok(Sheet::new("送不出去的消息", "同一办件后面的消息在等这一条，以保持先后次序。")
        .with(Block::Summary(SummaryList { title: String::new(), rows }))
        .with(Block::Form(again))
        .with(Block::Form(drop))
        .page(&filled)
        .desk()
        .under("系统状态", "/admin/system"))
}

fn which(origin: &str, id: &str) -> Result<(Origin, RecordId), WebError> {
    let missing = || WebError::not_found("这条消息");
    Ok((origin.parse().map_err(|_| missing())?, id.parse().map_err(|_| missing())?))
}

async fn show(cx: Cx, Path((origin, id)): Path<(String, String)>) -> Result<Page, WebError> {
    cx.viewer()?;
    let (origin, id) = which(&origin, &id)?;
    one_page(&cx, origin, id, Filled::default()).await
}

async fn decide(cx: Cx, Path((origin, id)): Path<(String, String)>, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let (origin, id) = which(&origin, &id)?;
    let (again, reason) = (form.text("what") != "drop", form.text("reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.reopen_message(&actor, origin, id, again, &reason))).await? {
        Ok(()) => {
            let done = if again { "again" } else { "dropped" };
            Ok(Redirect::to(&format!("/admin/system?done={done}")).into_response())
        }
        Err(refused) => Ok(one_page(&cx, origin, id, Filled::of(form, refused)?).await?.into_response()),
    }
}
