//! One plan: its targets on a day in an area, by project; its stages; its tasks; print, Excel and CSV of the same lines.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::Date;
use office::facts::Ready;
use office::plans::course::Stages;
use office::plans::lines::{PlanReport, RemarkText, TargetLine};
use office::plans::table;
use serde::Deserialize;

use super::chart::{Spark, spark};
use super::{Asked, CSV, Chooser, Mark, XLSX, answer, clause_href, file, soon, tabs, tally, unchanged, ways, within};
use crate::page::Link;
use crate::parts::Tabs;
use crate::site::Site;
use crate::{Cx, Page, Path, Query, WebError};

#[derive(Debug, Default, Clone, Deserialize)]
struct Which {
    #[serde(default)]
    view: String,
    /// Part of an area's name, searched within the plan.
    #[serde(default)]
    find: String,
}

/// A target as the page shows it.
struct Row {
    line: TargetLine,
    href: String,
    list: Option<(String, String)>,
    mark: Mark,
    spark: Option<Spark>,
    clauses: Vec<(String, Option<String>)>,
    remarks: Vec<(usize, String)>,
}

struct Section {
    title: String,
    rows: Vec<Row>,
}

/// A stage's column heading.
struct Column {
    on: Date,
    name: String,
    href: String,
}

struct StageRow {
    name: String,
    href: String,
    cells: Vec<Option<(String, Option<Mark>, String)>>,
}

/// A task with who does it.
struct TaskRow {
    title: String,
    clauses: Vec<(String, Option<String>)>,
    owners: String,
    due: String,
    note: String,
    targets: Vec<(String, String, Mark)>,
}

/// What clauses say: id, address, words.
type Said = Vec<(String, Option<String>, String)>;

#[derive(Template)]
#[template(path = "pages/plans/plan/page.html")]
struct PlanPage {
    report: PlanReport,
    tabs: Tabs,
    chooser: Chooser,
    kinds: Vec<(Link, bool)>,
    view: &'static str,
    sections: Vec<Section>,
    days: Vec<Column>,
    stages: Vec<StageRow>,
    pending: Option<Date>,
    tasks: Vec<(String, Vec<TaskRow>)>,
    turn: Option<Link>,
    found: Vec<Link>,
    sought: String,
    exports: Vec<Link>,
    live: String,
    frozen: Vec<(Date, String)>,
}

/// `/plans/{id}`, `.xlsx`, `.csv`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/plans/{id}", get(show))
        .route("/plans/{id}/report.xlsx", get(|cx: Cx, path, query| export(cx, path, query, true)))
        .route("/plans/{id}/report.csv", get(|cx: Cx, path, query| export(cx, path, query, false)))
}

async fn show(
    cx: Cx,
    headers: HeaderMap,
    Path(id): Path<String>,
    Query(asked): Query<Asked>,
    Query(which): Query<Which>,
) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let plan = id.clone();
    let told = cx.blocking(move |site| load(site, &view, &asked, &which, &headers)).await;
    match told.map_err(|error| ways(error, &plan))? {
        None => Ok(StatusCode::NO_CONTENT.into_response()),
        Some(told) => Ok(answer(&cx, "正在准备规划数据", told)),
    }
}

/// The page; none if the asker has it on the screen already.
fn load(
    site: &Site,
    view: &office::plans::view::View,
    asked: &Asked,
    which: &Which,
    headers: &HeaderMap,
) -> Result<Option<Ready<Page>>, WebError> {
    let version = site.office.plan_version()?;
    if unchanged(&asked.seen, &version, headers) {
        return Ok(None);
    }
    let report = match site.office.plan_report(view)? {
        Ready::Now(report) => report,
        Ready::Soon { day, done, of } => return Ok(Some(Ready::Soon { day, done, of })),
    };
    let stages = match which.view.as_str() {
        "stages" => match site.office.plan_stages(view)? {
            Ready::Now(stages) => Some(stages),
            Ready::Soon { day, done, of } => return Ok(Some(Ready::Soon { day, done, of })),
        },
        _ => None,
    };
    let body = page(site, report, stages, which, &version)?;
    let title = body.report.head.name.clone();
    Ok(Some(Ready::Now(Page::new(title, body).under("规划", "/plans"))))
}

