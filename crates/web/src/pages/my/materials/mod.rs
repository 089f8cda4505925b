//! 申请材料: one material per page: upload, look again, replace, take off, or promise it where the law allows (告知承诺).
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{FileId, RecordId};
use catalogue::matter::{Material, MaterialId};
use office::Refused;
use office::cases::facts::Loaded;
use office::drafts::OpenDraft;
use office::files::LARGEST;
use serde::Deserialize;

use crate::cx::Csrf;
use crate::parts::{ErrorSummary, FileField, Label, StoredFile};
use crate::site::Site;
use crate::{Cx, Page, Path, Query, Upload, WebError};

/// Where to go on afterwards.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Ask {
    back: String,
}

#[derive(Template)]
#[template(path = "pages/my/materials/page.html")]
struct MaterialPage {
    csrf: Csrf,
    here: String,
    task_list: String,
    errors: Option<ErrorSummary>,
    name: String,
    explain: String,
    facts: String,
    clause: String,
    field: FileField,
    promise: Option<(String, String, String)>,
    promised: bool,
    has_files: bool,
    personal: bool,
    item: Option<(String, String, String)>,
}

/// `/my/drafts/{id}/materials/{material}` and its files.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/my/drafts/{id}/materials/{slot}", get(show).post(keep))
        .route("/my/drafts/{id}/files/{file}", get(read))
        // Ten files of the largest size at once, and the form around them.
        .layer(DefaultBodyLimit::max(10 * LARGEST + (1 << 20)))
}

async fn show(
    cx: Cx,
    Path((id, slot)): Path<(RecordId, String)>,
    Query(ask): Query<Ask>,
) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| match super::open(site, &actor, id)? {
        Ok(draft) => Ok(build(site, &draft, &slot, "", &ask, csrf, today)?.into_response()),
        Err(elsewhere) => Ok(elsewhere),
    })
    .await
}

async fn read(cx: Cx, Path((id, file)): Path<(RecordId, FileId)>) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| {
        let (row, bytes) = site.office.draft_file(&actor, id, file)?;
        Ok(super::download(&row.name, &row.mime, bytes))
    })
    .await
}

/// What a slot is called and takes, be it a material or a file field.
struct Slot<'m> {
    name: String,
    material: Option<&'m Material>,
    accepts: Vec<String>,
}

fn slot_of<'m>(draft: &'m OpenDraft, slot: &str) -> Result<Slot<'m>, WebError> {
    let matter = &draft.resolved.matter;
    let accepts = office::drafts::accepted(matter, slot);
    let accepts = accepts
        .ok_or_else(|| WebError::not_found("这项材料").way("回到填写清单", &format!("/my/drafts/{}", draft.id)))?;
    let material = matter.find_material(&MaterialId::from(slot));
    let field = matter.fields().find(|field| field.id.as_str() == slot);
    let name = material.map(|material| material.name.clone()).or_else(|| field.map(|field| field.label.clone()));
    Ok(Slot { name: name.unwrap_or_default(), material, accepts })
}

fn build(
    site: &Site,
    draft: &OpenDraft,
    slot: &str,
    error: &str,
    ask: &Ask,
    csrf: Csrf,
    today: base::Date,
) -> Result<Page, WebError> {
    let kept = slot_of(draft, slot)?;
    let list = format!("/my/drafts/{}", draft.id);
    let (rules, facts) = (site.office.rules(&draft.resolved), Loaded::new(today));
    let needed = kept.material.is_none_or(|material| rules.needed(&material.required, &draft.facts(&facts, today)));
    let files: Vec<StoredFile> = draft
        .files_of(slot)
        .map(|file| StoredFile {
            name: file.name.clone(),
            size: super::size_text(file.size),
            href: format!("{list}/files/{}", file.id),
            remove: format!("file:{slot}:{}:remove", file.id),
        })
        .collect();
    let label = Label::new("file", if files.is_empty() { "选择文件" } else { "再加文件" }).error(error);
    let item = match draft.case {
        Some((origin, case)) => {
            let items = site.office.db.read(|tx| super::correct::items(tx, origin, case))?;
            items.into_iter().find(|item| item.target == slot).map(|item| (item.problem, item.article, item.example))
        }
        None => None,
    };
    let query = if ask.back.is_empty() { String::new() } else { format!("?back={}", ask.back) };
    let material = kept.material;
    let form = |material: &Material| match material.copies {
        0 => "电子件".to_owned(),
        copies => format!("{}，纸质 {copies} 份（网上办理传电子件即可）", material.form.plain()),
    };
    let page = MaterialPage {
        csrf,
        here: format!("{list}/materials/{slot}{query}"),
        task_list: list.clone(),
        errors: (!error.is_empty()).then(|| ErrorSummary::of(&[("file", error)])),
        explain: material.map(|material| material.explain.clone()).unwrap_or_default(),
        facts: material
            .map(|material| {
                format!(
                    "{}；{}；{}",
                    if needed { "必须提交" } else { "有就交" },
                    form(material),
                    material.source.plain()
                )
            })
            .unwrap_or_default(),
        clause: material.map(|material| material.clause.text.clone()).unwrap_or_default(),
        promise: material.and_then(|material| material.promise.as_ref()).map(|promise| {
            let time = crate::pages::matters::span_text(&promise.verify, &draft.resolved.params).unwrap_or_default();
            (
                promise.text.clone(),
                format!("{}决定作出后 {time}内核查。", promise.consequence),
                promise.clause.text.clone(),
            )
        }),
        promised: draft.is_promised(&MaterialId::from(slot)),
        has_files: !files.is_empty(),
        personal: material.is_some_and(|material| material.personal),
        field: FileField {
            label,
            accept: kept.accepts.iter().map(|ending| format!(".{ending}")).collect::<Vec<_>>().join(","),
            rule: format!("可传 {}，每个不超过 {} MB。选好后点“上传”。", kept.accepts.join("、"), LARGEST >> 20),
            several: true,
            files,
            forms: Vec::new(),
        },
        item,
        name: kept.name.clone(),
    };
    let built = Page::new(kept.name, page).under("我的", "/my").under(draft.title.clone(), list);
    Ok(if error.is_empty() { built } else { built.with_errors() })
}

