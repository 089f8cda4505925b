//! 改用更正版本: open cases that began under an older edition of their matter, moved as a listed set, with preview.
use askama::Template;
use axum::response::{IntoResponse, Response};
use office::desk::{Foreseen, Outdated};

use crate::cx::Csrf;
use crate::{Cx, Form, Page, WebError};

#[derive(Template)]
#[template(path = "pages/desk/edition/page.html")]
struct EditionPage {
    csrf: Csrf,
    error: String,
    said: String,
    reason: String,
    outdated: Vec<Outdated>,
    seen: Vec<Foreseen>,
}

impl EditionPage {
    fn good(&self) -> usize {
        self.seen.iter().filter(|one| one.refused.is_none()).count()
    }
}

async fn page(cx: &Cx, reason: String, error: String, said: String, seen: Vec<Foreseen>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let outdated = cx.blocking(move |site| Ok(site.office.outdated_cases(&who, None)?)).await?;
    let body = EditionPage { csrf: cx.csrf(), error, said, reason, outdated, seen };
    Ok(Page::new("改用更正版本", body).under("工作台", "/desk").desk())
}

pub async fn show(cx: Cx) -> Result<Page, WebError> {
    page(&cx, String::new(), String::new(), String::new(), Vec::new()).await
}

pub async fn send(cx: Cx, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let reason = form.text("reason").to_owned();
    let numbers: Vec<String> = form.all("case").into_iter().map(str::to_owned).collect();
    if reason.chars().count() < 4 || numbers.is_empty() {
        let error = "请勾选办件，并写明改用版本的原因（至少 4 个字）".to_owned();
        return Ok(page(&cx, reason, error, String::new(), Vec::new()).await?.with_errors().into_response());
    }
    let confirmed = form.text("confirm") == "1";
    let seen: Vec<(String, i64)> = form
        .all("seen")
        .into_iter()
        .filter_map(|one| one.split_once('@'))
        .filter_map(|(number, rev)| Some((number.to_owned(), rev.parse().ok()?)))
        .collect();
    let why = reason.clone();
    let (said, foreseen) = cx
        .blocking(move |site| {
            let office = &site.office;
            office.chair(&who, "decision", None)?;
            if !confirmed {
                return Ok((String::new(), office.preview_adopt(&who, &numbers, &why)?));
            }
            let (mut done, mut failed) = (0, Vec::new());
            for (number, rev) in &seen {
                let text = number.clone();
                let case = office.db.read(move |tx| office.find_case(tx, &text))?;
                match office.adopt(&who, case, *rev, &why) {
                    Ok(_) => done += 1,
                    Err(refused) => failed.push(format!("{number}：{}", office::desk::in_a_line(&refused))),
                }
            }
            Ok((format!("已改用更正版本 {done} 件。{}", failed.join("；")), Vec::new()))
        })
        .await?;
    Ok(page(&cx, reason, String::new(), said, foreseen).await?.into_response())
}
