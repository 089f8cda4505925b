//! A plan's lines as a table (规划执行情况表): the same rows in Excel, as CSV and on the command line.
use rust_xlsxwriter::{Format, Workbook};
use serde_json::{Value as Json, json};

use super::lines::{PlanReport, TargetLine};
use crate::Refused;

/// The columns: heading and width in a sheet.
pub const COLUMNS: [(&str, f64); 16] = [
    ("归属", 18.0),
    ("指标编号", 12.0),
    ("指标", 36.0),
    ("文件原文", 30.0),
    ("条款", 16.0),
    ("现值", 16.0),
    ("数值", 12.0),
    ("部分数据", 24.0),
    ("上年末", 16.0),
    ("要求", 20.0),
    ("到期", 12.0),
    ("进度线", 14.0),
    ("情况", 10.0),
    ("说明", 48.0),
    ("还缺的数据", 40.0),
    ("存疑", 40.0),
];

/// One target's row under [`COLUMNS`].
fn row(report: &PlanReport, group: &str, line: &TargetLine) -> [String; 16] {
    let clauses: Vec<&str> = line.clauses.iter().map(|clause| clause.id.as_str()).collect();
    let remarks: Vec<&str> =
        line.remarks.iter().filter_map(|at| report.remarks.get(*at)).map(|remark| remark.title.as_str()).collect();
    [
        group.to_owned(),
        line.indicator.clone(),
        line.name.clone(),
        line.said.clone(),
        clauses.join("、"),
        line.value.text.clone(),
        line.value.number.clone(),
        line.value.range.clone(),
        line.before.clone(),
        line.asked.clone(),
        line.due.map(|day| day.to_string()).unwrap_or_default(),
        line.path.clone(),
        line.status.name().to_owned(),
        line.reason.clone(),
        line.missing.join("；"),
        remarks.join("；"),
    ]
}

/// All rows of a report.
pub fn rows(report: &PlanReport) -> Vec<[String; 16]> {
    let rows = report.groups.iter().flat_map(|group| group.lines.iter().map(move |line| (group, line)));
    rows.map(|(group, line)| row(report, &group.title, line)).collect()
}

/// What stands above the table: plan, document, day, area, phase, counts.
pub fn heading(report: &PlanReport) -> Vec<String> {
    let head = &report.head;
    let draft = if head.draft { "（征求意见稿）" } else { "" };
    let sum = report.summary;
    vec![
        format!("{}{draft}", head.name),
        format!("{}　规划期 {} 至 {}", head.issuer, head.period.0, head.period.1),
        format!("{}，截至 {}，{}", report.area_name, report.on, report.phase),
        format!("达标 {}，预警 {}，未达标 {}，暂无数据 {}", sum.met, sum.at_risk, sum.missed, sum.no_data),
    ]
}

/// The report as JSON, for other programs.
pub fn json(report: &PlanReport) -> Json {
    let line = |group: &str, line: &TargetLine| {
        json!({
            "group": group, "indicator": line.indicator, "part": line.part, "name": line.name, "said": line.said,
            "clauses": line.clauses.iter().map(|clause| clause.id.as_str()).collect::<Vec<_>>(),
            "value": line.value.text, "number": line.value.number, "exact": line.value.exact, "range": line.value.range,
            "before": line.before, "asked": line.asked, "due": line.due.map(|day| day.to_string()), "path": line.path,
            "status": line.status.name(), "reason": line.reason, "missing": line.missing,
            "passing": line.counts.yes, "lacking": line.counts.no, "unclear": line.counts.unknown,
        })
    };
    let lines = report.groups.iter().flat_map(|group| group.lines.iter().map(|one| line(&group.title, one)));
    let sum = report.summary;
    json!({
        "plan": report.head.id, "name": report.head.name, "draft": report.head.draft,
        "on": report.on.to_string(), "area": report.area.to_string(), "area_name": report.area_name, "phase": report.phase,
        "summary": { "met": sum.met, "at_risk": sum.at_risk, "missed": sum.missed, "no_data": sum.no_data },
        "targets": lines.collect::<Vec<_>>(),
    })
}

/// The report as CSV: a heading row, then the lines. Opens in Excel as UTF-8.
pub fn csv(report: &PlanReport) -> Result<Vec<u8>, Refused> {
    csv_of(&COLUMNS.map(|(heading, _)| heading), &rows(report))
}

/// Any table as CSV with the mark that tells Excel UTF-8. Texts that a spreadsheet would take for formulas are made harmless.
pub fn csv_of<const N: usize>(headings: &[&str; N], rows: &[[String; N]]) -> Result<Vec<u8>, Refused> {
    let mut writer = csv::Writer::from_writer(b"\xef\xbb\xbf".to_vec());
    writer.write_record(headings).map_err(Refused::internal)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| harmless(text))).map_err(Refused::internal)?;
    }
    writer.into_inner().map_err(Refused::internal)
}

/// A text that a spreadsheet would take for a formula gets an apostrophe before it; a plain negative number is none.
fn harmless(text: &str) -> String {
    let number = text.strip_prefix('-').is_some_and(|rest| rest.parse::<f64>().is_ok());
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    if formula { format!("'{text}") } else { text.to_owned() }
}

/// The report as a workbook: what it is above, the lines below.
pub fn workbook(report: &PlanReport) -> Result<Vec<u8>, Refused> {
    workbook_of("规划执行情况", &heading(report), &COLUMNS, &rows(report), &["数值"])
}

/// Any table as a workbook: lines above, headings, rows; columns named in `numbers` hold numbers where they can.
pub fn workbook_of<const N: usize>(
    name: &str,
    above: &[String],
    columns: &[(&str, f64); N],
    rows: &[[String; N]],
    numbers: &[&str],
) -> Result<Vec<u8>, Refused> {
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    sheet.set_name(name).map_err(Refused::internal)?;
    let (bold, wrapped) = (Format::new().set_bold(), Format::new().set_text_wrap());
    let mut line = 0_u32;
    for text in above {
        sheet.write_string_with_format(line, 0, text, &bold).map_err(Refused::internal)?;
        line += 1;
    }
    line += u32::from(!above.is_empty());
    for (column, (heading, width)) in (0_u16..).zip(columns) {
        sheet.set_column_width(column, *width).map_err(Refused::internal)?;
        sheet.write_string_with_format(line, column, *heading, &bold).map_err(Refused::internal)?;
    }
    sheet.set_freeze_panes(line + 1, 0).map_err(Refused::internal)?;
    for row in rows {
        line += 1;
        for (column, (text, (heading, _))) in (0_u16..).zip(row.iter().zip(columns)) {
            let number = text.parse::<f64>().ok().filter(|_| numbers.contains(heading));
            match number {
                Some(number) => sheet.write_number(line, column, number),
                // Always text: a code of digits must not become a number.
                None => sheet.write_string_with_format(line, column, text, &wrapped),
            }
            .map_err(Refused::internal)?;
        }
    }
    book.save_to_buffer().map_err(Refused::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_made_harmless_and_numbers_stay() {
        for text in ["=1+1", "+86", "-x", "@x"] {
            assert_eq!(harmless(text), format!("'{text}"));
        }
        assert_eq!((harmless("-3.5"), harmless("云州")), ("-3.5".to_owned(), "云州".to_owned()));
    }
}
