//! 填写清单: a draft as a list of tasks with how far each is; rename it, throw it away, go on to check and send.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::RecordId;
use casework::{Provided, Status};
use catalogue::matter::{Material, MaterialSource};
use office::cases::facts::Loaded;
use office::drafts::OpenDraft;

use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::{ErrorSummary, Label, Task, TaskList, TaskSection, TextField};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, WebError};

#[derive(Template)]
#[template(path = "pages/my/task_list/page.html")]
struct ListPage {
    csrf: Csrf,
    title: String,
    matter: String,
    guide: String,
    place: String,
    saved: String,
    ends: String,
    ending: bool,
    filled: usize,
    total: usize,
    next: String,
    ready: bool,
    tasks: TaskList,
    here: String,
    name: TextField,
    errors: Option<ErrorSummary>,
}

#[derive(Template)]
#[template(path = "pages/my/task_list/delete.html")]
struct DeletePage {
    csrf: Csrf,
    title: String,
    here: String,
    files: usize,
}

/// `/my/drafts/{id}`, renaming and deleting it.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/my/drafts/{id}", get(show))
        .route("/my/drafts/{id}/rename", post(rename).get(back))
        .route("/my/drafts/{id}/delete", get(ask).post(delete))
}

async fn back(Path(id): Path<RecordId>) -> Redirect {
    Redirect::to(&format!("/my/drafts/{id}"))
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
        let title = draft.title.clone();
        let page = Page::new(title, build(site, &draft, csrf, today, "")).under("我的", "/my");
        Ok(page.into_response())
    })
    .await
}

fn task(text: &str, href: String, status: Status, hint: &str) -> Task {
    Task {
        link: Link::to(text, href),
        status: status.plain().to_owned(),
        tone: super::tone(status),
        hint: hint.to_owned(),
    }
}

fn build(site: &Site, draft: &OpenDraft, csrf: Csrf, today: base::Date, rename_error: &str) -> ListPage {
    let office = &site.office;
    let (rules, facts) = (office.rules(&draft.resolved), Loaded::new(today));
    let inner = draft.facts(&facts, today);
    let here = format!("/my/drafts/{}", draft.id);
    let mut sections: Vec<TaskSection> = Vec::new();
    let (mut filled, mut total, mut next) = (0, 0, String::new());
    let mut count = |status: Status, href: &str| {
        total += 1;
        if status == Status::Filled {
            filled += 1;
        } else if next.is_empty() {
            href.clone_into(&mut next);
        }
    };
    for page in draft.pages(&rules, &inner) {
        let status = draft.status_of(&page, &rules, &inner);
        let href = format!("{here}/{}", page.key);
        count(status, &href);
        let one = task(&page.title, href, status, "");
        match sections.last_mut().filter(|section| section.title == page.section.title) {
            Some(section) => section.tasks.push(one),
            None => sections.push(TaskSection { title: page.section.title.clone(), tasks: vec![one] }),
        }
    }
    let faults = rules.material_faults(&draft.materials, &inner);
    let mut materials = Vec::new();
    for material in draft.resolved.matter.materials.iter().filter(|material| is_asked(material)) {
        let needed = rules.needed(&material.required, &inner);
        let missing = faults.iter().any(|fault| fault.field == material.id.as_str());
        let status = match draft.materials.get(&material.id) {
            Some(_) if !missing => Status::Filled,
            _ => Status::NotStarted,
        };
        let href = format!("{here}/materials/{}", material.id);
        if needed {
            count(status, &href);
        }
        let hint = match draft.materials.get(&material.id) {
            Some(Provided::Promised) => "用告知承诺代替".to_owned(),
            Some(Provided::Files(files)) => format!("{} 个文件", files.len()),
            _ if !needed => "有就交，没有可以不交".to_owned(),
            _ => String::new(),
        };
        materials.push(task(&material.name, href, status, &hint));
    }
    if !materials.is_empty() {
        sections.push(TaskSection { title: "申请材料".to_owned(), tasks: materials });
    }
    let ready = filled == total;
    let last = Task {
        link: Link::to("核对并提交", format!("{here}/check")),
        status: if ready { "可以提交了".to_owned() } else { format!("还差 {} 项", total - filled) },
        tone: if ready { Some(crate::parts::Tone::Warn) } else { Some(crate::parts::Tone::Grey) },
        hint: "看一遍全部内容，签好声明再提交".to_owned(),
    };
    sections.push(TaskSection { title: "提交".to_owned(), tasks: vec![last] });
    ListPage {
        csrf,
        title: draft.title.clone(),
        matter: draft.resolved.matter.name.clone(),
        guide: format!("/matters/{}", draft.resolved.matter.id),
        place: office.areas.full_name_at(&draft.area, today),
        saved: draft.saved_at.local_minute(),
        ends: draft.ends_on.map(|day| day.to_string()).unwrap_or_default(),
        ending: draft.ending,
        filled,
        total,
        next: if next.is_empty() { format!("{here}/check") } else { next },
        ready,
        tasks: TaskList { sections },
        here,
        name: TextField::new(
            Label::new("title", "草稿的名字").hint("只有您自己看得到").error(rename_error),
            draft.title.clone(),
        ),
        errors: (!rename_error.is_empty()).then(|| ErrorSummary::of(&[("title", rename_error)])),
    }
}

/// Materials the applicant brings; shared and generated ones are got by the platform.
pub(super) fn is_asked(material: &Material) -> bool {
    !matches!(material.source, MaterialSource::Shared | MaterialSource::Generated)
}

async fn rename(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    let title = form.text("title").to_owned();
    cx.blocking(move |site| match site.office.rename_draft(&actor, id, &title) {
        Ok(()) => Ok(Redirect::to(&format!("/my/drafts/{id}")).into_response()),
        Err(office::Refused::Invalid(wrong)) => {
            let draft = site.office.open_draft(&actor, id)?;
            let why = wrong.first().map(|one| one.message.clone()).unwrap_or_default();
            let page = Page::new(draft.title.clone(), build(site, &draft, csrf, today, &why)).under("我的", "/my");
            Ok(page.with_errors().into_response())
        }
        Err(other) => Err(other.into()),
    })
    .await
}

async fn ask(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    let (actor, csrf) = (cx.actor()?, cx.csrf());
    cx.blocking(move |site| {
        let draft = site.office.open_draft(&actor, id)?;
        let here = format!("/my/drafts/{id}");
        let page = DeletePage { csrf, title: draft.title.clone(), files: draft.files.len(), here: here.clone() };
        Ok(Page::new("删除草稿", page).under("我的", "/my").under(draft.title, here))
    })
    .await
}

async fn delete(cx: Cx, Path(id): Path<RecordId>) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.delete_draft(&actor, id)?)).await?;
    Ok(Redirect::to("/my?deleted=1"))
}
