//! The certificate as it hangs on the wall (登记证书正本、副本): one sheet of A4, drawn by CSS, with a QR code that verifies offline.
use std::sync::Arc;

use askama::Template;
use authority::Actor;
use axum::Router;
use axum::routing::get;
use base::{Date, Fen};
use catalogue::matter::Certificate as Wanted;
use office::Office;
use registry::Organization;
use serde::Deserialize;
use store::organizations::Certificate;

use super::standing::{copy_label, state_label};
use crate::forms::Path;
use crate::page::Link;
use crate::parts::{QrBox, Tab, Tabs};
use crate::site::Site;
use crate::{Cx, Page, Query, WebError};

#[derive(Deserialize)]
struct Which {
    #[serde(default)]
    copy: String,
}

#[derive(Template)]
#[template(path = "pages/outcomes/certificate/page.html")]
struct CertificatePage {
    tabs: Tabs,
    title: &'static str,
    copy: &'static str,
    duplicate: bool,
    demo: bool,
    number: String,
    code_label: &'static str,
    code: String,
    items: Vec<(String, String)>,
    registrar: String,
    issued: String,
    valid: String,
    qr: Option<(usize, String)>,
    short: String,
    short_url: String,
    /// Why it is no longer good; empty if it is.
    spoilt: &'static str,
}

/// The certificate of a case, and of an organization.
pub fn routes() -> Router<Arc<Site>> {
    Router::new().route("/my/cases/{no}/certificate", get(of_case)).route("/orgs/{code}/certificate", get(of_org))
}

async fn of_case(cx: Cx, Path(no): Path<String>, Query(which): Query<Which>) -> Result<Page, WebError> {
    let here = format!("/my/cases/{no}/certificate");
    let page = show(&cx, &here, which, move |office, who| office.certificates_of_case(who, &no)).await?;
    Ok(page.under("我的办件", "/my"))
}

async fn of_org(cx: Cx, Path(code): Path<String>, Query(which): Query<Which>) -> Result<Page, WebError> {
    let here = format!("/orgs/{code}/certificate");
    let dossier = format!("/orgs/{code}");
    let page = show(&cx, &here, which, move |office, who| office.certificates_for(who, &code)).await?;
    Ok(page.under("查组织", "/orgs").under("组织档案", dossier))
}

async fn show(
    cx: &Cx,
    here: &str,
    which: Which,
    load: impl FnOnce(&Office, &Actor) -> Result<(Organization, Vec<Certificate>), office::Refused> + Send + 'static,
) -> Result<Page, WebError> {
    let (who, here, today) = (cx.actor()?, here.to_owned(), cx.today);
    let body = cx
        .blocking(move |site| {
            let (org, all) = load(&site.office, &who)?;
            let kind = if which.copy == "duplicate" { "duplicate" } else { "original" };
            let of_kind = || all.iter().filter(|one| one.kind == kind);
            let found = of_kind().find(|one| one.state == "valid").or_else(|| of_kind().next());
            let certificate = found.ok_or_else(|| WebError::not_found("这张证书"))?;
            let demo = site.settings.demo || org.synthetic || site.office.is_demo()?;
            Ok(CertificatePage::of(&org, certificate, &site.settings.base_url, &here, demo, today))
        })
        .await?;
    Ok(Page::new(format!("{}（{}）", body.title, body.copy), body))
}

impl CertificatePage {
    fn of(org: &Organization, certificate: &Certificate, base_url: &str, here: &str, demo: bool, today: Date) -> Self {
        let duplicate = certificate.kind == "duplicate";
        let tab = |text: &str, copy: &str, here_now: bool| Tab {
            link: Link::to(text, format!("{here}?copy={copy}")),
            count: None,
            here: here_now,
        };
        let wanted = if org.code.is_some() { Wanted::Registration } else { Wanted::Filing };
        let valid = certificate.valid_to.map_or_else(
            || format!("自 {} 起长期有效", chinese_date(certificate.issued_on)),
            |until| format!("自 {} 至 {}", chinese_date(certificate.issued_on), chinese_date(until)),
        );
        let drawn = QrBox { url: format!("{base_url}/c/{}", certificate.payload), caption: String::new() };
        let state = state_label(certificate, today);
        Self {
            tabs: Tabs {
                label: "证书".to_owned(),
                tabs: vec![tab("正本", "original", !duplicate), tab("副本", "duplicate", duplicate)],
            },
            title: office::effects::certificates::certificate_title(org.kind, wanted),
            copy: copy_label(&certificate.kind),
            duplicate,
            demo,
            number: certificate.number.clone(),
            code_label: if org.code.is_some() { "统一社会信用代码" } else { "备案号" },
            code: org.public_code(),
            items: items_of(org),
            registrar: org.registrar_name.clone().unwrap_or_default(),
            issued: chinese_date(certificate.issued_on),
            valid,
            qr: drawn.path(),
            short: certificate.short.clone(),
            short_url: format!("{base_url}/c/{}", certificate.short),
            spoilt: if state == "有效" { "" } else { state },
        }
    }
}

/// The items in the order in which the certificate prints them.
fn items_of(org: &Organization) -> Vec<(String, String)> {
    let text = |value: &Option<String>| value.clone().unwrap_or_default();
    let mut items = vec![
        ("名称".to_owned(), org.name.clone()),
        ("业务范围".to_owned(), text(&org.scope)),
        ("住所".to_owned(), text(&org.address)),
        ("法定代表人".to_owned(), text(&org.legal_representative)),
        (org.kind.capital_label().to_owned(), org.capital.map(Fen::plain).unwrap_or_default()),
        ("业务主管单位".to_owned(), org.supervisor_name.clone().unwrap_or_else(|| "无（直接登记）".to_owned())),
    ];
    if let Some(area) = &org.activity_area {
        items.insert(3, ("活动地域".to_owned(), area.clone()));
    }
    items
}

/// 2026年3月2日, as certificates print days.
fn chinese_date(day: Date) -> String {
    format!("{}年{}月{}日", day.year(), day.month(), day.day())
}
