//! 从表格导入: upload a table, settle its columns, look at what would happen, import, fetch what was sent back.
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use catalogue::Register;
use catalogue::matter::FieldKind;
use office::files::LARGEST;
use office::import::Rejected;
use office::import::records::{Columns, MOST_ROWS, RecordOutcome, RecordUpload};
use office::{Office, Refused};

use super::desk::find;
use crate::cx::Csrf;
use crate::pages::sheet::Select;
use crate::parts::{Banner, Cell, ErrorSummary, FileField, Label, Opt, Table, TextField};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Upload, WebError};

#[derive(Template)]
#[template(path = "pages/registers/upload.html")]
struct UploadPage {
    csrf: Csrf,
    errors: Option<ErrorSummary>,
    name: String,
    here: String,
    labels: String,
    file: FileField,
}

#[derive(Template)]
#[template(path = "pages/registers/columns.html")]
struct ColumnsPage {
    csrf: Csrf,
    errors: Option<ErrorSummary>,
    banner: Option<Banner>,
    title: String,
    lead: String,
    notes: Vec<String>,
    here: String,
    columns: Vec<String>,
    constants: Vec<String>,
    settle: bool,
    import: bool,
    counts: Option<(u64, u64)>,
    rejects: Table,
    rejects_href: Option<String>,
    list: String,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/registers/{id}/import", get(show).post(upload))
        .layer(DefaultBodyLimit::max(LARGEST + (1 << 20)))
        .route("/desk/registers/{id}/import/{batch}", get(one).post(go))
        .route("/desk/registers/{id}/import/{batch}/rejects.csv", get(rejects))
}

fn under(page: Page, register: &Register) -> Page {
    let home = format!("/desk/registers/{}", register.id);
    page.under("工作台", "/desk").under("名册", "/desk/registers").under(&register.name, home).desk()
}

async fn upload_page(cx: &Cx, id: String, error: Option<String>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let register = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            site.office.importable(&who, &register.id)?;
            Ok(register.clone())
        })
        .await?;
    let labels: Vec<&str> = register
        .fields
        .iter()
        .filter(|field| field.kind != FieldKind::File)
        .map(|field| field.label.as_str())
        .collect();
    let errors = error.as_ref().map(|error| ErrorSummary::of(&[("file", error)]));
    let failed = errors.is_some();
    let hint = "第一行是表头。栏目名称和顺序不限，下一步可以逐栏核对；编码 UTF-8、GBK 都可以。";
    let page = UploadPage {
        csrf: cx.csrf(),
        errors,
        name: register.name.clone(),
        here: format!("/desk/registers/{}/import", register.id),
        labels: labels.join("、"),
        file: FileField {
            label: Label { error: error.unwrap_or_default(), ..Label::new("file", "表格文件").hint(hint) },
            accept: ".csv,.txt,.xlsx,.xls".to_owned(),
            rule: format!("CSV 或 Excel，不超过 {} MB、{MOST_ROWS} 行", LARGEST >> 20),
            several: false,
            files: Vec::new(),
            forms: Vec::new(),
        },
    };
    let page = under(Page::new(format!("导入：{}", register.name), page), &register);
    Ok(if failed { page.with_errors() } else { page })
}

async fn show(cx: Cx, Path(id): Path<String>) -> Result<Page, WebError> {
    upload_page(&cx, id, None).await
}

