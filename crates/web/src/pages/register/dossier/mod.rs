//! 组织档案: everything the public may know of one organization, on any day, as known on any day.
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::routing::get;
use base::Date;
use office::register::read::dossier::{Answer, Dossier, Moment, PublicOfficer, Stage};
use office::register::read::search::code_faults;
use office::register::read::summary::Summary;
use registry::Credit;
use serde::Deserialize;

use super::view::{chips, dossier_href, marks};
use crate::page::Link;
use crate::parts::{Cell, Chips, Column, Event, QrBox, Table, Timeline, Tone};
use crate::site::Site;
use crate::{Cache, Cx, Page, Path, Query, WebError};

/// Which truth is asked for.
#[derive(Debug, Default, Deserialize)]
pub struct Days {
    #[serde(default)]
    as_of: String,
    #[serde(default)]
    known_on: String,
}

#[derive(Template)]
#[template(path = "pages/register/dossier/page.html")]
struct DossierPage {
    code: String,
    name: String,
    name_now: Option<String>,
    former: String,
    marks: Vec<String>,
    chips: Chips,
    listed: Option<(&'static str, &'static str, String)>,
    /// What people look for first, in large letters.
    key: Vec<(&'static str, String)>,
    items: Vec<(&'static str, String)>,
    moment: Moment,
    recorded: String,
    today: Date,
    qr: QrBox,
    officers: Vec<PublicOfficer>,
    certificates: Table,
    timeline: Timeline,
    versions: Table,
    cases: Table,
    notices: Vec<Link>,
    entries: Vec<(Link, String)>,
    broken: Vec<(&'static str, &'static str)>,
    score: u8,
    base_day: Date,
}

/// `/orgs/{code}`
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/orgs/{code}", get(show))
}

/// A day in the address, empty for none.
pub fn read_day(text: &str, field: &str) -> Result<Option<Date>, WebError> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    crate::forms::read_date(text).map(Some).map_err(|why| WebError::invalid(why.clone()).field(field, &why))
}

async fn show(cx: Cx, Path(code): Path<String>, Query(days): Query<Days>) -> Result<Page, WebError> {
    let moment = Moment::of(read_day(&days.as_of, "as_of")?, read_day(&days.known_on, "known_on")?, cx.today);
    let page = cx.blocking(move |site| load(site, &code, moment)).await?;
    Ok(Page::new(page.name.clone(), page).under("查组织", "/orgs").cache(Cache::Public(30)))
}

fn load(site: &Site, code: &str, moment: Moment) -> Result<DossierPage, WebError> {
    match site.office.find_dossier(code, moment)? {
        Answer::Found(dossier) => Ok(page(site, *dossier)),
        Answer::Unknown => Err(unknown(site, code)?),
        Answer::NotYet { name, first } => {
            let mut error = WebError::not_found(&format!("“{name}”在 {} 的登记信息", moment.day));
            error.message = format!("“{name}”在 {} 还没有登记信息，最早的记录从 {first} 开始。", moment.day);
            error.ways = vec![Link::to("看现在的档案", format!("/orgs/{code}")), Link::to("查别的组织", "/orgs")];
            Err(error)
        }
    }
}

/// The 404 with a way on: which character of the code is wrong, and what is like it.
pub fn unknown(site: &Site, code: &str) -> Result<WebError, WebError> {
    let mut error = WebError::not_found("这家组织");
    "没有找到这家组织".clone_into(&mut error.title);
    let faults = code_faults(code);
    let shown: String = code.chars().take(40).collect();
    error.message = if faults.is_empty() {
        format!("没有代码或编号为“{shown}”的社会组织。请核对后再查，或换名称来查。")
    } else {
        let why: Vec<String> = faults.iter().map(ToString::to_string).collect();
        format!("“{shown}”不是有效的统一社会信用代码：{}。", why.join("；"))
    };
    // A process without an index still says what is wrong with the code.
    let like = site.office.suggest_orgs(code, 5).unwrap_or_default();
    error.ways =
        like.iter().map(|one| Link::to(format!("{}（{}）", one.name, one.public_code()), dossier_href(one))).collect();
    error.ways.push(Link::to("按名称查组织", "/orgs"));
    Ok(error)
}

fn page(site: &Site, dossier: Dossier) -> DossierPage {
    let (office, moment) = (&site.office, dossier.moment);
    let summary = Summary::of(dossier.organization.clone());
    let code = summary.public_code();
    let (key, items) = laid_out(office.items_of(&dossier.organization, moment.day));
    DossierPage {
        name: summary.name.clone(),
        name_now: dossier.name_now.clone(),
        former: dossier.former_names.join("、"),
        marks: marks(&summary),
        chips: chips(summary.states, summary.kind, ""),
        listed: listed(&dossier),
        key,
        items,
        recorded: dossier.recorded_at.local_minute(),
        today: office.clock.today(),
        qr: QrBox {
            url: format!("{}/orgs/{code}", site.settings.base_url),
            caption: "一社一码：扫码看档案".to_owned(),
        },
        certificates: certificates(&dossier),
        timeline: Timeline {
            label: "登记历程".to_owned(),
            events: dossier.stages.iter().map(|stage| event(site, stage)).collect(),
        },
        versions: versions(&code, &dossier),
        cases: cases(&dossier),
        notices: dossier
            .notices
            .iter()
            .map(|notice| Link::to(format!("{} {}", notice.posted_on, notice.title), format!("/notices/{}", notice.id)))
            .collect(),
        entries: dossier.entries.iter().map(|entry| entry_line(site, entry)).collect(),
        broken: dossier.broken.iter().map(|rule| (rule.item, rule.reason)).collect(),
        score: dossier.score,
        base_day: dossier.stages.get(1).map_or(moment.day, |stage| stage.from),
        officers: dossier.officers,
        moment,
        code,
    }
}

