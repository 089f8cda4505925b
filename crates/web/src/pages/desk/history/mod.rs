//! 办理记录 and 查看个人信息: the readable journal of a case; protected values for a stated reason.
use askama::Template;
use axum::response::{IntoResponse, Response};
use office::audit::{Line, Told as _};
use office::desk::SummarySection;

use crate::cx::Csrf;
use crate::{Cx, Form, Page, Path, WebError};

/// What the entries of a case note, as people say it.
const NOTED: [(&str, &str); 18] = [
    ("number", "办件编号"),
    ("to", "转给"),
    ("from", "来自"),
    ("due", "期限"),
    ("since", "自"),
    ("ending", "结果"),
    ("favourable", "同意"),
    ("name", "名称"),
    ("name_reserved", "保留名称"),
    ("name_released", "释放名称"),
    ("code", "统一社会信用代码"),
    ("code_source", "代码来源"),
    ("certificate", "证书"),
    ("document", "文书"),
    ("letter", "文号"),
    ("notice", "公告"),
    ("file", "文件"),
    ("fields", "看了哪些项目"),
];

#[derive(Template)]
#[template(path = "pages/desk/history/page.html")]
struct HistoryPage {
    number: String,
    lines: Vec<Line>,
}

impl HistoryPage {
    /// What the journal noted, as far as it has words; keys of rows and digests are for the auditor, not for this page.
    fn told<'a>(&self, line: &'a Line) -> Vec<(&'static str, &'a str)> {
        let key =
            |value: &str| value.len() == 26 && value.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        let said = |(name, value): &'a (String, String)| {
            let (_, label) = NOTED.iter().find(|(known, _)| known == name)?;
            (!value.is_empty() && !key(value)).then_some((*label, value.as_str()))
        };
        line.details.iter().filter_map(said).collect()
    }

    fn sentence(&self, line: &Line) -> String {
        line.sentence()
    }
}

#[derive(Template)]
#[template(path = "pages/desk/history/reveal.html")]
struct RevealPage {
    csrf: Csrf,
    number: String,
    reason: String,
    error: String,
    /// Why looking is allowed.
    basis: String,
    sections: Vec<SummarySection>,
}

pub async fn show(cx: Cx, Path(number): Path<String>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let text = number.clone();
    let (title, lines) = cx.blocking(move |site| Ok(site.office.case_history(&who, &text)?)).await?;
    let case = format!("/desk/cases/{number}");
    Ok(Page::new("办理记录", HistoryPage { number, lines }).under("工作台", "/desk").under(title, case).desk())
}

fn reveal_page(cx: &Cx, number: String, (reason, error): (String, String), sections: Vec<SummarySection>) -> Page {
    let case = format!("/desk/cases/{number}");
    let nation = base::AreaCode::nation();
    let basis = cx.site.office.need_text("personal_look_basis", &nation, cx.today).unwrap_or_default();
    let body = RevealPage { csrf: cx.csrf(), number: number.clone(), reason, error, basis, sections };
    Page::new("查看个人信息", body).under("工作台", "/desk").under(number, case).desk()
}

/// Asking is free to whoever sees the case; looking is the act.
pub async fn reveal_form(cx: Cx, Path(number): Path<String>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let text = number.clone();
    cx.blocking(move |site| Ok(site.office.review(&who, &text)?.rev)).await?;
    Ok(reveal_page(&cx, number, (String::new(), String::new()), Vec::new()))
}

pub async fn reveal(cx: Cx, Path(number): Path<String>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let reason = form.text("reason").to_owned();
    let (text, why) = (number.clone(), reason.clone());
    let shown = cx
        .blocking(move |site| {
            let office = &site.office;
            let look = || {
                let case = office.db.read(|tx| office.find_case(tx, &text))?;
                office.reveal_answers(&who, case, None, &why)
            };
            Ok(look())
        })
        .await?;
    match shown {
        Ok(sections) => Ok(reveal_page(&cx, number, (reason, String::new()), sections).into_response()),
        Err(office::Refused::Invalid(wrong)) => {
            let error = wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；");
            Ok(reveal_page(&cx, number, (reason, error), Vec::new()).with_errors().into_response())
        }
        Err(refused) => Err(refused.into()),
    }
}
