//! 补正: the one complete notice, item by item, each with its article, an example and the place to put it right.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::{CaseId, Origin, RecordId};
use casework::{CorrectionItem, Provided};
use office::Refused;
use office::cases::facts::Loaded;
use office::cases::rows::Body;
use office::drafts::OpenDraft;

use crate::cx::Csrf;
use crate::parts::Banner;
use crate::site::Site;
use crate::{Cx, Form, Page, Path, WebError};

struct Item {
    label: String,
    problem: String,
    article: String,
    example: String,
    href: String,
    changed: bool,
}

#[derive(Template)]
#[template(path = "pages/my/correct/page.html")]
struct CorrectPage {
    csrf: Csrf,
    here: String,
    number: String,
    matter: String,
    on: String,
    due: String,
    items: Vec<Item>,
    left: usize,
    faults: Vec<(String, String)>,
    banner: Option<Banner>,
    agree_error: String,
}

/// `/my/cases/{no}/correct` starts it, `/my/drafts/{id}/correct` is it.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/my/cases/{no}/correct", post(start).get(case))
        .route("/my/drafts/{id}/correct", get(show).post(send))
}

/// What the open notice of a case names.
pub(super) fn items(tx: &mut store::Tx<'_>, origin: Origin, case: CaseId) -> Result<Vec<CorrectionItem>, Refused> {
    let row = store::cases::get(tx, origin, case)?;
    let body: Body = serde_json::from_value(row.body).map_err(Refused::internal)?;
    Ok(body.case.open_correction().map(|open| open.items.clone()).unwrap_or_default())
}

async fn case(Path(no): Path<String>) -> Redirect {
    Redirect::to(&format!("/my/cases/{no}"))
}

async fn start(cx: Cx, Path(no): Path<String>) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    let draft = cx
        .blocking(move |site| {
            let own = site.office.db.read(|tx| site.office.my_case(tx, &actor, &no))?;
            Ok(site.office.correction_draft(&actor, own.row.origin, own.row.id)?)
        })
        .await?;
    Ok(Redirect::to(&format!("/my/drafts/{draft}/correct")))
}

async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| match super::open(site, &actor, id)? {
        Ok(draft) if draft.case.is_none() => Ok(Redirect::to(&format!("/my/drafts/{id}")).into_response()),
        Ok(draft) => Ok(build(site, &draft, csrf, today, Vec::new(), None, "")?.into_response()),
        Err(elsewhere) => Ok(elsewhere),
    })
    .await
}

/// The label of a field or material, columns and parts by the whole.
fn label_of(draft: &OpenDraft, target: &str) -> String {
    let first = target.split('.').next().unwrap_or(target);
    let matter = &draft.resolved.matter;
    let field = matter.fields().find(|field| field.id.as_str() == first).map(|field| field.label.clone());
    let material =
        matter.materials.iter().find(|material| material.id.as_str() == first).map(|material| material.name.clone());
    field.or(material).unwrap_or_else(|| target.to_owned())
}

fn build(
    site: &Site,
    draft: &OpenDraft,
    csrf: Csrf,
    today: base::Date,
    wrong: Vec<office::Wrong>,
    banner: Option<Banner>,
    agree: &str,
) -> Result<Page, WebError> {
    let office = &site.office;
    let Some((origin, id)) = draft.case else { return Err(WebError::not_found("这份补正")) };
    let (row, before) = office.db.read(|tx| {
        let row = store::cases::get(tx, origin, id)?;
        let loaded = office.load_case(tx, &mut office::people::Keys::default(), row, &draft.resolved.matter)?;
        Ok::<_, Refused>((loaded.row, loaded.case))
    })?;
    let Some(open) = before.open_correction() else {
        let gone = WebError::conflict("这一件现在不需要补正：可能已经补正过，或者期限已过。");
        return Err(gone.way("查看办理进度", &format!("/my/cases/{}", row.number)));
    };
    let (rules, facts) = (office.rules(&draft.resolved), Loaded::new(today));
    let pages = draft.pages(&rules, &draft.facts(&facts, today));
    let items: Vec<Item> = open
        .items
        .iter()
        .map(|item| {
            let first = item.target.split('.').next().unwrap_or(&item.target);
            let fresh = matches!(draft.materials.get(first), Some(given) if before.materials.get(first) != Some(given) && *given != Provided::Files(Vec::new()));
            Item {
                label: label_of(draft, &item.target),
                problem: item.problem.clone(),
                article: item.article.clone(),
                example: item.example.clone(),
                href: super::place_of(draft, &pages, &item.target, "correct"),
                changed: fresh || draft.answers.find(first) != before.answers.find(first),
            }
        })
        .collect();
    let due = open.clock.as_ref().map(|clock| clock.due(&office.calendar, today).expected().date.to_string());
    let here = format!("/my/drafts/{}/correct", draft.id);
    let faulty = !wrong.is_empty() || !agree.is_empty();
    let page = CorrectPage {
        csrf,
        left: items.iter().filter(|item| !item.changed).count(),
        items,
        here,
        matter: row.title.clone(),
        on: open.on.to_string(),
        due: due.unwrap_or_default(),
        faults: wrong
            .into_iter()
            .map(|one| {
                (
                    super::place_of(draft, &pages, &one.field, "correct"),
                    format!("{}：{}", label_of(draft, &one.field), one.message),
                )
            })
            .collect(),
        banner,
        agree_error: agree.to_owned(),
        number: row.number.clone(),
    };
    let case_page = format!("/my/cases/{}", row.number);
    let built = Page::new("补正材料", page).under("我的", "/my").under(row.number, case_page);
    Ok(if faulty { built.with_errors() } else { built })
}

async fn send(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    let agreed = form.text("agree") == "yes";
    cx.blocking(move |site| {
        let draft = match super::open(site, &actor, id)? {
            Ok(draft) => draft,
            Err(elsewhere) => return Ok(elsewhere),
        };
        if !agreed {
            return Ok(build(site, &draft, csrf, today, Vec::new(), None, "提交前请先勾选声明")?.into_response());
        }
        match site.office.submit_draft(&actor, id) {
            Ok(sent) => Ok(Redirect::to(&format!("/my/cases/{}?sent=2", sent.number)).into_response()),
            Err(Refused::Invalid(wrong)) => Ok(build(site, &draft, csrf, today, wrong, None, "")?.into_response()),
            Err(refused @ (Refused::Rule { .. } | Refused::Conflict)) => {
                let banner = Banner {
                    title: "这次没有提交成功".to_owned(),
                    text: format!("{refused}。填过的内容都在。"),
                    ways: Vec::new(),
                    success: false,
                };
                let page = build(site, &draft, csrf, today, Vec::new(), Some(banner), "")?;
                Ok(page.status(axum::http::StatusCode::CONFLICT).into_response())
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}
