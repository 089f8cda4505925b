//! 审查页面: one case as its desk sees it, side by side, with everything that can be done about it.
use askama::Template;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use base::FileId;
use office::desk::{ActDraft, LimitView, Review, Sight};
use registry::names::Severity;
use serde::Deserialize;
use store::papers::FileRow;

use super::form::ActForm;
use crate::cx::Csrf;
use crate::parts::{Limits, Tone};
use crate::{Cx, Form, Page, Path, Query, Upload, WebError};

#[derive(Template)]
#[template(path = "pages/desk/review/page.html")]
struct ReviewPage {
    csrf: Csrf,
    said: &'static str,
    now: base::Instant,
    me: base::AccountId,
    forms: Vec<ActForm>,
    colleagues: Vec<(base::AccountId, String)>,
    r: Review,
}

/// Values with more characters are folded.
const LONG: usize = 300;
/// How much of a folded value stands on its line.
const OPENING: usize = 48;

impl ReviewPage {
    /// Something waits to take effect, and no step open to this person is free of it.
    fn all_wait(&self) -> bool {
        let waits = |form: &ActForm| self.r.pending.iter().any(|one| one.step == form.desk.step);
        !self.r.pending.is_empty() && self.forms.iter().all(waits)
    }

    fn limits(&self, limit: &LimitView) -> Limits {
        Limits {
            statutory: format!("{}（{}）", limit.statutory, limit.statutory_day),
            basis: limit.basis.clone(),
            promised: if limit.promised.is_empty() { "未另行承诺".to_owned() } else { limit.promised.clone() },
            expected: Some(limit.expected),
            stopped: limit.stopped.clone(),
            used: limit.used,
            left: limit.left_text(),
            tone: match limit.left {
                left if left < 0 => Tone::Bad,
                left if left <= 2 => Tone::Warn,
                _ => Tone::Good,
            },
        }
    }

    fn action(&self) -> String {
        format!("/desk/cases/{}/act", self.r.number)
    }

    /// A number of ours: nothing to escape.
    fn hidden(&self) -> String {
        format!("<input type=\"hidden\" name=\"rev\" value=\"{}\">", self.r.rev)
    }

    fn whole(&self) -> bool {
        self.r.sight == Sight::Whole
    }

    fn inline(&self, file: &FileRow) -> bool {
        shown_inline(&file.mime)
    }

    fn is_image(&self, file: &FileRow) -> bool {
        file.mime.starts_with("image/")
    }

    fn refuses(&self, finding: &registry::names::Finding) -> bool {
        finding.severity == Severity::Refuse
    }

    fn reasons(&self, near: &search::Near) -> String {
        near.reasons.iter().map(registry::names::Reason::text).collect::<Vec<_>>().join("，")
    }

    fn percent(&self, near: &search::Near) -> String {
        format!("{}%", near.score / 10)
    }

    fn can_return(&self) -> bool {
        self.forms.iter().any(ActForm::can_return)
    }

    fn returning(&self) -> &str {
        self.forms.iter().find(|form| form.can_return()).map_or("", |form| form.desk.step.as_str())
    }

    fn may_name(&self, target: &str) -> bool {
        self.forms.iter().any(|form| form.can_return() && form.desk.targets.iter().any(|one| one == target))
    }

    /// A charter would push everything else off the screen: it is folded.
    fn is_long(&self, text: &str) -> bool {
        text.chars().count() > LONG
    }

    fn opening(&self, text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(OPENING).collect()
    }

    fn mine(&self, pending: &office::desk::Pending) -> bool {
        pending.account == self.me
    }

    fn errors(&self) -> Vec<(String, String)> {
        let of = |form: &ActForm| {
            let prefix = form.prefix.clone();
            form.errors.iter().map(|(field, words)| (format!("f-{prefix}-{field}"), words.clone())).collect::<Vec<_>>()
        };
        self.forms.iter().flat_map(of).collect()
    }
}

fn shown_inline(mime: &str) -> bool {
    mime == "application/pdf" || mime.starts_with("image/") || mime.starts_with("text/plain")
}

/// `?said=` after an act of the page.
#[derive(Debug, Default, Deserialize)]
pub struct Said {
    #[serde(default)]
    said: String,
}

fn said(word: &str) -> &'static str {
    match word {
        "taken-back" => "已撤销，没有留下办理记录。",
        "claimed" => "已领取，这一件由您办理。",
        "released" => "已放回，同事可以领取。",
        "assigned" => "已分派给同事。",
        "asked" => "询问已发出，对方会收到通知。",
        "sent" => "已发给申请人。",
        "attached" => "文书已附上，在下面的“所附文书”里勾选。",
        _ => "",
    }
}

/// The page's data; what is due takes effect first, so that nobody sees a countdown that is over.
async fn load(cx: &Cx, number: String) -> Result<(Review, Vec<(base::AccountId, String)>), WebError> {
    let who = cx.actor()?;
    cx.blocking(move |site| {
        let office = &site.office;
        let mut review = office.review(&who, &number)?;
        let now = office.clock.now();
        if review.pending.iter().any(|pending| pending.seconds_left(now) == 0) {
            office.run_pending()?;
            review = office.review(&who, &number)?;
        }
        let chair = review.desks.first().and_then(|desk| {
            let mut chairs = office.chairs(&who).into_iter();
            chairs.find(|chair| chair.desk_name == desk.desk_name)
        });
        let colleagues = match chair {
            Some(chair) => office.colleagues(&chair)?,
            None => Vec::new(),
        };
        Ok((review, colleagues))
    })
    .await
}

