//! 统计快照: figures of a day, counted by a job that shows how far it is, frozen and published; and why they may differ from what is
//! known today.
use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::{AreaCode, RecordId};
use office::register::snapshots::{Counting, Drift};
use serde::Deserialize;
use store::registers::{Snapshot, SnapshotFigure};

use crate::forms::read_date;
use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Progress, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] =
    &[("moved", "已进入下一步。"), ("counting", "已开始计数，数完自动冻结；离开这一页不影响计数。")];

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

/// Everything the page of one snapshot shows.
struct Loaded {
    snapshot: Snapshot,
    figures: Vec<SnapshotFigure>,
    drift: Option<Drift>,
    counting: Option<Counting>,
    names: HashMap<String, String>,
    /// Whose figures are shown: this area and those directly below it.
    area: AreaCode,
}

impl Loaded {
    fn name(&self, area: &AreaCode) -> String {
        self.names.get(area.as_str()).cloned().unwrap_or_else(|| area.to_string())
    }

    /// 社会团体，正常 of each area shown; an area below opens its own.
    fn figure_table(&self, path: &str) -> Block {
        let rows = self.figures.iter().map(|one| {
            let name = self.name(&one.area);
            let place = if one.area == self.area {
                Cell::new(name)
            } else {
                Cell::link(name, format!("{path}?area={}", one.area))
            };
            vec![place, Cell::new(figure_label(&one.figure)), Cell::new(one.number.unwrap_or(0).to_string())]
        });
        let caption = format!("截至 {} 的数字", self.snapshot.as_of);
        Block::Table(table(&caption, &["地区", "类型和状态", "数量"], rows.collect(), "冻结后显示数字。"))
    }

    /// At which positions of the changes it was counted.
    fn positions(&self) -> String {
        let read: Vec<(String, i64)> =
            serde_json::from_value(self.snapshot.body["positions"].clone()).unwrap_or_default();
        if read.is_empty() {
            return "冻结后生成".to_owned();
        }
        let first: Vec<String> = read.iter().take(6).map(|(origin, pos)| format!("{origin}:{pos}")).collect();
        let rest = if read.len() > 6 { format!("……共 {} 个来源", read.len()) } else { String::new() };
        format!("{}{rest}", first.join("，"))
    }

    fn drift_blocks(&self) -> Vec<Block> {
        let Some(drift) = &self.drift else { return Vec::new() };
        let rows = drift.figures.iter().map(|(area, figure, before, after)| {
            vec![
                Cell::new(self.name(area)),
                Cell::new(figure_label(figure)),
                Cell::new(before.to_string()),
                Cell::new(after.to_string()),
            ]
        });
        let rows = rows.collect();
        let more = if drift.more { "（还有更多，数字不再逐项比较）" } else { "" };
        let listed = if drift.count > drift.because.len() { " 等" } else { "" };
        let why = format!(
            "冻结以后，又有 {} 家组织在这一天的记录被补录或更正{more}：{}{listed}。",
            drift.count,
            drift.because.join("、")
        );
        vec![
            Block::Heading("为什么与今天重算的不同".to_owned()),
            Block::Text(why),
            Block::Table(table("不同之处", &["地区", "类型和状态", "冻结时", "今天重算"], rows, "数字没有变化。")),
        ]
    }

    fn counting_block(&self, path: &str) -> Option<Block> {
        let counting = self.counting.as_ref()?;
        let text = match &counting.failed {
            Some(_) => "计数中断了，请再点一次“计数并冻结”。".to_owned(),
            None => format!("已数 {} / 约 {} 家组织", counting.seen, counting.total),
        };
        Some(Block::Progress(Progress {
            id: "counting".to_owned(),
            label: "正在计数，数完自动冻结".to_owned(),
            done: Some(counting.seen),
            total: counting.total.max(counting.seen).max(1),
            text,
            refresh: if counting.failed.is_some() { String::new() } else { path.to_owned() },
        }))
    }

