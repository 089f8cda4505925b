//! 岗位与权限: the security administrator gives and ends posts, sees what nobody holds, and the generations of keys.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use office::Refused;
use office::accounts::NewPost;
use office::accounts::overview::{Rights, Seat};
use serde::Deserialize;

use crate::forms::read_date;
use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, form, table};
use crate::parts::{Cell, Inset, Opt, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("given", "岗位已授予，本人下次打开页面时生效。"), ("ended", "岗位已免去，立即生效。")];
/// Gaps shown on the page; the rest is counted.
const GAPS: usize = 200;

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    done: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new().route("/admin/rights", get(list).post(give)).route("/admin/rights/{post}", get(show).post(end))
}

fn seats_table(seats: &[Seat]) -> crate::parts::Table {
    let rows = seats.iter().map(|seat| {
        vec![
            Cell::link(seat.name.clone(), format!("/admin/rights/{}", seat.post.id)),
            Cell::new(seat.login.clone()),
            Cell::new(seat.desk.clone()),
            Cell::new(seat.body.clone()),
            Cell::new(seat.area.clone()),
            Cell::new(seat.post.since.to_string()),
            Cell::new(seat.post.until.map_or_else(|| "不限".to_owned(), |until| until.to_string())),
        ]
    });
    table("现任岗位", &["姓名", "登录名", "岗位", "单位", "地区", "自", "至"], rows.collect(), "还没有人任岗。")
}

fn gaps(rights: &Rights) -> Vec<Block> {
    let rows = rights.unheld.iter().take(GAPS).map(|gap| {
        vec![
            Cell::new(gap.duty.clone()),
            Cell::new(gap.desk.clone()),
            Cell::new(gap.area_name.clone()),
            Cell::new(gap.clause.clone()),
        ]
    });
    let caption = format!("无人承担的职责（{} 项）", rights.unheld.len());
    let empty = "已登记的登记管理机关，每项职责都有人承担。";
    let why = Inset {
        text: "按职责清单逐项核对：登记管理机关所在地区、该级别应有的岗位，今天没有人任职的列在这里。".to_owned(),
        source: "000-III.3 明确责任分工".to_owned(),
        more: None,
    };
    vec![
        Block::Heading("责任空白".to_owned()),
        Block::Inset(why),
        Block::Table(table(&caption, &["职责", "应由", "地区", "依据"], rows.collect(), empty)),
    ]
}

fn keys(rights: &Rights) -> Vec<Block> {
    let rows = rights.keys.iter().map(|(purpose, id, made, current)| {
        let state =
            if *current { Cell::state("当前", Tone::Good) } else { Cell::state("只用于读旧数据", Tone::Grey) };
        vec![Cell::new(purpose.clone()), Cell::new(id.clone()), Cell::new(made.local_minute()), state]
    });
    vec![
        Block::Heading("密钥".to_owned()),
        Block::Text(
            "这里只有密钥的编号和生成时间；密钥本身保存在数据库和备份之外。更换密钥在服务器上进行，见运行手册。"
                .to_owned(),
        ),
        Block::Table(table("密钥代次", &["用途", "编号", "生成时间", "状态"], rows.collect(), "没有密钥。")),
    ]
}

