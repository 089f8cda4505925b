//! 网站找错: what is wrong with which page, from anyone, without a name; and the list for the system administrator.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use office::site_faults::TEXT_MOST;
use office::{Refused, Wrong};
use serde::Deserialize;

use crate::cx::Csrf;
use crate::parts::{Banner, Cell, Column, ErrorSummary, Label, LongText, Table, TextField};
use crate::site::Site;
use crate::{Cx, Form, Link, Page, Query, WebError};

#[derive(Deserialize)]
struct From {
    #[serde(default)]
    page: String,
}

#[derive(Template)]
#[template(path = "pages/report/page.html")]
struct ReportPage {
    csrf: Csrf,
    errors: Option<ErrorSummary>,
    page: TextField,
    text: LongText,
    phone: String,
}

#[derive(Template)]
#[template(path = "pages/report/done.html")]
struct DonePage {
    banner: Banner,
}

#[derive(Template)]
#[template(path = "pages/report/list.html")]
struct ListPage {
    table: Table,
}

/// `/report` and `/report/list`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/report", get(show).post(send)).route("/report/list", get(list))
}

fn page(cx: &Cx, address: &str, text: &str, wrong: &[Wrong]) -> Page {
    let error =
        |field: &str| wrong.iter().find(|one| one.field == field).map(|one| one.message.clone()).unwrap_or_default();
    let fields: Vec<(&str, &str)> = wrong.iter().map(|one| (one.field.as_str(), one.message.as_str())).collect();
    let about = Label::new("page", "哪一页").hint("网址，或页面的名称").error(error("page"));
    let what = Label::new("text", "哪里错了，应当是什么")
        .hint("不用留姓名和电话；需要答复的事请打咨询电话")
        .error(error("text"));
    let body = ReportPage {
        csrf: cx.csrf(),
        errors: (!wrong.is_empty()).then(|| ErrorSummary::of(&fields)),
        page: TextField::new(about, address),
        text: LongText { label: what, value: text.to_owned(), rows: 5, max: u32::try_from(TEXT_MOST).unwrap_or(1_000) },
        phone: cx.site.settings.help_phone.clone(),
    };
    let page = Page::new("网站找错", body).under("帮助", "/help");
    if wrong.is_empty() { page } else { page.with_errors() }
}

async fn show(cx: Cx, Query(from): Query<From>) -> Page {
    page(&cx, &from.page, "", &[])
}

async fn send(cx: Cx, form: Form) -> Result<Page, WebError> {
    let (address, text) = (form.text("page").to_owned(), form.text("text").to_owned());
    let kept = (address.clone(), text.clone());
    let sent = cx.blocking(move |site| Ok(site.office.report_site_fault(&address, &text))).await?;
    match sent {
        Ok(_) => Ok(Page::new("已收到", DonePage { banner: thanks() }).under("网站找错", "/report")),
        Err(Refused::Invalid(wrong)) => Ok(page(&cx, &kept.0, &kept.1, &wrong)),
        Err(refused) => Err(refused.into()),
    }
}

fn thanks() -> Banner {
    Banner {
        title: "已收到，谢谢".to_owned(),
        text: "已经转给系统管理员核对。改好以后页面会直接更新，不另行通知。".to_owned(),
        ways: vec![Link::to("回到首页", "/"), Link::to("再报一处", "/report")],
        success: true,
    }
}

async fn list(cx: Cx) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let letters = cx.blocking(move |site| Ok(site.office.site_faults(&who, 200)?)).await?;
    let rows =
        letters.into_iter().map(|one| vec![Cell::new(one.title), Cell::new(one.text), Cell::new(one.day.to_string())]);
    let table = Table {
        caption: "最近 200 条".to_owned(),
        columns: ["页面", "说了什么", "日期"].map(Column::new).to_vec(),
        rows: rows.collect(),
        exports: Vec::new(),
        empty: "还没有人报错。".to_owned(),
        empty_ways: Vec::new(),
        keys: true,
    };
    Ok(Page::new("网站找错的来信", ListPage { table }).desk())
}

#[cfg(test)]
mod tests {
    use authority::AdminRole;
    use axum::http::StatusCode;

    use crate::testing::TestSite;

    #[tokio::test]
    async fn anyone_reports_and_only_the_system_administrator_reads() {
        let site = TestSite::new();
        let anyone = site.stranger();
        anyone.get("/report?page=%2Forgs").await.is_well_made();
        let empty = anyone.post("/report", &[("page", ""), ("text", "错")]).await;
        assert_eq!(empty.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(
            empty.text.contains("href=\"#f-page\"") && empty.text.contains("错</textarea>"),
            "what was typed is kept"
        );
        empty.is_well_made();
        let sent = anyone.post("/report", &[("page", "/orgs"), ("text", "字错了")]).await;
        assert_eq!(sent.status, StatusCode::OK);
        assert!(sent.text.contains("已收到"));
        assert_eq!(anyone.get("/report/list").await.status, StatusCode::SEE_OTHER);
        assert_eq!(site.founder("lin").get("/report/list").await.status, StatusCode::CONFLICT);
        assert_eq!(site.admin(AdminRole::Audit).get("/report/list").await.status, StatusCode::CONFLICT);
        let seen = site.admin(AdminRole::System).get("/report/list").await;
        assert!(seen.text.contains("字错了"));
        seen.is_well_made();
    }
}
