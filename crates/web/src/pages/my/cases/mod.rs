//! 办理进度: where one's case stands in plain words: both limits and today's expected day, who has it now, letters, documents.
mod progress;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::FileId;
use catalogue::matter::EndingKind;
use office::Refused;
use office::cases::own::{OwnCase, withdrawable};
use serde::Deserialize;

use crate::cx::Csrf;
use crate::page::Link;
use crate::parts::{
    Banner, ErrorSummary, Label, Limits, LongText, PrintHeader, QrBox, StoredFile, SummaryList, Timeline,
};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, WebError};
use progress::Holder;

/// What just happened.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Ask {
    sent: String,
}

struct Message {
    when: String,
    title: String,
    href: String,
    from: String,
}

#[derive(Template)]
#[template(path = "pages/my/cases/page.html")]
struct CasePage {
    csrf: Csrf,
    print: PrintHeader,
    banner: Option<Banner>,
    number: String,
    title: String,
    status: &'static str,
    said: String,
    live: bool,
    here: String,
    correction: Option<(usize, String)>,
    result: Option<(String, bool, String)>,
    limits: Option<Limits>,
    holders: Vec<Holder>,
    passed: Vec<(String, String)>,
    timeline: Timeline,
    messages: Vec<Message>,
    documents: Vec<StoredFile>,
    handed: Vec<StoredFile>,
    summary: Vec<SummaryList>,
    withdrawable: bool,
    rate: String,
    certificate: String,
}

#[derive(Template)]
#[template(path = "pages/my/cases/withdraw.html")]
struct WithdrawPage {
    csrf: Csrf,
    here: String,
    back: String,
    title: String,
    rev: i64,
    reason: LongText,
    errors: Option<ErrorSummary>,
}

/// `/my/cases/{no}`, its files, and taking it back.
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/my/cases/{no}", get(show))
        .route("/my/cases/{no}/files/{file}", get(read))
        .route("/my/cases/{no}/withdraw", get(ask).post(withdraw))
        .route("/case/{no}", get(lead))
}

/// The address in notices: one's own case, or the desk's view of it.
async fn lead(cx: Cx, Path(no): Path<String>) -> Result<Redirect, WebError> {
    let desk = !cx.actor()?.posts.is_empty();
    Ok(Redirect::to(&if desk { format!("/desk/cases/{no}") } else { format!("/my/cases/{no}") }))
}

fn found(site: &Site, actor: &authority::Actor, no: &str) -> Result<OwnCase, WebError> {
    match site.office.db.read(|tx| site.office.my_case(tx, actor, no)) {
        Ok(own) => Ok(own),
        Err(Refused::NotFound(what)) => Err(WebError::not_found(what).way("我的办件", "/my")),
        Err(other) => Err(other.into()),
    }
}

async fn show(cx: Cx, Path(no): Path<String>, Query(ask): Query<Ask>) -> Result<Page, WebError> {
    let (actor, csrf, today) = (cx.actor()?, cx.csrf(), cx.today);
    cx.blocking(move |site| {
        let own = found(site, &actor, &no)?;
        let title = own.row.title.clone();
        Ok(Page::new(title, build(site, &own, csrf, today, &ask.sent)).under("我的", "/my"))
    })
    .await
}

