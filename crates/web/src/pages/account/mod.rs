//! 我的账号: what the platform knows of one's account, open sign-ins, the password, one's organizations, and one's personal data.
mod data;

use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use serde::Deserialize;

use super::sheet::{Block, Filled, Sheet, form, table};
use crate::page::Link;
use crate::parts::{Cell, SummaryList, SummaryRow};
use crate::site::Site;
use crate::{Cx, Form, Page, Query, WebError};

/// The word of what was just done.
#[derive(Deserialize, Default)]
pub(crate) struct Done {
    #[serde(default)]
    pub(crate) done: String,
}

const DONE: &[(&str, &str)] = &[
    ("password", "密码已更换，其他设备上的登录都已退出。"),
    ("ended", "选中的登录已退出。"),
    ("others", "其他设备上的登录都已退出。"),
];

/// `/account` and below.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/account", get(show))
        .route("/account/sessions", post(end))
        .route("/account/password", get(password).post(change))
        .merge(data::routes())
}

pub(crate) fn row(label: &str, value: impl Into<String>) -> SummaryRow {
    SummaryRow { label: label.to_owned(), value: value.into(), change: None }
}

async fn show(cx: Cx, Query(query): Query<Done>) -> Result<Page, WebError> {
    let viewer = cx.viewer()?.clone();
    let (signed, secret) = (viewer.signed.clone(), cx.session()?);
    let (sessions, orgs) = cx
        .blocking(move |site| {
            Ok((site.office.open_sessions(&signed, &secret)?, site.office.own_organizations(&signed)?))
        })
        .await?;
    let roles: Vec<&str> = viewer.roles.iter().map(|role| role.label.as_str()).collect();
    let code = if viewer.signed.kind == "official" {
        "已绑定。换手机请联系系统管理员发起重新激活，由安全管理员确认"
    } else {
        "公众账号不需要"
    };
    let mut password = row("密码", "已设置");
    password.change = Some("/account/password".to_owned());
    let rows = vec![
        row("登录名", viewer.signed.login.clone()),
        row("姓名", viewer.name.clone()),
        row("身份", roles.join("\n")),
        password,
        row("动态口令", code),
    ];
    let org_rows = orgs.iter().map(|org| {
        let role = if org.role == "owner" { "负责人" } else { "经办人" };
        let code = org.code.clone().unwrap_or_else(|| org.org.to_string());
        vec![
            Cell::link(org.name.clone(), format!("/orgs/{code}")),
            Cell::new(org.code.clone().unwrap_or_else(|| "尚无代码".to_owned())),
            Cell::new(role),
            Cell::new(org.since.to_string()),
        ]
    });
    let orgs = table(
        "我办理的组织",
        &["组织", "统一社会信用代码", "身份", "自"],
        org_rows.collect(),
        "您还没有为任何组织办事。组织成立登记办结后会出现在这里。",
    );
    let session_rows = sessions.iter().map(|one| {
        let name = if one.here { "当前这台设备".to_owned() } else { device(&one.agent) };
        vec![Cell::new(name), Cell::new(one.made_at.local_minute()), Cell::new(one.seen_at.local_minute())]
    });
    let open = table("正在登录的设备", &["设备", "登录时间", "最近使用"], session_rows.collect(), "");
    let mut sheet = Sheet::new("我的账号", "")
        .with(Block::Summary(SummaryList { title: "账号".to_owned(), rows }))
        .with(Block::Links(vec![
            Link::to("我的个人信息：查阅、更正、删除", "/account/data"),
            Link::to("更换密码", "/account/password"),
        ]))
        .with(Block::Heading("我的组织".to_owned()))
        .with(Block::Table(orgs))
        .with(Block::Heading("登录设备".to_owned()))
        .with(Block::Table(open));
    if sessions.iter().any(|one| !one.here) {
        let lead = "不认识上面的设备，或在别处忘了退出，就点这里，并更换密码。";
        sheet = sheet.with(Block::Form(form(&cx, "", "/account/sessions", Vec::new(), "退出其他全部设备").lead(lead)));
        for one in sessions.iter().filter(|one| !one.here).take(5) {
            let button = format!("退出 {}（{}）", device(&one.agent), one.seen_at.local_minute());
            let one_form = form(&cx, "", "/account/sessions", Vec::new(), &button).keep("key", one.key.clone());
            sheet = sheet.with(Block::Form(one_form));
        }
    }
    Ok(sheet.done(&query.done, DONE).page(&Filled::default()))
}

/// What a browser calls itself, in words people know.
fn device(agent: &str) -> String {
    let place = [
        ("Android", "安卓手机"),
        ("iPhone", "苹果手机"),
        ("iPad", "平板"),
        ("Windows", "Windows 电脑"),
        ("Mac OS", "苹果电脑"),
        ("Linux", "Linux 电脑"),
    ];
    let place = place.iter().find(|(mark, _)| agent.contains(mark)).map_or("其他设备", |(_, name)| name);
    let browser = [
        ("MicroMessenger", "微信"),
        ("Edg/", "Edge"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    ];
    let browser = browser.iter().find(|(mark, _)| agent.contains(mark)).map_or("", |(_, name)| name);
    if browser.is_empty() { place.to_owned() } else { format!("{place}上的 {browser}") }
}

async fn end(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let (signed, secret) = (cx.viewer()?.signed.clone(), cx.session()?);
    let key = Some(form.text("key").to_owned()).filter(|key| !key.is_empty());
    let word = if key.is_some() { "ended" } else { "others" };
    cx.blocking(move |site| Ok(site.office.end_own_sessions(&signed, &secret, key.as_deref())?)).await?;
    Ok(Redirect::to(&format!("/account?done={word}")))
}

fn password_page(cx: &Cx, filled: &Filled) -> Page {
    let inputs = vec![
        filled.secret("old", "现在的密码", "", "current-password"),
        filled.secret("new", "新密码", "至少 10 位，含大写字母、小写字母、数字、符号中的三种", "new-password"),
        filled.secret("again", "再输一次新密码", "", "new-password"),
    ];
    Sheet::new("更换密码", "换好后，其他设备上的登录都会退出。")
        .with(Block::Form(form(cx, "", "/account/password", inputs, "更换密码")))
        .page(filled)
        .under("我的账号", "/account")
}

async fn password(cx: Cx) -> Result<Page, WebError> {
    cx.viewer()?;
    Ok(password_page(&cx, &Filled::default()))
}

async fn change(cx: Cx, form: Form) -> Result<Response, WebError> {
    let (signed, secret) = (cx.viewer()?.signed.clone(), cx.session()?);
    let (old, new, again) = (form.raw("old"), form.raw("new"), form.raw("again"));
    if new != again {
        let filled = Filled::wrong(Form::default(), "again", "两次输入的新密码不一样。请重新输入");
        return Ok(password_page(&cx, &filled).into_response());
    }
    match cx.blocking(move |site| Ok(site.office.change_password(&signed, &secret, &old, &new))).await? {
        Ok(()) => Ok(Redirect::to("/account?done=password").into_response()),
        Err(refused) => Ok(password_page(&cx, &Filled::of(Form::default(), refused)?).into_response()),
    }
}

#[cfg(test)]
mod tests;