async fn upload(cx: Cx, Path(id): Path<String>, upload: Upload) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let (wanted, file) = (id.clone(), upload.files.into_iter().next());
    let kept = cx
        .blocking(move |site| {
            let register = find(site, &wanted)?;
            site.office.importable(&who, &register.id)?;
            let Some(file) = file else {
                return Ok(Err("没有收到文件，或文件是空的。请选择表格文件（CSV 或 Excel）".to_owned()));
            };
            match site.office.upload_records(&who, &register.id, &file.name, &file.bytes) {
                Ok(batch) => Ok(Ok(batch)),
                Err(Refused::Invalid(wrong)) => {
                    Ok(Err(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；")))
                }
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    match kept {
        Ok(batch) => Ok(Redirect::to(&format!("/desk/registers/{id}/import/{batch}")).into_response()),
        Err(error) => Ok(upload_page(&cx, id, Some(error)).await?.into_response()),
    }
}

fn select_of(register: &Register, upload: &RecordUpload, at: usize, today: base::Date) -> String {
    let header = upload.columns.headers.get(at).map_or("", String::as_str);
    let chosen = upload.columns.fields.get(at).and_then(Clone::clone).unwrap_or_default();
    let sample: Vec<String> = upload
        .sample
        .iter()
        .filter_map(|row| row.get(at))
        .filter(|cell| !cell.trim().is_empty())
        .take(2)
        .map(|cell| office::typed::masked(cell, today).chars().filter(|c| !c.is_control()).take(24).collect())
        .collect();
    let fields = register.fields.iter().filter(|field| field.kind != FieldKind::File);
    let mut options: Vec<Opt> = fields.map(|field| Opt::new(field.id.clone(), field.label.clone())).collect();
    options.insert(0, Opt::new("-", "不导入"));
    let text = if header.trim().is_empty() {
        format!("第 {} 栏（没有表头）", at + 1)
    } else {
        format!("“{header}”一栏是")
    };
    let hint =
        if sample.is_empty() { "这一栏是空的".to_owned() } else { format!("例如：{}", sample.join("，")) };
    let value = if chosen.is_empty() { "-".to_owned() } else { chosen };
    Select { label: Label::new(format!("c{at}"), text).hint(hint), options, value }.to_string()
}

/// What stands for all rows where no column says it: required fields that have no column.
fn constants_of(register: &Register, columns: &Columns) -> Vec<String> {
    let columned = |id: &str| columns.fields.iter().flatten().any(|field| field == id);
    let fields = register.fields.iter().filter(|field| field.required && !columned(&field.id));
    let part = |field: &catalogue::RegisterField| {
        let value = columns.constants.get(&field.id).cloned().unwrap_or_default();
        let name = format!("k.{}", field.id);
        let label = Label::new(name, format!("{}（全部行）", field.label))
            .hint("文件里没有这一栏时，全部行都用这个值")
            .optional();
        if field.choices.is_empty() {
            return TextField { width: 20, ..TextField::new(label, value) }.to_string();
        }
        let options = field.choices.iter().map(|choice| Opt::new(choice.value.clone(), choice.label.clone())).collect();
        Select { label, options, value }.to_string()
    };
    fields.map(part).collect()
}

fn rejects_table(rows: &[Rejected], today: base::Date) -> Table {
    let row = |row: &Rejected| {
        let join =
            |part: fn(&registry::import::Fault) -> &str| row.faults.iter().map(part).collect::<Vec<_>>().join("；");
        let text =
            row.cells.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("，");
        let shown: String = office::typed::masked(&text, today).chars().take(60).collect();
        vec![
            Cell::new(row.line.to_string()),
            Cell::new(row.field().unwrap_or_default()),
            Cell::new(office::typed::masked(&join(|fault| &fault.reason), today)),
            Cell::new(join(|fault| &fault.suggestion)),
            Cell::new(shown),
        ]
    };
    let columns = ["行号", "栏目", "原因", "建议", "原内容"];
    crate::pages::sheet::table("退回的前几行", &columns, rows.iter().map(row).collect(), "没有退回的行。")
}

/// What just happened with an upload.
#[derive(Default)]
struct After {
    outcome: Option<RecordOutcome>,
    error: Option<String>,
    columns: Option<Columns>,
}

async fn one_page(cx: &Cx, (id, batch): (String, RecordId), after: After) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let (register, mut upload) = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            Ok((register.clone(), site.office.record_upload(&who, &id, batch)?))
        })
        .await?;
    let today = cx.today;
    if let Some(chosen) = after.columns {
        (upload.columns.fields, upload.columns.constants) = (chosen.fields, chosen.constants);
    }
    let done = upload.import.as_ref().filter(|import| import.state == "done");
    let checked = upload.record.state == "checked";
    let counted = done.or(checked.then_some(&upload.record));
    let counts = counted.map(|batch| (batch.taken.unsigned_abs(), batch.rejected.unsigned_abs()));
    let lead = match (done, checked) {
        (Some(_), _) => "已导入。退回的行可以下载，改好以后另存为新文件再导入。",
        (None, true) => "核对完了，还没有写入。请看结果，再决定是否导入；不对的栏目可以改了再核对。",
        (None, false) => "下面是猜出来的栏目，请看一遍，不对的改过来，再核对。核对什么也不写入。",
    };
    let here = format!("/desk/registers/{}/import/{batch}", register.id);
    let error = after.error.as_ref().map(|error| ErrorSummary::of(&[("c0", error)]));
    let failed = error.is_some();
    let rejected = after.outcome.as_ref().map_or(&[][..], |outcome| outcome.rejected.as_slice());
    let page = ColumnsPage {
        csrf: cx.csrf(),
        errors: error,
        banner: None,
        title: format!("导入 {}：{}", register.name, upload.record.file_name),
        lead: format!("{}，{} 行。{lead}", upload.format, upload.record.total),
        notes: upload.notes.clone(),
        columns: (0..upload.columns.headers.len()).map(|at| select_of(&register, &upload, at, today)).collect(),
        constants: constants_of(&register, &upload.columns),
        settle: done.is_none(),
        import: done.is_none() && checked && counts.is_some_and(|(taken, _)| taken > 0) && !failed,
        counts,
        rejects: rejects_table(rejected, today),
        rejects_href: done
            .filter(|done| done.rejected > 0)
            .map(|done| format!("/desk/registers/{}/import/{}/rejects.csv", register.id, done.id)),
        list: format!("/desk/registers/{}", register.id),
        here,
    };
    let page = under(Page::new(page.title.clone(), page), &register);
    Ok(if failed { page.with_errors() } else { page })
}

async fn one(cx: Cx, Path(place): Path<(String, RecordId)>) -> Result<Page, WebError> {
    one_page(&cx, place, After::default()).await
}

/// No table has more columns than a spreadsheet (XFD).
const COLUMNS_MOST: usize = 16_384;

/// What the mapping form says.
fn chosen(form: &Form) -> Columns {
    let has = |at: &usize| form.0.iter().any(|(name, _)| *name == format!("c{at}"));
    let field =
        |at: usize| Some(form.text(&format!("c{at}")).to_owned()).filter(|text| !text.is_empty() && text != "-");
    let constants: BTreeMap<String, String> = form
        .0
        .iter()
        .filter_map(|(name, value)| Some((name.strip_prefix("k.")?.to_owned(), value.trim().to_owned())))
        .filter(|(_, value)| !value.is_empty())
        .collect();
    Columns { headers: Vec::new(), fields: (0..COLUMNS_MOST).take_while(has).map(field).collect(), constants }
}

async fn go(cx: Cx, Path((id, batch)): Path<(String, RecordId)>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let imports = form.text("go") == "import";
    let columns = chosen(&form);
    let (wanted, asked) = (id.clone(), columns.clone());
    let done = cx
        .blocking(move |site| {
            let office: &Office = &site.office;
            let outcome = if imports {
                office.run_records(&who, &wanted, batch)
            } else {
                office.settle_records(&who, &wanted, batch, asked)
            };
            match outcome {
                Ok(outcome) => Ok(Ok(outcome)),
                Err(Refused::Invalid(wrong)) => {
                    Ok(Err(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；")))
                }
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    let after = match done {
        Ok(outcome) => After { outcome: Some(outcome), ..After::default() },
        Err(error) => After { error: Some(error), columns: Some(columns), outcome: None },
    };
    Ok(one_page(&cx, (id, batch), after).await?.into_response())
}

async fn rejects(cx: Cx, Path((id, batch)): Path<(String, RecordId)>) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let bytes = cx
        .blocking(move |site| {
            let mut bytes = Vec::new();
            site.office.write_record_rejects(&who, &id, batch, &mut bytes)?;
            Ok(bytes)
        })
        .await?;
    let own = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"rejects-{}.csv\"", cx.today)),
    ];
    Ok((own, bytes).into_response())
}
