//! 统计快照: figures of a day, frozen and published; and why they may differ from what is known today.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use office::register::snapshots::Drift;
use store::registers::{Snapshot, SnapshotFigure};

use crate::forms::read_date;
use crate::pages::account::{Done, row};
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("moved", "已进入下一步。")];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/snapshots", get(list).post(open))
        .route("/desk/snapshots/{id}", get(show).post(advance))
        .route("/data/snapshots", get(published))
        .route("/data/snapshots/{id}", get(public))
}

fn state(word: &str) -> Cell {
    match word {
        "open" => Cell::state("待核对", Tone::Warn),
        "checked" => Cell::state("已核对，待冻结", Tone::Calm),
        "frozen" => Cell::state("已冻结，待公布", Tone::Calm),
        "published" => Cell::state("已公布", Tone::Good),
        other => Cell::new(other),
    }
}

fn lines(list: &[Snapshot], under: &str) -> Vec<Vec<Cell>> {
    let one = |snapshot: &Snapshot| {
        vec![
            Cell::link(snapshot.title.clone(), format!("{under}/{}", snapshot.id)),
            Cell::new(snapshot.as_of.to_string()),
            state(&snapshot.state),
        ]
    };
    list.iter().map(one).collect()
}

async fn page(cx: &Cx, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let (_, list) = cx.blocking(move |site| Ok(site.office.snapshots(&actor)?)).await?;
    let inputs = vec![
        filled.line("title", "名称", "例如：2026 年三季度登记统计"),
        filled.day("as_of", "统计日期", "", &cx.today.to_string()),
    ];
    Ok(Sheet::new("统计快照", "冻结后数字不再改变；由另一人核对后才能冻结和公布。")
        .with(Block::Table(table(
            "快照",
            &["名称", "统计日期", "状态"],
            lines(&list, "/desk/snapshots"),
            "还没有快照。",
        )))
        .with(Block::Form(form(cx, "新开一份", "/desk/snapshots", inputs, "新开快照")))
        .page(&filled)
        .desk())
}

async fn list(cx: Cx) -> Result<Page, WebError> {
    page(&cx, Filled::default()).await
}

async fn open(cx: Cx, form: Form) -> Result<Response, WebError> {
    let (actor, title) = (cx.actor()?, form.text("title").to_owned());
    let day = match read_date(form.text("as_of")) {
        Ok(day) => day,
        Err(why) => return Ok(page(&cx, Filled::wrong(form, "as_of", &why)).await?.into_response()),
    };
    match cx.blocking(move |site| Ok(site.office.open_snapshot(&actor, &title, day))).await? {
        Ok(id) => Ok(Redirect::to(&format!("/desk/snapshots/{id}")).into_response()),
        Err(refused) => Ok(page(&cx, Filled::of(form, refused)?).await?.into_response()),
    }
}

/// 社会团体，正常 from `association.registered`.
fn figure_label(figure: &str) -> String {
    let (kind, state) = figure.split_once('.').unwrap_or((figure, ""));
    let kind = registry::Kind::parse(kind).map_or_else(|| kind.to_owned(), |kind| kind.label().to_owned());
    let state = registry::Registration::parse(state).map_or_else(|| state.to_owned(), |state| state.label().to_owned());
    format!("{kind}，{state}")
}

