//! A saved what-if by its link: what it supposes, what would be different today, beside another one; deleted by whoever saved it.
use askama::Template;
use axum::response::{IntoResponse, Redirect, Response};
use base::RecordId;
use office::facts::Ready;
use office::plans::overlays::SavedWhatIf;
use office::plans::whatif::WhatIfReport;
use serde::Deserialize;
use store::plans::WhatIf;

use super::super::{Mark, answer};
use super::{ResultPart, result};
use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::Opt;
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};

#[derive(Debug, Default, Clone, Deserialize)]
pub(super) struct With {
    #[serde(default)]
    with: String,
}

/// One target, as it is, as supposed here, and as supposed in the other.
struct Beside {
    name: String,
    real: (String, Mark),
    one: (String, String, Mark),
    other: (String, String, Mark),
    differs: bool,
}

struct Other {
    row: WhatIf,
    changes: Vec<office::plans::suppose::Supposed>,
    rows: Vec<Beside>,
    same: usize,
}

#[derive(Template)]
#[template(path = "pages/plans/whatif/saved.html")]
struct SavedPage {
    row: WhatIf,
    plan: Link,
    area_name: String,
    saved_at: String,
    result: ResultPart,
    other: Option<Other>,
    others: Vec<Opt>,
    with: String,
    link: String,
    change: Option<String>,
    delete: Option<Csrf>,
}

fn gone() -> WebError {
    let mut error = WebError::not_found("这个推演方案");
    "没有找到这个推演方案。链接可能抄错了，或者保存它的人已经删除。".clone_into(&mut error.message);
    error.ways = vec![Link::to("看全部规划", "/plans")];
    error
}

fn id_of(text: &str) -> Result<RecordId, WebError> {
    text.parse().map_err(|_| gone())
}

fn find(site: &Site, id: RecordId) -> Result<SavedWhatIf, WebError> {
    site.office.saved_what_if(id).map_err(|refused| match refused {
        office::Refused::NotFound(_) => gone(),
        other => other.into(),
    })
}

pub(super) async fn show(cx: Cx, Path(id): Path<String>, Query(with): Query<With>) -> Result<Response, WebError> {
    let id = id_of(&id)?;
    let told = cx.clone();
    let page = cx.blocking(move |site| load(&told, site, id, with.with.trim())).await?;
    Ok(answer(&cx, "正在准备政策推演", page))
}

fn load(cx: &Cx, site: &Site, id: RecordId, with: &str) -> Result<Ready<Page>, WebError> {
    let saved = find(site, id)?;
    let actor = cx.viewer.as_ref().map(|viewer| viewer.actor.clone());
    let told = match site.office.what_if(&saved.view, &saved.overlay, actor.as_ref())? {
        Ready::Now(told) => told,
        Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
    };
    let mut other = None;
    if !with.is_empty() {
        let second = find(site, id_of(with)?)?;
        if second.row.plan != saved.row.plan {
            let message = "两个方案不是同一个规划的，不能放在一起比较。";
            return Err(WebError::invalid(message).way("回到方案", &format!("/plans/what-if/{id}")));
        }
        // Both on the day and in the area of this one: else nothing could be compared.
        match site.office.what_if(&saved.view, &second.overlay, actor.as_ref())? {
            Ready::Now(second_told) => other = Some(beside(&told, &second_told, second.row)),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        }
    }
    let list = site.office.saved_what_ifs(&saved.row.plan)?;
    let others = list.into_iter().filter(|row| row.id != id).map(|row| Opt::new(row.id.to_string(), row.name));
    let own = actor.as_ref().is_some_and(|actor| actor.account == saved.row.owner);
    let may = actor.as_ref().is_some_and(|actor| site.office.may_suppose(actor).is_ok());
    let path = format!("/plans/{}/what-if", saved.row.plan);
    let (on, area) = (saved.row.measured_on.to_string(), saved.row.area.to_string());
    let change = super::super::address(&path, &[("from", &id.to_string()), ("on", &on), ("area", &area)]);
    let body = SavedPage {
        plan: Link::to(told.real.head.name.clone(), format!("/plans/{}", saved.row.plan)),
        area_name: told.real.area_name.clone(),
        saved_at: saved.row.saved_at.local_minute(),
        result: result(told),
        other,
        others: others.collect(),
        with: with.to_owned(),
        link: format!("{}/plans/what-if/{id}", site.settings.base_url),
        change: may.then_some(change),
        delete: own.then(|| cx.csrf()),
        row: saved.row,
    };
    let plan = body.plan.clone();
    let title = body.row.name.clone();
    Ok(Ready::Now(Page::new(title, body).under("规划", "/plans").under(plan.text, plan.href).under("政策推演", path)))
}

/// Two what-ifs of one plan, target by target.
fn beside(one: &WhatIfReport, other: &WhatIfReport, row: WhatIf) -> Other {
    let mut rows = Vec::new();
    for (here, there) in one.lines.iter().zip(&other.lines) {
        if !here.moves() && !there.moves() {
            continue;
        }
        rows.push(Beside {
            name: here.name.clone(),
            real: (here.value.0.text.clone(), here.status.0.into()),
            one: (here.value.1.text.clone(), here.asked.1.clone(), here.status.1.into()),
            other: (there.value.1.text.clone(), there.asked.1.clone(), there.status.1.into()),
            differs: here.status.1 != there.status.1,
        });
    }
    Other { row, changes: other.changes.clone(), same: one.lines.len() - rows.len(), rows }
}

pub(super) async fn delete(cx: Cx, Path(id): Path<String>) -> Result<Response, WebError> {
    let (actor, id) = (cx.actor()?, id_of(&id)?);
    let plan = cx
        .blocking(move |site| {
            let saved = find(site, id)?;
            if saved.row.owner != actor.account {
                return Err(WebError::forbidden("只有保存这个方案的人可以删除它。"));
            }
            Ok(site.office.delete_what_if(&actor, id)?.plan)
        })
        .await?;
    Ok(Redirect::to(&format!("/plans/{plan}/what-if")).into_response())
}
