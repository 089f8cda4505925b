//! 导出名册: every record that the list asks for, all its fields but personal ones, as CSV or Excel; read page by page, sent as it is
//! read.
use std::io::{Read as _, Seek as _};

use axum::http::header;
use axum::response::{IntoResponse, Response};
use catalogue::Register;
use office::Office;
use office::registers::{Ask, RecordPage};
use rust_xlsxwriter::{Format, Workbook};

use super::desk::find;
use super::list::read_ask;
use crate::pages::register::export::ROWS_MOST;
use crate::pages::register::harmless;
use crate::pages::register::pour::{Put, poured};
use crate::{Cx, Form, Path, Query, WebError};

/// Records read at once.
const PIECE: usize = 500;
/// Bytes of a finished workbook sent at a time.
const BYTES: usize = 64 * 1024;

/// How it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Csv,
    Xlsx,
}

type Pairs = Query<Vec<(String, String)>>;

pub(super) async fn desk(
    cx: Cx,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    kind: Kind,
) -> Result<Response, WebError> {
    let who = cx.actor()?;
    export(cx, (id, pairs), Some(who), kind).await
}

pub(super) async fn open(
    cx: Cx,
    Path(id): Path<String>,
    Query(pairs): Pairs,
    kind: Kind,
) -> Result<Response, WebError> {
    export(cx, (id, pairs), None, kind).await
}

/// Reads a page for whoever asks.
fn read(
    office: &Office,
    who: Option<&authority::Actor>,
    register: &Register,
    ask: &Ask,
) -> Result<RecordPage, WebError> {
    Ok(match who {
        Some(who) => office.desk_records(who, register, ask, PIECE)?,
        None => office.open_records(register, ask, PIECE)?,
    })
}

async fn export(
    cx: Cx,
    (id, pairs): (String, Vec<(String, String)>),
    who: Option<authority::Actor>,
    kind: Kind,
) -> Result<Response, WebError> {
    let asker = who.clone();
    let wanted = id.clone();
    // The first page is read before anything is sent, so that a refusal is still a page of its own.
    let (first, ask) = cx
        .blocking(move |site| {
            let register = find(site, &wanted)?;
            let ask = Ask { after: None, ..read_ask(register, &Form(pairs))? };
            Ok((read(&site.office, asker.as_ref(), register, &ask)?, ask))
        })
        .await?;
    let (mime, ending) = match kind {
        Kind::Csv => ("text/csv; charset=utf-8", "csv"),
        Kind::Xlsx => ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
    };
    let name = format!("attachment; filename=\"{id}-{}.{ending}\"", cx.today);
    let own = [(header::CONTENT_TYPE, mime.to_owned()), (header::CONTENT_DISPOSITION, name)];
    let site = std::sync::Arc::clone(&cx.site);
    let body = poured(move |put| {
        let register = find(&site, &id)?;
        let job = Job { office: &site.office, who: who.as_ref(), register, ask };
        if kind == Kind::Csv { job.text(first, put) } else { job.workbook(first, put) }
    });
    Ok((own, body).into_response())
}

struct Job<'j> {
    office: &'j Office,
    who: Option<&'j authority::Actor>,
    register: &'j Register,
    ask: Ask,
}

impl Job<'_> {
    /// The headings: the fields, then what the platform says of each record.
    fn headings(&self) -> Vec<String> {
        let fields = self.office.export_columns(self.register, self.who.is_none());
        let labels = fields.into_iter().map(|field| field.label.clone());
        labels.chain(["自", "至", "情况", "编号"].map(str::to_owned)).collect()
    }

    fn each(
        &self,
        first: RecordPage,
        mut visit: impl FnMut(Vec<Vec<String>>) -> Result<bool, WebError>,
    ) -> Result<(), WebError> {
        let mut page = first;
        loop {
            let mut rows = self.office.export_rows(self.register, self.who.is_none(), &page.items)?;
            for (row, record) in rows.iter_mut().zip(&page.items) {
                let until = record.until.map(|day| day.to_string()).unwrap_or_default();
                let standing = self.office.record_standing(record).to_owned();
                row.extend([record.since.to_string(), until, standing, record.id.to_string()]);
            }
            if !visit(rows)? {
                return Ok(());
            }
            let Some(next) = page.next else { return Ok(()) };
            page = read(self.office, self.who, self.register, &Ask { after: Some(next), ..self.ask.clone() })?;
        }
    }

    fn text(&self, first: RecordPage, put: &Put<'_>) -> Result<(), WebError> {
        // The mark tells Excel that this is UTF-8.
        let mut bytes = b"\xef\xbb\xbf".to_vec();
        bytes.extend(lines(vec![self.headings()])?);
        self.each(first, |rows| {
            bytes.extend(lines(rows)?);
            Ok(put(std::mem::take(&mut bytes)))
        })
    }

    /// Rows go to a file as they come (constant memory); the finished workbook is then sent piece by piece.
    fn workbook(&self, first: RecordPage, put: &Put<'_>) -> Result<(), WebError> {
        let mut book = Workbook::new();
        let sheet = book.add_worksheet_with_constant_memory().map_err(WebError::internal)?;
        sheet.set_freeze_panes(1, 0).map_err(WebError::internal)?;
        let bold = Format::new().set_bold();
        for (column, heading) in (0_u16..).zip(self.headings()) {
            sheet.set_column_width(column, 20.0).map_err(WebError::internal)?;
            sheet.write_with_format(0, column, heading, &bold).map_err(WebError::internal)?;
        }
        let mut line = 0_u32;
        self.each(first, |rows| {
            for row in rows {
                line += 1;
                if u64::from(line) > ROWS_MOST {
                    return Err(WebError::internal("the register is longer than a sheet"));
                }
                for (column, text) in (0_u16..).zip(row) {
                    // Always text: a code of digits must not become a number.
                    sheet.write_string(line, column, text).map_err(WebError::internal)?;
                }
            }
            Ok(true)
        })?;
        let mut file = tempfile::tempfile().map_err(WebError::internal)?;
        book.save_to_writer(&file).map_err(WebError::internal)?;
        file.rewind().map_err(WebError::internal)?;
        let mut piece = vec![0_u8; BYTES];
        loop {
            let read = file.read(&mut piece).map_err(WebError::internal)?;
            if read == 0 || !put(piece.get(..read).unwrap_or_default().to_vec()) {
                return Ok(());
            }
        }
    }
}

fn lines(rows: Vec<Vec<String>>) -> Result<Vec<u8>, WebError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    for row in rows {
        writer.write_record(row.iter().map(|text| harmless(text))).map_err(WebError::internal)?;
    }
    writer.into_inner().map_err(WebError::internal)
}