fn page(cx: &Cx, word: &str, review: Review, colleagues: Vec<(base::AccountId, String)>, forms: Vec<ActForm>) -> Page {
    let me = cx.viewer.as_ref().map_or(base::AccountId::from_bits(0), |viewer| viewer.account);
    let title = review.title.clone();
    let colleagues = colleagues.into_iter().filter(|(account, _)| *account != me).collect();
    let body = ReviewPage {
        csrf: cx.csrf(),
        said: said(word),
        now: cx.site.office.clock.now(),
        me,
        forms,
        colleagues,
        r: review,
    };
    Page::new(title, body).under("工作台", "/desk").desk()
}

fn forms_of(review: &Review) -> Vec<ActForm> {
    review.desks.iter().map(|desk| ActForm::new(desk.clone(), review.documents.clone())).collect()
}

pub async fn show(cx: Cx, Path(number): Path<String>, Query(asked): Query<Said>) -> Result<Page, WebError> {
    let (review, colleagues) = load(&cx, number).await?;
    let forms = forms_of(&review);
    Ok(page(&cx, &asked.said, review, colleagues, forms))
}

/// Puts an act down. What is wrong with it comes back at its place in the form.
pub async fn act(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let (text, sent) = (number.clone(), form.clone());
    let done = cx.blocking(move |site| Ok(pend(&site.office, &who, &text, &sent))).await?;
    match done {
        Ok(number) => Ok(Redirect::to(&format!("/desk/cases/{number}")).into_response()),
        Err(office::Refused::Invalid(wrong)) => {
            let (review, colleagues) = load(&cx, number).await?;
            let mut forms = forms_of(&review);
            if let Some(shown) = forms.iter_mut().find(|one| one.desk.step == form.text("step")) {
                shown.values.clone_from(&form.0);
                shown.errors = wrong.into_iter().map(|one| (one.field, one.message)).collect();
            }
            Ok(page(&cx, "", review, colleagues, forms).with_errors().into_response())
        }
        Err(refused) => {
            let again = format!("/desk/cases/{number}");
            Err(WebError::from(refused).way("看现在的情况", &again))
        }
    }
}

fn pend(office: &office::Office, who: &authority::Actor, number: &str, form: &Form) -> Result<String, office::Refused> {
    let draft = office.read_act(who, number, form.text("step"), &form.0)?;
    let seen = form.text("rev").parse().map_err(|_| office::Refused::Conflict)?;
    let text = number.to_owned();
    let case = office.db.read(move |tx| office.find_case(tx, &text))?;
    let draft: ActDraft = draft;
    Ok(office.pend(who, case, seen, &draft)?.number)
}

pub async fn claim(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let (step, take) = (form.text("step").to_owned(), form.text("take") == "1");
    let text = number.clone();
    cx.blocking(move |site| {
        let case = site.office.db.read(|tx| site.office.find_case(tx, &text))?;
        Ok(site.office.claim_task(&who, case, &step, take)?)
    })
    .await?;
    Ok(Redirect::to(&format!("/desk/cases/{number}?said={}", if take { "claimed" } else { "released" })))
}

pub async fn assign(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let to = form.text("to").parse().map_err(|_| WebError::invalid("请选择分派给哪位同事。"))?;
    let (step, text) = (form.text("step").to_owned(), number.clone());
    cx.blocking(move |site| {
        let case = site.office.db.read(|tx| site.office.find_case(tx, &text))?;
        Ok(site.office.assign(&who, case, &step, to)?)
    })
    .await?;
    Ok(Redirect::to(&format!("/desk/cases/{number}?said=assigned")))
}

pub async fn add_document(cx: Cx, Path(number): Path<String>, upload: Upload) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let Some(file) = upload.files.into_iter().find(|file| !file.bytes.is_empty()) else {
        return Err(WebError::invalid("请先选择要附上的文件。").way("回到这一件", &format!("/desk/cases/{number}")));
    };
    let text = number.clone();
    cx.blocking(move |site| {
        let case = site.office.db.read(|tx| site.office.find_case(tx, &text))?;
        Ok(site.office.add_document(&who, case, &file.name, &file.bytes)?)
    })
    .await?;
    Ok(Redirect::to(&format!("/desk/cases/{number}?said=attached")))
}

/// A material's bytes: PDF, pictures and plain text in the browser, everything else as a download.
pub async fn file(cx: Cx, Path((number, file)): Path<(String, FileId)>) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let (row, bytes) = cx
        .blocking(move |site| {
            let case = site.office.db.read(|tx| site.office.find_case(tx, &number))?;
            Ok(site.office.case_file(&who, case, file)?)
        })
        .await?;
    let how = if shown_inline(&row.mime) { "inline" } else { "attachment" };
    let name = serde_urlencoded::to_string([("f", row.name.as_str())]).unwrap_or_default();
    let named = format!("{how}; filename*=UTF-8''{}", name.trim_start_matches("f=").replace('+', "%20"));
    let mime = HeaderValue::from_str(&row.mime).map_err(WebError::internal)?;
    let named = HeaderValue::from_str(&named).map_err(WebError::internal)?;
    let headers = [
        (header::CONTENT_TYPE, mime),
        (header::CONTENT_DISPOSITION, named),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
        // Framed by the review page of this very site and by nothing else; no script of it runs.
        (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static("script-src 'none'; frame-ancestors 'self'")),
    ];
    Ok((headers, bytes).into_response())
}
