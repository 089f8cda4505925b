//! 审计: the audit administrator reads what was done, by day, person and subject, and how the journal stands. Reading only.
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use base::Instant;
use office::accounts::watch::{AuditPage, Below, Reading};
use office::audit::Told as _;
use serde::Deserialize;

use crate::forms::read_date;
use crate::page::Link;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Banner, Cell, Pager, SearchBox, Tab, Tabs};
use crate::site::Site;
use crate::{Cx, Form, Page, Query, WebError};

/// Lines on one page.
const LINES: usize = 50;

#[derive(Deserialize, Default)]
struct Asked {
    /// `day`, `who`, `subject`, `reveals`, `sign-ins`, `seals`.
    #[serde(default)]
    view: String,
    /// What to look for.
    #[serde(default)]
    q: String,
    /// The last act of the page before: `1763712000000-01J…`.
    #[serde(default)]
    below: String,
}

/// The year 9999 begins, in milliseconds since 1970: later instants do not sort as they are stored.
const MOST_MILLISECONDS: i64 = 253_370_764_800_000;

/// Where the page begins; none on the first, and where the address was tampered with.
fn below_of(text: &str) -> Option<Below> {
    let (at, id) = text.split_once('-')?;
    let at = at.parse().ok().filter(|at| (0..MOST_MILLISECONDS).contains(at))?;
    Some((Instant(at), id.parse().ok()?))
}

const VIEWS: [(&str, &str); 6] = [
    ("day", "按日期"),
    ("who", "按人员"),
    ("subject", "按对象"),
    ("reveals", "查看个人信息"),
    ("sign-ins", "登录失败"),
    ("seals", "核验与封存"),
];

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/admin/audit", get(show)).route("/admin/audit/verify", post(verify))
}

fn sheet(view: &str) -> Sheet {
    let tab = |(id, text): &(&str, &str)| Tab {
        link: Link::to(*text, format!("/admin/audit?view={id}")),
        count: None,
        here: *id == view,
    };
    let tabs = Tabs { label: "审计内容".to_owned(), tabs: VIEWS.iter().map(tab).collect() };
    Sheet::new("审计", "谁在什么时候办了什么、看了什么。只读。").with(Block::Tabs(tabs))
}

fn search(view: &str, label: &str, value: &str, hint: &str) -> Block {
    Block::Search(SearchBox {
        id: "q".to_owned(),
        action: "/admin/audit".to_owned(),
        name: "q".to_owned(),
        label: label.to_owned(),
        value: value.to_owned(),
        button: "查看".to_owned(),
        hint: hint.to_owned(),
        keep: vec![("view".to_owned(), view.to_owned())],
        large: false,
    })
}

fn lines(caption: &str, page: &AuditPage, empty: &str) -> Block {
    let rows = page.lines.iter().map(|(subject, line)| {
        let details: Vec<String> = line.details.iter().map(|(field, value)| format!("{field}：{value}")).collect();
        let about = serde_urlencoded::to_string([("view", "subject"), ("q", &line.subject)]).unwrap_or_default();
        vec![
            Cell::new(line.sentence()),
            Cell::link(subject.clone(), format!("/admin/audit?{about}")),
            Cell::new(details.join("；")),
            Cell::new(line.digest.clone()),
        ]
    });
    Block::Table(table(caption, &["记录", "对象", "内容", "摘要"], rows.collect(), empty))
}

/// 更早的 and back to the newest; none where everything is on one page.
fn pager(view: &str, typed: &str, page: &AuditPage, first: bool) -> Option<Block> {
    let href = |below: Option<Below>| {
        let below = below.map_or_else(String::new, |(at, id)| format!("{}-{id}", at.0));
        let pairs = [("view", view), ("q", typed), ("below", &below)];
        let pairs: Vec<_> = pairs.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        format!("/admin/audit?{}", serde_urlencoded::to_string(&pairs).unwrap_or_default())
    };
    let (previous, next) = ((!first).then(|| href(None)), page.next.map(|next| href(Some(next))));
    let text = format!("每页 {LINES} 条，由近到远；上一页回到最近的");
    (previous.is_some() || next.is_some()).then_some(Block::Pager(Pager { text, previous, next }))
}

async fn show(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let view = VIEWS.iter().map(|(id, _)| *id).find(|id| *id == asked.view).unwrap_or("day");
    let q = asked.q.trim().to_owned();
    let made = match view {
        "sign-ins" => sign_ins(&cx).await?,
        "seals" => standing(&cx).await?,
        _ => {
            let typed = if view == "day" && q.is_empty() { cx.today.to_string() } else { q.clone() };
            let reading = match view {
                "day" => Some(Reading::Day(read_date(&typed).map_err(WebError::invalid)?)),
                "reveals" => Some(Reading::Reveals),
                _ if typed.is_empty() => None,
                "who" => Some(Reading::By(typed.clone())),
                _ => Some(Reading::About(typed.clone())),
            };
            let below = below_of(&asked.below);
            let told = if let Some(reading) = reading {
                cx.blocking(move |site| Ok(site.office.audit_page(&actor, &reading, below, LINES))).await?
            } else {
                let nothing = AuditPage { lines: Vec::new(), next: None };
                cx.blocking(move |site| Ok(site.office.journal_standing(&actor).map(|_| nothing))).await?
            };
            read(view, &typed, told, below.is_none())?
        }
    };
    Ok(made.page(&Filled::default()).desk())
}

