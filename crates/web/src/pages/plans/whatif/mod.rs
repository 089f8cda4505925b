//! 政策推演: an official supposes other parameters and targets and sees at once what would turn; saves it under a name; everybody who has
//! the link looks at it, two beside each other. The plan itself is never touched.
mod saved;

use std::sync::Arc;

use askama::Template;
use authority::Actor;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use office::facts::Ready;
use office::plans::lines::Head;
use office::plans::overlays::NewWhatIf;
use office::plans::suppose::{Supposable, Typed};
use office::plans::view::View;
use office::plans::whatif::{DiffLine, WhatIfReport};
use planning::Overlay;
use store::plans::WhatIf;

use super::{Asked, Chooser, Mark, answer, tabs, ways, within};
use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::{ErrorSummary, Tabs};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

/// A number that can be changed, with what was typed.
struct Input {
    one: Supposable,
    value: String,
    error: String,
    changed: bool,
}

/// A target as it is and would be.
pub(super) struct Row {
    pub line: DiffLine,
    pub href: String,
    pub marks: (Mark, Mark),
    pub turned: bool,
}

#[derive(Template)]
#[template(path = "pages/plans/whatif/result.html")]
pub(super) struct ResultPart {
    pub told: WhatIfReport,
    pub rows: Vec<Row>,
    pub same: usize,
}

impl askama::filters::HtmlSafe for ResultPart {}