async fn page(cx: &Cx, done: &str, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let (rights, desks) = cx
        .blocking(move |site| {
            let desks = site.office.catalogue.desks().filter(|(id, _)| !matches!(*id, "applicant" | "system"));
            let desks: Vec<Opt> = desks.map(|(id, name)| Opt::new(id, name)).collect();
            Ok((site.office.rights(&actor)?, desks))
        })
        .await?;
    let people =
        rights.officials.iter().map(|one| Opt::new(one.id.to_string(), format!("{}（{}）", one.name, one.login)));
    let bodies = rights.bodies.iter().map(|body| Opt::new(body.id.to_string(), body.name.clone()));
    let inputs = vec![
        filled.select("account", "给谁", people.collect()),
        filled.select("body", "在哪个单位", bodies.collect()),
        filled.select("desk", "任什么岗位", desks),
        filled.line("area", "负责的地区", "行政区划代码；不填就是单位所在地区"),
        filled.line("until", "从哪天起不再任职（选填）", "例如 2028-01-01；长期任职不填"),
    ];
    let give = form(cx, "授予岗位", "/admin/rights", inputs, "授予岗位");
    Ok(Sheet::new("岗位与权限", "谁在哪个单位、对哪个地区、办哪个环节。不能给自己授予岗位。")
        .with(Block::Table(seats_table(&rights.seats)))
        .with(Block::Form(give))
        .and(gaps(&rights))
        .and(keys(&rights))
        .done(done, DONE)
        .page(&filled)
        .desk())
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    page(&cx, &asked.done, Filled::default()).await
}

async fn give(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let typed = form.clone();
    let given = cx
        .blocking(move |site| {
            let post = match new_post(site, &actor, &typed) {
                Ok(post) => post,
                Err(refused) => return Ok(Err(refused)),
            };
            Ok(site.office.give_post(&actor, &post).map(|_| ()))
        })
        .await?;
    match given {
        Ok(()) => Ok(Redirect::to("/admin/rights?done=given").into_response()),
        Err(refused) => Ok(page(&cx, "", Filled::of(form, refused)?).await?.into_response()),
    }
}

fn new_post(site: &Site, actor: &authority::Actor, form: &Form) -> Result<NewPost, Refused> {
    let account = form.text("account").parse().map_err(|_| Refused::field("account", "请选择人员"))?;
    let body = form.text("body").parse().map_err(|_| Refused::field("body", "请选择单位"))?;
    let desk =
        Some(form.text("desk")).filter(|desk| !desk.is_empty()).ok_or_else(|| Refused::field("desk", "请选择岗位"))?;
    let until = match form.text("until") {
        "" => None,
        typed => Some(read_date(typed).map_err(|why| Refused::field("until", why))?),
    };
    let area = match form.text("area") {
        "" => site.office.rights(actor)?.bodies.into_iter().find(|known| known.id == body).map(|known| known.area),
        typed => typed.parse().ok().filter(|area| site.office.areas.find(area).is_some()),
    };
    let area = area.ok_or_else(|| Refused::field("area", "没有这个行政区划代码。请核对后再填"))?;
    Ok(NewPost { account, body, desk: desk.into(), area, until })
}

async fn one_page(cx: &Cx, id: RecordId, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let rights = cx.blocking(move |site| Ok(site.office.rights(&actor)?)).await?;
    let seat =
        rights.seats.into_iter().find(|seat| seat.post.id == id).ok_or_else(|| WebError::not_found("这个岗位"))?;
    let rows = vec![
        row("姓名", seat.name.clone()),
        row("岗位", seat.desk.clone()),
        row("单位", seat.body.clone()),
        row("地区", seat.area.clone()),
        row("自", seat.post.since.to_string()),
    ];
    let inputs = vec![filled.line("reason", "原因", "例如：调离、轮岗")];
    Ok(Sheet::new(format!("{}：{}", seat.name, seat.desk), "")
        .with(Block::Summary(SummaryList { title: String::new(), rows }))
        .with(Block::Form(form(cx, "免去岗位", &format!("/admin/rights/{id}"), inputs, "免去岗位").danger()))
        .page(&filled)
        .desk()
        .under("岗位与权限", "/admin/rights"))
}

async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    one_page(&cx, id, Filled::default()).await
}

async fn end(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let (actor, reason) = (cx.actor()?, form.text("reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.end_post(&actor, id, &reason))).await? {
        Ok(()) => Ok(Redirect::to("/admin/rights?done=ended").into_response()),
        Err(refused) => Ok(one_page(&cx, id, Filled::of(form, refused)?).await?.into_response()),
    }
}