fn page(
    site: &Site,
    report: PlanReport,
    stages: Option<Stages>,
    which: &Which,
    version: &str,
) -> Result<PlanPage, WebError> {
    let (view, head) = (report.view.clone(), report.head.clone());
    let base = format!("/plans/{}", head.id);
    let shown = match which.view.as_str() {
        "stages" => "stages",
        "tasks" => "tasks",
        _ => "targets",
    };
    let keep = if shown == "targets" { "" } else { shown };
    let kind = |word: &str, name: &str| {
        let href = within(&base, &view, &head, &[("kind", word), ("view", keep)]);
        (Link::to(name, href), view.kind == word)
    };
    let mut kinds = vec![kind("", "全部")];
    kinds.extend(site.office.plan_kinds().iter().map(|(word, name)| kind(word, name)));
    let own = |ending: &str| within(&format!("{base}/report.{ending}"), &view, &head, &[]);
    let (days, stage_rows, pending) = stages.map_or_else(Default::default, |stages| staged(stages, &report, &base));
    let plan = site.office.plan(&head.id)?;
    let tasks = if shown == "tasks" { tasks(site, plan, &report, &base) } else { Vec::new() };
    let sections = if shown == "targets" { sections(&report, &base) } else { Vec::new() };
    let frozen = site.office.plan_snapshots(&head.id)?;
    let today = site.office.clock.today();
    let turn = (today > head.period.1).then(|| {
        if report.after {
            Link::to(format!("回到终期评估（{}）", head.period.1), within(&base, &view, &head, &[("on", "")]))
        } else {
            Link::to("延续到今天（规划期后）", within(&base, &view, &head, &[("on", &today.to_string())]))
        }
    });
    Ok(PlanPage {
        tabs: tabs(&view, &head, shown),
        chooser: Chooser::of(site, &base, &view, &head, &[("kind", &view.kind), ("view", keep)]),
        kinds,
        view: shown,
        sections,
        days,
        stages: stage_rows,
        pending,
        tasks,
        turn,
        found: found(site, &report, &which.find, &base),
        sought: which.find.trim().to_owned(),
        exports: vec![Link::to("Excel", own("xlsx")), Link::to("CSV", own("csv"))],
        live: within(&base, &view, &head, &[("view", keep), ("seen", version)]),
        frozen: frozen.into_iter().map(|day| (day.on, day.frozen_at.local_minute())).collect(),
        report,
    })
}

fn links(line: &[office::plans::lines::ClauseRef]) -> Vec<(String, Option<String>)> {
    line.iter().map(|clause| (clause.id.clone(), clause_href(clause))).collect()
}

/// Where a target's own page is.
fn indicator_href(base: &str, line: &TargetLine, report: &PlanReport) -> String {
    within(&format!("{base}/{}", line.indicator), &report.view, &report.head, &[("part", &line.part)])
}

fn sections(report: &PlanReport, base: &str) -> Vec<Section> {
    let row = |line: &TargetLine| {
        let path = format!("{base}/{}/list", line.indicator);
        let list = |which: &str| within(&path, &report.view, &report.head, &[("part", &line.part), ("which", which)]);
        let counts = line.counts;
        // Of a number, those it counts; of a share, those that are missing from it.
        let list = match (line.measured.formula.is_relative(), counts.no, counts.unknown) {
            (false, _, _) if counts.yes > 0 => Some((format!("名单 {}", counts.yes), list("passing"))),
            (true, no, _) if no > 0 => Some((format!("不符合 {no}"), list("lacking"))),
            (_, _, unknown) if unknown > 0 => Some((format!("数据不全 {unknown}"), list("unclear"))),
            _ => None,
        };
        let title = |at: &usize| report.remarks.get(*at).map(|remark| (*at + 1, remark.title.clone()));
        Row {
            href: indicator_href(base, line, report),
            list,
            mark: line.status.into(),
            spark: spark(&line.course, line.wanted, &line.measured),
            clauses: links(&line.clauses),
            remarks: line.remarks.iter().filter_map(title).collect(),
            line: line.clone(),
        }
    };
    let section = |group: &office::plans::lines::Group| Section {
        title: group.title.clone(),
        rows: group.lines.iter().map(row).collect(),
    };
    report.groups.iter().map(section).collect()
}

