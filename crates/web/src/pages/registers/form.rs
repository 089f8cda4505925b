//! 录入、变更、更正: the form of a register, made from its fields. Whatever is sent stays in the form when something is wrong; the area
//! is found without JavaScript by side acts that save nothing.
use std::collections::BTreeMap;
use std::sync::Arc;

use askama::Template;
use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use base::RecordId;
use casework::Posted;
use catalogue::Register;
use catalogue::matter::FieldKind;
use office::registers::values::posted_of;
use office::registers::{Edit, How, Incoming};
use office::{Refused, Wrong};
use store::registers::RegisterEntry;

use super::desk::find;
use super::fields::Maker;
use crate::cx::Csrf;
use crate::forms::read_date;
use crate::pages::my::question::area;
use crate::parts::{Choice, DateField, ErrorSummary, Label, LongText, Opt};
use crate::site::Site;
use crate::{Cx, Form, Page, Path, Query, Upload, WebError};

/// Files of a form together, with room for the form around them.
const MOST: usize = 3 * office::files::LARGEST + (1 << 20);

#[derive(Template)]
#[template(path = "pages/registers/form.html")]
struct FormPage {
    csrf: Csrf,
    errors: Option<ErrorSummary>,
    title: String,
    lead: String,
    here: String,
    rev: i64,
    about: Vec<String>,
    fields: Vec<String>,
    button: &'static str,
}

pub(super) fn routes() -> Router<Arc<Site>> {
    Router::new()
        .route("/desk/registers/{id}/new", get(new).post(enter))
        .route("/desk/registers/{id}/{entry}/edit", get(edit).post(save))
        .layer(DefaultBodyLimit::max(MOST))
}

/// What a form was given, kept while it is filled in.
#[derive(Clone, Default)]
struct Typed {
    posted: Posted,
    errors: BTreeMap<String, String>,
    act: Vec<String>,
    how: String,
    from: String,
    reason: String,
}

impl Typed {
    fn of(form: &Form) -> Self {
        let mut posted = Posted::new();
        for (name, value) in form.0.iter().filter(|(name, _)| !name.starts_with('_')) {
            posted.entry(name.clone()).or_default().push(value.clone());
        }
        Self {
            posted,
            errors: BTreeMap::new(),
            act: form.act().into_iter().map(str::to_owned).collect(),
            how: form.text("_how").to_owned(),
            from: form.text("_from").to_owned(),
            reason: form.text("_reason").to_owned(),
        }
    }

    fn wrong(mut self, wrong: Vec<Wrong>) -> Self {
        for one in wrong {
            self.errors.entry(one.field).or_insert(one.message);
        }
        self
    }

    /// The area that the picker means, under the field's own name.
    fn with_areas(mut self, site: &Site, register: &Register, today: base::Date) -> Self {
        for field in register.fields.iter().filter(|field| field.kind == FieldKind::Area) {
            if let Some(code) = area::chosen(&site.office.areas, &self.posted, &field.id, today) {
                self.posted.insert(field.id.clone(), vec![code.to_string()]);
            }
        }
        self
    }
}

fn incoming(upload: &Upload) -> Vec<Incoming> {
    let file = |file: &crate::forms::UploadedFile| Incoming {
        field: file.field.clone(),
        name: file.name.clone(),
        bytes: file.bytes.to_vec(),
    };
    upload.files.iter().map(file).collect()
}

/// The form of a register, for a new record or for one that is there.
async fn page(cx: &Cx, id: String, before: Option<RegisterEntry>, typed: Typed) -> Result<Page, WebError> {
    let (who, today, csrf) = (cx.actor()?, cx.today, cx.csrf());
    let failed = !typed.errors.is_empty();
    let (page, name) = cx
        .blocking(move |site| {
            let register = find(site, &id)?;
            let body = before.as_ref().map(|record| &record.body);
            let given = (&typed.posted, &typed.errors, typed.act.as_slice());
            let maker = Maker::new(site, &who, register, given, (body, today))?;
            let fields = register.fields.iter().map(|field| maker.widget(field)).collect();
            let lines: Vec<(&str, &str)> =
                typed.errors.iter().map(|(field, text)| (field.as_str(), text.as_str())).collect();
            let (title, here, button, about) = match &before {
                None => (format!("录入：{}", register.name), "new".to_owned(), "录入", Vec::new()),
                Some(record) => {
                    (format!("修改：{}", record.title), format!("{}/edit", record.id), "保存", about(&typed, today))
                }
            };
            let body = FormPage {
                csrf,
                errors: failed.then(|| ErrorSummary::of(&lines)),
                lead: register.explain.clone(),
                here: format!("/desk/registers/{id}/{here}"),
                rev: before.as_ref().map_or(0, |record| record.rev),
                about,
                fields,
                button,
                title,
            };
            let up = (register.name.clone(), format!("/desk/registers/{id}"));
            Ok((body, up))
        })
        .await?;
    let page = Page::new(page.title.clone(), page).under("工作台", "/desk").under("名册", "/desk/registers");
    let page = page.under(name.0, name.1).desk();
    Ok(if failed { page.with_errors() } else { page })
}

