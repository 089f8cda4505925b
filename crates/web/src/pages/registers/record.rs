//! One record: its values, what happened to it, what belongs to it, its files.
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use base::{FileId, RecordId};
use catalogue::Register;
use office::registers::RecordView;
use office::registers::view::{Children, Happened, Shown};

use super::desk::find;
use super::list::banner;
use crate::page::Link;
use crate::parts::{Banner, Cell, Column, Event, Table, Timeline, Tone};
use crate::site::Site;
use crate::{Cache, Cx, Form, Page, Path, Query, WebError};

#[derive(Template)]
#[template(path = "pages/registers/record.html")]
struct RecordPage {
    banner: Option<Banner>,
    title: String,
    register: String,
    standing: &'static str,
    tone: &'static str,
    ways: Vec<Link>,
    home: String,
    shown: Vec<Shown>,
    reveal: bool,
    children: Vec<(String, Table, Vec<Link>)>,
    history: Timeline,
}

impl RecordPage {
    fn file(&self, id: &FileId) -> String {
        format!("{}/files/{id}", self.home)
    }
}

fn word(act: &str) -> &'static str {
    match act {
        "enter" => "录入",
        "change" => "情况变化",
        "correct" => "更正",
        "end" => "结束",
        "withdraw" => "撤销",
        "follow" => "随所属记录更新",
        "case" => "由办件写入",
        _ => "导入",
    }
}

fn event(one: &Happened, home: &str) -> Event {
    let version = &one.version;
    let mut what = word(&version.act).to_owned();
    if version.holds_from.year() > 1 && version.act != "end" {
        what = format!("{what}（自 {}）", version.holds_from);
    }
    if version.act == "end"
        && let Some(until) = version.until
    {
        what = format!("{what}（{until}）");
    }
    let none = |text: &String| if text.is_empty() { "（无）".to_owned() } else { text.clone() };
    let mut notes: Vec<String> =
        one.changes.iter().map(|(label, old, new)| format!("{label}：{} → {}", none(old), none(new))).collect();
    let who = one.line.as_ref().map_or_else(String::new, |line| {
        if line.desk.is_empty() { line.who.clone() } else { format!("{}（{}）", line.who, line.desk) }
    });
    notes.extend(one.line.as_ref().filter(|line| !line.reason.is_empty()).map(|line| format!("原因：{}", line.reason)));
    Event {
        when: version.recorded_at.local_minute(),
        what: Link::to(what, home),
        who,
        note: notes.join("；"),
        tone: if version.act == "withdraw" { Tone::Warn } else { Tone::Calm },
    }
}

fn below(
    children: &Children,
    (root, parent): (&str, RecordId),
    may_enter: bool,
    parent_register: &str,
) -> (String, Table, Vec<Link>) {
    let home = format!("{root}/{}", children.register.id);
    let rows = children.items.iter().zip(&children.cells).map(|(record, cells)| {
        let mut row: Vec<Cell> = cells.iter().map(|text| Cell::new(text.clone())).collect();
        let said = row.first().map(|cell| cell.text.clone()).filter(|text| !text.is_empty());
        let first = Cell::link(said.unwrap_or_else(|| record.title.clone()), format!("{home}/{}", record.id));
        match row.first_mut() {
            Some(cell) => *cell = first,
            None => row.push(first),
        }
        row.push(Cell::new(record.since.to_string()));
        row
    });
    let mut columns: Vec<Column> = children.columns.iter().map(|field| Column::new(field.label.clone())).collect();
    if columns.is_empty() {
        columns.push(Column::new("名称"));
    }
    columns.push(Column::new("自"));
    let table = Table {
        caption: format!("{}：{} 条", children.register.name, children.items.len()),
        columns,
        rows: rows.collect(),
        exports: Vec::new(),
        empty: "还没有。".to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    };
    let field = children.register.links_to(parent_register).next().map(|(field, _)| field.id.clone());
    let add = field
        .filter(|_| may_enter)
        .map(|field| Link::to(format!("录入{}", children.register.name), format!("{home}/new?{field}={parent}")));
    (children.register.name.clone(), table, add.into_iter().collect())
}