fn build(site: &Site, own: &OwnCase, csrf: Csrf, today: base::Date, sent: &str) -> CasePage {
    let office = &site.office;
    let (case, row) = (&own.case, &own.row);
    let here = format!("/my/cases/{}", row.number);
    let stored = |file: &store::papers::FileRow| StoredFile {
        name: file.name.clone(),
        size: super::size_text(file.size),
        href: format!("{here}/files/{}", file.id),
        remove: String::new(),
    };
    let (given, handed): (Vec<_>, Vec<_>) = own.files.iter().partition(|file| file.account != case.applicant);
    let message = |letter: &store::papers::Letter| Message {
        when: letter.at.local_minute(),
        title: letter.title.clone(),
        href: format!("/case/{}/letters/{}", row.number, letter.id),
        from: letter.from_desk.as_deref().map(|desk| office.catalogue.desk_name(desk).to_owned()).unwrap_or_default(),
    };
    let url = format!("{}{here}", site.settings.base_url);
    let ended = case.ending.as_ref();
    CasePage {
        csrf,
        print: PrintHeader {
            host: own.authority().map_or_else(|| site.settings.host.clone(), |body| body.name.clone()),
            title: format!("办理进度（{today}）"),
            number: format!("办件编号 {}", row.number),
            qr: QrBox { url, caption: "扫码看最新进度".to_owned() },
        },
        banner: banner(sent, own, office, today),
        number: row.number.clone(),
        title: row.title.clone(),
        status: case.status().plain(),
        said: progress::sentence(office, own, today),
        live: ended.is_none(),
        correction: case.open_correction().map(|open| {
            let due = open.clock.as_ref().map(|clock| clock.due(&office.calendar, today).expected().date.to_string());
            (open.items.len(), due.unwrap_or_default())
        }),
        result: ended.map(|ended| progress::result(own, ended)),
        limits: progress::limits(office, own, today),
        holders: progress::holders(office, own, today),
        passed: progress::passed(office, own, today),
        timeline: progress::timeline(office, own),
        messages: own.letters.iter().rev().map(message).collect(),
        documents: given.into_iter().map(stored).collect(),
        handed: handed.into_iter().map(stored).collect(),
        summary: progress::summary(office, own, today),
        withdrawable: withdrawable(own).is_some(),
        rate: ended.map(|_| format!("{here}/review")).unwrap_or_default(),
        certificate: ended
            .filter(|ended| ended.kind == EndingKind::Granted)
            .map(|_| format!("{here}/certificate"))
            .unwrap_or_default(),
        here,
    }
}

fn banner(sent: &str, own: &OwnCase, office: &office::Office, today: base::Date) -> Option<Banner> {
    let expected =
        progress::expected(office, own, today).map(|day| format!("预计 {day} 以前办结。")).unwrap_or_default();
    let (title, text) = match sent {
        "1" => {
            ("申请已提交", format!("办件编号 {}，请记下来。{expected}有进展会在这里和“通知”里告诉您。", own.row.number))
        }
        "2" => ("补正已提交", format!("受理岗会接着看。{expected}")),
        _ => return None,
    };
    Some(Banner { title: title.to_owned(), text, ways: vec![Link::to("我的全部办件", "/my")], success: true })
}

async fn read(cx: Cx, Path((no, file)): Path<(String, FileId)>) -> Result<Response, WebError> {
    let actor = cx.actor()?;
    cx.blocking(move |site| {
        let (row, bytes) = site.office.my_case_file(&actor, &no, file)?;
        Ok(super::download(&row.name, &row.mime, bytes))
    })
    .await
}

fn withdraw_page(own: &OwnCase, csrf: Csrf, reason: &str, error: &str) -> Page {
    let here = format!("/my/cases/{}", own.row.number);
    let label = Label::new("reason", "为什么撤回").hint("写一两句，例如“名称还要再想一想”").error(error);
    let page = WithdrawPage {
        csrf,
        here: format!("{here}/withdraw"),
        back: here.clone(),
        title: own.row.title.clone(),
        rev: own.row.rev,
        reason: LongText { label, value: reason.to_owned(), rows: 3, max: 200 },
        errors: (!error.is_empty()).then(|| ErrorSummary::of(&[("reason", error)])),
    };
    let built = Page::new("撤回申请", page).under("我的", "/my").under(own.row.number.clone(), here);
    if error.is_empty() { built } else { built.with_errors() }
}

async fn ask(cx: Cx, Path(no): Path<String>) -> Result<Page, WebError> {
    let (actor, csrf) = (cx.actor()?, cx.csrf());
    cx.blocking(move |site| {
        let own = found(site, &actor, &no)?;
        if withdrawable(&own).is_none() {
            let why = "这一件现在不能撤回：决定已经作出，或者正在作决定。请等待办理结果，或与办理机关联系。";
            return Err(WebError::conflict(why).way("查看办理进度", &format!("/my/cases/{no}")));
        }
        Ok(withdraw_page(&own, csrf, "", ""))
    })
    .await
}

async fn withdraw(cx: Cx, Path(no): Path<String>, form: Form) -> Result<Response, WebError> {
    let (actor, csrf) = (cx.actor()?, cx.csrf());
    let reason = form.text("reason").to_owned();
    let seen = form.text("rev").parse().unwrap_or_default();
    cx.blocking(move |site| {
        let own = found(site, &actor, &no)?;
        if !(2..=200).contains(&reason.chars().count()) {
            return Ok(withdraw_page(&own, csrf, &reason, "请写明撤回的原因，2 至 200 个字").into_response());
        }
        site.office.withdraw_case(&actor, &no, seen, &reason)?;
        Ok(Redirect::to(&format!("/my/cases/{no}")).into_response())
    })
    .await
}