/// Why the record says something else: what changed from which day, or what was wrong from the beginning.
fn about(typed: &Typed, today: base::Date) -> Vec<String> {
    let error = |name: &str| typed.errors.get(name).cloned().unwrap_or_default();
    let how = Choice {
        label: Label::new("_how", "这次为什么改").error(error("_how")),
        options: vec![
            Opt { hint: "从某一天起不同了，以前的照旧".to_owned(), ..Opt::new("change", "情况变了") },
            Opt {
                hint: "从来就不是那样，须写明原因".to_owned(), ..Opt::new("correct", "原来写错了（更正）")
            },
        ],
        value: if typed.how.is_empty() { "change".to_owned() } else { typed.how.clone() },
    };
    let from = DateField {
        label: Label::new("_from", "情况从哪天起变了").hint("更正不用填").error(error("_from")).optional(),
        value: if typed.from.is_empty() && typed.how.is_empty() { today.to_string() } else { typed.from.clone() },
    };
    let label = Label::new("_reason", "原因").hint("更正必填；不写身份证号、手机号").error(error("_reason")).optional();
    let reason = LongText { label, value: typed.reason.clone(), rows: 2, max: 500 };
    vec![how.to_string(), from.to_string(), reason.to_string()]
}

async fn new(cx: Cx, Path(id): Path<String>, Query(pairs): Query<Vec<(String, String)>>) -> Result<Page, WebError> {
    let who = cx.actor()?;
    let wanted = id.clone();
    // What the address says is filled in: the task a report is about.
    let posted = cx
        .blocking(move |site| {
            let register = find(site, &wanted)?;
            site.office.may_enter_some(&who, register)?;
            let known = pairs.into_iter().filter(|(name, _)| register.find_field(name).is_some());
            let mut posted: Posted = known.map(|(name, value)| (name, vec![value])).collect();
            if let Some(area) = register.area_field()
                && let Some(own) = site.office.kept_areas(&who, register).first()
            {
                posted.entry(area.id.clone()).or_insert_with(|| vec![own.to_string()]);
            }
            if let Some(course) = &register.course {
                posted.entry(course.field.clone()).or_insert_with(|| vec![course.first.clone()]);
            }
            Ok(posted)
        })
        .await?;
    page(&cx, id, None, Typed { posted, ..Typed::default() }).await
}

async fn enter(cx: Cx, Path(id): Path<String>, upload: Upload) -> Result<Response, WebError> {
    let who = cx.actor()?;
    let typed = Typed::of(&upload.form);
    let files = incoming(&upload);
    let (wanted, today) = (id.clone(), cx.today);
    let (typed, done) = cx
        .blocking(move |site| {
            let register = find(site, &wanted)?;
            site.office.may_enter_some(&who, register)?;
            let typed = typed.with_areas(site, register, today);
            if !typed.act.is_empty() {
                return Ok((typed, None));
            }
            match site.office.enter_record(&who, &wanted, &typed.posted, &files) {
                Ok(entry) => Ok((typed, Some(entry))),
                Err(Refused::Invalid(wrong)) => Ok((typed.wrong(wrong), None)),
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    match done {
        Some(entry) => Ok(Redirect::to(&format!("/desk/registers/{id}/{entry}?done=entered")).into_response()),
        None => Ok(page(&cx, id, None, typed).await?.into_response()),
    }
}

/// The record as it is, for those who keep it.
async fn kept(cx: &Cx, id: &str, entry: RecordId) -> Result<RegisterEntry, WebError> {
    let (who, id) = (cx.actor()?, id.to_owned());
    cx.blocking(move |site| {
        let register = find(site, &id)?;
        let view = site.office.desk_record(&who, register, entry)?;
        site.office.keeper(&who, register, &view.record.area)?;
        Ok(view.record)
    })
    .await
}

async fn edit(cx: Cx, Path((id, entry)): Path<(String, RecordId)>) -> Result<Page, WebError> {
    let record = kept(&cx, &id, entry).await?;
    let register = id.clone();
    let body = record.body.clone();
    let posted = cx.blocking(move |site| Ok(posted_of(find(site, &register)?, &body))).await?;
    page(&cx, id, Some(record), Typed { posted, ..Typed::default() }).await
}

async fn save(cx: Cx, Path((id, entry)): Path<(String, RecordId)>, upload: Upload) -> Result<Response, WebError> {
    let record = kept(&cx, &id, entry).await?;
    let who = cx.actor()?;
    let typed = Typed::of(&upload.form);
    let (files, rev) = (incoming(&upload), upload.form.text("_rev").parse().unwrap_or(0));
    let (wanted, today) = (id.clone(), cx.today);
    let (typed, done) = cx
        .blocking(move |site| {
            let register = find(site, &wanted)?;
            let typed = typed.with_areas(site, register, today);
            if !typed.act.is_empty() {
                return Ok((typed, false));
            }
            let how = match (typed.how.as_str(), read_date(&typed.from)) {
                ("correct", _) => How::Correct,
                ("change", Ok(day)) => How::Change(day),
                ("change", Err(why)) => return Ok((typed.wrong(vec![Wrong::new("_from", why)]), false)),
                _ => return Ok((typed.wrong(vec![Wrong::new("_how", "请选择为什么改")]), false)),
            };
            let edit = Edit { posted: &typed.posted, files: &files, how, reason: &typed.reason, rev };
            match site.office.edit_record(&who, &wanted, entry, &edit) {
                Ok(()) => Ok((typed, true)),
                Err(Refused::Invalid(wrong)) => Ok((typed.wrong(wrong), false)),
                Err(refused) => Err(refused.into()),
            }
        })
        .await?;
    if done {
        return Ok(Redirect::to(&format!("/desk/registers/{id}/{entry}?done=edited")).into_response());
    }
    Ok(page(&cx, id, Some(record), typed).await?.into_response())
}