async fn keep(
    cx: Cx,
    Path((id, slot)): Path<(RecordId, String)>,
    Query(ask): Query<Ask>,
    upload: Upload,
) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| {
        let draft = match super::open(site, &actor, id)? {
            Ok(draft) => draft,
            Err(elsewhere) => return Ok(elsewhere),
        };
        slot_of(&draft, &slot)?;
        match change(site, &actor, &draft, &slot, &upload) {
            Ok(stay) => Ok(Redirect::to(&onward(&draft, &slot, stay, &ask)).into_response()),
            Err(Refused::Invalid(wrong)) => {
                let draft = site.office.open_draft(&actor, id)?;
                let why: Vec<String> = wrong.into_iter().map(|one| one.message).collect();
                Ok(build(site, &draft, &slot, &why.join("；"), &ask, csrf, today)?.into_response())
            }
            Err(other) => Err(other.into()),
        }
    })
    .await
}

fn onward(draft: &OpenDraft, slot: &str, stay: bool, ask: &Ask) -> String {
    let list = format!("/my/drafts/{}", draft.id);
    match (stay, ask.back.as_str()) {
        (true, "") => format!("{list}/materials/{slot}"),
        (true, back) => format!("{list}/materials/{slot}?back={back}"),
        (false, "check") => format!("{list}/check"),
        (false, "correct") => format!("{list}/correct"),
        (false, _) => list,
    }
}

/// Does what was asked; says whether the page stays. Of several files the good ones are kept and the others named.
fn change(
    site: &Site,
    actor: &authority::Actor,
    draft: &OpenDraft,
    slot: &str,
    upload: &Upload,
) -> Result<bool, Refused> {
    let office = &site.office;
    let act = upload.form.act();
    match act[..] {
        ["file", _, file, "remove"] => {
            let file: FileId = file.parse().map_err(|_| Refused::NotFound("这份文件"))?;
            return office.detach_from_draft(actor, draft.id, file).map(|()| true);
        }
        ["promise"] => {
            if upload.form.text("agree") != "yes" {
                return Err(Refused::field("file", "请先勾选“我已阅读并承诺”，再提交承诺"));
            }
            return office.promise_material(actor, draft.id, slot, true).map(|()| false);
        }
        ["unpromise"] => return office.promise_material(actor, draft.id, slot, false).map(|()| true),
        _ => {}
    }
    if upload.files.is_empty() {
        let nothing = !draft.materials.contains_key(&MaterialId::from(slot)) && draft.files_of(slot).next().is_none();
        return if nothing && upload.form.text("_then") != "list" {
            Err(Refused::field("file", "还没有选择文件。请先选择文件，再点“上传”"))
        } else {
            Ok(false)
        };
    }
    let mut wrong = Vec::new();
    for file in &upload.files {
        match office.attach_to_draft(actor, draft.id, slot, &file.name, &file.bytes) {
            Ok(_) => {}
            Err(Refused::Invalid(faults)) => {
                wrong.extend(faults.into_iter().map(|fault| office::Wrong {
                    message: format!("“{}”没有收下：{}", file.name, fault.message),
                    ..fault
                }));
            }
            Err(other) => return Err(other),
        }
    }
    if wrong.is_empty() { Ok(true) } else { Err(Refused::Invalid(wrong)) }
}
