//! 询问与来信: asking another desk about a case, answering, writing to the applicant.
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use base::RecordId;
use office::desk::{Asked, NewQuestion, Review};

use crate::cx::Csrf;
use crate::{Cx, Form, Page, Path, WebError};

#[derive(Template)]
#[template(path = "pages/desk/ask/page.html")]
struct AskPage {
    csrf: Csrf,
    values: Form,
    errors: Vec<(String, String)>,
    desks: Vec<(String, String)>,
    areas: Vec<(String, String)>,
    r: Review,
}

impl AskPage {
    fn error(&self, name: &str) -> &str {
        self.errors.iter().find(|(key, _)| key == name).map_or("", |(_, words)| words.as_str())
    }

    fn desk(&self, id: &str) -> String {
        self.desks.iter().find(|(desk, _)| desk == id).map_or_else(|| id.to_owned(), |(_, name)| name.clone())
    }
}

#[derive(Template)]
#[template(path = "pages/desk/ask/asked.html")]
struct AskedPage {
    csrf: Csrf,
    error: String,
    typed: String,
    asked: Asked,
    from: String,
    may_answer: bool,
    may_open: bool,
}

async fn page(cx: &Cx, number: String, values: Form, errors: Vec<(String, String)>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let (review, desks, areas) = cx
        .blocking(move |site| {
            let office = &site.office;
            let review = office.review(&who, &number)?;
            if review.sight != office::desk::Sight::Whole {
                return Err(authority::Denied::NotYourDesk).map_err(|denied| office::Refused::from(denied).into());
            }
            let outside = |(id, _): &(&str, &str)| !matches!(*id, "applicant" | "system");
            let desks =
                office.catalogue.desks().filter(outside).map(|(id, name)| (id.to_owned(), name.to_owned())).collect();
            let post = who.posts.first().map(|post| post.area.clone());
            let mut areas = Vec::new();
            if let Some(area) = post {
                let today = office.clock.today();
                let below: Vec<_> = office.areas.children_at(&area, today).into_iter().map(base::Area::code).collect();
                let near = office.lineage(&area, today).into_iter().chain(below);
                areas = near.map(|area| (area.to_string(), office.areas.full_name(&area))).collect();
            }
            Ok((review, desks, areas))
        })
        .await?;
    let case = format!("/desk/cases/{}", review.number);
    let title = review.title.clone();
    let body = AskPage { csrf: cx.csrf(), values, errors, desks, areas, r: review };
    Ok(Page::new("询问与来信", body).under("工作台", "/desk").under(title, case).desk())
}

pub async fn show(cx: Cx, Path(number): Path<String>) -> Result<Page, WebError> {
    page(&cx, number, Form::default(), Vec::new()).await
}

/// Errors go back to the form, everything else is an error page.
async fn answer_with(cx: &Cx, number: String, form: Form, refused: office::Refused) -> Result<Response, WebError> {
    match refused {
        office::Refused::Invalid(wrong) => {
            let errors = wrong.into_iter().map(|one| (one.field, one.message)).collect();
            Ok(page(cx, number, form, errors).await?.with_errors().into_response())
        }
        refused => Err(refused.into()),
    }
}

pub async fn send(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let Ok(area) = form.text("area").parse() else {
        let refused = office::Refused::field("area", "请选择对方所在的地区");
        return answer_with(&cx, number, form, refused).await;
    };
    let new = NewQuestion {
        desk: form.text("desk").to_owned(),
        area,
        body: None,
        question: form.text("question").to_owned(),
        due: form.text("due").parse().ok(),
    };
    let text = number.clone();
    let done = cx
        .blocking(move |site| {
            let case = site.office.db.read(|tx| site.office.find_case(tx, &text))?;
            Ok(site.office.ask(&who, case, &new))
        })
        .await?;
    match done {
        Ok(_) => Ok(Redirect::to(&format!("/desk/cases/{number}?said=asked")).into_response()),
        Err(refused) => answer_with(&cx, number, form, refused).await,
    }
}

pub async fn message(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let (text, words) = (number.clone(), form.text("message").to_owned());
    let done = cx
        .blocking(move |site| {
            let case = site.office.db.read(|tx| site.office.find_case(tx, &text))?;
            Ok(site.office.write_to_applicant(&who, case, &words))
        })
        .await?;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/cases/{number}?said=sent")).into_response()),
        Err(refused) => answer_with(&cx, number, form, refused).await,
    }
}

async fn asked_page(cx: &Cx, id: RecordId, typed: String, error: String) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let (asked, from, may_answer, may_open) = cx
        .blocking(move |site| {
            let office = &site.office;
            let asked = office.asked(&who, id)?;
            let question = &asked.question;
            let from = format!(
                "{} · {}",
                office.areas.full_name(&question.from_area),
                office.catalogue.desk_name(&question.from_desk)
            );
            let chairs = office.chairs(&who);
            let mine = chairs.iter().any(|chair| chair.holds(&question.to_desk, &question.to_area, question.to_body));
            let may_answer = mine && question.state == "open";
            let may_open = question.from_account == who.account;
            Ok((asked, from, may_answer, may_open))
        })
        .await?;
    let body = AskedPage { csrf: cx.csrf(), error, typed, asked, from, may_answer, may_open };
    Ok(Page::new("答复询问", body).under("工作台", "/desk").desk())
}

pub async fn asked(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    asked_page(&cx, id, String::new(), String::new()).await
}

pub async fn answer(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let words = form.text("answer").to_owned();
    let text = words.clone();
    let done = cx.blocking(move |site| Ok(site.office.answer(&who, id, &text))).await?;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/asked/{id}")).into_response()),
        Err(office::Refused::Invalid(wrong)) => {
            let error = wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；");
            Ok(asked_page(&cx, id, words, error).await?.with_errors().into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}