/// The items shown first, in this order.
const KEY: [&str; 4] = ["组织类型", "登记管理机关", "法定代表人", "成立登记日期"];
/// Items that stand at the head of the page already.
const ABOVE: [&str; 5] = ["名称", "统一社会信用代码", "登记状态", "信用状态", "运行状态"];

type Items = Vec<(&'static str, String)>;

/// The key facts, and the rest without what is empty, plainly "no", or shown above.
fn laid_out(items: Items) -> (Items, Items) {
    let told = |(label, text): &(&str, String)| !text.is_empty() && text != "否" && !ABOVE.contains(label);
    let (mut key, rest): (Items, Items) = items.into_iter().filter(told).partition(|(label, _)| KEY.contains(label));
    key.sort_by_key(|(label, _)| KEY.iter().position(|one| one == label));
    (key, rest)
}

/// What a red mark means: since when, and where the way out is written.
fn listed(dossier: &Dossier) -> Option<(&'static str, &'static str, String)> {
    let credit = dossier.organization.states.credit;
    let list = match credit {
        Credit::Clear => return None,
        Credit::Abnormal => "/lists/abnormal",
        Credit::Serious => "/lists/serious",
    };
    let since = dossier
        .stages
        .iter()
        .find(|stage| stage.changes.iter().any(|change| change.label == "信用状态" && change.after == credit.label()));
    let since = since.or_else(|| dossier.stages.last()).map(|stage| stage.from.to_string()).unwrap_or_default();
    Some((credit.label(), list, since))
}

fn event(site: &Site, stage: &Stage) -> Event {
    let changes = site.office.said(stage.changes.clone(), stage.from);
    let labels: Vec<&str> = changes.iter().map(|change| change.label).collect();
    let line = |change: &registry::Change| {
        let blank = |text: &str| if text.is_empty() { "（空）".to_owned() } else { text.to_owned() };
        format!("{}：{} → {}", change.label, blank(&change.before), blank(&change.after))
    };
    let (what, tone) = match (stage.first, labels.as_slice()) {
        (true, _) => ("登记".to_owned(), Tone::Good),
        (false, []) => ("更正记录".to_owned(), Tone::Grey),
        (false, labels) => (format!("变更：{}", labels.join("、")), Tone::Calm),
    };
    Event {
        when: stage.from.to_string(),
        what: Link::to(what, ""),
        who: String::new(),
        note: changes.iter().map(line).collect::<Vec<_>>().join("；"),
        tone,
    }
}

fn table(caption: &str, columns: &[&str], rows: Vec<Vec<Cell>>, empty: &str) -> Table {
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(|text| Column::new(*text)).collect(),
        rows,
        exports: Vec::new(),
        empty: empty.to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    }
}

fn certificates(dossier: &Dossier) -> Table {
    // 正本 before 副本.
    let (first, second): (Vec<_>, Vec<_>) = dossier.certificates.iter().partition(|one| one.kind == "original");
    let rows = first.into_iter().chain(second).map(|one| {
        let kind = match one.kind.as_str() {
            "original" => "正本",
            "duplicate" => "副本",
            other => other,
        };
        let state = match one.state.as_str() {
            "valid" => Cell::state("有效", Tone::Good),
            "replaced" => Cell::state("已换发", Tone::Grey),
            "lost" => Cell::state("已声明遗失", Tone::Warn),
            "cancelled" => Cell::state("已注销", Tone::Grey),
            other => Cell::new(other),
        };
        let until = one.valid_to.map_or_else(|| "长期".to_owned(), |day| day.to_string());
        vec![
            Cell::link(format!("{kind} {}", one.number), format!("/c/{}", one.short)),
            state,
            Cell::new(one.issued_on.to_string()),
            Cell::new(until),
        ]
    });
    table("登记证书", &["证书", "状态", "发证日期", "有效期至"], rows.collect(), "平台上还没有这家组织的电子证书。")
}

fn versions(code: &str, dossier: &Dossier) -> Table {
    let rows = dossier.stages.iter().map(|stage| {
        let until = stage.to.map_or_else(|| "至今".to_owned(), |day| format!("至 {day} 前"));
        let diff = match (stage.first, stage.from.yesterday()) {
            (false, Ok(before)) => Cell::link("比较前后", format!("/orgs/{code}/diff?from={before}&to={}", stage.from)),
            _ => Cell::new("—"),
        };
        vec![
            Cell::link(stage.from.to_string(), format!("/orgs/{code}?as_of={}", stage.from)),
            Cell::new(until),
            Cell::new(stage.recorded_at.local_minute()),
            diff,
        ]
    });
    table("各个版本", &["自哪天起", "到", "记录时间", "差异"], rows.collect(), "没有版本。")
}

fn cases(dossier: &Dossier) -> Table {
    let rows = dossier.cases.iter().map(|case| {
        let ended = case.ended_on.map(|day| day.to_string()).unwrap_or_default();
        vec![
            Cell::new(case.title.clone()),
            Cell::new(case.status.clone()),
            Cell::new(case.received_on.to_string()),
            Cell::new(ended),
        ]
    });
    table("已办结的办件", &["事项", "结果", "受理", "办结"], rows.collect(), "没有已办结的办件。")
}

fn entry_line(site: &Site, entry: &store::registers::RegisterEntry) -> (Link, String) {
    let name = site
        .office
        .find_public_register(&entry.register)
        .map_or(entry.register.as_str(), |register| register.name.as_str());
    let until = entry.until.map_or_else(|| "至今".to_owned(), |day| format!("至 {day}"));
    (Link::to(name, format!("/lists/{}", entry.register)), format!("{} {until}", entry.since))
}
