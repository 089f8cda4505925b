//! 填写页: one page of a draft, at most five inputs. Whatever is sent is kept; what is wrong is said; nothing needs JavaScript.
pub(crate) mod area;
mod save;
mod values;
mod widgets;

use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::{Date, RecordId};
use casework::{Posted, Rules};
use catalogue::matter::{FieldKind, Reference};
use office::cases::facts::Loaded;
use office::drafts::{DraftPage, OpenDraft};
use serde::Deserialize;
use store::people::Body;

use crate::cx::Csrf;
use crate::parts::{Banner, ErrorSummary};
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};
use widgets::Maker;

/// Where to go on afterwards, and whether the script is saving.
#[derive(Deserialize, Default, Clone)]
#[serde(default)]
struct Ask {
    back: String,
    autosave: Option<String>,
}

#[derive(Template)]
#[template(path = "pages/my/question/page.html")]
struct QuestionPage {
    csrf: Csrf,
    here: String,
    autosave: String,
    rev: i64,
    back: String,
    help: String,
    at: usize,
    of: usize,
    heading: String,
    errors: Option<ErrorSummary>,
    banner: Option<Banner>,
    fields: Vec<(String, bool)>,
    task_list: String,
    before: String,
    item: Option<(String, String, String)>,
}

/// `/my/drafts/{id}/{page}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my/drafts/{id}/{page}", get(show).post(save::save))
}

/// Everything about a page that is not what was typed.
struct Scene<'a> {
    site: &'a Site,
    draft: &'a OpenDraft,
    page: &'a DraftPage<'a>,
    pages: &'a [DraftPage<'a>],
    rules: &'a Rules<'a>,
    facts: &'a Loaded,
    today: Date,
    back: String,
}

/// What was typed, what is wrong with it, and what the person must know.
struct Typed {
    values: Posted,
    errors: BTreeMap<String, String>,
    act: Vec<String>,
    rev: i64,
    banner: Option<Banner>,
}

async fn show(cx: Cx, Path((id, key)): Path<(RecordId, String)>, Query(ask): Query<Ask>) -> Result<Response, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| {
        let draft = match super::open(site, &actor, id)? {
            Ok(draft) => draft,
            Err(elsewhere) => return Ok(elsewhere),
        };
        let (rules, facts) = (site.office.rules(&draft.resolved), Loaded::new(today));
        let pages = draft.pages(&rules, &draft.facts(&facts, today));
        let page = find(&pages, &key, &draft)?;
        let scene = Scene {
            site,
            draft: &draft,
            page,
            pages: &pages,
            rules: &rules,
            facts: &facts,
            today,
            back: ask.back.clone(),
        };
        let values = values::shown(page.fields.iter().copied(), |name| draft.answers.find(name).cloned());
        let typed = Typed { values, errors: BTreeMap::new(), act: Vec::new(), rev: draft.rev, banner: None };
        Ok(build(&scene, typed, csrf)?.into_response())
    })
    .await
}

fn find<'p, 'm>(pages: &'p [DraftPage<'m>], key: &str, draft: &OpenDraft) -> Result<&'p DraftPage<'m>, WebError> {
    let gone = || {
        WebError::not_found("这一页，它可能因为您前面的选择不用填了")
            .way("回到填写清单", &format!("/my/drafts/{}", draft.id))
    };
    pages.iter().find(|page| page.key == key).ok_or_else(gone)
}

/// The bodies an organization field may name: of its kind, of the authority's area.
fn bodies_for(scene: &Scene<'_>, tx: &mut store::Tx<'_>) -> Result<Vec<Body>, WebError> {
    if scene.page.fields.iter().all(|field| field.kind != FieldKind::Organization) {
        return Ok(Vec::new());
    }
    let mut bodies = store::people::bodies(tx)?;
    bodies.retain(|body| body.area == scene.draft.area && body.state == "active");
    Ok(bodies)
}

/// Whether a body may be named there. A department that supervises may be the regulator of the same trade as well.
fn fits(reference: Option<Reference>, body: &Body) -> bool {
    let kinds: &[&str] = match reference {
        Some(Reference::Supervisor) => &["supervisor"],
        Some(Reference::Regulator) => &["regulator", "supervisor"],
        Some(Reference::PartyBody) => &["party"],
        Some(Reference::Registrar) => &["registrar"],
        Some(Reference::Organization | Reference::Body) | None => return true,
    };
    kinds.contains(&body.kind.as_str())
}