fn read(view: &str, typed: &str, told: Result<AuditPage, office::Refused>, first: bool) -> Result<Sheet, WebError> {
    let mut sheet = sheet(view);
    sheet = match view {
        "day" => sheet.with(search(view, "哪一天", typed, "例如 2026-11-21")),
        "who" => sheet.with(search(view, "登录名", typed, "查这个账号最近 90 天的办理记录")),
        "subject" => sheet.with(search(view, "对象", typed, "例如 case/编号、org/编号、account/编号、person/编号")),
        _ => sheet,
    };
    match told {
        Ok(told) => {
            let caption =
                if view == "reveals" { "最近 90 天查看受保护个人信息的记录" } else { "办理记录" };
            Ok(sheet.with(lines(caption, &told, "没有记录。")).and(pager(view, typed, &told, first)))
        }
        Err(office::Refused::Invalid(wrong)) => {
            let words = wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；");
            Ok(sheet.with(Block::Text(words)))
        }
        Err(other) => Err(other.into()),
    }
}

async fn sign_ins(cx: &Cx) -> Result<Sheet, WebError> {
    let actor = cx.actor()?;
    let failures = cx.blocking(move |site| Ok(site.office.failed_sign_ins(&actor)?)).await?;
    let rows = failures.iter().map(|one| {
        let (kind, what) = one.subject.split_once(':').unwrap_or(("", one.subject.as_str()));
        let kind = match kind {
            "login" => "登录名",
            "ip" => "网络地址",
            "code" => "动态口令（账号编号）",
            other => other,
        };
        vec![Cell::new(what), Cell::new(kind), Cell::new(one.count.to_string()), Cell::new(one.last.local_minute())]
    });
    let list = table(
        "最近 24 小时登录失败",
        &["对象", "类别", "次数", "最近一次"],
        rows.collect(),
        "最近 24 小时没有登录失败。",
    );
    let rule = "同一登录名 15 分钟内失败 5 次，或同一地址失败 50 次，暂停登录 15 分钟（GB/T 22239-2019 8.1.4.1 b）。";
    Ok(sheet("sign-ins").with(Block::Table(list)).with(Block::Text(rule.to_owned())))
}

async fn standing(cx: &Cx) -> Result<Sheet, WebError> {
    let actor = cx.actor()?;
    let standing = cx.blocking(move |site| Ok(site.office.journal_standing(&actor)?)).await?;
    let rows = standing.seals.iter().map(|seal| {
        let root = hex::encode(seal.root.iter().take(8).copied().collect::<Vec<u8>>());
        let nightly = if seal.nightly { "夜间封存（公布）" } else { "定时封存" };
        vec![
            Cell::new(seal.number.to_string()),
            Cell::new(seal.at.local_minute()),
            Cell::new(nightly),
            Cell::new(seal.heads.to_string()),
            Cell::new(root),
        ]
    });
    let text = format!("留痕共 {} 条；上次封存后有变化的记录链 {} 条。", standing.entries, standing.unsealed);
    Ok(sheet("seals")
        .with(Block::Text(text))
        .with(Block::Form(
            form(cx, "核验", "/admin/audit/verify", Vec::new(), "现在核验记录链和封存")
                .lead("逐条重算摘要和前后链接。连同数据行和文件一起核验，请在服务器上运行 yishe journal verify。"),
        ))
        .with(Block::Table(table(
            "最近的封存",
            &["序号", "时间", "类别", "记录链", "根摘要"],
            rows.collect(),
            "还没有封存。",
        ))))
}

async fn verify(cx: Cx, _: Form) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let found = cx.blocking(move |site| Ok(site.office.verify_chains(&actor)?)).await?;
    let sheet = standing(&cx).await?;
    let banner = match found {
        Ok(report) => Banner {
            title: "核验通过".to_owned(),
            text: format!(
                "重算 {} 条记录、{} 条记录链、{} 次封存，全部相符。",
                report.entries, report.subjects, report.seals
            ),
            ways: Vec::new(),
            success: true,
        },
        Err(finding) => Banner {
            title: "核验发现问题".to_owned(),
            text: finding.to_string(),
            ways: vec![Link::to("按对象查记录", "/admin/audit?view=subject")],
            success: false,
        },
    };
    Ok(sheet.first(Block::Banner(banner)).page(&Filled::default()).desk())
}
