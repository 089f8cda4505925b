//! 数据质量: issues of an authority's register: found by an inspection that shows how far it is, taken, corrected, verified by another
//! person, closed.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::RecordId;
use office::register::quality::{Issue, Quality};
use serde::Deserialize;

use crate::pages::account::{Done, row};
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Progress, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[
    ("asked", "已开始检查，进度在下面；离开这一页不影响检查。"),
    ("assign", "已领取，请更正。"),
    ("correct", "已更正，等待另一人核验。"),
    ("verify", "核验通过。下次检查名册时复核，合格就关闭；也可以现在关闭。"),
    ("return", "已退回更正。"),
    ("close", "问题已关闭。"),
    ("dismiss", "已关闭。"),
];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/quality", get(list).post(detect))
        .route("/desk/quality/{id}", get(show).post(act))
        .route("/desk/quality/{id}/dismiss", post(dismiss))
}

fn state(word: &str) -> Cell {
    match word {
        "detected" => Cell::state("待领取", Tone::Warn),
        "assigned" => Cell::state("更正中", Tone::Calm),
        "corrected" => Cell::state("待核验", Tone::Calm),
        "verified" => Cell::state("已核验，待关闭", Tone::Good),
        "closed" => Cell::state("已关闭", Tone::Grey),
        other => Cell::new(other),
    }
}

/// `?done=&after=`
#[derive(Debug, Default, Deserialize)]
struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    after: String,
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

/// How far the inspection is, or what the last one did.
fn inspection(quality: &Quality) -> Block {
    let Some(run) = &quality.run else {
        return Block::Text("还没有检查过名册。".to_owned());
    };
    let what = if run.whole { "全部组织" } else { "上次检查以后有变动的" };
    let unit = if run.whole { "家组织" } else { "处变动" };
    if run.state == "running" {
        let text = match &quality.failed {
            Some(_) => "检查中断了，请再点一次“检查名册”，会从中断处接着做。".to_owned(),
            None => format!("已看 {} / {} {unit}，新发现 {} 个问题", run.seen, run.total, run.found),
        };
        return Block::Progress(Progress {
            id: "inspection".to_owned(),
            label: format!("正在检查：{what}"),
            done: Some(number(run.seen.min(run.total))),
            total: number(run.total.max(1)),
            text,
            refresh: if quality.failed.is_some() { String::new() } else { "/desk/quality".to_owned() },
        });
    }
    let ended = run.ended_at.map_or_else(String::new, base::Instant::local_minute);
    Block::Text(format!(
        "上次检查：{ended}，看了{what}，共 {} {unit}；新发现 {} 个问题，{} 个问题已自行消除或复核关闭。",
        run.seen, run.found, run.gone
    ))
}

async fn list(cx: Cx, Query(query): Query<Asked>) -> Result<Page, WebError> {
    let (actor, after) = (cx.actor()?, query.after.clone());
    let (quality, area) = cx
        .blocking(move |site| {
            let quality = site.office.quality(&actor, &after)?;
            let name = site.office.areas.full_name(&quality.area);
            Ok((quality, name))
        })
        .await?;
    let rows = quality.issues.iter().map(|one| {
        vec![
            Cell::link(one.name.clone(), format!("/desk/quality/{}", one.row.id)),
            Cell::new(one.reason.clone()),
            state(&one.row.state),
            Cell::new(one.row.due.map(|due| due.to_string()).unwrap_or_default()),
        ]
    });
    let mut list = table("未关闭的问题", &["组织", "问题", "状态", "期限"], rows.collect(), "没有未关闭的问题。");
    list.keys = true;
    let score = quality.score.map_or_else(|| "还没有组织".to_owned(), |score| format!("{score:.1} 分"));
    let lead =
        format!("{area}：数据质量 {score}，{} 家组织，{} 个待处理的问题。", quality.organizations, quality.waiting);
    let mut ways = Vec::new();
    if !query.after.is_empty() {
        ways.push(crate::Link::to("回到第一页", "/desk/quality"));
    }
    ways.extend(quality.next.as_ref().map(|next| crate::Link::to("下一页", format!("/desk/quality?after={next}"))));
    let check = form(&cx, "检查", "/desk/quality", Vec::new(), "检查名册")
        .lead("第一次检查全部组织，以后只看变动过的；满 30 天再全部检查一次。100 分减去每家组织平均扣分就是得分。");
    let whole = form(&cx, "", "/desk/quality", Vec::new(), "全部重新检查").keep("whole", "1");
    Ok(Sheet::new("数据质量", lead)
        .with(inspection(&quality))
        .with(Block::Table(list))
        .and((!ways.is_empty()).then_some(Block::Links(ways)))
        .with(Block::Form(check))
        .and(quality.run.is_some().then_some(Block::Form(whole)))
        .done(&query.done, DONE)
        .page(&Filled::default())
        .desk())
}