#[derive(Template)]
#[template(path = "pages/plans/whatif/page.html")]
struct WhatIfPage {
    head: Head,
    area_name: String,
    errors: Option<ErrorSummary>,
    tabs: Tabs,
    chooser: Chooser,
    /// Parameters, then targets.
    inputs: [(&'static str, Vec<Input>); 2],
    result: Option<ResultPart>,
    csrf: Option<Csrf>,
    /// What goes along with saving: only what was changed.
    hidden: Vec<(String, String)>,
    name: (String, String),
    note: (String, String),
    saved: Vec<(WhatIf, bool)>,
    may: bool,
    action: String,
    on: String,
    area: String,
}

/// `/plans/{id}/what-if`, `/plans/what-if/{saved}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/plans/{id}/what-if", get(show).post(save))
        .route("/plans/what-if/{saved}", get(saved::show))
        .route("/plans/what-if/{saved}/delete", post(saved::delete))
}

/// The fields of a form that belong to the overlay.
fn typed(pairs: &[(String, String)]) -> Typed {
    let own = |name: &str| name.starts_with("p.") || name.starts_with("t.");
    pairs.iter().filter(|(name, _)| own(name) && name.len() <= 80).take(400).cloned().collect()
}

/// Whether the visitor may suppose.
fn may(site: &Site, actor: Option<&Actor>) -> bool {
    actor.is_some_and(|actor| site.office.may_suppose(actor).is_ok())
}

async fn show(
    cx: Cx,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let (told, actor) = (cx.clone(), cx.viewer.as_ref().map(|viewer| viewer.actor.clone()));
    let from = pairs.iter().find(|(name, _)| name == "from").map(|(_, value)| value.clone());
    let page = cx
        .blocking(move |site| {
            let mut typed = typed(&pairs);
            if let Some(from) = from.and_then(|from| from.parse().ok()) {
                let saved = site.office.saved_what_if(from)?;
                let plan = site.office.plan(&saved.row.plan)?;
                if saved.row.plan == view.plan && typed.is_empty() {
                    typed = site.office.typed_of(plan, view.on.unwrap_or(saved.row.measured_on), &saved.overlay);
                }
            }
            load(&told, site, &view, &typed, actor.as_ref(), Vec::new())
        })
        .await
        .map_err(|error| ways(error, &id))?;
    Ok(answer(&cx, "正在准备政策推演", page))
}

/// The page with what was typed; `wrong` are faults of the saving form.
fn load(
    cx: &Cx,
    site: &Site,
    view: &View,
    typed: &Typed,
    actor: Option<&Actor>,
    wrong: Vec<(String, String)>,
) -> Result<Ready<Page>, WebError> {
    let office = &site.office;
    let plan = office.plan(&view.plan)?;
    let head = office.plan_head(plan);
    let allowed = may(site, actor);
    let on = view.on.unwrap_or(head.opens_on);
    let (mut faults, mut overlay) = (wrong, Overlay::default());
    if allowed {
        match office.overlay_of(plan, on, typed) {
            Ok(read) => overlay = read,
            Err(office::Refused::Invalid(list)) => {
                faults.extend(list.into_iter().map(|one| (one.field, one.message)));
            }
            Err(other) => return Err(other.into()),
        }
    }
    let result = if overlay.is_empty() {
        // Day and area are checked all the same.
        match office.look_at_plan(view)? {
            Ready::Now(_) => None,
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        }
    } else {
        match office.what_if(view, &overlay, actor)? {
            Ready::Now(told) => Some(result(told)),
            Ready::Soon { day, done, of } => return Ok(Ready::Soon { day, done, of }),
        }
    };
    let supposables = if allowed { office.supposables(plan, on) } else { Vec::new() };
    let own = actor.map(|actor| actor.account);
    let saved = office.saved_what_ifs(&plan.id)?;
    let faulty = !faults.is_empty();
    let body = WhatIfPage {
        area_name: office.areas.full_name_at(view.area.as_ref().unwrap_or(&head.area), on),
        errors: faulty.then(|| ErrorSummary {
            errors: faults.iter().map(|(field, text)| (field_id(field), text.clone())).collect(),
        }),
        tabs: tabs(view, &head, "what-if"),
        chooser: Chooser::of(site, &format!("/plans/{}/what-if", head.id), view, &head, &[]),
        hidden: changed(&supposables, typed),
        inputs: inputs(supposables, typed, &faults),
        csrf: (allowed && result.is_some()).then(|| cx.csrf()),
        result,
        name: (typed.get("name").cloned().unwrap_or_default(), fault(&faults, "name")),
        note: (typed.get("note").cloned().unwrap_or_default(), fault(&faults, "note")),
        saved: saved.into_iter().map(|row| (own == Some(row.owner), row)).map(|(own, row)| (row, own)).collect(),
        may: allowed,
        action: format!("/plans/{}/what-if", head.id),
        on: on.to_string(),
        area: view.area.as_ref().unwrap_or(&head.area).to_string(),
        head,
    };
    let plan = Link::to(body.head.name.clone(), format!("/plans/{}", body.head.id));
    let page = Page::new("政策推演", body).under("规划", "/plans").under(plan.text, plan.href);
    Ok(Ready::Now(if faulty { page.with_errors() } else { page }))
}

fn field_id(field: &str) -> String {
    match field {
        "overlay" => "what-if-form".to_owned(),
        field => format!("f-{}", field.replace('.', "-")),
    }
}

fn fault(faults: &[(String, String)], field: &str) -> String {
    faults.iter().find(|(known, _)| known == field).map(|(_, text)| text.clone()).unwrap_or_default()
}

/// What of the typed differs from what holds.
fn changed(supposables: &[Supposable], typed: &Typed) -> Vec<(String, String)> {
    let differs = |one: &&Supposable| {
        typed.get(&one.field).is_some_and(|text| !text.trim().is_empty() && text.trim() != one.real)
    };
    supposables.iter().filter(differs).map(|one| (one.field.clone(), typed[&one.field].clone())).collect()
}

fn inputs(supposables: Vec<Supposable>, typed: &Typed, faults: &[(String, String)]) -> [(&'static str, Vec<Input>); 2] {
    let (mut params, mut aims) = (Vec::new(), Vec::new());
    for one in supposables {
        let value = typed.get(&one.field).filter(|text| !text.trim().is_empty()).unwrap_or(&one.real).trim().to_owned();
        let input = Input { error: fault(faults, &one.field), changed: value != one.real, value, one };
        if input.one.field.starts_with("p.") { params.push(input) } else { aims.push(input) }
    }
    [("政策数值", params), ("目标", aims)]
}

/// What would be different, ready to be shown.
pub(super) fn result(told: WhatIfReport) -> ResultPart {
    let base = format!("/plans/{}", told.real.head.id);
    let row = |line: &DiffLine| Row {
        href: within(
            &format!("{base}/{}", line.indicator.0),
            &told.real.view,
            &told.real.head,
            &[("part", &line.indicator.1)],
        ),
        marks: (line.status.0.into(), line.status.1.into()),
        turned: line.status.0 != line.status.1,
        line: line.clone(),
    };
    let rows: Vec<Row> = told.lines.iter().filter(|line| line.moves()).map(row).collect();
    ResultPart { same: told.lines.len() - rows.len(), rows, told }
}

async fn save(cx: Cx, Path(id): Path<String>, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    cx.site.office.may_suppose(&actor)?;
    let asked = Asked { on: form.text("on").to_owned(), area: form.text("area").to_owned(), ..Asked::default() };
    let view = asked.view(&id)?;
    let (told, plan_id) = (cx.clone(), id.clone());
    let outcome = cx
        .blocking(move |site| {
            let plan = site.office.plan(&plan_id)?;
            // A day or an area that is not the plan's is refused before anything is kept.
            if let Ready::Soon { day, done, of } = site.office.look_at_plan(&view)? {
                return Ok(Err(Ready::Soon { day, done, of }));
            }
            let mut typed = typed(&form.0);
            let on = view.on.unwrap_or_else(|| planning::period::opens_on(plan, site.office.clock.today()));
            let made = site.office.overlay_of(plan, on, &typed).and_then(|overlay| {
                let (name, note) = (form.raw("name"), form.raw("note"));
                site.office.save_what_if(&actor, &view, &NewWhatIf { name, note, overlay })
            });
            match made {
                Ok(saved) => Ok(Ok(saved)),
                Err(office::Refused::Invalid(wrong)) => {
                    typed.insert("name".to_owned(), form.raw("name"));
                    typed.insert("note".to_owned(), form.raw("note"));
                    let wrong = wrong.into_iter().map(|one| (one.field, one.message)).collect();
                    Ok(Err(load(&told, site, &view, &typed, Some(&actor), wrong)?))
                }
                Err(other) => Err(other.into()),
            }
        })
        .await
        .map_err(|error| ways(error, &id))?;
    match outcome {
        Ok(saved) => Ok(Redirect::to(&format!("/plans/what-if/{saved}")).into_response()),
        Err(page) => Ok(answer(&cx, "正在准备政策推演", page)),
    }
}

impl WhatIfPage {
    fn field_id(input: &Input) -> String {
        field_id(&input.one.field)
    }
}