/// The page with its widgets. One read for bodies and the name check.
fn build(scene: &Scene<'_>, typed: Typed, csrf: Csrf) -> Result<Page, WebError> {
    let Scene { site, draft, page, pages, rules, today, .. } = scene;
    let office = &site.office;
    let (bodies, report, item) = office.db.read(|tx| {
        let bodies = bodies_for(scene, tx)?;
        let report = check_name(scene, tx, &typed)?;
        Ok::<_, WebError>((bodies, report, correction_item(scene, tx)?))
    })?;
    let facts = draft.facts(scene.facts, *today);
    let fields = page.fields.iter().map(|field| {
        let fitting: Vec<Body> = bodies.iter().filter(|body| fits(field.refers_to, body)).cloned().collect();
        let maker = Maker {
            office,
            rules,
            facts: &facts,
            today: *today,
            values: &typed.values,
            errors: &typed.errors,
            act: &typed.act,
            bodies: &fitting,
            answers: &draft.answers,
            prefilled: &draft.prefilled,
            name: report.clone(),
        };
        (maker.widget(field, field.id.as_str(), false), field.kind == FieldKind::Name)
    });
    let at = pages.iter().position(|other| other.key == page.key).unwrap_or_default();
    let list = format!("/my/drafts/{}", draft.id);
    let query = if scene.back.is_empty() { String::new() } else { format!("?back={}", scene.back) };
    let here = format!("{list}/{}", page.key);
    let summary: Vec<(&str, &str)> = typed.errors.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let wrong = !typed.errors.is_empty();
    let fields: Vec<(String, bool)> = fields.collect();
    let model = QuestionPage {
        csrf,
        autosave: format!("{here}?autosave=1"),
        here: format!("{here}{query}"),
        rev: typed.rev,
        back: scene.back.clone(),
        help: page.section.help.clone(),
        at: at + 1,
        of: pages.len(),
        heading: heading(page),
        errors: wrong.then(|| ErrorSummary::of(&summary)),
        banner: typed.banner,
        fields,
        task_list: list.clone(),
        before: at
            .checked_sub(1)
            .and_then(|before| pages.get(before))
            .map(|before| format!("{list}/{}", before.key))
            .unwrap_or_default(),
        item,
    };
    let built = Page::new(model.heading.clone(), model).under("我的", "/my").under(draft.title.clone(), list);
    Ok(if wrong { built.with_errors() } else { built })
}

/// The section; with the one thing asked, where that is a page of its own and says more.
fn heading(page: &DraftPage<'_>) -> String {
    let section = &page.section.title;
    match page.fields[..] {
        [_] if page.title.starts_with(section.as_str()) => page.title.clone(),
        [_] if page.section.pages().len() > 1 => format!("{section}：{}", page.title),
        _ => section.clone(),
    }
}

/// The name on the page, checked as it stands.
fn check_name(
    scene: &Scene<'_>,
    tx: &mut store::Tx<'_>,
    typed: &Typed,
) -> Result<Option<office::names::NameReport>, WebError> {
    let Some(field) = scene.page.fields.iter().find(|field| field.kind == FieldKind::Name) else { return Ok(None) };
    let name = values::text(&typed.values, field.id.as_str()).trim().to_owned();
    let kind = scene.draft.resolved.matter.org_kinds.first().and_then(|kind| serde_json::to_value(kind).ok());
    let kind = kind.and_then(|kind| registry::Kind::parse(kind.as_str()?));
    let Some(kind) = kind.filter(|_| name.chars().count() >= 2) else { return Ok(None) };
    let own = scene.draft.case.map(|(_, case)| case);
    Ok(Some(scene.site.office.check_name(tx, (&name, kind, &scene.draft.area), scene.today, own)?))
}

/// In a correction: what the notice says of this page.
fn correction_item(scene: &Scene<'_>, tx: &mut store::Tx<'_>) -> Result<Option<(String, String, String)>, WebError> {
    let Some((origin, case)) = scene.draft.case else { return Ok(None) };
    let items = super::correct::items(tx, origin, case)?;
    let item = items.into_iter().find(|item| scene.page.asks(&item.target));
    Ok(item.map(|item| (item.problem, item.article, item.example)))
}
