//! 账号与单位: the system administrator asks for officials' accounts (another administrator confirms), closes them, and enters bodies.
use std::sync::Arc;

use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use base::{AccountId, BodyId, EntryId};
use office::Refused;
use office::accounts::activation::asked_of;
use office::accounts::overview::Official;
use office::accounts::{NewOfficial, admin_role};
use serde::Deserialize;
use store::accounts::Account;
use store::people::Body;

use super::activations::slip_page;

use crate::accounts::admin_label;
use crate::pages::account::row;
use crate::pages::sheet::{Block, Filled, Sheet, ShortForm, form, table};
use crate::parts::{Cell, Opt, Pager, SummaryList, Tone};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};

const DONE: &[(&str, &str)] = &[("closed", "账号已停用，它的全部登录已退出。"), ("body", "单位已登记。")];
const PAGE: usize = 100;
/// Kinds of bodies as stored and as people call them.
const BODY_KINDS: [(&str, &str); 9] = [
    ("registrar", "登记管理机关"),
    ("supervisor", "业务主管单位"),
    ("regulator", "行业管理部门"),
    ("party", "党建工作机构"),
    ("finance", "财政部门"),
    ("tax", "税务部门"),
    ("street", "街道（乡镇）"),
    ("community", "社区（村）"),
    ("other", "其他单位"),
];

#[derive(Deserialize, Default)]
struct Asked {
    #[serde(default)]
    done: String,
    #[serde(default)]
    after: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/admin/accounts", get(list).post(open))
        .route("/admin/accounts/{id}", get(show))
        .route("/admin/accounts/{id}/close", post(close))
        .route("/admin/accounts/{id}/renew", post(renew))
        .route("/admin/bodies", get(bodies).post(add_body))
}

fn state(one: &Official) -> Cell {
    match one.account.state.as_str() {
        "active" => Cell::state("使用中", Tone::Good),
        "waiting" => Cell::state("等安全管理员确认", Tone::Warn),
        "closed" => Cell::state("已停用", Tone::Grey),
        other => Cell::state(other, Tone::Warn),
    }
}

fn kind_of(one: &Official) -> &'static str {
    role_of(&one.account)
}

/// 工作人员, or which administrator.
pub(super) fn role_of(account: &Account) -> &'static str {
    account.admin.as_deref().and_then(admin_role).map_or("工作人员", admin_label)
}

fn open_form(cx: &Cx, filled: &Filled) -> ShortForm {
    let kinds = [("", "工作人员"), ("system", "系统管理员"), ("security", "安全管理员"), ("audit", "审计管理员")];
    let kinds = kinds.iter().map(|(value, text)| Opt::new(*value, *text)).collect();
    let inputs = vec![
        filled.line("login", "登录名", "3 至 32 个字，全平台唯一"),
        filled.line("name", "姓名", ""),
        filled.choice("admin", "类别", kinds),
    ];
    form(cx, "申请开通账号", "/admin/accounts", inputs, "申请开通")
        .lead("一人一号，不共用。提交后给出激活码前半段；安全管理员确认后得到后半段，本人凭两段自己设置密码。管理员账号不能任岗，三类管理员由三个人担任。")
}

async fn page(cx: &Cx, asked: Asked, filled: Filled) -> Result<Page, WebError> {
    let (actor, after) = (cx.actor()?, asked.after.clone());
    let (list, _) = cx.blocking(move |site| Ok(site.office.officials(&actor, &after, PAGE)?)).await?;
    let rows = list.iter().map(|one| {
        let code = if one.code_bound { Cell::new("已绑定") } else { Cell::state("未绑定", Tone::Warn) };
        vec![
            Cell::link(one.account.login.clone(), format!("/admin/accounts/{}", one.account.id)),
            Cell::new(one.account.name.clone()),
            Cell::new(kind_of(one)),
            state(one),
            code,
        ]
    });
    let mut list_table =
        table("工作人员和管理员账号", &["登录名", "姓名", "类别", "状态", "动态口令"], rows.collect(), "还没有账号。");
    list_table.keys = true;
    let mut sheet =
        Sheet::new("账号与单位", "申请开通、停用机关人员的账号；由安全管理员确认，谁任什么岗位也由他决定。")
            .with(Block::Links(vec![crate::Link::to("单位", "/admin/bodies")]))
            .with(Block::Table(list_table));
    if list.len() == PAGE {
        let next = list.last().map(|one| {
            let query = serde_urlencoded::to_string([("after", &one.account.login)]).unwrap_or_default();
            format!("/admin/accounts?{query}")
        });
        sheet = sheet.with(Block::Pager(Pager { text: format!("每页 {PAGE} 个"), previous: None, next }));
    }
    Ok(sheet.with(Block::Form(open_form(cx, &filled))).done(&asked.done, DONE).page(&filled).desk())
}

