//! 差评整改: the supervision desk's bad reviews, most urgent first, without names; answered in time, then closed.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::{Date, Origin, RecordId};
use office::Refused;
use office::reviews::REASONS;
use store::papers::ServiceReview;

use super::review::{level_label, stage_label};
use crate::cx::Csrf;
use crate::forms::Path;
use crate::parts::ErrorSummary;
use crate::site::Site;
use crate::{Cx, Form, Page, WebError};

/// One review as the desk sees it: no case, no name.
struct Line {
    review: ServiceReview,
    level: &'static str,
    stage: &'static str,
    reasons: String,
    area: String,
    /// 还剩 3 个工作日, 已超 2 个工作日; empty when answered.
    left: String,
    late: bool,
    /// What was wrong with the answer just sent.
    error: String,
    written: String,
}

#[derive(Template)]
#[template(path = "pages/outcomes/desk_reviews/page.html")]
struct ReviewsPage {
    csrf: Csrf,
    lines: Vec<Line>,
    late: usize,
    errors: Option<ErrorSummary>,
}

/// `/desk/reviews`.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/reviews", get(show))
        .route("/desk/reviews/{origin}/{id}/answer", post(answer))
        .route("/desk/reviews/{origin}/{id}/close", post(close))
}

/// An answer that was not taken: of which review, what was written, why not.
type Wrong = (RecordId, String, String);

fn lines(site: &Site, who: &authority::Actor, today: Date, wrong: Option<&Wrong>) -> Result<Vec<Line>, WebError> {
    let reviews = site.office.open_reviews(who)?;
    Ok(reviews
        .into_iter()
        .map(|review| {
            let reasons = review
                .tags
                .split(',')
                .filter_map(|tag| REASONS.iter().find(|(id, _)| *id == tag))
                .map(|(_, text)| *text);
            let due = review.due.filter(|_| review.state == "checking");
            let days = due.map(|due| site.office.calendar.working_days_between(today, due));
            let mine = wrong.filter(|(id, ..)| *id == review.id);
            Line {
                level: level_label(review.score),
                stage: stage_label(&review.state),
                reasons: reasons.collect::<Vec<_>>().join("、"),
                area: site.office.areas.full_name(&review.area),
                left: days.map_or_else(String::new, |days| {
                    if days < 0 {
                        format!("已超 {} 个工作日", -days)
                    } else {
                        format!("还剩 {days} 个工作日")
                    }
                }),
                late: due.is_some_and(|due| due < today),
                error: mine.map(|(_, _, error)| error.clone()).unwrap_or_default(),
                written: mine.map(|(_, written, _)| written.clone()).unwrap_or_default(),
                review,
            }
        })
        .collect())
}

fn page(cx: &Cx, lines: Vec<Line>) -> Page {
    let faults: Vec<(String, String)> = lines
        .iter()
        .filter(|line| !line.error.is_empty())
        .map(|line| (format!("f-answer-{}", line.review.id), line.error.clone()))
        .collect();
    let bad = !faults.is_empty();
    let body = ReviewsPage {
        csrf: cx.csrf(),
        late: lines.iter().filter(|line| line.late).count(),
        lines,
        errors: bad.then_some(ErrorSummary { errors: faults }),
    };
    let page = Page::new("差评整改", body).under("工作台", "/desk").desk();
    if bad { page.with_errors() } else { page }
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    let (who, today) = (cx.actor()?, cx.today);
    let lines = cx.blocking(move |site| lines(site, &who, today, None)).await?;
    Ok(page(&cx, lines))
}

async fn answer(cx: Cx, Path((origin, id)): Path<(String, RecordId)>, form: Form) -> Result<Response, WebError> {
    let (who, today, words) = (cx.actor()?, cx.today, form.text("answer").to_owned());
    let origin = read_origin(&origin)?;
    let again = cx
        .blocking(move |site| match site.office.answer_review(&who, origin, id, &words) {
            Ok(()) => Ok(None),
            Err(Refused::Invalid(wrong)) => {
                let message = wrong.into_iter().next().map(|one| one.message).unwrap_or_default();
                lines(site, &who, today, Some(&(id, words, message))).map(Some)
            }
            Err(other) => Err(other.into()),
        })
        .await?;
    Ok(again.map_or_else(|| Redirect::to("/desk/reviews").into_response(), |lines| page(&cx, lines).into_response()))
}

async fn close(cx: Cx, Path((origin, id)): Path<(String, RecordId)>, _: Form) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let origin = read_origin(&origin)?;
    cx.blocking(move |site| Ok(site.office.close_review(&who, origin, id)?)).await?;
    Ok(Redirect::to("/desk/reviews"))
}

fn read_origin(text: &str) -> Result<Origin, WebError> {
    text.parse().map_err(|_| WebError::not_found("这条评价"))
}
