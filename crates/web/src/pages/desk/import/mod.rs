//! 导入名册: upload a table, settle its columns, dry run, import in the background, fetch what was rejected; and past imports.
mod one;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use office::files::LARGEST;
use office::import::uploads::{Stage, Upload};

use super::columns;
use crate::cx::Csrf;
use crate::parts::{Cell, ErrorSummary, FileField, Label, Table, Tone};
use crate::site::Site;
use crate::{Cx, Page, WebError};

#[derive(Template)]
#[template(path = "pages/desk/import/list.html")]
struct ListPage {
    csrf: Csrf,
    errors: Option<ErrorSummary>,
    file: FileField,
    past: Table,
}

/// `/desk/import` and below.
pub fn routes() -> Router<Arc<Site>> {
    let taking = Router::new().route("/desk/import", post(upload)).layer(DefaultBodyLimit::max(super::UPLOAD));
    Router::new()
        .route("/desk/import", get(show))
        .route("/desk/import/{id}", get(one::show).post(one::send))
        .route("/desk/import/{id}/rejects.csv", get(one::rejects))
        .merge(taking)
}

/// Where it stands, as a word in a list.
fn state(upload: &Upload) -> Cell {
    match &upload.stage {
        Stage::Mapping(None) => Cell::state("待核对栏目", Tone::Grey),
        Stage::Mapping(Some(_)) => Cell::state("核对没有完成", Tone::Warn),
        Stage::Checking(_) => Cell::state("核对中", Tone::Calm),
        Stage::Checked => Cell::state("已核对，未导入", Tone::Warn),
        Stage::Importing(_) => Cell::state("导入中", Tone::Calm),
        Stage::Interrupted(..) => Cell::state("中断，可接着导入", Tone::Bad),
        Stage::Done => Cell::state("已导入", Tone::Good),
    }
}

fn line(upload: &Upload) -> Vec<Cell> {
    let counts = upload.import.as_ref().unwrap_or(&upload.record);
    let known = upload.import.is_some() || upload.settings.found.is_some();
    let number = |number: i64| Cell::new(if known { number.to_string() } else { "—".to_owned() });
    vec![
        Cell::link(upload.record.file_name.clone(), format!("/desk/import/{}", upload.record.id)),
        Cell::new(upload.record.started_at.local_minute()),
        state(upload),
        Cell::new(upload.record.total.to_string()),
        number(counts.taken),
        number(counts.rejected),
    ]
}

async fn list(cx: &Cx, error: Option<String>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let uploads = cx.blocking(move |site| Ok(site.office.uploads(&who)?)).await?;
    let mut head = columns(&["文件", "上传时间", "状态", "行数", "收下", "退回"]);
    head.iter_mut().skip(3).for_each(|column| column.number = true);
    let past = Table {
        caption: "本机关的导入".to_owned(),
        columns: head,
        rows: uploads.iter().map(line).collect(),
        exports: Vec::new(),
        empty: "还没有导入过名册。".to_owned(),
        empty_ways: Vec::new(),
        keys: true,
    };
    let errors = error.as_ref().map(|error| ErrorSummary::of(&[("file", error)]));
    let hint = "第一行是表头。栏目名称和顺序不限，下一步可以逐栏核对；编码 UTF-8、GBK 都可以。";
    let label = Label { error: error.unwrap_or_default(), ..Label::new("file", "名册文件").hint(hint) };
    let file = FileField {
        label,
        accept: ".csv,.txt,.xlsx,.xls".to_owned(),
        rule: format!("CSV 或 Excel（XLSX、XLS），不超过 {} MB", LARGEST >> 20),
        several: false,
        files: Vec::new(),
        forms: Vec::new(),
    };
    let wrong = errors.is_some();
    let page = Page::new("导入名册", ListPage { csrf: cx.csrf(), errors, file, past }).under("工作台", "/desk").desk();
    Ok(if wrong { page.with_errors() } else { page })
}

async fn show(cx: Cx) -> Result<Page, WebError> {
    list(&cx, None).await
}

async fn upload(cx: Cx, upload: crate::Upload) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let file = upload.files.into_iter().next();
    let kept = cx
        .blocking(move |site| {
            let empty = "没有收到文件，或文件是空的。请选择名册文件（CSV 或 Excel）";
            let Some(file) = file else {
                // Says no to those who may not import before it says anything about files.
                site.office.uploads(&who)?;
                return Ok(Err(empty.to_owned()));
            };
            match site.office.upload_import(&who, &file.name, &file.bytes) {
                Ok(id) => Ok(Ok(id)),
                Err(office::Refused::Invalid(wrong)) => {
                    Ok(Err(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；")))
                }
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    match kept {
        Ok(id) => Ok(Redirect::to(&format!("/desk/import/{id}")).into_response()),
        Err(error) => Ok(list(&cx, Some(error)).await?.into_response()),
    }
}
