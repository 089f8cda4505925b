//! 账号确认: the security administrator, the second person, confirms or refuses what the system administrator asked for an account, and
//! gets the second half of the activation code. The slip itself is shared by both.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::AccountId;
use office::accounts::activation::{Half, Slip, Waiting};
use serde::Deserialize;

use super::accounts::role_of;
use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, SummaryList};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("refused", "已退回，账号没有变化；新申请的账号已停用。")];

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/admin/activations", get(list)).route("/admin/activations/{id}", get(show).post(send))
}

/// A slip (激活凭条), shown once, to print or to copy by hand.
pub(super) fn slip_page(slip: &Slip, back: (&str, &str)) -> Page {
    let (half, next) = match slip.half {
        Half::First => ("前半段", "请安全管理员在“账号确认”中核对。确认后他会得到后半段，另行交给本人。"),
        Half::Second => ("后半段", "前半段由系统管理员交给本人。从现在起 24 小时内有效。"),
    };
    let mut rows = vec![row("登录名", slip.login.clone()), row("姓名", slip.name.clone()), row("这是", half)];
    if let Some(ends_at) = slip.ends_at {
        rows.push(row("有效期至", ends_at.local_minute()));
    }
    let lead = "只显示这一次。请打印或抄下，当面交给本人；不要通过电话、微信转告，不要两段放在一起。";
    Sheet::new(format!("激活凭条（{half}）"), lead)
        .with(Block::Summary(SummaryList { title: String::new(), rows }))
        .with(Block::Heading(format!("激活码{half}")))
        .with(Block::Code(slip.code.clone()))
        .with(Block::Text(next.to_owned()))
        .with(Block::Text("本人凭两段激活码打开“登录 → 用激活码开通”，自己设置密码，自己绑定动态口令。".to_owned()))
        .with(Block::Links(vec![crate::Link::to(back.0, back.1)]))
        .page(&Filled::default())
        .desk()
        .under(back.0, back.1)
}

fn what(one: &Waiting) -> &'static str {
    if one.asked.new { "开通账号" } else { "重新激活（换手机、忘密码）" }
}

async fn waiting(cx: &Cx) -> Result<Vec<Waiting>, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.activations_asked(&actor)?)).await
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let waiting = waiting(&cx).await?;
    let rows = waiting.iter().map(|one| {
        vec![
            Cell::link(one.account.login.clone(), format!("/admin/activations/{}", one.account.id)),
            Cell::new(one.account.name.clone()),
            Cell::new(role_of(&one.account)),
            Cell::new(what(one)),
            Cell::new(one.asked.by_name.clone()),
            Cell::new(one.asked.at.local_minute()),
        ]
    });
    let columns = ["登录名", "姓名", "类别", "申请", "发起人", "发起时间"];
    let lead = "系统管理员发起，安全管理员核对后确认（三员分立）。一个人办不成，也冒充不了别人。";
    Ok(Sheet::new("账号确认", lead)
        .with(Block::Table(table("等待确认", &columns, rows.collect(), "没有等待确认的账号。")))
        .done(&asked.done, DONE)
        .page(&Filled::default())
        .desk())
}

async fn one_page(cx: &Cx, id: AccountId, filled: Filled) -> Result<Page, WebError> {
    let found = waiting(cx).await?.into_iter().find(|one| one.account.id == id);
    let one = found.ok_or_else(|| WebError::not_found("这件申请"))?;
    let mut rows = vec![
        row("登录名", one.account.login.clone()),
        row("姓名", one.account.name.clone()),
        row("类别", role_of(&one.account)),
        row("申请", what(&one)),
        row("发起人", one.asked.by_name.clone()),
        row("发起时间", one.asked.at.local_minute()),
    ];
    if !one.asked.reason.is_empty() {
        rows.push(row("原因", one.asked.reason.clone()));
    }
    let action = format!("/admin/activations/{id}");
    let effect = if one.asked.new {
        "请核对：确有其人，确需账号。确认后给出激活码后半段，账号可以激活；岗位另行授予。"
    } else {
        "请当面核对本人身份。确认后原密码和动态口令立即作废，全部登录退出，给出激活码后半段。"
    };
    let confirm = form(cx, "确认", &action, Vec::new(), "确认并给出后半段").keep("go", "confirm").lead(effect);
    let inputs = vec![filled.line("reason", "原因", "例如：本单位没有这个人")];
    let refuse = form(cx, "不同意", &action, inputs, "退回").keep("go", "refuse").danger();
    Ok(Sheet::new(format!("确认账号 {}", one.account.login), "")
        .with(Block::Summary(SummaryList { title: String::new(), rows }))
        .with(Block::Form(confirm))
        .with(Block::Form(refuse))
        .page(&filled)
        .desk()
        .under("账号确认", "/admin/activations"))
}

async fn show(cx: Cx, Path(id): Path<AccountId>) -> Result<Page, WebError> {
    one_page(&cx, id, Filled::default()).await
}

async fn send(cx: Cx, Path(id): Path<AccountId>, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    if form.text("go") == "confirm" {
        let slip = cx.blocking(move |site| Ok(site.office.release_activation(&actor, id)?)).await?;
        return Ok(slip_page(&slip, ("账号确认", "/admin/activations")).into_response());
    }
    let reason = form.text("reason").to_owned();
    match cx.blocking(move |site| Ok(site.office.refuse_activation(&actor, id, &reason))).await? {
        Ok(()) => Ok(Redirect::to("/admin/activations?done=refused").into_response()),
        Err(refused) => Ok(one_page(&cx, id, Filled::of(form, refused)?).await?.into_response()),
    }
}