fn sheet(
    snapshot: &Snapshot,
    figures: &[SnapshotFigure],
    drift: Option<&Drift>,
    name: &dyn Fn(&base::AreaCode) -> String,
) -> Sheet {
    let known = snapshot.known_on.map_or_else(|| "尚未冻结".to_owned(), base::Instant::local_minute);
    let rows = vec![
        row("统计日期", snapshot.as_of.to_string()),
        row("冻结时间", known),
        row("状态", state(&snapshot.state).text),
        row("摘要（SM3）", snapshot.body["digest"].as_str().unwrap_or("冻结后生成")),
    ];
    let figure_rows = figures.iter().map(|one| {
        vec![
            Cell::new(name(&one.area)),
            Cell::new(figure_label(&one.figure)),
            Cell::new(one.number.unwrap_or(0).to_string()),
        ]
    });
    let caption = format!("截至 {} 的数字", snapshot.as_of);
    let mut sheet =
        Sheet::new(snapshot.title.clone(), "").with(Block::Summary(SummaryList { title: String::new(), rows })).with(
            Block::Table(table(&caption, &["地区", "类型和状态", "数量"], figure_rows.collect(), "冻结后显示数字。")),
        );
    if let Some(drift) = drift {
        let rows = drift.figures.iter().map(|(area, figure, before, after)| {
            vec![
                Cell::new(name(area)),
                Cell::new(figure_label(figure)),
                Cell::new(before.to_string()),
                Cell::new(after.to_string()),
            ]
        });
        let why =
            format!("冻结以后，又有 {} 家组织在这一天的记录被补录或更正：{}。", drift.count, drift.because.join("、"));
        sheet =
            sheet.with(Block::Heading("为什么与今天重算的不同".to_owned())).with(Block::Text(why)).with(Block::Table(
                table("不同之处", &["地区", "类型和状态", "冻结时", "今天重算"], rows.collect(), "数字没有变化。"),
            ));
    }
    sheet
}

type Loaded = (Snapshot, Vec<SnapshotFigure>, Option<Drift>, std::collections::HashMap<String, String>);

async fn load(cx: &Cx, id: RecordId, public: bool) -> Result<Loaded, WebError> {
    let actor = if public { None } else { Some(cx.actor()?) };
    cx.blocking(move |site| {
        let (snapshot, figures) = site.office.snapshot(actor.as_ref(), id)?;
        let drift = site.office.snapshot_drift(id)?;
        let changed = drift.iter().flat_map(|drift| drift.figures.iter().map(|(area, ..)| area));
        let areas = figures.iter().map(|one| &one.area).chain(changed);
        let names = areas.map(|area| (area.to_string(), site.office.areas.full_name(area))).collect();
        Ok((snapshot, figures, drift, names))
    })
    .await
}

async fn show(cx: Cx, Path(id): Path<RecordId>, Query(query): Query<Done>) -> Result<Page, WebError> {
    let (snapshot, figures, drift, names) = load(&cx, id, false).await?;
    let name = |area: &base::AreaCode| names.get(area.as_str()).cloned().unwrap_or_default();
    let mut sheet = sheet(&snapshot, &figures, drift.as_ref(), &name);
    let step = match snapshot.state.as_str() {
        "open" => Some(("核对", "核对人不能是新开人。", "核对无误")),
        "checked" => Some(("冻结", "冻结后数字不再改变。", "冻结")),
        "frozen" => Some(("公布", "公布后任何人都能看到。", "公布")),
        _ => None,
    };
    if let Some((title, lead, button)) = step {
        let next = form(&cx, title, &format!("/desk/snapshots/{id}"), Vec::new(), button);
        sheet = sheet.with(Block::Form(next.lead(lead)));
    }
    Ok(sheet.done(&query.done, DONE).page(&Filled::default()).desk().under("统计快照", "/desk/snapshots"))
}

async fn advance(cx: Cx, Path(id): Path<RecordId>, _: Form) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.advance_snapshot(&actor, id)?)).await?;
    Ok(Redirect::to(&format!("/desk/snapshots/{id}?done=moved")))
}

async fn published(cx: Cx) -> Result<Page, WebError> {
    let list = cx.blocking(|site| Ok(site.office.published_snapshots()?)).await?;
    Ok(Sheet::new("统计快照", "登记管理机关公布的统计数字。公布后不再改变。")
        .with(Block::Table(table(
            "已公布的快照",
            &["名称", "统计日期", "状态"],
            lines(&list, "/data/snapshots"),
            "还没有公布的快照。",
        )))
        .page(&Filled::default())
        .under("开放数据", "/data"))
}

async fn public(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    let (snapshot, figures, drift, names) = load(&cx, id, true).await?;
    let name = |area: &base::AreaCode| names.get(area.as_str()).cloned().unwrap_or_default();
    Ok(sheet(&snapshot, &figures, drift.as_ref(), &name)
        .page(&Filled::default())
        .under("开放数据", "/data")
        .under("统计快照", "/data/snapshots"))
}