/// Which registers the reader may add a record to from here.
type Adds<'a> = &'a dyn Fn(&Register) -> bool;

fn page(register: &Register, view: RecordView, (root, adds): (&str, Adds<'_>), banner: Option<Banner>) -> Page {
    let home = format!("{root}/{}/{}", register.id, view.record.id);
    let mut ways = Vec::new();
    if view.keeps {
        ways.push(Link::to("记录变化或者更正", format!("{home}/edit")));
        if view.standing != "已结束" {
            ways.push(Link::to("结束", format!("{home}/end")));
        }
        ways.push(Link::to("撤销（录错了）", format!("{home}/withdraw")));
    }
    let open = root == "/registers";
    let children = view
        .children
        .iter()
        .map(|one| below(one, (root, view.record.id), adds(&one.register), &register.id))
        .filter(|(_, table, add)| !open || !table.rows.is_empty() || !add.is_empty())
        .collect();
    let events = view.history.iter().map(|one| event(one, &home)).collect();
    let body = RecordPage {
        banner,
        title: view.record.title.clone(),
        register: register.name.clone(),
        standing: view.standing,
        tone: if view.standing == "有效" { "good" } else { "grey" },
        reveal: view.keeps && view.shown.iter().any(|one| one.masked && !one.text.is_empty()),
        shown: view.shown,
        ways,
        children,
        history: Timeline { label: "历史".to_owned(), events },
        home,
    };
    Page::new(format!("{}：{}", register.name, body.title), body)
}

pub(super) async fn at_desk(
    cx: Cx,
    Path((id, entry)): Path<(String, RecordId)>,
    Query(pairs): Query<Vec<(String, String)>>,
) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let page = cx
        .blocking(move |site: &Site| {
            let register = find(site, &id)?;
            let view = site.office.desk_record(&who, register, entry)?;
            let record = view.record.clone();
            let adds = |below: &Register| site.office.may_add_below(&who, below, register, &record);
            let shown = page(register, view, ("/desk/registers", &adds), banner(&Form(pairs)));
            Ok(shown
                .under("工作台", "/desk")
                .under("名册", "/desk/registers")
                .under(&register.name, format!("/desk/registers/{id}")))
        })
        .await?;
    Ok(page.desk())
}

pub(super) async fn for_everybody(cx: Cx, Path((id, entry)): Path<(String, RecordId)>) -> Result<Page, WebError> {
    let page = cx
        .blocking(move |site: &Site| {
            let register = find(site, &id)?;
            let view = site.office.open_record(register, entry)?;
            let shown = page(register, view, ("/registers", &|_| false), None);
            Ok(shown.under("公开名册", "/registers").under(&register.name, format!("/registers/{id}")))
        })
        .await?;
    Ok(page.cache(Cache::Public(60)))
}

pub(super) async fn file_at_desk(
    cx: Cx,
    Path((id, entry, file)): Path<(String, RecordId, FileId)>,
) -> Result<Response, WebError> {
    let who = cx.actor()?;
    file_of(cx, Some(who), (id, entry, file)).await
}

pub(super) async fn file_for_everybody(
    cx: Cx,
    Path((id, entry, file)): Path<(String, RecordId, FileId)>,
) -> Result<Response, WebError> {
    file_of(cx, None, (id, entry, file)).await
}

async fn file_of(
    cx: Cx,
    who: Option<authority::Actor>,
    (id, entry, file): (String, RecordId, FileId),
) -> Result<Response, WebError> {
    let (row, bytes) =
        cx.blocking(move |site| Ok(site.office.record_file(who.as_ref(), find(site, &id)?, (entry, file))?)).await?;
    // Never shown in the page's own name: a picture or a document is taken away.
    let name = serde_urlencoded::to_string([("n", row.name.as_str())]).unwrap_or_default();
    let name = name.trim_start_matches("n=").replace('+', "%20");
    let own = [
        (header::CONTENT_TYPE, row.mime),
        (header::CONTENT_DISPOSITION, format!("attachment; filename*=UTF-8''{name}")),
    ];
    Ok((own, bytes).into_response())
}
