//! 导出: the organizations of a search as CSV, Excel or JSON, up to a stated number of rows.
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

use crate::site::Site;
use crate::{Cx, Query, WebError};

/// Rows an export has at most; whoever needs more takes the bulk files.
pub const ROWS_MOST: usize = 10_000;

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

/// `/orgs/export.csv`, `.xlsx`, `.json`
pub fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/orgs/export.csv", get(|cx: Cx, query| async move { export(cx, query, csv).await }))
        .route("/orgs/export.xlsx", get(|cx: Cx, query| async move { export(cx, query, xlsx).await }))
        .route("/orgs/export.json", get(|cx: Cx, query| async move { export(cx, query, json).await }))
}

/// A file: its type, ending and bytes.
type Made = (&'static str, &'static str, Vec<u8>);

async fn export(
    cx: Cx,
    Query(pairs): Query<Vec<(String, String)>>,
    make: fn(&Office, &[Summary], bool) -> Result<Made, WebError>,
) -> Result<Response, WebError> {
    let today = cx.today;
    let made = cx
        .blocking(move |site| {
            let ask = Ask::read(&pairs, today).map_err(office::Refused::Invalid)?;
            let (rows, whole) = gather(&site.office, &ask)?;
            make(&site.office, &rows, whole)
        })
        .await?;
    let (kind, ending, bytes) = made;
    let name = format!("attachment; filename=\"organizations-{today}.{ending}\"");
    Ok(([(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)], bytes).into_response())
}

/// The rows of a search up to the limit, and whether these are all.
fn gather(office: &Office, ask: &Ask) -> Result<(Vec<Summary>, bool), WebError> {
    let mut ask = Ask { limit: LIMIT_MOST, after: None, ..ask.clone() };
    let mut rows = Vec::new();
    while rows.len() < ROWS_MOST {
        let (page, next) = office.export_page(&ask)?;
        rows.extend(page);
        ask.after = next;
        if ask.after.is_none() {
            return Ok((rows, true));
        }
    }
    rows.truncate(ROWS_MOST);
    Ok((rows, false))
}

fn csv(office: &Office, rows: &[Summary], _: bool) -> Result<Made, WebError> {
    // The mark tells Excel that this is UTF-8.
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(COLUMNS.map(|(_, heading)| heading)).map_err(WebError::internal)?;
    for one in rows {
        writer.write_record(row(office, one, false).map(|text| harmless(&text))).map_err(WebError::internal)?;
    }
    Ok(("text/csv; charset=utf-8", "csv", writer.into_inner().map_err(WebError::internal)?))
}

fn xlsx(office: &Office, rows: &[Summary], whole: bool) -> Result<Made, WebError> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("社会组织").map_err(WebError::internal)?;
    let bold = Format::new().set_bold();
    for (column, (_, heading)) in (0_u16..).zip(COLUMNS) {
        sheet.write_with_format(0, column, heading, &bold).map_err(WebError::internal)?;
    }
    for (line, one) in (1_u32..).zip(rows) {
        for (column, text) in (0_u16..).zip(row(office, one, false)) {
            // Always text: a code of digits must not become a number.
            sheet.write_string(line, column, text).map_err(WebError::internal)?;
        }
    }
    if !whole {
        let line = u32::try_from(rows.len()).unwrap_or(u32::MAX - 1) + 1;
        sheet
            .write_string(line, 0, format!("只导出前 {ROWS_MOST} 行，全部数据见 /data"))
            .map_err(WebError::internal)?;
    }
    sheet.set_freeze_panes(1, 0).map_err(WebError::internal)?;
    sheet.autofit();
    let bytes = book.save_to_buffer().map_err(WebError::internal)?;
    Ok(("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx", bytes))
}

fn json(office: &Office, rows: &[Summary], whole: bool) -> Result<Made, WebError> {
    let items: Vec<_> = rows.iter().map(|one| crate::api::organization(office, one)).collect();
    let bytes =
        serde_json::to_vec(&serde_json::json!({ "items": items, "complete": whole })).map_err(WebError::internal)?;
    Ok(("application/json", "json", bytes))
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
