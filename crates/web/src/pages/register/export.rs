//! 导出: the organizations of a search as CSV, JSON Lines, JSON or Excel: all of them, read and sent page by page.
use std::io::{Read as _, Seek as _};
use std::sync::Arc;

use axum::Router;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use base::Date;
use base::areas::AreaTree;
use office::Office;
use office::register::read::ask::{Ask, LIMIT_MOST};
use office::register::read::summary::Summary;
use rust_xlsxwriter::{Format, Workbook};

use super::pour::{Put, csv_lines, poured};
use crate::site::Site;
use crate::{Cx, Query, WebError};

/// Rows of a sheet less its heading: Excel takes 1,048,576.
pub const ROWS_MOST: u64 = 1_048_575;
/// Bytes of a finished workbook sent at a time.
const PIECE: usize = 64 * 1024;

/// The columns of every table of organizations: (name for programs, heading).
pub const COLUMNS: [(&str, &str); 19] = [
    ("id", "编号"),
    ("code", "统一社会信用代码"),
    ("filing_number", "备案号"),
    ("name", "名称"),
    ("kind", "组织类型"),
    ("status", "登记状态"),
    ("credit", "信用状态"),
    ("operation", "运行状态"),
    ("registrar", "登记管理机关区划代码"),
    ("registrar_name", "登记管理机关"),
    ("management", "管理方式"),
    ("area", "住所区划代码"),
    ("area_name", "住所区划"),
    ("address", "住所"),
    ("legal_representative", "法定代表人"),
    ("registered_on", "成立登记日期"),
    ("ended_on", "退出日期"),
    ("grade", "评估等级"),
    ("charity", "慈善组织"),
];

/// A row under [`COLUMNS`], in the register's own words (`words`) or as people say it.
pub fn row(office: &Office, one: &Summary, words: bool) -> [String; 19] {
    let areas: &AreaTree = &office.areas;
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let say = |word: &str, label: &str| if words { word.to_owned() } else { label.to_owned() };
    let states = one.states;
    [
        one.id.to_string(),
        text(&one.code),
        text(&one.filing_number),
        one.name.clone(),
        say(one.kind.as_str(), one.kind.label()),
        say(states.registration.as_str(), states.registration.label()),
        say(states.credit.as_str(), states.credit.label()),
        say(states.operation.as_str(), states.operation.label()),
        one.registrar.to_string(),
        office.authority_name(&one.registrar, Date::MAX),
        say(one.management.as_str(), one.management.label()),
        one.area.as_ref().map(ToString::to_string).unwrap_or_default(),
        one.area_name(areas),
        text(&one.address),
        text(&one.legal_representative),
        day(one.registered_on),
        day(one.ended_on),
        text(&one.grade),
        say(if one.charity { "true" } else { "false" }, if one.charity { "是" } else { "否" }),
    ]
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it.
pub fn harmless(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// `/orgs/export.csv`, `.jsonl`, `.json`, `.xlsx`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/orgs/export.csv", get(|cx: Cx, query| export(cx, query, Form::Csv)))
        .route("/orgs/export.jsonl", get(|cx: Cx, query| export(cx, query, Form::Lines)))
        .route("/orgs/export.json", get(|cx: Cx, query| export(cx, query, Form::Json)))
        .route("/orgs/export.xlsx", get(|cx: Cx, query| export(cx, query, Form::Xlsx)))
}

/// How an export is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Csv,
    Lines,
    Json,
    Xlsx,
}

impl Form {
    fn kind(self) -> (&'static str, &'static str) {
        match self {
            Self::Csv => ("text/csv; charset=utf-8", "csv"),
            Self::Lines => ("application/jsonl; charset=utf-8", "jsonl"),
            Self::Json => ("application/json", "json"),
            Self::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
        }
    }
}

/// Every organization of a search, however many: read page by page, sent as it is read. A workbook is the exception: it is closed
/// before it is sent, so its rows wait in a file, and there are at most as many as Excel takes.
async fn export(cx: Cx, Query(pairs): Query<Vec<(String, String)>>, form: Form) -> Result<Response, WebError> {
    let ask = Ask::read(&pairs, cx.today).map_err(office::Refused::Invalid)?;
    let ask = Ask { limit: LIMIT_MOST, after: None, ..ask };
    let (kind, ending) = form.kind();
    let name = format!("attachment; filename=\"organizations-{}.{ending}\"", cx.today);
    let own = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    // The first page is read before anything is sent, so that a refusal is still a page of its own.
    let started = ask.clone();
    let first = cx
        .blocking(move |site| {
            if form == Form::Xlsx {
                let total = site.office.search_register(&Ask { limit: 1, ..started.clone() })?.total;
                fits(total)?;
            }
            Ok(site.office.export_page(&started)?)
        })
        .await?;
    let site = Arc::clone(&cx.site);
    let body = poured(move |put| match form {
        Form::Xlsx => workbook(&site.office, &ask, first, put),
        form => text(&site.office, &ask, first, form, put),
    });
    Ok((own, body).into_response())
}

