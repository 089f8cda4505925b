//! Saving a page: by the button, by a side act (add a row, find an area), or by the script while typing.
use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use base::RecordId;
use casework::{Answers, Posted, parse_form};
use catalogue::matter::FieldKind;
use office::Refused;
use office::cases::facts::Loaded;
use office::drafts::OpenDraft;
use serde_json::{Value as Json_, json};

use super::{Ask, Scene, Typed, area, build, find, values};
use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::Banner;
use crate::site::Site;
use crate::{Cx, Form, Path, Query, WebError};

/// What was sent, and how.
struct Sent {
    actor: authority::Actor,
    id: RecordId,
    key: String,
    form: Form,
    ask: Ask,
    htmx: bool,
}

pub(super) async fn save(
    cx: Cx,
    Path((id, key)): Path<(RecordId, String)>,
    Query(ask): Query<Ask>,
    form: Form,
) -> Result<Response, WebError> {
    let sent = Sent { actor: cx.actor()?, id, key, form, ask, htmx: cx.htmx };
    let (csrf, today) = (cx.csrf(), cx.today);
    cx.blocking(move |site| keep(site, &sent, csrf, today)).await
}

fn keep(site: &Site, sent: &Sent, csrf: Csrf, today: base::Date) -> Result<Response, WebError> {
    let office = &site.office;
    let draft = match super::super::open(site, &sent.actor, sent.id)? {
        Ok(draft) => draft,
        Err(elsewhere) => return Ok(elsewhere),
    };
    let (rules, facts) = (office.rules(&draft.resolved), Loaded::new(today));
    let pages = draft.pages(&rules, &draft.facts(&facts, today));
    let page = find(&pages, &sent.key, &draft)?;
    let act: Vec<String> = sent.form.act().into_iter().map(str::to_owned).collect();
    let mut typed = values::posted(&sent.form);
    settle(site, page, &mut typed, &act, today);
    let (mut answers, mut faults) = parse_form(page.fields.iter().copied(), &typed);
    name_bodies(office, page, &mut answers)?;
    let seen = sent.form.text("_rev").parse().unwrap_or_default();
    // A live check while typing keeps nothing, so that the page's revision stays what the browser knows.
    let looking = sent.htmx && act.first().map(String::as_str) == Some("name");
    let kept = if looking { Ok(seen) } else { office.save_draft_page(&sent.actor, sent.id, &sent.key, seen, &answers) };
    let scene = Scene {
        site,
        draft: &draft,
        page,
        pages: &pages,
        rules: &rules,
        facts: &facts,
        today,
        back: sent.ask.back.clone(),
    };
    let rev = match kept {
        Ok(rev) => rev,
        Err(Refused::Conflict) => return conflict(&scene, sent, typed, csrf),
        Err(other) => return Err(other.into()),
    };
    if sent.ask.autosave.is_some() {
        return Ok(Json(json!({ "rev": rev })).into_response());
    }
    if !act.is_empty() {
        let shown = Typed { values: typed, errors: BTreeMap::new(), act, rev, banner: None };
        return Ok(build(&scene, shown, csrf)?.into_response());
    }
    let mut merged = draft.answers.clone();
    merged.merge(&answers);
    let after = OpenDraft { answers: merged, rev, ..draft.clone() };
    let inner = after.facts(&facts, today);
    faults.extend(
        rules
            .page_faults(&inner, &page.fields)
            .into_iter()
            .filter(|fault| faults.iter().all(|other| other.field != fault.field))
            .collect::<Vec<_>>(),
    );
    // Fields that appear because of what was just chosen have not been asked yet: they are shown, not blamed.
    let after_pages = after.pages(&rules, &inner);
    let now = after_pages.iter().find(|other| other.key == sent.key);
    let grown = now.and_then(|now| {
        now.fields.iter().find(|field| !page.asks(field.id.as_str()) && after.answers.find(field.id.as_str()).is_none())
    });
    if faults.is_empty() {
        if let Some(field) = grown {
            let back = if sent.ask.back.is_empty() { String::new() } else { format!("?back={}", sent.ask.back) };
            return Ok(
                Redirect::to(&format!("/my/drafts/{}/{}{back}#f-{}", sent.id, sent.key, field.id)).into_response()
            );
        }
        return Ok(Redirect::to(&onward(sent, &after_pages)).into_response());
    }
    let errors = faults
        .iter()
        .map(|fault| (fault.field.clone(), format!("{}：{}", fault.label, super::super::sentence(fault))))
        .collect();
    let shown = Typed { values: typed, errors, act: Vec::new(), rev, banner: None };
    Ok(build(&scene, shown, csrf)?.into_response())
}