async fn detect(cx: Cx, form: Form) -> Result<Redirect, WebError> {
    let (actor, whole) = (cx.actor()?, form.text("whole") == "1");
    cx.blocking(move |site| Ok(site.office.ask_for_inspection(&actor, whole)?)).await?;
    Ok(Redirect::to("/desk/quality?done=asked"))
}

fn page(cx: &Cx, issue: &Issue, done: &str, filled: &Filled) -> Page {
    let path = format!("/desk/quality/{}", issue.row.id);
    let rows = vec![
        row("组织", issue.name.clone()),
        row("项目", issue.item.clone()),
        row("问题", issue.reason.clone()),
        row("建议", issue.suggestion.clone()),
        row("状态", state(&issue.row.state).text),
        row("发现日期", issue.row.found_on.to_string()),
        row("更正期限", issue.row.due.map(|due| due.to_string()).unwrap_or_default()),
    ];
    let mut sheet = Sheet::new(format!("{}：{}", issue.name, issue.reason), "")
        .with(Block::Summary(SummaryList { title: String::new(), rows }));
    if let Some(org) = issue.row.org {
        sheet = sheet.with(Block::Links(vec![crate::Link::to("看这家组织的档案", format!("/orgs/{org}"))]));
    }
    let next = match issue.row.state.as_str() {
        "detected" => Some(form(cx, "", &path, Vec::new(), "领取").keep("step", "assign")),
        "assigned" => {
            let inputs = vec![
                filled.line("value", "更正后的内容", "日期按 2026-11-21 填；金额单位元；住所填行政区划代码"),
                filled.line("basis", "依据", "例如：登记证书副本，2020-05-06"),
            ];
            Some(form(cx, "更正", &path, inputs, "更正").keep("step", "correct"))
        }
        "corrected" => {
            Some(form(cx, "核验", &path, Vec::new(), "核验通过").keep("step", "verify").lead("核验人不能是更正人。"))
        }
        "verified" => Some(
            form(cx, "关闭", &path, Vec::new(), "关闭问题")
                .keep("step", "close")
                .lead("下次检查名册时会复核并自动关闭，也可以现在关闭。"),
        ),
        _ => None,
    };
    sheet = sheet.and(next.map(Block::Form));
    if issue.row.state == "corrected" {
        let inputs = vec![filled.line("reason", "理由", "例如：金额与验资报告不一致")];
        sheet = sheet.with(Block::Form(form(cx, "退回更正", &path, inputs, "退回").keep("step", "return")));
    }
    if matches!(issue.row.state.as_str(), "detected" | "assigned") {
        let inputs = vec![filled.line("reason", "理由", "例如：证书本无此项")];
        sheet = sheet.with(Block::Form(form(cx, "不是问题", &format!("{path}/dismiss"), inputs, "关闭问题")));
    }
    sheet.done(done, DONE).page(filled).desk().under("数据质量", "/desk/quality")
}

async fn load(cx: &Cx, id: RecordId) -> Result<Issue, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| Ok(site.office.quality_issue(&actor, id)?)).await
}

async fn show(cx: Cx, Path(id): Path<RecordId>, Query(query): Query<Done>) -> Result<Page, WebError> {
    Ok(page(&cx, &load(&cx, id).await?, &query.done, &Filled::default()))
}

async fn act(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, step) = (cx.actor()?, form.text("step").to_owned());
    let (value, basis, reason) =
        (form.text("value").to_owned(), form.text("basis").to_owned(), form.text("reason").to_owned());
    let word = step.clone();
    let done = cx
        .blocking(move |site| {
            Ok(match step.as_str() {
                "assign" => site.office.assign_quality_issue(&actor, id),
                "correct" => site.office.correct_quality_issue(&actor, id, &value, &basis),
                "verify" => site.office.verify_quality_issue(&actor, id),
                "return" => site.office.return_quality_issue(&actor, id, &reason),
                "close" => site.office.close_quality_issue(&actor, id),
                _ => Err(office::Refused::NotFound("这个操作")),
            })
        })
        .await?;
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/desk/quality/{id}?done={word}")).into_response()),
        Err(refused) => Ok(page(&cx, &load(&cx, id).await?, "", &Filled::of(form, refused)?).into_response()),
    }
}

async fn dismiss(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, reason) = (cx.actor()?, form.text("reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.dismiss_quality_issue(&actor, id, &reason))).await? {
        Ok(()) => Ok(Redirect::to("/desk/quality?done=dismiss").into_response()),
        Err(refused) => Ok(page(&cx, &load(&cx, id).await?, "", &Filled::of(form, refused)?).into_response()),
    }
}
