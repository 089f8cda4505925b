//! One import: its columns, the dry run, the way in, what came of it.
use askama::Template;
use axum::http::header;
use axum::response::{IntoResponse, Redirect, Response};
use base::{AreaCode, RecordId};
use office::import::uploads::{Stage, Upload, UploadView};
use office::import::{Found, Oddity};
use registry::Kind;
use registry::import::Column;

use crate::cx::Csrf;
use crate::pages::desk::columns;
use crate::parts::{Cell, ErrorSummary, Steps, Table};
use crate::{Cx, Form, Page, Path, WebError};

/// A column of the file: header, what its first rows say, its meaning's word.
struct Head {
    header: String,
    cells: Vec<String>,
    meaning: &'static str,
}

#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the page is shown")]
#[derive(Template)]
#[template(path = "pages/desk/import/page.html")]
struct ImportPage {
    csrf: Csrf,
    here: String,
    u: Upload,
    steps: Steps,
    state: String,
    errors: Option<ErrorSummary>,
    /// While a job waits or runs: rows done, and what it does.
    live: Option<(u64, &'static str)>,
    mapping: bool,
    columns: Vec<Head>,
    meanings: Vec<(&'static str, &'static str)>,
    kinds: Vec<(&'static str, &'static str)>,
    kind: String,
    registrars: Vec<(String, String)>,
    registrar: String,
    figures: bool,
    can_import: bool,
    can_resume: bool,
    can_change: bool,
    taken_label: &'static str,
    taken: i64,
    rejected: i64,
    found: Found,
    groups: Table,
    rejects: Table,
    oddities: Table,
    flagged: Table,
}

fn table(caption: &str, names: &[&str], rows: Vec<Vec<Cell>>) -> Table {
    let mut columns = columns(names);
    for column in &mut columns {
        column.number = column.text == "行数" || column.text == "行号";
    }
    Table {
        caption: caption.to_owned(),
        columns,
        rows,
        exports: Vec::new(),
        empty: "没有。".to_owned(),
        empty_ways: Vec::new(),
        keys: false,
    }
}

fn cells<const N: usize>(texts: [String; N]) -> Vec<Cell> {
    texts.into_iter().map(Cell::new).collect()
}

fn heads(view: &UploadView, today: base::Date) -> Vec<Head> {
    let mapping = &view.upload.settings.mapping;
    let short = |cell: &String| {
        let shown = office::typed::masked(cell, today);
        let text: String = shown.chars().filter(|c| !c.is_control()).take(30).collect();
        if cell.chars().count() > 30 { format!("{text}…") } else { text }
    };
    let all = mapping.headers.iter().zip(&mapping.columns).enumerate();
    all.map(|(at, (header, meaning))| Head {
        header: header.clone(),
        cells: view
            .sample
            .iter()
            .filter_map(|row| row.get(at))
            .filter(|cell| !cell.trim().is_empty())
            .map(short)
            .collect(),
        meaning: meaning.map_or("", Column::as_str),
    })
    .collect()
}

/// One sentence that says where it stands and what next.
fn sentence(u: &Upload) -> String {
    let format = &u.settings.format;
    match &u.stage {
        Stage::Mapping(None) if u.settings.mapping.columns.iter().all(Option::is_none) => {
            format!(
                "{format}，{} 行。一栏也没有认出来：如果下面的字是乱码，请用 Excel 另存为“CSV UTF-8”再上传；否则请逐栏指定。",
                u.record.total
            )
        }
        Stage::Mapping(None) => {
            format!("{format}，{} 行。下面是猜出来的栏目，请看一遍，不对的改过来。", u.record.total)
        }
        Stage::Mapping(Some(why)) => format!("核对没有完成：{why}。请改好后再核对。"),
        Stage::Checking(_) => "正在核对，什么也不会写入。".to_owned(),
        Stage::Checked => "核对完了，还没有写入。请看结果，再决定是否导入。".to_owned(),
        Stage::Importing(_) => "正在导入。".to_owned(),
        Stage::Interrupted(done, why) => {
            format!("导入在第 {done} 行之后中断：{why}。已收的行都在，点“接着导入”从中断处继续，不会重复。")
        }
        Stage::Done => {
            let ended = u.import.as_ref().and_then(|import| import.ended_at);
            format!("已在 {} 导入完成。", ended.map_or_else(String::new, base::Instant::local_minute))
        }
    }
}

fn steps(stage: &Stage) -> Steps {
    let current = match stage {
        Stage::Mapping(_) => 1,
        Stage::Checking(_) | Stage::Checked => 2,
        Stage::Importing(_) | Stage::Interrupted(..) => 3,
        Stage::Done => 4,
    };
    let names = ["上传文件", "核对栏目", "核对各行", "导入", "完成"];
    Steps { label: "导入的步骤".to_owned(), steps: names.map(|name| (name.to_owned(), None)).into(), current }
}

fn found_tables(found: &Found) -> (Table, Table) {
    let odd =
        |one: &Oddity| cells([one.item.clone(), one.rows.to_string(), one.example.clone(), one.suggestion.clone()]);
    let oddities = table("有待核实的原因", &["栏目", "行数", "例如", "建议"], found.oddities.iter().map(odd).collect());
    let rows = found.rows.iter().map(|row| cells([row.line.to_string(), row.name.clone(), row.why.clone()]));
    (oddities, table("前几行", &["行号", "组织", "原因"], rows.collect()))
}

fn rejects_tables(view: &UploadView) -> (Table, Table) {
    // What else is wrong with that row belongs to the list below.
    let first = |text: &str| text.split('；').next().unwrap_or_default().to_owned();
    let groups = view
        .groups
        .iter()
        .map(|one| cells([one.item.clone(), one.rows.to_string(), first(&one.example), one.suggestion.clone()]));
    let rows = view.rejects.iter().map(|row| {
        let text = &row.cells;
        let text = text.iter().map(|cell| cell.trim()).filter(|cell| !cell.is_empty()).collect::<Vec<_>>().join("，");
        let text: String = text.chars().take(60).collect();
        cells([
            row.line.to_string(),
            row.field.clone().unwrap_or_default(),
            row.reason.clone(),
            row.suggestion.clone(),
            text,
        ])
    });
    let groups = table("退回的原因", &["栏目", "行数", "例如", "建议"], groups.collect());
    (groups, table("前几行", &["行号", "栏目", "原因", "建议", "原内容"], rows.collect()))
}

fn page_of(cx: &Cx, view: UploadView, own: Option<(AreaCode, String)>, error: Option<&str>) -> Page {
    let change = cx.query.contains("columns=1") || error.is_some();
    let (groups, rejects) = rejects_tables(&view);
    let columns = heads(&view, cx.today);
    let u = view.upload;
    let found = u.settings.found.clone().unwrap_or_default();
    let (oddities, flagged) = found_tables(&found);
    let counts = u.import.as_ref().unwrap_or(&u.record);
    let (taken, rejected) = (counts.taken, counts.rejected);
    let checked = u.stage == Stage::Checked;
    let mapping = matches!(u.stage, Stage::Mapping(_)) || (checked && change);
    let live = match u.stage {
        Stage::Checking(done) => Some((done, "核对各行")),
        Stage::Importing(done) => Some((done, "导入")),
        _ => None,
    };
    let nothing = ("", "不导入");
    let any = ("", "不指定，看不出的退回");
    let mut registrars = vec![(String::new(), "按文件内容判断，判断不了的退回".to_owned())];
    registrars.extend(own.map(|(area, name)| (area.to_string(), format!("一律按{name}"))));
    let body = ImportPage {
        csrf: cx.csrf(),
        here: format!("/desk/import/{}", u.record.id),
        steps: steps(&u.stage),
        state: sentence(&u),
        errors: error.map(|error| ErrorSummary::of(&[("columns", error)])),
        live,
        mapping,
        columns,
        meanings: std::iter::once(nothing).chain(Column::ALL.iter().map(|one| (one.as_str(), one.label()))).collect(),
        kinds: std::iter::once(any).chain(Kind::ALL.iter().map(|one| (one.as_str(), one.label()))).collect(),
        kind: u.settings.kind.map_or_else(String::new, |kind| kind.as_str().to_owned()),
        registrars,
        registrar: u.settings.registrar.as_ref().map_or_else(String::new, ToString::to_string),
        figures: !mapping && live.is_none(),
        can_import: checked && taken > 0,
        can_resume: matches!(u.stage, Stage::Interrupted(..)),
        can_change: checked,
        taken_label: if u.import.is_some() { "已收" } else { "可收" },
        taken,
        rejected,
        found,
        groups,
        rejects,
        oddities,
        flagged,
        u,
    };
    let title = format!("导入 {}", body.u.record.file_name);
    let page = Page::new(title, body).under("工作台", "/desk").under("导入名册", "/desk/import").desk();
    if error.is_some() { page.with_errors() } else { page }
}

async fn page(cx: &Cx, id: RecordId, chosen: Option<Chosen>, error: Option<&str>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let today = cx.today;
    let (mut view, own) = cx
        .blocking(move |site| {
            let view = site.office.upload_view(&who, id)?;
            let area = who.posts.iter().find(|post| post.desk.as_str() == "data_quality").map(|post| post.area.clone());
            let own = area.map(|area| (area.clone(), site.office.authority_name(&area, today)));
            Ok((view, own))
        })
        .await?;
    // What was chosen and refused stays chosen.
    if let Some(chosen) = chosen.filter(|chosen| chosen.columns.len() == view.upload.settings.mapping.headers.len()) {
        let settings = &mut view.upload.settings;
        (settings.mapping.columns, settings.kind, settings.registrar) = (chosen.columns, chosen.kind, chosen.registrar);
    }
    Ok(page_of(cx, view, own, error))
}

pub async fn show(cx: Cx, Path(id): Path<RecordId>) -> Result<Page, WebError> {
    page(&cx, id, None, None).await
}

/// No table has more columns than a spreadsheet (XFD).
const COLUMNS_MOST: usize = 16_384;

/// What the mapping form says.
#[derive(Clone)]
struct Chosen {
    columns: Vec<Option<Column>>,
    kind: Option<Kind>,
    registrar: Option<AreaCode>,
}

impl Chosen {
    fn read(form: &Form) -> Self {
        let has = |at: &usize| form.0.iter().any(|(name, _)| *name == format!("c{at}"));
        let columns = (0..COLUMNS_MOST).take_while(has).map(|at| Column::parse(form.text(&format!("c{at}")))).collect();
        Self { columns, kind: Kind::parse(form.text("kind")), registrar: form.text("registrar").parse().ok() }
    }
}

pub async fn send(cx: Cx, Path(id): Path<RecordId>, form: Form) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let check = form.text("go") == "check";
    let chosen = Chosen::read(&form);
    let asked = chosen.clone();
    let done = cx
        .blocking(move |site| {
            let office = &site.office;
            let result = if check {
                office.start_check(&who, id, &asked.columns, asked.kind, asked.registrar)
            } else {
                office.start_import(&who, id)
            };
            match result {
                Ok(()) => Ok(None),
                Err(office::Refused::Invalid(wrong)) => {
                    Ok(Some(wrong.into_iter().map(|one| one.message).collect::<Vec<_>>().join("；")))
                }
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    match done {
        None => Ok(Redirect::to(&format!("/desk/import/{id}")).into_response()),
        Some(error) => Ok(page(&cx, id, Some(chosen), Some(&error)).await?.into_response()),
    }
}

/// The rejected rows of the import, or before it of the dry run.
pub async fn rejects(cx: Cx, Path(id): Path<RecordId>) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let bytes = cx
        .blocking(move |site| {
            let mut bytes = Vec::new();
            site.office.write_upload_rejects(&who, id, &mut bytes)?;
            Ok(bytes)
        })
        .await?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"rejects.csv\"; filename*=UTF-8''%E9%80%80%E5%9B%9E%E6%B8%85%E5%8D%95.csv",
        ),
        (header::CACHE_CONTROL, "private, no-store"),
    ];
    Ok((headers, bytes).into_response())
}