async fn list(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    page(&cx, asked, Filled::default()).await
}

async fn open(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let new = NewOfficial {
        login: form.text("login").to_owned(),
        name: form.text("name").to_owned(),
        admin: admin_role(form.text("admin")),
    };
    match cx.blocking(move |site| Ok(site.office.open_official(&actor, &new))).await? {
        Ok(slip) => Ok(slip_page(&slip, ("账号与单位", "/admin/accounts")).into_response()),
        Err(refused) => Ok(page(&cx, Asked::default(), Filled::of(form, refused)?).await?.into_response()),
    }
}

async fn one_page(cx: &Cx, id: AccountId, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let one = cx.blocking(move |site| Ok(site.office.official(&actor, id)?)).await?;
    let rows = vec![
        row("登录名", one.account.login.clone()),
        row("姓名", one.account.name.clone()),
        row("类别", kind_of(&one)),
        row("状态", state(&one).text),
        row("动态口令", if one.code_bound { "已绑定" } else { "未绑定" }),
    ];
    let mut sheet = Sheet::new(format!("账号 {}", one.account.login), "")
        .with(Block::Summary(SummaryList { title: String::new(), rows }));
    if asked_of(&one.account).is_some() {
        let text = "正等安全管理员确认。前半段丢了，可以重新发起，原来的前半段随即作废。";
        sheet = sheet.with(Block::Text(text.to_owned()));
    }
    if one.account.state != "closed" {
        let inputs = vec![filled.line("renew_reason", "原因", "例如：手机遗失，已当面核对身份")];
        let renew = form(cx, "重新激活", &format!("/admin/accounts/{id}/renew"), inputs, "发起重新激活");
        let lead =
            "换手机、忘密码、激活码过期时用。安全管理员确认前，账号照常使用；确认后由本人重新设置密码、绑定动态口令。";
        sheet = sheet.with(Block::Form(renew.lead(lead)));
        let inputs = vec![filled.line("close_reason", "原因", "例如：调离、退休")];
        let close = form(cx, "停用账号", &format!("/admin/accounts/{id}/close"), inputs, "停用账号");
        sheet = sheet.with(Block::Form(close.lead("停用后不能登录，全部登录立即退出；办理记录保留。").danger()));
    }
    Ok(sheet.page(&filled).desk().under("账号与单位", "/admin/accounts"))
}

async fn show(cx: Cx, Path(id): Path<AccountId>) -> Result<Page, WebError> {
    one_page(&cx, id, Filled::default()).await
}

/// The office speaks of `reason`; the page has two of them.
fn renamed(refused: Refused, name: &str) -> Refused {
    match refused {
        Refused::Invalid(wrong) => Refused::Invalid(
            wrong
                .into_iter()
                .map(|mut one| {
                    name.clone_into(&mut one.field);
                    one
                })
                .collect(),
        ),
        other => other,
    }
}

