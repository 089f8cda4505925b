//! 我该办哪一项: one question per page; the answers so far stand in the address, so going back works and links can be shared.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::AreaCode;
use catalogue::matter::Routes;
use serde::Deserialize;

use crate::cx::Csrf;
use crate::parts::{Choice, Label, Opt};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// Answers so far by number (`0.2.1`), and the one just given.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    path: String,
    answer: Option<String>,
}

struct Told {
    ask: String,
    answer: String,
    back: String,
}

#[derive(Template)]
#[template(path = "pages/matters/find/question.html")]
struct QuestionPage {
    field: Choice,
    path: String,
    number: usize,
    told: Vec<Told>,
    error: String,
}

#[derive(Template)]
#[template(path = "pages/matters/find/outcome.html")]
struct OutcomePage {
    csrf: Csrf,
    title: String,
    explain: String,
    basis: Vec<String>,
    matter: String,
    name: String,
    presets: Vec<(String, String)>,
    told: Vec<Told>,
}

/// `/matters/find`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/matters/find", get(show))
}

async fn show(cx: Cx, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let csrf = cx.csrf();
    cx.blocking(move |site| build(site, &ask, csrf)).await
}

fn unknown() -> WebError {
    WebError::not_found("这个问题").way("从头回答", "/matters/find")
}

fn build(site: &Site, ask: &Ask, csrf: Csrf) -> Result<Page, WebError> {
    let routes = site.office.catalogue.routes(&[AreaCode::nation()]).ok_or_else(unknown)?;
    let mut answers = Vec::new();
    for part in ask.path.split('.').filter(|part| !part.is_empty()) {
        answers.push(part.parse::<usize>().map_err(|_| unknown())?);
    }
    let missing = match ask.answer.as_deref() {
        Some(text) => match text.parse::<usize>() {
            Ok(number) => {
                answers.push(number);
                false
            }
            Err(_) => true,
        },
        // Sending without a choice leaves the answer out but keeps the path.
        None => false,
    };
    let step = routes.follow(&answers).ok_or_else(unknown)?;
    let told = told(routes, &answers);
    let path = join(&answers);
    let page = match step {
        catalogue::matter::routes::Step::Question(question) => {
            let options = question.answers.iter().enumerate().map(|(number, answer)| Opt {
                value: number.to_string(),
                text: answer.text.clone(),
                hint: answer.help.clone(),
            });
            let error = if missing { "请选择一个答案".to_owned() } else { String::new() };
            let label = Label::new("answer", question.ask.clone()).hint(question.help.clone()).error(error.clone());
            let field = Choice { label, options: options.collect(), value: String::new() };
            let page =
                Page::new(question.ask.clone(), QuestionPage { field, path, number: answers.len() + 1, told, error });
            if missing { page.with_errors() } else { page }
        }
        catalogue::matter::routes::Step::Outcome(outcome) => {
            let matter = outcome.matter.as_ref().map(ToString::to_string).unwrap_or_default();
            let found = site.office.matter(&matter, &AreaCode::nation(), site.clock.today());
            let page = OutcomePage {
                csrf,
                title: outcome.title.clone(),
                explain: outcome.explain.clone(),
                basis: outcome.basis.clone(),
                name: found.map(|found| found.matter.name.clone()).unwrap_or_default(),
                matter,
                presets: outcome.presets.iter().map(|(field, value)| (field.to_string(), value.clone())).collect(),
                told,
            };
            Page::new(outcome.title.clone(), page)
        }
    };
    Ok(page.under("我要办", "/matters").under("我该办哪一项", "/matters/find"))
}

fn join(answers: &[usize]) -> String {
    answers.iter().map(ToString::to_string).collect::<Vec<_>>().join(".")
}

/// The answers given so far, each with the address that asks it again.
fn told(routes: &Routes, answers: &[usize]) -> Vec<Told> {
    let one = |count: usize| {
        let catalogue::matter::routes::Step::Question(question) = routes.follow(&answers[..count])? else {
            return None;
        };
        let answer = question.answers.get(answers[count])?;
        let back = format!("/matters/find?path={}", join(&answers[..count]));
        Some(Told { ask: question.ask.clone(), answer: answer.text.clone(), back })
    };
    (0..answers.len()).filter_map(one).collect()
}
