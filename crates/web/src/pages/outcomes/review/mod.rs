//! 好差评: the applicant rates an ended case, once; the officers never learn who it was.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use office::Refused;
use office::reviews::{LEVELS, NewReview, REASONS, ToReview};

use crate::cx::Csrf;
use crate::forms::Path;
use crate::parts::{ErrorSummary, Label, LongText, Opt, Rating};
use crate::site::Site;
use crate::{Cx, Form, Page, WebError};

#[derive(Template)]
#[template(path = "pages/outcomes/review/page.html")]
struct ReviewPage {
    csrf: Csrf,
    case: ToReview,
    late: bool,
    rating: Rating,
    text: LongText,
    errors: Option<ErrorSummary>,
    level: &'static str,
    stage: &'static str,
}

/// `/my/cases/{no}/review`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my/cases/{no}/review", get(show).post(give))
}

/// 5 → 非常满意.
pub fn level_label(score: i64) -> &'static str {
    LEVELS.iter().find(|(level, _)| *level == score).map_or("", |(_, label)| label)
}

/// How far a bad review has come.
pub fn stage_label(state: &str) -> &'static str {
    match state {
        "checking" => "正在核实整改",
        "answered" => "已整改并回访",
        "closed" => "已办结",
        _ => "已收到，谢谢",
    }
}

fn page(cx: &Cx, case: ToReview, score: &str, words: &str, wrong: &[(String, String)]) -> Page {
    let fault =
        |name: &str| wrong.iter().find(|(field, _)| field == name).map(|(_, text)| text.clone()).unwrap_or_default();
    let label = |name: &str, text: &str, optional| Label { error: fault(name), optional, ..Label::new(name, text) };
    let reasons = REASONS.iter().map(|(value, text)| Opt::new(*value, *text)).collect();
    let text = LongText { label: label("text", "还想说什么", true), value: words.to_owned(), rows: 3, max: 500 };
    let pairs: Vec<(&str, &str)> = wrong.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let (level, stage) =
        case.given.as_ref().map_or(("", ""), |given| (level_label(given.score), stage_label(&given.state)));
    let body = ReviewPage {
        csrf: cx.csrf(),
        late: cx.today > case.until,
        rating: Rating {
            label: label("score", "您对这次办事满意吗？", false), value: score.to_owned(), reasons
        },
        text,
        errors: (!wrong.is_empty()).then(|| ErrorSummary::of(&pairs)),
        level,
        stage,
        case,
    };
    let page = Page::new("评价这次服务", body).under("我的办件", "/my");
    if wrong.is_empty() { page } else { page.with_errors() }
}

async fn show(cx: Cx, Path(no): Path<String>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let case = cx.blocking(move |site| Ok(site.office.case_to_review(&who, &no)?)).await?;
    Ok(page(&cx, case, "", "", &[]))
}

async fn give(cx: Cx, Path(no): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let new = NewReview {
        score: form.text("score").parse().unwrap_or_default(),
        reasons: form.all("score.why").into_iter().map(str::to_owned).collect(),
        text: form.text("text").to_owned(),
    };
    let back = format!("/my/cases/{no}/review");
    let result = cx
        .blocking(move |site| match site.office.give_review(&who, &no, new) {
            Ok(_) => Ok(None),
            Err(Refused::Invalid(wrong)) => {
                let wrong = wrong.into_iter().map(|one| (one.field, one.message)).collect::<Vec<_>>();
                Ok(Some((site.office.case_to_review(&who, &no)?, wrong)))
            }
            Err(other) => Err(other.into()),
        })
        .await?;
    Ok(match result {
        None => Redirect::to(&back).into_response(),
        Some((case, wrong)) => page(&cx, case, form.text("score"), form.text("text"), &wrong).into_response(),
    })
}
