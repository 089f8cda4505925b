//! 结束、撤销、查看个人信息: each a page of its own that says what follows before it is done.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use catalogue::Register;
use store::registers::RegisterEntry;

use super::desk::find;
use crate::forms::read_date;
use crate::pages::sheet::{Block, Filled, Sheet, form};
use crate::parts::{SummaryList, SummaryRow};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, WebError};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/registers/{id}/{entry}/end", get(end_form).post(end))
        .route("/desk/registers/{id}/{entry}/withdraw", get(withdraw_form).post(withdraw))
        .route("/desk/registers/{id}/{entry}/reveal", get(reveal_form).post(reveal))
}

type Place = Path<(String, RecordId)>;

/// The register and the record, for those who keep it.
async fn kept(cx: &Cx, (id, entry): (String, RecordId)) -> Result<(Register, RegisterEntry), WebError> {
    let who = cx.actor()?;
    cx.blocking(move |site| {
        let register = find(site, &id)?;
        let view = site.office.desk_record(&who, register, entry)?;
        site.office.keeper(&who, register, &view.record.area)?;
        Ok((register.clone(), view.record))
    })
    .await
}

fn under(page: Page, register: &Register, record: &RegisterEntry) -> Page {
    let home = format!("/desk/registers/{}", register.id);
    let page = page.under("工作台", "/desk").under("名册", "/desk/registers").under(&register.name, &home);
    page.under(&record.title, format!("{home}/{}", record.id)).desk()
}

fn here(register: &Register, record: &RegisterEntry, act: &str) -> String {
    format!("/desk/registers/{}/{}/{act}", register.id, record.id)
}

fn rev_of(filled: &Form) -> i64 {
    filled.text("rev").parse().unwrap_or(0)
}

fn end_page(cx: &Cx, (register, record): &(Register, RegisterEntry), filled: &Filled) -> Page {
    let inputs = vec![
        filled.day("until", "结束日期", "从这一天起不再有效", &cx.today.to_string()),
        filled.lines("reason", "原因", "不写身份证号、手机号"),
    ];
    let ask = form(cx, "", &here(register, record, "end"), inputs, "结束").keep("rev", record.rev.to_string());
    let lead = "结束以后，这一天以前仍然有效，历史照样可查。从来没有过的记录请用“撤销”。";
    let sheet = Sheet::new(format!("结束：{}", record.title), lead).with(Block::Form(ask));
    under(sheet.page(filled), register, record)
}

async fn end_form(cx: Cx, Path(place): Place) -> Result<Page, WebError> {
    Ok(end_page(&cx, &kept(&cx, place).await?, &Filled::default()))
}

async fn end(cx: Cx, Path((id, entry)): Place, form: Form) -> Result<Response, WebError> {
    let found = kept(&cx, (id.clone(), entry)).await?;
    let until = match read_date(form.text("until")) {
        Ok(day) => day,
        Err(why) => return Ok(end_page(&cx, &found, &Filled::wrong(form, "until", &why)).into_response()),
    };
    let (who, reason, rev, wanted) = (cx.actor()?, form.text("reason").to_owned(), rev_of(&form), id.clone());
    match cx.blocking(move |site| Ok(site.office.end_record(&who, &wanted, entry, (until, &reason, rev)))).await? {
        Ok(()) => Ok(Redirect::to(&format!("/desk/registers/{id}/{entry}?done=ended")).into_response()),
        Err(refused) => Ok(end_page(&cx, &found, &Filled::of(form, refused)?).into_response()),
    }
}

fn withdraw_page(cx: &Cx, (register, record): &(Register, RegisterEntry), filled: &Filled) -> Page {
    let inputs = vec![filled.lines("reason", "为什么撤销", "如：录错了地区；不写身份证号、手机号")];
    let ask = form(cx, "", &here(register, record, "withdraw"), inputs, "撤销").keep("rev", record.rev.to_string());
    let lead = "撤销表示这条记录从来不该有。公开页面和统计里不再有它；工作台上仍可查看，写明谁、为什么撤销。不能恢复。";
    let sheet = Sheet::new(format!("撤销：{}", record.title), lead).with(Block::Form(ask.danger()));
    under(sheet.page(filled), register, record)
}

async fn withdraw_form(cx: Cx, Path(place): Place) -> Result<Page, WebError> {
    Ok(withdraw_page(&cx, &kept(&cx, place).await?, &Filled::default()))
}

async fn withdraw(cx: Cx, Path((id, entry)): Place, form: Form) -> Result<Response, WebError> {
    let found = kept(&cx, (id.clone(), entry)).await?;
    let (who, reason, rev, wanted) = (cx.actor()?, form.text("reason").to_owned(), rev_of(&form), id.clone());
    match cx.blocking(move |site| Ok(site.office.withdraw_record(&who, &wanted, entry, (&reason, rev)))).await? {
        Ok(()) => Ok(Redirect::to(&format!("/desk/registers/{id}/{entry}?done=withdrawn")).into_response()),
        Err(refused) => Ok(withdraw_page(&cx, &found, &Filled::of(form, refused)?).into_response()),
    }
}

fn reveal_page(
    cx: &Cx,
    (register, record): &(Register, RegisterEntry),
    filled: &Filled,
    shown: Vec<(String, String)>,
) -> Page {
    let lead = "查看个人信息会记下谁、什么时候、为什么看。只在办事需要时查看。";
    let mut sheet = Sheet::new(format!("个人信息：{}", record.title), lead);
    if shown.is_empty() {
        let inputs = vec![filled.lines("reason", "为什么要看", "如：联系对方核对数据")];
        sheet = sheet.with(Block::Form(form(cx, "", &here(register, record, "reveal"), inputs, "查看并留痕")));
    } else {
        let row = |(label, value)| SummaryRow { label, value, change: None };
        let rows = shown.into_iter().map(row).collect();
        sheet = sheet.with(Block::Summary(SummaryList { title: String::new(), rows }));
    }
    under(sheet.page(filled), register, record)
}

async fn reveal_form(cx: Cx, Path(place): Place) -> Result<Page, WebError> {
    Ok(reveal_page(&cx, &kept(&cx, place).await?, &Filled::default(), Vec::new()))
}

async fn reveal(cx: Cx, Path((id, entry)): Place, form: Form) -> Result<Response, WebError> {
    let found = kept(&cx, (id.clone(), entry)).await?;
    let (who, reason) = (cx.actor()?, form.text("reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.reveal_record(&who, &id, entry, &reason))).await? {
        Ok(shown) => Ok(reveal_page(&cx, &found, &Filled::default(), shown).into_response()),
        Err(refused) => Ok(reveal_page(&cx, &found, &Filled::of(form, refused)?, Vec::new()).into_response()),
    }
}