async fn close(cx: Cx, Path(id): Path<AccountId>, form: Form) -> Result<Response, WebError> {
    let (actor, reason) = (cx.actor()?, form.text("close_reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.close_account(&actor, id, &reason))).await? {
        Ok(()) => Ok(Redirect::to("/admin/accounts?done=closed").into_response()),
        Err(refused) => {
            Ok(one_page(&cx, id, Filled::of(form, renamed(refused, "close_reason"))?).await?.into_response())
        }
    }
}

async fn renew(cx: Cx, Path(id): Path<AccountId>, form: Form) -> Result<Response, WebError> {
    let (actor, reason) = (cx.actor()?, form.text("renew_reason").to_owned());
    match cx.blocking(move |site| Ok(site.office.ask_renewal(&actor, id, &reason))).await? {
        Ok(slip) => Ok(slip_page(&slip, ("账号与单位", "/admin/accounts")).into_response()),
        Err(refused) => {
            Ok(one_page(&cx, id, Filled::of(form, renamed(refused, "renew_reason"))?).await?.into_response())
        }
    }
}

fn body_kind(kind: &str) -> &str {
    BODY_KINDS.iter().find(|(known, _)| *known == kind).map_or(kind, |(_, text)| text)
}

async fn bodies_page(cx: &Cx, asked: Asked, filled: Filled) -> Result<Page, WebError> {
    let actor = cx.actor()?;
    let list = cx
        .blocking(move |site| {
            let (_, bodies) = site.office.officials(&actor, "", 1)?;
            let named = |body: Body| (site.office.areas.full_name(&body.area), body);
            Ok(bodies.into_iter().map(named).collect::<Vec<_>>())
        })
        .await?;
    let rows = list.iter().map(|(area, body)| {
        let phone = body.phone.clone().unwrap_or_default();
        vec![Cell::new(body.name.clone()), Cell::new(body_kind(&body.kind)), Cell::new(area.clone()), Cell::new(phone)]
    });
    let kinds = BODY_KINDS.iter().map(|(value, text)| Opt::new(*value, *text)).collect();
    let inputs = vec![
        filled.line("name", "名称", "例如：沈阳市民政局"),
        filled.select("kind", "类别", kinds),
        filled.line("area", "行政区划代码", "负责的地区，2、4、6、9 或 12 位；全国填 100000"),
        filled.line("phone", "咨询电话", "办事页面会显示；没有可不填"),
    ];
    Ok(Sheet::new("单位", "机关、主管单位、街道、社区。岗位和意见都挂在单位上。")
        .with(Block::Table(table("已登记的单位", &["名称", "类别", "地区", "电话"], rows.collect(), "还没有单位。")))
        .with(Block::Form(form(cx, "登记单位", "/admin/bodies", inputs, "登记单位")))
        .done(&asked.done, DONE)
        .page(&filled)
        .desk()
        .under("账号与单位", "/admin/accounts"))
}

async fn bodies(cx: Cx, Query(asked): Query<Asked>) -> Result<Page, WebError> {
    bodies_page(&cx, asked, Filled::default()).await
}

async fn add_body(cx: Cx, form: Form) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    let (name, kind, phone) =
        (form.text("name").to_owned(), form.text("kind").to_owned(), form.text("phone").to_owned());
    let fault = if name.chars().count() < 2 {
        Some(("name", "请填写单位名称"))
    } else if BODY_KINDS.iter().all(|(known, _)| *known != kind) {
        Some(("kind", "请选择单位类别"))
    } else {
        None
    };
    if let Some((field, message)) = fault {
        return Ok(bodies_page(&cx, Asked::default(), Filled::wrong(form, field, message)).await?.into_response());
    }
    let typed = form.text("area").to_owned();
    let made = cx
        .blocking(move |site| {
            let office = &site.office;
            let known = typed.parse().ok().filter(|area| office.areas.find(area).is_some());
            let Some(area) = known else {
                return Ok(Err(Refused::field("area", "没有这个行政区划代码。请核对后再填")));
            };
            let body = Body {
                id: BodyId::fresh(&office.clock, &office.rng),
                short: name.clone(),
                name,
                area,
                kind,
                code: None,
                phone: Some(phone).filter(|phone| !phone.is_empty()),
                state: "active".to_owned(),
                data: serde_json::json!({}),
                rev: 1,
                entry: EntryId::from_bits(0),
            };
            Ok(office.add_body(&actor, &body))
        })
        .await?;
    match made {
        Ok(()) => Ok(Redirect::to("/admin/bodies?done=body").into_response()),
        Err(refused) => Ok(bodies_page(&cx, Asked::default(), Filled::of(form, refused)?).await?.into_response()),
    }
}
