//! Whether one value can stand in a record (逐项核对): by its field's kind, choices and reference, on the day from which it holds.
use base::{AreaCode, BodyId, CreditCode, Date, OrgId, Origin, RecordId};
use catalogue::RegisterField;
use catalogue::matter::{FieldKind, Reference};
use serde_json::{Value as Json, json};
use store::Tx;
use store::people::Body;
use store::registers::RegisterEntry;

use super::WITHDRAWN;
use super::values::Known;
use crate::{Office, Refused};

/// Most characters of a line, and of a longer text.
const LINE: usize = 200;
/// See [`LINE`].
const TEXT: usize = 5_000;

/// What came of one value.
pub(super) enum Judged {
    Fine,
    /// Kept as this; the organization it names.
    Instead(Json, Option<(Origin, OrgId)>),
    /// The record of another register it names.
    Parent(Box<RegisterEntry>),
    Wrong(String),
}

fn judge_choices(field: &RegisterField, value: &Json) -> Judged {
    let one = std::slice::from_ref(value);
    let chosen = value.as_array().map_or(one, Vec::as_slice).iter().filter_map(Json::as_str);
    let mut strange = chosen.filter(|value| !field.choices.iter().any(|choice| choice.value == **value));
    match strange.next() {
        None => Judged::Fine,
        Some(strange) => {
            let known: Vec<&str> = field.choices.iter().map(|choice| choice.label.as_str()).take(12).collect();
            Judged::Wrong(format!("没有“{strange}”这个选项。可选：{}", known.join("、")))
        }
    }
}

impl Office {
    /// Judges one value by its field.
    pub(super) fn judge(
        &self,
        tx: &mut Tx<'_>,
        field: &RegisterField,
        value: &Json,
        since: Date,
        known: &mut Known,
    ) -> Result<Judged, Refused> {
        if value.get("sealed").is_some() {
            return Ok(Judged::Fine);
        }
        if let Some(link) = &field.belongs_to {
            let found = match value.as_str().and_then(|id| id.parse::<RecordId>().ok()) {
                Some(id) => store::records::find(tx, &link.register, id)?.filter(|row| row.state != WITHDRAWN),
                None => None,
            };
            let name = self.catalogue.find_register(&link.register).map_or("", |register| register.name.as_str());
            return Ok(match found {
                Some(parent) => Judged::Parent(Box::new(parent)),
                None => Judged::Wrong(format!("在“{name}”里没有找到这条记录。请从列表中选择")),
            });
        }
        let text = value.as_str().unwrap_or_default();
        if !field.is_personal()
            && let Err(Refused::Invalid(found)) = crate::typed::refuse_in_json(&field.id, value, self.clock.today())
        {
            let why = found.into_iter().map(|one| one.message).next().unwrap_or_default();
            return Ok(Judged::Wrong(why.replacen("意见、说明", &field.label, 2)));
        }
        let long = text.chars().count();
        Ok(match field.kind {
            FieldKind::Area => self.judge_area(text, since),
            FieldKind::Organization => return self.judge_organization(tx, field, text, known),
            FieldKind::Choice | FieldKind::MultiChoice => judge_choices(field, value),
            FieldKind::Integer | FieldKind::Money | FieldKind::Percent if value.as_i64().is_some_and(|n| n < 0) => {
                Judged::Wrong("不能小于 0。请核对数字".to_owned())
            }
            FieldKind::Year if value.as_i64().is_none_or(|year| !(1900..=2200).contains(&year)) => {
                Judged::Wrong("年份应为四位数，如 2025".to_owned())
            }
            FieldKind::CreditCode if CreditCode::parse(text).is_err() => {
                Judged::Wrong("统一社会信用代码不对：应为 18 位，末位是校验码。请核对证书".to_owned())
            }
            FieldKind::Email if !text.contains('@') || long > 100 => {
                Judged::Wrong("电子邮箱应像 name@example.cn".to_owned())
            }
            FieldKind::Website if !(text.starts_with("http://") || text.starts_with("https://")) => {
                Judged::Wrong("网址应以 http:// 或 https:// 开头".to_owned())
            }
            FieldKind::LongText if long > TEXT => {
                Judged::Wrong(format!("最多 {TEXT} 字，现在 {long} 字。请精简，或作为附件"))
            }
            FieldKind::LongText => Judged::Fine,
            _ if long > LINE => Judged::Wrong(format!("最多 {LINE} 字，现在 {long} 字。请精简")),
            _ => Judged::Fine,
        })
    }

    fn judge_area(&self, text: &str, since: Date) -> Judged {
        let Ok(code) = text.parse::<AreaCode>() else {
            return Judged::Wrong(format!("“{text}”不是行政区划代码。请重新选择地区"));
        };
        match self.areas.find(&code) {
            None => Judged::Wrong(format!("没有代码是 {code} 的地区。请重新选择")),
            Some(area) if !area.exists_at(since) => Judged::Wrong(format!(
                "{} 在 {since} 还没有设立或已经撤销。请选那一天有的地区，或核对日期",
                area.name()
            )),
            Some(_) => Judged::Fine,
        }
    }

    /// An organization by code, filing number or id; a body by id or name.
    fn judge_organization(
        &self,
        tx: &mut Tx<'_>,
        field: &RegisterField,
        text: &str,
        known: &mut Known,
    ) -> Result<Judged, Refused> {
        if field.refers_to != Some(Reference::Organization) {
            let wanted = body_kind(field.refers_to);
            let id = text.parse::<BodyId>().ok();
            let fits = |body: &&Body| wanted.is_none_or(|kind| body.kind == kind) && body.state == "active";
            let bodies = known.bodies(tx)?;
            let found =
                bodies.iter().filter(fits).find(|body| Some(body.id) == id || body.name == text || body.short == text);
            return Ok(match found {
                Some(body) => Judged::Instead(json!({ "id": body.id, "name": body.name }), None),
                None => Judged::Wrong(format!(
                    "没有名为“{text}”的{}。请从列表中选择，或请系统管理员先登记这个单位",
                    field.label
                )),
            });
        }
        let Some((origin, id)) = store::organizations::resolve(tx, text)? else {
            return Ok(Judged::Wrong(format!("没有找到“{text}”。请填社会组织的统一社会信用代码或备案号")));
        };
        let org = store::organizations::get(tx, origin, id)?;
        let code = org.code.or(org.filing_number);
        Ok(Judged::Instead(json!({ "id": id, "name": org.name, "code": code }), Some((origin, id))))
    }
}

/// The kind of body an `organization` field asks for; none: any.
pub fn body_kind(refers_to: Option<Reference>) -> Option<&'static str> {
    match refers_to {
        Some(Reference::Registrar) => Some("registrar"),
        Some(Reference::Supervisor) => Some("supervisor"),
        Some(Reference::Regulator) => Some("regulator"),
        Some(Reference::PartyBody) => Some("party"),
        _ => None,
    }
}
