//! 一次性告知: the correction notice, item by item, all of it at once.
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use office::desk::{CorrectionSheet, SheetItem};

use crate::cx::Csrf;
use crate::{Cx, Form, Page, Path, WebError};

#[derive(Template)]
#[template(path = "pages/desk/correct/page.html")]
struct CorrectPage {
    csrf: Csrf,
    sheet: CorrectionSheet,
    values: Vec<(String, String)>,
    errors: Vec<(String, String)>,
}

impl CorrectPage {
    fn typed<'a>(&'a self, part: &str, item: &'a SheetItem, usual: &'a str) -> &'a str {
        let name = format!("{part}.{}", item.target);
        self.values.iter().find(|(key, _)| *key == name).map_or(usual, |(_, value)| value.as_str())
    }

    fn error(&self, item: &SheetItem) -> &str {
        let name = format!("problem.{}", item.target);
        self.errors.iter().find(|(key, _)| *key == name).map_or("", |(_, words)| words.as_str())
    }
}

fn chosen(pairs: &[(String, String)]) -> Vec<String> {
    pairs.iter().filter(|(name, _)| name == "fix").map(|(_, value)| value.clone()).collect()
}

fn page(cx: &Cx, sheet: CorrectionSheet, values: Vec<(String, String)>, errors: Vec<(String, String)>) -> Page {
    let case = format!("/desk/cases/{}", sheet.number);
    let title = sheet.title.clone();
    let body = CorrectPage { csrf: cx.csrf(), sheet, values, errors };
    Page::new("一次性告知补正", body).under("工作台", "/desk").under(title, case).desk()
}

async fn sheet(cx: &Cx, number: String, step: String, targets: Vec<String>) -> Result<CorrectionSheet, WebError> {
    let who = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.correction_sheet(&who, &number, &step, &targets)?)).await
}

pub async fn show(cx: Cx, Path(number): Path<String>) -> Result<Page, WebError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&cx.query).unwrap_or_default();
    let step = pairs.iter().find(|(name, _)| name == "step").map(|(_, value)| value.clone()).unwrap_or_default();
    let sheet = sheet(&cx, number, step, chosen(&pairs)).await?;
    Ok(page(&cx, sheet, Vec::new(), Vec::new()))
}

pub async fn send(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let (text, sent) = (number.clone(), form.clone());
    let done = cx
        .blocking(move |site| {
            let office = &site.office;
            let put = || {
                let draft = office.read_act(&who, &text, sent.text("step"), &sent.0)?;
                let seen = sent.text("rev").parse().map_err(|_| office::Refused::Conflict)?;
                let number = text.clone();
                let case = office.db.read(move |tx| office.find_case(tx, &number))?;
                office.pend(&who, case, seen, &draft)
            };
            Ok(put())
        })
        .await?;
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/desk/cases/{number}")).into_response()),
        Err(office::Refused::Invalid(wrong)) => {
            let sheet = sheet(&cx, number, form.text("step").to_owned(), chosen(&form.0)).await?;
            let errors = wrong.into_iter().map(|one| (one.field, one.message)).collect();
            Ok(page(&cx, sheet, form.0, errors).with_errors().into_response())
        }
        Err(refused) => Err(WebError::from(refused).way("回到这一件", &format!("/desk/cases/{number}"))),
    }
}