/// Whether Excel takes so many rows.
fn fits(total: u64) -> Result<(), WebError> {
    if total <= ROWS_MOST {
        return Ok(());
    }
    let message = format!("查到 {total} 家，Excel 一张表最多放 {ROWS_MOST} 行。请改用 CSV 导出，或缩小查询范围。");
    Err(WebError::invalid(message).way("回到查询", "/orgs").way("开放数据", "/data"))
}

/// A page of a search and where the next begins.
type PageOf = (Vec<Summary>, Option<search::Cursor>);

/// Calls `visit` with each page of a search until it answers no.
fn each_page(
    office: &Office,
    ask: &Ask,
    first: PageOf,
    mut visit: impl FnMut(&[Summary]) -> Result<bool, WebError>,
) -> Result<(), WebError> {
    let (mut rows, mut next) = first;
    loop {
        if !visit(&rows)? {
            return Ok(());
        }
        let Some(after) = next else { return Ok(()) };
        (rows, next) = office.export_page(&Ask { after: Some(after), ..ask.clone() })?;
    }
}

fn text(office: &Office, ask: &Ask, first: PageOf, form: Form, put: &Put) -> Result<(), WebError> {
    let mut bytes = match form {
        // The mark tells Excel that this is UTF-8.
        Form::Csv => {
            let mut bytes = b"\xef\xbb\xbf".to_vec();
            bytes.extend(csv_lines([COLUMNS.map(|(_, heading)| heading.to_owned())].into_iter())?);
            bytes
        }
        Form::Json => b"{\"items\":[".to_vec(),
        Form::Lines | Form::Xlsx => Vec::new(),
    };
    let mut count = 0_u64;
    each_page(office, ask, first, |rows| {
        if form == Form::Csv {
            bytes.extend(csv_lines(rows.iter().map(|one| row(office, one, false).map(|text| harmless(&text))))?);
        } else {
            for one in rows {
                if form == Form::Json && count > 0 {
                    bytes.push(b',');
                }
                serde_json::to_writer(&mut bytes, &crate::api::organization(office, one))
                    .map_err(WebError::internal)?;
                if form == Form::Lines {
                    bytes.push(b'\n');
                }
                count += 1;
            }
        }
        Ok(put(std::mem::take(&mut bytes)))
    })?;
    if form == Form::Json {
        put(format!("],\"complete\":true,\"count\":{count}}}").into_bytes());
    }
    Ok(())
}

/// Rows go to a file as they come (constant memory); the finished workbook is then sent piece by piece.
fn workbook(office: &Office, ask: &Ask, first: PageOf, put: &Put) -> Result<(), WebError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet_with_constant_memory().map_err(WebError::internal)?;
    sheet.set_name("社会组织").map_err(WebError::internal)?;
    sheet.set_freeze_panes(1, 0).map_err(WebError::internal)?;
    let bold = Format::new().set_bold();
    for (column, (_, heading)) in (0_u16..).zip(COLUMNS) {
        // In constant memory widths are set before the rows.
        sheet.set_column_width(column, width(heading)).map_err(WebError::internal)?;
        sheet.write_with_format(0, column, heading, &bold).map_err(WebError::internal)?;
    }
    let mut line = 0_u32;
    each_page(office, ask, first, |rows| {
        for one in rows {
            line += 1;
            if u64::from(line) > ROWS_MOST {
                return Err(WebError::internal("the search grew beyond what a sheet takes"));
            }
            for (column, text) in (0_u16..).zip(row(office, one, false)) {
                // Always text: a code of digits must not become a number.
                sheet.write_string(line, column, text).map_err(WebError::internal)?;
            }
        }
        Ok(true)
    })?;
    let mut file = tempfile::tempfile().map_err(WebError::internal)?;
    book.save_to_writer(&file).map_err(WebError::internal)?;
    file.rewind().map_err(WebError::internal)?;
    let mut piece = vec![0_u8; PIECE];
    loop {
        let read = file.read(&mut piece).map_err(WebError::internal)?;
        if read == 0 || !put(piece.get(..read).unwrap_or_default().to_vec()) {
            return Ok(());
        }
    }
}

/// Wide enough for what the column mostly holds.
fn width(heading: &str) -> f64 {
    match heading {
        "名称" | "住所" => 36.0,
        "编号" | "统一社会信用代码" | "备案号" | "登记管理机关" | "住所区划" => 26.0,
        _ => 14.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless() {
        for text in ["=1+1", "+86", "-1", "@x"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!(harmless("云州"), "云州");
    }
}
