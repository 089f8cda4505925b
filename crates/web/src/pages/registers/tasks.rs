//! 规划任务: what a plan asks somebody to do: clause, owner, state, last report, the meeting it came from; the desk that answers reports
//! from here.
use std::sync::Arc;

use axum::Router;
use axum::response::Redirect;
use axum::routing::get;
use catalogue::plans::Plan;
use office::registers::tasks::{TASKS, TaskLine};

use super::list::banner;
use crate::page::Link;
use crate::pages::sheet::{self, Block, Filled, Sheet, form};
use crate::parts::{Cell, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/plans/{id}/tasks", get(show).post(seed))
}

fn state(line: &TaskLine) -> Cell {
    if line.overdue {
        let text = if line.record.is_some() { format!("{}，逾期", line.state) } else { line.state.clone() };
        return Cell::state(text, Tone::Bad);
    }
    let tone = match &line.record {
        None => Tone::Grey,
        Some(_) if line.closed => Tone::Good,
        Some(_) => Tone::Calm,
    };
    Cell::state(line.state.clone(), tone)
}

fn row(line: &TaskLine, plan: &Plan, desk: bool) -> Vec<Cell> {
    let root = if desk { "/desk/registers" } else { "/registers" };
    let title = match &line.record {
        Some(record) => Cell::link(line.title.clone(), format!("{root}/{TASKS}/{}", record.id)),
        None => Cell::new(line.title.clone()),
    };
    let clauses =
        line.declared.as_ref().map(|task| task.clauses.iter().map(|clause| clause.value.clone()).collect::<Vec<_>>());
    let clause = match clauses.as_deref() {
        Some([first, ..]) => Cell::link(
            clauses.as_deref().unwrap_or_default().join("、"),
            format!("/policies/{}/{first}", plan.document),
        ),
        _ => Cell::new(""),
    };
    let owners = if line.desk.is_empty() { line.owners.clone() } else { format!("{}（{}）", line.owners, line.desk) };
    let last = line.last.as_ref().map_or_else(String::new, |(day, said)| format!("{day} {said}"));
    let meeting = line.meeting.as_ref().map(|(_, title)| title.clone()).unwrap_or_default();
    let due = line.due.map(|day| day.to_string()).unwrap_or_default();
    let report = match (&line.record, &line.reports) {
        (Some(record), Some((register, field))) => {
            Cell::link("报告进展", format!("/desk/registers/{register}/new?{field}={}", record.id))
        }
        _ => Cell::new(""),
    };
    vec![title, clause, Cell::new(owners), Cell::new(due), state(line), Cell::new(last), Cell::new(meeting), report]
}

async fn show(cx: Cx, Path(id): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    let who = cx.viewer().ok().map(|viewer| viewer.actor.clone());
    let (plan, lines, enters, desk) = cx
        .blocking(move |site| {
            let plan = site.office.plan(&id)?;
            let register = site.office.register(TASKS)?;
            let lines = site.office.plan_tasks(who.as_ref(), plan)?;
            let enters = who.as_ref().is_some_and(|who| site.office.keeper(who, register, &plan.area).is_ok());
            let territory = who.as_ref().is_some_and(|who| !site.office.read_areas(who, register).is_empty());
            Ok((plan.clone(), lines, enters, territory))
        })
        .await?;
    let missing = lines.iter().filter(|line| line.record.is_none()).count();
    let late = lines.iter().filter(|line| line.overdue).count();
    let done = lines.iter().filter(|line| line.closed).count();
    let lead = format!("共 {} 项任务，已办结 {done} 项，逾期 {late} 项。{}", lines.len(), plan.note);
    let mut sheet = Sheet::new(format!("{}：任务", plan.name), lead);
    if enters && missing > 0 {
        let button = format!("把 {missing} 项列入任务名册");
        let ask = form(&cx, "", &format!("/plans/{}/tasks", plan.id), Vec::new(), &button);
        sheet = sheet.with(Block::Form(
            ask.lead("列入以后，责任单位可以报告进展，到期前自动提醒。责任岗位按职责清单和责任单位推定，可以更正。"),
        ));
    }
    let mut projects: Vec<(String, String)> =
        plan.projects.iter().map(|(id, name, _)| (id.clone(), name.clone())).collect();
    projects.push((String::new(), if projects.is_empty() { "任务" } else { "其他任务" }.to_owned()));
    let columns = ["任务", "条款", "责任单位", "期限", "状态", "最近进展", "会议", "办理"];
    for (project, name) in projects {
        let of = |line: &&TaskLine| line.declared.as_ref().map_or("", |task| task.project.as_str()) == project;
        let rows: Vec<Vec<Cell>> = lines.iter().filter(of).map(|line| row(line, &plan, desk)).collect();
        if !rows.is_empty() {
            sheet =
                sheet.with(Block::Heading(name.clone())).with(Block::Table(sheet::table(&name, &columns, rows, "")));
        }
    }
    if desk {
        sheet = sheet.with(Block::Links(vec![
            Link::to("任务名册", format!("/desk/registers/{TASKS}?f.plan={}", plan.id)),
            Link::to("联席会议", "/desk/registers/joint-meetings"),
            Link::to("规划调度", format!("/desk/registers/dispatches?f.plan={}", plan.id)),
        ]));
    }
    let page = match banner(&Form(pairs)) {
        Some(banner) => sheet.first(Block::Banner(banner)),
        None => sheet,
    };
    Ok(page.page(&Filled::default()).under("规划", "/plans").under(&plan.name, format!("/plans/{}", plan.id)))
}

async fn seed(cx: Cx, Path(id): Path<String>, _: Form) -> Result<Redirect, WebError> {
    let who = cx.actor()?;
    let wanted = id.clone();
    cx.blocking(move |site| Ok(site.office.seed_plan_tasks(&who, site.office.plan(&wanted)?)?)).await?;
    Ok(Redirect::to(&format!("/plans/{id}/tasks?done=seeded")))
}
