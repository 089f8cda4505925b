//! 核对并提交: every answer once more with a way to mend it, personal values masked, the declaration last; sent only here.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use casework::{FieldFault, Provided};
use office::Refused;
use office::cases::facts::Loaded;
use office::drafts::OpenDraft;

use crate::cx::Csrf;
use crate::parts::{Banner, SummaryList, SummaryRow};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, WebError};

struct Mend {
    href: String,
    text: String,
}

#[derive(Template)]
#[template(path = "pages/my/check/page.html")]
struct CheckPage {
    csrf: Csrf,
    here: String,
    task_list: String,
    matter: String,
    place: String,
    faults: Vec<Mend>,
    warnings: Vec<Mend>,
    summary: Vec<SummaryList>,
    agree_error: String,
    banner: Option<Banner>,
    expected: String,
}

/// `/my/drafts/{id}/check`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my/drafts/{id}/check", get(show).post(send))
}

async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| {
        let draft = match super::open(site, &actor, id)? {
            Ok(draft) if draft.case.is_some() => {
                return Ok(Redirect::to(&format!("/my/drafts/{id}/correct")).into_response());
            }
            Ok(draft) => draft,
            Err(elsewhere) => return Ok(elsewhere),
        };
        Ok(build(site, &draft, csrf, today, "", None)?.into_response())
    })
    .await
}

fn mend(draft: &OpenDraft, site: &Site, today: base::Date, faults: &[FieldFault]) -> Vec<Mend> {
    let (rules, facts) = (site.office.rules(&draft.resolved), Loaded::new(today));
    let pages = draft.pages(&rules, &draft.facts(&facts, today));
    let one = |fault: &FieldFault| {
        let label = if fault.label.is_empty() { String::new() } else { format!("{}：", fault.label) };
        Mend {
            href: super::place_of(draft, &pages, &fault.field, "check"),
            text: format!("{label}{}", super::sentence(fault)),
        }
    };
    faults.iter().map(one).collect()
}

pub(super) fn materials(draft: &OpenDraft, here: &str, back: &str) -> SummaryList {
    let asked = draft.resolved.matter.materials.iter().filter(|material| super::task_list::is_asked(material));
    let row = |material: &catalogue::matter::Material| {
        let value = match draft.materials.get(&material.id) {
            Some(Provided::Files(_)) if draft.files_of(material.id.as_str()).next().is_some() => {
                draft.files_of(material.id.as_str()).map(|file| file.name.clone()).collect::<Vec<_>>().join("\n")
            }
            Some(Provided::Files(files)) => format!("{} 个文件", files.len()),
            Some(Provided::Promised) => "用告知承诺代替".to_owned(),
            Some(Provided::Paper) => "到窗口交纸质材料".to_owned(),
            Some(Provided::Shared(from)) => format!("数据共享：{from}"),
            None => String::new(),
        };
        SummaryRow {
            label: material.name.clone(),
            value,
            change: Some(format!("{here}/materials/{}?back={back}", material.id)),
        }
    };
    SummaryList { title: "申请材料".to_owned(), rows: asked.map(row).collect() }
}

fn build(
    site: &Site,
    draft: &OpenDraft,
    csrf: Csrf,
    today: base::Date,
    agree: &str,
    banner: Option<Banner>,
) -> Result<Page, WebError> {
    let office = &site.office;
    let (faults, warnings) = office.db.read(|tx| office.draft_faults(tx, draft))?;
    let (rules, loaded) = (office.rules(&draft.resolved), Loaded::new(today));
    let facts = draft.facts(&loaded, today);
    let pages = draft.pages(&rules, &facts);
    let list = format!("/my/drafts/{}", draft.id);
    let mut summary: Vec<SummaryList> = rules
        .summary(&facts, |section| section.by.is_applicant(), false)
        .into_iter()
        .map(|section| SummaryList {
            title: section.title,
            rows: section
                .rows
                .into_iter()
                .map(|row| SummaryRow {
                    change: Some(super::place_of(draft, &pages, &row.field, "check")),
                    value: area_words(office, draft, &row.field, row.value, today),
                    label: row.label,
                })
                .collect(),
        })
        .collect();
    summary.push(materials(draft, &list, "check"));
    let limit = draft.resolved.matter.limit.as_ref();
    let span = limit
        .and_then(|limit| casework::span_of(limit.promised.as_ref().unwrap_or(&limit.statutory), rules.params).ok());
    let refused = !agree.is_empty();
    let page = CheckPage {
        csrf,
        here: format!("{list}/check"),
        task_list: list.clone(),
        matter: draft.resolved.matter.name.clone(),
        place: office.areas.full_name_at(&draft.area, today),
        faults: mend(draft, site, today, &faults),
        warnings: mend(draft, site, today, &warnings),
        summary,
        agree_error: agree.to_owned(),
        banner,
        expected: span
            .map(|span| office.calendar.off_holiday(office.calendar.after(today, span)).date.to_string())
            .unwrap_or_default(),
    };
    let built = Page::new("核对并提交", page).under("我的", "/my").under(draft.title.clone(), list);
    Ok(if refused { built.with_errors() } else { built })
}

/// Area answers are codes; people read names.
fn area_words(office: &office::Office, draft: &OpenDraft, field: &str, value: String, today: base::Date) -> String {
    let is_area = draft
        .resolved
        .matter
        .fields()
        .any(|one| one.id.as_str() == field && one.kind == catalogue::matter::FieldKind::Area);
    match value.parse::<base::AreaCode>() {
        Ok(code) if is_area => office.areas.full_name_at(&code, today),
        _ => {
            if value == "未填写" {
                String::new()
            } else {
                value
            }
        }
    }
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
            return Ok(build(site, &draft, csrf, today, "提交前请先勾选声明", None)?.into_response());
        }
        match site.office.submit_draft(&actor, id) {
            Ok(sent) => Ok(Redirect::to(&format!("/my/cases/{}?sent=1", sent.number)).into_response()),
            Err(Refused::Invalid(_)) => {
                let page = build(site, &draft, csrf, today, "", None)?;
                Ok(page.with_errors().into_response())
            }
            Err(refused @ (Refused::Rule { .. } | Refused::Conflict)) => {
                let banner = Banner {
                    title: "这次没有提交成功".to_owned(),
                    text: format!("{refused}。填过的内容都在。"),
                    ways: Vec::new(),
                    success: false,
                };
                let draft = site.office.open_draft(&actor, id)?;
                let page = build(site, &draft, csrf, today, "", Some(banner))?;
                Ok(page.status(axum::http::StatusCode::CONFLICT).into_response())
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}