/// Where saving leads: back to where the person came from, the next page, or the list after the last.
fn onward(sent: &Sent, pages: &[office::drafts::DraftPage<'_>]) -> String {
    let list = format!("/my/drafts/{}", sent.id);
    match sent.ask.back.as_str() {
        "check" => return format!("{list}/check"),
        "correct" => return format!("{list}/correct"),
        "list" => return list,
        _ => {}
    }
    if sent.form.text("_then") == "list" {
        return list;
    }
    let at = pages.iter().position(|page| page.key == sent.key);
    match at.and_then(|at| pages.get(at + 1)) {
        Some(next) => format!("{list}/{}", next.key),
        None => list,
    }
}

/// Side acts and pickers put into plain values: rows removed, areas settled, fixed clauses as the model has them.
fn settle(site: &Site, page: &office::drafts::DraftPage<'_>, typed: &mut Posted, act: &[String], today: base::Date) {
    if let [what, group, remove, row] = act
        && (what.as_str(), remove.as_str()) == ("rows", "remove")
    {
        *typed = values::without_row(typed, group, row.parse().ok());
    }
    for field in &page.fields {
        match field.kind {
            FieldKind::Area => {
                let finding = act.len() == 3 && act[0] == "area" && act[1] == field.id.as_str() && act[2] == "find";
                let going_down = act.len() == 3 && act[0] == "area" && act[2] == "down";
                if going_down {
                    typed.remove(&format!("{}.find", field.id));
                }
                let chosen = if finding {
                    values::text(typed, field.id.as_str()).parse().ok()
                } else {
                    area::chosen(&site.office.areas, typed, field.id.as_str(), today)
                };
                match chosen {
                    Some(code) => drop(typed.insert(field.id.to_string(), vec![base::AreaCode::to_string(&code)])),
                    None => drop(typed.remove(field.id.as_str())),
                }
            }
            FieldKind::Charter => {
                for clause in field.clauses.iter().filter(|clause| clause.fixed) {
                    typed.insert(format!("{}.{}", field.id, clause.id), vec![clause.model.clone()]);
                }
            }
            FieldKind::Declaration => drop(typed.entry(field.id.to_string()).or_default()),
            _ => {}
        }
    }
}

/// The names of chosen bodies come from the register of bodies, never from the browser; an unknown one is no answer.
fn name_bodies(
    office: &office::Office,
    page: &office::drafts::DraftPage<'_>,
    answers: &mut Answers,
) -> Result<(), WebError> {
    let asked: Vec<&str> = page
        .fields
        .iter()
        .filter(|field| field.kind == FieldKind::Organization)
        .map(|field| field.id.as_str())
        .collect();
    if asked.is_empty() {
        return Ok(());
    }
    let bodies = office.db.read(|tx| Ok::<_, Refused>(store::people::bodies(tx)?))?;
    for name in asked {
        let id = answers.find(name).and_then(|answer| answer.get("id")?.as_str().map(str::to_owned));
        let body = id.and_then(|id| bodies.iter().find(|body| body.id.to_string() == id && body.state == "active"));
        let answer = body.map_or(Json_::Null, |body| json!({ "id": body.id, "name": body.name }));
        answers.0.insert(name.to_owned(), answer);
    }
    Ok(())
}

/// The same page was saved in another window: nothing is overwritten unasked, nothing typed is lost.
fn conflict(scene: &Scene<'_>, sent: &Sent, typed: Posted, csrf: Csrf) -> Result<Response, WebError> {
    if sent.ask.autosave.is_some() {
        return Ok((StatusCode::CONFLICT, Json(json!({ "code": "conflict" }))).into_response());
    }
    let banner = Banner {
        title: "这一页刚在另一个窗口里保存过".to_owned(),
        text: "下面是您在这个窗口里填的，还没有保存。再点一次“保存并继续”，就用它换掉另一个窗口保存的内容；不想换，就打开已保存的内容接着填。".to_owned(),
        ways: vec![Link::to("看已保存的内容", format!("/my/drafts/{}/{}", sent.id, sent.key))],
        success: false,
    };
    let shown =
        Typed { values: typed, errors: BTreeMap::new(), act: Vec::new(), rev: scene.draft.rev, banner: Some(banner) };
    Ok(build(scene, shown, csrf)?.status(StatusCode::CONFLICT).into_response())
}