fn staged(stages: Stages, report: &PlanReport, base: &str) -> (Vec<Column>, Vec<StageRow>, Option<Date>) {
    let day = |(day, name): &(Date, String)| Column {
        on: *day,
        name: name.clone(),
        href: within(base, &report.view, &report.head, &[("on", &day.to_string())]),
    };
    let days = stages.days.iter().map(day).collect();
    let rows = stages.rows.into_iter().map(|(line, cells)| StageRow {
        href: indicator_href(base, &line, report),
        name: line.name,
        cells: cells
            .into_iter()
            .map(|cell| cell.map(|cell| (cell.text, cell.status.map(Mark::from), cell.asked)))
            .collect(),
    });
    (days, rows.collect(), stages.pending)
}

fn tasks(site: &Site, plan: &catalogue::Plan, report: &PlanReport, base: &str) -> Vec<(String, Vec<TaskRow>)> {
    let mut groups: Vec<(String, Vec<TaskRow>)> = Vec::new();
    for task in &plan.tasks {
        let project = plan.projects.iter().find(|(id, _, _)| *id == task.project);
        let stage = plan.stages.iter().find(|stage| stage.id == task.stage);
        let title = project.map(|(_, name, _)| name.clone()).or_else(|| stage.map(|stage| stage.name.clone()));
        let title = title.unwrap_or_else(|| "其他任务".to_owned());
        let shows = |line: &&TargetLine| task.indicators.iter().any(|one| one.value == line.indicator);
        let clauses: Vec<_> = task.clauses.iter().map(|clause| site.office.clause_ref(&clause.value)).collect();
        let row = TaskRow {
            title: task.title.clone(),
            clauses: links(&clauses),
            owners: task.answerable(),
            due: task.due.map(|day| day.to_string()).unwrap_or_default(),
            note: [task.rhythm(), task.note.clone()]
                .into_iter()
                .filter(|text| !text.is_empty())
                .collect::<Vec<_>>()
                .join("；"),
            targets: report
                .lines()
                .filter(shows)
                .map(|line| (line.name.clone(), indicator_href(base, line, report), line.status.into()))
                .collect(),
        };
        match groups.iter_mut().find(|(known, _)| *known == title) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((title, vec![row])),
        }
    }
    groups
}

/// Areas of the plan whose name has the text in it.
fn found(site: &Site, report: &PlanReport, text: &str, base: &str) -> Vec<Link> {
    let text: String = text.trim().chars().take(20).collect();
    if text.is_empty() {
        return Vec::new();
    }
    let areas = site.office.areas.search(&text, Some(&report.head.area), report.on, 12);
    let link = |area: base::areas::Area<'_>| {
        let code = area.code();
        let name = site.office.areas.full_name_at(&code, report.on);
        Link::to(name, within(base, &report.view, &report.head, &[("area", code.as_str())]))
    };
    areas.into_iter().map(link).collect()
}

async fn export(cx: Cx, Path(id): Path<String>, Query(asked): Query<Asked>, xlsx: bool) -> Result<Response, WebError> {
    let view = asked.view(&id)?;
    let plan = id.clone();
    let made = cx
        .blocking(move |site| {
            let report = match site.office.plan_report(&view)? {
                Ready::Now(report) => report,
                Ready::Soon { day, done, of } => return Ok(Err((day, done, of))),
            };
            let bytes = if xlsx { table::workbook(&report)? } else { table::csv(&report)? };
            Ok(Ok((bytes, format!("{}-{}-{}", report.head.id, report.area, report.on))))
        })
        .await
        .map_err(|error| ways(error, &plan))?;
    Ok(match made {
        Ok((bytes, name)) if xlsx => file(bytes, XLSX, &format!("{name}.xlsx")),
        Ok((bytes, name)) => file(bytes, CSV, &format!("{name}.csv")),
        Err(far) => soon("正在准备规划数据", &cx.here(), far),
    })
}

impl PlanPage {
    fn tally(&self) -> [(Mark, usize); 4] {
        tally(&self.report.summary)
    }

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass by reference")]
    fn day_label(&self, at: &usize) -> String {
        self.days.get(*at).map(|column| column.on.to_string()).unwrap_or_default()
    }

    fn remarks(&self) -> Vec<(usize, &RemarkText, Said)> {
        let says = |remark: &RemarkText| {
            let said = remark.says.iter();
            said.map(|(clause, text)| (clause.id.clone(), clause_href(clause), text.clone())).collect::<Said>()
        };
        self.report.remarks.iter().enumerate().map(|(at, remark)| (at + 1, remark, says(remark))).collect()
    }
}
