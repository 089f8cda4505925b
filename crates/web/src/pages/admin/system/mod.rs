//! 系统状态: what the system administrator must know: areas and calendar, policy packs and warnings, connections, background jobs.
mod messages;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use base::Instant;
use office::connector::admin::Health;
use serde::Deserialize;

use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, table};
use crate::parts::{Cell, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

/// States of jobs in the order shown, and what they are called.
const STATES: [(&str, &str, Tone); 4] = [
    ("failed", "失败", Tone::Bad),
    ("running", "进行中", Tone::Calm),
    ("waiting", "等待", Tone::Grey),
    ("done", "完成", Tone::Good),
];

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/admin/system", get(show)).merge(messages::routes())
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let state = cx.blocking(move |site| Ok(site.office.system_state(&actor)?)).await?;
    let version = env!("CARGO_PKG_VERSION");
    let calendar = match state.calendar {
        Some((first, last)) => format!("{first} 至 {last} 年已公布；此外的日期按周末推算，并在页面注明"),
        None => "没有公布的年份，全部按周末推算".to_owned(),
    };
    let rows = vec![
        row("版本", version),
        row("数据库", state.engine),
        row("行政区划", format!("{} 个，到 {}", state.areas, state.areas_say)),
        row("工作日历", calendar),
        row("事项", format!("{} 个", state.matters)),
        row("代码来源", state.codes),
    ];
    let packs = state
        .packs
        .iter()
        .map(|(id, name, area)| vec![Cell::new(name.clone()), Cell::new(id.clone()), Cell::new(area.clone())]);
    let warnings = state.warnings.iter().map(|problem| vec![Cell::new(problem.clone())]);
    let jobs = state.jobs.iter().map(|job| {
        let known = STATES.iter().find(|(word, ..)| *word == job.state);
        let cell = known.map_or_else(|| Cell::new(job.state.clone()), |(_, text, tone)| Cell::state(*text, *tone));
        vec![
            Cell::new(cx.site.job_titles.get(job.name.as_str()).copied().unwrap_or(&job.name)),
            cell,
            Cell::new(job.run_at.local_minute()),
            Cell::new(job.attempts.to_string()),
            Cell::new(job.error.clone().or_else(|| job.progress.clone()).unwrap_or_default()),
        ]
    });
    let counts: Vec<String> = state
        .counts
        .iter()
        .map(|(word, count)| {
            let text = STATES.iter().find(|(known, ..)| known == word).map_or(word.as_str(), |(_, text, _)| text);
            format!("{text} {count}")
        })
        .collect();
    let connectors = state.connectors.iter().map(|one| {
        let tone = match one.health {
            Health::Good => Tone::Good,
            Health::Failed(_) => Tone::Bad,
            Health::Waiting(_) => Tone::Calm,
            Health::NotConnected => Tone::Grey,
        };
        vec![
            Cell::new(one.connector.label()),
            Cell::new(one.says.clone()),
            Cell::state(one.health.plain(), tone),
            Cell::new(one.last.map_or_else(|| "—".to_owned(), Instant::local_minute)),
        ]
    });
    Ok(Sheet::new("系统状态", "")
        .with(Block::Summary(SummaryList { title: String::new(), rows }))
        .with(Block::Heading("对接".to_owned()))
        .with(Block::Table(table(
            "外部系统",
            &["对接", "接到哪里", "状态", "最近一次"],
            connectors.collect(),
            "没有配置对接。",
        )))
        .and((!state.dead.is_empty()).then(|| Block::Table(messages::dead_table(&state.dead))))
        .with(Block::Heading("后台任务".to_owned()))
        .with(Block::Text(if counts.is_empty() { "没有任务。".to_owned() } else { counts.join("，") }))
        .with(Block::Table(table(
            "最近的任务",
            &["任务", "状态", "时间", "次数", "说明"],
            jobs.collect(),
            "没有任务。",
        )))
        .with(Block::Heading("政策包".to_owned()))
        .with(Block::Table(table("已载入的政策包", &["名称", "编号", "适用地区"], packs.collect(), "没有政策包。")))
        .with(Block::Table(table("目录提示", &["提示"], warnings.collect(), "目录没有提示。")))
        .done(&asked.done, messages::DONE)
        .page(&Filled::default())
        .desk())
}
