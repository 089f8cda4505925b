//! 批量办理: the same act on several cases; first a preview that says of each whether and why not.
use askama::Template;
use axum::response::{IntoResponse, Response};
use office::desk::{ActDraft, Foreseen};

use super::form::ActForm;
use crate::cx::Csrf;
use crate::{Cx, Form, Page, WebError};

#[derive(Template)]
#[template(path = "pages/desk/bulk/page.html")]
struct BulkPage {
    csrf: Csrf,
    desk: String,
    form: ActForm,
    cases: Vec<(String, String)>,
}

impl BulkPage {
    /// Numbers come from the database and the desk's name from the catalogue: neither needs escaping.
    fn hidden(&self) -> String {
        let case = |(number, _): &(String, String)| format!("<input type=\"hidden\" name=\"case\" value=\"{number}\">");
        let cases: String = self.cases.iter().map(case).collect();
        format!("<input type=\"hidden\" name=\"desk\" value=\"{}\">{cases}", self.desk)
    }
}

#[derive(Template)]
#[template(path = "pages/desk/bulk/preview.html")]
struct PreviewPage {
    csrf: Csrf,
    desk: String,
    label: String,
    fields: Vec<(String, String)>,
    seen: Vec<Foreseen>,
}

impl PreviewPage {
    fn good(&self) -> usize {
        self.seen.iter().filter(|one| one.refused.is_none()).count()
    }
}

#[derive(Template)]
#[template(path = "pages/desk/bulk/done.html")]
struct DonePage {
    desk: String,
    results: Vec<(String, Option<String>)>,
}

impl DonePage {
    fn good(&self) -> usize {
        self.results.iter().filter(|(_, refused)| refused.is_none()).count()
    }
}

/// The chosen cases, the form of the first one's step, and what was typed.
async fn form_page(
    cx: &Cx,
    desk: String,
    numbers: Vec<String>,
    values: Form,
    errors: Vec<(String, String)>,
) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let Some(first) = numbers.first().cloned() else {
        return Err(WebError::invalid("请先在队列里勾选要办理的办件。").way("回到队列", &format!("/desk/queue/{desk}")));
    };
    let of = desk.clone();
    let (form, cases) = cx
        .blocking(move |site| {
            let office = &site.office;
            office.chair(&who, &of, None)?;
            let review = office.review(&who, &first)?;
            let name = office.catalogue.desk_name(&of).to_owned();
            let shown = review.desks.into_iter().find(|shown| shown.desk_name == name);
            let why = review.why_not.unwrap_or_else(|| "这一件没有等待您处理的任务。".to_owned());
            let shown = shown.ok_or_else(|| WebError::forbidden(why))?;
            let cases = office.titles(&who, &numbers)?;
            Ok((ActForm::new(shown, Vec::new()), cases))
        })
        .await?;
    let form = ActForm { values: values.0, errors, ..form };
    let body = BulkPage { csrf: cx.csrf(), form, cases, desk: desk.clone() };
    Ok(Page::new("批量办理", body).under("工作台", "/desk").under("队列", format!("/desk/queue/{desk}")).desk())
}

pub async fn show(cx: Cx) -> Result<Page, WebError> {
    let pairs: Vec<(String, String)> = serde_urlencoded::from_str(&cx.query).unwrap_or_default();
    let desk = pairs.iter().find(|(name, _)| name == "desk").map(|(_, value)| value.clone()).unwrap_or_default();
    let numbers = pairs.into_iter().filter(|(name, _)| name == "case").map(|(_, value)| value).collect();
    form_page(&cx, desk, numbers, Form::default(), Vec::new()).await
}

/// Preview, or with `confirm` the acts themselves.
pub async fn send(cx: Cx, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let numbers: Vec<String> = form.all("case").into_iter().map(str::to_owned).collect();
    let desk = form.text("desk").to_owned();
    let first = numbers.first().cloned().unwrap_or_default();
    let sent = form.clone();
    let confirmed = form.text("confirm") == "1";
    let seen: Vec<(String, i64)> = form
        .all("seen")
        .into_iter()
        .filter_map(|one| one.split_once('@'))
        .filter_map(|(number, rev)| Some((number.to_owned(), rev.parse().ok()?)))
        .collect();
    let asked = numbers.clone();
    let done = cx
        .blocking(move |site| {
            let office = &site.office;
            let go = || {
                let draft: ActDraft = office.read_act(&who, &first, sent.text("step"), &sent.0)?;
                office.check_act(&who, &first, &draft)?;
                let label = office.act_label(&who, &first, &draft)?;
                if confirmed {
                    Ok((label, Vec::new(), office.bulk(&who, &seen, &draft)?))
                } else {
                    Ok((label, office.preview_bulk(&who, &asked, &draft)?, Vec::new()))
                }
            };
            Ok(go())
        })
        .await?;
    match done {
        Ok((_, _, results)) if confirmed => {
            let body = DonePage { desk, results };
            Ok(Page::new("批量办理结果", body).under("工作台", "/desk").desk().into_response())
        }
        Ok((label, seen, _)) => {
            let skip = ["_csrf", "case", "confirm", "seen"];
            let fields = form.0.into_iter().filter(|(name, _)| !skip.contains(&name.as_str())).collect();
            let body = PreviewPage { csrf: cx.csrf(), desk: desk.clone(), label, fields, seen };
            Ok(Page::new("批量办理预览", body)
                .under("工作台", "/desk")
                .under("队列", format!("/desk/queue/{desk}"))
                .desk()
                .into_response())
        }
        Err(office::Refused::Invalid(wrong)) => {
            let errors = wrong.into_iter().map(|one| (one.field, one.message)).collect();
            Ok(form_page(&cx, desk, numbers, form, errors).await?.with_errors().into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}