    fn sheet(&self, path: &str) -> Sheet {
        let snapshot = &self.snapshot;
        let known = snapshot.known_on.map_or_else(|| "尚未冻结".to_owned(), base::Instant::local_minute);
        let rows = vec![
            row("统计日期", snapshot.as_of.to_string()),
            row("计数时间", known),
            row("状态", state(&snapshot.state).text),
            row("摘要（SM3）", snapshot.body["digest"].as_str().unwrap_or("冻结后生成")),
            row("计数时各来源的变更位置", self.positions()),
        ];
        Sheet::new(snapshot.title.clone(), "")
            .and(self.counting_block(path))
            .with(Block::Summary(SummaryList { title: String::new(), rows }))
            .with(self.figure_table(path))
            .and(self.drift_blocks())
    }
}

/// `?done=&area=`
#[derive(Debug, Default, Deserialize)]
struct Shown {
    #[serde(default)]
    done: String,
    #[serde(default)]
    area: String,
}

async fn load(cx: &Cx, id: RecordId, public: bool, area: &str) -> Result<Loaded, WebError> {
    let actor = if public { None } else { Some(cx.actor()?) };
    let wanted: Option<AreaCode> = area.parse().ok();
    cx.blocking(move |site| {
        let office = &site.office;
        let (snapshot, all) = office.snapshot(actor.as_ref(), id)?;
        let (drift, counting) = (office.snapshot_drift(id)?, office.snapshot_count(&snapshot)?);
        let own = snapshot.body["area"].as_str().and_then(|area| area.parse().ok()).unwrap_or_else(AreaCode::nation);
        let area = wanted.filter(|area| all.iter().any(|one| one.area == *area)).unwrap_or(own);
        let here = |one: &SnapshotFigure| {
            one.area == area || office.lineage(&one.area, snapshot.as_of).get(1).is_some_and(|up| *up == area)
        };
        let figures: Vec<SnapshotFigure> = all.iter().filter(|one| here(one)).cloned().collect();
        let changed = drift.iter().flat_map(|drift| drift.figures.iter().map(|(area, ..)| area));
        let areas = figures.iter().map(|one| &one.area).chain(changed);
        let names = areas.map(|area| (area.to_string(), office.areas.full_name(area))).collect();
        Ok(Loaded { snapshot, figures, drift, counting, names, area })
    })
    .await
}

async fn show(cx: Cx, Path(id): Path<RecordId>, Query(query): Query<Shown>) -> Result<Page, WebError> {
    let loaded = load(&cx, id, false, &query.area).await?;
    let path = format!("/desk/snapshots/{id}");
    let mut sheet = loaded.sheet(&path);
    let counts = loaded.counting.as_ref().is_some_and(|counting| counting.failed.is_none());
    let step = match loaded.snapshot.state.as_str() {
        "open" => Some(("核对", "核对人不能是新开人。", "核对无误")),
        "checked" if counts => None,
        "checked" => Some(("冻结", "后台逐家计数，数完自动冻结；冻结后数字不再改变。", "计数并冻结")),
        "frozen" => Some(("公布", "公布后任何人都能看到。", "公布")),
        _ => None,
    };
    if let Some((title, lead, button)) = step {
        let next = form(&cx, title, &path, Vec::new(), button);
        sheet = sheet.with(Block::Form(next.lead(lead)));
    }
    Ok(sheet.done(&query.done, DONE).page(&Filled::default()).desk().under("统计快照", "/desk/snapshots"))
}

async fn advance(cx: Cx, Path(id): Path<RecordId>, _: Form) -> Result<Redirect, WebError> {
    let actor = cx.actor()?;
    let (before, now) = cx
        .blocking(move |site| {
            let before = site.office.snapshot(Some(&actor), id)?.0.state;
            Ok((before, site.office.advance_snapshot(&actor, id)?))
        })
        .await?;
    let done = if before == now { "counting" } else { "moved" };
    Ok(Redirect::to(&format!("/desk/snapshots/{id}?done={done}")))
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

async fn public(cx: Cx, Path(id): Path<RecordId>, Query(query): Query<Shown>) -> Result<Page, WebError> {
    let loaded = load(&cx, id, true, &query.area).await?;
    Ok(loaded
        .sheet(&format!("/data/snapshots/{id}"))
        .page(&Filled::default())
        .under("开放数据", "/data")
        .under("统计快照", "/data/snapshots"))
}
